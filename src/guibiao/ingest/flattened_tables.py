"""Tables that came out of a PDF as lines of text: found again by their head of years, or by columns parted with wide gaps.

A head is one line (指标 2020年 2025年 年均增速 属性) or several; its rows are a name and as many figures, on one line or each on its own.
Every cell keeps the places of its characters. Nothing is guessed from a single line: a table has two rows with figures at least.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

_TOKEN = re.compile(r"(?:[<>≤≥＜＞]\s+)?\S+")
_YEAR = re.compile(r"(?:19|20)\d\d年?(?:末|底)?(?:目标值?|规划值?|实际值?|现状值?|预期值?|基数|基期值?|完成值?|指标值?)?$")
_SPACED_YEAR = re.compile(r"((?:19|20)\d\d)[ \u3000]{1,3}(?=年)")
_HEADING = re.compile(r"[指标名称主要发展序号类别型领域单位年均增速长累计率属性质目值备注现状规划基期实际完成幅五()（）%％/／、\[\]〔〕]+$")
_GROWTH = re.compile(r"增速|增长|增幅|累计|年均")
_FIGURE = (
    r"(?:[<>≤≥＜＞约近超]|大于|小于|超过)?\s*[-−－]?\d[\d,，]*(?:[.．]\d+)?(?:%|％|‰)?"
    r"(?:万亿|亿|万)?(?:元|户|个|家|人|件|台|套|倍|级)?(?:左右|以上|以内|以下)?"
)
_VALUE = re.compile(rf"(?:{_FIGURE}|[〔\[【(（]\s*{_FIGURE}\s*[〕\]】)）]|[-—–─]{{1,4}}|/|预期性?|约束性?)$")
_DIGIT = re.compile(r"\d")
_PROPERTY = re.compile(r"(?:预期|约束)性?$")
_STOP = re.compile(
    r"\s*(?:注\s*[:：]|注\d|备注[:：]|资料来源|数据来源|专栏|[图表]\s*\d|第[一二三四五六七八九十]+[章节]|[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）])"
)
_PROSE = re.compile(r"[。；！？]")
_MARKER = re.compile(r"[(（]?\d{1,2}[)）.．、]")
_UNIT_BRACKET = re.compile(r"[(（][^()（）]{1,12}[)）]$")
_GAP = re.compile(r"[ \u3000]{3,}")
_LONGEST = 90
_MOST_HEAD_LINES = 14
_MOST_NAME_LINES = 4
_MOST_LINES = 300
_LEAST_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: offsets in it, and the number of the line."""

    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of several pieces, in row and column, both from 1; the head is row 1."""

    row: int
    column: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class FlattenedTable:
    """Lines `first` up to but without `last`, and the cells found in them."""

    first: int
    last: int
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class _Row:
    name: list[Piece]
    values: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Column:
    kind: str
    """unit, year, growth, property or note."""
    pieces: tuple[Piece, ...]


def flattened_tables(lines: Sequence[str]) -> Iterator[FlattenedTable]:
    """Tables among the lines of a text, in order; lines are without their ends, empty ones left out."""
    at = 0
    while at < len(lines):
        table = _headed(lines, at) if _may_head(lines[at]) else None
        if table is None:
            table, after = _columns(lines, at) if _GAP.search(lines[at].strip()) else (None, at + 1)
        else:
            after = table.last
        if table is not None:
            yield table
        at = after


def _may_head(line: str) -> bool:
    stripped = line.strip()
    if len(stripped) > _LONGEST or "\t" in stripped or "|" in stripped or _PROSE.search(stripped):
        return False
    return stripped.startswith(("指", "序号", "类别", "年均", "主要指标", "名称", "单位")) or bool(
        re.match(r"(?:19|20)\d\d\s{0,3}年?(?:\s|$)", stripped)
    )


def _headed(lines: Sequence[str], first: int) -> FlattenedTable | None:
    head: list[list[Piece]] = []
    at = first
    while at < len(lines) and at - first < _MOST_HEAD_LINES:
        pieces = _pieces(lines[at], at)
        if not pieces or not _is_head(pieces):
            break
        head.append(pieces)
        at += 1
    every = [piece for pieces in head for piece in pieces]
    years = [each for each in every if _YEAR.match(each.text)]
    if not years or (len(years) < 2 and not any(each.text.startswith(("指", "主要指标")) for each in every)):
        return None
    columns = _head_columns(every, one_line=len(head) == 1)
    rows, last = _rows(lines, at, columns)
    numbered = [row for row in rows if any(_DIGIT.search(value.text) for value in row.values)]
    if len(numbered) < 2:
        return None
    named = next((each for each in every if not _YEAR.match(each.text) and not _GROWTH.search(each.text)), None)
    return FlattenedTable(first, last, tuple(_cells(named, columns, rows)))


def _is_head(pieces: Sequence[Piece]) -> bool:
    return all(_YEAR.match(each.text) or _HEADING.match(each.text) for each in pieces)


def _head_columns(pieces: Sequence[Piece], *, one_line: bool) -> list[_Column]:
    columns: list[_Column] = []
    for piece in pieces:
        text = piece.text
        kind = (
            "year" if _YEAR.match(text)
            else "growth" if _GROWTH.search(text)
            else "property" if text in {"属性", "性质", "指标属性", "指标性质"}
            else "unit" if text.strip("()（）") == "单位"
            else "note" if text == "备注"
            else ""
        )  # fmt: skip
        if kind == "growth" and columns and columns[-1].kind == "growth":
            columns[-1] = _Column("growth", (*columns[-1].pieces, piece))
        elif kind:
            columns.append(_Column(kind, (piece,)))
        elif columns and columns[-1].kind in {"year", "growth"} and text[0] in "(（[〔%％":
            columns[-1] = _Column(columns[-1].kind, (*columns[-1].pieces, piece))
    order = ("unit", "year", "growth", "property", "note")
    return columns if one_line else sorted(columns, key=lambda each: order.index(each.kind))


def _rows(lines: Sequence[str], at: int, columns: Sequence[_Column]) -> tuple[list[_Row], int]:
    """Rows below a head, and the line after the last of them."""
    width = sum(column.kind != "unit" for column in columns)
    rows: list[_Row] = []
    pending: list[Piece] = []
    named = 0
    last = at
    end = min(len(lines), at + _MOST_LINES)
    while at < end:
        line = lines[at]
        if len(line.strip()) > _LONGEST or _PROSE.search(line) or _STOP.match(line):
            break
        pieces = _pieces(line, at)
        if _is_head(pieces) and any(_YEAR.match(each.text) for each in pieces):
            break
        name, values = _name_and_values(pieces)
        if values:
            named = 0
            open_row = rows[-1] if rows and not pending and not name and _is_open(rows[-1], width) else None
            if open_row is not None:
                open_row.values.extend(values)
            elif name or pending:
                rows.append(_Row([*pending, *name] if not name or _runs_on(pending, name) else name, values))
            pending = []
            last = at + 1
        elif rows and rows[-1].values and not pending and _completes(rows[-1], name):
            rows[-1].name.extend(name)
            last = at + 1
        else:
            named += 1
            pending = [*pending, *name] if pending and not _MARKER.match(name[0].text) else name
            if named > _MOST_NAME_LINES:
                break
        at += 1
    return rows, last


def _is_open(row: _Row, width: int) -> bool:
    return len(row.values) < width and not _PROPERTY.match(row.values[-1].text)


def _name_and_values(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The name of a row and the figures at its end; a number before the name is part of the name."""
    at = len(pieces)
    while at and _VALUE.match(pieces[at - 1].text):
        at -= 1
    return pieces[:at], pieces[at:]


def _runs_on(pending: Sequence[Piece], name: Sequence[Piece]) -> bool:
    """Whether a name that stands on the line above goes on in this one."""
    above = "".join(each.text for each in pending)
    unclosed = above.count("（") + above.count("(") > above.count("）") + above.count(")")
    return bool(pending) and (unclosed or (bool(_MARKER.match(above)) and not _MARKER.match(name[0].text)))


def _completes(row: _Row, name: Sequence[Piece]) -> bool:
    """Whether a line of words after a row is the rest of its name: it closes a bracket or brings the unit."""
    own, more = "".join(each.text for each in row.name), "".join(each.text for each in name)
    if own.count("（") + own.count("(") > own.count("）") + own.count(")"):
        return True
    return bool(_UNIT_BRACKET.search(more)) and not _UNIT_BRACKET.search(own) and not _MARKER.match(more)


def _cells(named: Piece | None, columns: Sequence[_Column], rows: Sequence[_Row]) -> Iterator[Cell]:
    if named is not None:
        yield Cell(1, 1, (named,))
    for number, column in enumerate(columns, start=2):
        yield Cell(1, number, column.pieces)
    kinds = [each.kind for each in columns]
    for row_number, row in enumerate(rows, start=2):
        name = row.name[1:] if len(row.name) > 1 and row.name[0].text.isdigit() else row.name
        if "unit" in kinds and len(name) > 1:
            yield Cell(row_number, kinds.index("unit") + 2, (name[-1],))
            name = name[:-1]
        if name:
            yield Cell(row_number, 1, tuple(name))
        free = [index for index, kind in enumerate(kinds) if kind not in {"unit", "property"}]
        for value in row.values:
            if _PROPERTY.match(value.text):
                if "property" in kinds:
                    yield Cell(row_number, kinds.index("property") + 2, (value,))
                continue
            if value.text[0] in "[〔【" and "growth" in kinds and kinds.index("growth") in free:
                free = free[free.index(kinds.index("growth")) :]
            if free:
                yield Cell(row_number, free.pop(0) + 2, (value,))


def _columns(lines: Sequence[str], first: int) -> tuple[FlattenedTable | None, int]:
    """Three lines at least with the same number of parts, three or more, between wide gaps, some of them figures; and the line after."""
    rows: list[list[Piece]] = []
    at = first
    while at < len(lines) and len(lines[at]) <= 2 * _LONGEST:
        pieces = _parts(lines[at], at)
        if len(pieces) < _LEAST_COLUMNS or (rows and len(pieces) != len(rows[0])):
            break
        rows.append(pieces)
        at += 1
    figures = sum(any(_VALUE.match(each.text) and _DIGIT.search(each.text) for each in row) for row in rows)
    if len(rows) < _LEAST_COLUMNS or figures < 2:
        return None, max(at, first + 1)
    cells = (Cell(row, column, (piece,)) for row, pieces in enumerate(rows, start=1) for column, piece in enumerate(pieces, start=1))
    return FlattenedTable(first, at, tuple(cells)), at


def _parts(line: str, number: int) -> list[Piece]:
    at, parts = 0, []
    for gap in (*_GAP.finditer(line), None):
        end = len(line) if gap is None else gap.start()
        text = line[at:end].strip()
        if text:
            start = line.index(text, at)
            parts.append(Piece(number, start, start + len(text), text))
        at = len(line) if gap is None else gap.end()
    return parts


def _pieces(line: str, number: int) -> list[Piece]:
    """Words of a line; 2015 年 is one word, and so are words of single characters that follow one another (指 标)."""
    joined = _SPACED_YEAR.sub(lambda match: match[1] + "\0" * (len(match[0]) - 4), line)
    words = [Piece(number, match.start(), match.end(), match[0].replace("\0", "")) for match in _TOKEN.finditer(joined)]
    pieces: list[Piece] = []
    for single, group in groupby(words, key=lambda word: len(word.text) == 1 and "\u4e00" <= word.text <= "\u9fff"):
        run = list(group)
        if single and len(run) > 1:
            run = [Piece(number, run[0].start, run[-1].end, "".join(each.text for each in run))]
        pieces.extend(run)
    return pieces
