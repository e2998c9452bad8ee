"""One figure in two sources: do their printed intervals allow one true value?

Method sheet: docs/methods/0202-conflicting-statements.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guibiao.editing.precedence import Choice
from guibiao.model.finding import Finding, Severity
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.quantity import Qualifier, Quantity
from guibiao.model.unit import parse_unit
from guibiao.model.verdict import Verdict, judge, power_of_ten

SLIP = 0.02
"""Distance of log10 of a ratio from a whole power, for figures that should be one."""


def quantity_of(row: Mapping[str, Any]) -> Quantity:
    """The quantity of a statement row."""
    return Quantity(row["value"], row["low"], row["high"], Qualifier(row["qualifier"]), parse_unit(row["unit"]), row["decimals"])


def conflicts(choice: Choice) -> tuple[Finding, ...]:
    """A finding for each statement not chosen that cannot hold together with the chosen one.

    Two stages of one figure, or two deliveries of one table, are a revision (information); the same stage with different values is a
    contradiction (warning).
    """
    chosen = quantity_of(choice.chosen)
    return tuple(
        _finding(choice.chosen, other)
        for other in choice.others
        if not chosen.overlaps(quantity_of(other))
    )  # fmt: skip


def _how(chosen: Quantity, other: Quantity) -> str:
    """How two contradicting figures differ, where that is plain: one cut off, or a slip by a power of ten."""
    if chosen.decimals != other.decimals and Verdict.TRUNCATED in {judge(chosen, other), judge(other, chosen)}:
        return _("；位数少的一处是截尾而未四舍五入")
    same_sign = bool(chosen.value) and (chosen.value > 0) == (other.to(chosen.unit).value > 0)
    power = power_of_ten(float(other.to(chosen.unit).value / chosen.value), SLIP) if same_sign else None
    return "" if power is None else _("；两者相差约 10 的 {power} 次方倍，疑为单位或小数点之误").format(power=abs(power))


def _finding(chosen: Mapping[str, Any], other: Mapping[str, Any]) -> Finding:
    revised = chosen["stage"] != other["stage"] or _redelivered(chosen, other)
    period = Period(chosen["period_start"], chosen["period_end"], Measure(chosen["measure"]))
    message = (
        _("同一数据已修订：{other}（{other_source}）→ {chosen}（{source}）")
        if revised
        else _("同一数据两处不一致：{chosen}（{source}）与 {other}（{other_source}）")
    ) + _how(quantity_of(chosen), quantity_of(other))
    return Finding(
        rule="sources_disagree",
        severity=Severity.INFO if revised else Severity.WARNING,
        message=message.format(
            chosen=quantity_of(chosen).printed(), source=chosen["source"], other=quantity_of(other).printed(), other_source=other["source"]
        ),
        remedy=_("核对两处来源的口径与发布时间；采用值由优先次序决定，另一值仍保留。"),
        indicator=chosen["indicator"],
        area=chosen["area"],
        categories=chosen["categories"],
        period=str(period),
        claimed=quantity_of(other).printed(),
        recomputed=quantity_of(chosen).printed(),
        source=other["source"],
        dataset=other["dataset"],
        locator=other["locator"],
    )


def _redelivered(chosen: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two deliveries of one table state the figure: their datasets are the table's name, a stroke and the file's hash."""
    table, stroke, _part = str(chosen["dataset"]).partition("/")
    return bool(stroke) and chosen["dataset"] != other["dataset"] and str(other["dataset"]).startswith(f"{table}/")
