"""A site whose editors hand documents in and decide on proposals, on a made-up city; a browser waits for what is read beside the server."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from guibiao.document_jobs import Limits
from guibiao.model.access import Role, User
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.serve.services import Services
from guibiao.store.operations.access import AccessDatabase
from guibiao.store.operations.opening import open_access
from guibiao.web import services_of, settings_of
from guibiao.web_decisions import PolicyDecisions
from guibiao.web_review import DocumentReviews
from tests.serve.browsing import browser
from tests.serve.door_samples import PASSWORD, SECRET, CountingHasher, form_token, sign_in

PEOPLE = {
    "chief": Role.ADMINISTRATOR, "carl": Role.CITY_EDITOR, "dora": Role.DISTRICT_EDITOR, "paul": Role.PLANNER, "petra": Role.PLANNER,
    "rita": Role.RELEASER, "emil": Role.READER, "olga": Role.REPORTER,
}  # fmt: skip
_MARK = re.compile(r'http-equiv="refresh"')


@dataclass
class Office:
    """The site of one city with its people."""

    application: FastAPI
    services: Services
    doors: Doors
    access: AccessDatabase
    workspace: Workspace
    out: Path

    @property
    def review(self) -> DocumentReviews:
        assert isinstance(self.services.review, DocumentReviews)
        return self.services.review

    @property
    def decisions(self) -> PolicyDecisions:
        assert isinstance(self.services.decisions, PolicyDecisions)
        return self.services.decisions

    @property
    def operations(self) -> str:
        return str(self.out / "operations" / "operations.db")

    def client(self, name: str = "", **headers: str) -> httpx.Client:
        """A browser, signed in where a name is given."""
        made = browser(self.application, **headers)
        if name:
            assert sign_in(made, name).status_code == 303
        return made

    def kept(self) -> set[str]:
        """Files of documents handed in, without the marks of processes."""
        every = (self.out / "documents").rglob("*") if (self.out / "documents").is_dir() else ()
        return {path.name for path in every if path.is_file() and not path.name.startswith(("holder-", "change", "turn"))}

    def close(self) -> None:
        self.review.close()
        self.decisions.close()
        self.access.close()


def open_office(city: Path, out: Path, limits: Limits | None = None, **given: Any) -> Office:
    """The site of the workspace in `city`, with cheap passwords."""
    workspace = load_workspace(city)
    settings = settings_of(workspace, out, {}, {"secret": SECRET, **given})
    access = open_access(settings.operations, workspace.settings.id)
    doors = make_doors(settings, access, hasher=CountingHasher())
    assert doors.users is not None
    for name, role in PEOPLE.items():
        fields: dict[str, Any] = {Role.DISTRICT_EDITOR: {"areas": ("990101",)}, Role.REPORTER: {"unit": "单位"}}.get(role, {})
        doors.users.add(User(id=name, name=f"用户{name}", roles=(role,), **fields), "setup", PASSWORD)
        added = access.user(name)
        assert added is not None
        access.replace_user(replace(added, must_change=False))
    made = services_of(workspace, out, replace(settings, operations=""))
    services = replace(
        made, access=doors, review=DocumentReviews(workspace, out, limits),
        decisions=PolicyDecisions(workspace, out, settings.operations, limits),
    )  # fmt: skip
    return Office(create_application(services, settings), services, doors, access, workspace, out)


def hand_in(client: httpx.Client, path: str, name: str, content: bytes, **fields: str) -> httpx.Response:
    """Send a document by the form of the page."""
    token = form_token(client, path)
    parts: Mapping[str, Any] = {"form_token": (None, token), **{key: (None, text) for key, text in fields.items()}, "file": (name, content)}
    return client.post(path, files=parts)


def read(client: httpx.Client, address: str) -> str:
    """The page as soon as it no longer asks to be looked at again."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        if not _MARK.search(answer.text):
            return answer.text
        time.sleep(0.05)
    raise AssertionError(answer.text)


def reviewed(client: httpx.Client, name: str, content: bytes, **fields: str) -> tuple[str, str]:
    """Hand a document in for review: its address and its page when it is ready."""
    answer = hand_in(client, "/review", name, content, **fields)
    assert answer.status_code == 303, answer.text
    address = str(answer.headers["location"])
    return address, read(client, address)
