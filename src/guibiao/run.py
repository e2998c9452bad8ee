"""Compose the rooms: workspace -> statements -> observations -> derived -> findings -> charts, report, data, release."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.graph import Output, StepCache, Trace, digest
from guibiao.language.parse import indicator_names, parse
from guibiao.model.indicator import Indicator
from guibiao.model.messages import active_language
from guibiao.model.tables import CELLS, FINDINGS, OBSERVATIONS, STATEMENTS
from guibiao.publish.clearance import uncleared
from guibiao.reference.computation import computation_order, inputs_of_indicator
from guibiao.reference.definitions import Precedence, Rule, TableBinding, Workspace
from guibiao.reference.measurement import BoundedScale, Measurement
from guibiao.statement_reader import StatementReader, rows_digest
from guibiao.store.port import WITHDRAWN, ReleaseArchive, Stored, WorkingStore

if TYPE_CHECKING:
    import pyarrow as pa

STORED = (CELLS, STATEMENTS, OBSERVATIONS, FINDINGS)
DELIVERED = "delivery/"
"""Prefix of datasets that came as files; without it, a dataset is a table typed into the workspace."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked for. `as_of` asks by known_from, `recorded_as_of` by the store's own recording time."""

    out: Path
    as_of: date | None = None
    recorded_as_of: datetime | None = None
    today: date | None = None
    restricted: bool = False
    """Take in restricted tables that nobody has cleared: for a draft that somebody is to clear."""


class DataRun:
    """The data half of a run, up to observations and findings; each property is computed once, from cached steps."""

    def __init__(
        self, workspace: Workspace, store: WorkingStore, request: Request, notify: Callable[[str], None] = lambda _step: None
    ) -> None:
        self.workspace = workspace
        self.store = store
        self.request = request
        self.started = time.perf_counter()
        self.today = request.today or datetime.now(UTC).astimezone().date()
        self.cache = StepCache(request.out / "store" / "steps", present=self._is_stored, notify=notify)

        self._measurements: dict[str, Output] = {}
        self._uncleared: dict[str, str] = {}
        self._known = frozenset(key for table in STORED for key in store.recorded(table))

    def _is_stored(self, key: str) -> bool:
        return key in self._known

    @property
    def trace(self) -> list[Trace]:
        return self.cache.trace

    @cached_property
    def tables(self) -> Mapping[str, Output]:
        """One step a workspace table: bytes and binding -> cells, statements, findings; delivered to the store."""
        if self.request.recorded_as_of is not None:
            current = self.store.current(recorded_as_of=self.request.recorded_as_of)
            return self._effective({name: self._stored(name, key) for name, key in current.items()})
        with self.store.transaction():
            typed = {name: self._table(binding) for name, binding in self.workspace.tables.items() if binding.file}
            now = datetime.now(UTC)
            for name, output in typed.items():
                self.store.deliver(name, output.key, now)
            for name in self.store.current():
                if name not in typed and not name.startswith(DELIVERED):
                    self.store.deliver(name, WITHDRAWN, now)
        delivered = self.store.current(DELIVERED)
        return self._effective(typed | {name: self._stored(name, key) for name, key in delivered.items()})

    def _archive(self) -> ReleaseArchive:
        from guibiao.store.open import open_archive

        return open_archive(self.request.out / "releases")

    @property
    def uncleared(self) -> Mapping[str, str]:
        """Restricted datasets that nobody has cleared, with their content keys; they are held back unless they are asked for."""
        _ = self.tables
        return self._uncleared

    def _effective(self, outputs: Mapping[str, Output]) -> Mapping[str, Output]:
        """By dataset; a delivered file stands in the place of the typed one of the same table, restricted ones are held back."""
        delivered = {name.removeprefix(DELIVERED): output for name, output in outputs.items() if name.startswith(DELIVERED)}
        current = {name: output for name, output in outputs.items() if not name.startswith(DELIVERED)} | delivered
        self._uncleared = uncleared(self.workspace, {name: output.key for name, output in current.items()}, self._archive)
        return {name: output for name, output in current.items() if self.request.restricted or name not in self._uncleared}

    @cached_property
    def chosen(self) -> Mapping[str, Output]:
        """One step a collected indicator: statements -> observations by dated precedence."""
        with self.store.transaction():
            return {name: self._choose(name) for name, indicator in self.workspace.indicators.items() if not indicator.is_computed}

    @cached_property
    def observations(self) -> Mapping[str, Output]:
        """All indicators: the collected ones and, each after those it uses, the computed ones."""
        outputs = dict(self.chosen)
        with self.store.transaction():
            for name in computation_order(self.workspace):
                compute = self._derive if self.workspace.indicators[name].formula else self._measured
                outputs[name] = compute(self.workspace.indicators[name], outputs)
        return outputs

    @cached_property
    def rules(self) -> Mapping[str, Output]:
        """One step an indicator for the generic rules, and one a rule of the workspace's own."""
        from guibiao.checking import Checking

        _ = self.observations
        with self.store.transaction():
            return Checking(self, self.request.as_of or self.today).outputs() | {
                rule.id: self._check(rule) for rule in self.workspace.rules
            }

    @cached_property
    def finding_keys(self) -> tuple[str, ...]:
        """Content keys of all findings of the run, in order of the steps."""
        outputs = [*self.tables.values(), *self.observations.values()]
        outputs += [output for output in self.rules.values() if output.facts["findings"]]
        return tuple(output.key for output in outputs)

    @cached_property
    def all_observations(self) -> pa.Table:
        """Every observation of the run, in key order."""
        return self.observations_of(self.observations)

    @cached_property
    def all_statements(self) -> pa.Table:
        """Every statement of the tables in use that could be known as of the day asked."""
        return self.store.statements([output.key for output in self.tables.values()], as_of=self.request.as_of)

    @cached_property
    def observation_rows(self) -> list[dict[str, Any]]:
        """`all_observations` as rows."""
        rows: list[dict[str, Any]] = self.all_observations.to_pylist()
        return rows

    @cached_property
    def statement_rows(self) -> list[dict[str, Any]]:
        """`all_statements` as rows."""
        rows: list[dict[str, Any]] = self.all_statements.to_pylist()
        return rows

    @cached_property
    def finding_rows(self) -> list[dict[str, Any]]:
        """`all_findings` as rows."""
        rows: list[dict[str, Any]] = self.all_findings.to_pylist()
        return rows

    @cached_property
    def all_findings(self) -> pa.Table:
        return self.store.read(FINDINGS, self.finding_keys)

    def cells(self, dataset: str) -> pa.Table:
        return self.store.read(CELLS, [self.tables[dataset].key])

    def observations_of(self, indicators: Iterable[str]) -> pa.Table:
        """Observations of some indicators."""
        return self.store.read(OBSERVATIONS, [self.observations[name].key for name in indicators])

    def statements_of(self, indicators: Iterable[str]) -> pa.Table:
        """Statements of some indicators, in the tables in use, that could be known as of the day asked."""
        return self.store.statements([output.key for output in self.tables.values()], indicators=list(indicators), as_of=self.request.as_of)

    def lineage(self, indicators: Iterable[str]) -> tuple[str, ...]:
        """The indicators and all that their figures name as what they rest on."""
        found: dict[str, None] = {}
        waiting = list(indicators)
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.workspace.indicators:
                continue
            found[name] = None
            waiting.extend(self._named(self.workspace.indicators[name]))
        return tuple(sorted(found))

    def digests(self, indicators: Iterable[str]) -> dict[str, str]:
        """What a step that quotes these indicators depends on: their observations and every statement behind them."""
        names = self.lineage(indicators)
        stated = {f"statements of {name}": self._stated(name)[1] for name in names}
        return {**{f"observations of {name}": self.observations[name].digest for name in names}, **stated}

    def _table(self, binding: TableBinding) -> Output:
        def compute(key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.ingest.steps import read_table, record_table

            result = read_table(self.workspace, binding)
            record_table(self.store, key, result)
            return {f"indicator:{name}": value for name, value in result.digests.items()}, {"stored": True, **result.counts}

        workspace = self.workspace
        corrections = [correction for correction in workspace.corrections if correction.dataset == binding.id]
        specification = digest(binding, corrections, self._structure, workspace.sources, workspace.settings.area, active_language())
        inputs = {binding.file: workspace.digests[f"tables/{binding.file}"]}
        inputs |= {name: value for name, value in workspace.digests.items() if name.startswith("classifications/")}
        return self.cache.run(f"table {binding.id}", inputs, specification, ("ingest", "reference"), compute)

    def _stored(self, name: str, key: str) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, object]]:
            rows = self.store.statements([key]).to_pylist()
            names = sorted({row["indicator"] for row in rows})
            return {f"indicator:{each}": digest(*(row for row in rows if row["indicator"] == each)) for each in names}, {}

        record = self.cache.run(f"recorded {name}", {"content": key}, "", (), compute)
        return Output(record.step, key, record.parts, record.facts)

    @cached_property
    def _structure(self) -> str:
        """What of the indicators shapes how cells are read; names and definitions do not."""
        fields = ("id", "unit", "measure", "dimensions", "price_basis", "comparison_basis", "accounting_bases", "formula")
        return digest(*(getattr(indicator, name) for indicator in self.workspace.indicators.values() for name in fields))

    @cached_property
    def _stating(self) -> Mapping[str, list[tuple[str, str]]]:
        """Indicator -> the tables that state it, by name, with the digest of what each states."""
        found: dict[str, list[tuple[str, str]]] = {}
        for name, output in sorted(self.tables.items()):
            for part, value in output.parts.items():
                if part.startswith("indicator:") and value:
                    found.setdefault(part.removeprefix("indicator:"), []).append((name, value))
        return found

    def _stated(self, indicator: str) -> tuple[list[str], str]:
        """Content keys of the tables that state an indicator, and the digest of what they state."""
        stating = self._stating.get(indicator, [])
        return [self.tables[name].key for name, _part in stating], digest(*(f"{name}={part}" for name, part in stating))

    def _choose(self, indicator: str) -> Output:
        def compute(key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.editing.steps import choose_observations

            mine = self._reader.of(indicator, keys)
            chosen, findings = choose_observations(self.store, key, mine, self.precedence)
            parts = {"observations": chosen, "findings": findings}
            digests = {name: rows_digest(rows) for name, rows in parts.items() if rows.num_rows}
            return digests, {"stored": True, "observations": chosen.num_rows, "findings": findings.num_rows}

        keys, stated = self._stated(indicator)
        specification = digest(self.precedence, self.request.as_of, active_language())
        return self.cache.run(f"observations {indicator}", {"statements": stated}, specification, ("editing",), compute)

    @cached_property
    def _reader(self) -> StatementReader:
        everything = [output.key for output in self.tables.values()]
        return StatementReader(self.store, everything, self.request.as_of)

    @cached_property
    def precedence(self) -> Precedence:
        """The dated precedence in force; a new day alone changes nothing."""
        from guibiao.reference.precedence import precedence_on

        return precedence_on(self.workspace.settings.precedence, self.request.as_of or self.today)

    def _named(self, indicator: Indicator) -> tuple[str, ...]:
        measurement = self.workspace.measurements.get(indicator.measurement.partition(".")[0])
        return measurement.traced if measurement else inputs_of_indicator(self.workspace, indicator)

    def _derive(self, indicator: Indicator, outputs: Mapping[str, Output]) -> Output:
        names = inputs_of_indicator(self.workspace, indicator)
        queries = self._compiled(indicator, names)

        def compute(key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.measure.steps import derive

            observations = Stored(OBSERVATIONS, tuple(outputs[name].key for name in names))
            value, missing = (self.cache.artefact(queries.part(part)).decode() for part in ("value", "missing"))
            counts = derive(self.store, key, indicator, value, missing, observations)
            return self._recorded(key), {"stored": True, "observations": counts[0], "findings": counts[1]}

        inputs = {name: outputs[name].digest for name in names} | {"formula": queries.digest}
        return self.cache.run(f"derived {indicator.id}", inputs, digest(indicator, active_language()), ("measure",), compute)

    def _compiled(self, indicator: Indicator, names: Iterable[str]) -> Output:
        """SQL of a formula, kept as an artefact: the expression engine is imported only when a formula or its indicators change."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.language.compile import compile_formula, compile_missing

            expression = parse(indicator.formula)
            texts = {
                "value": compile_formula(expression, self.workspace.indicators, indicator.unit),
                "missing": compile_missing(expression, self.workspace.indicators),
            }
            parts = {part: self.cache.keep(text.encode()) for part, text in texts.items()}
            return parts, {"artefacts": list(parts.values())}

        return self.cache.run(f"formula {indicator.id}", {}, digest(indicator.formula, indicator.unit, self._signature(names)), (), compute)

    def _signature(self, names: Iterable[str]) -> str:
        fields = ("id", "unit", "measure", "nature", "price_basis", "comparison_basis", "accounting_bases", "dimensions", "additive_over")
        return digest(*(getattr(self.workspace.indicators[name], field) for name in names for field in fields))

    def _measured(self, indicator: Indicator, outputs: Mapping[str, Output]) -> Output:
        """One indicator of a measurement; the method runs once for all of them, and again only when its inputs change."""
        measurement = self.workspace.measurements[indicator.measurement.partition(".")[0]]
        if measurement.id not in self._measurements:
            self._measurements[measurement.id] = self._measure(measurement, outputs)
        given = self._measurements[measurement.id]

        def compute(key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.measure.method_steps import record_measured

            counts = record_measured(self.store, key, self.cache.artefact(given.part(indicator.id)))
            return self._recorded(key), {"stored": True, "observations": counts[0], "findings": counts[1]}

        return self.cache.run(f"measured {indicator.id}", {"figures": given.part(indicator.id)}, "", ("measure",), compute)

    def _measure(self, measurement: Measurement, outputs: Mapping[str, Output]) -> Output:
        stated = {name: self._stated(name) for name in measurement.stated}

        def compute(_key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.measure.method_steps import measure

            observations = [outputs[name].key for name in measurement.inputs if name not in stated]
            statements = list(dict.fromkeys(key for keys, _digest in stated.values() for key in keys))
            written = measure(self.store, self.workspace, measurement, observations, statements, self.request.as_of)
            parts = {name: self.cache.keep(data) for name, data in written.items()}
            return parts, {"artefacts": list(parts.values())}

        inputs = {name: outputs[name].digest for name in measurement.inputs if name not in stated}
        inputs |= {f"statements of {name}": each for name, (_keys, each) in stated.items()}
        gives = self.workspace.measured_by(measurement.id)
        if isinstance(measurement, BoundedScale):
            read = ("classifications/", "parameters/")
            inputs |= {name: value for name, value in self.workspace.digests.items() if name.startswith(read)}
        specification = digest(measurement, gives, self._signature(measurement.inputs), self.request.as_of, active_language())
        return self.cache.run(f"measurement {measurement.id}", inputs, specification, ("measure", "reference"), compute)

    def _check(self, rule: Rule) -> Output:
        names = tuple(indicator_names(parse(rule.expression)))

        def compiled(_key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.language.compile import compile_rule

            text = self.cache.keep(compile_rule(parse(rule.expression), self.workspace.indicators).encode())
            return {"verdict": text}, {"artefacts": [text]}

        query = self.cache.run(f"rule expression {rule.id}", {}, digest(rule.expression, self._signature(names)), (), compiled)

        def compute(key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.editing.steps import check_rule

            text = self.cache.artefact(query.part("verdict")).decode()
            subject = rule.indicator or names[0]
            areas = self.workspace.classifications.get("areas")
            count = check_rule(self.store, key, rule, subject, text, self.observations_of(names), areas)
            return {"findings": digest(*self.store.read(FINDINGS, [key]).to_pylist())}, {"stored": True, "findings": count}

        inputs = {name: self.observations[name].digest for name in names} | {"expression": query.digest}
        return self.cache.run(f"rule {rule.id}", inputs, digest(rule, active_language()), ("editing",), compute)

    def _recorded(self, key: str) -> dict[str, str]:
        """Parts of a step that wrote to the store: what it wrote, by digest."""
        tables = {"observations": self.store.read(OBSERVATIONS, [key]), "findings": self.store.read(FINDINGS, [key])}
        return {name: rows_digest(rows) for name, rows in tables.items() if rows.num_rows}


def check_workspace(workspace: Workspace) -> dict[str, int]:
    """Check references, formulas and that every table binds; counts of what was checked. Raises every fault found."""
    from guibiao.ingest.steps import read_table
    from guibiao.model.errors import BatchErrors, GuibiaoError
    from guibiao.model.messages import translate as _
    from guibiao.publish.report import check_template
    from guibiao.reference.check import check_references

    check_references(workspace)
    faults: list[GuibiaoError] = list(check_template(workspace))
    statements = 0
    for binding in workspace.tables.values():
        if not binding.file:
            continue
        try:
            statements += read_table(workspace, binding).counts["statements"]
        except GuibiaoError as fault:
            faults.append(fault)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise BatchErrors(_("工作区定义有 {count} 处错误").format(count=len(faults)), tuple(faults))
    formulas = sum(bool(indicator.formula) for indicator in workspace.indicators.values())
    return {"indicators": len(workspace.indicators), "formulas": formulas, "tables": len(workspace.tables), "statements": statements}
