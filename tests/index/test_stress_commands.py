"""`guibiao index stress`, `weights`, `explain` from end to end: formats, files, and what hostile input is told."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from guibiao.commands.index import explain as explain_command
from guibiao.commands.index import stress as stress_command
from guibiao.commands.index import weights as weights_command
from guibiao.model.errors import BadDefinition, BadInput, BadRequest, GuibiaoError
from tests.index.samples import DATA, PANEL, SPECIFICATION, write

Run = Callable[..., tuple[str, str]]
COMPARISONS = "row,speed,price\nspeed,1,3\nprice,1/3,1\n"
WIDE = "uCode,speed,price,skill\n" + "".join(f"U{row},{10 + row * 7 % 11},{1 + row * 5 % 7},{row * 3 % 8}\n" for row in range(12))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of the group; what it wrote to both streams."""
    group = typer.Typer()
    for each in (stress_command, weights_command, explain_command):
        each.register(group)
    click = typer.main.get_command(group)

    def ran(*arguments: object) -> tuple[str, str]:
        click([str(each) for each in arguments], standalone_mode=False)
        return tuple(capsys.readouterr())  # type: ignore[return-value]

    return ran


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Specification and complete data of twelve units."""
    return write(tmp_path, data=WIDE)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def put(folder: Path, text: str) -> Path:
    path = folder / "extra"
    path.write_text(text, "utf-8")
    return path


def test_stress_in_every_format_and_table(run: Run, files: tuple[Path, Path]) -> None:
    specification, data = files
    usual = ("stress", specification, "--data", data, "--runs", 200, "--bootstrap", 20)
    rows = rows_of(run(*usual, "--format", "csv")[0])
    assert len(rows) == 12
    assert [float(row["rank"]) for row in rows] == sorted(float(row["rank"]) for row in rows)
    whole = json.loads(run(*usual, "--format", "json")[0])
    assert whole["runs"] == 200
    assert whole["evaluations"] == 100 * (2 + len(whole["tables"]["sensitivity"]))
    for name, expected in whole["tables"].items():
        printed = rows_of(run(*usual, "--table", name.replace("_", "-"), "--format", "csv")[0])
        assert len(printed) == len(expected)
    assert [len(row) for row in whole["tables"]["orders"]] == [13] * 12
    assert sum(float(value) for name, value in whole["tables"]["places"][0].items() if name != "unit") == pytest.approx(1)
    text, _errors = run(*usual)
    assert "压力测试" in text
    assert "种子 1" in text


def test_stress_says_the_same_with_any_number_of_jobs(run: Run, files: tuple[Path, Path]) -> None:
    specification, data = files
    usual = ("stress", specification, "--data", data, "--runs", 300, "--bootstrap", 20, "--format", "json", "--seed", 5)
    assert len({run(*usual, "--jobs", jobs)[0] for jobs in (1, 2, 3)}) == 1
    assert run(*usual)[0] != run(*usual[:-1], 6)[0]


def test_what_varies_can_be_chosen(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    specification, data = files
    usual = ("stress", specification, "--data", data, "--runs", 100, "--bootstrap", 0, "--format", "json")
    narrow = json.loads(run(*usual, "--vary", "weights", "--vary", "leave-out", "--weights", "noise", "--noise", 0.1)[0])
    assert [row["factor"] for row in narrow["tables"]["sensitivity"]] == ["weights", "leave_out"]
    choices = put(
        tmp_path, "treat: [own, none]\nnormalise: [{method: minmax, lower: 1}, rank]\naggregate: [own, harmonic]\nweights: none\nruns: 60\n"
    )
    stated = json.loads(run("stress", specification, "--data", data, "--choices", choices, "--format", "json")[0])
    assert stated["runs"] == 60
    assert [row["alternative"] for row in stated["tables"]["alternatives"]] == [
        "own", "none", "minmax lower=1", "rank", "own", "harmonic"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "problem"),
    [
        ("normalise: [own, foo]\n", ":1"),
        ("runs: 100\nrunz: 3\n", ":2"),
        ("- 1\n", "一组键值"),
        ("weights: {method: dirichlet, concentration: -1}\n", "concentration"),
        ("interval: [5, 1]\nweights: noise\n", "interval"),
        ("impute: [own, group-mean]\n", "不成立"),
        ("runs: [\n", "extra"),
        ("normalise: [own]\n", "没有可变动"),
    ],
)
def test_bad_choices(run: Run, files: tuple[Path, Path], tmp_path: Path, choices: str, problem: str) -> None:
    specification, data = files
    with pytest.raises(GuibiaoError) as caught:
        run("stress", specification, "--data", data, "--choices", put(tmp_path, choices))
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        ("--runs", 1),
        ("--seed", -1),
        ("--code", "speed"),
        ("--time", "1999"),
        ("--bootstrap", -1),
        ("--concentration", "nan"),
        ("--runs", 10**12),
    ],
)
def test_bad_options(run: Run, files: tuple[Path, Path], options: tuple[object, ...]) -> None:
    with pytest.raises(BadRequest):
        run("stress", files[0], "--data", files[1], *options)


@pytest.mark.parametrize("method", ["equal", "entropy", "critic", "pca", "bod", "balanced"])
@pytest.mark.parametrize("flat", [(), ("--flat",)])
def test_weights_by_every_method(run: Run, files: tuple[Path, Path], method: str, flat: tuple[str, ...]) -> None:
    text, _errors = run("weights", files[0], "--data", files[1], "--method", method, "--samples", 20, "--format", "csv", *flat)
    totals: dict[str, float] = {}
    for row in rows_of(text):
        totals[row["parent"]] = totals.get(row["parent"], 0.0) + float(row["weight"])
    assert set(totals) == ({"total"} if flat else {"access", "use", "total"})
    assert list(totals.values()) == pytest.approx([1.0] * len(totals))


def test_comparisons_find_their_group(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    usual = ("weights", files[0], "--data", files[1], "--method", "ahp", "--format", "json", "--judgements")
    found = json.loads(run(*usual, put(tmp_path, COMPARISONS))[0])
    assert [(row["parent"], row["code"], row["weight"]) for row in found["rows"]] == [
        ("access", "speed", pytest.approx(0.75)), ("access", "price", pytest.approx(0.25))
    ]  # fmt: skip
    with pytest.raises(BadRequest, match="不是任何一组"):
        run(*usual, put(tmp_path, COMPARISONS.replace("speed", "skill")))
    points = put(tmp_path, "expert,price,speed\nZ,20,80\nW,40,60\n")
    found = json.loads(run(*usual[:5], "budget", "--format", "json", "--judgements", points)[0])
    assert [row["weight"] for row in found["rows"]] == pytest.approx([0.7, 0.3])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "row,speed\nspeed,1\n",
        "row,speed,price\nspeed,1,3\n",
        "row,speed,price\nspeed,1,x\nprice,1/3,1\n",
        "row,speed,price\nspeed,1,1/0\nprice,1/3,1\n",
        "row,speed,price\nspeed,1,3\nspeed,1/3,1\n",
        "row,speed,price\nspeed,1,3\nprice,3,1\n",
        "row,speed,price\nspeed,1,\nprice,1/3,1\n",
        "\0",
    ],
)
def test_hostile_judgements(run: Run, files: tuple[Path, Path], tmp_path: Path, text: str) -> None:
    for method in ("ahp", "budget"):
        if method == "budget" and text.startswith("row,speed,price\nspeed,1,3"):
            continue
        with pytest.raises(GuibiaoError):
            run("weights", files[0], "--data", files[1], "--method", method, "--judgements", put(tmp_path, text))


def test_weights_are_frozen_and_used(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "vintage.json"
    usual = ("weights", files[0], "--data", files[1], "--method", "entropy", "--flat", "--save", path)
    with pytest.raises(BadRequest, match="日期"):
        run(*usual)
    with pytest.raises(BadRequest):
        run(*usual, "--date", "yesterday")
    assert str(path) in run(*usual, "--date", "2024-03-01")[0].replace("\n", "")
    saved = json.loads(path.read_text("utf-8"))
    profile = rows_of(run("explain", files[0], "--data", files[1], "--unit", "U3", "--weights-from", path, "--format", "csv")[0])
    shares = {row["code"]: float(row["weight"]) for row in profile}
    assert [shares[code] for code in saved["codes"]] == pytest.approx(saved["weights"])
    run("stress", files[0], "--data", files[1], "--weights-from", path, "--runs", 50, "--bootstrap", 0)
    path.write_text(path.read_text("utf-8").replace("2024", "2025"), "utf-8")
    with pytest.raises(BadInput, match="改动"):
        run("stress", files[0], "--data", files[1], "--weights-from", path)
    with pytest.raises(BadRequest, match="一组"):
        run("weights", files[0], "--data", files[1], "--method", "equal", "--save", path, "--date", "2024-03-01")


def test_explanations(run: Run, tmp_path: Path) -> None:
    specification, data = write(tmp_path, data=PANEL)
    usual = ("explain", specification, "--data", data, "--format")
    change = json.loads(run(*usual, "json", "--unit", "A", "--from", 2020, "--to", 2021)[0])
    assert sum(row["contribution"] for row in change["rows"]) == pytest.approx(change["change"])
    assert {row["kind"] for row in change["rows"]} == {"value", "availability"}
    older = put(tmp_path, PANEL.replace("B,2021,40,8,5", "B,2021,35,8,5"))
    revision = json.loads(run(*usual, "json", "--unit", "A", "--older", older)[0])
    assert [(row["code"], row["kind"]) for row in revision["rows"]] == [("speed", "scale")]
    lead = json.loads(run(*usual, "json", "--unit", "B", "--table", "lead", "--against", "A", "--to", 2020)[0])
    assert sum(row["contribution"] for row in lead["rows"]) == pytest.approx(lead["change"])
    profile = rows_of(run(*usual, "csv", "--unit", "B")[0])
    assert profile[0]["code"] == "total"
    assert rows_of(run(*usual, "csv")[0])[0].keys() >= {"mean_rank_change", "correlation_ratio"}
    assert len(rows_of(run(*usual, "csv", "--table", "correlations")[0])) == 5
    run(*usual, "csv", "--table", "pairs")
    assert [row["code"] for row in rows_of(run(*usual, "csv", "--table", "consistency")[0])] == ["access", "use", "total"]


@pytest.mark.parametrize(
    "options",
    [
        ("--table", "profile"), ("--unit", "A", "--table", "change"), ("--unit", "A", "--table", "revision"), ("--unit", "nobody"),
        ("--unit", "A", "--from", "1999"), ("--unit", "A", "--to", "x"), ("--unit", "A", "--code", "speed", "--table", "lead"),
        ("--unit", "A", "--table", "lead", "--against", "nobody"),
    ],
)  # fmt: skip
def test_explanations_that_cannot_be(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    specification, data = write(tmp_path, data=PANEL)
    with pytest.raises(BadRequest):
        run("explain", specification, "--data", data, *options)


def test_missing_values_and_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    specification, data = write(tmp_path, SPECIFICATION, DATA)
    text, _errors = run("stress", specification, "--data", data, "--runs", 100, "--bootstrap", 0, "--format", "csv")
    assert len(rows_of(text)) == 4
    for missing in (("--choices", tmp_path / "no.yaml"), ("--weights-from", tmp_path / "no.json")):
        with pytest.raises((BadInput, BadDefinition)):
            run("stress", specification, "--data", data, *missing)


def test_the_example_in_the_reference_shape(run: Run, shared_folder: Path) -> None:
    folder = shared_folder / "data" / "oracles" / "index"
    usual: tuple[Any, ...] = ("--meta", folder / "ASEM_iMeta.csv", "--data", folder / "ASEM_iData.csv", "--format", "json")
    found = json.loads(run("stress", *usual, "--runs", 200, "--bootstrap", 0)[0])
    assert len(found["rows"]) == 51
    weighed = json.loads(run("weights", *usual, "--method", "pca", "--samples", 10)[0])
    assert {each["parent"] for each in weighed["groups"]} >= {"Index", "Conn", "Physical"}
