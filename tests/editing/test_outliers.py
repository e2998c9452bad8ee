"""Outliers, slips of magnitude, counts against lists, dates, denominators, and dated parameters."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.editing.dating import document_days
from guibiao.editing.figures import Figure, read_figures
from guibiao.editing.lists import codes_counted, counted
from guibiao.editing.peers import robust_distances
from guibiao.editing.sets import LARGE, is_thinned, within_reach
from guibiao.editing.specification import DEFAULTS, Peers, specifications_for, specified
from guibiao.model.errors import BadDefinition
from guibiao.model.finding import Severity
from guibiao.model.indicator import Nature, Relation
from guibiao.reference.definitions import RuleParameter
from tests.editing.made_up import AREAS, MARKETS, NATION, found, indicator, row, rules

RATE = indicator("rate", "部/百人", nature=Nature.INTENSITY)
SALES = indicator("sales", "亿元")
PARAMETER = RuleParameter(
    id="p", rule="outlier_among_peers", valid_from=date(2026, 1, 1), reason_zh="试", thresholds={"cutoff": Decimal(9)}
)


def across(*values: str, period: str = "2021年") -> list[dict[str, object]]:
    return [row(RATE, value, period, area=str(code)) for code, value in enumerate(values, 1)]


def test_one_area_far_from_the_others() -> None:
    usual = ("47.0", "50.1", "44.8", "52.3", "48.8", "46.1")
    assert found(RATE, across(*usual, "49.0")) == []
    (finding,) = found(RATE, across(*usual, "119.0"))
    assert (finding.rule, finding.area, finding.severity) == ("outlier_among_peers", "7", Severity.WARNING)
    assert found(RATE, across("47.0", "50.1", "44.8", "52.3", "119.0")) == []


def test_an_area_that_is_always_apart_is_not_wrong() -> None:
    usual = ("47.0", "50.1", "44.8", "52.3", "48.8", "46.1", "119.0")
    rows = [*across(*usual), *across(*usual, period="2022年")]
    assert [each for each in found(RATE, rows) if each.rule == "outlier_among_peers"] == []


@given(st.lists(st.integers(1, 10**6), min_size=3, max_size=20), st.integers(2, 1000))
def test_robust_distances_do_not_depend_on_the_unit(values: list[int], factor: int) -> None:
    def figures(scale: int) -> list[Figure]:
        return read_figures((row(RATE, str(value * scale), area=str(place)) for place, value in enumerate(values)), set())

    own, scaled = robust_distances(figures(1)), robust_distances(figures(factor))
    assert own.keys() == scaled.keys()
    assert all(own[area] == pytest.approx(scaled[area], abs=1e-6, rel=1e-6) for area in own)


def panel(years: int = 6, **replaced: str) -> list[dict[str, object]]:
    """Twelve areas that grow by about 8 % a year; `replaced` maps a<area>y<year> to a printed figure."""
    chance = random.Random(1)
    rows = []
    for area in range(1, 13):
        value = 100.0 * area
        for year in range(2015, 2015 + years):
            value *= 1.08 + chance.uniform(-0.02, 0.02)
            rows.append(row(SALES, replaced.get(f"a{area}y{year}", f"{value:.1f}"), f"{year}年", area=str(area)))
    return rows


def test_a_steady_panel_is_silent() -> None:
    assert found(SALES, panel()) == []


def test_a_spike_is_told_at_its_own_figure_and_not_at_the_way_back() -> None:
    (finding,) = [each for each in found(SALES, panel(a5y2017="2500.0")) if each.rule == "outlier_in_time"]
    assert (finding.area, finding.period, finding.severity) == ("5", "2017年", Severity.WARNING)
    assert "反向" in finding.message


def test_a_level_that_stays_is_information() -> None:
    rows = panel(a5y2018="5000.0", a5y2019="5400.0", a5y2020="5800.0")
    assert rules(found(SALES, rows)) == [("outlier_in_time", "info")]


def test_a_lone_series_is_held_against_its_own_changes() -> None:
    values = [100, 108, 117, 126, 136, 147, 300, 171, 185, 200, 216]
    rows = [row(SALES, f"{value}.0", f"{2010 + place}年") for place, value in enumerate(values)]
    (finding,) = found(SALES, rows)
    assert (finding.rule, finding.period) == ("outlier_in_time", "2016年")


@pytest.mark.parametrize(("printed", "told"), [("6000000.0", True), ("0.0632", True), ("640.0", False), ("900.0", False)])
def test_a_slip_by_ten_thousand(printed: str, told: bool) -> None:
    findings = found(SALES, panel(a5y2017=printed))
    assert any(each.rule == "magnitude" and each.period == "2017年" and each.area == "5" for each in findings) is told


def test_three_figures_show_a_slip_by_ten_thousand_but_not_by_a_hundred() -> None:
    def three(last: str) -> list[dict[str, object]]:
        return [row(SALES, value, f"{2019 + place}年") for place, value in enumerate(("653", "1364", last))]

    assert rules(found(SALES, three("27000000"))) == [("magnitude", "warning")]
    assert found(SALES, three("140000")) == []


def test_a_count_against_its_list() -> None:
    centres = indicator("centres", "家", relation=Relation(kind="count", dataset="list"))
    rows = [row(centres, "16家")]
    (finding,) = found(centres, rows, listed=15, list_name="表4")
    assert (finding.rule, finding.claimed, finding.recomputed) == ("count_against_list", "16家", "15家")
    assert found(centres, rows, listed=16) == []
    assert found(centres, [row(centres, "近20家")], listed=18) == []


def test_what_a_list_holds() -> None:
    def cell(number: int, column: str, printed: str, reason: str = "text") -> dict[str, object]:
        return {"row": number, "column_label": column, "printed": printed, "reason": reason}

    cells = [
        cell(2, "名称", "甲"),
        cell(2, "所在地", "北京"),
        cell(3, "名称", "乙"),
        cell(3, "所在地", "上海 "),
        cell(4, "", "注：略", "note"),
    ]
    assert counted(cells, Relation(kind="count", dataset="list")) == 2
    assert counted(cells, Relation(kind="count", dataset="list", where={"所在地": "上海"})) == 1
    assert codes_counted(MARKETS, "") == 3
    assert codes_counted(AREAS, "中类") == 0


def test_dates_of_documents_keep_their_precision() -> None:
    assert document_days("2021-12") == (date(2021, 12, 1), date(2021, 12, 31))
    assert document_days("2018") == (date(2018, 1, 1), date(2018, 12, 31))
    assert document_days("2024-03-21") == (date(2024, 3, 21), date(2024, 3, 21))


def test_a_figure_for_a_period_that_had_not_ended() -> None:
    documents = {"report": document_days("2021-12")}
    assert rules(found(SALES, [row(SALES, "10.0")], documents=documents)) == [("dated_after_document", "warning")]
    known = row(SALES, "10.0", known_from=date(2021, 12, 1))
    assert rules(found(SALES, [known], documents=documents)) == [("dated_after_document", "info")]
    assert found(SALES, [row(SALES, "10.0", "2020年")], documents=documents) == []
    assert found(SALES, [row(SALES, "10.0", "2022年", method="forecast")], documents=documents) == []
    assert rules(found(SALES, [row(SALES, "10.0", "2022年")], documents=documents)) == [("dated_after_document", "warning")]


def test_areas_missing_from_the_whole_of_a_national_share_are_named() -> None:
    share = indicator("share", "%", nature=Nature.SHARE, formula='share(sales, of=sum_over(sales, "area"))')
    parts = [row(SALES, "10.0", area=str(code)) for code in range(1, 12)]
    (finding,) = found(share, parts, SALES)
    assert (finding.rule, finding.severity, finding.recomputed) == ("national_share_denominator", Severity.INFO, "11")
    assert "缺 12" in finding.message
    assert found(share, [*parts, row(SALES, "10.0", area="12")], SALES) == []
    assert found(share, [row(SALES, "10.0", area=NATION)], SALES) == []


def test_parameters_are_dated_and_may_name_indicators() -> None:
    before, after = specified([PARAMETER], date(2025, 12, 31)), specified([PARAMETER], date(2026, 1, 1))
    assert before[""]["outlier_among_peers"] == DEFAULTS["outlier_among_peers"]
    assert after[""]["outlier_among_peers"] == Peers(cutoff=9)
    own = RuleParameter(
        id="q", rule="outlier_among_peers", valid_from=date(2026, 2, 1), reason_zh="试", severity="off", indicators=("rate",)
    )
    found_for = specifications_for("rate", specified([PARAMETER, own], date(2026, 3, 1)))["outlier_among_peers"]
    assert found_for == Peers(cutoff=9, active=False)
    assert specifications_for("other", specified([PARAMETER, own], date(2026, 3, 1)))["outlier_among_peers"].active


def test_a_rule_can_be_switched_off_or_made_graver() -> None:
    rows = across("47.0", "50.1", "44.8", "52.3", "48.8", "46.1", "119.0")
    for severity, expected in (("off", []), ("error", [("outlier_among_peers", "error")])):
        parameter = RuleParameter(id="p", rule="outlier_among_peers", valid_from=date(2020, 1, 1), reason_zh="试", severity=severity)
        settings = specifications_for("rate", specified([parameter], date(2026, 1, 1)))
        assert rules(found(RATE, rows, specifications=settings)) == expected


def test_an_unknown_threshold_is_a_bad_definition() -> None:
    wrong = RuleParameter(id="p", rule="total_is_sum", valid_from=date(2020, 1, 1), reason_zh="试", thresholds={"cutoff": Decimal(1)})
    with pytest.raises(BadDefinition, match="cutoff"):
        specified([wrong], date(2026, 1, 1))


def test_of_a_very_large_table_only_what_a_rule_can_judge_is_looked_at() -> None:
    import pyarrow as pa

    keys = [("1", "a", 2019), ("1", "a", 2020), ("1", "a", 2021), ("1", "b", 2020), ("2", "a", 2020), ("2", "c", 2021)]
    rows = [{"area": area, "categories": code, "period_end": date(year, 12, 31), "source": "report"} for area, code, year in keys]
    kept = within_reach(pa.Table.from_pylist(rows), {"report": date(2021, 12, 31)})
    assert [(each["area"], each["categories"]) for each in kept.to_pylist()] == [("1", "a"), ("1", "a"), ("1", "a"), ("2", "c")]
    assert within_reach(pa.Table.from_pylist(rows[3:]), {}).num_rows == 0
    assert is_thinned(SALES, LARGE + 1, related=False)
    assert not is_thinned(SALES, LARGE + 1, related=True)
    assert not is_thinned(RATE, LARGE + 1, related=False)
