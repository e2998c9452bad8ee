"""Findings in words: what a rule found at a figure, with its place, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from guibiao.editing.figures import Figure, Subject
from guibiao.model.finding import Finding, Severity
from guibiao.model.indicator import Indicator
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.quantity import Quantity, format_number

EXTRA_DECIMALS = 2
NAMED = 5


def name_of(indicator: Indicator) -> str:
    """An indicator's name in the active language."""
    return indicator.name_zh if active_language() == "zh" else indicator.name_en


def area_name(subject: Subject, code: str) -> str:
    """An area's name in the active language, its code where it has none."""
    category = subject.areas.find(code) if subject.areas is not None else None
    if category is None:
        return code
    return category.label(chinese=active_language() == "zh")


def category_name(subject: Subject, dimension: str, code: str) -> str:
    """A category's name in the active language, its code where it has none."""
    classification = subject.classifications.get(dimension)
    category = classification.find(code) if classification is not None else None
    if category is None:
        return code
    return category.label(chinese=active_language() == "zh")


def subject_words(subject: Subject, figure: Figure) -> str:
    """Which figure: area, period, indicator, categories."""
    from guibiao.model.category import TOTAL, parse_category_key

    named = [category_name(subject, dimension, code) for dimension, code in parse_category_key(figure.categories).items() if code != TOTAL]
    own = _("（{categories}）").format(categories="、".join(named)) if named else ""
    return _("{area}{period}的{indicator}{categories}").format(
        area=area_name(subject, figure.area), period=figure.period, indicator=name_of(subject.indicator), categories=own
    )


def shown(quantity: Quantity, like: Quantity | None = None, extra: int = EXTRA_DECIMALS) -> str:
    """A computed quantity in the unit of a claim, with a few decimals more than it has."""
    own = quantity if like is None else quantity.to(like.unit)
    printed = own.decimals if own.decimals is not None else (like.decimals if like is not None else None)
    if own.decimals is not None:
        return own.printed()
    return f"{format_number(own.value, None if printed is None else printed + extra)}{own.unit.symbol}"


def number_words(value: float, figure: Figure) -> str:
    """A float in the unit of a figure, six significant digits."""
    return f"{format_number(Decimal(f'{value:.6g}'))}{figure.quantity.unit.symbol}"


def tell(rule: str, severity: Severity, figure: Figure, message: str, remedy: str, *, recomputed: str = "", claimed: str = "") -> Finding:
    """A finding at a figure. What was printed before a correction is told as information, with the correction."""
    if figure.original:
        severity = Severity.INFO
        message += _("；已按更正 {id} 改正").format(id=figure.correction)
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        remedy=remedy,
        indicator=figure.indicator,
        area=figure.area,
        categories=figure.categories,
        period=str(figure.period),
        claimed=claimed or figure.quantity.printed(),
        recomputed=recomputed,
        source=figure.source,
        dataset=figure.dataset,
        locator=figure.locator,
        correction=figure.correction,
    )


def not_derivable(subject: Subject, rule: str, skipped: Iterable[tuple[Figure, str]]) -> list[Finding]:
    """One finding of information a reason: how many figures could not be recomputed, the first of them named."""
    reasons: dict[str, list[Figure]] = defaultdict(list)
    for figure, reason in skipped:
        reasons[reason].append(figure)
    found = []
    for reason, figures in reasons.items():
        named = dict.fromkeys(_("{area}{period}").format(area=area_name(subject, each.area), period=each.period) for each in figures)
        places = "、".join(list(named)[:NAMED]) + (_("等") if len(named) > NAMED else "")
        message = _("{indicator}有 {count} 个数不能由其他数推出：{reason}（{places}）").format(
            indicator=name_of(subject.indicator), count=len(figures), reason=reason, places=places
        )
        found.append(
            Finding(
                rule=rule, severity=Severity.INFO, message=message, remedy=_("补录所缺的数，或注明口径；在此之前这些数未经核对。"),
                indicator=subject.indicator.id,
            )
        )  # fmt: skip
    return found
