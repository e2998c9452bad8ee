"""Read statements, choose observations, check rules, write observations and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from guibiao.editing.conflicts import conflicts
from guibiao.editing.figures import Subject
from guibiao.editing.precedence import choose, observation
from guibiao.editing.rulebook import findings_on
from guibiao.editing.rules import rule_findings
from guibiao.editing.specification import Specifications
from guibiao.editing.uncontested import in_key_order, observed, parted
from guibiao.model.finding import Finding
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.reference.classification import Classification
from guibiao.reference.definitions import Precedence, Rule
from guibiao.store.port import WorkingStore

if TYPE_CHECKING:
    import pyarrow as pa


def choose_observations(store: WorkingStore, key: str, statements: pa.Table, precedence: Precedence) -> tuple[pa.Table, pa.Table]:
    """Record under `key` the observations chosen from one indicator's statements, and findings on contradictions; returns both."""
    import pyarrow as pa

    single, several = parted(statements)
    choices = choose(several.to_pylist(), precedence)
    findings = [finding for choice in choices for finding in conflicts(choice)]
    chosen = pa.Table.from_pylist([observation(choice) for choice in choices], schema=OBSERVATIONS.arrow_schema())
    observations = in_key_order(pa.concat_tables([observed(single), chosen]))
    store.record(OBSERVATIONS, key, observations)
    return observations, record_findings(store, key, findings)


def check_rule(
    store: WorkingStore, key: str, rule: Rule, indicator: str, query: str, observations: pa.Table, areas: Classification | None
) -> int:
    """Evaluate one compiled rule over the observations it names and record its findings; returns their count."""
    import pyarrow.compute as pc

    verdicts = store.run(query, {"observations": observations})
    false = verdicts.filter(pc.invert(verdicts["verdict"])).to_pylist()
    names = ("area", "categories", "period_start", "period_end", "measure")
    subjects = observations.filter(pc.equal(observations["indicator"], indicator)).to_pylist() if false else []
    places: Mapping[tuple[Any, ...], Mapping[str, Any]] = {tuple(row[name] for name in names): row for row in subjects}
    findings = rule_findings(rule, indicator, false, places, areas)
    record_findings(store, key, findings)
    return len(findings)


def record_findings(store: WorkingStore, key: str, findings: Sequence[Finding]) -> pa.Table:
    """Record findings under a content key; returns their rows."""
    import pyarrow as pa

    rows = [{**asdict(finding), "severity": finding.severity.value} for finding in findings]
    table = pa.Table.from_pylist(rows, schema=FINDINGS.arrow_schema())
    store.record(FINDINGS, key, table)
    return table


def check_figures(store: WorkingStore, key: str, subject: Subject, specifications: Specifications) -> int:
    """Apply the generic rules to one indicator and record what they find, if anything; returns the count."""
    findings = findings_on(subject, specifications)
    if findings:
        record_findings(store, key, findings)
    return len(findings)
