"""The recipe says what the functions print, and names all of them."""

from __future__ import annotations

import re

import pytest

from guibiao.publish.functions import REPORT_FUNCTIONS
from guibiao.reference.report_definitions import ReportDefinition
from tests.capabilities import ROOT
from tests.publish.report.city import bound

RECIPE = (ROOT / "docs" / "recipes" / "write-a-report.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `(\w+\(.*\))` \| (.+) \|$", RECIPE, re.MULTILINE)


@pytest.mark.parametrize(("call", "expected"), EXAMPLES)
def test_an_example_prints_what_the_recipe_says(call: str, expected: str) -> None:
    assert bound(call) == expected


@pytest.mark.parametrize("name", REPORT_FUNCTIONS)
def test_every_function_is_documented(name: str) -> None:
    assert f"`{name}(" in RECIPE


@pytest.mark.parametrize("name", REPORT_FUNCTIONS)
def test_every_parameter_is_documented(name: str) -> None:
    by_position = {"indicator", "period", "id", "text", "severity"}
    for parameter in REPORT_FUNCTIONS[name].function.parameters:
        assert parameter.doc
        assert parameter.name in by_position or f"{parameter.name}=" in RECIPE


def test_all_keys_of_a_report_are_known() -> None:
    assert {"names", "tables", "charts"} <= set(ReportDefinition.__dataclass_fields__)
    assert len(EXAMPLES) > 30
