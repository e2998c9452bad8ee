"""What `guibiao check` refuses: file and line of the fault, and a remedy (the fixture asserts that there is one)."""

from __future__ import annotations

import pytest

from tests.reference.conftest import Faults

INDUSTRY = "code,name_zh,parent,level\nG,交通运输业,,门类\n54,道路运输业,G,大类\n5411,公路客运,54,小类\n"
SCOPE = "code,name_zh\na,甲\nb,乙\n"
TITLES = "- {id: scope_industry, name_zh: 对应表, name_en: map, source: scope, target: industry, file: scope.csv}\n"
LINKS = "source,target,partial,weight\n"
SHARE = """+
- id: published_share
  name_zh: 公布占比
  name_en: published share
  unit: "%"
  nature: share
  definition_zh: 公布数。
"""
CORE = """- id: core
  name_zh: 核心
  name_en: core
  definition_zh: 核心。
  core: true
"""
GROUP = "  dimensions: [{{id: d, name_zh: 领域, name_en: d, groups: [{{id: g, name_zh: 组, name_en: g, indicators: [{names}]}}]}}]\n"


def test_a_sound_city_has_no_fault(faults: Faults) -> None:
    assert faults(industry=INDUSTRY, scope=SCOPE, correspondences=TITLES, links=LINKS + "a,5411,,\nb,54,1,0.25\n") == []


@pytest.mark.parametrize(
    ("row", "place", "title"),
    [
        ("c,5411,,\n", "classifications/correspondences/scope.csv:2", "没有定义的代码（分类 scope）：c"),
        ("a,5412,,\n", "classifications/correspondences/scope.csv:2", "没有定义的代码（分类 industry）：5412"),
        ("a,54,1,1.5\n", "classifications/correspondences/scope.csv:2", "权数 1.5 不在0到1之间"),
        ("a,54,1,-0.1\n", "classifications/correspondences/scope.csv:2", "权数 -0.1 不在0到1之间"),
        ("a,54,,0.5\n", "classifications/correspondences/scope.csv:2", "a 与 54 全部对应，却写了权数"),
        ("a,54,1,\na,54,1,\n", "classifications/correspondences/scope.csv:3", "a 与 54 的对应写了两次"),
        ("a,54,1,0.6\nb,54,1,0.6\n", "classifications/correspondences/scope.csv:3", "54 的各部分权数合计 1.2，超过1"),
    ],
)
def test_a_faulty_link_is_refused_at_its_line(faults: Faults, row: str, place: str, title: str) -> None:
    told = faults(industry=INDUSTRY, scope=SCOPE, correspondences=TITLES, links=LINKS + row)
    assert (place, title) in told
    assert {where for where, _title in told} == {place}


def test_a_correspondence_names_lists_and_documents_that_exist(faults: Faults) -> None:
    titles = TITLES.replace("target: industry", "target: trade").replace("}", ", document: gazette}")
    assert faults(scope=SCOPE, correspondences=titles, links=LINKS) == [
        ("classifications/correspondences.yaml:1", "没有定义的来源：gazette"),
        ("classifications/correspondences.yaml:1", "没有定义的分类：trade"),
    ]


def test_two_correspondences_of_one_name_are_refused(faults: Faults) -> None:
    told = faults(industry=INDUSTRY, scope=SCOPE, correspondences=TITLES + TITLES, links=LINKS)
    assert [place for place, _title in told] == ["classifications/correspondences.yaml:2"]


@pytest.mark.parametrize(
    ("text", "line", "title"),
    [
        (INDUSTRY + "54,又一个,G,大类\n", 5, "代码 54 写了两次"),
        (INDUSTRY.replace("54,小类", "55,小类"), 4, "没有定义的上级代码：55"),
        (INDUSTRY.replace("交通运输业,,", "交通运输业,54,"), 2, "代码 G 的上级绕了一圈：54 → G"),
        (INDUSTRY.replace("交通运输业,,", "交通运输业,G,"), 2, "代码 G 的上级绕了一圈：G"),
    ],
)
def test_a_faulty_code_list_is_refused_at_its_line(faults: Faults, text: str, line: int, title: str) -> None:
    assert (f"classifications/industry.csv:{line}", title) in faults(industry=text)


def test_a_code_list_names_a_source_that_exists(faults: Faults) -> None:
    told = faults(industry=INDUSTRY, titles="industry: {name_zh: 行业, name_en: industry, source: gazette}\n")
    assert told == [("classifications/classifications.yaml", "没有定义的来源：gazette")]


@pytest.mark.parametrize(
    ("relation", "title"),
    [
        ("kind: share, of: gross_domestic_product", "published_share 的 relation（share）缺少 part"),
        ("kind: share, of: gross_product, part: digital_economy_value_added", "没有定义的指标：gross_product"),
        (
            "kind: share, of: gross_domestic_product, part: digital_economy_share",
            "published_share 的 relation（share）不成立：分子 digital_economy_share 与分母 gross_domestic_product 单位种类不同",
        ),
        (
            "kind: share, of: gross_domestic_product, part: digital_economy_value_added, area: '12'",
            "没有定义的地区：12",
        ),
        (
            "kind: share, of: gross_domestic_product, part: digital_economy_value_added, total: sector",
            "没有定义的维度（gross_domestic_product）：sector",
        ),
        (
            "kind: share, of: gross_domestic_product, part: digital_economy_value_added, years: 1",
            "published_share 的 relation（share）不涉及间隔",
        ),
        ("kind: growth, of: gross_domestic_product", "published_share 的 relation（growth）没有写清与多久以前相比"),
        ("kind: growth, of: gross_domestic_product, years: 1, months: 1", "published_share 的 relation（growth）没有写清与多久以前相比"),
        ("kind: growth, of: gross_domestic_product, years: 1", "published_share 的 relation（growth）不成立：nature 不是 growth"),
        (
            "kind: difference, of: gross_domestic_product, years: 1",
            "published_share 的 relation（difference）不成立：与 gross_domestic_product 单位种类不同",
        ),
        ("kind: ratio, of: published_share, part: digital_economy_share", "published_share 的 relation 指向它自己"),
        (
            "kind: sum, terms: [digital_economy_value_added, gross_domestic_product]",
            "published_share 的 relation（sum）不成立：各项与合计单位种类不同",
        ),
        ("kind: sum, terms: [digital_economy_share, digital_economy_share]", "published_share 的 relation（sum）不成立：有一项写了两次"),
        ("kind: count", "published_share 的 relation（count）要写 dataset 或 classification 中的一个"),
        ("kind: count, dataset: headlines", "没有定义的表：headlines"),
        ("kind: count, dataset: headline, where: {指标名: 地区生产总值}", "没有定义的列（表 headline）：指标名"),
        ("kind: count, classification: industry, level: 中类", "没有定义的层次（分类 industry）：中类"),
    ],
)
def test_a_claim_that_does_not_fit_is_refused_at_its_indicator(faults: Faults, relation: str, title: str) -> None:
    told = faults(industry=INDUSTRY, indicators=SHARE + f"  relation: {{{relation}}}\n")
    assert title in [each for _place, each in told]
    assert all(place.startswith("indicators/indicators.yaml:") for place, _title in told)


@pytest.mark.parametrize(
    "relation",
    [
        "kind: share, of: gross_domestic_product, part: digital_economy_value_added, area: '990100'",
        "kind: difference, of: digital_economy_share, years: 1",
        "kind: count, dataset: headline, where: {指标: 地区生产总值}",
        "kind: count, classification: industry, level: 小类",
    ],
)
def test_a_sound_claim_is_accepted(faults: Faults, relation: str) -> None:
    assert faults(industry=INDUSTRY, indicators=SHARE + f"  relation: {{{relation}}}\n") == []


def test_a_computed_indicator_makes_no_claim(faults: Faults) -> None:
    claim = "  relation: {kind: growth, of: digital_economy_value_added, years: 1}\n"
    assert [title for _place, title in faults(indicators="+" + claim)] == ["digital_economy_naive_growth 由公式或方法算出，却写了 relation"]


@pytest.mark.parametrize(
    ("breaks", "title"),
    [
        ("{date: 去年, reason_zh: 改口径}", "“去年”不是可识别的公布日期"),
        ("{date: '2023-01-01', reason_zh: 改口径, source: gazette}", "没有定义的来源：gazette"),
        ("{date: '2023-01-01', reason_zh: 改口径, link: 约1.2}", "published_share 的衔接系数 约1.2 不是正数"),
        ("{date: '2023-01-01', reason_zh: 改口径, link: '0'}", "published_share 的衔接系数 0 不是正数"),
        ("{date: '2023', reason_zh: 改口径}, {date: '2022', reason_zh: 改口径}", "published_share 的断点没有按日期先后排列"),
    ],
)
def test_a_faulty_break_is_refused(faults: Faults, breaks: str, title: str) -> None:
    assert [each for _place, each in faults(indicators=SHARE + f"  breaks: [{breaks}]\n")] == [title]


def test_a_sound_break_is_accepted(faults: Faults) -> None:
    breaks = "{date: '2021-01-01', reason_zh: 改口径, source: example, link: '1.234'}, {date: '2023', reason_zh: 又改}"
    assert faults(indicators=SHARE + f"  breaks: [{breaks}]\n") == []


def test_a_core_indicator_has_figures_or_a_named_gap(faults: Faults) -> None:
    core = "+" + CORE + GROUP.format(names="gross_domestic_product, digital_economy_share, published_share")
    assert [title for _place, title in faults(frameworks=core, indicators=SHARE)] == [
        "核心指标 published_share 既没有表或公式给出数据，也没有写明缺口"
    ]
    gap = "+  gap_office: 市统计局\n"
    assert [title for _place, title in faults(indicators=gap)] == ["核心指标 published_share 的缺口没有写明催收日期"]
    assert faults(indicators="+  gap_due: '2027-01-31'\n") == []


def test_a_core_indicator_with_figures_names_no_gap(faults: Faults) -> None:
    core = "+" + CORE + GROUP.format(names="digital_economy_naive_growth")
    told = faults(frameworks=core, indicators="+  gap_office: 市统计局\n  gap_due: '2027-01-31'\n")
    assert [title for _place, title in told] == ["核心指标 digital_economy_naive_growth 已有数据来源，又写了缺口"]


def test_one_framework_only_is_the_core(faults: Faults) -> None:
    second = CORE.replace("id: core", "id: heart")
    assert [title for _place, title in faults(frameworks="+" + CORE + second)] == ["框架 heart 与 core 都标为核心"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (CORE + "  source: gazette\n", "没有定义的来源：gazette"),
        (CORE + GROUP.format(names="gross_product"), "没有定义的指标：gross_product"),
        (CORE + GROUP.format(names="digital_economy_share, digital_economy_share"), "框架 core 里指标 digital_economy_share 出现 2 次"),
        (
            CORE + "  links: [{indicator: digital_economy_share, framework: digital_economy, to: digital_economy_share, relation: same}]\n",
            "没有定义的本框架的指标：digital_economy_share",
        ),
        (
            CORE
            + GROUP.format(names="digital_economy_share")
            + "  links: [{indicator: digital_economy_share, framework: digital_economy, to: gross_domestic_product, relation: broader}]\n",
            "没有定义的指标（框架 digital_economy）：gross_domestic_product",
        ),
        (
            CORE
            + GROUP.format(names="digital_economy_share")
            + "  links: [{indicator: digital_economy_share, framework: core, to: digital_economy_share, relation: same}]\n",
            "框架 core 与它自己对应",
        ),
    ],
)
def test_a_faulty_framework_is_refused_at_its_line(faults: Faults, text: str, title: str) -> None:
    assert ("frameworks/frameworks.yaml:6", title) in faults(frameworks="+" + text)


def test_an_indicator_that_names_a_framework_is_listed_there(faults: Faults) -> None:
    told = faults(indicators=SHARE + "  framework: [digital_economy, digital]\n")
    assert [title for _place, title in told] == [
        "published_share 写明属于框架 digital_economy，框架里却没有它",
        "没有定义的框架：digital",
    ]
