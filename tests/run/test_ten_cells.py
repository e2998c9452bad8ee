"""Ten cells changed, one after the other: an incremental run gives what a fresh one gives, and nothing else changes.

In two halves, so that two workers share them; the fresh runs are processes of their own, one after every cell. What all these runs
pass through is measured by the run that the tests share: traced, they would take half as long again.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guibiao.publication import Publication
from tests.run.conftest import outputs
from tests.shipped_run import lend_formulas, produce

CELLS = 10


def changeable(publication: Publication) -> list[tuple[str, int, int, str]]:
    """Cells that state a figure, spread over all tables: file, row, column, printed text."""
    statements = publication.data.statement_rows
    by_table: dict[str, list[tuple[str, int, int, str]]] = {}
    for row in sorted(statements, key=lambda row: (row["dataset"], row["statement"])):
        binding = publication.workspace.tables[row["dataset"]]
        if not binding.bulk and row["qualifier"] == "exact" and not row["correction"] and row["printed"].strip()[-1:].isdigit():
            by_table.setdefault(row["dataset"], []).append((binding.file, row["row"], row["column"], row["printed"]))
    tables = list(by_table.values())
    return [tables[number % len(tables)][number // len(tables)] for number in range(CELLS)]


def change(folder: Path, file: str, row: int, column: int, printed: str) -> None:
    """Add one to the last digit printed, keeping the file as it is otherwise."""
    path = folder / "tables" / file
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    assert rows[row - 1][column - 1] == printed
    last = printed[-1]
    rows[row - 1][column - 1] = printed[:-1] + ("8" if last == "9" else str(int(last) + 1))
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    path.write_text(buffer.getvalue(), "utf-8")


def affected(publication: Publication, file: str, row: int, column: int) -> set[str]:
    """Indicators that rest on a cell: those it states and, through formulas, all that follow."""
    workspace = publication.workspace
    dataset = next(name for name, binding in workspace.tables.items() if binding.file == file)
    stated = {
        each["indicator"]
        for each in publication.data.statement_rows
        if (each["dataset"], each["row"], each["column"]) == (dataset, row, column)
    }
    return {name for name in workspace.indicators if stated & set(publication.data.lineage([name]))}


def assert_as_fresh(folder: Path, out: Path, fresh: Path) -> None:
    """The outputs of an incremental run are those of a fresh one, byte for byte."""
    incremental = outputs(out)
    lend_formulas(out, fresh)
    produce_fresh(folder, fresh)
    anew = outputs(fresh)
    assert incremental.keys() == anew.keys()
    assert [name for name in anew if anew[name] != incremental[name]] == []
    shutil.rmtree(fresh)


def produce_fresh(folder: Path, out: Path) -> None:
    """The same run in a process that has seen nothing before."""
    program = "import sys; from pathlib import Path; from tests.shipped_run import produce; produce(*map(Path, sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", program, str(folder), str(out)], check=True, cwd=Path(__file__).parents[2], timeout=600)


@pytest.mark.long
@pytest.mark.no_cover
@pytest.mark.parametrize("half", [range(CELLS // 2), range(CELLS // 2, CELLS)], ids=["first", "second"])
def test_ten_changed_cells_change_exactly_what_depends_on_them(shipped: Path, finished: Path, tmp_path: Path, half: range) -> None:
    shutil.copytree(finished, tmp_path / "out")
    publication = produce(shipped, tmp_path / "out")
    before = outputs(tmp_path / "out")
    cells = changeable(publication)
    for number in half:
        file, row, column, printed = cells[number]
        change(shipped, file, row, column, printed)
        publication = produce(shipped, tmp_path / "out")
        incremental = outputs(tmp_path / "out")
        assert_as_fresh(shipped, tmp_path / "out", tmp_path / f"fresh{number}")
        reach = affected(publication, file, row, column)
        assert {change_.indicator for change_ in publication.changes} <= reach
        for chart in publication.workspace.report.charts:
            name = f"charts/{chart.id}.svg"
            if not reach & set(publication.data.lineage(series.indicator for series in chart.series)):
                assert incremental.get(name) == before.get(name)
        ran = {each.step for each in publication.data.trace if not each.reused}
        rerun = {step.split(" ", 1)[1] for step in ran if step.startswith(("observations ", "derived "))}
        assert rerun <= reach
        before = incremental
