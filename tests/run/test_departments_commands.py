"""`guibiao map`, `template`, `inbox` and `chase` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guibiao.commands import application
from guibiao.model.errors import BadRequest
from tests.run.inbox_desk import drop
from tests.run.offices import live_january, town, wrong_total


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return town(tmp_path)


def guibiao(*words: str) -> Any:
    return application()(list(words), standalone_mode=False, prog_name="guibiao")


def test_a_drop_updates_report_data_and_gaps(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    at = ("--workspace", str(folder), "--out", str(out))
    drop(folder, live_january(), wrong_total())
    assert guibiao("inbox", *at, "--dry-run") == 1
    assert not (out / "report.html").exists()
    assert guibiao("inbox", *at) == 1
    said = capsys.readouterr().out
    assert "隔离 2026年3月直播.xlsx：B5 格“合计”" in said
    assert "少录入约 1.2 分钟（估算）" in said
    assert "12.503456亿元" in (out / "report.html").read_text("utf-8").replace(" ", "") or "12.5" in (out / "report.html").read_text(
        "utf-8"
    )
    assert "live_sales" in (out / "data" / "observations.csv").read_text("utf-8-sig")
    assert guibiao("inbox", *at) == 0
    with pytest.raises(BadRequest, match="--despite"):
        guibiao("inbox", *at, "--despite", "理由")
    guibiao("chase", *at, "--on", "2026-03-20", "--out-messages", str(tmp_path / "messages"), "--format", "json")
    record = json.loads(capsys.readouterr().out)
    late = {(each["agreement"], each["period"]): each["overdue_days"] for each in record["owed"]}
    assert late["owed_live", "2026年2月"] == 5
    assert ("owed_live", "2026年1月") not in late
    assert "逾期 5 天" in (tmp_path / "messages" / "虚构商务局.txt").read_text("utf-8")
    guibiao("chase", *at, "--on", "2026-03-20")
    assert "催报单 2026-03-20" in capsys.readouterr().out


def test_a_mapping_is_proposed_and_a_form_written(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / live_january().name
    book.write_bytes(live_january().content)
    target = folder / "deliveries" / "mappings" / "owed_live.yaml"
    guibiao("map", str(book), "--agreement", "owed_live", "--workspace", str(folder), "--html", str(tmp_path / "picture.html"))
    assert "待确认 0 项" in capsys.readouterr().out
    assert "role: total" in target.read_text("utf-8")
    assert (tmp_path / "picture.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(BadRequest, match="已经存在"):
        guibiao("map", str(book), "--agreement", "owed_live", "--workspace", str(folder))
    with pytest.raises(BadRequest, match="没有名为 none 的约定"):
        guibiao("map", str(book), "--agreement", "none", "--workspace", str(folder))
    guibiao("template", "owed_centres", "--period", "2026年二季度", "--workspace", str(folder), "--out", str(tmp_path / "form.xlsx"))
    assert (tmp_path / "form.xlsx").read_bytes().startswith(b"PK")
    with pytest.raises(BadRequest, match="没有名为 none 的约定"):
        guibiao("template", "none", "--workspace", str(folder))
