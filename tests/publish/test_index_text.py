"""Sentences and tables of an index, and the frame of one city."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from guibiao.model.errors import BadRequest
from guibiao.publish.bindings import Arguments
from guibiao.publish.figures import Figures
from guibiao.publish.functions import REPORT_FUNCTIONS
from guibiao.publish.index_board import IndexBoard
from guibiao.publish.index_listing import frame_table, index_indicators, index_table
from guibiao.publish.lookup import Evidence
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Framework, FrameworkDimension, FrameworkGroup
from guibiao.reference.index.workspace import Frame, FrameDimension
from guibiao.reference.report_definitions import TableDefinition
from tests.publish.charts.sample import row
from tests.publish.index_samples import board, city, figures

DAY = date(2024, 6, 1)


def evidence(shown: IndexBoard | None = None, language: str = "zh") -> Evidence:
    return Evidence(city(), figures(), (), DAY, Wording(language), indices={"trial": shown or board()})


def said(function: str, shown: IndexBoard | None = None, language: str = "zh", year: int = 2021, **arguments: Any) -> str:
    answer = REPORT_FUNCTIONS[function].answer
    assert answer is not None
    return answer(evidence(shown, language), Arguments({"index": "trial", "year": year, **arguments})).text


def test_scores_and_ranks() -> None:
    assert said("index_score") == "91.0分"
    assert said("index_score", area="白沙市", code="users", year=2020) == "65.0分"
    assert said("index_rank") == "第1位（压力测试区间第1位）"
    assert said("index_rank", area="白沙市") == "第2位（压力测试区间第1—2位）"
    assert said("index_rank", language="en", area="20") == "rank 2 (interval 1—2 under the stress test)"
    assert said("index_chance", area="20") == "90%"


def test_a_rank_is_never_said_without_its_interval() -> None:
    for function in ("index_rank", "index_chance"):
        with pytest.raises(BadRequest, match="没有区间"):
            said(function, board(intervals=False))
    assert said("index_score", board(intervals=False)) == "91.0分"


def test_drivers_and_contributions() -> None:
    assert said("index_driver") == "权重（总效应0.50，区间0.40—0.60）"
    assert said("index_driver", area="20", place=2) == "标准化方法（总效应0.30，区间0.20—0.40）"
    assert said("index_contribution") == "产出（6.0分）"
    assert said("index_contribution", place=2) == "部分（3.5分）"
    assert said("index_contribution", order="lowest") == "每百人用户数（-2.0分）"
    with pytest.raises(BadRequest, match="没有第 4 项"):
        said("index_driver", place=4)


def test_counts() -> None:
    counted = {name: said("index_count", of=name) for name in ("units", "indicators", "dimensions", "imputed", "runs")}
    assert counted == {"units": "3", "indicators": "3", "dimensions": "2", "imputed": "2", "runs": "500"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"index": "other"}, "没有指数 other"),
        ({"area": "东区"}, "没有 东区 2021 年的得分"),
        ({"code": "nothing"}, "中没有 nothing"),
        ({"year": 1999}, "没有 青石市 1999 年的得分"),
        ({"year": "今年"}, "不能是 今年"),
    ],
)
def test_what_is_not_there_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        said("index_score", **arguments)


def listed(shown: IndexBoard | None = None, language: str = "zh", **fields: Any) -> tuple[list[str], list[list[str]], list[str]]:
    definition = TableDefinition(id="table", title_zh="表", rows="index", index="trial", **fields)
    head, lines, notes = index_table(evidence(shown, language), definition, lambda _figure: "p")
    return list(head), [[cell.text for cell in line] for line in lines], notes


def test_the_table_of_an_index() -> None:
    head, lines, notes = listed()
    assert head == ["位次", "区间", "地区", "总指数", "供给", "使用"]
    assert lines[1] == ["2", "1—2", "白沙市", "71.0", "74.0", "71.0"]
    assert "500次" in notes[0]
    assert notes[1:] == ["试验用。", "填补2个缺失值：红叶市。"]
    _head, short, notes = listed(limit=1)
    assert [line[2] for line in short] == ["青石市"]
    assert notes[-1] == "共3个地区，其余见数据文件。"
    with pytest.raises(BadRequest, match="没有区间"):
        listed(board(intervals=False))


FRAMEWORK = Framework(
    id="plan",
    name_zh="规划",
    name_en="Plan",
    definition_zh="",
    dimensions=(
        FrameworkDimension(
            id="one",
            name_zh="领域甲",
            name_en="One",
            groups=(FrameworkGroup(id="g", name_zh="组", name_en="Group", indicators=("output", "part", "growth")),),
        ),
        FrameworkDimension(
            id="two",
            name_zh="领域乙",
            name_en="Two",
            groups=(FrameworkGroup(id="h", name_zh="组", name_en="Group", indicators=("users",)),),
        ),
    ),
)
FRAME = Frame(
    id="frame",
    zh="框架",
    en="Frame",
    base=2020,
    least_share=0.6,
    dimensions=(FrameDimension(framework="plan", dimension="one"), FrameDimension(framework="plan", dimension="two")),
)


def framed(rows: list[dict[str, Any]], frame: Frame = FRAME) -> tuple[list[list[str]], list[str], int]:
    workspace = replace(city(), frameworks={"plan": FRAMEWORK}, frames={"frame": frame})
    own = Evidence(workspace, Figures(workspace, rows), (), DAY, Wording("zh"))
    quoted: list[Any] = []

    def quote(figure: Any) -> str:
        quoted.append(figure)
        return "p"

    _head, lines, notes = frame_table(own, TableDefinition(id="t", title_zh="", rows="frame", index="frame"), quote)
    return [[cell.text for cell in line] for line in lines], notes, len(quoted)


def test_a_frame_measures_against_the_base_and_names_what_lacks() -> None:
    rows = [row("output", "10", 2020, "100.0"), row("output", "10", 2022, "150.0"), row("growth", "10", 2022, "5.0")]
    rows += [row("users", "10", "2020年末", "2.0"), row("users", "10", "2022年末", "3.0")]
    lines, notes, quoted = framed(rows)
    assert lines[0] == ["领域甲　不计分：3项中1项可比"]
    assert lines[1] == ["产出", "100.0亿元（2020年）", "150.0亿元（2022年）", "150.0", ""]
    assert lines[2] == ["部分", "缺口：由未指明掌握"]
    assert lines[3] == ["增速", "—", "5.0%（2022年）", "—", "增速，不作指数"]
    assert lines[4] == ["领域乙　领域指数150.0（1项中1项可比）"]
    assert quoted == 5
    assert notes[0] == "共4项指标：3项有数据，2项有同口径的两期可比，1项为缺口；2个领域中1个计分。"


def test_figures_that_do_not_compare_give_no_index() -> None:
    bases = [row("output", "10", 2020, "100.0", accounting_basis="old"), row("output", "10", 2022, "150.0", accounting_basis="new")]
    assert framed(bases)[0][1][3:] == ["—", "只有一期可用"]
    parts = [row("output", "10", "2020年1-9月", "100.0"), row("output", "10", 2022, "150.0")]
    assert framed(parts)[0][1][3:] == ["—", "只有一期可用"]
    early = [row("output", "10", 2019, "100.0"), row("output", "10", 2022, "150.0")]
    assert framed(early)[0][1][3:] == ["—", "只有一期可用"]
    zero = [row("output", "10", 2020, "0"), row("output", "10", 2022, "150.0")]
    assert framed(zero)[0][1][3:] == ["—", "基期为零"]
    assert framed([])[0][1] == ["产出", "缺口：由某局掌握，应于2030年前提供"]


def test_an_unknown_frame() -> None:
    with pytest.raises(BadRequest, match="没有框架 other"):
        frame_table(evidence(), TableDefinition(id="t", title_zh="", rows="frame", index="other"), lambda _figure: "")


def test_what_an_exhibit_reads() -> None:
    workspace = replace(city(), frameworks={"plan": FRAMEWORK}, frames={"frame": FRAME})
    assert index_indicators(workspace, "trial") == {"output", "part", "users"}
    assert index_indicators(workspace, "frame") == {"output", "part", "growth", "users"}
    assert index_indicators(workspace, "") == set()
