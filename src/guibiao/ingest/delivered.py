"""A handed-in file from bytes to a result that can be stored: recognised, read, checked. Nothing is stored here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import median
from typing import Any

from guibiao.ingest.mapped import Reading, Received, read_mapped
from guibiao.ingest.office_file import read_office_file
from guibiao.ingest.own_form import own_form
from guibiao.ingest.recognise import recognise
from guibiao.ingest.steps import TableResult, indicator_digests
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Nature
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.tables import OBSERVATIONS
from guibiao.model.unit import find_unit
from guibiao.reference.definitions import Agreement, Workspace
from guibiao.reference.mapping import SheetMapping

Row = dict[str, Any]
HASH_LENGTH = 12
_MISTAKEN_UNIT = 300
"""Ratio to the nearest earlier figure from which a wrong unit is suspected: 万元 for 亿元 is ten thousand."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in."""

    name: str
    content: bytes
    day: date

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read: the part of its table it becomes (`dataset`), its rows, and what speaks against taking it in."""

    handed: Handed
    mapping: SheetMapping
    agreement: Agreement | None
    dataset: str
    result: TableResult
    reading: Reading
    doubts: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.mapping.table

    @property
    def statements(self) -> list[Row]:
        rows: list[Row] = list(self.result.statements)
        return rows

    @property
    def periods(self) -> tuple[Period, ...]:
        """Periods stated, in order."""
        found = {Period(row["period_start"], row["period_end"], Measure(row["measure"])) for row in self.statements}
        return tuple(sorted(found))


def prepare(workspace: Workspace, handed: Handed, table: str = "") -> Prepared:
    """Read a file with the mapping it is recognised by, or with that of `table`. Raises BadInput where it is refused."""
    sheets = read_office_file(handed.content, handed.name)
    mapping = mapping_of(workspace, table) if table else recognise(workspace, sheets, handed.name)
    agreement = agreement_of(workspace, mapping)
    dataset = f"{mapping.table}/{handed.sha256[:HASH_LENGTH]}"
    reading = read_mapped(workspace, mapping, sheets, Received(handed.name, dataset, handed.day.isoformat()))
    bound = reading.bound
    findings = [{**asdict(finding), "severity": finding.severity.value} for finding in bound.findings]
    digests = indicator_digests((row["indicator"], row["statement"]) for row in bound.statements)
    result = TableResult(dataset, bound.cells, bound.statements, findings, digests, bound.counts)
    doubts = (*reading.doubts, *_out_of_range(workspace, bound.statements), *_not_over(bound.statements, handed.day))
    return Prepared(handed, mapping, agreement, dataset, result, reading, doubts)


def mapping_of(workspace: Workspace, table: str) -> SheetMapping:
    """The mapping named, or the one of the table or agreement named. Raises BadRequest where there is none or several."""
    if table in workspace.mappings:
        return workspace.mappings[table]
    if table in workspace.agreements:
        agreement = workspace.agreements[table]
        return workspace.mappings[agreement.mapping] if agreement.mapping else own_form(workspace.tables[agreement.table])
    found = [each for each in workspace.mappings.values() if each.table == table]
    if len(found) == 1:
        return found[0]
    if not found and table in workspace.tables and workspace.tables[table].values:
        return own_form(workspace.tables[table])
    known = "、".join(sorted({*workspace.mappings, *workspace.agreements})) or _("无")
    raise BadRequest(_("没有名为 {name} 的映射、约定或表").format(name=table), remedy=_("可选：{names}").format(names=known))


def agreement_of(workspace: Workspace, mapping: SheetMapping) -> Agreement | None:
    """The agreement under which a table is delivered; the one that names the mapping where several do."""
    found = [each for each in workspace.agreements.values() if each.table == mapping.table]
    return next((each for each in found if each.mapping == mapping.id), found[0] if found else None)


def figure_key(row: Row) -> tuple[Any, ...]:
    """Key under which statements state one figure."""
    return tuple(row[name] for name in OBSERVATIONS.key)


def mistaken_unit(statements: Sequence[Row], earlier: Sequence[Row]) -> str:
    """Why the unit may be wrong: most figures are hundreds of times their nearest earlier ones, or hundredths."""
    before: dict[tuple[Any, ...], list[Row]] = {}
    for row in earlier:
        before.setdefault(_series(row), []).append(row)
    ratios = []
    for row in statements:
        others = [each for each in before.get(_series(row), ()) if each["value"] and each["period_end"] <= row["period_end"]]
        if others and row["value"]:
            nearest = max(others, key=lambda each: each["period_end"])
            ratios.append(abs(row["value"] / nearest["value"]))
    if not ratios:
        return ""
    middle = median(ratios)
    if 1 / _MISTAKEN_UNIT < middle < _MISTAKEN_UNIT:
        return ""
    shown = f"{middle:.0f}" if middle > 1 else f"1/{1 / middle:.0f}"
    return _("{count} 个数据是上期的 {ratio} 倍左右，像是计量单位错了").format(count=len(ratios), ratio=shown)


def _series(row: Row) -> tuple[Any, ...]:
    length = (row["period_end"].year - row["period_start"].year) * 12 + row["period_end"].month - row["period_start"].month
    span = 0 if row["measure"] == Measure.TO_DATE.value else length
    return (row["indicator"], row["area"], row["categories"], row["measure"], span)


def _out_of_range(workspace: Workspace, statements: Sequence[Row]) -> Iterator[str]:
    for row in statements:
        indicator = workspace.indicators[row["indicator"]]
        unit = find_unit(row["unit"])
        share = indicator.nature is Nature.SHARE and not 0 <= row["value"] <= (100 if row["unit"] == "%" else 1)
        negative = unit is not None and unit.discrete and row["value"] < 0
        if share or negative:
            reason = _("比重不在 0 至 100% 之间") if share else _("个数是负的")
            yield _("{place} 印 {printed}：{reason}").format(place=row["locator"], printed=row["printed"], reason=reason)


def _not_over(statements: Sequence[Row], day: date) -> Iterator[str]:
    later = {row["period_end"] for row in statements if row["period_end"] > day}
    if later:
        yield _("报告期到 {end} 才结束，今天是 {day}").format(end=max(later), day=day)
