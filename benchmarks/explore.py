"""The explore page with 2,500 cells and search over 12,000 paragraphs, as the server answers them: no network, no cache of pages.

The limit is that of the design: a table of 2,500 cells in under half a second (.Stat Data Explorer: 0.1-4 s). The release is made up, from
a fixed seed: 250 areas by ten years of one indicator among 300,000 observations of others.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

LIMIT_SECONDS = 0.5
AREAS, YEARS, OTHERS, PARAGRAPHS = 250, 10, 300_000, 12_000
TIMES = 7
INDICATOR = "gross_domestic_product"
WORDS = ("数字", "数据要素", "平台", "园区", "创新", "治理", "gdp")
SIGNS = "数字经济产业平台数据要素融合创新服务企业园区政务治理建设推进完善提升培育工程行动"


def measure(quiet: bool = True) -> dict[str, Any]:
    """Median and greatest seconds of each page, with what it held."""
    with tempfile.TemporaryDirectory(prefix="guibiao-explore-") as folder:
        report = _measured(_site(Path(folder)))
    if not quiet:
        for name, each in report.items():
            print(
                f"{name}: median {each['median_seconds']:.3f} s, greatest {each['greatest_seconds']:.3f} s, "
                f"processor {each['median_processor_seconds']:.3f} s, {each['held']} {each['what']}"
            )
        print(f"limit for the table: {LIMIT_SECONDS} s")
    return report


def _measured(site: Any) -> dict[str, Any]:
    return asyncio.run(_asked(site))


async def _asked(site: Any) -> dict[str, Any]:
    import httpx

    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://benchmark") as client:
        await client.get("/search?q=a")
        kinds = {
            "explore": ([f"/explore?i={INDICATOR}&from={1900 + number}" for number in range(TIMES)], "/figure?key=", "cells"),
            "search": ([f"/search?q={word}" for word in WORDS], "<mark>", "marks"),
        }
        report = {}
        for name, (addresses, mark, what) in kinds.items():
            seconds, used, held = [], [], 0
            for address in addresses:
                start, before = time.perf_counter(), time.process_time()
                answer = await client.get(address)
                seconds.append(time.perf_counter() - start)
                used.append(time.process_time() - before)
                if answer.status_code != 200:
                    raise SystemExit(f"{address}: {answer.status_code}")
                held = max(held, answer.text.count(mark))
            report[name] = {
                "median_seconds": statistics.median(seconds), "greatest_seconds": max(seconds), "held": held, "what": what,
                "median_processor_seconds": statistics.median(used),
            }  # fmt: skip
        return report


def _site(folder: Path) -> Any:
    """The site on a made-up release."""
    from guibiao.model.definition_tables import PASSAGES
    from guibiao.model.tables import OBSERVATIONS
    from guibiao.publication import Publication
    from guibiao.publish.release import Content, clear, draft, publish
    from guibiao.reference.load import load_workspace
    from guibiao.reference.scaffold import scaffold
    from guibiao.run import DataRun, Request
    from guibiao.serve.application import create_application
    from guibiao.store.open import open_archive, open_store
    from guibiao.web import services_of, settings_of

    workspace = load_workspace(scaffold(folder, "made_up", "试城", "990100"))
    out = folder / "out"
    store = open_store(str(out / "store" / "guibiao.duckdb"), workspace.settings.id)
    try:
        tables = dict(Publication(DataRun(workspace, store, Request(out, today=date(2026, 3, 2))))._released)
    finally:
        store.close()
    pattern = next(row for row in tables[OBSERVATIONS].to_pylist() if row["indicator"] == INDICATOR)
    tables[OBSERVATIONS] = _observations(pattern)
    tables[PASSAGES] = _paragraphs()
    archive, now = open_archive(out / "releases"), datetime.now(UTC)
    release = draft(archive, Content(workspace=workspace.settings.id, software="0", tables=tables), at=now).id
    clear(archive, release, who="benchmark", reason="made up", at=now)
    publish(archive, release, at=now)
    settings = settings_of(workspace, out, {"GUIBIAO_OPERATIONS": "none"}, {})
    return create_application(services_of(workspace, out, settings), settings)


def _observations(pattern: dict[str, Any]) -> list[dict[str, Any]]:
    signs = random.Random(4)
    rows = []
    for number in range(AREAS * YEARS + OTHERS):
        year = 2014 + number % YEARS
        own = number < AREAS * YEARS
        rows.append(
            pattern
            | {
                "indicator": INDICATOR if own else f"other_{number // 10_000}", "area": f"{100_000 + (number // YEARS) % 1000}",
                "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "value": round(signs.uniform(10, 1e5), 2),
                "low": None, "high": None,
            }
        )  # fmt: skip
    return rows


def _paragraphs() -> list[dict[str, Any]]:
    signs = random.Random(5)
    return [
        {
            "document": f"document_{number // 400}", "document_title": f"第{number // 400}号文件", "source": "", "section": "",
            "start": number, "kind": "task", "id": str(number), "text": "".join(signs.choices(SIGNS, k=80)),
        }
        for number in range(PARAGRAPHS)
    ]  # fmt: skip


if __name__ == "__main__":
    measure(quiet=False)
