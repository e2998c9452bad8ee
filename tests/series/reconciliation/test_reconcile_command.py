"""`guibiao series reconcile` as a user meets it, and against the R package hts on its own examples."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import typer
from click.testing import Result
from numpy.typing import NDArray
from typer.testing import CliRunner

from guibiao.commands.series import benchmark, reconcile
from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import set_language

SUMMING = '"","V1","V2"\n"Total",1,1\n"甲区",1,0\n"乙区",0,1\n'
BASE = "period,乙区,Total,甲区\n2026-12,14,30,10\n2027-01,15,31,16\n"
RESIDUALS = "Total,甲区,乙区\n1,0.5,-0.2\n-1,0.3,0.4\n0.5,-0.6,0.1\n0.2,0.1,-0.5\n"
METHODS = {
    "ols": "ols",
    "wls-struct": "wls_struct",
    "wls-var": "wls_var",
    "mint-shrink": "mint_shrink",
    "mint-sample": "mint_sample",
    "bottom-up": "bu",
}
INTENSITIES = {"htseg1": 0.4424, "htseg2": 0.5035, "infantgts": 0.1301, "tourism": 0.7474}


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("S.csv", SUMMING), ("base.csv", BASE), ("res.csv", RESIDUALS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def guibiao(*words: object) -> Result:
    app = typer.Typer()
    for module in (benchmark, reconcile):
        module.register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


def reconciled(folder: Path, *words: object) -> Result:
    return guibiao("reconcile", "--summing", folder / "S.csv", "--base", folder / "base.csv", "--residuals", folder / "res.csv", *words)


def test_the_table_comes_back_in_its_own_shape(files: Path) -> None:
    result = reconciled(files, "--method", "ols", "--format", "csv")
    assert result.exit_code == 0, result.exception
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == ["period", "乙区", "Total", "甲区"]
    assert rows[1][0] == "2026-12"
    assert [float(cell) for cell in rows[1][1:]] == pytest.approx([16.0, 28.0, 12.0])
    assert [float(cell) for cell in rows[2][1:]] == pytest.approx([15.0, 31.0, 16.0])


def test_rows_of_series_and_period_come_back_as_rows(files: Path) -> None:
    rows = ["series,period,mean,low,high", "甲区,2026-12,10,9,11", "乙区,2026-12,14,12,16", "Total,2026-12,30,28,33"]
    rows += ["Total,2027-01,31,1,40", "甲区,2027-01,16,1,20", "乙区,2027-01,15,1,20"]
    (files / "base.csv").write_text("\n".join(rows), encoding="utf-8")
    result = reconciled(files, "--method", "ols", "--format", "csv")
    assert result.exit_code == 0, result.exception
    told = list(csv.reader(io.StringIO(result.stdout)))
    assert told[0] == ["series", "period", "mean"]
    assert [row[:2] for row in told[1:]] == [row.split(",")[:2] for row in rows[1:]]
    assert [float(row[2]) for row in told[1:]] == pytest.approx([12.0, 16.0, 28.0, 31.0, 16.0, 15.0])
    assert "low、high" in result.stderr


def test_json_tells_the_intensity_and_csv_says_it_aside(files: Path) -> None:
    told = json.loads(reconciled(files, "--format", "json").stdout)
    assert told["diagnostics"]["method"] == "mint-shrink"
    assert 0 < told["diagnostics"]["shrinkage_intensity"] <= 1
    assert told["diagnostics"]["bottom_series"] == 2
    assert "λ = " in reconciled(files, "--format", "csv").stderr


def test_a_specification_file_is_read(files: Path) -> None:
    (files / "spec.yaml").write_text("method: bottom-up\nprice_basis: chained\n", encoding="utf-8")
    refused = reconciled(files, "--spec", files / "spec.yaml")
    assert isinstance(refused.exception, GuibiaoError)
    assert "不可加" in str(refused.exception)
    kept = reconciled(files, "--spec", files / "spec.yaml", "--price-basis", "current", "--format", "csv")
    assert kept.exit_code == 0, kept.exception


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("base.csv", "period,乙区,Total\n2026-12,14,30\n", "缺 甲区"),
        ("base.csv", BASE.replace("period", "丙区"), "多 丙区"),
        ("base.csv", "甲区,甲区,乙区,Total\n1,1,1,2\n", "甲区 出现两次"),
        ("base.csv", BASE.replace("14", "十四"), "base.csv:2:乙区"),
        ("base.csv", BASE.replace("14", "inf"), "不是有限的数"),
        ("base.csv", BASE.replace("14", ""), "乙区 有缺失"),
        ("base.csv", "period,乙区,Total,甲区\n", "没有数据"),
        ("base.csv", "series,period,mean\n甲区,1,2\n甲区,1,3\n乙区,1,1\nTotal,1,1\n", "甲区 的时期 1 出现两次"),
        ("base.csv", "series,period,mean\n甲区,1,2\n甲区,2,3\n乙区,1,1\nTotal,1,1\nTotal,2,1\n", "乙区 有缺失"),
        ("base.csv", "series,period,mean\n甲区,1,2\n丙区,1,3\n", "缺 Total、乙区；多 丙区"),
        ("base.csv", "series,period,level\n甲区,1,2\n", "长表缺少数值列"),
        ("base.csv", BASE + "2027-02,1\n", "这一行有 2 列"),
        ("S.csv", SUMMING + '"甲区",1,0\n', "甲区 出现不止一次"),
        ("S.csv", SUMMING.replace('"乙区",0,1', '"乙区",1,1'), "V2 没有对应"),
        ("res.csv", RESIDUALS.replace("甲区", "丙区"), "缺 甲区；多 丙区"),
        ("res.csv", "Total,甲区,乙区\n1,0,2\n2,0,1\n", "甲区 的残差全为零"),
        ("res.csv", '"Total,甲区\n', "CSV 写法有误"),
    ],
)
def test_what_does_not_fit_is_named(files: Path, file: str, text: str, said: str) -> None:
    (files / file).write_text(text, encoding="utf-8")
    result = reconciled(files)
    assert isinstance(result.exception, GuibiaoError)
    assert said in str(result.exception)


def test_absent_files_and_residuals_are_bad_requests(files: Path) -> None:
    (files / "base.csv").unlink()
    assert isinstance(reconciled(files).exception, GuibiaoError)
    (files / "base.csv").write_text(BASE, encoding="utf-8")
    without = guibiao("reconcile", "--summing", files / "S.csv", "--base", files / "base.csv")
    assert "要用残差" in str(without.exception)


def numbers(text: str) -> tuple[list[str], NDArray[np.float64]]:
    rows = list(csv.reader(io.StringIO(text)))
    return rows[0], np.array([[float(cell) for cell in row] for row in rows[1:]])


def of_reference(folder: Path, name: str, method: str) -> Result:
    files = [f"{folder}/data/oracles/reconciliation/{name}_{part}.csv" for part in ("S", "base_fc", "residuals")]
    return guibiao("reconcile", "--summing", files[0], "--base", files[1], "--residuals", files[2], "--method", method, "--format", "csv")


@pytest.mark.needs_shared
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["htseg1", "htseg2"])
def test_values_equal_the_reference(shared_folder: Path, name: str, method: str) -> None:
    head, found = numbers(of_reference(shared_folder, name, method).stdout)
    path = shared_folder / "data" / "oracles" / "reconciliation" / f"{name}_rec_{METHODS[method]}.csv"
    expected_head, expected = numbers(path.read_text(encoding="utf-8"))
    assert head == expected_head
    assert found == pytest.approx(expected, rel=1e-6 if method == "mint-sample" else 1e-10)


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", INTENSITIES)
def test_shrinkage_intensity_equals_the_reference(shared_folder: Path, name: str) -> None:
    assert f"λ = {INTENSITIES[name]:.4f}" in of_reference(shared_folder, name, "mint-shrink").stderr


@pytest.mark.needs_shared
def test_the_sample_covariance_of_425_series_is_refused(shared_folder: Path) -> None:
    assert "奇异" in str(of_reference(shared_folder, "tourism", "mint-sample").exception)
