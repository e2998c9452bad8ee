"""The pages of an index as a browser shows them: accessible, within a phone's width, and a trial with and without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Keep, Opener, served_at
from tests.serve.index_samples import indexed_city

GRAVE = {"serious", "critical"}
OVERFLOWING = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PATHS = ("/index", "/index/small?unit=990101&lang=en", "/index/watched", "/index/small/trial?weights=economy:0.8")
TRIAL = "/index/small/trial"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[str]:
    """Address of the site of a city with an index and a frame."""
    city = indexed_city(tmp_path_factory.mktemp("city"), store=database)
    city.publish(city.draft())
    with served_at(city.site()) as address:
        yield address


@pytest.mark.parametrize("path", PATHS)
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


def test_a_trial_without_script(window: Opener) -> None:
    with window(TRIAL, java_script_enabled=False) as page:
        form = page.locator("form.share", has=page.locator("input[value=economy]"))
        form.locator("input[name=share]").fill("80")
        form.locator("button").click()
        assert page.url.endswith("weights=economy%3A0.8")
        assert "试算，非公布结果" in (page.locator("main").text_content() or "")
        assert page.locator("tr", has_text="已改").locator("input[name=share]").input_value() == "80"
        page.get_by_text("恢复公布的权重").click()
        assert "weights" not in page.url


def test_a_slider_tries_in_place_and_keeps_the_address_and_the_focus(window: Opener) -> None:
    with window(TRIAL) as page:
        slider = page.locator("input[type=range][data-code=economy]")
        slider.focus()
        for _step in range(3):
            with page.expect_response("**/trial?*weights=*"):
                page.keyboard.press("ArrowRight")
            page.wait_for_selector("[data-trial]:not([aria-busy])")
        page.wait_for_function("location.search.includes('economy%3A0.53')")
        assert page.locator("input[type=range]:focus").get_attribute("data-code") == "economy"
        assert page.locator("input[name=share]").first.input_value() == "53"
        page.locator("form.choose select[name=year]").select_option("2023")
        page.wait_for_url("**year=2023*")
        assert "economy%3A0.53" in page.url
