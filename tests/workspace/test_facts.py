"""What the typed figures must say, known without any other file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal

import pytest

from guibiao.reference.definitions import Workspace

Records = list[dict[str, str]]
VINTAGES = "provincial_gross_domestic_product_vintages"


def test_beijing_2017_has_three_values_and_2024_two(typed: Callable[[str], Records]) -> None:
    by_year: dict[str, list[str]] = defaultdict(list)
    for row in typed(VINTAGES):
        if row["地区"] == "北京市":
            by_year[row["年份"]].append(row["地区生产总值"])
    assert sorted(by_year["2017"]) == ["28014.94", "29883", "31325.9"]
    panel = {row["年份"]: row["地区生产总值"] for row in typed("province_year_gross_domestic_product") if row["地区"] == "北京市"}
    assert (by_year["2024"], panel["2024"]) == (["49670.2"], "49843.1")


def test_in_the_middle_of_2018_only_the_first_vintage_was_known(typed: Callable[[str], Records]) -> None:
    known = {row["版本"] for row in typed(VINTAGES) if row["公布时间"] <= "2018-06-30"}
    assert known == {"NBS分省年度数据,四经普修订前(下载于2018)"}


def test_vintages_carry_their_accounting_basis(workspace: Workspace) -> None:
    lookup = next(selector.lookup for selector in workspace.tables[VINTAGES].rows if selector.supplies == "source")
    bases = Counter(facts.accounting_basis for facts in lookup.values() if not isinstance(facts, str))
    assert bases == {"census_2013": 1, "census_2018": 2, "census_2023": 1}


def test_headline_values_are_on_the_basis_of_their_day(typed: Callable[[str], Records]) -> None:
    rows = {(row["指标"], row["报告期"]): row for row in typed("headline_facts")}
    assert rows["地区生产总值", "2023年"]["数值"] == "43760.7"
    assert rows["地区生产总值", "2023年"]["核算口径"] == "census_2018"
    assert rows["地区生产总值", "2024年"]["核算口径"] == "census_2023"
    assert rows["数字经济增加值", "2022年前三季度"]["数值"] == "12788.9"
    assert len(rows) == 46


def test_the_digital_economy_of_2023_is_stated_by_the_seed_and_by_a_mirror(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    printed = next(row for row in typed("benchmark_report_2023_text") if row["指标"] == "数字经济增加值")
    assert (printed["数值"], printed["核算口径"]) == ("18766.7亿元", "census_2018")
    mirror = next(row for row in typed("headline_facts") if (row["指标"], row["报告期"]) == ("数字经济增加值", "2023年"))
    assert mirror["数值"] == "18766.7"
    criteria = workspace.settings.precedence[0].criteria
    assert criteria.index("grade") < criteria.index("known_from")
    assert workspace.sources["benchmark_report_2023"].grade < workspace.sources["china_news_2024_03_21_copy"].grade


def test_the_published_share_follows_from_its_own_basis_only() -> None:
    digital = Decimal("18766.7")
    assert round(digital / Decimal("43760.7") * 100, 1) == Decimal("42.9")
    assert round(digital / Decimal("47353.7") * 100, 1) == Decimal("39.6")


@pytest.mark.parametrize(
    ("table", "label", "columns"),
    [
        ("white_paper_2021_table_8", "方向", ("北京市项目数量", "全国项目数量")),
        ("white_paper_2021_table_9", "年份", ("北京市入选项目数量", "全国项目数量")),
        ("benchmark_report_2023_table_1", "批次", ("北京", "全国")),
        (
            "benchmark_report_2023_table_2",
            "指标",
            ("北京/数字经济核心产业存量企业", "北京/2023年新设企业", "上海/数字经济核心产业存量企业", "上海/2023年新设企业"),
        ),
    ],
)
def test_printed_totals_are_the_sums_of_their_rows(
    typed: Callable[[str], Records], table: str, label: str, columns: tuple[str, ...]
) -> None:
    rows = {row[label].replace(" ", ""): row for row in typed(table)}
    total = rows.pop("合计")
    for column in columns:
        assert sum(int(row[column]) for row in rows.values()) == int(total[column]), column


def test_listed_companies_add_up_by_market(typed: Callable[[str], Records]) -> None:
    for row in typed("white_paper_2021_table_2"):
        assert int(row["A 股"]) + int(row["中概股"]) + int(row["港股"]) == int(row["合计"]), row["省市"]


def test_shares_that_do_not_follow_from_their_rows_are_kept_as_printed(typed: Callable[[str], Records]) -> None:
    wrong = {
        row["方向"]
        for row in typed("white_paper_2021_table_8")
        if abs(Decimal(row["北京市项目数量"]) / Decimal(row["全国项目数量"]) * 100 - Decimal(row["比例"].rstrip("%"))) > Decimal("0.005")
    }
    assert wrong == {"5G+远程诊断", "5G+智能疾控"}


def test_the_list_of_experience_centres_holds_one_less_than_the_text_says(typed: Callable[[str], Records]) -> None:
    assert len(typed("white_paper_2021_table_4")) == int(typed("white_paper_2021_table_4_count")[0]["数值"]) == 15
    said = next(row for row in typed("white_paper_2021_text") if row["指标"] == "信息消费体验中心数")
    assert said["数值"] == "16家"


def test_full_year_figures_of_the_white_paper_are_not_known_before_the_year_ends(typed: Callable[[str], Records]) -> None:
    for row in typed("white_paper_2021_text"):
        if row["报告期"] == "2021年" and row["指标"] != "信息消费体验中心数":
            assert row["公布时间"] == "2022-01", row["指标"]


def test_panels_hold_every_province_and_year(typed: Callable[[str], Records]) -> None:
    for table in ("province_year_gross_domestic_product", "province_year_digital_economy"):
        assert len({(row["地区"], row["年份"]) for row in typed(table)}) == 31 * 9
    assert Counter(row["版本"] for row in typed(VINTAGES)).most_common() == [
        ("NBS分省年度数据,四经普修订前(下载于2018)", 775),
        ("取整到亿元,年鉴2023口径(五经普修订前;2022为初步核算修订)", 620),
        ("NBS分省年度数据,五经普修订后(下载于2025-2026)", 589),
        ("NBS分省年度数据,五经普修订前(下载于2024-03)", 124),
    ]
