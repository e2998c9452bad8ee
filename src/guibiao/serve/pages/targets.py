"""The board of targets: what each is, where it stands, how sure that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.tables import ATTAINMENT
from guibiao.serve.pages.frame import frame_of

STATES: Mapping[str, tuple[str, str]] = {
    "out_of_reach": ("难以达到", "out of reach"),
    "missed": ("未达到", "missed"),
    "behind": ("滞后", "behind"),
    "on_pace": ("进度正常", "on pace"),
    "met": ("已达到", "met"),
    "no_data": ("无数据", "no data"),
    "not_measurable": ("不可衡量", "not measurable"),
}
"""States in the order of what needs attention, Chinese and English."""
router = APIRouter(include_in_schema=False)


@router.get("/targets")
def targets(request: Request, state: str = "", document: str = "") -> Response:
    """The board, filtered by state and document."""
    frame = frame_of(request)
    release = frame.release()

    def build() -> tuple[str, Mapping[str, Any]]:
        rows = release.select(ATTAINMENT).to_pylist() if release.has(ATTAINMENT) else []
        order = list(STATES)
        shown = [row for row in rows if state in {"", row["status"]} and document in {"", row["document"]}]
        shown.sort(key=lambda row: (order.index(row["status"]), row["deadline"] is None, row["deadline"] or 0, row["target"]))
        return "targets.html", {
            "rows": shown, "total": len(rows), "states": STATES, "counts": Counter(row["status"] for row in rows), "state": state,
            "documents": sorted({row["document"] for row in rows}), "document": document,
            "as_of": rows[0]["as_of"] if rows else None,
        }  # fmt: skip

    return frame.cached(request, release, build)
