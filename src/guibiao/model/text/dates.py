"""Dates by which something shall be done, read from Chinese text relative to the document's own date."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from guibiao.model.numerals import chinese_number

FIVE_YEAR_PLANS = {"十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_PLAN = "|".join(FIVE_YEAR_PLANS)
_NUMBER = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_PATTERN = re.compile(
    rf"(?P<lead>力争到|争取到|力争在|到|至|截至|截止|于|在|从|自|以)?(?P<first>(?:19|20)\d\d)?年?(?P<dash>—|–|-|~|～|至)?"
    rf"(?P<year>(?:19|20)\d\d)年(?:(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日)?|(?P<half>上半年)|第?(?P<quarter>[一二三四1-4])季度)?份?(?P<tail>底前|末前|前|底|末|初|起|以来)?"
    rf"|(?P<plan_lead>到|至)?[“\"]?(?P<plan>{_PLAN})[”\"]?(?P<plan_tail>规划期?末|末|期末|期间|时期|收官)"
    rf"|(?P<both>今明两年|今明年)|(?P<relative>今年|本年度?|年内|(?<![年在])当年(?!\d|的)|明年|后年)(?P<relative_tail>底前|底|末|年底|内|上半年|(?P<relative_month>\d{{1,2}})月(?:底|末|份)?(?:前)?)?"
    rf"|(?P<range>{_NUMBER})(?:至|到|—|-|~)(?P<range_end>{_NUMBER})年(?:内|左右|时间)?"
    rf"|(?:未来|今后|用|力争|在)?(?P<years>{_NUMBER})年(?:内|之内|左右时间|时间内|时间|后)|(?P<coming>未来|今后)(?P<coming_years>{_NUMBER})年"
    rf"|(?P<months>{_NUMBER})个月(?:内|之内)"
    rf"|(?P<century>本世纪中叶|21世纪中叶)"
)
_BASE = re.compile(r"(?:[比较从由]|与|相比)$")
_AS_OF = ("截至", "截止")
_RELATIVE = {"今年": 0, "本年": 0, "本年度": 0, "年内": 0, "当年": 0, "明年": 1, "后年": 2}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date in a text: clean offsets, the day it ends on, and whether it is worded as a date to be reached (到, 前, 底, 内 ...)."""

    start: int
    end: int
    day: date
    worded: bool
    since: bool = False
    """It only says from when: 自2020年起, 2018年以来."""
    relative: bool = False
    """Counted from the document's own date: 三年内."""
    base: bool = False
    """What something is compared with: 比2022年, 较2020年, 由2015年的."""
    whole: bool = False
    """Given to the day: 2021年11月25日."""


def deadlines(text: str, dated: date | None) -> Iterator[Deadline]:
    """Dates of a text in order; those relative to the document's date only where that is known."""
    for match in _PATTERN.finditer(text):
        day = _day(match, dated)
        if day is None:
            continue
        tail = match["tail"] or ""
        worded = bool((match["lead"] or "").endswith(("到", "至")) and match["lead"] not in {"截至"}) or tail in {"底前", "末前", "前"}
        worded = (worded or not (match["year"] or _is_running(match))) and not text.startswith(_AS_OF, max(0, match.start() - 2))
        since = tail in {"起", "以来"} or match["lead"] in {"从", "自"}
        relative = not match["year"] and not match["plan"] and not match["century"]
        base = bool(_BASE.search(text, max(0, match.start() - 2), match.start())) or match["lead"] == "以"
        yield Deadline(match.start(), match.end(), day, worded and not base, since, relative, base, bool(match["day"]))


def _is_running(match: re.Match[str]) -> bool:
    """今年 without 底, 内 or a month with 前: the year that runs, not a date to be reached."""
    tail = match["relative_tail"] or ""
    return match["relative"] in {"今年", "本年", "本年度", "当年"} and (not tail or (tail[0].isdigit() and not tail.endswith("前")))


def _day(match: re.Match[str], dated: date | None) -> date | None:
    if match["year"]:
        return _calendar_day(match)
    if match["plan"]:
        return date(FIVE_YEAR_PLANS[match["plan"]], 12, 31)
    if match["century"]:
        return date(2050, 12, 31)
    if dated is None:
        return None
    if match["both"]:
        return date(dated.year + 1, 12, 31)
    if match["relative"]:
        number = dated.year + _RELATIVE[match["relative"]]
        if match["relative_month"]:
            month = min(max(int(match["relative_month"]), 1), 12)
            return date(number, month, monthrange(number, month)[1])
        return date(number, 6, 30) if match["relative_tail"] == "上半年" else date(number, 12, 31)
    if match["months"]:
        return _later(dated, _count(match["months"]))
    years = _count(match["range_end"] or match["years"] or match["coming_years"])
    return date(dated.year + years, 12, 31) if 0 < years <= 60 else None


def _calendar_day(match: re.Match[str]) -> date | None:
    number = int(match["year"])
    if match["half"]:
        return date(number, 6, 30)
    if match["quarter"]:
        month = 3 * int(_QUARTERS.get(match["quarter"], match["quarter"]))
        return date(number, month, monthrange(number, month)[1])
    if match["month"]:
        month = int(match["month"])
        if not 1 <= month <= 12:
            return None
        last = monthrange(number, month)[1]
        return date(number, month, min(int(match["day"] or last) or last, last))
    if match["tail"] == "初":
        return date(number, 1, 31)
    return date(number, 12, 31)


def _later(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, min(day.day, monthrange(total // 12, total % 12 + 1)[1]))


def _count(text: str) -> int:
    return int(text) if text.isdigit() else chinese_number(text) or 0
