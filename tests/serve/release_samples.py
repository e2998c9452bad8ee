"""A made-up city with a published release, and the site on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from guibiao.model.tables import OBSERVATIONS
from guibiao.publication import Publication
from guibiao.publish.release import Content, clear, draft, publish
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.run import DataRun, Request
from guibiao.serve.application import create_application
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.store.open import open_archive, open_store
from guibiao.store.release import FolderArchive
from guibiao.web import services_of, settings_of
from tests.serve.browsing import browser

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
AREA = "990100"
HOUR = timedelta(hours=1)


@dataclass
class City:
    """A workspace with its releases."""

    workspace: Workspace
    out: Path
    archive: FolderArchive
    store: str = ""
    """Address of the working store; a file in the output folder where empty."""

    def draft(self, **changes: Any) -> str:
        """A drafted release of the workspace's own content; `changes` alter the first observation of it."""
        store = open_store(self.store or str(self.out / "store" / "guibiao.duckdb"), self.workspace.settings.id)
        try:
            publication = Publication(DataRun(self.workspace, store, Request(self.out, today=TODAY)))
            if not changes:
                return publication.draft()
            tables = dict(publication._released)
            rows: list[dict[str, Any]] = tables[OBSERVATIONS].to_pylist()  # type: ignore[union-attr]
            rows[0] |= changes
            tables[OBSERVATIONS] = rows
            return draft(self.archive, Content(workspace=self.workspace.settings.id, software="0", tables=tables), at=NOON).id
        finally:
            store.close()

    def publish(self, release: str, at: datetime = NOON) -> None:
        clear(self.archive, release, who="审核人", reason="核对过", at=at)
        publish(self.archive, release, at=at)

    def services(self) -> Services:
        return services_of(self.workspace, self.out, Settings())

    def site(self, **settings: Any) -> FastAPI:
        made = settings_of(self.workspace, self.out, {"GUIBIAO_OPERATIONS": "none"}, settings)
        return create_application(self.services(), made)


def new_city(folder: Path, *, store: str = "") -> City:
    """The city of the scaffold."""
    workspace = load_workspace(scaffold(folder, "newtown", "新城市", AREA))
    out = folder / "out"
    return City(workspace, out, open_archive(out / "releases"), store)


def visit(site: FastAPI, **headers: str) -> httpx.Client:
    return browser(site, **headers)
