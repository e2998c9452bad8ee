"""The shipped workspace, run whole: what is published stays what was published, and says where it comes from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from guibiao.model.errors import BadRequest, MixedBasis
from guibiao.publish.datasets import PUBLIC
from guibiao.publish.passports import lineage_json, lineage_text
from guibiao.questions import Asked, Desk
from guibiao.reference.load import load_workspace
from guibiao.store.open import open_store
from tests.run.conftest import outputs
from tests.shipped_run import shipped_folder

SHARE = "share(digital_economy_value_added, of=gross_domestic_product)"


def asked(period: str, basis: str = "", as_of: date | None = None) -> Asked:
    return Asked("", period, {}, basis, as_of)


@pytest.fixture(scope="module")
def rows(finished: Path) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = pq.read_table(finished / "data" / "observations.parquet").to_pylist()
    return table


def observed(rows: list[dict[str, Any]], indicator: str, year: int, area: str = "110000", **wanted: str) -> list[dict[str, Any]]:
    found = [row for row in rows if (row["indicator"], row["area"], row["period_end"]) == (indicator, area, date(year, 12, 31))]
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


@pytest.fixture
def desk(finished: Path) -> Iterator[Callable[..., Desk]]:
    workspace = load_workspace(shipped_folder())
    store = open_store(str(finished / "store" / "guibiao.duckdb"), workspace.settings.id)

    def made(as_of: date | None = None) -> Desk:
        return Desk(workspace, store, finished, as_of)

    yield made
    store.close()


def test_every_declared_output_is_there(finished: Path) -> None:
    files = outputs(finished)
    assert {"report.pdf", "report.html", "data/observations.parquet", "data/findings.csv", "data/catalog.json"} <= set(files)
    assert files["report.pdf"].startswith(b"%PDF")
    assert tuple(pq.read_schema(finished / "data" / "observations.parquet").names[: len(PUBLIC)]) == PUBLIC


def test_the_published_share_stays_although_a_revised_total_is_on_file(rows: list[dict[str, Any]]) -> None:
    (published,) = observed(rows, "digital_economy_share_of_gross_domestic_product", 2023)
    (computed,) = observed(rows, "digital_economy_share_computed", 2023)
    assert (published["printed"].rstrip("%"), computed["printed"]) == ("42.9", "42.9")
    assert computed["value"] == pytest.approx(18766.7 / 43760.7 * 100, rel=1e-12)
    assert computed["low"] < computed["value"] < computed["high"]
    totals = {row["accounting_basis"]: row["value"] for row in observed(rows, "gross_domestic_product", 2023)}
    assert totals == {"census_2018": 43760.7, "census_2023": 47353.7}


def test_the_headline_comes_from_the_document_and_not_from_a_mirror(rows: list[dict[str, Any]]) -> None:
    (headline,) = observed(rows, "digital_economy_value_added", 2023)
    assert (headline["value"], headline["source"], headline["grade"]) == (18766.7, "benchmark_report_2023", "B")


def test_a_mixed_division_is_refused_with_both_bases_named(desk: Any) -> None:
    mixed = 'digital_economy_value_added / on_basis(gross_domestic_product, "census_2023")'
    with pytest.raises((MixedBasis, BadRequest)) as refusal:
        desk().evaluate(mixed, asked("2023"))
    assert "census_2018" in str(refusal.value)
    assert "census_2023" in str(refusal.value)
    assert desk().evaluate(SHARE, asked("2023"))["value"] == pytest.approx(42.8848, abs=1e-4)


def test_as_of_gives_the_total_as_then_known(desk: Any) -> None:
    (tree,) = desk(date(2018, 6, 30)).explain("gross_domestic_product", asked("2017", as_of=date(2018, 6, 30)))
    assert "28014.94" in lineage_text(tree)
    assert "2018" in json.dumps(lineage_json(tree), ensure_ascii=False)
    later = desk().explain("gross_domestic_product", asked("2017"))
    assert {
        basis for basis in ("census_2013", "census_2018", "census_2023") if any(basis in json.dumps(lineage_json(each)) for each in later)
    }
    assert len(later) == 3


def test_a_passport_leads_from_a_share_to_the_printed_cell(desk: Any) -> None:
    (tree,) = desk().explain("digital_economy_share_computed", asked("2023"))
    text = lineage_text(tree)
    assert "18766.7亿元" in text
    assert "43760.7" in text
    assert "2023年北京全球数字经济标杆城市建设发展报告" in text


def test_wrong_names_answer_with_the_nearest(desk: Any) -> None:
    with pytest.raises(BadRequest, match="gross_domestic_product") as refusal:
        desk().explain("gros_domestic_product", asked("2023"))
    assert refusal.value.exit_code == 2
    with pytest.raises(BadRequest) as missing:
        desk().explain("gross_domestic_product", asked("1950"))
    assert "有数据的时期" in missing.value.remedy


def test_findings_name_what_is_wrong_in_the_published_figures(finished: Path) -> None:
    text = (finished / "data" / "findings.csv").read_text("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    warnings = {(row["rule"], row["indicator"], row["claimed"].lstrip("'")) for row in found if row["severity"] == "warning"}
    assert {
        ("implied_base", "digital_economy_growth_rate", "8.5%"),
        ("share_recomputed", "fifth_generation_health_pilots_share", "10.18%"),
        ("share_recomputed", "fifth_generation_health_pilots_share", "14.28%"),
        ("share_recomputed", "information_consumption_pilot_projects_share", "5.92%"),
        ("outlier_among_peers", "fixed_broadband_penetration", "121.3部/百人"),
        ("count_against_list", "information_consumption_experience_centres", "16家"),
        ("sources_disagree", "digital_content_enterprise_revenue", "9.7亿元"),
    } <= warnings
    (base,) = [row for row in found if row["rule"] == "implied_base" and row["indicator"] == "digital_economy_growth_rate"]
    assert "17296.5亿元" in base["message"]
    assert not [row for row in found if row["severity"] == "error"]


def test_qualified_figures_keep_their_bounds(rows: list[dict[str, Any]]) -> None:
    open_ended = [row for row in rows if row["qualifier"] == "over"]
    assert open_ended
    assert all(row["high"] is None or row["high"] > row["low"] for row in open_ended)
    assert any(row["low"] == 4000 and row["high"] is None for row in open_ended)


def test_both_kinds_of_quarter_stay_apart(rows: list[dict[str, Any]]) -> None:
    national = [row for row in rows if row["indicator"] == "gross_domestic_product" and row["area"] == "100000"]
    third = {row["measure"]: row["value"] for row in national if row["period_end"] == date(2025, 9, 30)}
    assert third == {"during": 354106.2, "to date": 1013967.9}
