"""Agreements and mappings: what is restricted, and that every name they use is defined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Agreement, Workspace
from guibiao.reference.facts import Facts


def is_restricted(workspace: Workspace, table: str) -> bool:
    """Whether figures of a table may not be released before somebody clears them: by its binding or by its agreement."""
    name = table.partition("/")[0]
    binding = workspace.tables.get(name)
    return (binding is not None and binding.restricted) or any(
        each.access == "restricted" and each.table == name for each in workspace.agreements.values()
    )


def check_deliveries(workspace: Workspace) -> Iterator[GuibiaoError]:
    """Faults of agreements and mappings: every name they use is defined, every period and due day can be read."""
    for agreement in workspace.agreements.values():
        place = workspace.places.get(f"agreement {agreement.id}", Place("deliveries"))
        yield from _names(workspace, agreement, place)
        if not _is_due_day(agreement.due_day):
            yield BadDefinition(
                _("报送日 {day} 无法识别").format(day=agreement.due_day),
                remedy=_("写成期后的几日，如 15；年报写成 MM-DD，如 03-31。"),
                place=place,
            )
    for mapping in workspace.mappings.values():
        place = workspace.places.get(f"mapping {mapping.id}", Place("deliveries/mappings"))
        yield from _unknown(_("表"), mapping.table, workspace.tables, place)
        bound = [column.facts for column in mapping.columns]
        bound += [
            facts for column in mapping.columns for facts in (*column.of_rows.values(), *column.lookup.values()) if isinstance(facts, Facts)
        ]
        for facts in (mapping.defaults, *bound):
            yield from _unknown(_("指标"), facts.indicator, workspace.indicators, place)


def _names(workspace: Workspace, agreement: Agreement, place: Place) -> Iterator[GuibiaoError]:
    yield from _unknown(_("表"), agreement.table, workspace.tables, place)
    yield from _unknown(_("映射"), agreement.mapping, workspace.mappings, place)
    for name in agreement.indicators:
        yield from _unknown(_("指标"), name, workspace.indicators, place)


def _unknown(kind: str, name: str, known: Mapping[str, object], place: Place) -> Iterator[GuibiaoError]:
    if name and name not in known:
        yield BadDefinition(_("没有定义的{kind}：{name}").format(kind=kind, name=name), remedy=_("先定义它，或改正名字。"), place=place)


def _is_due_day(text: str) -> bool:
    month, dash, day = text.partition("-")
    if dash:
        return month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    return text.isdigit() and 1 <= int(text) <= 31
