"""Whole lineage of one number: formula and inputs, or the statement chosen and by which rule, its cell, and what was not used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guibiao.model.category import parse_category_key
from guibiao.model.tables import OBSERVATIONS
from guibiao.publish.figures import Figure, Figures, figure_from_row
from guibiao.publish.inputs import inputs_of
from guibiao.publish.lineage_words import LineageWords
from guibiao.publish.measured import told
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Correction, Precedence, Workspace
from guibiao.reference.precedence import TIE, deciding_criterion

Row = Mapping[str, Any]
CellRows = Callable[[str], Iterable[Row]]
FINDINGS_LISTED = 8


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a number's way. `role` is its kind in code (`statement`, `cell`, `source` ...), `facts` are for machines."""

    role: str
    label: str
    text: str
    children: tuple[Node, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def below(self, depth: int = 0) -> Iterator[tuple[int, Node]]:
        """All steps under this one with their depth, each before its own."""
        for child in self.children:
            yield depth, child
            yield from child.below(depth + 1)


class Records:
    """What lineages are read from: figures of one run, its statements, cells and findings, and the precedence in force.

    `cells` gives the cells of a dataset, asked for once each; `as_of` is the day known_from was filtered by, None without a filter.
    """

    def __init__(
        self,
        figures: Figures,
        statements: Iterable[Row],
        cells: CellRows,
        findings: Iterable[Row],
        precedence: Precedence | None,
        wording: Wording,
        as_of: date | None = None,
    ) -> None:
        self.figures = figures
        self.workspace: Workspace = figures.workspace
        self.precedence = precedence
        self.words = LineageWords(wording, self.workspace, as_of)
        self.as_of = as_of
        self.corrections: Mapping[str, Correction] = {correction.id: correction for correction in self.workspace.corrections}
        self._statements = {row["statement"]: row for row in statements}
        self._same: dict[tuple[Any, ...], list[Row]] = {}
        for row in self._statements.values():
            self._same.setdefault(_key(row), []).append(row)
        self.told: dict[tuple[str, str, str], Node] = {}
        self._read_cells = cells
        self._cells: dict[str, dict[tuple[int, int], Row]] = {}
        self._findings: dict[tuple[str, str, str, str], list[Row]] = {}
        self._findings_at: dict[tuple[str, str], list[Row]] = {}
        for finding in findings:
            self._findings.setdefault((finding["indicator"], finding["area"], finding["categories"], finding["period"]), []).append(finding)
            if finding["dataset"] and finding["locator"]:
                self._findings_at.setdefault((finding["dataset"], finding["locator"]), []).append(finding)

    def statement(self, identity: str) -> Row | None:
        """A statement by its id."""
        return self._statements.get(identity)

    def others(self, chosen: Row) -> list[Row]:
        """The other statements of the same figure, the better ones first."""
        found = [row for row in self._same.get(_key(chosen), ()) if row["statement"] != chosen["statement"]]
        return sorted(found, key=lambda row: (row["known_from"], row["statement"]), reverse=True)

    def cell(self, statement: Row) -> Row | None:
        """The cell a statement was read from; None where cells are not kept, as for bulk files."""
        dataset = statement["dataset"]
        if dataset not in self._cells:
            self._cells[dataset] = {(row["row"], row["column"]): row for row in self._read_cells(dataset)}
        return self._cells[dataset].get((statement["row"], statement["column"]))

    def findings(self, figure: Figure, statement: Row | None) -> list[Row]:
        """Findings about a figure, and about the place its statement was read from."""
        found = list(self._findings.get((figure.indicator, figure.area, figure.categories, str(figure.period)), ()))
        if statement is not None:
            found += self._findings_at.get((statement["dataset"], statement["locator"]), ())
        unique = {(row["rule"], row["message"]): row for row in found}
        return sorted(unique.values(), key=lambda row: ("error", "warning", "info").index(row["severity"]))


def lineage(figure: Figure, records: Records) -> Node:
    """The tree of one figure, down to cell and source of every figure it rests on; a figure met again is named, not repeated."""
    return _Builder(records).root(figure)


def explained(figure: Figure, records: Records) -> Node:
    """As `lineage`, and first of all by which day of publication the figures were filtered."""
    tree = lineage(figure, records)
    filtered = _node(
        records, "as_of", records.words.filtered(), facts={"as_of": "" if records.as_of is None else records.as_of.isoformat()}
    )
    return Node(tree.role, tree.label, tree.text, (filtered, *tree.children), tree.facts)


def _key(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in OBSERVATIONS.key)


def _node(records: Records, role: str, text: str, children: Sequence[Node] = (), facts: Mapping[str, str] | None = None) -> Node:
    return Node(role, records.words.label(role), text, tuple(children), tuple((facts or {}).items()))


@dataclass(slots=True)
class _Builder:
    """Builds one tree; remembers which figures it has shown."""

    records: Records
    shown: set[str] = field(default_factory=set)

    def root(self, figure: Figure) -> Node:
        return self._figure("figure", figure, with_definition=True)

    def _figure(self, role: str, figure: Figure, *, with_definition: bool = False) -> Node:
        words = self.records.words
        title = words.separated(words.title(figure), words.printed(figure))
        if figure.id in self.shown:
            return _node(self.records, role, words.again(title), facts=_facts(figure))
        self.shown.add(figure.id)
        children = [_node(self.records, "value", words.value(figure), facts=_value_facts(figure))]
        if with_definition:
            children.append(_node(self.records, "definition", words.definition(self.records.workspace.indicators[figure.indicator])))
        statement = self.records.statement(figure.statement) if figure.statement else None
        if statement is not None:
            children += self._stated(figure, statement)
        else:
            children += self._derived(figure)
        children += self._other_bases(figure)
        children += self._findings(figure, statement)
        return _node(self.records, role, title, children, _facts(figure))

    def _derived(self, figure: Figure) -> list[Node]:
        indicator = self.records.workspace.indicators[figure.indicator]
        if indicator.measurement:
            return self._measured(figure)
        formula = indicator.formula or figure.locator
        if not formula:
            return [_node(self.records, "gap", self.records.words.no_statement())]
        found = inputs_of(figure, self.records.figures)
        spoken = _node(self.records, "in_words", self.records.words.formula(formula))
        nodes = [_node(self.records, "formula", formula, [spoken], {"formula": formula})]
        nodes += [_node(self.records, "gap", reason) for reason in found.reasons]
        if found.quantity is not None and not found.agrees_with(figure):
            nodes.append(_node(self.records, "gap", self.records.words.differs(found.quantity, figure)))
        return nodes + [self._figure("input", each) for each in found.figures]

    def _measured(self, figure: Figure) -> list[Node]:
        account = told(figure, self.records.figures, self.records.words)
        return [_node(self.records, each.role, each.text, [self._figure("input", used) for used in each.figures]) for each in account]

    def _stated(self, figure: Figure, chosen: Row) -> list[Node]:
        records, words = self.records, self.records.words
        others = records.others(chosen)
        nodes = []
        if figure.alternatives < 0:
            nodes.append(_node(records, "precedence", words.asked_by_source()))
        elif not others:
            nodes.append(_node(records, "precedence", words.no_other_statement()))
        elif records.precedence is not None:
            rule = records.precedence
            decided = min((deciding_criterion(chosen, other, rule) for other in others), key=(*rule.criteria, TIE).index)
            nodes.append(_node(records, "precedence", words.precedence(rule, decided), facts=_rule_facts(rule)))
        nodes.append(self._statement("statement", chosen, ""))
        for other in others:
            reason = "" if records.precedence is None or figure.alternatives < 0 else deciding_criterion(chosen, other, records.precedence)
            nodes.append(self._statement("other_statement", other, words.reason(reason, chosen, other)))
        return nodes

    def _statement(self, role: str, row: Row, reason: str) -> Node:
        key = role, row["statement"], reason
        if key not in self.records.told:
            self.records.told[key] = self._telling(role, row, reason)
        return self.records.told[key]

    def _telling(self, role: str, row: Row, reason: str) -> Node:
        records, words = self.records, self.records.words
        said = words.quantity(figure_from_row(row).quantity)
        children = [self._cell(row), *self._correction(row), self._source(row)]
        if row["note"]:
            children.append(_node(records, "note", row["note"]))
        text = words.separated(said, words.stage_and_bases(row), reason)
        return _node(records, role, text, children, {"statement": row["statement"], "source": row["source"], "grade": row["grade"]})

    def _cell(self, row: Row) -> Node:
        cell = self.records.cell(row)
        facts = {"dataset": row["dataset"], "row": str(row["row"]), "column": str(row["column"]), "locator": row["locator"]}
        printed = str(row["printed"] if cell is None else cell["printed"])
        labels = [] if cell is None else [text for text in (cell["row_label"], cell["column_label"]) if text]
        text = self.records.words.cell(row, printed, labels, self.records.workspace.tables.get(row["dataset"]))
        return _node(self.records, "cell", text, facts={**facts, "printed": printed})

    def _correction(self, row: Row) -> list[Node]:
        if not row["correction"]:
            return []
        correction = self.records.corrections.get(row["correction"])
        if correction is None:
            return [_node(self.records, "correction", row["correction"])]
        text = self.records.words.correction(correction)
        return [_node(self.records, "correction", text, facts={"correction": correction.id, "reason": correction.reason})]

    def _source(self, row: Row) -> Node:
        records, words = self.records, self.records.words
        source = records.workspace.sources.get(row["source"])
        known = words.known_from(row["known_from"], row["known_precision"])
        facts = {
            "source": row["source"], "grade": row["grade"], "known_from": row["known_from"].isoformat(),
            "known_precision": row["known_precision"],
        }  # fmt: skip
        if source is None:
            return _node(records, "source", words.separated(row["source"], words.grade(row["grade"]), known), facts=facts)
        children = []
        if source.url:
            children.append(_node(records, "address", source.url))
        if source.note:
            children.append(_node(records, "note", source.note))
        text = words.separated(source.title, words.grade(row["grade"]), source.publisher, known)
        return _node(records, "source", text, children, {**facts, "publisher": source.publisher})

    def _other_bases(self, figure: Figure) -> list[Node]:
        """The same figure on other price or accounting bases: named, so that nobody joins them."""
        found = self.records.figures.find(figure.indicator, figure.area, figure.categories, figure.period)
        own = (figure.price_basis, figure.accounting_basis)
        others = [each for each in found if (each.price_basis, each.accounting_basis) != own]
        words = self.records.words
        return [
            _node(
                self.records,
                "other_basis",
                words.separated(words.printed(each), words.bases(each), words.not_comparable()),
                facts=_facts(each),
            )
            for each in others
        ]

    def _findings(self, figure: Figure, statement: Row | None) -> list[Node]:
        found = self.records.findings(figure, statement)
        words = self.records.words
        nodes = [
            _node(
                self.records,
                "finding",
                words.finding(row),
                facts={"rule": row["rule"], "severity": row["severity"], "remedy": row["remedy"]},
            )
            for row in found[:FINDINGS_LISTED]
        ]
        if len(found) > FINDINGS_LISTED:
            nodes.append(_node(self.records, "finding", words.more_findings(len(found) - FINDINGS_LISTED)))
        return nodes


def _facts(figure: Figure) -> dict[str, str]:
    codes = {f"category:{name}": code for name, code in parse_category_key(figure.categories).items()}
    period, code = figure.period.to_sdmx()
    return {
        "figure": figure.id, "indicator": figure.indicator, "area": figure.area, **codes, "period": period, "collection": code,
        "price_basis": figure.price_basis, "accounting_basis": figure.accounting_basis, "grade": figure.grade,
    }  # fmt: skip


def _value_facts(figure: Figure) -> dict[str, str]:
    quantity = figure.quantity
    bounds = {name: "" if bound is None else f"{bound:f}" for name, bound in (("low", quantity.low), ("high", quantity.high))}
    return {
        "value": f"{quantity.value:f}", **bounds, "unit": quantity.unit.symbol, "qualifier": quantity.qualifier.value,
        "stage": figure.stage, "method": figure.method, "status": figure.status,
    }  # fmt: skip


def _rule_facts(precedence: Precedence) -> dict[str, str]:
    return {"valid_from": precedence.valid_from.isoformat(), "criteria": " ".join(precedence.criteria), "reason": precedence.reason}
