"""Leontief analysis: textbook example by hand, identities, national tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.measure.input_output import (
    FlowTable,
    InputOutputSpec,
    backward_linkages,
    domestic_shares,
    forward_linkages,
    ghosh_inverse,
    input_coefficients,
    input_output_content,
    leontief_inverse,
    residual,
)
from guibiao.measure.matrix import Matrix, Singular, inverse, product

TEXTBOOK = FlowTable(("1", "2"), [[150.0, 500.0], [200.0, 100.0]], [1000.0, 2000.0], [650.0, 1400.0])
"""Miller and Blair, *Input-Output Analysis*, 2nd ed., 2009, section 2.3.2: final demand 350 and 1700."""


def test_textbook_inverse() -> None:
    coefficients = input_coefficients(TEXTBOOK, [0, 1])
    assert coefficients == [[0.15, 0.25], [0.2, 0.05]]
    leontief = leontief_inverse(coefficients)
    determinant = 0.85 * 0.95 - 0.25 * 0.2
    by_hand = [[0.95 / determinant, 0.25 / determinant], [0.2 / determinant, 0.85 / determinant]]
    assert [pytest.approx(row, rel=1e-12) for row in by_hand] == leontief
    assert [[round(value, 3) for value in row] for row in leontief] == [[1.254, 0.33], [0.264, 1.122]]
    (first,), (second,) = product(leontief, [[350.0], [1700.0]])
    assert (first, second) == (pytest.approx(1000), pytest.approx(2000))


def test_textbook_digital_content_and_linkages() -> None:
    result = input_output_content(TEXTBOOK, InputOutputSpec(frozenset({"2"})))
    one, two = result.products
    assert (one.direct, two.direct) == (pytest.approx(0.2), pytest.approx(0.05))
    assert one.total == pytest.approx(0.2 / 0.7575)
    assert two.total == pytest.approx(0.85 / 0.7575 - 1)
    assert one.requirement_share == pytest.approx(0.2 / (0.95 + 0.2))
    assert one.value_added_content == pytest.approx(0.7 * 0.2 / 0.7575)
    sums = ((0.95 + 0.2) / 0.7575, (0.25 + 0.85) / 0.7575)
    assert one.backward_linkage == pytest.approx(2 * sums[0] / sum(sums))
    ghosh_sums = ((0.95 + 0.25 * 2) / 0.7575, (0.2 / 2 + 0.85) / 0.7575)
    assert one.forward_linkage == pytest.approx(2 * ghosh_sums[0] / sum(ghosh_sums))
    assert result.residual < 1e-15


def test_all_products_digital_hold_all_value_added_of_a_closed_table() -> None:
    result = input_output_content(TEXTBOOK, InputOutputSpec(frozenset({"1", "2"})))
    assert [each.value_added_content for each in result.products] == [pytest.approx(1), pytest.approx(1)]
    assert [each.requirement_share for each in result.products] == [pytest.approx(1), pytest.approx(1)]


def test_mixed_imports_are_taken_out_in_proportion() -> None:
    mixed = FlowTable(("1", "2"), TEXTBOOK.flows, TEXTBOOK.outputs, TEXTBOOK.value_added, imports=[100.0, 0.0], exports=[600.0, 0.0])
    assert domestic_shares(mixed) == [pytest.approx(0.8), 1.0]
    assert input_coefficients(mixed, [0, 1])[0] == [pytest.approx(0.12), pytest.approx(0.2)]


def test_a_product_without_output_is_left_out_and_named() -> None:
    table = FlowTable(("1", "0", "2"), [[150.0, 0.0, 500.0], [0.0] * 3, [200.0, 0.0, 100.0]], [1000.0, 0.0, 2000.0], [650.0, 0.0, 1400.0])
    result = input_output_content(table, InputOutputSpec(frozenset({"2"})))
    assert result.without_output == ("0",)
    assert [each.code for each in result.products] == ["1", "2"]


def test_unproductive_tables_and_unknown_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="1"):
        leontief_inverse([[0.5, 0.6], [0.2, 0.4]])
    with pytest.raises(ValueError, match="9"):
        input_output_content(TEXTBOOK, InputOutputSpec(frozenset({"9"})))
    with pytest.raises(Singular):
        inverse([[1.0, 2.0], [2.0, 4.0]])


def test_an_inverse_needs_its_rows_exchanged() -> None:
    assert inverse([[0.0, 2.0], [4.0, 0.0]]) == [[0.0, 0.25], [0.5, 0.0]]
    assert inverse([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]) == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


@st.composite
def productive(draw: st.DrawFn) -> Matrix:
    """Input coefficients whose columns sum to less than one."""
    size = draw(st.integers(1, 8))
    raw = [[draw(st.floats(0, 1)) for _ in range(size)] for _ in range(size)]
    most = draw(st.floats(0.05, 0.95))
    sums = [sum(row[column] for row in raw) or 1.0 for column in range(size)]
    return [[most * raw[row][column] / max(sums[column], 1e-3) for column in range(size)] for row in range(size)]


@given(productive())
def test_the_inverse_holds_and_is_not_below_the_identity(coefficients: Matrix) -> None:
    leontief = leontief_inverse(coefficients)
    assert residual(coefficients, leontief) < 1e-10
    assert all(leontief[i][j] >= (i == j) - 1e-12 for i in range(len(leontief)) for j in range(len(leontief)))
    assert sum(backward_linkages(leontief)) == pytest.approx(len(leontief))


@given(productive(), st.data())
def test_ghosh_follows_from_leontief(coefficients: Matrix, data: st.DataObject) -> None:
    size = len(coefficients)
    outputs = [data.draw(st.floats(1, 1000)) for _ in range(size)]
    allocation = [[(i == j) - coefficients[i][j] * outputs[j] / outputs[i] for j in range(size)] for i in range(size)]
    leontief = leontief_inverse(coefficients)
    for mine, own in zip(ghosh_inverse(leontief, outputs), inverse(allocation), strict=True):
        assert mine == pytest.approx(own, rel=1e-7, abs=1e-9)
    assert sum(forward_linkages(leontief, outputs)) == pytest.approx(size)


def national(folder: Path, name: str, size: int) -> tuple[FlowTable, list[float]]:
    """A table of the national statistics office (only flows of domestic origin where it is split), and final use of those products."""
    rows = list(csv.reader((folder / "data" / "input_output" / f"{name}.csv").read_text("utf-8").splitlines()))
    head = rows[0]
    split = "Origin" in head
    first = head.index("Origin" if split else "DescriptionInChinese") + 1
    own = [row for row in rows[1:] if row[0].isdigit() and (not split or row[3] == "Domestic")]
    added = next(row for row in rows if row[0] == "TVA")

    def column(heading: str) -> list[float]:
        return [float(row[head.index(heading)]) for row in own]

    flows = [[float(value) for value in row[first : first + size]] for row in own]
    value_added = [float(value) for value in added[first : first + size]]
    mixed = {} if split else {"imports": column("IM"), "exports": column("EX")}
    return FlowTable(tuple(row[0] for row in own), flows, column("GO"), value_added, **mixed), column("TFU")


@pytest.mark.parametrize(
    ("name", "size", "digital"), [("china_2020_42", 42, "20"), ("china_2017_42", 42, "20"), ("china_2020_153", 153, "128")]
)
def test_national_tables_are_solved_to_ten_places(shared_folder: Path, name: str, size: int, digital: str) -> None:
    table, final = national(shared_folder, name, size)
    result = input_output_content(table, InputOutputSpec(frozenset({digital})))
    assert len(result.products) == size
    assert result.residual < 1e-10
    assert all(0 <= each.value_added_content <= 1 for each in result.products)
    assert sum(each.backward_linkage for each in result.products) == pytest.approx(size)
    if table.imports is None:
        leontief = leontief_inverse(input_coefficients(table, range(size)))
        outputs = [sum(value * use for value, use in zip(row, final, strict=True)) for row in leontief]
        assert outputs == pytest.approx(list(table.outputs), rel=1e-9)
