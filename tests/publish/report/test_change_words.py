"""A change word typed beside a bound figure is told; elsewhere words are the author's."""

from __future__ import annotations

import pytest

from guibiao.model.errors import BatchErrors
from guibiao.publish.change_words import change_words
from tests.publish.report.city import printed

SLOT = "\U000f0000"


@pytest.mark.parametrize(
    "text",
    [
        f"增长{SLOT}",
        f"同比增长{SLOT}",
        f"增加值增长了{SLOT}",
        f"下降约{SLOT}",
        f"比上年提高{SLOT}",
        f"{SLOT}的增长",
        f"由{SLOT}增加到{SLOT}",
        f"回落至{SLOT}",
        f"减少了近{SLOT}",
        f"持平于{SLOT}",
        f"翻番，{SLOT}"[:2] + SLOT,
        f"翻一番达{SLOT}",
        f"同比增{SLOT}",
        f"降至{SLOT}",
        f"大幅上升到{SLOT}",
        f"占比{SLOT}提升",
        f"收窄 {SLOT}",
        f"**增长** {SLOT}".replace("*", ""),
        f"rose by {SLOT}",
        f"increased to about {SLOT}",
        f"{SLOT} was unchanged",
        f"fell {SLOT}",
        f"up {SLOT}",
        f"a decrease of {SLOT}",
    ],
)
def test_told(text: str) -> None:
    assert change_words(text, SLOT)


@pytest.mark.parametrize(
    "text",
    [
        f"增加值{SLOT}",
        f"增长率{SLOT}",
        f"增长速度为{SLOT}",
        f"新增{SLOT}",
        f"净增{SLOT}",
        f"保持增长，总量{SLOT}",
        f"增长。{SLOT}",
        f"推动质量不断提高；{SLOT}",
        f"为了提高服务水平和治理能力而建设的{SLOT}",
        "增长8.5",
        f"{SLOT}",
        f"{SLOT}，比上年有所下降的是其他",
        f"growth rate of {SLOT}",
        f"Prices rose. The value is {SLOT}",
        f"prices fell, while the value was {SLOT}",
        f"a rise in the share of all the others at {SLOT}",
    ],
)
def test_not_told(text: str) -> None:
    assert not change_words(text, SLOT)


def test_only_figures_count() -> None:
    assert not change_words(f"增长{SLOT}", "")


def test_a_name_is_exempt() -> None:
    assert not change_words(f"增长极{SLOT}", SLOT)
    assert not change_words(f"消费提升行动{SLOT}", SLOT, ("消费提升行动",))


def test_the_template_is_refused_with_place_and_remedy() -> None:
    with pytest.raises(BatchErrors) as failure:
        printed('# 规模\n\n产值{{ value("output", 2023) }}，同比增长{{ value("growth", 2023) }}。')
    (error,) = failure.value.errors
    assert str(error.place) == "report/report.md:3:33"
    assert "change(" in error.remedy


def test_the_same_said_by_a_binding_is_printed() -> None:
    assert printed('产值{{ value("output", 2023) }}，同比{{ change("growth", 2023) }}。') == "产值1200.7亿元，同比增长8.5%。"


def test_a_word_about_no_figure_may_stand_beside_a_name() -> None:
    assert printed("{{ area() }}提高服务水平。") == "临江市提高服务水平。"
