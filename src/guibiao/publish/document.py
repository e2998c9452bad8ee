"""A finished document before it takes a form: blocks of text, numbers that carry passports, tables, charts.

`report` builds it from the template; `typst` and `html` only render it, so paper and page say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words; `style` is "", "strong", "emphasis" or "code"."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A bound number or word; `passport` is the id of the passport it leads to."""

    text: str
    passport: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a web address or to a heading (`#id`)."""

    text: str
    target: str


Inline = Text | Number | Link
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is a chapter."""

    level: int
    line: Line
    id: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `style` is "" or "note"."""

    line: Line
    style: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; each item is a line."""

    items: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: text, and the passport of its number if it holds one. `align` is left, center or right."""

    text: str
    passport: str = ""
    align: str = "right"
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table in yearbook style: title above, unit top right, source and notes below."""

    id: str
    number: str
    title: str
    unit: str
    head: tuple[tuple[TableCell, ...], ...]
    rows: tuple[tuple[TableCell, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    question: str = ""
    """The question it answers, printed under the title."""


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart by id; its Vega-Lite specification is drawn to SVG by the chart step. `passports` are those of its marks."""

    id: str
    number: str
    title: str
    notes: tuple[str, ...] = ()
    source: str = ""
    passports: tuple[str, ...] = ()
    alternative: str = ""
    """What it shows in words, for who cannot see it."""
    question: str = ""


@dataclass(frozen=True, slots=True)
class PassportLine:
    """One step of a number's way: depth in the tree, what it is, and what it says."""

    depth: int
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Passport:
    """Whole lineage of one published number, back to cell and place."""

    id: str
    title: str
    printed: str
    grade: str
    lines: tuple[PassportLine, ...]


Block = Heading | Paragraph | Bullets | TableBlock | ChartBlock


@dataclass(frozen=True, slots=True)
class Document:
    """A report ready to be rendered."""

    title: str
    subtitle: str
    publisher: str
    date: str
    language: str
    blocks: tuple[Block, ...]
    passports: tuple[Passport, ...]
    notices: tuple[str, ...] = ()
    """Shown on the cover: as-of date, synthetic data, findings count."""
    footer: str = ""
    properties: dict[str, str] = field(default_factory=dict)
