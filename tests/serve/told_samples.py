"""The made-up city with more to tell: a long series with its forecast, a warning board, words of a policy document, a break."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from guibiao.forecasts import AnnualForecast, forecast_rows
from guibiao.model.definition_tables import BREAKS, PASSAGES
from guibiao.model.forecast_tables import FORECASTS
from guibiao.model.tables import OBSERVATIONS, WARNINGS, Kind, Table
from guibiao.publication import Publication
from guibiao.publish.release import Content, draft
from guibiao.run import DataRun, Request
from guibiao.store.open import open_store
from tests.serve.release_samples import AREA, NOON, TODAY, City, new_city

LONG = "gross_domestic_product"
FIRST = 2010
DOCUMENT = "plan"
TOLD = "到2025年，建成<b>5G</b>基站6000个以上"


def told_city(folder: Path, *, store: str = "", passages: int = 0) -> City:
    """The city with its release published; `passages` adds so many paragraphs of a long document."""
    city = new_city(folder, store=store)
    working = open_store(city.store or str(city.out / "store" / "guibiao.duckdb"), city.workspace.settings.id)
    try:
        publication = Publication(DataRun(city.workspace, working, Request(city.out, today=TODAY)))
        tables = dict(publication._released)
    finally:
        working.close()
    observed: list[dict[str, Any]] = tables[OBSERVATIONS].to_pylist()  # type: ignore[union-attr]
    observed += history(next(row for row in observed if row["indicator"] == LONG))
    tables[OBSERVATIONS] = observed
    tables[FORECASTS] = forecasts(city, observed)
    tables[WARNINGS] = lights()
    tables[BREAKS] = [
        {"indicator": LONG, "date": "2015", "reason_zh": "核算方法改变", "reason_en": "new method", "source": "", "link": "1.05"}
    ]
    tables[PASSAGES] = [*words(), *(paragraph(number) for number in range(passages))]
    content = Content(workspace=city.workspace.settings.id, software="0", tables=tables)
    city.publish(draft(city.archive, content, at=NOON).id)
    return city


def history(pattern: dict[str, Any]) -> list[dict[str, Any]]:
    """Ten years before the city's own figures."""
    made = []
    value = 400.0
    signs = random.Random(20260302)
    for year in range(FIRST, 2021):
        value *= 1.08 + signs.uniform(-0.02, 0.02)
        made.append(
            pattern
            | {
                "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "value": round(value, 1), "low": None, "high": None,
                "printed": f"{value:.1f}", "statement": "", "alternatives": 0, "qualifier": "exact",
            }
        )  # fmt: skip
    return made


def forecasts(city: City, observed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the run would forecast of the long series."""
    rows = sorted((row for row in observed if row["indicator"] == LONG), key=lambda row: row["period_end"])
    series = {name: rows[-1][name] for name in ("indicator", "area", "categories", "price_basis", "accounting_basis")}
    made = forecast_rows(series, rows, city.workspace.indicators[LONG], TODAY.year, AnnualForecast())
    return [{**row, "as_of": TODAY} for row in made]


def blank(table: Table) -> dict[str, Any]:
    """A row of a table that says nothing."""
    plain: dict[Kind, Any] = {
        Kind.TEXT: "", Kind.INTEGER: 0, Kind.FLAG: False, Kind.FLOAT: 0.0, Kind.EXACT: 0, Kind.DAY: TODAY,
        Kind.MOMENT: datetime(2026, 3, 2, tzinfo=UTC),
    }  # fmt: skip
    return {column.name: None if column.nullable else plain[column.kind] for column in table.columns}


def lights() -> list[dict[str, Any]]:
    """Two series and the composite over three years of months, one month without a light."""
    rows = []
    names = ("cold", "cool", "normal", "warm", "hot")
    for series, zh in (("sales", "零售额增速"), ("prices", "价格涨幅"), ("composite", "综合预警指数")):
        for month in range(36):
            score = 1 + (month + len(series)) % 5
            gone = series == "sales" and month == 30
            period = f"{2023 + month // 12}-{month % 12 + 1:02d}"
            rows.append(
                blank(WARNINGS)
                | {
                    "board": "monthly", "series": series, "name_zh": zh, "name_en": series, "area": AREA, "period": period, "unit": "%",
                    "value": None if gone else score * 1.5, "light": "none" if gone else names[score - 1],
                    "score": None if gone else score, "reason": "gap" if gone else "", "limits": "1 2 4 6", "limit_kind": "quantile",
                    "latest": month == 35, "sentence_zh": f"{zh}：<script>" if month == 35 else "", "event_zh": "3期内低于0",
                }
            )  # fmt: skip
    tested = next(row for row in rows if row["series"] == "sales" and row["latest"])
    tested |= {
        "tested": "tested", "tested_from": "2024-01", "tested_to": "2025-12", "events": 6, "hits": 4, "misses": 2, "false_alarms": 3,
        "pending": 1, "lead": 2.5,
    }  # fmt: skip
    return rows


def words() -> list[dict[str, Any]]:
    """A target and a task of a plan."""
    common = {"document": DOCUMENT, "document_title": "数字新城行动计划", "source": "", "section": "一、目标"}
    return [
        common | {"start": 10, "kind": "target", "id": "plan-1", "text": TOLD},
        common | {"start": 90, "kind": "task", "id": "plan-2", "text": "推进工业互联网平台建设"},
    ]


def paragraph(number: int) -> dict[str, Any]:
    """A paragraph of a long document."""
    return {
        "document": "long", "document_title": "长文件", "source": "", "section": f"第{number // 100}章", "start": number * 200,
        "kind": "task", "id": f"long-{number}", "text": f"第{number}段：推进数字经济与实体经济深度融合，第{number}项工作按期完成。" * 3,
    }  # fmt: skip
