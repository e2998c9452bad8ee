"""The SDMX service: from a request to what is to be written, on the release that readers see now."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from guibiao.model.messages import translate as _
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.errors import nothing_published
from guibiao.serve.sdmx.answer import Answer, layout_of
from guibiao.serve.sdmx.artefacts import VALUE, Constraint, Reference
from guibiao.serve.sdmx.availability import Held, constraint, constraint_of, held, of_flow
from guibiao.serve.sdmx.catalogue import EVERYTHING, Catalogue, Flow, build_catalogue
from guibiao.serve.sdmx.conditions import covered
from guibiao.serve.sdmx.dictionary import read_dictionary
from guibiao.serve.sdmx.faults import NO_RESULTS, NOT_IMPLEMENTED, NothingFits, SdmxFault
from guibiao.serve.sdmx.history import past, release_at, seen_at, timeline, updates
from guibiao.serve.sdmx.queries import ALL_ATTRIBUTES, DataQuery
from guibiao.serve.sdmx.retrieval import DataSet, Observation, cut, grouped, retrieve
from guibiao.serve.sdmx.selection import Selection
from guibiao.serve.sdmx.structures import Listing, StructureQuery, matching
from guibiao.store.port import OpenRelease, ReleaseReader

KEPT_CATALOGUES = 4


@dataclass(frozen=True, slots=True)
class Opened:
    """A release with its catalogue; constraints of its dataflows are kept once computed."""

    release: OpenRelease
    catalogue: Catalogue
    held: dict[Reference, Held]
    constraints: dict[Reference, Constraint]

    def constraint_of(self, dataflow: Reference) -> Constraint:
        """The whole constraint of a dataflow; what a data structure holds is read once for all its dataflows."""
        found = self.constraints.get(dataflow)
        if found is None:
            flow = next(each for each in self.catalogue.flows if each.dataflow.reference == dataflow)
            structure = flow.structure.reference
            if structure not in self.held:
                whole = next(each for each in self.catalogue.flows if each.topic == EVERYTHING and each.structure.reference == structure)
                self.held[structure] = held(self.release, self.catalogue, Selection(whole))
            found = self.constraints[dataflow] = of_flow(flow, self.held[structure])
        return found


class SdmxService:
    """Shared by all threads."""

    def __init__(self, releases: ReleaseReader) -> None:
        self._releases = releases
        self._lock = threading.Lock()
        self._opened: OrderedDict[str, Opened] = OrderedDict()

    def current(self) -> Opened:
        """The release that readers see; 503 where there is none."""
        release = self._releases.current()
        if release is None:
            raise nothing_published()
        return self._open(release)

    def at(self, moment: datetime | None) -> Opened:
        """The release that readers saw at a moment, the current one without a moment."""
        if moment is None:
            return self.current()
        release = self._releases.open(release_at(timeline(self._releases.published()), moment))
        if release is None:
            raise SdmxFault(NO_RESULTS, _("那时公布的数据已经撤回"), remedy=_("换一个 asOf；撤回的说明见 /api/v1/releases。"))
        return self._open(release)

    def stamp(self) -> str:
        """What changes whenever an answer could: the current release and the number of publications and withdrawals."""
        release = self._releases.current()
        if release is None:
            raise nothing_published()
        return f"{release.manifest.id}-{len(self._releases.published())}"

    def changed_at(self) -> datetime:
        """When what readers see last changed: by a publication, or by a withdrawal that brought an earlier release back."""
        seen = timeline(self._releases.published())
        return seen[-1].at if seen else self.current().release.published_at

    def structures(self, opened: Opened, query: StructureQuery, url: Callable[[Reference], str]) -> Listing:
        """Artefacts that fit a structure query."""
        found, stubs = matching(query, opened.catalogue.artefacts, opened.constraint_of)
        return Listing(f"STRUCTURE_{opened.catalogue.release}", found, stubs, url)

    def available(
        self,
        opened: Opened,
        selection: Selection,
        components: tuple[str, ...],
        *,
        open_choices: bool,
        updated_after: datetime | None = None,
    ) -> Constraint:
        """What there is for a data query; 100 where there is nothing.

        `updated_after`: only among what was added, revised or taken out since.
        """
        if updated_after is not None:
            if open_choices:
                raise SdmxFault(NOT_IMPLEMENTED, _("updatedAfter 不能与 mode=available 同用"), remedy=_("去掉其中之一。"))
            query = DataQuery(selections=(selection,), updated_after=updated_after)
            changed = (each for one in self._data_sets(opened, query, selection) for each in one.observations)
            found = constraint_of(selection, changed, components)
        else:
            found = constraint(opened.release, opened.catalogue, selection, components, available=open_choices)
        if found.observations == 0:
            raise no_results()
        return found

    def answer(self, opened: Opened, query: DataQuery, prepared: datetime, language: str) -> Answer:
        """Data sets that answer a query; 100 where there are none."""
        found = [(each, sets) for each in self._with_rows(opened, query) if (sets := self._data_sets(opened, query, each))]
        if not found:
            raise no_results()
        (selection, sets), flow = found[0], found[0][0].flow
        shown, left_out = _paged(tuple(_ordered(each, query, flow) for each in sets), query)
        if not shown:
            raise no_results()
        about = flow.structure.reference if query.structure_context else flow.dataflow.reference
        reduced = tuple(_reduced(each, query) for each in shown)
        return Answer(opened.catalogue, selection.flow, about, reduced, layout_of(flow, query.at), prepared, language, left_out=left_out)

    def _with_rows(self, opened: Opened, query: DataQuery) -> tuple[Selection, ...]:
        """Selections that fit something; only of one is it worth reading what. History may hold what the current release does not."""
        if len(query.selections) == 1:
            return query.selections
        rows = [each for each in query.selections if opened.release.count(OBSERVATIONS, each.where(opened.catalogue))]
        if len(rows) > 1:
            names = "、".join(each.flow.dataflow.reference.id for each in rows[:12])
            raise SdmxFault(NOT_IMPLEMENTED, _("一次只能查一个数据流"), remedy=_("符合的数据流：{names}；逐个查询。").format(names=names))
        return tuple(rows)

    def _data_sets(self, opened: Opened, query: DataQuery, selection: Selection) -> tuple[DataSet, ...]:
        seen = timeline(self._releases.published())

        def read(release: str) -> tuple[Observation, ...]:
            return self._read(opened, release, selection)

        if query.history:
            return past(seen, read, query.updated_after, query.as_of)
        observations = retrieve(opened.release, opened.catalogue, selection)
        if query.updated_after is not None:
            before = seen_at(seen, query.updated_after)
            return updates(read(before) if before else (), observations, opened.release.published_at)
        return (DataSet(observations),) if observations else ()

    def _read(self, opened: Opened, release: str, selection: Selection) -> tuple[Observation, ...]:
        """The same selection in another release; nothing where that has no such dataflow, or was taken back."""
        if release == opened.catalogue.release:
            return retrieve(opened.release, opened.catalogue, selection)
        other = self._releases.open(release)
        if other is None:
            return ()
        there = self._open(other)
        flow = _same_flow(there.catalogue, selection.flow)
        return retrieve(there.release, there.catalogue, replace(selection, flow=flow)) if flow else ()

    def _open(self, release: OpenRelease) -> Opened:
        identifier = release.manifest.id
        with self._lock:
            found = self._opened.get(identifier)
            if found is None or found.release is not release:
                found = Opened(release, build_catalogue(identifier, read_dictionary(release)), {}, {})
                self._opened[identifier] = found
            self._opened.move_to_end(identifier)
            while len(self._opened) > KEPT_CATALOGUES:
                self._opened.popitem(last=False)
            return found


def no_results() -> SdmxFault:
    """The error of a query that fits nothing."""
    return NothingFits(NO_RESULTS, _("没有符合查询的数据"), remedy=_("放宽键或时间范围；可用 availability 查看有哪些取值。"))


def _same_flow(catalogue: Catalogue, flow: Flow) -> Flow | None:
    return next(
        (
            each
            for each in catalogue.flows
            if each.dataflow.reference == flow.dataflow.reference and each.structure.key == flow.structure.key
        ),
        None,
    )


def _ordered(data_set: DataSet, query: DataQuery, flow: Flow) -> DataSet:
    """Of each series the observations asked for, in the order asked for."""
    kept = cut(data_set.observations, query.first, query.last)
    for name, descending in reversed(query.sort):
        value = _by(flow, name)
        there = sorted((each for each in kept if value(each) is not None), key=value, reverse=descending)
        kept = (*there, *(each for each in kept if value(each) is None))
    return replace(data_set, observations=kept)


def _paged(sets: tuple[DataSet, ...], query: DataQuery) -> tuple[tuple[DataSet, ...], int]:
    """What `offset` and `limit` leave of all data sets together, and how much they leave out behind.

    They count observations, and series where only series are asked for. A data set of which nothing is left is dropped.
    """
    skip, room, left_out = query.offset, query.limit, 0
    found = []
    for each in sets:
        units = list(grouped(each.observations).values()) if query.series_only else [[one] for one in each.observations]
        taken = units[skip:] if room is None else units[skip : skip + room]
        left_out += max(len(units) - skip, 0) - len(taken)
        skip = max(skip - len(units), 0)
        room = None if room is None else room - len(taken)
        found.append(replace(each, observations=tuple(one for unit in taken for one in unit)))
    return tuple(each for each in found if each.observations), left_out


def _reduced(data_set: DataSet, query: DataQuery) -> DataSet:
    """Only the attributes and measures asked for; what is deleted has none."""
    if data_set.action == "Delete":
        return data_set
    return replace(data_set, shown=query.attributes, values=query.values, series_only=query.series_only)


def _by(flow: Flow, name: str) -> Callable[[Observation], Any]:
    """Value to sort by: periods in the order of time, by their last day and then their first; None where it is missing."""
    key = flow.structure.key
    if name in key:
        place = key.index(name)
        return lambda observation: observation.key[place]
    if name == VALUE:
        return lambda observation: observation.value
    if name in ALL_ATTRIBUTES:
        number = ALL_ATTRIBUTES.index(name)
        return lambda observation: observation.attributes[number]
    return lambda observation: covered(observation.time)[::-1]


def chunks(parts: Iterator[str], size: int = 65536) -> Iterator[bytes]:
    """Text in pieces of about `size` characters, encoded."""
    held: list[str] = []
    length = 0
    for part in parts:
        held.append(part)
        length += len(part)
        if length >= size:
            yield "".join(held).encode()
            held, length = [], 0
    if held:
        yield "".join(held).encode()
