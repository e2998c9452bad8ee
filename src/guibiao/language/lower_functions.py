"""The functions of formulas and rules as plans: what each asks of its arguments and what it computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from guibiao.language.given import Given, require_period, shifted
from guibiao.language.joining import (
    common_comparison,
    common_price,
    joined_keys,
    require_same_kind,
    retyped,
    scaled,
)  # fmt: skip
from guibiao.language.key_functions import at, lag, on_basis, sum_over, total
from guibiao.language.operators import added, aligned, compared, divided, number_type, plain
from guibiao.language.plan import (
    Arithmetic,
    Chain,
    Change,
    Comparison,
    Constant,
    Extremum,
    Index,
    Magnitude,
    MeanChange,
    MonthFromCumulative,
    PerStock,
    Plan,
    Scale,
)  # fmt: skip
from guibiao.language.syntax import Call, Negative, Node, Number
from guibiao.language.units import per_unit
from guibiao.language.value_type import ValueType, nature_name
from guibiao.model.basis import ComparisonBasis
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.unit import NUMBER, PERCENT, PERCENTAGE_POINT, parse_unit

MAXIMUM_AVERAGED_YEARS = 20
_RATES = {Nature.SHARE, Nature.GROWTH}


def _require_level(operand: Plan, function: str) -> None:
    """Growth is of levels: of a share or a rate one takes the difference."""
    if operand.type.nature in _RATES or operand.type.unit.is_point:
        raise BadRequest(
            _("{text} 是{nature}，不能用 {function}").format(text=operand.text, nature=nature_name(operand.type.nature), function=function),
            remedy=_("比重和增速的变化用 difference(x)，单位是个百分点。"),
        )


def _growth_type(operand: Plan) -> ValueType:
    return replace(
        operand.type, unit=PERCENT, nature=Nature.GROWTH, comparison_basis=ComparisonBasis.NAIVE, additive_over=(), is_number=False
    )


def _growth(given: Given) -> Plan:
    x = given.figure("x")
    _require_level(x, "growth")
    months, written = given.months()
    earlier = shifted(x, months, written)
    rate = Change(replace(_growth_type(x), unit=NUMBER), x, earlier, given.text)
    return scaled(rate, PERCENT)


def _difference(given: Given) -> Plan:
    x = given.figure("x")
    months, written = given.months()
    if x.type.is_plain and x.type.nature in _RATES:
        x = scaled(x, PERCENT)
    return replace(added("-", x, shifted(x, months, written), given.text), text=given.text)


def _share(given: Given) -> Plan:
    x, whole = given.figure("x"), given.figure("of")
    return _ratio_in_percent(x, whole, given.text)


def _ratio_in_percent(part: Plan, whole: Plan, text: str) -> Plan:
    require_same_kind(part, whole)
    if part.type.is_dimensionless:
        ratio = divided(retyped(part, unit=NUMBER), retyped(scaled(whole, part.type.unit), unit=NUMBER), text)
    else:
        ratio = divided(part, whole, text)
    return scaled(retyped(ratio, nature=Nature.SHARE, unit=NUMBER), PERCENT)


def _contribution(given: Given) -> Plan:
    part, whole = _part_and_whole(given)
    months, written = given.months()
    changes = [added("-", x, shifted(x, months, written), f"difference({x.text}, {written})") for x in (part, whole)]
    return _ratio_in_percent(changes[0], changes[1], given.text)


def _pull(given: Given) -> Plan:
    """Earlier share times growth of the part, which is the part's change over the whole's earlier level."""
    part, whole = _part_and_whole(given)
    months, written = given.months()
    change = added("-", part, shifted(part, months, written), f"difference({part.text}, {written})")
    points = _ratio_in_percent(change, shifted(whole, months, written), given.text)
    return retyped(
        points, unit=PERCENTAGE_POINT, nature=Nature.GROWTH, comparison_basis=ComparisonBasis.NAIVE, price_basis=common_price(part, whole)
    )


def _part_and_whole(given: Given) -> tuple[Plan, Plan]:
    part, whole = given.figure("part"), given.figure("of")
    for operand in (part, whole):
        _require_level(operand, given.call.function)
    require_same_kind(part, whole)
    return part, whole


def _average_growth(given: Given) -> Plan:
    x, years = given.figure("x"), given.whole("years", 2)
    if years > MAXIMUM_AVERAGED_YEARS:
        raise BadRequest(_("平均的年数超过 {limit} 年").format(limit=MAXIMUM_AVERAGED_YEARS), remedy=_("改小 years。"))
    if x.type.nature is Nature.GROWTH and x.type.unit.is_ratio:
        one = Constant(number_type(NUMBER, is_number=True), Decimal(1), "1")
        factors = [added("+", one, plain(x if not back else shifted(x, 12 * back, f"years={back}")), x.text) for back in range(years)]
        ratio = factors[0]
        for factor in factors[1:]:
            ratio = Arithmetic(ratio.type, "*", ratio, factor, given.text)
        return scaled(MeanChange(replace(x.type, unit=NUMBER, additive_over=()), ratio, years, given.text), PERCENT)
    _require_level(x, "average_growth")
    ratio = divided(x, shifted(x, 12 * years, f"years={years}"), given.text)
    return scaled(MeanChange(replace(_growth_type(x), unit=NUMBER), ratio, years, given.text), PERCENT)


def _per_stock(given: Given) -> Plan:
    flow = given.figure("x")
    name = "population" if given.call.function == "per_capita" else "stock"
    stock = given.figure(name)
    if stock.type.measure is not Measure.AT_END or not stock.type.has_period:
        raise BadRequest(
            _("{text} 不是时点数，不能按期初期末平均").format(text=stock.text),
            remedy=_("用期末人口（存量）指标；已是平均数的，直接用 {flow} / {stock}。").format(flow=flow.text, stock=stock.text),
        )
    if not flow.type.is_flow or not flow.type.has_period:
        raise BadRequest(
            _("{text} 不是时期数").format(text=flow.text),
            remedy=_("时点数除以时点数直接写 {flow} / {stock}。").format(flow=flow.text, stock=stock.text),
        )
    flow = plain(flow)
    unit, factor = per_unit(flow.type.unit, stock.type.unit)
    result = ValueType(unit=unit, nature=Nature.INTENSITY, price_basis=common_price(flow, stock))
    aligned_stock = replace(stock, type=replace(stock.type, measure=flow.type.measure))
    quotient = PerStock(joined_keys(flow, aligned_stock, result), flow, stock, given.text)
    return quotient if factor == 1 else Scale(quotient.type, quotient, factor, given.text)


def _index_number(given: Given) -> Plan:
    x = given.figure("x")
    _require_level(x, "index_number")
    require_period(x)
    result = replace(x.type, unit=NUMBER, nature=Nature.INDEX, comparison_basis=ComparisonBasis.NAIVE, additive_over=(), is_number=False)
    return Index(result, x, _base_year(given), given.text)


def _chain(given: Given) -> Plan:
    rate = given.figure("growth_rate")
    _require_growth(rate, "chain")
    require_period(rate)
    result = replace(rate.type, unit=NUMBER, nature=Nature.INDEX, additive_over=())
    return Chain(result, scaled(rate, PERCENT), _base_year(given), given.text)


def _base_year(given: Given) -> int:
    year = given.whole("base")
    if not 1000 <= year <= 9999:
        raise BadRequest(_("基期 {year} 不是四位数的年份").format(year=year), remedy=_("写成 base=2019。"))
    return year


def _require_growth(rate: Plan, function: str) -> None:
    if rate.type.nature is not Nature.GROWTH or not rate.type.unit.is_ratio:
        raise BadRequest(
            _("{function} 要用增速（%），{text} 是{nature}").format(
                function=function, text=rate.text, nature=nature_name(rate.type.nature)
            ),
            remedy=_("核对该指标的 nature 是否应为 growth，单位是否为 %。"),
        )


def _implied_base(given: Given) -> Plan:
    level, rate = given.figure("level"), given.figure("growth_rate")
    _require_level(level, "implied_base")
    _require_growth(rate, "implied_base")
    price = common_price(level, rate)
    one = Constant(number_type(NUMBER, is_number=True), Decimal(1), "1")
    factor = added("+", one, plain(rate), f"1 + {rate.text}")
    return retyped(divided(level, factor, given.text), price_basis=price, nature=level.type.nature)


def _month_from_cumulative(given: Given) -> Plan:
    x = given.figure("x")
    require_period(x)
    if not x.type.is_flow or x.type.nature in _RATES or x.type.unit.is_point:
        raise BadRequest(_("{text} 不是可累计的时期数").format(text=x.text), remedy=_("month_from_cumulative 只用于有累计数的总量指标。"))
    return MonthFromCumulative(replace(x.type, measure=Measure.DURING), x, given.text)


def _convert(given: Given) -> Plan:
    return replace(scaled(given.figure("x"), parse_unit(given.word("unit"))), text=given.text)


def _quantity(given: Given) -> Plan:
    node: Node = given.bound["number"][0]
    sign = -1 if isinstance(node, Negative) else 1
    number = node.operand if isinstance(node, Negative) else node
    assert isinstance(number, Number)
    return Constant(number_type(parse_unit(given.word("unit"))), sign * number.value, given.text)


def _magnitude(given: Given) -> Plan:
    x = given.figure("x")
    return Magnitude(replace(x.type, additive_over=()), x, given.text)


def _extremum(given: Given) -> Plan:
    """Least or greatest: all operands in the unit of the first that has one."""
    plans = [given.value(node) for node in given.bound["x"]]
    if len(plans) < 2:
        raise BadRequest(_("{function} 至少要两个数").format(function=given.call.function), remedy=_("补上另一个数。"))
    first = next((plan for plan in plans if not plan.type.is_number), plans[0])
    alike = [first if plan is first else aligned(first, plan, adopt=True)[1] for plan in plans]
    type_ = first.type
    for plan in alike:
        common_price(first, plan)
        common_comparison(first, plan)
        type_ = joined_keys(replace(first, type=type_), plan, type_)
    alike = [scaled(plan, first.type.unit) for plan in alike]
    return Extremum(replace(type_, additive_over=()), given.call.function == "minimum", tuple(alike), given.text)


def _agrees(given: Given) -> Comparison:
    a, b = (given.value(given.bound[name][0]) for name in ("a", "b"))
    return compared("agrees", a, b, given.text)


_FUNCTIONS: dict[str, Callable[[Given], Plan]] = {
    "growth": _growth, "difference": _difference, "share": _share, "per_capita": _per_stock, "per_mean_stock": _per_stock,
    "contribution": _contribution, "pull": _pull, "average_growth": _average_growth, "index_number": _index_number, "chain": _chain,
    "month_from_cumulative": _month_from_cumulative, "lag": lag, "at": at, "on_basis": on_basis, "sum_over": sum_over, "total": total,
    "convert": _convert, "quantity": _quantity, "abs": _magnitude, "minimum": _extremum, "maximum": _extremum, "agrees": _agrees,
    "implied_base": _implied_base,
}  # fmt: skip


def lower_call(call: Call, value: Callable[[Node], Plan]) -> Plan:
    """Plan of a call of the formula table; `value` lowers an argument."""
    return _FUNCTIONS[call.function](Given(value, call))
