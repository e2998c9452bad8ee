"""Measurements of the shipped workspace: equal to what follows from the published figures by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from guibiao.reference.load import load_workspace
from tests.shipped_run import shipped_folder

NAMES = (
    "digital_economy_contribution", "digital_economy_pull", "digital_economy_core_contribution", "digital_consumption_supply_bounds",
    "digital_efficiency_value_added", "digital_efficiency_share_of_gross_domestic_product", "digital_efficiency_share_computed",
    "digital_economy_naive_growth", "digital_economy_growth_rate", "digital_economy_base_adjustment", "digital_economy_implied_base",
    "mobile_internet_traffic_per_user", "software_revenue_per_capita", "electronic_commerce_intensity",
)  # fmt: skip


@pytest.fixture(scope="module")
def rows(finished: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Yearly figures of the workspace's own area; of several accounting bases the last by name."""
    area = load_workspace(shipped_folder()).settings.area
    table = pq.read_table(finished / "data" / "observations.parquet", filters=[("area", "=", area), ("indicator", "in", NAMES)])
    found = sorted(table.to_pylist(), key=lambda row: row["accounting_basis"])
    return {
        (row["indicator"], row["period_end"].year): row for row in found if (row["period_start"].month, row["period_end"].month) == (1, 12)
    }


@pytest.mark.parametrize(
    ("indicator", "year", "printed"),
    [
        ("digital_economy_contribution", 2023, "64.7—69.0"),
        ("digital_economy_pull", 2023, "3.45—3.54"),
        ("digital_economy_core_contribution", 2023, "48.6—50.6"),
        ("digital_consumption_supply_bounds", 2023, "0.0—18766.7"),
        ("digital_efficiency_value_added", 2023, "7705.2"),
        ("digital_efficiency_share_of_gross_domestic_product", 2023, "17.6"),
        ("digital_efficiency_share_computed", 2023, "17.6"),
        ("digital_economy_growth_rate", 2023, "8.5%"),
        ("digital_economy_naive_growth", 2023, "8.3"),
        ("digital_economy_implied_base", 2023, "17296.5"),
        ("digital_economy_base_adjustment", 2023, "-33.7"),
    ],
)
def test_published_figures_give(rows: dict[tuple[str, int], dict[str, Any]], indicator: str, year: int, printed: str) -> None:
    assert rows[indicator, year]["printed"] == printed


def test_trial_figures_are_marked(rows: dict[tuple[str, int], dict[str, Any]]) -> None:
    for name in ("digital_economy_contribution", "digital_economy_pull", "digital_consumption_supply_bounds"):
        row = rows[name, 2023]
        assert (row["qualifier"], row["method"], row["status"]) == ("range", "estimated", "E")
        assert row["known_from"] > date(2024, 1, 1)


def test_intensities_are_on_file(rows: dict[tuple[str, int], dict[str, Any]]) -> None:
    for name in ("mobile_internet_traffic_per_user", "software_revenue_per_capita", "electronic_commerce_intensity"):
        assert rows[name, 2022]["value"] > 0


def test_national_input_output_tables_give_digital_content(finished: Path) -> None:
    filters = [("indicator", "in", ("digital_value_added_content", "backward_linkage"))]
    table = pq.read_table(finished / "data" / "observations.parquet", filters=filters).to_pylist()
    found = {(row["indicator"], row["categories"], row["period_end"].year): row for row in table}
    country = load_workspace(shipped_folder()).settings.country
    assert {row["area"] for row in table} == {country}
    content = found["digital_value_added_content", "input_output_product=42-31", 2020]
    assert (content["printed"], content["method"]) == ("60.14", "derived")
    sizes = {(2012, "139"): 139, (2017, "42"): 42, (2017, "149"): 149, (2018, "153"): 153, (2020, "42"): 42, (2020, "153"): 153}
    for (year, prefix), size in sizes.items():
        linkages = [
            row["value"]
            for (name, categories, own), row in found.items()
            if (name, own) == ("backward_linkage", year) and categories.startswith(f"input_output_product={prefix}-")
        ]
        assert len(linkages) == size
        assert sum(linkages) == pytest.approx(size)
