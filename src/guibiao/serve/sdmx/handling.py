"""One request of either version: which query it is, and its answer as text with a media type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast
from urllib.parse import quote, unquote

from guibiao.model.messages import translate as _
from guibiao.serve.sdmx.answer import FLAT, Answer
from guibiao.serve.sdmx.artefacts import TIME, Constraint, DataStructure, Kind, Reference
from guibiao.serve.sdmx.catalogue import Flow
from guibiao.serve.sdmx.data_csv import CsvStyle, Labels, data_csv
from guibiao.serve.sdmx.data_json import data_json
from guibiao.serve.sdmx.data_xml import generic_21, specific_21, specific_30
from guibiao.serve.sdmx.faults import NO_RESULTS, NOT_IMPLEMENTED, SEMANTIC, SYNTAX, SdmxFault
from guibiao.serve.sdmx.negotiation import Chosen, Form, choose
from guibiao.serve.sdmx.queries import (
    AVAILABILITY_1,
    AVAILABILITY_2,
    DATA_1,
    DATA_2,
    SCHEMA_1,
    SCHEMA_2,
    STRUCTURE_1,
    STRUCTURE_2,
    DataQuery,
    Parameters,
    check_provider,
    data_query_1,
    data_query_2,
    flow_1,
    flows_2,
    selection_of,
)
from guibiao.serve.sdmx.service import Opened, SdmxService
from guibiao.serve.sdmx.structure_json import structures_json
from guibiao.serve.sdmx.structure_xml import structures_xml
from guibiao.serve.sdmx.structures import DETAILS, REFERENCES, RESOURCES_1, RESOURCES_2, Listing, StructureQuery, matching, parse_kinds

_LEGACY = {Form.STRUCTURE_21: 1, Form.STRUCTURE_30: 2, Form.STRUCTURE_JSON_1: 1, Form.STRUCTURE_JSON_2: 2}
_PLAIN_IN_PATHS = "/*+,.~:@$-_"
_TIME_ONLY = {Form.GENERIC_TIME_21, Form.SPECIFIC_TIME_21}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request without its transport."""

    version: int
    path: str
    query: str
    accept: str
    language: str
    base: str

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells answers of one release apart."""
        return str(self.version), self.path, self.query, self.accept, self.language, self.base

    @property
    def parts(self) -> list[str]:
        return [part for part in self.path.split("/") if part]


@dataclass(frozen=True, slots=True)
class Reply:
    """Text in pieces, its media type, and headers besides."""

    parts: Iterator[str]
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def reply(service: SdmxService, asked: Asked) -> Reply:
    """The answer; SdmxFault where there is none. The bare address lists the dataflows."""
    parts = asked.parts or ["structure", "dataflow"][2 - asked.version :]
    word = parts[0]
    if word in {"metadata", "registration"}:
        raise SdmxFault(NOT_IMPLEMENTED, _("本服务没有 {word} 查询").format(word=word), remedy=_("结构、数据和可用性查询都有。"))
    if word == "data":
        return _data(service, asked, parts[1:])
    if word == "schema":
        return _schema(service, asked, parts[1:])
    if word == ("availableconstraint" if asked.version == 1 else "availability"):
        return _availability(service, asked, parts[1:])
    if asked.version == 2:
        if word != "structure":
            raise SdmxFault(SYNTAX, _("没有这个地址"), remedy=_("写 structure/、data/ 或 availability/。"))
        parts = parts[1:] or ["*"]
    if len(parts) > 5:
        raise SdmxFault(SYNTAX, _("没有这个地址"), remedy=_("写 类型/机构/编号/版本/项，后面的可以省略。"))
    return _structures(service, asked, parts)


def _data(service: SdmxService, asked: Asked, parts: list[str]) -> Reply:
    longest = 3 if asked.version == 1 else 5
    if not parts and asked.version == 1:
        raise SdmxFault(SYNTAX, _("没有写明数据流"), remedy=_("写成 data/数据流/键。"))
    if len(parts) > longest:
        raise SdmxFault(SYNTAX, _("没有这个地址"), remedy=_("数据查询最多 {count} 段。").format(count=longest))
    parameters = Parameters(asked.query, DATA_1 if asked.version == 1 else DATA_2, components=asked.version == 2)
    chosen = choose(asked.accept, parameters.values.get("format", ""), data=True, version=asked.version)
    opened = service.at(parameters.moment("asOf"))
    read = data_query_1 if asked.version == 1 else data_query_2
    query = read(opened.catalogue, parts or ["*"], parameters)
    if chosen.form in _TIME_ONLY and query.at != TIME:
        raise SdmxFault(SEMANTIC, _("时间序列格式以 TIME_PERIOD 为观测维度"), remedy=_("去掉 dimensionAtObservation，或换一种格式。"))
    answer = service.answer(opened, query, opened.release.published_at, asked.language)
    return Reply(_written(answer, chosen), chosen.media_type, _following(asked, query, answer))


def _following(asked: Asked, query: DataQuery, answer: Answer) -> Mapping[str, str]:
    """Where the rest is that a limit left out, and how much of it there is."""
    if not answer.left_out or query.limit is None:
        return {}
    parts = filter(None, asked.query.split("&"))
    kept = [quote(part, safe=_PLAIN_IN_PATHS + "%[]=;") for part in parts if unquote(part.partition("=")[0]) != "offset"]
    address = f"{asked.base}/{quote(asked.path, safe=_PLAIN_IN_PATHS)}?{'&'.join([*kept, f'offset={query.offset + query.limit}'])}"
    return {"Link": f'<{address}>; rel="next"', "X-Left-Out": str(answer.left_out)}


def _written(answer: Answer, chosen: Chosen) -> Iterator[str]:
    if chosen.form in {Form.CSV_1, Form.CSV_2}:
        return data_csv(answer, _csv_style(chosen))
    if chosen.form in {Form.JSON_1, Form.JSON_2}:
        return data_json(answer, 1 if chosen.form is Form.JSON_1 else 2)
    if chosen.form is Form.SPECIFIC_30:
        return specific_30(answer)
    if chosen.form in {Form.GENERIC_21, Form.GENERIC_TIME_21}:
        return generic_21(answer, time_series=chosen.form is Form.GENERIC_TIME_21)
    return specific_21(answer, time_series=chosen.form is Form.SPECIFIC_TIME_21)


def _csv_style(chosen: Chosen) -> CsvStyle:
    version: Literal[1, 2] = 1 if chosen.form is Form.CSV_1 else 2
    choices = {"labels": ("id", "both") if version == 1 else ("id", "both", "name"), "timeFormat": ("original", "normalized"),
               "keys": ("none",) if version == 1 else ("none", "obs", "series", "both")}  # fmt: skip
    for name, value in chosen.parameters.items():
        if name in choices and value not in choices[name]:
            raise SdmxFault(
                SYNTAX,
                _("格式参数 {name} 不能是“{value}”").format(name=name, value=value),
                remedy=_("可用：{names}。").format(names="、".join(choices[name])),
            )
    keys = cast(Literal["none", "obs", "series", "both"], chosen.parameters.get("keys", "none"))
    return CsvStyle(version, cast(Labels, chosen.parameters.get("labels", "id")), chosen.parameters.get("timeFormat") == "normalized", keys)


def _schema(service: SdmxService, asked: Asked, parts: list[str]) -> Reply:
    """What data of a dataflow or structure may hold, in the structure formats: the data structure, and of each scheme what it allows.

    XML and JSON schemas made for one structure are not offered: 406.
    """
    if not 3 <= len(parts) <= 4:
        raise SdmxFault(SYNTAX, _("没有这个地址"), remedy=_("写成 schema/dataflow/机构/编号/版本。"))
    parameters = Parameters(asked.query, SCHEMA_1 if asked.version == 1 else SCHEMA_2)
    chosen = choose(asked.accept, parameters.values.get("format", ""), data=False, version=asked.version)
    parameters.flag("deletion" if asked.version == 2 else "explicitMeasure")
    context, agency, identifier, version = (*parts, "latest")[:4]
    if context not in {"dataflow", "datastructure"}:
        raise SdmxFault(NO_RESULTS if context in _OTHER_CONTEXTS else SYNTAX, _("没有语境 {word}").format(word=context),
                        remedy=_("写 dataflow 或 datastructure。"))  # fmt: skip
    opened = service.at(parameters.moment("asOf"))
    kinds = frozenset({Kind(context)})
    query = StructureQuery(
        kinds=kinds, agencies=frozenset({agency}), ids=frozenset({identifier}), versions=(version,), detail="referencepartial",
        references=frozenset({"descendants"}), with_agencies=True,
    )  # fmt: skip
    listing = service.structures(opened, query, lambda reference: _address(asked, reference))
    structure = next(each for each in listing.artefacts if isinstance(each, DataStructure))
    at = parameters.values.get("dimensionAtObservation", TIME)
    if at not in {*structure.key, TIME, FLAT}:
        raise SdmxFault(SEMANTIC, _("没有维度 {name}").format(name=at), remedy=_("维度：{names}。").format(names="、".join(structure.key)))
    kept = tuple(each for each in listing.artefacts if each.reference.kind is not Kind.DATAFLOW)
    return _listed(replace(listing, artefacts=kept), chosen, opened, asked)


_OTHER_CONTEXTS = {"metadatastructure", "metadataflow", "provisionagreement", "metadataprovisionagreement"}


def _availability(service: SdmxService, asked: Asked, parts: list[str]) -> Reply:
    known = AVAILABILITY_1 if asked.version == 1 else AVAILABILITY_2
    parameters = Parameters(asked.query, known, components=asked.version == 2)
    chosen = choose(asked.accept, parameters.values.get("format", ""), data=False, version=asked.version)
    mode = parameters.one_of("mode", ("exact", "available"), "exact")
    opened = service.current()
    longest = 4 if asked.version == 1 else 6
    if len(parts) > longest:
        raise SdmxFault(SYNTAX, _("没有这个地址"), remedy=_("可用性查询最多 {count} 段。").format(count=longest))
    if not parts:
        raise SdmxFault(
            SYNTAX,
            _("没有写明数据流"),
            remedy=_("写成 {word}/…/键/维度。").format(word="availableconstraint" if asked.version == 1 else "availability"),
        )
    if asked.version == 1:
        flow, rest = flow_1(opened.catalogue, parts[0]), parts[1:]
        check_provider(opened.catalogue, rest[1] if len(rest) > 1 else "all")
        keys, component = rest[:1], rest[2] if len(rest) > 2 else "all"
    else:
        flows, _context = flows_2(opened.catalogue, parts)
        flow = _only_one(flows)
        keys = parts[4].split(",") if len(parts) > 4 else []
        component = parts[5] if len(parts) > 5 else "*"
    components = () if component in {"all", "*", ""} else tuple(component.replace("+", ",").split(","))
    unknown = set(components) - {*flow.structure.key, TIME}
    if unknown:
        raise SdmxFault(
            SEMANTIC,
            _("没有维度 {name}").format(name="、".join(sorted(unknown))),
            remedy=_("维度：{names}。").format(names="、".join((*flow.structure.key, TIME))),
        )
    selection = selection_of(flow, keys, parameters, open_end=asked.version == 2)
    after = parameters.moment("updatedAfter")
    found = service.available(opened, selection, components, open_choices=mode == "available", updated_after=after)
    listing = _with_references(service, opened, asked, found, _words(parameters.values.get("references", "none"), _AVAILABLE_REFERENCES))
    return _listed(listing, chosen, opened, asked)


_AVAILABLE_REFERENCES = ("none", "all", "codelist", "valuelist", "datastructure", "conceptscheme", "dataflow", "dataproviderscheme")


def _only_one(flows: tuple[Flow, ...]) -> Flow:
    if len(flows) > 1:
        names = "、".join(flow.dataflow.reference.id for flow in flows[:12])
        raise SdmxFault(NOT_IMPLEMENTED, _("一次只能查一个数据流"), remedy=_("符合的数据流：{names}；逐个查询。").format(names=names))
    return flows[0]


def _with_references(service: SdmxService, opened: Opened, asked: Asked, found: Constraint, wanted: frozenset[str]) -> Listing:
    """The constraint with what it refers to; item schemes hold only the items it uses."""

    def url(reference: Reference) -> str:
        return _address(asked, reference)

    if wanted == {"none"}:
        return Listing(f"AVAILABILITY_{opened.catalogue.release}", (found,), frozenset(), url)
    kinds = (
        {Kind.DATAFLOW, Kind.DATA_STRUCTURE, Kind.CODELIST, Kind.CONCEPT_SCHEME}
        if "all" in wanted
        else {Kind(each) for each in wanted if each in set(Kind)}
    )
    flow = found.attached
    query = StructureQuery(
        kinds=frozenset({Kind.DATAFLOW}), ids=frozenset({flow.id}), references=frozenset({"descendants"}), detail="referencepartial"
    )
    near, _stubs = matching(query, opened.catalogue.artefacts, lambda _reference: found)
    kept = tuple(each for each in near if each.reference.kind in kinds)
    return Listing(f"AVAILABILITY_{opened.catalogue.release}", (found, *kept), frozenset(), url)


def _structures(service: SdmxService, asked: Asked, parts: list[str]) -> Reply:
    resources = RESOURCES_1 if asked.version == 1 else RESOURCES_2
    kinds = parse_kinds(parts[0], resources)
    parameters = Parameters(asked.query, STRUCTURE_1 if asked.version == 1 else STRUCTURE_2)
    chosen = choose(asked.accept, parameters.values.get("format", ""), data=False, version=asked.version)
    separator = "+" if asked.version == 1 else ","
    agency, identifier, version, item = (*parts[1:], "", "", "", "")[:4]
    detail = parameters.one_of("detail", DETAILS, "full")
    references = _words(parameters.values.get("references", "none"), (*REFERENCES, *resources))
    if not kinds:
        raise SdmxFault(
            NO_RESULTS,
            _("没有 {word} 类的结构").format(word=parts[0]),
            remedy=_("结构类型：{names}。").format(names="、".join(sorted(resources))),
        )
    query = StructureQuery(
        kinds=kinds,
        agencies=_several(agency, separator),
        ids=_several(identifier, separator),
        versions=tuple(filter(None, version.split(separator))),
        items=_several(item, separator),
        detail=detail,
        references=references,
        with_agencies=asked.version == 2,
    )
    opened = service.at(parameters.moment("asOf"))
    listing = service.structures(opened, query, lambda reference: _address(asked, reference))
    return _listed(listing, chosen, opened, asked)


def _listed(listing: Listing, chosen: Chosen, opened: Opened, asked: Asked) -> Reply:
    version = _LEGACY[chosen.form]
    agency, prepared = opened.catalogue.agency, opened.release.published_at
    if chosen.form in {Form.STRUCTURE_21, Form.STRUCTURE_30}:
        return Reply(structures_xml(listing, version, agency, prepared), chosen.media_type)
    return Reply(structures_json(listing, version, agency, prepared, asked.language), chosen.media_type)


def _several(text: str, separator: str) -> frozenset[str]:
    words = frozenset(text.split(separator)) if text else frozenset()
    return frozenset() if words & {"all", "*"} else words


def _words(text: str, known: tuple[str, ...]) -> frozenset[str]:
    words = frozenset(text.split(","))
    unknown = words - set(known)
    if unknown:
        raise SdmxFault(SYNTAX, _("参数 {name} 不能是“{value}”").format(name="references", value="、".join(sorted(unknown))),
                        remedy=_("可用：{names}。").format(names="、".join(known)))  # fmt: skip
    return words


def _address(asked: Asked, reference: Reference) -> str:
    if asked.version == 2:
        return f"{asked.base}/structure/{reference.kind}/{reference.agency}/{reference.id}/{reference.version}"
    kind = "contentconstraint" if reference.kind is Kind.CONSTRAINT else reference.kind
    return f"{asked.base}/{kind}/{reference.agency}/{reference.id}/{reference.version}"
