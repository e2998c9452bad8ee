"""A key of colours in one or more rows, placed by pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.publish.charts.chart import Spec
from guibiao.publish.charts.layout import text_width
from guibiao.publish.charts.theme import INK, LABEL, boxes, texts

ROW = 17
_SWATCH = 11


@dataclass(frozen=True, slots=True)
class Legend:
    """Layers of a colour key and how many rows it takes; `rows` times `ROW` is its height."""

    layers: tuple[Spec, ...]
    rows: int


def legend(entries: Sequence[tuple[str, str]], left: float, top: float, width: float, stroke: str = "#FFFFFF") -> Legend:
    """Entries of (name, colour) from `left` and `top` on, broken into rows of at most `width`."""
    swatches, names = [], []
    px, row = 0.0, 0
    for name, colour in entries:
        room = _SWATCH + 5 + text_width(name, LABEL) + 16
        if px and px + room - 16 > width:
            px, row = 0.0, row + 1
        x, y = left + px, top + row * ROW
        swatches.append({"px": round(x, 2), "py": y - _SWATCH / 2, "px2": round(x + _SWATCH, 2), "py2": y + _SWATCH / 2, "color": colour})
        names.append({"px": round(x + _SWATCH + 5, 2), "py": y, "text": name, "color": INK})
        px += room
    return Legend((boxes(swatches, stroke=stroke), texts(names, "left")), row + 1)


def rows_needed(names: Sequence[str], width: float) -> int:
    """How many rows a key of these names takes."""
    return legend([(name, INK) for name in names], 0, 0, width).rows


def key_start(heading: str) -> float:
    """Where a key begins beside the unit at the top left."""
    return max(96.0, round(text_width(heading, LABEL) + 20)) if heading else 0.0
