"""SDMX-ML structure messages: 2.1, where references are `Ref` elements, and 3.0, where they are URNs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

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
from guibiao.serve.sdmx.xml_text import attributes, text

_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/"
_ORDER_21 = (Kind.AGENCY_SCHEME, Kind.DATAFLOW, Kind.CATEGORY_SCHEME, Kind.CATEGORISATION, Kind.CODELIST, Kind.CONCEPT_SCHEME,
             Kind.DATA_STRUCTURE, Kind.CONSTRAINT)  # fmt: skip
_ORDER_30 = (Kind.AGENCY_SCHEME, Kind.CATEGORISATION, Kind.CATEGORY_SCHEME, Kind.CODELIST, Kind.CONCEPT_SCHEME, Kind.CONSTRAINT,
             Kind.DATAFLOW, Kind.DATA_STRUCTURE)  # fmt: skip
_HOLDERS = {
    Kind.AGENCY_SCHEME: ("OrganisationSchemes", "AgencySchemes"), Kind.DATAFLOW: ("Dataflows", "Dataflows"),
    Kind.CATEGORY_SCHEME: ("CategorySchemes", "CategorySchemes"), Kind.CATEGORISATION: ("Categorisations", "Categorisations"),
    Kind.CODELIST: ("Codelists", "Codelists"), Kind.CONCEPT_SCHEME: ("Concepts", "ConceptSchemes"),
    Kind.DATA_STRUCTURE: ("DataStructures", "DataStructures"), Kind.CONSTRAINT: ("Constraints", "DataConstraints"),
}  # fmt: skip
_ELEMENTS = {
    Kind.AGENCY_SCHEME: "AgencyScheme", Kind.DATAFLOW: "Dataflow", Kind.CATEGORY_SCHEME: "CategoryScheme",
    Kind.CATEGORISATION: "Categorisation", Kind.CODELIST: "Codelist", Kind.CONCEPT_SCHEME: "ConceptScheme",
    Kind.DATA_STRUCTURE: "DataStructure", Kind.CONSTRAINT: "DataConstraint",
}  # fmt: skip
_ITEMS = {Kind.AGENCY_SCHEME: "Agency", Kind.CATEGORY_SCHEME: "Category", Kind.CODELIST: "Code", Kind.CONCEPT_SCHEME: "Concept"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""The schema of SDMX-ML 3.0 lets only names stand as a code's parent (3.1 lets any id): other parents are annotations there."""
_PACKAGES = {Kind.CODELIST: "codelist", Kind.DATAFLOW: "datastructure", Kind.CATEGORY_SCHEME: "categoryscheme"}


def structures_xml(listing: Listing, version: int, agency: str, prepared: datetime) -> Iterator[str]:
    """The message: SDMX-ML 2.1 for `version` 1 and 3.0 for 2."""
    form = "v2_1" if version == 1 else "v3_0"
    spaces = {f"xmlns:{short}": f"{_ROOT}{form}/{name}" for short, name in (("mes", "message"), ("str", "structure"), ("com", "common"))}
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Structure{attributes(spaces)}>'
    yield f"<mes:Header><mes:ID>{text(listing.message_id)}</mes:ID><mes:Test>false</mes:Test>"
    yield f"<mes:Prepared>{prepared.isoformat(timespec='seconds').replace('+00:00', 'Z')}</mes:Prepared>"
    yield f"<mes:Sender{attributes({'id': agency})}/></mes:Header><mes:Structures>"
    writer = _Writer(legacy=version == 1)
    for kind in _ORDER_21 if version == 1 else _ORDER_30:
        members = [each for each in listing.artefacts if each.reference.kind is kind]
        if members:
            holder = _HOLDERS[kind][0 if version == 1 else 1]
            yield f"<str:{holder}>"
            for each in members:
                yield from writer.artefact(each, stub=each.reference in listing.stubs, url=listing.url(each.reference))
            yield f"</str:{holder}>"
    yield "</mes:Structures></mes:Structure>"


@dataclass(frozen=True, slots=True)
class _Writer:
    legacy: bool

    def artefact(self, artefact: Artefact, *, stub: bool, url: str) -> Iterator[str]:
        reference = artefact.reference
        element = "ContentConstraint" if self.legacy and reference.kind is Kind.CONSTRAINT else _ELEMENTS[reference.kind]
        yield f"<str:{element}{self._identity(artefact, stub=stub, url=url)}>"
        if isinstance(artefact, Constraint) and not stub:
            yield self._metrics(artefact)
        yield self._names(artefact.names)
        if isinstance(artefact, Dataflow):
            yield _texts("Description", artefact.descriptions)
        if not stub:
            yield from self._content(artefact)
        yield f"</str:{element}>"

    def _identity(self, artefact: Artefact, *, stub: bool, url: str) -> str:
        reference = artefact.reference
        found: dict[str, object] = {"id": reference.id, "urn": self._urn(reference), "agencyID": reference.agency}
        if self.legacy or reference.kind is not Kind.AGENCY_SCHEME:
            found["version"] = reference.version
        if self.legacy:
            found["isFinal"] = "false"
        if stub:
            found |= {"isExternalReference": "true", "structureURL": url}
        if isinstance(artefact, ItemScheme) and artefact.partial:
            found["isPartial"] = "true"
        if isinstance(artefact, Constraint):
            found["type" if self.legacy else "role"] = "Actual"
        return attributes(found)

    def _content(self, artefact: Artefact) -> Iterator[str]:
        if isinstance(artefact, ItemScheme):
            for item in artefact.items:
                yield self._item(artefact.reference, item)
        elif isinstance(artefact, DataStructure):
            yield from self._components(artefact)
        elif isinstance(artefact, Dataflow):
            yield f"<str:Structure>{self._reference(artefact.structure, 'DataStructure')}</str:Structure>"
        elif isinstance(artefact, Categorisation):
            yield f"<str:Source>{self._reference(artefact.source, 'Dataflow')}</str:Source>"
            yield f"<str:Target>{self._reference(artefact.target, 'Category')}</str:Target>"
        else:
            yield from self._region(artefact)

    def _item(self, scheme: Reference, item: Item) -> str:
        element = _ITEMS[scheme.kind]
        parent, note = "", ""
        if item.parent and self.legacy:
            parent = f"<str:Parent><Ref{attributes({'id': item.parent})}/></str:Parent>"
        elif item.parent and _NAME.fullmatch(item.parent):
            parent = f"<str:Parent>{text(item.parent)}</str:Parent>"
        elif item.parent:
            note = _annotations({"PARENT": item.parent}, "parent")
        head = attributes({"id": item.id, "urn": self._urn(scheme.of(item.id))})
        return f"<str:{element}{head}>{note}{self._names(item.names)}{_texts('Description', item.descriptions)}{parent}</str:{element}>"

    def _components(self, structure: DataStructure) -> Iterator[str]:
        yield '<str:DataStructureComponents><str:DimensionList id="DimensionDescriptor">'
        for position, each in enumerate(structure.dimensions, 1):
            yield self._component("Dimension", each, {"id": each.id, "position": position})
        time = {"id": structure.time.id} | ({"position": len(structure.dimensions) + 1} if self.legacy else {})
        yield f'{self._component("TimeDimension", structure.time, time)}</str:DimensionList><str:AttributeList id="AttributeDescriptor">'
        for each in structure.attributes:
            usage = "mandatory" if each.mandatory else "optional"
            if self.legacy:
                status = {"assignmentStatus": "Mandatory" if each.mandatory else "Conditional"}
                at = f'<str:PrimaryMeasure><Ref id="{structure.measure.id}"/></str:PrimaryMeasure>'
            else:
                status, at = {"usage": usage}, "<str:Observation/>"
            yield self._component(
                "Attribute", each, {"id": each.id, **status}, f"<str:AttributeRelationship>{at}</str:AttributeRelationship>"
            )
        yield '</str:AttributeList><str:MeasureList id="MeasureDescriptor">'
        yield self._component("PrimaryMeasure" if self.legacy else "Measure", structure.measure, {"id": structure.measure.id})
        yield "</str:MeasureList></str:DataStructureComponents>"

    def _component(self, element: str, component: Component, head: Mapping[str, object], tail: str = "") -> str:
        if component.codelist:
            represented = f"<str:Enumeration>{self._reference(component.codelist, 'Codelist')}</str:Enumeration>"
        else:
            represented = f"<str:TextFormat{attributes({'textType': component.text_type})}/>"
        identity = f"<str:ConceptIdentity>{self._reference(component.concept, 'Concept')}</str:ConceptIdentity>"
        inner = f"{identity}<str:LocalRepresentation>{represented}</str:LocalRepresentation>{tail}"
        return f"<str:{element}{attributes(head)}>{inner}</str:{element}>"

    def _region(self, constraint: Constraint) -> Iterator[str]:
        space = "com" if self.legacy else "str"
        attached = f"<str:Dataflow>{self._reference(constraint.attached, 'Dataflow')}</str:Dataflow>"
        yield f"<str:ConstraintAttachment>{attached}</str:ConstraintAttachment>"
        yield '<str:CubeRegion include="true">'
        for dimension, codes in constraint.values.items():
            inner = "".join(f"<{space}:Value>{text(code)}</{space}:Value>" for code in codes)
            yield f"<{space}:KeyValue{attributes({'id': dimension})}>{inner}</{space}:KeyValue>"
        if self.legacy and constraint.first and constraint.last:
            ends = (("StartPeriod", constraint.first), ("EndPeriod", constraint.last))
            inner = "".join(f'<com:{name} isInclusive="true">{day}</com:{name}>' for name, day in ends)
            yield f'<com:KeyValue id="TIME_PERIOD"><com:TimeRange>{inner}</com:TimeRange></com:KeyValue>'
        yield "</str:CubeRegion>"

    def _metrics(self, constraint: Constraint) -> str:
        """Numbers of series and observations as annotations, as services of SDMX 2.1 and 3.0 state them.

        The time covered is an annotation in 3.0: sdmx1 refuses a message with a time range in a constraint of that version.
        """
        found = {"series_count": constraint.series, "obs_count": constraint.observations}
        days = {} if self.legacy else {"time_period_start": constraint.first, "time_period_end": constraint.last}
        stated = {name: str(value) for name, value in (found | days).items() if value not in {None, ""}}
        return _annotations(stated, "sdmx_metrics")

    def _reference(self, reference: Reference, kind: str) -> str:
        if not self.legacy:
            return text(reference.urn)
        if reference.item:
            return f"<Ref{attributes(_item_reference(reference, kind))}/>"
        named = {"id": reference.id, "agencyID": reference.agency, "version": reference.version}
        return f"<Ref{attributes({**named, 'package': _PACKAGES.get(reference.kind, 'datastructure'), 'class': kind})}/>"

    def _urn(self, reference: Reference) -> str:
        return reference.legacy_urn if self.legacy else reference.urn

    def _names(self, names: Names) -> str:
        return _texts("Name", names)


def _item_reference(reference: Reference, kind: str) -> dict[str, object]:
    package = "conceptscheme" if kind == "Concept" else "categoryscheme"
    parent = {"maintainableParentID": reference.id, "maintainableParentVersion": reference.version}
    return {"id": reference.item, **parent, "agencyID": reference.agency, "package": package, "class": kind}


def _texts(element: str, names: Names) -> str:
    write: Callable[[str, str], str] = lambda language, value: f'<com:{element} xml:lang="{language}">{text(value)}</com:{element}>'  # noqa: E731
    return "".join(write(language, value) for language, value in names.items() if value)


def _annotations(titles: Mapping[str, str], kind: str) -> str:
    if not titles:
        return ""
    inner = "".join(
        f"<com:Annotation{attributes({'id': name})}><com:AnnotationTitle>{text(title)}</com:AnnotationTitle>"
        f"<com:AnnotationType>{kind}</com:AnnotationType></com:Annotation>"
        for name, title in titles.items()
    )
    return f"<com:Annotations>{inner}</com:Annotations>"
