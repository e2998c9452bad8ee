"""SDMX-JSON structure messages 1.0 and 2.0."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guibiao.serve.sdmx.artefacts import (
    Artefact,
    Categorisation,
    Component,
    Constraint,
    Dataflow,
    DataStructure,
    Item,
    ItemScheme,
    Kind,
    Names,
    Reference,
)
from guibiao.serve.sdmx.structures import Listing

_HOLDERS = {
    Kind.AGENCY_SCHEME: "agencySchemes", Kind.DATAFLOW: "dataflows", Kind.CATEGORY_SCHEME: "categorySchemes",
    Kind.CATEGORISATION: "categorisations", Kind.CODELIST: "codelists", Kind.CONCEPT_SCHEME: "conceptSchemes",
    Kind.DATA_STRUCTURE: "dataStructures", Kind.CONSTRAINT: "dataConstraints",
}  # fmt: skip
_ITEMS = {Kind.AGENCY_SCHEME: "agencies", Kind.CATEGORY_SCHEME: "categories", Kind.CODELIST: "codes", Kind.CONCEPT_SCHEME: "concepts"}
_SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/{}/sdmx-json-structure-schema.json"


def structures_json(listing: Listing, version: int, agency: str, prepared: datetime, language: str) -> Iterator[str]:
    """The message; `version` 1 or 2. `name` is in the language asked for, `names` in all."""
    writer = _Writer(version, language)
    data: dict[str, list[dict[str, Any]]] = {}
    for each in listing.artefacts:
        holder = "contentConstraints" if version == 1 and each.reference.kind is Kind.CONSTRAINT else _HOLDERS[each.reference.kind]
        data.setdefault(holder, []).append(writer.artefact(each, stub=each.reference in listing.stubs, url=listing.url(each.reference)))
    meta = {
        "schema": _SCHEMA.format("1.0" if version == 1 else "2.0.0"),
        "id": listing.message_id,
        "test": False,
        "prepared": prepared.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "contentLanguages": ["zh", "en"],
        "sender": {"id": agency},
    }
    yield json.dumps({"meta": meta, "data": data}, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Writer:
    version: int
    language: str

    def artefact(self, artefact: Artefact, *, stub: bool, url: str) -> dict[str, Any]:
        reference = artefact.reference
        links: list[dict[str, str]] = [{"rel": "self", "urn": self._urn(reference)}]
        found: dict[str, Any] = {"id": reference.id, **self._named(artefact.names), "agencyID": reference.agency}
        if self.version == 1 or reference.kind is not Kind.AGENCY_SCHEME:
            found["version"] = reference.version
        if self.version == 1:
            found["isFinal"] = False
        if stub:
            links.append({"rel": "external", "href": url})
            return found | {"isExternalReference": True, "links": links}
        return found | {"links": links} | self._content(artefact)

    def _content(self, artefact: Artefact) -> dict[str, Any]:
        if isinstance(artefact, ItemScheme):
            items = [self._item(artefact.reference, item) for item in artefact.items]
            return {"isPartial": artefact.partial} | ({_ITEMS[artefact.reference.kind]: items} if items else {})
        if isinstance(artefact, DataStructure):
            return {"dataStructureComponents": self._components(artefact)}
        if isinstance(artefact, Dataflow):
            described: dict[str, Any] = {"descriptions": dict(artefact.descriptions)} if artefact.descriptions else {}
            return described | {"structure": self._urn(artefact.structure)}
        if isinstance(artefact, Categorisation):
            return {"source": self._urn(artefact.source), "target": self._urn(artefact.target)}
        return self._constraint(artefact)

    def _item(self, scheme: Reference, item: Item) -> dict[str, Any]:
        found: dict[str, Any] = {"id": item.id, **self._named(item.names), "links": [{"rel": "self", "urn": self._urn(scheme.of(item.id))}]}
        if any(item.descriptions.values()):
            found["descriptions"] = {language: text for language, text in item.descriptions.items() if text}
        return found | ({"parent": item.parent} if item.parent else {})

    def _components(self, structure: DataStructure) -> dict[str, Any]:
        dimensions = [self._component(each) | {"position": position} for position, each in enumerate(structure.dimensions)]
        time = self._component(structure.time)
        measure = self._component(structure.measure)
        attributes = []
        for each in structure.attributes:
            own: dict[str, Any]
            if self.version == 1:
                own = {
                    "assignmentStatus": "Mandatory" if each.mandatory else "Conditional",
                    "attributeRelationship": {"primaryMeasure": structure.measure.id},
                }
            else:
                own = {"usage": "mandatory" if each.mandatory else "optional", "attributeRelationship": {"observation": {}}}
            attributes.append(self._component(each) | own)
        listed: dict[str, Any] = {"id": "DimensionDescriptor", "dimensions": dimensions}
        if self.version == 1:
            listed["timeDimensions"] = [time | {"position": len(dimensions)}]
            measures: dict[str, Any] = {"id": "MeasureDescriptor", "primaryMeasure": measure}
        else:
            listed["timeDimension"] = time
            measures = {"id": "MeasureDescriptor", "measures": [measure | {"usage": "optional"}]}
        return {"attributeList": {"id": "AttributeDescriptor", "attributes": attributes}, "dimensionList": listed, "measureList": measures}

    def _component(self, component: Component) -> dict[str, Any]:
        if component.codelist:
            represented: dict[str, Any] = {"enumeration": self._urn(component.codelist)}
        elif self.version == 1:
            represented = {"textFormat": {"textType": component.text_type}}
        else:
            represented = {"format": {"dataType": component.text_type}}
        return {"id": component.id, "conceptIdentity": self._urn(component.concept), "localRepresentation": represented}

    def _constraint(self, constraint: Constraint) -> dict[str, Any]:
        keys: list[dict[str, Any]] = [{"id": dimension, "values": self._codes(codes)} for dimension, codes in constraint.values.items()]
        if constraint.first and constraint.last:
            ends = {"startPeriod": constraint.first, "endPeriod": constraint.last}
            keys.append({"id": "TIME_PERIOD", "timeRange": {name: {"period": day, "isInclusive": True} for name, day in ends.items()}})
        found: dict[str, Any] = {"type": "Actual"} if self.version == 1 else {"role": "Actual"}
        counts = (("series_count", constraint.series), ("obs_count", constraint.observations))
        annotations = [{"id": name, "type": "sdmx_metrics", "title": str(count)} for name, count in counts if count is not None]
        if annotations:
            found["annotations"] = annotations
        region = {"isIncluded": True, "keyValues": keys} if self.version == 1 else {"include": True, "keyValues": keys}
        return found | {"constraintAttachment": {"dataflows": [self._urn(constraint.attached)]}, "cubeRegions": [region]}

    def _codes(self, codes: tuple[str, ...]) -> list[Any]:
        """Version 1 has texts; version 2 lets them be objects, the form that its readers know."""
        return list(codes) if self.version == 1 else [{"value": code} for code in codes]

    def _named(self, names: Names) -> dict[str, Any]:
        best = names.get(self.language) or next(iter(names.values()), "")
        return {"name": best, "names": {language: text for language, text in names.items() if text}}

    def _urn(self, reference: Reference) -> str:
        return reference.legacy_urn if self.version == 1 else reference.urn
