"""Files taken in from outside: stored whole or not at all, and taken back by undo.

A file for a table typed into the workspace stands in that table's place. A file under an agreement or mapping is a part of its table:
parts accumulate, a later one restates the figures it shares with earlier ones, and the earlier statements stay on file as vintages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guibiao.graph import digest
from guibiao.ingest.delivered import Handed, Prepared, figure_key, mapping_of, mistaken_unit, prepare
from guibiao.model.errors import BadInput, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.tables import CELLS, FINDINGS, STATEMENTS
from guibiao.reference.definitions import Workspace
from guibiao.run import DELIVERED
from guibiao.store.port import WITHDRAWN, WorkingStore

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure that an earlier delivery of the same table stated otherwise."""

    indicator: str
    area: str
    categories: str
    period: str
    old: str
    new: str
    dataset: str

    def __str__(self) -> str:
        what = " ".join(filter(None, (self.indicator, self.area, self.categories, self.period)))
        return _("{what}：{old} → {new}").format(what=what, old=self.old, new=self.new)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How a delivery stands to what is on file: new figures, unchanged ones, revised ones, and what other tables say otherwise."""

    added: int
    unchanged: int
    revisions: tuple[Revision, ...]
    conflicts: tuple[Revision, ...]
    doubts: tuple[str, ...]


def take_in(workspace: Workspace, store: WorkingStore, table: str, file: Path | None) -> dict[str, Any]:
    """Read a file for a table of the workspace, record it and make it current. The same bytes twice change nothing."""
    from guibiao.ingest.steps import ingest_file, record_table

    if file is None or not table:
        missing = _("数据文件") if file is None else "--table"
        raise BadRequest(_("缺少参数 {name}").format(name=missing), remedy=_("写成 guibiao ingest 文件 --table 表名。"))
    if is_owed(workspace, table):
        return _take_in_part(workspace, store, table, file)
    result = ingest_file(workspace, file, table)
    key = digest("delivery", file.read_bytes(), workspace.tables[table], sorted(result.digests.items()))
    with store.transaction():
        if key not in set(store.current(DELIVERED).values()):
            record_table(store, key, result)
        new = store.deliver(f"{DELIVERED}{table}", key, datetime.now(UTC))
    return _report(table, file.name, key, new, dict(result.counts), [row["message"] for row in result.findings])


def is_owed(workspace: Workspace, table: str) -> bool:
    """Whether a table comes under an agreement or mapping, so that its deliveries accumulate."""
    if table in workspace.mappings or table in workspace.agreements:
        return True
    binding = workspace.tables.get(table)
    if binding is None or binding.bulk or binding.file:
        return False
    owed = {agreement.table for agreement in workspace.agreements.values()} | {mapping.table for mapping in workspace.mappings.values()}
    return table in owed


def _take_in_part(workspace: Workspace, store: WorkingStore, table: str, file: Path) -> dict[str, Any]:
    from guibiao.ingest.office_file import file_bytes

    now = datetime.now(UTC)
    prepared = prepare(workspace, Handed(file.name, file_bytes(file), now.astimezone().date()), table)
    doubts = (*prepared.doubts, *reconcile(store, prepared).doubts)
    if doubts:
        raise doubtful(prepared.handed.name, doubts)
    new = store_part(store, prepared, now)
    messages = [*prepared.reading.remarks, *(row["message"] for row in prepared.result.findings)]
    return _report(prepared.table, file.name, prepared.dataset, new, dict(prepared.result.counts), messages)


def _report(table: str, file: str, content: str, new: bool, counts: Mapping[str, int], findings: list[str]) -> dict[str, Any]:
    text = _("已接收 {file}：{statements} 个数据") if new else _("{file} 与现有内容相同，未作改动（{statements} 个数据）")
    message = "\n".join([text.format(file=file, statements=counts.get("statements", 0)), *findings])
    return {"table": table, "file": file, "content": content, "stored": new, "counts": counts, "findings": findings, "message": message}


def doubtful(name: str, doubts: Iterable[str]) -> BadInput:
    """The refusal of a file that could be read but should not be believed."""
    found = list(doubts)
    return BadInput(
        found[0] if len(found) == 1 else _("有 {count} 处对不上，整个文件没有收").format(count=len(found)),
        "" if len(found) == 1 else "\n".join(found),
        _("请报送单位核对更正后重报；确认无误的，用 guibiao inbox --only {name} --despite 理由 收入，理由记入回执。").format(name=name),
        Place(name),
    )


def part_of_file(store: WorkingStore, sha256: str) -> str:
    """The dataset that a file with this hash is already current as; empty where there is none."""
    from guibiao.ingest.delivered import HASH_LENGTH

    ending = f"/{sha256[:HASH_LENGTH]}"
    return next((name.removeprefix(DELIVERED) for name in store.current(DELIVERED) if name.endswith(ending)), "")


def parts(store: WorkingStore, table: str) -> dict[str, str]:
    """Current parts of a table: dataset in the store -> content key."""
    found = store.current(f"{DELIVERED}{table}/")
    return dict(found)


def delivered_periods(store: WorkingStore, tables: Iterable[str]) -> dict[str, set[Any]]:
    """Table -> last days of the periods that its current deliveries state."""
    result: dict[str, set[Any]] = {}
    for table in tables:
        keys = [*parts(store, table).values(), *filter(None, [store.current(DELIVERED).get(f"{DELIVERED}{table}", "")])]
        rows = store.statements(keys).column("period_end").to_pylist() if keys else []
        result[table] = set(rows)
    return result


def reconcile(store: WorkingStore, prepared: Prepared) -> Reconciled:
    """Compare a delivery with earlier ones of its table, and with what other tables state of the same figures."""
    from guibiao.editing.conflicts import quantity_of

    rows = prepared.statements
    own = [key for name, key in parts(store, prepared.table).items() if name != f"{DELIVERED}{prepared.dataset}"]
    earlier: list[Row] = store.statements(own).to_pylist() if own else []
    latest: dict[tuple[Any, ...], Row] = {}
    for row in sorted(earlier, key=lambda each: each["known_from"]):
        latest[figure_key(row)] = row
    revisions, unchanged = [], 0
    for row in rows:
        old = latest.get(figure_key(row))
        if old is not None and (old["value"], old["qualifier"]) != (row["value"], row["qualifier"]):
            revisions.append(_revision(old, row))
        unchanged += old is not None and (old["value"], old["qualifier"]) == (row["value"], row["qualifier"])
    prefix = f"{DELIVERED}{prepared.table}"
    others = [key for name, key in store.current().items() if name != prepared.table and not name.startswith(prefix)]
    names = sorted({row["indicator"] for row in rows})
    said: dict[tuple[Any, ...], list[Row]] = {}
    for row in store.statements(others, indicators=names).to_pylist() if others else []:
        said.setdefault(figure_key(row), []).append(row)
    conflicts = [
        _revision(other, row)
        for row in rows
        for other in said.get(figure_key(row), ())
        if not quantity_of(row).overlaps(quantity_of(other))
    ]
    suspicion = mistaken_unit(rows, earlier)
    return Reconciled(
        len(rows) - unchanged - len(revisions), unchanged, tuple(revisions), tuple(conflicts), (suspicion,) if suspicion else ()
    )


def _revision(old: Row, new: Row) -> Revision:
    period = Period(new["period_start"], new["period_end"], Measure(new["measure"]))
    before, after = (row["printed"] if not row["printed"][-1:].isdigit() else row["printed"] + row["unit"] for row in (old, new))
    return Revision(new["indicator"], new["area"], new["categories"], str(period), before, after, old["dataset"])


def store_part(store: WorkingStore, prepared: Prepared, now: datetime) -> bool:
    """Record a part and make it current, with one moment for all that changes; False where it is current already.

    Figures that another part stated on the same day are superseded by it, since no day tells the two apart.
    """
    from guibiao.ingest.steps import record_table

    key = digest("part", prepared.handed.content, prepared.mapping, sorted(prepared.result.digests.items()))
    name = f"{DELIVERED}{prepared.dataset}"
    with store.transaction():
        if store.current(name).get(name) == key:
            return False
        record_table(store, key, prepared.result)
        stated = {figure_key(row) for row in prepared.statements}
        for other, held in parts(store, prepared.table).items():
            if other != name:
                _supersede(store, other, held, stated, prepared, now)
        return store.deliver(name, key, now)


def _supersede(store: WorkingStore, dataset: str, held: str, stated: set[tuple[Any, ...]], prepared: Prepared, now: datetime) -> None:
    """Leave out of an older part of the table what a newer one of the same day states."""
    rows: list[Row] = store.statements([held]).to_pylist()
    left = [row for row in rows if not (figure_key(row) in stated and row["known_from"] == prepared.handed.day)]
    if len(left) == len(rows):
        return
    if not left:
        store.deliver(dataset, WITHDRAWN, now)
        return
    key = digest("superseded", held, prepared.dataset)
    store.record(CELLS, key, store.read(CELLS, [held]))
    store.record(STATEMENTS, key, left)
    store.record(FINDINGS, key, store.read(FINDINGS, [held]))
    store.deliver(dataset, key, now)


def withdraw(workspace: Workspace, store: WorkingStore, table: str) -> dict[str, Any]:
    """Take the last delivery of a table back: what was current before it is current again."""
    if table in workspace.mappings or table in workspace.agreements:
        table = mapping_of(workspace, table).table
    name = f"{DELIVERED}{table}"
    history = [each for each in store.deliveries(name) if each.dataset == name or each.dataset.startswith(f"{name}/")]
    states = _states((each.recorded_at, each.dataset, each.content_key) for each in history)
    if not table or not states or not states[-1]:
        known = "、".join(sorted({each.removeprefix(DELIVERED).partition("/")[0] for each in store.current(DELIVERED)})) or _("无")
        raise BadRequest(
            _("表 {table} 没有接收过文件").format(table=table or "--table"), remedy=_("接收过的表：{known}。").format(known=known)
        )
    earlier, now = _before_last(states), datetime.now(UTC)
    with store.transaction():
        for dataset in sorted({*states[-1], *earlier}):
            store.deliver(dataset, earlier.get(dataset, WITHDRAWN), now)
    message = _("已撤回表 {table} 最近接收的文件").format(table=table)
    content = earlier.get(name, WITHDRAWN)
    return {"table": table, "workspace": workspace.settings.id, "content": content, "message": message}


def _states(history: Iterable[tuple[datetime, str, str]]) -> list[dict[str, str]]:
    """What was current after each moment at which something changed: dataset -> content key."""
    states: list[dict[str, str]] = []
    moment: datetime | None = None
    current: dict[str, str] = {}
    for recorded_at, dataset, key in history:
        if recorded_at != moment:
            states.append({})
            moment = recorded_at
        current = {**current, dataset: key}
        states[-1] = {name: each for name, each in current.items() if each != WITHDRAWN}
    return states


def _before_last(states: list[dict[str, str]]) -> dict[str, str]:
    """What was current before the present state, as an undo of undos would see it."""
    stack: list[dict[str, str]] = [{}]
    for state in states:
        if len(stack) > 1 and state == stack[-2]:
            stack.pop()
        else:
            stack.append(state)
    return stack[-2] if len(stack) > 1 else {}
