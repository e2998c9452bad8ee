"""Records of targets and tasks, and the commands that print them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guibiao.commands import application
from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.errors import BadInput
from guibiao.model.text.blocks import DocumentText
from guibiao.policy.matching import Match
from guibiao.policy.records import target_record, task_record
from guibiao.policy.targets import extract_targets
from guibiao.policy.tasks import extract_tasks

PLAN = """某市数字行动计划

一、发展目标
到2025年，产业规模达到1.4万亿元，选取2—3个区打造示范基地，收入比2020年翻一番。
二、重点任务
1.建设平台。完善服务体系。（责任单位：市商务局，市财政局）
2.培育企业。支持发展。（责任单位：市商务局，市科委）
"""
TARGET_FIELDS = [
    "doc",
    "quote",
    "start",
    "end",
    "indicator",
    "operator",
    "value",
    "value_high",
    "unit",
    "value_base",
    "unit_base",
    "deadline",
    "deadline_scope",
    "baseline",
    "geography",
    "kind",
    "class",
    "confidence",
]


def run(*arguments: str) -> None:
    application()(list(arguments), standalone_mode=False)


def document() -> DocumentText:
    return DocumentText("plan", PLAN, read_plain_text(PLAN), "2022-06-01")


def test_a_target_record_has_the_promised_fields_in_order() -> None:
    records = [target_record(each) for each in extract_targets(document())]
    assert list(records[0])[: len(TARGET_FIELDS)] == TARGET_FIELDS
    assert (records[0]["value"], records[0]["value_base"], records[0]["unit_base"]) == (1.4, 1_400_000_000_000, "元")
    assert (records[1]["value"], records[1]["value_high"], records[1]["operator"]) == (2, 3, "range")
    assert (records[2]["operator"], records[2]["baseline"], records[2]["deadline"]) == ("multiple_of_base", "2020", "2025-12-31")
    assert json.loads(json.dumps(records)) == records


def test_a_match_is_told_with_its_score() -> None:
    target = next(extract_targets(document()))
    assert target_record(target)["indicator_id"] is None
    assert target_record(target, Match("", 0.0))["indicator_score"] is None
    assert target_record(target, Match("output", 0.8))["indicator_id"] == "output"


def test_a_task_record() -> None:
    record = task_record(extract_tasks(document())[0])
    assert list(record) == ["doc", "number", "title", "section", "units", "lead", "start", "end", "parent"]
    assert (record["number"], record["units"], record["parent"]) == ("1.", ["市商务局", "市财政局"], None)
    assert PLAN[record["start"] : record["end"]].startswith("1.建设平台")


@pytest.mark.parametrize("command", ["extract", "tasks"])
def test_commands_print_tables_json_and_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    path = tmp_path / "计划.txt"
    path.write_text(PLAN, encoding="utf-8")
    printed = {}
    for form in ("table", "json", "jsonl"):
        run("policy", command, str(path), "--format", form)
        printed[form] = capsys.readouterr().out
    records = json.loads(printed["json"])
    assert records == [json.loads(line) for line in printed["jsonl"].splitlines()]
    assert len(records) == (3 if command == "extract" else 2)
    assert records[0]["doc"] == "计划"
    assert ("1.4" if command == "extract" else "市商务局") in printed["table"]


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xff\xfe")
    for name in ("a.txt", "b.txt"):
        with pytest.raises(BadInput, match=name):
            run("policy", "tasks", str(tmp_path / name))
