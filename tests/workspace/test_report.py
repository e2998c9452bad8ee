"""The report's template and definitions: sound, and all that is defined is shown."""

from __future__ import annotations

import re
from dataclasses import replace

from guibiao.publish.change_words import change_words
from guibiao.publish.coverage import mixes_levels
from guibiao.publish.markdown import passages, read_markdown
from guibiao.publish.proofreading import check_definitions
from guibiao.publish.template import cut_template
from guibiao.publish.typed_numbers import typed_numbers
from guibiao.reference.check import check_references
from guibiao.reference.check_indices import INDEX_CHARTS
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import ChartDefinition, SeriesDefinition, TableDefinition


def test_references_and_formulas_are_sound(workspace: Workspace) -> None:
    check_references(workspace)


def test_template_types_no_figure_and_no_change_word(workspace: Workspace) -> None:
    template, faults = cut_template(workspace.template, "report.md")
    assert not faults
    drafts, faults = read_markdown(template)
    assert not faults
    for draft in drafts:
        for passage in passages(draft):
            slots = "".join(character for character in passage.text if ord(character) >= 0xF0000)
            assert not typed_numbers(passage.text, workspace.report.names), passage.text
            assert not change_words(passage.text, slots, workspace.report.names), passage.text


def test_every_table_and_chart_is_shown_once(workspace: Workspace) -> None:
    shown = re.findall(r'\{\{ (?:table|chart)\("(\w+)"\) \}\}', workspace.template)
    defined = [exhibit.id for exhibit in (*workspace.report.tables, *workspace.report.charts)]
    assert sorted(shown) == sorted(defined)
    assert {chart.kind for chart in workspace.report.charts} == {
        "line", "bar", "composition", "slope", "tile_map", "range", "scatter", "flow", "heat", "outcome", "lights",
        *INDEX_CHARTS,
    }  # fmt: skip
    assert len(workspace.report.tables) >= 14
    assert len(workspace.report.charts) >= 12


def test_exhibits_have_english_titles(workspace: Workspace) -> None:
    for exhibit in (*workspace.report.tables, *workspace.report.charts):
        assert exhibit.title_zh, exhibit.id
        assert exhibit.title_en, exhibit.id


def test_every_exhibit_answers_a_question_and_mixes_no_levels_unsaid(workspace: Workspace) -> None:
    for exhibit in (*workspace.report.tables, *workspace.report.charts):
        assert exhibit.question_zh.endswith("？"), exhibit.id
        assert exhibit.question_en.endswith("?"), exhibit.id
        lines = exhibit.columns if isinstance(exhibit, TableDefinition) else exhibit.series
        assert exhibit.mixed_zh or not mixes_levels(workspace, lines), exhibit.id


def test_a_chart_of_city_and_country_without_a_reason_is_refused(workspace: Workspace) -> None:
    own, country = SeriesDefinition(indicator="retail_sales_of_consumer_goods"), workspace.settings.country
    mixed = ChartDefinition(id="mixed", kind="line", title_zh="混合", series=(own, replace(own, area=country)))
    faults = list(check_definitions(replace(workspace, report=replace(workspace.report, charts=(mixed,), tables=()))))
    assert [fault.title for fault in faults] == ["mixed 把全国和本市的数放在一起，没有说明理由"]
    said = replace(mixed, mixed_zh="只作参照")
    assert not list(check_definitions(replace(workspace, report=replace(workspace.report, charts=(said,), tables=()))))


def test_chapters_follow_the_order_agreed(workspace: Workspace) -> None:
    chapters = re.findall(r"^# (.+)$", workspace.template, flags=re.M)
    assert chapters == [
        "摘要", "范围与指标体系", "规模", "消费需求", "内容与终端供给", "软件与电商", "基础设施", "省际比较", "分区", "创新与数据要素",
        "目标与任务", "全国背景", "预警", "附录",
    ]  # fmt: skip
