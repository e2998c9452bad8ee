"""Classifications (dated code lists) and the correspondences between them, as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One code of a classification."""

    code: str
    name_zh: str
    name_en: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""
    status: str = ""
    """Remark shown wherever the code shows, such as 未核实."""
    level: str = ""
    """What the classification calls this depth: 门类, 大类, 中类, 小类."""
    note: str = ""
    row: int | None = None
    """Row of its tile in the tile map."""
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """A dated code list; `find` accepts a code, a name or an alias."""

    id: str
    categories: tuple[Category, ...]
    name_zh: str = ""
    name_en: str = ""
    _index: Mapping[str, Category] = field(default_factory=dict, repr=False, compare=False)
    source: str = ""
    note: str = ""

    def find(self, text: str) -> Category | None:
        return self._index.get(text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationTitle:
    """Title and provenance of one classification in `classifications.yaml`."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    name_zh: str = ""
    name_en: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceLink:
    """One code of the source classification and one of the target it maps to."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    source: str
    target: str
    partial: bool = False
    """Only a part of the target belongs to the source: a starred industry."""
    weight: Decimal | None = None
    """Part of the target that belongs to the source, where it is known."""
    note: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceTitle:
    """A correspondence as listed in `classifications/correspondences.yaml`; its links stand in a CSV."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str
    source: str
    """Classification mapped from."""
    target: str
    """Classification mapped to."""
    file: str
    document: str = ""
    """Source id of the document that states it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A weighted map between two classifications."""

    title: CorrespondenceTitle
    links: tuple[CorrespondenceLink, ...]

    def targets(self, code: str) -> tuple[CorrespondenceLink, ...]:
        """Links of one source code, in the order given."""
        return tuple(link for link in self.links if link.source == code)
