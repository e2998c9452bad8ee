"""Forecasts, the warning board, documents and search as a browser shows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import Keep, served_at
from tests.serve.told_samples import DOCUMENT, LONG, told_city

PATHS = (
    "/",
    "/warnings",
    f"/documents/{DOCUMENT}",
    "/search?q=数字",
    f"/indicators/{LONG}",
    f"/indicators/{LONG}/course",
    "/warnings?lang=en",
)
GRAVE = {"serious", "critical"}
OVERFLOWING = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_at(told_city(tmp_path_factory.mktemp("told")).site()) as found:
        yield found


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_by_day_and_night_and_fits_a_phone(chromium: Browser, address: str, keep: Keep, path: str) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page = context.new_page()
    try:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        keep(page, "wide")
        violations = Axe().run(page).response["violations"]
        page.emulate_media(color_scheme="dark")
        keep(page, "dark")
        violations += Axe().run(page, options={"runOnly": ["color-contrast", "link-in-text-block"]}).response["violations"]
        page.set_viewport_size({"width": 390, "height": 844})
        keep(page, "phone")
        beyond = page.evaluate(OVERFLOWING)
    finally:
        context.close()
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations if each["impact"] in GRAVE] == []
    assert beyond <= 0


def test_the_fan_answers_to_the_pointer_and_shows_its_intervals(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    try:
        page.goto(f"/indicators/{LONG}/course")
        page.wait_for_load_state("networkidle")
        for colour in ("#DDE8F4", "#BDD3E9", "#94B7DA"):  # a band and its entry in the key
            assert page.locator(f'.drawing svg path[fill="{colour}" i]').count() == 2
        page.locator("figure .drawing").first.hover()
        page.wait_for_selector("figure[data-live=yes]", timeout=30_000)
        page.locator("figure .drawing svg .mark-symbol path").last.hover(force=True)
        page.wait_for_selector("#vg-tooltip-element.visible")
        said = page.locator("#vg-tooltip-element").text_content() or ""
        assert ("2026年预测中值" in said, "80%区间" in said) == (True, True)
        assert complaints == []
    finally:
        context.close()
