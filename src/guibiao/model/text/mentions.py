"""Quantities in running Chinese text: number, magnitude, unit, operator. What only looks like one (5G, 十四五, 46号) is left out.

One compiled pattern, one pass: time is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from guibiao.model.numerals import chinese_number
from guibiao.model.text.measure_words import COUNTED, DATE_UNITS, FEW, ONLY_WORDS, SCALE, SCALES, SINGLE, UNIT, without_magnitude
from guibiao.model.unit import Unit, find_unit

Operator = Literal[">=", ">", "=", "<=", "<", "approx", "range", "multiple_of_base"]

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE = "[一二两三四五六七八九十百千]{1,9}"
_PATTERN = re.compile(
    rf"(?P<worded>上|数|几)(?P<worded_scale>{SCALE}|十)(?P<worded_unit>{UNIT})"
    rf"|(?P<percent>百分之)(?P<percent_number>{_ARABIC}|[零〇一二三四五六七八九十百点]{{1,12}})"
    rf"|翻(?:了)?(?P<doublings>[一两二三四五六]|\d)番(?:以上)?|(?P<doubled>翻倍|倍增(?!效应|和|、|及|计划|行动))"
    r"|(?P<covered>全(?:面|域)?覆盖|无缝覆盖|全部(?=纳入|实现|接入|完成|上线|上云|联网|建成|开通))|(?P<half>一半(?=以上|左右|的)|半数(?!据))"
    rf"|(?<=[^0-9])第(?P<rank>{_CHINESE}|\d{{1,3}})(?P<rank_unit>位|名)?"
    rf"|(?:(?P<first>{_ARABIC})(?P<first_scale>{SCALE})?(?P<first_unit>%|{UNIT})?(?:—|–|-|~|～|至|到|－){{1,2}})?"
    rf"(?P<number>{_ARABIC})(?P<more>余|多)?(?P<scale>{SCALE})?(?P<more_after>余|多)?(?P<unit>(?:{UNIT})(?:/(?:秒|人|户|件|吨|平方米|平方公里|小时|月|年|日|次)(?!均))?)?"
    rf"|(?P<chinese>{_CHINESE})(?P<chinese_more>余|多)?(?P<chinese_scale>万|亿)?(?P<chinese_unit>{UNIT})"
)
_NOT_BEFORE = re.compile(
    r"(?:[A-Za-z][A-Za-z./-]*|第|〔|\[|(?:互联网|工业|版本|行动|[Vv]|Web|WEB)\s?|电话:?|邮编:?|编号:?|表|图|附件|附录|专栏|[+＋])$"
)
_NOT_AFTER = re.compile(
    r"(?:[Gg](?![Bb])|[KDk](?![A-Za-z])|号|届|期(?!间)|[+＋]|[级类线环版](?!以上)|度(?!电)|时代|后|强(?=企业|榜)|[A-Za-z]|〕|\]|[.．]\d|条例|月|日|大(?=行动|工程|任务|体系))"
)
_BEFORE: tuple[tuple[re.Pattern[str], Operator], ...] = (
    (re.compile(r"(?:不少于|不低于|不小于|至少|不少於|大于等于|达到或超过|保底)(?:为)?$"), ">="),
    (
        re.compile(
            r"(?:不超过|不高于|不多于|不大于|控制在|压缩至|最高|最多|至多|上限为?|封顶|累计不超过|合计不超过|降至|降低到|压减至|减至|缩短至)$"
        ),
        "<=",
    ),
    (re.compile(r"(?:超过|突破|超|逾|高于|大于|多于|跨越|跃上)(?:到|了)?$"), ">"),
    (re.compile(r"(?:低于|少于|小于|不足|不到|不满|降到)$"), "<"),
    (re.compile(r"(?:约|大约|约为|近|接近|将近|大致)$"), "approx"),
    (
        re.compile(
            r"(?:达到|达|提高到|提升到|提高至|提升至|增加到|增加至|增长到|增至|扩大到|扩大至|保持在|稳定在|增长到|提升為|扩展至|扩至|力争达)(?:了)?$"
        ),
        ">=",
    ),
)
_AFTER: tuple[tuple[re.Pattern[str], Operator], ...] = (
    (re.compile(r"(?:及|\(含\))?以上"), ">="),
    (re.compile(r"左右|上下"), "approx"),
    (re.compile(r"(?:及)?(?:以内|之内)"), "<="),
    (re.compile(r"(?:及)?以下"), "<="),
)
_WORD_ENDS = frozenset("体性化级线路带等径数”")
"""After a counted measure word, these make another word of it: 一体化, 三路径, 两位数."""
_RANKED = re.compile(r"(?:居|位列|排名?|列|蝉联|保持|升至|跃升|名列|跻身|全球|全国|世界|国内|全省|全市|份额)(?:的|到|至)?$")
_NOT_BEFORE_COUNT = ("第", "每", "这", "那", "同", "另", "任", "某", "唯", "统", "进", "之", "十")
_HELD = re.compile(r"(?:举办|召开|开展|组织|举行)(?:了)?$")
_WORDS_OF_GROUPS = ("学", "型", "幅", "量", "小", "多", "力", "众", "会", "气", "于", "车")
_OTHER_WORDS = {"期": ("间",), "部": ("分", "委"), "名": ("单",), "种": ("草",), "处": ("理",), "级": ("别",)}
"""What makes another word of a measure word: 618期间, 2部分."""
_MINUS = re.compile(r"(?:^|[到至为是达了增长速率额幅\s(（])[-−－]$")
_FEW_TENTHS = re.compile(r"[功立果员长为本绩效熟就都年品型分交]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A quantity in a text: clean offsets `start`, `end`; `value` as printed in `unit` (亿元, 万户, 个 ...); `high` of a range."""

    start: int
    end: int
    value: Decimal
    high: Decimal | None
    unit: str
    operator: Operator
    more: bool = False
    """余 or 多 stands after it: a little more than `value`."""
    worded: bool = False
    """Written in Chinese numerals."""
    implied: bool = False
    """No number is written: 全覆盖 is 100 %."""
    rank: bool = False
    """A place in an order: 第一."""

    @property
    def known_unit(self) -> Unit | None:
        return find_unit(self.unit)

    @property
    def base(self) -> tuple[Decimal, str]:
        """Factor to the unit without its magnitude, and that unit: 亿元 is 100000000 元."""
        power, symbol = without_magnitude(self.unit)
        return Decimal(1).scaleb(power), symbol


def mentions(text: str) -> Iterator[Mention]:
    """Quantities of a text in order."""
    for match in _PATTERN.finditer(text):
        found = _mention(match, text)
        if found is not None:
            yield found


def _mention(match: re.Match[str], text: str) -> Mention | None:
    if match["worded"]:
        return _worded(match, text)
    if match["percent"]:
        number = _read(match["percent_number"])
        return None if number is None else Mention(match.start(), match.end(), number, None, "%", _operator(match, text))
    if match["doublings"]:
        times = chinese_number(match["doublings"]) if not match["doublings"].isdigit() else int(match["doublings"])
        return Mention(match.start(), match.end(), Decimal(2) ** (times or 1), None, "倍", "multiple_of_base")
    if match["doubled"]:
        return Mention(match.start(), match.end(), Decimal(2), None, "倍", "multiple_of_base")
    if match["covered"]:
        return Mention(match.start(), match.end(), Decimal(100), None, "%", "=", implied=True)
    if match["half"]:
        return Mention(match.start(), match.end(), Decimal(50), None, "%", _operator(match, text), worded=True)
    if match["rank"]:
        return _ranked(match, text)
    return _counted(match, text) if match["chinese"] else _numbered(match, text)


def _worded(match: re.Match[str], text: str) -> Mention | None:
    power = SCALES[match["worded_scale"]]
    one = Decimal(1).scaleb(power)
    if match["worded"] == "上":
        return Mention(match.start(), match.end(), one, None, match["worded_unit"], ">=", more=True)
    return Mention(match.start(), match.end(), 2 * one, 9 * one, match["worded_unit"], "range")


def _ranked(match: re.Match[str], text: str) -> Mention | None:
    """A rank only after a word of standing: 居全球第一, but not 第三批."""
    value = _read(match["rank"])
    if value is None or not _RANKED.search(text, max(0, match.start() - 6), match.start()):
        return None
    following = text[match.end() : match.end() + 1]
    if not match["rank_unit"] and "\u4e00" <= following <= "\u9fff" and following not in "的和与且并也，":
        return None
    return Mention(match.start(), match.end(), value, None, match["rank_unit"] or "", "=", rank=True, worded=not match["rank"].isdigit())


def _numbered(match: re.Match[str], text: str) -> Mention | None:
    start, end = match.start(), match.end()
    measure = match["unit"]
    if measure in ONLY_WORDS or text.startswith(_OTHER_WORDS.get(measure or "", "\0"), end):
        measure, end = None, match.start("unit")
    unit = f"{match['scale'] or ''}{measure or ''}"
    if _NOT_BEFORE.search(text, max(0, start - 12), start) or (not measure and _NOT_AFTER.match(text, end)):
        return None
    if measure in DATE_UNITS or _is_date(match, text):
        return None
    if not unit and (match["first"] or not _stands_alone(match["number"], text, start, end)):
        return None
    value = _read(match["number"])
    if value is None or (measure and _NOT_AFTER.match(text, end) and text[end] in "号届〕"):
        return None
    more = bool(match["more"] or match["more_after"])
    if match["first"]:
        return _range(match, text, value, unit)
    if _MINUS.search(text, max(0, start - 2), start):
        start, value = start - 1, -value
    return Mention(start, end, value, None, unit, ">" if more else _operator(match, text), more)


def _range(match: re.Match[str], text: str, value: Decimal, unit: str) -> Mention | None:
    """2—3个, 5000万—1亿元: both ends in the unit of the second."""
    low = _read(match["first"])
    if low is None or (match["first_unit"] and match["first_unit"] != match["unit"]):
        return None
    if match["first_scale"]:
        low = low.scaleb(SCALES[match["first_scale"]] - SCALES[match["scale"] or ""])
    return None if low > value else Mention(match.start(), match.end(), low, value, unit, "range")


def _counted(match: re.Match[str], text: str) -> Mention | None:
    """A count in Chinese numerals: only with a measure word, and not 三里屯, 一批, 第一家, 十四五, 一个 of 每一个."""
    start, end = match.start(), match.end()
    numeral, measure = match["chinese"], match["chinese_unit"]
    value = _read(numeral)
    before = text[max(0, start - 2) : start]
    if value is None or measure in DATE_UNITS or measure not in COUNTED or before.endswith(_NOT_BEFORE_COUNT):
        return None
    if (before.endswith(("首", "“", '"', "‘")) and measure not in ONLY_WORDS) or (
        text[end : end + 1] in _WORD_ENDS and measure not in ONLY_WORDS
    ):
        return None
    if not _is_count(match, text, int(value)):
        return None
    unit = f"{match['chinese_scale'] or ''}{measure}"
    return Mention(
        start, end, value, None, unit, ">" if match["chinese_more"] else _operator(match, text), bool(match["chinese_more"]), True
    )


def _is_count(match: re.Match[str], text: str, value: int) -> bool:
    """Whether a numeral with its measure word counts: not the article 一个, not the idiom 千家万户, not the level 二级."""
    numeral, measure = match["chinese"], match["chinese_unit"]
    before, after = text[max(0, match.start() - 6) : match.start()], text[match.end() : match.end() + 2]
    if (measure == "大" and value > 14) or after.startswith(_OTHER_WORDS.get(measure, "\0")):
        return False
    if value == 1 and measure in SINGLE:
        return bool(_HELD.search(before)) and measure in {"次", "场", "届", "期"}
    if value >= 100 and set(numeral) <= set("百千万") and not match["chinese_more"]:
        return before.endswith(("近", "上", "超", "约", "过", "逾", "成", "达"))
    if measure == "成":
        return 1 < value < 10 and not _FEW_TENTHS.match(after)
    if measure in FEW:
        return numeral[-1:] in FEW[measure] and len(numeral) == 1 and (measure != "位" or before.endswith("前"))
    return measure not in ONLY_WORDS or (numeral != "一" and not after.startswith(_WORDS_OF_GROUPS))


def _is_date(match: re.Match[str], text: str) -> bool:
    number = match["number"]
    if match["unit"] or match["scale"]:
        return False
    following = text[match.end() : match.end() + 1]
    return following in {"年", "月", "日"} or (len(number) == 4 and number[:2] in {"19", "20"} and not following.isdigit())


def _stands_alone(number: str, text: str, start: int, end: int) -> bool:
    """A bare number counts where an operator stands before it: 达到1000, 超过30000."""
    if any(pattern.search(text, max(0, start - 8), start) for pattern, _operator_found in _BEFORE):
        return text[end : end + 1] not in {".", "/", ":", "-", "—", "∶", "："}
    return False


def _operator(match: re.Match[str], text: str) -> Operator:
    end = match.end()
    for pattern, operator in _AFTER:
        if pattern.match(text, end):
            return operator
    for pattern, operator in _BEFORE:
        if pattern.search(text, max(0, match.start() - 8), match.start()):
            return operator
    return "="


def _read(text: str) -> Decimal | None:
    if text[0].isdigit():
        return Decimal(text.replace(",", "")) if len(text) <= 24 else None
    whole, _point, fraction = text.partition("点")
    number = chinese_number(whole)
    if number is None:
        return None
    digits = "".join(str(chinese_number(each) or 0) for each in fraction)
    return Decimal(f"{number}.{digits}") if digits else Decimal(number)
