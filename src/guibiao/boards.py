"""The boards of targets of a run as cached steps: one a day that the report asks for, and the file of the day of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from guibiao.attainment import attainment_csv, board, indicators_of_targets
from guibiao.graph import Output, digest
from guibiao.model.tables import ATTAINMENT, Kind
from guibiao.publish.attainment_listing import board_days, days_of
from guibiao.reference.report_definitions import ChartDefinition, TableDefinition
from guibiao.run import DataRun

Rows = list[dict[str, Any]]
ROOMS = ("policy", "editing", "reference", "prospects.py", "series/forecasting/simulation.py", "series/forecasting/short_series.py")
"""Sources a board rests on: the verdicts and what simulates the way to each deadline."""


class Boards:
    """What the targets stood at, day by day; nothing is judged where the workspace has no policies."""

    def __init__(self, data: DataRun) -> None:
        self.data = data
        self.workspace = data.workspace
        self.day = data.request.as_of or data.today
        self._rows: dict[date, Rows] = {}

    def rows(self) -> Mapping[date, Rows]:
        """The board of every day asked for."""
        return {day: self._read(day) for day in self._steps}

    def of(self, definition: ChartDefinition | TableDefinition) -> Mapping[date, Sequence[Mapping[str, Any]]]:
        """The boards of one chart or table, in its own order of days."""
        return {day: self._read(day) for day in days_of(definition, self.day)}

    def digests(self, definition: ChartDefinition | TableDefinition | None = None) -> dict[str, str]:
        """What a step that shows boards depends on: all of them, or those of one definition."""
        asked = self._steps if definition is None else board_days([definition], self.day)
        return {f"targets as of {day}": self._steps[day].digest for day in asked}

    @cached_property
    def file(self) -> Output:
        """`attainment.csv`: the board of the day of the run."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            name = self.data.cache.keep(attainment_csv(self._read(self.day)))
            return {"attainment.csv": name}, {"artefacts": [name]}

        rooms = ("publish/spreadsheet_text.py",)
        return self.data.cache.run("attainment.csv", {"board": self._steps[self.day].digest}, "", rooms, compute)

    @cached_property
    def _steps(self) -> Mapping[date, Output]:
        report = self.workspace.report
        days = {*board_days((*report.tables, *report.charts), self.day), self.day}
        return {day: self._step(day) for day in sorted(days)}

    def _step(self, day: date) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            name = self.data.cache.keep(json.dumps(board(self.data, day), ensure_ascii=False, default=str).encode())
            return {"rows": name}, {"artefacts": [name]}

        workspace = self.workspace
        inputs = self.data.digests(indicators_of_targets(workspace))
        defined = (
            workspace.policies,
            workspace.attainment,
            workspace.indicators,
            workspace.settings,
            workspace.classifications.get("areas"),
        )
        return self.data.cache.run(f"targets as of {day}", inputs, digest(*defined, day), ROOMS, compute)

    def _read(self, day: date) -> Rows:
        if day not in self._rows:
            stored = json.loads(self.data.cache.artefact(self._steps[day].part("rows")))
            self._rows[day] = [{name: _value(name, value) for name, value in row.items()} for row in stored]
        return self._rows[day]


_KINDS = {column.name: column.kind for column in ATTAINMENT.columns}


def _value(name: str, value: Any) -> Any:
    """A value as the declared table has it, read back from JSON."""
    if value is None:
        return None
    if _KINDS[name] is Kind.EXACT:
        return Decimal(value)
    return date.fromisoformat(value) if _KINDS[name] is Kind.DAY else value
