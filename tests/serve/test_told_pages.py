"""Forecasts, warning boards, documents, search, HEAD and the files that robots ask for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.serve.pages.search import LONGEST, find, folded, grouped, hits_in, made_entry, marked, words_of
from guibiao.serve.pages.warnings import HEIGHT, WIDTH, board_of
from tests.serve.release_samples import City, new_city, visit
from tests.serve.told_samples import DOCUMENT, LONG, lights, told_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return told_city(tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def reader(city: City) -> Iterator[httpx.Client]:
    with visit(city.site()) as client:
        yield client


def test_a_forecast_stands_apart_from_the_published_figures(reader: httpx.Client) -> None:
    page = reader.get(f"/indicators/{LONG}").text
    table, ahead = (page[page.index(f'id="{name}"') : page.index("</section>", page.index(f'id="{name}"'))] for name in ("table", "ahead"))
    assert ("2026年" in ahead, "不是公布数" in ahead, "80%区间" in ahead) == (True, True, True)
    assert "2026年" not in table
    assert "14个年度数" in ahead
    assert all(model in ahead for model in ("随机游走", "阻尼趋势", "历年增幅重抽"))


def test_where_there_is_no_forecast_the_page_says_why(reader: httpx.Client) -> None:
    assert "口径一致、逐年连续的数只有3个，少于8个" in reader.get("/indicators/digital_economy_value_added").text


def test_the_fan_is_drawn_in_picture_specification_and_words(reader: httpx.Client) -> None:
    spec = reader.get(f"/indicators/{LONG}/course.json").text
    assert ('"type":"area"' in spec.replace(" ", ""), "预测区间 95%" in spec) == (True, True)
    page = reader.get(f"/indicators/{LONG}/course").text
    assert ("虚线与色带为预测，不是公布数。" in page, "预测中值" in page) == (True, True)
    assert reader.get(f"/indicators/{LONG}/course.png").content.startswith(b"\x89PNG")
    other = reader.get("/indicators/digital_economy_value_added/course.json").text
    assert "预测" not in other


def test_forecasts_are_exported_apart(reader: httpx.Client) -> None:
    rows = list(csv.reader(io.StringIO(reader.get(f"/indicators/{LONG}/forecast.csv").text.removeprefix("\ufeff"))))
    assert rows[0][0] == "预测日"
    assert {row[rows[0].index("模型")] for row in rows[1:]} >= {"各模型等权", "Theta"}
    assert len(rows) == 1 + 3 * 6
    published = reader.get(f"/indicators/{LONG}.csv").text
    assert "2026" not in {line.split(",")[0] for line in published.splitlines()}
    assert "预测中值" not in published
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"/indicators/{LONG}.xlsx").content))
    assert book.sheetnames == ["数据", "预测（非公布数）", "元数据"]
    assert book["预测（非公布数）"].max_row == 19
    assert book["数据"].max_row == 15


def test_the_interface_gives_forecasts_and_words(reader: httpx.Client) -> None:
    found = reader.get("/api/v1/forecasts", params={"indicator": LONG, "model": "simulated"}).json()["items"]
    assert [row["period_end"] for row in found] == ["2024-12-31", "2025-12-31", "2026-12-31"]
    for row in found:
        assert row["low_95"] < row["low_80"] < row["low_50"] < row["value"] < row["high_50"] < row["high_80"] < row["high_95"]
    told = reader.get("/api/v1/passages", params={"search": "工业互联网"}).json()["items"]
    assert [row["id"] for row in told] == ["plan-2"]


def test_an_older_release_without_these_tables_still_opens(tmp_path: Path) -> None:
    from guibiao.model.definition_tables import PASSAGES
    from guibiao.model.forecast_tables import FORECASTS, UNFORECAST
    from guibiao.publication import Publication
    from guibiao.publish.release import Content, draft
    from guibiao.run import DataRun, Request
    from guibiao.store.open import open_store
    from tests.serve.release_samples import NOON, TODAY

    city = new_city(tmp_path)
    store = open_store(str(city.out / "store" / "guibiao.duckdb"), city.workspace.settings.id)
    publication = Publication(DataRun(city.workspace, store, Request(city.out, today=TODAY)))
    tables = {table: rows for table, rows in publication._released.items() if table not in {FORECASTS, UNFORECAST, PASSAGES}}
    store.close()
    city.publish(draft(city.archive, Content(workspace=city.workspace.settings.id, software="0", tables=tables), at=NOON).id)
    with visit(city.site()) as client:
        page = client.get(f"/indicators/{LONG}")
        assert (page.status_code, 'id="ahead"' in page.text) == (200, False)
        assert client.get(f"/indicators/{LONG}/course.json").status_code == 200
        assert client.get("/search", params={"q": "数字"}).status_code == 200
        assert client.get(f"/documents/{DOCUMENT}").status_code == 404
        assert client.get("/warnings").status_code == 200


def test_breaks_are_marked_on_the_page(reader: httpx.Client) -> None:
    page = reader.get(f"/indicators/{LONG}").text
    assert ("核算方法改变" in page, "1.05" in page) == (True, True)


def test_a_board_shows_every_light_its_limits_and_what_alarms_were_worth(reader: httpx.Client) -> None:
    page = reader.get("/warnings").text
    strips = re.findall(r'<svg class="strip".*?</svg>', page, re.S)
    assert [strip.count("<rect") for strip in strips] == [0, 36, 36, 36]
    assert "1.00 | 2.00 | 4.00 | 6.00" in page
    assert re.search(r'2024-01 — 2025-12.*?right">6<.*?right">4<.*?right">2<.*?right">3<.*?right">1<.*?right">2\.5<', page, re.S)
    assert "缺数" in page
    assert "<script>" not in page[page.index("<main") :]
    assert "零售额增速：&lt;script&gt;" in page


def test_a_strip_has_a_cell_for_each_period_taller_for_hotter() -> None:
    board = board_of("monthly", lights())
    for strip in (*board.strips, board.composite):
        assert strip is not None
        assert [cell.x for cell in strip.cells] == sorted(cell.x for cell in strip.cells)
        assert all(cell.x >= 0 and cell.x + cell.width <= WIDTH + 0.01 and 0 <= cell.y <= HEIGHT for cell in strip.cells)
        tall = {cell.light: cell.height for cell in strip.cells}
        assert tall["cold"] < tall["cool"] < tall["normal"] < tall["warm"] < tall["hot"] == HEIGHT
    assert sum(strip.counts["none"] for strip in board.strips) == 1


def test_the_overview_leads_to_the_board_and_to_the_area_a_light_is_about(reader: httpx.Client) -> None:
    assert 'href="/warnings"' in reader.get("/").text


def test_a_document_lists_its_words_in_order(reader: httpx.Client) -> None:
    page = reader.get(f"/documents/{DOCUMENT}").text
    assert page.index('id="target-10"') < page.index('id="task-90"')
    assert "&lt;b&gt;5G&lt;/b&gt;" in page
    assert reader.get("/documents/none").status_code == 404


def test_search_groups_its_hits_and_marks_them(reader: httpx.Client) -> None:
    page = reader.get("/search", params={"q": "数字"}).text
    assert page.index('id="kind-indicator"') < page.index('id="kind-document"')
    assert "<mark>数字</mark>新城行动计划" in page
    assert f'href="/documents/{DOCUMENT}#target-10"' in reader.get("/search", params={"q": "5g"}).text
    assert "数字经济增加值" in re.sub("<.*?>", "", reader.get("/search", params={"q": "szjjzjz"}).text)
    alone = reader.get("/search", params={"q": "数字", "kind": "document"}).text
    assert ('id="kind-indicator"' in alone, 'id="kind-document"' in alone) == (False, True)


def test_a_long_document_is_searched_whole_and_what_is_not_listed_is_said(tmp_path: Path) -> None:
    with visit(told_city(tmp_path, passages=12_000).site()) as client:
        page = client.get("/search", params={"q": "第11999段"}).text
        assert "<mark>第11999段</mark>" in page
        assert "另有 11988 条" in client.get("/search", params={"q": "深度融合"}).text
        alone = client.get("/search", params={"q": "深度融合", "kind": "passage"}).text
        assert "另有 11800 条未列出" in alone


TEXT = st.text(st.sampled_from("数字经济㎡ＡａÅﬁß<&>\"' ²5Ⅳ"), max_size=40)


@given(TEXT, st.lists(TEXT.map(lambda text: folded(text).strip()).filter(bool), max_size=3))
def test_what_is_marked_is_what_was_asked_and_nothing_else_changes(text: str, words: list[str]) -> None:
    shown = str(marked(text, words))
    assert "".join(ET.fromstring(f"<p>{shown.replace('&#34;', '&quot;').replace('&#39;', '&apos;')}</p>").itertext()) == text
    for first, last in hits_in(text, words):
        assert any(word in folded(text[first:last]) for word in words)


def test_words_are_found_in_titles_before_texts() -> None:
    entries = [made_entry("code", "其他", "数字经济", ""), made_entry("code", "关于数字", "", ""), made_entry("code", "数字经济", "", "")]
    assert [entry.title for entry in find(entries, "数字")] == ["数字经济", "关于数字", "其他"]
    assert find(entries, "") == find(entries, "没有") == []
    assert words_of("字" * 500) == ["字" * LONGEST]
    groups = grouped(find(entries, "数字"))
    assert [(group.kind, len(group.hits), group.left_out) for group in groups] == [("code", 3, 0)]


def test_head_answers_as_get_without_a_body(reader: httpx.Client) -> None:
    paths = (
        "/", "/indicators", f"/indicators/{LONG}", f"/indicators/{LONG}.csv", f"/indicators/{LONG}/course.svg", "/warnings", "/search?q=x",
        "/static/site.css", "/robots.txt", "/favicon.svg", "/sitemap.xml", "/api/v1/forecasts", "/sdmx/v1/dataflow", "/downloads/codes.csv",
        "/nowhere", "/indicators/nowhere",
    )  # fmt: skip
    for path in paths:
        asked, head = reader.get(path), reader.head(path)
        assert (head.status_code, head.content) == (asked.status_code, b""), path
        for name in ("content-type", "etag", "content-disposition", "content-security-policy"):
            assert head.headers.get(name) == asked.headers.get(name), (path, name)
    assert reader.head("/sign-in", headers={"Accept": "text/html"}).status_code == reader.get("/sign-in").status_code


def test_robots_find_the_lasting_pages(reader: httpx.Client) -> None:
    robots = reader.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    assert "Disallow: /search" in robots.text
    assert "Sitemap: http://testserver/sitemap.xml" in robots.text
    listed = [each.text or "" for each in ET.fromstring(reader.get("/sitemap.xml").content).findall(".//{*}loc")]
    assert f"http://testserver/indicators/{LONG}" in listed
    for address in listed:
        assert reader.get(address.removeprefix("http://testserver")).status_code == 200, address
    assert reader.get("/favicon.svg").headers["content-type"] == "image/svg+xml"


def test_a_page_says_how_to_cite_it(reader: httpx.Client, city: City) -> None:
    page = reader.get(f"/indicators/{LONG}").text
    release = city.services().releases.current()
    assert release is not None
    cited = page[page.index('class="cite"') :].partition("</dd>")[0]
    assert (release.manifest.id in cited, "[DS/OL]" in cited, f"http://testserver/indicators/{LONG}" in cited) == (True, True, True)
