"""National input-output tables: both forms hold the same kinds of figures, and they balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from guibiao.ingest.steps import read_table
from guibiao.model.category import parse_category_key
from guibiao.reference.definitions import Workspace

LARGE = {("2012", 139): 22120, ("2017", 149): 25200, ("2018", 153): 26488, ("2020", 153): 26488}
PRECISION = 1e-10
"""Largest imbalance relative to the total output of the economy."""
Flows = Mapping[tuple[str, ...], float]


@pytest.fixture(scope="module")
def figures(workspace: Workspace) -> Callable[..., dict[str, Flows]]:
    """Indicator -> categories in the order of their dimensions -> value, of one or several tables."""
    known: dict[tuple[str, ...], dict[str, Flows]] = {}

    def of(*tables: str) -> dict[str, Flows]:
        if tables not in known:
            found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
            for table in tables:
                rows = read_table(workspace, workspace.tables[table]).statements
                for row in rows if isinstance(rows, list) else rows.select(["indicator", "categories", "value"]).to_pylist():
                    key = tuple(code for _dimension, code in sorted(parse_category_key(str(row["categories"])).items()))
                    assert key not in found[str(row["indicator"])]
                    found[str(row["indicator"])][key] = float(Decimal(str(row["value"])))
            known[tables] = dict(found)
        return known[tables]

    return of


@pytest.mark.parametrize(("year", "size"), LARGE)
def test_large_tables_balance(workspace: Workspace, figures: Callable[..., dict[str, Flows]], year: str, size: int) -> None:
    table = figures(f"input_output_{year}_{size}")
    assert sum(map(len, table.values())) == LARGE[year, size]
    codes = [f"{size}-{number:03}" for number in range(1, size + 1)]
    use, added, final = (table[f"input_output_{name}"] for name in ("intermediate_use", "value_added", "final_use"))
    total = table["input_output_total_input"][("_T",)]
    for code in codes:
        column = sum(use[product, code, "_T"] for product in codes)
        assert abs(column - use["_T", code, "_T"]) <= PRECISION * total, code
        parts = ("compensation", "production_taxes", "depreciation", "operating_surplus")
        assert abs(sum(added[code, part] for part in parts) - added[code, "_T"]) <= PRECISION * total, code
        assert abs(column + added[code, "_T"] - table["input_output_total_input"][code,]) <= PRECISION * total, code
        assert abs(table["input_output_gross_output"][code,] - table["input_output_total_input"][code,]) <= PRECISION * total, code
        row = sum(use[code, user, "_T"] for user in codes)
        assert abs(row - use[code, "_T", "_T"]) <= PRECISION * total, code
        error = table.get("input_output_discrepancy", {}).get((code,), 0.0)
        supply = table["input_output_gross_output"][code,] + table["input_output_imports"][code,]
        assert abs(row + final["_T", code, "_T"] - supply + error) <= PRECISION * total, code


@pytest.mark.parametrize("year", ["2017", "2020"])
def test_tables_by_origin_balance(figures: Callable[..., dict[str, Flows]], year: str) -> None:
    table = figures(*(f"input_output_{year}_42_{part}" for part in ("domestic", "imported", "total")))
    codes = [f"42-{number:02}" for number in range(1, 43)]
    use, added = table["input_output_intermediate_use"], table["input_output_value_added"]
    total = table["input_output_total_input"][("_T",)]
    for code in codes:
        inputs = sum(use[product, code, origin] for product in codes for origin in ("domestic", "imported"))
        assert abs(inputs - use["_T", code, "_T"]) <= PRECISION * total, code
        assert abs(inputs + added[code, "_T"] - table["input_output_total_input"][code,]) <= PRECISION * total, code
        assert abs(table["input_output_gross_output"][code,] - table["input_output_total_input"][code,]) <= PRECISION * total, code
        for origin, supply in (("domestic", "gross_output"), ("imported", "imports")):
            uses = use[code, "_T", origin] + table["input_output_final_use"]["_T", code, origin]
            assert abs(uses - table[f"input_output_{supply}"][code,]) <= PRECISION * total, (code, origin)


@pytest.mark.parametrize(("small", "large"), [("2017", 149), ("2020", 153)])
def test_two_levels_of_detail_state_one_value_added(figures: Callable[..., dict[str, Flows]], small: str, large: int) -> None:
    coarse = figures(*(f"input_output_{small}_42_{part}" for part in ("domestic", "imported", "total")))
    fine = figures(f"input_output_{small}_{large}")
    key = ("_T", "_T")
    total = coarse["input_output_value_added"][key]
    assert abs(total - fine["input_output_value_added"][key]) <= 1e-9 * total
    assert total == pytest.approx({"2017": 823215.7e4, "2020": 1016422.0e4}[small], abs=0.1e4)


def test_every_sector_has_a_code_on_both_sides_and_two_names(workspace: Workspace) -> None:
    products, users = (workspace.classifications[f"input_output_{side}"].categories for side in ("product", "user"))
    assert [(each.code, each.name_zh) for each in products] == [(each.code, each.name_zh) for each in users]
    assert len(products) == 42 + 139 + 149 + 153
    assert all(each.name_zh and each.name_en for each in products)


def test_misplaced_english_names_are_mended_by_the_chinese_ones(workspace: Workspace) -> None:
    products = workspace.classifications["input_output_product"]
    for code, chinese, english in (("149-105", "批发", "Wholesale trade"), ("149-106", "零售", "Retail trade")):
        category = products.find(code)
        assert category is not None
        assert (category.name_zh, category.name_en) == (f"{chinese}（149部门）", f"{english} (149 sectors)")
        assert category.note


def test_the_digital_core_of_each_table_is_named_with_a_reason(workspace: Workspace) -> None:
    links = workspace.correspondences["input_output_digital_core"].links
    assert all(link.note and link.status == "未核实" for link in links)
    whole = {size: {link.target for link in links if not link.partial and link.target.startswith(size)} for size in ("42-", "153-")}
    assert whole["42-"] == {"42-20", "42-31"}
    assert {"153-090", "153-091", "153-094", "153-125", "153-126", "153-127", "153-128", "153-129"} < whole["153-"]
    assert not {link.target for link in links if link.weight is not None}
