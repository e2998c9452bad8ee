"""The generic rules applied to a run: one cached step an indicator, keyed by what its rules read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from guibiao.editing.figures import STATED, Figure, Figures, Subject, read_figures
from guibiao.editing.rulebook import is_checked, mentioned, operands
from guibiao.editing.specification import Specifications, specifications_for, specified
from guibiao.graph import Output, StepCache, digest
from guibiao.model.indicator import Indicator
from guibiao.model.messages import active_language
from guibiao.reference.definitions import Workspace
from guibiao.store.port import WorkingStore

if TYPE_CHECKING:
    import pyarrow as pa

ROOMS = ("editing", "checking.py", "reference")
READ_ALL_FROM = 24
"""Steps to be run from which figures of all indicators are read at once."""


class Run(Protocol):
    """What of a run the rules are applied to."""

    @property
    def workspace(self) -> Workspace: ...
    @property
    def store(self) -> WorkingStore: ...
    @property
    def cache(self) -> StepCache: ...
    @property
    def tables(self) -> Mapping[str, Output]: ...
    def digests(self, indicators: Iterable[str]) -> dict[str, str]: ...
    def observations_of(self, indicators: Iterable[str]) -> pa.Table: ...
    def statements_of(self, indicators: Iterable[str]) -> pa.Table: ...
    def cells(self, dataset: str) -> pa.Table: ...


class Checking:
    """Applies the rules in force on a day to what one run has stated and observed; figures are read only where a step has to run."""

    def __init__(self, run: Run, day: date) -> None:
        self._run = run
        self._day = day
        self._workspace = run.workspace
        self._figures: dict[str, list[Figure]] = {}
        self._read = 0
        self._trees: dict[str, dict[str, tuple[str, ...]]] = {}

    def outputs(self) -> dict[str, Output]:
        """One step an indicator that rules bear on; those without a finding record nothing in the store."""
        indicators = self._workspace.indicators
        return {f"checks {name}": self._step(each) for name, each in indicators.items() if is_checked(each, indicators)}

    @cached_property
    def _specifications(self) -> Mapping[str, Specifications]:
        return specified(self._workspace.quality, self._day, self._workspace.places)

    @cached_property
    def _shared(self) -> str:
        """What every check depends on besides figures: names, areas, sources' dates, rule parameters."""
        workspace = self._workspace
        sources = [(source.id, source.known_from) for source in workspace.sources.values()]
        return digest(workspace.classifications, workspace.settings.country, sources, self._specifications, active_language())

    def _step(self, indicator: Indicator) -> Output:
        indicators = self._workspace.indicators
        names = operands(indicator, indicators)
        inputs = self._run.digests(names)
        listed = indicator.relation.dataset if indicator.relation is not None else ""
        if listed in self._run.tables:
            inputs["list"] = self._run.tables[listed].key

        def compute(key: str) -> tuple[dict[str, str], dict[str, object]]:
            from guibiao.editing.steps import check_figures

            found = specifications_for(indicator.id, self._specifications)
            count = check_figures(self._run.store, key, self._subject(indicator, names), found)
            return ({"findings": key}, {"stored": True, "findings": count}) if count else ({}, {"findings": 0})

        specification = digest(*(indicators[name] for name in mentioned(indicator, indicators)), self._shared)
        return self._run.cache.run(f"checks {indicator.id}", inputs, specification, ROOMS, compute)

    def _subject(self, indicator: Indicator, names: Collection[str]) -> Subject:
        workspace = self._workspace
        self._fill(names)
        return Subject(
            indicator=indicator,
            figures=Figures(figure for name in names for figure in self._figures[name]),
            indicators=workspace.indicators,
            classifications=workspace.classifications,
            country=workspace.settings.country,
            documents=self._documents,
            listed=self._listed(indicator),
            list_name=self._list_name(indicator),
            trees=self._trees,
        )

    def _fill(self, names: Collection[str]) -> None:
        """Read the figures of these indicators, or of all once several steps have asked."""
        wanted = [name for name in names if name not in self._figures]
        if not wanted:
            return
        self._read += 1
        if self._read == READ_ALL_FROM:
            wanted = [name for name in self._workspace.indicators if name not in self._figures]
        chosen = set(self._run.observations_of(wanted)["statement"].to_pylist())
        stated = self._run.statements_of(wanted).select(STATED)
        derived = [name for name in wanted if self._workspace.indicators[name].formula]
        rows = self._run.observations_of(derived).to_pylist() if derived else []
        found: dict[str, list[Figure]] = defaultdict(list)
        for figure in read_figures(self._thinned(stated).to_pylist(), chosen, rows):
            found[figure.indicator].append(figure)
        self._figures |= {name: found.get(name, []) for name in wanted}

    def _thinned(self, stated: pa.Table) -> pa.Table:
        """The statements without those of very large indicators that no rule can judge."""
        import pyarrow as pa
        import pyarrow.compute as pc

        from guibiao.editing.sets import LARGE, is_thinned, within_reach

        if stated.num_rows <= LARGE:
            return stated
        sizes = {each["values"]: each["counts"] for each in pc.value_counts(stated["indicator"]).to_pylist()}
        indicators = self._workspace.indicators
        large = [name for name, size in sizes.items() if is_thinned(indicators[name], size, name in self._related)]
        latest = {source: days[1] for source, days in self._documents.items()}
        parts = [within_reach(stated.filter(pc.equal(stated["indicator"], name)), latest) for name in large]
        return pa.concat_tables([stated.filter(pc.invert(pc.is_in(stated["indicator"], pa.array(large, pa.string())))), *parts])

    @cached_property
    def _related(self) -> frozenset[str]:
        """Indicators that the rules on another one look at."""
        indicators = self._workspace.indicators
        return frozenset(name for each in indicators.values() for name in operands(each, indicators) if name != each.id)

    @cached_property
    def _documents(self) -> Mapping[str, tuple[date, date]]:
        from guibiao.editing.dating import document_days

        return {source.id: document_days(source.known_from) for source in self._workspace.sources.values()}

    def _listed(self, indicator: Indicator) -> int | None:
        """Entries of the list that a count is declared to count."""
        from guibiao.editing.lists import codes_counted, counted

        relation = indicator.relation
        if relation is None or relation.kind != "count":
            return None
        if relation.dataset in self._run.tables:
            return counted(self._run.cells(relation.dataset).to_pylist(), relation)
        classification = self._workspace.classifications.get(relation.classification)
        return codes_counted(classification, relation.level) if classification is not None else None

    def _list_name(self, indicator: Indicator) -> str:
        relation = indicator.relation
        if relation is None:
            return ""
        table = self._workspace.tables.get(relation.dataset)
        classification = self._workspace.classifications.get(relation.classification)
        titles = (f"{table.place} {table.title}".strip() if table else "", classification.name_zh if classification else "")
        return next((title for title in titles if title), relation.dataset or relation.classification)
