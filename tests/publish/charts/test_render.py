"""Drawings: the same bytes again, words that can be read, links, weights, and how fast."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.publish.charts.chart import Chart, Spec
from guibiao.publish.charts.render import VEGA_LITE, png_of_svg, render_png, render_svg
from guibiao.publish.charts.theme import WIDTH
from guibiao.publish.drawings import for_page, for_print
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts.sample import DISTRICTS, draw, row, spec_of, words, written

EVERYWHERE = SeriesDefinition(indicator="output", area="*")
LEVELS = {"11": 23456.7, "12": 4312.4, "13": 4298.8, "14": 612.3, "15": 88.2, "10": 32768.4, "20": 29001.5, "30": 8019.9}


def levels(*years: int, areas: tuple[str, ...] = tuple(LEVELS), **facts: Any) -> list[dict[str, Any]]:
    return [row("output", area, year, f"{LEVELS[area] * (1 + (year - 2015) * 0.07):.1f}", **facts) for area in areas for year in years]


def sectors(*years: int) -> list[dict[str, Any]]:
    whole = {year: LEVELS["10"] * (1 + (year - 2015) * 0.07) for year in years}
    shares = {"p": 0.01, "s": 0.17, "t": 0.82}
    return [
        row("output", "10", year, f"{whole[year] * share:.1f}", categories=f"sector={code}")
        for year in years
        for code, share in shares.items()
    ]


def vintages() -> list[dict[str, Any]]:
    return [
        *levels(*range(2010, 2020), areas=("10",), accounting_basis="old"),
        *levels(*range(2013, 2025), areas=("20",), accounting_basis="new"),
    ]


def samples(language: str = "zh") -> dict[str, Chart]:
    """Charts of every kind with realistic figures, crowded ones among them."""
    own, other = SeriesDefinition(indicator="output"), SeriesDefinition(indicator="output", area="20")
    inexact = [
        row("output", area, 2023, text) for area, text in zip(DISTRICTS, ("23456.7", "超过4000", "约900", "400—500", "8.8"), strict=True)
    ]
    growth = [row("growth", area, year, f"{(hash_of(area, year) % 190 - 70) / 10:.1f}") for area in DISTRICTS for year in range(2012, 2024)]
    rates = SeriesDefinition(indicator="growth", area="*")
    by_sector = SeriesDefinition(indicator="output", categories={"sector": "*"})
    return {
        name: draw(kind, rows, *series, language=language, **fields)
        for name, kind, rows, series, fields in (
            ("one line", "line", levels(*range(2012, 2024), areas=("10",)), (own,), {}),
            ("two lines", "line", vintages(), (own, other), {"breaks": {"2013": "口径调整", "2018": "第四次经济普查"}}),
            ("five lines", "line", levels(*range(2012, 2024), areas=DISTRICTS), (EVERYWHERE,), {}),
            ("rates", "line", growth, (rates,), {}),
            ("panels", "line", levels(2019, 2020, 2022, 2023), (SeriesDefinition(indicator="output", areas=tuple(LEVELS)),), {}),
            (
                "highlight",
                "line",
                levels(*range(2012, 2024)),
                (SeriesDefinition(indicator="output", areas=tuple(LEVELS)),),
                {"highlight": "10"},
            ),
            ("bars", "bar", inexact, (EVERYWHERE,), {"order": "value", "highlight": "11"}),
            (
                "three years",
                "bar",
                levels(2021, 2022, 2023),
                (SeriesDefinition(indicator="output", area="*", periods=("2021", "2022", "2023")),),
                {},
            ),
            ("columns", "bar", levels(*range(2012, 2024), areas=("10",)), (own,), {}),
            ("parts", "composition", sectors(*range(2014, 2024)), (by_sector,), {}),
            ("shares", "composition", sectors(*range(2014, 2024)), (by_sector,), {"unit": "%"}),
            ("slopes", "slope", levels(2019, 2023), (EVERYWHERE,), {"highlight": "12"}),
            ("crossing slopes", "slope", growth, (rates,), {}),
            ("tiles", "tile_map", inexact[:4], (EVERYWHERE,), {"highlight": "11"}),
            ("limits", "tile_map", growth, (rates,), {"classes": (-2.0, 0.0, 5.0)}),
        )
    }


def hash_of(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "big")


SAMPLES = {**samples(), **{f"{name}, English": chart for name, chart in samples("en").items()}}


@pytest.fixture(scope="module")
def drawings() -> dict[str, str]:
    return {name: render_svg(spec_of(chart)) for name, chart in SAMPLES.items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_no_words_overlap_or_leave_the_drawing(name: str, drawings: dict[str, str]) -> None:
    texts = written(drawings[name])
    assert len(texts) > 5
    assert not clashes(drawings[name])
    root = ET.fromstring(drawings[name])
    height = float(root.get("height", "0"))
    assert float(root.get("width", "0")) == WIDTH
    outside = [each.text for each in texts if each.left < -1 or each.right > WIDTH + 1 or each.top < -1 or each.bottom > height + 1]
    assert not outside


def clashes(svg: str) -> list[tuple[str, str]]:
    texts = written(svg)
    return [(one.text, other.text) for number, one in enumerate(texts) for other in texts[number + 1 :] if one.overlaps(other)]


CELLS = st.dictionaries(
    st.tuples(st.sampled_from([*DISTRICTS, "10", "20", "30"]), st.integers(2012, 2024)),
    st.sampled_from(["0", "12.5", "-3.1", "超过4000", "约200", "20—30", "99999.9", "98000.1", "0.01", "31.2", "57.75"]),
    min_size=1,
    max_size=60,
)


@pytest.mark.parametrize("kind", ["line", "bar", "composition", "slope", "tile_map"])
@settings(max_examples=8)
@given(cells=CELLS, language=st.sampled_from(["zh", "en"]), breaks=st.sets(st.integers(2012, 2024), max_size=3))
def test_no_words_overlap_whatever_is_on_file(kind: str, cells: dict[tuple[str, int], str], language: str, breaks: set[int]) -> None:
    rows = [row("output", area, year, text) for (area, year), text in cells.items()]
    told = {str(year): "口径有较大调整" for year in breaks}
    for series in (EVERYWHERE, SeriesDefinition(indicator="output"), SeriesDefinition(indicator="output", areas=tuple(LEVELS))):
        chart = draw(kind, rows, series, language=language, breaks=told, order="value")
        if chart.spec is not None:
            assert not clashes(render_svg(chart.spec))


def test_overlapping_words_would_be_seen() -> None:
    text = '<text text-anchor="middle" transform="translate({},{})" font-size="10px">{}</text>'
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><g transform="translate(5,5)">' + text.format(50, 50, "12345") + "</g>{}</svg>"
    assert clashes(svg.replace("{}", text.format(75, 56, "12345")))
    assert not clashes(svg.replace("{}", text.format(75, 70, "12345")))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_mark_links_to_its_passport_and_nothing_else_is_linked(name: str, drawings: dict[str, str]) -> None:
    links = re.findall(r'xlink:href="([^"]*)"', drawings[name])
    assert {link.removeprefix("#") for link in links} == set(SAMPLES[name].passports)
    assert all(link.startswith("#p-") for link in links)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_drawing_holds_no_address_and_no_id(name: str, drawings: dict[str, str]) -> None:
    svg = drawings[name]
    assert not re.search(r"https?://", re.sub(r'xmlns(:xlink)?="[^"]*"', "", svg))
    assert not re.search(r"\sid=", svg)
    assert "url(" not in svg


@pytest.mark.parametrize("name", SAMPLES)
def test_paper_and_page_take_the_drawing(name: str, drawings: dict[str, str]) -> None:
    assert for_print(drawings[name]).count("<text") == drawings[name].count("<text")
    passports = SAMPLES[name].passports
    page = for_page(drawings[name], "chart", SAMPLES[name].alternative, set(passports))
    assert set(re.findall(r'href="#([^"]*)"', page)) == set(passports)


def test_a_drawing_is_described_in_words(drawings: dict[str, str]) -> None:
    root = ET.fromstring(drawings["tiles"])
    assert root.get("role") == "graphics-document"
    assert root.get("aria-label") == SAMPLES["tiles"].alternative
    assert 'aria-label="2023年东区：23456.7亿元"' in drawings["tiles"]


def test_every_word_has_its_weight_spelt_out_for_variable_fonts(drawings: dict[str, str]) -> None:
    svg = drawings["five lines"]
    assert svg.count("<text ") == svg.count("font-variation-settings")
    assert re.search(r"<text font-variation-settings=\"'wght' 700\"[^>]*font-weight=\"bold\"", svg)


@pytest.mark.parametrize("chart", samples().values(), ids=samples())
def test_the_specification_compiles_without_a_warning(chart: Chart, capfd: pytest.CaptureFixture[str]) -> None:
    import vl_convert

    vl_convert.vegalite_to_svg(json.dumps(spec_of(chart)), vl_version=VEGA_LITE, show_warnings=True)
    assert not "".join(capfd.readouterr())


def test_the_same_specification_gives_the_same_bytes_in_any_order_and_with_any_fonts(drawings: dict[str, str]) -> None:
    some = list(SAMPLES)[::4]
    specs: list[Spec] = [spec_of(SAMPLES[name]) for name in some]
    program = (
        "import json, sys, hashlib, vl_convert\n"
        "from guibiao.publish.fonts import font_file\n"
        "vl_convert.register_font_directory(str(font_file().parent))\n"
        "from guibiao.publish.charts.render import render_svg\n"
        "for spec in reversed(json.load(sys.stdin)): print(hashlib.sha256(render_svg(spec).encode()).hexdigest())\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], input=json.dumps(specs), capture_output=True, text=True, check=True)
    here = [hashlib.sha256(drawings[name].encode()).hexdigest() for name in some]
    assert list(reversed(answer.stdout.split())) == here


def test_a_png_is_drawn_in_the_size_asked_with_the_words_in_it() -> None:
    spec = spec_of(SAMPLES["bars"])
    png = render_png(spec, 2)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    svg = render_svg(spec)
    drawn = ET.fromstring(svg)
    assert abs(width - 2 * float(drawn.get("width", "0"))) <= 2
    assert abs(height - 2 * float(drawn.get("height", "0"))) <= 2
    assert png == png_of_svg(svg, 2)
    assert png != png_of_svg(svg.replace("东", "酉"), 2), "a character is drawn, not a box"


def test_labels_are_those_of_the_figures() -> None:
    assert {"23456.7", "＞4000", "约900", "400—500", "8.8"} <= set(words(SAMPLES["bars"]))
