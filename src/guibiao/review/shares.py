"""Shares of a stated whole, and percentages that must make up a hundred, in sentences.

Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from guibiao.model.quantity import Quantity, printed_quantity
from guibiao.model.unit import PERCENT
from guibiao.model.verdict import Verdict, judge_sum
from guibiao.review.claims import Basis, Claim, concluded, judged
from guibiao.review.ratios import share
from guibiao.review.reading import LOOK_BACK, Passage, Read

_ABOUT = r"(?:约为|约|近|达到|达|为|超过|超|高达|仅)?"
_SHARE_OF = re.compile(r"占[^，。；]{0,30}?$")
_ITS_SHARE = re.compile(rf"[^，。；、]{{0,4}}[，,(（]?(?:占|所占)(?:比重|比例|比|总数的?|全部的?|总量的?|总额的?|全市的?|全国的?)?{_ABOUT}")
_AMONG = re.compile(r"其中|^[^，。；]{0,16}中[，,]")
_IN_ALL = re.compile(r"(?:共|共有|共计|总计|合计|总数为?|总量为?|总额为?|总额达到?|总量达到?|总数达到?)(?:[^，。；\d]{0,14})$")
_OTHER_WHOLE = re.compile(r"全国|全球|世界|全省|全市")
_OF_COMPOSITION = re.compile(r"占(?:比|比重)?|比重|比例|构成|份额")
_REST = re.compile(r"其余|其他|其它|余下|剩余|剩下")
_DIVIDED = re.compile(r"按[^，。；]{1,14}(?:分|划分|看|统计)[，,]|(?:构成|结构)(?:看|上|上看|为|分析)?[，,]")
_COMPOSED = re.compile(
    r"(?:构成|结构|比例|比重|占比|之比)[^，。；\d]{0,12}((?:\d{1,2}(?:\.\d{1,2})?[:：∶]){1,6}\d{1,2}(?:\.\d{1,2})?)(?![:：∶\d])"
)
_COMPARED_WITH = re.compile(r"(?:比|较|相比|相较)[^，。；、]{0,14}?的(?:约|近)?$|(?:由|从)[^，。；、]{0,20}?(?:的|为)?(?:约|近)?$")
"""What a level is compared with, or rose from, is no whole of what follows."""
_CHANGE = re.compile(r"增长|下降|提高|上升|回落|增速|增幅|同比|降低|增加|减少|超过|高于|低于")
_SEVERAL = re.compile(r"多选|均|都|分别超|满意|知晓")
NEAR_HUNDRED = Decimal(3)
"""Percentage points off a hundred within which several shares of one sentence are taken as meant to make it up."""


def share_claims(passage: Passage) -> Iterator[Claim]:
    """Every share of a paragraph that its part and its whole let one recompute, and compositions."""
    earlier: tuple[Read, ...] = ()
    for start, end in passage.parts.sentences:
        found = tuple(read for read in passage.between(start, end))
        among = passage.text.startswith("其中", start)
        known = (*earlier, *found) if among else found
        for index, claim in enumerate(known):
            if claim.unit == PERCENT and index >= 2 and claim.start >= start:
                yield from _share(passage, known, index)
        if len(found) > 1:
            yield from _hundred(passage, found, start, end)
        earlier = found
    yield from _ratios(passage)


def _share(passage: Passage, found: Sequence[Read], index: int) -> Iterator[Claim]:
    """A占B的c%; B个，其中A个，占c%; 共B个，A个，占c%."""
    pair = _part_and_whole(passage, found, index)
    if pair is None:
        return
    part, whole = pair
    if whole.quantity.value <= 0 or part.unit.is_ratio or part.unit.is_point or part.unit.dimension != whole.unit.dimension:
        return
    claim, shown = found[index], (passage.shown(part), passage.shown(whole))
    basis = Basis(f" {shown[0]} 除以 {shown[1]} ", f"{shown[0]} over {shown[1]}")
    yield judged("share", passage.spot(claim.start, claim.end), claim.quantity, share(part.quantity, whole.quantity), basis)


def _part_and_whole(passage: Passage, found: Sequence[Read], index: int) -> tuple[Read, Read] | None:
    text, claim, near, far = passage.text, found[index], found[index - 1], found[index - 2]
    between, to_claim = text[far.end : near.start], text[near.end : claim.start]
    if re.fullmatch(rf"的(?:比重|比例)?{_ABOUT}", to_claim) and _SHARE_OF.search(between) and "，" not in between.strip("，"):
        return far, near
    if not _ITS_SHARE.fullmatch(to_claim):
        return None
    before = [read for read in found[max(0, index - LOOK_BACK) : index - 1] if read.unit.dimension == near.unit.dimension]
    wholes = [read for read in before if not _COMPARED_WITH.search(text[max(0, read.start - 30) : read.start])]
    for whole, following in pairwise([*wholes, near]):
        introduced = _AMONG.search(text[whole.end : following.start])
        if introduced or _IN_ALL.search(text[max(0, whole.start - 24) : whole.start]):
            scope = _OTHER_WHOLE.search(to_claim)
            named = scope is None or scope[0] in text[max(0, whole.start - 30) : whole.end + 12]
            return (near, whole) if named else None
    return None


def _hundred(passage: Passage, found: Sequence[Read], start: int, end: int) -> Iterator[Claim]:
    """甲占a%，乙占b%，丙占c%: told where they make up a hundred, or all but."""
    sentence = passage.text[start:end]
    if not _OF_COMPOSITION.search(sentence) or _SEVERAL.search(sentence):
        return
    shares = [read for read in found if read.unit == PERCENT]
    if len(shares) < 2 or len(shares) != len([read for read in found if read.unit.is_ratio or read.unit.is_point]):
        return
    previous = start
    for read in shares:
        if _CHANGE.search(passage.text, previous, read.start) or read.mention.operator != "=":
            return
        previous = read.end
    rest = bool(_REST.search(sentence) or _DIVIDED.search(passage.text[max(0, start - 20) : shares[0].start]))
    total = sum((read.quantity.value for read in shares), start=Decimal(0))
    if (len(shares) < 3 and not rest) or abs(total - 100) > (10 if rest else NEAR_HUNDRED):
        return
    yield from _makes_hundred(passage, shares[-1].start, shares[-1].end, [read.quantity for read in shares])


def _ratios(passage: Passage) -> Iterator[Claim]:
    """三次产业构成为a:b:c."""
    for match in _COMPOSED.finditer(passage.text):
        numbers = [Decimal(each) for each in re.split("[:：∶]", match[1])]
        if len(numbers) < 3 or abs(sum(numbers, start=Decimal(0)) - 100) > 10:
            continue
        parts = [printed_quantity(number, PERCENT) for number in numbers]
        yield from _makes_hundred(passage, match.start(1), match.end(1), parts)


def _makes_hundred(passage: Passage, start: int, end: int, parts: Sequence[Quantity]) -> Iterator[Claim]:
    whole = Quantity(Decimal(100), Decimal(100), Decimal(100), parts[0].qualifier, PERCENT, 0)
    verdict, added = judge_sum(whole, parts)
    basis = Basis("各项占比之和", "adding the shares")
    if verdict is Verdict.TRUNCATED:
        verdict = Verdict.INCONSISTENT
    yield concluded("hundred", passage.spot(start, end), whole, added, verdict, basis)
