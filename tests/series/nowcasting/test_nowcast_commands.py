"""`guibiao series nowcast` on files: formats, flags, specifications, and input that is not what it should be."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from guibiao.commands.series import nowcast
from guibiao.model.errors import GuibiaoError
from guibiao.model.series import label_of
from guibiao.series.nowcasting.vintages import Entry
from tests.series.nowcasting.nowcast_samples import one_factor, sales

HEADS = ["series", "period", "mean", "low", "high", "model", "benchmark", "benchmark_mean", "rmse", "benchmark_rmse", "p_value"]


def invoke(*words: object) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    nowcast.register(app)
    return CliRunner().invoke(app, ["nowcast", *map(str, words)])


def written(path: Path, entries: list[Entry], days: dict[tuple[str, int], str] | None = None) -> Path:
    """A long file; `days` add the column of publication days."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["series", "period", "value", *(["known_from"] if days is not None else [])])
        for entry in entries:
            label = label_of(entry.frequency, entry.ordinal)
            period = f"{label[:4]}-01..02" if entry.periods == 2 else label
            row = [entry.series, period, repr(float(entry.value))]
            writer.writerow([*row, days.get((entry.series, entry.ordinal), "")] if days is not None else row)
    return path


def error_of(result: Result) -> GuibiaoError:
    assert isinstance(result.exception, GuibiaoError), result.exception
    return result.exception


def test_a_file_gives_a_row_for_each_period(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", one_factor())
    result = invoke("--data", data, "--target", "y", "--freq", "Q", "--as-of", "2019-11-25", "--method", "bridge", "--format", "csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == HEADS
    assert [row[:2] for row in rows[1:]] == [["y", "2019-Q4"]]
    mean, low, high = map(float, rows[1][2:5])
    assert low < mean < high
    assert "伪版本" in result.stderr


def test_json_says_what_it_rests_on_and_news_add_up(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", one_factor())
    flags = ("--as-of", "2019-11-25", "--news-since", "2019-10-05", "--backtest", "4", "--method", "bridge", "--format", "json")
    result = invoke("--data", data, "--target", "y", *flags)
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    told = content["diagnostics"]
    news = told["news"]
    assert news["after"] == pytest.approx(content["rows"][-1]["mean"], rel=1e-12)
    assert sum(item["impact"] for item in news["items"]) == pytest.approx(news["after"] - news["before"], abs=1e-10)
    assert {row["series"]: row["last_period"] for row in told["used"]}["x0"] == "2019-10"
    assert {row["model"] for row in told["backtest"]} >= {"bridge", "ar"}
    assert told["choice"]["tested"] is True


def test_a_table_for_people_shows_news(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", sales())
    flags = ("--as-of", "2018-11-25", "--news-since", "2018-11-01", "--backtest", "0", "--method", "bridge")
    result = invoke("--data", data, "--target", "sales", "--freq", "Q", *flags)
    assert result.exit_code == 0, result.output
    assert "2018-Q4" in result.output
    assert "各次发布的影响" in result.output


def test_publication_days_of_the_file_are_true_vintages(tmp_path: Path) -> None:
    entries = one_factor()
    days = {(entry.series, entry.ordinal): "2019-11-10" for entry in entries if entry.ordinal == 2019 * 12 + 9}
    data = written(tmp_path / "data.csv", entries, days)
    flags = ("--target", "y", "--backtest", "0", "--method", "bridge", "--format", "json")
    early = json.loads(invoke("--data", data, "--as-of", "2019-11-09", *flags).stdout)
    late = json.loads(invoke("--data", data, "--as-of", "2019-11-10", *flags).stdout)
    assert [row["last_period"] for row in early["diagnostics"]["used"][1:]] == ["2019-09"] * 4
    assert [row["last_period"] for row in late["diagnostics"]["used"][1:]] == ["2019-10"] * 4


def test_a_specification_and_flags_that_override_it(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", one_factor())
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "target: y\nmethod: dfm\nbacktest: 0\nindicators: [x0, x1]\nseries:\n- {name: x0, publication_lag: 40, transform: none}\n",
        encoding="utf-8",
    )
    result = invoke("--data", data, "--spec", spec, "--method", "bridge", "--as-of", "2019-11-25", "--format", "json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)["diagnostics"]
    assert [(row["series"], row["last_period"]) for row in told["used"]] == [("y", "2019-Q3"), ("x0", "2019-09"), ("x1", "2019-10")]
    assert "dfm" not in told["models"][0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("series,period,value,known_from\ny,2019-Q1,1.0,2019-04-01\ny,2019-Q1,2.0,2019-04-01\n", "两个数"),
        ("series,period,value,known_from\ny,2019-Q1,1.0,yesterday\n", "公布日期"),
        ("series,period,value,known_from\ny,2019-Q1,abc,2019-04-01\n", "不是数"),
        ("series,period,value,known_from\ny,2019-Q9,1,2019-04-01\n", "时期"),
        ("series,period,value\ny,2019-Q1,1.0\ny,2019-Q1,2.0\n", "两次"),
        ("series,period,value\ny,2019-Q1,inf\n", "有限"),
        ("period,a,b,known_from\n2019-Q1,1,2,2019-04-01\n", "长表"),
        ("series,period,value\ny,2019-Q1,1.0\ny,2019-Q2,2.0\n", "至少要 4 个"),
    ],
)  # fmt: skip
def test_input_that_is_wrong_is_refused(tmp_path: Path, text: str, words: str) -> None:
    data = tmp_path / "data.csv"
    data.write_text(text, encoding="utf-8")
    assert words in str(error_of(invoke("--data", data, "--target", "y")))


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--target", "z"), "没有目标序列"),
        (("--target", "y", "--method", "magic"), "method"),
        (("--target", "y", "--transform", "magic"), "--transform"),
        (("--target", "y", "--aggregation", "magic"), "--aggregation"),
        (("--target", "y", "--as-of", "soon"), "日期"),
        (("--target", "y", "--as-of", "2019-11-25", "--news-since", "2020-01-01"), "不早于"),
        (("--target", "y", "--as-of", "2090-01-01"), "太远"),
        (("--target", "y", "--indicator", "gdp"), "说一个"),
    ],
)  # fmt: skip
def test_flags_that_are_wrong_are_refused(tmp_path: Path, flags: tuple[str, ...], words: str) -> None:
    data = written(tmp_path / "data.csv", one_factor(months=60))
    assert words in str(error_of(invoke("--data", data, *flags)))


def test_without_data_nothing_is_nowcast() -> None:
    assert "要说一个" in str(error_of(invoke("--target", "y")))


def test_a_specification_with_an_unknown_key_names_its_line(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", one_factor(months=60))
    spec = tmp_path / "spec.yaml"
    spec.write_text("target: y\nmethode: dfm\n", encoding="utf-8")
    error = error_of(invoke("--data", data, "--spec", spec))
    assert error.place.line == 2
