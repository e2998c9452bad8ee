"""A figure made ready to be drawn: value in the chart's unit, label, bounds, and whether it may be drawn as exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.basis import Method
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.quantity import Qualifier, Quantity, format_number
from guibiao.model.unit import Unit, parse_unit
from guibiao.publish.charts.chart import Order, Spec
from guibiao.publish.figures import Figure
from guibiao.publish.printable import printable

_SIGNS = {
    Qualifier.OVER: ("＞", ">"), Qualifier.UNDER: ("＜", "<"), Qualifier.AT_LEAST: ("≥", "≥"), Qualifier.AT_MOST: ("≤", "≤"),
    Qualifier.ABOUT: ("约", "about "), Qualifier.NEARLY: ("近", "nearly "),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure of a chart. `low` or `high` is None where that side is open; both are None where nothing is known of the bounds.

    `firm` says that it may be drawn as an exact value; `label` is its number as printed, with sign or word where it is not.
    """

    figure: Figure
    value: float
    label: str
    decimals: int
    printed: Decimal
    low: float | None
    high: float | None
    firm: bool
    description: str
    href: str

    @property
    def open_above(self) -> bool:
        """超过4000: only the lower bound is known."""
        return not self.firm and self.high is None and self.low is not None

    @property
    def open_below(self) -> bool:
        return not self.firm and self.low is None and self.high is not None

    @property
    def spread(self) -> tuple[float, float] | None:
        """Both bounds of a figure worded as one that is not exact (约20, 近20, 2—3)."""
        worded = self.figure.quantity.qualifier in {Qualifier.ABOUT, Qualifier.NEARLY, Qualifier.RANGE}
        return (self.low, self.high) if worded and self.low is not None and self.high is not None else None

    def row(self, **fields: object) -> Spec:
        """The figure as a row of data, with what the page needs to link and describe it."""
        passport = self.href.removeprefix("#")
        return {
            "value": self.value,
            "label": self.label,
            "description": self.description,
            "href": self.href,
            "passport": passport,
            **fields,
        }


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit of the value axis and its name in the document's language (亿元; billion yuan)."""

    unit: Unit
    name: str

    def with_unit(self, order: Order, label: str) -> str:
        """A label with its unit, as running text joins them."""
        return f"{label}{'' if order.wording.chinese or self.name[:1] in {'%', '‰', ''} else ' '}{self.name}"

    def heading(self, order: Order) -> str:
        """单位：亿元; empty for a number without unit."""
        return order.say(f"单位：{self.name}", f"Unit: {self.name}") if self.name else ""


def chart_scale(order: Order, figures: Iterable[Figure]) -> Scale:
    """The unit the definition names, else that of the first figure, as the document's language shows it."""
    definition = order.definition
    named = definition.unit or next((series.unit for series in definition.series if series.unit), "")
    return Scale(*order.wording.display_unit(parse_unit(named) if named else next(iter(figures)).quantity.unit))


def make_mark(order: Order, figure: Figure, scale: Scale, name: str) -> Mark:
    """The figure in the chart's unit; raises `BadRequest` where its unit is of another kind."""
    own = figure.quantity.unit
    if own.dimension != scale.unit.dimension:
        raise BadRequest(
            _("图 {chart} 中“{indicator}”的单位 {own} 不能换算成 {unit}").format(
                chart=order.definition.id, indicator=figure.indicator, own=own.symbol, unit=scale.unit.symbol
            ),
            remedy=_("改正图的 unit，或把不同单位的指标分画两张图。"),
        )
    quantity = figure.quantity.to(scale.unit)
    firm = _is_firm(figure)
    decimals = _decimals(order, figure, quantity)
    if not firm:
        decimals = min(decimals, _own_decimals(quantity.value))
    label = _label(order, quantity, decimals, firm=firm)
    where, said = order.wording.period(figure.period), scale.with_unit(order, label)
    spoken = printable(order.say(f"{where}{name}：{said}", f"{name}, {where}: {said}"))
    low, high = (None if bound is None else float(bound) for bound in (quantity.low, quantity.high))
    printed = Decimal(format_number(quantity.value, decimals))
    return Mark(figure, float(quantity.value), label, decimals, printed, low, high, firm, spoken, f"#{order.passport_of(figure)}")


def _decimals(order: Order, figure: Figure, quantity: Quantity) -> int:
    """Decimals printed: the definition's (in its own unit), the figure's, or the indicator's for a computed figure."""
    definition = order.definition
    if definition.decimals is not None:
        shown = parse_unit(definition.unit) if definition.unit else figure.quantity.unit
        return max(0, definition.decimals + quantity.unit.power - shown.power)
    if quantity.decimals is not None:
        return quantity.decimals
    indicator = order.workspace.indicators.get(figure.indicator)
    own = indicator.decimals if indicator else 1
    return max(0, own + quantity.unit.power - figure.quantity.unit.power)


def _own_decimals(value: Decimal) -> int:
    """Decimals a figure that is not exact needs: 超过4000 says no more in another unit."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _is_firm(figure: Figure) -> bool:
    quantity = figure.quantity
    one_side_open = (quantity.low is None) != (quantity.high is None)
    expected = figure.method in {Method.FORECAST, Method.ESTIMATED}
    return quantity.qualifier in {Qualifier.EXACT, Qualifier.DERIVED} and not one_side_open and not expected


def _label(order: Order, quantity: Quantity, decimals: int, *, firm: bool) -> str:
    number = order.wording.number(quantity.value, decimals)
    if firm:
        return number
    low, high = quantity.low, quantity.high
    if quantity.qualifier is Qualifier.RANGE and low is not None and high is not None:
        return f"{order.wording.number(low, decimals)}{order.say('—', '–')}{order.wording.number(high, decimals)}"
    if quantity.qualifier in _SIGNS:
        return order.say(*_SIGNS[quantity.qualifier]) + number
    if low is not None and high is None:
        return order.say("＞", ">") + order.wording.number(low, decimals)
    if high is not None and low is None:
        return order.say("＜", "<") + order.wording.number(high, decimals)
    return order.say("约", "about ") + number
