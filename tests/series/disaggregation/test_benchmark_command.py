"""`guibiao series benchmark` as a user meets it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from guibiao.commands.series import benchmark, reconcile
from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import set_language

YEARS = "year,sales,other\n" + "".join(f"{year},{100 + 7 * at + at % 3},{at}\n" for at, year in enumerate(range(2010, 2020)))
QUARTERS = "period,exports,imports,value\n" + "".join(
    f"{2010 + at // 4}-Q{at % 4 + 1},{20 + at + at % 4},{50 - at % 7},{10 + at}\n" for at in range(43)
)


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "years.csv").write_text(YEARS, encoding="utf-8")
    (tmp_path / "quarters.csv").write_text(QUARTERS, encoding="utf-8")
    return tmp_path


def guibiao(*words: object) -> Result:
    app = typer.Typer()
    for module in (benchmark, reconcile):
        module.register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


def table(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.exception
    return list(csv.DictReader(io.StringIO(result.stdout)))


def years_of(rows: list[dict[str, str]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for row in rows:
        sums[row["period"][:4]] = sums.get(row["period"][:4], 0.0) + float(row["value"])
    return sums


def test_csv_of_a_file_and_its_indicator_adds_up(files: Path) -> None:
    result = guibiao(
        "benchmark", "--data", files / "years.csv", "--series", "sales", "--indicator", f"{files}/quarters.csv:exports,imports",
        "--to", "Q", "--method", "fernandez", "--conversion", "sum", "--format", "csv",
    )  # fmt: skip
    rows = table(result)
    assert list(rows[0]) == ["period", "value"]
    assert (rows[0]["period"], rows[-1]["period"], len(rows)) == ("2010-Q1", "2020-Q3", 43)
    assert years_of(rows)["2013"] == pytest.approx(121.0, rel=1e-12)
    assert "外推 0 期（之前）、3 期（之后）" in result.stderr


def test_without_indicator_the_target_frequency_is_stated(files: Path) -> None:
    rows = table(guibiao("benchmark", "--data", files / "years.csv", "--series", "sales", "--to", "m", "--format", "csv"))
    assert (rows[0]["period"], len(rows)) == ("2010-01", 120)
    assert years_of(rows)["2019"] == pytest.approx(163.0, rel=1e-12)


def test_json_carries_diagnostics_and_notes(files: Path) -> None:
    result = guibiao(
        "benchmark", "--data", files / "years.csv", "--series", "sales", "--indicator", f"{files}/quarters.csv:value", "--format", "json"
    )
    assert result.exit_code == 0, result.exception
    told = json.loads(result.stdout)
    assert set(told["rows"][0]) == {"period", "value"}
    diagnostics = told["diagnostics"]
    assert set(diagnostics["coefficients"]) == set(diagnostics["se"]) == {"(Intercept)", "quarters"}
    assert {"rho", "rss", "r_squared", "logl", "aic", "bic", "s_2", "rho_likelihood"} <= set(diagnostics)
    assert (diagnostics["method"], diagnostics["rho"], diagnostics["rho_likelihood"]["identified"]) == ("chow-lin-fixed", 0.5, False)
    assert any("没有指明方法" in note for note in told["notes"])


def test_a_specification_file_states_what_flags_override(files: Path) -> None:
    (files / "spec.yaml").write_text("method: denton-cholette\nh: 2\ncriterion: additive\nconversion: mean\nto: Q\n", encoding="utf-8")
    words = ("benchmark", "--data", files / "years.csv", "--series", "sales", "--spec", files / "spec.yaml", "--format", "csv")
    assert years_of(table(guibiao(*words)))["2010"] == pytest.approx(400.0, rel=1e-12)
    assert years_of(table(guibiao(*words, "--conversion", "sum")))["2010"] == pytest.approx(100.0, rel=1e-12)


def test_the_table_shows_the_coefficients(files: Path) -> None:
    result = guibiao(
        "benchmark", "--data", files / "years.csv", "--series", "sales", "--indicator", f"{files}/quarters.csv:exports", "--method", "ols",
        "--no-intercept",
    )  # fmt: skip
    assert result.exit_code == 0, result.exception
    assert "系数（标准误）：exports" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--series", "sales", "--to", "A"), "to"),
        (("--series", "sales", "--to", "Q", "--method", "nearest"), "method"),
        (("--series", "sales", "--to", "Q", "--method", "denton", "--h", "3"), "h"),
        (("--series", "nothing", "--to", "Q"), "nothing"),
        (("--series", "sales", "--indicator", "{}/absent.csv:x"), "absent.csv"),
        (("--series", "sales", "--indicator", "{}/quarters.csv:absent"), "absent"),
        (("--series", "sales", "--indicator", "{}/quarters.csv"), "没有说用哪一个"),
        (("--series", "sales", "--to", "Q", "--of", "gdp"), "要说一个"),
        (("--series", "sales", "--to", "Q", "--rho", "2"), "须在"),
    ],
)
def test_bad_requests_name_what_is_wrong(files: Path, words: tuple[str, ...], said: str) -> None:
    result = guibiao("benchmark", "--data", files / "years.csv", *(word.format(files) for word in words))
    assert isinstance(result.exception, GuibiaoError)
    assert said in str(result.exception)


def test_neither_file_nor_workspace_is_a_bad_request() -> None:
    result = guibiao("benchmark", "--to", "Q")
    assert isinstance(result.exception, GuibiaoError)
