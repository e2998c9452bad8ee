"""The words that offices' sheets are made of: periods, units, totals, notes and time columns inside longer texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from guibiao.ingest.figures import is_nothing
from guibiao.model.errors import BadRequest
from guibiao.model.period import Period, month, parse_period, to_date, year
from guibiao.model.unit import Unit, find_unit
from guibiao.reference.mapping import PartOfPeriod

_SPAN = r"(?:\d{1,2}|一)月?[—–\-~至到](?:\d{1,2})月份?"
_PERIOD = re.compile(
    rf"(?:截至|截止到?)?(?:19|20)\d{{2}}年(?:{_SPAN}|\d{{1,2}}月(?:\d{{1,2}}日|份)?|第?[一二三四1-4]季度|前[二三2-3]个?季度|上半年|下半年|全年|度)?"
    r"(?:末|底|累计)?"
    r"|(?<!\d)(?:19|20)\d{2}[-./](?:0[1-9]|1[0-2])(?!\d)|(?<!\d)(?:19|20)\d{2}[Qq][1-4](?!\d)|(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?!\d)"
)
_FILLED_ON = re.compile(r"填报(?:日期|时间)|制表(?:日期|时间)|报出|报送(?:日期|时间)|打印|印发|批准|有效期|文号|制定机关|批准机关")
_UNIT_WORD = re.compile(r"(?:计量|金额|货币)单位[:]?([^\s()。;]+)|(?<![报表送制位任要立管])单位[:]([^\s()。;]+)")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_TOTAL = re.compile(
    r"(?:全[市区国省州县]|[一二三四五六七八九十]+、)?(?:总?合计|总计|小计|共计|总数|汇总)(?:数|\(.*\))?|全[市区国省]|.{1,8}(?:合计|小计|总计)"
)
_NOTE = re.compile(
    r"注\d*[:.、]?|备注|说明|附注|附[:]|资料来源|数据来源|来源[:]|填[表报]|制表|审核|复核|.{0,4}负责人|联系|报出|★|※|\*|[①-⑳]"
)
_TITLE_ROW = re.compile(r"单位[:]|填报|报告期|报送|制表|表号|文号|编号|有效期|报表|统计时间|时间[:]|日期[:]|密级")
_FIGURE = re.compile(r"[+\-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?|[+\-−]?\.\d+")
_WORDED_FIGURE = re.compile(r"(?:约|超过?|近|逾|达到?|不足|突破)?[+\-−]?\d[\d,]*(?:\.\d+)?(?:余|多)?([^\d].{0,7})")
_CODE = re.compile(r"0\d+")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_NUMBERING = re.compile(r"[甲乙丙丁戊己庚辛]|\(?\d{1,2}\)?|[①-⑳]|栏次|—|-")
_GROWTH = re.compile(r"同比|增速|增减|增长率|增长|增幅|比上年|较上年|±%")
_LEVELS = re.compile(r"/(?![^(（]*[)）])")
_GROWTH_WORDS = re.compile(r"(?:比|较)?(?:上年|去年)?同期|同比|增速|增长率?|增减|增幅|比上年|较上年|[±(]*%\)?|为")
_PREFIX = re.compile(r"^(?:其中[:]?|#|\*|[一二三四五六七八九十]+[、.]|\(?[一二三四五六七八九十\d]+\)|\d+[、.](?!\d))")


def plain(text: str) -> str:
    """A text without white space, full-width forms made half-width: how labels and headings are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("−", "-")


def bare_label(text: str) -> str:
    """A plain label without 其中, numbering and bullets."""
    found = plain(text)
    while (shorter := _PREFIX.sub("", found)) != found and shorter:
        found = shorter
    return found


def is_figure(text: str) -> bool:
    """Whether a cell prints a number, alone or with a word before it and its unit behind: 18766.7, 超1.3万亿元. A code 01 is none."""
    cleaned = plain(text)
    if _CODE.fullmatch(cleaned):
        return False
    if _FIGURE.fullmatch(cleaned):
        return True
    worded = _WORDED_FIGURE.fullmatch(cleaned)
    return worded is not None and worded[1] != "年" and find_unit(worded[1]) is not None


def is_code_row(texts: tuple[str, ...]) -> bool:
    """Whether a row consists of codes such as 01, 02: headings, not figures."""
    return sum(bool(_CODE.fullmatch(plain(text))) for text in texts) > 1


def is_blank_figure(text: str) -> bool:
    """Whether a cell prints a sign that stands for no figure: …, —, 不详."""
    return bool(text.strip()) and is_nothing(text)


def is_year(text: str) -> bool:
    """Whether a cell prints a bare year, which may be a label, a heading or a count."""
    return bool(_YEAR.fullmatch(plain(text)))


def is_numbering(texts: tuple[str, ...]) -> bool:
    """Whether a row numbers the columns: 甲 乙 1 2 3."""
    found = [plain(text) for text in texts if text.strip()]
    digits = [int(re.sub(r"\D", "", text)) for text in found if re.fullmatch(r"\(?\d{1,2}\)?", text)]
    consecutive = digits == list(range(digits[0], digits[0] + len(digits))) if digits else False
    return len(found) > 1 and all(_NUMBERING.fullmatch(text) for text in found) and consecutive and digits[0] <= 1


def is_total(text: str) -> bool:
    """Whether a label is that of a total: 合计, 总计, 小计, 全市."""
    return bool(_TOTAL.fullmatch(bare_label(text)))


def is_note(text: str) -> bool:
    """Whether a row that begins so stands below a table: notes, sources, who filled it in."""
    return bool(_NOTE.match(plain(text)))


def is_title_row(texts: tuple[str, ...]) -> bool:
    """Whether a row is part of what stands above the heading: unit, office that reports, number of the form."""
    return any(_TITLE_ROW.search(plain(text)) for text in texts)


def is_growth(text: str) -> bool:
    """Whether a heading speaks of a rate of change."""
    return bool(_GROWTH.search(plain(text)))


def as_period(text: str, reference_year: int | None = None) -> Period | None:
    """The period that a whole text is, or None."""
    cleaned = plain(text)
    packed = re.fullmatch(r"((?:19|20)\d{2})[-./]?(0[1-9]|1[0-2])", cleaned)
    try:
        return parse_period(f"{packed[1]}-{packed[2]}" if packed else cleaned, reference_year)
    except BadRequest:
        return None


def periods_in(text: str) -> tuple[tuple[str, Period], ...]:
    """Periods printed within a text, with their words, in order; the day on which a form was filled in is none."""
    cleaned = plain(text)
    filled_on = _FILLED_ON.search(cleaned)
    if filled_on:
        cleaned = cleaned[: filled_on.start()]
    found = ((match[0], as_period(match[0])) for match in _PERIOD.finditer(cleaned))
    return tuple((words, period) for words, period in found if period is not None)


def unit_after_word(text: str) -> tuple[Unit, ...]:
    """Units that a text declares: 单位：万元、%. The word before an office's name declares none."""
    match = _UNIT_WORD.search(plain(text))
    if match is None:
        return ()
    units = (find_unit(part) for part in re.split(r"[、,/和]|或", (match[1] or match[2]).strip(":")))
    whole = find_unit((match[1] or match[2]).strip(":"))
    return (whole,) if whole is not None else tuple(unit for unit in units if unit is not None)


def unit_in_heading(text: str) -> tuple[str, Unit | None]:
    """A heading without its unit, and the unit: 成交额（万元）."""
    cleaned = plain(text)
    for match in reversed(list(_IN_BRACKETS.finditer(cleaned))):
        unit = find_unit(match[1].removeprefix("单位:"))
        if unit is not None and match[1]:
            return cleaned[: match.start()] + cleaned[match.end() :], unit
        if match[1] in {"±%", "+-%"}:
            return cleaned[: match.start()] + cleaned[match.end() :], find_unit("%")
    head, comma, tail = cleaned.rpartition(",") if "," in cleaned else cleaned.rpartition(":")
    unit = find_unit(tail) if comma and tail else None
    if unit is not None:
        return head, unit
    return (cleaned[:-1], find_unit("%")) if cleaned.endswith("%") else (cleaned, None)


def levels_of(path: str) -> list[str]:
    """Levels of a heading's path; a stroke within brackets parts none: （元/人）."""
    return _LEVELS.split(path)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a heading says of time: the part of the sheet's period (`kind`) and how many months before."""

    kind: PartOfPeriod
    months_back: int = 0


_TIMING: tuple[tuple[re.Pattern[str], PartOfPeriod], ...] = (
    (re.compile(r"本年累计|本年止累计|止累计|累计(?!完成率)|1-本月|年初至今|年初至本月|自年初|自年初累计"), "to date"),
    (re.compile(r"本月|当月|单月"), "month"),
    (re.compile(r"本季度?|当季"), "quarter"),
    (re.compile(r"全年|本年(?!累计|止)"), "year"),
)
_BEFORE = re.compile(r"上年同期|去年同期|同期数?|上年同月|上年(?:末|底)?")
_TIME_WORDS = re.compile(
    r"(?:截至|截止)?(?:上年同期|去年同期|上年同月|同期数?|本年止?累计|本年度?|止累计|累计数?|1-本月|年初至今|年初至本月|自年初|本月止?|当月|单月"
    r"|本季度?|当季|全年|本期|期末数?|月末|年末|季末|实际|完成额|数值|数额)"
)


def timing_of(text: str) -> Timing | None:
    """The timing that a heading's words give; None where they give none."""
    cleaned = plain(text)
    kind = next((name for pattern, name in _TIMING if pattern.search(cleaned)), None)
    back = 12 if not is_growth(cleaned) and _BEFORE.search(cleaned) else 0
    return Timing(kind or "printed", back) if kind or back else None


def without_timing(text: str) -> str:
    """A plain heading without the words that tell its time."""
    return _TIME_WORDS.sub("", plain(text)).strip("/、-()")


def without_growth(text: str) -> str:
    """A plain heading without the words that make it a rate of change."""
    return _GROWTH_WORDS.sub("", plain(text)).strip("/、-()±%")


def timed(period: Period, kind: PartOfPeriod, months_back: int) -> Period:
    """The part of a sheet's period that a column is about, so many months earlier."""
    last = period.end
    if kind == "month":
        period = month(last.year, last.month)
    elif kind == "to date":
        period = to_date(last.year, last.month)
    elif kind == "quarter":
        start = month(last.year, (last.month - 1) // 3 * 3 + 1).start
        period = Period(start, month(last.year, last.month).end)
    elif kind == "year":
        period = year(last.year)
    return period.shift(-months_back) if months_back else period
