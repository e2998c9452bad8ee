"""Statements about a series: first_time, consecutive, average. Each looks at every period on file up to the one named, without gaps."""

from __future__ import annotations

from decimal import Decimal, localcontext

from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.quantity import Quantity, derived, exact, parse_quantity
from guibiao.model.unit import PERCENT, parse_unit
from guibiao.publish.bindings import Arguments
from guibiao.publish.comparison import against_number, counterpart, figure_name, order, places, refuse_break, refuse_mixed_bases, subtract
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence, Key, candidates, describe, figure_at, find_key
from guibiao.publish.sentences import RATE_DECIMALS, Answer, price_word
from guibiao.publish.wording import without_sign

_STEPS = {"annual": 12, "yearly": 12, "half-yearly": 6, "semi-annual": 6, "quarterly": 3, "monthly": 1}


def first_time(evidence: Evidence, arguments: Arguments) -> Answer:
    """自2015年有数据以来首次超过15000亿元: true for this period and for none of the earlier ones on file, which leave no gap."""
    key = find_key(evidence, arguments)
    figure = figure_at(evidence, key)
    threshold = _threshold(key, arguments)
    above = arguments.choice("side", "above", "below") == "above"
    wanted = 1 if above else -1
    word = "首次超过" if above else "首次低于"
    if against_number(evidence, figure, threshold) != wanted:
        raise _false(evidence, word, threshold, figure)
    earlier = _earlier(evidence, key, figure, arguments)
    for other in earlier:
        if against_number(evidence, other, threshold) == wanted:
            raise _false(evidence, word, threshold, other)
        refuse_break(evidence, other, figure)
    wording = evidence.wording
    since, bound = wording.period(earlier[-1].period), wording.exactly(threshold)
    basis = f"按{evidence.basis_name(key.basis)}，" if key.basis and wording.chinese else ""
    if arguments.has("since"):
        return Answer(wording.choose(f"{basis}{since}以来{word}{bound}", f"{wording.word(word)} {bound} since {since}"), (figure, *earlier))
    text = wording.choose(f"{basis}自{since}有数据以来{word}{bound}", f"{wording.word(word)} {bound} (data since {since})")
    return Answer(text, (figure, *earlier))


def consecutive(evidence: Evidence, arguments: Arguments) -> Answer:
    """连续3年增长, 连续4个季度下降, 连续3年超过40%: counted back from the period named, at least two."""
    key = find_key(evidence, arguments)
    figures = [figure_at(evidence, key)]
    step = step_months(key.indicator.frequency, key.period)
    word, bound = _run(evidence, key, step, arguments, figures)
    count = len(figures) - (0 if bound or _own_sign(key) else 1)
    least = arguments.whole("least", 1) or 2
    if count < least:
        raise BadRequest(
            _("“连续{least}期{word}”不成立：{figure}只连续 {count} 期").format(
                least=least, word=word + bound, figure=figure_name(evidence, figures[0]), count=count
            ),
            remedy=_("改用 direction() 或 change()。"),
        )
    run, wording = evidence.wording.steps(count, step), evidence.wording
    english = f"{wording.word(word).strip()}{' ' if bound else ''}{bound} for {run} in a row" if not wording.chinese else ""
    return Answer(wording.choose(f"连续{run}{word}{bound}", english), tuple(figures))


def average(evidence: Evidence, arguments: Arguments) -> Answer:
    """两年平均增长6.4%: the geometric mean of growth rates, or of the change between two levels."""
    key = find_key(evidence, arguments)
    years = arguments.whole("years", 2) or 2
    figure = figure_at(evidence, key)
    if key.indicator.nature is Nature.GROWTH:
        figures = [figure, *(counterpart(evidence, figure, key.at(key.period.shift(-12 * back))) for back in range(1, years))]
        for other in figures[1:]:
            refuse_mixed_bases(evidence, figure, other)
        factors = [_factors(other.quantity) for other in figures]
        decimals, prices = min(places(other, evidence) for other in figures), ""
    elif key.indicator.nature is Nature.LEVEL and not figure.quantity.unit.is_ratio:
        base = counterpart(evidence, figure, key.at(key.period.shift(-12 * years)))
        refuse_break(evidence, base, figure)
        refuse_mixed_bases(evidence, figure, base)
        if base.quantity.value <= 0:
            raise BadRequest(_("{figure}不是正数，不能计算平均增速").format(figure=figure_name(evidence, base)), remedy=_("换一个基期。"))
        change = figure.quantity - base.quantity.to(figure.quantity.unit)
        figures, factors = [figure, base], [_factors((change / base.quantity).to(PERCENT))]
        decimals, prices = RATE_DECIMALS, price_word(figure)
    else:
        raise BadRequest(
            _("指标 {name} 是比率，没有平均增速").format(name=key.indicator.id), remedy=_("平均增速只用于增速指标或总量指标。")
        )
    rate = _mean(factors, years)
    sign = order(rate, exact(0, PERCENT), decimals)
    if sign is None:
        raise BadRequest(
            _("不能判断 {figure} 的平均增速是升是降：区间包含零").format(figure=figure_name(evidence, figure)),
            remedy=_("换用更精确的来源。"),
        )
    word = "持平" if sign == 0 else f"{prices}{'增长' if sign > 0 else '下降'}"
    size = evidence.wording.quantity(without_sign(rate), decimals)
    number = "零一两三四五六七八九十"[years] if years <= 10 else str(years)
    chinese = f"{number}年平均{word}{size if sign else ''}"
    english = f"{evidence.wording.word(word)} by an average of {size} a year over {years} years" if not evidence.wording.chinese else ""
    return Answer(evidence.wording.choose(chinese, english), tuple(figures))


def step_months(frequency: str, period: Period) -> int:
    """Months from one period of a series to the next: a cumulative figure follows on the same months a year earlier."""
    if period.measure is Measure.TO_DATE:
        return 12
    if period.measure is Measure.AT_END:
        return _STEPS.get(frequency, 12)
    return period.months or 12


def _run(evidence: Evidence, key: Key, step: int, arguments: Arguments, figures: list[Figure]) -> tuple[str, str]:
    """Adds to `figures` as long as the statement holds; returns its word and the bound printed after it."""
    figure = figures[0]
    threshold = next((_threshold(key, arguments, name) for name in ("above", "below") if arguments.has(name)), None)
    if threshold is not None:
        wanted = 1 if arguments.has("above") else -1
        word = "超过" if wanted > 0 else "低于"
        if against_number(evidence, figure, threshold) != wanted:
            raise _false(evidence, word, threshold, figure)
        while (other := _previous(evidence, key, step, figures)) and against_number(evidence, other, threshold) == wanted:
            refuse_break(evidence, other, figures[-1])
            figures.append(other)
        return word, evidence.wording.exactly(threshold)
    if _own_sign(key):
        zero = exact(0, figure.quantity.unit)
        sign = against_number(evidence, figure, zero)
        while (other := _previous(evidence, key, step, figures)) and against_number(evidence, other, zero) == sign:
            figures.append(other)
        return ("持平" if sign == 0 else "增长" if sign > 0 else "下降"), ""
    sign = subtract(evidence, figure, counterpart(evidence, figure, key.at(key.period.shift(-step)))).sign
    while (other := _previous(evidence, key, step, figures)) and subtract(evidence, figures[-1], other).sign == sign:
        refuse_break(evidence, other, figures[-1])
        figures.append(other)
    rising = "提高" if key.indicator.nature in {Nature.SHARE, Nature.INTENSITY} and figure.quantity.unit.is_ratio else "增长"
    return ("持平" if sign == 0 else rising if sign > 0 else "下降"), ""


def _own_sign(key: Key) -> bool:
    return key.indicator.nature is Nature.GROWTH or parse_unit(key.indicator.unit).is_point


def _previous(evidence: Evidence, key: Key, step: int, figures: list[Figure]) -> Figure | None:
    """The figure one step before the last of the run, on the same basis; None where the series begins."""
    before = key.at(figures[-1].period.shift(-step))
    same = [other for other in candidates(evidence, before) if other.accounting_basis == figures[0].accounting_basis]
    if not same:
        if candidates(evidence, before) and len(figures) < 2:
            return counterpart(evidence, figures[0], before)
        return None
    other = counterpart(evidence, figures[0], before)
    refuse_mixed_bases(evidence, figures[0], other)
    return other


def _earlier(evidence: Evidence, key: Key, figure: Figure, arguments: Arguments) -> list[Figure]:
    """Every earlier figure of the series, latest first, without a gap; raises where there is none, a gap, or another basis."""
    step = step_months(key.indicator.frequency, key.period)
    first = evidence.figures.period(key.indicator.id, arguments.text("since")) if arguments.has("since") else None
    known = [
        other.period
        for other in evidence.figures.of(key.indicator.id)
        if (other.area, other.categories) == (key.area, key.categories)
        and other.period.measure is key.period.measure
        and other.period.months == key.period.months
        and other.period.end < key.period.end
        and key.basis in {"", other.accounting_basis}
        and (first is None or other.period >= first)
        and (key.period.end.year - other.period.end.year) * 12 + key.period.end.month - other.period.end.month >= step
    ]
    if not known:
        raise BadRequest(
            _("库中没有 {figure} 以前的数据，不能说“首次”").format(figure=describe(evidence, key)),
            remedy=_("导入历史数据，或不作这一陈述。"),
        )
    earliest, result, period = min(known), [], key.period.shift(-step)
    gaps = []
    while period >= earliest:
        if candidates(evidence, key.at(period)):
            other = counterpart(evidence, figure, key.at(period))
            refuse_mixed_bases(evidence, figure, other)
            result.append(other)
        else:
            gaps.append(evidence.wording.period(period))
        period = period.shift(-step)
    if gaps:
        raise BadRequest(
            _("{name}的历史数据缺 {gaps}，不能说“首次”").format(name=evidence.indicator_name(key.indicator.id), gaps="、".join(gaps)),
            remedy=_("补上这些报告期，或用 since= 从缺口之后算起。"),
        )
    return result


def _threshold(key: Key, arguments: Arguments, name: str = "threshold") -> Quantity:
    given = arguments.number(name)
    unit = parse_unit(key.indicator.unit)
    if given is None:
        raise BadRequest(_("缺少参数 {name}").format(name=name), remedy=_('写成 {name}=4000 或 {name}="4000亿元"。').format(name=name))
    return parse_quantity(given, unit) if isinstance(given, str) else exact(given, unit)


def _factors(growth: Quantity) -> tuple[Decimal, Decimal | None, Decimal | None]:
    """1 + growth, with its bounds."""
    rate = growth.to(PERCENT)
    bounds = [None if bound is None else 1 + bound / 100 for bound in (rate.low, rate.high)]
    return 1 + rate.value / 100, bounds[0], bounds[1]


def _mean(factors: list[tuple[Decimal, Decimal | None, Decimal | None]], years: int) -> Quantity:
    """Growth a year, in per cent, that multiplies up to the product of the factors."""
    with localcontext(prec=40):
        roots: list[Decimal | None] = []
        for position in range(3):
            product: Decimal | None = Decimal(1)
            for factor in factors:
                each = factor[position]
                product = None if product is None or each is None or each <= 0 else product * each
            roots.append(None if product is None else (product ** (Decimal(1) / years) - 1) * 100)
    middle = roots[0]
    if middle is None:
        raise BadRequest(_("增速低于 -100%，不能求平均"), remedy=_("核对增速数据。"))
    return derived(middle, roots[1], roots[2], PERCENT)


def _false(evidence: Evidence, word: str, threshold: Quantity, figure: Figure) -> BadRequest:
    return BadRequest(
        _("“{word}{threshold}”不成立：{figure}为 {printed}").format(
            word=word,
            threshold=threshold.printed(),
            figure=figure_name(evidence, figure),
            printed=evidence.wording.quantity(figure.quantity),
        ),
        remedy=_("改正门槛或句子，例如改用 value()。"),
    )
