"""A sheet as a picture with the part that each cell plays in it, so that a person sees at once what a proposal got wrong."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from guibiao.ingest.proposal import Proposal
from guibiao.ingest.sheet import column_letters
from guibiao.ingest.sheet_layout import Role
from guibiao.model.messages import translate as _

SHOWN_ROWS = 40
_TERMINAL = {
    Role.TITLE: "bold magenta", Role.HEADING: "bold cyan", Role.LABEL: "green", Role.VALUE: "default", Role.TOTAL: "yellow",
    Role.TEXT: "dim", Role.NOTE: "dim italic",
}  # fmt: skip
_PAPER = {
    Role.TITLE: "#f3e3f3", Role.HEADING: "#dceef5", Role.LABEL: "#e2f2e0", Role.VALUE: "#ffffff", Role.TOTAL: "#fff3c9",
    Role.TEXT: "#efefef", Role.NOTE: "#f4f1ec",
}  # fmt: skip


def role_names() -> Mapping[Role, str]:
    """What each part is called."""
    return {
        Role.TITLE: _("标题"), Role.HEADING: _("表头"), Role.LABEL: _("标签"), Role.VALUE: _("数值"), Role.TOTAL: _("合计"),
        Role.TEXT: _("文字"), Role.NOTE: _("注释"),
    }  # fmt: skip


def terminal_picture(proposal: Proposal) -> Any:
    """A rich table of the sheet's top rows, each cell in the colour of its part; what is left out is said in the caption."""
    from rich.table import Table
    from rich.text import Text

    sheet = proposal.sheet.sheet
    width = max(len(row) for row in sheet.rows)
    legend = "  ".join(f"[{_TERMINAL[role]}]{name}[/]" for role, name in role_names().items())
    left_out = max(0, len(sheet.rows) - SHOWN_ROWS)
    caption = legend + (_("（另有 {count} 行未显示）").format(count=left_out) if left_out else "")
    table = Table(title=sheet.name, caption=caption, show_lines=False, title_justify="left", caption_justify="left")
    table.add_column("", min_width=3, no_wrap=True)
    for position in range(width):
        table.add_column(column_letters(position + 1), max_width=18, overflow="ellipsis", no_wrap=True)
    for number, row in enumerate(sheet.rows[:SHOWN_ROWS], start=1):
        cells = [Text(" ".join(text.split()), style=_style(proposal, number, position)) for position, text in enumerate(row)]
        table.add_row(str(number), *cells, *[""] * (width - len(row)))
    return table


def _style(proposal: Proposal, number: int, position: int) -> str:
    role = proposal.layout.roles.get((number, position))
    unsure = role is Role.HEADING and any(
        not column.confirmed and column.column == column_letters(position + 1) for column in proposal.mapping.columns
    )
    return "bold red" if unsure else _TERMINAL.get(role or Role.TEXT, "default")


def paper_picture(proposal: Proposal) -> str:
    """The whole sheet as a page of its own, coloured by part, with what each column was taken for above it."""
    sheet = proposal.sheet.sheet
    width = max(len(row) for row in sheet.rows)
    taken = {column.column: column for column in proposal.mapping.columns}
    heads = []
    for position in range(width):
        letter = column_letters(position + 1)
        column = taken.get(letter)
        said = "" if column is None else (column.facts.indicator or column.dimension or column.supplies or column.role)
        unsure = column is not None and not column.confirmed
        heads.append(f"<th{' class=unsure' if unsure else ''}>{letter}<br><small>{escape(said)}</small></th>")
    names = role_names()
    legend = " ".join(f'<span style="background:{_PAPER[role]}">{escape(name)}</span>' for role, name in names.items())
    body = []
    for number, row in enumerate(sheet.rows, start=1):
        cells = []
        for position in range(width):
            text = row[position] if position < len(row) else ""
            role = proposal.layout.roles.get((number, position))
            named = names.get(role) if role is not None and text.strip() else None
            title = f"{named} {proposal.reasons.get(proposal.layout.paths[position], '')}" if named else ""
            colour = _PAPER.get(role, "#ffffff") if role is not None else "#ffffff"
            cells.append(f'<td style="background:{colour}" title="{escape(title)}">{escape(text)}</td>')
        body.append(f"<tr><th>{number}</th>{''.join(cells)}</tr>")
    to_confirm = escape(_("待确认"))
    return (
        '<!doctype html><html lang="zh"><meta charset="utf-8">'
        f"<title>{escape(sheet.name)}</title><style>body{{font:14px/1.5 sans-serif;margin:1.5em}}table{{border-collapse:collapse}}"
        "td,th{border:1px solid #bbb;padding:.2em .5em;white-space:nowrap}th{background:#fafafa;font-weight:normal;color:#555}"
        "span{padding:.1em .6em;border:1px solid #bbb}.unsure{background:#f8c9c4;color:#000}</style>"
        f"<h1>{escape(sheet.name)}</h1><p>{legend} <span class=unsure>{to_confirm}</span></p>"
        f"<table><tr><th></th>{''.join(heads)}</tr>{''.join(body)}</table></html>\n"
    )
