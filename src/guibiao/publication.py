"""The publishing half of a run: documents, data files, changes since the last run, drafted release."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guibiao import __version__
from guibiao.data_files import DataFiles
from guibiao.documents import Documents, as_json
from guibiao.forecasts import Forecasts
from guibiao.graph import digest, write_atomically
from guibiao.model.forecast_tables import FORECASTS, UNFORECAST
from guibiao.model.messages import translate as _
from guibiao.model.quantity import format_number
from guibiao.model.tables import ATTAINMENT, FINDINGS, INDEX_TABLES, OBSERVATIONS, STATEMENTS, WARNINGS, Table
from guibiao.publish.clearance import restricted_name
from guibiao.run import DataRun

if TYPE_CHECKING:
    from guibiao.publish.release import Change
    from guibiao.store.port import ReleaseArchive, Rows, Source

LAST_RUN = "last_run.json"
CHANGES_NAMED = 12


class Publication:
    """Everything a run writes for readers; built from cached steps."""

    def __init__(self, data: DataRun) -> None:
        self.data = data
        self.workspace = data.workspace
        self.out = data.request.out
        self.cache = data.cache
        self.documents = Documents(data)
        self.files = DataFiles(data, self.documents)
        self.forecasts = Forecasts(data)
        self.written: list[str] = []
        self.release = ""

    def write(self) -> None:
        """Write documents and data files, and draft the release; what did not change is not written again."""
        _ = self.data.tables
        if not all(each.reused for each in self.data.trace):
            self.documents.drawer.begin()
        try:
            self._write()
        finally:
            self.documents.drawer.close()

    def draft(self) -> str:
        """Draft the release and write nothing for readers: what is restricted stays out of their files until it is cleared."""
        self.release = self._drafted()
        return self.release

    def _write(self) -> None:
        documents = self.documents
        with ThreadPoolExecutor(2) as beside:
            release = self._drafting(beside)
            _ = documents.report
            pdf = beside.submit(documents.typeset)
            self._put("report.html", documents.page.part("html"))
            for name, output in documents.drawings.items():
                self._put(f"charts/{name}.svg", output.part("svg"))
                self._put(f"charts/{name}.vl.json", documents.charts[name].part("spec"))
            self._put("tables.xlsx", documents.tables.part("xlsx"))
            self._put("scheme.docx", documents.scheme.part("docx"))
            if documents.brief is not None:
                self._put("brief.docx", documents.brief.part("docx"))
            for name, part in self.files.parts.items():
                self._put(f"data/{name}", part)
            self.release = release()
            self._put("report.docx", documents.word.part("docx"))
            self._put("report.pdf", pdf.result().part("pdf"))
        self._keep_changes()
        self._clear()

    def _clear(self) -> None:
        """Remove what an earlier run wrote and this one has no more."""
        for path in (*(self.out / "charts").glob("*"), self.out / "brief.docx"):
            if path.relative_to(self.out).as_posix() not in self.written:
                path.unlink(missing_ok=True)

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
            **{name: self.files.figures.facts[name] for name in ("observations", "left_out", "findings")},
            "gaps": {name: self.files.gaps.facts[name] for name in ("gaps", "overdue")},
            "changes": {"text": self._changes_text, "count": len(self.changes), "lines": shown},
            "release": self.release,
            "files": [str(self.out / name) for name in self.written],
        }

    def _drafting(self, beside: ThreadPoolExecutor) -> Callable[[], str]:
        """Draft the release beside the composing of documents where it must be made anew; what that takes from the store is read first."""
        if self.cache.holds(*self._draft_step):
            return self._drafted
        _ = self._released, self.data.finding_rows
        return beside.submit(self._drafted).result

    @cached_property
    def _restricted(self) -> tuple[str, ...]:
        held = {name: key for name, key in self.data.uncleared.items() if name in self.data.tables}
        return tuple(sorted(restricted_name(name, key) for name, key in held.items()))

    @cached_property
    def _draft_step(self) -> tuple[str, Mapping[str, str], str, tuple[str, ...]]:
        """Name, inputs, specification and code of the step that drafts the release."""
        inputs = {name: output.digest for name, output in self.data.observations.items()} | {"findings": self.documents.findings_digest}
        inputs |= self.documents.boards.digests() | self.documents.warnings.digests | self.data.digests(self._stated)
        inputs |= self.forecasts.digests
        inputs |= self.documents.indices.digests
        specification = digest(self.data.request.as_of, __version__, self.workspace.settings.id, self._restricted, self._defined)
        return "release draft", inputs, specification, ("publish/release.py", "publish/released_definitions.py", "store")

    @property
    def _defined(self) -> str:
        """Definitions that a release holds."""
        return digest(self.documents.names, self.workspace.report)

    @cached_property
    def _stated(self) -> tuple[str, ...]:
        """Indicators whose statements a release holds; those of bulk tables have one statement an observation, which says it all."""
        return tuple(name for name in self.workspace.indicators if name not in self.workspace.bulk_indicators)

    @cached_property
    def _released(self) -> Mapping[Table, Rows | Source]:
        """Every table of the release."""
        from guibiao.publish.released_definitions import definition_rows

        documents = self.documents
        return {
            OBSERVATIONS: self.data.all_observations,
            FINDINGS: self.data.all_findings,
            STATEMENTS: self.data.statements_of(self._stated),
            ATTAINMENT: documents.boards.rows()[documents.boards.day],
            WARNINGS: documents.warnings.rows,
            FORECASTS: self.forecasts.rows,
            UNFORECAST: self.forecasts.reasons,
            **self._indexed,
            **definition_rows(self.workspace),
        }

    @property
    def _indexed(self) -> Mapping[Table, Rows | Source]:
        """Tables of the indices; none where the workspace has no index. An index that could not be built has no rows."""
        if not self.workspace.indices:
            return {}
        boards = self.documents.indices.boards.values()
        return {table: [row for board in boards for row in board.rows(table)] for table in INDEX_TABLES}

    def _drafted(self) -> str:
        """A drafted release of the run's tables; the same content is the same release."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            from guibiao.publish.release import Content, draft

            content = Content(
                workspace=self.workspace.settings.id,
                software=__version__,
                tables=self._released,
                as_of=self.data.request.as_of,
                restricted=self._restricted,
                errors=sum(row["severity"] == "error" for row in self.data.finding_rows),
            )
            return {}, {"release": draft(self._archive, content, at=datetime.now(UTC)).id}

        output = self.cache.run(*self._draft_step, compute)
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
        write_atomically(self.out / "data" / "changes.json", as_json([change.to_dict() for change in self.changes]))
        write_atomically(self.out / "store" / LAST_RUN, as_json({"release": self.release}))

    def _put(self, name: str, artefact: str) -> None:
        """Write an artefact to the output folder unless the file there is the same."""
        path = self.out / name
        data = self.cache.artefact(artefact)
        if not path.is_file() or path.read_bytes() != data:
            write_atomically(path, data)
        self.written.append(name)


def _line(change: Change) -> str:
    kinds = {"added": _("新增"), "removed": _("删除"), "revised": _("修订")}
    what = " ".join(filter(None, (change.indicator, change.area, change.categories, str(change.period), change.accounting_basis)))
    sides = ((change.old, change.old_unit), (change.new, change.new_unit))
    return f"{kinds[change.kind.value]} {what}：" + " → ".join(
        f"{format_number(value)}{unit}" for value, unit in sides if value is not None
    )
