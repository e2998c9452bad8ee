"""How well the rules on published figures find faults: `python -m benchmarks.editing`.

Three measures on one workspace: recall on a list of faults that were found by reading the sources; precision, the part of all warnings on
the documents of that list which are on it; and, for faults put in at random, recall by kind of fault, with the part of new findings that
are about the faulty cell.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from guibiao.editing.conflicts import conflicts, quantity_of
from guibiao.editing.dating import document_days
from guibiao.editing.figures import Figures, Subject, read_figures
from guibiao.editing.lists import codes_counted, counted
from guibiao.editing.precedence import choose
from guibiao.editing.recompute import Recomputed, recompute
from guibiao.editing.rulebook import findings_on, operands
from guibiao.editing.specification import specifications_for, specified
from guibiao.ingest.steps import read_table
from guibiao.model.category import TOTAL
from guibiao.model.finding import Finding, Severity
from guibiao.model.period import Measure, Period
from guibiao.model.quantity import Qualifier, printed_quantity
from guibiao.model.unit import parse_unit
from guibiao.model.verdict import Verdict, judge
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.precedence import precedence_on

DAY = date(2026, 11, 1)
LABELLED = Path(__file__).with_name("labelled_faults.csv")
Row = dict[str, Any]
Cell = tuple[str, int, int]


class Corpus:
    """The typed tables of a workspace in memory, and the findings of all rules on them, without a store."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.cells: dict[str, list[Row]] = {}
        self.rows: dict[str, list[Row]] = defaultdict(list)
        for name, binding in workspace.tables.items():
            if binding.file and not binding.bulk:
                result = read_table(workspace, binding)
                self.cells[name] = result.cells
                for row in result.statements:
                    self.rows[row["indicator"]].append(row)
        self.precedence = precedence_on(workspace.settings.precedence, DAY)
        self.specifications = specified(workspace.quality, DAY)
        self.readers: dict[str, set[str]] = defaultdict(set)
        for indicator in workspace.indicators.values():
            for operand in operands(indicator, workspace.indicators):
                self.readers[operand].add(indicator.id)

    @cached_property
    def baseline(self) -> dict[str, list[Finding]]:
        """Findings on the tables as they are, by indicator."""
        return {name: self.findings(name, self.rows) for name in self.workspace.indicators}

    def subject(self, name: str, rows: Mapping[str, Sequence[Row]]) -> Subject:
        workspace = self.workspace
        indicator = workspace.indicators[name]
        figures = []
        for operand in operands(indicator, workspace.indicators):
            stated = rows.get(operand, ())
            chosen = {choice.chosen["statement"] for choice in choose(stated, self.precedence)}
            figures += read_figures(stated, chosen)
        documents = {source.id: document_days(source.known_from) for source in workspace.sources.values()}
        listed = self._listed(name)
        return Subject(
            indicator, Figures(figures), workspace.indicators, workspace.classifications, workspace.settings.country, documents, listed
        )

    def findings(self, name: str, rows: Mapping[str, Sequence[Row]]) -> list[Finding]:
        """Warnings and errors on one indicator."""
        found = [finding for choice in choose(rows.get(name, ()), self.precedence) for finding in conflicts(choice)]
        found += findings_on(self.subject(name, rows), specifications_for(name, self.specifications))
        return [finding for finding in found if finding.severity is not Severity.INFO]

    def _listed(self, name: str) -> int | None:
        relation = self.workspace.indicators[name].relation
        if relation is None or relation.kind != "count":
            return None
        if relation.dataset:
            return counted(self.cells[relation.dataset], relation)
        return codes_counted(self.workspace.classifications[relation.classification], relation.level)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What reading the documents says and what the rules say: keys of faults known, found, missed and reported beyond the list."""

    known: tuple[tuple[str, ...], ...]
    found: tuple[tuple[str, ...], ...]
    missed: tuple[tuple[str, ...], ...]
    unlisted: tuple[Finding, ...]

    @property
    def recall(self) -> float:
        return len(self.found) / len(self.known)

    @property
    def precision(self) -> float:
        return len(self.found) / (len(self.found) + len(self.unlisted))


def labelled(corpus: Corpus, documents: Iterable[str]) -> Labelled:
    """Warnings on figures of these sources against the list."""
    with LABELLED.open(encoding="utf-8") as file:
        known = tuple((row["rule"], row["indicator"], row["period"], row["printed"]) for row in csv.DictReader(file))
    sources = set(documents)
    findings = [each for group in corpus.baseline.values() for each in group if each.source in sources]
    keys = {(each.rule, each.indicator, each.period, each.claimed): each for each in findings}
    found = tuple(key for key in known if key in keys)
    return Labelled(known, found, tuple(key for key in known if key not in keys), tuple(keys[key] for key in keys if key not in set(known)))


@dataclass(frozen=True, slots=True)
class Fault:
    """Cells changed to make a fault of one kind: row id -> the row in its place."""

    kind: str
    indicator: str
    changed: Mapping[str, Row]


Maker = Callable[[random.Random, Corpus, Sequence[Row]], dict[str, Row] | None]


def with_value(row: Row, value: Decimal) -> Row:
    """The row with another number printed in the same form."""
    unit = parse_unit(row["unit"])
    quantity = printed_quantity(value, unit, Qualifier.EXACT, row["decimals"])
    return {**row, "value": quantity.value, "low": quantity.low, "high": quantity.high, "printed": quantity.printed()}


def digit_swap(chance: random.Random, _corpus: Corpus, rows: Sequence[Row]) -> dict[str, Row] | None:
    """Two neighbouring digits change places, as in typing."""
    row = chance.choice(rows)
    digits = list(f"{row['value']:.{row['decimals'] or 0}f}")
    places = [place for place in range(len(digits) - 1) if digits[place].isdigit() and digits[place + 1].isdigit()]
    places = [place for place in places if digits[place] != digits[place + 1]]
    if not places:
        return None
    place = chance.choice(places)
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    return {row["statement"]: with_value(row, Decimal("".join(digits)))}


def unit_slip(chance: random.Random, _corpus: Corpus, rows: Sequence[Row]) -> dict[str, Row] | None:
    """万 read as 元 or the other way: ten thousand times too much or too little."""
    row = chance.choice(rows)
    if not row["value"]:
        return None
    value = row["value"] * 10000 if chance.random() < 0.5 else row["value"] / 10000
    slipped = {**row, "decimals": max(row["decimals"] or 0, 4)} if value < row["value"] else row
    return {row["statement"]: with_value(slipped, value)}


def shifted_row(chance: random.Random, _corpus: Corpus, rows: Sequence[Row]) -> dict[str, Row] | None:
    """A row of the table holds the figures of the row below."""
    row = chance.choice(rows)
    below = [
        each for each in rows if (each["dataset"], each["column"]) == (row["dataset"], row["column"]) and each["row"] == row["row"] + 1
    ]
    if not below or below[0]["value"] == row["value"] or below[0]["unit"] != row["unit"]:
        return None
    return {row["statement"]: with_value(row, below[0]["value"]), below[0]["statement"]: with_value(below[0], row["value"])}


def swapped_years(chance: random.Random, _corpus: Corpus, rows: Sequence[Row]) -> dict[str, Row] | None:
    """Two consecutive years of one series change places."""
    row = chance.choice(rows)
    following = Period(row["period_start"], row["period_end"], Measure(row["measure"])).shift(12)
    same = ("area", "categories", "dataset", "accounting_basis", "source", "unit")
    later = [each for each in rows if each["period_end"] == following.end and all(each[name] == row[name] for name in same)]
    if not later or later[0]["value"] == row["value"]:
        return None
    return {row["statement"]: with_value(row, later[0]["value"]), later[0]["statement"]: with_value(later[0], row["value"])}


def wrong_total(chance: random.Random, corpus: Corpus, rows: Sequence[Row]) -> dict[str, Row] | None:
    """A total over an additive dimension is off by three to thirty of its last printed unit."""
    indicator = corpus.workspace.indicators[rows[0]["indicator"]]
    sums = indicator.relation is not None and indicator.relation.kind == "sum"
    totals = [row for row in rows if sums or any(f"{name}={TOTAL}" in row["categories"] for name in indicator.additive_over)]
    if not totals:
        return None
    row = chance.choice(totals)
    off = chance.choice((-1, 1)) * chance.randint(3, 30)
    return {row["statement"]: with_value(row, row["value"] + off * Decimal(1).scaleb(-(row["decimals"] or 0)))}


def truncated_share(chance: random.Random, corpus: Corpus, rows: Sequence[Row]) -> dict[str, Row] | None:
    """A share that was rounded up is cut off instead."""
    name = rows[0]["indicator"]
    relation = corpus.workspace.indicators[name].relation
    if relation is None or relation.kind != "share":
        return None
    subject = corpus.subject(name, corpus.rows)
    by_cell = {(row["dataset"], row["row"], row["column"]): row for row in rows}
    candidates = []
    for claim in subject.claims():
        result = recompute(subject, claim, claim.source)
        if claim.cell in by_cell and isinstance(result, Recomputed) and judge(claim.quantity, result.quantity) is Verdict.OK:
            step = Decimal(1).scaleb(-(claim.quantity.decimals or 0))
            cut = result.quantity.to(claim.quantity.unit).value.quantize(step, rounding=ROUND_DOWN)
            if cut != claim.quantity.value:
                candidates.append((by_cell[claim.cell], cut))
    if not candidates:
        return None
    row, cut = chance.choice(candidates)
    return {row["statement"]: with_value(row, cut)}


KINDS: Mapping[str, Maker] = {
    "digit swap": digit_swap, "unit slip": unit_slip, "shifted row": shifted_row, "truncated share": truncated_share,
    "wrong total": wrong_total, "swapped years": swapped_years,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """Faults of one kind: put in, found, and of the findings they brought how many are about the faulty figures."""

    kind: str
    made: int
    found: int
    checked: int
    """Of those made, faults in figures that some rule can check: a relation, a total, a second source, a panel or a series."""
    found_checked: int
    findings: int
    about: int


def seeded(corpus: Corpus, each: int, seed: int = 20261101) -> list[Score]:
    """Scores by kind, `each` faults of every kind, one at a time in otherwise untouched tables."""
    chance = random.Random(seed)
    scores = []
    for kind, make in KINDS.items():
        made = [_trial(corpus, fault) for fault in _faults(chance, corpus, kind, make, each)]
        checked = [trial for trial in made if trial[0]]
        scores.append(
            Score(
                kind, len(made), sum(trial[1] for trial in made), len(checked), sum(trial[1] for trial in checked),
                sum(trial[2] for trial in made), sum(trial[3] for trial in made),
            )
        )  # fmt: skip
    return scores


def _faults(chance: random.Random, corpus: Corpus, kind: str, make: Maker, count: int) -> Iterable[Fault]:
    """Faults in indicators drawn at random, so that long panels do not crowd out the documents' tables."""
    plain = {name: [row for row in rows if row["qualifier"] == "exact"] for name, rows in corpus.rows.items()}
    names = sorted(name for name, rows in plain.items() if rows)
    made = tries = 0
    while made < count and tries < 400 * count:
        tries += 1
        name = chance.choice(names)
        changed = make(chance, corpus, plain[name])
        if changed and any(quantity_of(row).value != original for row, original in _values(corpus, name, changed)):
            made += 1
            yield Fault(kind, name, changed)


def _values(corpus: Corpus, name: str, changed: Mapping[str, Row]) -> list[tuple[Row, Decimal]]:
    return [(changed[row["statement"]], row["value"]) for row in corpus.rows[name] if row["statement"] in changed]


def _trial(corpus: Corpus, fault: Fault) -> tuple[bool, bool, int, int]:
    """Whether some rule can check the figures, whether one finds the fault, findings it brings, and those about the faulty figures."""
    rows = {**corpus.rows, fault.indicator: [fault.changed.get(row["statement"], row) for row in corpus.rows[fault.indicator]]}
    new: list[Finding] = []
    for reader in sorted(corpus.readers[fault.indicator]):
        before = {(each.rule, each.dataset, each.locator, each.claimed) for each in corpus.baseline[reader]}
        after = corpus.findings(reader, rows)
        new += [each for each in after if (each.rule, each.dataset, each.locator, each.claimed) not in before]
    about = [each for each in new if _concerns(each, fault)]
    return _checkable(corpus, fault), bool(about), len(new), len(about)


def _concerns(finding: Finding, fault: Fault) -> bool:
    """Whether a finding is about a faulty figure: its cell, or a figure of its area that is computed from it in its year or the next."""
    for row in fault.changed.values():
        if (finding.dataset, finding.locator) == (row["dataset"], row["locator"]):
            return True
        years = {str(row["period_end"].year + shift) for shift in (0, 1)}
        near = finding.area == row["area"] or finding.indicator != row["indicator"]
        if near and any(year in finding.period for year in years):
            return True
    return False


def _checkable(corpus: Corpus, fault: Fault) -> bool:
    """Whether another figure on file bears on the faulty one."""
    indicator = corpus.workspace.indicators[fault.indicator]
    row = next(iter(fault.changed.values()))
    same = [each for each in corpus.rows[fault.indicator] if (each["area"], each["categories"]) == (row["area"], row["categories"])]
    second = sum(each["period_end"] == row["period_end"] and each["measure"] == row["measure"] for each in same) > 1
    panel = len({each["area"] for each in corpus.rows[fault.indicator] if each["period_end"] == row["period_end"]}) >= 6
    dimension = any(f"{name}={TOTAL}" in each["categories"] for each in corpus.rows[fault.indicator] for name in indicator.additive_over)
    cells = {(each["dataset"], each["row"], each["column"]) for each in fault.changed.values()}
    related = any(_derivable(corpus, reader, cells) for reader in corpus.readers[fault.indicator])
    return second or panel or dimension or related or len(same) > 2


def _derivable(corpus: Corpus, name: str, cells: set[Cell]) -> bool:
    """Whether a claim of this indicator rests on one of the cells, or is one, and can be recomputed."""
    relation = corpus.workspace.indicators[name].relation
    if relation is None or relation.kind == "count":
        return relation is not None
    subject = corpus.subject(name, corpus.rows)
    if relation.kind == "sum":
        keys = {(each.area, each.days) for claim in relation.terms for each in subject.figures.of(claim)}
        return any((claim.area, claim.days) in keys for claim in subject.claims())
    for claim in subject.claims():
        for scope in (claim.source, ""):
            result = recompute(subject, claim, scope)
            if isinstance(result, Recomputed) and cells & {claim.cell, *(each.cell for each in result.operands)}:
                return True
    return False


def report(corpus: Corpus, documents: Sequence[str], each: int) -> str:
    """All measures as text."""
    measured = labelled(corpus, documents)
    figures = sum(len(rows) for rows in corpus.rows.values())
    panel = [one for group in corpus.baseline.values() for one in group if one.source not in set(documents)]
    lines = [
        f"faults listed by reading {len(measured.known)}, found {len(measured.found)}: recall {measured.recall:.2f}",
        f"warnings on these documents beyond the list {len(measured.unlisted)}: precision {measured.precision:.2f}",
        *(f"  missed: {' '.join(key)}" for key in measured.missed),
        *(f"  beyond: {one.rule} {one.indicator} {one.period} {one.claimed}" for one in measured.unlisted),
        f"panels and other sources: {len(panel)} warnings on {figures} figures in all ({len(panel) / figures:.2%})",
        "",
        f"{'fault put in':16} {'made':>5} {'found':>6} {'recall':>7} {'checkable':>10} {'recall':>7} {'findings':>9} {'precision':>10}",
    ]
    for score in seeded(corpus, each):
        own = score.found_checked / score.checked if score.checked else 0.0
        right = score.about / score.findings if score.findings else 0.0
        lines.append(
            f"{score.kind:16} {score.made:5} {score.found:6} {score.found / max(score.made, 1):7.2f} {score.checked:10} {own:7.2f} "
            f"{score.findings:9} {right:10.2f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the measures of a workspace."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.editing", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path("workspaces/beijing"))
    parser.add_argument("--faults", type=int, default=60, help="faults of every kind")
    parser.add_argument("--documents", nargs="*", default=["white_paper_2021", "benchmark_report_2023", "article_2021"])
    asked = parser.parse_args()
    print(report(Corpus(load_workspace(asked.workspace)), asked.documents, asked.faults))


if __name__ == "__main__":
    main()
