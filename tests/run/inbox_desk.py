"""What the tests of the inbox do with it: drop files, take them in, and look at what the store then holds."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from guibiao.inbox import Inbox, Outcome, waiting
from guibiao.model.period import Measure, Period
from guibiao.model.unit import parse_unit
from guibiao.reference.definitions import Workspace
from guibiao.run import DELIVERED
from guibiao.store.port import WorkingStore
from tests.run.offices import Book

DAY = date(2026, 11, 21)


def drop(folder: Path, *books: Book) -> None:
    for number, book in enumerate(books):
        path = folder / "inbox" / book.name
        path.write_bytes(book.content)
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))


def take(workspace: Workspace, store: WorkingStore, day: date = DAY, **more: Any) -> dict[str, Outcome]:
    inbox = Inbox(workspace.folder / "inbox", workspace, store, day, **more)
    return {path.name: inbox.take(path) for path in waiting(inbox.folder)}


def figures(store: WorkingStore, table: str, as_of: date | None = None) -> dict[tuple[str, str, str, str], list[Decimal]]:
    keys = list(store.current(f"{DELIVERED}{table}/").values())
    found: dict[tuple[str, str, str, str], list[Decimal]] = {}
    for row in store.statements(keys, as_of=as_of).to_pylist() if keys else []:
        period = str(Period(row["period_start"], row["period_end"], Measure(row["measure"])))
        found.setdefault((row["indicator"], row["area"], row["categories"], period), []).append(row["value"])
    return found


def expected(workspace: Workspace, *books: Book) -> dict[tuple[str, str, str, str], Decimal]:
    """The truth of the books in the indicators' own units; a later book restates."""
    truth = {key: given for book in books for key, given in book.truth.items()}
    units = {key: parse_unit(unit).factor_to(parse_unit(workspace.indicators[key[0]].unit)) for key, (_figure, unit) in truth.items()}
    return {key: Decimal(figure) * units[key] for key, (figure, _unit) in truth.items()}


def names_in(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []
