"""The first page: headline figures, what changed, warning lights, targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.release import Act
from guibiao.model.tables import ATTAINMENT, OBSERVATIONS, WARNINGS
from guibiao.serve.pages.comparing import Series, latest
from guibiao.serve.pages.definitions import Definitions
from guibiao.serve.pages.frame import UNFINISHED, Frame, frame_of
from guibiao.serve.pages.spark import spark
from guibiao.serve.pages.targets import STATES
from guibiao.serve.services import Change, Row
from guibiao.store.port import Busy, OpenRelease

CHANGES_SHOWN = 8
TARGETS_SHOWN = 6
JUDGED = ("out_of_reach", "missed", "behind", "on_pace", "met")
"""States that figures decide, what needs attention first."""
router = APIRouter(include_in_schema=False)


@router.get("/")
def overview(request: Request) -> Response:
    """The overview of the current release."""
    frame = frame_of(request)
    release = frame.release()
    return frame.cached(request, release, lambda: ("overview.html", _context(frame, release)))


def _context(frame: Frame, release: OpenRelease) -> Mapping[str, Any]:
    definitions, changed = frame.definitions(release), _changed(frame, release)
    rows = release.select(ATTAINMENT).to_pylist() if release.has(ATTAINMENT) else []
    lights = release.select(WARNINGS, where={"latest": True}).to_pylist() if release.has(WARNINGS) else []
    return {
        "headlines": list(_headlines(release, definitions)),
        "changed": changed,
        UNFINISHED: bool(changed and changed.get(UNFINISHED)),
        "states": {state: count for state in STATES if (count := Counter(row["status"] for row in rows)[state])},
        "judged": [row for state in JUDGED for row in rows if row["status"] == state][:TARGETS_SHOWN],
        "judged_count": sum(row["status"] in JUDGED for row in rows),
        "targets": len(rows),
        "state_names": STATES,
        "lights": [row for row in lights if row["series"] not in {"composite", "diffusion"}],
        "composite": next((row for row in lights if row["series"] == "composite"), None),
    }


def _headlines(release: OpenRelease, definitions: Definitions) -> Iterable[Mapping[str, Any]]:
    """One figure each: the last, with its change on a year and its course."""
    wanted = definitions.headlines
    where = {name: sorted({row[name] for row in wanted}) for name in ("indicator", "area", "categories")}
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in release.select(OBSERVATIONS, where=where).to_pylist() if wanted else ():
        found.setdefault((row["indicator"], row["area"], row["categories"]), []).append(row)
    for headline in wanted:
        rows = [
            row
            for row in found.get((headline["indicator"], headline["area"], headline["categories"]), ())
            if headline["accounting_basis"] in {"", row["accounting_basis"]}
        ]
        row = latest(rows)
        if row is None:
            continue
        nature = definitions.indicators[headline["indicator"]]["nature"]
        like = [each for each in rows if all(each[name] == row[name] for name in ("measure", "accounting_basis", "price_basis", "unit"))]
        days = (row["period_end"] - row["period_start"]).days
        course = [each for each in like if abs((each["period_end"] - each["period_start"]).days - days) < 4]
        yield {
            "label": headline, "row": row, "moved": Series(rows, definitions.breaks).year_before(row, nature), "spark": spark(course),
        }  # fmt: skip


def _changed(frame: Frame, release: OpenRelease) -> Mapping[str, Any] | None:
    """Differences from the release published before this one; None for the first."""
    published = [event for event in frame.services.releases.published() if event.act is Act.PUBLISH]
    earlier = [event.release for event in published if event.release != release.manifest.id]
    withdrawn = {notice.release for notice in frame.services.releases.notices()}
    previous = next((each for each in reversed(earlier) if each not in withdrawn), "")
    if not previous or frame.services.changes is None:
        return None
    try:
        changes = frame.services.changes.between(previous, release.manifest.id)
    except Busy:
        return {"previous": previous, UNFINISHED: True}
    counts = Counter(change.kind for change in changes)
    return {UNFINISHED: False, "previous": previous, "counts": counts, "total": len(changes), "shown": _telling(changes)[:CHANGES_SHOWN]}


def _telling(changes: Iterable[Change]) -> list[Change]:
    """Revisions first, the greater ones before the smaller, then what is new and what is gone."""
    order = {"revised": 0, "added": 1, "removed": 2}
    return sorted(changes, key=lambda change: (order[change.kind], -abs(change.per_cent or 0)))
