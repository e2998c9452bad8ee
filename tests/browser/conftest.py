"""A site on a port of this machine, and a browser before it; pictures go to `GUIBIAO_SCREENSHOTS` where that is set.

Every test runs twice: with both stores in files (DuckDB, SQLite), and with both in PostgreSQL.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from guibiao.model.access import Role, User
from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.web import services_of, settings_of
from tests.serve.door_samples import PASSWORD, SECRET, CountingHasher
from tests.serve.release_samples import AREA, City, new_city

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
Opener = Callable[..., Any]
Keep = Callable[..., None]


@dataclass(frozen=True)
class Served:
    """A site that is being served: where, of which city, with which doors."""

    address: str
    city: City
    doors: Doors


@pytest.fixture(scope="session", params=["files", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """Address of the PostgreSQL database that holds the stores; empty where they are files."""
    return "" if request.param == "files" else str(request.getfixturevalue("postgres_dsn"))


@contextmanager
def served_at(application: FastAPI) -> Iterator[str]:
    """Serve on a free port of this machine; gives the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def served(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site of a made-up city with two releases, the second one current, and a user of every role named after it (`city_editor`)."""
    city = new_city(tmp_path_factory.mktemp("city"), store=database)
    city.publish(city.draft(value=999.9))
    city.publish(city.draft())
    environment = {"GUIBIAO_OPERATIONS": database, "GUIBIAO_SECRET": SECRET}
    settings = settings_of(city.workspace, city.out, environment, {})
    services = services_of(city.workspace, city.out, settings)
    doors = make_doors(settings, services.access, hasher=CountingHasher())
    add_everybody(doors)
    with served_at(create_application(replace(services, access=doors), settings)) as address:
        yield Served(address, city, doors)
    services.access.close()


def add_everybody(doors: Doors) -> None:
    """A user of every role, with `PASSWORD` and nothing left to be changed at the first sign-in."""
    assert doors.users is not None
    assert doors.store is not None
    for role in Role:
        areas = (AREA,) if role is Role.DISTRICT_EDITOR else ()
        unit = "某单位" if role is Role.REPORTER else ""
        doors.users.add(User(id=role.value, name=f"用户{role.value}", roles=(role,), areas=areas, unit=unit), "setup", PASSWORD)
        added = doors.store.user(role.value)
        assert added is not None
        doors.store.replace_user(replace(added, must_change=False))


@pytest.fixture(scope="session")
def site(served: Served) -> str:
    """Address of the site."""
    return served.address


@pytest.fixture(scope="session")
def chromium(chromium_command: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_command), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, site: str) -> Opener:
    """Opens a page of the site, signed in where `user` names one; at the end nothing may have been complained of in the console."""

    @contextmanager
    def opened(path: str, *, user: str = "", **options: Any) -> Iterator[Page]:
        context = chromium.new_context(base_url=site, **{"viewport": {"width": 1280, "height": 900}, **options})
        page = context.new_page()
        if user:
            sign_in(page, user)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        yield page
        context.close()
        assert not complaints

    return opened


def sign_in(page: Page, name: str, password: str = PASSWORD, path: str = "/sign-in") -> None:
    """Fill in the form and wait for the page behind it: to go elsewhere before that would take the form back."""
    page.goto(path)
    page.fill("#name", name)
    page.fill("#password", password)
    with page.expect_navigation():
        page.click("main form[action='/sign-in'] button")


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Keeps a picture of the page under the name of the test."""
    folder = os.environ.get("GUIBIAO_SCREENSHOTS")

    def kept(page: Page, which: str = "") -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            name = "".join(sign if sign.isalnum() else "-" for sign in request.node.name)
            page.screenshot(path=Path(folder) / f"{'-'.join(filter(None, (name, which)))}.png", full_page=True)

    return kept
