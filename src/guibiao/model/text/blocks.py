"""A document's text with its geography: blocks in reading order, each able to say where in the original its characters stand."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["heading", "item", "body", "cell", "note"]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, heading, list item or table cell.

    `text` is cleaned: wrapped lines joined, spaces between Chinese characters dropped, full-width digits made ASCII; each change is of
    one character by one or a removal. `starts` and `sources` are parallel: from clean offset `starts[i]` on, characters stand at
    `sources[i]` of the original. `path` holds the headings above, outermost first.
    """

    kind: BlockKind
    level: int
    path: tuple[str, ...]
    text: str
    starts: tuple[int, ...]
    sources: tuple[int, ...]
    page: int | None = None
    cell: tuple[int, int, int] | None = None
    """Table, row and column, 1-based, of a cell."""
    number: str = ""
    """The marker it begins with: 一、 （二） 3. —— """

    def source(self, offset: int) -> int:
        """Original offset of a clean one."""
        segment = bisect_right(self.starts, offset) - 1
        return self.sources[segment] + offset - self.starts[segment]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original half-open span of a clean one; it holds everything between."""
        return self.source(start), self.source(end - 1) + 1


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document read: its name, its decoded original, its blocks, and its own date where it states one (ISO, day or month or year)."""

    name: str
    original: str
    blocks: tuple[TextBlock, ...]
    dated: str = ""
