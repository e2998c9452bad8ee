"""Look of every chart: sizes in pixels (1 pixel is 0.75 pt, a chart is 15.5 cm wide), colours, fonts, and the canvas.

Everything is placed by coordinates worked out beforehand (`autosize: none`): a drawing does not depend on the fonts of the machine that
draws it. Colours keep apart in colour-blind vision (Okabe and Ito, *Color Universal Design*, 2008: blue against orange) and in grey,
where neighbours differ in lightness; lines differ in the shape of their points as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guibiao.publish.charts.chart import Spec
from guibiao.publish.fonts import FAMILY

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = f"{FAMILY}, Source Han Sans SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"

WIDTH = 586
"""Whole width: 439.5 pt or 15.5 cm."""
LABEL = 11
"""8.25 pt."""
SMALL = 10
"""7.5 pt, the smallest text drawn."""
LINE_HEIGHT = 1.25

INK = "#262626"
MUTED = "#595959"
FAINT = "#8C8C8C"
GRID = "#E5E5E5"
ACCENT = "#C03A1B"
BAR = "#8FB3D4"
PAPER = "#FFFFFF"
GAP = "#F4F4F4"
HATCH = "#BDBDBD"
LINES = ("#123F6E", "#D1621A", "#2A9D8F", "#8A3A78", "#767676", "#5BA3D9")
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
PARTS = ("#123F6E", "#EBC48A", "#3F77A8", "#B9D3EA", "#9A5418", "#D5E3BD", "#6B4A7E", "#DCCBE2")
"""Dark and light by turns, so that neighbours differ in grey too."""
REST = "#BFBFBF"
AGES = ("#C3D7EA", "#6C9ECB", "#123F6E")
"""Earlier to later."""
FALLING = ("#F6DFC3", "#E3A868", "#B36A24")
SCALE = ("#E3EDF6", "#BAD2E8", "#84AED5", "#3F77AD", "#1F568F", "#0A3161")


@dataclass(frozen=True, slots=True)
class Margin:
    """Room around the plot for labels, in pixels."""

    left: float
    right: float
    top: float
    bottom: float


def canvas(height: float, margin: Margin, layers: Sequence[Spec]) -> Spec:
    """The specification of a chart whose plot is `height` pixels high and fills the width left by the margins."""
    return {
        "$schema": SCHEMA,
        "width": WIDTH - margin.left - margin.right,
        "height": height,
        "autosize": {"type": "none"},
        "padding": {"left": margin.left, "right": margin.right, "top": margin.top, "bottom": margin.bottom},
        "background": None,
        "config": CONFIG,
        "layer": [layer for layer in layers if layer],
    }


CONFIG: Mapping[str, Any] = {
    "font": FONT,
    "lineBreak": "\n",
    "view": {"stroke": None},
    "axis": {
        "domainColor": FAINT,
        "domainWidth": 0.8,
        "tickColor": FAINT,
        "tickWidth": 0.8,
        "tickSize": 4,
        "gridColor": GRID,
        "gridWidth": 0.8,
        "labelColor": INK,
        "labelFontSize": LABEL,
        "labelAngle": 0,
        "labelOverlap": False,
        "labelFlush": False,
        "labelBound": False,
        "labelLimit": 0,
        "labelPadding": 5,
        "title": None,
    },
    "text": {"fontSize": LABEL, "color": INK, "limit": 0},
}


MINUS = "replace(datum.label, '\\u2212', '-')"
"""The minus sign of an axis label as tables and texts print it."""


def value_axis(ticks: Sequence[float], decimals: int, unit: str, left: float, *, grouped: bool) -> Spec:
    """Vertical axis with its unit at the top left, as yearbooks print it."""
    return {
        "values": list(ticks),
        "tickCount": len(ticks),
        "format": f"{',' if grouped else ''}.{decimals}f",
        **({"labelExpr": MINUS} if min(ticks) < 0 else {}),
        "domain": False,
        "ticks": False,
        "grid": True,
        "title": unit,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "start",
        "titleBaseline": "alphabetic",
        "titleX": -left + 1,
        "titleY": -15,
        "titleFontSize": LABEL,
        "titleFontWeight": "normal",
        "titleColor": MUTED,
    }


def pixel(field: str) -> Spec:
    """An encoding by pixels of the plot, beside the axes' scales."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def color(field: str = "color") -> Spec:
    """An encoding by colours spelt out in the data."""
    return {"field": field, "type": "nominal", "scale": None}


LINKED: Mapping[str, Spec] = {
    "href": {"field": "href", "type": "nominal"},
    "description": {"field": "description", "type": "nominal"},
    "tooltip": {"field": "description", "type": "nominal"},
}
"""Channels of a mark that stands for a figure: link to its passport, and words for it."""


def texts(rows: Sequence[Spec], align: str = "center", size: int = LABEL, *, bold: bool = False, halo: bool = False) -> Spec:
    """Texts centred in height at pixel positions `px`, `py` in `color`; those with `href` lead to a passport.

    With `halo` a white border keeps them legible over lines.
    """
    linked, plain = [row for row in rows if "href" in row], [row for row in rows if "href" not in row]
    if linked and plain:
        return {"layer": [texts(part, align, size, bold=bold, halo=halo) for part in (plain, linked)]}
    if halo and rows:
        shadow = texts([{**row, "color": PAPER} for row in rows], align, size, bold=bold)
        shadow["mark"] |= {"stroke": PAPER, "strokeWidth": 3, "strokeJoin": "round"}
        return {"layer": [shadow, texts(rows, align, size, bold=bold)]}
    mark: Spec = {"type": "text", "align": align, "baseline": "middle", "fontSize": size, "aria": False}
    mark["lineHeight"] = round(size * LINE_HEIGHT, 1)
    if bold:
        mark["fontWeight"] = "bold"
    encoding: Spec = {"x": pixel("px"), "y": pixel("py"), "text": {"field": "text", "type": "nominal"}, "color": color()}
    if linked:
        encoding["href"] = LINKED["href"]
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding} if rows else {}


def rules(rows: Sequence[Spec], width: float = 0.8, dash: Sequence[float] = ()) -> Spec:
    """Straight lines between pixel positions `px`, `py` and `px2`, `py2` in `color`."""
    if not rows:
        return {}
    mark = {"type": "rule", "strokeWidth": width, "aria": False, **({"strokeDash": list(dash)} if dash else {})}
    encoding = {"x": pixel("px"), "y": pixel("py"), "x2": {"field": "px2"}, "y2": {"field": "py2"}, "color": color()}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}


def boxes(rows: Sequence[Spec], *, linked: bool = False, stroke: str = PAPER, radius: float = 0) -> Spec:
    """Filled rectangles between pixel positions `px`, `py` and `px2`, `py2` in `color`."""
    if not rows:
        return {}
    mark: Spec = {"type": "rect", "stroke": stroke, "strokeWidth": 0.8, "cornerRadius": radius, "aria": linked}
    encoding = {"x": pixel("px"), "y": pixel("py"), "x2": {"field": "px2"}, "y2": {"field": "py2"}, "fill": color()}
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": {**encoding, **(LINKED if linked else {})}}
