"""SDMX-CSV 1.0 and 2.0: one observation a row, RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from guibiao.serve.sdmx.answer import Answer, shown_attributes
from guibiao.serve.sdmx.artefacts import TIME, VALUE, Component, Kind, Names
from guibiao.serve.sdmx.catalogue import ATTRIBUTES
from guibiao.serve.sdmx.conditions import covered
from guibiao.serve.sdmx.retrieval import DataSet, Observation, grouped
from guibiao.serve.sdmx.xml_text import number

Labels = Literal["id", "both", "name"]
_ACTIONS = {"Information": "I", "Append": "A", "Replace": "R", "Delete": "D"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """Parameters of the media type: what is shown of codes, how time is written, which keys are added (2.0)."""

    version: Literal[1, 2]
    labels: Labels = "id"
    normalized: bool = False
    keys: Literal["none", "obs", "series", "both"] = "none"


def data_csv(answer: Answer, style: CsvStyle) -> Iterator[str]:
    """The answer as SDMX-CSV, head first; texts never begin like a formula of a spreadsheet (CWE-1236)."""
    writer = _Writer(answer, style)
    yield writer.line(writer.head())
    for data_set in answer.data_sets:
        if data_set.series_only:
            for series in grouped(data_set.observations).values():
                yield writer.line(writer.row(data_set, replace(series[0], time="")))
            continue
        for observation in data_set.observations:
            yield writer.line(writer.row(data_set, observation))


class _Writer:
    def __init__(self, answer: Answer, style: CsvStyle) -> None:
        self._answer, self._style = answer, style
        self._structure = answer.flow.structure
        self._shown = frozenset(name for data_set in answer.data_sets for name in data_set.shown)
        self._values = any(data_set.values for data_set in answer.data_sets) or not answer.data_sets
        attributes = [each for each in self._structure.attributes if each.id in self._shown]
        measure = [self._structure.measure] if self._values else []
        self._components = [*self._structure.dimensions, self._structure.time, *measure, *attributes]
        self._names = {each.id: self._code_names(each) for each in self._components} if style.labels != "id" else {}

    def line(self, cells: list[str]) -> str:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerow(cells)
        return buffer.getvalue()

    def head(self) -> list[str]:
        names = self._answer.catalogue.names_of
        columns: list[str] = []
        for each in self._components:
            columns += self._labelled(each.id, self._best(names(each)))
        return [*self._first_heads(), *columns]

    def row(self, data_set: DataSet, observation: Observation) -> list[str]:
        if self._style.labels == "id":
            return [*self._first_cells(data_set, observation), *self._plain(data_set, observation)]
        values: dict[str, str] = dict(zip(self._structure.key, observation.key, strict=True))
        values[TIME] = self._time(observation)
        if data_set.values and observation.value is not None:
            values[VALUE] = number(observation.value)
        for name, value in shown_attributes(data_set, observation):
            values[name] = number(value) if isinstance(value, float) else str(value)
        cells: list[str] = []
        for each in self._components:
            value = values.get(each.id, "")
            if each.codelist is None:
                cells += self._labelled(_harmless(value) if each.text_type == "String" else value, "")
            else:
                cells += self._labelled(value, self._names.get(each.id, {}).get(value, "") if value else "")
        return [*self._first_cells(data_set, observation), *cells]

    def _plain(self, data_set: DataSet, observation: Observation) -> Iterator[str]:
        """Codes and values alone, in the order of the columns."""
        yield from observation.key
        yield self._time(observation)
        if self._values:
            yield number(observation.value) if data_set.values and observation.value is not None else ""
        for (name, codelist, kind), value in zip(ATTRIBUTES, observation.attributes, strict=True):
            if name in self._shown:
                written = "" if value is None or name not in data_set.shown else number(value) if isinstance(value, float) else str(value)
                yield written if codelist or kind != "String" else _harmless(written)

    def _time(self, observation: Observation) -> str:
        if self._style.normalized and observation.time:
            return covered(observation.time)[1].isoformat()
        return observation.time

    def _first_heads(self) -> list[str]:
        if self._style.version == 1:
            return ["DATAFLOW"]
        named = ["STRUCTURE_NAME"] if self._style.labels == "name" else []
        keys = [f"{each.upper()}_KEY" for each in ("series", "obs") if self._style.keys in {each, "both"}]
        return ["STRUCTURE", "STRUCTURE_ID", *named, "ACTION", *keys]

    def _first_cells(self, data_set: DataSet, observation: Observation) -> list[str]:
        flow = self._answer.flow.dataflow
        about = self._answer.about
        name = self._best(flow.names if about.kind is Kind.DATAFLOW else self._structure.names)
        if self._style.version == 1:
            return [f"{about.short}: {name}" if self._style.labels == "both" else about.short]
        series = ".".join(observation.key)
        keys = {"series": series, "obs": f"{series}.{observation.time}"}
        added = [key for kind, key in keys.items() if self._style.keys in {kind, "both"}]
        named = [name] if self._style.labels == "name" else []
        shown = f"{about.short}: {name}" if self._style.labels == "both" else about.short
        return [str(about.kind), shown, *named, _ACTIONS[data_set.action], *added]

    def _labelled(self, value: str, name: str) -> list[str]:
        if self._style.labels == "name":
            return [value, name]
        return [f"{value}: {name}" if self._style.labels == "both" and name else value]

    def _code_names(self, component: Component) -> Mapping[str, str]:
        scheme = self._answer.catalogue.codelist(component)
        return {item.id: self._best(item.names) for item in scheme.items} if scheme else {}

    def _best(self, names: Names) -> str:
        return names.get(self._answer.language) or next(iter(names.values()), "")


def _harmless(value: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe; numbers are let be."""
    if not value.startswith(_FORMULA) or _is(float, value.rstrip("%")):
        return value
    return f"'{value}"


def _is(kind: Callable[[str], object], value: str) -> bool:
    try:
        kind(value)
    except ValueError:
        return False
    return True
