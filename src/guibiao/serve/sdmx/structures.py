"""Structure queries: which artefacts match, which come with them, and how much of each is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from guibiao.model.messages import translate as _
from guibiao.serve.sdmx.artefacts import Artefact, Categorisation, Constraint, Dataflow, DataStructure, ItemScheme, Kind, Reference
from guibiao.serve.sdmx.faults import NO_RESULTS, NOT_IMPLEMENTED, SYNTAX, SdmxFault

RESOURCES_1: dict[str, frozenset[Kind]] = {
    **{str(kind): frozenset({kind}) for kind in Kind if kind is not Kind.CONSTRAINT},
    **dict.fromkeys(("contentconstraint", "actualconstraint"), frozenset({Kind.CONSTRAINT})),
    "organisationscheme": frozenset({Kind.AGENCY_SCHEME}),
    "structure": frozenset(Kind),
}
"""What REST 1 calls them; a word of the standard that is not here has no artefacts with us."""
RESOURCES_2: dict[str, frozenset[Kind]] = {**{str(kind): frozenset({kind}) for kind in Kind}, "*": frozenset(Kind), "all": frozenset(Kind)}
ABSENT = frozenset(
    {
        "allowedconstraint", "attachmentconstraint", "categoryschememap", "conceptschememap", "customtypescheme", "dataconsumerscheme",
        "dataproviderscheme", "geographiccodelist", "geogridcodelist", "hierarchicalcodelist", "hierarchy", "hierarchyassociation",
        "metadataconstraint", "metadataflow", "metadataproviderscheme", "metadataprovisionagreement", "metadatastructure",
        "namepersonalisationscheme", "organisationschememap", "organisationunitscheme", "process", "provisionagreement",
        "reportingtaxonomy", "reportingtaxonomymap", "representationmap", "rulesetscheme", "structuremap", "structureset",
        "transformationscheme", "userdefinedoperatorscheme", "valuelist", "vtlmappingscheme",
    }
)  # fmt: skip
"""Types of the standard that no statistics here need: a query for them finds nothing."""
DETAILS = ("full", "allstubs", "referencestubs", "allcompletestubs", "referencecompletestubs", "referencepartial", "raw")
_VERSION = re.compile(r"(?P<parts>(?:\d{1,9}[+~*]?|[+~*])(?:\.(?:\d{1,9}[+~*]?|[+~*])){0,2})(?P<extension>-[A-Za-z0-9.-]+)?", re.ASCII)
REFERENCES = ("none", "parents", "parentsandsiblings", "ancestors", "children", "descendants", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureQuery:
    """What is asked for; empty sets mean any. `versions` are as written."""

    kinds: frozenset[Kind]
    agencies: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    versions: tuple[str, ...] = ()
    items: frozenset[str] = frozenset()
    detail: str = "full"
    references: frozenset[str] = frozenset({"none"})
    with_agencies: bool = False
    """Whether an artefact refers to the scheme of the agency that maintains it, as REST 2 has it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Artefacts to be written; those in `stubs` only with their names. `url` gives the address of an artefact in full."""

    message_id: str
    artefacts: tuple[Artefact, ...]
    stubs: frozenset[Reference]
    url: Callable[[Reference], str]


Found = tuple[tuple[Artefact, ...], frozenset[Reference]]
ConstraintOf = Callable[[Reference], Constraint]
Links = Mapping[Reference, frozenset[Reference]]
"""Artefact -> what it refers to."""


def matching(query: StructureQuery, artefacts: Iterable[Artefact], constraint_of: ConstraintOf) -> Found:
    """Artefacts that match with those that `references` adds, and which of them are stubs; 100 where nothing matches.

    Constraints among the artefacts name what they are attached to and no more; `constraint_of` a dataflow gives its whole one.
    """
    known = tuple(artefacts)
    found = [each for each in known if _matches(query, each.reference)]
    if query.items:
        found = [partial for each in found if isinstance(each, ItemScheme) and (partial := _only(each, query.items)).items]
    if not found:
        raise SdmxFault(NO_RESULTS, _("没有符合查询的结构"), remedy=_("核对类型、机构、编号和版本；不限的部分写 all（2.x 版写 *）。"))
    matched = {each.reference: each for each in found}
    links = _links(known, with_agencies=query.with_agencies)
    added = _added(query.references, matched, known, links)
    if query.detail == "referencepartial":
        shown = [*matched.values(), *added.values()]
        regions = [constraint_of(each.reference) for each in shown if isinstance(each, Dataflow)]
        added = {reference: _partial(each, shown, regions) for reference, each in added.items()}
    stubs: set[Reference] = set()
    if query.detail.startswith("all"):
        stubs = {*matched, *added}
    elif query.detail in {"referencestubs", "referencecompletestubs"}:
        stubs = set(added)
    whole = [
        constraint_of(each.attached) if isinstance(each, Constraint) and each.reference not in stubs else each
        for each in (*matched.values(), *added.values())
    ]
    return tuple(whole), frozenset(stubs)


def version_fits(asked: str, version: str) -> bool:
    """Whether a version fits what a query asks: exact (1.0 is 1.0.0), a wildcard, or a least version with `+`, `~` or `*`.

    There is one version of each artefact, so it is also the latest.
    """
    if asked in {"all", "latest", "*", "+", "~", ""}:
        return True
    match = _VERSION.fullmatch(asked)
    if match is None or not _well_formed(match["parts"].split(".")):
        raise SdmxFault(SYNTAX, _("“{version}”不是可识别的版本").format(version=asked), remedy=_("写成 1.0.0、1.0+.0、+、~ 或 *。"))
    if match["extension"]:
        return False
    parts = match["parts"].split(".")
    own = [int(part) for part in version.split(".")]
    wildcard = False
    for position, part in enumerate([*parts, *["0"] * (len(own) - len(parts))][: len(own)]):
        least = int(part.rstrip("+~*") or 0)
        if part[-1] in "+~*":
            wildcard = True
        if wildcard and own[position] > least:
            return True
        if own[position] != least:
            return False
    return True


def _well_formed(parts: list[str]) -> bool:
    """Whether wildcards stand as the standard lets them: one; no number but 0 after a bare one; `+` alone or in three parts."""
    wild = [place for place, part in enumerate(parts) if part[-1] in "+~*"]
    if not wild:
        return True
    bare = len(parts[wild[0]]) == 1
    return (
        len(wild) == 1
        and not (bare and any(int(part) for part in parts[wild[0] + 1 :]))
        and not (parts[wild[0]][-1] == "+" and len(parts) == 2)
    )


def _matches(query: StructureQuery, reference: Reference) -> bool:
    return (
        reference.kind in query.kinds
        and (not query.agencies or reference.agency in query.agencies)
        and (not query.ids or reference.id in query.ids)
        and (not query.versions or any(version_fits(each, reference.version) for each in query.versions))
    )


def _only(scheme: ItemScheme, wanted: frozenset[str]) -> ItemScheme:
    return replace(scheme, items=tuple(item for item in scheme.items if item.id in wanted), partial=True)


def _links(known: tuple[Artefact, ...], *, with_agencies: bool) -> Links:
    schemes = frozenset(each.reference for each in known if with_agencies and each.reference.kind is Kind.AGENCY_SCHEME)
    return {each.reference: each.referenced | (schemes - {each.reference}) for each in known}


def _added(
    wanted: frozenset[str], matched: dict[Reference, Artefact], known: tuple[Artefact, ...], links: Links
) -> dict[Reference, Artefact]:
    by_reference = {each.reference: each for each in known}
    parents = {each.reference: each for each in known if links[each.reference] & matched.keys()}
    found: dict[Reference, Artefact] = {}
    if wanted & {"parents", "parentsandsiblings", "ancestors", "all"}:
        found |= parents
    if "ancestors" in wanted:
        found |= _ancestors(parents, known, links)
    if wanted & {"parentsandsiblings", "all"}:
        found |= _children(parents.values(), by_reference, links)
    if wanted & {"children", "descendants", "all"}:
        found |= _children(matched.values(), by_reference, links)
    if wanted & {"descendants", "all"}:
        found |= _descendants(matched.values(), by_reference, links)
    kinds = frozenset().union(*(RESOURCES_2.get(name, RESOURCES_1.get(name, frozenset())) for name in wanted if name not in REFERENCES))
    if kinds:
        near = {**parents, **_descendants(matched.values(), by_reference, links), **_ancestors(parents, known, links)}
        found |= {reference: each for reference, each in near.items() if reference.kind in kinds}
    return {reference: each for reference, each in found.items() if reference not in matched}


def _children(artefacts: Iterable[Artefact], known: dict[Reference, Artefact], links: Links) -> dict[Reference, Artefact]:
    return {reference: known[reference] for each in artefacts for reference in sorted(links[each.reference], key=str) if reference in known}


def _descendants(artefacts: Iterable[Artefact], known: dict[Reference, Artefact], links: Links) -> dict[Reference, Artefact]:
    found: dict[Reference, Artefact] = {}
    level = _children(artefacts, known, links)
    while level:
        found |= level
        level = {reference: each for reference, each in _children(level.values(), known, links).items() if reference not in found}
    return found


def _ancestors(parents: dict[Reference, Artefact], known: tuple[Artefact, ...], links: Links) -> dict[Reference, Artefact]:
    found = dict(parents)
    level = parents
    while level:
        level = {each.reference: each for each in known if links[each.reference] & level.keys() and each.reference not in found}
        found |= level
    return found


def _partial(artefact: Artefact, shown: list[Artefact], regions: list[Constraint]) -> Artefact:
    """An item scheme with only the items that are in use.

    Those are categories of the categorisations shown, concepts of the structures shown, codes of the dataflows shown.
    """
    categories = frozenset(each.target.item for each in shown if isinstance(each, Categorisation))
    if isinstance(artefact, ItemScheme) and artefact.reference.kind is Kind.CATEGORY_SCHEME and categories:
        return _only(artefact, categories)
    structures = [each for each in shown if isinstance(each, DataStructure)]
    if not isinstance(artefact, ItemScheme) or not structures:
        return artefact
    if artefact.reference.kind is Kind.CONCEPT_SCHEME:
        return _only(artefact, frozenset(component.concept.item for each in structures for component in each.components))
    if artefact.reference.kind is not Kind.CODELIST or not regions:
        return artefact
    dimensions = {each.id for structure in structures for each in structure.dimensions if each.codelist == artefact.reference}
    if not dimensions:
        return artefact
    return _only(
        artefact, with_parents(artefact, frozenset(code for each in regions for name in dimensions for code in each.values.get(name, ())))
    )


def with_parents(scheme: ItemScheme, codes: frozenset[str]) -> frozenset[str]:
    """The codes with all that stand above them."""
    parents = {item.id: item.parent for item in scheme.items}
    found = set(codes)
    for code in codes:
        above = parents.get(code, "")
        while above and above not in found:
            found.add(above)
            above = parents.get(above, "")
    return frozenset(found)


def parse_kinds(word: str, resources: dict[str, frozenset[Kind]]) -> frozenset[Kind]:
    """Types of a resource; none for one that exists in the standard and has no artefacts here."""
    if word in resources:
        return resources[word]
    if word in ABSENT:
        return frozenset()
    code = NOT_IMPLEMENTED if word in {"metadata", "schema", "registration"} else SYNTAX
    known = "、".join(sorted(resources))
    raise SdmxFault(code, _("没有结构类型 {word}").format(word=word), remedy=_("结构类型：{names}。").format(names=known))
