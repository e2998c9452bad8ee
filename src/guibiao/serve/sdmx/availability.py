"""What a dataflow holds, or would still hold with one more choice: constraints computed from the observations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.sdmx.artefacts import TIME, Constraint
from guibiao.serve.sdmx.catalogue import Catalogue, Flow, constraint_reference
from guibiao.serve.sdmx.conditions import covered
from guibiao.serve.sdmx.identifiers import code_id
from guibiao.serve.sdmx.retrieval import LARGEST_ANSWER, Observation, keys_of_series, retrieve, time_code
from guibiao.serve.sdmx.selection import Selection
from guibiao.store.port import OpenRelease

_SERIES = ("indicator", "area", "categories", "measure", "price_basis", "accounting_basis")
_PERIOD = ("period_start", "period_end")


@dataclass(frozen=True, slots=True)
class Held:
    """Series with their number of observations and first and last day; `counted` is false where the numbers are too many to count."""

    series: Mapping[tuple[str, ...], tuple[int, str, str]]
    counted: bool = True

    def of(self, indicators: frozenset[str], place: int) -> Held:
        """Only the series of some indicators, by the code at a place of the key."""
        return Held({key: each for key, each in self.series.items() if key[place] in indicators}, self.counted)


def constraint(
    release: OpenRelease, catalogue: Catalogue, selection: Selection, components: Iterable[str] = (), *, available: bool = False
) -> Constraint:
    """Values of the dimensions (those in `components`, all where none are named) among what is selected.

    With `available`, a dimension shows the values that could be chosen besides those chosen, all other choices standing.
    """
    found = held(release, catalogue, selection)
    values = _by_dimension(selection, found)
    if available:
        for name in filter(selection.chosen, values):
            other = _without(selection, name)
            values[name] = _by_dimension(other, held(release, catalogue, other))[name]
    return made(selection.flow, found, values, frozenset(components))


def constraint_of(selection: Selection, observations: Iterable[Observation], components: Iterable[str] = ()) -> Constraint:
    """As `constraint`, of these observations."""
    found = _tallied((each.key, each.time, 1) for each in observations)
    return made(selection.flow, found, _by_dimension(selection, found), frozenset(components))


def of_flow(flow: Flow, whole: Held) -> Constraint:
    """The constraint of a dataflow out of what its data structure holds."""
    found = whole.of(frozenset(code_id(name) for name in flow.indicators), flow.structure.key.index("INDICATOR"))
    return made(flow, found, _by_dimension(Selection(flow), found), frozenset())


def made(flow: Flow, found: Held, values: Mapping[str, tuple[str, ...]], wanted: frozenset[str]) -> Constraint:
    """A constraint with the values of the dimensions wanted, of all where none are."""
    shows_time = not wanted or TIME in wanted
    return Constraint(
        constraint_reference(flow),
        flow.dataflow.names,
        flow.dataflow.reference,
        {name: codes for name, codes in values.items() if (not wanted or name in wanted) and codes},
        min((first for _count, first, _last in found.series.values()), default="") if shows_time else "",
        max((last for _count, _first, last in found.series.values()), default="") if shows_time else "",
        len(found.series) if found.counted else None,
        sum(count for count, _first, _last in found.series.values()) if found.counted else None,
    )


def held(release: OpenRelease, catalogue: Catalogue, selection: Selection) -> Held:
    """Series that fit; conditions on attributes and the measure take part where the observations are few enough to be read."""
    where = selection.where(catalogue)
    if any(each.component != TIME for each in selection.on_observations):
        return _tallied((each.key, each.time, 1) for each in retrieve(release, catalogue, selection))
    large = release.count(OBSERVATIONS, where) > LARGEST_ANSWER
    read = keys_of_series(catalogue, selection)
    times = [each for each in selection.on_observations if each.component == TIME]
    if large:
        return _combined(release, catalogue, selection)
    table = release.select(OBSERVATIONS, (*_SERIES, *_PERIOD), where)
    met = []
    for indicator, area, categories, measure, price, accounting, start, end in zip(
        *(table[name].to_pylist() for name in (*_SERIES, *_PERIOD)), strict=True
    ):
        frequency, time = time_code(start, end, measure, catalogue.frequencies.get(indicator, "annual"))
        key = read(frequency, indicator, area, categories, measure, price, accounting)
        if key is not None and all(each.holds(time) for each in times):
            met.append((key, time, 1))
    return _tallied(met)


def _combined(release: OpenRelease, catalogue: Catalogue, selection: Selection) -> Held:
    """From distinct combinations instead of rows: periods are those of the indicator, and nothing is counted."""
    where = selection.where(catalogue)
    read = keys_of_series(catalogue, selection)
    periods: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in release.distinct(OBSERVATIONS, ("indicator", "measure", *_PERIOD), where).to_pylist():
        code = time_code(row["period_start"], row["period_end"], row["measure"], catalogue.frequencies.get(row["indicator"], "annual"))
        periods.setdefault((row["indicator"], row["measure"]), set()).add(code)
    met = []
    for row in release.distinct(OBSERVATIONS, _SERIES, where).to_pylist():
        for frequency, time in periods[row["indicator"], row["measure"]]:
            key = read(frequency, *(row[name] for name in _SERIES))
            if key is not None:
                met.append((key, time, 0))
    return replace(_tallied(met), counted=False)


def _tallied(met: Iterable[tuple[tuple[str, ...], str, int]]) -> Held:
    series: dict[tuple[str, ...], tuple[int, str, str]] = {}
    for key, time, number in met:
        first, last = (day.isoformat() for day in covered(time))
        count, earliest, latest = series.get(key, (0, first, last))
        series[key] = count + number, min(earliest, first), max(latest, last)
    return Held(series)


def _by_dimension(selection: Selection, found: Held) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted({key[place] for key in found.series})) for place, name in enumerate(selection.flow.structure.key)}


def _without(selection: Selection, dimension: str) -> Selection:
    keys = tuple({name: codes for name, codes in key.items() if name != dimension} for key in selection.keys)
    return replace(selection, keys=keys, conditions=tuple(each for each in selection.conditions if each.component != dimension))
