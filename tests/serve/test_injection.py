"""Hostile text in every parameter of every route, as the routing lists them: no server error, nothing executed, nothing reflected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from guibiao.model.access import Role, User
from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.serve.doors.headers import HEADERS
from guibiao.store.operations.opening import open_access
from guibiao.web import services_of, settings_of
from tests.serve.browsing import browser
from tests.serve.door_samples import PASSWORD, SECRET, CountingHasher, sign_in
from tests.serve.release_samples import new_city

MARK = "q7x"
PAYLOADS = {
    "sql": f"{MARK}' OR '1'='1' UNION SELECT 1,2,3;DROP TABLE observations;--",
    "script": f"{MARK}\"'><script>alert(7)</script><img src=x onerror=alert(7)>",
    "template": f"{MARK}{{{{7*191}}}}${{7*191}}{{%if 1%}}<%=7*191%>#{{7*191}}%s%n{{0.__class__}}",
    "lines": f"{MARK}\r\nX-Injected: 1\r\nSet-Cookie: session=evil\r\n\r\n<script>alert(7)</script>",
    "path": f"../../../../etc/passwd%00..%2f..%5c..%5cetc%2fpasswd%252e%252e%252f{MARK}",
    "zero": f"{MARK}\x00{MARK}",
    "unicode": f"{MARK}\u202e\ufeff\u2028\uff1cscript\uff1e\u0131\u212a\U0001f4a9\ud7ff\ufffe" + "A" * 1500,
    "numbers": "99999999999999999999999999999999",
}
OWN = ("lang", "next", "i", "a", "k", "m", "c.x", "area", "basis", "state", "severity", "q", "key", "part", "page", "limit")
"""Names that pages read from the query string themselves."""
SDMX = ("c[REF_AREA]", "c[TIME_PERIOD]", "c[OBS_VALUE]", "c[X]", "sort", "startPeriod", "endPeriod", "detail", "references", "updatedAfter",
        "asOf", "limit", "offset", "format", "lang", "dimensionAtObservation", "attributes", "measures", "lastNObservations", "mode",
        "includeHistory")  # fmt: skip
SDMX_PATHS = (
    "/sdmx/v1/{kind}/{agency}/{id}/{version}/{item}", "/sdmx/v1/data/{flow}/{key}/{provider}", "/sdmx/v1/data/FIGURES/{key}",
    "/sdmx/v1/availableconstraint/FIGURES/{key}/all/{dimension}", "/sdmx/v1/schema/{kind}/{agency}/{id}",
    "/sdmx/v2/structure/{kind}/{agency}/{id}/{version}/{item}", "/sdmx/v2/data/dataflow/*/FIGURES/*/{key}",
    "/sdmx/v2/data/{context}/{agency}/{id}/{version}/{key}", "/sdmx/v2/availability/dataflow/*/FIGURES/*/{key}/{dimension}",
    "/sdmx/v2/schema/{kind}/{agency}/{id}/{version}",
)  # fmt: skip
EXECUTED = re.compile(r"<script>alert\(7\)|<img src=x onerror|\b1337\b")
REVEALED = re.compile(r"Traceback|root:x:0|argon2id|site-packages|File \"|duckdb\.|sqlite3?\.|sqlalchemy", re.IGNORECASE)


@dataclass(frozen=True)
class Aim:
    """A route with the names of what it reads."""

    method: str
    path: str
    names: tuple[str, ...]
    """Parameters of its own, each tried alone."""
    more: tuple[str, ...] = ()
    """Parameters tried along with them."""

    def inside(self, text: str) -> str:
        """The address with the text for every part of the path."""
        return re.sub(r"\{[^}]+\}", quote(text, safe=""), self.path)

    def attempts(self, label: str) -> list[tuple[str, dict[str, str]]]:
        """Addresses with parameters: hostile in the path, in all parameters at once, and in each."""
        text, plain = PAYLOADS[label], self.inside("x")
        found: list[tuple[str, dict[str, str]]] = []
        if "{" in self.path:
            found.append((self.inside(text), {}))
        if self.more or (self.method == "POST" and label not in {"sql", "lines"}):
            found.append((plain, dict.fromkeys((*self.names, *self.more), text)))
        if label == "script" or (label in {"lines", "numbers"} and self.path.startswith("/sdmx/")):
            beside = dict.fromkeys(self.names, "1") if self.method == "POST" else {}
            found += [(plain, {**beside, name: text}) for name in self.names]
        return found or ([(plain, {})] if label == "script" else [])


def aims(site: FastAPI) -> list[Aim]:
    """Every route; those of the standard interfaces by the forms of their addresses."""
    found = {}
    for context in iter_route_contexts(site.routes):
        route: Any = context.original_route
        path = str(context.path_format or context.path)
        names: list[str] = []
        if isinstance(route, APIRoute):
            names = [field.alias for field in (*route.dependant.query_params, *route.dependant.body_params)]
        for method in sorted((context.methods or {"GET"}) - {"HEAD"}):
            more = OWN if method == "GET" and not path.startswith("/api/") else ()
            found[method, path] = Aim(method, path, tuple(dict.fromkeys(names)), more)
    parts = [Aim("GET", path, ()) for path in SDMX_PATHS]
    whole = [Aim("GET", path, SDMX) for path in ("/sdmx/v2/data/dataflow/*/FIGURES", "/sdmx/v2/structure/codelist")]
    return [*(found[key] for key in sorted(found)), *parts, *whole]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("injection")
    city = new_city(folder)
    city.publish(city.draft())
    settings = settings_of(city.workspace, city.out, {"GUIBIAO_SECRET": SECRET}, {})
    store = open_access(settings.operations, "newtown")
    doors = make_doors(settings, store, hasher=CountingHasher())
    assert doors.users is not None
    for name, roles in (("chief", tuple(Role)), ("reader", (Role.READER,))):
        doors.users.add(User(id=name, name=name, roles=roles, areas=("990100",), unit="单位"), "setup", PASSWORD)
        added = store.user(name)
        assert added is not None
        store.replace_user(_settled(added))
    yield create_application(replace(services_of(city.workspace, city.out, settings), access=doors), settings)
    store.close()


def _settled(user: User) -> User:
    return replace(user, must_change=False)


def test_hostile_text_in_every_parameter_of_every_route(site: FastAPI) -> None:
    doors: Doors = site.state.doors
    client = browser(site, "198.18.7.1", Accept="*/*")
    assert sign_in(client, "chief").status_code == 303
    token = _token(client)
    met: dict[str, set[int]] = {}
    for aim in aims(site):
        if aim.path in {"/sign-out", "/static/{name}"}:
            continue
        for label in PAYLOADS:
            for address, fields in aim.attempts(label):
                answer = _asked(client, aim.method, address, fields, token)
                met.setdefault(f"{aim.method} {aim.path}", set()).add(answer.status_code)
                _harmless(aim, label, answer)
        if aim.method == "POST" and client.get("/account").status_code != 200:
            assert sign_in(client, "chief").status_code == 303  # the session was ended, as was asked
            token = _token(client)
    assert len(met) > 90
    assert len([name for name, statuses in met.items() if 200 in statuses]) > 40
    assert doors.store is not None
    assert {"chief", "reader"} <= {user.id for user in doors.store.users()}


def test_strangers_are_told_no_more(site: FastAPI) -> None:
    client = browser(site, "198.18.7.2", Accept="*/*")
    for aim in aims(site):
        if aim.method == "GET":
            for address, fields in aim.attempts("script")[:2]:
                _harmless(aim, "script", _asked(client, "GET", address, fields, ""))


def _token(client: httpx.Client) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', client.get("/account", headers={"Accept": "text/html"}).text)
    assert found is not None
    return found[1]


def _asked(client: httpx.Client, method: str, address: str, fields: dict[str, str], token: str) -> httpx.Response:
    raw = {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()}
    if method == "GET":
        return client.get(f"{address}?{urlencode(raw)}")
    return client.request(method, address, data={"form_token": token, **fields}, headers={"X-Form-Token": token})


def _harmless(aim: Aim, label: str, answer: httpx.Response) -> None:
    about = (aim.method, aim.path, label, answer.status_code)
    assert answer.status_code < 500 or answer.status_code == 501, (*about, answer.text[:300])
    assert "x-injected" not in answer.headers, about
    assert not any("evil" in value for value in answer.headers.get_list("set-cookie")), about
    assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS), about
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html") or "svg" in kind:
        assert not EXECUTED.search(answer.text), about
    assert not REVEALED.search(answer.text), about
    location = answer.headers.get("location", "")
    assert not location or location.startswith(("/", "http://testserver/")), (*about, location)
