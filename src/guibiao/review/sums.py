"""Totals of a sentence against the parts it names: 总额T，其中甲a、乙b; 甲a、乙b，合计T.

Parts need not be all parts, and may overlap: a difference is told only where the words show a division into parts, or where the sum all
but meets the total. Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from guibiao.model.quantity import Quantity
from guibiao.model.verdict import Verdict, judge_sum
from guibiao.review.claims import Basis, Claim, concluded
from guibiao.review.reading import LOOK_BACK, Passage, Read

_AMONG = re.compile(r"其中[:：，,]?")
_BASE = re.compile(r"(?:比|较|相比|从|由|占|目标|任务)[^，。；]{0,14}$")
_DIVISION = re.compile(
    r"第三产业|(?:农村|乡村).*城镇|城镇.*(?:农村|乡村)|男.*女|二期|四季度|下半年|其他|其它|其余|进口.*出口|出口.*进口|境外.*境内|境内.*境外"
    r"|国家级.*省级.*市级|全部由|由.*组成|两部分|三部分|两类|三类|两大类|三大类|内资.*外资"
)
_IN_ALL = re.compile(r"(?:合计|共计|总计|合起来|总共)(?:为|达到?|有)?(?:[\u4e00-\u9fff]{0,3})$")
_BALANCE = re.compile(r"顺差|逆差|净额|相差|差额")
_NO_PART = re.compile(r"增加(?!值)|减少|增长|合计|共计|总计")
_MOST = 20
"""Parts that a sentence is taken to name."""
_END = re.compile(r"[。！？!?\n]")
_SENTENCE = 300
"""Characters that the sentence of a total, and that of its parts, are followed."""
_GAP = 40
"""Characters between one part and the next."""
_CLOSE = Decimal("0.03")
"""Of the total: a sum this near to it was meant to meet it."""
_PARALLEL = Decimal("0.15")
"""Of the total, where the parts are named in parallel."""


def sum_claims(passage: Passage) -> Iterator[Claim]:
    """Every total of a paragraph that its parts let one recompute."""
    for match in _AMONG.finditer(passage.text):
        yield from _among(passage, match)
    for index, read in enumerate(passage.reads):
        if index >= 2 and _IN_ALL.search(passage.text, max(0, read.start - 10), read.start):
            yield from _in_all(passage, index)


def _among(passage: Passage, match: re.Match[str]) -> Iterator[Claim]:
    text = passage.text
    earliest = max(0, match.start() - _SENTENCE)
    opening = max((found.end() for found in _END.finditer(text, earliest, max(0, match.start() - 2))), default=earliest)
    stop = _END.search(text, match.end(), match.end() + 2 * _SENTENCE)
    closing = stop.start() if stop else match.end() + 2 * _SENTENCE
    before = [read for read in passage.between(opening, match.start())[:LOOK_BACK] if not _excluded(text, read)]
    after = passage.between(match.end(), closing)[: 2 * LOOK_BACK]
    if not before or len(after) < 2 or after[0].start - match.end() > _GAP:
        return
    totals = [read for read in before if read.unit.dimension == after[0].unit.dimension]
    if not totals or after[0].unit.is_ratio or after[0].unit.is_point:
        return
    parts = _parts(text, after)
    if len(parts) < 2:
        return
    yield from _against(passage, totals, parts, text[match.end() : parts[-1].end])


def _excluded(text: str, read: Read) -> bool:
    """A level that is the base of a comparison, not the total itself."""
    return bool(_BASE.search(text, max(0, read.start - 18), read.start))


def _parts(text: str, after: Sequence[Read]) -> list[Read]:
    """Levels of the first one's kind, each near the one before or parted from it by its own rates only."""
    parts, last = [after[0]], after[0]
    for read in after[1:]:
        if read.start - last.end > _GAP or "其中" in text[last.end : read.start]:
            break
        last = read
        if read.unit.is_ratio or read.unit.is_point:
            continue
        if read.unit.dimension != after[0].unit.dimension:
            break
        if _BALANCE.search(text[parts[-1].end : read.start]):
            break
        if len(parts) < _MOST and not _excluded(text, read) and not _NO_PART.search(text[parts[-1].end : read.start][-8:]):
            parts.append(read)
    names = "分别" in text[max(0, parts[0].start - 8) : parts[0].start]
    return parts if not (names and len(parts) == 1) else []


def _against(passage: Passage, totals: Sequence[Read], parts: Sequence[Read], words: str) -> Iterator[Claim]:
    first = totals[0]
    tried = [
        (total, *judge_sum(total.quantity, [part.quantity for part in parts[:count]]), count)
        for total in totals
        for count in range(len(parts), 1, -1)
    ]
    total, verdict, added, count = next((each for each in tried if each[1] is not Verdict.INCONSISTENT), tried[0])
    parts = parts[:count]
    if verdict is Verdict.INCONSISTENT and not _meant(first.quantity, added, parts, words, passage.text):
        return
    basis = "、".join(passage.shown(part) for part in parts)
    yield concluded(
        "sum", passage.spot(total.start, total.end), total.quantity, added, verdict, Basis(f"其中各项 {basis} ", f"adding {basis}")
    )


def _meant(total: Quantity, added: Quantity, parts: Sequence[Read], words: str, text: str) -> bool:
    """Whether the parts were meant to make up the total."""
    whole = total.to(added.unit)
    if whole.value <= 0 or total.high is None or total.low is None or added.low is None or added.high is None:
        return False
    off = abs(added.value - whole.value) / whole.value
    if _DIVISION.search(words):
        return True
    if total.unit.discrete and len(parts) == 2 and off > 0 and whole.value < 30:
        return False
    return off <= _CLOSE or (added.value > whole.value and off <= _PARALLEL and _parallel(parts, text))


def _parallel(parts: Sequence[Read], text: str) -> bool:
    """Whether the words just before each part end alike: 动漫产业总产值为, 游戏产业总产值为."""
    tails = [re.sub(r"(?:为|达到?|有|约|实现)+$", "", text[max(0, part.start - 12) : part.start])[-2:] for part in parts]
    return len(set(tails)) == 1 and len(tails[0]) == 2


def _in_all(passage: Passage, index: int) -> Iterator[Claim]:
    """甲a、乙b，合计T: the listed parts right before the total."""
    text, reads = passage.text, passage.reads
    total = reads[index]
    parts: list[Read] = []
    following = total
    for read in reversed(reads[max(0, index - _MOST) : index]):
        if read.mention.worded:
            continue
        between = text[read.end : following.start]
        if (
            read.unit.dimension != total.unit.dimension
            or len(between) > 24
            or _END.search(between)
            or re.search(r"其中|比|增(?!加值)|由|从", between)
        ):
            break
        parts.insert(0, read)
        following = read
    if len(parts) < 2 or total.unit.is_ratio or total.unit.is_point or _excluded(text, parts[0]):
        return
    verdict, added = judge_sum(total.quantity, [part.quantity for part in parts])
    if verdict is Verdict.INCONSISTENT and abs(added.value - total.quantity.to(added.unit).value) > total.quantity.to(added.unit).value / 2:
        return
    basis = "、".join(passage.shown(part) for part in parts)
    yield concluded("sum", passage.spot(total.start, total.end), total.quantity, added, verdict, Basis(f"各项 {basis} ", f"adding {basis}"))
