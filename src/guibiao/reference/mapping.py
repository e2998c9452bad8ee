"""How an office's own workbook becomes a table of the workspace: bound once, column by column and row by row, by a person.

A mapping says what stands where by heading and label, never by position, so that a column that moved is found and one that was
renamed is refused. It states no figure and repairs none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from guibiao.reference.facts import Facts

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}
Supplied = Literal["", "area", "period", "indicator", "unit", "category", "note"]
PartOfPeriod = Literal["printed", "month", "quarter", "to date", "year"]
PERIOD = "{period}"
"""In a heading: a period printed there, other each month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedColumn:
    """One column of the office's sheet."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    heading: str
    """All levels of the heading joined by `/`; white space and width of characters do not count; `{period}` stands for a printed period."""
    role: Literal["label", "value", "total", "text"]
    """`total` is only checked against its `parts`; `text` is kept and states nothing."""
    column: str = ""
    """Letter at which it stood when it was bound; one that moved is found by its heading and reported."""
    supplies: Supplied = ""
    """What a label gives."""
    dimension: str = ""
    lookup: Mapping[str, str | Facts] = field(default_factory=dict)
    """Printed label -> code or facts, where the classification does not know it."""
    fill_down: bool = False
    """A blank label repeats the one above; merged cells reach over their rows without it."""
    facts: Facts = field(default_factory=Facts)
    """What the column's cells state."""
    of_rows: Mapping[str, Facts] = field(default_factory=dict)
    """Row label -> facts that hold in this column only: a growth rate beside the level of the same row."""
    period: PartOfPeriod = "printed"
    """The part of the sheet's period the column is about: 本月, 本季, 累计, 全年."""
    months_back: int = 0
    """12 for 上年同期."""
    parts: tuple[str, ...] = ()
    """Headings that add up to this column, row by row."""
    confirmed: bool = True
    """False for what was proposed and nobody confirmed: a file is not read with it."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedRow:
    """A row that is no plain data row, told by a label in one of the label columns."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    label: str
    role: Literal["total", "section", "note"]
    of: Literal["all", "above", "below"] | tuple[str, ...] = "all"
    """Rows that add up to a total: all plain ones, those above back to the last total, those below up to the next, or labels."""
    stated: bool = False
    """The total is a statement of its own: its label has a code."""
    confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMapping:
    """The mapping of one sheet of one office's workbook."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    title: str = ""
    table: str
    """Table of the workspace that it becomes: source, place, defaults and access are that table's."""
    file_names: tuple[str, ...] = ()
    """Patterns of file names, such as 直播*.xlsx."""
    titles: tuple[str, ...] = ()
    """Texts that stand above the heading."""
    sheet: str = ""
    """Name of the sheet; empty for the one on which the headings stand."""
    head_rows: int = 1
    """Levels of heading."""
    period_from: Literal["labels", "title", "file name", "sheet name"] = "labels"
    """Where the period of columns without one of their own stands."""
    unit: str = ""
    """Unit of value columns without one of their own."""
    unit_from: Literal["fixed", "title"] = "fixed"
    """`title`: the unit printed above the heading is read anew in every file."""
    columns: tuple[MappedColumn, ...]
    rows: tuple[MappedRow, ...] = ()
    defaults: Facts = field(default_factory=Facts)
    note: str = ""

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Headings and labels that were proposed and nobody confirmed."""
        columns = (column.heading for column in self.columns if not column.confirmed)
        return (*columns, *(row.label for row in self.rows if not row.confirmed))


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyingTime:
    """From a date on, how long typing one cell by hand is taken to last: an estimate, with its reason."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    valid_from: date
    seconds_per_cell: Decimal
    reason: str


def rekeying_on(parameters: Mapping[str, RekeyingTime], day: date) -> RekeyingTime | None:
    """The parameter in force on a day; None where there is none."""
    known = [each for each in parameters.values() if each.valid_from <= day]
    return max(known, key=lambda each: each.valid_from) if known else None
