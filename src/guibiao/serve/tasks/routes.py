"""Routes of the ledger; fixed addresses come before those that begin with the id of a task."""

from __future__ import annotations

from fastapi import FastAPI

from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.serve.tasks import acts, board_pages, target_page, task_page


def register(application: FastAPI, _services: Services, _settings: Settings) -> None:
    """Add the routes; they find services and settings in the state of the application."""
    for part in (board_pages, acts, task_page, target_page):
        application.include_router(part.router)
