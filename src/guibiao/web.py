"""The site of one workspace: services made from its definitions, its releases and its operations store, and the process that serves it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.reference.definitions import Workspace
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.web_doors import NONE as NO_OPERATIONS
from guibiao.web_doors import access_store, door_settings, require_ready, require_startable, secret_of

if TYPE_CHECKING:
    from fastapi import FastAPI

WORKSPACE, OUT, GIVEN = "GUIBIAO_SERVE_WORKSPACE", "GUIBIAO_SERVE_OUT", "GUIBIAO_SERVE_GIVEN"
"""How worker processes are told what to serve, and how."""
WORKER_SILENT = 30
"""Seconds after which a worker that does not answer its supervisor is replaced; under load it may be slow to."""


def services_of(workspace: Workspace, out: Path, settings: Settings) -> Services:
    """Services over the releases in `out`; charts and passports follow the definitions of the workspace."""
    from guibiao.store.open import open_archive
    from guibiao.store.release_reader import PublishedReleases
    from guibiao.web_charts import ReportCharts
    from guibiao.web_decisions import PolicyDecisions
    from guibiao.web_index import ReleasedIndices
    from guibiao.web_ledger import SiteLedger
    from guibiao.web_lineage import ReleaseChanges, ReleasePassports
    from guibiao.web_review import DocumentReviews
    from guibiao.web_words import ReportWords, pinyin
    from guibiao.web_workbooks import ReportWorkbooks

    releases = out / "releases"
    return Services(
        releases=PublishedReleases(releases),
        words=ReportWords(),
        passports=ReleasePassports(workspace),
        charts=ReportCharts(workspace),
        changes=ReleaseChanges(open_archive(releases)),
        workbooks=ReportWorkbooks(workspace.report.publisher_zh),
        pinyin=pinyin(),
        review=DocumentReviews(workspace, out) if settings.operations else None,
        decisions=PolicyDecisions(workspace, out, settings.operations) if settings.operations else None,
        index=ReleasedIndices(workspace),
        access=access_store(workspace, settings),
        ledger=SiteLedger(workspace, settings.operations, out / "operations" / "evidence") if settings.operations else None,
    )


def settings_of(workspace: Workspace, out: Path, environment: Mapping[str, str], given: Mapping[str, Any]) -> Settings:
    """Settings from the workspace, then the environment, then what is given on the command line."""
    own = workspace.settings
    settings = Settings(
        name_zh=f"{own.name_zh}数字经济统计监测",
        name_en=f"{own.name_en} digital economy statistics",
        publisher_zh=workspace.report.publisher_zh,
        publisher_en=workspace.report.publisher_en,
        licence=own.licence,
        area=own.area,
        synthetic=own.synthetic,
        address=environment.get("GUIBIAO_ADDRESS", "").rstrip("/"),
        secret=secret_of(environment, "GUIBIAO_SECRET"),
        files=out,
        **door_settings(environment, out),
    )
    said = {name: value for name, value in given.items() if value}
    if said.get("operations") == NO_OPERATIONS:
        said["operations"] = ""
    return replace(settings, **said)


def application(workspace: Workspace, out: Path, settings: Settings) -> FastAPI:
    """The site, ready to be served."""
    from guibiao.serve.application import create_application
    from guibiao.store.open import open_archive
    from guibiao.store.release import JOURNAL
    from guibiao.web_schedule import Schedule

    if not settings.secret and not settings.production:
        settings = replace(settings, secret=secrets.token_urlsafe(32))
    services = services_of(workspace, out, settings)
    Schedule(open_archive(out / "releases"), out / "releases" / JOURNAL).begin()
    if services.charts is not None:
        services.charts.begin()
    for desk in (services.review, services.decisions):
        if desk is not None:
            desk.begin()
    return create_application(services, settings)


def worker() -> FastAPI:
    """The site in a worker process, as its environment says."""
    from guibiao.reference.load import load_workspace

    workspace, out = load_workspace(Path(os.environ[WORKSPACE])), Path(os.environ[OUT])
    return application(workspace, out, settings_of(workspace, out, os.environ, json.loads(os.environ[GIVEN])))


def serve(workspace: Workspace, out: Path, *, host: str, port: int, given: Mapping[str, Any], told: Callable[[], None]) -> None:
    """Serve until stopped; `given` are settings from the command line, `told` is called before it starts.

    BadRequest where the settings keep the site from starting.
    """
    import uvicorn

    from guibiao.web_workers import require_free, run

    settings = settings_of(workspace, out, os.environ, given)
    require_startable(settings)
    require_ready(workspace, out, settings)
    require_free(host, port)
    told()
    os.environ |= {WORKSPACE: str(workspace.folder.resolve()), OUT: str(out.resolve()), GIVEN: json.dumps(dict(given))}
    config = uvicorn.Config(
        "guibiao.web:worker", factory=True, host=host, port=port, workers=settings.workers, server_header=False, log_level="warning",
        proxy_headers=settings.production, forwarded_allow_ips=",".join(settings.trusted_proxies), timeout_graceful_shutdown=10,
        timeout_worker_healthcheck=WORKER_SILENT,
    )  # fmt: skip
    run(config)
