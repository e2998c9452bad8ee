"""`guibiao series adjust` as a user meets it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from guibiao.commands.series import adjust
from guibiao.commands.series.adjustment_options import Flags, adjustment_specification
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import set_language
from guibiao.reference.series.adjustment import PRESETS, parse_holidays
from tests.series.adjustment.seasonal_data import made

COLUMNS = ["period", "original", "adjusted", "seasonal", "trend", "irregular"]
AIRLINE = ("--transform", "log", "--model", "(0 1 1)(0 1 1)", "--holiday", "none", "--outliers", "off")
ODD = 'x"; regression{variables=(td)}\n../../etc'


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Columns `made`, one with an odd name, one with a gap and a zero."""
    path = tmp_path_factory.mktemp("adjust") / "series.csv"
    series = made()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["period", "made", ODD, "holed"])
        for at, (label, value) in enumerate(zip(series.labels, series.values, strict=True)):
            writer.writerow([label, repr(value), repr(value), {30: "", 31: "0"}.get(at, repr(value))])
    return path


def guibiao(*words: object) -> Result:
    app = typer.Typer()
    app.command("other")(lambda: None)
    adjust.register(app)
    return CliRunner().invoke(app, ["adjust", *map(str, words)])


def rows_of(*words: object) -> list[dict[str, str]]:
    done = guibiao(*words, "--format", "csv")
    assert done.exit_code == 0, (done.output, done.exception)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def document_of(*words: object) -> dict[str, Any]:
    done = guibiao(*words, "--format", "json")
    assert done.exit_code == 0, (done.output, done.exception)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def fault_of(*words: object) -> GuibiaoError:
    done = guibiao(*words)
    assert isinstance(done.exception, GuibiaoError), done.output
    return done.exception


def test_rows_as_csv(data: Path) -> None:
    rows = rows_of("--data", data, "--series", "made", "--freq", "M", "--engine", "x13", "--method", "seats", *AIRLINE)
    assert list(rows[0]) == COLUMNS
    assert [row["period"] for row in rows] == list(made().labels)
    assert [float(row["original"]) for row in rows] == list(made().values)
    for row in rows:
        assert float(row["adjusted"]) * float(row["seasonal"]) == pytest.approx(float(row["original"]), rel=1e-9)
        assert float(row["trend"]) * float(row["irregular"]) == pytest.approx(float(row["adjusted"]), rel=1e-9)


def test_everything_else_as_json(data: Path) -> None:
    found = document_of("--data", data, "--series", "made", *AIRLINE, "--holiday", "spring-festival:-6..-1,0..6")
    assert list(found["rows"][0])[:6] == COLUMNS
    diagnostics = found["diagnostics"]
    assert [each["term"] for each in diagnostics["coefficients"]] == [
        "spring-festival:-6..-1", "spring-festival:0..6", "MA-Nonseasonal-01", "MA-Seasonal-12",
    ]  # fmt: skip
    for each in diagnostics["coefficients"]:
        assert each["t"] == pytest.approx(each["estimate"] / each["standard_error"])
    assert (diagnostics["model"], diagnostics["transformation"]) == ("(0 1 1)(0 1 1)", "log")
    assert diagnostics["aicc"] > 0
    assert diagnostics["outliers"] == []
    assert diagnostics["grade"] in {"good", "uncertain", "bad"}
    assert all(each["zh"] and each["en"] for each in diagnostics["reasons"])
    assert [each["period"] for each in diagnostics["forecasts"][:2]] == ["2013-01", "2013-02"]
    assert diagnostics["specification"]["trading_days"] == "none"


def test_the_table_says_the_grade_and_the_model(data: Path) -> None:
    done = guibiao("--data", data, "--series", "made", *AIRLINE)
    assert "2005-01" in done.stdout
    assert "等级：" in done.stdout
    assert "模型 (0 1 1)(0 1 1)，变换 log" in done.stdout


def test_names_are_data(data: Path) -> None:
    assert rows_of("--data", data, "--series", ODD, *AIRLINE) == rows_of("--data", data, "--series", "made", *AIRLINE)


def test_gaps_and_zeros(data: Path) -> None:
    found = document_of("--data", data, "--series", "holed", "--model", "(0 1 1)(0 1 1)")
    assert found["rows"][30]["original"] is None
    assert found["rows"][30]["adjusted"] is not None
    assert found["diagnostics"]["decomposition"] == "additive"
    assert any("缺 1 期" in note for note in found["notes"])
    assert any("不取对数" in note for note in found["notes"])
    assert "零或负数" in str(fault_of("--data", data, "--series", "holed", *AIRLINE))
    assert "纯 X-11" in str(fault_of("--data", data, "--series", "holed", "--method", "x11", "--model", "none"))


def test_a_span_of_a_presetting(data: Path) -> None:
    rows = rows_of("--data", data, "--series", "made", "--preset", "x11-pure", "--span", "2007-01..2011-12")
    assert (rows[0]["period"], rows[-1]["period"], len(rows)) == ("2007-01", "2011-12", 60)
    assert rows_of("--data", data, "--series", "made", "--preset", "x11-pure", "--span", "..")[0]["period"] == "2005-01"


def test_a_specification_in_a_file_gives_way_to_flags(tmp_path: Path) -> None:
    path = tmp_path / "adjust.yaml"
    path.write_text(
        "method: x11\nmodel: (0 1 1)(0 1 1)\ntransform: log\nholidays:\n  - {holiday: spring-festival, first: -6, last: -1}\n", "utf-8"
    )
    stated = adjustment_specification(path, "", Flags())
    assert (stated.method, stated.holidays) == ("x11", parse_holidays("spring-festival:-6..-1"))
    changed = adjustment_specification(path, "", Flags(method="seats", holiday=["mid-autumn:0..2"], trading_days="on", outliers="on"))
    assert (changed.method, changed.transform, changed.trading_days, changed.outliers) == ("seats", "log", "days", "on")
    assert changed.holidays == parse_holidays("mid-autumn:0..2")
    assert adjustment_specification(path, "", Flags(holiday=["none"])).holidays == ()


def test_a_file_may_speak_as_the_options_do(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(
        "method: x11\nholiday: spring-festival:-6..-1,0..6\noutliers: off\ntrading-days: on\noutlier: [LS2008-11]\n"
        "span: 2005-01..\nforecast: 6\nsliding-spans: on\neaster: off\n", "utf-8",
    )  # fmt: skip
    with pytest.raises(BadRequest, match="复活节窗口 off"):
        adjustment_specification(path, "", Flags())
    stated = adjustment_specification(path, "", Flags(easter="none"))
    assert stated.holidays == parse_holidays("spring-festival:-6..-1,0..6")
    assert (stated.outliers, stated.trading_days, stated.known_outliers) == ("off", "days", ("LS2008-11",))
    assert (stated.span_first, stated.span_last, stated.forecast_periods, stated.sliding_spans) == ("2005-01", "", 6, True)
    path.write_text("holidays: [spring-festival:-6..-1, 'mid-autumn:0..2']\n", "utf-8")
    assert adjustment_specification(path, "", Flags()).holidays == parse_holidays("spring-festival:-6..-1;mid-autumn:0..2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("holiday: none\nholidays: []\n", "只写一个"),
        ("holiday: 3\n", "holidays"),
        ("outlier: {a: 1}\n", "known_outliers"),
        ("sliding-spans: false\nsliding_spans: true\n", "写了两次"),
        ("forecast: true\n", "整数"),
        ("- a\n", "键: 值"),
    ],
)
def test_a_file_that_says_what_cannot_be(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(GuibiaoError, match=said):
        adjustment_specification(path, "", Flags())


def test_presets_give_way_to_flags() -> None:
    assert adjustment_specification(None, "spring-festival", Flags()) == PRESETS["spring-festival"]
    changed = adjustment_specification(None, "airline", Flags(trading_days="off", method="x11"))
    assert (changed.model, changed.outliers, changed.trading_days, changed.method) == ("(0 1 1)(0 1 1)", "on", "none", "x11")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "x12"), "method"),
        (("--transform", "sqrt"), "transform"),
        (("--model", "airline"), "airline"),
        (("--holiday", "spring-festival"), "spring-festival:-6..-1"),
        (("--holiday", "national-day:0..6"), "与季节成分分不开"),
        (("--outliers", "maybe"), "outliers"),
        (("--span", "2007"), "2005-01..2024-12"),
        (("--span", "2030-01.."), "没有数据"),
        (("--preset", "rsa5"), "rsa5"),
        (("--model", "none"), "SEATS"),
        (("--outlier", "AO1999-01"), "AO1999"),
    ],
)
def test_what_is_refused(data: Path, words: tuple[str, ...], said: str) -> None:
    assert said in str(fault_of("--data", data, "--series", "made", *words))


def test_a_file_and_a_preset_do_not_go_together(tmp_path: Path) -> None:
    path = tmp_path / "adjust.yaml"
    path.write_text("method: x11\n", "utf-8")
    with pytest.raises(BadRequest, match="--preset"):
        adjustment_specification(path, "airline", Flags())


def test_a_series_the_program_cannot_do(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("period,line\n" + "".join(f"{2005 + at // 12}-{at % 12 + 1:02d},{at}\n" for at in range(96)), "utf-8")
    fault = fault_of("--data", path, "--series", "line")
    assert "没有成功" in str(fault)
    assert fault.remedy
