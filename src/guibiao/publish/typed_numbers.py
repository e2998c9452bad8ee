"""Numbers with a unit that are typed by hand: figures belong in bindings, where they follow the data and carry a passport.

Looked for in the words of a document, bindings being single private-use characters. Exempt are dates, ordinals of chapters and articles,
document and standard numbers, 一 as an article (一个, 一种), idioms of bare places (百家, 万户), and the names a workspace lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guibiao.model.messages import translate as _
from guibiao.model.unit import unit_pattern
from guibiao.publish.template import SLOT


@dataclass(frozen=True, slots=True)
class TypedFault:
    """A place in a text that is not to be typed: offset, the words, what is wrong and what to write."""

    offset: int
    text: str
    title: str
    remedy: str


_DIGIT = "一二两三四五六七八九〇零"
_ARABIC = r"(?<!\d)(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d++)(?:\.\d++)?"
_DASH = r"\s*+(?:—+|–|-|−|~|至|到|、|/)\s*+"
_SCALE = "(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|兆)"
_MORE = "[余多来几]?+"
_CHINESE = f"(?<![{_DIGIT}十百千万亿])[{_DIGIT}十百千万亿]++(?:点[{_DIGIT}]++)?"
_VAGUE = "(?:数|几|上|近|超过|超|约|达到|达|逾|过|成|半)[十百千万亿]++"
_ENGLISH_WORD = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    "|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion)"
)
_ENGLISH_NUMBER = rf"\b(?:a )?{_ENGLISH_WORD}(?:[\s-]++(?:and\s++)?{_ENGLISH_WORD}){{0,8}}\b"
_ENGLISH_UNIT = (
    r"(?:percentage\s++points?|percent|per\s++cent|pp|basis\s++points?|trillion|billion|million|thousand|hundred|bn|yuan|rmb|cny|usd|dollars?"
    r"|euros?|persons?|people|users?|households?|enterprises?|company|companies|firms?|units?|stations?|times|sets|kilometres|hours|days"
    r"|months|years)\b"
)
_NUMERIC = re.compile(rf"\d|[{_DIGIT}十百千万亿]|{_ENGLISH_WORD}", re.IGNORECASE)
_PLACES = (
    re.compile(rf"(?:第\s*+(?:\d++|[{_DIGIT}十百]++)\s*+[位名]|[前后]\s*+(?:\d++|[{_DIGIT}十百]++)\s*+[位名家])(?![一置于单称庭])"),
    re.compile(rf"(?:[居列]|排名?|位次|名次)\w{{0,4}}?第\s*+(?:\d++|[{_DIGIT}十百]++)(?!\s*(?:产业|季度|方阵|梯队|[章节条届批期]))"),
)
_FREE = (
    re.compile(rf"(?:百|千|万|(?<![{_DIGIT}十])[{_DIGIT}十]++|(?<!\d)\d++)分之(?:{_CHINESE}|{_ARABIC})"),
    re.compile(rf"(?:{_ARABIC}|(?<![{_DIGIT}])[{_DIGIT}]++)\s*+成(?:[半多以]|(?![立为长员果本分功效就品交份语年都因套不]))"),
    re.compile(rf"(?:[¥￥$€£]|\b(?:RMB|CNY|USD|HKD|EUR)\b)\s*+{_ARABIC}"),
    re.compile(
        rf"{_ARABIC}\s*+{_MORE}\s*+{_SCALE}|(?<![{_DIGIT}十百千])(?:[{_DIGIT}]|十)[{_DIGIT}十百千]*+{_MORE}[万亿]|{_VAGUE}(?<=[万亿])"
    ),
)
_EXEMPT = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?:19|20)\d{2}(?:\s*+(?:—+|–|-|~|至|到|/)\s*+(?:19|20)?\d{2})?\s*+年(?!限)",
        rf"[一二][〇零九][{_DIGIT}]{{2}}年",
        r"(?<!\d)\d{1,2}(?:\s*+(?:—+|–|-|~|至|到)\s*+\d{1,2})?\s*+月份?(?:\s*+\d{1,2}(?:\s*+(?:—+|–|-|~|至|到)\s*+\d{1,2})?\s*+[日号])?",
        r"(?<!\d)(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)",
        r"(?<!\d)\d{2}(?:世纪|年代)|(?<![一二三四五六七八九十])[一二三四五六七八九十]++(?:世纪|年代)",
        "十[一二三四五六七八九]五",
        rf"第\s*+(?:\d++|[{_DIGIT}十百千]++)(?!\s*[位名])(?:\s*+(?:季度|部分|[章节条款项期批次届轮页部编卷版类步个种年]))?",
        rf"每\s*+(?:\d++|[{_DIGIT}十百千万亿]++)",
        r"[〔\[【(（]\s*+(?:19|20)\d{2}\s*+[〕\]】)）]\s*+(?:第\s*+)?\d+\s*+号",
        r"\b(?:GB|DB|YD|SJ|HJ|JR|ISO|IEC|IEEE|ITU|RFC|NB|JT|GA|CJ|LB|SB)(?:\d{2})?(?:[/-][A-Z]{1,2})?\s*+\d+(?:[.\-—]\d+)*",
    )
)
_COMPOUND = re.compile(
    "人[均工才口民员类力事大]|家[庭居电装具族乡]|部[门分署队委]|门[户类店槛]|场[景所地馆]|期[间末初货权刊望]|点[评位数线]|台[湾账式]"
    "|位[置于居]|类[型别似]|名[称单录义优]|种[子植]|组[织成合建团]|单[位元独一]|本[市区地级次报身质省县文年期]|块[状链]|页面|次[数要生日]"
    "|天[然津气地空]|年[度均份代]|所[有以在属得]|处[理于置罚]|条[件例目款]|项目|户[均籍外口型数]|件数|款[项式]|套餐|个[人性体别]|座谈"
    "|份额|张力|首[次先都要]|笔[者记试]|篇[幅章]|倍[增数]|颗粒|米制"
)
_OTHER_WORD = re.compile("期间|条例|年级|位一体|页面")
_SIGNS = {"﹪": "%", "٪": "%", "〜": "~"}
_WIDE_FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UNUSUAL = re.compile("[^\\x00-\\x7f\u4e00-\u9fff\uff01-\uff5e，。、；：“”（）！？《》〈〉—…·\U000f0000-\U000ffffd]")


@lru_cache(maxsize=1)
def _with_unit() -> tuple[re.Pattern[str], ...]:
    """Number and unit: Arabic, vague (数十, 上万), Chinese, English."""
    unit = f"(?P<unit>{unit_pattern()}|{_ENGLISH_UNIT})"
    arabic = rf"(?<!\d)(?P<number>[+\-−]?{_ARABIC}(?:{_DASH}{_ARABIC})?)(?P<gap>\s*+(?:{_MORE}\s*+{_SCALE}?+\s*+{_MORE}\s*+|-))"
    vague = rf"(?P<number>{_VAGUE})(?P<gap>\s*+{_MORE}\s*+)"
    chinese = rf"(?P<number>{_CHINESE}(?:{_DASH}{_CHINESE})?)(?P<gap>\s*+{_MORE}\s*+)"
    english = rf"(?P<number>{_ENGLISH_NUMBER})(?P<gap>[\s-]*+)"
    return tuple(re.compile(f"{number}{unit}", re.IGNORECASE) for number in (arabic, vague, chinese, english))


def typed_numbers(text: str, names: Sequence[str] = (), unit_slots: str = "") -> tuple[TypedFault, ...]:
    """Faults of one passage, in order; each place is told once. `unit_slots` are the characters of bindings that print a unit."""
    invisible = next((match for match in _UNUSUAL.finditer(text) if unicodedata.category(match[0]) in {"Cf", "Mn", "Me"}), None)
    if invisible is not None:
        title = _("看不见的字符 U+{code}").format(code=f"{ord(invisible[0]):04X}")
        return (TypedFault(invisible.start(), invisible[0], title, _("删去这个字符。")),)
    if not _NUMERIC.search(text):
        return ()
    plain = blank_names(normalised(text), names)
    dated = plain
    for pattern in _EXEMPT:
        dated = pattern.sub(_blank, dated)
    spans = [*_spans(dated), *(match.span() for pattern in _PLACES for match in pattern.finditer(plain))]
    faults = [_typed(start, text[start:end].strip()) for start, end in _outermost(spans)]
    return tuple(sorted((*faults, *_glued(dated, unit_slots)), key=lambda fault: fault.offset))


def blank_names(text: str, names: Iterable[str]) -> str:
    """The text with listed names blanked; a name that begins or ends with a digit must stand apart from other digits."""
    for name in sorted(names, key=len, reverse=True):
        if name and name in text:
            before = r"(?<!\d)" if name[0].isdigit() else ""
            after = r"(?!\d)" if name[-1].isdigit() else ""
            text = re.sub(f"{before}{re.escape(name)}{after}", _blank, text)
    return text


def normalised(text: str) -> str:
    """As many characters as `text`: wide forms and other scripts' digits as ASCII, all spaces as one kind."""
    if text.isascii():
        return text
    return _UNUSUAL.sub(lambda match: _normal(match[0]), text).translate(_WIDE_FORMS)


@lru_cache(maxsize=4096)
def _normal(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    return " " if kind == "Zs" else _SIGNS.get(character, character)


def _blank(match: re.Match[str]) -> str:
    return "\0" * len(match[0])


def _typed(offset: int, words: str) -> TypedFault:
    return TypedFault(
        offset,
        words,
        _("手工写入的数字：“{words}”").format(words=words),
        _('改用 {{ value(...) }} 等绑定引用库中的数；位次用 rank()；确需手写的，写 {{ literal("数字", reason="理由") }}。'),
    )


def _glued(plain: str, unit_slots: str) -> Iterable[TypedFault]:
    """Digits right against a binding would run into what it prints; a number before a bound unit is a typed figure."""
    for match in re.finditer(rf"\d(?={SLOT})|(?<={SLOT})[.,]?\d", plain):
        title = _("数字紧贴绑定，会与印出的内容连成一个数")
        yield TypedFault(match.start(), match[0], title, _("删去数字，或用空格、标点与绑定分开。"))
    for match in re.finditer(rf"(?:{_ARABIC}|{_CHINESE}) +(?=[{unit_slots}])", plain) if unit_slots else ():
        yield _typed(match.start(), match[0].strip())


def _outermost(spans: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Of overlapping spans the one that begins first, the longest of these."""
    reached = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            reached = end
            yield start, end


def _spans(plain: str) -> Iterable[tuple[int, int]]:
    for number, pattern in enumerate(_with_unit()):
        for match in pattern.finditer(plain):
            if not _is_exempt(plain, match, chinese=number == 2):
                yield match.span()
    for pattern in _FREE:
        for match in pattern.finditer(plain):
            yield match.span()


def _is_exempt(plain: str, match: re.Match[str], *, chinese: bool) -> bool:
    """A unit's character that begins another word after a space; 亿元 alone; 一 as an article; bare places as in 百家, 万户; 五部门."""
    unit, number = match["unit"], match["number"]
    if len(unit) == 1 and match["gap"].isspace() and _COMPOUND.match(plain, match.start("unit")):
        return True
    if _OTHER_WORD.match(plain, match.start("unit")):
        return True
    if chinese and not number.strip("万亿"):
        return True
    if not chinese or unit in {"%", "‰"} or unit.endswith(("元", "百分点", "倍")):
        return False
    if number == "一" or (len(number) == 1 and plain.startswith("部门", match.start("unit"))):
        return True
    return not re.search(f"[{_DIGIT}十]", number)
