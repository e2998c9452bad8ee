"""The benchmark runs, measures what it says, and its hand-written SQL gives the figures that the formulas give."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchmarks.__main__ import print_stage, print_totals
from benchmarks.commands import CommandFailed, change_one_cell, tables_to_change
from benchmarks.stages import MEASURED, STAGES
from benchmarks.synthetic import FORMULAS, RULES, indicators, write_observations
from guibiao.language.formulas import check_formula
from guibiao.model.tables import OBSERVATIONS

ROWS = 20_000


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks", "--rows", str(ROWS), "--no-commands", "--format", "json"]
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_stage_is_measured(report: dict[str, Any]) -> None:
    assert list(report["stages"]) == list(STAGES)
    for name in MEASURED:
        stage = report["stages"][name]
        assert 0 < stage["seconds"][name] < stage["seconds of process"]
        assert 20 < stage["megabytes of memory"] < 4000
    assert report["seconds"] == pytest.approx(sum(report["stages"][name]["seconds"][name] for name in MEASURED))


def test_every_observation_passes_through(report: dict[str, Any]) -> None:
    stages = report["stages"]
    made, derived = stages["generate"]["rows"], stages["derive"]["rows"]
    assert ROWS <= made < ROWS * 1.2
    assert stages["load"]["rows"] == made
    assert derived > made / 5
    assert stages["release"]["rows"] == made + derived
    assert set(stages["check"]["findings"]) == set(RULES)


def test_compiled_and_handwritten_queries_agree(report: dict[str, Any]) -> None:
    differences = report["stages"]["ratio"]["largest difference"]
    assert set(differences) == {formula.id for formula in FORMULAS}
    assert all(isinstance(value, float) and value < 1e-9 for value in differences.values()), differences
    assert report["ratio"] > 0


def test_the_definitions_fit_the_formulas() -> None:
    known = indicators()
    for formula in FORMULAS:
        check_formula(known[formula.id], known)


def test_made_up_rows_say_so(tmp_path: Path) -> None:
    counts = write_observations(tmp_path, 4000)
    for name, count in counts.items():
        rows = pq.read_table(tmp_path / f"{name}.parquet").cast(OBSERVATIONS.arrow_schema())
        assert rows.num_rows == count
        assert set(rows["method"].to_pylist()) == set(rows["source"].to_pylist()) == {"synthetic"}
        assert rows.group_by(list(OBSERVATIONS.key)).aggregate([]).num_rows == count
        figures = zip(*(rows[each].to_pylist() for each in ("low", "value", "high")), strict=True)
        assert all(low < value < high for low, value, high in figures)


def test_one_cell_is_changed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("年份,名称\n2023,无\n", encoding="utf-8")
    path = tmp_path / "b.csv"
    path.write_text("年份,2.5,数\n2022,17330.9,3.1\n2023,18766.9,4\n", encoding="utf-8")
    assert tables_to_change(tmp_path) == [path]
    assert change_one_cell(path) == "b.csv: 17330.9 -> 17330.0"
    assert change_one_cell(path) == "b.csv: 17330.0 -> 17330.1"
    assert path.read_text(encoding="utf-8") == "年份,2.5,数\n2022,17330.1,3.1\n2023,18766.9,4\n"
    with pytest.raises(CommandFailed, match=r"a\.csv"):
        change_one_cell(tmp_path / "a.csv")
    path.unlink()
    with pytest.raises(CommandFailed, match="no table"):
        tables_to_change(tmp_path)


def test_the_report_can_be_printed(report: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    for name, stage in report["stages"].items():
        print_stage(name, stage)
    print_totals(
        report
        | {"commands": {"left out": "none here", "seconds": {"guibiao --help": 0.25}, "cells": {"a.csv": {"seconds": 2, "steps run": 7}}}}
    )
    printed = capsys.readouterr().out
    assert f"{report['seconds']:.2f} s" in printed
    assert f"{report['ratio']:.2f} times as long as bare SQL" in printed
    assert "none here" in printed
    assert "0.25 s" in printed
    assert "7 steps run   a.csv" in printed
