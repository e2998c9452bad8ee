"""Which operands may stand in one row, and what the row is filed under. What may not is refused with both operands named."""

from __future__ import annotations

from dataclasses import replace

from guibiao.language.plan import Plan, Scale
from guibiao.language.value_type import NO_PRICE, ValueType, comparison_name, measure_name
from guibiao.model.basis import ComparisonBasis
from guibiao.model.errors import BadRequest, MixedBasis
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.unit import Unit


def joined_keys(left: Plan, right: Plan, result: ValueType, *, averages: bool = False) -> ValueType:
    """`result` filed under the keys of both operands, joined on what they share.

    `averages` lets a flow stand beside an average over the same period, as a factor or divisor.
    """
    one, other = left.type, right.type
    basis, bases = _accounting(left, right)
    return replace(
        result,
        accounting_basis=basis,
        accounting_bases=bases,
        carries_accounting=one.carries_accounting or other.carries_accounting,
        measure=_measure(left, right, averages=averages),
        dimensions=tuple(dict.fromkeys((*one.dimensions, *other.dimensions))),
        has_area=one.has_area or other.has_area,
        has_period=one.has_period or other.has_period,
    )


def _accounting(left: Plan, right: Plan) -> tuple[str, tuple[str, ...]]:
    one, other = left.type, right.type
    if not (one.carries_accounting and other.carries_accounting):
        return one.accounting_basis or other.accounting_basis, one.accounting_bases or other.accounting_bases
    common = tuple(basis for basis in one.accounting_bases if basis in other.accounting_bases)
    if not common:
        raise mixed(
            _("核算口径不同，不能放在一起计算"),
            left.text,
            one.bases_named,
            right.text,
            other.bases_named,
            _("改用同一核算口径的数据，或用 on_basis(x, '口径') 固定两者共有的口径。"),
        )
    return one.accounting_basis or other.accounting_basis, common


def _measure(left: Plan, right: Plan, *, averages: bool) -> Measure:
    one, other = left.type, right.type
    if not other.has_period:
        return one.measure
    if not one.has_period or one.measure is other.measure or (one.is_flow and other.is_flow):
        return other.measure if not one.has_period else one.measure
    if averages and {one.measure, other.measure} & {Measure.AVERAGE} and (one.is_flow or other.is_flow):
        return one.measure if one.is_flow else other.measure
    flow_by_stock = Measure.AT_END in {one.measure, other.measure}
    raise BadRequest(
        _("{left} 是{one}，{right} 是{other}，不能直接计算").format(
            left=left.text, one=measure_name(one.measure), right=right.text, other=measure_name(other.measure)
        ),
        remedy=_("时期数除以时点数用 per_capita(x, 人口) 或 per_mean_stock(x, 存量)，按期初期末平均。") if flow_by_stock else "",
    )


def mixed(title: str, left: str, left_basis: str, right: str, right_basis: str, remedy: str) -> MixedBasis:
    """The refusal of a mixture, both operands and both bases named."""
    described = _("{left}：{left_basis}\n{right}：{right_basis}").format(
        left=left, left_basis=left_basis, right=right, right_basis=right_basis
    )
    return MixedBasis(title, described, remedy)


def common_price(left: Plan, right: Plan) -> str:
    """Price basis of both operands; what is not valued has none and goes with any."""
    one, other = left.type.price_basis, right.type.price_basis
    if NO_PRICE not in {one, other} and one != other:
        raise mixed(
            _("价格基准不同，不能放在一起计算"),
            left.text,
            one,
            right.text,
            other,
            _("先换成同一价格基准的数据：现价与不变价不能相加减、相除。"),
        )
    return other if one == NO_PRICE else one


def common_comparison(left: Plan, right: Plan, *, lenient: bool = False) -> ComparisonBasis:
    """Comparison basis of two rates. `lenient` lets a rate that is merely printed be tested against its own levels."""
    one, other = left.type.comparison_basis, right.type.comparison_basis
    if ComparisonBasis.NONE in {one, other} or one is other:
        return other if one is ComparisonBasis.NONE else one
    if lenient and {one, other} == {ComparisonBasis.AS_PUBLISHED, ComparisonBasis.NAIVE}:
        return ComparisonBasis.NAIVE
    raise mixed(
        _("增速的对比基础不同，不能相加减或比较"),
        left.text,
        comparison_name(one),
        right.text,
        comparison_name(other),
        _("可比口径的增速隐含的基数用 implied_base(总量, 增速) 计算，再与上年数比较。"),
    )


def scaled(operand: Plan, unit: Unit) -> Plan:
    """The operand in another unit of its kind."""
    if operand.type.unit == unit:
        return operand
    return Scale(replace(operand.type, unit=unit), operand, operand.type.unit.factor_to(unit), operand.text)


def retyped(operand: Plan, **changes: object) -> Plan:
    """The same value under another type."""
    from decimal import Decimal

    changed = replace(operand.type, **changes)  # type: ignore[arg-type]
    return operand if changed == operand.type else Scale(changed, operand, Decimal(1), operand.text)


def require_same_kind(left: Plan, right: Plan) -> None:
    """Both operands count the same kind of thing."""
    one, other = left.type.unit, right.type.unit
    if one.dimension != other.dimension:
        raise BadRequest(
            _("单位不同类：{left} 是 {one}，{right} 是 {other}").format(
                left=left.text, one=one.symbol or _("无单位的数"), right=right.text, other=other.symbol or _("无单位的数")
            ),
            remedy=_("只有同类的量（金额与金额、人数与人数）才能加减、比较或相除成比重。"),
        )
