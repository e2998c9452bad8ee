"""Tasks with the units responsible for them, in the forms in which offices print them."""

from __future__ import annotations

from pathlib import Path

import pytest

from guibiao.ingest.documents import read_document
from guibiao.ingest.plain_text import read_plain_text
from guibiao.model.text.blocks import DocumentText
from guibiao.policy.tasks import Task, extract_tasks


def tasks(text: str) -> list[Task]:
    return extract_tasks(DocumentText("plan", text, read_plain_text(text)))


PLAN = """某市行动计划

一、重点任务
（一）夯实基础
1.建设平台。完善服务体系。（责任单位：市商务局，市科委、中关村管委会，各区政府）
2.培育企业。支持中小企业发展。（责任单位：市财政局，市商务局）
（二）扩大开放
3.开展合作。举办交流活动。（责任单位：市商务局，市发展改革委）
二、保障措施
4.加强统筹。建立工作机制。（责任单位：市商务局，各区政府）
"""


def test_tasks_numbered_through_the_document_stand_alone() -> None:
    found = tasks(PLAN)
    assert [each.number for each in found] == ["1.", "2.", "3.", "4."]
    assert [each.title for each in found] == ["建设平台", "培育企业", "开展合作", "加强统筹"]
    assert found[0].section == "一、重点任务 / (一)夯实基础"


def test_a_mark_inside_a_name_is_told_from_one_between_names() -> None:
    assert tasks(PLAN)[0].units == ("市商务局", "市科委、中关村管委会", "各区政府")
    by_mark = (
        "（一）建设平台。完善体系。（市商务局、市财政局、各区政府按职责分工负责）\n（二）培育企业。支持发展。（市科委、市财政局负责）\n"
    )
    assert [each.units for each in tasks(by_mark)] == [("市商务局", "市财政局", "各区政府"), ("市科委", "市财政局")]


@pytest.mark.parametrize(
    ("note", "units", "lead"),
    [
        ("（市商务局牵头，市财政局、市科委配合）", ("市商务局", "市财政局", "市科委"), ("市商务局",)),
        ("（牵头单位：市商务局；配合单位：市财政局、各区政府）", ("市商务局", "市财政局", "各区政府"), ("市商务局",)),
        ("（责任单位：市商务局、市财政局；完成时限：2025年底）", ("市商务局", "市财政局"), ("市商务局", "市财政局")),
        ("（市商务局、市财政局等按职责分工分别负责）", ("市商务局", "市财政局"), ("市商务局", "市财政局")),
        ("（市商务局等有关部门负责）", ("市商务局", "有关部门"), ("市商务局", "有关部门")),
        (
            "（市商务局、示范区（筹）管委会、市财政局负责）",
            ("市商务局", "示范区(筹)管委会", "市财政局"),
            ("市商务局", "示范区(筹)管委会", "市财政局"),
        ),
        ("（市商务局会同市财政局负责）", ("市商务局", "市财政局"), ("市商务局", "市财政局")),
        ("责任单位：市商务局、市财政局", ("市商务局", "市财政局"), ("市商务局", "市财政局")),
    ],
)
def test_forms_of_the_note(note: str, units: tuple[str, ...], lead: tuple[str, ...]) -> None:
    found = tasks(f"（一）建设平台。完善服务体系。{note}\n")
    assert len(found) == 1
    assert found[0].units == units
    assert set(found[0].lead) == set(lead)


def test_several_notes_in_one_task_are_united_in_order() -> None:
    text = (
        "（一）降低门槛。清理审批事项。（市审改办，有关部门按职责分工分别负责）简化登记。（市场监管局、编办）支持上市。"
        "（证监局）完善机制，（下称机制）加快推进。\n（二）减税降负。落实政策。（税务局）"
    )
    first, second = tasks(text)
    assert first.units == ("市审改办", "有关部门", "市场监管局", "编办", "证监局")
    assert text[first.start : first.end].endswith("（证监局）")
    assert second.units == ("税务局",)


def test_a_task_with_sub_items_has_none_of_its_own() -> None:
    text = (
        "一、重点任务\n（一）推动升级\n1.建设设施。完善网络。（市商务局、市财政局负责）\n2.优化服务。提升水平。"
        "（市科委、市商务局负责）\n（二）培育人才。引进团队。（市人社局、市教委负责）\n"
    )
    found = tasks(text)
    assert [(each.number, each.parent, bool(each.units)) for each in found] == [
        ("(一)", "", False), ("1.", "(一)", True), ("2.", "(一)", True), ("(二)", "", True),
    ]  # fmt: skip


def test_brackets_that_name_no_office_are_no_note() -> None:
    assert tasks("（一）发展新技术（人工智能、区块链）。推动应用。\n（二）加快建设。") == []


def test_the_span_holds_the_title_and_every_unit() -> None:
    for task in tasks(PLAN):
        span = PLAN[task.start : task.end]
        assert task.title in span
        assert all(unit in span for unit in task.units)
        assert span.endswith("）")


@pytest.mark.parametrize(("name", "count"), [("001_6c4c57c40d1eeae8.txt", 25), ("003_aaa02adab4746bd1.txt", 17)])
def test_tasks_of_the_shared_plans(shared_folder: Path, name: str, count: int) -> None:
    found = extract_tasks(read_document((shared_folder / "seeds" / name).read_bytes(), name))
    assert len(found) == count
