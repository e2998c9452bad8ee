"""Released tables: indicators, observations, statements, targets, warnings, findings, codes, sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from guibiao.model.definition_tables import BREAKS, CODES, FRAMEWORK_MEMBERS, INDICATORS, PASSAGES, SOURCES
from guibiao.model.forecast_tables import COMBINED, FORECASTS
from guibiao.model.messages import translate as _
from guibiao.model.tables import ATTAINMENT, FINDINGS, OBSERVATIONS, STATEMENTS, WARNINGS
from guibiao.serve.api.forms import page_form, row_form
from guibiao.serve.api.paging import plain, read_page
from guibiao.serve.api.reading import (
    FAULTS,
    NO_NUL,
    NOTHING,
    PREFIX,
    USUAL_LIMIT,
    CursorText,
    Day,
    Limit,
    Texts,
    answer,
    chosen,
    page_answer,
    services_of,
)
from guibiao.serve.errors import NotFound, nothing_published
from guibiao.store.port import Holding, Range

router = APIRouter(prefix=PREFIX, responses=FAULTS)

Break = row_form(BREAKS, "Break")
Membership = row_form(FRAMEWORK_MEMBERS, "Membership")
Indicator = row_form(INDICATORS, "Indicator")
IndicatorDetail = row_form(INDICATORS, "IndicatorDetail", breaks=(list[Break], ...), frameworks=(list[Membership], ...))  # type: ignore[valid-type]
Observation = row_form(OBSERVATIONS, "Observation", passport=(str, ...))
Statement = row_form(STATEMENTS, "Statement")
Target = row_form(ATTAINMENT, "Target")
Warning_ = row_form(WARNINGS, "Warning")
Finding = row_form(FINDINGS, "Finding")
Forecast = row_form(FORECASTS, "Forecast")
Passage = row_form(PASSAGES, "Passage")
Code = row_form(CODES, "Code")
Source = row_form(SOURCES, "Source")
Name = Annotated[str, Path(max_length=200, pattern=NO_NUL)]


@router.get("/indicators", response_model=page_form(Indicator, "IndicatorPage"))
def indicators(
    request: Request,
    framework: Annotated[str, Query(max_length=200, pattern=NO_NUL, description="only indicators of a framework")] = "",
    search: Annotated[str, Query(max_length=100, pattern=NO_NUL, description="text in the Chinese name")] = "",
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Definitions of the indicators."""
    releases = services_of(request).releases
    where: dict[str, Any] = {"name_zh": Holding(search)} if search else {}
    if framework:
        release = releases.current()
        if release is None:
            raise nothing_published()
        where["indicator"] = release.distinct(FRAMEWORK_MEMBERS, ("indicator",), {"framework": framework})["indicator"].to_pylist()
    return page_answer(request, read_page(releases, INDICATORS, where, cursor=cursor, limit=limit))


@router.get("/indicators/{name}", response_model=IndicatorDetail)
def indicator(request: Request, name: Name) -> Response:
    """One indicator with its breaks and the frameworks it belongs to."""
    release = services_of(request).releases.current()
    if release is None:
        raise nothing_published()
    where = chosen(indicator=[name])
    found = release.select(INDICATORS, where=where).to_pylist()
    if not found:
        raise NotFound(_("没有指标 {name}").format(name=name), remedy=_("查 /api/v1/indicators 可得全部指标。"))
    breaks = [plain(row) for row in release.select(BREAKS, where=where).to_pylist()]
    frameworks = [plain(row) for row in release.select(FRAMEWORK_MEMBERS, where=where).to_pylist()]
    return answer(request, plain(found[0]) | {"breaks": breaks, "frameworks": frameworks})


@router.get("/observations", response_model=page_form(Observation, "ObservationPage"))
def observations(
    request: Request,
    indicator: Texts = NOTHING,
    area: Texts = NOTHING,
    categories: Texts = NOTHING,
    measure: Texts = NOTHING,
    price_basis: Texts = NOTHING,
    accounting_basis: Texts = NOTHING,
    first: Annotated[Day | None, Query(alias="from", description="reference periods that end on this day or later")] = None,
    last: Annotated[Day | None, Query(alias="to", description="reference periods that end on this day or earlier")] = None,
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Published figures; `passport` leads to the lineage of each."""
    services = services_of(request)
    where = chosen(
        indicator=indicator, area=area, categories=categories, measure=measure, price_basis=price_basis, accounting_basis=accounting_basis
    )
    if first is not None or last is not None:
        where["period_end"] = Range(first, last)
    page = read_page(services.releases, OBSERVATIONS, where, cursor=cursor, limit=limit)
    key: Callable[[Any], str] | None = services.passports.key if services.passports else None
    more = {place: {"passport": f"{PREFIX}/passports/{quote(key(row), safe='')}" if key else ""} for place, row in enumerate(page.rows)}
    return page_answer(request, page, more)


@router.get("/statements", response_model=page_form(Statement, "StatementPage"))
def statements(
    request: Request,
    indicator: Texts = NOTHING,
    area: Texts = NOTHING,
    source: Texts = NOTHING,
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """What each source states: vintages and alternatives of the figures."""
    where = chosen(indicator=indicator, area=area, source=source)
    return page_answer(request, read_page(services_of(request).releases, STATEMENTS, where, cursor=cursor, limit=limit))


@router.get("/targets", response_model=page_form(Target, "TargetPage"))
def targets(
    request: Request,
    status: Texts = NOTHING,
    document: Texts = NOTHING,
    indicator: Texts = NOTHING,
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Targets of policy documents and how they stand."""
    where = chosen(status=status, document=document, indicator=indicator)
    return page_answer(request, read_page(services_of(request).releases, ATTAINMENT, where, cursor=cursor, limit=limit))


@router.get("/warnings", response_model=page_form(Warning_, "WarningPage"))
def warnings(
    request: Request,
    board: Texts = NOTHING,
    light: Texts = NOTHING,
    latest: Annotated[bool | None, Query(description="only the last value of each series, or all but it")] = None,
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Warning lights of the boards."""
    where = chosen(board=board, light=light) | ({"latest": latest} if latest is not None else {})
    return page_answer(request, read_page(services_of(request).releases, WARNINGS, where, cursor=cursor, limit=limit))


@router.get("/forecasts", response_model=page_form(Forecast, "ForecastPage"))
def forecasts(
    request: Request,
    indicator: Texts = NOTHING,
    area: Texts = NOTHING,
    categories: Texts = NOTHING,
    model: Annotated[Texts, Query(description=f"{COMBINED} for all models in equal parts; none for every model")] = NOTHING,
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Forecasts of annual series, apart from published figures: median and intervals by model."""
    where = chosen(indicator=indicator, area=area, categories=categories, model=model)
    return page_answer(request, read_page(services_of(request).releases, FORECASTS, where, cursor=cursor, limit=limit))


@router.get("/passages", response_model=page_form(Passage, "PassagePage"))
def passages(
    request: Request,
    document: Texts = NOTHING,
    kind: Texts = NOTHING,
    search: Annotated[str, Query(max_length=100, pattern=NO_NUL, description="text in the words")] = "",
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Words of policy documents that set targets and tasks."""
    where: dict[str, Any] = chosen(document=document, kind=kind) | ({"text": Holding(search)} if search else {})
    return page_answer(request, read_page(services_of(request).releases, PASSAGES, where, cursor=cursor, limit=limit))


@router.get("/findings", response_model=page_form(Finding, "FindingPage"))
def findings(
    request: Request,
    severity: Texts = NOTHING,
    rule: Texts = NOTHING,
    indicator: Texts = NOTHING,
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """What the checks of the figures found."""
    where = chosen(severity=severity, rule=rule, indicator=indicator)
    return page_answer(request, read_page(services_of(request).releases, FINDINGS, where, cursor=cursor, limit=limit))


@router.get("/codes", response_model=page_form(Code, "CodePage"))
def codes(
    request: Request,
    classification: Texts = NOTHING,
    code: Texts = NOTHING,
    cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Codes of the classifications, areas among them."""
    where = chosen(classification=classification, code=code)
    return page_answer(request, read_page(services_of(request).releases, CODES, where, cursor=cursor, limit=limit))


@router.get("/sources", response_model=page_form(Source, "SourcePage"))
def sources(request: Request, grade: Texts = NOTHING, cursor: CursorText = "", limit: Limit = USUAL_LIMIT) -> Response:
    """Documents and services that state the figures."""
    return page_answer(request, read_page(services_of(request).releases, SOURCES, chosen(grade=grade), cursor=cursor, limit=limit))
