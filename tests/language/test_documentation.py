"""The documentation names every function with its signature and parameters, and every sheet it points to exists."""

from __future__ import annotations

import re

import pytest

from guibiao.language.functions import FORMULA_FUNCTIONS, Function
from guibiao.language.parse import MAXIMUM_DEPTH, MAXIMUM_LENGTH, parse
from tests.capabilities import ROOT

PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+\([^\n]*\))\n\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("function", FORMULA_FUNCTIONS.values(), ids=lambda function: function.name)
def test_a_function_is_documented(function: Function) -> None:
    assert function.signature in SECTIONS
    section = SECTIONS[function.signature]
    sheets = re.findall(r"\]\((methods/[\w-]+\.md)\)", section)
    assert sheets, "point to the method sheet"
    text = (ROOT / "docs" / sheets[0]).read_text(encoding="utf-8")
    assert f"`{function.name}" in text, f"{sheets[0]} does not name {function.name}"


def test_nothing_else_is_documented_as_a_function() -> None:
    assert sorted(SECTIONS) == sorted(function.signature for function in FORMULA_FUNCTIONS.values())


def test_limits_are_the_documented_ones() -> None:
    assert f"{MAXIMUM_LENGTH:,} characters, {MAXIMUM_DEPTH} levels of nesting" in PAGE


def test_examples_parse() -> None:
    (block,) = re.findall(r"```text\n(share\(.*?)```", PAGE, re.DOTALL)
    for line in block.strip().splitlines():
        parse(line)
