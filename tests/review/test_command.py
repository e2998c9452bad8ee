"""`guibiao review` as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FIRST = "产值由100亿元增长到150亿元，增长55%。企业由10家增加到12家，增长20%。\n"
SECOND = "一切数字都对得上。\n"


@pytest.fixture
def drafts(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text(FIRST, encoding="utf-8")
    second.write_text(SECOND, encoding="utf-8")
    return first, second


def guibiao(*arguments: object, language: str = "") -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-c", "from guibiao.cli import main; main()", "review", *map(str, arguments))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env={**inherited, "LANG": language, "COLUMNS": "160"}
    )


def test_the_table_lists_what_needs_a_look(drafts: tuple[Path, Path]) -> None:
    done = guibiao(*drafts)
    assert done.returncode == 0, done.stderr
    assert "55%" in done.stdout
    assert "20%" not in done.stdout
    assert "可推算的数 2 处，列出 1 处" in done.stdout
    assert "20%" in guibiao(*drafts, "--all").stdout


def test_strict_ends_with_one_where_something_does_not_agree(drafts: tuple[Path, Path]) -> None:
    assert guibiao(drafts[0], "--strict").returncode == 1
    assert guibiao(drafts[1], "--strict").returncode == 0


def test_lines_of_json_lead_to_the_number(drafts: tuple[Path, Path]) -> None:
    records = [json.loads(line) for line in guibiao(drafts[0], "--format", "jsonl").stdout.splitlines()]
    assert [FIRST[record["start"] : record["end"]] for record in records] == ["55%", "20%"]
    assert [record["verdict"] for record in records] == ["inconsistent", "ok"]
    assert records[0]["low"] < 50 < records[0]["high"]


def test_a_page_for_each_document(drafts: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    assert guibiao(*drafts, "--format", "html", "--out", folder).returncode == 0
    assert sorted(path.name for path in folder.iterdir()) == ["first.html", "second.html"]
    assert "增长<mark" in (folder / "first.html").read_text(encoding="utf-8")


def test_several_pages_need_a_folder(drafts: tuple[Path, Path]) -> None:
    done = guibiao(*drafts, "--format", "html")
    assert done.returncode == 2
    assert "--out" in done.stderr


def test_documents_of_one_name_stay_apart(drafts: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "first.txt").write_text(FIRST.replace("55", "50"), encoding="utf-8")
    log = json.loads(guibiao(drafts[0], folder / "first.txt", "--format", "sarif").stdout)
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["runs"][0]["results"]]
    assert places == [drafts[0].as_posix()]
    assert len(log["runs"][0]["artifacts"]) == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = guibiao(tmp_path / "missing.txt")
    assert done.returncode == 2
    assert "missing.txt" in done.stderr
