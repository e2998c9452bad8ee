"""Formulas of derived indicators: does the formula give what the definition says, and in which order can they be computed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from guibiao.language.errors import LanguageError
from guibiao.language.parse import indicator_names, parse
from guibiao.language.types import check
from guibiao.language.value_type import NO_PRICE, ValueType, comparison_name, measure_name, nature_name
from guibiao.model.errors import BadDefinition
from guibiao.model.indicator import Indicator, Nature
from guibiao.model.messages import translate as _
from guibiao.model.unit import NUMBER, Unit, parse_unit

INDEX_POINT = parse_unit("指数点")
_ALIKE = {
    Nature.LEVEL: {Nature.LEVEL, Nature.INTENSITY},
    Nature.INTENSITY: {Nature.LEVEL, Nature.INTENSITY},
    Nature.SHARE: {Nature.SHARE, Nature.INTENSITY},
    Nature.GROWTH: {Nature.GROWTH},
    Nature.INDEX: {Nature.INDEX},
}


def check_formula(indicator: Indicator, indicators: Mapping[str, Indicator]) -> ValueType:
    """Type of an indicator's formula, its unit convertible to the declared one; every difference from the definition is named at once."""
    type_ = check(parse(indicator.formula), indicators)
    if type_.is_boolean:
        raise LanguageError(_("公式是判断，不是数"), indicator.formula, 0, _("判断写进规则；公式要给出一个数。"))
    if not (type_.has_area and type_.has_period):
        raise LanguageError(
            _("公式的结果没有地区或报告期"), indicator.formula, 0, _("至少让一个指标的地区和报告期不被 at 固定、不被求和消去。")
        )
    declared = parse_unit(indicator.unit)
    if type_.nature is Nature.INDEX and type_.unit == NUMBER and declared.dimension == INDEX_POINT.dimension:
        type_ = replace(type_, unit=declared)
    differences = [line for line in _differences(indicator, type_, declared) if line]
    if differences:
        raise BadDefinition(
            _("指标 {name} 的定义与公式不符").format(name=indicator.id),
            "\n".join([*differences, _("公式：{formula}").format(formula=indicator.formula)]),
            _("按公式改正定义，或改写公式。"),
        )
    return type_


def _differences(indicator: Indicator, type_: ValueType, declared: Unit) -> tuple[str, ...]:
    return (
        _unit(type_, declared),
        _differing("nature", nature_name(indicator.nature), nature_name(type_.nature), indicator.nature in _natures(type_)),
        _differing("price_basis", indicator.price_basis, type_.price_basis, _same_price(indicator, type_)),
        _differing(
            "comparison_basis",
            comparison_name(indicator.comparison_basis),
            comparison_name(type_.comparison_basis),
            type_.nature is not Nature.GROWTH or indicator.comparison_basis is type_.comparison_basis,
        ),
        _differing(
            "measure",
            measure_name(indicator.measure),
            measure_name(type_.measure),
            indicator.measure is type_.measure or (type_.is_flow and _is_flow(indicator)),
        ),
        _differing(
            "dimensions",
            "、".join(sorted(indicator.dimensions)) or _("无"),
            "、".join(sorted(type_.dimensions)) or _("无"),
            set(indicator.dimensions) == set(type_.dimensions),
        ),
        _differing(
            "accounting_bases",
            "、".join(indicator.accounting_bases) or _("无"),
            type_.bases_named if type_.carries_accounting else _("无"),
            set(type_.accounting_bases) <= set(indicator.accounting_bases) and type_.carries_accounting == bool(indicator.accounting_bases),
        ),
    )


def _differing(field: str, declared: str, computed: str, agrees: bool) -> str:
    return "" if agrees else _("{field}：定义是 {declared}，公式给出 {computed}").format(field=field, declared=declared, computed=computed)


def _unit(type_: ValueType, declared: Unit) -> str:
    """An index counts its base as 100, so it is never a %."""
    convertible = type_.unit.dimension == declared.dimension and (type_.nature is not Nature.INDEX or type_.unit.power == declared.power)
    return _differing("unit", declared.symbol or _("无单位"), type_.unit.symbol or _("无单位"), convertible)


def _natures(type_: ValueType) -> set[Nature]:
    """Natures a definition may give; a difference in percentage points may be filed under either kind of rate."""
    return {Nature.SHARE, Nature.GROWTH} if type_.unit.is_point else _ALIKE[type_.nature]


def _same_price(indicator: Indicator, type_: ValueType) -> bool:
    """The price basis of a share may be left out: prices of one basis cancel."""
    ratio = type_.nature is Nature.SHARE or type_.unit.is_point
    return indicator.price_basis == type_.price_basis or (ratio and indicator.price_basis == NO_PRICE)


def _is_flow(indicator: Indicator) -> bool:
    return ValueType(unit=NUMBER, measure=indicator.measure).is_flow


def order_formulas(indicators: Mapping[str, Indicator], measured: Mapping[str, Collection[str]] | None = None) -> tuple[str, ...]:
    """Derived indicators so that each comes after those its formula uses; a circle is refused and named.

    `measured` maps indicators that a method gives to what the method reads; they are ordered among the others.
    """
    used = dict(measured or {}) | {
        name: indicator_names(parse(indicator.formula)) for name, indicator in indicators.items() if indicator.formula
    }
    graph = {name: {each for each in used[name] if each in used} for name in sorted(used)}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise BadDefinition(
            _("公式互相引用成环：{circle}").format(circle=circle), remedy=_("改写其中一个公式，使它不再用到自己。")
        ) from None
