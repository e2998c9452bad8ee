"""Every link that a page shows works for whom it is shown to: as each role, and for the machine-readable lists of addresses."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from guibiao.model.access import Role, User
from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.store.operations.opening import open_access
from guibiao.web import services_of, settings_of
from tests.serve.browsing import browser
from tests.serve.door_samples import PASSWORD, SECRET, CountingHasher, sign_in
from tests.serve.release_samples import new_city

HERE = "http://testserver"
EACH = 2
"""Addresses of one shape that are opened."""
LONG = ("/static/vega", "/sign-out")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    city = new_city(tmp_path_factory.mktemp("crawl"))
    city.publish(city.draft())
    settings = settings_of(city.workspace, city.out, {"GUIBIAO_SECRET": SECRET}, {})
    store = open_access(settings.operations, "newtown")
    doors = make_doors(settings, store, hasher=CountingHasher())
    assert doors.users is not None
    for role in Role:
        name = role.value.replace("_", "-")
        doors.users.add(User(id=name, name=name, roles=(role,), areas=("990100",), unit="单位"), "setup", PASSWORD)
        added = store.user(name)
        assert added is not None
        store.replace_user(replace(added, must_change=False))
    yield create_application(replace(services_of(city.workspace, city.out, settings), access=doors), settings)
    store.close()


class Shown(HTMLParser):
    """Addresses that a page leads to by a click, or loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attributes if name in {"href", "src", "data-part", "data-spec"} and value]


def within(page: str, links: list[str]) -> set[str]:
    """Links of a page to this site, without what follows `#`."""
    whole = {urljoin(f"{HERE}{page}", link).partition("#")[0] for link in links if not link.startswith(("data:", "mailto:"))}
    here = {link.removeprefix(HERE) for link in whole if link.startswith(f"{HERE}/")}
    return {link for link in here if "lang=" not in link and not link.startswith(LONG)}


def test_every_link_shown_to_a_role_opens_for_it(site: FastAPI) -> None:
    """From the home page and the account page on; `test_pages` follows the links that are for everybody."""
    doors: Doors = site.state.doors
    visited: dict[str, int] = {}
    for number, role in enumerate([None, *Role]):
        client = browser(site, f"198.18.9.{number}")
        if role is not None:
            assert sign_in(client, role.value.replace("_", "-")).status_code == 303
        waiting, seen, alike = ["/"] + (["/account"] if role else []), set[str](), Counter[tuple[str, ...]]()
        while waiting:
            address = waiting.pop()
            if address in seen or alike[shape(address)] == EACH:
                continue
            seen.add(address)
            alike[shape(address)] += 1
            answer = client.get(address)
            assert answer.status_code == 200, (role, address, answer.status_code, answer.headers.get("location"))
            if answer.headers["content-type"].startswith("text/html"):
                waiting += sorted(link for link in within(address, Shown(answer.text).links) if not _is_public(doors, link))
        visited[role or "anonymous"] = len(seen)
    assert visited["anonymous"] == 1
    assert visited["administrator"] > visited["reader"] > 1


def shape(address: str) -> tuple[str, ...]:
    """Path and names of parameters: filters differ only in their values."""
    parts = urlsplit(address)
    return parts.path, *sorted(parse_qs(parts.query, keep_blank_values=True))


def _is_public(doors: Doors, address: str) -> bool:
    """Whether the first part of the path is that of pages for everybody."""
    first = urlsplit(address).path.split("/")[1]
    rules = [rule for rule in doors.matrix.rules if rule.method == "GET" and rule.path.split("/")[1] == first]
    return bool(rules) and all(rule.is_public(open_site=True) for rule in rules)


def test_every_address_in_the_lists_for_machines_answers(site: FastAPI) -> None:
    web = browser(site, "198.18.9.99", Accept="*/*")
    index: dict[str, Any] = web.get("/api/v1").json()["links"]
    found = {address for name, address in index.items() if name not in {"passports", "tasks"}}
    graph = web.get("/api/v1/catalog.jsonld").json()["@graph"]
    for each in graph:
        found |= {way["dcat:accessURL"]["@id"] for way in each.get("dcat:distribution", ())}
        found |= {each[name]["@id"] for name in ("dcat:endpointURL", "dcat:endpointDescription") if name in each}
    feed = ET.fromstring(web.get("/api/v1/releases.atom").content)
    found |= {str(each.get("href")) for each in feed.iter("{http://www.w3.org/2005/Atom}link")}
    for way in ("/sdmx/v2/structure/*?detail=allstubs", "/sdmx/v1/structure?detail=allstubs&format=json"):
        data = web.get(way).json()["data"]
        stubs = [link["href"] for listed in data.values() for each in listed for link in each["links"] if link["rel"] == "external"]
        assert len(stubs) > 20
        found |= set(stubs)
    observations = web.get("/api/v1/observations?limit=5").json()["items"]
    found |= {f"{HERE}{each['passport']}" for each in observations}
    answers = {address: _followed(web, address) for address in sorted(found)}
    assert len(answers) > 50
    assert {address: status for address, status in answers.items() if status != 200} == {}


def _followed(web: httpx.Client, address: str) -> int:
    answer = web.get(address)
    return web.get(answer.headers["location"]).status_code if answer.status_code == 307 else answer.status_code
