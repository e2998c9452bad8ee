"""The page of one indicator: definition, course, vintages, table, by area, by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.forecast_tables import LEVELS
from guibiao.model.messages import translate as _
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.errors import NotFound, NotOffered
from guibiao.serve.pages import charting, forecasting
from guibiao.serve.pages.comparing import Series, period_of
from guibiao.serve.pages.definitions import Definitions
from guibiao.serve.pages.exports import csv_lines, metadata_sheet, observed_head, observed_values, require_sheet, rows_in_parts
from guibiao.serve.pages.frame import Frame, frame_of, language_of
from guibiao.serve.pages.selection import Selection, select_series
from guibiao.serve.services import ChartOrder, Row, SheetOrder
from guibiao.store.port import OpenRelease

ROWS_SHOWN = 60
RANKED = 40
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for an indicator, with what it found."""

    frame: Frame
    release: OpenRelease
    definitions: Definitions
    indicator: Row
    selection: Selection | None
    language: str


@router.get("/indicators/{name}.csv")
def indicator_csv(request: Request, name: str) -> Response:
    """Every observation of the indicator, of all areas, classes and periods, as CSV."""
    asked = _asked(request, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{asked.release.manifest.id}.csv"'}
    return StreamingResponse(
        csv_lines(observed_head(asked.language), _every_value(asked)), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.get("/indicators/{name}/forecast.csv")
def indicator_forecast(request: Request, name: str) -> Response:
    """Every forecast of the indicator, by model, as CSV of its own: no published figures."""
    asked = _asked(request, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}-forecast-{asked.release.manifest.id}.csv"'}
    lines = csv_lines(forecasting.head(asked.language), _every_forecast(asked))
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/indicators/{name}.xlsx")
def indicator_xlsx(request: Request, name: str) -> Response:
    """The same as a workbook, with a sheet that says what the figures are."""
    asked = _asked(request, name)
    if asked.frame.services.workbooks is None:
        raise NotOffered(_("本站不提供 Excel 下载"), remedy=_("下载 CSV。"))
    language = asked.language
    require_sheet(asked.release, {"indicator": name})
    rows = list(_every_value(asked))
    title = asked.definitions.indicator_name(name, language)
    sheets = (
        SheetOrder("数据" if language == "zh" else "Data", observed_head(language), rows),
        *forecasting.sheet(list(_every_forecast(asked)), language),
        metadata_sheet([asked.indicator], charting.release_facts(asked.frame, asked.release, len(rows), language), language),
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}-{asked.release.manifest.id}.xlsx"'}
    return Response(asked.frame.services.workbooks.workbook(title, sheets, language), media_type=EXCEL, headers=headers)


@router.get("/indicators/{name}/{chart}.{form}")
def indicator_chart(request: Request, name: str, chart: str, form: str) -> Response:
    """A chart of the indicator as SVG, PNG or Vega-Lite specification (json)."""
    asked = _asked(request, name)
    order, charts = _order(asked, chart), asked.frame.services.charts
    if charts is None or form not in {"svg", "png", "json"}:
        raise NotFound(_("没有这张图"), remedy=_("从指标页下载。"))
    drawn = charts.specify(asked.release, order, asked.language)
    if drawn.spec is None:
        raise NotFound(_("没有这张图"), drawn.reason)
    headers = {"Content-Disposition": f'inline; filename="{name}-{chart}.{form}"', "Cache-Control": "private, no-cache"}
    if form == "json":
        return JSONResponse(charting.with_addresses(drawn), headers=headers)
    if form == "svg":
        return Response(charts.svg(drawn), media_type="image/svg+xml", headers=headers)
    return Response(charts.png(drawn), media_type="image/png", headers=headers)


@router.get("/indicators/{name}/{chart}")
def chart_page(request: Request, name: str, chart: str, part: str = "") -> Response:
    """A chart with its notes, links and files; with `part=figure` what a page puts in the chart's place."""
    frame = frame_of(request)
    release = frame.release()

    def build() -> tuple[str, Mapping[str, Any]]:
        asked = _asked(request, name, release)
        drawn, svg = charting.drawing(frame, release, _order(asked, chart), asked.language)
        kept = urlencode([(key, value) for key, value in request.query_params.multi_items() if key not in {"part", "lang"}])
        context = {"drawn": drawn, "svg": svg, "chart": chart, "indicator": asked.indicator, "query": kept}
        return ("chart_figure.html" if part == "figure" else "chart.html"), context

    return frame.cached(request, release, build)


@router.get("/indicators/{name}")
def indicator(request: Request, name: str) -> Response:
    """The page."""
    frame = frame_of(request)
    release = frame.release()
    return frame.cached(request, release, lambda: ("indicator.html", _context(_asked(request, name, release), request)))


def _asked(request: Request, name: str, release: OpenRelease | None = None) -> Asked:
    """What is asked for, of the release named or else the current one."""
    frame = frame_of(request)
    release = release or frame.release()
    definitions = frame.definitions(release)
    row = definitions.indicator(name)
    selection = select_series(release, row, dict(request.query_params), frame.settings.area, definitions)
    return Asked(frame, release, definitions, row, selection, language_of(request))


def _order(asked: Asked, chart: str) -> ChartOrder:
    """A chart of the page by its name in the address; `NotFound` for another one."""
    home = asked.frame.settings.area
    if asked.selection is not None:
        found = charting.every_order(asked.release, asked.selection, asked.indicator, asked.definitions, home).get(chart)
        if found is not None:
            return found
    raise NotFound(_("没有这张图"), remedy=_("从指标页下载。"))


def _every_value(asked: Asked) -> Iterator[list[Any]]:
    """Every observation of the indicator as its export has it."""
    words = asked.frame.services.words
    for row in rows_in_parts(asked.release, OBSERVATIONS, {"indicator": asked.indicator["indicator"]}):
        yield observed_values(row, words.period(row, asked.language), asked.definitions, asked.language)


def _every_forecast(asked: Asked) -> Iterator[list[Any]]:
    words = asked.frame.services.words
    return forecasting.exported(asked.release, asked.indicator["indicator"], asked.definitions, words, asked.language)


def _context(asked: Asked, request: Request) -> Mapping[str, Any]:
    shared: dict[str, Any] = {
        "indicator": asked.indicator,
        "selection": asked.selection,
        "breaks": asked.definitions.breaks.get(asked.indicator["indicator"], ()),
        "frameworks": [row for row in asked.definitions.members if row["indicator"] == asked.indicator["indicator"]],
    }
    if asked.selection is None:
        return shared | {
            "rows": [],
            "charts": {},
            "by_area": [],
            "by_class": [],
            "sources": [],
            "left_out": 0,
            "total": 0,
            "query": "",
            "ahead": None,
        }
    rows = _series_rows(asked, asked.selection)
    periods = sorted(rows, key=lambda row: (row["period_end"], row["period_start"]), reverse=True)
    return shared | {
        "rows": list(_with_growth(asked, periods[:ROWS_SHOWN], rows)),
        "left_out": max(0, len(periods) - ROWS_SHOWN),
        "total": asked.release.count(OBSERVATIONS, {"indicator": asked.indicator["indicator"]}),
        "charts": _charts(asked, asked.selection),
        "ahead": forecasting.ahead_of(asked.release, asked.selection, asked.frame.settings.area),
        "model_names": forecasting.MODELS,
        "levels": LEVELS,
        "rounded": lambda value: forecasting.rounded(value, asked.frame.services.words, asked.language),
        "by_area": _by_area(asked, asked.selection, periods),
        "by_class": _by_class(asked, asked.selection, periods),
        "sources": sorted({row["source"] for row in rows if row["source"]}),
        "query": urlencode([(key, value) for key, value in request.query_params.multi_items() if key != "lang"]),
    }


def _charts(asked: Asked, selection: Selection) -> Mapping[str, ChartOrder]:
    if asked.frame.services.charts is None:
        return {}
    return charting.every_order(asked.release, selection, asked.indicator, asked.definitions, asked.frame.settings.area)


def _series_rows(asked: Asked, selection: Selection) -> list[Row]:
    basis, price = selection.basis
    where = {
        "indicator": selection.indicator, "area": selection.area, "categories": selection.categories,
        "accounting_basis": basis, "price_basis": price,
    }  # fmt: skip
    rows: list[Row] = asked.release.select(OBSERVATIONS, where=where).to_pylist()
    return rows


def _with_growth(asked: Asked, shown: Sequence[Row], rows: Sequence[Row]) -> Iterator[Mapping[str, Any]]:
    """Each figure with the growth that is published for it and the change that follows from the levels, kept apart."""
    name = asked.indicator["indicator"]
    growths = [
        each["indicator"] for each in asked.definitions.indicators.values() if each["relation"] == "growth" and each["relation_of"] == name
    ]
    published: dict[Any, Row] = {}
    if growths and shown:
        where = {"indicator": growths, "area": shown[0]["area"], "categories": shown[0]["categories"]}
        published = {period_of(row): row for row in asked.release.select(OBSERVATIONS, where=where).to_pylist()}
    series = Series(rows, asked.definitions.breaks)
    for row in shown:
        yield {"row": row, "published": published.get(period_of(row)), "moved": series.year_before(row, asked.indicator["nature"])}


def _by_area(asked: Asked, selection: Selection, periods: Sequence[Row]) -> list[Row]:
    """The figures of other areas of the same level in the last period, the greatest first."""
    if len(selection.areas) < 3 or not periods:
        return []
    home = asked.definitions
    for parent in dict.fromkeys((selection.area, home.parent_of(selection.area))):
        codes = [code for code in home.below(parent) if code in selection.areas]
        if len(codes) < 3:
            continue
        where = {"indicator": selection.indicator, "area": codes, "categories": selection.categories}
        best = charting.best_covered(asked.release, where)
        if not best:
            continue
        return sorted(best, key=lambda row: row["value"], reverse=True)
    return []


def _by_class(asked: Asked, selection: Selection, periods: Sequence[Row]) -> list[Mapping[str, Any]]:
    """For each dimension, the figures of its codes in the last period, other dimensions as chosen."""
    tables: list[Mapping[str, Any]] = []
    for dimension in selection.codes:
        fitting = [
            key
            for key in selection.keys
            if {name: code for name, code in parse_category_key(key).items() if name != dimension}
            == {name: code for name, code in selection.codes.items() if name != dimension}
        ]
        if len(fitting) < 2:
            continue
        where = {"indicator": selection.indicator, "area": selection.area, "categories": fitting}
        rows = charting.best_covered(asked.release, where)
        total = next((row["value"] for row in rows if parse_category_key(row["categories"])[dimension] == TOTAL), None)
        ordered = sorted(rows, key=lambda row: (parse_category_key(row["categories"])[dimension] != TOTAL, -row["value"]))
        additive = dimension in asked.indicator["additive_over"].split() and total
        tables.append(
            {
                "dimension": dimension,
                "rows": ordered[:RANKED],
                "left_out": max(0, len(ordered) - RANKED),
                "total": total if additive else None,
            }
        )
    return tables
