"""The publishing half of a run: charts, document, paper and page, data files, changes since the last run, drafted release."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.graph import Output, digest, write_atomically
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.tables import OBSERVATIONS
from guibiao.publish.figures import Figures
from guibiao.run import DataRun

if TYPE_CHECKING:
    from guibiao.publish.charts.chart import Chart
    from guibiao.reference.definitions import ChartDefinition

LAST_RUN = "last_run.json"
CHANGES_NAMED = 12


class Publication:
    """Everything a run writes for readers; built from cached steps."""

    def __init__(self, data: DataRun) -> None:
        self.data = data
        self.workspace = data.workspace
        self.out = data.request.out
        self.cache = data.cache
        self.written: list[str] = []

    @cached_property
    def figures(self) -> Figures:
        """All figures of the run; read from the store only when a step needs them."""
        return Figures(self.workspace, self.data.all_observations.to_pylist(), self.data.all_statements.to_pylist())

    def write(self) -> None:
        """Write report, page and data files, and draft the release."""
        document, charts = self._document, self._charts
        self._put("report.pdf", self._pdf.part("pdf"))
        self._put("report.html", document.part("html"))
        for name, output in charts.items():
            self._put(f"charts/{name}.svg", output.part("svg"))
            self._put(f"charts/{name}.vl.json", output.part("spec"))
        for name, part in self._data_files.parts.items():
            self._put(f"data/{name}", part)
        self._remember_run()
