"""The audit log: entries that only ever follow one another, each carrying the hash of the one before it.

An entry's hash is the SHA-256 of the canonical JSON (keys sorted, no blanks, UTF-8) of its fields and of the hash before it. Changing,
removing or inserting an entry breaks every later hash. Cutting entries off the end does not: that is found by comparing with a head
(number and hash of the last entry) that was kept elsewhere, which every export ends with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Chain = Literal["audit", "interference"]
Outcome = Literal["asked", "done", "refused", "failed"]
START = "0" * 64
"""What the first entry carries for the hash before it."""
_LONGEST = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be noted: who (login name; empty for nobody known) did what to what, from where, and how it ended."""

    action: str
    who: str = ""
    subject: str = ""
    outcome: Outcome = "done"
    address: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """JSON values: text, whole numbers, truth values, lists and mappings of them."""

    def clean(self) -> Deed:
        """The deed without what a store or a page could stumble over: NUL, lone surrogates, texts beyond 4,000 characters."""
        return Deed(
            action=_text(self.action), who=_text(self.who), subject=_text(self.subject), outcome=self.outcome,
            address=_text(self.address), detail={_text(name): _value(value) for name, value in self.detail.items()},
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry of a chain, numbered from 1."""

    chain: Chain
    sequence: int
    at: datetime
    deed: Deed
    previous: str
    hash: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form: what is hashed, and the hash."""
        return {**_content(self.chain, self.sequence, self.at, self.deed, self.previous), "hash": self.hash}


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: how many entries, and the hash of the last."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainFault:
    """What is wrong with a chain, at which entry."""

    sequence: int
    kind: Literal["missing", "changed", "broken", "cut"]

    @property
    def title(self) -> str:
        """The fault in the user's language."""
        return {
            "missing": _("第 {sequence} 条缺失"),
            "changed": _("第 {sequence} 条的内容与其校验值不符"),
            "broken": _("第 {sequence} 条与前一条接不上"),
            "cut": _("第 {sequence} 条起被截去，或与留存的末尾校验值不符"),
        }[self.kind].format(sequence=self.sequence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interference:
    """Somebody asked to change a figure: who, which figure, what they asked, how, when, and what was answered."""

    requester: str
    position: str
    figure: str
    asked: str
    channel: Literal["oral", "telephone", "written", "message", "meeting", "other"]
    on: date
    answer: str
    concerns: int = 0
    """Number of an earlier entry that this one adds to or corrects."""

    def validate(self, today: date) -> Interference:
        """The report; BadRequest where something is missing or lies in the future."""
        for text, name in (
            (self.requester, _("要求人")), (self.figure, _("所涉数据")), (self.asked, _("要求的内容")), (self.answer, _("如何答复和处理")),
        ):  # fmt: skip
            if not text.strip():
                raise BadRequest(_("没有写“{name}”").format(name=name), remedy=_("写明后再提交；记录一经保存不能改，只能补充。"))
            if len(text) > _LONGEST:
                raise BadRequest(_("“{name}”超过 {limit} 字").format(name=name, limit=_LONGEST), remedy=_("写要点，其余另附材料。"))
        if self.on > today:
            raise BadRequest(_("日期 {day} 还没有到").format(day=self.on), remedy=_("写事情发生的那一天。"))
        return self

    def deed(self, who: str, address: str = "") -> Deed:
        """The entry for the chain `interference`."""
        detail = {
            "position": self.position, "asked": self.asked, "channel": self.channel, "on": self.on.isoformat(), "answer": self.answer,
            "requester": self.requester, "concerns": self.concerns,
        }  # fmt: skip
        return Deed(action="interference", who=who, subject=self.figure, address=address, detail=detail)


def link(chain: Chain, head: Head, at: datetime, deed: Deed) -> AuditEntry:
    """The next entry of a chain."""
    clean, moment = deed.clean(), at.astimezone(UTC)
    sequence = head.count + 1
    content = _content(chain, sequence, moment, clean, head.hash)
    return AuditEntry(chain=chain, sequence=sequence, at=moment, deed=clean, previous=head.hash, hash=_digest(content))


def faults(entries: Iterable[AuditEntry], kept: Head | None = None) -> tuple[ChainFault, ...]:
    """What is wrong with a chain read from its start; `kept` is a head that was noted earlier and must lie on the chain."""
    found: list[ChainFault] = []
    expected, before, kept_seen = 1, START, kept is None or kept.count == 0
    for entry in entries:
        while expected < entry.sequence:
            found.append(ChainFault(expected, "missing"))
            expected, before = expected + 1, ""
        content = _content(entry.chain, entry.sequence, entry.at, entry.deed, entry.previous)
        if _digest(content) != entry.hash:
            found.append(ChainFault(entry.sequence, "changed"))
        if before and entry.previous != before:
            found.append(ChainFault(entry.sequence, "broken"))
        if kept is not None and entry.sequence == kept.count and entry.hash == kept.hash:
            kept_seen = True
        expected, before = entry.sequence + 1, entry.hash
    if kept is not None and not kept_seen:
        found.append(ChainFault(min(expected, kept.count), "cut"))
    return tuple(found)


def exported(chain: Chain, entries: Iterable[AuditEntry]) -> Iterator[str]:
    """A chain as lines of JSON, its head last: what the chain is compared with later."""
    head = Head(0, START)
    for entry in entries:
        head = Head(entry.sequence, entry.hash)
        yield json.dumps(entry.to_dict(), ensure_ascii=False, sort_keys=True) + "\n"
    yield json.dumps({"chain": chain, "head": head.hash, "count": head.count}, ensure_ascii=False, sort_keys=True) + "\n"


def read_entry(record: Mapping[str, Any]) -> AuditEntry:
    """An entry from an exported line; BadRequest where a field is missing or of another kind."""
    try:
        deed = Deed(
            action=str(record["action"]), who=str(record["who"]), subject=str(record["subject"]), outcome=record["outcome"],
            address=str(record["address"]), detail=dict(record["detail"]),
        )  # fmt: skip
        return AuditEntry(
            chain=record["chain"], sequence=int(record["sequence"]), at=datetime.fromisoformat(record["at"]), deed=deed,
            previous=str(record["previous"]), hash=str(record["hash"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest(_("不是审计记录的一行"), str(error)[:200], _("核对文件是否由 guibiao audit export 导出。")) from None


def _content(chain: Chain, sequence: int, at: datetime, deed: Deed, previous: str) -> dict[str, Any]:
    return {
        "chain": chain, "sequence": sequence, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), "who": deed.who,
        "action": deed.action, "subject": deed.subject, "outcome": deed.outcome, "address": deed.address, "detail": dict(deed.detail),
        "previous": previous,
    }  # fmt: skip


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _text(value: str) -> str:
    plain = value.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, Mapping):
        return {_text(str(name)): _value(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return _text(str(value))
