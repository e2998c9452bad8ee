"""A code whose classification nobody verified says so wherever its name is printed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from guibiao.publish.figures import Figures
from guibiao.publish.lookup import Evidence
from guibiao.publish.wording import Wording
from guibiao.reference.classification import Category, Classification
from guibiao.reference.report_definitions import SeriesDefinition
from tests.publish.charts.sample import AREAS, DISTRICTS, draw, row, workspace

MARKED = tuple(
    Category(code=each.code, name_zh=each.name_zh, name_en=each.name_en, parent=each.parent, status="未核实", status_en="unverified")
    if each.code == "11"
    else each
    for each in AREAS
)
PRINTED = {"zh": "东区（未核实）", "en": "East (unverified)"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_and_tables_print_it(language: str) -> None:
    areas = Classification("areas", MARKED, _index={each.code: each for each in MARKED})
    definitions = replace(workspace(), classifications={"areas": areas})
    evidence = Evidence(definitions, Figures(definitions, [], []), (), date(2024, 1, 1), Wording(language))
    assert evidence.area_name("11") == PRINTED[language]
    assert evidence.area_name("12") in {"西区", "West"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_charts_draw_it(language: str) -> None:
    rows = [row("output", area, 2023, f"{10 + number}.5") for number, area in enumerate(DISTRICTS)]
    chart = draw("bar", rows, SeriesDefinition(indicator="output", area="*"), language=language, areas=MARKED)
    drawn = json.dumps(chart.spec, ensure_ascii=False)
    assert PRINTED[language] in drawn


def test_a_missing_english_name_or_status_falls_back_to_the_chinese() -> None:
    assert Category(code="1", name_zh="软件批发", status="未核实").label(chinese=False) == "软件批发 (未核实)"
    assert Category(code="1", name_zh="软件批发").label(chinese=True) == "软件批发"
