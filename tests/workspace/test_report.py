"""The report's template and definitions: sound, and all that is defined is shown."""

from __future__ import annotations

import re

from guibiao.publish.change_words import change_words
from guibiao.publish.markdown import passages, read_markdown
from guibiao.publish.template import cut_template
from guibiao.publish.typed_numbers import typed_numbers
from guibiao.reference.check import check_references
from guibiao.reference.definitions import Workspace


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
    assert {chart.kind for chart in workspace.report.charts} == {"line", "bar", "composition", "slope", "tile_map"}


def test_exhibits_have_english_titles(workspace: Workspace) -> None:
    for exhibit in (*workspace.report.tables, *workspace.report.charts):
        assert exhibit.title_zh, exhibit.id
        assert exhibit.title_en, exhibit.id
