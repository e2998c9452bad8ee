"""Report functions that print a figure or say how it moved: value, amount, direction, change, compare, and names of things.

Each is a pure function of the evidence and a binding's arguments. A statement that does not hold is a bad request, never a softer word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.quantity import Qualifier, Quantity, exact, format_number
from guibiao.model.unit import PERCENT, parse_unit
from guibiao.publish.bindings import Arguments
from guibiao.publish.comparison import (
    Difference,
    counterpart,
    figure_name,
    is_rate,
    order,
    places,
    point_difference,
    refuse_break,
    subtract,
)
from guibiao.publish.coverage import elapsed
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence, Key, figure_at, find_area, find_indicator, find_key
from guibiao.publish.wording import without_sign

RATE_DECIMALS = 1
"""Decimals of a rate formed from two levels."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a binding prints. The first of `figures` is the one its passport shows, the others were compared with it.

    `unit` is the unit left for the author to type after a bare number.
    """

    text: str
    figures: tuple[Figure, ...] = ()
    unit: str = ""
    target: str = ""
    exempt: str = ""
    """Why a typed number is allowed."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A change: its sign, the words for up and down, and its size where one is printed."""

    sign: int
    up: str
    down: str
    size: Quantity
    decimals: int
    figures: tuple[Figure, ...]


def value(evidence: Evidence, arguments: Arguments) -> Answer:
    """The figure with qualifier and unit: 18766.7亿元, 超过4000亿元."""
    figure, quantity, decimals = _quoted(evidence, arguments)
    text = evidence.wording.quantity(quantity, decimals)
    if arguments.choice("show", "figure", "interval") == "interval" and quantity.low is not None and quantity.high is not None:
        ends = [evidence.wording.quantity(exact(end, quantity.unit), decimals) for end in (quantity.low, quantity.high)]
        text += evidence.wording.choose(f"（{ends[0]}—{ends[1]}）", f" ({ends[0]} to {ends[1]})")
    return Answer(text, (figure,))


def trial(evidence: Evidence, arguments: Arguments) -> Answer:
    """A computed figure with its interval, called a trial: 试算为3.2个百分点（2.9个百分点至3.5个百分点）; of bounds alone 试算为64.7—69.0%.

    Refused for a published figure, and where no interval is known: a trial says how far it may be off.
    """
    figure, quantity, decimals = _quoted(evidence, arguments)
    if figure.source:
        raise BadRequest(
            _("{figure}是公布数，不是试算").format(figure=figure_name(evidence, figure)), remedy=_("改用 value()，或引用按公式计算的指标。")
        )
    if quantity.low is None or quantity.high is None:
        raise BadRequest(
            _("{figure}没有区间，不能作为试算数引用").format(figure=figure_name(evidence, figure)),
            remedy=_("先给出低值和高值；缺的资料写入缺口。"),
        )
    if quantity.qualifier is Qualifier.RANGE:
        bounds = evidence.wording.quantity(quantity, decimals)
        return Answer(evidence.wording.choose(f"试算为{bounds}", f"{bounds} on trial"), (figure,))
    low, high = (evidence.wording.quantity(exact(end, quantity.unit), decimals) for end in (quantity.low, quantity.high))
    middle = evidence.wording.quantity(replace(quantity, qualifier=Qualifier.EXACT), decimals)
    return Answer(evidence.wording.choose(f"试算为{middle}（{low}至{high}）", f"{middle} on trial ({low} to {high})"), (figure,))


def amount(evidence: Evidence, arguments: Arguments) -> Answer:
    """The number alone; the template types the unit after it, which is checked."""
    figure, quantity, decimals = _quoted(evidence, arguments)
    unit = evidence.wording.display_unit(quantity.unit)[1]
    return Answer(evidence.wording.quantity(quantity, decimals, with_unit=False), (figure,), unit)


def direction(evidence: Evidence, arguments: Arguments) -> Answer:
    """增长, 下降, 持平 (for rates 提高, 下降, 持平), against the previous year or `against=`."""
    movement = measure_movement(evidence, arguments, "direction")
    return Answer(_movement_word(evidence, movement), movement.figures)


def change(evidence: Evidence, arguments: Arguments) -> Answer:
    """增长8.5%, 提高1.3个百分点, 增加120家, 持平."""
    movement = measure_movement(evidence, arguments, arguments.choice("form", "amount", "rate"))
    word = _movement_word(evidence, movement)
    if movement.sign == 0:
        return Answer(word, movement.figures)
    wanted = arguments.whole("decimals")
    decimals = movement.decimals if wanted is None else wanted
    if not Decimal(format_number(movement.size.value, decimals)):
        raise BadRequest(
            _("变动 {size} 印成 {decimals} 位小数就是零").format(size=movement.size.printed(), decimals=decimals),
            remedy=_("去掉 decimals=，或改用 direction()。"),
        )
    text = _printed_size(evidence, movement.size, decimals, arguments)
    return Answer(f"{word}{evidence.wording.choose('', ' by ')}{text}", movement.figures)


def compare(evidence: Evidence, arguments: Arguments) -> Answer:
    """高于, 低于 or 持平; with `form="phrase"` 高于全国1.2个百分点 or 与全国持平.

    With `form="pace"`, for growth rates alone, 快于全国1.2个百分点 or 慢于.
    """
    key = find_key(evidence, arguments)
    figure = figure_at(evidence, key)
    if not (arguments.has("to") or arguments.has("other")):
        raise BadRequest(_("compare 缺少比较对象"), remedy=_("写 to=地区，或 other=另一个指标。"))
    other_key = replace(key, area=find_area(evidence, arguments.text("to"))) if arguments.has("to") else key
    if arguments.has("other"):
        other_key = replace(other_key, indicator=find_indicator(evidence.workspace, arguments.text("other")))
    other = counterpart(evidence, figure, other_key)
    difference = subtract(evidence, figure, other)
    wording = evidence.wording
    form = arguments.choice("form", "word", "phrase", "pace")
    words = {1: ("高于", "above"), 0: ("持平", "level with"), -1: ("低于", "below")}
    if form == "pace":
        _refuse_levels(evidence, figure, other)
        words = {1: ("快于", "faster than"), 0: ("持平", "as fast as"), -1: ("慢于", "slower than")}
    word = wording.choose(*words[difference.sign])
    if form == "word":
        return Answer(word, (figure, other))
    name = "".join(
        part
        for part in (
            evidence.area_name(other.area) if arguments.has("to") else "",
            wording.choose("", " ") if arguments.has("to") and arguments.has("other") else "",
            evidence.indicator_name(other.indicator) if arguments.has("other") else "",
        )
    )
    if difference.sign == 0:
        return Answer(wording.choose(f"与{name}{word}", f"{word} {name}"), (figure, other))
    size = point_difference(difference) if is_rate(evidence, figure) else difference.quantity
    text = _printed_size(evidence, size, difference.decimals, arguments)
    return Answer(wording.choose(f"{word}{name}{text}", f"{text} {word} {name}"), (figure, other))


def _refuse_levels(evidence: Evidence, *figures: Figure) -> None:
    """Only growth rates are faster or slower than each other."""
    for figure in figures:
        if evidence.workspace.indicators[figure.indicator].nature is not Nature.GROWTH:
            raise BadRequest(
                _("{figure}不是增速，不能说快慢").format(figure=figure_name(evidence, figure)), remedy=_('改用 form="phrase"。')
            )


def measure_movement(evidence: Evidence, arguments: Arguments, form: str) -> Movement:
    """How the figure of a binding moved: by its own sign for a growth rate or difference, else against an earlier figure."""
    key = find_key(evidence, arguments)
    figure = figure_at(evidence, key)
    signed = key.indicator.nature is Nature.GROWTH or figure.quantity.unit.is_point
    if signed and not arguments.has("against"):
        decimals = places(figure, evidence)
        quantity = figure.quantity
        sign = order(quantity, exact(0, quantity.unit), decimals)
        if sign is None:
            raise BadRequest(
                _("不能判断 {figure} 是升是降：{printed} 的区间包含零").format(
                    figure=figure_name(evidence, figure), printed=figure.printed
                ),
                remedy=_('用 value(..., show="interval") 印出数和区间，不说升降。'),
            )
        up = "提高" if figure.quantity.unit.is_point else "增长"
        return Movement(sign, up, "下降", quantity, decimals, (figure,))
    earlier = counterpart(evidence, figure, earlier_key(evidence, key, arguments.text("against", "previous_year")))
    refuse_break(evidence, earlier, figure)
    difference = subtract(evidence, figure, earlier)
    return _between(evidence, figure, earlier, difference, form)


def earlier_key(evidence: Evidence, key: Key, against: str) -> Key:
    """The key compared with: a year earlier, the period before, or the period named."""
    if against == "previous_year":
        return key.at(key.period.shift(-12))
    if against == "previous":
        months = key.period.months
        if months is None:
            raise BadRequest(_("{period} 没有固定的上一期").format(period=key.period), remedy=_("在 against= 里写明报告期。"))
        return key.at(key.period.shift(-months))
    return key.at(evidence.figures.period(key.indicator.id, against))


def honest(quantity: Quantity, decimals: int) -> Quantity:
    """A computed quantity with the word its interval asks for: 超过 or 不足 where one side is open, 约 where both are.

    The bound printed is rounded to `decimals` away from the open side's claim, so that 超过 never says too much.
    """
    if quantity.qualifier is not Qualifier.DERIVED:
        return quantity
    step = Decimal(1).scaleb(-decimals)
    if quantity.low is None and quantity.high is None:
        return replace(quantity, qualifier=Qualifier.ABOUT)
    if quantity.high is None and quantity.low is not None:
        return replace(quantity, value=quantity.low.quantize(step, rounding=ROUND_FLOOR), qualifier=Qualifier.OVER)
    if quantity.low is None and quantity.high is not None:
        return replace(quantity, value=quantity.high.quantize(step, rounding=ROUND_CEILING), qualifier=Qualifier.UNDER)
    return quantity


def _printed_size(evidence: Evidence, size: Quantity, decimals: int, arguments: Arguments) -> str:
    """A change without its sign, in the unit asked for."""
    shown = _in_unit(without_sign(honest(size, decimals)), arguments)
    return evidence.wording.quantity(shown, max(0, decimals + shown.unit.power - size.unit.power))


def price_word(figure: Figure) -> str:
    """What a rate formed from levels must be called: 名义 for values at current prices."""
    return "名义" if figure.price_basis == "current" else ""


def _between(evidence: Evidence, figure: Figure, earlier: Figure, difference: Difference, form: str) -> Movement:
    pair = (figure, earlier)
    nature = evidence.workspace.indicators[figure.indicator].nature
    if is_rate(evidence, figure):
        return Movement(difference.sign, "提高", "下降", point_difference(difference), difference.decimals, pair)
    if nature is Nature.INDEX:
        return Movement(difference.sign, "上升", "下降", difference.quantity, difference.decimals, pair)
    if form == "amount":
        return Movement(difference.sign, "增加", "减少", difference.quantity, difference.decimals, pair)
    if form == "direction":
        return Movement(difference.sign, "增长", "下降", difference.quantity, difference.decimals, pair)
    word = price_word(figure)
    if earlier.quantity.value == 0:
        raise BadRequest(
            _("{figure}为零，不能计算增速").format(figure=figure_name(evidence, earlier)), remedy=_("用 change(...) 印出增减量。")
        )
    rate = ((figure.quantity - earlier.quantity.to(figure.quantity.unit)) / earlier.quantity).to(PERCENT)
    sign = difference.sign if Decimal(format_number(rate.value, RATE_DECIMALS)) else 0
    return Movement(sign, f"{word}增长", f"{word}下降", rate, RATE_DECIMALS, pair)


def _movement_word(evidence: Evidence, movement: Movement) -> str:
    chinese = "持平" if movement.sign == 0 else movement.up if movement.sign > 0 else movement.down
    return evidence.wording.word(chinese)


def _quoted(evidence: Evidence, arguments: Arguments) -> tuple[Figure, Quantity, int]:
    """Figure, its quantity in the unit asked for, and the decimals to print, which never go beyond the source's own."""
    figure = figure_at(evidence, find_key(evidence, arguments))
    quantity = _in_unit(figure.quantity, arguments)
    own = quantity.decimals
    if own is None:
        own = max(0, places(figure, evidence) + quantity.unit.power - figure.quantity.unit.power)
    wanted = arguments.whole("decimals")
    if wanted is not None and wanted > own and quantity.qualifier is not Qualifier.DERIVED:
        raise BadRequest(
            _("{figure}的来源只印到 {own} 位小数，不能印 {wanted} 位").format(figure=figure_name(evidence, figure), own=own, wanted=wanted),
            remedy=_("去掉 decimals=，或写 {own} 以下。").format(own=own),
        )
    decimals = own if wanted is None else wanted
    return figure, honest(quantity, decimals), decimals


def _in_unit(quantity: Quantity, arguments: Arguments) -> Quantity:
    return quantity.to(parse_unit(arguments.text("unit"))) if arguments.has("unit") else quantity


def name(evidence: Evidence, arguments: Arguments) -> Answer:
    """The indicator's name."""
    return Answer(evidence.indicator_name(find_indicator(evidence.workspace, arguments.text("indicator")).id))


def unit(evidence: Evidence, arguments: Arguments) -> Answer:
    """The indicator's unit."""
    return Answer(evidence.wording.display_unit(parse_unit(find_indicator(evidence.workspace, arguments.text("indicator")).unit))[1])


def area(evidence: Evidence, arguments: Arguments) -> Answer:
    """An area's name, the workspace's own by default."""
    return Answer(evidence.area_name(find_area(evidence, arguments.text("area"))))


def period(evidence: Evidence, arguments: Arguments) -> Answer:
    """A period in the document's language, or the last one on file for an indicator: period("latest", "gdp")."""
    text = arguments.text("period")
    indicator = find_indicator(evidence.workspace, arguments.text("indicator")) if arguments.has("indicator") else None
    if text == "latest":
        if indicator is None:
            raise BadRequest(_('period("latest") 要写明指标'), remedy=_('写成 period("latest", "指标")。'))
        own = find_area(evidence, arguments.text("area"))
        on_file = [figure.period for figure in evidence.figures.of(indicator.id) if figure.area == own]
        if not on_file:
            raise BadRequest(_("指标 {name} 没有任何数据").format(name=indicator.id), remedy=_("先导入数据，或改写报告期。"))
        return Answer(evidence.wording.period(max(on_file, key=lambda each: (each.end, each.start))))
    from guibiao.model.period import parse_period

    return Answer(evidence.wording.period(parse_period(text, measure=indicator.measure if indicator else None)))


def grade(evidence: Evidence, arguments: Arguments) -> Answer:
    """The source grade of a figure: B级（年鉴或文献转载）, or B alone with `form="letter"`."""
    figure = figure_at(evidence, find_key(evidence, arguments))
    return Answer(
        figure.grade if arguments.choice("form", "words", "letter") == "letter" else evidence.wording.grade(figure.grade), (figure,)
    )


def age(evidence: Evidence, arguments: Arguments) -> Answer:
    """How long before the day of the report a figure's period ended: 14个月."""
    figure = figure_at(evidence, find_key(evidence, arguments))
    return Answer(elapsed(evidence.wording, figure.period.end, evidence.as_of), (figure,))


def findings(evidence: Evidence, arguments: Arguments) -> Answer:
    """How many findings of the checks are open, by severity, rule or indicator."""
    severity = arguments.choice("severity", "", "error", "warning", "info")
    wanted = {"severity": severity, "rule": arguments.text("rule"), "indicator": arguments.text("indicator")}
    count = sum(all(row[column] == text for column, text in wanted.items() if text) for row in evidence.findings)
    return Answer(evidence.wording.number(Decimal(count), 0))


def literal(_evidence: Evidence, arguments: Arguments) -> Answer:
    """A number typed on purpose; says why it is no figure of the store."""
    reason = arguments.text("reason").strip()
    if not reason:
        raise BadRequest(_("literal 要说明理由"), remedy=_('写成 literal("文字", reason="为什么不引库中的数")。'))
    return Answer(arguments.text("text"), exempt=reason)
