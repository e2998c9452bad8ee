"""Columns bound by what their headings look like: codes across a matrix, years side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest.bind import Bound, bind
from guibiao.ingest.delimited import read_delimited
from guibiao.model.errors import BadDefinition, BadInput
from guibiao.reference.classification import Category
from guibiao.reference.definitions import ColumnSelector, Facts, Selector, TableBinding, Workspace
from tests.ingest.samples import classification, indicator, workspace

PRODUCTS = tuple(Category(code=f"2-{number:02}", name_zh=f"产品{number}") for number in (1, 2))
BASE = workspace()
TOWN = replace(
    BASE,
    classifications={**BASE.classifications, "product": classification("product", *PRODUCTS), "user": classification("user", *PRODUCTS)},
    indicators={
        **BASE.indicators,
        **{
            each.id: each
            for each in (
                indicator("use", "万元", dimensions=("product", "user")),
                indicator("output", "万元", dimensions=("product",)),
                indicator("added", "万元", dimensions=("user",)),
            )
        },
    },
)
MATRIX = TableBinding(
    id="matrix",
    title="流量表",
    file="matrix.csv",
    source="paper",
    rows=(Selector(column="代码", supplies="category", dimension="product", prefix="2-", lookup={"增加值": Facts(indicator="added")}),),
    columns=(ColumnSelector(pattern=r"\d{2}", supplies="category", dimension="user", prefix="2-", expected=2),),
    values={"总产出": Facts(indicator="output")},
    defaults=Facts(indicator="use", period="2020年", unit="万元"),
)
CSV = "代码,名称,01,02,总产出\n01,甲,10,20.5,30.5\n02,乙,0,-1.25,7\n增加值,,3,4,\n"


def taken(text: str, binding: TableBinding = MATRIX, town: Workspace = TOWN, *, strict: bool = True) -> Bound:
    return bind(read_delimited(text.encode(), "matrix.csv"), binding, town, strict=strict)


def stated(bound: Bound) -> dict[tuple[str, str], str]:
    return {(row["indicator"], row["categories"]): row["printed"] for row in bound.statements}


def test_headings_give_one_dimension_and_rows_the_other() -> None:
    assert stated(taken(CSV.replace("总产出", "GO"), replace(MATRIX, values={}))) == {
        ("use", "product=2-01;user=2-01"): "10", ("use", "product=2-01;user=2-02"): "20.5", ("use", "product=2-02;user=2-01"): "0",
        ("use", "product=2-02;user=2-02"): "-1.25", ("added", "user=2-01"): "3", ("added", "user=2-02"): "4",
    }  # fmt: skip


def test_a_column_named_in_values_is_left_to_it_and_a_blank_cell_asks_for_nothing() -> None:
    bound = taken(CSV)
    assert stated(bound)["output", "product=2-01"] == "30.5"
    assert bound.counts["empty"] == 1


def test_the_cell_is_the_end_of_the_passport() -> None:
    row = next(row for row in taken(CSV).statements if row["printed"] == "-1.25")
    assert (row["row"], row["column"], row["locator"]) == (3, 4, "第3行“02” “02”列")


def test_years_side_by_side() -> None:
    binding = TableBinding(
        id="years", title="历年", file="years.csv", source="paper", rows=(Selector(column="地区", supplies="area"),),
        columns=(ColumnSelector(pattern=r"\d{4}年", supplies="period", facts=Facts(indicator="retail", unit="亿元")),),
    )  # fmt: skip
    bound = bind(read_delimited("地区,2020年,2021年\n甲,1.5,2\n乙,3,4\n".encode(), "years.csv"), binding, TOWN, strict=True)
    found = {(row["area"], row["period_start"].year): row["printed"] for row in bound.statements}
    assert found == {("110", 2020): "1.5", ("110", 2021): "2", ("120", 2020): "3", ("120", 2021): "4"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CSV.replace(",02,总产出", ",03,总产出"), "2-03"),
        ("代码,名称,01,总产出\n01,甲,10,30.5\n", "应有 2 列"),
        ("代码,名称,一,二,总产出\n01,甲,10,1,30.5\n", "应有 2 列"),
    ],
)
def test_a_heading_without_a_code_and_half_a_matrix_are_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        taken(text)


def test_a_year_that_is_no_period_is_told() -> None:
    binding = replace(MATRIX, rows=MATRIX.rows[:1], columns=(ColumnSelector(pattern=r".*年", supplies="period"),), values={})
    bound = bind(read_delimited("代码,某年\n01,5\n".encode(), "years.csv"), replace(binding, defaults=Facts(indicator="use")), TOWN)
    assert not bound.statements
    assert [finding.rule for finding in bound.findings] == ["cell_not_stated"]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (ColumnSelector(pattern="(", supplies="period"), "正则表达式"),
        (ColumnSelector(pattern=".*", supplies="category"), "没有写维度"),
        (ColumnSelector(pattern=".*", supplies="period", facts=Facts(indicator="nobody")), "nobody"),
        (ColumnSelector(pattern=".*", supplies="category", dimension="product", lookup={"x": "9-99"}), "9-99"),
    ],
)
def test_wrong_bindings_are_refused(column: ColumnSelector, said: str) -> None:
    with pytest.raises(BadDefinition, match=said):
        taken(CSV, replace(MATRIX, columns=(column,)))


@given(st.lists(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=2), min_size=2, max_size=2))
def test_a_matrix_comes_back_cell_by_cell(cells: list[list[int]]) -> None:
    body = "".join(f"0{number},x,{row[0]},{row[1]}\n" for number, row in enumerate(cells, start=1))
    found = stated(taken(f"代码,名称,01,02\n{body}", replace(MATRIX, values={})))
    assert found == {
        ("use", f"product=2-0{row};user=2-0{column}"): str(cells[row - 1][column - 1]) for row in (1, 2) for column in (1, 2)
    }  # fmt: skip
