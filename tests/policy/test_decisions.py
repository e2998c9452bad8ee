"""Proposals, decisions and the YAML that follows them: kept, undone, never half-written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from guibiao.decisions import DecisionDesk
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.operations import Proposal
from guibiao.policy.classes import TargetClass
from guibiao.policy.paper import Head
from guibiao.policy.proposals import definition_id
from guibiao.reference import policies
from guibiao.reference.load import load_workspace
from tests.policy.ledger_samples import PLAN, accepted_city, decisions, ledger, new_city, plan

GROUPED = PLAN.replace("### (一)打造应用场景", "### (一)打造应用场景。(责任单位:市商务局)")


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return new_city(tmp_path)


def of_kind(desk: DecisionDesk, kind: str) -> list[Proposal]:
    return desk.review(kind=kind)


def test_the_classes_are_those_of_extraction() -> None:
    assert get_args(policies.TargetClass) == get_args(TargetClass)


def test_a_reading_proposes_targets_and_tasks(city: Path, tmp_path: Path) -> None:
    with decisions(city, tmp_path / "o.db") as desk:
        done = desk.propose(plan(), "甲")
        assert (done.paper.title, done.paper.number, done.paper.dated) == (
            "新城市数字经济行动方案",
            "新经信发〔2022〕7号",
            date(2022, 3, 1),
        )
        assert done.paper.offices == ("新城市经济信息局", "新城市商务局")
        assert (done.new, len(of_kind(desk, "target")), len(of_kind(desk, "task"))) == (6, 3, 3)
        assert {each.state for each in desk.review()} == {"pending"}
        again = desk.propose(plan(), "乙")
        assert (again.new, again.updated, again.unchanged) == (0, 0, 6)
        assert len(desk.store.history("proposal")) == 6


def test_ids_depend_on_text_and_place_alone() -> None:
    assert definition_id("target", "d", 1, 2) == definition_id("target", "d", 1, 2)
    assert len({definition_id("target", "d", 1, 2), definition_id("task", "d", 1, 2), definition_id("target", "e", 1, 2)}) == 3


def test_another_text_under_the_same_name_is_refused(city: Path, tmp_path: Path) -> None:
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        with pytest.raises(BadRequest, match="另一份文本"):
            desk.propose(plan(PLAN.replace("300", "400")), "甲")
        desk.propose(plan(PLAN.replace("300", "400")), "甲", name="plan_revised")


@pytest.mark.parametrize("name", ["../evil", "a/b", "", "x" * 81, "a b"])
def test_a_name_stays_a_name(city: Path, tmp_path: Path, name: str) -> None:
    from dataclasses import replace

    with decisions(city, tmp_path / "o.db") as desk, pytest.raises(BadRequest):
        desk.propose(replace(plan(), name="///"), "甲", name=name)


def test_what_is_accepted_is_loaded_back(tmp_path: Path) -> None:
    workspace = load_workspace(accepted_city(tmp_path))
    document = workspace.policies["plan"]
    assert (document.title, document.issued_by, document.dated) == (
        "新城市数字经济行动方案", ("新城市经济信息局", "新城市商务局"), date(2022, 3, 1),
    )  # fmt: skip
    target = document.targets[0]
    assert (target.operator, target.value, target.unit, target.deadline) == (">=", Decimal(300), "亿元", date(2025, 12, 31))
    assert PLAN[target.start : target.end] == target.quote
    assert target.value_start is not None
    assert PLAN[target.value_start : target.value_end] == "300亿元"
    assert target.section == "新城市数字经济行动方案 / 一、主要目标"
    assert target.accepted_on == date(2026, 3, 2)
    assert [task.number for task in document.tasks] == ["1.", "2.", "3."]
    assert document.tasks[0].units == ("市经济信息局", "市科委、园区管委会", "各区政府")
    assert PLAN[document.tasks[1].start : document.tasks[1].end].startswith("2. 推广场景应用")


def test_edits_are_kept_and_written(city: Path, tmp_path: Path) -> None:
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        name = of_kind(desk, "target")[0].id
        edits = {"value": "320.50", "deadline": "2024-12-31", "operator": ">", "note": "按修订"}
        desk.accept([name], "乙", "按修订件", edits=edits)
        assert desk.review()[0].content["value"] == "300"
        (change,) = [change for change in desk.history(name) if change.act.action == "accept"]
        assert (change.act.who, change.act.why, change.old["state"], change.new["state"]) == ("乙", "按修订件", "pending", "accepted")
    (target,) = load_workspace(city).policies["plan"].targets
    assert (target.value, target.deadline, target.deadline_scope) == (Decimal("320.50"), date(2024, 12, 31), "edited")


@pytest.mark.parametrize(
    "edits",
    [
        {"value": "many"}, {"value": "NaN"}, {"deadline": "2025-02-30"}, {"operator": "~"}, {"colour": "red"}, {"indicator_id": "unknown"},
        {"value_high": "1"}, {"class": "promise"},
    ],
)  # fmt: skip
def test_an_edit_that_cannot_be_changes_nothing(city: Path, tmp_path: Path, edits: dict[str, str]) -> None:
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        with pytest.raises(BadRequest):
            desk.accept([of_kind(desk, "target")[0].id], "甲", edits=edits)
        assert {each.state for each in desk.review()} == {"pending"}
    assert not (city / "policies" / "plan.yaml").exists()


def test_undo_goes_back_decision_by_decision(city: Path, tmp_path: Path) -> None:
    file = city / "policies" / "plan.yaml"
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        name = of_kind(desk, "target")[0].id
        desk.accept([name], "甲")
        first = file.read_text(encoding="utf-8")
        desk.accept([name], "乙", edits={"value": "310"})
        assert "'310'" in file.read_text(encoding="utf-8")
        desk.undo([name], "丙")
        assert file.read_text(encoding="utf-8") == first
        desk.undo([name], "丙")
        assert desk.review()[0].state == "pending"
        assert name not in file.read_text(encoding="utf-8")
        with pytest.raises(BadRequest, match="没有可撤回"):
            desk.undo([name], "丙")
        assert [change.act.action for change in desk.history(name)] == ["propose", "accept", "accept", "undo", "undo"]
        desk.accept([name], "丁")
        assert name in file.read_text(encoding="utf-8")


def test_rejecting_needs_a_reason_and_takes_out_what_was_accepted(city: Path, tmp_path: Path) -> None:
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        name = of_kind(desk, "target")[1].id
        desk.accept([name], "甲")
        with pytest.raises(BadRequest, match="理由"):
            desk.reject([name], "乙", " ")
        desk.reject([name], "乙", "不是本市的目标")
        assert desk.review(pending=True) == [each for each in desk.review() if each.id != name]
    assert load_workspace(city).policies["plan"].targets == ()


def test_a_decision_stands_when_the_document_is_read_again(city: Path, tmp_path: Path) -> None:
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        desk.reject([of_kind(desk, "target")[0].id], "甲", "重复")
        desk.propose(plan(), "乙", head=Head("更正的标题", "", (), None))
        assert [each.state for each in of_kind(desk, "target")] == ["rejected", "pending", "pending"]


def test_hand_written_lines_stay_as_they_are(city: Path, tmp_path: Path) -> None:
    file = city / "policies" / "plan.yaml"
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        first, second, third = (each.id for each in of_kind(desk, "target"))
        desk.accept([first, third], "甲")
        text = file.read_text(encoding="utf-8").replace(f"  - id: {third}", f"  # 待商务局核对\n  - id: {third}")
        file.write_text(text, encoding="utf-8")
        desk.accept([second], "甲")
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        written = [line for line in lines if line not in text.splitlines(keepends=True)]
        assert f"  - id: {second}\n" in written
        kept = "".join(lines)
        assert kept.index(first) < kept.index(second) < kept.index("# 待商务局核对") < kept.index(third)
        desk.undo([second], "甲")
        assert file.read_text(encoding="utf-8") == text


def test_the_order_of_acceptance_does_not_matter(tmp_path: Path) -> None:
    texts = []
    for turn in (1, -1):
        city = new_city(tmp_path / str(turn))
        with decisions(city, tmp_path / str(turn) / "o.db") as desk:
            desk.propose(plan(), "甲")
            for each in desk.review()[::turn]:
                desk.accept([each.id], "甲")
        texts.append((city / "policies" / "plan.yaml").read_bytes())
    assert texts[0] == texts[1]


def test_a_file_that_cannot_be_written_leaves_the_decision_unmade(city: Path, tmp_path: Path) -> None:
    (city / "policies" / "plan.yaml").write_text("id: plan\ntitle: 方案\ntargets: {}\n", encoding="utf-8")
    with decisions_without_loading(city, tmp_path) as desk:
        desk.propose(plan(), "甲")
        with pytest.raises(GuibiaoError):
            desk.accept([of_kind(desk, "target")[0].id], "甲")
        assert {each.state for each in desk.review()} == {"pending"}
    assert (city / "policies" / "plan.yaml").read_text(encoding="utf-8") == "id: plan\ntitle: 方案\ntargets: {}\n"


def decisions_without_loading(city: Path, tmp_path: Path) -> object:
    """A desk whose workspace was loaded before the file was damaged."""
    from contextlib import contextmanager

    damaged = (city / "policies" / "plan.yaml").read_text(encoding="utf-8")
    (city / "policies" / "plan.yaml").unlink()

    @contextmanager
    def opened() -> object:  # type: ignore[misc]  # a generator, as the decorator wants
        with decisions(city, tmp_path / "o.db") as desk:
            (city / "policies" / "plan.yaml").write_text(damaged, encoding="utf-8")
            yield desk

    return opened()


def test_a_part_is_not_accepted_without_its_whole(city: Path, tmp_path: Path) -> None:
    text = PLAN + "\n### (三)健全机制\n\n保障落实。(责任单位:市商务局,市经济信息局)\n\n4. 完善统计。定期发布。(责任单位:市经济信息局)\n"
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(text), "甲")
        parts = [each for each in of_kind(desk, "task") if each.content["parent"]]
        assert parts, "the sample has a task within a task"
        with pytest.raises(BadRequest, match="上级任务"):
            desk.accept([parts[0].id], "甲")
        desk.accept([parts[0].content["parent"], parts[0].id], "甲")
        with pytest.raises(BadRequest, match="下级任务"):
            desk.undo([parts[0].content["parent"]], "甲")


def test_a_task_in_work_is_not_taken_back(tmp_path: Path) -> None:
    city = accepted_city(tmp_path)
    with ledger(city, tmp_path / "operations.db") as desk:
        first, second, _third = (each.record.id for each in desk.tasks()[0])
        desk.move(first, "分解", "甲")
    with decisions(city, tmp_path / "operations.db") as desk_of_decisions:
        with pytest.raises(BadRequest, match="台账"):
            desk_of_decisions.undo([first], "乙")
        desk_of_decisions.undo([second], "乙")
    with ledger(city, tmp_path / "operations.db") as desk:
        tasks, hidden = desk.tasks()
        assert (len(tasks), hidden) == (2, 1)


def test_the_beginning_of_an_id_is_enough(city: Path, tmp_path: Path) -> None:
    with decisions(city, tmp_path / "o.db") as desk:
        desk.propose(plan(), "甲")
        name = desk.review()[0].id
        assert desk.accept([name.partition("-")[2][:8]], "甲").proposals[0].id == name
        with pytest.raises(BadRequest, match="不止一条"):
            desk.accept(["target"], "甲")
        with pytest.raises(BadRequest, match="没有编号"):
            desk.accept(["zzz"], "甲")


def test_a_store_of_its_own_finds_what_the_workspace_has_accepted(tmp_path: Path) -> None:
    city = accepted_city(tmp_path)
    file = city / "policies" / "plan.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("value: '300'", "value: '305'"), encoding="utf-8")
    before = file.read_bytes()
    with decisions(city, tmp_path / "other.db") as desk:
        done = desk.propose(plan(), "乙")
        assert (done.new, done.adopted) == (0, 6)
        first = of_kind(desk, "target")[0]
        assert (first.state, first.edits) == ("accepted", {"value": "305"})
        desk.accept([each.id for each in desk.review()], "乙")
        assert file.read_bytes() == before
        desk.accept([first.id], "乙", edits={"note": "核对"})
        desk.reject([of_kind(desk, "target")[1].id], "乙", "重复")
        with pytest.raises(BadRequest, match="名为 plan"):
            desk.propose(plan(), "乙", name="other")
    targets = load_workspace(city).policies["plan"].targets
    assert [(each.value, each.note, each.accepted_on) for each in targets] == [
        (Decimal(305), "核对", date(2026, 3, 2)), (Decimal(50), "", date(2026, 3, 2)),
    ]  # fmt: skip
