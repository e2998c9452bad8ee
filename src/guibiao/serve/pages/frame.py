"""The frame of every page: templates, static files with addresses that change with their content, caching, errors as pages."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from guibiao.model.errors import GuibiaoError
from guibiao.serve.errors import NotFound, NothingPublished, nothing_published
from guibiao.serve.pages.definitions import Definitions
from guibiao.serve.services import Services, figure_address
from guibiao.serve.settings import Settings
from guibiao.store.port import OpenRelease

HERE = Path(__file__).parent
MEDIA = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
CHART_SCRIPT = "vega.js"
"""Comes from the chart service, not from the folder."""
PAGES_KEPT = 512
LARGEST_KEPT = 256 * 1024
"""Bytes of a page that is kept; a larger one is built each time."""
DEFINITIONS_KEPT = 4
UNFINISHED = "unfinished"
"""True in the context of a page that lacks something which is still being computed: it is not kept."""
CHINA = timezone(timedelta(hours=8))
"""China has one zone and no summer time."""


class Frame:
    """What all pages share. `page` renders one; `release` and `definitions` give what it shows."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.services = services
        self.settings = settings
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, ...], tuple[bytes, str]] = OrderedDict()
        self._being_made: dict[tuple[str, ...], Future[tuple[bytes, str]]] = {}
        self._definitions: OrderedDict[str, Definitions] = OrderedDict()
        self._hashes: dict[str, str] = {}
        self.environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self.environment.globals |= {"static": self.static_address, "figure_address": figure_address, "with_query": with_query}

    def release(self) -> OpenRelease:
        """The release that readers see now; `NothingPublished` where there is none."""
        release = self.services.releases.current()
        if release is None:
            raise nothing_published()
        return release

    def definitions(self, release: OpenRelease) -> Definitions:
        """What the release says about its figures, read once."""
        with self._lock:
            if release.manifest.id not in self._definitions:
                self._definitions[release.manifest.id] = Definitions(release)
            self._definitions.move_to_end(release.manifest.id)
            while len(self._definitions) > DEFINITIONS_KEPT:
                self._definitions.popitem(last=False)
            return self._definitions[release.manifest.id]

    def page(self, request: Request, template: str, release: OpenRelease | None, context: Mapping[str, Any], status: int = 200) -> Response:
        """The template as a page in the request's language."""
        return self._answer(request, self._render(request, template, release, context), status)

    def cached(self, request: Request, release: OpenRelease, build: Callable[[], tuple[str, Mapping[str, Any]]]) -> Response:
        """A page that depends on release, notices, address and language only: built once for visitors without a session.

        `build` gives template and context.
        """
        visitor = getattr(request.state, "visitor", None)
        key = self._key(request, release)

        def make() -> tuple[bytes, bool]:
            template, context = build()
            return self._render(request, template, release, context), not context.get(UNFINISHED)

        if visitor is not None:
            return self._answer(request, make()[0], 200)
        return self._answer(request, *self._once(key, make))

    def kept(self, request: Request) -> Response | None:
        """The page where it is kept already, for visitors without a session; reads nothing but the pointer and the journal's age."""
        if getattr(request.state, "visitor", None) is not None:
            return None
        try:
            release = self.services.releases.current()
        except GuibiaoError:
            return None
        if release is None:
            return None
        key = self._key(request, release)
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
        return self._answer(request, found[0], 200, found[1]) if found else None

    def _key(self, request: Request, release: OpenRelease) -> tuple[str, ...]:
        history = str(len(self.services.releases.published()))
        return release.manifest.id, history, language_of(request), request.url.path, request.url.query

    def _once(self, key: tuple[str, ...], make: Callable[[], tuple[bytes, bool]]) -> tuple[bytes, int, str]:
        """Body, status and tag of a kept page; of those who ask at the same time for one that is not, the first makes it for all."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                return found[0], 200, found[1]
            task = self._being_made.get(key)
            mine = Future[tuple[bytes, str]]() if task is None else None
            if mine is not None:
                self._being_made[key] = mine
        if mine is None:
            assert task is not None
            body, tag = task.result()
            return body, 200, tag
        try:
            body, whole = make()
            tag = _tag(body)
            mine.set_result((body, tag))
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._being_made[key]
        if whole and len(body) <= LARGEST_KEPT:
            with self._lock:
                self._pages[key] = body, tag
                while len(self._pages) > PAGES_KEPT:
                    self._pages.popitem(last=False)
        return body, 200, tag

    def _answer(self, request: Request, body: bytes, status: int, tag: str = "") -> Response:
        tag = tag or _tag(body)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if status == 200 and tag in {part.strip() for part in request.headers.get("if-none-match", "").split(",")}:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, status, headers)

    def _render(self, request: Request, template: str, release: OpenRelease | None, context: Mapping[str, Any]) -> bytes:
        language = language_of(request)
        chinese = language == "zh"
        shared = {
            "language": language,
            "say": (lambda zh, en: zh if chinese or not en else en),
            "settings": self.settings,
            "services": self.services,
            "release": release,
            "definitions": self.definitions(release) if release else None,
            "words": self.services.words,
            "moment": (lambda moment: _moment(moment, chinese)),
            "path": request.url.path,
            "other_language": with_query(request, lang="en" if chinese else "zh"),
            "visitor": getattr(request.state, "visitor", None),
            "csrf": getattr(request.state, "csrf", ""),
            "signing_in": getattr(getattr(request.app.state, "doors", None), "store", None) is not None,
            "name": self.settings.name_zh if chinese else self.settings.name_en,
            "request": request,
        }
        return self.environment.get_template(template).render(shared | dict(context)).encode()

    def static_address(self, name: str) -> str:
        """Address of a static file; it changes with the content, so that browsers may keep it for ever."""
        if name not in self._hashes:
            self._hashes[name] = hashlib.sha256(self._static(name)).hexdigest()[:12] if name != CHART_SCRIPT else _versioned()
        return f"/static/{name}?v={self._hashes[name]}"

    def static(self, name: str, *, kept: bool = True) -> Response:
        """A static file; only those of the folder have a name. One not `kept` has an address that stays when it changes."""
        body = self._static(name)
        lasting = "public, max-age=31536000, immutable" if kept else "public, max-age=86400"
        headers = {"Cache-Control": lasting, "ETag": _tag(body)}
        return Response(body, media_type=MEDIA[Path(name).suffix], headers=headers)

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        return {path.name: path for path in (HERE / "static").iterdir() if path.suffix in MEDIA}

    def _static(self, name: str) -> bytes:
        if name == CHART_SCRIPT and self.services.charts is not None:
            return self.services.charts.script()
        if name not in self._files:
            raise NotFound("—")
        return self._files[name].read_bytes()


def frame_of(request: Request) -> Frame:
    """The frame of the application that answers the request."""
    frame: Frame = request.app.state.frame
    return frame


def language_of(request: Request) -> str:
    """Language of the request, zh or en."""
    return str(getattr(request.state, "language", "zh"))


def with_query(request: Request, **changed: str | None) -> str:
    """The address of the request with some parameters changed, None takes one away."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changed]
    query = urlencode([*kept, *((name, value) for name, value in changed.items() if value is not None)])
    return f"{request.url.path}?{query}" if query else request.url.path


def error_page(request: Request, status: int, error: GuibiaoError) -> Response:
    """An error as a page: what happened and what to do."""
    frame = frame_of(request)
    notices = frame.services.releases.notices() if isinstance(error, NothingPublished) else ()
    response = frame.page(request, "error.html", None, {"error": error, "status": status, "notices": notices}, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def markup(text: str) -> Markup:
    """Text that a chart service made safe."""
    return Markup(text)


def _tag(body: bytes) -> str:
    return f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'


def _versioned() -> str:
    from guibiao import __version__

    return __version__


def _moment(moment: datetime, chinese: bool) -> str:
    local = moment.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}" if chinese else f"{local.day} {local:%B %Y %H:%M}"
