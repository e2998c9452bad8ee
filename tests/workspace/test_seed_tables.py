"""Every figure that the five source documents print: typed once, in its place, and what of it follows from what."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from guibiao.model.period import parse_period
from guibiao.model.quantity import Quantity, parse_quantity
from guibiao.model.unit import parse_unit
from guibiao.reference.definitions import Facts, TableBinding, Workspace

Records = list[dict[str, str]]
Typed = Callable[[str], Records]
DOCUMENTS = {"white_paper_2021": "000", "article_2021": "002", "benchmark_report_2023": "004"}
CELLS = {
    "white_paper_2021_table_1": (21, 3),
    "white_paper_2021_table_2": (7, 5),
    "white_paper_2021_table_3": (7, 5),
    "white_paper_2021_table_4": (15, 3),
    "white_paper_2021_table_5": (14, 4),
    "white_paper_2021_table_6": (50, 2),
    "white_paper_2021_table_7": (4, 4),
    "white_paper_2021_table_8": (10, 5),
    "white_paper_2021_table_9": (5, 4),
    "white_paper_2021_table_10": (10, 5),
    "white_paper_2021_table_11": (17, 5),
    "white_paper_2021_appendix_2": (26, 2),
    "benchmark_report_2023_table_1": (4, 3),
    "benchmark_report_2023_table_2": (3, 5),
    "benchmark_report_2023_table_3": (3, 2),
}
"""Printed table -> rows and columns; appendix 1 is checked with the classifications."""
FIGURES = {
    "white_paper_2021": {
        "一（二）": 8, "一（四）": 4, "二（一）": 12, "二（二）": 10, "二（三）": 40, "二（四）": 71, "二（五）": 13,
        "二（六）": 5, "二（七）": 9, "二（八）": 1,
    },
    "article_2021": {"一": 6},
    "benchmark_report_2023": {
        "一（一）": 6, "一（二）": 10, "一（三）": 7, "一（四）": 5, "二（一）": 8, "二（二）": 15,
        "二（三）": 8, "二（四）": 10, "二（五）": 15, "二（六）": 13, "二（七）": 3, "二（八）": 7, "三（二）": 3,
    },
}  # fmt: skip
"""Document -> section -> statements typed from running text."""
LEFT_OUT: dict[str, dict[str, tuple[str, ...]]] = {
    "000": {
        "没有数字的比例（五分之一、一半以上）": ("五分之一以上", "占全国一半以上"),
        "技术或产品规格，不是统计数": ("1毫秒时延圈", "三千兆光宽带", "700MHz", "9 大功能"),
        "一家门店、一次展览、一次促销的情况，未注明时间或不成统计": (
            "12000 平米减少至 3500 平米", "平均人效提升 26%", "14% 下降至 2%", "23 天下降至 15 天",
            "整体利润同比增长 113%", "近 50 台智能查询", "134座琉璃建筑物", "300 余位明星、600 余位总裁",
            "近 200 家京东之家", "15 家珠宝品牌", "20 个云基地", "50 个大城市", "超 10 万种草官",
        ),
        "目标、计划、规划能力或在建": (
            "要超过100兆", "10 来个", "上万台无人配送车", "超过50项电竞赛事", "年产10万台", "年产量30万辆", "产能分别为15万辆",
            "满足10万人网络需求", "85%以上", "网联道路300公里", "300平方公里自动驾驶", "60平方公里范围", "不超过100辆", "95076平方米",
            "67824平方米", "3座智能化仓库", "超过 20 万个区块链", "超过 100 万个节点", "突破 100 万笔", "新增 5G 基站 6000 个",
            "4000PFlops", "52 个市级商圈", "渗透率达到80%", "超过 5000 亿元", "突破 1500 亿元",
        ),
        "指标定义中的门槛": ("估值达到 10 亿美元",),
    },
    "001": {"目标": ("5G基站新增6000个", "超过3500亿元", "1万亿元", "超过 5000 亿元", "10 个具有国际影响力", "40 个网络直播")},
    "002": {"目标": ("新增5G基站6000",)},
    "003": {"目标": ("1.4万亿元", "18%以上", "100个以上", "2000家以上", "不少于17个", "10000名以上", "80%以上")},
    "004": {
        "统计范围，记在备注": ("51个主要经济体",),
        "目标或预计": ("9000 家的目标", "2300P", "7000P", "100 平方公里扩区"),
        "时段未写明，不能成为陈述": ("新设企业 2998 家",),
        "没有数字的说法": ("全国半数左右", "两位数增长", "居全国首位"),
        "产品规格": ("12 英寸",),
    },
}  # fmt: skip
"""Document -> reason -> figures that are deliberately no observation."""


def text_tables(workspace: Workspace) -> Iterable[TableBinding]:
    return (binding for name, binding in workspace.tables.items() if name.endswith("_text") and binding.source in DOCUMENTS)


def facts_of(binding: TableBinding, row: dict[str, str]) -> Facts:
    found = next(selector for selector in binding.rows if selector.supplies == "indicator").lookup[row["指标"]]
    return found if isinstance(found, Facts) else Facts(indicator=found)


def printed(workspace: Workspace, typed: Typed, indicator: str, area: str, period: str, **categories: str) -> Quantity:
    """The figure of running text with this indicator, area name and period as typed."""
    matches = [
        (row, facts)
        for binding in text_tables(workspace)
        for row in typed(binding.id)
        if (facts := facts_of(binding, row)).indicator == indicator
        and (row["地区"], row["报告期"]) == (area, period)
        and dict(facts.categories) == categories
    ]
    assert matches, (indicator, area, period)
    row, facts = matches[0]
    return parse_quantity(row["数值"], parse_unit(facts.unit or workspace.indicators[indicator].unit)).to(
        parse_unit(workspace.indicators[indicator].unit)
    )


@pytest.mark.parametrize("table", CELLS)
def test_printed_tables_are_whole(workspace: Workspace, typed: Typed, table: str) -> None:
    rows = typed(table)
    assert (len(rows), len(rows[0])) == CELLS[table]
    assert workspace.tables[table].expected_rows == len(rows)
    assert workspace.tables[table].place


@pytest.mark.parametrize("document", FIGURES)
def test_running_text_is_typed_section_by_section(workspace: Workspace, typed: Typed, document: str) -> None:
    counted = Counter(
        re.match(r"[一二三](?:（[一二三四五六七八]）)?", row["出处位置"])[0]  # type: ignore[index]  # a place without a section fails here
        for binding in text_tables(workspace)
        if binding.source == document
        for row in typed(binding.id)
    )
    assert dict(counted) == FIGURES[document]


@pytest.mark.parametrize(
    ("indicator", "area", "period", "categories", "value"),
    [
        ("internet_users", "全国", "2021年6月", {}, "101100"),
        ("internet_users", "全球", "2021年", {}, "490000"),
        ("platform_farm_sales", "全国", "2019年", {"enterprise": "unnamed_platform"}, "1364"),
        ("digital_consumption_groups", "北京市", "2021年11月底", {}, "22"),
        ("published_rank", "北京市", "2021年", {"ranking": "mobile_traffic_per_user"}, "18"),
        ("retail_sales_average_growth_rate", "北京市", "2021年", {}, "-0.7"),
        ("emerging_telecom_growth_rate", "北京市", "2021年1-9月", {"telecom_business": "cloud_computing"}, "72.4"),
        ("hundred_megabit_user_share", "北京市", "2021年11月底", {}, "91"),
        ("chain_convenience_stores_per_million", "北京市", "2021年", {}, "310"),
        ("community_stations", "北京市", "2021年11月底", {"station_type": "trade_union"}, "27000"),
        ("physical_bookstores", "北京市", "2020年11月底", {}, "1938"),
        ("parcel_lockers", "北京市", "2021年11月底", {}, "1.8"),
        ("delivery_robot_enterprises_of_nation", "全国", "2021年11月底", {}, "14"),
        ("virtual_reality_top_enterprises_of_city", "北京市", "2021年11月底", {}, "24"),
        ("culture_industry_growth_rate", "全国", "2020年前三季度", {}, "-0.6"),
        ("digital_reading_market", "北京市", "2021年", {}, "8.9"),
        ("digital_reading_enterprises_share", "北京市", "2020年", {}, "12"),
        ("animation_and_game_share_of_nation", "北京市", "2020年", {}, "19.3"),
        ("short_video_users", "全国", "2018年", {}, "50100"),
        ("platform_monthly_active_users", "全国", "2021年三季度", {"enterprise": "kuaishou"}, "57290"),
        ("livestream_commerce_market", "全国", "2020年", {}, "9610"),
        ("wearable_shipments", "全球", "2021年三季度", {"enterprise": "xiaomi"}, "721"),
        ("fifth_generation_health_pilots", "北京市", "2021年", {"medical_direction": "_T"}, "129"),
        ("autonomous_driving_test_road_length", "北京市", "2021年11月25日", {}, "1028"),
        ("autonomous_driving_test_mileage", "北京市", "2021年11月25日", {}, "313"),
        ("blockchain_shared_records", "北京市", "2021年11月底", {}, "327"),
        ("enterprise_valuation", "全球", "2021年9月末", {"enterprise": "bytedance"}, "1400"),
        ("digital_yuan_merchants", "北京市", "2021年", {}, "2000"),
        ("draft_digital_economy_value_added", "北京市", "2019年", {}, "13000"),
        ("draft_digital_economy_share", "北京市", "2019年", {}, "38"),
        ("software_services_revenue_above_scale", "北京市", "2020年1-11月", {}, "14906.1"),
        ("key_process_numerical_control_rate", "北京市", "2020年底", {}, "70"),
        ("broad_digital_economy_growth_rate", "巴西", "2022年", {}, "10"),
        ("broad_digital_economy_scale", "全国", "2023年", {}, "56.1"),
        ("artificial_intelligence_enterprises", "美国", "2023年9月末", {}, "9914"),
        ("fifth_generation_base_stations", "全球", "2023年", {}, "517"),
        ("digital_technology_application_share_of_core", "北京市", "2023年", {}, "70"),
        ("digital_agriculture_level_change", "北京市", "2022年", {}, "5.33"),
        ("quantum_chip_yield", "北京市", "2022年末", {}, "80"),
        ("digital_economy_core_enterprises", "北京市", "2023年", {"enterprise_group": "core"}, "10.04"),
        ("medical_data_contracts", "北京市", "2023年", {}, "2100"),
        ("data_export_assessed_matters", "北京市", "2023年", {}, "99"),
        ("localisation_rate", "北京市", "2023年", {"domestic_component": "operating_systems"}, "10"),
    ],
)
def test_selected_figures(
    workspace: Workspace, typed: Typed, indicator: str, area: str, period: str, categories: dict[str, str], value: str
) -> None:
    found = printed(workspace, typed, indicator, area, period, **categories)
    expected = Decimal(value)
    assert found.value == (expected * 10000 if indicator == "digital_economy_core_enterprises" else expected)


@pytest.mark.parametrize(
    ("part", "whole", "claim", "factor"),
    [
        (
            ("short_video_users", "全国", "2018年"),
            ("short_video_users", "全国", "2017年"),
            ("short_video_users_growth_rate", "全国", "2018年"),
            -1,
        ),
        (
            ("animation_filing_minutes", "北京市", "2020年1-10月"),
            ("animation_filing_minutes", "全国", "2020年1-10月"),
            ("animation_filing_minutes_share", "北京市", "2020年1-10月"),
            0,
        ),
        (
            ("artificial_intelligence_enterprises", "美国", "2023年9月末"),
            ("artificial_intelligence_enterprises", "全球", "2023年9月末"),
            ("artificial_intelligence_enterprises_share", "美国", "2023年9月末"),
            0,
        ),
        (
            ("chain_convenience_stores_per_million", "北京市", "2021年"),
            ("chain_convenience_stores_per_million", "北京市", "2020年"),
            ("chain_convenience_stores_growth_rate", "北京市", "2021年"),
            -1,
        ),
    ],
)
def test_shares_and_growth_follow_from_what_is_printed(
    workspace: Workspace, typed: Typed, part: tuple[str, ...], whole: tuple[str, ...], claim: tuple[str, ...], factor: int
) -> None:
    recomputed = (printed(workspace, typed, *part).value / printed(workspace, typed, *whole).value + factor) * 100
    stated = printed(workspace, typed, *claim)
    assert stated.low is not None
    assert stated.high is not None
    assert stated.low <= recomputed <= stated.high


def test_growth_of_the_platform_does_not_follow_from_its_levels(workspace: Workspace, typed: Typed) -> None:
    levels = [
        printed(workspace, typed, "platform_farm_sales", "全国", f"{year}年", enterprise="unnamed_platform").value
        for year in (2018, 2019, 2020)
    ]
    stated = printed(workspace, typed, "platform_farm_sales_growth_rate", "全国", "2020年", enterprise="unnamed_platform")
    growth = [round((later / earlier - 1) * 100, 1) for earlier, later in pairwise(levels)]
    assert growth == [Decimal("108.9"), Decimal("97.9")]
    assert stated.low is not None
    assert all(abs(each - 100) > 100 - stated.low for each in growth)


def test_members_of_the_alliance_add_up(workspace: Workspace, typed: Typed) -> None:
    parts = [printed(workspace, typed, f"blockchain_alliance_{name}", "北京市", "2021年6月10日").value for name in ("founders", "joiners")]
    assert sum(parts) == printed(workspace, typed, "blockchain_alliance_members", "北京市", "2021年6月10日").value == 50


def test_revenue_of_the_four_reading_firms_is_more_than_the_total_printed(workspace: Workspace, typed: Typed) -> None:
    firms = sum(
        printed(workspace, typed, "digital_content_enterprise_revenue", "北京市", "2020年", enterprise=name).value
        for name in ("ireader", "chineseall", "dianzhong")
    )
    own = printed(workspace, typed, "digital_reading_revenue_of_enterprise", "北京市", "2020年", enterprise="thinkingdom").value
    assert firms + own / 10000 == Decimal("47.60985")
    assert printed(workspace, typed, "digital_reading_enterprise_revenue", "北京市", "2020年").value == 47


def test_lists_against_the_counts_printed_beside_them(workspace: Workspace, typed: Typed) -> None:
    robots = Counter(row["所在地"] for row in typed("white_paper_2021_table_5"))
    assert (robots.total(), robots["北京"]) == (14, 3)
    headsets = typed("white_paper_2021_table_6")
    assert [int(row["序号"]) for row in headsets] == list(range(1, 51))
    assert sum("北京" in row["企业名称"] for row in headsets) == 21
    assert len(typed("white_paper_2021_table_1")) == int(typed("white_paper_2021_table_1_count")[0]["数值"]) == 21
    assert len({row["产业大类"] for row in typed("white_paper_2021_table_1")} - {""}) == 5
    assert len(typed("benchmark_report_2023_table_3")) == 3


def test_the_ten_largest_are_ranked_and_agree_with_the_list_of_the_city(typed: Typed) -> None:
    rows = typed("white_paper_2021_table_10")
    revenue = {row["企业"]: Decimal(row["收入 (人民币亿元)"]) for row in rows}
    assert [int(row["收入排名"]) for row in rows] == list(range(1, 11))
    assert list(revenue.values()) == sorted(revenue.values(), reverse=True)
    listed = {row["企业"]: Decimal(row["2020营收（人民币亿元）"]) for row in typed("white_paper_2021_table_11")}
    shared = revenue.keys() & listed.keys()
    assert shared == {"字节跳动", "百度", "快手"}
    assert all(revenue[name] == listed[name] for name in shared)


def test_figures_of_enterprises_are_about_an_enterprise(workspace: Workspace, typed: Typed) -> None:
    own = {indicator.id for indicator in workspace.indicators.values() if "enterprise" in indicator.dimensions}
    assert len(own) >= 18
    for binding in text_tables(workspace):
        for row in typed(binding.id):
            facts = facts_of(binding, row)
            if facts.indicator in own:
                assert workspace.classifications["enterprise"].find(facts.categories["enterprise"]), row


def test_relations_name_what_is_defined(workspace: Workspace, repository: Path) -> None:
    for path in sorted((repository / "workspaces" / "beijing" / "indicators").glob("seed_*.yaml")):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 400, path.name
    claims = {name: each.relation for name, each in workspace.indicators.items() if each.relation is not None}
    assert len(claims) >= 25
    for name, relation in claims.items():
        for term in (relation.of, relation.part, *relation.terms):
            assert not term or term in workspace.indicators, (name, term)
        assert not relation.area or workspace.classifications["areas"].find(relation.area), name
        if relation.kind == "count":
            assert (relation.dataset in workspace.tables) != (relation.classification in workspace.classifications), name
            if relation.dataset:
                file = workspace.folder / "tables" / workspace.tables[relation.dataset].file
                with file.open(encoding="utf-8", newline="") as stream:
                    assert set(relation.where) <= set(next(csv.reader(stream))), name
            else:
                levels = {category.level for category in workspace.classifications[relation.classification].categories}
                assert not relation.level or relation.level in levels, name


def test_figures_are_dated_no_later_than_their_document_unless_forecast(workspace: Workspace, typed: Typed) -> None:
    late = set()
    for binding in text_tables(workspace):
        for row in typed(binding.id):
            facts = facts_of(binding, row)
            end = parse_period(row["报告期"], measure=workspace.indicators[facts.indicator].measure).end
            known = row["公布时间"] or workspace.sources[binding.source].known_from
            if facts.method is None and f"{end:%Y-%m}" > known.ljust(7, "9"):
                late.add(row["指标"])
    assert not late


def squeezed(text: str) -> str:
    """Without blanks and full-width forms, so that wrapped lines compare equal."""
    return re.sub(r"<br>|\s+", "", text.translate(str.maketrans("，；：（）", ",;:()")))


@pytest.fixture(scope="module")
def seeds(shared_folder: Path) -> dict[str, str]:
    return {path.name[:3]: path.read_text(encoding="utf-8") for path in sorted((shared_folder / "seeds").glob("*.txt"))}


@pytest.mark.needs_shared
def test_every_figure_stands_where_it_is_said_to(workspace: Workspace, typed: Typed, seeds: dict[str, str]) -> None:
    for binding in text_tables(workspace):
        for row in typed(binding.id):
            place = re.search(r"第(\d+)—(\d+)字符", row["出处位置"])
            assert place is not None, row
            assert seeds[DOCUMENTS[binding.source]][int(place[1]) : int(place[2])] == row["数值"], row


@pytest.mark.needs_shared
@pytest.mark.parametrize("table", CELLS)
def test_every_printed_cell_occurs_in_its_document(workspace: Workspace, typed: Typed, seeds: dict[str, str], table: str) -> None:
    text = squeezed(seeds[DOCUMENTS[workspace.tables[table].source]])
    for row in typed(table):
        for cell in row.values():
            # One name of appendix 2 is broken by the foot of a page.
            for piece in re.split("(?<=自由贸易试验区科技)(?=创新片区)", cell):
                assert squeezed(piece) in text, (table, cell)


@pytest.mark.needs_shared
@pytest.mark.parametrize("document", LEFT_OUT)
def test_what_is_left_out_is_in_the_document_and_not_typed(
    workspace: Workspace, typed: Typed, seeds: dict[str, str], document: str
) -> None:
    text = squeezed(seeds[document])
    spans = [
        (int(place[1]), int(place[2]))
        for binding in text_tables(workspace)
        if DOCUMENTS[binding.source] == document
        for row in typed(binding.id)
        if (place := re.search(r"第(\d+)—(\d+)字符", row["出处位置"]))
    ]
    for quotes in LEFT_OUT[document].values():
        for quote in quotes:
            assert squeezed(quote) in text, quote
            start = seeds[document].find(quote)
            assert not any(start <= first and last <= start + len(quote) for first, last in spans if start >= 0), quote


@pytest.mark.needs_shared
def test_no_percentage_of_the_text_is_overlooked(workspace: Workspace, typed: Typed, seeds: dict[str, str]) -> None:
    """Outside tables and the outlook, each percentage is typed or listed as left out."""
    for document in set(DOCUMENTS.values()):
        text = seeds[document]
        typed_values = {squeezed(row["数值"]) for binding in text_tables(workspace) for row in typed(binding.id)}
        excused = squeezed("".join(quote for quotes in LEFT_OUT[document].values() for quote in quotes))
        body = text[: text.rfind("三、发展展望")] if document == "000" else text
        prose = "\n".join(line for line in body.splitlines() if "\t" not in line and "|" not in line)
        for figure in re.findall(r"-?\d+(?:\.\d+)?%", prose):
            assert any(figure in value for value in typed_values) or figure in excused, (document, figure)
