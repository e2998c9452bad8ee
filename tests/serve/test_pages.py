"""The pages on the release of a made-up city: what they say, in which language, and what happens when something is not there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

import httpx
import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.publish.release import withdraw
from tests.serve.release_samples import NOON, City, new_city, visit


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = new_city(tmp_path_factory.mktemp("city"))
    made.publish(made.draft())
    return made


@pytest.fixture(scope="module")
def reader(city: City) -> Iterator[httpx.Client]:
    with visit(city.site()) as client:
        yield client


class Links(HTMLParser):
    """Addresses a page leads to, and what a policy without inline script or style forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.links += [value for name, value in attributes if name in {"href", "src", "data-part", "data-spec", "action"} and value]
        self.ids += [given["id"] or ""] if "id" in given else []
        if "style" in given or any(name.startswith("on") for name in given) or (tag == "script" and "src" not in given) or tag == "style":
            self.inline.append(tag)


def test_the_overview_shows_headline_figures_with_change_vintage_and_grade(reader: httpx.Client) -> None:
    page = reader.get("/").text
    assert "371.3" in page
    assert "+12.5%" in page  # 371.3 / 330.0
    assert re.search(r'class="grade grade-[A-D]"', page)
    assert "合成数据" in page


def test_every_link_of_the_site_leads_somewhere(reader: httpx.Client) -> None:
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = reader.get(address)
        assert answer.status_code == 200, address
        if answer.headers["content-type"].startswith("text/html"):
            found = Links(answer.text)
            assert not found.inline, address
            assert len(set(found.ids)) == len(found.ids), address
            inner = (urljoin(address, link).partition("#")[0] for link in found.links if not link.startswith(("http", "data:")))
            waiting += [link for link in inner if "lang=" not in link and not link.startswith(("/static/vega", "/sign-in"))]
    assert {"/targets", "/quality", "/downloads", "/sources", "/explore"} <= seen
    assert len(seen) > 40


def test_the_language_is_chosen_in_the_address_and_kept(city: City) -> None:
    with visit(city.site()) as client:
        first = client.get("/indicators")
        assert (first.headers["content-language"], "指标" in first.text) == ("zh-CN", True)
        assert '<html lang="en">' in client.get("/indicators?lang=en").text
        kept = client.get("/indicators")
        assert (kept.headers["content-language"], "Gross" in kept.text or "gross" in kept.text) == ("en", True)
        assert client.get("/indicators?lang=xx").headers["content-language"] == "en"


def test_errors_speak_the_language_of_the_request(reader: httpx.Client) -> None:
    assert "没有指标 nowhere" in reader.get("/indicators/nowhere", headers={"Cookie": ""}).text
    assert reader.get("/indicators/nowhere?lang=zh").status_code == 404


def test_an_indicator_keeps_published_and_computed_growth_apart(reader: httpx.Client) -> None:
    page = reader.get("/indicators/digital_economy_value_added").text
    assert "371.3" in page
    assert "公布增速" in page
    assert "按公布数计算" in page
    assert quote("digital_economy_value_added|990100", safe="") in page


def test_a_passport_leads_back_to_the_figures_it_rests_on(reader: httpx.Client) -> None:
    addresses = re.findall(r'href="/figure\?key=([^"]+)"', reader.get("/indicators/digital_economy_share").text)
    key = unquote(addresses[0])
    page = reader.get("/figure", params={"key": key})
    assert page.status_code == 200
    assert "33.2" in page.text
    assert "371.3" in page.text
    assert "1120" in page.text
    for wrong in ("nothing", "", "gross_domestic_product|x", key + "y", "digital_economy_share|" + "x" * 3000):
        assert reader.get("/figure", params={"key": wrong}).status_code == 404


def test_exports_hold_every_row_and_say_what_they_are(reader: httpx.Client) -> None:
    answer = reader.get("/indicators/gross_domestic_product.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.text.startswith("\ufeff")
    assert [row[rows[0].index("数值")] for row in rows[1:]] == ["1000.0", "1060.0", "1120.0"]
    book = openpyxl.load_workbook(io.BytesIO(reader.get("/indicators/gross_domestic_product.xlsx").content))
    data, metadata = book.worksheets
    assert data.max_row == 4
    assert any("合成数据" in str(cell.value) for row in metadata.iter_rows() for cell in row)
    assert pq.read_table(io.BytesIO(reader.get("/downloads/observations.parquet").content)).num_rows > 9


def test_charts_come_as_drawing_picture_specification_and_figure(reader: httpx.Client) -> None:
    base = "/indicators/digital_economy_value_added/course"
    assert reader.get(f"{base}.svg").text.startswith("<svg")
    assert reader.get(f"{base}.png").content.startswith(b"\x89PNG")
    hrefs = re.findall(r'"href": ?"([^"]+)"', reader.get(f"{base}.json").text)
    assert hrefs
    assert all(href.startswith("/figure?key=") for href in hrefs)
    part = reader.get(base, params={"part": "figure"}).text
    assert part.lstrip().startswith("<figure")
    assert 'href="/figure?key=' in part
    assert reader.get(f"{base}.gif").status_code == 404
    assert reader.get("/indicators/digital_economy_value_added/nothing.svg").status_code == 404


def test_a_selection_is_in_the_address_and_what_it_leaves_out_is_said(reader: httpx.Client) -> None:
    page = reader.get("/explore", params={"i": ["gross_domestic_product", "nowhere"], "from": "2022", "to": "2022-12"}).text
    assert ("1060.0" in page, "1000.0" in page, "没有指标 nowhere" in page) == (True, False, True)
    assert reader.get("/explore", params={"i": "gross_domestic_product", "from": "soon"}).status_code == 400
    assert reader.get("/explore", params={"i": [str(number) for number in range(99)]}).status_code == 400


def test_search_finds_pieces_of_text_and_initials(reader: httpx.Client) -> None:
    for asked in ("数字经济增加", "szjjzjz", "DIGITAL economy value", "ｄｉｇｉｔａｌ"):
        assert "/indicators/digital_economy_value_added" in reader.get("/search", params={"q": asked}).text, asked
    assert "没有找到" in reader.get("/search", params={"q": "并无此物"}).text
    assert "<script>alert" not in reader.get("/search", params={"q": "<script>alert(1)</script>"}).text


@pytest.mark.parametrize("path", ["/quality?page=0", "/quality?page=x", "/quality?page=99999999999"])
def test_parameters_that_make_no_sense_are_said(reader: httpx.Client, path: str) -> None:
    answer = reader.get(path)
    assert answer.status_code == 422
    assert "参数" in answer.text


hostile = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [
        "'",
        "\0",
        "%00",
        "../../x",
        "{{7919*7907}}",
        "{0}",
        "<script>alert(1)</script>",
        "=1+1",
        "1e999",
        "nan",
        "-1",
        "9" * 40,
        "\u202e",
        "c.=",
        "|||||||",
    ]
)
PLACES = ("/", "/indicators/gross_domestic_product", "/explore", "/explore.csv", "/targets", "/quality", "/search", "/figure")
NAMES = (
    "i",
    "a",
    "k",
    "m",
    "from",
    "to",
    "area",
    "basis",
    "c.",
    "c.x",
    "state",
    "document",
    "severity",
    "rule",
    "q",
    "page",
    "key",
    "lang",
    "part",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.sampled_from(PLACES), st.lists(st.tuples(st.sampled_from(NAMES), hostile), max_size=4))
def test_no_parameter_breaks_a_page_or_gets_into_its_markup(reader: httpx.Client, path: str, given: list[tuple[str, str]]) -> None:
    answer = reader.get(path, params=[*given, ("i", "gross_domestic_product")])
    assert answer.status_code in {200, 400, 404, 422}, given
    assert "<script>alert" not in answer.text or answer.headers["content-type"].startswith("text/csv")
    assert str(7919 * 7907) not in answer.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.sampled_from(
        ["/indicators/{}", "/indicators/{}.csv", "/indicators/{}/course.svg", "/static/{}", "/downloads/{}.csv", "/classifications/{}"]
    ),
    hostile,
)
def test_no_name_in_the_path_breaks_a_page(reader: httpx.Client, path: str, name: str) -> None:
    assert reader.get(path.format(quote(name, safe=""))).status_code in {200, 307, 400, 404, 405}


def test_a_page_that_did_not_change_is_not_sent_again(reader: httpx.Client) -> None:
    first = reader.get("/")
    again = reader.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_fault_is_a_page_without_a_trace(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    site = city.site()
    monkeypatch.setattr(site.state.frame.services.releases, "current", lambda: 1 / 0)
    with visit(site) as client:
        answer = client.get("/targets")
    assert answer.status_code == 500
    assert "程序出错" in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert answer.headers["content-security-policy"]


def test_before_during_and_after_a_release(tmp_path: Path) -> None:
    city = new_city(tmp_path)
    with visit(city.site()) as client:
        assert client.get("/").status_code == 503
        assert "目前没有公布的数据" in client.get("/indicators").text
        first = city.draft()
        city.publish(first)
        assert "371.3" in client.get("/").text
        second = city.draft(value=999.9)
        assert "与上一发布" in client.get("/").text
        city.publish(second, NOON + timedelta(hours=1))
        page = client.get("/").text
        assert "修订 1，新增 0，删除 0" in page
        withdraw(city.archive, second, who="负责人", reason="录入有误", at=NOON + timedelta(hours=2))
        page = client.get("/").text
        assert ("录入有误" in page, second in page, "负责人" in page) == (True, True, False)
