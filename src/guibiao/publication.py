"""The publishing half of a run: charts, document, paper and page, data files, changes since the last run, drafted release."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guibiao import __version__
from guibiao.graph import Output, digest, write_atomically
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.quantity import format_number
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.run import DataRun

if TYPE_CHECKING:
    from guibiao.publish.charts.chart import Chart
    from guibiao.publish.charts.drawing import Drawer
    from guibiao.publish.figures import Figures
    from guibiao.publish.lineage import Records
    from guibiao.publish.release import Change
    from guibiao.reference.report_definitions import ChartDefinition
    from guibiao.store.port import ReleaseArchive

LAST_RUN = "last_run.json"
CHART_ROOM = ("publish/charts",)
CHANGES_NAMED = 12
SEVERITIES = ("error", "warning", "info")


class Publication:
    """Everything a run writes for readers; built from cached steps."""

    def __init__(self, data: DataRun) -> None:
        self.data = data
        self.workspace = data.workspace
        self.out = data.request.out
        self.cache = data.cache
        self.written: list[str] = []
        self.release = ""

    def write(self) -> None:
        """Write report, page and data files, and draft the release; what did not change is not written again."""
        _ = self.data.tables
        if not all(each.reused for each in self.data.trace):
            self._drawer.begin()
        try:
            self._write()
        finally:
            self._drawer.close()

    def _write(self) -> None:
        self._put("report.html", self._document.part("html"))
        with ThreadPoolExecutor(1) as typesetter:
            pdf = typesetter.submit(self._typeset)
            for name, output in self._drawings.items():
                self._put(f"charts/{name}.svg", output.part("svg"))
                self._put(f"charts/{name}.vl.json", self._charts[name].part("spec"))
            for name, part in {**self._data_files.parts, **self._catalog.parts}.items():
                self._put(f"data/{name}", part)
            self.release = self._drafted()
            self._put("report.pdf", pdf.result().part("pdf"))
        self._keep_changes()
        for path in (self.out / "charts").glob("*"):
            if f"charts/{path.name}" not in self.written:
                path.unlink()

    def summary(self, seconds: float) -> dict[str, Any]:
        """What the run did, for the terminal and for `--format json`."""
        ran = [
            {"step": each.step, "seconds": round(each.seconds, 3), "inputs": list(each.inputs)}
            for each in self.data.trace
            if not each.reused
        ]
        shown = [_line(change) for change in self.changes[:CHANGES_NAMED]]
        if len(self.changes) > CHANGES_NAMED:
            shown.append(_("另有 {count} 项，见 data/changes.json").format(count=len(self.changes) - CHANGES_NAMED))
        return {
            "workspace": self.workspace.settings.id,
            "out": str(self.out),
            "as_of": self.data.request.as_of,
            "seconds": round(seconds, 3),
            "steps": {"run": ran, "reused": len(self.data.trace) - len(ran)},
            **{name: self._data_files.facts[name] for name in ("observations", "findings")},
            "changes": {"text": self._changes_text, "count": len(self.changes), "lines": shown},
            "release": self.release,
            "files": [str(self.out / name) for name in self.written],
        }

    @cached_property
    def figures(self) -> Figures:
        """The figures that the report quotes and all they rest on; read from the store only when a step needs them."""
        from guibiao.publish.figures import Figures

        names = self.data.lineage(self._quoted)
        return Figures(self.workspace, self.data.observations_of(names).to_pylist(), self._statement_rows)

    @cached_property
    def _statement_rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.data.statements_of(self.data.lineage(self._quoted)).to_pylist()
        return rows

    @cached_property
    def _findings_digest(self) -> str:
        outputs = (output for group in (self.data.tables, self.data.observations, self.data.rules) for output in group.values())
        return digest(*(f"{output.step}={output.part('findings')}" for output in outputs))

    @cached_property
    def _names(self) -> str:
        """Names and definitions that documents print."""
        workspace = self.workspace
        return digest(workspace.settings, workspace.indicators, workspace.sources, workspace.classifications, active_language())

    @cached_property
    def _charts(self) -> Mapping[str, Output]:
        return {definition.id: self._chart(definition) for definition in self.workspace.report.charts}

    def _chart(self, definition: ChartDefinition) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.charts.specify import specify
            from guibiao.publish.passports import passport_id

            chart = specify(definition, self.figures, active_language(), passport_id)
            parts = {"chart": self.cache.keep(_json(asdict(chart))), "spec": self.cache.keep(_json(chart.spec))}
            return parts, {"artefacts": list(parts.values()), "drawn": chart.spec is not None}

        inputs = self.data.digests(series.indicator for series in definition.series)
        return self.cache.run(f"chart {definition.id}", inputs, digest(definition, self._names), ("publish", "reference"), compute)

    @cached_property
    def _drawer(self) -> Drawer:
        """Draws the charts that must be drawn anew while the document is composed."""
        from guibiao.publish.charts.drawing import Drawer

        return Drawer()

    @cached_property
    def _ordered(self) -> frozenset[str]:
        """Charts that must be drawn anew, ordered from the drawer."""
        specs = {name: chart.part("spec") for name, chart in self._charts.items() if chart.facts["drawn"]}
        stale = {name: spec for name, spec in specs.items() if not self.cache.holds(f"drawing {name}", {"spec": spec}, "", CHART_ROOM)}
        self._drawer.draw({name: self.cache.artefact(spec).decode() for name, spec in stale.items()})
        return frozenset(stale)

    @cached_property
    def _drawings(self) -> Mapping[str, Output]:
        _ = self._ordered
        return {name: self._drawing(name, chart) for name, chart in self._charts.items() if chart.facts["drawn"]}

    def _drawing(self, name: str, chart: Output) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            svg = self.cache.keep(self._drawer.svg(name).encode())
            return {"svg": svg}, {"artefacts": [svg]}

        return self.cache.run(f"drawing {name}", {"spec": chart.part("spec")}, "", CHART_ROOM, compute)

    def chart(self, name: str) -> Chart:
        """A chart as specified, read back from its step."""
        from guibiao.publish.charts.chart import Chart

        stored = json.loads(self.cache.artefact(self._charts[name].part("chart")))
        fields: dict[str, Any] = {field: tuple(value) if isinstance(value, list) else value for field, value in stored.items()}
        return Chart(**fields)

    @cached_property
    def _document(self) -> Output:
        """Text, tables and passports as Typst source and as a page."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.html import render_html
            from guibiao.publish.typst import render_typst

            _ = self._ordered
            document = self._composed()
            drawings = {name: self.cache.artefact(output.part("svg")).decode() for name, output in self._drawings.items()}
            parts = {
                "typ": self.cache.keep(render_typst(document, drawings).encode()),
                "html": self.cache.keep(render_html(document, drawings).encode()),
            }
            return parts, {"artefacts": list(parts.values()), "passports": len(document.passports)}

        inputs = self.data.digests(self._quoted) | {"findings": self._findings_digest}
        inputs |= {f"chart {name}": output.digest for name, output in self._charts.items()}
        day = self.data.request.as_of or self.data.today
        specification = digest(self.workspace.template, self.workspace.report, self._names, day, self.data.request.as_of)
        return self.cache.run("report", inputs, specification, ("publish", "reference"), compute)

    @cached_property
    def _quoted(self) -> list[str]:
        """Indicators that the report may quote."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.report import quoted_indicators

            return {}, {"indicators": list(quoted_indicators(self.workspace))}

        specification = digest(self.workspace.template, self.workspace.report, self.workspace.indicators)
        return list(self.cache.run("quoted indicators", {}, specification, ("publish",), compute).facts["indicators"])

    def _composed(self) -> Any:
        from guibiao.publish.passports import passport_id, passports
        from guibiao.publish.report import build_document

        charts = {name: self.chart(name) for name in self._charts}
        day = self.data.request.as_of or self.data.today
        report = build_document(
            self.workspace,
            self.figures,
            self.data.finding_rows,
            passport_of=passport_id,
            charts=charts,
            as_of=day,
            language=active_language(),
            past=self.data.request.as_of is not None,
        )
        return replace(report.document, passports=passports(report.figures, lineage_records(self.data, self.figures, self._statement_rows)))

    def _typeset(self) -> Output:
        """The PDF; runs beside the data files, so it touches neither store nor figures."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.typst import compile_pdf

            pdf = self.cache.keep(compile_pdf(self.cache.artefact(self._document.part("typ")).decode()))
            return {"pdf": pdf}, {"artefacts": [pdf]}

        return self.cache.run("report.pdf", {"typ": self._document.part("typ")}, "", ("publish/typst.py", "publish/fonts.py"), compute)

    @cached_property
    def _data_files(self) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.datasets import findings_csv, parquet

            parts = {
                "observations.parquet": self.cache.keep(parquet(self.data.all_observations)),
                "findings.csv": self.cache.keep(findings_csv(self.data.finding_rows)),
            }
            severities = [row["severity"] for row in self.data.finding_rows]
            counts = {severity: severities.count(severity) for severity in SEVERITIES}
            return parts, {"artefacts": list(parts.values()), "observations": self.data.all_observations.num_rows, "findings": counts}

        inputs = {name: output.digest for name, output in self.data.observations.items()} | {"findings": self._findings_digest}
        return self.cache.run("data files", inputs, active_language(), ("publish/datasets.py",), compute)

    @cached_property
    def _catalog(self) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.datasets import catalog

            tables = {name: dict(output.facts) for name, output in self.data.tables.items()}
            counts = {name: {key: value for key, value in facts.items() if key != "stored"} for name, facts in tables.items()}
            description = catalog(self.workspace, self.data.observation_rows, counts, self._data_files.parts)
            name = self.cache.keep(_json(description))
            return {"catalog.json": name}, {"artefacts": [name]}

        inputs = {name: output.digest for name, output in self.data.tables.items()} | {"files": self._data_files.digest}
        return self.cache.run("catalogue", inputs, self._names, ("publish/datasets.py",), compute)

    def _drafted(self) -> str:
        """A drafted release of the run's observations and findings; the same content is the same release."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.release import Content, draft

            content = Content(
                workspace=self.workspace.settings.id,
                software=__version__,
                tables={OBSERVATIONS: self.data.all_observations, FINDINGS: self.data.all_findings},
                as_of=self.data.request.as_of,
                restricted=restricted,
                errors=sum(row["severity"] == "error" for row in self.data.finding_rows),
            )
            return {}, {"release": draft(self._archive, content, at=datetime.now(UTC)).id}

        restricted = tuple(sorted(name for name, table in self.workspace.tables.items() if table.restricted and name in self.data.tables))
        specification = digest(self.data.request.as_of, __version__, self.workspace.settings.id, restricted)
        output = self.cache.run("release draft", {"data": self._data_files.digest}, specification, ("publish/release.py", "store"), compute)
        kept = (self.out / "releases" / str(output.facts["release"])).is_dir()
        return str(output.facts["release"] if kept else compute("")[1]["release"])

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What is not as it was in the last run into this folder."""
        from guibiao.publish.release import diff

        if self._last_release in {"", self.release}:
            return ()
        return diff(self._archive, self._last_release, self.release)

    @property
    def _changes_text(self) -> str:
        if not self._last_release:
            return _("首次运行")
        return _("{count} 个数据有变化").format(count=len(self.changes)) if self.changes else _("没有变化")

    @cached_property
    def _archive(self) -> ReleaseArchive:
        from guibiao.store.open import open_archive

        return open_archive(self.out / "releases")

    @cached_property
    def _last_release(self) -> str:
        """The release drafted by the last run into this folder, if it is still there."""
        try:
            last = str(json.loads((self.out / "store" / LAST_RUN).read_bytes())["release"])
        except (OSError, ValueError, KeyError):
            return ""
        return last if (self.out / "releases" / last).is_dir() else ""

    def _keep_changes(self) -> None:
        write_atomically(self.out / "data" / "changes.json", _json([change.to_dict() for change in self.changes]))
        write_atomically(self.out / "store" / LAST_RUN, _json({"release": self.release}))

    def _put(self, name: str, artefact: str) -> None:
        """Write an artefact to the output folder unless the file there is the same."""
        path = self.out / name
        data = self.cache.artefact(artefact)
        if not path.is_file() or path.read_bytes() != data:
            write_atomically(path, data)
        self.written.append(name)


def lineage_records(data: DataRun, figures: Figures, statements: list[dict[str, Any]]) -> Records:
    """What passports are written from."""
    from guibiao.publish.lineage import Records
    from guibiao.publish.wording import Wording

    def cells(dataset: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = data.cells(dataset).to_pylist() if dataset in data.tables else []
        return rows

    return Records(figures, statements, cells, data.finding_rows, data.precedence, Wording(active_language()), data.request.as_of)


def _line(change: Change) -> str:
    kinds = {"added": _("新增"), "removed": _("删除"), "revised": _("修订")}
    what = " ".join(filter(None, (change.indicator, change.area, change.categories, str(change.period), change.accounting_basis)))
    sides = ((change.old, change.old_unit), (change.new, change.new_unit))
    return f"{kinds[change.kind.value]} {what}：" + " → ".join(
        f"{format_number(value)}{unit}" for value, unit in sides if value is not None
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()
