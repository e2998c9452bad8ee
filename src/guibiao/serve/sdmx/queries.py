"""Data queries of REST 1.5 and 2.2 as one form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from guibiao.model.messages import translate as _
from guibiao.serve.sdmx.answer import FLAT
from guibiao.serve.sdmx.artefacts import TIME, VALUE
from guibiao.serve.sdmx.catalogue import ATTRIBUTES, Catalogue, Flow
from guibiao.serve.sdmx.conditions import Condition, Term, not_a_period, parse_condition
from guibiao.serve.sdmx.faults import NO_RESULTS, SEMANTIC, SYNTAX, SdmxFault
from guibiao.serve.sdmx.periods import bounds
from guibiao.serve.sdmx.selection import Selection, key_filter, known_components
from guibiao.serve.sdmx.structures import version_fits

ALL_ATTRIBUTES = tuple(name for name, _list, _kind in ATTRIBUTES)
_EVERY = {"format", "lang", "language"}
DATA_1 = _EVERY | {
    "startPeriod", "endPeriod", "updatedAfter", "firstNObservations", "lastNObservations", "dimensionAtObservation", "detail",
    "includeHistory",
}  # fmt: skip
DATA_2 = _EVERY | {
    "startPeriod", "endPeriod", "updatedAfter", "firstNObservations", "lastNObservations", "dimensionAtObservation", "attributes",
    "measures", "includeHistory", "offset", "limit", "sort", "asOf", "reportingYearStartDay",
}  # fmt: skip
AVAILABILITY_1 = _EVERY | {"startPeriod", "endPeriod", "updatedAfter", "references", "mode"}
AVAILABILITY_2 = AVAILABILITY_1 | {"reportingYearStartDay"}
SCHEMA_1 = _EVERY | {"dimensionAtObservation", "explicitMeasure"}
SCHEMA_2 = _EVERY | {"dimensionAtObservation", "deletion", "asOf"}
STRUCTURE_1 = _EVERY | {"detail", "references"}
STRUCTURE_2 = STRUCTURE_1 | {"asOf"}
_NUMBER = 1_000_000_000


class Parameters:
    """The query string, read as the standard does: `+` is itself and not a blank."""

    def __init__(self, query: str, known: Iterable[str], *, components: bool = False) -> None:
        self.values: dict[str, str] = {}
        self.components: dict[str, str] = {}
        for part in filter(None, query.split("&")):
            name, _equals, value = part.partition("=")
            self._take(unquote(name), unquote(value), frozenset(known), components=components)

    def _take(self, name: str, value: str, known: frozenset[str], *, components: bool) -> None:
        match = re.fullmatch(r"c\[([^\]]+)\]", name) if components else None
        holder = self.components if match else self.values
        key = match[1] if match else name
        if not match and name not in known:
            raise SdmxFault(
                SYNTAX, _("没有查询参数 {name}").format(name=name), remedy=_("可用的参数：{names}。").format(names="、".join(sorted(known)))
            )
        if key in holder:
            raise SdmxFault(SYNTAX, _("参数 {name} 出现了两次").format(name=name), remedy=_("每个参数只写一次，多个取值用逗号隔开。"))
        holder[key] = value

    def one_of(self, name: str, choices: Iterable[str], default: str) -> str:
        """A parameter with a fixed choice of values."""
        value = self.values.get(name, default)
        if value not in choices:
            raise SdmxFault(
                SYNTAX,
                _("参数 {name} 不能是“{value}”").format(name=name, value=value),
                remedy=_("可用：{names}。").format(names="、".join(choices)),
            )
        return value

    def number(self, name: str, least: int = 1) -> int | None:
        """A whole number; None where it is not given."""
        value = self.values.get(name)
        if value is None:
            return None
        if not re.fullmatch(r"[0-9]{1,10}", value) or not least <= int(value) <= _NUMBER:
            raise SdmxFault(
                SYNTAX,
                _("参数 {name} 应为不小于 {least} 的整数，得到“{value}”").format(name=name, least=least, value=value),
                remedy=_("改正后再查。"),
            )
        return int(value)

    def flag(self, name: str) -> bool:
        """true or false."""
        return self.one_of(name, ("true", "false"), "false") == "true"

    def moment(self, name: str) -> datetime | None:
        """A moment with its time zone, UTC where none is written; None where it is not given."""
        value = self.values.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise SdmxFault(
                SYNTAX, _("参数 {name} 不是时刻：“{value}”").format(name=name, value=value), remedy=_("写成 2026-01-31T09:00:00Z。")
            ) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuery:
    """A data query of either version. `attributes` and `values`: what is to be written; `sort`: component and whether descending."""

    selections: tuple[Selection, ...]
    structure_context: bool = False
    first: int | None = None
    last: int | None = None
    at: str = TIME
    attributes: tuple[str, ...] = ALL_ATTRIBUTES
    values: bool = True
    updated_after: datetime | None = None
    as_of: datetime | None = None
    history: bool = False
    offset: int = 0
    limit: int | None = None
    sort: tuple[tuple[str, bool], ...] = ()

    @property
    def series_only(self) -> bool:
        """Whether only the keys of series are asked for."""
        return not self.values and not self.attributes


def data_query_1(catalogue: Catalogue, parts: list[str], parameters: Parameters) -> DataQuery:
    """`{flowRef}/{key}/{providerRef}`."""
    flow = flow_1(catalogue, parts[0])
    key = parts[1] if len(parts) > 1 else "all"
    check_provider(catalogue, parts[2] if len(parts) > 2 else "all")
    detail = parameters.one_of("detail", ("full", "dataonly", "serieskeysonly", "nodata"), "full")
    return DataQuery(
        selections=(selection_of(flow, [] if key in {"all", ""} else [key], parameters, open_end=False),),
        attributes=ALL_ATTRIBUTES if detail == "full" else (),
        values=detail in {"full", "dataonly"},
        **_common(flow, parameters),
    )


def data_query_2(catalogue: Catalogue, parts: list[str], parameters: Parameters) -> DataQuery:
    """`{context}/{agencyID}/{resourceID}/{version}/{key}`, everything from the end on may be left out."""
    flows, context = flows_2(catalogue, parts)
    keys = parts[4].split(",") if len(parts) > 4 else []
    # Over several structures the same key need not fit: it is asked of those that it fits.
    selections = _selections(flows, keys, parameters)
    if parameters.values.get("reportingYearStartDay", "--01-01") != "--01-01":
        raise SdmxFault(SEMANTIC, _("报告年度都从 1 月 1 日开始"), remedy=_("去掉 reportingYearStartDay。"))
    attributes, values = _shown(parameters)
    after, as_of = parameters.moment("updatedAfter"), parameters.moment("asOf")
    if after and as_of and after > as_of:
        raise SdmxFault(SEMANTIC, _("updatedAfter 晚于 asOf"), remedy=_("updatedAfter 应在 asOf 之前。"))
    return DataQuery(
        selections=selections,
        structure_context=context == "datastructure",
        attributes=attributes,
        values=values,
        as_of=as_of,
        offset=parameters.number("offset", 0) or 0,
        limit=parameters.number("limit"),
        sort=_sorting(selections[0].flow, parameters.values.get("sort", "")),
        **_common(selections[0].flow, parameters),
    )


def _selections(flows: tuple[Flow, ...], keys: list[str], parameters: Parameters) -> tuple[Selection, ...]:
    if len(flows) == 1:
        return (selection_of(flows[0], keys, parameters, open_end=True),)
    found = []
    fault: SdmxFault | None = None
    for flow in flows:
        try:
            found.append(selection_of(flow, keys, parameters, open_end=True))
        except SdmxFault as error:
            fault = error
    if fault is not None and not found:
        raise fault
    return tuple(found)


def selection_of(flow: Flow, keys: list[str], parameters: Parameters, *, open_end: bool) -> Selection:
    """Keys, `c[...]` filters and the time span of a query, for one dataflow."""
    wanted = tuple(key_filter(flow.structure.key, key, open_end=open_end) for key in keys if key not in {"*", "all"})
    if len(wanted) < len(keys):
        wanted = ()
    conditions = [parse_condition(name, text) for name, text in parameters.components.items()]
    terms = []
    for name, operator in (("startPeriod", "ge"), ("endPeriod", "le")):
        value = parameters.values.get(name)
        if value is not None:
            if bounds(value) is None:
                raise not_a_period(value, SYNTAX)
            terms.append(Term(operator, value))
    if terms:
        conditions.append(Condition(TIME, (tuple(terms),)))
    selection = Selection(flow, wanted, tuple(conditions))
    known_components(flow, selection.conditions)
    return selection


def _common(flow: Flow, parameters: Parameters) -> dict[str, Any]:
    at = parameters.values.get("dimensionAtObservation", TIME)
    if at not in {*flow.structure.key, TIME, FLAT}:
        raise SdmxFault(
            SEMANTIC,
            _("没有维度 {name}").format(name=at),
            remedy=_("维度：{names}。").format(names="、".join((*flow.structure.key, TIME, FLAT))),
        )
    return {
        "first": parameters.number("firstNObservations"),
        "last": parameters.number("lastNObservations"),
        "at": at,
        "updated_after": parameters.moment("updatedAfter"),
        "history": parameters.flag("includeHistory"),
    }


def flow_1(catalogue: Catalogue, text: str) -> Flow:
    """The dataflow of `AGENCY,ID,VERSION`, `AGENCY,ID` or `ID`."""
    parts = text.split(",")
    if len(parts) > 3 or not all(parts):
        raise SdmxFault(SYNTAX, _("数据流写法不对：{text}").format(text=text), remedy=_("写成 机构,编号,版本 或 编号。"))
    agency, identifier, version = ("all", parts[0], "latest") if len(parts) == 1 else (*parts, "latest")[:3]
    return _one_flow(catalogue, agency, identifier, version)


def _one_flow(catalogue: Catalogue, agency: str, identifier: str, version: str) -> Flow:
    for flow in catalogue.flows:
        reference = flow.dataflow.reference
        if reference.id == identifier and agency in {"all", reference.agency} and version_fits(version, reference.version):
            return flow
    raise no_flow(catalogue)


def no_flow(catalogue: Catalogue) -> SdmxFault:
    """The error for a dataflow that does not exist."""
    names = "、".join(flow.dataflow.reference.id for flow in catalogue.flows[:12])
    return SdmxFault(NO_RESULTS, _("没有这个数据流"), remedy=_("数据流有：{names} 等，查 dataflow 可得全部。").format(names=names))


def flows_2(catalogue: Catalogue, parts: list[str]) -> tuple[tuple[Flow, ...], str]:
    """Dataflows that a path of version 2 names, and the context it is asked in; of a data structure, its dataflow of all indicators."""
    context, agencies, ids, versions = (*parts[:4], *["*"] * (4 - len(parts[:4])))
    if context not in {"dataflow", "datastructure", "provisionagreement", "*", "all"}:
        raise SdmxFault(SYNTAX, _("没有语境 {word}").format(word=context), remedy=_("写 dataflow 或 datastructure。"))
    found = []
    for flow in catalogue.flows:
        reference = flow.structure.reference if context == "datastructure" else flow.dataflow.reference
        whole = flow.dataflow.reference.id == flow.structure.reference.id
        if context == "provisionagreement" or (context != "dataflow" and not whole):
            continue
        named = all(
            asked in {"*", "all", ""} or own in asked.split(",") for asked, own in ((agencies, reference.agency), (ids, reference.id))
        )
        if named and any(version_fits(version, reference.version) for version in versions.split(",")):
            found.append(flow)
    if not found:
        raise no_flow(catalogue)
    return tuple(found), context


def check_provider(catalogue: Catalogue, text: str) -> None:
    """Refuse a provider that is not the agency of the release."""
    if text not in {"all", ""} and not any(each.split(",")[-1] in {"all", catalogue.agency} for each in text.split("+")):
        raise SdmxFault(NO_RESULTS, _("没有数据提供者 {text}").format(text=text), remedy=_("数据提供者写 all。"))


def _shown(parameters: Parameters) -> tuple[tuple[str, ...], bool]:
    asked = frozenset(parameters.values.get("attributes", "dsd").split(","))
    if asked & {"dsd", "all", "obs"}:
        attributes = ALL_ATTRIBUTES
    else:
        unknown = asked - {"msd", "dataset", "series", "none", *ALL_ATTRIBUTES}
        if unknown:
            raise SdmxFault(
                SEMANTIC,
                _("没有属性 {name}").format(name="、".join(sorted(unknown))),
                remedy=_("属性：{names}。").format(names="、".join(ALL_ATTRIBUTES)),
            )
        attributes = tuple(name for name in ALL_ATTRIBUTES if name in asked)
    measures = frozenset(parameters.values.get("measures", "all").split(","))
    if not measures <= {"all", "none", VALUE}:
        raise SdmxFault(SEMANTIC, _("没有度量 {name}").format(name="、".join(sorted(measures))), remedy=_("写 all、none 或 OBS_VALUE。"))
    return attributes, "none" not in measures


def _sorting(flow: Flow, text: str) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    for part in filter(None, text.split("+")):
        name, _colon, direction = part.partition(":")
        names = (*flow.structure.key, TIME) if name == "*" else flow.structure.key if name == "series_key" else (name,)
        if direction not in {"", "asc", "desc"} or any(each not in {*flow.structure.key, TIME, VALUE, *ALL_ATTRIBUTES} for each in names):
            raise SdmxFault(SEMANTIC, _("不能按“{part}”排序").format(part=part), remedy=_("写成 成分编号，后加 :asc 或 :desc，用 + 连接。"))
        found += [(each, direction == "desc") for each in names]
    return tuple(found)
