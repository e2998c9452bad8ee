"""A data answer before it is written: data sets of one dataflow, and how they are laid out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from guibiao.serve.sdmx.artefacts import TIME, Reference
from guibiao.serve.sdmx.catalogue import ATTRIBUTES, Catalogue, Flow
from guibiao.serve.sdmx.retrieval import DataSet, Observation, Value

FLAT = "AllDimensions"
Coded: TypeAlias = tuple[tuple[str, str], ...]
"""Dimension ids with their codes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which dimensions stand at the group and which at the observation."""

    group: tuple[str, ...]
    observation: tuple[str, ...]
    at: str

    @property
    def flat(self) -> bool:
        return self.at == FLAT


@dataclass(frozen=True, slots=True)
class Answer:
    """Data sets of one dataflow (or of its structure, as asked), with the moment and the language they are written for."""

    catalogue: Catalogue
    flow: Flow
    about: Reference
    data_sets: tuple[DataSet, ...]
    layout: Layout
    prepared: datetime
    language: str
    left_out: int = 0
    """Observations, or series where only series are asked for, that fit and come after what a limit lets through."""

    @property
    def message_id(self) -> str:
        """Id of the message: the same for the same answer of the same release."""
        return f"{self.about.id}_{self.catalogue.release}"

    @property
    def prepared_text(self) -> str:
        """Moment of preparation in ISO 8601, seconds."""
        return self.prepared.isoformat(timespec="seconds").replace("+00:00", "Z")

    def groups(self, data_set: DataSet) -> Iterator[tuple[Coded, list[tuple[Coded, Observation]]]]:
        """Observations by the dimensions of the group; without a group where the layout is flat."""
        ids = (*self.flow.structure.key, TIME)
        at_group = [ids.index(name) for name in self.layout.group]
        at_observation = [ids.index(name) for name in self.layout.observation]
        found: dict[tuple[str, ...], list[tuple[Coded, Observation]]] = {}
        for each in data_set.observations:
            codes = (*each.key, each.time)
            group = tuple(codes[place] for place in at_group)
            found.setdefault(group, []).append((tuple((ids[place], codes[place]) for place in at_observation), each))
        for codes, members in found.items():
            yield tuple(zip(self.layout.group, codes, strict=True)), members


def layout_of(flow: Flow, at: str) -> Layout:
    """The layout for a dimension at the observation, TIME_PERIOD for series, AllDimensions for a table."""
    ids = (*flow.structure.key, TIME)
    if at == FLAT:
        return Layout((), ids, at)
    return Layout(tuple(name for name in ids if name != at), (at,), at)


def shown_attributes(data_set: DataSet, observation: Observation) -> Iterator[tuple[str, Value]]:
    """Attributes of an observation that are asked for and have a value."""
    for (name, _codelist, _kind), value in zip(ATTRIBUTES, observation.attributes, strict=True):
        if value is not None and name in data_set.shown:
            yield name, value
