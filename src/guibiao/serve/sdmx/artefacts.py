"""The structural artefacts of SDMX that the service offers, as frozen objects; writers turn them into XML and JSON.

Names are kept in Chinese and English. Artefacts refer to one another by `Reference`, whose URN is that of the SDMX registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

VERSION = "1.0.0"
TIME = "TIME_PERIOD"
VALUE = "OBS_VALUE"

Names: TypeAlias = Mapping[str, str]
"""Language -> text; an empty text is left out."""


class Kind(StrEnum):
    """Types of maintainable artefacts, by the word of the REST interface."""

    AGENCY_SCHEME = "agencyscheme"
    CODELIST = "codelist"
    CONCEPT_SCHEME = "conceptscheme"
    CATEGORY_SCHEME = "categoryscheme"
    DATA_STRUCTURE = "datastructure"
    DATAFLOW = "dataflow"
    CATEGORISATION = "categorisation"
    CONSTRAINT = "dataconstraint"


_CLASSES: Mapping[Kind, tuple[str, str]] = {
    Kind.AGENCY_SCHEME: ("base.AgencyScheme", "base.Agency"),
    Kind.CODELIST: ("codelist.Codelist", "codelist.Code"),
    Kind.CONCEPT_SCHEME: ("conceptscheme.ConceptScheme", "conceptscheme.Concept"),
    Kind.CATEGORY_SCHEME: ("categoryscheme.CategoryScheme", "categoryscheme.Category"),
    Kind.DATA_STRUCTURE: ("datastructure.DataStructure", ""),
    Kind.DATAFLOW: ("datastructure.Dataflow", ""),
    Kind.CATEGORISATION: ("categoryscheme.Categorisation", ""),
    Kind.CONSTRAINT: ("registry.DataConstraint", ""),
}


def both(chinese: str, english: str = "") -> Names:
    """A text in both languages; the Chinese one alone where there is no English one."""
    return {"zh": chinese, "en": english} if english else {"zh": chinese}


@dataclass(frozen=True, slots=True)
class Reference:
    """What names a maintainable artefact, or one of its items."""

    kind: Kind
    agency: str
    id: str
    version: str = VERSION
    item: str = ""

    @property
    def urn(self) -> str:
        """URN in the SDMX information model."""
        whole, part = _CLASSES[self.kind]
        tail = f".{self.item}" if self.item else ""
        return f"urn:sdmx:org.sdmx.infomodel.{part if self.item else whole}={self.agency}:{self.id}({self.version}){tail}"

    @property
    def legacy_urn(self) -> str:
        """URN in the information model of SDMX 2.1, which knows content constraints."""
        return self.urn.replace("registry.DataConstraint", "registry.ContentConstraint")

    @property
    def short(self) -> str:
        """`AGENCY:ID(VERSION)`."""
        return f"{self.agency}:{self.id}({self.version})"

    def of(self, item: str) -> Reference:
        """The item of the scheme."""
        return Reference(self.kind, self.agency, self.id, self.version, item)


@dataclass(frozen=True, slots=True)
class Item:
    """Code, concept, category or agency."""

    id: str
    names: Names
    descriptions: Names = field(default_factory=dict)
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ItemScheme:
    """Code list, concept scheme, category scheme or agency scheme; `partial` where items are left out."""

    reference: Reference
    names: Names
    items: tuple[Item, ...]
    partial: bool = False

    @property
    def referenced(self) -> frozenset[Reference]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Component:
    """Dimension, attribute or measure: coded by a code list, or of a text type."""

    id: str
    concept: Reference
    codelist: Reference | None = None
    text_type: str = "String"
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class DataStructure:
    """Dimensions in the order of the key, without time; attributes of the observation; one measure."""

    reference: Reference
    names: Names
    dimensions: tuple[Component, ...]
    time: Component
    attributes: tuple[Component, ...]
    measure: Component

    @property
    def components(self) -> tuple[Component, ...]:
        return (*self.dimensions, self.time, *self.attributes, self.measure)

    @property
    def key(self) -> tuple[str, ...]:
        """Ids of the dimensions, without time."""
        return tuple(dimension.id for dimension in self.dimensions)

    @property
    def referenced(self) -> frozenset[Reference]:
        concepts = {_whole(component.concept) for component in self.components}
        return frozenset(concepts | {component.codelist for component in self.components if component.codelist})


@dataclass(frozen=True, slots=True)
class Dataflow:
    """What can be asked for, by one data structure."""

    reference: Reference
    names: Names
    structure: Reference
    descriptions: Names = field(default_factory=dict)

    @property
    def referenced(self) -> frozenset[Reference]:
        return frozenset({self.structure})


@dataclass(frozen=True, slots=True)
class Categorisation:
    """A dataflow stands under a category."""

    reference: Reference
    names: Names
    source: Reference
    target: Reference

    @property
    def referenced(self) -> frozenset[Reference]:
        return frozenset({self.source, _whole(self.target)})


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a dataflow holds: values by dimension, first and last day, and how many series and observations where that is counted."""

    reference: Reference
    names: Names
    attached: Reference
    values: Mapping[str, tuple[str, ...]]
    first: str = ""
    last: str = ""
    series: int | None = None
    observations: int | None = None

    @property
    def referenced(self) -> frozenset[Reference]:
        return frozenset({self.attached})


Artefact: TypeAlias = ItemScheme | DataStructure | Dataflow | Categorisation | Constraint


def _whole(reference: Reference) -> Reference:
    return Reference(reference.kind, reference.agency, reference.id, reference.version)
