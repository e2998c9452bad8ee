"""Quantified commitments of a document: every quantity with its class, deadline, geography and the words it came from.

Method sheet: docs/methods/0701-targets-in-policy-documents.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from guibiao.model.text.blocks import DocumentText, TextBlock
from guibiao.model.text.clauses import clauses_of, trimmed
from guibiao.model.text.dates import deadlines
from guibiao.model.text.measure_words import without_magnitude
from guibiao.model.text.mentions import Mention, Operator, mentions
from guibiao.model.text.names import Kind, geography, indicator_name, kind_of
from guibiao.policy.classes import Genre, Surroundings, TargetClass, classify, genre_of
from guibiao.policy.deadlines import Dates, DeadlineScope, Governing, Inheritance, governing, title_horizon
from guibiao.policy.document_dates import document_date
from guibiao.policy.home_area import home_area
from guibiao.policy.indicator_tables import TableFigure, is_figure, table_figures

_OF_AN_AREA = frozenset({"policy_target", "implicit", "support_cap", "event_plan", "planned_scope"})
_LONGEST_ROW = 240
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Target:
    """One quantity of a document; offsets are those of the original text, `end` exclusive.

    `value` and `value_high` are in `unit`, `value_base` in `unit_base` (元, 户, 个 ...). `deadline` is a day; a statistic of the past
    has none. `geography` is the area named, for commitments else that of the document's issuer.
    """

    doc: str
    quote: str
    start: int
    end: int
    value_start: int
    value_end: int
    deadline_start: int | None
    deadline_end: int | None
    indicator: str
    operator: Operator
    value: Decimal
    value_high: Decimal | None
    unit: str
    value_base: Decimal
    unit_base: str
    deadline: date | None
    deadline_scope: DeadlineScope
    baseline: str
    geography: str
    kind: Kind
    classification: TargetClass
    confidence: float


@dataclass(frozen=True, slots=True)
class _Document:
    """A document with what all its quantities share."""

    text: DocumentText
    genre: Genre
    dated: date | None
    area: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A quantity with its block and what was found out about it."""

    block: TextBlock
    mention: Mention
    quoted: tuple[int, int]
    """Span of the quote in the original."""
    name: str
    kind: Kind
    area: str
    governing: Governing | None
    classification: TargetClass
    confidence: float
    baseline: str = ""


def extract_targets(document: DocumentText) -> Iterator[Target]:
    """All quantities of a document that state a size, in reading order, each with its class."""
    shared = _Document(document, genre_of(document.blocks), document_date(document), home_area(document.blocks))
    inherited = Inheritance(shared.dated)
    caption = ""
    for table, blocks in groupby(document.blocks, key=lambda block: block.cell[0] if block.kind == "cell" and block.cell else 0):
        if table:
            cells = list(blocks)
            yield from (_target(shared, found) for found in _in_table(shared, cells, caption, inherited))
            continue
        for block in blocks:
            dates = list(deadlines(block.text, shared.dated))
            lead = inherited.take(block, dates)
            caption = block.text
            if block.kind != "heading":
                yield from (_target(shared, found) for found in _in_block(shared, block, Dates.of(dates), lead))


def base_unit(symbol: str) -> str:
    """The unit without its magnitude: 亿元 -> 元, 万户 -> 户."""
    return without_magnitude(symbol)[1]


def _in_table(shared: _Document, cells: Sequence[TextBlock], caption: str, inherited: Inheritance) -> Iterator[_Found]:
    """Figures by the head of their column; what is written in words, as in a paragraph of the document its row names."""
    dates = {id(cell): list(deadlines(cell.text, shared.dated)) for cell in cells}
    leads = {id(cell): inherited.take(cell, dates[id(cell)]) for cell in cells}
    figures = {id(each.block): each for each in table_figures(cells, caption, shared.genre, shared.dated)}
    for _row, group in groupby(cells, key=lambda cell: cell.cell[1] if cell.cell else 0):
        row = list(group)
        own, horizon = _of_row(shared, row), None
        for cell in row:
            if id(cell) in figures:
                yield _of_figure(shared, figures[id(cell)])
            elif not is_figure(cell.text):
                yield from _in_block(own, cell, Dates.of(dates[id(cell)]), horizon or leads[id(cell)])
            named = title_horizon(cell) if len(cell.text) <= _LONGEST_TITLE else None
            horizon = Governing(named, "inherited", cell) if named is not None else horizon


def _of_row(shared: _Document, row: Sequence[TextBlock]) -> _Document:
    """In a row that names a plan, its words are those of the plan."""
    titled = any(len(cell.text) <= _LONGEST_TITLE and _names_a_plan(cell.text) for cell in row)
    return replace(shared, genre="plan") if titled and shared.genre == "report" else shared


def _names_a_plan(text: str) -> bool:
    return any(word in text for word in ("规划", "计划", "方案", "意见", "措施", "办法", "政策", "通知", "纲要"))


def _of_figure(shared: _Document, figure: TableFigure) -> _Found:
    block, mention = figure.block, figure.mention
    start, end = block.span(mention.start, mention.end)
    before = [cell.source(0) for cell in figure.row if cell.source(0) <= start]
    first = min(before, default=start)
    quoted = (first if end - first <= _LONGEST_ROW else start, end)
    area = shared.area if figure.classification in _OF_AN_AREA else ""
    return _Found(block, mention, quoted, figure.name, figure.kind, area, figure.governing, figure.classification, 0.85)


def _in_block(shared: _Document, block: TextBlock, dates: Dates, lead: Governing | None) -> Iterator[_Found]:
    text = block.text
    found = list(mentions(text))
    if not found:
        return
    parts = clauses_of(text)
    subject: tuple[tuple[int, int], str] = ((0, 0), "")
    for mention in found:
        if dates.holds(mention.start):
            continue
        sentence, clause = parts.sentence(mention.start), parts.clause(mention.start)
        governed = governing(block, mention, dates, parts, lead)
        words = parts.around(mention.start, mention.end)
        kind, name = kind_of(mention, words), indicator_name(mention, words)
        if len(name) < 2 and subject[0] == sentence:
            name = f"{subject[1]}{'增速' if kind == 'growth' else name}"
        elif len(name) >= 2:
            subject = sentence, name
        decided, confidence = classify(mention, Surroundings(words, governed, shared.dated, shared.genre, block.path))
        if decided is None:
            continue
        area = geography(words) if decided != "enumeration" else ""
        compared = dates.base_between(sentence[0], mention.start)
        baseline = str(compared.day.year) if compared else "unstated" if mention.operator == "multiple_of_base" else ""
        area = area or (shared.area if decided in _OF_AN_AREA else "")
        yield _Found(block, mention, block.span(*trimmed(text, clause)), name, kind, area, governed, decided, confidence, baseline)


def _target(shared: _Document, found: _Found) -> Target:
    document, mention, governed = shared.text, found.mention, found.governing
    if found.classification == "retrospective":
        governed = None
    start, end = found.quoted
    value_start, value_end = found.block.span(mention.start, mention.end)
    place = (None, None) if governed is None else governed.block.span(governed.deadline.start, governed.deadline.end)
    factor, unit = mention.base
    return Target(
        doc=document.name, quote=document.original[start:end], start=start, end=end, value_start=value_start, value_end=value_end,
        deadline_start=place[0], deadline_end=place[1], indicator=found.name, operator=mention.operator, value=mention.value,
        value_high=mention.high, unit=mention.unit, value_base=mention.value * factor, unit_base=unit,
        deadline=None if governed is None else governed.deadline.day, deadline_scope="none" if governed is None else governed.scope,
        baseline=found.baseline, geography=found.area, kind=found.kind,
        classification=found.classification, confidence=round(found.confidence, 2),
    )  # fmt: skip
