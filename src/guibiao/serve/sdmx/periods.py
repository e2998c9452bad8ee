"""Reference periods as FREQ and TIME_PERIOD, and the bounds that a query sets.

A period of a whole year, half-year, quarter, month or day has that frequency. A figure to date (January on) or at the end has the
frequency at which its indicator is published where the last day closes such a period, else month or day. Anything else is `_O`, a range of
ISO 8601. Forms after SDMX 3.0, section 6, 4.2: 2021, 2021-S1, 2021-Q3, 2021-09, 2021-09-30, 2018-01-01/P4Y.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from guibiao.model.period import Measure, Period

_MONTHS = {"A": 12, "S": 6, "Q": 3, "M": 1}
_PUBLISHED = {"annual": "A", "half-yearly": "S", "quarterly": "Q", "monthly": "M", "weekly": "D", "daily": "D"}
MEASURES = {Measure.DURING: "S", Measure.TO_DATE: "C", Measure.AT_END: "E", Measure.AVERAGE: "A"}
"""Codes of the collection within the period, after SDMX CL_TIME_PER_COLLECT; C, January to date, is ours."""


def time_of(start: date, end: date, measure: str, frequency: str) -> tuple[str, str]:
    """FREQ and TIME_PERIOD of a figure; `frequency` is the indicator's."""
    if measure == Measure.AT_END and start == end:
        return _closing(end, frequency)
    if measure == Measure.TO_DATE and start == date(end.year, 1, 1) and _closes(end, "M"):
        return _closing(end, frequency)
    if start == end:
        return "D", end.isoformat()
    for code, months in _MONTHS.items():
        if _closes(end, code) and start == _opening(end, months):
            return code, _written(end, code)
    return "_O", Period(start, end).to_sdmx()[0]


def _closing(end: date, frequency: str) -> tuple[str, str]:
    code = _PUBLISHED.get(frequency, "A")
    for candidate in () if code == "D" else (code, "M"):
        if _closes(end, candidate):
            return candidate, _written(end, candidate)
    return "D", end.isoformat()


def _closes(day: date, code: str) -> bool:
    """Whether it is the last day of a year, half-year, quarter or month."""
    return day.month % _MONTHS[code] == 0 and day.day == monthrange(day.year, day.month)[1]


def _opening(end: date, months: int) -> date:
    return date(end.year, end.month - months + 1, 1)


def _written(end: date, code: str) -> str:
    year = f"{end.year:04d}"
    if code == "A":
        return year
    if code == "M":
        return f"{year}-{end.month:02d}"
    return f"{year}-{code}{end.month // _MONTHS[code]}"


_CLOCK = r"T(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?|24:00(?::00(?:\.0+)?)?)(?:Z|[+-]\d{2}:?\d{2})?"
_FORM = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<letter>[ASTQMWD])(?P<number>\d{1,3})|(?P<month>\d{2})(?:-(?P<day>\d{2})(?:" + _CLOCK + ")?)?))?",
    re.ASCII,
)
_COUNTS = {"A": 1, "S": 2, "T": 3, "Q": 4, "M": 12}


def bounds(text: str) -> tuple[date, date] | None:
    """First and last day that a period or moment of a query covers; None where it is no period."""
    match = _FORM.fullmatch(text)
    if match is None:
        return _range(text)
    try:
        return _covered(match)
    except (ValueError, OverflowError):
        return None


def _range(text: str) -> tuple[date, date] | None:
    match = re.fullmatch(rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:{_CLOCK})?/P(\d{{1,5}})([YMD])", text, re.ASCII)
    if match is None:
        return None
    try:
        start, count = date.fromisoformat(match[1]), int(match[2])
        if match[3] == "D":
            return start, start + timedelta(days=count - 1)
        months = start.month - 1 + count * (12 if match[3] == "Y" else 1)
        return start, date(start.year + months // 12, months % 12 + 1, start.day) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _covered(match: re.Match[str]) -> tuple[date, date]:
    year = int(match["year"])
    if match["day"]:
        day = date(year, int(match["month"]), int(match["day"]))
        return day, day
    if match["month"]:
        return _months(year, int(match["month"]), 1)
    if not match["letter"]:
        return _months(year, 1, 12)
    letter, number = match["letter"], int(match["number"])
    if letter == "W":
        return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)
    if letter == "D":
        day = date(year, 1, 1) + timedelta(days=number - 1)
        if number < 1 or day.year != year:
            raise ValueError(number)
        return day, day
    count = _COUNTS[letter]
    if not 1 <= number <= count:
        raise ValueError(number)
    length = 12 // count
    return _months(year, (number - 1) * length + 1, length)


def _months(year: int, first: int, length: int) -> tuple[date, date]:
    last = first + length - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])
