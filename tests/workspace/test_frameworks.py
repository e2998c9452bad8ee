"""Frameworks of the packaged workspace: three kept apart, and forty core indicators each with figures or a named gap."""

from __future__ import annotations

from datetime import date

from guibiao.model.unit import find_unit
from guibiao.reference.check_frameworks import stated_indicators
from guibiao.reference.definitions import Framework, Workspace

SCOPES = ("information_consumption", "digital_consumption", "benchmark_city")
HEADLINES = (
    "digital_economy_value_added",
    "digital_economy_share_of_gross_domestic_product",
    "digital_economy_growth_rate",
    "digital_economy_core_share_of_gross_domestic_product",
    "digital_consumption_supply_value_added",
    "residents_digital_consumption",
    "information_consumption_industry_scale",
    "information_content_revenue",
    "livestream_commerce_sales",
    "online_retail_sales_above_threshold",
    "online_retail_share_of_retail_sales",
    "software_revenue",
    "electronic_commerce_intensity",
    "fifth_generation_base_stations_per_ten_thousand_residents",
    "gigabit_users_net_increase",
    "mobile_internet_traffic_per_user",
    "intelligent_computing_capacity",
    "digital_economy_core_new_enterprises",
    "information_consumption_experience_centres",
    "upgraded_business_districts_share",
)


def core(workspace: Workspace) -> Framework:
    return next(framework for framework in workspace.frameworks.values() if framework.core)


def test_three_scopes_are_kept_apart_beside_the_core(workspace: Workspace) -> None:
    assert set(workspace.frameworks) == {*SCOPES, core(workspace).id}
    sources = [workspace.frameworks[name].source for name in SCOPES]
    assert sources == ["action_plan_2019", "white_paper_2021", "benchmark_report_2023"]


def test_a_scope_has_the_dimensions_its_document_names(workspace: Workspace) -> None:
    assert [len(workspace.frameworks[name].dimensions) for name in SCOPES] == [3, 5, 6]
    assert [each.name_zh for each in workspace.frameworks["benchmark_city"].dimensions] == [
        "城市数字智能转型示范高地",
        "国际数据要素配置枢纽高地",
        "新兴数字产业孵化引领高地",
        "全球数字技术创新策源地",
        "数字治理中国方案服务高地",
        "数字经济对外合作开放高地",
    ]


def test_every_group_of_every_level_is_named_and_filled(workspace: Workspace) -> None:
    for framework in workspace.frameworks.values():
        for dimension in framework.dimensions:
            assert dimension.name_zh
            assert dimension.name_en
            assert dimension.groups, dimension.id
            for group in dimension.groups:
                assert group.name_zh
                assert group.name_en
                assert group.indicators, group.id


def test_scopes_are_linked_in_both_languages_and_share_no_indicator_silently(workspace: Workspace) -> None:
    linked = {(name, link.framework) for name in SCOPES for link in workspace.frameworks[name].links}
    assert linked == {
        ("information_consumption", "digital_consumption"),
        ("information_consumption", "benchmark_city"),
        ("digital_consumption", "benchmark_city"),
    }
    for name in SCOPES:
        for link in workspace.frameworks[name].links:
            assert link.note_zh.endswith("。")
            assert link.note_en.endswith(".")
    for name in SCOPES:
        for other in SCOPES:
            shared = set(workspace.frameworks[name].members) & set(workspace.frameworks[other].members)
            assert name == other or not shared


def test_forty_collected_indicators_are_the_core(workspace: Workspace) -> None:
    members = core(workspace).members
    collected = [name for name in members if not workspace.indicators[name].is_computed]
    assert len(collected) == 40
    assert [name for name in members if name not in collected] == ["electronic_commerce_intensity", "mobile_internet_traffic_per_user"]
    assert set(HEADLINES) <= set(members)
    grouped = [name for dimension in core(workspace).dimensions for group in dimension.groups for name in group.indicators]
    assert sorted(grouped) == sorted(members)


def test_a_core_indicator_has_figures_or_names_who_holds_them_and_when(workspace: Workspace) -> None:
    stated = stated_indicators(workspace)
    assert stated is not None
    gaps = 0
    for name in core(workspace).members:
        indicator = workspace.indicators[name]
        if indicator.gap_office:
            gaps += 1
            assert name not in stated
            assert date.fromisoformat(indicator.gap_due)
            assert "不是发布机关的承诺" in indicator.sources_note, name
        else:
            assert indicator.is_computed or name in stated, name
    assert gaps == 10


def test_core_indicators_are_defined_precisely(workspace: Workspace) -> None:
    for name in core(workspace).members:
        indicator = workspace.indicators[name]
        unit = find_unit(indicator.unit)
        assert unit is not None, name
        assert indicator.definition_zh.rstrip("。") != indicator.name_zh, name
        assert indicator.owner or indicator.is_computed, name
        money = any(kind.startswith("currency") for kind, _power in unit.dimension)
        assert not money or indicator.price_basis != "none", name


def test_what_an_indicator_says_of_its_frameworks_is_so(workspace: Workspace) -> None:
    for indicator in workspace.indicators.values():
        for name in indicator.framework:
            assert indicator.id in workspace.frameworks[name].members, indicator.id
