"""Review and decisions as a browser shows them: hand a document in, wait, follow marks, decide by keyboard; accessible in both schemes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.policy.ledger_samples import PLAN, new_city
from tests.serve.document_samples import Office, open_office
from tests.serve.door_samples import PASSWORD

GRAVE = {"serious", "critical"}
OVERFLOWING = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
REPORT = """# 新城市数字经济发展报告

2024年，第一产业增加值10亿元，第二产业增加值20亿元，第三产业增加值30亿元，合计70亿元。

出口额由100亿元增加到120亿元，增长20%。
"""
Keep = Callable[..., None]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("city")
    made = open_office(new_city(folder), folder / "out")
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(office.application, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    made = {"报告.md": REPORT, "plan.md": PLAN}
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in made}


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in?next=/proposals" if name != "carl" else "/sign-in?next=/review")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main form[action='/sign-in'] button")


def hand_in(page: Page, path: str, file: Path, done: str) -> None:
    """Hand a document in; the page comes back by itself until it is read."""
    page.goto(path)
    page.set_input_files("#file", str(file))
    page.click("form.hand-in button")
    page.wait_for_selector(done, timeout=90_000)


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in GRAVE]


def accessible(page: Page, keep: Keep, which: str) -> list[str]:
    """What axe finds grave on this page, light and dark, and whether it fits a phone."""
    wrong: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=cast(Any, scheme))
        keep(page, f"{which}-{scheme}")
        wrong += violations(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    keep(page, f"{which}-phone")
    wrong += [f"{page.url} overflows"] if page.evaluate(OVERFLOWING) > 0 else []
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong


def test_an_editor_follows_a_finding_to_its_words_and_back(page: Page, files: dict[str, Path], keep: Keep) -> None:
    sign_in(page, "carl")
    page.click("nav >> text=核对")
    wrong = accessible(page, keep, "box")
    hand_in(page, "/review", files["报告.md"], ".claims")
    assert page.url.rpartition("/")[0].endswith("/review")
    page.click(".claims li.verdict-inconsistent a.tag")
    target = page.locator(":target")
    assert "70亿元" in target.inner_text()
    assert target.is_visible()
    page.click(".document a.marked.verdict-inconsistent")
    assert page.locator("li:target").count() == 1
    wrong += accessible(page, keep, "review")
    page.click(".tabs >> text=相符")
    assert page.locator(".document .verdict-inconsistent").count() == 0
    with page.expect_download() as download:
        page.click("text=CSV")
    assert download.value.suggested_filename == "报告.claims.csv"
    page.goto("/review")
    assert "不符 1" in page.inner_text("table")
    assert not wrong


def test_a_planner_decides_beside_the_words_by_keyboard(page: Page, office: Office, files: dict[str, Path], keep: Keep) -> None:
    sign_in(page, "paul")
    hand_in(page, "/proposals", files["plan.md"], "text=去审定")
    page.click("text=去审定")
    wrong = accessible(page, keep, "document")
    page.focus(".cards li:nth-child(1) input[type=checkbox]")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.locator(".cards input:checked").count() == 2
    page.click(".batch button[value=accept]")
    page.wait_for_selector("[role=status]")
    assert "2 条已采纳" in page.inner_text("[role=status]")
    page.focus(".cards li:nth-child(3) input[type=checkbox]")
    page.keyboard.press("a")
    page.wait_for_selector("text=1 条已采纳")
    states = [view.record.state for view in office.decisions.proposals("plan")]
    assert states.count("accepted") == 3
    page.keyboard.press("a")  # the focus is nowhere: nothing is decided
    page.fill("#why", "j k x a r u")  # letters typed into the reason decide nothing either
    assert page.locator(".cards input:checked").count() == 0
    page.click(".cards li:nth-child(3) >> text=更正和经过")
    page.fill("[name=note]", "以正式稿为准")
    wrong += accessible(page, keep, "one")
    page.click("button[value=accept]")
    page.wait_for_selector("text=已办好")
    assert "以正式稿为准" in page.inner_text(".course")
    page.goto("/proposals")
    wrong += accessible(page, keep, "list")
    assert not wrong


def test_without_script_everything_can_be_decided(chromium: Browser, address: str, office: Office) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "petra")
    page.goto("/proposals/of/plan?state=pending")
    before = page.locator(".cards li").count()
    page.fill("#why", "重复")
    page.click(".cards li:nth-child(1) button[value^='reject:']")
    page.wait_for_load_state()
    assert page.locator(".cards li").count() == before - 1
    page.goto("/proposals/of/plan?state=rejected")
    assert "重复" in page.inner_text(".cards")
    context.close()
