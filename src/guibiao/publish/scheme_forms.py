"""The forms of the scheme (表式): every table that another office owes, empty, with its columns and units from the binding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guibiao.publish.document import Block, Heading, Paragraph, TableBlock, TableCell, Text
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Agreement, Facts, TableBinding, Workspace

EMPTY_ROWS = 3


def form_number(number: int, wording: Wording) -> str:
    """报表 number: 数监1表, DM 1."""
    return wording.choose(f"数监{number}表", f"DM {number}")


def form_blocks(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """One form an agreement; where the table is not defined yet, that is said."""
    say = wording.choose
    yield Heading(1, (Text(say("表式", "Forms")),), "scheme-form-pages")
    if not workspace.agreements:
        yield Paragraph((Text(say("尚无表式。", "There is no form yet.")),))
    for number, agreement in enumerate(workspace.agreements.values(), start=1):
        title = f"{form_number(number, wording)}　{say(agreement.title_zh, agreement.title_en)}"
        yield Heading(2, (Text(title),), f"scheme-form-{number}")
        separator = say("：", ": ")
        facts = [
            (say("报送单位", "Office"), agreement.office),
            (say("联系岗位", "Contact"), agreement.contact_role),
            (say("协议", "Agreement"), agreement.agreement),
            (say("首报期", "First period"), agreement.first_period),
        ]
        yield Paragraph((Text("　".join(f"{label}{separator}{text}" for label, text in facts if text)),), "note")
        binding = workspace.tables.get(agreement.table)
        if binding is None:
            yield Paragraph((Text(say("这张表的结构尚未定义。", "The structure of this table is not defined yet.")),))
        else:
            yield _form(workspace, agreement, binding, number, wording)


def form_table(identity: str, title: str, head: Sequence[str], rows: tuple[tuple[TableCell, ...], ...]) -> TableBlock:
    """A table without a number of its own."""
    return TableBlock(identity, "", title, "", (tuple(TableCell(text, align="left") for text in head),), rows)


def _form(workspace: Workspace, agreement: Agreement, binding: TableBinding, number: int, wording: Wording) -> TableBlock:
    """Columns of labels, then columns of figures with their units; rows as labelled by the binding, or empty ones to fill."""
    say = wording.choose
    labels = list(dict.fromkeys(selector.column for selector in binding.rows)) or [say("项目", "Item")]
    figures = list(binding.values.items())
    head = [*labels, *(f"{column}{_unit(workspace, binding, facts, wording)}" for column, facts in figures)]
    if not figures:
        head.append(say("数值", "Value") + _unit(workspace, binding, binding.defaults, wording))
    blank = tuple(TableCell("") for _column in head[1:])
    named = [TableCell(label, align="left") for label in binding.row_facts] or [TableCell("", align="left")] * EMPTY_ROWS
    rows = tuple((cell, *blank) for cell in named)
    signed = say(
        "单位负责人：　　　　填表人：　　　　联系电话：　　　　报出日期：　　年　　月　　日",
        "Responsible:        Filled in by:        Date:",
    )
    covered = [
        say(workspace.indicators[name].name_zh, workspace.indicators[name].name_en)
        for name in agreement.indicators
        if name in workspace.indicators
    ]
    notes = [signed]
    if covered:
        notes.append(say("所含指标：", "Indicators: ") + wording.join(covered))
    if agreement.note:
        notes.append(agreement.note)
    table = form_table(f"scheme_form_table_{number}", "", head, rows)
    return TableBlock(table.id, "", "", "", table.head, rows, tuple(notes))


def _unit(workspace: Workspace, binding: TableBinding, facts: Facts, wording: Wording) -> str:
    indicator = workspace.indicators.get(facts.indicator or binding.defaults.indicator)
    unit = facts.unit or binding.defaults.unit or (indicator.unit if indicator else "")
    return wording.choose(f"（{unit}）", f" ({unit})") if unit else ""
