"""Headings are numbered by level, unless the template numbers them."""

from __future__ import annotations

import pytest

from guibiao.publish.document import Document, Heading, Text
from guibiao.publish.headings import heading_numbers


def document(*headings: tuple[int, str], language: str = "zh") -> Document:
    blocks = tuple(Heading(level, (Text(text),), f"h{number}") for number, (level, text) in enumerate(headings))
    return Document("", "", "", "", language, blocks, ())


def numbers(*levels: int, language: str = "zh") -> list[str]:
    return list(heading_numbers(document(*((level, "标题") for level in levels), language=language)).values())


def test_chinese_numbers_restart_below_a_new_heading() -> None:
    assert numbers(1, 2, 2, 3, 4, 1, 2) == ["一、", "（一）", "（二）", "1. ", "（1）", "二、", "（一）"]


def test_the_highest_level_in_use_counts_first() -> None:
    assert numbers(2, 3, 2) == ["一、", "（一）", "二、"]


def test_eleven_and_twenty() -> None:
    assert numbers(*[1] * 21)[9:21:5] == ["十、", "十五、", "二十、"]
    assert numbers(*[1] * 21)[20] == "二十一、"


def test_english_numbers() -> None:
    assert [number.strip() for number in numbers(1, 2, 3, 1, language="en")] == ["1", "1.1", "1.1.1", "2"]


@pytest.mark.parametrize("typed", ["一、总体情况", "（一）核心产业", "1. 口径", "第一章　总论", "1.1 范围", "（1）说明"])
def test_typed_numbers_stay_alone(typed: str) -> None:
    assert heading_numbers(document((1, typed), (1, "附录"))) == {}


@pytest.mark.parametrize("title", ["一般公共预算", "2023年总体情况", "5G网络", "3.5万亿元之后", "十四五规划", "（修订）说明"])
def test_words_that_look_like_numbers_do_not(title: str) -> None:
    assert heading_numbers(document((1, title)))["h0"] == "一、"
