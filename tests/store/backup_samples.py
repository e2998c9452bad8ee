"""Stores filled with a row of every kind, and processes that go on writing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from guibiao.model.access import ApiKey, Role, Scope, Session, User
from guibiao.model.audit import Deed
from guibiao.model.operations import Evidence, LedgerTask, Milestone, PolicyPaper, Problem, Proposal
from guibiao.store.operations.backup import Source
from guibiao.store.operations.evidence import EvidenceFolder
from guibiao.store.operations.opening import open_access, open_operations
from tests.store.operations_samples import MOMENT, act

TASK = LedgerTask(
    id="task-1", title="建设“示范场景”\n第二行", lead=("市甲局", "市丙局"), due=date(2026, 6, 30), investment=Decimal("12.50"),
    investment_unit="亿元", extra={"备注": "", "一季度": "=1+1", "甲": "𠀀"},
)  # fmt: skip
PHOTO = b"\xff\xd8 not really a photograph"


def source(location: str, workspace: str, folder: Path) -> Source:
    return Source(location=location, workspace=workspace, evidence=folder / "evidence")


def fill(where: Source, scratch: Path) -> str:
    """A row of every kind; returns the digest of the evidence file."""
    photo = scratch / "photo.jpg"
    photo.write_bytes(PHOTO)
    digest, size = EvidenceFolder(where.evidence).take(photo)
    store = open_operations(where.location, where.workspace)
    store.add(TASK, act("add"))
    store.replace(replace(TASK, progress="已开工"), 1, act("update", "乙", "现场核实"))
    store.add(PolicyPaper(id="p", digest="d", title="方案", offices=("市甲局",), dated=date(2022, 6, 8)), act("add"))
    store.add(Proposal(id="t", kind="target", document="p", start=3, content={"value": "1.40", "high": None}), act("propose"))
    store.add(Milestone(id="m", task="task-1", period="2026年二季度", due=date(2026, 6, 30), text="开工"), act("add"))
    store.add(Evidence(id="e", task="task-1", sha256=digest, name="照片.jpg", size=size), act("add"))
    store.add(Problem(id="q", title="资金缺口", lead=("市丁局",), due=None), act("add"))
    store.close()
    add_people(where)
    return digest


def add_people(where: Source) -> None:
    """Users with what hangs on them, and both chains."""
    access = open_access(where.location, where.workspace)
    access.add_user(User(id="anna", name="安娜", roles=(Role.DISTRICT_EDITOR, Role.PLANNER), areas=("990101",), subject="https://l|1"))
    access.set_password("anna", "$argon2id$hash", MOMENT)
    later = MOMENT + timedelta(hours=8)
    access.add_session(Session(id="s" * 64, user="anna", created_at=MOMENT, seen_at=MOMENT, expires_at=later))
    access.add_key(
        ApiKey(
            id="0a1b2c3d4e5f", user="anna", label="门户", digest="d" * 64, scopes=(Scope.RELEASE_READ,), rate=120, created_at=MOMENT,
            expires_at=later, used_at=None,
        )
    )  # fmt: skip
    access.begin_attempt("anna", "198.51.100.1", MOMENT, MOMENT - timedelta(minutes=15), {"account": 5, "address": 5})
    access.count_request("key 0a1b2c3d4e5f", 120, MOMENT)
    for number in range(5):
        access.note("audit", Deed(action=f"a{number}", who="anna", detail={"roles": ["planner"], "甲": number}), MOMENT)
    access.note("interference", Deed(action="interference", who="anna", subject="某指标"), MOMENT)
    access.close()


def work_on(location: str, workspace: str, progress: Any) -> None:
    """Add a task and a line of the audit log for it in one transaction each, until killed."""
    store = open_operations(location, workspace)
    access = open_access(location, workspace)
    for number in range(100_000):
        with store.transaction():
            store.add(LedgerTask(id=f"work-{number}-a", title="任务"), act("add"))
            store.add(LedgerTask(id=f"work-{number}-b", title="任务"), act("add"))
        access.note("audit", Deed(action="work", subject=str(number)), MOMENT)
        progress.send(number)
