"""A test that lacks something is deselected with a count and a remedy, and fails under CI; nothing is silent."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from tests.capabilities import CAPABILITIES, ROOT

TESTS = """
    import pytest

    @pytest.mark.needs_chromium
    def test_page(): pass

    def test_word(libreoffice_command): pass

    def test_arithmetic(): pass
"""


@pytest.fixture
def bare_machine(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite of three tests on a machine that has neither browser nor office."""
    empty = pytester.mkdir("empty")
    monkeypatch.setenv("PATH", str(empty))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # what else is installed takes seconds to load
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("GUIBIAO_CI", raising=False)
    pytester.makeconftest('pytest_plugins = ("tests.capabilities",)')
    pytester.makepyfile(TESTS)
    return pytester


def test_a_developer_sees_what_was_left_out(bare_machine: pytest.Pytester) -> None:
    result = bare_machine.runpytest_subprocess("--strict-markers")
    result.assert_outcomes(passed=1, deselected=2)
    result.stdout.fnmatch_lines(
        [
            "*deselected: the machine lacks*",
            "1 test needs Chromium: apt install chromium",
            "1 test needs LibreOffice: apt install libreoffice-writer-nogui",
        ]
    )


@pytest.mark.parametrize("variable", ["CI", "GUIBIAO_CI"])
def test_ci_fails(bare_machine: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")
    result = bare_machine.runpytest_subprocess("--strict-markers")
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 1
    assert outcomes.get("failed", 0) + outcomes.get("errors", 0) == 2
    result.stdout.fnmatch_lines(["*Chromium is not on this machine: apt install chromium*"])


def test_every_capability_has_a_remedy() -> None:
    assert all(capability.title and capability.remedy for capability in CAPABILITIES)


def test_the_postgres_of_the_tests_is_private(postgres_dsn: str) -> None:
    folder = Path(unquote(postgres_dsn.partition("host=")[2]))
    assert (folder / "data").is_dir()
    with psycopg.connect(postgres_dsn) as connection:
        shown = connection.execute("SELECT current_setting('listen_addresses'), current_user").fetchone()
    assert shown == ("", "guibiao")
