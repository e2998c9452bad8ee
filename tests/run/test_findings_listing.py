"""`guibiao findings` and `--strict`: what the last run found, filtered, in every format, with the right exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from guibiao.reference.scaffold import scaffold
from tests.run.test_command_line import guibiao

FAULT = "part_within_whole"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """A new city whose digital economy is larger than its product, run once, as options."""
    home = tmp_path_factory.mktemp("faulty")
    folder = scaffold(home, "newtown", "新城市", "990100")
    table = folder / "tables" / "headline.csv"
    text = table.read_text("utf-8")
    assert "2021,300.0" in text
    table.write_text(text.replace("2021,300.0", "2021,3000.0"), "utf-8")
    options = ("--workspace", str(folder), "--out", str(home / "out"))
    ran = guibiao("run", *options, "--strict", "--format", "json")
    assert ran.returncode == 1, ran.stderr
    assert json.loads(ran.stdout)["findings"]["error"] >= 1
    return options


def test_findings_are_listed_gravest_first_and_filtered(faulty: tuple[str, ...]) -> None:
    listed = json.loads(guibiao("findings", *faulty, "--format", "json").stdout)
    assert listed[0]["severity"] == "error"
    mine = json.loads(guibiao("findings", *faulty, "--format", "json", "--rule", FAULT, "--severity", "error").stdout)
    assert {each["rule"] for each in mine} == {FAULT}
    assert {each["indicator"] for each in mine} == {mine[0]["indicator"]}
    by_name = guibiao("findings", *faulty, "--format", "json", "--indicator", mine[0]["indicator"])
    assert all(each["indicator"] == mine[0]["indicator"] for each in json.loads(by_name.stdout))


def test_the_table_and_the_csv_say_the_same(faulty: tuple[str, ...]) -> None:
    table = guibiao("findings", *faulty, COLUMNS="200")
    assert "错误 " in table.stdout
    assert FAULT in table.stdout
    rows = list(csv.DictReader(io.StringIO(guibiao("findings", *faulty, "--format", "csv").stdout)))
    assert len(rows) == len(json.loads(guibiao("findings", *faulty, "--format", "json").stdout))
    assert "remedy" in rows[0]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_strict_ends_with_1_for_errors_and_warnings_in_every_format(faulty: tuple[str, ...], form: str) -> None:
    assert guibiao("findings", *faulty, "--strict", "--format", form).returncode == 1
    assert guibiao("findings", *faulty, "--strict", "--severity", "info", "--format", form).returncode == 0
    assert guibiao("findings", *faulty, "--format", form).returncode == 0


def test_strict_counts_in_a_plain_run_too(faulty: tuple[str, ...]) -> None:
    assert guibiao("run", *faulty, "--strict").returncode == 1
    assert guibiao("run", *faulty).returncode == 0


def test_what_does_not_exist_is_a_bad_request(faulty: tuple[str, ...], tmp_path: Path) -> None:
    for wrong in (("--rule", "no_such_rule"), ("--indicator", "no_such_indicator"), ("--severity", "grave")):
        assert guibiao("findings", *faulty, *wrong).returncode == 2
    nowhere = guibiao("findings", faulty[0], faulty[1], "--out", str(tmp_path))
    assert nowhere.returncode == 2
    assert "guibiao run" in nowhere.stderr
