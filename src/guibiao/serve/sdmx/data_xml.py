"""SDMX-ML data: generic and structure-specific of 2.1, structure-specific of 3.0, in series, sections or flat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from guibiao.serve.sdmx.answer import Answer, Coded, shown_attributes
from guibiao.serve.sdmx.artefacts import TIME, Kind
from guibiao.serve.sdmx.retrieval import DataSet, Observation
from guibiao.serve.sdmx.xml_text import attribute, attributes, number, text

_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_Writer = Callable[[Answer, DataSet], Iterator[str]]


def generic_21(answer: Answer, *, time_series: bool = False) -> Iterator[str]:
    """SDMX-ML 2.1 generic data, or its variant for time series only."""
    root = "GenericTimeSeriesData" if time_series else "GenericData"
    spaces = {"xmlns:mes": f"{_ROOT}v2_1/message", "xmlns:com": f"{_ROOT}v2_1/common", "xmlns:gen": f"{_ROOT}v2_1/data/generic"}
    yield from _message(answer, root, spaces, _header_21(answer, {}), _generic_set)


def specific_21(answer: Answer, *, time_series: bool = False) -> Iterator[str]:
    """SDMX-ML 2.1 structure-specific data, or its variant for time series only."""
    root = "StructureSpecificTimeSeriesData" if time_series else "StructureSpecificData"
    namespace = f"{answer.about.legacy_urn}:ObsLevelDim:{answer.layout.at}"
    spaces = {
        "xmlns:mes": f"{_ROOT}v2_1/message", "xmlns:com": f"{_ROOT}v2_1/common", "xmlns:ss": f"{_ROOT}v2_1/data/structurespecific",
        "xmlns:ns1": namespace, "xmlns:xsi": _INSTANCE,
    }  # fmt: skip
    kind = "ns1:TimeSeriesDataSetType" if time_series else "ns1:DataSetType"
    yield from _message(answer, root, spaces, _header_21(answer, {"namespace": namespace}), _specific(kind))


def specific_30(answer: Answer) -> Iterator[str]:
    """SDMX-ML 3.0 structure-specific data."""
    namespace = f"{answer.about.urn}:ObsLevelDim:{answer.layout.at}"
    spaces = {
        "xmlns:mes": f"{_ROOT}v3_0/message", "xmlns:com": f"{_ROOT}v3_0/common", "xmlns:ss": f"{_ROOT}v3_0/data/structurespecific",
        "xmlns:ns1": namespace, "xmlns:xsi": _INSTANCE,
    }  # fmt: skip
    usage = "StructureUsage" if answer.about.kind is Kind.DATAFLOW else "Structure"
    head = attributes({"structureID": answer.about.id, "namespace": namespace, "dimensionAtObservation": answer.layout.at})
    header = f"<mes:Structure{head}><com:{usage}>{text(answer.about.urn)}</com:{usage}></mes:Structure>"
    yield from _message(answer, "StructureSpecificData", spaces, header, _specific("ns1:DataSetType"))


def _message(answer: Answer, root: str, spaces: dict[str, str], structure: str, write: _Writer) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:{root}{attributes(spaces)}><mes:Header><mes:ID>{text(answer.message_id)}</mes:ID>'
    yield f"<mes:Test>false</mes:Test><mes:Prepared>{answer.prepared_text}</mes:Prepared>"
    yield f"<mes:Sender{attributes({'id': answer.catalogue.agency})}/>{structure}</mes:Header>"
    for data_set in answer.data_sets:
        yield from write(answer, data_set)
    yield f"</mes:{root}>"


def _header_21(answer: Answer, more: dict[str, str]) -> str:
    about = answer.about
    usage, kind = ("StructureUsage", "Dataflow") if about.kind is Kind.DATAFLOW else ("Structure", "DataStructure")
    reference = attributes({"agencyID": about.agency, "id": about.id, "version": about.version, "class": kind})
    head = attributes({"structureID": about.id, **more, "dimensionAtObservation": answer.layout.at})
    return f"<mes:Structure{head}><com:{usage}><Ref{reference}/></com:{usage}></mes:Structure>"


def _set_attributes(answer: Answer, data_set: DataSet, prefix: str) -> str:
    moments = {"validFromDate": data_set.valid_from, "validToDate": data_set.valid_to}
    found: dict[str, object] = {f"{prefix}structureRef": answer.about.id, f"{prefix}action": data_set.action}
    found |= {prefix + name: moment.isoformat(timespec="seconds") for name, moment in moments.items() if moment}
    return attributes(found)


def _generic_set(answer: Answer, data_set: DataSet) -> Iterator[str]:
    yield f"<mes:DataSet{_set_attributes(answer, data_set, '')}>"
    for group, members in answer.groups(data_set):
        if not answer.layout.flat:
            yield f"<gen:Series><gen:SeriesKey>{_values(group)}</gen:SeriesKey>"
        for place, observation in members if answer.layout.flat or not data_set.series_only else ():
            yield _generic_observation(answer, data_set, place, observation)
        if not answer.layout.flat:
            yield "</gen:Series>"
    yield "</mes:DataSet>"


def _generic_observation(answer: Answer, data_set: DataSet, place: Coded, observation: Observation) -> str:
    if answer.layout.flat:
        where = f"<gen:ObsKey>{_values(place)}</gen:ObsKey>"
    else:
        identifier = None if answer.layout.at == TIME else place[0][0]
        where = f"<gen:ObsDimension{attributes({'id': identifier, 'value': place[0][1]})}/>"
    value = f'<gen:ObsValue value="{number(observation.value)}"/>' if data_set.values and observation.value is not None else ""
    shown = _values(
        (name, str(each) if not isinstance(each, float) else number(each)) for name, each in shown_attributes(data_set, observation)
    )
    return f"<gen:Obs>{where}{value}{f'<gen:Attributes>{shown}</gen:Attributes>' if shown else ''}</gen:Obs>"


def _values(coded: Iterable[tuple[str, str]]) -> str:
    return "".join([f"<gen:Value{attribute('id', name)}{attribute('value', value)}/>" for name, value in coded])


def _specific(kind: str) -> _Writer:
    def write(answer: Answer, data_set: DataSet) -> Iterator[str]:
        scope = "DataStructure"
        yield f"<mes:DataSet{_set_attributes(answer, data_set, 'ss:')}{attributes({'ss:dataScope': scope, 'xsi:type': kind})}>"
        for group, members in answer.groups(data_set):
            if not answer.layout.flat:
                yield f"<Series{attributes(dict(group))}>"
            for place, observation in members if answer.layout.flat or not data_set.series_only else ():
                yield _specific_observation(data_set, place, observation)
            if not answer.layout.flat:
                yield "</Series>"
        yield "</mes:DataSet>"

    return write


def _specific_observation(data_set: DataSet, place: Coded, observation: Observation) -> str:
    written: dict[str, object] = dict(place)
    if data_set.values and observation.value is not None:
        written["OBS_VALUE"] = number(observation.value)
    for name, value in shown_attributes(data_set, observation):
        written[name] = number(value) if isinstance(value, float) else value
    return f"<Obs{attributes(written)}/>"
