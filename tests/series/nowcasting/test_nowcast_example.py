"""The worked example runs on the workspace's own tables and gives the figures it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from guibiao.commands.series import nowcast
from tests.capabilities import ROOT
from tests.documentation.shell_blocks import commands

PAGE = "docs/examples/nowcast.md"


def test_the_example_gives_its_figures(tmp_path: Path) -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    (command,) = [command for command in commands() if command.document == PAGE]
    words = [str(ROOT / word) if word.startswith("docs/") else word for word in command.words[3:]]
    words[words.index("csv")] = "json"
    app = typer.Typer()
    app.callback()(lambda: None)
    nowcast.register(app)
    done = CliRunner().invoke(app, ["nowcast", *words, "--workspace", str(ROOT / "workspaces" / "beijing"), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.exception
    content = json.loads(done.stdout)
    (row,) = content["rows"]
    news = content["diagnostics"]["news"]
    printed = [row["mean"], row["low"], row["high"], news["before"]]
    for value in printed:
        assert f"{value:,.1f}" in text
    assert max(item["impact"] for item in news["items"]) == pytest.approx(480.6, abs=0.05)
    assert f"{row['rmse']:,.0f}" in text
    assert f"{row['benchmark_rmse']:,.0f}" in text
    assert row["low"] < 127_694.9 < row["high"]
    assert sum(item["impact"] for item in news["items"]) == pytest.approx(news["after"] - news["before"], abs=1e-6)
