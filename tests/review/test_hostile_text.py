"""No text crashes the review, whatever was done to it; every claim stands inside the document."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.ingest.documents import read_document
from guibiao.model.errors import BadInput
from guibiao.review.claims import Claim
from guibiao.review.review import review

WORDS = (
    "由 从 增长到 增长 年均增长 下降 占 其中 合计 共 亿元 万人 家 % 个百分点 倍 翻了一番 2023年 第一 三大 、 ， 。 ； ： ( ）",
    "“ ” 等 一是 二是 | 表1 占比 排名 普及率 人均 每万人 常住人口 全年实现 0 0.0 1 99.9 100 1,234 1e9 ９９ − - 2月30日",
)
ODD = ("\n", "\n\n", "\t", "构成为1:2:97", "000000000000000000001", "99999999999999999999")
PIECES = st.sampled_from([*(word for line in WORDS for word in line.split()), *ODD])


def reviewed(text: str) -> list[Claim]:
    try:
        document = read_document(text.encode("utf-8", "ignore"), "a.md")
    except BadInput:
        return []
    found = list(review([document]))
    for claim in found:
        assert 0 <= claim.start < claim.end <= len(document.original)
    return found


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=80).map("".join))
def test_words_in_any_order(text: str) -> None:
    reviewed(text)


@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    reviewed(text)


@given(st.lists(st.lists(st.text("0123456789.,%-－甲乙合计占比 ", max_size=6), min_size=1, max_size=6), min_size=3, max_size=8))
def test_any_table(rows: list[list[str]]) -> None:
    reviewed("\n".join(f"| {' | '.join(row)} |" for row in rows))


@pytest.mark.parametrize(
    "unit", ["1234567890", "1\t", "1\t2\n", "占50%，", "其中1家、", "由1亿元增长到2亿元增长100%", "共3家其中2家占50%", "“甲”", "（"]
)
def test_thirty_thousand_characters_of_one_thing(unit: str) -> None:
    reviewed((unit * (30_000 // len(unit) + 1))[:30_000])


def test_numbers_beyond_all_measure_do_not_stop_it() -> None:
    many = "9" * 24
    assert reviewed(f"产值由0.{'0' * 20}1亿元增长到{many}亿元，增长{many}%。") is not None
