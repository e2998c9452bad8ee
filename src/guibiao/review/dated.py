"""Dates that cannot be: days no calendar has, periods that end before they begin, results of a time after the document's own date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from guibiao.model.verdict import Verdict
from guibiao.review.claims import Basis, Claim, worded
from guibiao.review.reading import Passage

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)年(\d{1,2})月(?:(\d{1,2})日)?")
_PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d)年?(?:—|–|-|~|～|至|－){1,2}((?:19|20)\d\d)年")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_OPENING_YEAR = re.compile(r"^[^，。；]{0,6}?((?:19|20)\d\d)年[，,]")
_WHOLE_YEAR = re.compile(r"全年(?:共|累计)?(?:实现|完成|达到|新增|累计|接待|生产|新设)")
_RESULT = re.compile(r"实现|达到|完成|同比增长|比上年|增长率|下降了|增长了|建成|为\d|达\d|累计")
_AHEAD = re.compile(
    r"预计|预期|预测|将|力争|争取|计划|目标|规划|拟|有望|确保|(?<!截)[到至](?:19|20)\d\d年|底前|年前|之前|要求|必须|应当|需要|建设|推动|推进|加快"
    r"|鼓励|支持|培育|打造|引导|落实|任务|举办|筹办|冬奥|版|以来|年起|日起|左右|展望|方案|行动|纲要|意见"
)


def calendar_claims(passage: Passage) -> Iterator[Claim]:
    """Days and periods that no calendar has."""
    text = passage.text
    if "年" not in text:
        return
    for match in _DAY.finditer(text):
        if not _exists(int(match[1]), int(match[2]), int(match[3] or 1)):
            told = Basis(f"{match[0]}不是日历上的日子。", f"{match[0]} is no day of the calendar.")
            yield worded("date", passage.spot(match.start(), match.end()), match[0], "", Verdict.INCONSISTENT, told)
    for match in _PERIOD.finditer(text):
        if int(match[2]) < int(match[1]):
            told = Basis(f"{match[0]}的终点早于起点。", f"The period {match[0]} ends before it begins.")
            yield worded("date", passage.spot(match.start(), match.end()), match[0], "", Verdict.INCONSISTENT, told)


def later_claims(passages: Sequence[Passage], issued: tuple[date, date] | None) -> Iterator[Claim]:
    """Results of a period that had not ended when the document was issued; `issued` are the first and last day of its own date."""
    if issued is None:
        return
    year: int | None = None
    for passage in passages:
        opening = _OPENING_YEAR.match(passage.text)
        year = int(opening[1]) if opening else year
        for start, end in passage.parts.sentences:
            reads = [read for read in passage.reads if start <= read.start < end]
            if reads:
                yield from _later(passage, start, end, issued, year)


def _later(passage: Passage, start: int, end: int, issued: tuple[date, date], year: int | None) -> Iterator[Claim]:
    sentence = passage.text[start:end]
    whole = _WHOLE_YEAR.search(sentence)
    years = [(int(match[1]), match) for match in _YEAR.finditer(sentence)]
    if _AHEAD.search(sentence):
        return
    if whole is not None:
        named = next((number for number, match in reversed(years) if match.start() < whole.start()), year)
        if named is not None and date(named, 12, 31) >= issued[1] and named >= issued[1].year:
            yield _told(passage, start + whole.start(), start + whole.end(), f"{named}年全年", issued)
        return
    late = next(((number, match) for number, match in years if number > issued[1].year), None)
    if late is not None and _RESULT.search(sentence, late[1].end()):
        yield _told(passage, start + late[1].start(), start + late[1].end(), f"{late[0]}年", issued)


def _told(passage: Passage, start: int, end: int, period: str, issued: tuple[date, date]) -> Claim:
    known = f"{issued[1].year}-{issued[1].month:02}"
    told = Basis(
        f"写的是{period}的结果，而本文件的日期是 {known}，当时这一时期还没有结束。",
        f"The result is one of {period}, but the document is dated {known}, when that period had not ended.",
    )
    return worded("date", passage.spot(start, end), period, known, Verdict.INCONSISTENT, told, "warning")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
