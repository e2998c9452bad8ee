"""Flow chart: bands count links between two classifications, partial ones apart; nothing in it is a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from guibiao.publish.charts.chart import Chart
from guibiao.publish.charts.render import render_svg
from guibiao.publish.charts.specify import specify
from guibiao.publish.figures import Figures
from guibiao.reference.classification import Category, Classification, Correspondence, CorrespondenceLink, CorrespondenceTitle
from guibiao.reference.report_definitions import ChartDefinition
from tests.publish.charts.sample import leaves, passport_of, spec_of, words, workspace, written

SCOPE = (
    Category(code="1", name_zh="制造", name_en="Making"),
    Category(code="101", name_zh="整机", name_en="Sets", parent="1"),
    Category(code="102", name_zh="零件", name_en="Parts", parent="1"),
    Category(code="2", name_zh="服务", name_en="Services"),
    Category(code="201", name_zh="维修", name_en="Repair", parent="2"),
    Category(code="202", name_zh="其他", name_en="Other", parent="2"),
)
INDUSTRY = (
    Category(code="C", name_zh="制造业", name_en="Manufacturing", level="门类"),
    Category(code="39", name_zh="电子设备制造业", name_en="Electronics", parent="C", level="大类"),
    Category(code="391", name_zh="计算机制造", name_en="Computers", parent="39", level="中类"),
    Category(code="O", name_zh="居民服务", name_en="Resident services", level="门类"),
    Category(code="81", name_zh="修理业", name_en="Repair", parent="O", level="大类"),
)
LINKS = (
    CorrespondenceLink(source="101", target="391"),
    CorrespondenceLink(source="102", target="391"),
    CorrespondenceLink(source="102", target="81", partial=True),
    CorrespondenceLink(source="201", target="81"),
    CorrespondenceLink(source="201", target="O", partial=True),
)


def indexed(name: str, categories: tuple[Category, ...]) -> Classification:
    return Classification(name, categories, _index={category.code: category for category in categories})


def flow(language: str = "zh", links: tuple[CorrespondenceLink, ...] = LINKS, **fields: Any) -> Chart:
    city = workspace()
    title = CorrespondenceTitle(id="map", name_zh="对应", name_en="Map", source="scope", target="industry", file="", document="bulletin")
    classifications = {**city.classifications, "scope": indexed("scope", SCOPE), "industry": indexed("industry", INDUSTRY)}
    city = replace(city, classifications=classifications, correspondences={"map": Correspondence(title, links)})
    definition = ChartDefinition(id="flow", kind="flow", title_zh="流向", title_en="Flow", correspondence="map", **fields)
    return specify(definition, Figures(city, []), language, passport_of)


def bands(chart: Chart) -> dict[str, float]:
    """Band -> opacity."""
    rows = [row for layer in leaves(spec_of(chart)) for row in layer["data"]["values"] if "band" in row]
    return {row["band"]: row["opacity"] for row in rows}


def test_links_are_raised_to_the_top_and_to_the_level_named() -> None:
    assert set(bands(flow(level="大类"))) == {"1-39-0", "1-81-1", "2-81-0", "2-O-1"}
    assert set(bands(flow())) == {"1-C-0", "1-O-1", "2-O-0", "2-O-1"}


def test_partial_links_are_lighter_and_counted() -> None:
    chart = flow(level="大类")
    opacity = bands(chart)
    assert opacity["1-81-1"] < opacity["1-39-0"]
    assert "带宽为对应的条数：3个类目、5条，其中部分计入2条；不是产值。" in chart.notes
    assert "未列对应代码、未画：202。" in chart.notes


def test_a_band_is_as_thick_as_its_links() -> None:
    rows = [row for layer in leaves(spec_of(flow(level="大类"))) for row in layer["data"]["values"] if row.get("band") == "1-39-0"]
    other = [row for layer in leaves(spec_of(flow(level="大类"))) for row in layer["data"]["values"] if row.get("band") == "1-81-1"]
    first, second = (min(each, key=lambda row: row["px"]) for each in (rows, other))
    assert (first["py2"] - first["py"]) == pytest.approx(2 * (second["py2"] - second["py"]), abs=0.05)


def test_it_has_no_figures_and_names_the_document_of_the_map() -> None:
    chart = flow(level="大类")
    assert (chart.figures, chart.passports) == ((), ())
    assert (chart.source, chart.grade) == ("青石公报（A级）", "A")
    assert {"1 制造", "39 电子设备制造业", "全部计入", "带*，只部分计入"} <= set(words(chart))


def test_names_stand_clear_of_each_other() -> None:
    texts = written(render_svg(spec_of(flow(level="大类", language="en"))))
    assert not [(a.text, b.text) for place, a in enumerate(texts) for b in texts[place + 1 :] if a.overlaps(b)]


def test_without_links_it_says_so() -> None:
    assert flow(links=()).reason == "对应表没有任何一行。"
    city = workspace()
    definition = ChartDefinition(id="flow", kind="flow", title_zh="流向", correspondence="none")
    assert specify(definition, Figures(city, []), "zh", passport_of).reason == "没有对应表“none”。"
