"""What a review reads of a document: its paragraphs with the quantities in them, each found once, and its own date."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from guibiao.model.quantity import Qualifier, Quantity, printed_quantity
from guibiao.model.text.blocks import DocumentText, TextBlock
from guibiao.model.text.clauses import Clauses, Wording, clauses_of
from guibiao.model.text.mentions import Mention, mentions
from guibiao.model.unit import NUMBER, Unit, find_unit
from guibiao.review.claims import Spot

_PROSE = frozenset({"body", "item", "note"})
_LONGEST = 4000
"""Characters beyond which a paragraph is read in pieces, cut at a sentence's end where there is one."""
LOOK_BACK = 24
"""Quantities before a claim among which its operands are looked for."""
_SHOWN = 60
"""Characters of the clause that a claim shows."""
_OPERATORS = {
    ">": Qualifier.OVER,
    ">=": Qualifier.EXACT,
    "<": Qualifier.UNDER,
    "<=": Qualifier.AT_MOST,
    "approx": Qualifier.ABOUT,
    "=": Qualifier.EXACT,
}
_MAGNITUDES = {"": 0, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}
_SCALED = re.compile(r"(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?(.*)")
_NEARLY = re.compile(r"(?:近|接近|将近)$")
_LOWERED = re.compile(r"(?:降|减|短|减少)(?:低|少)?(?:到|至)(?:了)?$")
"""A level that was fallen to is that level, not a bound."""
_DATE_LINE = re.compile(r"(?:日期[:：]|发布时间[:：]|印发时间[:：])?\s*((?:19|20)\d\d)年(\d{1,2})月(?:(\d{1,2})日)?(?:印发|发布)?\s*$")


@dataclass(frozen=True, slots=True)
class Read:
    """A quantity of a paragraph: where it stands in the clean text, and what it stands for."""

    mention: Mention
    quantity: Quantity

    @property
    def start(self) -> int:
        return self.mention.start

    @property
    def end(self) -> int:
        return self.mention.end

    @property
    def unit(self) -> Unit:
        return self.quantity.unit


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph with its quantities in order and its sentences and clauses."""

    doc: str
    block: TextBlock
    position: int
    """Of its paragraph among the document's blocks."""
    reads: tuple[Read, ...]
    parts: Clauses

    @property
    def text(self) -> str:
        return self.block.text

    def shown(self, read: Read) -> str:
        """The words of a quantity."""
        return self.text[read.start : read.end]

    def around(self, read: Read) -> Wording:
        return self.parts.around(read.start, read.end)

    def between(self, start: int, end: int) -> tuple[Read, ...]:
        """Quantities that begin in a span."""
        first = bisect_left(self.reads, start, key=_start)
        return self.reads[first : bisect_left(self.reads, end, lo=first, key=_start)]

    def sentences(self) -> Iterator[tuple[int, int, tuple[Read, ...]]]:
        """Spans of the sentences that hold two quantities or more, with those."""
        for start, end in self.parts.sentences:
            found = self.between(start, end)
            if len(found) > 1:
                yield start, end, found

    def spot(self, start: int, end: int) -> Spot:
        """The claim at a span of the clean text, shown with its clause."""
        clause = self.parts.clause(start)
        first, last = max(clause[0], start - _SHOWN), min(clause[1], end + _SHOWN)
        where = self.block.path[-1] if self.block.path else ""
        return Spot(self.doc, where, *self.block.span(start, end), self.text[first:last].strip("，。；、,;: ："))


def _start(read: Read) -> int:
    return read.start


def passages(document: DocumentText) -> list[Passage]:
    """The paragraphs of a document, without headings and table cells."""
    return [
        _passage(document.name, piece, position)
        for position, block in enumerate(document.blocks)
        if block.kind in _PROSE
        for piece in _pieces(block)
    ]


def _pieces(block: TextBlock) -> Iterator[TextBlock]:
    """The paragraph, or its pieces with their own map to the original."""
    if len(block.text) <= _LONGEST:
        yield block
        return
    at = 0
    while at < len(block.text):
        end = min(len(block.text), at + _LONGEST)
        stop = max(block.text.rfind(mark, at + 1, end) for mark in "。！？；") + 1 if end < len(block.text) else 0
        end = stop or end
        first, last = bisect_right(block.starts, at), bisect_left(block.starts, end)
        starts = (0, *(start - at for start in block.starts[first:last]))
        yield replace(block, text=block.text[at:end], starts=starts, sources=(block.source(at), *block.sources[first:last]))
        at = end


def _passage(doc: str, block: TextBlock, position: int) -> Passage:
    found = [(mention, quantity_of(mention, block.text)) for mention in mentions(block.text)]
    return Passage(
        doc, block, position, tuple(Read(mention, quantity) for mention, quantity in found if quantity is not None), clauses_of(block.text)
    )


def quantity_of(mention: Mention, text: str) -> Quantity | None:
    """The quantity a mention stands for; None for ranges and for multiples of a base that is not printed."""
    if mention.operator in {"range", "multiple_of_base"}:
        return None
    exponent = mention.value.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    qualifier = Qualifier.OVER if mention.more else _OPERATORS[mention.operator]
    if qualifier in {Qualifier.UNDER, Qualifier.AT_MOST} and _LOWERED.search(text, max(0, mention.start - 8), mention.start):
        qualifier = Qualifier.EXACT
    if qualifier is Qualifier.ABOUT and _NEARLY.search(text, max(0, mention.start - 3), mention.start):
        qualifier = Qualifier.NEARLY
    return printed_quantity(mention.value, unit_named(mention.unit), qualifier, decimals)


@lru_cache(maxsize=4096)
def unit_named(symbol: str) -> Unit:
    """The unit of a printed symbol; a measure word of its own kind where the list of units has none."""
    if not symbol:
        return NUMBER
    known = find_unit(f"{symbol}个" if symbol in _MAGNITUDES else symbol)
    if known is not None:
        return known
    parts = _SCALED.match(symbol)
    assert parts is not None
    return Unit(((f"count:{parts[2]}", 1),), _MAGNITUDES[parts[1] or ""], symbol)


def own_date(document: DocumentText) -> tuple[date, date] | None:
    """First and last day on which the document may have been issued: as given, else by a line near its start or end that is a date."""
    given = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", document.dated)
    if given:
        return _days(given[1], given[2], given[3])
    edges: Sequence[TextBlock] = (*document.blocks[:12], *document.blocks[-6:])
    for block in edges:
        match = _DATE_LINE.match(block.text) if len(block.text) < 30 else None
        if match and (days := _days(match[1], match[2], match[3])):
            return days
    return None


def _days(year: str, month: str | None, day: str | None) -> tuple[date, date] | None:
    from calendar import monthrange

    try:
        if month is None:
            return date(int(year), 1, 1), date(int(year), 12, 31)
        last = monthrange(int(year), int(month))[1]
        return date(int(year), int(month), int(day or 1)), date(int(year), int(month), int(day or last))
    except ValueError:
        return None
