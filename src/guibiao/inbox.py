"""The folder into which other offices' files are dropped: each is taken in whole, or set aside with the reason; none is ever lost.

inbox/            files that wait
inbox/received/   files taken in: date, hash, name
inbox/quarantine/ files set aside, each with a .txt for people and a .json for programs beside it
inbox/receipts/   one receipt a file, by hash

The store decides what is current. A process that is killed leaves a file that waits, or one that the store has and that is moved on the
next time; the same bytes are never taken in twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from guibiao.deliveries import Reconciled, doubtful, part_of_file, reconcile, store_part
from guibiao.graph import write_atomically
from guibiao.ingest.delivered import Handed, Prepared, prepare
from guibiao.ingest.office_file import file_bytes
from guibiao.model.errors import BadInput, BadRequest, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.reference.mapping import rekeying_on
from guibiao.store.port import WorkingStore

TAKEN, KNOWN, SET_ASIDE, WAITING = "taken", "known", "quarantined", "waiting"
_UNFINISHED = (".part", ".crdownload", ".tmp", ".download", ".filepart")
_FRESH = 3_000_000_000
"""Nanoseconds since its last change within which a file may still be written."""
_LONGEST_STEM = 180
"""Bytes of a file's name that are kept; file systems end at 255."""
_HIDDEN = (".", "~$", ".~")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    file: str
    status: str
    sha256: str = ""
    table: str = ""
    mapping: str = ""
    statements: int = 0
    title: str = ""
    description: str = ""
    remedy: str = ""
    minutes: Decimal | None = None
    lines: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A row for `--format json`."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {**found, "lines": list(self.lines), "minutes": None if self.minutes is None else str(self.minutes)}


@dataclass(frozen=True, slots=True)
class Inbox:
    """One folder, one workspace, one store, one day."""

    folder: Path
    workspace: Workspace
    store: WorkingStore
    today: date
    table: str = ""
    despite: str = ""
    """Why a file is taken in though something in it does not agree; kept in its receipt."""
    dry_run: bool = False

    def take(self, path: Path) -> Outcome:
        """Take in one file, or set it aside. Only broken programs and full disks raise."""
        try:
            content = file_bytes(path)
        except BadInput as refusal:
            return self._set_aside(path, Handed(path.name, _whatever(path), self.today), refusal)
        handed = Handed(path.name, content, self.today)
        known = part_of_file(self.store, handed.sha256)
        try:
            prepared = prepare(self.workspace, handed, self.table)
            reconciled = reconcile(self.store, prepared)
            doubts = (*prepared.doubts, *reconciled.doubts)
            if doubts and not self.despite and not known:
                raise doubtful(path.name, doubts)
        except BadInput as refusal:
            if not known:
                return self._set_aside(path, handed, refusal)
            return self._known(path, handed, known)
        if known:
            return self._known(path, handed, known, self._receipt(prepared, reconciled))
        return self._taken(path, prepared, reconciled, doubts)

    def _taken(self, path: Path, prepared: Prepared, reconciled: Reconciled, doubts: tuple[str, ...]) -> Outcome:
        receipt = self._receipt(prepared, reconciled) | ({"despite": self.despite, "doubts": list(doubts)} if doubts else {})
        outcome = Outcome(
            path.name, TAKEN, prepared.handed.sha256, prepared.table, prepared.mapping.id, len(prepared.statements),
            minutes=None if receipt["minutes_saved"] is None else Decimal(receipt["minutes_saved"]), lines=tuple(_lines(receipt)),
        )  # fmt: skip
        if not self.dry_run:
            store_part(self.store, prepared, datetime.now(UTC))
            self._keep_receipt(prepared.handed, receipt)
            self._move(path, prepared.handed, "received")
        return outcome

    def _known(self, path: Path, handed: Handed, known: str, receipt: dict[str, Any] | None = None) -> Outcome:
        """A file whose bytes are current already: finished where a killed process left it."""
        if not self.dry_run:
            if receipt is not None and not self._receipt_path(handed).is_file():
                self._keep_receipt(handed, receipt)
            self._move(path, handed, "received")
        return Outcome(path.name, KNOWN, handed.sha256, known.partition("/")[0], title=_("内容与已收的文件相同，未再收"))

    def _set_aside(self, path: Path, handed: Handed, refusal: GuibiaoError) -> Outcome:
        if not self.dry_run:
            name = _kept_name(handed)
            reason = {"file": handed.name, "sha256": handed.sha256, "on": handed.day.isoformat(), **refusal.to_dict()}
            write_atomically(self.folder / "quarantine" / f"{name}.json", _json(reason))
            text = _("{file} 没有收，原因：").format(file=handed.name) + f"\n{refusal}\n"
            write_atomically(self.folder / "quarantine" / f"{name}.txt", text.encode())
            self._move(path, handed, "quarantine")
        return Outcome(
            path.name, SET_ASIDE, handed.sha256, title=refusal.title, description=refusal.description, remedy=refusal.remedy,
            lines=(str(refusal.place),),
        )  # fmt: skip

    def _move(self, path: Path, handed: Handed, where: str) -> None:
        """Give the file its new name in one step: it is here or there, never gone."""
        target = self.folder / where / _kept_name(handed)
        target.parent.mkdir(exist_ok=True)
        path.replace(target)

    def _receipt_path(self, handed: Handed) -> Path:
        found = sorted((self.folder / "receipts").glob(f"*-{handed.sha256[:8]}-*.json"))
        return found[0] if found else self.folder / "receipts" / f"{_kept_name(handed)}.json"

    def _keep_receipt(self, handed: Handed, receipt: dict[str, Any]) -> None:
        path = self.folder / "receipts" / f"{_kept_name(handed)}.json"
        write_atomically(path, _json(receipt))
        write_atomically(path.with_suffix(".txt"), ("\n".join(_lines(receipt)) + "\n").encode())

    def _receipt(self, prepared: Prepared, reconciled: Reconciled) -> dict[str, Any]:
        """What was taken in, what it changed, what does not agree with others, and the typing it saved."""
        cells = len(prepared.statements)
        parameter = rekeying_on(self.workspace.rekeying, self.today)
        minutes = None if parameter is None else _minutes(cells, parameter.seconds_per_cell)
        agreement, reading = prepared.agreement, prepared.reading
        return {
            "file": prepared.handed.name,
            "sha256": prepared.handed.sha256,
            "bytes": len(prepared.handed.content),
            "received": self.today.isoformat(),
            "table": prepared.table,
            "title": self.workspace.tables[prepared.table].title,
            "dataset": prepared.dataset,
            "mapping": prepared.mapping.id,
            "agreement": "" if agreement is None else agreement.id,
            "office": "" if agreement is None else agreement.office,
            "periods": [str(period) for period in prepared.periods],
            "rows": prepared.result.counts.get("rows", 0),
            "cells": prepared.result.counts.get("cells", 0),
            "statements": cells,
            "added": reconciled.added,
            "unchanged": reconciled.unchanged,
            "revisions": [str(each) for each in reconciled.revisions],
            "conflicts": [f"{each}（{each.dataset}）" for each in reconciled.conflicts],
            "totals_checked": reading.checked_totals,
            "totals_unchecked": reading.unchecked_totals,
            "remarks": [*reading.remarks, *(row["message"] for row in prepared.result.findings)],
            "seconds_per_cell": None if parameter is None else str(parameter.seconds_per_cell),
            "minutes_saved": None if minutes is None else str(minutes),
            "undo": f"guibiao ingest --undo --table {prepared.table}",
        }


def waiting(folder: Path, only: str = "") -> list[Path]:
    """Files that wait, the oldest first: a correction comes after what it corrects. What a program is still writing is left alone."""
    if not folder.is_dir():
        raise BadRequest(_("没有收件文件夹 {folder}").format(folder=folder), remedy=_("先建立它，或用 --folder 指定。"))
    entries = sorted(folder.iterdir(), key=lambda path: (*(_stamp(path) or (0, 0))[::-1], path.name))
    found = [path for path in entries if path.is_file() and not path.name.startswith(_HIDDEN)]
    found = [path for path in found if path.suffix.lower() not in _UNFINISHED]
    if only and only not in {path.name for path in found}:
        raise BadRequest(_("收件文件夹里没有 {name}").format(name=only), remedy=_("核对文件名。"))
    return [path for path in found if only in {"", path.name}]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from working on the same folder meanwhile. BadRequest where another one does not finish."""
    from guibiao.store.files import locked

    try:
        with locked(folder / ".lock"):
            yield
    except BadRequest as error:
        if error.place.file == str(folder / ".lock"):
            raise BadRequest(_("另一个进程正在处理收件文件夹"), remedy=_("等它结束后重试。"), place=error.place) from None
        raise


def settled(paths: list[Path], wait: Callable[[float], None] = time.sleep, pause: float = 0.3) -> list[Path]:
    """The files whose size and time stand still: one that is being copied is left for the next round. Old files need no second look."""
    before = {path: _stamp(path) for path in paths}
    if any(stamp is not None and time.time_ns() - stamp[1] < _FRESH for stamp in before.values()):
        wait(pause)
    return [path for path in paths if before[path] is not None and before[path] == _stamp(path)]


def total_minutes(outcomes: list[Outcome]) -> Decimal:
    """Typing saved by the files taken in."""
    return sum((each.minutes for each in outcomes if each.minutes is not None), Decimal(0))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _kept_name(handed: Handed) -> str:
    """Day, hash and name; a name too long for a file with more put before and after it is cut in the middle."""
    stem, dot, suffix = handed.name.rpartition(".")
    stem, suffix = (stem, f".{suffix}") if dot else (suffix, "")
    stem = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
    return f"{handed.day.isoformat()}-{handed.sha256[:8]}-{stem}{suffix[:12]}"


def _whatever(path: Path) -> bytes:
    """The bytes of a file that is refused, for its hash; what cannot be read counts as empty."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _minutes(cells: int, seconds: Decimal) -> Decimal:
    return (cells * seconds / 60).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _lines(receipt: dict[str, Any]) -> Iterator[str]:
    """A receipt for people."""
    yield _("回执：{file} 已收，表《{title}》（{table}），{received}").format(**receipt)
    yield _("报告期：{periods}").format(periods="、".join(receipt["periods"]))
    yield _("数据 {statements} 个：新增 {added}，未变 {unchanged}，修订 {revised}").format(**receipt, revised=len(receipt["revisions"]))
    yield _("合计核对：{totals_checked} 处相符或已说明，{totals_unchecked} 处因缺数未核").format(**receipt)
    for title, names in ((_("修订"), "revisions"), (_("与其他来源不一致"), "conflicts"), (_("说明"), "remarks")):
        for text in receipt[names]:
            yield f"{title}：{text}"
    if receipt.get("despite"):
        yield _("仍予收入的理由：{despite}；不符之处：{doubts}").format(despite=receipt["despite"], doubts="；".join(receipt["doubts"]))
    if receipt["minutes_saved"] is not None:
        yield _("少录入约 {minutes_saved} 分钟（估算：{statements} 格，每格 {seconds_per_cell} 秒）").format(**receipt)
    yield _("撤回：{undo}").format(**receipt)
    yield f"SHA-256 {receipt['sha256']}"


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()
