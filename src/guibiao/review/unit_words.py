"""Names that allow only some units: rates take no counts and no money, shares do not exceed a hundred per cent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guibiao.model.unit import PERCENT
from guibiao.model.verdict import Verdict
from guibiao.review.claims import Basis, Claim, worded
from guibiao.review.reading import Passage

RATE = re.compile(
    r"(?:普及率|渗透率|覆盖率|占有率|增长率|完成率|合格率|达标率|就业率|失业率|通达率|普及程度|使用率|入网率|上云率|数控化率|联网率|数字化率"
    r"|占比|比重|增速|增幅)(?:[(（][^()（）]{0,12}[)）])?$"
)
BOUNDED_RATE = re.compile(r"占比|比重|渗透率|覆盖率|合格率|达标率|通达率|就业率|失业率|市场份额|占有率|数控化率|联网率|数字化率")
_NAMED_RATE = re.compile(RATE.pattern.removesuffix("$") + r"(?:已|约为|约|为|达到|达|提高到|提升到|提高至|提升至|超过|是|增至)*$")
_NAMED_SHARE = re.compile(
    rf"(?:{BOUNDED_RATE.pattern})(?:[(（][^()（）]{{0,12}}[)）])?(?:已|约为|约|为|达到|达|提高到|提升到|提高至|提升至|是)*$"
)
_PER = re.compile(r"[/／]|每|之一")
_TARGET_CHANGE = re.compile(r"增长|提高(?!到|至)|提升(?!到|至)|较|(?<!占)比(?!重)|增加|完成")


def unit_claims(passage: Passage) -> Iterator[Claim]:
    """Rates given as counts or sums of money, and shares above a hundred per cent."""
    text = passage.text
    for read in passage.reads:
        before = text[max(0, read.start - 24) : read.start]
        named = _NAMED_RATE.search(before)
        per = _PER.match(text, read.end)
        plain = not (read.unit.is_ratio or read.unit.is_point or "/" in read.unit.symbol)
        printed = passage.shown(read)
        spot = passage.spot(read.start, read.end)
        if named and plain and per is None and _NAMED_RATE.search(before) and not read.mention.worded:
            told = Basis(
                f"{named[0]}{printed}：比率的单位不可能是 {read.unit.symbol}。",
                f"{printed} is given as a rate; a rate cannot be counted in {read.unit.symbol}.",
            )
            yield worded("unit", spot, printed, "%", Verdict.INCONSISTENT, told)
        elif read.unit == PERCENT and read.quantity.value > 100 and _NAMED_SHARE.search(before) and not _TARGET_CHANGE.search(before):
            told = Basis(f"占比写为 {printed}：占比不会超过 100%。", f"A share is given as {printed}; a share cannot exceed 100 %.")
            yield worded("unit", spot, printed, "≤100%", Verdict.INCONSISTENT, told)
