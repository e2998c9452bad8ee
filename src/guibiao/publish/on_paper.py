"""What of the passports is printed on paper; the page holds all of it. Typeset and Word reports print the same."""

from __future__ import annotations

from guibiao.publish.document import ChartBlock, Document, Passport, PassportLine
from guibiao.publish.lineage_words import LABELS
from guibiao.publish.quoting import quotations
from guibiao.publish.wording import Wording

LINES_PRINTED = 14
PAPER_ROLES = ("in_words", "cell", "source", "correction")
"""Steps below the first that are printed on paper."""
MARKS_LISTED = 12
"""Numbers of a chart listed below it; of more, only the count is, and where their passports are."""


def quoted_on_paper(document: Document) -> frozenset[str]:
    """Passports of numbers set in text, tables or below a chart; those of a crowded chart's marks stand on the page only."""
    quoted = {passport for block in document.blocks for passport in quotations(block)}
    charts = [block for block in document.blocks if isinstance(block, ChartBlock) and len(block.passports) <= MARKS_LISTED]
    return frozenset(quoted.union(*(chart.passports for chart in charts)))


def printed_lines(passport: Passport, wording: Wording) -> tuple[tuple[PassportLine, ...], str]:
    """The lines printed, and a remark on how many are not.

    Kept are the first level but the definition; below it what `PAPER_ROLES` names; of an input, the source of the statement used.
    """
    label = {role: wording.choose(*words) for role, words in LABELS.items()}
    below = {label[role] for role in PAPER_ROLES}
    kept: list[PassportLine] = []
    above = ""
    for line in passport.lines:
        if line.depth == 0 and line.role != label["definition"]:
            kept.append(line)
        elif line.depth == 1:
            above = line.role
            kept += [line] if line.role in below else []
        elif line.depth == 2 and above == label["statement"] and line.role == label["source"]:
            kept.append(line)
    printed = tuple(kept[:LINES_PRINTED])
    rest = len(passport.lines) - len(printed)
    more = wording.choose(f"另{rest}行见网页版 {passport.id}", f"{rest} more lines on the page, {passport.id}") if rest else ""
    return printed, more
