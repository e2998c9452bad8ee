"""Definitions of the packaged workspace fit together: what a table, framework or rule names is defined."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guibiao.model.basis import Grade, parse_known_from
from guibiao.model.category import TOTAL
from guibiao.model.unit import find_unit, parse_unit
from guibiao.reference.definitions import Facts, TableBinding, Workspace

Records = list[dict[str, str]]


def facts_of(binding: TableBinding) -> Iterator[Facts]:
    yield binding.defaults
    yield from binding.values.values()
    yield from binding.row_facts.values()
    for selector in binding.rows:
        yield from (found for found in selector.lookup.values() if isinstance(found, Facts))


def indicators_of(binding: TableBinding) -> set[str]:
    named = {facts.indicator for facts in facts_of(binding) if facts.indicator}
    for selector in binding.rows:
        if selector.supplies == "indicator":
            named |= {found for found in selector.lookup.values() if isinstance(found, str)}
    return named


def test_every_indicator_a_table_states_is_defined_and_collected(workspace: Workspace) -> None:
    for binding in workspace.tables.values():
        for name in indicators_of(binding):
            assert name in workspace.indicators, (binding.id, name)
            assert not workspace.indicators[name].is_computed, f"{binding.id} states the derived indicator {name}"


def test_every_collected_indicator_is_stated_by_a_table_or_named_as_a_gap(workspace: Workspace) -> None:
    stated = set[str]().union(*(binding.indicators() for binding in workspace.tables.values() if binding.file))
    for indicator in workspace.indicators.values():
        if not indicator.is_computed:
            assert (indicator.id in stated) != bool(indicator.gap_office), indicator.id


def test_a_gap_names_its_office_and_its_day(workspace: Workspace) -> None:
    gaps = [indicator for indicator in workspace.indicators.values() if indicator.gap_office]
    assert len(gaps) >= 5
    for indicator in gaps:
        assert parse_known_from(indicator.gap_due)[1].value == "day", indicator.id


def test_units_are_known_and_of_the_indicators_kind(workspace: Workspace) -> None:
    for indicator in workspace.indicators.values():
        assert find_unit(indicator.unit) is not None, indicator.id
    for binding in workspace.tables.values():
        for facts in facts_of(binding):
            if facts.indicator and facts.unit:
                own = parse_unit(workspace.indicators[facts.indicator].unit)
                assert parse_unit(facts.unit).dimension == own.dimension, (binding.id, facts.indicator)


def test_categories_are_of_declared_dimensions(workspace: Workspace) -> None:
    for indicator in workspace.indicators.values():
        for dimension in indicator.dimensions:
            assert dimension in workspace.classifications, (indicator.id, dimension)
    for binding in workspace.tables.values():
        for facts in facts_of(binding):
            for dimension, code in facts.categories.items():
                assert code == TOTAL or workspace.classifications[dimension].find(code), (binding.id, dimension, code)
                if facts.indicator:
                    assert dimension in workspace.indicators[facts.indicator].dimensions, (binding.id, facts.indicator)


def test_sources_are_defined_and_plans_state_nothing(workspace: Workspace) -> None:
    for binding in workspace.tables.values():
        looked_up = [
            found if isinstance(found, str) else found.source
            for selector in binding.rows
            if selector.supplies == "source"
            for found in selector.lookup.values()
        ]
        named = {binding.source, *looked_up} - {""}
        assert named, binding.id
        for name in named:
            assert workspace.sources[name].statistical, (binding.id, name)
    assert {source.id for source in workspace.sources.values() if not source.statistical} == {"action_plan_2019", "work_plan_2022"}


def test_mirrors_are_graded_as_mirrors(workspace: Workspace) -> None:
    for source in workspace.sources.values():
        parse_known_from(source.known_from)
        own_page = source.url.startswith("https://www.beijing.gov.cn/")
        if source.url:
            assert source.grade is (Grade.A if own_page else Grade.C), source.id


def test_every_printed_label_is_looked_up_or_known(workspace: Workspace, typed: Callable[[str], Records]) -> None:
    for binding in workspace.tables.values():
        if binding.bulk or not binding.file:
            continue
        rows = typed(binding.id)
        assert len(rows) == binding.expected_rows, binding.id
        for selector in binding.rows:
            for text in {row[selector.column] for row in rows} - {""}:
                if selector.supplies == "area":
                    assert text in selector.lookup or workspace.classifications["areas"].find(text), (binding.id, text)
                elif selector.supplies == "category" and text not in selector.lookup:
                    assert workspace.classifications[selector.dimension].find(selector.prefix + text), (binding.id, text)
                elif selector.supplies in {"indicator", "source"}:
                    assert text in selector.lookup, (binding.id, text)
                elif selector.supplies == "accounting_basis":
                    assert workspace.basis(text), (binding.id, text)


def test_the_city_reports_17_areas_each_with_a_tile_of_its_own(workspace: Workspace) -> None:
    reporting = [category for category in workspace.classifications["areas"].categories if category.parent == workspace.settings.area]
    assert len(reporting) == 17
    assert len({(category.row, category.column) for category in reporting}) == 17
    assert all(category.row and category.column for category in reporting)
    assert sum(len(category.code) == 6 for category in reporting) == 16


def test_there_are_31_provinces_found_by_short_and_long_name(workspace: Workspace) -> None:
    areas = workspace.classifications["areas"]
    provinces = [category for category in areas.categories if category.parent == workspace.settings.country]
    assert len(provinces) == 31
    for text, code in (("北京", "110000"), ("北京市", "110000"), ("上海", "310000"), ("经开区", "110115403"), ("北京海淀区", "110108")):
        found = areas.find(text)
        assert found is not None
        assert found.code == code


def test_a_name_stands_for_one_code_or_for_the_highest_of_a_chain(workspace: Workspace) -> None:
    for classification in workspace.classifications.values():
        owner: dict[str, str] = {}
        for category in classification.categories:
            for name in {category.code, category.name_zh, category.name_en, *category.aliases} - {""}:
                first = owner.setdefault(name, category.code)
                assert first in {category.code, *classification.ancestors(category.code)}, (classification.id, name)


def test_everything_has_a_chinese_and_an_english_name(workspace: Workspace) -> None:
    named = [*workspace.indicators.values(), *workspace.frameworks.values(), *workspace.classifications.values()]
    for defined in named:
        assert defined.name_zh, defined.id
        assert defined.name_en, defined.id
    assert all(indicator.definition_zh.endswith("。") for indicator in workspace.indicators.values())
    assert len(workspace.indicators) >= 30
