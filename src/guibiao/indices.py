"""Indices of a workspace: figures in, rows of the tables `index_*` out; in a run, one cached step an index, with their files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guibiao.graph import Output, digest
from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import active_language
from guibiao.model.tables import INDEX_SCORES, Table
from guibiao.publish.index_board import IndexBoard
from guibiao.reference.index.workspace import WorkspaceIndex
from guibiao.run import DataRun

if TYPE_CHECKING:
    from guibiao.index.construction import Construction, IndexData
    from guibiao.index.result import IndexResult
    from guibiao.index.stress import StressResult

Record = dict[str, Any]
ROOMS = ("index", "index_panel.py", "reference")


def built_index(data: DataRun, index: WorkspaceIndex) -> tuple[Construction, IndexData, IndexResult]:
    """An index on the figures of a run: its construction, data and result."""
    from guibiao.index.build import build
    from guibiao.index.construction import compile_construction
    from guibiao.index_panel import panel

    construction = compile_construction(index.specification, index.places)
    matrix = panel(data.workspace, index, construction, data.observations_of(index.indicators).to_pylist())
    return construction, matrix, build(construction, matrix)


def board_of_index(data: DataRun, index: WorkspaceIndex, pairs: Iterable[tuple[str, int, int]] = ()) -> IndexBoard:
    """Rows of all tables of an index; `pairs` are the changes asked for: unit, earlier and later year."""
    from guibiao.index_rows import change_rows, driver_rows, node_rows, rank_rows, score_rows

    construction, matrix, result = built_index(data, index)
    tests = stress_tests(index, construction, matrix, result)
    composites = range(construction.tree.indicators, len(construction.tree.codes))
    years = {int(float(time)): test for (_code, time), test in tests.items()}
    return IndexBoard(
        id=index.id,
        name_zh=index.definition.zh,
        name_en=index.definition.en,
        note_zh=index.definition.note_zh,
        note_en=index.definition.note_en,
        scores=tuple(score_rows(index, result, tests, matrix.names, composites)),
        nodes=tuple(node_rows(index, construction, result)),
        ranks=tuple(row for year, test in years.items() for row in rank_rows(index, year, test)),
        drivers=tuple(driver_rows(index, max(years), years[max(years)])) if years else (),
        changes=tuple(row for unit, since, year in pairs for row in change_rows(index, construction, matrix, result, unit, since, year)),
        remarks=tuple(_remarks(result, tests)),
    )


def stress_tests(
    index: WorkspaceIndex, construction: Construction, matrix: IndexData, result: IndexResult
) -> dict[tuple[str, Any], StressResult]:
    """By code and year: the index in every year; none where the definition states no stress test.

    Earlier years take fewer runs and no bootstrap: only their intervals are reported.
    """
    from guibiao.index.stress import stress

    stated = index.definition.stress
    if stated is None:
        return {}
    root, last = construction.tree.codes[construction.tree.root], max(result.times, key=float)
    earlier = replace(stated, runs=index.definition.earlier_runs, bootstrap=0)
    return {
        (root, time): stress(construction, matrix, stated if time == last else earlier, nominal=result, time=time)
        for time in dict.fromkeys(result.times)
    }


def _remarks(result: IndexResult, tests: Mapping[tuple[str, Any], StressResult]) -> Iterable[str]:
    """Notes of the steps and of the stress tests, in the user's language; failures with their counts."""
    yield from (f"{step.step}：{note}" for step in result.steps for note in step.notes)
    said: dict[str, int] = {}
    for test in tests.values():
        for failure in test.failures:
            key = f"{failure.choices}：{failure.reason}"
            said[key] = said.get(key, 0) + failure.runs
    yield from (f"stress：{key}（{count}）" for key, count in said.items())
    yield from dict.fromkeys(f"stress：{remark}" for test in tests.values() for remark in test.remarks)


class Indices:
    """The indices of a run as cached steps, with their files; an index that cannot be built says why and has no rows."""

    def __init__(self, data: DataRun) -> None:
        self.data = data
        self.workspace = data.workspace

    @cached_property
    def boards(self) -> Mapping[str, IndexBoard]:
        """Every index by id."""
        return {name: _board_from(json.loads(self.data.cache.artefact(output.part("board")))) for name, output in self._steps.items()}

    @property
    def digests(self) -> dict[str, str]:
        """What a step that shows indices depends on."""
        return {f"index {name}": output.digest for name, output in self._steps.items()}

    def files(self, withheld: frozenset[str]) -> Output:
        """`index_scores.csv`, and the same with all other tables as JSON; without the indices withheld, which are named there."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            if not self._steps:
                return {}, {}
            shown = {name: board for name, board in self.boards.items() if name not in withheld}
            scores = [row for board in shown.values() for row in board.scores]
            content = {"indices": {name: board.plain() for name, board in shown.items()}, "withheld": sorted(withheld)}
            parts = {
                "index_scores.csv": self.data.cache.keep(rows_csv(INDEX_SCORES, scores)),
                "index_scores.json": self.data.cache.keep(_json(content)),
            }
            return parts, {"artefacts": list(parts.values())}

        rooms = ("publish/spreadsheet_text.py", "publish/index_board.py")
        return self.data.cache.run("index files", self.digests, digest(*sorted(withheld)), rooms, compute)

    @cached_property
    def _steps(self) -> Mapping[str, Output]:
        return {name: self._step(index) for name, index in self.workspace.indices.items()}

    def _step(self, index: WorkspaceIndex) -> Output:
        pairs = self._pairs(index)

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            try:
                board = board_of_index(self.data, index, pairs)
            except GuibiaoError as problem:
                board = IndexBoard(index.id, index.definition.zh, index.definition.en, problem=problem.title)
            name = self.data.cache.keep(_json(board.plain()))
            return {"board": name}, {"artefacts": [name], "problem": board.problem}

        areas = self.workspace.classifications.get("areas")
        inputs = self.data.digests(index.indicators)
        defined = digest(index.definition, index.specification, pairs, areas, active_language())
        return self.data.cache.run(f"index {index.id}", inputs, defined, (*ROOMS, "indices.py", "index_rows.py"), compute)

    def _pairs(self, index: WorkspaceIndex) -> tuple[tuple[str, int, int], ...]:
        """Changes that the report's charts ask for, and that of the workspace's own unit over the whole panel."""
        definition = index.definition
        own = definition.own or self.workspace.settings.area
        asked = {(own, definition.first, definition.last)}
        for chart in self.workspace.report.charts:
            if chart.kind == "index_change" and chart.index == index.id:
                asked.add((chart.highlight or own, chart.since or definition.first, chart.year or definition.last))
        return tuple(sorted(asked))


def _board_from(content: Mapping[str, Any]) -> IndexBoard:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
    return IndexBoard(**fields)


def rows_csv(table: Table, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as CSV that opens in a spreadsheet (UTF-8 with mark); text is never taken for a formula."""
    from guibiao.publish.spreadsheet_text import harmless

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.names)
    for row in rows:
        writer.writerow([harmless(value) if isinstance(value, str) else _written(value) for value in (row[name] for name in table.names)])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _written(value: Any) -> Any:
    return "" if value is None else repr(value) if isinstance(value, float) else value


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()
