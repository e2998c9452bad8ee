"""The ledger's states: what is allowed and what is not, for one task, for families, for any sequence of moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from guibiao.model.errors import BadRequest
from guibiao.model.operations import Conflict, LedgerTask, TaskState
from guibiao.policy.chasing import chase
from guibiao.policy.ledger import MOVES, STATES, Family, allowed, find_move, move_between, step
from guibiao.store.operations.opening import open_operations
from tests.policy.ledger_samples import DISTRICTS, accepted_city, ledger
from tests.store.operations_samples import act

TASK = LedgerTask(id="task-1", title="建设示范园区", lead=("市经济信息局",), due=date(2026, 6, 30))
ALLOWED = {
    ("registered", "decompose"): "decomposed", ("decomposed", "start"): "underway", ("underway", "submit"): "review",
    ("review", "close"): "closed", ("decomposed", "return"): "registered", ("review", "return"): "underway",
    ("closed", "return"): "underway", ("registered", "extend"): "registered", ("decomposed", "extend"): "decomposed",
    ("underway", "extend"): "underway", ("review", "extend"): "review",
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_every_move_from_every_state(state: TaskState, move: object) -> None:
    from guibiao.policy.ledger import Move

    assert isinstance(move, Move)
    task = replace(TASK, state=state)
    due = date(2026, 12, 31) if move.name == "extend" else None
    if (state, move.name) in ALLOWED:
        assert step(task, move, why="理由", due=due).state == ALLOWED[state, move.name]
    else:
        with pytest.raises(BadRequest) as refused:
            step(task, move, why="理由", due=due)
        assert all(each.word in refused.value.remedy for each in allowed(state))


@pytest.mark.parametrize(("word", "state"), [("退回", "review"), ("延期", "underway"), ("return", "closed")])
def test_returning_and_extending_need_a_reason(word: str, state: TaskState) -> None:
    with pytest.raises(BadRequest, match="理由"):
        step(replace(TASK, state=state), find_move(word), why=" ", due=date(2027, 1, 1) if word == "延期" else None)


@pytest.mark.parametrize("due", [None, date(2026, 6, 30), date(2026, 6, 29)])
def test_an_extension_goes_to_a_later_day(due: date | None) -> None:
    with pytest.raises(BadRequest):
        step(replace(TASK, state="underway"), find_move("延期"), why="雨季", due=due)


def test_a_parent_stays_open_while_a_child_is() -> None:
    parent, child = replace(TASK, state="review"), replace(TASK, id="task-1/990101", parent="task-1")
    with pytest.raises(BadRequest, match="没有销号"):
        step(parent, find_move("销号"), family=Family(None, (child,)))
    assert step(parent, find_move("销号"), family=Family(None, (replace(child, state="closed"),))).state == "closed"
    with pytest.raises(BadRequest, match="上级任务"):
        step(replace(child, state="closed"), find_move("退回"), why="复查", family=Family(replace(parent, state="closed")))


def test_a_task_without_office_is_not_decomposed() -> None:
    with pytest.raises(BadRequest, match="责任单位"):
        step(replace(TASK, lead=()), find_move("分解"))


def test_a_word_that_is_no_move_is_told_the_moves() -> None:
    with pytest.raises(BadRequest) as refused:
        find_move("搁置")
    assert "退回" in refused.value.remedy


def test_states_two_steps_apart_have_no_move() -> None:
    assert move_between("underway", "review").name == "submit"
    with pytest.raises(BadRequest):
        move_between("registered", "closed")


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(-30, 400), st.sampled_from(["", "理由"])), max_size=40))
def test_no_sequence_reaches_a_state_that_is_not_allowed(moves: list[tuple[object, int, str]]) -> None:
    from guibiao.policy.ledger import Move

    task = TASK
    for move, days, why in moves:
        assert isinstance(move, Move)
        assert task.due is not None
        due = task.due + timedelta(days=days) if move.name == "extend" else None
        before = task
        try:
            task = step(task, move, why=why, due=due)
        except BadRequest:
            assert task == before
            continue
        assert task.state == ALLOWED[before.state, move.name]
        assert task.due is not None
        assert task.due >= (before.due or date.min)
        assert replace(task, state=before.state, due=before.due, due_words=before.due_words) == before


class Ledger(RuleBasedStateMachine):
    """A city task and its districts' parts in a store, moved at random: families stay sound, and the history tells it all."""

    def __init__(self) -> None:
        super().__init__()
        self.store = open_operations(":memory:", "w")
        self.names = ["task-1", "task-1/a", "task-1/b"]
        for name in self.names:
            self.store.add(replace(TASK, id=name, parent="" if name == "task-1" else "task-1"), act("register"))
        self.made = len(self.names)

    def current(self, name: str) -> LedgerTask:
        kept = self.store.find(LedgerTask, name)
        assert kept is not None
        return kept.record

    @rule(number=st.integers(0, 2), move=st.sampled_from(MOVES), days=st.integers(1, 60))
    def move(self, number: int, move: object, days: int) -> None:
        from guibiao.policy.ledger import Move

        assert isinstance(move, Move)
        kept = self.store.find(LedgerTask, self.names[number])
        assert kept is not None
        assert kept.record.due is not None
        children = tuple(self.current(name) for name in self.names[1:]) if not number else ()
        family = Family(self.current("task-1") if number else None, children)
        due = kept.record.due + timedelta(days=days) if move.name == "extend" else None
        try:
            moved = step(kept.record, move, why="理由", due=due, family=family)
        except BadRequest:
            return
        self.store.replace(moved, kept.version, act(move.name, "乙", "理由"))
        self.made += 1

    @rule(number=st.integers(0, 2))
    def stale(self, number: int) -> None:
        kept = self.store.find(LedgerTask, self.names[number])
        assert kept is not None
        with pytest.raises(Conflict):
            self.store.replace(replace(kept.record, progress="过时"), kept.version - 1, act())

    @precondition(lambda self: self.current("task-1").state == "closed")
    @invariant()
    def a_closed_parent_has_closed_children(self) -> None:
        assert {self.current(name).state for name in self.names[1:]} == {"closed"}

    @invariant()
    def nothing_of_the_history_is_lost(self) -> None:
        assert len(self.store.history()) == self.made
        for name in self.names:
            changes = self.store.history("task", name)
            assert [change.version for change in changes] == list(range(1, len(changes) + 1))
            assert self.store.as_of_version(LedgerTask, name, len(changes)) == self.current(name)
            for before, change in pairwise(changes):
                earlier = self.store.as_of_version(LedgerTask, name, before.version)
                assert earlier is not None
                if "state" in change.new:
                    assert change.old["state"] == earlier.state

    def teardown(self) -> None:
        self.store.close()


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)


def test_the_plans_tasks_are_registered_once(tmp_path: Path) -> None:
    city = accepted_city(tmp_path)
    for _again in range(2):
        with ledger(city, tmp_path / "operations.db") as desk:
            tasks, hidden = desk.tasks()
            assert [(each.record.number, each.record.state, each.version) for each in tasks] == [
                ("1.", "registered", 1), ("2.", "registered", 1), ("3.", "registered", 1),
            ]  # fmt: skip
            assert hidden == 0
    assert tasks[0].record.lead == ("市经济信息局", "市科委、园区管委会", "各区政府")


def test_a_task_follows_its_definition_until_somebody_works_on_it(tmp_path: Path) -> None:
    city = accepted_city(tmp_path)
    file = city / "policies" / "plan.yaml"
    with ledger(city, tmp_path / "operations.db") as desk:
        first, second, _third = (each.record.id for each in desk.tasks()[0])
        desk.move(first, "分解", "甲")
    text = file.read_text(encoding="utf-8").replace("建设示范园区", "新建示范园区").replace("推广场景应用", "推广应用")
    file.write_text(text, encoding="utf-8")
    with ledger(city, tmp_path / "operations.db") as desk:
        assert desk.show(first).kept.record.title.startswith("建设示范园区")
        assert desk.show(second).kept.record.title.startswith("推广应用")


def test_districts_have_states_of_their_own(tmp_path: Path) -> None:
    city = accepted_city(tmp_path)
    with ledger(city, tmp_path / "operations.db") as desk:
        key = desk.tasks()[0][0].record.id
        made = desk.cascade(key, DISTRICTS, "甲")
        assert [each.lead for each in made] == [("东新区",), ("西新区",)]
        assert desk.cascade(key, DISTRICTS, "甲") == ()
        for word in ("分解", "在办", "待核"):
            desk.move(key, word, "甲")
        with pytest.raises(BadRequest, match="2 项下级任务"):
            desk.move(key, "销号", "甲")
        for district in DISTRICTS:
            for word in ("分解", "在办", "待核", "销号"):
                desk.move(f"{key}/{district}", word, "乙")
        assert desk.move(key, "销号", "甲").record.state == "closed"
        with pytest.raises(BadRequest, match="上级任务"):
            desk.move(f"{key}/{DISTRICTS[0]}", "退回", "丙", "复查")
        with pytest.raises(BadRequest, match="已经销号"):
            desk.cascade(key, DISTRICTS, "甲")


def test_a_state_the_person_did_not_see_is_a_conflict(tmp_path: Path) -> None:
    with ledger(accepted_city(tmp_path), tmp_path / "operations.db") as desk:
        key = desk.tasks()[0][0].record.id
        desk.move(key, "分解", "甲", believed="登记")
        with pytest.raises(Conflict, match="登记"):
            desk.move(key, "在办", "乙", believed="登记")


def test_milestones_problems_and_projects_are_chased(tmp_path: Path) -> None:
    with ledger(accepted_city(tmp_path), tmp_path / "operations.db") as desk:
        first, second, _third = (each.record.id for each in desk.tasks()[0])
        done = desk.milestone(first, "2026年一季度", "选址", "甲")
        desk.milestone(first, "2026年二季度", "开工", "甲")
        desk.milestone(first, "2026", "建成", "甲")
        desk.reached(done.id, "甲", on=date(2026, 3, 30))
        desk.problem("资金缺口", "甲", task=second, due=date(2026, 5, 1))
        project = desk.project("算力中心", ["市经济信息局"], "甲", due=date(2026, 4, 1), stage="在建")
        found = desk.chase(date(2026, 4, 20), 90)
        assert [(each.kind, each.days_left) for each in found.items] == [("task", -19), ("problem", 11), ("milestone", 71)]
        assert found.items[1].lead == ("市商务局", "市经济信息局")
        assert found.undated == 3
        assert (project.kind, project.stage) == ("project", "building")
        with pytest.raises(BadRequest, match="季度"):
            desk.milestone(first, "2026年5月", "一个月", "甲")
        with pytest.raises(BadRequest, match="已经登记"):
            desk.project("算力中心", ["市经济信息局"], "乙")


def test_a_problem_is_solved_and_opened_again_with_reasons(tmp_path: Path) -> None:
    with ledger(accepted_city(tmp_path), tmp_path / "operations.db") as desk:
        problem = desk.problem("资金缺口", "甲")
        with pytest.raises(BadRequest, match="理由"):
            desk.solve(problem.id, "甲", "")
        assert desk.solve(problem.id, "甲", "已拨付", measures="追加预算").state == "resolved"
        assert desk.solve(problem.id, "乙", "又有缺口", reopen=True).state == "open"
        assert [change.act.action for change in desk.store.history("problem", problem.id)] == ["add", "resolve", "reopen"]


def test_evidence_is_all_or_none_and_kept_once(tmp_path: Path) -> None:
    with ledger(accepted_city(tmp_path), tmp_path / "operations.db") as desk:
        key = desk.tasks()[0][0].record.id
        good = tmp_path / "a.txt"
        good.write_text("证明", encoding="utf-8")
        with pytest.raises(BadRequest.__base__):
            desk.add_evidence(key, [good, tmp_path / "absent"], "甲")
        assert desk.show(key).evidence == ()
        assert [new for _file, new in desk.add_evidence(key, [good], "甲")] == [True]
        assert [new for _file, new in desk.add_evidence(key, [good], "甲")] == [False]
        ((file, whole),) = desk.show(key).evidence
        assert (file.name, whole) == ("a.txt", True)


def test_nothing_is_due_without_days() -> None:
    open_task = replace(TASK, due=None)
    assert chase([open_task, replace(TASK, id="x", state="closed")], [], [], today=date(2030, 1, 1), days=9).items == ()
