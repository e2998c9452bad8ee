"""The index of a small city in a run: a step that is kept and redone as its figures change, its files, and one that cannot be built."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guibiao.data_files import DataFiles
from guibiao.documents import Documents
from guibiao.reference.load import load_workspace
from guibiao.run import DataRun, Request
from guibiao.store.open import open_store
from tests.shipped_run import TODAY

FIGURES = {("990101", 2022): (10, 5), ("990101", 2023): (20, 6), ("990102", 2022): (30, 2), ("990102", 2023): (25, 4),
           ("990103", 2022): (15, 9), ("990103", 2023): (12, 3)}  # fmt: skip
BINDING = """id: districts
title: 分区数
file: districts.csv
source: example
rows:
  - {column: 地区, supplies: area}
  - {column: 年份, supplies: period}
values:
  增加值: {indicator: output, unit: 亿元}
  用户: {indicator: users, unit: 万户}
defaults: {stage: verified, method: synthetic}
"""
INDICATORS = """
- {id: output, name_zh: 产出, name_en: output, unit: 亿元, definition_zh: 产出}
- {id: users, name_zh: 用户, name_en: users, unit: 万户, definition_zh: 用户, measure: at end}
"""
SPECIFICATION = """id: small
indicators:
  - {code: output, parent: all, zh: 产出}
  - {code: users, parent: all, zh: 用户}
aggregates:
  - {code: all, zh: 总}
normalise: {method: minmax, lower: 1, upper: 100}
"""
SOURCE = """
- {id: revision, title: 修订的示例数据, publisher: 圭表示例, grade: D, known_from: "2025-06-01", note: 虚构，不可引用}
"""
DEFINITION = """id: small
zh: 小指数
en: Small index
specification: small
parent: "990100"
first: 2022
last: LAST
own: "990101"
earlier_runs: 200
stress:
  runs: 300
  bootstrap: 10
  normalise: [null, {method: rank}]
  weights: {method: dirichlet}
"""


@pytest.fixture
def folder(new_city: Path) -> Path:
    """The new city with three districts, their figures and an index of them."""
    with (new_city / "classifications" / "areas.csv").open("a", encoding="utf-8") as areas:
        areas.writelines(f"99010{number},第{number}区,District {number},990100,,,,,,\n" for number in (1, 2, 3))
    (new_city / "indicators" / "districts.yaml").write_text(INDICATORS, "utf-8")
    (new_city / "tables" / "districts.yaml").write_text(BINDING, "utf-8")
    (new_city / "indices" / "specifications").mkdir(parents=True)
    (new_city / "indices" / "specifications" / "small.yaml").write_text(SPECIFICATION, "utf-8")
    define(new_city)
    type_in(new_city, FIGURES)
    return new_city


def define(folder: Path, last: int = 2023) -> None:
    (folder / "indices" / "small.yaml").write_text(DEFINITION.replace("LAST", str(last)), "utf-8")


def type_in(folder: Path, figures: dict[tuple[str, int], tuple[int, int]]) -> None:
    lines = ["地区,年份,增加值,用户", *(f"{area},{year},{one},{two}" for (area, year), (one, two) in figures.items())]
    (folder / "tables" / "districts.csv").write_text("\n".join(lines) + "\n", "utf-8")


@contextmanager
def documents(folder: Path, out: Path) -> Iterator[Documents]:
    workspace = load_workspace(folder)
    store = open_store(str(out / "store" / "guibiao.duckdb"), workspace.settings.id)
    try:
        made = Documents(DataRun(workspace, store, Request(out, today=TODAY)))
        yield made
        made.drawer.close()
    finally:
        store.close()


def traced(made: Documents, step: str) -> bool:
    """Whether the step was reused."""
    return next(each.reused for each in made.data.trace if each.step == step)


def test_a_step_is_kept_until_its_figures_change(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with documents(folder, out) as made:
        first = made.indices.boards["small"]
        assert not traced(made, "index small")
        scores = {row["unit"]: row["score"] for row in first.of_year(2023, "output")}
        assert scores == pytest.approx({"990101": 50.5, "990102": 1 + 99 * 15 / 20, "990103": 1 + 99 * 2 / 20})
        assert [row["runs"] for row in first.of_year(2022)] == [200, 200, 200]
        assert {(row["since"], row["year"]) for row in first.changes} == {(2022, 2023)}
    with documents(folder, out) as made:
        assert made.indices.boards["small"] == first
        assert traced(made, "index small")
    type_in(folder, {**FIGURES, ("990101", 2023): (30, 6)})
    with documents(folder, out) as made:
        assert made.indices.boards["small"].of_year(2023, "output") != first.of_year(2023, "output")
        assert not traced(made, "index small")


def test_the_files_of_an_index(folder: Path, tmp_path: Path) -> None:
    with documents(folder, tmp_path / "out") as made:
        files = DataFiles(made.data, made)
        parts = {name: made.cache.artefact(part) for name, part in files.parts.items()}
        withheld = json.loads(made.cache.artefact(made.indices.files(frozenset({"small"})).part("index_scores.json")))
    rows = list(csv.DictReader(io.StringIO(parts["index_scores.csv"].decode("utf-8-sig"))))
    assert len(rows) == 3 * 2 * 3
    content: dict[str, Any] = json.loads(parts["index_scores.json"])
    assert len(content["indices"]["small"]["scores"]) == len(rows)
    assert withheld == {"indices": {}, "withheld": ["small"]}
    dictionary = list(csv.DictReader(io.StringIO(parts["dictionary.csv"].decode("utf-8-sig"))))
    assert [row["name"] for row in dictionary if row["file"] == "index_scores"] == list(rows[0])
    catalogue = json.loads(parts["catalog.jsonld"])
    [dataset] = [each for each in catalogue["@graph"] if each["@id"] == "#index_scores"]
    assert [each["dct:title"] for each in dataset["dcat:distribution"]] == ["index_scores.csv", "index_scores.json"]


def test_an_index_on_restricted_figures_is_withheld(folder: Path, tmp_path: Path) -> None:
    binding = folder / "tables" / "districts.yaml"
    binding.write_text(binding.read_text("utf-8") + "restricted: true\n", "utf-8")
    workspace = load_workspace(folder)
    store = open_store(str(tmp_path / "out" / "guibiao.duckdb"), workspace.settings.id)
    try:
        made = Documents(DataRun(workspace, store, Request(tmp_path / "out", today=TODAY, restricted=True)))
        assert made.indices.boards["small"].scores
        files = DataFiles(made.data, made)
        content = json.loads(made.cache.artefact(files.indices.part("index_scores.json")))
    finally:
        store.close()
    assert content == {"indices": {}, "withheld": ["small"]}


def test_an_index_that_cannot_be_built_says_so_and_stops_nothing(folder: Path, tmp_path: Path) -> None:
    define(folder, last=2025)
    with documents(folder, tmp_path / "out") as made:
        board = made.indices.boards["small"]
        content = json.loads(made.cache.artefact(made.indices.files(frozenset()).part("index_scores.json")))
    assert board.problem == "指数 small 不能算：output 在 2024 年没有任何单位的数"
    assert (board.scores, content["indices"]["small"]["problem"]) == ((), board.problem)


def test_an_index_is_rebuilt_as_of_a_day(folder: Path, tmp_path: Path) -> None:
    """A revision known later moves the index from then on; as of a day before it, the index is what it was."""
    with (folder / "sources" / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write(SOURCE)
    revised = {"id: districts": "id: revised", "districts.csv": "revised.csv", "source: example": "source: revision"}
    binding = BINDING
    for words, others in revised.items():
        binding = binding.replace(words, others)
    (folder / "tables" / "revised.yaml").write_text(binding, "utf-8")
    (folder / "tables" / "revised.csv").write_text("地区,年份,增加值,用户\n990101,2023,30,6\n", "utf-8")
    before = scores_as_of(folder, tmp_path / "before", date(2025, 5, 31))
    after = scores_as_of(folder, tmp_path / "after", date(2025, 6, 1))
    (folder / "tables" / "revised.yaml").unlink()
    assert before == scores_as_of(folder, tmp_path / "never", date(2025, 6, 1))
    assert before["990101"] < after["990101"]


def scores_as_of(folder: Path, out: Path, day: date) -> dict[str, float]:
    command = [sys.executable, "-c", "from guibiao.cli import main; main()", "index", "build", "small", "--workspace", str(folder)]
    command += ["--out", str(out), "--year", "2023", "--as-of", day.isoformat(), "--format", "json"]
    content = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {row["unit"]: row["score"] for row in content["rows"] if row["code"] == "output"}


def test_without_an_index_there_is_no_file(new_city: Path, tmp_path: Path) -> None:
    with documents(new_city, tmp_path / "out") as made:
        assert made.indices.boards == {}
        assert made.indices.files(frozenset()).parts == {}
        dictionary = made.cache.artefact(DataFiles(made.data, made).dictionary.part("dictionary.csv")).decode("utf-8-sig")
    assert "index_scores" not in dictionary
