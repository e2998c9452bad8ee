"""The documents of a run as cached steps: charts, report (paper, page, Word), workbook of tables, brief for the meeting, scheme."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guibiao.boards import Boards
from guibiao.graph import Output, digest
from guibiao.indices import Indices
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.tables import FINDINGS
from guibiao.run import DataRun
from guibiao.warnings_board import WarningBoards

if TYPE_CHECKING:
    from guibiao.publish.charts.chart import Chart
    from guibiao.publish.charts.drawing import Drawer
    from guibiao.publish.document import Document
    from guibiao.publish.docx_text import Drawing
    from guibiao.publish.figures import Figure, Figures
    from guibiao.publish.lineage import Records
    from guibiao.publish.report import Manuscript
    from guibiao.reference.report_definitions import ChartDefinition

CHART_ROOM = ("publish/charts",)
PAGE = "report.html"
"""File whose passports the brief leads to."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A document with its passports, and the figures it quotes."""

    document: Document
    figures: tuple[Figure, ...]


class Documents:
    """What readers of text get, built from cached steps; each property is computed once."""

    def __init__(self, data: DataRun) -> None:
        self.data = data
        self.workspace = data.workspace
        self.cache = data.cache
        self.boards = Boards(data)
        self.warnings = WarningBoards(data)
        self.indices = Indices(data)

    @cached_property
    def findings_digest(self) -> str:
        outputs = (output for group in (self.data.tables, self.data.observations, self.data.rules) for output in group.values())
        return digest(*(f"{output.step}={output.part('findings')}" for output in outputs))

    @cached_property
    def names(self) -> str:
        """Names and definitions that documents print."""
        workspace = self.workspace
        defined = (workspace.indicators, workspace.sources, workspace.classifications, workspace.correspondences, workspace.frameworks)
        return digest(workspace.settings, *defined, active_language())

    @cached_property
    def figures(self) -> Figures:
        """The figures that report and brief quote and all they rest on; read from the store only when a step needs them."""
        from guibiao.publish.figures import Figures

        return Figures(self.workspace, self.data.observations_of(self._read).to_pylist(), self._statement_rows)

    @cached_property
    def _read(self) -> tuple[str, ...]:
        return self.data.lineage({*self._quoted, *self._quoted_by_brief})

    @cached_property
    def _statement_rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.data.statements_of(self._read).to_pylist()
        return rows

    @cached_property
    def charts(self) -> Mapping[str, Output]:
        """Specification of every chart."""
        return {definition.id: self._chart(definition) for definition in self.workspace.report.charts}

    def _chart(self, definition: ChartDefinition) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            chart = self._specified(definition)
            parts = {"chart": self.cache.keep(as_json(asdict(chart))), "spec": self.cache.keep(as_json(chart.spec))}
            return parts, {"artefacts": list(parts.values()), "drawn": chart.spec is not None}

        inputs = self.data.digests(series.indicator for series in definition.series)
        inputs |= self.boards.digests(definition) | (self.warnings.digests if definition.kind == "lights" else {})
        inputs |= self.indices.digests if definition.index else {}
        return self.cache.run(f"chart {definition.id}", inputs, digest(definition, self.names), ("publish", "reference"), compute)

    def _specified(self, definition: ChartDefinition) -> Chart:
        from guibiao.publish.attainment_chart import draw_outcomes
        from guibiao.publish.charts.chart import Order
        from guibiao.publish.charts.specify import specify
        from guibiao.publish.index_chart import draw_index
        from guibiao.publish.passports import passport_id
        from guibiao.publish.warning_chart import draw_lights
        from guibiao.publish.wording import Wording

        order = Order(definition, self.figures, Wording(active_language()), passport_id)
        if definition.kind == "outcome":
            return draw_outcomes(order, self.boards.of(definition))
        if definition.kind == "lights":
            return draw_lights(order, self.warnings.rows)
        if definition.index:
            return draw_index(order, self.indices.boards)
        return specify(definition, self.figures, active_language(), passport_id)

    @cached_property
    def drawer(self) -> Drawer:
        """Draws the charts that must be drawn anew while the document is composed."""
        from guibiao.publish.charts.drawing import Drawer

        return Drawer()

    @cached_property
    def _ordered(self) -> frozenset[str]:
        """Charts that must be drawn anew, ordered from the drawer."""
        specs = {name: chart.part("spec") for name, chart in self.charts.items() if chart.facts["drawn"]}
        stale = {name: spec for name, spec in specs.items() if not self.cache.holds(f"drawing {name}", {"spec": spec}, "", CHART_ROOM)}
        self.drawer.draw({name: self.cache.artefact(spec).decode() for name, spec in stale.items()})
        return frozenset(stale)

    @cached_property
    def drawings(self) -> Mapping[str, Output]:
        """Every chart as shapes."""
        _ = self._ordered
        return {name: self._drawing(name, chart) for name, chart in self.charts.items() if chart.facts["drawn"]}

    def _drawing(self, name: str, chart: Output) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            svg = self.cache.keep(self.drawer.svg(name).encode())
            return {"svg": svg}, {"artefacts": [svg]}

        return self.cache.run(f"drawing {name}", {"spec": chart.part("spec")}, "", CHART_ROOM, compute)

    @cached_property
    def _pictures(self) -> Mapping[str, Output]:
        """Every chart as picture, for readers of Word documents that draw no shapes."""
        return {name: self._picture(name, drawing) for name, drawing in self.drawings.items()}

    def _picture(self, name: str, drawing: Output) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            png = self.cache.keep(self.drawer.png(name, self.cache.artefact(drawing.part("svg")).decode()))
            return {"png": png}, {"artefacts": [png]}

        return self.cache.run(f"picture {name}", {"svg": drawing.part("svg")}, "", (*CHART_ROOM, "publish/fonts.py"), compute)

    def _drawn(self, document: Document) -> dict[str, Drawing]:
        """Shapes and pictures of the charts a document holds."""
        from guibiao.publish.document import ChartBlock
        from guibiao.publish.docx_text import Drawing

        return {
            block.id: Drawing(
                self.cache.artefact(self.drawings[block.id].part("svg")).decode(), self.cache.artefact(self._pictures[block.id].part("png"))
            )
            for block in document.blocks
            if isinstance(block, ChartBlock)
        }

    def chart(self, name: str) -> Chart:
        """A chart as specified, read back from its step."""
        from guibiao.publish.charts.chart import Chart

        stored = json.loads(self.cache.artefact(self.charts[name].part("chart")))
        fields: dict[str, Any] = {field: tuple(value) if isinstance(value, list) else value for field, value in stored.items()}
        return Chart(**fields)

    @cached_property
    def report(self) -> Output:
        """Text, tables and passports as Typst source; its facts name the passports."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.typst import render_typst

            _ = self._ordered
            document = self._composed.document
            typ = self.cache.keep(render_typst(document, self._svgs).encode())
            return {"typ": typ}, {"artefacts": [typ], "passports": sorted(passport.id for passport in document.passports)}

        return self.cache.run("report", *self._rests_on, ("publish", "reference"), compute)

    @cached_property
    def page(self) -> Output:
        """The same as a page; written while the paper is being set."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.html import render_html

            _ = self._ordered
            return self._kept("html", render_html(self._composed.document, self._svgs).encode())

        return self.cache.run("page", *self._rests_on, ("publish", "reference"), compute)

    @cached_property
    def _rests_on(self) -> tuple[Mapping[str, str], str]:
        """Inputs and specification of the report, on paper and as a page."""
        inputs = self.data.digests(self._quoted) | {"findings": self.findings_digest}
        inputs |= {f"chart {name}": output.digest for name, output in self.charts.items()} | self._boards
        specification = digest(self.workspace.template, self.workspace.report, self.names, self._day, self.data.request.as_of)
        return inputs, specification

    @property
    def _boards(self) -> dict[str, str]:
        """Boards of targets, of warnings and of indices that a document may quote."""
        return self.boards.digests() | self.warnings.digests | self.indices.digests

    @property
    def _svgs(self) -> dict[str, str]:
        return {name: self.cache.artefact(output.part("svg")).decode() for name, output in self.drawings.items()}

    @property
    def _day(self) -> Any:
        return self.data.request.as_of or self.data.today

    @cached_property
    def _quoted(self) -> list[str]:
        """Indicators that the report may quote."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.report import quoted_indicators

            return {}, {"indicators": list(quoted_indicators(self.workspace))}

        specification = digest(self.workspace.template, self.workspace.report, self.workspace.indicators)
        return list(self.cache.run("quoted indicators", {}, specification, ("publish",), compute).facts["indicators"])

    @cached_property
    def _quoted_by_brief(self) -> list[str]:
        """Indicators that the brief may quote."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.report import brief_manuscript, quoted_indicators

            manuscript = brief_manuscript(self.workspace)
            return {}, {"indicators": list(quoted_indicators(self.workspace, manuscript)) if manuscript else []}

        specification = digest(self.workspace.brief, self.workspace.report, self.workspace.indicators)
        return list(self.cache.run("quoted indicators of the brief", {}, specification, ("publish",), compute).facts["indicators"])

    @cached_property
    def _composed(self) -> Composed:
        return self._compose(None)

    def _compose(self, manuscript: Manuscript | None) -> Composed:
        from guibiao.publish.passports import passport_id, passports
        from guibiao.publish.report import build_document

        placed = [name for name in self.charts if manuscript is None or name in manuscript.text]
        report = build_document(
            self.workspace,
            self.figures,
            self.data.finding_rows,
            passport_of=passport_id,
            charts={name: self.chart(name) for name in placed},
            as_of=self._day,
            language=active_language(),
            boards=self.boards.rows(),
            warnings=self.warnings.rows,
            indices=self.indices.boards,
            past=self.data.request.as_of is not None,
            manuscript=manuscript,
        )
        if manuscript is not None:
            return Composed(report.document, report.figures)
        records = lineage_records(self.data, self.figures, self._statement_rows)
        return Composed(replace(report.document, passports=passports(report.figures, records)), report.figures)

    def typeset(self) -> Output:
        """The PDF; may run beside other steps, since it touches neither store nor figures."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.typst import compile_pdf

            pdf = self.cache.keep(compile_pdf(self.cache.artefact(self.report.part("typ")).decode()))
            return {"pdf": pdf}, {"artefacts": [pdf]}

        return self.cache.run("report.pdf", {"typ": self.report.part("typ")}, "", ("publish/typst.py", "publish/fonts.py"), compute)

    @cached_property
    def word(self) -> Output:
        """The report as a Word document; it says what the page says."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.docx import render_docx

            document = self._composed.document
            return self._kept("docx", render_docx(document, self._drawn(document)))

        inputs = {"page": self.page.part("html")} | {name: output.part("png") for name, output in self._pictures.items()}
        return self.cache.run("report.docx", inputs, "", ("publish",), compute)

    @cached_property
    def tables(self) -> Output:
        """The tables of the report as a workbook."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.xlsx_tables import render_tables

            composed = self._composed
            return self._kept("xlsx", render_tables(composed.document, self.workspace, composed.figures))

        return self.cache.run("tables.xlsx", {"page": self.page.part("html")}, self.names, ("publish",), compute)

    @cached_property
    def brief(self) -> Output | None:
        """The brief for the meeting, with the pages it takes; None where the workspace has no template for it."""
        from guibiao.publish.report import brief_manuscript

        manuscript = brief_manuscript(self.workspace)
        if manuscript is None:
            return None

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.official import brief_pages, render_brief

            document = self._compose(manuscript).document
            drawings = self._drawn(document)
            parts, facts = self._kept("docx", render_brief(document, drawings, {name: f"{PAGE}#{name}" for name in reachable}))
            return parts, {**facts, "pages": brief_pages(document, drawings)}

        reachable = self.report.facts["passports"]
        inputs = self.data.digests(self._quoted_by_brief) | {"findings": self.findings_digest, "passports": digest(*reachable)}
        inputs |= {f"picture {name}": output.part("png") for name, output in self._pictures.items() if name in manuscript.text}
        inputs |= self._boards
        specification = digest(manuscript, self.workspace.report, self.names, self._day, self.data.request.as_of)
        return self.cache.run("brief.docx", inputs, specification, ("publish", "reference"), compute)

    @cached_property
    def findings(self) -> tuple[dict[str, str], ...]:
        """Findings on the documents themselves: a brief that is too long."""
        from guibiao.publish.official import PAGES_AT_MOST

        if self.brief is None or self.brief.facts["pages"] <= PAGES_AT_MOST:
            return ()
        said = {
            "rule": "brief_length",
            "severity": "warning",
            "message": _("专报约 {pages} 页，超过 {most} 页").format(pages=self.brief.facts["pages"], most=PAGES_AT_MOST),
            "remedy": _("删减 {file} 的内容，或把表格移到报告里。").format(file=f"report/{self.workspace.report.brief}"),
            "locator": f"report/{self.workspace.report.brief}",
        }
        return (dict.fromkeys(FINDINGS.names, "") | said,)

    @cached_property
    def scheme(self) -> Output:
        """The statistical scheme: only the definitions of the workspace decide it."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.docx import render_docx
            from guibiao.publish.scheme import build_scheme

            return self._kept("docx", render_docx(build_scheme(self.workspace, "", active_language()), {}))

        workspace = self.workspace
        defined = digest(workspace.frameworks, workspace.agreements, workspace.correspondences, workspace.rules, workspace.tables)
        titles = (workspace.report.publisher_zh, workspace.report.publisher_en)
        return self.cache.run("scheme.docx", {}, digest(self.names, defined, titles), ("publish", "reference"), compute)

    def _kept(self, part: str, content: bytes) -> tuple[dict[str, str], dict[str, Any]]:
        name = self.cache.keep(content)
        return {part: name}, {"artefacts": [name]}


def lineage_records(data: DataRun, figures: Figures, statements: list[dict[str, Any]]) -> Records:
    """What passports are written from."""
    from guibiao.publish.lineage import Records
    from guibiao.publish.wording import Wording

    def cells(dataset: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = data.cells(dataset).to_pylist() if dataset in data.tables else []
        return rows

    return Records(figures, statements, cells, data.finding_rows, data.precedence, Wording(active_language()), data.request.as_of)


def as_json(value: Any) -> bytes:
    """JSON as it is written to files."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()
