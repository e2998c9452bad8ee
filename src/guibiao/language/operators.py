"""The operators as plans: which operands go together, and the unit, nature and bases of the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from guibiao.language.joining import (
    common_comparison,
    common_price,
    joined_keys,
    require_same_kind,
    retyped,
    scaled,
)  # fmt: skip
from guibiao.language.plan import Arithmetic, Comparison, Constant, Junction, Plan, Scale
from guibiao.language.units import product_unit
from guibiao.language.value_type import NO_PRICE, ValueType
from guibiao.model.basis import ComparisonBasis
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.unit import NUMBER, PERCENT, PERCENTAGE_POINT, Unit

DIGITS = 40


def number_type(unit: Unit, *, is_number: bool = False) -> ValueType:
    """Type of a constant: no keys, so it stands beside every row."""
    return ValueType(unit=unit, has_area=False, has_period=False, is_number=is_number)


def verdict_type(left: Plan, right: Plan) -> ValueType:
    """Type of a judgement on two operands: their joined keys."""
    joined = joined_keys(left, right, ValueType(unit=NUMBER, is_boolean=True))
    return replace(joined, additive_over=())


def junction(operator: str, operands: Sequence[Plan], text: str) -> Plan:
    """Verdicts joined by `and` or `or`."""
    joined = operands[0].type
    for index, operand in enumerate(operands[1:], 1):
        joined = verdict_type(replace(operands[0], type=joined, text=" ".join(each.text for each in operands[:index])), operand)
    return Junction(joined, operator, tuple(operands), text)


def multiplied(operand: Plan, factor: Decimal, text: str) -> Plan:
    """Operand times an exact number."""
    if isinstance(operand, Constant):
        with localcontext(prec=DIGITS):
            return replace(operand, value=operand.value * factor, text=text)
    return Scale(operand.type, operand, factor, text)


def aligned(left: Plan, right: Plan, *, adopt: bool) -> tuple[Plan, Plan]:
    """Both operands in one unit. `adopt`: a bare number takes the unit of the other, as it does in a comparison."""
    if left.type.is_number != right.type.is_number:
        number, other = (left, right) if left.type.is_number else (right, left)
        if not adopt and not other.type.is_plain:
            raise BadRequest(
                _("{number} 没有单位，不能与 {other}（{unit}）相加减").format(
                    number=number.text, other=other.text, unit=other.type.unit.symbol
                ),
                remedy=_('用 quantity({number}, "{unit}") 写明单位。').format(number=number.text, unit=other.type.unit.symbol),
            )
        taken = retyped(number, unit=other.type.unit, is_number=False)
        return (taken, other) if left.type.is_number else (other, taken)
    require_same_kind(left, right)
    unit = left.type.unit
    if left.type.is_plain and not right.type.is_plain:
        unit = right.type.unit
    return scaled(left, unit), scaled(right, unit)


def compared(operator: str, left: Plan, right: Plan, text: str) -> Comparison:
    """A judgement on two values of one kind, price basis and comparison basis."""
    one, other = aligned(left, right, adopt=True)
    common_price(one, other)
    common_comparison(one, other, lenient=operator == "agrees")
    return Comparison(verdict_type(one, other), operator, one, other, text)


def binary(operator: str, left: Plan, right: Plan, text: str) -> Plan:
    """left operator right, folded where both are bare numbers."""
    if isinstance(left, Constant) and isinstance(right, Constant) and left.type.is_number and right.type.is_number:
        return folded(operator, left, right, text)
    if operator in "+-":
        return added(operator, left, right, text)
    return times(left, right, text) if operator == "*" else divided(left, right, text)


def folded(operator: str, left: Constant, right: Constant, text: str) -> Constant:
    """Arithmetic of two bare numbers."""
    if operator == "/" and not right.value:
        raise BadRequest(_("除数为零"), remedy=_("改正 {text}。").format(text=text))
    operations: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
        "+": Decimal.__add__, "-": Decimal.__sub__, "*": Decimal.__mul__, "/": Decimal.__truediv__,
    }  # fmt: skip
    with localcontext(prec=DIGITS):
        value = operations[operator](left.value, right.value)
    return Constant(left.type, value, text)


def added(operator: str, left: Plan, right: Plan, text: str) -> Plan:
    """Sum or difference of one kind. % - % gives 个百分点, % ± 个百分点 gives %."""
    one, other = left, right
    if operator == "+" and one.type.unit.is_point and other.type.unit.is_ratio and not other.type.is_number:
        one, other = other, one
    if one.type.unit.is_ratio and not one.type.is_number and other.type.unit.is_point:
        one = scaled(one, PERCENT) if one.type.is_plain else one
        points = replace(PERCENTAGE_POINT, power=one.type.unit.power)
        one, other = one, retyped(scaled(other, points), unit=one.type.unit)
        rates = False
    else:
        one, other = aligned(one, other, adopt=False)
        rates = operator == "-" and one.type.unit.is_ratio and not one.type.is_plain
    result = replace(
        one.type,
        price_basis=common_price(one, other),
        comparison_basis=common_comparison(one, other),
        additive_over=tuple(name for name in one.type.additive_over if name in other.type.additive_over),
        nature=one.type.nature if one.type.has_period or one.type.has_area else other.type.nature,
        is_number=False,
    )
    plan = Arithmetic(joined_keys(one, other, result), operator, one, other, text)
    return retyped(plan, unit=replace(PERCENTAGE_POINT, power=one.type.unit.power)) if rates else plan


def plain(operand: Plan) -> Plan:
    """A % or ‰ as a plain ratio; anything else as it is."""
    return scaled(operand, NUMBER) if operand.type.unit.is_ratio else operand


def refuse_points(left: Plan, right: Plan) -> None:
    """个百分点 is a difference of rates: it multiplies nothing but a number."""
    for operand in (left, right):
        if operand.type.unit.is_point:
            raise BadRequest(
                _("{text} 是个百分点，不能参加乘除").format(text=operand.text),
                remedy=_("乘除用百分比（%）或比率；拉动点用 pull(部分, 整体)。"),
            )


def times(left: Plan, right: Plan, text: str) -> Plan:
    """Product. A bare number only scales; one ratio leaves the other operand's unit and nature."""
    for number, operand in ((left, right), (right, left)):
        if isinstance(number, Constant) and number.type.is_number:
            if number.value in {100, 1000} and operand.type.is_plain and operand.type.nature is not Nature.INDEX:
                raise BadRequest(
                    _("比率 {text} 乘以 {number} 会与百分号重复换算").format(text=operand.text, number=number.text),
                    remedy=_('用 share(a, of=b)，或用 convert(x, "%") 换成百分比。'),
                )
            return multiplied(operand, number.value, text)
    refuse_points(left, right)
    one, other = plain(left), plain(right)
    if not (one.type.is_dimensionless or other.type.is_dimensionless):
        common_price(one, other)
    main = other if one.type.is_dimensionless and not other.type.is_dimensionless else one
    unit, factor = product_unit(one.type.unit, other.type.unit, 1)
    both = not (one.type.is_dimensionless or other.type.is_dimensionless)
    result = ValueType(unit=unit, nature=Nature.LEVEL if both else main.type.nature, price_basis=_price_of_product(one, other, main))
    product = Arithmetic(joined_keys(one, other, result, averages=True), "*", one, other, text)
    return product if factor == 1 else Scale(product.type, product, factor, text)


def _price_of_product(one: Plan, other: Plan, main: Plan) -> str:
    if main.type.price_basis != NO_PRICE:
        return main.type.price_basis
    side = other if main is one else one
    return NO_PRICE if side.type.is_dimensionless else side.type.price_basis


def divided(left: Plan, right: Plan, text: str) -> Plan:
    """Quotient. One kind over itself is a plain ratio; over a ratio, unit and nature stay."""
    if isinstance(right, Constant) and right.type.is_number:
        if not right.value:
            raise BadRequest(_("除数为零"), remedy=_("改正 {text}。").format(text=text))
        with localcontext(prec=DIGITS):
            return multiplied(left, 1 / right.value, text)
    refuse_points(left, right)
    one, other = plain(left), plain(right)
    price = one.type.price_basis if other.type.is_dimensionless else common_price(one, other)
    if one.type.unit.dimension == other.type.unit.dimension and not other.type.is_dimensionless:
        other = scaled(other, one.type.unit)
        unit, factor = NUMBER, Decimal(1)
        nature = Nature.SHARE
    else:
        unit, factor = product_unit(one.type.unit, other.type.unit, -1)
        nature = one.type.nature if other.type.is_dimensionless else Nature.INTENSITY
        if one.type.is_dimensionless and other.type.is_dimensionless:
            nature = Nature.INDEX if Nature.INDEX in {one.type.nature, other.type.nature} else Nature.SHARE
    result = ValueType(unit=unit, nature=nature, price_basis=price, comparison_basis=ComparisonBasis.NONE)
    quotient = Arithmetic(joined_keys(one, other, result, averages=True), "/", one, other, text)
    return quotient if factor == 1 else Scale(quotient.type, quotient, factor, text)
