"""Whether the site lives and can answer, for proxies, systemd and whoever looks after it: `/healthz`, `/readyz`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.services import Services
from guibiao.serve.settings import MEGABYTE, Settings

LEAST_FREE = 200 * MEGABYTE
"""Free space below which the disk is said to be short."""
_NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; where it is not `ok`, `says` tells what to do, and the site is not ready if it is `needed`."""

    name: str
    ok: bool
    says: str = ""
    needed: bool = True


def register(application: FastAPI, services: Services, settings: Settings) -> None:
    """Add the routes."""

    @application.get("/healthz", include_in_schema=False)
    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_NOT_KEPT)

    @application.get("/readyz", include_in_schema=False)
    def ready(request: Request) -> Response:
        checks = (_release(services), _operations(request), *_disk(settings))
        is_ready = all(check.ok or not check.needed for check in checks)
        content = {"ready": is_ready, "checks": {check.name: {"ok": check.ok, "says": check.says} for check in checks}}
        return JSONResponse(content, 200 if is_ready else 503, _NOT_KEPT if is_ready else {**_NOT_KEPT, "Retry-After": "10"})


def _release(services: Services) -> Check:
    """Whether readers' release can be read: its file is opened and a row taken from it."""
    try:
        release = services.releases.current()
        if release is None:
            return Check("release", False, _("目前没有公布的数据"))
        if release.has(OBSERVATIONS):
            release.select(OBSERVATIONS, ("indicator",), limit=1)
    except GuibiaoError as error:
        return Check("release", False, _told(error))
    return Check("release", True)


def _operations(request: Request) -> Check:
    """Whether the store of users and the audit log answers; a site without accounts has none."""
    store = request.app.state.doors.store
    try:
        if store is not None:
            store.head("audit")
    except GuibiaoError as error:
        return Check("operations", False, _told(error))
    return Check("operations", True)


def _disk(settings: Settings) -> Iterator[Check]:
    """Space where releases and a store in a file are. Reading goes on without any, so that the site stays ready."""
    if settings.files is None:
        return
    place = next((path for path in (settings.files, *settings.files.parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(place).free
    says = "" if free >= LEAST_FREE else _("磁盘只剩 {free} MB，腾出空间；写满后不能再存，页面仍可读。").format(free=free // MEGABYTE)
    yield Check("disk", not says, says, needed=False)


def _told(error: GuibiaoError) -> str:
    return " ".join(filter(None, (error.title, error.remedy)))
