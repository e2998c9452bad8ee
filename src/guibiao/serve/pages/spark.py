"""The course of a figure as a small line without axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guibiao.serve.services import Row

WIDTH, HEIGHT, EDGE = 96, 28, 3
FEWEST = 3
MOST = 36


@dataclass(frozen=True, slots=True)
class Spark:
    """Points of an SVG polyline, its last point, and how many figures it shows."""

    points: str
    last: tuple[float, float]
    count: int
    width: int = WIDTH
    height: int = HEIGHT


def spark(rows: Sequence[Row]) -> Spark | None:
    """The line over time, true to the distances between periods; None of fewer than three figures."""
    ordered = sorted(rows, key=lambda row: row["period_end"])[-MOST:]
    if len(ordered) < FEWEST:
        return None
    days = [row["period_end"].toordinal() for row in ordered]
    values = [row["value"] for row in ordered]
    span, range_ = days[-1] - days[0] or 1, max(values) - min(values) or 1
    placed = [
        (EDGE + (day - days[0]) / span * (WIDTH - 2 * EDGE), HEIGHT - EDGE - (value - min(values)) / range_ * (HEIGHT - 2 * EDGE))
        for day, value in zip(days, values, strict=True)
    ]
    return Spark(" ".join(f"{x:.1f},{y:.1f}" for x, y in placed), (round(placed[-1][0], 1), round(placed[-1][1], 1)), len(ordered))
