"""The data files of a run as cached steps: observations, findings, gaps, dictionary, and the two catalogues of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from guibiao.documents import Documents, as_json
from guibiao.graph import Output, digest
from guibiao.model.messages import active_language
from guibiao.run import DataRun

SEVERITIES = ("error", "warning", "info")


class DataFiles:
    """What readers of data get; figures under restriction, and what is computed from them, stay out."""

    def __init__(self, data: DataRun, documents: Documents) -> None:
        self.data = data
        self.documents = documents
        self.workspace = data.workspace
        self.cache = data.cache

    @property
    def parts(self) -> dict[str, str]:
        """Every file by name."""
        boards = (self.documents.boards.file, self.documents.warnings.file, self.indices)
        outputs = (self.figures, self.gaps, *boards, self.dictionary, self.catalogue, self.exchange_catalogue)
        return {name: part for output in outputs for name, part in output.parts.items()}

    @cached_property
    def figures(self) -> Output:
        """Observations and findings; facts count them, what was left out, and what of bulk tables only the Parquet file holds."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.datasets import findings_csv, parquet
            from guibiao.publish.open_data import cleared, observations_csv

            findings = [*self.data.finding_rows, *self.documents.findings]
            published = cleared(self.data.all_observations, *self._restricted_figures)
            spread = cleared(published, (), self.workspace.bulk_indicators)
            parts = {
                "observations.parquet": self.cache.keep(parquet(published)),
                "observations.csv": self.cache.keep(observations_csv(spread)),
                "findings.csv": self.cache.keep(findings_csv(findings)),
            }
            severities = [row["severity"] for row in findings]
            count = self.data.all_observations.num_rows
            facts = {
                "observations": count,
                "left_out": count - published.num_rows,
                "parquet_only": published.num_rows - spread.num_rows,
                "findings": {severity: severities.count(severity) for severity in SEVERITIES},
                **_coverage(published),
            }
            return parts, {"artefacts": list(parts.values()), **facts}

        inputs = {name: output.digest for name, output in self.data.observations.items()} | {"findings": self.documents.findings_digest}
        specification = digest(active_language(), self.restricted, sorted(self.workspace.bulk_indicators), self.documents.findings)
        rooms = ("publish/datasets.py", "publish/open_data.py", "publish/spreadsheet_text.py")
        return self.cache.run("data files", inputs, specification, rooms, compute)

    @property
    def restricted(self) -> tuple[str, ...]:
        """Datasets in use that nobody has cleared for release."""
        return tuple(sorted(name for name in self.data.uncleared if name in self.data.tables))

    @cached_property
    def _restricted_figures(self) -> tuple[frozenset[str], frozenset[str]]:
        """Statements of restricted tables, and computed indicators that rest on an observation which chose one of them."""
        if not self.restricted:
            return frozenset(), frozenset()
        statements = self.data.store.statements([self.data.tables[name].key for name in self.restricted])
        withheld = frozenset(statements["statement"].to_pylist())
        stated = sorted(set(statements["indicator"].to_pylist()) & set(self.data.observations))
        chosen = self.data.observations_of(stated).select(["indicator", "statement"]).to_pylist()
        tainted = {row["indicator"] for row in chosen if row["statement"] in withheld}
        derived = (name for name, indicator in self.workspace.indicators.items() if indicator.is_computed)
        return withheld, frozenset(name for name in derived if tainted & set(self.data.lineage([name])))

    @cached_property
    def indices(self) -> Output:
        """Scores of indices, without those that rest on figures of restricted tables."""
        if not self.restricted:
            return self.documents.indices.files(frozenset())
        statements = self.data.store.statements([self.data.tables[name].key for name in self.restricted])
        tainted = set(statements["indicator"].to_pylist())
        rests_on = {name: set(self.data.lineage(index.indicators)) for name, index in self.workspace.indices.items()}
        return self.documents.indices.files(frozenset(name for name, names in rests_on.items() if names & tainted))

    @cached_property
    def gaps(self) -> Output:
        """Indicators without a figure for the workspace's own area."""
        workspace, day = self.workspace, self.data.request.as_of or self.data.today
        names = [name for name, indicator in workspace.indicators.items() if indicator.gap_office]

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.gaps import gap_rows, gaps_csv

            rows = self.data.observations_of(names).select(["indicator", "area"]).to_pylist() if names else []
            observed = {row["indicator"] for row in rows if row["area"] == workspace.settings.area}
            found = gap_rows(workspace, observed, day)
            name = self.cache.keep(gaps_csv(found))
            overdue = sum(row["state_en"] == "overdue" for row in found)
            return {"gaps.csv": name}, {"artefacts": [name], "gaps": len(found), "overdue": overdue}

        inputs = {name: self.data.observations[name].digest for name in names}
        defined = digest(workspace.indicators, workspace.frameworks, workspace.agreements, workspace.report, day)
        return self.cache.run("gaps", inputs, defined, ("publish/gaps.py", "publish/spreadsheet_text.py"), compute)

    @cached_property
    def dictionary(self) -> Output:
        """Columns and indicators explained."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.open_data import dictionary_csv

            name = self.cache.keep(dictionary_csv(self.workspace))
            return {"dictionary.csv": name}, {"artefacts": [name]}

        rooms = ("publish/open_data.py", "publish/gaps.py", "publish/index_columns.py", "publish/spreadsheet_text.py")
        defined = digest(self.workspace.indicators, sorted(self.workspace.bulk_indicators), sorted(self.workspace.indices))
        return self.cache.run("dictionary", {}, defined, rooms, compute)

    @cached_property
    def catalogue(self) -> Output:
        """What there is, in the form of the project."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.datasets import catalog

            tables = {name: dict(output.facts) for name, output in self.data.tables.items()}
            counts = {name: {key: value for key, value in facts.items() if key != "stored"} for name, facts in tables.items()}
            name = self.cache.keep(as_json(catalog(self.workspace, self.data.all_observations, counts, self._files)))
            return {"catalog.json": name}, {"artefacts": [name]}

        inputs = {name: output.digest for name, output in self.data.tables.items()} | self._files
        return self.cache.run("catalogue", inputs, self.documents.names, ("publish/datasets.py",), compute)

    @cached_property
    def exchange_catalogue(self) -> Output:
        """What there is, in the vocabulary DCAT."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.open_data_catalog import Coverage, Published, dcat

            files = {name: Published(len(self.cache.artefact(part)), part) for name, part in self._files.items()}
            coverage = Coverage(*(self.figures.facts[name] for name in ("first", "last", "modified")))
            name = self.cache.keep(as_json(dcat(self.workspace, files, coverage)))
            return {"catalog.jsonld": name}, {"artefacts": [name]}

        report = self.workspace.report
        defined = digest(self.workspace.settings, self.workspace.sources, report.publisher_zh, report.publisher_en)
        return self.cache.run("DCAT catalogue", self._files, defined, ("publish/open_data_catalog.py",), compute)

    @property
    def _files(self) -> dict[str, str]:
        boards = {**self.documents.boards.file.parts, **self.documents.warnings.file.parts, **self.indices.parts}
        return {**self.figures.parts, **self.gaps.parts, **boards, **self.dictionary.parts}


def _coverage(observations: Any) -> Mapping[str, str]:
    """First and last day of the periods, and the day the latest figure was published; empty without figures."""
    import pyarrow.compute as pc

    bounds = (("first", "period_start", pc.min), ("last", "period_end", pc.max), ("modified", "known_from", pc.max))
    found = {name: function(observations[column]).as_py() for name, column, function in bounds}
    return {name: "" if day is None else day.isoformat() for name, day in found.items()}
