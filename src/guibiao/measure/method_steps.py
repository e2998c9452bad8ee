"""Run the method of a measurement over observations and statements; record what it gives, indicator by indicator."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from guibiao.measure.contribution_figures import contribution_figures
from guibiao.measure.input_output_figures import input_output_figures
from guibiao.measure.levels import Level, level_from_row
from guibiao.measure.outcome import Evidence, Outcome, observation_row
from guibiao.measure.scale_figures import scale_figures, scope_of
from guibiao.model.indicator import Indicator
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.reference.definitions import Workspace
from guibiao.reference.measurement import BoundedScale, ContributionRange, Measurement
from guibiao.store.port import WorkingStore

_DAYS = ("period_start", "period_end", "known_from")


def measure(
    store: WorkingStore,
    workspace: Workspace,
    definition: Measurement,
    observation_keys: Collection[str],
    statement_keys: Collection[str],
    as_of: date | None,
) -> dict[str, bytes]:
    """What the method gives: for each indicator of the measurement its rows and findings, as JSON that `record_measured` reads.

    Of indicators in `definition.stated` every statement is read, of the others the observations. A finding about a result that no
    indicator takes stands with the first one.
    """
    indicators = workspace.indicators
    observed = store.read(OBSERVATIONS, observation_keys).to_pylist()
    stated = store.statements(statement_keys, indicators=definition.stated, as_of=as_of).to_pylist() if definition.stated else []
    evidence = Evidence(_levels(observed, indicators), _levels(_of_shared_areas(stated, definition.stated), indicators))
    outcome = _apply(workspace, definition, evidence)
    given = {indicator.measurement.partition(".")[2]: indicator for indicator in workspace.measured_by(definition.id)}
    rows: dict[str, list[dict[str, Any]]] = {indicator.id: [] for indicator in given.values()}
    for figure in outcome.figures:
        if figure.result in given:
            indicator = given[figure.result]
            rows[indicator.id].append(observation_row(indicator, figure))
    findings: dict[str, list[dict[str, str]]] = {name: [] for name in rows}
    for each in outcome.findings:
        name = given[each["indicator"]].id if each["indicator"] in given else next(iter(rows))
        findings[name].append({**each, "indicator": name})
    return {name: _written(mine, findings[name]) for name, mine in rows.items()}


def record_measured(store: WorkingStore, key: str, written: bytes) -> tuple[int, int]:
    """Record one indicator's rows and findings under `key`; returns both counts."""
    import pyarrow as pa

    read = json.loads(written)
    rows = [{**row, **{name: date.fromisoformat(row[name]) for name in _DAYS}} for row in read["observations"]]
    store.record(OBSERVATIONS, key, pa.Table.from_pylist(rows, schema=OBSERVATIONS.arrow_schema()))
    store.record(FINDINGS, key, pa.Table.from_pylist(read["findings"], schema=FINDINGS.arrow_schema()))
    return len(rows), len(read["findings"])


def _apply(workspace: Workspace, definition: Measurement, evidence: Evidence) -> Outcome:
    if isinstance(definition, ContributionRange):
        return contribution_figures(definition, evidence)
    if isinstance(definition, BoundedScale):
        correspondence = workspace.correspondences[definition.correspondence]
        source, target = (workspace.classifications[name] for name in (correspondence.title.source, correspondence.title.target))
        unit = workspace.indicators[definition.envelopes[0].total].unit
        return scale_figures(definition, unit, scope_of(correspondence, source, target, workspace.digital_shares), evidence)
    return input_output_figures(definition, evidence)


def _of_shared_areas(rows: Sequence[Mapping[str, Any]], indicators: Sequence[str]) -> list[Mapping[str, Any]]:
    """Rows of areas for which every one of the indicators is stated: no other area gives a figure."""
    areas = [{row["area"] for row in rows if row["indicator"] == name} for name in indicators]
    shared = set.intersection(*areas) if areas else set()
    return [row for row in rows if row["area"] in shared]


def _levels(rows: Sequence[Mapping[str, Any]], indicators: Mapping[str, Indicator]) -> dict[str, list[Level]]:
    found: dict[str, list[Level]] = {}
    for row in rows:
        found.setdefault(row["indicator"], []).append(level_from_row(row, indicators[row["indicator"]].unit))
    return found


def _written(observations: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, str]]) -> bytes:
    return json.dumps({"observations": observations, "findings": findings}, ensure_ascii=False, default=str).encode()
