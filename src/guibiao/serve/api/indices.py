"""Released indices: scores with intervals of ranks, structure, chances, what ranks hinge on, changes; and a trial of other weights."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.tables import INDEX_CHANGES, INDEX_DRIVERS, INDEX_NODES, INDEX_RANKS, INDEX_SCORES, Table
from guibiao.serve.api.forms import Faults, page_form, row_form
from guibiao.serve.api.paging import read_page
from guibiao.serve.api.reading import (
    FAULTS,
    NOTHING,
    PREFIX,
    USUAL_LIMIT,
    CursorText,
    Limit,
    Texts,
    answer,
    chosen,
    page_answer,
    services_of,
)
from guibiao.serve.errors import NotFound, NotOffered, nothing_published
from guibiao.serve.trial_weights import LONGEST, read_weights
from guibiao.store.port import OpenRelease

router = APIRouter(prefix=f"{PREFIX}/index", responses=FAULTS)
Score = row_form(INDEX_SCORES, "IndexScore")
Node = row_form(INDEX_NODES, "IndexNode")
Rank = row_form(INDEX_RANKS, "IndexRank")
Driver = row_form(INDEX_DRIVERS, "IndexDriver")
IndexChange = row_form(INDEX_CHANGES, "IndexChange")
LATEST, EARLIEST = 9999, 1
Years = Annotated[list[Annotated[int, Field(ge=EARLIEST, le=LATEST)]], Query(max_length=100)]
NO_YEARS: list[int] = []


class TrialUnitItem(BaseModel):
    """A unit in a trial beside what is published."""

    unit: str
    score: float | None = Field(description="trial score")
    rank: int | None = Field(description="trial rank; it has no interval")
    published_score: float | None
    published_rank: int | None
    published_rank_low: float | None
    published_rank_high: float | None


class TrialAnswer(BaseModel):
    """An index under other weights: a trial, not published."""

    published: bool = Field(description="always false")
    release: str
    index: str
    year: int
    shares: dict[str, float] = Field(description="share among the parts of the parent, by code")
    weights: dict[str, float] = Field(description="share in the index, by code")
    scaled: list[str] = Field(description="parents all of whose parts were given shares, which were scaled to one")
    units: list[TrialUnitItem]


@router.get("/scores", response_model=page_form(Score, "IndexScorePage"))
def index_scores(
    request: Request, index: Texts = NOTHING, unit: Texts = NOTHING, code: Texts = NOTHING, year: Years = NO_YEARS, cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:  # fmt: skip
    """Scores at every part of every index; the rank of a composite only with its interval."""
    return _page(request, INDEX_SCORES, chosen(index=index, unit=unit, code=code) | _in(year), cursor, limit)


@router.get("/nodes", response_model=page_form(Node, "IndexNodePage"))
def index_nodes(request: Request, index: Texts = NOTHING, cursor: CursorText = "", limit: Limit = USUAL_LIMIT) -> Response:
    """Structure of the indices: parts, weights, means, bounds, the indicators behind."""
    return _page(request, INDEX_NODES, chosen(index=index), cursor, limit)


@router.get("/ranks", response_model=page_form(Rank, "IndexRankPage"))
def index_ranks(
    request: Request, index: Texts = NOTHING, unit: Texts = NOTHING, year: Years = NO_YEARS, cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:  # fmt: skip
    """Share of the runs of the stress test that gave a unit a rank."""
    return _page(request, INDEX_RANKS, chosen(index=index, unit=unit) | _in(year), cursor, limit)


@router.get("/drivers", response_model=page_form(Driver, "IndexDriverPage"))
def index_drivers(
    request: Request, index: Texts = NOTHING, unit: Texts = NOTHING, cursor: CursorText = "", limit: Limit = USUAL_LIMIT
) -> Response:
    """What ranks hinge on: Sobol indices of the choices, by unit and (empty) for the mean change of rank."""
    return _page(request, INDEX_DRIVERS, chosen(index=index, unit=unit), cursor, limit)


@router.get("/changes", response_model=page_form(IndexChange, "IndexChangePage"))
def index_changes(
    request: Request, index: Texts = NOTHING, unit: Texts = NOTHING, year: Years = NO_YEARS, cursor: CursorText = "",
    limit: Limit = USUAL_LIMIT,
) -> Response:  # fmt: skip
    """Contributions to the change of an index between two years; they add up to it."""
    return _page(request, INDEX_CHANGES, chosen(index=index, unit=unit) | _in(year), cursor, limit)


@router.get("/trial", response_model=TrialAnswer, responses={501: {"model": Faults, "description": "Not offered here"}})
def index_trial(
    request: Request,
    index: Annotated[str, Query(max_length=200, description="index id; the first index where empty")] = "",
    year: Annotated[int, Query(ge=0, le=LATEST, description="the last year where zero")] = 0,
    weights: Annotated[str, Query(max_length=LONGEST, description="code:share,...; shares among the parts of one parent, 0 to 1")] = "",
) -> Response:
    """The released scores under other weights: a trial, not published; ranks have no intervals."""
    services = services_of(request)
    if services.index is None:
        raise NotOffered(_("本站不提供权重试算"), remedy=_("向管理员询问。"))
    release = services.releases.current()
    if release is None:
        raise nothing_published()
    chosen(index=[index], weights=[weights])
    named, at, published = _published(release, index, year)
    tried = services.index.trial(release, named, at, read_weights(weights))
    names = ("score", "rank", "rank_low", "rank_high")
    units = [asdict(each) | {f"published_{name}": published[each.unit][name] for name in names} for each in tried.units]
    content = {"published": False, "release": release.manifest.id, "index": named, "year": at, "shares": dict(tried.shares)}
    return answer(request, content | {"weights": dict(tried.weights), "scaled": list(tried.scaled), "units": units})


def _published(release: OpenRelease, index: str, year: int) -> tuple[str, int, dict[str, Any]]:
    """Index and year meant, and unit -> published row of the index; BadRequest where ranks may not be shown."""
    asked = {"index": index} if index else {}
    roots = release.select(INDEX_NODES, where={"parent": ""} | asked).to_pylist() if release.has(INDEX_NODES) else []
    where = {"index": roots[0]["index"], "code": roots[0]["code"]} if roots else {}
    years = release.distinct(INDEX_SCORES, ("year",), where)["year"].to_pylist() if roots else []
    at = year or max(years, default=0)
    if at not in years:
        raise NotFound(_("指数 {id} 没有 {year} 年的得分").format(id=index, year=at), remedy=_("核对年份。"))
    rows = release.select(INDEX_SCORES, where=where | {"year": at}).to_pylist()
    if any(row["score"] is not None and row["rank_low"] is None for row in rows):
        raise BadRequest(_("指数 {id} 的位次没有区间，不试算排名").format(id=where["index"]), remedy=_("只有经过压力测试的指数可以试算。"))
    return where["index"], at, {row["unit"]: row for row in rows}


def _page(request: Request, table: Table, where: dict[str, Any], cursor: str, limit: int) -> Response:
    services = services_of(request)
    release = services.releases.current()
    if release is not None and not release.has(table):
        raise NotFound(_("现行发布中没有指数"), _("本地没有定义指数，或发布由较早的软件拟定。"), _("查 /api/v1 可得其他数据。"))
    return page_answer(request, read_page(services.releases, table, where, cursor=cursor, limit=limit))


def _in(years: list[int]) -> dict[str, Any]:
    return {"year": years} if years else {}
