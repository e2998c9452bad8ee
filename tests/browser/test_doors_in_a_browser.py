"""Signing in and the pages behind the doors as a browser shows them: accessible, within a phone's width, nothing against the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from guibiao.model.access import Role, User
from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.store.operations.opening import open_access
from tests.browser.conftest import served_at, sign_in
from tests.serve.door_samples import PASSWORD, SECRET, CountingHasher, NoReleases
from tests.store.operations_samples import new_workspace

PATHS = ("/account", "/users", "/permissions", "/audit", "/audit/verify", "/interference")
GRAVE = {"serious", "critical"}
OVERFLOWING = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SUBMIT = "main form[action='/sign-in'] button"


@pytest.fixture(scope="module")
def doors(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    store = open_access(database or tmp_path_factory.mktemp("doors") / "operations.db", new_workspace())
    made = make_doors(Settings(secret=SECRET), store, hasher=CountingHasher())
    assert made.users is not None
    for name, role in (("chief", Role.ADMINISTRATOR), ("anna", Role.CITY_EDITOR)):
        made.users.add(User(id=name, name=f"用户{name}", roles=(role,)), "setup", PASSWORD)
    chief = store.user("chief")
    assert chief is not None
    store.replace_user(replace(chief, must_change=False))
    yield made
    store.close()


@pytest.fixture(scope="module")
def address(doors: Doors) -> Iterator[str]:
    """Address of a site without releases, whose doors are in use."""
    services = Services(releases=cast(Any, NoReleases()), words=cast(Any, None), access=doors)
    with served_at(create_application(services, doors.settings)) as served:
        yield served


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900}, bypass_csp=False)
    opened = context.new_page()
    violations: list[str] = []
    opened.on("console", lambda message: violations.append(message.text) if "Content Security Policy" in message.text else None)
    opened.on("pageerror", lambda error: violations.append(str(error)))
    yield opened
    context.close()
    assert not violations


def press(page: Page, selector: str) -> None:
    """Press a button that leads to a page, and wait for that."""
    with page.expect_navigation():
        page.click(selector)


def test_somebody_is_led_to_the_form_and_back(page: Page) -> None:
    sign_in(page, "chief", "wrong-password-1", "/users")
    assert "用户名或密码不对" in page.inner_text("[role=alert]")
    page.fill("#name", "chief")
    page.fill("#password", PASSWORD)
    press(page, SUBMIT)
    assert page.url.endswith("/users")
    page.goto("/account")
    press(page, "form[action='/sign-out'] button")
    page.goto("/users")
    assert "/sign-in?next=" in page.url


def test_a_first_password_is_changed_before_anything_else(page: Page) -> None:
    sign_in(page, "anna")
    assert page.url.endswith("/account")
    assert "初始密码" in page.inner_text("[role=status]")
    page.fill("#old", PASSWORD)
    page.fill("#new", "Another-Horse-8")
    page.fill("#again", "Another-Horse-8")
    press(page, "form[action='/account/password'] button")
    assert page.url.endswith("done=password")
    page.goto("/interference")
    page.fill("#requester", "某人")
    page.fill("#figure", "某指标")
    page.fill("#asked", "<script>alert(1)</script>")
    page.fill("#answer", "未改")
    press(page, "form[action='/interference'] button")
    assert "<script>alert(1)</script>" in page.inner_text("table")


def test_a_user_is_changed_by_forms(page: Page, doors: Doors) -> None:
    sign_in(page, "chief")
    page.goto("/users")
    page.fill("#name", "bert")
    page.fill("#full_name", "伯特")
    page.check("form[action='/users'] input[value=planner]")
    press(page, "form[action='/users'] button")
    assert len(page.inner_text("[role=status] code")) == 20
    page.goto("/users")
    press(page, "tr:has-text('bert') button:has-text('停用')")
    assert doors.store is not None
    bert = doors.store.user("bert")
    assert bert is not None
    assert bert.disabled
    assert page.locator("tr:has-text('bert') button:has-text('启用')").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(chromium: Browser, address: str, keep: Callable[[Page], None], scheme: str) -> None:
    context = chromium.new_context(base_url=address, color_scheme=cast(Any, scheme), bypass_csp=True)
    page = context.new_page()
    page.goto("/sign-in")
    wrong = violations(page, "/sign-in")
    sign_in(page, "chief")
    for path in PATHS:
        page.goto(path)
        keep(page)
        wrong += violations(page, path)
    context.close()
    assert not wrong


def violations(page: Page, path: str) -> list[tuple[str, str, str]]:
    found = Axe().run(page).response["violations"]
    return [(path, each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in GRAVE]


def test_every_page_fits_a_phone(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, "chief")
    wide = []
    for path in PATHS:
        page.goto(path)
        if page.evaluate(OVERFLOWING) > 0:
            wide.append(path)
    context.close()
    assert not wide
