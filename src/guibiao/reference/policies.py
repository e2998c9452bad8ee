"""Policies of a workspace: documents with their accepted targets and tasks, and the dated list of offices.

Folder `policies/`: one YAML a document, and `offices.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from guibiao.model.errors import Place
from guibiao.model.text.mentions import Operator
from guibiao.model.text.names import Kind
from guibiao.reference.attainment import FILE as ATTAINMENT_FILE

FOLDER = "policies"
OFFICES_FILE = f"{FOLDER}/offices.yaml"
OTHER_FILES = frozenset({OFFICES_FILE, ATTAINMENT_FILE})
"""Files of the folder that are no documents."""
_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}
_SPACES = re.compile(r"\s+")
_BRACKETS = str.maketrans("（）", "()")

TargetClass = Literal[
    "policy_target", "implicit", "corporate", "forecast", "project_spec", "support_cap", "event_plan", "planned_scope", "enumeration",
    "retrospective",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTarget:
    """A quantified commitment that a person accepted. Offsets are those of the document's text, `end` exclusive.

    `name` is what the words measure; `indicator` the workspace's own that measures it, empty where none does. `quote` is at most the
    clause.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name: str
    indicator: str = ""
    operator: Operator
    value: Decimal
    value_high: Decimal | None = None
    unit: str = ""
    deadline: date | None = None
    deadline_scope: Literal["inline", "same_sentence", "same_paragraph", "inherited", "none", "edited"] = "none"
    baseline: str = ""
    """What a multiple or a change starts from, as the document says; `unstated` where it does not."""
    geography: str = ""
    kind: Kind
    classification: TargetClass = "policy_target"
    section: str = ""
    quote: str
    start: int
    end: int
    value_start: int | None = None
    value_end: int | None = None
    deadline_start: int | None = None
    deadline_end: int | None = None
    accepted_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTask:
    """A task that a person accepted, with its units as printed; `parent` is the id of the task it belongs to."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    number: str
    title: str
    section: str = ""
    parent: str = ""
    lead: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    deadline: date | None = None
    start: int
    end: int
    accepted_on: date | None = None
    note: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        return (*self.lead, *self.supporting)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy: who issued it under which number and when, and what of it was accepted."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    title: str
    number: str = ""
    issued_by: tuple[str, ...] = ()
    dated: date | None = None
    digest: str = ""
    """SHA-256 of the decoded text that offsets refer to."""
    source: str = ""
    """The workspace's source, where the document is one."""
    note: str = ""
    targets: tuple[PolicyTarget, ...] = ()
    tasks: tuple[PolicyTask, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office, or a group such as "all districts", under the name it had from `valid_from` to `valid_to` (both included)."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    kind: Literal["office", "group"] = "office"
    area: str = ""
    """Area whose government or administration it is."""
    valid_from: date | None = None
    valid_to: date | None = None
    succeeded_by: str = ""
    status: str = ""
    """核实 or 未核实, and what of."""
    source: str = ""
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def valid_on(self, day: date | None) -> bool:
        return day is None or ((self.valid_from or date.min) <= day <= (self.valid_to or date.max))


def normalise(unit: str, day: date | None, offices: Mapping[str, Office]) -> Office | None:
    """The office that a document of a day means by a name; None where the list does not know it.

    A name that has ceased means the office's successor. Without a day, the office that still exists is preferred.
    """
    key = office_key(unit)
    named = [each for each in offices.values() if key in map(office_key, each.names)]
    valid = [each for each in named if each.valid_on(day)]
    if valid:
        return max(valid, key=lambda each: (each.valid_to is None, each.valid_from or date.min))
    ceased = [each for each in named if day is not None and each.valid_to is not None and each.valid_to < day]
    return _successor(max(ceased, key=lambda each: each.valid_to or date.min), day, offices) if ceased else None


def office_key(name: str) -> str:
    """A name without what printing changes: spaces, and the width of brackets."""
    return _SPACES.sub("", name).translate(_BRACKETS)


def _successor(office: Office, day: date | None, offices: Mapping[str, Office]) -> Office | None:
    seen = {office.id}
    while not office.valid_on(day):
        following = offices.get(office.succeeded_by)
        if following is None or following.id in seen:
            return None
        office = following
        seen.add(office.id)
    return office


Definition = TypeVar("Definition")


class DefinitionReader(Protocol):
    """What `reference.load` lends for reading a folder."""

    folder: Any

    def one(self, name: str, kind: str, _of: type[Definition]) -> Definition | None: ...
    def listed(self, name: str, kind: str) -> list[tuple[Any, Place]]: ...


def read_policies(reader: DefinitionReader) -> tuple[list[tuple[PolicyDocument, Place]], list[tuple[Office, Place]]]:
    """Documents and offices of the folder `policies`, with their places; both empty where there is none."""
    names = [f"{FOLDER}/{path.name}" for path in sorted((reader.folder / FOLDER).glob("*.yaml"))]
    offices = reader.listed(OFFICES_FILE, "offices") if OFFICES_FILE in names else []
    found = ((name, reader.one(name, "policy", PolicyDocument)) for name in names if name not in OTHER_FILES)
    return [(document, Place(name, 1)) for name, document in found if document is not None], offices
