"""Releases: list, contents, Atom feed; passports; the catalogue in DCAT-AP; where the interfaces are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import create_model

from guibiao.model.definition_tables import CODES, INDICATORS, PASSAGES, SOURCES
from guibiao.model.forecast_tables import FORECASTS
from guibiao.model.messages import translate as _
from guibiao.model.release import Act
from guibiao.model.tables import (
    ATTAINMENT,
    FINDINGS,
    INDEX_CHANGES,
    INDEX_DRIVERS,
    INDEX_NODES,
    INDEX_RANKS,
    INDEX_SCORES,
    OBSERVATIONS,
    STATEMENTS,
    WARNINGS,
    Table,
)
from guibiao.serve.api.catalog import catalogue
from guibiao.serve.api.feed import atom
from guibiao.serve.api.forms import Faults, PassportItem, ReleaseDetail, ReleaseItem
from guibiao.serve.api.reading import FAULTS, NO_NUL, PREFIX, answer, compact, services_of, with_tag
from guibiao.serve.errors import NotFound, NotOffered, TakenBack, nothing_published
from guibiao.serve.services import PassportStep
from guibiao.serve.settings import Settings
from guibiao.store.port import ReleaseReader

router = APIRouter(prefix=PREFIX, responses=FAULTS)
ReleaseList = create_model("ReleaseList", items=(list[ReleaseItem], ...))
ROOMY = 1000
TABLES: Mapping[str, Table] = {
    "indicators": INDICATORS, "observations": OBSERVATIONS, "statements": STATEMENTS, "forecasts": FORECASTS, "passages": PASSAGES,
    "targets": ATTAINMENT, "warnings": WARNINGS, "findings": FINDINGS, "codes": CODES, "sources": SOURCES, "index/scores": INDEX_SCORES,
    "index/nodes": INDEX_NODES, "index/ranks": INDEX_RANKS, "index/drivers": INDEX_DRIVERS, "index/changes": INDEX_CHANGES,
}  # fmt: skip
"""Released tables by their address; an older release may lack some."""


def release_items(releases: ReleaseReader) -> list[dict[str, Any]]:
    """Every release that was ever published, the last one first."""
    current = releases.current()
    notices = {notice.release: notice for notice in releases.notices()}
    published = {event.release: event.at for event in releases.published() if event.act is Act.PUBLISH}
    found = []
    for release, moment in sorted(published.items(), key=lambda each: each[1], reverse=True):
        notice = notices.get(release)
        found.append({
            "release": release, "published_at": moment.isoformat(),
            "current": current is not None and current.manifest.id == release,
            "withdrawn_at": notice.at.isoformat() if notice else None, "reason": notice.reason if notice else "",
            "successor": notice.successor if notice else "",
        })  # fmt: skip
    return found


@router.get("/releases", response_model=ReleaseList)
def releases(request: Request) -> Response:
    """All releases that are or were published; the list is whole."""
    return answer(request, {"items": release_items(services_of(request).releases)})


@router.get("/releases.atom", responses={200: {"content": {"application/atom+xml": {}}}}, response_class=Response)
def feed(request: Request) -> Response:
    """Publications and withdrawals as an Atom feed."""
    services, settings = services_of(request), _settings(request)
    language = getattr(request.state, "language", settings.language)
    body = atom(services.releases.published(), settings, _base(request), language)
    return with_tag(request, body, "application/atom+xml")


@router.get("/releases/{release}", response_model=ReleaseDetail)
def release(request: Request, release: Annotated[str, Path(max_length=64, pattern=NO_NUL)]) -> Response:
    """What a release holds, with the hash of each file; `current` names the one that readers see."""
    reader = services_of(request).releases
    opened = reader.current() if release == "current" else reader.open(release)
    item = next((each for each in release_items(reader) if opened is not None and each["release"] == opened.manifest.id), None)
    notice = next((each for each in reader.notices() if each.release == release), None)
    if notice is not None:
        raise TakenBack(
            _("发布 {name} 已经撤回").format(name=release),
            notice.reason,
            _("现在的发布：{successor}；全部发布见 /api/v1/releases。").format(successor=notice.successor or _("无")),
        )
    if opened is None or item is None:
        raise NotFound(
            _("没有公布过发布 {name}，或已经撤回").format(name=release), remedy=_("查 /api/v1/releases 可得全部发布和撤回的说明。")
        )
    manifest = opened.manifest
    files = [{"name": each.name, "sha256": each.sha256, "size": each.size, "rows": each.rows} for each in manifest.files]
    return answer(request, item | {
        "workspace": manifest.workspace, "software": manifest.software, "as_of": manifest.as_of.isoformat() if manifest.as_of else None,
        "tables": manifest.tables, "files": files,
    })  # fmt: skip


@router.get("/passports/{key:path}", response_model=PassportItem, responses={501: {"model": Faults, "description": "Not offered here"}})
def passport(request: Request, key: Annotated[str, Path(max_length=ROOMY, pattern=NO_NUL)]) -> Response:
    """Where a number comes from, back to the cell; `key` is in the `passport` of each observation."""
    services = services_of(request)
    if services.passports is None:
        raise NotOffered(_("本站不提供数字护照"), remedy=_("向管理员询问。"))
    release = services.releases.current()
    if release is None:
        raise nothing_published()
    found = services.passports.passport(release, key, getattr(request.state, "language", "zh"))
    if found is None:
        raise NotFound(_("现在的发布中没有这个数"), remedy=_("数的编号见 /api/v1/observations 每行的 passport。"))
    steps = [_step(each) for each in found.steps]
    return answer(
        request, {"id": found.id, "key": found.key, "title": found.title, "printed": found.printed, "grade": found.grade, "steps": steps}
    )


@router.get("/catalog.jsonld", responses={200: {"content": {"application/ld+json": {}}}}, response_class=Response)
def catalog(request: Request) -> Response:
    """The catalogue of datasets and services, DCAT-AP 3.0 as JSON-LD."""
    opened = services_of(request).releases.current()
    if opened is None:
        raise nothing_published()
    days = opened.distinct(OBSERVATIONS, ("period_start", "period_end"))
    span = (min(days["period_start"].to_pylist(), default=None), max(days["period_end"].to_pylist(), default=None))
    return with_tag(request, compact(catalogue(opened, span, _settings(request), _base(request))), "application/ld+json")


@router.get("", response_model=create_model("Index", release=(str, ...), links=(dict[str, str], ...)))
def index(request: Request) -> Response:
    """The current release, and where everything is."""
    current = services_of(request).releases.current()
    base = _base(request)
    tables = (name for name, table in TABLES.items() if current is None or current.has(table))
    names = ("releases", "releases.atom", *tables, "passports", "tasks", "catalog.jsonld", "openapi.json")
    links = {name: f"{base}{PREFIX}/{name}" for name in names} | {"sdmx_1": f"{base}/sdmx/v1", "sdmx_2": f"{base}/sdmx/v2"}
    return answer(request, {"release": current.manifest.id if current else "", "links": links})


def _step(step: PassportStep) -> Mapping[str, Any]:
    inner = [_step(each) for each in step.steps]
    return {"role": step.role, "label": step.label, "text": step.text, "facts": dict(step.facts), "steps": inner}


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def _base(request: Request) -> str:
    return _settings(request).address or str(request.base_url).rstrip("/")
