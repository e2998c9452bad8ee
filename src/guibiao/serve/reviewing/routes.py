"""Pages of documents handed in: review, proposals."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from jinja2 import ChoiceLoader, FileSystemLoader

from guibiao.serve.reviewing import proposal_pages, review_pages
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"


def register(application: FastAPI, _services: Services, _settings: Settings) -> None:
    """Add the pages with their templates."""
    environment = application.state.frame.environment
    environment.loader = ChoiceLoader([environment.loader, FileSystemLoader(TEMPLATES)])
    application.include_router(review_pages.router)
    application.include_router(proposal_pages.router)
