"""Whole tables of the release for download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from guibiao.model.definition_tables import DEFINITIONS
from guibiao.model.forecast_tables import FORECASTS, UNFORECAST
from guibiao.model.messages import translate as _
from guibiao.model.tables import ATTAINMENT, FINDINGS, INDEX_TABLES, OBSERVATIONS, STATEMENTS, WARNINGS, Table
from guibiao.serve.errors import NotFound
from guibiao.serve.pages.exports import csv_lines, rows_in_parts
from guibiao.serve.pages.frame import frame_of
from guibiao.store.port import OpenRelease

TITLES: Mapping[str, tuple[str, str]] = {
    "observations": ("观测值：现行的全部数据", "Observations: every current figure"),
    "statements": ("陈述：各来源、各版本的数", "Statements: every source and vintage"),
    "indicators": ("指标：名称、定义、单位、口径", "Indicators: names, definitions, units, bases"),
    "framework_members": ("统计框架及其指标", "Frameworks and their indicators"),
    "codes": ("统计分类：地区、行业等代码", "Classifications: areas, industries and others"),
    "sources": ("来源及等级", "Sources and their grades"),
    "breaks": ("口径变化", "Breaks of definition"),
    "headlines": ("主要指标清单", "List of headline figures"),
    "attainment": ("目标进展", "Progress of targets"),
    "warnings": ("监测预警", "Warning lights"),
    "findings": ("核查发现", "Findings"),
    "forecasts": ("预测（非公布数）", "Forecasts, not published figures"),
    "unforecast": ("没有预测的序列及原因", "Series without a forecast, and why"),
    "passages": ("政策文件中目标与任务的原文", "Words of targets and tasks in policy documents"),
    "index_scores": ("指数：得分、位次与区间", "Indices: scores, ranks and intervals"),
    "index_nodes": ("指数：结构、权重与评分", "Indices: structure, weights and bounds"),
    "index_ranks": ("指数：压力测试中各位次的概率", "Indices: chances of ranks in the stress test"),
    "index_drivers": ("指数：位次不确定的来由", "Indices: what ranks hinge on"),
    "index_changes": ("指数：得分变化的分解", "Indices: what changed the scores"),
}
TABLES = {
    table.name: table
    for table in (OBSERVATIONS, STATEMENTS, *DEFINITIONS, ATTAINMENT, WARNINGS, FINDINGS, FORECASTS, UNFORECAST, *INDEX_TABLES)
}
router = APIRouter(include_in_schema=False)


@router.get("/downloads")
def downloads(request: Request) -> Response:
    """The list of tables with their sizes."""
    frame = frame_of(request)
    release = frame.release()

    def build() -> tuple[str, Mapping[str, Any]]:
        held = release.manifest.tables
        files = {file.name: file for file in release.manifest.files}
        tables = [(name, titles, held[name], files.get(f"{name}.parquet")) for name, titles in TITLES.items() if name in held]
        return "downloads.html", {"tables": tables, "columns": {name: TABLES[name].columns for name in TITLES if name in held}}

    return frame.cached(request, release, build)


@router.get("/downloads/{name}.csv")
def table_csv(request: Request, name: str) -> Response:
    """A whole table as CSV, sent as it is read."""
    release = frame_of(request).release()
    table = _table(release, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{release.manifest.id}.csv"'}
    return StreamingResponse(
        csv_lines(table.names, ([row[name] for name in table.names] for row in rows_in_parts(release, table))),
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )


@router.get("/downloads/{name}.parquet")
def table_parquet(request: Request, name: str) -> Response:
    """A whole table as Parquet."""
    release = frame_of(request).release()
    table = _table(release, name)
    return FileResponse(release.file(table), media_type="application/vnd.apache.parquet", filename=f"{name}-{release.manifest.id}.parquet")


def _table(release: OpenRelease, name: str) -> Table:
    table = TABLES.get(name)
    if table is None or not release.has(table):
        raise NotFound(_("现行发布中没有表 {name}").format(name=name), remedy=_("见下载页的清单。"))
    return table
