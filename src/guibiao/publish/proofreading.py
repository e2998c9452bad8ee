"""Checks of the words of a report: typed numbers, change words beside bindings, units after bare amounts; all faults with their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.model.unit import unit_pattern
from guibiao.publish.bindings import BoundCall
from guibiao.publish.change_words import change_words
from guibiao.publish.coverage import mixes_levels
from guibiao.publish.functions import REPORT_FUNCTIONS
from guibiao.publish.markdown import Draft, offset_in_template, passages
from guibiao.publish.sentences import Answer
from guibiao.publish.template import Template, slot_character
from guibiao.publish.typed_numbers import TypedFault, normalised, typed_numbers
from guibiao.reference.check_indices import INDEX_CHARTS
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import ChartDefinition, SeriesDefinition, TableDefinition

DEFINITIONS = "report/report.yaml"
_IN_BRACKETS = re.compile(r"[（(][^（()）]*[）)]")


@dataclass(frozen=True, slots=True)
class Slots:
    """Characters of the bindings that print figures, and of those that print a unit."""

    figures: str
    units: str


def slots_of(calls: Mapping[int, BoundCall]) -> Slots:
    """By what the function of each binding prints; `calls` are the bindings that could be read."""
    figures = "".join(slot_character(number) for number, call in calls.items() if REPORT_FUNCTIONS[call.function].figure)
    units = "".join(slot_character(number) for number, call in calls.items() if call.function == "unit")
    return Slots(figures, units)


def check_words(template: Template, drafts: Sequence[Draft], slots: Slots, names: Sequence[str]) -> Iterator[GuibiaoError]:
    """Faults of every passage: headings, paragraphs, lists, typed tables."""
    for draft in drafts:
        for passage in passages(draft):
            figures = "".join(character for character in slots.figures if character in passage.text)
            units = "".join(character for character in slots.units if character in passage.text)
            for fault in (*typed_numbers(passage.text, names, units), *change_words(passage.text, figures, names)):
                yield _error(fault, template.place(offset_in_template(template, passage, fault.offset)))


def check_units(template: Template, drafts: Sequence[Draft], answers: Mapping[int, Answer], slots: Slots) -> Iterator[GuibiaoError]:
    """The unit typed after amount() must be the one its number is in, unless unit() follows."""
    pattern = re.compile(rf"\s*(?:{unit_pattern()})")
    for draft in drafts:
        for passage in passages(draft):
            for slot in passage.slots:
                answer = answers.get(slot.number)
                if answer is None or not answer.unit:
                    continue
                end = passage.text.index(slot_character(slot.number)) + 1
                following = normalised(passage.text[end:]).lstrip()
                if following.startswith(answer.unit) or (following and following[0] in slots.units):
                    continue
                typed = pattern.match(following)
                yield BadDefinition(
                    _("amount() 后面应当写单位 {unit}，而不是“{typed}”").format(
                        unit=answer.unit, typed=typed[0] if typed else following[:6]
                    ),
                    remedy=_("写上 {unit}；要换单位的加 unit=，或改用 value()。").format(unit=answer.unit),
                    place=template.place(offset_in_template(template, passage, end - 1)),
                )


def check_definitions(workspace: Workspace) -> Iterator[GuibiaoError]:
    """Titles, labels and notes of charts and tables keep to the same rule; a unit in brackets after a label is none.

    City and country stand together only where the definition says why.
    """
    report = workspace.report
    for chart in report.charts:
        yield from _check_exhibit(f"charts.{chart.id}", chart, chart.series, report.names)
        yield from _check_levels(workspace, f"charts.{chart.id}", chart, chart.series)
        if chart.kind == "flow" and chart.correspondence not in workspace.correspondences:
            yield BadDefinition(
                _("流向图 {chart} 没有对应表 {name}").format(chart=chart.id, name=chart.correspondence or "—"),
                remedy=_("在 correspondence 里写 correspondences.yaml 中的一个对应表。"),
                place=Place(DEFINITIONS, None, f"charts.{chart.id}"),
            )
        if chart.kind not in {"flow", "outcome", "lights", *INDEX_CHARTS} and not chart.series:
            yield BadDefinition(
                _("图 {chart} 没有 series").format(chart=chart.id),
                remedy=_("至少写一个系列。"),
                place=Place(DEFINITIONS, None, f"charts.{chart.id}"),
            )
    for table in report.tables:
        yield from _check_exhibit(f"tables.{table.id}", table, table.columns, report.names)
        yield from _check_levels(workspace, f"tables.{table.id}", table, table.columns)


def _check_levels(
    workspace: Workspace, place: str, definition: ChartDefinition | TableDefinition, lines: Sequence[SeriesDefinition]
) -> Iterator[GuibiaoError]:
    if not definition.mixed_zh and mixes_levels(workspace, lines):
        yield BadDefinition(
            _("{name} 把全国和本市的数放在一起，没有说明理由").format(name=definition.id),
            remedy=_("分成两张，或在 mixed_zh 里写明为什么放在一起。"),
            place=Place(DEFINITIONS, None, place),
        )


def _check_exhibit(
    place: str, definition: ChartDefinition | TableDefinition, lines: Sequence[SeriesDefinition], names: Sequence[str]
) -> Iterator[GuibiaoError]:
    texts = {
        f"{name}_{tongue}": str(getattr(definition, f"{name}_{tongue}"))
        for name in ("title", "question", "note", "mixed")
        for tongue in ("zh", "en")
    }
    for number, series in enumerate(lines):
        texts[f"{number}.label_zh"] = _IN_BRACKETS.sub("", series.label_zh)
        texts[f"{number}.label_en"] = _IN_BRACKETS.sub("", series.label_en)
    for name, text in texts.items():
        for fault in typed_numbers(text, names):
            yield _error(fault, Place(DEFINITIONS, None, f"{place}.{name}"), _("改写这句话；专有名称和说法可列入 report.yaml 的 names。"))


def check_default(call: BoundCall, names: Sequence[str]) -> None:
    """A word printed for a missing figure is no place for a number."""
    for fault in typed_numbers(call.arguments.text("default"), names):
        raise _error(fault, Place())


def _error(fault: TypedFault, place: Place, remedy: str = "") -> BadDefinition:
    return BadDefinition(fault.title, remedy=remedy or fault.remedy, place=place)
