"""Changes claimed between two levels that the same sentence states: rates, points, multiples, doublings, yearly averages, direction.

Only wordings that name both levels beside the change are taken. Rates at constant prices do not follow from levels and are left out.
Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from guibiao.model.quantity import Qualifier, Quantity, exact, printed_quantity
from guibiao.model.text.mentions import mentions
from guibiao.model.unit import NUMBER, PERCENT, PERCENTAGE_POINT, Unit
from guibiao.model.verdict import Verdict
from guibiao.review.claims import Basis, Claim, concluded, judged, worded
from guibiao.review.ratios import average_growth, growth
from guibiao.review.reading import LOOK_BACK, Passage, Read

_ABOUT = r"(?:约|近|超过?|逾|达到?|为|接近|高达|仅)*"
_RISE = re.compile(rf"(?:增长|增加|增长率|增幅|增速|提高|上升|提升|扩大|涨幅|升幅|上涨|多|快)(?:了|率)?{_ABOUT}$")
_FALL = re.compile(rf"(?:下降|降低|减少|回落|下跌|缩减|降幅|跌幅|压减|少|慢)(?:了)?{_ABOUT}$")
_RISE_WORD = r"增长|增加|提高|提升|上升|扩大|跃升|攀升|增"
_FALL_WORD = r"下降|降低|减少|回落|缩减|压减|下跌|减"
_THAN = re.compile(r"(?:比|较|相比|对比|相较|同比)于?[^，。；、]{0,14}?(?:的|为)?[(（]?(?:约|近)?$")
_ADDED = re.compile(r"(?:增加|增长|净增|减少|下降|提高|多|少)了?(?:约|近)?$")
_COMPARED = re.compile(r"(?:相比|对比|相较|比|较)于?[^，。；、]{0,12}?(?:的|为)?$")
_REACHED = re.compile(r"^[，,](?:(?:19|20)\d\d年|今年|本年)[^，。；]{0,20}(?:增至|达到?|为|升至|增加到|增长到|提高到)(?:约|近)?$")
_FROM = re.compile(r"(?:由|从)[^，。；]{0,26}?(?:的|为)?(?:约|近)?$")
_TO = re.compile(rf"(?P<rise>{_RISE_WORD})?(?P<fall>{_FALL_WORD})?(?:到|至|为)[^，。；、]{{0,14}}?(?:的)?(?:约|近)?$")
_ONLY_YEARS = re.compile(
    r"[，；,(（]?(?:而|远?高于|低于)?(?:同比|比)?(?:上年|去年|前年|上年同期|去年同期|上年度|同期|(?:19|20)\d\d年)(?:同期|末|底)?(?:仅|只有|为|达到?|是|的|约)*$"
)
_CHANGED = re.compile(rf"，?(?:大幅|同比|也|均|总体)?(?:{_RISE_WORD}|{_FALL_WORD})")
_YEARLY = re.compile(r"年均|年平均|复合|平均每年|每年平均")
_REAL = re.compile(r"不变价|可比价|可比口径|同口径|同比口径|实际增长|扣除|可比增长|剔除")
_INCREMENT = re.compile(r"^[，,]?(?:(?:比|较)[^，。；]{1,10})?(?:同比|净)?(?P<rise>增加|增长|净增|多增|提高|多)(?:了)?(?:约|近)?$")
_INCREMENT_RATE = re.compile(r"^[，,(（]?(?:同比|比上年|较上年|增幅|增速)?(?:增长|增幅|增速|上升)?(?:为|达到?|了)*(?:约|近)?$")
_EACH_YEAR = re.compile(r"(?:每年|逐年|各年|年年)(?:增速|增长)?(?:都|均)?(?:增长|提高|上升)?(?:是|以|按|为|保持|达到?|超过)*(?:约|近)?$")
_SERIES = re.compile(r"(?:19|20)\d\d年?(?:、|和|及)|(?:过去|近|最近|连续|这)[两三四五六\d]年|[两三四五六\d]年(?:来|间)")
_NEAR = 16
"""Characters between a level and the change claimed of it."""
_FAR = 80
"""Characters between the two levels."""


def growth_claims(passage: Passage) -> Iterator[Claim]:
    """Every change of a paragraph that its levels let one recompute."""
    for start, end, found in passage.sentences():
        if _REAL.search(passage.text, start, end):
            continue
        for index, claim in enumerate(found):
            yield from _rate(passage, found, index)
            yield from _multiple(passage, found, index, claim)
            yield from _increment(passage, found, index)
        yield from _direction(passage, found)
        yield from _doubling(passage, found, start, end)
        yield from _each_year(passage, found)


def _rate(passage: Passage, found: Sequence[Read], index: int) -> Iterator[Claim]:
    """A … 比B增长c%, and 由A增长到B，(年均)增长c%, and 2023年A，上年B，增长c%."""
    claim = found[index]
    before = passage.text[max(0, claim.start - 24) : claim.start]
    falls = bool(_FALL.search(before))
    if claim.unit not in {PERCENT, PERCENTAGE_POINT} or not (falls or _RISE.search(before)):
        return
    pair = _levels(passage, found, index)
    computed = None if pair is None else _change(passage, claim, *pair, yearly=bool(_YEARLY.search(before)))
    if pair is None or computed is None:
        return
    claimed = _signed(claim.quantity, falls)
    yield judged("growth", passage.spot(claim.start, claim.end), claimed, computed, _between(passage, *pair))


def _change(passage: Passage, claim: Read, later: Read, earlier: Read, *, yearly: bool) -> Quantity | None:
    """The change from the earlier to the later level, in the unit of the claim; None where it is of another kind."""
    if earlier.quantity.value == 0 or later.unit.dimension != earlier.unit.dimension:
        return None
    if claim.unit == PERCENTAGE_POINT:
        return later.quantity - earlier.quantity if later.unit == earlier.unit == PERCENT else None
    if later.unit.is_ratio or later.unit.is_point:
        return None
    if not yearly:
        return growth(later.quantity, earlier.quantity)
    years = _years_between(passage.text, later, earlier)
    positive = all(read.quantity.value > 0 and (read.quantity.low is None or read.quantity.low > 0) for read in (later, earlier))
    return average_growth(later.quantity, earlier.quantity, years) if years is not None and positive else None


def _multiple(passage: Passage, found: Sequence[Read], index: int, claim: Read) -> Iterator[Claim]:
    """由A增长到B，增长1.2倍; 由A增长到B，是…的2.2倍."""
    if claim.mention.unit != "倍" or claim.mention.worded:
        return
    before = passage.text[max(0, claim.start - 24) : claim.start]
    grown = _RISE.search(before)
    pair = _levels(passage, found, index)
    if pair is None or pair[1].quantity.value <= 0 or pair[0].unit.dimension != pair[1].unit.dimension or pair[0].unit.is_ratio:
        return
    if not grown and not re.search(r"是[^，。；]{0,12}?的(?:约|近)?$", before):
        return
    change = growth(pair[0].quantity, pair[1].quantity).to(NUMBER)
    computed = change if grown else change + exact(1)
    claimed = printed_quantity(claim.quantity.value, claim.unit, claim.quantity.qualifier, claim.quantity.decimals)
    yield judged("growth", passage.spot(claim.start, claim.end), claimed, replace(computed, unit=claim.unit), _between(passage, *pair))


def _increment(passage: Passage, found: Sequence[Read], index: int) -> Iterator[Claim]:
    """L，比上年增加I，增长c%: c is I over L less I."""
    if index < 2 or found[index].unit != PERCENT:
        return
    level, rise, claim = found[index - 2], found[index - 1], found[index]
    text = passage.text
    if level.unit.dimension != rise.unit.dimension or level.unit.is_ratio or level.unit.is_point:
        return
    if not _INCREMENT.match(text[level.end : rise.start]) or not _INCREMENT_RATE.match(text[rise.end : claim.start]):
        return
    earlier = level.quantity - rise.quantity
    if earlier.value <= 0:
        return
    shown = passage.shown(level), passage.shown(rise)
    basis = Basis(f"{shown[0]} 和其中增加的 {shown[1]} ", f"{shown[0]} with {shown[1]} of it added")
    # The increment stands in both parts of the fraction; growth over the earlier level keeps the bounds close.
    yield judged("growth", passage.spot(claim.start, claim.end), claim.quantity, _over_earlier(level.quantity, rise.quantity), basis)


def _over_earlier(level: Quantity, rise: Quantity) -> Quantity:
    """`rise` over `level` less `rise`, each operand taken once: one over level/rise less one."""
    ratio = replace(level / rise.to(level.unit), unit=NUMBER) - exact(1)
    return (exact(1) / ratio).to(PERCENT)


def _direction(passage: Passage, found: Sequence[Read]) -> Iterator[Claim]:
    """由A增长到B where B is below A, and 由A下降到B where it is above."""
    text = passage.text
    for earlier, later in pairwise(found):
        if later.unit.dimension != earlier.unit.dimension or later.start - earlier.end > 30:
            continue
        between = text[earlier.end : later.start]
        moved = _TO.search(between)
        if moved is None or not (moved["rise"] or moved["fall"]) or not _FROM.search(text[max(0, earlier.start - 30) : earlier.start]):
            continue
        if "，" in between and not _CHANGED.match(between):
            continue
        rises = bool(moved["rise"])
        if earlier.quantity.overlaps(later.quantity) or (later.quantity.to(earlier.unit).value > earlier.quantity.value) is rises:
            continue
        shown = passage.shown(earlier), passage.shown(later)
        word = moved["rise"] or moved["fall"]
        told = Basis(
            f"写为“{word}”，但 {shown[0]} 到 {shown[1]} 是{'下降' if rises else '上升'}。",
            f"The text says {'a rise' if rises else 'a fall'}, but {shown[0]} to {shown[1]} is {'a fall' if rises else 'a rise'}.",
        )
        spot = passage.spot(later.start, later.end)
        yield worded("growth", spot, word, "下降" if rises else "上升", Verdict.INCONSISTENT, told)


def _doubling(passage: Passage, found: Sequence[Read], start: int, end: int) -> Iterator[Claim]:
    """由A增长到B，翻了一番: B is at least about twice A."""
    for mention in mentions(passage.text[start:end]) if "番" in passage.text[start:end] or "翻倍" in passage.text[start:end] else ():
        if mention.operator != "multiple_of_base":
            continue
        at = start + mention.start
        before = [read for read in passage.between(max(start, at - _FAR - _NEAR), at) if read.end <= at]
        if len(before) < 2 or at - before[-1].end > _NEAR or re.search(r"近|约|超|接近|将近", passage.text[max(0, at - 4) : at]):
            continue
        pair = _near_levels(passage, before[-1], before[:-1])
        if pair is None or pair[1].quantity.value <= 0 or pair[0].unit.is_ratio:
            continue
        computed = replace(growth(pair[0].quantity, pair[1].quantity).to(NUMBER) + exact(1), unit=_times())
        claimed = Quantity(mention.value, mention.value * Decimal("0.95"), mention.value * Decimal("1.1"), Qualifier.EXACT, _times(), 0)
        spot = passage.spot(at, start + mention.end)
        yield concluded("growth", spot, claimed, computed, _about(claimed, computed), _between(passage, *pair))


def _about(claimed: Quantity, computed: Quantity) -> Verdict:
    """A doubling is a round word: it holds from 1.9 to 2.2 times, and so in proportion."""
    inside = claimed.low is not None and claimed.high is not None and claimed.low <= computed.value <= claimed.high
    return Verdict.OK if inside else Verdict.ROUNDED if claimed.overlaps(computed) else Verdict.INCONSISTENT


def _each_year(passage: Passage, found: Sequence[Read]) -> Iterator[Claim]:
    """2018年、2019年、2020年分别为A、B、C，每年都增长c%: the year that is furthest from it is told."""
    text = passage.text
    for index, claim in enumerate(found):
        if claim.unit != PERCENT or not _EACH_YEAR.search(text[max(0, claim.start - 16) : claim.start]):
            continue
        if not re.search(r"增|提高|上升", text[max(0, claim.start - 16) : claim.end + 8]):
            continue
        levels = _series_before(passage, found, index)
        if len(levels) < 3:
            continue
        rates = [(growth(later.quantity, earlier.quantity), earlier, later) for earlier, later in pairwise(levels)]
        worst = max(rates, key=lambda each: abs(each[0].value - claim.quantity.value))
        yield judged("growth", passage.spot(claim.start, claim.end), claim.quantity, worst[0], _between(passage, worst[2], worst[1]))


def _series_before(passage: Passage, found: Sequence[Read], index: int) -> list[Read]:
    """Levels listed one after another before a claim, where years are listed before them."""
    text, levels = passage.text, [found[index - 1]] if index else []
    for each in reversed(found[max(0, index - LOOK_BACK) : max(0, index - 1)]):
        if each.unit.dimension != levels[0].unit.dimension or text[each.end : levels[0].start].strip() not in {"、", "，", "和"}:
            break
        levels.insert(0, each)
    alike = levels and not levels[0].unit.is_ratio and all(each.quantity.value > 0 for each in levels)
    return levels if alike and _SERIES.search(text[max(0, levels[0].start - 80) : levels[0].start]) else []


def _levels(passage: Passage, found: Sequence[Read], index: int) -> tuple[Read, Read] | None:
    """Later and earlier level that a change stands beside; None where the wording does not name both."""
    near = found[index - 1] if index else None
    if near is None or found[index].start - near.end > _NEAR:
        return None
    return _near_levels(passage, near, found[max(0, index - LOOK_BACK) : index - 1], passage.text[near.end : found[index].start])


def _near_levels(passage: Passage, near: Read, earlier: Sequence[Read], to_claim: str = "") -> tuple[Read, Read] | None:
    text = passage.text
    alike = [each for each in earlier[-LOOK_BACK:] if each.unit.dimension == near.unit.dimension]
    if not alike or near.start - alike[-1].end > _FAR:
        return None
    far = alike[-1]
    before_near = text[max(far.end, near.start - 30) : near.start]
    if _FROM.search(text[max(0, far.start - 40) : far.start]) and _TO.search(before_near):
        return near, far
    if _COMPARED.search(text[max(0, far.start - 24) : far.start]) and _REACHED.search(before_near):
        return near, far
    if _THAN.search(before_near) and not _ADDED.search(before_near) and not re.search(r"[，。；][^，。；]*(?:占|其中)", before_near):
        return far, near
    return _dated_levels(passage, far, near) if _follows(text[far.end : near.start]) and not to_claim.startswith("个") else None


def _follows(between: str) -> bool:
    """Whether only a year stands between two levels: A，上年为B."""
    return bool(_ONLY_YEARS.match(between))


def _dated_levels(passage: Passage, first: Read, second: Read) -> tuple[Read, Read] | None:
    """The two in order of time: as their years say, else the second is the earlier one (上年, 去年同期)."""
    between = passage.text[first.end : second.start]
    years = _last_year(passage.text, first.start), _last_year(passage.text, second.start)
    if re.search(r"上年|去年|前年|同期", between):
        return first, second
    if years[0] is None or years[1] is None or years[0] == years[1]:
        return None
    return (second, first) if years[1] > years[0] else (first, second)


def _years_between(text: str, later: Read, earlier: Read) -> int | None:
    """Years from the one printed before the earlier level to that before the later one; None where either is not printed."""
    found = [_last_year(text, read.start) for read in (later, earlier)]
    if found[0] is None or found[1] is None or found[0] - found[1] < 2:
        return None
    return found[0] - found[1]


def _last_year(text: str, before: int) -> int | None:
    years = re.findall(r"(?<!\d)((?:19|20)\d\d)年", text[max(0, before - 40) : before])
    return int(years[-1]) if years else None


def _signed(quantity: Quantity, falls: bool) -> Quantity:
    return replace(-quantity, qualifier=quantity.qualifier, decimals=quantity.decimals) if falls else quantity


def _between(passage: Passage, later: Read, earlier: Read) -> Basis:
    shown = passage.shown(earlier), passage.shown(later)
    return Basis(f" {shown[0]} 到 {shown[1]} ", f"{shown[0]} to {shown[1]}")


def _times() -> Unit:
    return replace(NUMBER, symbol="倍")
