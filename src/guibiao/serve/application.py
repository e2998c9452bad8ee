"""The site as one ASGI application: its parts register their routes here, in this order."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from guibiao import __version__
from guibiao.serve import errors, health
from guibiao.serve.api import routes as api
from guibiao.serve.doors import routes as doors
from guibiao.serve.head import HeadAsGet
from guibiao.serve.language import LanguageOfRequest
from guibiao.serve.pages import routes as pages
from guibiao.serve.pages.frame import error_page
from guibiao.serve.reviewing import routes as reviewing
from guibiao.serve.sdmx import routes as sdmx
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.serve.tasks import routes as tasks

Register = Callable[[FastAPI, Services, Settings], None]
THREADS = 4
"""Requests worked on at once in a process, the next ones wait in their order: with more, all of them would be late together."""
COLLECTING = (50_000, 20, 1000)
"""Allocations between collections of the young, and collections between those of older generations: a whole one holds up every request."""
SMALLEST_COMPRESSED = 1024
COMPRESSION = 5
COMPRESSED_ALREADY = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


def _answer_faults(application: FastAPI, _services: Services, _settings: Settings) -> None:
    errors.install(application, error_page)


def _compress(application: FastAPI, _services: Services, _settings: Settings) -> None:
    application.add_middleware(
        GZipMiddleware, minimum_size=SMALLEST_COMPRESSED, compresslevel=COMPRESSION, exclude_content_types=COMPRESSED_ALREADY
    )


PARTS: tuple[Register, ...] = (
    pages.register, _answer_faults, tasks.register, reviewing.register, api.register, sdmx.register, health.register, _compress,
    doors.register,
)  # fmt: skip
"""Doors come last: middleware added last is passed first. Kept pages, which `pages` adds, lie within what answers faults."""


def create_application(services: Services, settings: Settings) -> FastAPI:
    """The application; `app.state.services` and `app.state.settings` hold what it was made of."""
    application = FastAPI(
        title=settings.name_en,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        debug=settings.debug,
        lifespan=_few_threads,
    )
    application.state.services = services
    application.state.settings = settings
    for register in PARTS:
        register(application, services, settings)
    application.add_middleware(LanguageOfRequest, default=settings.language, secure=settings.production)
    application.add_middleware(HeadAsGet)
    return application


@asynccontextmanager
async def _few_threads(_application: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    gc.set_threshold(*COLLECTING)
    yield
