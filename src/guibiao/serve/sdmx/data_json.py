"""SDMX-JSON data messages 1.0 and 2.0 (https://github.com/sdmx-twg/sdmx-json): values are indices into the lists of the structure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from guibiao.serve.sdmx.answer import Answer
from guibiao.serve.sdmx.artefacts import TIME, VALUE, Component, Kind, Names
from guibiao.serve.sdmx.catalogue import ATTRIBUTES
from guibiao.serve.sdmx.conditions import covered
from guibiao.serve.sdmx.retrieval import DataSet, Observation, Value

_SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/{}/sdmx-json-data-schema.json"


def data_json(answer: Answer, version: int) -> Iterator[str]:
    """The message; `version` 1 or 2."""
    writer = _Writer(answer, version)
    sets = [writer.data_set(each) for each in answer.data_sets]
    structure = writer.structure()
    meta = {
        "schema": _SCHEMA.format("1.0" if version == 1 else "2.0.0"),
        "id": answer.message_id,
        "test": False,
        "prepared": answer.prepared_text,
        "contentLanguages": ["zh", "en"],
        "sender": {"id": answer.catalogue.agency},
    }
    text = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
    named = f'"structure":{text(structure)}' if version == 1 else f'"structures":[{text(structure)}]'
    yield f'{{"meta":{text(meta)},"data":{{{named},"dataSets":['
    for place, each in enumerate(sets):
        yield ("," if place else "") + text(each)
    yield "]}}"


class _Values:
    """Values of a component in the order in which they are met, each once."""

    def __init__(self) -> None:
        self.places: dict[Value, int] = {}

    def place(self, value: Value) -> int:
        return self.places.setdefault(value, len(self.places))


class _Writer:
    def __init__(self, answer: Answer, version: int) -> None:
        self._answer, self._version = answer, version
        self._dsd = answer.flow.structure
        self._dimensions = {name: _Values() for name in (*self._dsd.key, TIME)}
        shown = {name for each in answer.data_sets for name in each.shown}
        self._attributes = [each for each in self._dsd.attributes if each.id in shown]
        self._places = [place for place, (name, _list, _kind) in enumerate(ATTRIBUTES) if name in shown]
        self._listed = {each.id: _Values() for each in self._attributes}
        self._with_values = any(each.values for each in answer.data_sets)

    def data_set(self, data_set: DataSet) -> dict[str, Any]:
        found: dict[str, Any] = {"structure": 0} if self._version == 2 else {}
        found |= {"action": data_set.action, "links": [self._link()]}
        moments = {"validFrom": data_set.valid_from, "validTo": data_set.valid_to}
        found |= {name: moment.isoformat(timespec="seconds") for name, moment in moments.items() if moment}
        groups: dict[str, Any] = {}
        for group, members in self._answer.groups(data_set):
            observations = {
                ":".join(str(self._dimensions[name].place(code)) for name, code in place): self._observation(data_set, each)
                for place, each in members
            }
            if self._answer.layout.flat:
                return found | {"observations": observations}
            key = ":".join(str(self._dimensions[name].place(code)) for name, code in group)
            groups[key] = {"observations": observations} if not data_set.series_only else {}
        return found | ({"observations": {}} if self._answer.layout.flat else {"series": groups})

    def _observation(self, data_set: DataSet, observation: Observation) -> list[Any]:
        value = observation.value if data_set.values else None
        found: list[Any] = [None if value is None or not math.isfinite(value) else value] if self._with_values else []
        for place, component in zip(self._places, self._attributes, strict=True):
            attribute = observation.attributes[place] if component.id in data_set.shown else None
            if attribute is None:
                found.append(None)
            elif self._version == 2 and component.codelist is None:
                found.append(attribute)
            else:
                found.append(self._listed[component.id].place(attribute))
        while len(found) > 1 and found[-1] is None:
            found.pop()
        return found

    def structure(self) -> dict[str, Any]:
        """The structure with the values that were met; `data_set` comes before."""
        flow, layout = self._answer.flow, self._answer.layout
        components = {each.id: each for each in (*self._dsd.dimensions, self._dsd.time)}
        order = list(components)

        def dimension(name: str) -> dict[str, Any]:
            found = {"id": name, **self._named(self._answer.catalogue.names_of(components[name])), "keyPosition": order.index(name)}
            return found | {"roles": [name] if name in {TIME, "FREQ"} else [], "values": self._dimension_values(components[name])}

        names = flow.dataflow.names if self._answer.about.kind is Kind.DATAFLOW else self._dsd.names
        found: dict[str, Any] = (
            {"dataSets": list(range(len(self._answer.data_sets)))} if self._version == 2 and self._answer.data_sets else {}
        )
        found |= {"links": [self._link()], **self._named(names)}
        found["dimensions"] = {
            "dataSet": [],
            "series": [dimension(name) for name in layout.group],
            "observation": [dimension(name) for name in layout.observation],
        }
        if self._version == 2 and self._with_values:
            found["measures"] = {
                "observation": [{"id": VALUE, **self._named(self._answer.catalogue.names_of(self._dsd.measure)), "roles": []}]
            }
        found["attributes"] = {"dataSet": [], "series": [], "observation": [self._attribute(each) for each in self._attributes]}
        return found

    def _dimension_values(self, component: Component) -> list[dict[str, Any]]:
        names = self._code_names(component)
        found: list[dict[str, Any]] = []
        for code in self._dimensions[component.id].places:
            if component.id == TIME:
                first, last = covered(str(code))
                value = {"start": f"{first.isoformat()}T00:00:00Z", "end": f"{last.isoformat()}T23:59:59Z"}
                found.append(self._period(str(code)) | value)
            else:
                found.append({"id": str(code), **self._named(names.get(str(code), {"zh": str(code)}))})
        return found

    def _period(self, code: str) -> dict[str, str]:
        """A range has a solidus, which no id may have: ISO 8601 allows two hyphens instead; version 2 has values without id."""
        if "/" not in code:
            return {"id": code, "name": code}
        return {"id": code.replace("/", "--"), "name": code} if self._version == 1 else {"value": code}

    def _attribute(self, component: Component) -> dict[str, Any]:
        relationship: dict[str, Any] = {"primaryMeasure": VALUE} if self._version == 1 else {"observation": {}}
        found: dict[str, Any] = {
            "id": component.id,
            **self._named(self._answer.catalogue.names_of(component)),
            "relationship": relationship,
        }
        if self._version == 2 and component.codelist is None:
            return found | {"format": {"dataType": component.text_type}}
        met = self._listed[component.id].places
        if component.codelist is None:
            return found | {"values": [{"name": str(value)} for value in met]}
        names = self._code_names(component)
        values = [{"id": str(code), **self._named(names.get(str(code), {"zh": str(code)}))} for code in met]
        return found | ({"values": values} if values or self._version == 1 else {})

    def _code_names(self, component: Component) -> Mapping[str, Names]:
        scheme = self._answer.catalogue.codelist(component)
        return {item.id: item.names for item in scheme.items} if scheme else {}

    def _named(self, names: Names) -> dict[str, Any]:
        best = names.get(self._answer.language) or next(iter(names.values()), "")
        return {"name": best, "names": {language: text for language, text in names.items() if text}}

    def _link(self) -> dict[str, str]:
        about = self._answer.about
        return {"rel": str(about.kind), "urn": about.urn if self._version == 2 else about.legacy_urn}
