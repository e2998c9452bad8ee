"""`guibiao index` from end to end: COINr's shape, YAML, formats, save and replay, compare, and the HDI to the printed third decimal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from guibiao.commands.index import build as commands
from guibiao.model.errors import BadDefinition, BadRequest, GuibiaoError
from tests.index.samples import DATA, PANEL, SPECIFICATION, write

META = """\
iCode,Level,Parent,Direction,Weight,Type,iName,Target,Denominator
speed,1,total,1,2,Indicator,Speed,50,people
price,1,total,-1,1,Indicator,Price,0.5,
skill,1,total,1,1,Indicator,Skill,4,
total,2,,1,1,Aggregate,Total,,
people,,,,,Denominator,People,,
ring,,,,,Group,Ring,,
"""
COINR_DATA = """\
uCode,speed,price,skill,people,ring
A,10,5,1,1,x
B,20,10,3,2,x
C,40,1,2,1,y
D,30,8,,3,y
"""
Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of the group; what it wrote to both streams."""
    group = typer.Typer()
    commands.register(group)
    click = typer.main.get_command(group)

    def ran(*arguments: object) -> tuple[str, str]:
        click([str(each) for each in arguments], standalone_mode=False)
        return tuple(capsys.readouterr())  # type: ignore[return-value]

    return ran


@pytest.fixture
def coinr(tmp_path: Path) -> tuple[object, ...]:
    """Arguments that name data and metadata in COINr's shape."""
    (tmp_path / "idata.csv").write_text(COINR_DATA, "utf-8")
    (tmp_path / "imeta.csv").write_text(META, "utf-8")
    return ("build", "--data", tmp_path / "idata.csv", "--meta", tmp_path / "imeta.csv", "--format", "csv")


def rows_of(text: str) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["unit"], row["code"]): row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize(
    ("options", "speed", "price"),
    [
        ([], 100 / 3, 0),
        (["--normalise", "zscore"], -5 / 12.90994, -4 / 3.91578),
        (["--normalise", "zscore", "--zscore", "10,2"], 10 - 10 / 12.90994, 10 - 8 / 3.91578),
        (["--normalise", "minmax", "--range", "1,100"], 34, 1),
        (["--normalise", "scaled"], 20, -10),
        (["--normalise", "scaled", "--range", "10,60"], 20, -40),
        (["--normalise", "rank"], 2, 1),
        (["--normalise", "borda"], 1, 0),
        (["--normalise", "percentile-rank"], 1 / 3, 0),
        (["--normalise", "fraction-of-max"], 0.5, 10),
        (["--normalise", "distance-to-max"], 1 / 3, 0),
        (["--normalise", "distance-to-target"], 0.25, 0),
        (["--normalise", "distance-to-reference", "--reference", "D"], 0.5, 0),
        (["--denominate"], 0, 0),
        (["--treat", "winsorise", "--most-points", "2"], 100 / 3, 0),
    ],
)
def test_coinrs_shape(run: Run, coinr: tuple[object, ...], options: list[str], speed: float, price: float) -> None:
    out, _err = run(*coinr, *options)
    rows = rows_of(out)
    assert float(rows["B", "speed"]["score"]) == pytest.approx(speed, rel=1e-5)
    assert float(rows["B", "price"]["score"]) == pytest.approx(price, rel=1e-5)
    assert list(rows["B", "speed"]) == ["unit", "code", "level", "score", "rank"]
    assert rows["B", "total"]["level"] == "2"


def test_aggregations_and_thresholds(run: Run, coinr: tuple[object, ...]) -> None:
    values = {"arithmetic": (2 * 34 + 1 + 100) / 4, "geometric": (34.0**2 * 1 * 100) ** 0.25, "harmonic": 4 / (2 / 34 + 1 + 0.01)}
    for method, expected in values.items():
        out, _err = run(*coinr, "--range", "1,100", "--aggregate", method)
        assert float(rows_of(out)["B", "total"]["score"]) == pytest.approx(expected)
    out, _err = run(*coinr, "--threshold", "1")
    assert rows_of(out)["D", "total"] == {"unit": "D", "code": "total", "level": "2", "score": "", "rank": ""}
    with pytest.raises(BadDefinition, match="几何"):
        run(*coinr, "--aggregate", "geometric")


def test_steps_that_did_not_run_and_what_was_not_used_are_said(run: Run, coinr: tuple[object, ...]) -> None:
    _out, err = run(*coinr)
    assert "没有执行的步骤：denominate、impute、screen、treat" in err
    assert "1 个指标得分缺失" in err
    _out, err = run(*coinr, "--impute", "group-mean", "--group", "ring", "--screen", "missing", "--least-available", "0.9")
    assert "没有执行的步骤：denominate、treat" in err


def test_json_holds_rows_steps_and_digests(run: Run, coinr: tuple[object, ...]) -> None:
    out, _err = run(*coinr[:-1], "json", "--treat", "winsorise")
    content = json.loads(out)
    assert content["rows"][0] == {"unit": "C", "code": "total", "level": 2, "score": pytest.approx(87.5), "rank": 1}
    assert [step["step"] for step in content["steps"]] == ["denominate", "impute", "screen", "treat", "normalise", "aggregate"]
    assert set(content["digests"]) == {"specification", "data", "scores"}
    assert {row["score"] for row in content["rows"] if row["unit"] == "D" and row["code"] == "skill"} == {None}


def test_a_table_shows_the_top_with_names(run: Run, tmp_path: Path) -> None:
    stated, data = write(tmp_path)
    out, _err = run("build", stated, "--data", data)
    assert "C 丙" in out
    assert "24 行" in out


def test_a_panel_has_a_column_of_times(run: Run, tmp_path: Path) -> None:
    stated, data = write(tmp_path, data=PANEL)
    out, _err = run("build", stated, "--data", data, "--format", "csv")
    assert out.splitlines()[0] == "unit,time,code,level,score,rank"
    assert {row["time"] for row in csv.DictReader(io.StringIO(out))} == {"2020", "2021"}


def test_save_and_replay(run: Run, tmp_path: Path) -> None:
    stated, data = write(tmp_path)
    saved = tmp_path / "saved.json"
    first, _err = run("build", stated, "--data", data, "--save", saved, "--format", "csv", "--treat", "winsorise")
    again, err = run("replay", saved, "--data", data, "--format", "csv")
    assert again == first
    assert "逐位相同" in err
    data.write_text(DATA.replace("C,丙,40", "C,丙,80"), "utf-8")
    out, err = run("replay", saved, "--data", data, "--format", "json")
    assert json.loads(out)["replay"] == {"same_data": False, "same_scores": False}
    speeds = {row["unit"]: row["score"] for row in json.loads(out)["rows"] if row["code"] == "speed"}
    assert speeds["C"] == pytest.approx(700 / 3)
    assert any("不同" in note for note in json.loads(out)["notes"])
    assert err == ""


def test_compare_two_specifications(run: Run, tmp_path: Path) -> None:
    first, data = write(tmp_path)
    second = tmp_path / "other.yaml"
    second.write_text(SPECIFICATION + "normalise: rank\n", "utf-8")
    out, _err = run("compare", first, second, "--data", data, "--format", "json")
    content = json.loads(out)
    assert content["choices"] == [{"path": "normalise.method", "first": "minmax", "second": "rank"}]
    assert {row["unit"] for row in content["rows"]} == {"A", "B", "C", "D"}
    out, _err = run("compare", first, first, "--data", data)
    assert "完全相同" in out
    with pytest.raises(BadRequest, match="nowhere"):
        run("compare", first, second, "--data", data, "--code", "nowhere")


@pytest.mark.parametrize(
    "options",
    [["--range", "1"], ["--range", "a,b"], ["--range", "1,inf"], ["--zscore", "1,2,3"], ["--zscore", "0,-1"], ["--range", "5,5"]],
)
def test_options_that_cannot_be_are_bad_requests(run: Run, coinr: tuple[object, ...], options: list[str]) -> None:
    with pytest.raises(GuibiaoError):
        run(*coinr, "--normalise", "zscore" if options[0] == "--zscore" else "minmax", *options)


def test_one_specification_is_needed(run: Run, tmp_path: Path, coinr: tuple[object, ...]) -> None:
    stated, data = write(tmp_path)
    with pytest.raises(BadRequest, match="说明"):
        run("build", "--data", data)
    with pytest.raises(BadRequest, match="说明"):
        run(*coinr, stated)


def test_the_human_development_index_to_the_printed_third_decimal(run: Run, shared_folder: Path) -> None:
    source = shared_folder / "data" / "oracles" / "index" / "hdi_2022_published.csv"
    out, _err = run("build", "human_development", "--data", source, "--format", "csv")
    found = rows_of(out)
    with source.open(encoding="utf-8") as file:
        published: list[dict[str, Any]] = list(csv.DictReader(file))
    compared = 0
    for row in published:
        ours = found[row["iso3"], "HDI"]["score"]
        assert (ours == "") == (row["hdi"] == "")
        if ours:
            assert abs(float(ours) - float(row["hdi"])) < 5e-4, row["country"]
            assert float(found[row["iso3"], "education"]["score"]) == pytest.approx(float(row["educ_idx"]))
            compared += 1
    assert compared > 190
