"""Two processes at one task: one wins, the other is told. A killed process leaves whole transactions."""

from __future__ import annotations

from pathlib import Path

import pytest

from guibiao.model.operations import LedgerTask
from tests.store.killing import _context, kill_at, start
from tests.store.operations_samples import act, add_many, move_when_told, new_workspace, store_at


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "operations.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_dsn"))


def test_one_wins_and_the_other_is_told(location: str) -> None:
    workspace = new_workspace()
    with store_at(location, workspace) as store:
        store.add(LedgerTask(id="task-1", title="任务"), act("add"))
    people = {}
    for who in ("甲", "乙"):
        here, there = _context.Pipe(), _context.Pipe()
        people[who] = (start(move_when_told, location, workspace, "task-1", who, here[0], there[1]), here[1], there[0])
    for _process, _tell, answer in people.values():
        assert answer.recv() == "ready"
    for _process, tell, _answer in people.values():
        tell.send("go")
    answers = [answer.recv() for _process, _tell, answer in people.values()]
    for process, _tell, _answer in people.values():
        process.join()
    assert sorted(kind for kind, _text in answers) == ["told", "won"]
    winner = next(text for kind, text in answers if kind == "won")
    assert winner in next(text for kind, text in answers if kind == "told")
    with store_at(location, workspace) as store:
        kept = store.find(LedgerTask, "task-1")
        assert kept is not None
        assert (kept.version, kept.record.progress) == (2, f"由{winner}更新")
        assert [change.act.who for change in store.history("task", "task-1")] == ["甲", winner]


@pytest.mark.parametrize(("pieces", "phase"), [(1, 0.1), (3, 0.5), (5, 0.9)])
def test_a_killed_process_leaves_whole_transactions(tmp_path: Path, pieces: int, phase: float) -> None:
    location = str(tmp_path / "operations.db")
    last = kill_at(pieces, phase, add_many, location, "w")
    assert last is not None
    with store_at(location, "w") as store:
        tasks = store.every(LedgerTask)
        assert len(tasks) % 10 == 0
        assert len(tasks) >= (last + 1) * 10
        assert len(store.history()) == len(tasks)
