"""Quality of the data: findings by severity and rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from guibiao.model.tables import FINDINGS
from guibiao.serve.pages.frame import frame_of
from guibiao.store.port import Condition, Holding

SEVERITIES: Mapping[str, tuple[str, str]] = {"error": ("错误", "error"), "warning": ("警告", "warning"), "info": ("提示", "note")}
PAGE = 100
router = APIRouter(include_in_schema=False)


@router.get("/quality")
def quality(
    request: Request, severity: str = "", rule: str = "", indicator: str = "", q: str = "", page: int = Query(1, ge=1, le=100_000)
) -> Response:
    """Findings, filtered and paged."""
    frame = frame_of(request)
    release = frame.release()

    def build() -> tuple[str, Mapping[str, Any]]:
        given = {"severity": severity, "rule": rule, "indicator": indicator}
        where: dict[str, Condition] = {name: value for name, value in given.items() if value}
        if q.strip():
            where["message"] = Holding(q.strip())
        every = release.select(FINDINGS, ("severity", "rule")).to_pylist()
        total = release.count(FINDINGS, where)
        rows: list[dict[str, Any]] = []
        for each in [severity] if severity else SEVERITIES:
            rows += release.select(FINDINGS, where=where | {"severity": each}).to_pylist() if len(rows) < page * PAGE else []
        return "quality.html", {
            "rows": rows[(page - 1) * PAGE : page * PAGE], "total": total, "page": page, "pages": -(-total // PAGE) or 1,
            "severities": SEVERITIES, "counts": Counter(row["severity"] for row in every),
            "rules": Counter(row["rule"] for row in every if severity in {"", row["severity"]}).most_common(),
            "severity": severity, "rule": rule, "indicator": indicator, "q": q,
        }  # fmt: skip

    return frame.cached(request, release, build)
