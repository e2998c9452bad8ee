"""No text breaks extraction or makes it work more than in proportion to its length."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.text.blocks import DocumentText
from guibiao.policy.targets import extract_targets
from guibiao.policy.tasks import extract_tasks

pytestmark = pytest.mark.no_cover  # what is read here is read by the tests of extraction too; traced, it takes twice as long

WORDS = [
    "到2025年",
    "力争",
    "建成",
    "100家",
    "以上",
    "2—3个",
    "翻一番",
    "全覆盖",
    "每年",
    "举办",
    "10场",
    "同比增长",
    "8.5%",
    "由1.2万亿元",
    "增加到",
    "分别达到",
    "、",
    "和",
    "，",
    "。",
    "；",
    "\n",
    "\n\n",
    "（一）",
    "一、",
    "1.",
    "——",
    "责任单位：市商务局",
    "（市财政局、市科委按职责分工负责）",
    "指标\t2020年\t2025年",
    "|",
    "最高500万元",
    "预计",
    "第一",
    "三成",
    "“十四五”",
    "今明两年",
    "三年内",
    "比2020年",
    "：",
    "\u3000",
    "３０％",
    "应当",
    "条",
]
CHARACTERS = "到至２0205年底前，。；、一二十百万亿元个家%（）()“”〔〕翻番上数超过约是的建设培育责任单位负责局委\t\n|#.+-—第"
PATTERNS: dict[str, str] = {
    "digits": "1",
    "numerals": "一",
    "hundreds": "百万",
    "brackets": "（",
    "pairs": "（一）",
    "quotes": "“",
    "dots": ".",
    "ellipses": "…. ",
    "bars": "|1",
    "targets without a stop": "到2025年100个",
    "compared": "比2020年",
    "notes": "。（市局、市委负责）",
    "duties": "责任单位：",
    "tables": "指标 2020年 2025年\n—\n",
    "columns": "啊   啊   啊\n",
    "cells": "1\t2\n",
    "respectively": "2020年、2025年分别达到1%、2%、",
    "of": "10个的",
    "commas": "1,111",
    "numbered": "一、",
    "articles": "第一条",
    "hashes": "#",
    "dashes": "--",
    "minus": "-1",
}


def extract(text: str) -> tuple[int, int]:
    """Numbers of targets and tasks; offsets are checked on the way."""
    document = DocumentText("any", text, read_plain_text(text), "2022-06-01")
    targets = list(extract_targets(document))
    for each in targets:
        assert 0 <= each.start <= each.value_start < each.value_end <= each.end <= len(text)
        assert text[each.start : each.end] == each.quote
        assert (each.deadline is None) == (each.deadline_scope == "none")
    tasks = extract_tasks(document)
    assert all(0 <= task.start < task.end <= len(text) for task in tasks)
    return len(targets), len(tasks)


def calls(work: Callable[[], object]) -> int:
    """Python and C calls made: a measure of work that no other process disturbs."""
    made = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal made
        made += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return made


@settings(max_examples=150)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_words_of_plans_in_any_order(text: str) -> None:
    extract(text)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    extract(text)


@pytest.mark.parametrize("newlines", [True, False])
def test_mutilated_text(newlines: bool) -> None:
    letters = CHARACTERS if newlines else CHARACTERS.replace("\n", "")
    text = "".join(random.Random(7).choices(letters, k=100_000))
    assert extract(text)[0] > 100


@pytest.mark.parametrize("name", PATTERNS)
def test_repeated_patterns_take_work_in_proportion(name: str) -> None:
    short, long = (PATTERNS[name] * (size // len(PATTERNS[name])) for size in (4_000, 32_000))
    extract(short)
    assert calls(lambda: extract(long)) < 12 * calls(lambda: extract(short)) + 2_000


def test_no_pattern_of_the_readers_scans_a_line_twice() -> None:
    """Long runs that match nothing come back at once: a quadratic pattern would take minutes here."""
    for text in ("." * 300_000 + "x", "1" * 300_000, "一" * 100_000, " " * 300_000 + "x", "（" * 100_000, "a" * 300_000, "。" * 100_000):
        extract(text)
