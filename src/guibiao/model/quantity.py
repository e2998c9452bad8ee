"""A quantity: what a figure says and how far it can be trusted.

`value` is the figure as printed (or computed), `low` and `high` bound the true value: half a unit of the last printed digit for an
exact figure, the stated side for 超过 or 近, nothing (None) where a side is open. Arithmetic carries the interval (Moore,
*Interval Analysis*, 1966); operands are taken as independent, so results enclose the truth and may be wider than it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.numerals import with_arabic_digits
from guibiao.model.unit import NUMBER, PERCENTAGE_POINT, Unit, base_symbol, find_unit, parse_unit

MAXIMUM_DIGITS = 15
_CONTEXT = Context(prec=40, rounding=ROUND_HALF_UP)


class Qualifier(StrEnum):
    """How a source words a figure."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    NEARLY = "nearly"
    RANGE = "range"
    DERIVED = "derived"


_PREFIXES: dict[str, Qualifier] = {
    **dict.fromkeys(("大约为", "大约", "约为", "约有", "约"), Qualifier.ABOUT),
    **dict.fromkeys(("超过", "突破", "超", "逾", "高于"), Qualifier.OVER),
    **dict.fromkeys(("不少于", "不低于", "至少"), Qualifier.AT_LEAST),
    **dict.fromkeys(("达到", "达", "第"), Qualifier.EXACT),
    **dict.fromkeys(("不超过", "至多", "不高于"), Qualifier.AT_MOST),
    **dict.fromkeys(("不足", "低于"), Qualifier.UNDER),
    **dict.fromkeys(("近", "接近"), Qualifier.NEARLY),
}
_SUFFIXES: dict[str, Qualifier] = {
    "以上": Qualifier.AT_LEAST, "及以上": Qualifier.AT_LEAST, "左右": Qualifier.ABOUT, "上下": Qualifier.ABOUT, "以内": Qualifier.AT_MOST,
    "以下": Qualifier.UNDER, "余": Qualifier.OVER, "多": Qualifier.OVER,
}  # fmt: skip
_PRINTED_PREFIX = {
    Qualifier.ABOUT: "约", Qualifier.OVER: "超过", Qualifier.UNDER: "不足", Qualifier.AT_LEAST: "不少于", Qualifier.AT_MOST: "不超过",
    Qualifier.NEARLY: "近",
}  # fmt: skip
_SCALES = {"万亿": 12, "亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3, "百": 2, "十": 1, "": 0}
_SCALE = "|".join(sorted((s for s in _SCALES if s), key=len, reverse=True))
_NUMBER = r"[+\-−－]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+\-−－]?\.\d+"
_PREFIX = "|".join(sorted(_PREFIXES, key=len, reverse=True))
_SUFFIX = "|".join(sorted(_SUFFIXES, key=len, reverse=True))
_PATTERN = re.compile(
    rf"^(?P<prefix>{_PREFIX})?(?:(?P<first>{_NUMBER})(?P<first_unit>[^\d—–~～\-至到]*?)(?:—|–|~|～|-|至|到))?(?P<last>{_NUMBER})"
    rf"(?P<inner>余|多)?(?P<rest>.*?)(?P<suffix>{_SUFFIX})?$"
)
_WORDED = re.compile(rf"^(?P<word>上|数|几)(?P<scale>{_SCALE})(?P<rest>.*)$")
_FALL = re.compile(r"^下降(?=[\d.]+(?:%|个?百分点))")
_MORE = re.compile(rf"^(?P<scale>{_SCALE})(?:余|多)(?P<rest>.*)$")
_WIDE_FORMS = str.maketrans("０１２３４５６７８９．，％（）－", "0123456789.,%()-")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Value with bounds; `decimals` is how many were printed (None for a computed value)."""

    value: Decimal
    low: Decimal | None
    high: Decimal | None
    qualifier: Qualifier
    unit: Unit
    decimals: int | None = None

    def __post_init__(self) -> None:
        low, high = self.low, self.high
        if low is not None and high is not None and low > high:
            raise BadRequest(_("数量的下限 {low} 大于上限 {high}").format(low=low, high=high))

    @property
    def is_exact_value(self) -> bool:
        return self.low == self.high == self.value

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in another unit of its kind."""
        if unit == self.unit:
            return self
        factor = self.unit.factor_to(unit)
        decimals = None if self.decimals is None else max(0, self.decimals - (self.unit.power - unit.power))
        return Quantity(
            _times(self.value, factor), _times_bound(self.low, factor), _times_bound(self.high, factor), self.qualifier, unit, decimals
        )

    def __neg__(self) -> Quantity:
        low, high = (None if self.high is None else -self.high), (None if self.low is None else -self.low)
        return replace(self, value=-self.value, low=low, high=high, qualifier=Qualifier.DERIVED)

    def __add__(self, other: Quantity) -> Quantity:
        unit, right = _aligned(self, other)
        with localcontext(_CONTEXT):
            return Quantity(
                self.value + right.value,
                None if self.low is None or right.low is None else self.low + right.low,
                None if self.high is None or right.high is None else self.high + right.high,
                Qualifier.DERIVED,
                unit,
            )

    def __sub__(self, other: Quantity) -> Quantity:
        difference = self + (-other)
        if self.unit.symbol in {"%", "‰"} and other.unit.is_ratio:
            return replace(difference.to(self.unit), unit=replace(PERCENTAGE_POINT, power=self.unit.power))
        return difference

    def __mul__(self, other: Quantity) -> Quantity:
        with localcontext(_CONTEXT):
            low, high = _product_bounds(self.low, self.high, other.low, other.high)
            return Quantity(self.value * other.value, low, high, Qualifier.DERIVED, self.unit * other.unit)

    def __truediv__(self, other: Quantity) -> Quantity:
        """Division; a divisor of zero is refused, a divisor whose interval holds zero leaves the bounds open."""
        if other.value == 0:
            raise BadRequest(_("除数为零"), remedy=_("检查分母指标在该时期是否有数据。"))
        with localcontext(_CONTEXT):
            low: Decimal | None = None
            high: Decimal | None = None
            if other.low is not None and other.high is not None and not other.low <= 0 <= other.high:
                low, high = _product_bounds(self.low, self.high, 1 / other.high, 1 / other.low)
            elif (other.low is not None and other.low > 0) and other.high is None:
                low, high = _product_bounds(self.low, self.high, Decimal(0), 1 / other.low)
            return Quantity(self.value / other.value, low, high, Qualifier.DERIVED, self.unit / other.unit)

    def overlaps(self, other: Quantity) -> bool:
        """Whether one true value could lie behind both."""
        right = other.to(self.unit)
        below = self.high is not None and right.low is not None and self.high < right.low
        above = self.low is not None and right.high is not None and right.high < self.low
        return not below and not above

    def printed(self, decimals: int | None = None) -> str:
        """Number and unit as one prints them, rounded half up; with the qualifier's word."""
        number = format_number(self.value, self.decimals if decimals is None else decimals)
        if self.qualifier is Qualifier.RANGE and self.low is not None and self.high is not None:
            number = f"{format_number(self.low, self.decimals)}—{format_number(self.high, self.decimals)}"
        return f"{_PRINTED_PREFIX.get(self.qualifier, '')}{number}{self.unit.symbol}"


def exact(value: Decimal | int | str, unit: Unit = NUMBER) -> Quantity:
    """A number without rounding, such as a constant in a formula."""
    number = Decimal(value)
    return Quantity(number, number, number, Qualifier.EXACT, unit, _decimals(number))


def derived(value: Decimal, low: Decimal | None, high: Decimal | None, unit: Unit) -> Quantity:
    """A computed quantity with the bounds its computation gave."""
    return Quantity(value, low, high, Qualifier.DERIVED, unit)


def printed_quantity(number: Decimal, unit: Unit, qualifier: Qualifier = Qualifier.EXACT, decimals: int | None = None) -> Quantity:
    """The quantity behind one printed number: bounds from the printed precision and the qualifier."""
    places = _decimals(number) if decimals is None else decimals
    half = Decimal(0) if unit.discrete and places == 0 else Decimal(5).scaleb(-places - 1)
    low: Decimal | None
    high: Decimal | None
    if qualifier in {Qualifier.OVER, Qualifier.AT_LEAST}:
        low, high = number, None
    elif qualifier in {Qualifier.UNDER, Qualifier.AT_MOST}:
        low, high = None, number
    elif qualifier is Qualifier.NEARLY:
        low, high = number - _coarse_half(number), number
    elif qualifier is Qualifier.ABOUT:
        low, high = number - _coarse_half(number), number + _coarse_half(number)
    else:
        low, high = number - half, number + half
    return Quantity(number, low, high, qualifier, unit, places)


def parse_quantity(text: str, unit: Unit | None = None) -> Quantity:
    """Read a printed figure such as 超过4000亿元, 近600家, 约20个, 2—3个, 上万台, 18766.7.

    `unit` is the unit given elsewhere (a column head); one printed beside the number must be of its kind and wins. Refuses text that
    is not a quantity and numbers of more than 15 significant digits.
    """
    cleaned = re.sub(r"[\s\u3000\xa0]+", "", text.translate(_WIDE_FORMS))
    cleaned = _FALL.sub("-", cleaned)
    worded = _WORDED.match(cleaned)
    if worded:
        return _parse_worded(worded, unit, text)
    match = _PATTERN.match(with_arabic_digits(cleaned))
    if match is None:
        raise _not_a_quantity(text)
    more = _MORE.match(match["rest"])
    last_scale, own_unit = _scale_and_unit(f"{more['scale']}{more['rest']}" if more else match["rest"], unit, text)
    qualifier = _qualifier(match)
    last = _number(match["last"], text)
    if match["first"] is not None:
        first_scale = _scale_and_unit(match["first_unit"], own_unit, text)[0] if match["first_unit"] else last_scale
        first = _number(match["first"], text).scaleb(first_scale)
        return _range(first, last.scaleb(last_scale), own_unit, _decimals(last.scaleb(last_scale)))
    if more or match["inner"] or match["suffix"] in {"余", "多"}:
        return _more_than(last, last_scale, own_unit)
    places = max(0, _decimals(last) - last_scale)
    scaled = last.scaleb(last_scale)
    if last_scale and qualifier is Qualifier.EXACT:
        half = Decimal(5).scaleb(last_scale - _decimals(last) - 1)
        return Quantity(scaled, scaled - half, scaled + half, qualifier, own_unit, places)
    return printed_quantity(scaled, own_unit, qualifier, places)


def format_number(value: Decimal, decimals: int | None = None) -> str:
    """A number in plain digits, rounded half up to `decimals`, or with its own digits up to 12 significant ones."""
    with localcontext(_CONTEXT):
        snapped = +value if decimals is None and _decimals(value) <= MAXIMUM_DIGITS else Context(prec=13).create_decimal(value)
        if decimals is not None:
            rounded = snapped.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
            return f"{rounded:f}" if rounded else f"{abs(rounded):f}"
    text = f"{snapped:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _aligned(left: Quantity, right: Quantity) -> tuple[Unit, Quantity]:
    if left.unit.is_ratio and right.unit.is_point:
        return left.unit, replace(right, unit=replace(left.unit, power=right.unit.power)).to(left.unit)
    return left.unit, right.to(left.unit)


def _times(value: Decimal, factor: Decimal) -> Decimal:
    with localcontext(_CONTEXT):
        return value * factor


def _times_bound(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else _times(value, factor)


def _product_bounds(
    low: Decimal | None, high: Decimal | None, other_low: Decimal | None, other_high: Decimal | None
) -> tuple[Decimal | None, Decimal | None]:
    if low is not None and high is not None and other_low is not None and other_high is not None:
        products = [low * other_low, low * other_high, high * other_low, high * other_high]
        return min(products), max(products)
    if low is not None and other_low is not None and low >= 0 and other_low >= 0:
        return low * other_low, None if high is None or other_high is None else high * other_high
    return None, None


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _coarse_half(number: Decimal) -> Decimal:
    """Half a unit of the last digit that is not zero: 约20 is 15 to 25, 约1063 is 1062.5 to 1063.5."""
    exponent = number.normalize().as_tuple().exponent
    return Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)


def _number(text: str, whole: str) -> Decimal:
    number = Decimal(re.sub("[−－]", "-", text.replace(",", "")))
    if len(number.as_tuple().digits) > MAXIMUM_DIGITS:
        raise BadRequest(
            _("数字超过 {digits} 位有效数字：{text}").format(digits=MAXIMUM_DIGITS, text=whole),
            remedy=_("核对是否多录了位数，或改用更大的计量单位。"),
        )
    return number


def _scale_and_unit(rest: str, unit: Unit | None, text: str) -> tuple[int, Unit]:
    """Power of ten of a magnitude word, and the unit: 1.4万亿 -> 12, 亿元 -> 0 in 亿元; 8.76亿 under a head in 亿元 is 8.76亿元."""
    if not rest:
        return 0, unit or NUMBER
    printed = find_unit(rest)
    if printed is not None:
        if unit is not None and printed.dimension != unit.dimension:
            raise BadRequest(_("“{text}”的单位与表头单位 {unit} 不同类").format(text=text, unit=unit.symbol), remedy=_("核对该格的单位。"))
        return 0, printed
    if rest in _SCALES and unit is not None and unit.symbol:
        scaled = find_unit(rest + base_symbol(unit.symbol))
        if scaled is not None and scaled.dimension == unit.dimension:
            return 0, scaled
    if rest in _SCALES:
        return _SCALES[rest], unit or NUMBER
    raise _not_a_quantity(text)


def _qualifier(match: re.Match[str]) -> Qualifier:
    suffix = match["suffix"]
    if suffix:
        return _SUFFIXES[suffix]
    return _PREFIXES[match["prefix"]] if match["prefix"] else Qualifier.EXACT


def _range(low: Decimal, high: Decimal, unit: Unit, decimals: int) -> Quantity:
    return Quantity((low + high) / 2, low, high, Qualifier.RANGE, unit, decimals)


def _more_than(number: Decimal, scale: int, unit: Unit) -> Quantity:
    """30余万 lies between 30 and 40 万, 120多家 between 120 and 130 家: up to the next step of the last digit not zero."""
    scaled = number.scaleb(scale)
    return Quantity(scaled, scaled, scaled + 2 * _coarse_half(scaled), Qualifier.OVER, unit, 0)


def _parse_worded(match: re.Match[str], unit: Unit | None, text: str) -> Quantity:
    rest = match["rest"]
    power = _SCALES[match["scale"]]
    _scale, own_unit = _scale_and_unit(rest, unit, text)
    one = Decimal(1).scaleb(power)
    if match["word"] == "上":
        return Quantity(one, one, None, Qualifier.OVER, own_unit, 0)
    return Quantity(3 * one, 2 * one, 9 * one, Qualifier.ABOUT, own_unit, 0)


def _not_a_quantity(text: str) -> BadRequest:
    return BadRequest(_("“{text}”不是可识别的数量").format(text=text), remedy=_("写成数字加单位，如 18766.7亿元、约20个、2—3个。"))


def quantity_in(text: str, symbol: str) -> Quantity:
    """`parse_quantity` with the unit given by its symbol."""
    return parse_quantity(text, parse_unit(symbol))
