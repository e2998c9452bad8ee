"""The artefacts of a release: one data structure for each set of dimensions, dataflows by topic, code lists, concepts, categories.

A new classification adds a data structure and leaves the keys of all other series as they were; that is why there is not one structure
with every classification in it (docs/methods/0921).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.serve.sdmx.artefacts import (
    TIME,
    VALUE,
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
    both,
)
from guibiao.serve.sdmx.dictionary import AREAS, Dictionary, Framework
from guibiao.serve.sdmx.fixed_lists import CODES, CONCEPTS, items_of, multiplier_names, price_basis_names
from guibiao.serve.sdmx.identifiers import NOT_APPLICABLE, code_id, component_ids
from guibiao.serve.sdmx.units import split_unit, unit_code, unit_names

FIRST = ("FREQ", "INDICATOR", "REF_AREA", "TIME_PER_COLLECT", "PRICE_BASIS", "ACCOUNTING_BASIS")
ATTRIBUTES: tuple[tuple[str, str, str], ...] = (
    ("OBS_STATUS", "CL_OBS_STATUS", ""), ("UNIT_MEASURE", "CL_UNIT_MEASURE", ""), ("UNIT_MULT", "CL_UNIT_MULT", ""),
    ("DECIMALS", "", "Integer"), ("OBS_LOW", "", "Double"), ("OBS_HIGH", "", "Double"), ("QUALIFIER", "CL_QUALIFIER", ""),
    ("OBS_PRINTED", "", "String"), ("COMPARISON_BASIS", "CL_COMPARISON_BASIS", ""), ("STAGE", "CL_STAGE", ""),
    ("METHOD", "CL_METHOD", ""), ("SOURCE_GRADE", "CL_SOURCE_GRADE", ""), ("SOURCE", "", "String"), ("KNOWN_FROM", "", "String"),
)  # fmt: skip
"""Attributes of an observation: id, code list or text type."""
CONCEPT_SCHEME, CATEGORY_SCHEME, EVERYTHING, WHOLE = "CONCEPTS", "FRAMEWORKS", "ALL", "FIGURES"
_LISTS = {"FREQ": "CL_FREQ", "INDICATOR": "CL_INDICATOR", "REF_AREA": "CL_AREA", "TIME_PER_COLLECT": "CL_TIME_PER_COLLECT",
          "PRICE_BASIS": "CL_PRICE_BASIS", "ACCOUNTING_BASIS": "CL_ACCOUNTING_BASIS"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flow:
    """A dataflow with what its series have in common: category keys, and indicators where it is of one topic."""

    dataflow: Dataflow
    structure: DataStructure
    classifications: Mapping[str, str]
    """Dimension id -> classification, for the dimensions after the first six."""
    category_keys: tuple[str, ...]
    indicators: frozenset[str]
    topic: str
    """Category it stands under."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything structural that a release offers; constraints are computed when asked for."""

    release: str
    agency: str
    artefacts: tuple[Artefact, ...]
    flows: tuple[Flow, ...]
    frequencies: Mapping[str, str]
    price_bases: Mapping[str, str]
    """Code -> price basis as the release writes it."""

    def codelist(self, component: Component) -> ItemScheme | None:
        """The code list of a component; None where it has none."""
        if component.codelist is None:
            return None
        return next(each for each in self.artefacts if isinstance(each, ItemScheme) and each.reference == component.codelist)

    def names_of(self, component: Component) -> Names:
        """Name of a component, from its concept."""
        scheme = next(each for each in self.artefacts if isinstance(each, ItemScheme) and each.reference.kind is Kind.CONCEPT_SCHEME)
        return next((item.names for item in scheme.items if item.id == component.concept.item), both(component.id))


def build_catalogue(release: str, dictionary: Dictionary) -> Catalogue:
    """The artefacts that describe a release."""
    agency = _agency(dictionary.workspace)
    classes = sorted({name for shape in dictionary.shapes for name in shape})
    dimensions = component_ids(classes, taken=CONCEPTS)
    flows = tuple(_flows(dictionary, agency, dimensions))
    structures = {flow.structure.reference: flow.structure for flow in flows}
    artefacts: tuple[Artefact, ...] = (
        _agencies(agency),
        _concepts(agency, dictionary, dimensions),
        *_codelists(agency, dictionary, dimensions),
        *structures.values(),
        *(flow.dataflow for flow in flows),
        *_topics(agency, dictionary.frameworks, flows),
        *(Constraint(constraint_reference(flow), flow.dataflow.names, flow.dataflow.reference, {}) for flow in flows),
    )
    return Catalogue(release, agency, artefacts, flows, dictionary.frequencies, {price_code(each): each for each in dictionary.price_bases})


def constraint_reference(flow: Flow) -> Reference:
    """What the constraint of a dataflow is called."""
    reference = flow.dataflow.reference
    return Reference(Kind.CONSTRAINT, reference.agency, f"CR_{reference.id}")


def price_code(basis: str) -> str:
    """Code of a price basis: `constant(2020)` is constant_2020, `none` is _Z."""
    return NOT_APPLICABLE if basis == "none" else code_id(basis.replace("(", "_").rstrip(")"))


def _agency(workspace: str) -> str:
    return component_ids([workspace])[workspace]


def _flows(dictionary: Dictionary, agency: str, dimensions: Mapping[str, str]) -> list[Flow]:
    topics = component_ids([each.id for each in dictionary.frameworks], taken=(WHOLE, EVERYTHING))
    found = []
    for shape, keys in dictionary.shapes.items():
        structure = _structure(agency, shape, dictionary, dimensions)
        classifications = {dimensions[name]: name for name in shape}
        suffix, by = _suffix(shape, dimensions), _by(shape, dictionary)
        observed = dictionary.indicators_of[shape]
        wholes: list[tuple[str, Names, frozenset[str]]] = [(WHOLE, both("全部指标", "All indicators"), observed)]
        wholes += [(topics[each.id], each.names, observed & frozenset(each.indicators)) for each in dictionary.frameworks]
        for name, names, indicators in wholes:
            if indicators:
                reference = Reference(Kind.DATAFLOW, agency, name + suffix)
                flow = Dataflow(reference, _joined(names, by), structure.reference)
                topic = EVERYTHING if name == WHOLE else name
                found.append(Flow(flow, structure, classifications, keys, indicators, topic))
    return found


def _suffix(shape: tuple[str, ...], dimensions: Mapping[str, str]) -> str:
    return "".join(f"_BY_{dimensions[name]}" for name in shape)


def _by(shape: tuple[str, ...], dictionary: Dictionary) -> Names:
    chinese = "、".join(dictionary.titles[name].get("zh", name) for name in shape)
    english = " and ".join(dictionary.titles[name].get("en", name) for name in shape)
    return {"zh": f"，按{chinese}分", "en": f" by {english}"} if shape else {"zh": "", "en": ""}


def _joined(names: Names, by: Names) -> Names:
    return {language: text + by.get(language, "") for language, text in names.items()}


def _structure(agency: str, shape: tuple[str, ...], dictionary: Dictionary, dimensions: Mapping[str, str]) -> DataStructure:
    def component(name: str, codelist: str, text_type: str = "String", mandatory: bool = False) -> Component:
        listed = Reference(Kind.CODELIST, agency, codelist) if codelist else None
        return Component(name, Reference(Kind.CONCEPT_SCHEME, agency, CONCEPT_SCHEME, item=name), listed, text_type, mandatory)

    own = tuple(component(dimensions[name], f"CL_{dimensions[name]}") for name in shape)
    by = _by(shape, dictionary)
    return DataStructure(
        reference=Reference(Kind.DATA_STRUCTURE, agency, WHOLE + _suffix(shape, dimensions)),
        names=_joined(both("指标数据", "Figures"), by),
        dimensions=(*(component(name, _LISTS[name]) for name in FIRST), *own),
        time=component(TIME, "", "ObservationalTimePeriod"),
        attributes=tuple(component(name, listed, kind or "String", mandatory=name == "OBS_STATUS") for name, listed, kind in ATTRIBUTES),
        measure=component(VALUE, "", "Double"),
    )


def _agencies(agency: str) -> ItemScheme:
    return ItemScheme(Reference(Kind.AGENCY_SCHEME, "SDMX", "AGENCIES", "1.0"), both("机构", "Agencies"), (Item(agency, both(agency)),))


def _concepts(agency: str, dictionary: Dictionary, dimensions: Mapping[str, str]) -> ItemScheme:
    fixed = tuple(
        Item(name, both(zh, en), both(about_zh, about_en) if about_zh else {}) for name, (zh, en, about_zh, about_en) in CONCEPTS.items()
    )
    own = tuple(Item(identifier, dictionary.titles[name]) for name, identifier in dimensions.items())
    return ItemScheme(Reference(Kind.CONCEPT_SCHEME, agency, CONCEPT_SCHEME), both("概念", "Concepts"), fixed + own)


def _codelists(agency: str, dictionary: Dictionary, dimensions: Mapping[str, str]) -> list[ItemScheme]:
    def made(name: str, names: Names, items: tuple[Item, ...]) -> ItemScheme:
        return ItemScheme(Reference(Kind.CODELIST, agency, name), names, items)

    def concept(name: str) -> Names:
        return both(*CONCEPTS[name][:2])

    units = {split_unit(symbol) for symbol in dictionary.units}
    bases = tuple(Item(price_code(each), both(*price_basis_names(each))) for each in dictionary.price_bases)
    accounts = tuple(Item(code_id(each), both(each) if each else both("不适用", "Not applicable")) for each in dictionary.accounting_bases)
    return [
        *(made(name, concept(name.removeprefix("CL_")), items_of(name)) for name in CODES),
        made("CL_INDICATOR", concept("INDICATOR"), _encoded(dictionary.indicators)),
        made("CL_AREA", concept("REF_AREA"), _encoded(dictionary.classifications[AREAS])),
        made("CL_PRICE_BASIS", concept("PRICE_BASIS"), bases),
        made("CL_ACCOUNTING_BASIS", concept("ACCOUNTING_BASIS"), accounts),
        made(
            "CL_UNIT_MEASURE",
            concept("UNIT_MEASURE"),
            tuple(Item(unit_code(each), both(*unit_names(each))) for each in sorted({base for base, _ in units})),
        ),
        made(
            "CL_UNIT_MULT",
            concept("UNIT_MULT"),
            tuple(Item(str(each), both(*multiplier_names(each))) for each in sorted({power for _, power in units})),
        ),
        made(
            "CL_QUALIFIER", concept("QUALIFIER"), tuple(Item(code_id(each.replace(" ", "_")), both(each)) for each in dictionary.qualifiers)
        ),
        *(
            made(f"CL_{identifier}", dictionary.titles[name], _encoded(dictionary.classifications[name]))
            for name, identifier in dimensions.items()
        ),
    ]


def _encoded(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Items under their code ids; a parent that is not in the list is left out."""
    known = {item.id for item in items}
    return tuple(
        Item(code_id(each.id), each.names, each.descriptions, code_id(each.parent) if each.parent in known and each.parent else "")
        for each in items
    )


def _topics(agency: str, frameworks: tuple[Framework, ...], flows: tuple[Flow, ...]) -> list[Artefact]:
    """Categories, one a framework and one for everything, and which dataflow stands under which."""
    ids = component_ids([each.id for each in frameworks], taken=(WHOLE, EVERYTHING))
    categories = (Item(EVERYTHING, both("全部", "Everything")), *(Item(ids[each.id], each.names) for each in frameworks))
    scheme = Reference(Kind.CATEGORY_SCHEME, agency, CATEGORY_SCHEME)
    found: list[Artefact] = [ItemScheme(scheme, both("统计框架", "Statistical frameworks"), categories)]
    for flow in flows:
        reference = Reference(Kind.CATEGORISATION, agency, f"CAT_{flow.dataflow.reference.id}")
        found.append(Categorisation(reference, flow.dataflow.names, flow.dataflow.reference, scheme.of(flow.topic)))
    return found
