"""The command as a user meets it: exit codes, messages in the user's language, JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "from guibiao.cli import main; main()")


def guibiao(*arguments: str, language: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**inherited, "LANG": language, **environment},
    )


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """A new city and its output folder, run once, as options."""
    home = tmp_path_factory.mktemp("city")
    made = guibiao("new", "newtown", "--folder", str(home), "--title", "新城市", "--area", "990100")
    assert made.returncode == 0, made.stderr
    options = ("--workspace", str(home / "newtown"), "--out", str(home / "out"))
    ran = guibiao("run", *options)
    assert ran.returncode == 0, ran.stderr
    return options


def test_help_speaks_chinese_by_default_and_english_where_asked() -> None:
    assert "数字经济" in guibiao("--help").stdout
    english = guibiao("--help", language="en_US.UTF-8")
    assert english.returncode == 0
    assert "Digital" in english.stdout or "digital" in english.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("rnu",),
        ("run", "--bad"),
        ("explain",),
        ("run", "--format", "xml"),
        ("run", "--workspace", "nowhere"),
        ("run", "--as-of", "gestern"),
        ("ingest",),
    ],
)
def test_bad_requests_end_with_2_and_say_what_to_do(arguments: tuple[str, ...]) -> None:
    done = guibiao(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_broken_program_ends_with_3(city: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "guibiao_breaks.py").write_text(
        "import guibiao.run\ndef broken(*_a, **_k): raise RuntimeError('x')\nguibiao.run.check_workspace = broken\n"
    )
    code = "import guibiao_breaks; from guibiao.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", *city[:2]],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 3


def test_a_run_reports_steps_with_seconds_as_json(city: tuple[str, ...]) -> None:
    done = guibiao("run", *city, "--format", "json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["steps"]["run"] == []
    assert report["steps"]["reused"] > 10
    assert report["findings"]["error"] == 0


def test_strict_turns_findings_into_exit_code_1(city: tuple[str, ...], tmp_path: Path) -> None:
    rules = Path(city[1]) / "rules" / "rules.yaml"
    before = rules.read_text("utf-8")
    try:
        rules.write_text(before.replace("<=", ">="), "utf-8")
        arguments = ("run", "--workspace", city[1], "--out", str(tmp_path / "strict"))
        assert guibiao(*arguments).returncode == 0
        assert guibiao(*arguments, "--strict").returncode == 1
    finally:
        rules.write_text(before, "utf-8")


def test_errors_are_json_where_json_is_asked(city: tuple[str, ...]) -> None:
    done = guibiao("explain", "gross_domestic_produkt", "--period", "2023", "--format", "json", *city)
    assert done.returncode == 2
    (error,) = json.loads(done.stdout)["errors"]
    assert "gross_domestic_product" in error["remedy"]


def test_check_names_file_line_and_remedy(city: tuple[str, ...], tmp_path: Path) -> None:
    definitions = Path(city[1]) / "indicators" / "indicators.yaml"
    before = definitions.read_text("utf-8")
    try:
        definitions.write_text(before.replace("  owner: 市统计局\n- id: digital", "  onwer: 市统计局\n- id: digital"), "utf-8")
        done = guibiao("check", "--workspace", city[1])
    finally:
        definitions.write_text(before, "utf-8")
    assert done.returncode == 2
    assert "indicators/indicators.yaml:10" in done.stderr
    assert "owner" in done.stderr


def test_a_file_taken_in_changes_the_figures_and_undo_takes_it_back(city: tuple[str, ...], tmp_path: Path) -> None:
    delivered = tmp_path / "delivered.csv"
    delivered.write_text("指标,年份,数值（亿元）\n地区生产总值,2023,1130.0\n", "utf-8")
    explain = ("explain", "gross_domestic_product", "--period", "2023", *city)
    first = guibiao("ingest", str(delivered), "--table", "headline", *city)
    assert first.returncode == 0, first.stderr
    assert "1130.0" in guibiao(*explain).stdout
    assert "未作改动" in guibiao("ingest", str(delivered), "--table", "headline", *city).stdout
    delivered.write_text("指标,年份,数值（亿元）\n地区生产总值,2023,约莫一千\n", "utf-8")
    refused = guibiao("ingest", str(delivered), "--table", "headline", *city)
    assert refused.returncode == 2
    assert "delivered.csv:2" in refused.stderr
    assert "1130.0" in guibiao(*explain).stdout
    assert guibiao("ingest", "--undo", "--table", "headline", *city).returncode == 0
    assert "1120.0" in guibiao(*explain).stdout


def test_a_release_is_drafted_published_and_withdrawn(city: tuple[str, ...]) -> None:
    guibiao("run", *city)
    listed = json.loads(guibiao("release", "list", "--format", "json", *city).stdout)
    release = listed[-1]["release"]
    assert guibiao("release", "verify", release, *city).returncode == 0
    assert guibiao("release", "publish", release, *city).returncode == 0
    assert json.loads(guibiao("release", "list", "--format", "json", *city).stdout)[-1]["state"] == "published"
    assert guibiao("release", "withdraw", release, *city).returncode == 2
    assert guibiao("release", "withdraw", release, "--reason", "有误", *city).returncode == 0


@pytest.mark.parametrize("kind", ["workspace", "indicators", "table", "report"])
def test_schemas_are_exported_for_editors(kind: str) -> None:
    schema = json.loads(guibiao("schema", kind).stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
