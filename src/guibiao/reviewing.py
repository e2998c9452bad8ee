"""The review of documents with a workspace's published figures behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from guibiao.model.tables import OBSERVATIONS, STATEMENTS
from guibiao.publish.figures import figure_from_row
from guibiao.reference.definitions import Workspace
from guibiao.review.sourced import Published, PublishedFigures, gathered
from guibiao.run import DataRun
from guibiao.store.port import Condition, OpenRelease

AREAS = "areas"
MOST_ROWS = 200_000
"""Undivided rows of a release's table that are read whole."""
_WHOLE_CITY = ("全市", "本市", "我市")
_WHOLE_COUNTRY = ("全国", "我国", "中国")


def published_figures(data: DataRun) -> PublishedFigures:
    """Figures of whole years without further division: what the run observes, and every statement behind it."""
    workspace = data.workspace
    figures = [*_figures(workspace, data.observation_rows), *_figures(workspace, data.statement_rows)]
    return gathered(figures, area_names(workspace), workspace.settings.area)


def released_figures(workspace: Workspace, release: OpenRelease) -> tuple[PublishedFigures, bool]:
    """The same from a release, and whether it is narrowed: of one with more than `MOST_ROWS` such rows, to the city and the country."""
    rows: list[dict[str, Any]] = []
    narrowed = False
    for table in (OBSERVATIONS, STATEMENTS):
        if release.has(table):
            where: dict[str, Condition] = {"categories": ""}
            if release.count(table, where) > MOST_ROWS:
                where["area"] = tuple(filter(None, (workspace.settings.area, workspace.settings.country)))
                narrowed = True
            rows += release.select(table, where=where).to_pylist()
    return gathered(list(_figures(workspace, rows)), area_names(workspace), workspace.settings.area), narrowed


def area_names(workspace: Workspace) -> dict[str, str]:
    """Area codes by the names that Chinese text uses for them, with and without 市, 区, 省."""
    named: dict[str, str] = {}
    for category in workspace.classifications[AREAS].categories:
        for name in (category.name_zh, category.name_zh.rstrip("市省"), *category.aliases):
            if len(name) > 1:
                named.setdefault(name, category.code)
    named |= dict.fromkeys(_WHOLE_CITY, workspace.settings.area)
    if workspace.settings.country:
        named |= dict.fromkeys(_WHOLE_COUNTRY, workspace.settings.country)
    return named


def _figures(workspace: Workspace, rows: list[dict[str, Any]]) -> Iterator[Published]:
    for row in rows:
        start, end = row["period_start"], row["period_end"]
        indicator = workspace.indicators.get(row["indicator"])
        if indicator is None or row["categories"] or not _is_year(start, end):
            continue
        figure = figure_from_row(row)
        source = workspace.sources.get(figure.source)
        name = figure.source if source is None else source.title
        yield Published(indicator.name_zh, figure.area, end.year, figure.quantity, name, figure.id)


def _is_year(start: date, end: date) -> bool:
    """Whether a period is a calendar year, or a stock at its end."""
    return end.month == 12 and end.day == 31 and (start == end or (start.year == end.year and start.month == 1 and start.day == 1))
