"""Indices of a workspace: which of its figures make the data of a specification, and frames of indicators that are listed, not ranked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

from guibiao.model.errors import BadDefinition, BatchErrors, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.index.specification import IndexSpecification
from guibiao.reference.index.stated import read_specification
from guibiao.reference.index.stress import StressSpecification

FOLDER, SPECIFICATIONS, FRAMES = "indices", "indices/specifications", "indices/frames"
FEWEST_RUNS = 200
"""Below it an interval from the 5th to the 95th percentile rests on fewer than ten runs at either end."""
_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSeries:
    """The figures of one column of the data: an indicator of the workspace, one a unit and year."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    indicator: str
    categories: Mapping[str, str] = field(default_factory=dict)
    accounting_basis: str = ""
    """Needed where the indicator is on file on several bases: figures of two bases never stand in one column."""
    price_basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDefinition:
    """An index on figures of the workspace: units, years, columns, and the stress test without which no rank is published."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    zh: str
    en: str
    specification: str
    """Name of a file in `indices/specifications`: indicators, tree and the choice of every step."""
    parent: str = ""
    """Units are the areas below this one."""
    areas: tuple[str, ...] = ()
    """Units by code, in place of `parent`."""
    first: int
    last: int
    """Years of the panel, both included."""
    series: Mapping[str, PanelSeries] = field(default_factory=dict)
    """Column of the data (indicator or denominator of the specification) -> figures; a column left out is the indicator of that name."""
    stress: StressSpecification | None = None
    earlier_runs: int = 2000
    """Runs for each year before the last, whose intervals are reported without what drives them."""
    own: str = ""
    """Unit whose drivers and change are reported; the workspace's own area where empty."""
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameDimension:
    """One dimension of a frame: a dimension of a framework of the workspace."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    framework: str
    dimension: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Dimensions of one city without peers: each indicator is measured against its own base, a dimension only where enough of them are."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    zh: str
    en: str
    base: int
    """First year whose figure may be the base."""
    least_share: float
    """Share of a dimension's indicators that must compare with their base before the dimension has an index."""
    dimensions: tuple[FrameDimension, ...]
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class WorkspaceIndex:
    """An index with its specification; `places` holds where each code of the specification is stated."""

    definition: IndexDefinition
    specification: IndexSpecification
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def columns(self) -> Mapping[str, PanelSeries]:
        """Every column the specification needs, indicators first, with its figures."""
        stated = self.specification.indicators
        names = [each.code for each in stated]
        if self.specification.denominate:
            names += [each.denominator for each in stated if each.denominator]
        return {name: self.definition.series.get(name) or PanelSeries(indicator=name) for name in dict.fromkeys(names)}

    @property
    def indicators(self) -> tuple[str, ...]:
        """Indicators of the workspace that it reads, sorted."""
        return tuple(sorted({series.indicator for series in self.columns.values()}))


class Reader(Protocol):
    """What reads the definitions of a workspace folder and collects their faults."""

    folder: Path
    faults: list[GuibiaoError]
    digests: dict[str, str]

    def each(self, folder: str, kind: str, _of: type[Any]) -> list[tuple[Any, Place]]: ...

    def text(self, name: str) -> str: ...


def read_indices(reader: Reader) -> tuple[list[tuple[WorkspaceIndex, Place]], list[tuple[Frame, Place]]]:
    """Indices with their specifications, and frames; both empty where the workspace has none."""
    found = []
    for definition, place in reader.each(FOLDER, "index", IndexDefinition):
        index = _with_specification(reader, definition, place)
        if index is not None:
            found.append((index, place))
    return found, reader.each(FRAMES, "frame", Frame)


def _with_specification(reader: Reader, definition: IndexDefinition, place: Place) -> WorkspaceIndex | None:
    name = f"{SPECIFICATIONS}/{definition.specification}.yaml"
    if not (reader.folder / name).is_file():
        title = _("指数 {id} 没有说明文件 {file}").format(id=definition.id, file=name)
        reader.faults.append(BadDefinition(title, remedy=_("补上该文件，或改 specification。"), place=place))
        return None
    reader.text(name)
    try:
        stated = read_specification(reader.folder / name).checked()
    except BatchErrors as several:
        reader.faults.extend(_named(fault, name) for fault in several.errors)
    except GuibiaoError as fault:
        reader.faults.append(_named(fault, name))
    else:
        places = {code: replace(where, file=name) for code, where in stated.places().items()}
        return WorkspaceIndex(definition, stated.specification, places)
    return None


def _named(fault: GuibiaoError, name: str) -> GuibiaoError:
    """The fault under the file's name within the workspace."""
    fault.place = replace(fault.place, file=name)
    return fault


def definition_problems(definition: IndexDefinition) -> Iterator[GuibiaoError]:
    """What is wrong with a definition by itself."""
    if definition.earlier_runs < FEWEST_RUNS or (definition.stress is not None and definition.stress.runs < FEWEST_RUNS):
        yield BadDefinition(
            _("指数 {id} 的压力测试不足 {least} 次，位次区间不可靠").format(id=definition.id, least=FEWEST_RUNS),
            remedy=_("把 stress.runs 和 earlier_runs 写大些，如 10000 和 2000。"),
        )
    if bool(definition.parent) == bool(definition.areas):
        yield BadDefinition(
            _("指数 {id} 的单位没有写明，或写了两遍").format(id=definition.id), remedy=_("parent（下辖各地区）与 areas（逐个列出）写一个。")
        )
    if definition.first > definition.last:
        yield BadDefinition(_("指数 {id} 的起止年份颠倒").format(id=definition.id), remedy=_("first 不晚于 last。"))
