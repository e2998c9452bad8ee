"""Addresses of the SDMX service: `/sdmx/v1/...` (REST 1.5) and `/sdmx/v2/...` (REST 2.2).

Each version is one handler: its addresses, and the errors for addresses that do not exist, are those of the standard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from email.utils import format_datetime, parsedate_to_datetime
from itertools import chain, islice

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from guibiao.model.errors import GuibiaoError
from guibiao.serve.sdmx.answer_cache import AnswerCache
from guibiao.serve.sdmx.faults import SdmxFault, code_of, error_json, error_xml
from guibiao.serve.sdmx.handling import Asked, Reply, reply
from guibiao.serve.sdmx.negotiation import accepted, language_of
from guibiao.serve.sdmx.service import SdmxService, chunks
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings

PREFIX = "/sdmx/"
AT_ONCE = 32
"""Pieces of an answer that are put together before it is sent as a stream instead."""


def register(application: FastAPI, services: Services, settings: Settings) -> None:
    """Add the routes to the application."""
    service = SdmxService(services.releases)
    cache = AnswerCache()
    application.state.error_forms[PREFIX] = _error
    for version in (1, 2):
        handler = _handler(service, cache, version, settings)
        for address in (f"{PREFIX}v{version}", f"{PREFIX}v{version}/{{path:path}}"):
            application.add_route(address, handler, methods=["GET", "HEAD"])


def _handler(service: SdmxService, cache: AnswerCache, version: int, settings: Settings) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        asked = Asked(
            version=version,
            path=request.path_params.get("path", ""),
            query=request.scope["query_string"].decode("latin-1"),
            accept=request.headers.get("accept", ""),
            language=_language(request),
            base=(settings.address or str(request.base_url).rstrip("/")) + f"{PREFIX}v{version}",
        )
        tag = f'W/"{hashlib.sha256("|".join((service.stamp(), *asked.identity)).encode()).hexdigest()[:24]}"'
        headers = {"ETag": tag, "Last-Modified": format_datetime(service.changed_at(), usegmt=True), "Vary": "Accept, Accept-Language",
                   "Cache-Control": "no-cache", "Content-Language": asked.language}  # fmt: skip
        if _unchanged(request, tag, service):
            return Response(status_code=304, headers=headers)
        kept = cache.get(tag)
        if kept is not None:
            return Response(kept[0], media_type=kept[1], headers=headers)
        return _sent(reply(service, asked), headers, lambda body, kind: cache.put(tag, body, kind))

    return handle


def _sent(answered: Reply, headers: dict[str, str], keep: Callable[[bytes, str], None]) -> Response:
    """A short answer whole, and kept; a long one as a stream."""
    pieces: Iterator[bytes] = chunks(answered.parts)
    first = list(islice(pieces, AT_ONCE))
    headers = headers | dict(answered.headers)
    if len(first) < AT_ONCE:
        body = b"".join(first)
        if not answered.headers:
            keep(body, answered.media_type)
        return Response(body, media_type=answered.media_type, headers=headers)
    return StreamingResponse(chain(first, pieces), media_type=answered.media_type, headers=headers)


def _unchanged(request: Request, tag: str, service: SdmxService) -> bool:
    """Whether the client's copy is still good; If-None-Match goes before If-Modified-Since."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return known.strip() == "*" or tag in (each.strip() for each in known.split(","))
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return service.changed_at().replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


def _language(request: Request) -> str:
    chosen: str = getattr(request.state, "language", "zh")
    if "lang" in request.query_params:
        return chosen
    return language_of(request.headers.get("accept-language", ""), chosen)


def _error(request: Request, status: int, error: GuibiaoError) -> Response:
    """An error in the SDMX form: XML unless JSON is wanted; in version 2 an empty result is 204."""
    version = 2 if request.url.path.startswith(f"{PREFIX}v2") else 1
    code = error.code if isinstance(error, SdmxFault) else code_of(status)
    if isinstance(error, SdmxFault):
        status = error.http_status(version)
        if status == 204:
            return Response(status_code=204)
    language = getattr(request.state, "language", "zh")
    wanted = request.query_params.get("format") or next(iter(accepted(request.headers.get("accept", ""))), ("", {}))[0]
    headers = {"Vary": "Accept, Accept-Language"}
    if "json" in wanted or (version == 2 and not any(each in wanted for each in ("xml", "generic", "specific"))):
        message = "data" if request.url.path.startswith(f"{PREFIX}v{version}/data/") else "structure"
        kind = f"application/vnd.sdmx.{message}+json; version={version}.0.0"
        return Response(error_json(error, code, language), status, headers, media_type=kind)
    return Response(error_xml(error, code, version, language), status, headers, media_type="application/xml")
