"""From the plan to the closed task on a PostgreSQL server: decisions, moves, workbooks, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from guibiao.ledger_files import export_ledger, import_ledger
from guibiao.model.errors import BadRequest
from guibiao.model.operations import Conflict
from guibiao.reference.load import load_workspace
from tests.policy.ledger_samples import DISTRICTS, decisions, ledger, new_city, plan
from tests.store.operations_samples import new_workspace


def test_the_whole_way(tmp_path: Path, postgres_dsn: str) -> None:
    city = new_city(tmp_path, new_workspace())
    with decisions(city, postgres_dsn) as desk:
        desk.propose(plan(), "甲")
        names = [each.id for each in desk.review()]
        desk.accept(names, "甲", "核对原文")
        desk.undo(names[:1], "乙")
        with pytest.raises(BadRequest):
            desk.accept(names[:1], "甲", edits={"value": "many"})
        desk.reject(names[:1], "乙", "重复")
    assert len(load_workspace(city).policies["plan"].targets) == 2
    with ledger(city, postgres_dsn) as work:
        key = work.tasks()[0][0].record.id
        work.cascade(key, DISTRICTS, "甲")
        work.move(key, "分解", "甲")
        with pytest.raises(BadRequest):
            work.move(key, "销号", "甲")
        with pytest.raises(Conflict):
            work.move(key, "在办", "乙", believed="登记")
        work.move(key, "在办", "乙", believed="分解")
        export_ledger(work, tmp_path / "a.xlsx")
        assert import_ledger(work, tmp_path / "a.xlsx", "丙").plan.unchanged == 5
        export_ledger(work, tmp_path / "b.xlsx")
        assert [change.act.action for change in work.store.history("task", key)] == ["register", "decompose", "start"]
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with decisions(city, postgres_dsn) as desk, pytest.raises(BadRequest, match="台账"):
        desk.undo([key], "甲")
