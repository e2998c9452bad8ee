"""`guibiao series forecast` as a user meets it: formats, refusals, specifications, scenarios."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from guibiao.commands.series import forecast as command
from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import set_language


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    lines = ["series,period,value"]
    for name in ("甲", "乙"):
        lines += [
            f"{name},{2018 + at // 12}-{at % 12 + 1:02d},{100 + at / 3 + 10 * math.sin(at * math.pi / 6) + at * 7 % 5 / 10:.2f}"
            for at in range(60)
        ]
    lines += [f"定,2020-{month:02d},5" for month in range(1, 13)]
    lines += ["一,2020-01,4", "二,2020-01,1", "二,2020-02,3"]
    return written(tmp_path / "sales.csv", "\n".join(lines) + "\n")


@pytest.fixture
def years(tmp_path: Path) -> Path:
    rows = zip(range(2018, 2024), (100, 110, 115, 130, 140, 160), (50, 53, 55, 60, 63, 70), strict=True)
    return written(tmp_path / "years.csv", "year,收入,投入\n" + "\n".join(",".join(map(str, row)) for row in rows) + "\n")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def guibiao(*words: object) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    return CliRunner().invoke(app, ["forecast", *map(str, words)])


def refused(*words: object) -> GuibiaoError:
    error = guibiao(*words).exception
    assert isinstance(error, GuibiaoError), error
    return error


def test_csv_has_the_columns_promised_and_lists_what_was_refused(sales: Path) -> None:
    done = guibiao("--data", sales, "--freq", "M", "--horizon", 2, "--model", "snaive", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert list(rows[0]) == ["series", "period", "mean", "low", "high", "model"]
    assert [(row["series"], row["period"]) for row in rows[:3]] == [("甲", "2023-01"), ("甲", "2023-02"), ("乙", "2023-01")]
    assert {row["series"]: row["model"] for row in rows} == {"甲": "snaive", "乙": "snaive", "定": "constant", "二": "naive"}
    assert "未预测的序列 1 个" in done.stderr
    assert "一 只有 1 个数" in done.stderr


def test_json_holds_notes_and_diagnostics(sales: Path) -> None:
    done = guibiao("--data", sales, "--series", "甲", "--model", "drift", "--select", "backtest", "--horizon", 3, "--format", "json")
    read = json.loads(done.stdout)
    assert len(read["rows"]) == 3
    told = read["diagnostics"]["series"]["甲"]
    assert told["backtest"]["used"] in {"drift", "snaive", "naive"}
    assert read["diagnostics"]["refused"] == []


def test_a_specification_states_everything_and_options_come_first(sales: Path, tmp_path: Path) -> None:
    stated = written(tmp_path / "stated.yaml", "model: snaive\nhorizon: 5\nlevel: 95\n")
    wide = guibiao("--data", sales, "--series", "甲", "--spec", stated, "--format", "csv").stdout.splitlines()
    narrow = guibiao(
        "--data", sales, "--series", "甲", "--spec", stated, "--level", 50, "--horizon", 1, "--format", "csv"
    ).stdout.splitlines()
    assert (len(wide), len(narrow)) == (6, 2)
    widths = [float(line.split(",")[4]) - float(line.split(",")[3]) for line in (wide[1], narrow[1])]
    assert widths[0] > widths[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--horizon", 0), "0"),
        (("--level", 100), "区间水平"),
        (("--model", "oracle"), "model"),
        (("--series", "无"), "无"),
        (("--series", "一", "--model", "naive"), "只有 1 个数"),
        (("--gaps", "guess"), "gaps"),
    ],
)
def test_bad_requests_say_what_to_do(sales: Path, words: tuple[object, ...], said: str) -> None:
    error = refused("--data", sales, "--freq", "M", *words)
    assert said in str(error)
    assert error.remedy


def test_a_series_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    lines = [f"{year},{100 + year % 7},{'' if year > 1990 else 'x'}," for year in range(1985, 2010)]
    path = written(tmp_path / "wide.csv", "year,好,坏,空\n" + "\n".join(lines) + "\n")
    done = json.loads(guibiao("--data", path, "--model", "naive", "--horizon", "2", "--format", "json").stdout)
    assert {row["series"] for row in done["rows"]} == {"好"}
    assert [each["series"] for each in done["diagnostics"]["refused"]] == ["坏", "空"]
    assert "wide.csv:2" in done["diagnostics"]["refused"][0]["reason"]
    alone = written(tmp_path / "one.csv", "year,x\n2000,a\n")
    assert refused("--data", alone).place.line == 2


def test_gaps_longer_than_the_history_are_not_filled(tmp_path: Path) -> None:
    path = written(tmp_path / "far.csv", "year,x\n1000,1\n2000,2\n2001,2\n")
    assert "还多" in refused("--data", path, "--gaps", "interpolate").title


def test_neither_file_nor_indicator_is_refused() -> None:
    assert "--data" in refused("--horizon", 2).remedy


def test_annual_figures_are_simulated_by_several_models(years: Path) -> None:
    asked = ("--data", years, "--series", "收入", "--horizon", 2)
    done = guibiao(*asked, "--model", "simulated", "--goal", 180, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["model"] for row in rows[::2]] == ["simulated", "random_walk", "drift", "theta", "damped_trend", "growth_bootstrap"]
    assert "只有 6 个年度数" in done.stderr
    assert "2025 达到 180 的概率" in done.stderr
    told = json.loads(guibiao(*asked, "--goal", 180, "--format", "json").stdout)
    chances = told["diagnostics"]["series"]["收入"]["probability"]
    assert len(told["rows"]) == 2
    assert chances["low"] < chances["combined"] < chances["high"]
    assert chances["combined"] == pytest.approx(sum(chances["by_model"].values()) / 5)


@pytest.mark.parametrize("goal", ["nan", "inf"])
def test_a_goal_must_be_a_number_and_the_series_annual(years: Path, sales: Path, goal: str) -> None:
    assert "有限" in str(refused("--data", years, "--series", "收入", "--goal", goal))
    assert "年度" in str(refused("--data", sales, "--series", "甲", "--model", "naive", "--goal", 3))


def test_scenarios_are_marked_by_name_and_never_joined(years: Path, tmp_path: Path) -> None:
    stated = written(
        tmp_path / "scenarios.yaml",
        "scenarios:\n- name: 平稳\n  condition: {growth: {'2024': 5}}\n- name: 投入加快\n"
        "  condition: {input: 投入, input_growth: {'2024': 12}}\n",
    )
    done = guibiao("--data", years, "--series", "收入", "--scenario", stated, "--horizon", 1, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["scenario"] for row in rows] == ["平稳", "投入加快"]
    assert float(rows[0]["level"]) == pytest.approx(168)
    assert float(rows[1]["low"]) < float(rows[1]["level"]) < float(rows[1]["high"])
    assert "互不合并" in done.stderr
    blended = written(tmp_path / "blended.yaml", stated.read_text("utf-8") + "combine: mean\n")
    assert "不能合并" in str(refused("--data", years, "--series", "收入", "--scenario", blended, "--horizon", 1))
    unknown = written(tmp_path / "unknown.yaml", "scenarios:\n- name: 平稳\n  probability: 0.5\n  condition: {growth: {'2024': 5}}\n")
    assert "probability" in str(refused("--data", years, "--series", "收入", "--scenario", unknown, "--horizon", 1))
