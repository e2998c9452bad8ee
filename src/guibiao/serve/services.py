"""What the site calls and does not compute itself: protocols, filled in by `web`. A part that is not offered is None.

Rows are mappings with the columns of the declared tables (`model.tables`). `language` is zh or en. Everything here is called from
several threads at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote_plus

from guibiao.serve.document_services import DecisionService, ReviewDesk
from guibiao.serve.task_services import LedgerService
from guibiao.store.port import OpenRelease, ReleaseReader

Row = Mapping[str, Any]
Spec = dict[str, Any]


def figure_address(key: str) -> str:
    """Page of one figure, its passport, by the key that `Passports.key` gives."""
    return "/figure?key=" + quote_plus(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSeries:
    """Observations that one line or one set of marks shows; `area` `*` is every area, `source` asks for a source's own statements."""

    indicator: str
    area: str = ""
    areas: tuple[str, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    periods: tuple[str, ...] = ()
    accounting_basis: str = ""
    source: str = ""
    label_zh: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartOrder:
    """A chart asked for; `kind` is line, bar, tile_map, composition, slope, range or heat."""

    kind: str
    title_zh: str
    title_en: str = ""
    series: tuple[ChartSeries, ...]
    classification: str = "areas"
    highlight: str = ""
    decimals: int | None = None
    """Most decimals drawn; None lets the size of the figures decide."""
    sorted_by_value: bool = False
    limit: int | None = None
    forecast: bool = False
    """Whether the released forecast of its one series goes on after the last figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart: its Vega-Lite specification, or None with the `reason`.

    Marks of the specification link to `#id`, the short id of a passport; `links` gives the figure's key for each (`Passports.key`).
    """

    title: str
    spec: Spec | None
    notes: tuple[str, ...] = ()
    source: str = ""
    grade: str = ""
    alternative: str = ""
    reason: str = ""
    links: Mapping[str, str] = field(default_factory=dict)


class Charts(Protocol):
    """Charts of released observations, as the report draws them."""

    def begin(self) -> None:
        """Prepare in the background what the first reader would wait for."""
        ...

    def specify(self, release: OpenRelease, order: ChartOrder, language: str) -> Drawn:
        """The chart; BadRequest where its series have units that no axis can share."""
        ...

    def inline(self, drawn: Drawn, prefix: str) -> str:
        """The drawing as SVG for inlining: ids begin with `prefix`, marks lead to their figures."""
        ...

    def svg(self, drawn: Drawn) -> str:
        """The drawing as SVG text of its own."""
        ...

    def png(self, drawn: Drawn) -> bytes:
        """The drawing as PNG on white."""
        ...

    def script(self) -> bytes:
        """JavaScript that draws specifications in the browser, without a network."""
        ...


@dataclass(frozen=True, slots=True)
class PassportStep:
    """One step of a number's way, with the steps it rests on; `facts` are for machines."""

    role: str
    label: str
    text: str
    facts: Mapping[str, str]
    steps: tuple[PassportStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Passport:
    """Whole lineage of one released number. `id` is short and the same in every document; `key` finds it (`Passports.key`)."""

    id: str
    key: str
    title: str
    printed: str
    grade: str
    steps: tuple[PassportStep, ...]


class Passports(Protocol):
    """Where released numbers come from."""

    def key(self, row: Row) -> str:
        """Key of an observation, or of a statement (a row without `alternatives`), as text for addresses."""
        ...

    def passport(self, release: OpenRelease, key: str, language: str) -> Passport | None:
        """The passport of a key; None where the release has no such figure."""
        ...


class Words(Protocol):
    """How figures are printed: the words of the report."""

    def number(self, row: Row, language: str, most: int | None = None) -> str:
        """The figure of an observation or statement as a table cell holds it, in its own unit, with 约 or 超过 where they belong.

        It has its own decimals, at most `most`.
        """
        ...

    def quantity(self, row: Row, language: str) -> str:
        """The figure with its unit, as running text prints it."""
        ...

    def value(self, value: float, decimals: int | None, language: str) -> str:
        """A bare number."""
        ...

    def period(self, row: Row, language: str) -> str:
        """The reference period of a row (period_start, period_end, measure)."""
        ...

    def unit(self, symbol: str, language: str) -> str:
        """The unit as a table heads its columns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One observation that differs between two releases; `key` leads to the passport, `old` and `new` are None where it is absent."""

    kind: str
    """added, removed or revised."""
    row: Row
    """Columns of the observation's key, and `unit`."""
    old: float | None
    new: float | None
    old_unit: str
    new_unit: str
    difference: float | None
    per_cent: float | None


class Changes(Protocol):
    """What is not as it was in an earlier release."""

    def between(self, old: str, new: str) -> Sequence[Change]:
        """Observations that differ, in key order; both releases by id. Busy while they are being computed."""
        ...


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """One sheet: head and rows of texts, numbers, days and missing values."""

    name: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


class Workbooks(Protocol):
    """Spreadsheets."""

    def workbook(self, title: str, sheets: Sequence[SheetOrder], language: str) -> bytes:
        """The sheets as .xlsx with every row; BadRequest where one has more rows than a sheet holds."""
        ...


class PinyinSearch(Protocol):
    """Initials of Chinese text: 数字经济 -> szjj."""

    def initials(self, text: str) -> str:
        """Lower-case initials, other letters and digits as they are."""
        ...


@dataclass(frozen=True, slots=True)
class TrialUnit:
    """A unit under other weights; None where they give it no score."""

    unit: str
    score: float | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class IndexTrial:
    """An index under other weights: `shares` among the parts of a parent and `weights` in the index by code; units by trial rank.

    `scaled` names the parents all of whose parts were given shares that did not add up to one, and were scaled to it.
    """

    shares: Mapping[str, float]
    weights: Mapping[str, float]
    units: tuple[TrialUnit, ...]
    scaled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartInfluence:
    """What a part weighs in fact: correlation ratio and r2 of its scores with the index, mean change of rank without it.

    None where undefined.
    """

    correlation_ratio: float | None
    linear: float | None
    mean_rank_change: float | None


@dataclass(frozen=True, slots=True)
class FrameCell:
    """A cell of a frame; `key` leads to the passport of its number, empty where there is none."""

    text: str
    key: str
    align: str
    columns: int


@dataclass(frozen=True, slots=True)
class IndexFrame:
    """Indicators of one city against their own base, gaps named; no ranks."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[FrameCell, ...], ...]
    notes: tuple[str, ...]


class IndexDesk(Protocol):
    """What is computed of released indices, from the rows of a release and nothing else."""

    def trial(self, release: OpenRelease, index: str, year: int, shares: Mapping[str, float]) -> IndexTrial:
        """The index of a year with some shares among the parts of a parent changed; its other parts share the rest as published.

        BadRequest for a code that is no part, shares that leave no weight, and an index that the released scores do not add up to.
        """
        ...

    def influence(self, release: OpenRelease, index: str, year: int) -> Mapping[str, PartInfluence]:
        """By code, without the index itself."""
        ...

    def inputs(self, release: OpenRelease, index: str, unit: str, year: int) -> Mapping[str, Sequence[Row]]:
        """Indicator of the index -> the observations it is made from: the figure, its denominator."""
        ...

    def frames(self, language: str) -> Sequence[tuple[str, str]]:
        """Frames by id, with their names."""
        ...

    def frame(self, release: OpenRelease, name: str, language: str) -> IndexFrame | None:
        """A frame; None for another id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the site can call. Other parts of the application take from here what they need and say so where it is None."""

    releases: ReleaseReader
    words: Words
    passports: Passports | None = None
    charts: Charts | None = None
    changes: Changes | None = None
    workbooks: Workbooks | None = None
    pinyin: PinyinSearch | None = None
    review: ReviewDesk | None = None
    index: IndexDesk | None = None
    decisions: DecisionService | None = None
    ledger: LedgerService | None = None
    access: Any = None
    """Users, sessions, keys and audit (`doors`)."""
