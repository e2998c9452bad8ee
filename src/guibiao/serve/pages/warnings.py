"""The warning boards: lights by series and period, their limits, what their alarms were worth, and the sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.tables import WARNINGS
from guibiao.serve.pages.frame import frame_of
from guibiao.serve.services import Row

COMPOSITE, DIFFUSION = "composite", "diffusion"
SCORES = 5
WIDTH, HEIGHT = 720, 30
YEAR_WIDTH = 30
"""Room that the name of a year takes."""
RECENT = 12
"""Periods of the table that says the strips in words."""
SCORES_OF = {"cold": 1, "cool": 2, "normal": 3, "warm": 4, "hot": 5}
LIMITS: Mapping[str, tuple[str, str]] = {
    "quantile": ("历史分位数", "quantiles of the past"), "stated": ("给定", "stated"), "path": ("与路径之差", "gap to a path"),
}  # fmt: skip
REASONS: Mapping[str, tuple[str, str]] = {
    "gap": ("缺数", "no figure"), "covered": ("并入下一期", "part of the next period"), "span": ("跨几个月的数", "spans months"),
    "break": ("口径改变", "change of definition"), "short": ("历史太短", "too short a past"), "flat": ("历来没有变化", "never varied"),
    "path": ("没有路径", "no path"), "stale": ("数太旧", "too old"), "few": ("有灯的太少", "too few lights"),
}  # fmt: skip
UNTESTED: Mapping[str, tuple[str, str]] = {
    "tested": ("按事后数据检验", "tested on later data"), "in_sample": ("界限是事后给的", "limits stated afterwards"),
}  # fmt: skip
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One period of a strip: its place and size in the drawing, and its light."""

    x: float
    width: float
    y: float
    height: float
    light: str
    period: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One series over all periods of its board; `last` is its latest row."""

    last: Row
    cells: Sequence[Cell]
    counts: Mapping[str, int]
    recent: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class Board:
    """A board with its strips on one axis; `years` are (x, year) of the axis, `diffusion` the latest row of that index."""

    id: str
    strips: Sequence[Strip]
    composite: Strip | None
    diffusion: Row | None
    years: Sequence[tuple[float, str]]
    periods: Sequence[str]
    areas: Sequence[str]


@router.get("/warnings")
def warnings(request: Request) -> Response:
    """Every board of the release."""
    frame = frame_of(request)
    release = frame.release()

    def build() -> tuple[str, Mapping[str, Any]]:
        rows = release.select(WARNINGS, order=("board", "period")).to_pylist() if release.has(WARNINGS) else []
        found = [board_of(name, list(each)) for name, each in groupby(rows, key=lambda row: row["board"])]
        return "warnings.html", {
            "boards": found, "as_of": rows[0]["as_of"] if rows else None, "limit_kinds": LIMITS, "reasons": REASONS, "untested": UNTESTED,
            "width": WIDTH, "height": HEIGHT, "rows_held": len(rows),
        }  # fmt: skip

    return frame.cached(request, release, build)


def board_of(name: str, rows: Sequence[Row]) -> Board:
    """The rows of one board as strips: in the order of its series, the composite apart."""
    periods = list(dict.fromkeys(sorted(row["period"] for row in rows)))
    places = {period: place for place, period in enumerate(periods)}
    step = WIDTH / len(periods)
    series: dict[str, list[Row]] = {}
    for row in rows:
        series.setdefault(row["series"], []).append(row)
    strips = {key: _strip(each, places, step, periods[-RECENT:]) for key, each in series.items() if key != DIFFUSION}
    opening = [period for period in periods if period.endswith(("-01", "-Q1")) and places[period] * step < WIDTH - YEAR_WIDTH]
    years = [(round(places[period] * step, 2), period[:4]) for period in opening]
    own = sorted((strip for key, strip in strips.items() if key != COMPOSITE), key=lambda strip: _urgency(strip.last))
    diffusion = next((row for row in reversed(series.get(DIFFUSION, ())) if row["latest"]), None)
    areas = tuple(dict.fromkeys(row["area"] for row in rows if row["area"]))
    return Board(name, own, strips.get(COMPOSITE), diffusion, years, periods[-RECENT:], areas)


def _strip(rows: Sequence[Row], places: Mapping[str, int], step: float, recent: Sequence[str]) -> Strip:
    cells = []
    for row in rows:
        score = SCORES_OF.get(row["light"], 0)
        height = HEIGHT * score / SCORES if score else 2.0
        x = places[row["period"]] * step
        cells.append(Cell(round(x, 2), round(step * 0.92, 2), round(HEIGHT - height, 2), round(height, 2), row["light"], row["period"]))
    last = next((row for row in rows if row["latest"]), rows[-1])
    return Strip(last, cells, Counter(row["light"] for row in rows), {row["period"]: row for row in rows if row["period"] in recent})


def _urgency(row: Row) -> tuple[int, str]:
    """The farther from normal the earlier; what has no light last."""
    score = SCORES_OF.get(row["light"])
    return (-abs(score - 3) if score is not None else 1, row["name_zh"])
