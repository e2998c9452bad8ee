"""Plain series drawn with their intervals, and the command that draws columns of a file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from guibiao.commands.series import draw
from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries, ordinal_of
from guibiao.publish.charts.time_series import SeriesLine, draw_time_series, in_words

NAN = math.nan
JANUARY = ordinal_of(Frequency.MONTH, 2023)
WHOLE = TimeSeries("x", Frequency.MONTH, JANUARY, (NAN, 2.0, 3.0, NAN, 5.0), "", ((1, 2),))


def layers(spec: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    return [each for each in spec["layer"] if isinstance(each.get("mark"), dict) and each["mark"]["type"] == mark]


def test_a_bar_for_every_interval_and_a_line_broken_at_gaps() -> None:
    line = SeriesLine("growth", WHOLE, (NAN, 1.5, 2.0, NAN, -math.inf), (NAN, 2.5, 4.0, NAN, math.inf))
    spec = draw_time_series([line], "%", "words")
    bars = [layer for layer in layers(spec, "rule") if layer["mark"]["strokeWidth"] > 5]
    assert len(bars[0]["data"]["values"]) == 3
    open_bar = bars[0]["data"]["values"][-1]
    assert sorted((open_bar["py"], open_bar["py2"])) == [0, 230]
    (joined,) = layers(spec, "line")
    assert [row["run"] for row in joined["data"]["values"]] == [0, 0, 1]
    assert spec["description"] == "words"


def test_points_have_no_line() -> None:
    spec = draw_time_series([SeriesLine("a", WHOLE), SeriesLine("b", WHOLE, points=True)])
    assert len(layers(spec, "line")) == 1
    assert len(layers(spec, "point")) == 2


def test_a_higher_value_stands_higher() -> None:
    spec = draw_time_series([SeriesLine("a", WHOLE)])
    (points,) = layers(spec, "point")
    heights = [row["py"] for row in points["data"]["values"]]
    assert heights == sorted(heights, reverse=True)


def test_words_for_the_picture() -> None:
    assert in_words([SeriesLine("growth", WHOLE)], "Retail") == (
        "Retail. growth: 2023-02 2 … 2023-05 5; min 2023-02 2; max 2023-05 5"
    )  # fmt: skip


FILE = "period,x,low,high,y\n2023-01..02,2,1,3,\n2023-03,3,2,4,3.1\n2023-04,4,3,5,4.1\n"


def guibiao(*words: object) -> Result:
    app = typer.Typer()
    draw.register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "m.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_the_command_writes_svg_and_png(data: Path, tmp_path: Path) -> None:
    words = ("--series", "x=推算", "--low", "low", "--high", "high", "--points", "y=公布", "--data", data, "--title", "零售")
    assert guibiao(*words, "--to", tmp_path / "x.svg").exit_code == 0
    svg = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert "推算" in svg
    assert "零售" in svg
    assert guibiao(*words, "--first", "2023-03", "--to", tmp_path / "x.png").exit_code == 0
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_columns_of_several_files(data: Path, tmp_path: Path) -> None:
    assert guibiao("--series", f"{data}:x=甲", "--series", f"{data}:y", "--to", tmp_path / "x.svg").exit_code == 0
    assert ">y<" in (tmp_path / "x.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--series", "x", "--to", "x.pdf"), "格式"),
        (("--series", "x", "--low", "low", "--to", "x.svg"), "成对"),
        (("--series", "z", "--to", "x.svg"), "没有序列 z"),
        (("--series", "x", "--first", "2030-01", "--to", "x.svg"), "之间没有数"),
        (("--series", "x", "--to", "no/such/folder/x.svg"), "不能写入"),
        (tuple(["--series", "x"] * 7 + ["--to", "x.svg"]), "最多 6 个"),
    ],
)
def test_what_cannot_be_drawn_is_refused(data: Path, words: tuple[str, ...], message: str) -> None:
    done = guibiao(*words, "--data", data)
    assert isinstance(done.exception, BadRequest)
    assert message in str(done.exception)


def test_a_column_without_a_file_is_refused() -> None:
    done = guibiao("--series", "x", "--to", "x.svg")
    assert isinstance(done.exception, BadRequest)
