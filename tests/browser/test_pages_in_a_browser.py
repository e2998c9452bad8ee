"""Pages as a browser shows them: accessible, within a phone's width, dark and light, and charts that answer."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Keep, Opener

PATHS = (
    "/", "/indicators", "/indicators/digital_economy_value_added", "/indicators/digital_economy_value_added/course",
    "/explore?i=gross_domestic_product", "/targets", "/quality", "/downloads", "/search?q=szjj", "/sources", "/classifications/areas",
)  # fmt: skip
GRAVE = {"serious", "critical"}
OVERFLOWING = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("path", [*PATHS, "/?lang=en"])
def test_a_page_is_accessible_by_day_and_night_and_fits_a_phone(window: Opener, keep: Keep, path: str) -> None:
    with window(path, bypass_csp=True) as page:
        keep(page, "wide")
        violations = Axe().run(page).response["violations"]
        page.emulate_media(color_scheme="dark")
        keep(page, "dark")
        violations += Axe().run(page, options={"runOnly": ["color-contrast", "link-in-text-block"]}).response["violations"]
        page.set_viewport_size({"width": 390, "height": 844})
        keep(page, "phone")
        beyond = page.evaluate(OVERFLOWING)
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations if each["impact"] in GRAVE] == []
    assert beyond <= 0


def test_a_chart_answers_to_the_pointer_under_the_policy(window: Opener) -> None:
    with window("/indicators/digital_economy_value_added") as page:
        page.wait_for_selector("figure[data-spec] .drawing svg a")
        page.locator("figure .drawing").first.hover()
        page.wait_for_selector("figure[data-live=yes]", timeout=30_000)
        page.locator("figure .drawing svg .mark-symbol path").nth(1).hover(force=True)
        page.wait_for_selector("#vg-tooltip-element.visible")
        assert "330" in (page.locator("#vg-tooltip-element").text_content() or "")
        page.locator("figure .drawing svg .mark-symbol path").nth(1).click(force=True)
        page.wait_for_url("**/figure?key=*")


def test_pages_work_without_script(window: Opener) -> None:
    with window("/indicators/digital_economy_value_added", java_script_enabled=False) as page:
        assert page.locator("figure .drawing img").count()
        page.locator("td a.n").first.click()
        assert "/figure?key=" in page.url
        assert page.locator(".tree li").count() > 3


def test_one_click_leads_from_a_headline_to_its_passport(window: Opener) -> None:
    with window("/") as page:
        page.locator(".headlines .big a").first.click()
        page.wait_for_url("**/figure?key=*")
        assert page.locator(".passport h1").is_visible()


def test_the_language_switch_stays_on_the_page(window: Opener) -> None:
    with window("/indicators/gross_domestic_product") as page:
        page.locator("a.switch").first.click()
        page.wait_for_load_state("networkidle")
        assert "/indicators/gross_domestic_product" in page.url
        assert page.locator("html").get_attribute("lang") == "en"


def test_the_first_tab_stop_skips_to_the_text(window: Opener) -> None:
    with window("/") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")


def test_print_shows_the_figures_without_navigation(window: Opener) -> None:
    with window("/indicators/gross_domestic_product") as page:
        page.emulate_media(media="print")
        assert not page.locator(".top nav").is_visible()
        assert page.locator("table").first.is_visible()
