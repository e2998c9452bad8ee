"""The permission matrix against the whole site: every route of every part, for every role, asked of the real routing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse

from guibiao.model.access import Role
from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.serve.doors.guard import Guard
from guibiao.serve.doors.matrix import read_matrix
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.store.operations.opening import open_access
from tests.serve.browsing import browser
from tests.serve.door_samples import SECRET, CountingHasher, NoReleases, empty_store
from tests.serve.test_doors_permissions import FIELDS, routes_of

AGAIN = "write the route into src/guibiao/serve/doors/matrix.csv: who may use it, with which scope, what it may be sent"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    file = tmp_path_factory.mktemp("doors") / "operations.db"
    file.write_bytes(empty_store())
    store, settings = open_access(file, "w"), Settings(secret=SECRET)
    doors = make_doors(settings, store, hasher=CountingHasher())
    services = Services(releases=cast(Any, NoReleases()), words=cast(Any, None), access=doors)
    yield create_application(services, settings)
    store.close()


def test_every_route_has_a_line_and_every_line_a_route(site: FastAPI) -> None:
    routes, lines = routes_of(site), {(rule.method, rule.path) for rule in read_matrix().rules}
    assert not routes - lines, AGAIN
    assert not lines - routes, "take these lines out of src/guibiao/serve/doors/matrix.csv: there is no such route"


def concrete(path: str) -> str:
    """An address that fits the template."""
    return re.sub(r"\{[^}]+\}", "x", path)


def test_every_route_admits_whom_the_matrix_says_and_nobody_else(site: FastAPI) -> None:
    """The guard alone, before the site's own routing: whoever gets through gets the answer `in`."""
    doors: Doors = site.state.doors
    assert doors.users is not None
    assert doors.signing is not None
    through = Guard(PlainTextResponse("in"), site, doors)
    wrong = []
    for role in (None, *Role):
        client = browser(through, f"198.19.0.{len(role or '')}", Accept="application/json")
        if role is not None:
            _sign_in(doors, client, role)
        for method, path in sorted(routes_of(site)):
            rule = doors.matrix.find(method, path)
            assert rule is not None, AGAIN
            may = bool(rule.anonymous) or bool(role and rule.roles[role])
            token = client.headers.get("X-Form-Token", "")
            if method != "GET" and role is None and may:
                binding = "b" * 20
                client.cookies.set("form", binding)
                token = doors.signer.form_token(binding)
            answer = client.request(method, concrete(path), headers={"X-Form-Token": token})
            got_in = answer.text == "in"
            if got_in is not may:
                wrong.append((role, method, path, answer.status_code))
    assert not wrong


def _sign_in(doors: Doors, client: httpx.Client, role: Role) -> None:
    from guibiao.model.access import User

    name = role.value.replace("_", "-")
    assert doors.users is not None
    assert doors.signing is not None
    assert doors.store is not None
    doors.users.add(User(id=name, name=name, roles=(role,), subject=f"https://login.example|{name}", **FIELDS), "setup")  # type: ignore[arg-type]
    user = doors.store.user(name)
    assert user is not None
    signed = doors.signing.open_session(user, "198.19.0.1", "", "", "password")
    client.cookies.set("session", signed.token)
    client.headers["X-Form-Token"] = doors.signer.form_token(signed.session.id)


def test_public_reading_changes_nothing() -> None:
    """What strangers may do apart from signing in is reading: nothing else is open to them."""
    assert {rule.method for rule in read_matrix().rules if rule.anonymous and rule.path != "/sign-in"} <= {"GET"}


def test_the_schema_of_the_interface_says_nothing_of_the_doors(site: FastAPI) -> None:
    described = set(site.openapi()["paths"])
    assert not {path for path in described if path.startswith(("/users", "/account", "/audit", "/sign-"))}


def test_a_site_without_accounts_is_read_and_says_so() -> None:
    services = Services(releases=cast(Any, NoReleases()), words=cast(Any, None))
    client = browser(create_application(services, Settings(secret=SECRET)))
    page = client.get("/sign-in")
    assert page.status_code == 200
    assert "没有开通登录" in page.text
    assert client.get("/account", headers={"Accept": "*/*"}).status_code == 401
    assert client.get("/account", headers={"X-API-Key": "gb_000000000000_" + "x" * 43}).status_code == 401
