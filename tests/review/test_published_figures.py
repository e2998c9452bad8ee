"""A document's figures against figures published elsewhere."""

from __future__ import annotations

from decimal import Decimal

import pytest

from guibiao.ingest.documents import read_document
from guibiao.model.quantity import printed_quantity
from guibiao.model.unit import parse_unit
from guibiao.review.claims import Claim
from guibiao.review.review import review
from guibiao.review.sourced import Published, gathered

AREAS = {"全市": "1", "新城市": "1", "新城": "1", "全国": "0", "东区": "11"}


def figure(value: str, source: str, area: str = "1", year: int = 2022) -> Published:
    return Published("软件业务收入", area, year, printed_quantity(Decimal(value), parse_unit("亿元")), source)


FIGURES = gathered([figure("120.3", "快报"), figure("121.0", "年鉴"), figure("9000", "国家公报", "0")], AREAS, "1")


def sourced(text: str) -> list[Claim]:
    return [claim for claim in review([read_document(text.encode(), "a.md")], FIGURES) if claim.kind == "source"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("2022年，全市软件业务收入120.3亿元。", "ok"),
        ("2022年，全市实现软件业务收入121.0亿元。", "ok"),
        ("2022年，新城市软件业务收入达到120亿元。", "ok"),
        ("2022年，软件业务收入为130.3亿元。", "inconsistent"),
        ("2022年，全国软件业务收入9000亿元。", "ok"),
    ],
)
def test_any_published_value_is_enough(text: str, verdict: str) -> None:
    assert [claim.verdict for claim in sourced(text)] == [verdict]


@pytest.mark.parametrize(
    "text",
    [
        "2022年，东区软件业务收入30.1亿元。",
        "2021年，全市软件业务收入100.3亿元。",
        "2022年上半年，全市软件业务收入60.3亿元。",
        "2022年，嵌入式系统软件业务收入10.3亿元。",
        "到2022年，力争软件业务收入达到200亿元。",
        "2022年，软件业务收入比上年增加12.3亿元。",
        "2022年，软件业务收入增长130家。",
    ],
)
def test_other_areas_years_and_narrower_names_are_left_alone(text: str) -> None:
    assert sourced(text) == []


def test_the_source_is_named() -> None:
    claim = sourced("2022年，软件业务收入为130.3亿元。")[0]
    assert "《年鉴》公布的2022年软件业务收入" in claim.explanation_zh
    assert claim.severity == "error"
