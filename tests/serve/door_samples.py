"""A site with its doors, users of every role, and a clock that stands still until told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import httpx
from fastapi import FastAPI

from guibiao.model.access import Role, User
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.serve.doors.matrix import Matrix, read_matrix
from guibiao.serve.doors.passwords import Argon2
from guibiao.serve.settings import Settings
from guibiao.store.operations.access import AccessDatabase
from guibiao.store.operations.opening import open_access
from tests.serve.browsing import browser

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "Correct-Horse-7"
SECRET = "kX9vTq2LmZ7wRb4NcY8sHd6JpG3fVa5e"
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


class CountingHasher(Argon2):
    """Cheap Argon2 that counts how often it checked."""

    def __init__(self) -> None:
        super().__init__(passes=1, memory=64, lanes=1)
        self.checked = 0

    def verify(self, hashed: str, password: str) -> bool:
        self.checked += 1
        return super().verify(hashed, password)


@dataclass
class Clock:
    now: datetime = MOMENT

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Site:
    """An application with its doors; `client` makes browsers."""

    application: FastAPI
    doors: Doors
    store: AccessDatabase
    hasher: CountingHasher
    clock: Clock
    opened: list[httpx.Client] = field(default_factory=list)

    def client(self, address: str = "", **headers: str) -> httpx.Client:
        """A browser, at an address of its own where none is given."""
        number = len(self.opened)
        made = browser(self.application, address or f"198.18.{number // 250}.{number % 250}", **headers)
        self.opened.append(made)
        return made

    def signed_in(self, name: str, **options: str) -> httpx.Client:
        client = self.client(**options)
        answer = sign_in(client, name)
        assert answer.status_code == 303, answer.text
        return client

    def add(self, name: str, *roles: Role, **fields: Any) -> User:
        user = User(id=name, name=f"用户{name}", roles=roles, **fields)
        assert self.doors.users is not None
        self.doors.users.add(user, "setup", PASSWORD)
        added = self.store.user(name)
        assert added is not None
        return self.store.replace_user(User(**{**_fields(added), "must_change": False}))


def _fields(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in ("id", "name", "roles", "areas", "unit", "disabled", "must_change", "subject", "version")}


def form_token(client: httpx.Client, page: str = "/sign-in") -> str:
    found = TOKEN.search(client.get(page).text)
    assert found is not None
    return found[1]


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/sign-in", data={"form_token": form_token(client), "name": name, "password": password, **fields})


def post(client: httpx.Client, path: str, page: str = "/account", **fields: Any) -> Any:
    return client.post(path, data={"form_token": form_token(client, page), **fields})


def make_site(
    folder: Path, location: str = "", workspace: str = "w", *, routes: Callable[[FastAPI], Matrix] | None = None, **settings: Any
) -> Site:  # fmt: skip
    """A site of the doors alone, with what `routes` adds and says about it."""
    from guibiao.serve import errors
    from guibiao.serve.doors.routes import register
    from guibiao.serve.language import LanguageOfRequest
    from guibiao.serve.pages.frame import Frame, error_page
    from guibiao.serve.services import Services

    application, clock, hasher = FastAPI(openapi_url=None), Clock(), CountingHasher()
    if not location:
        (folder / "operations.db").write_bytes(empty_store())
    store = open_access(location or str(folder / "operations.db"), workspace)
    matrix = routes(application) if routes else read_matrix()
    chosen = Settings(**{"secret": SECRET, **settings})
    doors = make_doors(chosen, store, hasher=hasher, now=clock, matrix=matrix)
    services = Services(releases=cast(Any, NoReleases()), words=cast(Any, None), access=doors)
    application.state.settings = chosen
    errors.install(application, error_page)
    application.state.frame = Frame(services, chosen)
    application.state.frame.environment.globals["static"] = "/static/{}".format
    register(application, services, chosen)
    application.add_middleware(LanguageOfRequest, default="zh", secure=chosen.production)
    return Site(application, doors, store, hasher, clock)


@cache
def empty_store() -> bytes:
    """The file of an operations store without content: made once, copied for each test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "operations.db"
        open_access(path, "w").close()
        return path.read_bytes()


class NoReleases:
    """A reader of an archive without releases."""

    def current(self) -> None:
        return None

    def published(self) -> tuple[()]:
        return ()

    def notices(self) -> tuple[()]:
        return ()
