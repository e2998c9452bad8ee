"""The catalogue of indicators, by framework, each with its last figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.pages.comparing import latest
from guibiao.serve.pages.definitions import Definitions
from guibiao.serve.pages.frame import Frame, frame_of
from guibiao.serve.services import Row
from guibiao.store.port import Group, OpenRelease

LAST_OF = ("indicator", "categories", "measure", "accounting_basis", "price_basis")
router = APIRouter(include_in_schema=False)


@router.get("/indicators")
def indicators(request: Request) -> Response:
    """Every indicator of the release."""
    frame = frame_of(request)
    release = frame.release()
    return frame.cached(request, release, lambda: ("indicators.html", _context(frame, release)))


def _context(frame: Frame, release: OpenRelease) -> Mapping[str, Any]:
    definitions = frame.definitions(release)
    figures = last_figures(release, frame.settings.area)
    held = {row["indicator"] for row in release.distinct(OBSERVATIONS, ("indicator",)).to_pylist()}
    return {"sections": _sections(definitions), "figures": figures, "held": held}


def last_figures(release: OpenRelease, area: str) -> Mapping[str, Row]:
    """Indicator -> its last figure for an area: without categories or at their totals."""
    group = Group(LAST_OF, ("period_end", "known_from"), 1)
    rows = release.select(OBSERVATIONS, where={"area": area} if area else None, group=group).to_pylist()
    found: dict[str, list[Row]] = {}
    for row in rows:
        if all(code == TOTAL for code in parse_category_key(row["categories"]).values()):
            found.setdefault(row["indicator"], []).append(row)
    return {name: last for name, each in found.items() if (last := latest(each)) is not None}


def _sections(definitions: Definitions) -> list[Mapping[str, Any]]:
    """Frameworks with their groups, then what belongs to none; an indicator of two frameworks stands in both."""
    sections: dict[str, dict[str, Any]] = {}
    placed = set()
    for row in definitions.members:
        if row["indicator"] not in definitions.indicators:
            continue
        section = sections.setdefault(row["framework"], {"row": row, "groups": {}})
        group = (row["dimension_zh"], row["dimension_en"], row["group_zh"], row["group_en"])
        section["groups"].setdefault(group, []).append(row["indicator"])
        placed.add(row["indicator"])
    others = [name for name in definitions.indicators if name not in placed]
    return [*sections.values(), {"row": None, "groups": {("", "", "", ""): others}}]
