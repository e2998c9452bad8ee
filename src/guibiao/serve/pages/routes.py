"""Every page of the site."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from guibiao.serve.pages import (
    documents,
    downloads,
    explore,
    figure,
    index_pages,
    indicator,
    indicators,
    overview,
    quality,
    reference_pages,
    search,
    site_files,
    targets,
    warnings,
)
from guibiao.serve.pages.frame import Frame
from guibiao.serve.pages.kept import KeptPages
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings

PAGES = (
    overview, indicators, indicator, explore, index_pages, targets, quality, downloads, search, figure, reference_pages, warnings,
    documents, site_files,
)  # fmt: skip


def register(application: FastAPI, services: Services, settings: Settings) -> None:
    """Add the pages and their static files."""
    frame = application.state.frame = Frame(services, settings)
    application.add_middleware(KeptPages, frame=frame)
    for page in PAGES:
        application.include_router(page.router)

    @application.get("/static/{name}", include_in_schema=False)
    def static(request: Request, name: str) -> Response:
        return frame.static(name)
