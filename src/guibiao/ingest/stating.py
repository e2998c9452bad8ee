"""One value cell to one statement row, or the reason why it states nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from guibiao.ingest.attributes import AREAS, PLAIN, UNLABELLED, Attributes, category_code, dimensions_of
from guibiao.ingest.figures import Fault, Reason, read_figure, stored, stored_high, stored_low
from guibiao.ingest.frames import Frame, build_frame, missing_label, read_period, require_stated
from guibiao.model.period import Measure, Period
from guibiao.model.quantity import Quantity
from guibiao.reference.definitions import TableBinding, Workspace

Row = dict[str, Any]
_PER_ROW = {"area", "period", "locator", "note"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A value cell: where it is, what it prints, and what is read in its place where a correction is on file."""

    row: int
    column: int
    row_label: str
    heading: str
    printed: str
    text: str
    correction: str = ""

    @property
    def locator(self) -> str:
        return f"第{self.row}行“{self.row_label}” “{self.heading}”列"


@dataclass(slots=True)
class Stating:
    """States the cells of one table; what cells share is worked out once."""

    workspace: Workspace
    binding: TableBinding
    place: str
    frame_names: tuple[str, ...] = ()
    frames: dict[tuple[str | None, ...], Frame | Fault] = field(default_factory=dict)
    periods: dict[tuple[str, Measure, Measure | None], Period | Fault] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = (f"@{name}" for name in dimensions_of(self.binding))
        self.frame_names = (*(name for name in PLAIN if name not in _PER_ROW), *own)

    def shared(self, attributes: Attributes) -> tuple[Frame, Period] | Fault:
        """What the attributes say of every cell that has them. Raises BadDefinition where the binding leaves something out."""
        if UNLABELLED in attributes.values():
            return missing_label(attributes)
        if "indicator" not in attributes and self.binding.row_facts:
            return Fault(Reason.NOT_BOUND, "")
        require_stated(self.workspace, self.binding, attributes)
        frame = self._frame(attributes)
        if isinstance(frame, Fault):
            return frame
        period = self._period(attributes["period"], frame)
        return period if isinstance(period, Fault) else (frame, period)

    def state(self, spot: Spot, frame: Frame, period: Period, attributes: Attributes) -> Row | Fault:
        """The statement of a cell."""
        figure = read_figure(spot.text, frame.unit)
        if isinstance(figure, Fault):
            return figure
        locator = " ".join(part for part in (self.place, attributes.get("locator", ""), spot.locator) if part)
        row = self._row(spot, frame, period, self._area(attributes["area"]), figure)
        row |= {"locator": locator, "note": attributes.get("note", "")}
        row["statement"] = hashlib.sha256("\x1f".join(map(str, row.values())).encode()).hexdigest()[:16]
        return row

    def _row(self, spot: Spot, frame: Frame, period: Period, area: str, figure: Quantity) -> Row:
        own, printed = figure, spot.printed.strip()
        if figure.unit != frame.own_unit:
            own = figure.to(frame.own_unit)
            printed = printed if printed.endswith(figure.unit.symbol) else printed + figure.unit.symbol
        return {
            "statement": "", "indicator": frame.indicator.id, "area": area, "categories": frame.categories, "period_start": period.start,
            "period_end": period.end, "measure": period.measure.value, "value": stored(own.value), "low": stored_low(own.low),
            "high": stored_high(own.high), "qualifier": own.qualifier.value, "printed": printed, "unit": own.unit.symbol,
            "decimals": own.decimals, "price_basis": frame.price_basis, "comparison_basis": frame.comparison_basis,
            "accounting_basis": frame.accounting_basis, "stage": frame.stage, "method": frame.method, "status": frame.status,
            "known_from": frame.known_from, "known_precision": frame.known_precision, "grade": frame.grade, "dataset": self.binding.id,
            "source": frame.source, "locator": "", "row": spot.row, "column": spot.column, "correction": spot.correction,
            "note": "",
        }  # fmt: skip

    def _frame(self, attributes: Attributes) -> Frame | Fault:
        key = tuple(map(attributes.get, self.frame_names))
        frame = self.frames.get(key)
        if frame is None:
            frame = self.frames[key] = build_frame(self.workspace, self.binding, attributes)
        return frame

    def _period(self, text: str, frame: Frame) -> Period | Fault:
        key = (text, frame.indicator.measure, frame.measure)
        period = self.periods.get(key)
        if period is None:
            period = self.periods[key] = read_period(*key)
        return period

    def _area(self, text: str) -> str:
        code = self.areas.get(text)
        if code is None:
            code = self.areas[text] = category_code(self.workspace, AREAS, text) or text
        return code
