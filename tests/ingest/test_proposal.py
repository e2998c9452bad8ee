"""What `guibiao map` proposes: how often the part a cell plays is told right, and that a proposal confirmed reads what is printed."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from pydantic import TypeAdapter

from guibiao.commands.options import CHECKOUT
from guibiao.ingest.delivered import Handed, prepare
from guibiao.ingest.formats import read_sheet
from guibiao.ingest.office_file import read_office_file
from guibiao.ingest.picture import paper_picture, terminal_picture
from guibiao.ingest.proposal import Proposal, propose
from guibiao.ingest.proposal_text import mapping_text
from guibiao.ingest.sheet_layout import Role, guess_layout
from guibiao.model.errors import BadInput
from guibiao.model.period import Measure, Period
from guibiao.model.unit import parse_unit
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.mapping import SheetMapping
from tests.ingest.office_layouts import Drawn, layouts
from tests.run.offices import BOOKS, Book, town

LEAST = 0.97
"""Share of cells of a drawn sheet, and of all the books, whose part has to be told right."""
ROLES = {"t": Role.TITLE, "h": Role.HEADING, "l": Role.LABEL, "v": Role.VALUE, "s": Role.TOTAL, "x": Role.TEXT, "n": Role.NOTE}
TRUE_ROLES = {
    "live_january": "t... t..t hhhh .hhh lsss lvvv lvvv lvvv lvvv n... n.n.",
    "live_february": "t.... t..t. hhh.. ..hhh lxsss lxvvv lxvvv lxvvv lxvvv n....",
    "telecom": "t... t... hhhh hhhh l... llvv llvv .... l... llvv n... n.nn",
    "content_quarters": "t.. hhh lvv lvv lvv lss ... n..",
    "centres": "t..... hhh..h ..hhh. xlvvvx .lvvv. .lsss. ...... xlvvv. .lvvv. .lsss. ...... xlsss. n.....",
    "live_january_again": "t... t... hhhh .hhh lvvv lvvv lvvv lvvv lsss n...",
    "spending_csv": "t. hh lv lv n.",
    "telecom_book": "t... t... .... hhhh l... llvv llvv l... llvv n...",
}
"""Row by row: title, heading, label, value, sum, text, note, blank."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(town(tmp_path_factory.mktemp("town")))


def readable() -> list[Book]:
    return [book for make in BOOKS if not (book := make()).refused]


def proposed(workspace: Workspace, book: Book) -> Proposal:
    return propose(workspace, read_office_file(book.content, book.name), book.name, book.table, "proposed")


def right(roles: dict[tuple[int, int], Role], truth: dict[tuple[int, int], Role]) -> int:
    return sum(roles.get(cell) is role for cell, role in truth.items())


def test_the_parts_of_the_books_are_told(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = total = 0
    for make in BOOKS:
        book = make()
        if book.refused:
            continue
        proposal = proposed(workspace, book)
        rows = TRUE_ROLES[make.__name__].split()
        texts = proposal.sheet.sheet.rows
        truth = {
            (number, position): ROLES[letter]
            for number, row in enumerate(rows, start=1)
            for position, letter in enumerate(row)
            if letter != "." and position < len(texts[number - 1]) and texts[number - 1][position].strip()
        }
        found += right(proposal.layout.roles, truth)
        total += len(truth)
    with capsys.disabled():
        sys.stdout.write(f"\nproposals: {found} of {total} cells of {len(readable())} books told right ({found / total:.1%})\n")
    assert found >= LEAST * total


COUNTED: list[int] = [0, 0]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(layouts())
def test_the_parts_of_a_layout_never_seen_are_told(drawn: Drawn) -> None:
    layout = guess_layout(drawn.sheet())
    found = right(layout.roles, drawn.roles)
    COUNTED[0] += found
    COUNTED[1] += len(drawn.roles)
    assert found >= 0.8 * len(drawn.roles), (layout, drawn.rows)


def test_of_all_layouts_drawn_nearly_every_cell_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Counts what the test before drew."""
    if COUNTED[1]:
        with capsys.disabled():
            sys.stdout.write(
                f"\nproposals: {COUNTED[0]} of {COUNTED[1]} cells of drawn layouts told right ({COUNTED[0] / COUNTED[1]:.1%})\n"
            )
        assert COUNTED[0] >= LEAST * COUNTED[1]


@pytest.mark.parametrize("book", readable(), ids=lambda book: book.name)
def test_a_proposal_confirmed_reads_what_is_printed(workspace: Workspace, book: Book) -> None:
    """Its text is a valid definition; what it gives is right, though it may give less than a person's mapping."""
    proposal = proposed(workspace, book)
    text = mapping_text(proposal)
    mapping: SheetMapping = TypeAdapter(SheetMapping).validate_python(yaml.safe_load(text))
    assert text.count("confirmed: false") >= len(proposal.mapping.unconfirmed)
    if mapping.unconfirmed:
        with pytest.raises(BadInput, match="待人确认"):
            prepare(replace(workspace, mappings={"proposed": mapping}), Handed(book.name, book.content, date(2026, 11, 21)), "proposed")
    confirmed = replace(
        mapping,
        columns=tuple(replace(column, confirmed=True) for column in mapping.columns),
        rows=tuple(replace(row, confirmed=True) for row in mapping.rows),
    )
    prepared = prepare(
        replace(workspace, mappings={"proposed": confirmed}), Handed(book.name, book.content, date(2026, 11, 21)), "proposed"
    )
    found = {}
    for row in prepared.statements:
        period = str(Period(row["period_start"], row["period_end"], Measure(row["measure"])))
        found[row["indicator"], row["area"], row["categories"], period] = row["value"]
    assert len(found) >= 0.75 * len(book.truth)
    for key, value in found.items():
        figure, unit = book.truth[key]
        assert value == Decimal(figure) * parse_unit(unit).factor_to(parse_unit(workspace.indicators[key[0]].unit))


def test_a_proposal_says_why_and_how_sure(workspace: Workspace) -> None:
    book = BOOKS[1]()
    proposal = proposed(workspace, book)
    text = mapping_text(proposal)
    assert "# 0.91 “成交额”与“直播电商成交额”" in text
    assert "# 4 行相加，3 列中 3 列相符" in text
    assert proposal.mapping.unconfirmed == ("直播场次",)
    page = paper_picture(proposal)
    assert "待确认" in page
    assert "<th class=unsure>B" in page
    from rich.console import Console

    console = Console(record=True, width=160)
    console.print(terminal_picture(proposal))
    assert "直播场次" in console.export_text()


def test_a_sheet_without_figures_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="表里没有数字"):
        propose(workspace, read_office_file("甲,乙\n丙,丁\n".encode(), "x.csv"), "x.csv", "owed_live", "proposed")


def test_the_heads_of_printed_tables_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped workspace's own tables, which nobody drew for this: rows and value columns as their bindings have them."""
    shipped = load_workspace(CHECKOUT / (CHECKOUT / "default").read_text("utf-8").strip())
    found = total = 0
    for binding in shipped.tables.values():
        path = shipped.folder / "tables" / binding.file
        if path.suffix != ".csv" or binding.text_only or path.stat().st_size > 60_000:
            continue
        total += 1
        sheet = read_sheet(path.read_bytes(), binding.file, binding)
        try:
            layout = guess_layout(sheet)
        except BadInput:
            continue
        headings = [layout.paths[position] for position in layout.positions("value")]
        bound = all(any(each == wanted or each.endswith(f"/{wanted}") for each in headings) for wanted in binding.values)
        found += bound and (layout.first, layout.last) == (binding.head_rows + 1, len(sheet.rows) - binding.foot_rows)
    with capsys.disabled():
        sys.stdout.write(f"\nproposals: {found} of {total} printed tables told right\n")
    assert found >= 0.75 * total
