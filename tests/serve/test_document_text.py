"""A document's text on a page: nothing lost, nothing twice, every mark where its words stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.text.blocks import TextBlock
from guibiao.serve.reviewing.document_text import Grid, Mark, Passage, Piece, laid_out, part_of, parts

TABLE = "项目\t2023年\t2024年\n收入\t10\t20\n\n正文一段。"


def mark(name: str, start: int, end: int, **fields: object) -> Mark:
    return Mark(id=name, start=start, end=end, tone="x", **fields)  # type: ignore[arg-type]


def passages(laid: Sequence[Passage | Grid]) -> Iterator[Passage]:
    for each in laid:
        if isinstance(each, Grid):
            yield from (cell for row in each.rows for cell in row if cell is not None)
        else:
            yield each


def pieces(blocks: Sequence[TextBlock], marks: Sequence[Mark], **limits: int) -> list[Piece]:
    divided = parts(blocks, [each.start for each in marks], **limits)
    return [piece for part in divided for each in passages(laid_out(part.stretches, marks)) for piece in each.pieces]


def test_words_are_marked_and_marks_open_where_they_begin() -> None:
    text = "合计70亿元，增长20%。"
    found = pieces(read_plain_text(text), [mark("a", 2, 6), mark("b", 9, 12)])
    assert [(piece.text, piece.mark.id if piece.mark else "") for piece in found] == [
        ("合计", ""), ("70亿元", "a"), ("，增长", ""), ("20%", "b"), ("。", ""),
    ]  # fmt: skip
    assert [[each.id for each in piece.opens] for piece in found] == [[], ["a"], [], ["b"], []]


def test_strong_words_have_their_place_even_inside_another_mark() -> None:
    found = pieces(read_plain_text("新增基站6000个和用户10万户"), [mark("a", 0, 9, strong=((4, 9),)), mark("b", 0, 16, strong=((12, 16),))])
    assert [(piece.text, piece.mark and piece.mark.id, piece.strong) for piece in found] == [
        ("新增基站", "a", False), ("6000个", "a", True), ("和用户", "b", False), ("10万户", "b", True),
    ]  # fmt: skip
    assert [each.id for piece in found for each in piece.opens] == ["a", "b"]


def test_cells_come_as_a_table_with_their_marks() -> None:
    laid = laid_out(parts(read_plain_text(TABLE), [])[0].stretches, [mark("a", TABLE.index("20\n"), TABLE.index("20\n") + 2)])
    grid = next(each for each in laid if isinstance(each, Grid))
    assert [["".join(piece.text for piece in cell.pieces) if cell else "" for cell in row] for row in grid.rows] == [
        ["项目", "2023年", "2024年"], ["收入", "10", "20"],
    ]  # fmt: skip
    last = grid.rows[1][2]
    assert last is not None
    assert last.pieces[0].mark is not None


def test_what_holds_paragraphs_stands_beside_them() -> None:
    text = "一段。\n\n二段。\n\n三段。"
    laid = laid_out(parts(read_plain_text(text), [])[0].stretches, [], [mark("task", 5, 8)])
    assert [[each.id for each in passage.within] for passage in passages(laid)] == [[], ["task"], []]


def test_an_empty_document_has_no_parts() -> None:
    assert parts([], []) == []
    assert parts(read_plain_text("\n \n"), []) == []


def test_a_long_line_is_divided_and_every_mark_is_shown_once() -> None:
    text = "增长1%。" * 20_000
    marks = [mark(str(at), at * 5 + 2, at * 5 + 4) for at in range(0, 20_000, 40)]
    blocks = read_plain_text(text)
    divided = parts(blocks, [each.start for each in marks])
    assert len(divided) > 2
    assert all(sum(part.holds(each.start) for each in marks) <= 400 for part in divided)
    assert sorted(each.id for piece in pieces(blocks, marks) for each in piece.opens) == sorted(each.id for each in marks)


@given(
    st.lists(st.text(st.sampled_from("甲乙丙1。，\t ab"), max_size=30), max_size=8),
    st.lists(st.tuples(st.integers(0, 120), st.integers(1, 40), st.integers(0, 2)), max_size=8), st.integers(1, 60),
)  # fmt: skip
def test_nothing_is_lost_and_nothing_comes_twice(lines: list[str], spans: list[tuple[int, int, int]], characters: int) -> None:
    text = "\n\n".join(lines)
    blocks = read_plain_text(text)
    marks = [mark(str(at), start, start + length, order=order) for at, (start, length, order) in enumerate(spans)]
    found = pieces(blocks, marks, characters=characters)
    assert "".join(piece.text for piece in found) == "".join(block.text for block in blocks)
    divided = parts(blocks, [], characters=characters)
    for offset in range(len(text)):
        assert sum(part.holds(offset) for part in divided) <= 1
        assert not divided or 1 <= part_of(divided, offset) <= len(divided)
    whole = pieces(blocks, marks)
    places = {block.source(at) for block in blocks for at in range(len(block.text))}
    shown = {each.id for each in marks if any(each.start <= place < each.end for place in places)}
    assert sorted(each.id for piece in whole for each in piece.opens) == sorted(shown)
