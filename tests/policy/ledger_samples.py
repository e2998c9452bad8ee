"""A made-up city with a made-up plan, its ledger, and a clock that goes on a minute with each act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from guibiao.decisions import DecisionDesk
from guibiao.ingest.plain_text import read_plain_text
from guibiao.ledgers import LedgerDesk
from guibiao.model.text.blocks import DocumentText
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.store.operations.evidence import EvidenceFolder
from guibiao.store.operations.opening import open_operations

PLAN = """新城市经济信息局 新城市商务局
关于印发《新城市数字经济行动方案》的通知

新经信发〔2022〕7号

2022年3月1日

# 新城市数字经济行动方案

## 一、主要目标

到2025年，数字贸易额达到300亿元，建成12个应用场景，引进50家服务机构。

## 二、重点任务

### (一)打造应用场景

1. 建设示范园区。完善园区配套。(责任单位:市经济信息局,市科委、园区管委会,各区政府)

2. 推广场景应用。开展供需对接。(责任单位:市商务局,市经济信息局)

### (二)培育服务机构

3. 引进服务机构。落实支持政策。(责任单位:市商务局)
"""
OFFICES = """- id: economy
  name: 新城市经济信息局
  aliases: [市经济信息局, 市经信局]
- id: commerce
  name: 新城市商务局
  aliases: [市商务局]
- id: science
  name: 新城市科学技术委员会
  aliases: [市科委]
  valid_to: 2020-12-31
  succeeded_by: science_parks
- id: science_parks
  name: 新城市科学技术委员会、园区管理委员会
  aliases: ["市科委、园区管委会"]
  valid_from: 2021-01-01
- id: districts
  name: 各区政府
  kind: group
"""
DISTRICTS = ("990101", "990102")


def plan(text: str = PLAN) -> DocumentText:
    return DocumentText("plan", text, read_plain_text(text))


def new_city(folder: Path, name: str = "newtown") -> Path:
    city = scaffold(folder, name, "新城市", "990100")
    (city / "policies").mkdir()
    (city / "policies" / "offices.yaml").write_text(OFFICES, encoding="utf-8")
    areas = city / "classifications" / "areas.csv"
    head, *rows = areas.read_text(encoding="utf-8").splitlines()
    names = head.split(",")
    for code, name in zip(DISTRICTS, ("东新区", "西新区"), strict=True):
        values = {"code": code, "name_zh": name, "name_en": name, "parent": "990100"}
        rows.append(",".join(values.get(each, "") for each in names))
    areas.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return city


class Clock:
    """A minute later each time it is asked."""

    def __init__(self) -> None:
        self._ticks = count()

    def __call__(self) -> datetime:
        return datetime(2026, 3, 2, 1, 0, tzinfo=UTC) + timedelta(minutes=next(self._ticks))


@contextmanager
def decisions(city: Path, location: str | Path) -> Iterator[DecisionDesk]:
    workspace = load_workspace(city)
    store = open_operations(location, workspace.settings.id)
    try:
        yield DecisionDesk(workspace, store, Clock())
    finally:
        store.close()


@contextmanager
def ledger(city: Path, location: str | Path) -> Iterator[LedgerDesk]:
    workspace = load_workspace(city)
    store = open_operations(location, workspace.settings.id)
    try:
        yield LedgerDesk(workspace, store, EvidenceFolder(city.parent / "evidence"), Clock())
    finally:
        store.close()


def accepted_city(folder: Path) -> Path:
    """A city whose plan was proposed and accepted whole."""
    city = new_city(folder)
    with decisions(city, folder / "operations.db") as desk:
        desk.propose(plan(), "甲")
        desk.accept([each.id for each in desk.review()], "甲", "核对原文")
    return city
