"""Observations of a release as series of SDMX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from guibiao.model.category import parse_category_key
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.sdmx.artefacts import TIME, VALUE
from guibiao.serve.sdmx.catalogue import ATTRIBUTES, Catalogue, price_code
from guibiao.serve.sdmx.conditions import covered
from guibiao.serve.sdmx.faults import TOO_LARGE, SdmxFault
from guibiao.serve.sdmx.identifiers import code_id
from guibiao.serve.sdmx.periods import MEASURES, time_of
from guibiao.serve.sdmx.selection import Selection
from guibiao.serve.sdmx.units import split_unit, unit_code
from guibiao.store.port import OpenRelease

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_ANSWER = 250_000
"""Observations that one answer may hold; a larger one is refused with their number."""
COLUMNS = (
    "indicator", "area", "categories", "period_start", "period_end", "measure", "value", "low", "high", "qualifier", "printed", "unit",
    "decimals", "price_basis", "comparison_basis", "accounting_basis", "stage", "method", "status", "known_from", "grade", "source",
)  # fmt: skip
Value: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Observation:
    """One observation: codes of the dimensions without time, period, value and attributes in the order of `ATTRIBUTES`."""

    key: tuple[str, ...]
    time: str
    value: float | None
    attributes: tuple[Value, ...]

    @property
    def sorting(self) -> tuple[tuple[str, ...], date, date]:
        """By series, then by time."""
        end, start = covered(self.time)[::-1]
        return self.key, end, start


@dataclass(frozen=True, slots=True)
class DataSet:
    """Observations with what is to be done with them, and since or until when they held."""

    observations: tuple[Observation, ...]
    action: str = "Information"
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    shown: tuple[str, ...] = field(default=tuple(name for name, _list, _kind in ATTRIBUTES))
    """Attributes to be written."""
    values: bool = True
    """Whether the measure is to be written."""
    series_only: bool = False
    """Only the series are to be written, without their observations."""


def retrieve(release: OpenRelease, catalogue: Catalogue, selection: Selection) -> tuple[Observation, ...]:
    """Observations that fit, by series and time; 510 where there are too many for one answer."""
    where = selection.where(catalogue)
    found = release.count(OBSERVATIONS, where)
    if found > LARGEST_ANSWER:
        raise SdmxFault(
            TOO_LARGE,
            _("查询涉及 {found} 个观测值，超过一次应答的上限 {limit}").format(found=found, limit=LARGEST_ANSWER),
            remedy=_("用键、startPeriod、endPeriod 缩小范围，或下载整个发布的 Parquet 文件。"),
        )
    if not found:
        return ()
    table = release.select(OBSERVATIONS, COLUMNS, where)
    return tuple(sorted(_observations(table, catalogue, selection), key=lambda each: each.sorting))


def _observations(table: pa.Table, catalogue: Catalogue, selection: Selection) -> Iterable[Observation]:
    series_of = keys_of_series(catalogue, selection)
    tests = [(_reader(each.component), each) for each in selection.on_observations]
    for row in zip(*(table[name].to_pylist() for name in COLUMNS), strict=True):
        frequency, time = time_code(row[3], row[4], row[5], catalogue.frequencies.get(row[0], "annual"))
        key = series_of(frequency, row[0], row[1], row[2], row[5], row[13], row[15])
        if key is None:
            continue
        observation = Observation(key, time, row[6], _attributes(row))
        if all(condition.holds(read(observation)) for read, condition in tests):
            yield observation


def keys_of_series(catalogue: Catalogue, selection: Selection) -> Callable[..., tuple[str, ...] | None]:
    """Key of a series from the columns of its rows, None where it is not wanted; each series is encoded once."""
    own = tuple(selection.flow.classifications.values())

    @cache
    def key(frequency: str, *columns: str) -> tuple[str, ...] | None:
        indicator, area, categories, measure, price, accounting = columns
        parsed = parse_category_key(categories)
        first = (frequency, code_id(indicator), code_id(area), MEASURES[Measure(measure)], price_code(price), code_id(accounting))
        found = (*first, *(code_id(parsed[name]) for name in own))
        return found if selection.wants(found) else None

    return key


@lru_cache(maxsize=16384)
def time_code(start: date, end: date, measure: str, frequency: str) -> tuple[str, str]:
    """As `time_of`, kept: few periods are met many times."""
    return time_of(start, end, measure, frequency)


def _attributes(row: tuple[Any, ...]) -> tuple[Value, ...]:
    base, power = split_unit(row[11])
    comparison = "_Z" if row[14] in {"none", ""} else row[14].replace(" ", "_")
    return (
        row[18], unit_code(base), power, row[12], row[7], row[8], code_id(row[9].replace(" ", "_")), row[10] or None, comparison, row[16],
        row[17], row[20] or None, row[21] or None, row[19].isoformat(),
    )  # fmt: skip


def _reader(component: str) -> Callable[[Observation], Value]:
    if component == TIME:
        return lambda observation: observation.time
    if component == VALUE:
        return lambda observation: observation.value
    place = [name for name, _list, _kind in ATTRIBUTES].index(component)
    return lambda observation: observation.attributes[place]


def cut(observations: tuple[Observation, ...], first: int | None, last: int | None) -> tuple[Observation, ...]:
    """Of each series only the `first` observations and the `last` ones; each is kept once."""
    if first is None and last is None:
        return observations
    kept: list[Observation] = []
    for series in grouped(observations).values():
        until = first or 0
        after = max(len(series) - (last or 0), until)
        kept += [*series[:until], *series[after:]]
    return tuple(kept)


def grouped(observations: Iterable[Observation]) -> Mapping[tuple[str, ...], list[Observation]]:
    """Observations by series, in the order in which they come."""
    found: dict[tuple[str, ...], list[Observation]] = {}
    for observation in observations:
        found.setdefault(observation.key, []).append(observation)
    return found
