"""Boards of a workspace: checked with it, fed by its figures as they were known, printed by the command."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from typer.testing import CliRunner

from guibiao.assess.board_types import BoardResult
from guibiao.assess.lights import Light
from guibiao.commands.series import warn
from guibiao.ingest.steps import read_table
from guibiao.model.errors import BatchErrors, GuibiaoError
from guibiao.model.messages import set_language
from guibiao.model.tables import WARNINGS
from guibiao.reference.check import check_references
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.run import DataRun
from guibiao.warnings_board import board_of_workspace, indicators_of, warning_rows

FOLDER = Path(__file__).parents[2] / "workspaces" / "beijing"


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@dataclass(frozen=True)
class Rows:
    """Rows that answer like a table of the store."""

    rows: list[dict[str, Any]]

    def to_pylist(self) -> list[dict[str, Any]]:
        return self.rows


@dataclass
class Typed:
    """The typed tables that state what the boards read: the part of a run that a board needs."""

    workspace: Workspace

    @cached_property
    def statements(self) -> list[dict[str, Any]]:
        needed = {name for board in self.workspace.warnings.values() for name in indicators_of(board)}
        bindings = [each for each in self.workspace.tables.values() if each.file and not each.bulk and needed & each.indicators()]
        return [row for binding in bindings for row in cast("list[dict[str, Any]]", read_table(self.workspace, binding).statements)]

    def statements_of(self, indicators: Iterable[str]) -> Rows:
        names = set(indicators)
        return Rows([row for row in self.statements if row["indicator"] in names])


@pytest.fixture(scope="module")
def typed() -> Typed:
    return Typed(load_workspace(FOLDER))


def board(typed: Typed, day: date) -> BoardResult:
    return board_of_workspace(cast("DataRun", typed), typed.workspace.warnings["national_monthly"], day)


def test_the_national_board(typed: Typed) -> None:
    result = board(typed, date(2026, 5, 31))
    rows = {row.watched.id: row for row in result.rows}
    retail = rows["retail_sales"]
    assert retail.reading is not None
    assert (retail.reading.value, retail.reading.light) == (0.2, Light.COOL)
    assert retail.limits_from == "2018-02..2025-12 (88)"
    january = retail.readings[retail.latest - 3]
    assert (january.light, january.reason) == (Light.NONE, "covered")
    assert rows["goods_exports"].reading is not None
    assert rows["goods_exports"].reading.reason == "stale"
    assert result.score is not None
    assert result.score.value == pytest.approx(100 * (2 + 0.5 * 2 + 0.5 * 3 + 2 + 3 + 3) / (3 * 5))
    for row in result.rows:
        counts = row.test.counts
        assert counts is not None
        assert counts.hits + counts.misses == counts.events
    assert retail.test.counts is not None
    assert (retail.test.counts.hits, retail.test.counts.events, retail.test.counts.false_alarms) == (2, 2, 4)


def test_a_past_day_knows_only_what_was_published(typed: Typed) -> None:
    before = {row.watched.id: row for row in board(typed, date(2020, 4, 30)).rows}
    for row in before.values():
        assert row.reading is None or row.known_from is None or row.known_from <= date(2020, 4, 30)


def test_figures_of_the_table(typed: Typed) -> None:
    rows = warning_rows(board(typed, date(2026, 5, 31)))
    assert all(tuple(row) == WARNINGS.names for row in rows)
    last = next(row for row in rows if row["series"] == "retail_sales" and row["latest"])
    assert (last["area"], last["indicator"], last["event_zh"]) == ("100000", "retail_sales_growth_rate", "3期内低于0")


BOARD = """id: trial
name_zh: 试验盘
indicators:
  - id: a
    indicator: {indicator}
    limits: {{kind: stated, values: [1, 2, 4, 5], reason_zh: 试验}}
{more}"""


def faults(folder: Path, indicator: str, more: str = "") -> list[str]:
    (folder / "warnings").mkdir(exist_ok=True)
    (folder / "warnings" / "trial.yaml").write_text(BOARD.format(indicator=indicator, more=more), "utf-8")
    try:
        check_references(load_workspace(folder))
    except BatchErrors as several:
        return [f"{each.place} {each.title}" for each in several.errors]
    except GuibiaoError as fault:
        return [f"{fault.place} {fault.title}"]
    return []


def test_boards_are_checked_with_their_workspace(tmp_path: Path) -> None:
    city = scaffold(tmp_path, "newtown", "新城市", "990100")
    indicator = next(iter(load_workspace(city).indicators))
    assert faults(city, indicator) == []
    assert faults(city, "nothing") == ["warnings/trial.yaml:1 没有定义的指标：nothing"]
    assert faults(city, indicator, "    area: nowhere\n") == ["warnings/trial.yaml:1 没有定义的地区：nowhere"]
    assert faults(city, indicator, "    categories: {colour: red}\n") == ["warnings/trial.yaml:1 没有定义的维度：colour"]
    assert faults(city, indicator, "    weight: -1\n    colour: red\n")[0].startswith("warnings/trial.yaml:8 ")
    assert "权重" in faults(city, indicator, "    weight: -1\n")[0]
    (city / "warnings" / "other.yaml").write_text(BOARD.format(indicator=indicator, more=""), "utf-8")
    assert "已在" in faults(city, indicator)[0]


def guibiao(*words: object) -> Any:
    app = typer.Typer()

    @app.callback()
    def _group() -> None:
        """One command stays a command of its group."""

    warn.register(app)
    return CliRunner().invoke(app, ["warn", *map(str, words)], env={"COLUMNS": "200"})


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    data, spec = tmp_path / "data.csv", tmp_path / "board.yaml"
    lines = [f"{2000 + at // 12}-{at % 12 + 1:02d},{100 + (at % 40) * (1 if at % 80 < 40 else -1) + at % 3},{at % 7}" for at in range(160)]
    data.write_text("period,output,prices\n" + "\n".join(lines) + "\n", "utf-8")
    spec.write_text(
        "id: trial\nname_zh: 试验盘\nname_en: Trial\nindicators:\n"
        "  - {id: output, name_zh: 产出, name_en: Output, group: coincident, event: {kind: below, value: 70, horizon: 3}}\n"
        "  - {id: prices, name_zh: 价格, name_en: Prices, percentage: true, group: leading}\n",
        "utf-8",
    )
    return data, spec


@pytest.mark.parametrize("show", list(warn.Shown))
def test_every_part_as_table_csv_and_json(files: tuple[Path, Path], show: warn.Shown) -> None:
    told = guibiao("--data", files[0], "--spec", files[1], "--as-of", "2013-05-31", "--show", show.value)
    assert told.exit_code == 0, told.exception
    assert "试验盘" in told.stdout
    result = guibiao("--data", files[0], "--spec", files[1], "--as-of", "2013-05-31", "--show", show.value, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert rows
    content = json.loads(guibiao("--data", files[0], "--spec", files[1], "--show", show.value, "--format", "json").stdout)
    assert content["columns"] == list(rows[0])
    assert content["diagnostics"]["board"] == "trial"


def test_the_board_names_its_lights(files: tuple[Path, Path]) -> None:
    told = guibiao("--data", files[0], "--spec", files[1], "--as-of", "2013-04-30").stdout
    assert "灯（" in told
    assert "综合指数" in told
    assert "未回测：没有写事件" in told
    set_language("en")
    english = guibiao("--data", files[0], "--spec", files[1], "--as-of", "2013-04-30").stdout
    assert "Output" in english
    assert "产出" not in english


def test_a_board_without_lights_says_why(files: tuple[Path, Path]) -> None:
    told = guibiao("--data", files[0], "--spec", files[1], "--as-of", "2001-04-30").stdout
    assert "无灯：序列太短，定不出分位界限" in told
    assert "没有综合指数" in told


def test_as_of_leaves_later_periods_out(files: tuple[Path, Path]) -> None:
    result = guibiao("--data", files[0], "--spec", files[1], "--as-of", "2010-01-30", "--show", "history", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert max(row["period"] for row in rows if row["value"]) == "2009-12"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--data", "{data}"), "预警盘"),
        (("--data", "{data}", "--spec", "none.yaml"), "找不到"),
        (("--data", "none.csv", "--spec", "{spec}"), "找不到"),
        (("--data", "{data}", "--spec", "{spec}", "--show", "timing", "--reference", "z"), "没有指标 z"),
        (("--data", "{data}", "--spec", "{spec}", "--as-of", "yesterday"), "yesterday"),
    ],
)
def test_requests_that_cannot_be(files: tuple[Path, Path], words: tuple[str, ...], told: str) -> None:
    result = guibiao(*(word.format(data=files[0], spec=files[1]) for word in words))
    assert isinstance(result.exception, GuibiaoError)
    assert told in str(result.exception)
    assert result.exception.remedy
