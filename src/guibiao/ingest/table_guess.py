"""Which owed table a file nobody has mapped yet may be: its name, title and headings against the table's title and its indicators' names.

Method sheet: docs/methods/0106-proposing-a-mapping.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from guibiao.ingest.proposal_match import similarity
from guibiao.ingest.workbook import BookSheet
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace

LEAST = 0.5
"""Likeness (0 to 1) from which a table is proposed at all."""
CLEARLY = 0.1
"""By so much the likeliest table leads the next one."""
_ROWS = 8


@dataclass(frozen=True, slots=True)
class Likely:
    """A table with its likeness to the file."""

    table: str
    score: float


def likely_tables(workspace: Workspace, sheets: Sequence[BookSheet], name: str) -> tuple[Likely, ...]:
    """The tables that other offices owe, the likeliest first."""
    owed = sorted({each.table for each in workspace.agreements.values()})
    said = list(_said(sheets, name))
    scored = [Likely(table, _likeness(said, list(_names(workspace, table)))) for table in owed]
    return tuple(sorted(scored, key=lambda each: -each.score))


def guess_table(workspace: Workspace, sheets: Sequence[BookSheet], name: str) -> str:
    """The table a file is for. Raises BadRequest, naming the candidates, where none is likely or several are."""
    found = likely_tables(workspace, sheets, name)
    if found and found[0].score >= LEAST and (len(found) == 1 or found[0].score - found[1].score >= CLEARLY):
        return found[0].table
    titles = "、".join(f"{workspace.tables[each.table].title}（{each.table}）" for each in found[:5]) or _("无")
    raise BadRequest(
        _("看不出 {name} 是哪张表").format(name=name), remedy=_("用 --table 指明。最像的几张：{titles}。").format(titles=titles)
    )


def _said(sheets: Sequence[BookSheet], name: str) -> Iterator[str]:
    """What the file says of itself: its name, and the words of its first rows."""
    yield PurePath(name).stem
    for sheet in sheets:
        yield sheet.title
        for row in islice(sheet.sheet.rows, _ROWS):
            yield from (text.strip() for text in row if len(text.strip()) >= 2 and not text.strip()[0].isdigit())


def _names(workspace: Workspace, table: str) -> Iterator[str]:
    binding = workspace.tables[table]
    yield binding.title
    for agreement in workspace.agreements.values():
        if agreement.table == table:
            yield agreement.title_zh
    for name in sorted(binding.indicators()):
        if name in workspace.indicators:
            yield workspace.indicators[name].name_zh


def _likeness(said: Iterable[str], names: Sequence[str]) -> float:
    """Mean of the two best likenesses: of a title and of a heading, so that one common word is not enough."""
    best = sorted((max((similarity(text, name) for name in names), default=0.0) for text in said), reverse=True)[:2]
    return sum(best) / 2
