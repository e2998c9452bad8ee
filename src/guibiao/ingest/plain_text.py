"""Plain text as it comes out of PDFs and web pages to blocks: lines joined to paragraphs, headings found, page numbers left out.

Nothing of the original is changed: each block knows where its characters stand. Time is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guibiao.ingest.flattened_tables import FlattenedTable, Piece, flattened_tables
from guibiao.ingest.inline_markers import InlineMarkers
from guibiao.model.text.blocks import BlockKind, TextBlock

_WIDE = str.maketrans("０１２３４５６７８９．％（）－＋", "0123456789.%()-+")
_NUMERAL = "一二三四五六七八九十百〇零"
_MARKERS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(rf"第[{_NUMERAL}\d]{{1,4}}[章篇编部]"), 1),
    (re.compile(rf"第[{_NUMERAL}\d]{{1,4}}节"), 2),
    (re.compile(rf"第[{_NUMERAL}\d]{{1,5}}条"), 4),
    (re.compile(rf"[{_NUMERAL}]{{1,3}}[、.．]"), 2),
    (re.compile(rf"[(（][{_NUMERAL}]{{1,3}}[)）]"), 3),
    (re.compile(r"\d{1,2}[.．、](?!\d)"), 4),
    (re.compile(r"[(（]\d{1,2}[)）]|\d{1,2}[)）]"), 5),
    (re.compile(r"[①-⑳]"), 6),
    (re.compile(r"(?:-{1,2}|—{1,2}|–|•|·|●|■|◆|\*)(?=\s*[^\s\d*—-])"), 7),
)
_MARKDOWN = re.compile(r"\s*(?:(#{1,6})\s*|>\s*)?(\*\*)?\s*")
_PAGE_NUMBER = re.compile(r"\s*(?:[-—–·]\s*)?(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[-—–·])?\s*$")
_CONTENTS_LINE = re.compile(r"(?<![.…·])(?:\.{4,}+|…{2,}+|·{4,}+)\s*+\d*+\s*+$")
_TERMINAL = re.compile(r"[。！？；!?;][”’」』）)]*\s*$")
_TITLE_LINE = re.compile(r"\s*[^，。；：、]{2,40}(?:规划|方案|计划|意见|通知|报告|白皮书|纲要|办法|条例|指标)(?:（[^（）]{1,20}）)?$")
_CAPTION = re.compile(r"\s*(?:专栏|附件|附表|附录|表|图)\s*[\d一二三四五六七八九十]")
_OPEN_BRACKET = re.compile(r"[(（][^()（）]{0,80}$")
_GAP = re.compile(r"[\s\u200b\ufeff]+|\*\*")
_LINE = re.compile(r"[^\n\r\x0b\x0c\u2028\u2029\x85]+")
_TITLE = 45
_SHORTEST = 12.5
"""A line shorter than this is not the first part of a wrapped one."""
_BULLET = 7
_COLUMN_GAP = 3
"""So many spaces within a line part columns of a flattened table."""


@dataclass(slots=True)
class _Line:
    start: int
    text: str
    marker: str = ""
    level: int = 0
    offset: int = 0
    """Where the content after Markdown marks begins in `text`."""
    hashes: int = 0
    numbering: bool = False
    """Only a page number or a line of a table of contents."""


def read_plain_text(original: str) -> tuple[TextBlock, ...]:
    """Blocks of a plain text in reading order.

    Lines with tabs or bars that follow one another are the rows of one table; so are lines that a table was flattened to.
    """
    lines = list(_lines(original))
    shortest = _wrapped_length([line for line in lines if not line.numbering])
    reading = _Reading({}, InlineMarkers(), [], shortest)
    at = 0
    for table in flattened_tables([line.text for line in lines]):
        reading.read(lines[at : table.first])
        reading.read_table(table, lines)
        at = table.last
    reading.read(lines[at:])
    return tuple(reading.blocks)


@dataclass(slots=True)
class _Reading:
    """The blocks read so far, the headings and the numbering they stand under."""

    path: dict[int, str]
    markers: InlineMarkers
    blocks: list[TextBlock]
    shortest: float
    table: int = 0
    row: int = 0

    def read(self, lines: Sequence[_Line]) -> None:
        for paragraph in _paragraphs((line for line in lines if not line.numbering), self.shortest):
            if _is_table(paragraph[0]):
                goes_on = self.row and self.blocks and self.blocks[-1].kind == "cell"
                self.table, self.row = (self.table, self.row + 1) if goes_on else (self.table + 1, 1)
                self.blocks.extend(_cells(paragraph[0], self.above(), self.table, self.row))
            else:
                self.blocks.extend(self._prose(paragraph))

    def read_table(self, table: FlattenedTable, lines: Sequence[_Line]) -> None:
        self.table, self.row = self.table + 1, 0
        for cell in table.cells:
            text, starts, sources = _assembled(_places(cell.pieces, lines))
            self.blocks.append(TextBlock("cell", 0, self.above(), text, starts, sources, cell=(self.table, cell.row, cell.column)))

    def above(self) -> tuple[str, ...]:
        return tuple(self.path[each] for each in sorted(self.path))

    def _prose(self, paragraph: list[_Line]) -> Iterator[TextBlock]:
        first = paragraph[0]
        text, starts, sources = _joined(paragraph)
        if not text:
            return
        number = first.marker.translate(_WIDE)
        level = first.level or (1 if first.hashes else 0)
        own = number if text.startswith(number) else ""
        opens = [(0, number, level), *self.markers.cuts(text, own, level)]
        for (start, marker, depth), (end, _marker, _depth) in pairwise([*opens, (len(text), "", 0)]):
            if end > start:
                part = (text, starts, sources) if len(opens) == 1 else _part(text, starts, sources, start, end)
                yield self._block(part, marker, depth, hashed=bool(first.hashes) and start == 0)

    def _block(self, part: _Mapped, number: str, level: int, *, hashed: bool) -> TextBlock:
        text, starts, sources = part
        short = len(text) <= _TITLE and "。" not in text and not _TERMINAL.search(text)
        kind: BlockKind = "body"
        if ((number and level < _BULLET) or hashed) and short:
            kind = "heading"
        elif number:
            kind = "item"
        heads = 0 < level < _BULLET
        if heads:
            for deeper in [each for each in self.path if each >= level]:
                del self.path[deeper]
        above = self.above()
        if heads:
            self.path[level] = text if kind == "heading" else text[: text.find("。")] if "。" in text[:_TITLE] else text[:_TITLE]
        return TextBlock(kind, level, above, text, starts, sources, number=number)


_Mapped = tuple[str, tuple[int, ...], tuple[int, ...]]


def _lines(original: str) -> Iterator[_Line]:
    for match in _LINE.finditer(original):
        text = match[0]
        if not text.strip():
            continue
        line = _Line(match.start(), text, numbering=bool(_PAGE_NUMBER.match(text) or _CONTENTS_LINE.search(text)))
        opening = _MARKDOWN.match(text)
        if opening is not None:
            line.offset, line.hashes = opening.end(), len(opening[1] or "")
        for pattern, level in _MARKERS:
            found = pattern.match(text, line.offset)
            if found is not None:
                line.marker, line.level = found[0], level
                break
        yield line


def _wrapped_length(lines: list[_Line]) -> float:
    """A line at least this long without a final stop goes on in the next one."""
    lengths = sorted(len(line.text.strip()) for line in lines)
    return min(25.0, max(_SHORTEST, 0.7 * lengths[len(lengths) * 4 // 5])) if lengths else 0.0


def _is_table(line: _Line) -> bool:
    text = line.text
    opened = text.startswith("\t\t") and not _TERMINAL.search(text)
    # A row whose first cells stand empty below a merged one has no tab between words.
    return opened or "\t" in text.strip() or text.lstrip().startswith("|")


def _paragraphs(lines: Iterable[_Line], shortest: float) -> Iterator[list[_Line]]:
    current: list[_Line] = []
    for line in lines:
        if current and not _goes_on(current[-1], line, shortest, current[0]):
            yield current
            current = []
        current.append(line)
    if current:
        yield current


def _goes_on(line: _Line, following: _Line, shortest: float, first: _Line) -> bool:
    if following.marker or following.hashes or _is_table(line) or _is_table(following) or (line.hashes and line is first):
        return False
    text = line.text.rstrip()
    if _OPEN_BRACKET.search(text):
        return True
    if _TERMINAL.search(text) or text.endswith(("：", ":")) or _CAPTION.match(following.text):
        return False
    if len(text) <= _TITLE and _TITLE_LINE.match(text):
        return False
    return len(text.strip()) >= shortest or text.endswith(("，", "、", ",", "（", "("))


def _joined(paragraph: Sequence[_Line]) -> _Mapped:
    """Clean text of some lines with its map to the original."""
    first = paragraph[0]
    return _assembled((line.start, line.text, line.offset if line is first else 0) for line in paragraph)


def _places(pieces: Sequence[Piece], lines: Sequence[_Line]) -> Iterator[tuple[int, str, int]]:
    for piece in pieces:
        line = lines[piece.line]
        yield line.start, line.text[: piece.end], piece.start


def _assembled(parts: Iterable[tuple[int, str, int]]) -> _Mapped:
    """Text of some parts of lines, each with its start in the original and the offset it is read from."""
    pieces: list[str] = []
    starts: list[int] = []
    sources: list[int] = []
    length = 0
    for base, text, first in parts:
        wide, at = False, first
        for gap in (*_GAP.finditer(text, at), None):
            end = len(text) if gap is None else gap.start()
            if end > at:
                piece = text[at:end]
                if pieces and (wide or _needs_space(pieces[-1][-1], piece[0])):
                    starts.append(length)
                    sources.append(base + at - 1 if at else base)
                    pieces.append(" ")
                    length += 1
                starts.append(length)
                sources.append(base + at)
                pieces.append(piece)
                length += len(piece)
            at = len(text) if gap is None else gap.end()
            wide = gap is not None and len(gap[0]) >= _COLUMN_GAP and gap[0].isspace() and bool(pieces)
    return "".join(pieces).translate(_WIDE), tuple(starts), tuple(sources)


def _part(text: str, starts: tuple[int, ...], sources: tuple[int, ...], start: int, end: int) -> _Mapped:
    """A part of a mapped text, mapped."""
    first, last = bisect_right(starts, start) - 1, bisect_left(starts, end)
    moved = tuple(max(0, each - start) for each in starts[first:last])
    return text[start:end], moved, (sources[first] + start - starts[first], *sources[first + 1 : last])


def _needs_space(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _cells(line: _Line, above: tuple[str, ...], table: int, row: int) -> Iterator[TextBlock]:
    bars = line.text.lstrip().startswith("|")
    at = 0
    for column, part in enumerate(line.text.split("|" if bars else "\t"), start=0 if bars else 1):
        stripped = part.strip()
        if stripped and not set(stripped) <= set("-: "):
            first = at + len(part) - len(part.lstrip())
            text, starts, sources = _assembled([(line.start, line.text[: first + len(stripped)], first)])
            if text:
                yield TextBlock("cell", 0, above, text, starts, sources, cell=(table, row, column))
        at += len(part) + 1
