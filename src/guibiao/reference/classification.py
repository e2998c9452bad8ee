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
    """Remark shown wherever the name shows, such as 未核实."""
    status_en: str = ""
    level: str = ""
    """What the classification calls this depth: 门类, 大类, 中类, 小类."""
    note: str = ""
    row: int | None = None
    """Row of its tile in the tile map."""
    column: int | None = None

    def label(self, *, chinese: bool) -> str:
        """Name as it is printed, with the code's status: 软件批发（未核实）. A missing English name falls back to the Chinese."""
        if chinese:
            return f"{self.name_zh}（{self.status}）" if self.status else self.name_zh
        name, status = self.name_en or self.name_zh, self.status_en or self.status
        return f"{name} ({status})" if status else name


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

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Codes above a code, nearest first; a chain that runs in a circle ends where it closes."""
        above: list[str] = []
        category = self._index.get(code)
        while category and category.parent and category.parent not in {code, *above}:
            above.append(category.parent)
            category = self._index.get(category.parent)
        return tuple(above)


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

    @property
    def id(self) -> str:
        return self.title.id

    def targets(self, code: str) -> tuple[CorrespondenceLink, ...]:
        """Links of one source code, in the order given."""
        return tuple(link for link in self.links if link.source == code)
