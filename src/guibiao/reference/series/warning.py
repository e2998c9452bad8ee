"""Warning boards: which indicators are watched, where the limits of their lights lie, and against which events each rule is tested.

A workspace keeps them in `warnings/*.yaml`, one board a file; `guibiao series warn --spec` reads the same form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import ClassVar, Literal

from guibiao.model.messages import translate as _

FOLDER = "warnings"
RESERVED = frozenset({"composite", "diffusion"})
"""Names of what all indicators of a board give together."""
_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}
_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2]|Q[1-4])")
Path = tuple[str | int, ...]
Problem = tuple[Path, str, str]
"""Where in the file, what is wrong, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightLimits:
    """Four rising limits between five lights; a value on a limit has the light nearer to normal.

    `quantile`: quantiles of the indicator's own values from `first` to `last`, frozen there (the board's window where empty).
    `stated`: the values themselves, with the reason. `path`: gaps to a path through `points`, in per cent of it or in its own unit.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    kind: Literal["quantile", "stated", "path"] = "quantile"
    quantiles: tuple[float, float, float, float] = (0.10, 0.30, 0.70, 0.90)
    first: str = ""
    last: str = ""
    minimum: int = 0
    """Least observations behind quantiles; 36 months or 16 quarters where 0."""
    values: tuple[float, ...] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    """Period -> value on the path."""
    shape: Literal["linear", "geometric"] = "linear"
    gap: Literal["percent", "unit"] = "percent"
    valid_from: date = date.min
    """Day on which stated limits were set: tests of earlier periods are not out of sample, and say so."""
    reason_zh: str = ""
    reason_en: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningEvent:
    """What a light should have announced, within `horizon` periods: a value beyond a limit, or a turning point."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    kind: Literal["below", "above", "peak", "trough"]
    horizon: int
    value: float = math.nan
    of: str = ""
    """Indicator of the board in which the event happens; the same one where empty."""
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedIndicator:
    """One row of a board: a series of a file, or an indicator of the workspace with area and categories."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str = ""
    name_en: str = ""
    series: str = ""
    """Column (wide file) or name (long file); the id where empty."""
    indicator: str = ""
    area: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    transform: Literal["none", "year_on_year", "difference"] = "none"
    percentage: bool = False
    """A rate or a share: it changes by differences, not by symmetric relative changes."""
    hot: Literal["high", "low"] = "high"
    """Which end is hot: `low` for unemployment or stocks of unsold goods."""
    weight: float = 1.0
    group: Literal["", "leading", "coincident", "lagging"] = ""
    """Composite index it belongs to."""
    limits: LightLimits = field(default_factory=LightLimits)
    alarm: tuple[Literal["cold", "cool", "warm", "hot"], ...] = ("cold",)
    """Lights that are alarms of the rule tested against `event`."""
    event: WarningEvent | None = None
    breaks: Mapping[str, str] = field(default_factory=dict)
    """First period of a new definition -> what changed: limits never reach across it."""
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeCuts:
    """From a day on, where the composite score changes its light; `verified` says whether the source was seen."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str = "default"
    valid_from: date = date.min
    cold: float = 63.3
    cool: float = 83.3
    warm: float = 116.7
    hot: float = 136.7
    verified: bool = False
    source: str = ""
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def limits(self) -> tuple[float, float, float, float]:
        return (self.cold, self.cool, self.warm, self.hot)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningBoard:
    """A board: indicators of one frequency, the window their limits are frozen to, the cuts of the composite score."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str
    name_zh: str
    name_en: str = ""
    frequency: Literal["M", "Q"] = "M"
    first: str = ""
    """Window of quantile limits: every value up to the day asked for where empty."""
    last: str = ""
    indicators: tuple[WatchedIndicator, ...]
    cuts: tuple[CompositeCuts, ...] = (CompositeCuts(),)
    least_share: float = 0.5
    """Least part of the weights that must have a light for a composite score."""
    base_year: int = 0
    """Year in which composite indices average 100; the first whole year where 0."""
    stale_after: int = 0
    """Periods after which a value is too old to have a light today; never where 0."""
    note_zh: str = ""
    note_en: str = ""

    def cuts_on(self, day: date) -> CompositeCuts:
        """The cuts in force on a day, the earliest before any is."""
        in_force = [each for each in self.cuts if each.valid_from <= day]
        return max(in_force, key=lambda each: each.valid_from) if in_force else min(self.cuts, key=lambda each: each.valid_from)

    def indicator(self, name: str) -> WatchedIndicator:
        return next(each for each in self.indicators if each.id == name)


def board_problems(board: WarningBoard) -> Iterator[Problem]:
    """What no schema can tell: limits that do not rise, windows that are none, events that cannot be."""
    if not board.indicators:
        yield ("indicators",), _("预警盘 {id} 没有指标").format(id=board.id), _("至少列一项指标。")
    if not 0 < board.least_share <= 1:
        yield ("least_share",), _("least_share 应在 0 与 1 之间"), _("例如 0.5。")
    if board.stale_after < 0:
        yield ("stale_after",), _("stale_after 不能为负"), _("写期数，或写 0 不限。")
    yield from _window_problems((), board.first, board.last, board.frequency)
    if not board.cuts:
        yield ("cuts",), _("没有综合分的界限"), _("删去这一项以用默认界限。")
    for number, cuts in enumerate(board.cuts):
        yield from _rising(("cuts", number), cuts.limits)
    names = [each.id for each in board.indicators]
    for number, watched in enumerate(board.indicators):
        place: Path = ("indicators", number)
        if watched.id in names[:number]:
            yield (*place, "id"), _("指标 {id} 写了两次").format(id=watched.id), _("改一个名字。")
        if watched.id in RESERVED:
            yield (*place, "id"), _("{id} 是综合结果的名字").format(id=watched.id), _("改一个名字。")
        if not (watched.weight > 0 and math.isfinite(watched.weight)):
            yield (*place, "weight"), _("权重应当大于 0"), _("不用的指标请删去。")
        for period in watched.breaks:
            yield from _period_problems((*place, "breaks", period), period, board.frequency)
        yield from _limit_problems((*place, "limits"), watched.limits, board.frequency)
        yield from _event_problems((*place, "event"), watched.event, names)
        if watched.event is not None and not watched.alarm:
            yield (*place, "alarm"), _("有事件而没有警灯"), _("alarm 写 cold、cool、warm 或 hot。")


def _limit_problems(place: Path, limits: LightLimits, frequency: str) -> Iterator[Problem]:
    yield from _window_problems(place, limits.first, limits.last, frequency)
    if limits.kind == "quantile":
        if not all(0 < each < 1 for each in limits.quantiles):
            yield (*place, "quantiles"), _("分位应在 0 与 1 之间"), _("例如 [0.1, 0.3, 0.7, 0.9]。")
        yield from _rising((*place, "quantiles"), limits.quantiles)
        return
    if len(limits.values) != 4:
        yield (*place, "values"), _("界限应当是四个数，现有 {count} 个").format(count=len(limits.values)), _("从过冷到过热依次写。")
        return
    yield from _rising((*place, "values"), limits.values)
    if not limits.reason_zh:
        yield place, _("界限没有写理由"), _("写明 reason_zh。")
    if limits.kind == "path":
        if len(limits.points) < 2:
            yield (*place, "points"), _("目标路径至少要两个点"), _("写成 时期: 值，如 2024-12: 100。")
        for period, value in limits.points.items():
            yield from _period_problems((*place, "points", period), period, frequency)
            if not math.isfinite(value) or ((limits.shape == "geometric" or limits.gap == "percent") and value <= 0):
                yield (*place, "points", period), _("路径上的值应当是正数"), _("百分比的指标用 shape: linear 和 gap: unit。")


def _event_problems(place: Path, event: WarningEvent | None, names: Sequence[str]) -> Iterator[Problem]:
    if event is None:
        return
    if not 1 <= event.horizon <= 60:
        yield (*place, "horizon"), _("horizon 应在 1 到 60 期之间"), _("写事件发生前多少期算预警有效。")
    if event.kind in {"below", "above"} and not math.isfinite(event.value):
        yield (*place, "value"), _("事件没有写界限 value"), _("写明低于或高于多少算事件。")
    if event.of and event.of not in names:
        yield (*place, "of"), _("没有指标 {id}").format(id=event.of), _("可写：{names}。").format(names="、".join(names))


def _rising(place: Path, values: Sequence[float]) -> Iterator[Problem]:
    if not all(math.isfinite(each) for each in values) or any(low >= high for low, high in pairwise(values)):
        yield place, _("四个界限应当逐个增大"), _("从过冷到过热依次写。")


def _window_problems(place: Path, first: str, last: str, frequency: str) -> Iterator[Problem]:
    for name, period in (("first", first), ("last", last)):
        if period:
            yield from _period_problems((*place, name), period, frequency)
    if first and last and first > last:
        yield (*place, "last"), _("窗口的末期早于首期"), _("对调 first 和 last。")


def _period_problems(place: Path, period: str, frequency: str) -> Iterator[Problem]:
    if not _PERIOD.fullmatch(period) or ("Q" in period) != (frequency == "Q"):
        shown = "2018-Q1" if frequency == "Q" else "2018-01"
        yield place, _("“{period}”不是本盘频率的时期").format(period=period), _("写成 {form}。").format(form=shown)
