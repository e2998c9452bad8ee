"""Claims by their wordings: what follows, what does not, and what must be left alone."""

from __future__ import annotations

import pytest

from guibiao.ingest.documents import read_document
from guibiao.review.claims import Claim
from guibiao.review.review import review


def claims(*texts: str, dated: str = "") -> list[Claim]:
    from dataclasses import replace

    return list(review([replace(read_document(text.encode(), f"{number}.md"), dated=dated) for number, text in enumerate(texts)]))


def verdicts(text: str, kind: str) -> list[str]:
    return [claim.verdict for claim in claims(text) if claim.kind == kind]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("产值由100亿元增长到150亿元，增长50%。", "ok"),
        ("产值由100亿元增长到150亿元，增长55%。", "inconsistent"),
        ("产值由103.00亿元增长到150.00亿元，增长45%。", "truncated"),
        ("产值由1.2亿元增长到1.4亿元，增长18%。", "rounded"),
        ("产值达到150亿元，比上年的100亿元增长约50%。", "ok"),
        ("产值从2018年的100亿元增长到2020年的144亿元，年均增长20%。", "ok"),
        ("产值从2018年的100亿元增长到2020年的144亿元，年均增长44%。", "inconsistent"),
        ("比重由30.0%提高到32.5%，提高2.5个百分点。", "ok"),
        ("比重由30.0%提高到32.5%，提高3.5个百分点。", "inconsistent"),
        ("产值由100亿元增长到220亿元，增长1.2倍。", "ok"),
        ("产值由100亿元增长到220亿元，增长2.2倍。", "inconsistent"),
        ("企业由100家增加到203家，翻了一番。", "ok"),
        ("企业由100家增加到150家，翻了一番。", "inconsistent"),
        ("成本由100元下降到80元，下降20%。", "ok"),
        ("产值110亿元，比上年增加10亿元，增长10%。", "ok"),
        ("产值110亿元，比上年增加10亿元，增长9.1%。", "inconsistent"),
        ("产值由超过100亿元增长到超过150亿元，增长50%。", "not derivable"),
        ("2018年、2019年、2020年产值分别为100亿元、200亿元、300亿元，每年都增长100%。", "inconsistent"),
    ],
)
def test_changes(text: str, verdict: str) -> None:
    assert verdicts(text, "growth") == [verdict]


@pytest.mark.parametrize(
    "text",
    [
        "产值由100亿元增长到150亿元，按不变价格计算，增长45%。",
        "甲产业收入100亿元，乙产业收入150亿元，增长7%。",
        "到2025年产值达到150亿元，年均增长10%。",
        "甲企业收入100亿元，利润20亿元，增长5%。",
    ],
)
def test_changes_whose_levels_are_not_named_are_left_alone(text: str) -> None:
    assert verdicts(text, "growth") == []


def test_a_rise_that_falls_is_told() -> None:
    found = claims("企业由200家增加到150家。")
    assert [(claim.kind, claim.verdict) for claim in found] == [("growth", "inconsistent")]
    assert "下降" in found[0].explanation_zh
    assert "a fall" in found[0].explanation_en


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("共有企业200家，其中民营150家，占75%。", "ok"),
        ("共有企业200家，其中民营150家，占70%。", "inconsistent"),
        ("本市企业20家，占全国企业80家的25%。", "ok"),
        ("全市企业200家。其中，民营150家，占比为75%。", "ok"),
        ("全市实现地区生产总值4000亿元。\n\n数字经济增加值1600亿元，占地区生产总值的比重为42%。", "inconsistent"),
    ],
)
def test_shares(text: str, verdict: str) -> None:
    assert verdicts(text, "share") == [verdict]


def test_a_share_of_another_whole_is_left_alone() -> None:
    assert verdicts("全市企业200家，其中民营150家，占全国的5%。", "share") == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("进出口总额100亿元，其中出口60亿元，进口40亿元。", ["ok"]),
        ("进出口总额100亿元，其中出口60亿元，进口45亿元。", ["inconsistent"]),
        ("进出口总额100亿元，其中出口60亿元，进口40亿元，顺差20亿元。", ["ok"]),
        ("企业100家，其中高新企业80家、外资企业60家。", []),
        ("一期投资10亿元，二期投资20亿元，合计35亿元。", ["inconsistent"]),
    ],
)
def test_sums(text: str, verdict: list[str]) -> None:
    assert verdicts(text, "sum") == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("支持交通、能源、医疗等3个领域。", ["ok"]),
        ("支持交通、能源、医疗等5个领域。", []),
        ("支持交通、能源、医疗等2个领域。", ["inconsistent"]),
        ("建设交通、能源、医疗三大场景。", ["ok"]),
        ("建设交通、能源、医疗四大场景。", ["inconsistent"]),
        ("建设“甲”“乙”“丙”三大平台。", ["ok"]),
        ("抓好以下三项工作：一是建平台；二是强应用。", ["inconsistent"]),
        ("抓好以下两项工作：一是建平台；二是强应用。", ["ok"]),
        ("提供三项功能：查询、办理和评价。", ["ok"]),
        ("完成以下2项任务：\n\n1.建设平台。各部门共同推进这项工作。\n\n2.培育企业。各部门共同推进这项工作。", ["ok"]),
        ("完成以下3项任务：\n\n1.建设平台。各部门共同推进这项工作。\n\n2.培育企业。各部门共同推进这项工作。", ["inconsistent"]),
        ("第七条本办法所称平台包括以下情形：一是甲；二是乙。", []),
    ],
)
def test_lists(text: str, verdict: list[str]) -> None:
    assert verdicts(text, "list") == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("三次产业构成为0.3:14.9:84.8。", ["ok"]),
        ("三次产业构成为0.3:14.9:84.9。", ["rounded"]),
        ("三次产业构成为0.3:14.9:88.8。", ["inconsistent"]),
        ("制造占40%，服务占35%，其他占25%。", ["ok"]),
        ("制造占40%，服务占35%，其他占30%。", ["inconsistent"]),
        ("关注成本的占78%，关注安全的占65%，关注效率的占57%（可多选）。", []),
    ],
)
def test_hundreds(text: str, verdict: list[str]) -> None:
    assert verdicts(text, "hundred") == verdict


def test_results_after_the_document_and_days_of_no_calendar() -> None:
    assert [claim.kind for claim in claims("2023年，全年实现收入100亿元，增长3%。", dated="2023-06")] == ["date"]
    assert claims("2022年，全年实现收入100亿元，增长3%。", dated="2023-06") == []
    assert claims("预计2023年全年实现收入100亿元，增长3%。", dated="2023-06") == []
    assert [claim.claimed for claim in claims("2023年2月30日开工。")] == ["2023年2月30日"]
    assert [claim.claimed for claim in claims("2025—2023年建设期。")] == ["2025—2023年"]


def test_units_that_cannot_be() -> None:
    assert verdicts("宽带普及率达到85万户。", "unit") == ["inconsistent"]
    assert verdicts("移动电话普及率达到177部/百人。", "unit") == []
    assert verdicts("本市市场份额为140%。", "unit") == ["inconsistent"]


TABLE = "表1 分区情况\n\n| 地区 | 项目（个） |\n|---|---|\n| 甲区 | 3 |\n| 乙区 | {part} |\n| 合计 | 10 |\n"


def test_totals_of_tables_and_parts_that_are_missing() -> None:
    assert verdicts(TABLE.format(part=7), "total") == ["ok"]
    assert verdicts(TABLE.format(part=6), "total") == ["inconsistent"]
    assert verdicts(TABLE.format(part="…").replace("乙区", "丙区 | 7 |\n| 乙区"), "total") == ["not derivable"]


def test_one_figure_in_two_documents() -> None:
    first, second = "2023年全市软件业务收入为100.5亿元。", "2023年全市软件业务收入为110.5亿元。"
    found = claims(first, second)
    assert [(claim.doc, claim.kind, claim.verdict) for claim in found] == [("1", "repeated", "inconsistent")]
    assert [claim.verdict for claim in claims(first, first.replace("100.5", "100.48"))] == ["rounded"]
    assert claims(first, second.replace("2023", "2022")) == []


def test_both_sentences_are_written() -> None:
    claim = claims("产值由100亿元增长到150亿元，增长55%。")[0]
    assert claim.explanation_zh == "变动写为 55%，由 100亿元 到 150亿元 得 50%：不符。"
    assert claim.explanation_en == "The change is given as 55%; 100亿元 to 150亿元 gives 50%: the two do not agree."
    assert (claim.claimed, claim.recomputed, claim.severity) == ("55%", "50%", "error")
    assert claim.low is not None
    assert claim.high is not None
    assert claim.low < 50 < claim.high


def test_a_long_paragraph_is_read_in_pieces_that_keep_their_places() -> None:
    text = "这是一句没有数字的话。" * 900 + "产值由100亿元增长到150亿元，增长55%。"
    claim = claims(text)[0]
    assert text[claim.start : claim.end] == "55%"


def test_what_a_level_is_compared_with_is_no_whole_of_its_parts() -> None:
    text = "2023年，增加值1200亿元，比2022年的1000亿元增长20.0%。其中，核心产业700亿元，占58.3%。"
    assert [(claim.kind, claim.verdict) for claim in claims(text)] == [("growth", "ok"), ("share", "ok")]
