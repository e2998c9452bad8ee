"""Read statements, choose observations, check rules, write observations and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from guibiao.editing.conflicts import conflicts
from guibiao.editing.precedence import choose, observation
from guibiao.editing.rules import rule_findings
from guibiao.model.finding import Finding
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.reference.classification import Classification
from guibiao.reference.definitions import Precedence, Rule
from guibiao.store.port import WorkingStore

if TYPE_CHECKING:
    import pyarrow as pa


def choose_observations(store: WorkingStore, key: str, statements: pa.Table, precedence: Precedence) -> tuple[int, int]:
    """Record under `key` the observations chosen from one indicator's statements, and findings on contradictions.

    Returns the counts of observations and findings.
    """
    import pyarrow as pa

    choices = choose(statements.to_pylist(), precedence)
    observations = [observation(choice) for choice in choices]
    findings = [finding for choice in choices for finding in conflicts(choice)]
    store.record(OBSERVATIONS, key, pa.Table.from_pylist(observations, schema=OBSERVATIONS.arrow_schema()))
    record_findings(store, key, findings)
    return len(observations), len(findings)


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


def record_findings(store: WorkingStore, key: str, findings: Sequence[Finding]) -> None:
    """Record findings under a content key."""
    import pyarrow as pa

    rows = [{**asdict(finding), "severity": finding.severity.value} for finding in findings]
    store.record(FINDINGS, key, pa.Table.from_pylist(rows, schema=FINDINGS.arrow_schema()))
