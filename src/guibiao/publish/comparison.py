"""Whether one figure is above another: decided at the precision printed, refused where bases differ or intervals do not tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from guibiao.model.basis import ObservationStatus
from guibiao.model.errors import BadRequest, MixedBasis
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.quantity import Qualifier, Quantity, format_number
from guibiao.model.unit import PERCENTAGE_POINT
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence, Key, candidates, describe, figure_at, latest


@dataclass(frozen=True, slots=True)
class Difference:
    """`sign` is 1, 0 or -1; `quantity` the left figure less the right one, as both are printed, in the left one's unit or in points."""

    sign: int
    quantity: Quantity
    decimals: int


def places(figure: Figure, evidence: Evidence) -> int:
    """Decimals a figure is printed with: the source's own, or the indicator's for a computed one."""
    return _decimals(figure.quantity, evidence.workspace.indicators[figure.indicator].decimals)


def subtract(evidence: Evidence, left: Figure, right: Figure) -> Difference:
    """Left less right; raises `MixedBasis`, or a bad request where their intervals leave the order open."""
    refuse_mixed_bases(evidence, left, right)
    quantity = right.quantity.to(left.quantity.unit)
    decimals = _common_decimals(evidence, left, right)
    sign = order(left.quantity, quantity, decimals)
    if sign is None:
        raise _undecided(left.printed or "—", right.printed or "—", figure_name(evidence, left), figure_name(evidence, right))
    difference = left.quantity - quantity
    if _is_rounded(left.quantity, decimals) and _is_rounded(quantity, decimals):
        difference = replace(difference, value=_rounded(left.quantity.value, decimals) - _rounded(quantity.value, decimals))
    return Difference(sign, difference, decimals)


def order(left: Quantity, right: Quantity, decimals: int) -> int | None:
    """1, 0, -1, or None where the intervals overlap by more than rounding. Both in one unit; equal is equal as printed."""
    if _is_rounded(left, decimals) and _is_rounded(right, decimals):
        first, second = _rounded(left.value, decimals), _rounded(right.value, decimals)
        return (first > second) - (first < second)
    return _order_of_intervals(left, right)


def rounded_alike(evidence: Evidence, figures: Sequence[Figure]) -> list[Decimal] | None:
    """The figures in one unit, rounded to the decimals all of them have; None where intervals must decide. Raises `MixedBasis`."""
    first = figures[0]
    decimals = min(places(figure, evidence) for figure in figures)
    values = []
    for figure in figures:
        refuse_mixed_bases(evidence, first, figure)
        quantity = figure.quantity.to(first.quantity.unit)
        if not _is_rounded(quantity, decimals):
            return None
        values.append(_rounded(quantity.value, decimals))
    return values


def against_number(evidence: Evidence, figure: Figure, threshold: Quantity) -> int:
    """Order of a figure and a number given in the template, which is taken as exact."""
    decimals = places(figure, evidence)
    own, value = figure.quantity, threshold.to(figure.quantity.unit).value
    exact = Quantity(value, value, value, Qualifier.EXACT, own.unit)
    sign = order(own, exact, decimals) if value == _rounded(value, decimals) else _order_of_intervals(own, exact)
    if sign is None:
        raise _undecided(figure.printed, threshold.printed(), figure_name(evidence, figure), _("门槛"))
    return sign


def counterpart(evidence: Evidence, figure: Figure, key: Key) -> Figure:
    """The figure of another key to set beside `figure`: on its bases if on file there, otherwise the refusal names both bases.

    Of the same series on the other side of a linked break it is brought to the definition of `figure`.
    """
    found = candidates(evidence, key)
    if not found:
        return figure_at(evidence, key)
    same = [other for other in found if _bases(other) == _bases(figure)]
    if same:
        return linked(evidence, figure, latest(evidence, key, same))
    other = latest(evidence, key, found)
    if key.indicator.id == figure.indicator:
        refuse_mixed_bases(evidence, figure, other)
    return linked(evidence, figure, other)


def linked(evidence: Evidence, figure: Figure, other: Figure) -> Figure:
    """A level of the same series, multiplied by the factors of the linked breaks between the two; a later one is divided."""
    indicator = evidence.workspace.indicators[figure.indicator]
    if other.indicator != figure.indicator or indicator.nature is not Nature.LEVEL:
        return other
    first, last = sorted((figure.period.end, other.period.end))
    factor = Decimal(1)
    for each in indicator.breaks:
        if each.link and first.isoformat() < each.date <= last.isoformat():
            factor *= Decimal(each.link)
    if factor == 1:
        return other
    applied = factor if other.period.end < figure.period.end else 1 / factor
    own = other.quantity
    low, high = (None if bound is None else bound * applied for bound in (own.low, own.high))
    return replace(other, quantity=replace(own, value=own.value * applied, low=low, high=high, qualifier=Qualifier.DERIVED))


def refuse_mixed_bases(evidence: Evidence, left: Figure, right: Figure) -> None:
    """Raises `MixedBasis` where accounting, price or comparison basis differ. Other indicators may have no accounting basis at all."""
    different = left.indicator != right.indicator
    accounting = left.accounting_basis != right.accounting_basis and not (
        different and "" in {left.accounting_basis, right.accounting_basis}
    )
    if accounting:
        names = (evidence.basis_name(left.accounting_basis), evidence.basis_name(right.accounting_basis))
        raise _mixed(evidence, _("核算口径不同的数不能比较"), (left, right), names)
    if left.price_basis != right.price_basis:
        raise _mixed(evidence, _("价格基准不同的数不能比较"), (left, right), (left.price_basis, right.price_basis))
    if left.comparison_basis != right.comparison_basis:
        raise _mixed(evidence, _("比较口径不同的数不能比较"), (left, right), (left.comparison_basis, right.comparison_basis))


def _mixed(evidence: Evidence, title: str, pair: tuple[Figure, Figure], bases: tuple[str, str]) -> MixedBasis:
    description = _("{left}：{first}；{right}：{second}。").format(
        left=figure_name(evidence, pair[0]), first=bases[0], right=figure_name(evidence, pair[1]), second=bases[1]
    )
    return MixedBasis(title, description, _("用 basis= 或 prices= 指定双方都有的口径，或改引同一口径的指标。"))


def refuse_break(evidence: Evidence, earlier: Figure, later: Figure) -> None:
    """Raises where the series has a break without link factor after `earlier`, up to `later`."""
    for each in evidence.workspace.indicators[later.indicator].breaks:
        if not each.link and earlier.period.end.isoformat() < each.date <= later.period.end.isoformat():
            raise BadRequest(
                _("{indicator}自{date}起定义改变，前后不能直接比较：{reason}").format(
                    indicator=evidence.indicator_name(later.indicator),
                    date=each.date,
                    reason=evidence.wording.choose(each.reason_zh, each.reason_en),
                ),
                remedy=_("只比较断点同一侧的时期，或在指标的 breaks 里写明有依据的 link。"),
            )
    pool = evidence.figures.of(later.indicator)
    for figure in pool:
        same = (figure.area, figure.categories, figure.period.measure) == (later.area, later.categories, later.period.measure)
        inside = earlier.period.end < figure.period.end <= later.period.end
        if same and inside and _bases(figure) == _bases(later) and figure.status == ObservationStatus.BREAK.value:
            raise BadRequest(
                _("{figure}处统计口径有断点，前后不能直接比较").format(figure=figure_name(evidence, figure)),
                remedy=_("只比较断点同一侧的时期，或分两句写。"),
            )


def _common_decimals(evidence: Evidence, left: Figure, right: Figure) -> int:
    """The fewer decimals of two exact figures; beside one that is not exact the finer one counts."""
    both = (places(left, evidence), places(right, evidence))
    exactly = {left.quantity.qualifier, right.quantity.qualifier} <= {Qualifier.EXACT, Qualifier.DERIVED}
    return min(both) if exactly else max(both)


def is_rate(evidence: Evidence, figure: Figure) -> bool:
    """Whether its changes are differences in percentage points (or index points), not percentages."""
    nature = evidence.workspace.indicators[figure.indicator].nature
    unit = figure.quantity.unit
    return nature in {Nature.SHARE, Nature.GROWTH} or (unit.is_ratio and unit.symbol in {"%", "‰"}) or unit.is_point


def point_difference(difference: Difference) -> Quantity:
    """The difference of two rates in percentage points."""
    quantity = difference.quantity
    return (
        quantity if quantity.unit.is_point else Quantity(quantity.value, quantity.low, quantity.high, quantity.qualifier, PERCENTAGE_POINT)
    )


def figure_name(evidence: Evidence, figure: Figure) -> str:
    """A figure in words."""
    key = Key(evidence.workspace.indicators[figure.indicator], figure.area, figure.categories, figure.period)
    return describe(evidence, key)


def _bases(figure: Figure) -> tuple[str, str]:
    return figure.accounting_basis, figure.price_basis


def _decimals(quantity: Quantity, otherwise: int) -> int:
    return otherwise if quantity.decimals is None else quantity.decimals


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return Decimal(format_number(value, decimals))


def _is_rounded(quantity: Quantity, decimals: int) -> bool:
    """Whether nothing but rounding is uncertain: the interval is at most two units of the last digit printed."""
    if quantity.low is None or quantity.high is None or quantity.qualifier not in {Qualifier.EXACT, Qualifier.DERIVED}:
        return False
    return quantity.high - quantity.low <= 2 * Decimal(1).scaleb(-decimals)


def _order_of_intervals(left: Quantity, right: Quantity) -> int | None:
    if _certainly_above(left, right):
        return 1
    return -1 if _certainly_above(right, left) else None


def _certainly_above(left: Quantity, right: Quantity) -> bool:
    if left.low is None or right.high is None:
        return False
    strict = left.qualifier is Qualifier.OVER or right.qualifier is Qualifier.UNDER or left.value > right.value
    return left.low > right.high or (strict and left.low == right.high)


def _undecided(left: str, right: str, left_name: str, right_name: str) -> BadRequest:
    return BadRequest(
        _("不能判断 {left} 与 {right} 哪个大：{left_name}、{right_name} 的区间有重叠").format(
            left=left, right=right, left_name=left_name, right_name=right_name
        ),
        remedy=_("换用更精确的来源，或不作这一比较。"),
    )
