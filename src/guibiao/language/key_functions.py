"""Functions that change under which key a figure stands: lag, at, total, on_basis, sum_over."""

from __future__ import annotations

from dataclasses import replace

from guibiao.language.functions import literal
from guibiao.language.given import Given, require_period, shifted
from guibiao.language.joining import mixed
from guibiao.language.plan import Fix, Pin, Plan, SumOver
from guibiao.language.value_type import ValueType
from guibiao.model.category import TOTAL
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, parse_period


def lag(given: Given) -> Plan:
    """The figure of an earlier period."""
    months, written = given.months()
    return replace(shifted(given.figure("x"), months, written), text=given.text)


def at(given: Given) -> Plan:
    """The figure at a fixed area, period or categories; what is fixed is no longer a key."""
    x = given.figure("x")
    named = {"area", "period"}
    categories: list[tuple[str, str]] = []
    for name, value in given.call.keywords:
        if name in named:
            continue
        _require_dimension(x, name)
        categories.append((name, str(literal(value))))
    period = parse_period(given.word("period"), measure=x.type.measure) if given.bound["period"] else None
    if not (categories or period or given.bound["area"]):
        raise BadRequest(_("at 没有固定任何东西"), remedy=_("写 area=、period= 或 维度=代码。"))
    if (given.bound["area"] and not x.type.has_area) or (period and not x.type.has_period):
        raise BadRequest(_("{text} 已经固定过了").format(text=x.text), remedy=_("只写一个 at。"))
    type_ = _without(x.type, {name for name, _code in categories}, area=bool(given.bound["area"]), period=bool(period))
    return Fix(type_, x, given.word("area"), period, tuple(categories), given.text)


def _without(type_: ValueType, dimensions: set[str], *, area: bool, period: bool) -> ValueType:
    gone = dimensions | ({"area"} if area else set()) | ({"time"} if period else set())
    return replace(
        type_,
        dimensions=tuple(name for name in type_.dimensions if name not in dimensions),
        additive_over=tuple(name for name in type_.additive_over if name not in gone),
        has_area=type_.has_area and not area,
        has_period=type_.has_period and not period,
    )


def _require_dimension(x: Plan, name: str) -> None:
    if name not in x.type.dimensions:
        known = "、".join(x.type.dimensions) or _("无")
        raise BadRequest(_("{text} 没有维度 {name}").format(text=x.text, name=name), remedy=_("它的维度：{known}。").format(known=known))


def total(given: Given) -> Plan:
    """The figure at the category _T of a dimension."""
    x, name = given.figure("x"), given.word("dimension")
    _require_dimension(x, name)
    return Fix(_without(x.type, {name}, area=False, period=False), x, "", None, ((name, TOTAL),), given.text)


def on_basis(given: Given) -> Plan:
    """The figure on one declared accounting basis."""
    x, basis = given.figure("x"), given.word("basis")
    if not x.type.carries_accounting:
        raise BadRequest(_("{text} 不分核算口径").format(text=x.text), remedy=_("去掉 on_basis，或在指标中声明 accounting_bases。"))
    if basis not in x.type.accounting_bases:
        raise mixed(
            _("没有这个核算口径的数据"),
            given.text,
            basis,
            x.text,
            x.type.bases_named,
            _("改用已声明的口径，或补充指标的 accounting_bases。"),
        )
    return Pin(replace(x.type, accounting_basis=basis, accounting_bases=(basis,)), x, basis, given.text)


def sum_over(given: Given) -> Plan:
    """Sum along a dimension, area or time that the figure is declared additive over."""
    x, over, parts = given.figure("x"), given.word("over"), given.whole("parts")
    if over == "time":
        _require_summable_over_time(x, parts)
    elif over == "area":
        if not x.type.has_area:
            raise BadRequest(_("{text} 的地区已固定").format(text=x.text), remedy=_("去掉 at 的 area。"))
        if not (parts or given.bound["within"] or given.bound["exclude"]):
            raise BadRequest(
                _("对地区求和要写明哪些地区，否则会把合计地区也加进去"),
                remedy=_("写 exclude='合计地区代码'、within='代码前缀' 或 parts=地区个数。"),
            )
    else:
        _require_dimension(x, over)
    if over not in x.type.additive_over:
        raise BadRequest(
            _("{text} 没有声明可以对 {over} 求和").format(text=x.text, over=over),
            remedy=_("可加的指标在 additive_over 中声明 {over}；比重、增速和重复计数的量不可加。").format(over=over),
        )
    dimensions = set() if over in {"area", "time"} else {over}
    type_ = _without(x.type, dimensions, area=over == "area", period=False)
    type_ = replace(type_, measure=Measure.DURING) if over == "time" else type_
    return SumOver(type_, x, over, parts, given.word("within"), tuple(given.word("exclude").split()), given.text)


def _require_summable_over_time(x: Plan, parts: int) -> None:
    require_period(x)
    if not x.type.is_flow:
        raise BadRequest(_("{text} 是存量或平均数，不能跨时间相加").format(text=x.text), remedy=_("存量取期末数或平均数。"))
    if parts not in {2, 4, 12}:
        raise BadRequest(_("对时间求和要写明一年分几段"), remedy=_("写 parts=12（月）、parts=4（季度）或 parts=2（半年）。"))
