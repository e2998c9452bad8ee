"""Where things go: text widths, line breaks, tick marks, labels that keep clear of each other. Pure geometry in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

_NARROW = frozenset(".,:;'|!il()[] ·")
_BROAD = frozenset("MWmw%@—＞＜")


def text_width(text: str, size: float) -> float:
    """Width of one line, from the advance widths of the CJK face (Noto Sans CJK): 1 em a Chinese character, 0.56 em a digit."""
    return sum(_advance(character) for character in text) * size


def _advance(character: str) -> float:
    if east_asian_width(character) in "WFA":
        return 1.0
    if character in _NARROW:
        return 0.3
    if character in _BROAD:
        return 0.9
    return 0.65 if character.isupper() else 0.56


def wrap(text: str, size: float, width: float) -> list[str]:
    """The text in lines no wider than `width`; Latin words stay whole unless one alone is too wide, and no line begins with a full stop."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and text_width(lines[-1] + piece.rstrip(), size) > width and piece not in "，。、；：）":
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for character in text:
        latin = ord(character) < 0x2E80
        if pieces and latin and character != " " and ord(pieces[-1][-1]) < 0x2E80 and not pieces[-1].endswith(" "):
            pieces[-1] += character
        elif pieces and character == " ":
            pieces[-1] += " "
        else:
            pieces.append(character)
    return pieces


@dataclass(frozen=True, slots=True)
class Ticks:
    """Values of an axis; its first and last are the ends of the axis."""

    values: tuple[float, ...]
    decimals: int

    @property
    def low(self) -> float:
        return self.values[0]

    @property
    def high(self) -> float:
        return self.values[-1]


def ticks(low: float, high: float, count: int = 5) -> Ticks:
    """Round values (1, 2, 2.5 or 5 times a power of ten) that enclose `low` to `high` in about `count` steps."""
    if not high > low:
        half = abs(low) / 2 or 1.0
        low, high = low - half, high + half
    rough = (high - low) / count
    power = math.floor(math.log10(rough))
    factor = next(factor for factor in (1, 2, 2.5, 5, 10) if factor * 10.0**power >= rough * 0.999)
    first = math.floor(low / (factor * 10.0**power) + 1e-9)
    last = math.ceil(high / (factor * 10.0**power) - 1e-9)
    decimals = max(0, -power + (1 if factor == 2.5 else 0) - (1 if factor == 10 else 0))
    return Ticks(tuple(round(number * factor * 10.0**power, decimals + 3) for number in range(first, last + 1)), decimals)


def dodge(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres of stacked labels as near as can be to where they are wanted (least squares), none overlapping, below `low`, above `high`.

    Labels that do not fit between the two reach beyond `high`. Without their own heights the places form a rising sequence, so this
    is isotonic regression with bounds (Barlow et al., *Statistical Inference under Order Restrictions*, 1972).
    """
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    offsets, total = [], 0.0
    for place in order:
        offsets.append(total)
        total += heights[place]
    starts = _isotonic([wanted[place] - heights[place] / 2 - offset for place, offset in zip(order, offsets, strict=True)])
    ceiling = max(low, high - total)
    centres = [0.0] * len(wanted)
    for place, offset, start in zip(order, offsets, starts, strict=True):
        centres[place] = round(min(max(start, low), ceiling) + offset + heights[place] / 2, 2)
    return centres


def _isotonic(values: Sequence[float]) -> list[float]:
    """The rising sequence nearest to the values (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (mean, count), (other, more) = blocks[-2:]
            blocks[-2:] = [((mean * count + other * more) / (count + more), count + more)]
    return [mean for mean, count in blocks for _repeat in range(count)]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle taken by something, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def crossed_by(self, x: float, y: float, x2: float, y2: float) -> bool:
        """Whether a straight line from (x, y) to (x2, y2), left to right, enters the rectangle."""
        begin, end = max(self.left, x), min(self.right, x2)
        if begin > end:
            return False
        slope = (y2 - y) / (x2 - x) if x2 > x else 0.0
        first, second = y + slope * (begin - x), y + slope * (end - x)
        return min(first, second) < self.bottom and max(first, second) > self.top


def label_box(px: float, py: float, text: str, size: float, align: str = "center") -> Box:
    """The rectangle of a one-line label centred on `py`."""
    width, half = text_width(text, size), size * 0.56
    left = px - {"center": width / 2, "left": 0.0, "right": width}[align]
    return Box(left, py - half, left + width, py + half)


Line = tuple[float, float, float, float]
"""A straight line from (x, y) to (x2, y2), left to right."""


@dataclass(frozen=True, slots=True)
class Room:
    """What labels must keep clear of, and the rectangle they must stay in."""

    taken: tuple[Box, ...]
    lines: tuple[Line, ...]
    within: Box

    def free(self, box: Box) -> bool:
        inside = box.left >= self.within.left and box.right <= self.within.right and box.top >= self.within.top
        if not inside or box.bottom > self.within.bottom or any(box.overlaps(other) for other in self.taken):
            return False
        return not any(box.crossed_by(*line) for line in self.lines)

    def in_sight(self, px: float, py: float, box: Box) -> bool:
        """Whether no line runs between a point and the middle of the box, but for those that end in the point."""
        sight = (px, py, (box.left + box.right) / 2, (box.top + box.bottom) / 2)
        return not any(_cross(sight, line) for line in self.lines if (px, py) not in {line[:2], line[2:]})

    def without(self, *boxes: Box) -> Room:
        """The room left once these are taken too."""
        return Room((*self.taken, *boxes), self.lines, self.within)


@dataclass(frozen=True, slots=True)
class Label:
    """A one-line label wanted beside a point: tried above, below, then right and left of it."""

    px: float
    py: float
    text: str


_BESIDE = (
    (0, -9.5, "center"),
    (0, 10.5, "center"),
    (0, -13.5, "center"),
    (0, 14.5, "center"),
    (-3, -9.5, "left"),
    (-3, 10.5, "left"),
    (-3, -14, "left"),
    (3, -9.5, "right"),
    (3, 10.5, "right"),
    (7, 0, "left"),
    (-7, 0, "right"),
    (0, -20, "center"),
    (0, 21, "center"),
    (0, -27, "center"),
    (0, 28, "center"),
)


def clear_places(wanted: Sequence[Label], size: float, room: Room) -> list[tuple[float, float, str] | None]:
    """A place (x, centre y, alignment) for each label in order of importance, None where every place is taken."""
    result: list[tuple[float, float, str] | None] = []
    for label in wanted:
        found = None
        for dx, dy, align in _BESIDE:
            box = label_box(label.px + dx, label.py + dy, label.text, size, align)
            if room.free(box) and room.in_sight(label.px, label.py, box):
                found = (label.px + dx, label.py + dy, align)
                room = room.without(box)
                break
        result.append(found)
    return result


def clear_block(px: float, py: float, width: float, height: float, room: Room) -> Box | None:
    """A free rectangle for several lines of text beside a point: right of it, lower or higher, else under or over it."""
    for dx in (9, 4, -width / 2, -width - 9):
        for dy in (0, height * 0.3, -height * 0.3, height / 2 + 7, -height / 2 - 7, height / 2 + 24, -height / 2 - 24, height / 2 + 42):
            box = Box(px + dx, py + dy - height / 2, px + dx + width, py + dy + height / 2)
            if room.free(box) and room.in_sight(px, py, box):
                return box
    return None


def _cross(first: Line, second: Line) -> bool:
    """Whether two straight lines meet."""

    def side(line: Line, x: float, y: float) -> float:
        return (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])

    apart = side(first, second[0], second[1]) * side(first, second[2], second[3])
    return apart <= 0 and side(second, first[0], first[1]) * side(second, first[2], first[3]) <= 0
