"""Days of the holidays that move between months, 1900 to 2099. Method sheet: docs/methods/0611-chinese-holidays.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

FIRST_YEAR, LAST_YEAR = 1900, 2099
"""Years for which the lunar calendar of the package behind is trusted."""
LISTED_SPRING_FESTIVALS: Mapping[int, date] = MappingProxyType({1930: date(1930, 1, 29), 1943: date(1943, 2, 4), 1946: date(1946, 2, 1)})
"""Years where the list that the reference regressors rest on has the day before the one kept in China (30 January 1930, 5 February
1943, 2 February 1946). The list decides, so that centred regressors equal the reference's: their means run over these years. All three lie
before 1949."""


def holiday_dates(name: str, first_year: int, last_year: int) -> tuple[date, ...]:
    """The holiday in each year from `first_year` to `last_year`. Raises BadRequest outside 1900 to 2099 or for an unknown name."""
    if first_year < FIRST_YEAR or last_year > LAST_YEAR:
        raise BadRequest(
            _("节日日期只能推算 {first} 年到 {last} 年").format(first=FIRST_YEAR, last=LAST_YEAR), remedy=_("缩短序列，或去掉节日回归量。")
        )
    if name not in _KINDS:
        raise BadRequest(_("没有节日 {name}").format(name=name), remedy=_("可写：{known}。").format(known="、".join(_KINDS)))
    return tuple(_holiday(name, year) for year in range(first_year, last_year + 1))


@cache
def _holiday(name: str, year: int) -> date:
    return _KINDS[name](year)


def lunar_date(year: int, month: int, day: int) -> date:
    """Gregorian day of a day of the Chinese calendar; leap months are never asked for."""
    found: date = lunar_calendar().LunarDate(year, month, day).to_solar_date()
    return found


def _spring_festival(year: int) -> date:
    return LISTED_SPRING_FESTIVALS.get(year) or lunar_date(year, 1, 1)


def _qingming(year: int) -> date:
    """First day of the solar term 清明, 4 to 6 April."""
    for day in (4, 5, 6):
        if lunar_calendar().LunarDate.from_solar_date(year, 4, day).term == "清明":
            return date(year, 4, day)
    raise ValueError(f"no 清明 found in {year}")


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (anonymous algorithm, Meeus, Astronomical Algorithms, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, extra = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    quarter, remainder = divmod(rest, 4)
    weekday = (32 + 2 * extra + 2 * quarter - epact - remainder) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


_KINDS: Mapping[str, Callable[[int], date]] = {
    "spring-festival": _spring_festival,
    "lantern": lambda year: _spring_festival(year) + timedelta(14),
    "qingming": _qingming,
    "labour-day": lambda year: date(year, 5, 1),
    "dragon-boat": lambda year: lunar_date(year, 5, 5),
    "mid-autumn": lambda year: lunar_date(year, 8, 15),
    "national-day": lambda year: date(year, 10, 1),
    "easter": easter,
}


@cache
def lunar_calendar() -> Any:
    """The module of the Chinese calendar; BadRequest where it is not installed."""
    return package("borax.calendars.lunardate", "borax")


def package(module: str, name: str) -> Any:
    """A module of the extra for series; BadRequest where it is not installed."""
    try:
        return import_module(module)
    except ImportError:
        raise BadRequest(_("农历和调休需要 {name}").format(name=name), remedy=_("安装：pip install 'guibiao[series]'。")) from None
