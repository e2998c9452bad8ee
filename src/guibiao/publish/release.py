"""From a run's tables to what readers see: draft, clear, schedule, publish, withdraw, and what changed between two releases.

Verbs take the archive, the moment and the person from their caller. What is done is written to the journal first and to the
pointer after it; a verb that finds the two apart, because a process was killed between them, begins by moving the pointer on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.release import Act, Event, Fault, FaultKind, Manifest
from guibiao.model.tables import OBSERVATIONS, Table
from guibiao.model.unit import parse_unit
from guibiao.store.port import ReleaseArchive, Rows, Source

ID_LENGTH = 12


class State(StrEnum):
    """Where a release stands."""

    DRAFT = "draft"
    CLEARED = "cleared"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a run hands over to be released."""

    workspace: str
    software: str
    tables: Mapping[Table, Rows | Source]
    as_of: date | None = None
    restricted: tuple[str, ...] = ()
    """Datasets among them that may not be published before somebody clears them."""
    errors: int = 0
    """Findings of severity error among them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A release with its history; `current` is the one readers see."""

    manifest: Manifest
    state: State
    current: bool
    history: tuple[Event, ...]

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def embargo(self) -> datetime | None:
        """The moment before which it may not be published; the last one set counts."""
        return next((event.embargo for event in reversed(self.history) if event.act is Act.SCHEDULE), None)

    @property
    def cleared(self) -> bool:
        """Whether somebody cleared it, after its last withdrawal if it was withdrawn."""
        acts = [event.act for event in self.history]
        since = acts[len(acts) - acts[::-1].index(Act.WITHDRAW) :] if Act.WITHDRAW in acts else acts
        return Act.CLEAR in since

    @property
    def notice(self) -> str:
        """Why it was withdrawn; empty where it was not."""
        if self.state is not State.WITHDRAWN:
            return ""
        return next(event.reason for event in reversed(self.history) if event.act is Act.WITHDRAW)


class ChangeKind(StrEnum):
    """How an observation differs between two releases."""

    ADDED = "added"
    REMOVED = "removed"
    REVISED = "revised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One observation that differs; `old` and `new` in their own units, None where it is absent."""

    kind: ChangeKind
    indicator: str
    area: str
    categories: str
    period: Period
    price_basis: str
    accounting_basis: str
    old: Decimal | None
    new: Decimal | None
    old_unit: str = ""
    new_unit: str = ""

    @property
    def difference(self) -> Decimal | None:
        """New less old, in the new unit; None where one is absent or the units are of different kinds."""
        base = self._old_in_new_unit()
        return None if base is None or self.new is None else self.new - base

    @property
    def per_cent(self) -> Decimal | None:
        """The difference in per cent of the old figure; rates have differences only, and nothing is a per cent of zero."""
        base, difference = self._old_in_new_unit(), self.difference
        unit = parse_unit(self.new_unit) if difference is not None else None
        if not base or difference is None or unit is None or unit.is_point or (unit.is_ratio and unit.symbol):
            return None
        return difference / abs(base) * 100

    def _old_in_new_unit(self) -> Decimal | None:
        if self.old is None or self.new is None or self.old_unit == self.new_unit:
            return self.old
        old_unit, new_unit = parse_unit(self.old_unit), parse_unit(self.new_unit)
        return self.old * old_unit.factor_to(new_unit) if old_unit.dimension == new_unit.dimension else None

    def to_dict(self) -> dict[str, Any]:
        """A row for `--format json` and for tables."""
        return {
            "change": self.kind.value,
            "indicator": self.indicator,
            "area": self.area,
            "categories": self.categories,
            "period": str(self.period),
            "price_basis": self.price_basis,
            "accounting_basis": self.accounting_basis,
            "unit": self.new_unit or self.old_unit,
            "old": _number(self.old),
            "new": _number(self.new),
            "difference": _number(self.difference),
            "per_cent": _number(self.per_cent),
        }


def draft(archive: ReleaseArchive, content: Content, *, at: datetime, who: str = "") -> Standing:
    """The release of this content; where it was drafted before, that one, and nothing new."""
    with archive.lock():
        previous = _follow_journal(archive)

        def describe(digests: Mapping[str, str]) -> Manifest:
            return Manifest(
                id=release_id(content.workspace, content.as_of, content.restricted, digests),
                workspace=content.workspace,
                created=at,
                as_of=content.as_of,
                software=content.software,
                previous=previous,
                restricted=tuple(sorted(set(content.restricted))),
                errors=content.errors,
            )

        manifest = archive.create(content.tables, describe)
        digest = archive.manifest_digest(manifest.id)
        drafted = [event for event in archive.events() if event.act is Act.DRAFT and event.release == manifest.id]
        if not drafted or drafted[-1].manifest != digest:
            archive.append(Event(act=Act.DRAFT, release=manifest.id, at=at, who=who, manifest=digest))
        return _standing(archive, manifest.id)


def release_id(workspace: str, as_of: date | None, restricted: Sequence[str], digests: Mapping[str, str]) -> str:
    """The id that content has: a digest of workspace, day, restricted datasets and the digest of every table."""
    lines = [workspace, as_of.isoformat() if as_of else "", *sorted(set(restricted)), ""]
    lines += [f"{table} {digest}" for table, digest in sorted(digests.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:ID_LENGTH]


def clear(archive: ReleaseArchive, release: str, *, who: str, reason: str, at: datetime) -> Standing:
    """Record that somebody answers for publishing restricted tables, error findings, or a release once withdrawn."""
    _require_person(who, reason)
    with archive.lock():
        _follow_journal(archive)
        standing = find(archive, release)
        archive.append(Event(act=Act.CLEAR, release=standing.id, at=at, who=who, reason=reason))
        return _standing(archive, standing.id)


def schedule(archive: ReleaseArchive, release: str, *, embargo: datetime, at: datetime, who: str = "") -> Standing:
    """Set the moment before which the release may not be published."""
    if embargo.tzinfo is None or embargo <= at:
        raise BadRequest(
            _("发布时刻 {moment} 不在将来").format(moment=embargo.isoformat()),
            remedy=_("写明将来的时刻和时区，如 2026-03-01T09:00:00+08:00。"),
        )
    with archive.lock():
        _follow_journal(archive)
        standing = find(archive, release)
        if standing.state is State.PUBLISHED:
            raise BadRequest(_("发布 {release} 已经公布，不能再定时").format(release=standing.id), remedy=_("先撤回，或另拟一个发布。"))
        archive.append(Event(act=Act.SCHEDULE, release=standing.id, at=at, who=who, embargo=embargo))
        return _standing(archive, standing.id)


def publish(archive: ReleaseArchive, release: str, *, at: datetime, who: str = "") -> Standing:
    """Point readers at the release; where they see it already, nothing changes.

    BadRequest where it is uncleared, before its embargo, withdrawn and not cleared since, or its files do not verify.
    """
    with archive.lock():
        current = _follow_journal(archive)
        standing = find(archive, release)
        if standing.id == current:
            return standing
        _require_publishable(archive, standing, at)
        archive.append(Event(act=Act.PUBLISH, release=standing.id, at=at, who=who))
        _follow_journal(archive)
        return _standing(archive, standing.id)


def withdraw(archive: ReleaseArchive, release: str, *, who: str, reason: str, at: datetime) -> Standing:
    """Take a published release back, with a notice; readers see the newest one before it that is whole, or none."""
    _require_person(who, reason)
    with archive.lock():
        current = _follow_journal(archive)
        standing = find(archive, release)
        if standing.state is not State.PUBLISHED:
            raise BadRequest(
                _("发布 {release} 没有公布，不必撤回").format(release=standing.id), remedy=_("用 guibiao release list 查看各发布的状态。")
            )
        successor = _before(archive, standing.id) if standing.id == current else current
        archive.append(Event(act=Act.WITHDRAW, release=standing.id, at=at, who=who, reason=reason, successor=successor))
        _follow_journal(archive)
        return _standing(archive, standing.id)


def releases(archive: ReleaseArchive) -> tuple[Standing, ...]:
    """Every release with its standing, in the order in which they were drafted."""
    events, pointer = archive.events(), archive.pointer()
    manifests = archive.manifests()
    drafted = {event.release: number for number, event in reversed(list(enumerate(events))) if event.act is Act.DRAFT}
    ordered = sorted(manifests, key=lambda name: (drafted.get(name, len(events)), manifests[name].created, name))
    return tuple(_stand(manifests[name], events, pointer) for name in ordered)


def find(archive: ReleaseArchive, text: str) -> Standing:
    """A release by its id or by the beginning of it; BadRequest, with the nearest, where there is none or more than one."""
    known = archive.manifests()
    found = [name for name in known if name == text] or [name for name in known if text and name.startswith(text)]
    if len(found) != 1:
        near = found or get_close_matches(text, known, 3, 0.3)
        raise BadRequest(
            _("没有发布 {release}").format(release=text) if not found else _("不止一个发布以 {release} 开头").format(release=text),
            _("可能是：{names}").format(names="、".join(near)) if near else "",
            _("用 guibiao release list 查看，并写出完整的标识。"),
        )
    return _standing(archive, found[0])


def verify(archive: ReleaseArchive, release: str) -> tuple[Fault, ...]:
    """How the files differ from the manifest, and the manifest from the journal and from the content it names; empty when all is whole."""
    faults = list(archive.faults(release))
    if faults:
        return tuple(faults)
    manifest = archive.manifests()[release]
    digests = {file.name.removesuffix(".parquet"): file.sha256 for file in manifest.files if file.rows is not None}
    drafted = [event.manifest for event in archive.events() if event.act is Act.DRAFT and event.release == release]
    recomputed = release_id(manifest.workspace, manifest.as_of, manifest.restricted, digests)
    if recomputed != release or not drafted or drafted[-1] != archive.manifest_digest(release):
        faults.append(Fault(FaultKind.CHANGED, "manifest.json"))
    return tuple(faults)


def diff(archive: ReleaseArchive, old: str, new: str) -> tuple[Change, ...]:
    """Observations that were added, removed or revised between two releases, in key order."""
    sides = (find(archive, old).id, find(archive, new).id)
    return tuple(_change(row) for row in archive.changes(OBSERVATIONS, *sides, ("value", "unit")).to_pylist())


def _change(row: Mapping[str, Any]) -> Change:
    old, new = (None if row[name] is None else Decimal(repr(row[name])) for name in ("old_value", "new_value"))
    return Change(
        kind=ChangeKind(row["change"]),
        indicator=row["indicator"],
        area=row["area"],
        categories=row["categories"],
        period=Period(row["period_start"], row["period_end"], Measure(row["measure"])),
        price_basis=row["price_basis"],
        accounting_basis=row["accounting_basis"],
        old=old,
        new=new,
        old_unit=row["old_unit"] or "",
        new_unit=row["new_unit"] or "",
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _require_person(who: str, reason: str) -> None:
    if not who.strip() or not reason.strip():
        raise BadRequest(_("需要写明经手人和理由"), remedy=_("用 --who 和 --reason 给出。"))


def _require_publishable(archive: ReleaseArchive, standing: Standing, at: datetime) -> None:
    manifest = standing.manifest
    if standing.state is State.WITHDRAWN and not standing.cleared:
        raise BadRequest(
            _("发布 {release} 已撤回：{reason}").format(release=standing.id, reason=standing.notice),
            remedy=_("确认无误后先用 guibiao release clear 重新审核。"),
        )
    if manifest.needs_clearance and not standing.cleared:
        raise BadRequest(
            _("发布 {release} 尚未审核").format(release=standing.id),
            _("受限数据集：{names}；错误级核查发现：{errors} 条。").format(
                names="、".join(manifest.restricted) or "—", errors=manifest.errors
            ),
            _("由负责人用 guibiao release clear 写明理由，审核通过。"),
        )
    if standing.embargo is not None and at < standing.embargo:
        raise BadRequest(
            _("未到发布时刻 {moment}").format(moment=standing.embargo.isoformat()),
            remedy=_("到时再公布，或用 guibiao release schedule 改期。"),
        )
    faults = verify(archive, standing.id)
    if faults:
        raise BadRequest(
            _("发布 {release} 的文件与清单不符，不能公布").format(release=standing.id),
            "；".join(f"{fault.file}: {fault.kind.value}" for fault in faults),
            _("重新运行 guibiao run 拟定；相同的内容会得到同一个发布。"),
        )


def _follow_journal(archive: ReleaseArchive) -> str:
    """The release that readers are to see after the last event; the pointer is moved there where it is not."""
    current = ""
    for event in archive.events():
        if event.act is Act.PUBLISH:
            current = event.release
        elif event.act is Act.WITHDRAW:
            current = event.successor
    if archive.pointer() != current:
        archive.point(current)
    return current


def _before(archive: ReleaseArchive, release: str) -> str:
    """The newest release published before this one that is still published and whole; empty where there is none."""
    published = [event.release for event in archive.events() if event.act is Act.PUBLISH]
    earlier = published[: len(published) - published[::-1].index(release) - 1]
    for candidate in dict.fromkeys(reversed(earlier)):
        whole = candidate != release and candidate in archive.manifests() and not verify(archive, candidate)
        if whole and _standing(archive, candidate).state is State.PUBLISHED:
            return candidate
    return ""


def _standing(archive: ReleaseArchive, release: str) -> Standing:
    return _stand(archive.manifests()[release], archive.events(), archive.pointer())


def _stand(manifest: Manifest, events: Sequence[Event], pointer: str) -> Standing:
    history = tuple(event for event in events if event.release == manifest.id)
    states = {
        Act.CLEAR: State.CLEARED,
        Act.SCHEDULE: State.SCHEDULED,
        Act.PUBLISH: State.PUBLISHED,
        Act.WITHDRAW: State.WITHDRAWN,
    }
    state = State.DRAFT
    for event in history:
        # A published release stays so until it is withdrawn, and a withdrawn one is cleared before it is anything else.
        if event.act is Act.CLEAR and state in {State.PUBLISHED, State.SCHEDULED}:
            continue
        if event.act is Act.SCHEDULE and state is State.WITHDRAWN:
            continue
        state = states.get(event.act, state)
    return Standing(manifest, state, manifest.id == pointer, history)
