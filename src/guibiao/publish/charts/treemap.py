"""Squarified treemap: rectangles with areas in given proportion, as near to squares as can be. Pure geometry in pixels.

Source: Bruls, Huizing and van Wijk, "Squarified Treemaps", *Data Visualization 2000*.
"""

from __future__ import annotations

from collections.abc import Sequence

from guibiao.publish.charts.layout import Box


def squarified(weights: Sequence[float], within: Box) -> list[Box]:
    """A rectangle for each weight (all positive), in the order given; together they fill `within`."""
    if any(not weight > 0 for weight in weights):
        raise ValueError("areas must be positive")
    order = sorted(range(len(weights)), key=lambda place: (-weights[place], place))
    scale = (within.right - within.left) * (within.bottom - within.top) / sum(weights) if weights else 0.0
    areas = [weights[place] * scale for place in order]
    found: list[Box] = []
    free, start = within, 0
    while start < len(areas):
        side = min(free.right - free.left, free.bottom - free.top)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row, free = _row(areas[start:end], free)
        found += row
        start = end
    result = [within] * len(weights)
    for place, box in zip(order, found, strict=True):
        result[place] = box
    return result


def _worst(areas: Sequence[float], side: float) -> float:
    """Greatest ratio of sides among rectangles of these areas laid along a side."""
    total = sum(areas)
    return max(max(side**2 * area / total**2, total**2 / (side**2 * area)) for area in areas)


def _row(areas: Sequence[float], free: Box) -> tuple[list[Box], Box]:
    """Rectangles along the shorter side, and what is left."""
    width, height = free.right - free.left, free.bottom - free.top
    total, found = sum(areas), []
    if width >= height:
        thick, at = total / height, free.top
        for area in areas:
            found.append(Box(free.left, at, free.left + thick, at + area / thick))
            at += area / thick
        return found, Box(free.left + thick, free.top, free.right, free.bottom)
    thick, at = total / width, free.left
    for area in areas:
        found.append(Box(at, free.top, at + area / thick, free.top + thick))
        at += area / thick
    return found, Box(free.left, free.top + thick, free.right, free.bottom)
