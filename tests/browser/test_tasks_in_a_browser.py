"""The ledger as a browser shows it to who keeps it, to a unit and to a district: usable, accessible, within a phone's width."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from guibiao.model.access import UnitReach
from guibiao.serve.task_services import Actor, Seen
from tests.browser.conftest import Keep
from tests.serve.door_samples import PASSWORD
from tests.serve.task_samples import EAST, FIRST, NOW, SECOND, THIRD, WEST, LedgerSite, ledger_site

GRAVE = {"serious", "critical"}
OVERFLOWING = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ALL = UnitReach(None)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerSite]:
    made = ledger_site(tmp_path_factory.mktemp("ledger"))
    actor = Actor(who="setup", reach=ALL)
    made.ledger.cascade(Seen(FIRST, 1), [EAST, WEST], actor)
    made.ledger.add_problem(THIRD, "资金不足", "市财政局", date(2026, 3, 31), actor)
    made.ledger.add_milestone(FIRST, "2026年一季度", "完成选址", actor)
    made.ledger.add_evidence(FIRST, "选址批复.pdf", b"%PDF-1.4\n", actor)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def address(ledger: LedgerSite) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(ledger.application, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900}, bypass_csp=False)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints


def enter(page: Page, name: str, path: str) -> None:
    page.goto(path)
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main form[action='/sign-in'] button")
    page.wait_for_load_state("networkidle")


def grave(page: Page, options: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    found = Axe().run(page, options=options).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in GRAVE]


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


@pytest.mark.parametrize(("who", "path"), [
    ("planner", "/tasks"), ("planner", f"/tasks/{FIRST}"), ("planner", "/tasks/chase"), ("planner", "/tasks?lang=en"),
    ("reporter", f"/tasks/{FIRST}"), ("district", "/tasks"), ("district", f"/tasks/{FIRST}/{EAST}"),
])  # fmt: skip
def test_a_page_is_accessible_by_day_and_night_and_fits_a_phone(chromium: Browser, address: str, keep: Keep, who: str, path: str) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page = context.new_page()
    enter(page, who, path)
    open_everything(page)
    keep(page, "wide")
    violations = grave(page)
    page.emulate_media(color_scheme="dark")
    keep(page, "dark")
    violations += grave(page, {"runOnly": ["color-contrast", "link-in-text-block"]})
    page.set_viewport_size({"width": 390, "height": 844})
    keep(page, "phone")
    beyond = page.evaluate(OVERFLOWING)
    context.close()
    assert violations == []
    assert beyond <= 0


def test_a_unit_works_on_its_task_and_the_planner_decides(page: Page, chromium: Browser, address: str, ledger: LedgerSite) -> None:
    enter(page, "reporter", "/tasks")
    assert page.locator(".task-row h3").all_inner_texts() == ["建设直播基地"]
    page.click(".task-row h3 a")
    for name in ("分解", "在办"):
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_selector("[role=status]")
    page.get_by_text("更新进展").click()
    page.fill("#progress-text", "已开工\n<b>完成三成</b>")
    page.locator("form[action$='/progress'] button").click()
    assert "<b>完成三成</b>" in page.inner_text(".written")
    page.get_by_text("上传佐证").click()
    page.set_input_files("#file", {"name": "进度照片.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\nx"})
    page.locator("form[action$='/evidence'] button").click()
    assert "佐证已留存" in page.inner_text("[role=status]")
    with page.expect_download() as download:
        page.get_by_role("link", name="进度照片.png").click()
    assert download.value.suggested_filename == "进度照片.png"
    page.get_by_role("button", name="报待核", exact=True).click()
    page.wait_for_selector("[role=status]")
    assert not page.locator("form[action$='/decide']").count()
    context = chromium.new_context(base_url=address)
    planner = context.new_page()
    enter(planner, "planner", f"/tasks/{FIRST}")
    planner.locator("summary", has_text="退回").click()
    planner.fill("#why-return", "照片不清楚")
    planner.locator("form[action$='/decide'] button", has_text="退回").click()
    planner.wait_for_selector("[role=status]")
    context.close()
    page.reload()
    assert "照片不清楚" in page.inner_text(".history")
    assert ledger.ledger.dossier(ALL, FIRST, NOW.date(), ALL).listed.task.state == "underway"


def test_two_people_on_one_page(page: Page, ledger: LedgerSite) -> None:
    enter(page, "planner", f"/tasks/{SECOND}")
    ledger.ledger.move(Seen(SECOND, 1), "decompose", Actor(who="another", reach=ALL))
    page.fill("#move-why", "按会议纪要")
    page.get_by_role("button", name="分解", exact=True).click()
    alert = page.inner_text("[role=alert]")
    assert "刚被别人改过" in alert
    assert "another" in alert
    assert page.input_value("#move-why") == "按会议纪要"


def test_a_district_sees_its_own(page: Page) -> None:
    enter(page, "district", "/tasks")
    assert page.locator(".task-row").count() == 1
    page.goto(f"/tasks/{FIRST}/{WEST}")
    assert "没有编号为" in page.inner_text("main")
    page.goto(f"/tasks/{FIRST}/{EAST}")
    page.get_by_role("button", name="分解", exact=True).click()
    page.wait_for_selector("[role=status]")
    assert page.locator(".track [aria-current]").inner_text() == "分解"


def test_without_script_filters_work(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    enter(page, "planner", "/tasks")
    page.locator(".task-lights .task-blocked a").click()
    assert page.locator(".task-row h3").all_inner_texts() == ["培育平台企业"]
    page.fill("main input[name=q]", "直播")
    page.click("form.choose button")
    assert page.locator(".gap").inner_text() == "没有符合条件的任务。"
    context.close()
