"""Numbers of a column stand under each other's decimal point."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.publish.columns import numeral, padding, placed, table_columns
from guibiao.publish.document import TableBlock, TableCell


def table(*rows: tuple[str, ...]) -> TableBlock:
    return TableBlock("t", "1", "", "", (), tuple(tuple(TableCell(text) for text in row) for row in rows))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("18766.7", ("18766", ".7", "")),
        ("-12.5%", ("-12", ".5", "%")),
        ("4,000", ("4,000", "", "")),
        ("7①", ("7", "", "①")),
        ("−3", ("−3", "", "")),
    ],
)
def test_a_number_is_cut_at_its_point(text: str, parts: tuple[str, str, str]) -> None:
    found = numeral(text)
    assert found is not None
    assert (found.whole, found.fraction, found.mark) == parts


@pytest.mark.parametrize("text", ["", "…", "约20", "2—3", "1.2.3", "2023年"])
def test_words_are_not_numbers(text: str) -> None:
    assert numeral(text) is None


@given(
    st.lists(st.decimals(-99999, 99999, places=None, allow_nan=False).map(lambda number: f"{number:.{abs(hash(number)) % 4}f}"), min_size=1)
)
def test_padding_makes_all_fractions_equally_long(texts: list[str]) -> None:
    column = table_columns(table(*((text,) for text in texts)))[0]
    lengths = set()
    for text in texts:
        found = numeral(text)
        assert found is not None
        lengths.add(len(found.fraction + padding(found, column)))
    assert lengths == {len(column.fraction)}
    assert column.digits is not None
    assert column.digits >= max(len(text.lstrip("-").partition(".")[0]) for text in texts)


def test_a_column_of_words_has_no_point() -> None:
    assert table_columns(table(("甲", "…"), ("乙", "")))[1].digits is None


def test_cells_that_reach_down_push_others_right() -> None:
    head = ((TableCell("年份", rows=2), TableCell("增加值", columns=2)), (TableCell("甲"), TableCell("乙")))
    assert [[position for position, _cell in row] for row in placed(head)] == [[0, 1], [1, 2]]
