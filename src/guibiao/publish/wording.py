"""The report's own words, Chinese and English: directions, ordinals, periods, units. The language is the document's, not the user's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from guibiao.model.period import Measure, Period, format_period
from guibiao.model.quantity import Qualifier, Quantity, format_number
from guibiao.model.unit import Unit, parse_unit

_ENGLISH: Mapping[str, str] = {
    "增长": "increased", "增加": "increased", "减少": "decreased", "下降": "decreased", "持平": "was unchanged",
    "提高": "rose", "上升": "rose", "名义增长": "increased in nominal terms", "名义下降": "decreased in nominal terms",
    "低于": "below", "首次超过": "for the first time exceeded", "首次低于": "for the first time fell below",
    "约": "about ", "超过": "over ", "不足": "under ", "不少于": "at least ", "不超过": "at most ", "近": "nearly ",
}  # fmt: skip
_QUALIFIERS = {
    Qualifier.ABOUT: "约", Qualifier.OVER: "超过", Qualifier.UNDER: "不足", Qualifier.AT_LEAST: "不少于", Qualifier.AT_MOST: "不超过",
    Qualifier.NEARLY: "近",
}  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ENGLISH_UNITS: Mapping[str, str] = {
    "元": "yuan", "美元": "US dollars", "港元": "Hong Kong dollars", "欧元": "euros", "人": "persons", "人次": "person-times",
    "户": "households", "家": "units", "个": "", "部": "sets", "台": "sets", "套": "sets", "件": "pieces", "款": "titles",
    "项": "items", "条": "lines", "公里": "kilometres", "平方米": "square metres", "平方公里": "square kilometres",
    "吨": "tonnes", "小时": "hours", "分钟": "minutes", "天": "days", "年": "years", "个百分点": "percentage points",
    "倍": "times", "指数点": "points", "点": "points", "座": "units", "处": "sites", "次": "times", "笔": "transactions",
    "单": "orders",
}  # fmt: skip
_SINGULAR = {"percentage points": "percentage point", "points": "point", "years": "year", "persons": "person", "households": "household"}
_ENGLISH_SCALES = ((12, "trillion"), (9, "billion"), (6, "million"))
_ENGLISH_MULTIPLES = {
    2: "100", 3: "1 000", 4: "10 000", 5: "100 000", 6: "million", 7: "10 million", 8: "100 million", 9: "billion", 10: "10 billion",
    11: "100 billion", 12: "trillion",
}  # fmt: skip
_GRADES = {"A": ("原始发布", "original"), "B": ("年鉴或文献转载", "copy"), "C": ("镜像转载", "mirror"), "D": ("未经核实", "unverified")}
_STEPS = {1: ("个月", "months"), 3: ("个季度", "quarters"), 6: ("个半年", "half-years"), 12: ("年", "years")}


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language prints figures and statements about them; `language` is zh or en."""

    language: str

    @property
    def chinese(self) -> bool:
        return self.language == "zh"

    def choose(self, chinese: str, english: str) -> str:
        """The text of this language; a missing English one falls back to the Chinese."""
        return chinese if self.chinese or not english else english

    def word(self, chinese: str) -> str:
        """A word of statement (增长, 高于 ...) in this language."""
        return chinese if self.chinese else _ENGLISH[chinese]

    def period(self, period: Period) -> str:
        """The period as running text names it."""
        return format_period(period) if self.chinese else _english_period(period)

    def display_unit(self, unit: Unit) -> tuple[Unit, str]:
        """The unit numbers are shown in, and its name: 亿元 is shown in billion yuan in English."""
        return (unit, unit.symbol) if self.chinese else _english_unit(unit)

    def quantity(self, quantity: Quantity, decimals: int | None = None, *, with_unit: bool = True) -> str:
        """Qualifier word, number rounded half up, unit: 超过4000亿元, over 400 billion yuan. `decimals` count in the quantity's unit."""
        unit, name = self.display_unit(quantity.unit)
        shown = quantity.to(unit)
        while with_unit and abs(shown.value) < 1 and (smaller := _smaller(unit, name)):
            unit, name = smaller
            shown = quantity.to(unit)
        places = shown.decimals if decimals is None else max(0, decimals + unit.power - quantity.unit.power)
        if quantity.qualifier in _QUALIFIERS and not self.chinese:
            places = min(places or 0, _own_decimals(shown.value))
        number = self.number(shown.value, places)
        if quantity.qualifier is Qualifier.RANGE and shown.low is not None and shown.high is not None:
            number = f"{self.number(shown.low, places)}{'—' if self.chinese else '–'}{self.number(shown.high, places)}"
        prefix = self.word(_QUALIFIERS[quantity.qualifier]) if quantity.qualifier in _QUALIFIERS else ""
        if not with_unit or not name:
            return f"{prefix}{number}"
        if not self.chinese and number == "1":
            name = _SINGULAR.get(name, name)
        return f"{prefix}{number}{'' if self.chinese or name[0] in '%‰' else ' '}{name}"

    def exactly(self, quantity: Quantity) -> str:
        """A number given in the template, with all its own digits: 18000亿元, 1,800 billion yuan."""
        unit, _name = self.display_unit(quantity.unit)
        return self.quantity(quantity, _own_decimals(quantity.to(unit).value) - (unit.power - quantity.unit.power))

    def bare(self, quantity: Quantity, decimals: int) -> str:
        """Number with qualifier word, in the quantity's own unit: what a table cell holds."""
        prefix = self.word(_QUALIFIERS[quantity.qualifier]) if quantity.qualifier in _QUALIFIERS else ""
        if quantity.qualifier is Qualifier.RANGE and quantity.low is not None and quantity.high is not None:
            return f"{self.number(quantity.low, decimals)}{'—' if self.chinese else '–'}{self.number(quantity.high, decimals)}"
        return prefix + self.number(quantity.value, decimals)

    def printed_unit(self, unit: Unit) -> str:
        """The unit as a table heads its columns, without another power of ten: 亿元, 100 million yuan."""
        return unit.symbol if self.chinese else _english_table_unit(unit.symbol)

    def number(self, value: Decimal, decimals: int | None) -> str:
        """Digits alone: no grouping in Chinese, thousands grouped in English."""
        digits = format_number(value, decimals)
        if self.chinese:
            return digits
        whole, point, fraction = digits.partition(".")
        sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        return f"{sign}{int(whole):,}{point}{fraction}"

    def day(self, day: date) -> str:
        """A day: 2024年3月21日, 21 March 2024."""
        return f"{day.year}年{day.month}月{day.day}日" if self.chinese else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def ordinal(self, number: int, *, tied: bool) -> str:
        """第2位, 并列第2位; 2nd, tied for 2nd."""
        if self.chinese:
            return f"{'并列' if tied else ''}第{number}位"
        ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{'tied for ' if tied else ''}{number}{ending}"

    def steps(self, count: int, months: int) -> str:
        """A run of periods: 3年, 4个季度; 3 years, 4 quarters."""
        chinese, english = _STEPS.get(months, ("期", "periods"))
        return f"{count}{chinese}" if self.chinese else f"{count} {english}"

    def grade(self, grade: str) -> str:
        """A source grade with what it means."""
        chinese, english = _GRADES.get(grade, (grade, grade))
        return f"{grade}级（{chinese}）" if self.chinese else f"grade {grade} ({english})"

    def join(self, parts: list[str]) -> str:
        """An enumeration."""
        return ("、" if self.chinese else ", ").join(parts)


def _own_decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def without_sign(quantity: Quantity) -> Quantity:
    """The quantity's size: -3.2 % as 3.2 %. Bounds are mirrored; a bound on one side changes its word (超过 and 不足)."""
    if quantity.value >= 0:
        return quantity
    mirrored = {
        Qualifier.OVER: Qualifier.UNDER, Qualifier.UNDER: Qualifier.OVER, Qualifier.AT_LEAST: Qualifier.AT_MOST,
        Qualifier.AT_MOST: Qualifier.AT_LEAST, Qualifier.NEARLY: Qualifier.ABOUT,
    }  # fmt: skip
    return replace(-quantity, qualifier=mirrored.get(quantity.qualifier, quantity.qualifier))


def _english_unit(unit: Unit) -> tuple[Unit, str]:
    """亿元 is printed in billion yuan: the unit used, with its power of ten, and its name. A symbol without English name stays."""
    numerator, slash, denominator = unit.symbol.partition("/")
    per = f" per {_singular_name(denominator)}" if slash else ""
    base = next((name for name in sorted(_ENGLISH_UNITS, key=len, reverse=True) if numerator.endswith(name)), None)
    if base is None:
        return unit, numerator + per
    magnitude = parse_unit(numerator).power - parse_unit(base).power
    if magnitude == 0:
        return unit, _ENGLISH_UNITS[base] + per
    power, scale = next(((power, scale) for power, scale in _ENGLISH_SCALES if power <= magnitude + 1), (6, "million"))
    if magnitude < 4:
        power, scale = 0, ""
    return replace(unit, power=unit.power - magnitude + power), f"{scale} {_ENGLISH_UNITS[base]}".strip() + per


def _smaller(unit: Unit, name: str) -> tuple[Unit, str] | None:
    """The next smaller English unit: billion yuan after trillion yuan, yuan after million yuan."""
    word, _space, base = name.partition(" ")
    scales = [scale for _power, scale in _ENGLISH_SCALES]
    if word not in scales:
        return None
    position = scales.index(word) + 1
    if position < len(scales):
        return replace(unit, power=unit.power - 3), f"{scales[position]} {base}".strip()
    return replace(unit, power=unit.power - 6), base


def _english_table_unit(symbol: str) -> str:
    numerator, slash, denominator = symbol.partition("/")
    per = f" per {_singular_name(denominator)}" if slash else ""
    base = next((name for name in sorted(_ENGLISH_UNITS, key=len, reverse=True) if numerator.endswith(name)), None)
    if base is None:
        return numerator + per
    magnitude = parse_unit(numerator).power - parse_unit(base).power
    multiple = "" if not magnitude else _ENGLISH_MULTIPLES.get(magnitude, f"10^{magnitude}")
    return f"{multiple} {_ENGLISH_UNITS[base]}".strip() + per


def _singular_name(symbol: str) -> str:
    name = _ENGLISH_UNITS.get(symbol, symbol)
    return _SINGULAR.get(name, name.removesuffix("s"))


def _english_period(period: Period) -> str:
    months, first, last = period.months, period.start, period.end
    if period.measure is Measure.AT_END:
        if (last.month, last.day) == (12, 31):
            return f"end of {last.year}"
        whole = Period(last.replace(day=1), last).months == 1
        return f"end of {_MONTHS[last.month - 1]} {last.year}" if whole else f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    average = " average" if period.measure is Measure.AVERAGE else ""
    if months is None:
        return f"{first.day} {_MONTHS[first.month - 1]} {first.year} to {last.day} {_MONTHS[last.month - 1]} {last.year}{average}"
    if period.is_year and period.measure is not Measure.TO_DATE:
        return f"{first.year}{average}"
    if months % 12 == 0 and first.month == 1 and first.year != last.year:
        return f"{first.year}–{last.year}{average}"
    if months == 1:
        return f"{_MONTHS[last.month - 1]} {last.year}{average}"
    if period.measure is Measure.DURING and months == 3 and first.month % 3 == 1:
        return f"Q{last.month // 3} {last.year}"
    if first.year == last.year:
        return f"{_MONTHS[first.month - 1]}–{_MONTHS[last.month - 1]} {last.year}{average}"
    return f"{_MONTHS[first.month - 1]} {first.year} to {_MONTHS[last.month - 1]} {last.year}{average}"
