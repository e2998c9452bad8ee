"""Reference periods: first day, last day and how the figure relates to them.

`1-9月` and `前三季度` are one period (to date); `一季度` (during) and `1-3月` (to date) are two, though their days agree. A stock has
the day it was taken: 2021年末 and 2021年12月末 are equal. SDMX form: ISO 8601 start and duration with a collection code after SDMX
CL_TIME_PER_COLLECT (S summed through period, E end of period, A average), extended by C for January-to-date.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _


class Measure(StrEnum):
    """How a figure relates to its period."""

    DURING = "during"
    TO_DATE = "to date"
    AT_END = "at end"
    AVERAGE = "average"


_CODES = {Measure.DURING: "S", Measure.TO_DATE: "C", Measure.AT_END: "E", Measure.AVERAGE: "A"}
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_ORDINALS = "零一二三四"
_WIDE_FORMS = str.maketrans("０１２３４５６７８９－～", "0123456789-~")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Closed interval of days with its measure; `at end` keeps only the day."""

    start: date
    end: date
    measure: Measure = Measure.DURING

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise BadRequest(_("报告期的起日 {start} 晚于止日 {end}").format(start=self.start, end=self.end))
        if self.measure is Measure.AT_END and self.start != self.end:
            object.__setattr__(self, "start", self.end)

    @property
    def year(self) -> int:
        return self.end.year

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def months(self) -> int | None:
        """Whole months spanned, or None where the period does not keep to months."""
        if self.start.day != 1 or self.end != _month_end(self.end.year, self.end.month):
            return None
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def is_year(self) -> bool:
        return self.months == 12 and self.start.month == 1

    def shift(self, months: int) -> Period:
        """The period `months` later (earlier if negative); month ends stay month ends, a single day stays one."""
        end = _shift_day(self.end, months, last=True)
        return Period(end if self.start == self.end else _shift_day(self.start, months, last=False), end, self.measure)

    def contains(self, other: Period) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        return self.start <= other.end and other.start <= self.end

    def minus(self, earlier: Period) -> Period:
        """What a cumulative period adds to an earlier one of the same year: 1-9月 minus 1-8月 is 9月."""
        cumulative = self.measure is earlier.measure is Measure.TO_DATE
        if not (cumulative and self.start == earlier.start and earlier.end < self.end):
            raise BadRequest(_("{later} 减去 {earlier} 不是一个时期").format(later=self, earlier=earlier))
        return Period(earlier.end + timedelta(days=1), self.end, Measure.DURING)

    def __str__(self) -> str:
        return format_period(self)

    def to_sdmx(self) -> tuple[str, str]:
        """Time period `2021-01-01/P9M` and collection code `C`."""
        months = self.months
        if months is None or self.measure is Measure.AT_END:
            duration = f"P{self.days}D"
        else:
            duration = f"P{months // 12}Y" if months % 12 == 0 else f"P{months}M"
        return f"{self.start.isoformat()}/{duration}", _CODES[self.measure]


def year(number: int, measure: Measure = Measure.DURING) -> Period:
    """A calendar year."""
    return Period(date(number, 1, 1), date(number, 12, 31), measure)


def month(number: int, month_number: int, measure: Measure = Measure.DURING) -> Period:
    """A calendar month."""
    return Period(date(number, month_number, 1), _month_end(number, month_number), measure)


def to_date(number: int, last_month: int) -> Period:
    """January to `last_month` (累计)."""
    return Period(date(number, 1, 1), _month_end(number, last_month), Measure.TO_DATE)


def at_end(number: int, month_number: int = 12, day: int | None = None) -> Period:
    """A stock at the end of a month, or on a day."""
    moment = _month_end(number, month_number) if day is None else date(number, month_number, day)
    return Period(moment, moment, Measure.AT_END)


def from_sdmx(time_period: str, code: str) -> Period:
    """Inverse of `Period.to_sdmx`."""
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})/P(\d+)([YMD])", time_period)
    measures = {letter: measure for measure, letter in _CODES.items()}
    if match is None or code not in measures:
        raise BadRequest(
            _("不是可识别的 SDMX 时期：{text} {code}").format(text=time_period, code=code),
            remedy=_("写成 2021-01-01/P9M 加代码 S、C、E 或 A。"),
        )
    start = _day(int(match[1]), int(match[2]), int(match[3]), time_period)
    count = int(match[4])
    if match[5] == "D":
        return Period(start, start + timedelta(days=count - 1), measures[code])
    following = _shift_day(start, count * (12 if match[5] == "Y" else 1), last=False)
    return Period(start, following - timedelta(days=1), measures[code])


def format_period(period: Period, style: str = "months") -> str:
    """Chinese form; `style="quarters"` prints 前三季度 where `months` prints 1-9月. Parsing either form gives the period back."""
    if period.measure is Measure.AT_END:
        return _format_day(period.end)
    if period.measure is Measure.AVERAGE:
        return _format_span(period) + "平均"
    if period.measure is Measure.TO_DATE:
        if period.start.month == 1 and period.start.day == 1 and period.months is not None and period.start.year == period.end.year:
            if style == "quarters" and period.end.month in {6, 9}:
                return f"{period.year}年{'上半年' if period.end.month == 6 else '前三季度'}"
            return f"{period.year}年1-{period.end.month}月"
        return f"{_format_full_day(period.start)}至{_format_full_day(period.end)}累计"
    return _format_span(period)


def parse_period(text: str, reference_year: int | None = None, measure: Measure | None = None) -> Period:
    """Read 2021年, 2021年1-9月, 2021年前三季度, 2021年11月末, 截至2023年9月, 2023年三季度, 2021-11, 2020—2023年 and the like.

    `reference_year` completes forms without a year (1-9月份); `measure`, from the indicator, overrides what the words leave open:
    a stock's bare 2021年 is its end. 截至2023年9月 is the end of that month: what had accumulated until then.
    """
    cleaned = re.sub(r"[\s\u3000\xa0]+", "", text.translate(_WIDE_FORMS))
    period = _parse(cleaned, reference_year)
    if period is None:
        raise BadRequest(
            _("“{text}”不是可识别的报告期").format(text=text),
            remedy=_("写成 2021年、2021年1-9月、2021年前三季度、2021年三季度、2021年11月末 等形式。"),
        )
    if measure is Measure.AT_END or (measure is Measure.AVERAGE and period.measure is Measure.DURING):
        return Period(period.start, period.end, measure)
    if measure is Measure.TO_DATE and period.measure is Measure.DURING and period.start.month == 1 and period.start.day == 1:
        return Period(period.start, period.end, measure)
    return period


_END_WORDS = r"(?:末|底|终)"
_YEAR = r"(?:(?P<year>\d{4})年?)"
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"(?P<first>\d{4})年?(?:—|–|-|~|至|到)(?P<year>\d{4})年", "years"),
        (rf"(?:截至|截止到|截止|到)?{_YEAR}(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日", "moment"),
        (r"(?:截至|截止到|截止)?(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", "moment"),
        (rf"(?:截至|截止到|截止){_YEAR}(?:(?P<month>\d{{1,2}})月份?)?{_END_WORDS}?", "end"),
        (rf"{_YEAR}?(?P<month>\d{{1,2}})月份?{_END_WORDS}", "end"),
        (rf"{_YEAR}{_END_WORDS}", "end"),
        (rf"{_YEAR}?(?:1|一)?(?:—|–|-|~|至|到)(?P<month>\d{{1,2}})月份?(?P<cumulative>累计)?", "to date"),
        (rf"{_YEAR}?前(?P<quarters>[二三2-3])个?季度", "quarters"),
        (rf"{_YEAR}?上半年", "first half"),
        (rf"{_YEAR}?下半年", "second half"),
        (rf"{_YEAR}?第?(?P<quarter>[一二三四1-4])季度", "quarter"),
        (r"(?P<year>\d{4})-?[Qq](?P<quarter>[1-4])", "quarter"),
        (r"(?P<quarter>[1-4])[Qq](?P<year>\d{4})", "quarter"),
        (rf"{_YEAR}?全年", "year"),
        (r"(?P<year>\d{4})(?:年度?)?", "year"),
        (rf"{_YEAR}?(?P<month>\d{{1,2}})月份?", "month"),
        (r"(?P<year>\d{4})-(?P<month>\d{2})", "month"),
        (r"(?P<year>\d{4})-01\.\.(?P<month>\d{2})", "to date"),
    )
)


def _parse(text: str, reference_year: int | None) -> Period | None:
    if text.endswith("平均"):
        inner = _parse(text.removesuffix("平均"), reference_year)
        return None if inner is None else Period(inner.start, inner.end, Measure.AVERAGE)
    explicit = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:至|—|-)(\d{4})年(\d{1,2})月(\d{1,2})日(累计)?", text)
    if explicit:
        numbers = [int(group) for group in explicit.groups()[:6]]
        kind = Measure.TO_DATE if explicit[7] else Measure.DURING
        first = _day(numbers[0], numbers[1], numbers[2], text)
        last = _day(numbers[3], numbers[4], numbers[5], text)
        return Period(first, last, kind)
    span = re.fullmatch(r"(\d{4})年(\d{1,2})月?(?:至|—|-|~)(?:(\d{4})年)?(\d{1,2})月份?", text)
    if span and int(span[2]) == 1 and span[3] in {None, span[1]}:
        return to_date(int(span[1]), _month_number(span[4], text))
    if span:
        last_year = int(span[3] or span[1])
        opening = month(int(span[1]), _month_number(span[2], text))
        return Period(opening.start, month(last_year, _month_number(span[4], text)).end)
    for pattern, form in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            groups = {key: value for key, value in match.groupdict().items() if value}
            number = int(groups["year"]) if "year" in groups else reference_year
            return None if number is None else _build(form, number, groups, text)
    return None


def _build(form: str, number: int, groups: dict[str, str], text: str) -> Period:
    month_number = _month_number(groups["month"], text) if "month" in groups else 12
    if form == "years":
        return Period(date(int(groups["first"]), 1, 1), date(number, 12, 31))
    if form == "moment":
        day = _day(number, month_number, int(groups["day"]), text)
        return Period(day, day, Measure.AT_END)
    if form == "end":
        return at_end(number, month_number)
    if form == "to date":
        return to_date(number, month_number)
    if form == "quarters":
        return to_date(number, 3 * _DIGITS[groups["quarters"]])
    if form == "first half":
        return to_date(number, 6)
    if form == "second half":
        return Period(date(number, 7, 1), date(number, 12, 31))
    if form == "quarter":
        last = 3 * _DIGITS[groups["quarter"]]
        return Period(date(number, last - 2, 1), _month_end(number, last))
    if form == "month":
        return month(number, month_number)
    return year(number)


def _format_span(period: Period) -> str:
    months, first, last = period.months, period.start, period.end
    if months is None:
        return f"{_format_full_day(first)}至{_format_full_day(last)}"
    if period.is_year:
        return f"{first.year}年"
    if months % 12 == 0 and first.month == 1:
        return f"{first.year}—{last.year}年"
    if months == 1:
        return f"{first.year}年{first.month}月"
    if months == 3 and first.month % 3 == 1:
        return f"{first.year}年{_ORDINALS[(first.month + 2) // 3]}季度"
    if months == 6 and first.month == 7:
        return f"{first.year}年下半年"
    if first.year == last.year and first.month != 1:
        return f"{first.year}年{first.month}-{last.month}月"
    if first.year == last.year:
        return f"{_format_full_day(first)}至{_format_full_day(last)}"
    return f"{first.year}年{first.month}月至{last.year}年{last.month}月"


def _format_day(day: date) -> str:
    if day != _month_end(day.year, day.month):
        return _format_full_day(day)
    return f"{day.year}年末" if day.month == 12 else f"{day.year}年{day.month}月末"


def _format_full_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _month_end(number: int, month_number: int) -> date:
    return date(number, month_number, monthrange(number, month_number)[1])


def _shift_day(day: date, months: int, *, last: bool) -> date:
    total = day.year * 12 + day.month - 1 + months
    number, month_number = total // 12, total % 12 + 1
    final = _month_end(number, month_number)
    if last and day == _month_end(day.year, day.month):
        return final
    return date(number, month_number, min(day.day, final.day))


def _month_number(text: str, whole: str) -> int:
    number = int(text)
    if not 1 <= number <= 12:
        raise BadRequest(_("“{text}”的月份不在 1 至 12 之间").format(text=whole))
    return number


def _day(number: int, month_number: int, day: int, text: str) -> date:
    try:
        return date(number, month_number, day)
    except ValueError:
        raise BadRequest(_("“{text}”不是日历上的日期").format(text=text)) from None
