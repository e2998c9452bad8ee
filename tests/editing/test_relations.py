"""Claims recomputed: in their source first, then across sources; bases, breaks and corrections are told."""

from __future__ import annotations

from guibiao.model.basis import ComparisonBasis
from guibiao.model.finding import Severity
from guibiao.model.indicator import Break, Nature, Relation
from guibiao.model.period import Measure
from tests.editing.made_up import NATION, found, indicator, row, rules

OUTPUT = indicator("output", price_basis="current")
WHOLE = indicator("whole", price_basis="current")
PEOPLE = indicator("people", "万人", measure=Measure.AT_END)
SHARE = indicator("share", "%", nature=Nature.SHARE, relation=Relation(kind="share", part="output", of="whole"))
NATIONAL = indicator("national", "%", nature=Nature.SHARE, relation=Relation(kind="share", part="output", of="output", area=NATION))
GROWTH = indicator(
    "growth", "%", nature=Nature.GROWTH, comparison_basis=ComparisonBasis.AS_PUBLISHED, price_basis="current",
    relation=Relation(kind="growth", of="output", years=1),
)  # fmt: skip
CHANGE = indicator("change", "个百分点", nature=Nature.GROWTH, relation=Relation(kind="difference", of="share", years=1))
PER_CAPITA = indicator("per_capita", "元/人", nature=Nature.INTENSITY, relation=Relation(kind="per_capita", part="output", of="people"))


def test_a_share_that_follows_is_silent_and_one_that_does_not_is_told_with_its_cell() -> None:
    levels = [row(OUTPUT, "429.0"), row(WHOLE, "1000.0")]
    assert found(SHARE, [*levels, row(SHARE, "42.9%")], OUTPUT, WHOLE) == []
    (finding,) = found(SHARE, [*levels, row(SHARE, "44.9%", locator="row 3")], OUTPUT, WHOLE)
    assert (finding.rule, finding.severity, finding.claimed, finding.locator) == ("share_recomputed", Severity.WARNING, "44.9%", "row 3")
    assert finding.recomputed == "42.900%"
    (cut,) = found(SHARE, [row(OUTPUT, "4299"), row(WHOLE, "10000"), row(SHARE, "42.9%")], OUTPUT, WHOLE) or [None]
    assert cut is None or cut.severity is Severity.WARNING


def test_a_digit_moved_is_named_as_such() -> None:
    (finding,) = found(SHARE, [row(OUTPUT, "429.0"), row(WHOLE, "1000.0"), row(SHARE, "0.429%")], OUTPUT, WHOLE)
    assert "10 的 2 次方倍" in finding.message


def test_the_own_source_comes_first_and_a_later_revision_is_information() -> None:
    own = [row(OUTPUT, "404.0"), row(WHOLE, "1000.0", unused=True), row(SHARE, "40.4%")]
    revised = row(WHOLE, "1020.0", source="yearbook", stage="verified")
    (finding,) = found(SHARE, [*own, revised], OUTPUT, WHOLE)
    assert rules([finding]) == [("share_recomputed", "info")]
    assert finding.recomputed == "39.608%"


def test_a_difference_beyond_revisions_stays_a_warning() -> None:
    rows = [row(OUTPUT, "404.0", source="a"), row(WHOLE, "1200.0", source="b", stage="verified"), row(SHARE, "40.4%")]
    assert rules(found(SHARE, rows, OUTPUT, WHOLE)) == [("share_recomputed", "warning")]


def test_a_missing_operand_is_counted_once_a_reason() -> None:
    rows = [row(OUTPUT, "404.0", period) for period in ("2020年", "2021年")] + [row(SHARE, "40%", each) for each in ("2020年", "2021年")]
    (finding,) = found(SHARE, rows, OUTPUT, WHOLE)
    assert rules([finding]) == [("share_recomputed", "info")]
    assert "2 个数" in finding.message
    assert "缺同期的whole" in finding.message


def test_the_whole_is_taken_at_the_nation() -> None:
    rows = [row(OUTPUT, "24.0"), row(OUTPUT, "52.0", area=NATION), row(NATIONAL, "47%")]
    assert rules(found(NATIONAL, rows, OUTPUT)) == [("share_recomputed", "warning")]
    assert found(NATIONAL, [*rows[:2], row(NATIONAL, "46%")], OUTPUT) == []


def test_published_growth_that_does_not_follow_names_the_base_it_implies() -> None:
    before, now = row(OUTPUT, "1733.0", "2020年"), row(OUTPUT, "1876.0")
    assert found(GROWTH, [before, now, row(GROWTH, "8.3%")], OUTPUT) == []
    for base in (before, before | {"source": "earlier"}):
        (finding,) = found(GROWTH, [base, now, row(GROWTH, "8.5%")], OUTPUT)
        assert rules([finding]) == [("implied_base", "warning")]
        assert "1729.0亿元" in finding.message


def test_growth_of_a_volume_follows_from_its_levels_or_is_wrong() -> None:
    sets = indicator("sets", "万台")
    growth = indicator("growth", "%", nature=Nature.GROWTH, relation=Relation(kind="growth", of="sets", years=1))
    levels = [row(sets, "417.9", "2019年"), row(sets, "279.3", "2020年")]
    assert found(growth, [*levels, row(growth, "-33.17%", "2020年")], sets) == []
    assert rules(found(growth, [*levels, row(growth, "-31.37%", "2020年")], sets)) == [("growth_recomputed", "warning")]
    assert rules(found(growth, [*levels, row(growth, "33.17%", "2020年")], sets)) == [("growth_recomputed", "warning")]


def test_growth_at_constant_prices_is_not_held_against_current_levels() -> None:
    real = indicator("growth", "%", nature=Nature.GROWTH, price_basis="constant(2020)", relation=GROWTH.relation)
    (finding,) = found(real, [row(OUTPUT, "100.0", "2020年"), row(OUTPUT, "110.0"), row(real, "3.0%")], OUTPUT)
    assert rules([finding]) == [("growth_recomputed", "info")]
    assert "不变价" in finding.message


def test_a_change_in_points() -> None:
    rows = [row(SHARE, "41.6%", "2020年"), row(SHARE, "42.9%")]
    plain = indicator("share", "%", nature=Nature.SHARE)
    assert found(CHANGE, [*rows, row(CHANGE, "1.3个百分点")], plain) == []
    assert rules(found(CHANGE, [*rows, row(CHANGE, "1.6个百分点")], plain)) == [("difference_recomputed", "warning")]


def test_a_flow_out_of_a_stock_starts_on_the_eve_of_its_period() -> None:
    users = indicator("users", "万户", measure=Measure.AT_END)
    added = indicator("added", "万户", relation=Relation(kind="difference", of="users", years=1))
    rows = [row(users, "134.4", "2022年末"), row(users, "221.7", "2023年11月末")]
    assert found(added, [*rows, row(added, "87.3", "2023年1-11月")], users) == []
    assert rules(found(added, [*rows, row(added, "78.3", "2023年1-11月")], users)) == [("difference_recomputed", "warning")]


def test_per_capita_takes_the_mean_population() -> None:
    people = [row(PEOPLE, "1000", "2020年末"), row(PEOPLE, "1100", "2021年末")]
    assert found(PER_CAPITA, [*people, row(OUTPUT, "10500.0"), row(PER_CAPITA, "100000")], OUTPUT, PEOPLE) == []
    wrong = found(PER_CAPITA, [*people, row(OUTPUT, "10500.0"), row(PER_CAPITA, "95455")], OUTPUT, PEOPLE)
    assert rules(wrong) == [("per_capita_recomputed", "warning")]


def test_a_claim_that_only_a_mixture_of_bases_yields() -> None:
    rows = [
        row(OUTPUT, "429.0", accounting_basis="old"), row(WHOLE, "1000.0", accounting_basis="new"),
        row(SHARE, "42.9%", accounting_basis="old"),
    ]  # fmt: skip
    assert rules(found(SHARE, rows, OUTPUT, WHOLE)) == [("bases_mixed", "warning")]
    unlike = [*rows[:2], row(SHARE, "39.6%", accounting_basis="old")]
    (finding,) = found(SHARE, unlike, OUTPUT, WHOLE)
    assert finding.severity is Severity.INFO
    assert "另一核算口径" in finding.message


def test_a_correction_on_file_is_named_and_turns_the_fault_into_information() -> None:
    levels = [row(OUTPUT, "429.0"), row(WHOLE, "1000.0")]
    mended = row(SHARE, "42.9%") | {"printed": "44.9%", "correction": "mended_share"}
    (finding,) = found(SHARE, [*levels, mended], OUTPUT, WHOLE)
    assert (finding.severity, finding.correction, finding.claimed) == (Severity.INFO, "mended_share", "44.9%")
    still_wrong = mended | {"value": mended["value"] + 5, "low": mended["low"] + 5, "high": mended["high"] + 5}
    severities = {each.severity for each in found(SHARE, [*levels, still_wrong], OUTPUT, WHOLE)}
    assert severities == {Severity.INFO, Severity.WARNING}


def test_growth_across_a_break_without_a_link() -> None:
    broken = indicator("output", price_basis="current", breaks=(Break(date="2021-01-01", reason_zh="范围扩大"),))
    rows = [row(OUTPUT, "100.0", "2020年"), row(OUTPUT, "110.0"), row(GROWTH, "10.0%")]
    (finding,) = found(GROWTH, rows, broken)
    assert rules([finding]) == [("comparison_across_break", "warning")]
    assert "范围扩大" in finding.message
    linked = indicator("output", price_basis="current", breaks=(Break(date="2021-01-01", reason_zh="范围扩大", link="1.1"),))
    assert found(GROWTH, rows, linked) == []
    later = indicator("output", price_basis="current", breaks=(Break(date="2022-01-01", reason_zh="范围扩大"),))
    assert found(GROWTH, rows, later) == []


def test_a_derived_growth_across_a_break_is_told_once() -> None:
    broken = indicator("output", price_basis="current", breaks=(Break(date="2020-01-01", reason_zh="范围扩大"),))
    derived = indicator("naive", "%", nature=Nature.GROWTH, formula="growth(output)")
    rows = [row(derived, f"{value}%", f"{year}年", source="", dataset="") for value, year in ((5, 2019), (9, 2020), (4, 2021))]
    (finding,) = found(derived, rows, broken)
    assert rules([finding]) == [("comparison_across_break", "warning")]
    assert finding.period == "2020年"
