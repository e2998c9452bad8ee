"""Units of measure: a dimension, a power of ten and the symbol printed.

A dimension is a product of base kinds, so 元/人 is {currency:CNY: 1, count:人: -1}. Percent and percentage points are different
kinds: adding 8.5 % and 1.3 个百分点 is defined, adding 万元 and 万人 is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Dimension = tuple[tuple[str, int], ...]

RATIO: Dimension = ()
POINT: Dimension = (("percentage point", 1),)

_MAGNITUDES: dict[str, int] = {
    "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3, "百": 2, "": 0,
}  # fmt: skip

_COUNTS = (
    "人 人次 户 家 个 部 台 套 件 款 条 项 份 张 枚 辆 座 处 门 组 所 次 笔 单 本 册 种 类 名 篇 首 "
    "位 场 期 块 颗 页 路端 人年 小时 分钟 秒 天 年"
)
_BASES: dict[str, tuple[str, int]] = {
    **{symbol: (f"count:{symbol}", 0) for symbol in _COUNTS.split()},
    "元": ("currency:CNY", 0),
    "美元": ("currency:USD", 0),
    "港元": ("currency:HKD", 0),
    "欧元": ("currency:EUR", 0),
    "公里": ("length", 3),
    "皮长公里": ("optical cable", 0),
    "米": ("length", 0),
    "平方米": ("area", 0),
    "平方公里": ("area", 6),
    "公顷": ("area", 4),
    "吨": ("mass", 3),
    "吨公里": ("freight", 6),
    "克": ("mass", -3),
    "千克": ("mass", 0),
    "GB": ("bytes", 9),
    "TB": ("bytes", 12),
    "PB": ("bytes", 15),
    "EB": ("bytes", 18),
    "Mbps": ("bit rate", 6),
    "PFLOPS": ("floating point operations per second", 15),
    "EFLOPS": ("floating point operations per second", 18),
    "瓦时": ("energy", 0),
    "千瓦时": ("energy", 3),
    "指数点": ("index number", 0),
    "点": ("index number", 0),
}
_ALIASES = {
    "百分点": "个百分点", "人民币亿元": "亿元", "人民币": "元", "％": "%", "PFlops": "PFLOPS", "P": "PFLOPS", "平米": "平方米",
    "千米": "公里", "户数": "户", "圆": "元",
}  # fmt: skip
_RATIOS: dict[str, int] = {"%": -2, "‰": -3, "成": -1, "倍": 0, "比": 0, "": 0}


@dataclass(frozen=True, slots=True)
class Unit:
    """`dimension` in base kinds with exponents, `power` of ten towards the base, `symbol` as printed."""

    dimension: Dimension
    power: int
    symbol: str

    @property
    def discrete(self) -> bool:
        """Whether whole numbers of it are exact: 122 家 is 122, while 18766.7 亿元 is rounded."""
        return self.power == 0 and len(self.dimension) == 1 and self.dimension[0][0].startswith("count:")

    @property
    def is_ratio(self) -> bool:
        return self.dimension == RATIO

    @property
    def is_point(self) -> bool:
        return self.dimension == POINT

    def factor_to(self, other: Unit) -> Decimal:
        """Multiplier that turns a value in this unit into `other`; refuses another kind."""
        if self.dimension != other.dimension:
            raise BadRequest(
                _("单位不能换算：{left} 与 {right}").format(left=self.symbol or "1", right=other.symbol or "1"),
                remedy=_("核对两个量的单位种类（金额、人数、户数、百分比等）是否一致。"),
            )
        return Decimal(1).scaleb(self.power - other.power)

    def __mul__(self, other: Unit) -> Unit:
        return _compose(self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _compose(self, other, -1)

    def __str__(self) -> str:
        return self.symbol


def _compose(left: Unit, right: Unit, sign: int) -> Unit:
    exponents = dict(left.dimension)
    for kind, exponent in right.dimension:
        exponents[kind] = exponents.get(kind, 0) + sign * exponent
    dimension = tuple(sorted((kind, exponent) for kind, exponent in exponents.items() if exponent))
    power = left.power + sign * right.power
    if not dimension:
        return Unit(RATIO, power, {0: "", -2: "%", -3: "‰"}.get(power, f"10^{power}"))
    return Unit(dimension, power, f"{left.symbol or 1}{'·' if sign > 0 else '/'}{right.symbol or 1}")


def _single(symbol: str) -> Unit | None:
    if symbol in _RATIOS:
        return Unit(RATIO, _RATIOS[symbol], symbol)
    if symbol == "个百分点":
        return Unit(POINT, -2, symbol)
    for prefix, power in _MAGNITUDES.items():
        base = symbol[len(prefix) :]
        if symbol.startswith(prefix) and base in _BASES:
            kind, own_power = _BASES[base]
            return Unit(((kind, 1),), power + own_power, symbol)
    return None


def find_unit(text: str) -> Unit | None:
    """The unit a symbol stands for (亿元, 万户, 元/人, %, 个百分点 ...) or None."""
    symbol = re.sub(r"\s+", "", text)
    symbol = _ALIASES.get(symbol, symbol)
    numerator, slash, denominator = symbol.partition("/")
    if not slash:
        return _single(symbol)
    top, bottom = _single(_ALIASES.get(numerator, numerator)), _single(_ALIASES.get(denominator, denominator))
    if top is None or bottom is None or not denominator:
        return None
    return Unit((top / bottom).dimension, top.power - bottom.power, symbol)


def base_symbol(symbol: str) -> str:
    """The symbol without its magnitude: 亿元 -> 元."""
    for prefix in _MAGNITUDES:
        if prefix and symbol.startswith(prefix) and symbol[len(prefix) :] in _BASES:
            return symbol[len(prefix) :]
    return symbol


def parse_unit(text: str) -> Unit:
    """As `find_unit`, but an unknown symbol is a bad request."""
    unit = find_unit(text)
    if unit is None:
        raise BadRequest(
            _("未知的计量单位：{text}").format(text=text),
            remedy=_("改用已登记的单位，如 亿元、万户、个、%、个百分点、元/人。"),
        )
    return unit


def unit_pattern() -> str:
    """Regular expression for every known unit symbol, longest first: for finding quantities in running text."""
    prefixes = "|".join(sorted((p for p in _MAGNITUDES if p), key=len, reverse=True))
    bases = "|".join(sorted(map(re.escape, _BASES), key=len, reverse=True))
    return rf"(?:个百分点|百分点|%|％|‰|倍|(?:{prefixes})?(?:{bases}))"


PERCENT = Unit(RATIO, -2, "%")
PERCENTAGE_POINT = Unit(POINT, -2, "个百分点")
NUMBER = Unit(RATIO, 0, "")
