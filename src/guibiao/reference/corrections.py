"""Printed cells mended by corrections on file: each names row, column, the text expected and the text to be read in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guibiao.reference.definitions import Correction


@dataclass(frozen=True, slots=True)
class Mended:
    """Rows as they are to be read. `applied` and `unfit` pair a correction with the text its cell prints; an unfit one changes nothing."""

    rows: tuple[tuple[str, ...], ...]
    applied: tuple[tuple[Correction, str], ...]
    unfit: tuple[tuple[Correction, str], ...]


def corrections_of(corrections: Iterable[Correction], dataset: str) -> dict[int, list[Correction]]:
    """1-based row -> corrections of one table, in the order given."""
    found: dict[int, list[Correction]] = {}
    for correction in corrections:
        if correction.dataset == dataset:
            found.setdefault(correction.row, []).append(correction)
    return found


def mend_row(texts: Sequence[str], corrections: Iterable[Correction], *, blanks: bool = False) -> Mended:
    """One row, as a `Mended` of one row. A correction fits where the cell prints what is expected, white space at the ends aside.

    `blanks` lets a blank cell be the expected one: words that were left out or moved to another column. Figures are never put where
    none is printed.
    """
    read, applied, unfit = list(texts), list[tuple[Correction, str]](), list[tuple[Correction, str]]()
    for correction in corrections:
        position = correction.column - 1
        printed = texts[position].strip() if 0 <= position < len(texts) else ""
        if 0 <= position < len(texts) and printed == correction.expected.strip() and (printed or blanks):
            read[position] = correction.corrected
            applied.append((correction, printed))
        else:
            unfit.append((correction, printed))
    return Mended((tuple(read),), tuple(applied), tuple(unfit))


def mend_words(rows: Sequence[Sequence[str]], corrections: Mapping[int, Sequence[Correction]]) -> Mended:
    """A table of words, head included: row n at index n - 1, every row as wide as the widest. A correction of a row that is not there
    is unfit."""
    width = max((len(row) for row in rows), default=0)
    filled = [(*row, *("",) * (width - len(row))) for row in rows]
    mended = [mend_row(row, corrections.get(number, ()), blanks=True) for number, row in enumerate(filled, start=1)]
    beyond = [(each, "") for number, wanted in corrections.items() if not 1 <= number <= len(rows) for each in wanted]
    return Mended(
        tuple(row for each in mended for row in each.rows),
        tuple(pair for each in mended for pair in each.applied),
        (*(pair for each in mended for pair in each.unfit), *beyond),
    )
