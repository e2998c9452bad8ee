"""How attainment of targets is judged in a workspace: dated thresholds, and what measures a target more closely than its indicator says.

File `policies/attainment.yaml`, which may be absent: then the frozen defaults hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal, Protocol

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _

FILE = "policies/attainment.yaml"
_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}
UnstatedBase = Literal["first_target", "year_before"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttainmentParameters:
    """From `valid_from` on, where the thresholds lie. The defaults are the frozen specification of the method."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    id: str = "default"
    valid_from: date = date.min
    on_pace: float = 0.95
    """Least ratio of the speed seen to the speed required for `on_pace`."""
    reach_multiple: float = 3.0
    """Beyond this multiple of the speed seen, what remains is out of reach."""
    least_pace: float = 0.05
    """Speed that is thought possible in any case: growth a year, or part of the whole way a year."""
    tolerance_days: int = 31
    """How far the day of a stock may lie from the day it stands for."""
    unstated_base: tuple[UnstatedBase, ...] = ("first_target", "year_before")
    """Where a multiple names no base: readings in the order in which they are tried."""
    geometric: tuple[str, ...] = ("level", "relative", "growth")
    """Kinds of targets whose path is one of equal growth rates; all others follow a straight line."""
    reason_zh: str = ""
    reason_en: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredBy:
    """One indicator with the categories and the area at which it is taken."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    indicator: str
    categories: Mapping[str, str] = field(default_factory=dict)
    area: str = ""
    """The workspace's own where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMeasure:
    """What measures a target, where its `indicator` alone does not say it."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    target: str
    measures: tuple[MeasuredBy, ...] = ()
    """Indicators in place of the target's own."""
    combine: Literal["first", "all"] = "first"
    """The first that gives a verdict, or every one must reach the target."""
    areas: tuple[str, ...] = ()
    """Areas that must each reach it; for a target of every district the areas directly below the workspace's own where empty."""
    base: str = ""
    """Period a multiple, a growth or an increment starts from, where the words leave it open: 2021, 2021年末."""
    reason_zh: str
    reason_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttainmentSettings:
    """Dated parameters and closer measures."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    parameters: tuple[AttainmentParameters, ...] = ()
    measures: tuple[TargetMeasure, ...] = ()

    def on(self, day: date) -> AttainmentParameters:
        """The parameters in force on a day; the defaults before any is."""
        in_force = [each for each in self.parameters if each.valid_from <= day]
        return max(in_force, key=lambda each: each.valid_from) if in_force else AttainmentParameters()

    def of(self, target: str) -> TargetMeasure | None:
        """What the workspace says of a target."""
        return next((each for each in self.measures if each.target == target), None)


def attainment_problems(
    settings: AttainmentSettings, targets: Iterable[str], indicators: Mapping[str, Indicator]
) -> Iterator[GuibiaoError]:
    """Thresholds that cannot be, and measures of targets and indicators that are not there."""
    place = Place(FILE, 1)
    known, seen = set(targets), set[str]()
    for each in settings.parameters:
        sensible = 0 < each.on_pace <= 1 and each.reach_multiple >= 1 and each.least_pace >= 0 and each.tolerance_days >= 0
        if not sensible:
            yield BadDefinition(
                _("达标参数 {id} 的界限不合理").format(id=each.id),
                remedy=_("on_pace 在 0 与 1 之间，reach_multiple 不小于 1，其余不小于 0。"),
                place=place,
            )
        if not each.reason_zh:
            yield BadDefinition(_("达标参数 {id} 没有写理由").format(id=each.id), remedy=_("写明 reason_zh。"), place=place)
    for measure in settings.measures:
        if measure.target not in known or measure.target in seen:
            problem = _("没有目标 {id}") if measure.target not in known else _("目标 {id} 写了两次")
            yield BadDefinition(problem.format(id=measure.target), remedy=_("核对 policies/ 中目标的 id。"), place=place)
        seen.add(measure.target)
        for name in (each.indicator for each in measure.measures if each.indicator not in indicators):
            yield BadDefinition(
                _("目标 {id} 的指标 {indicator} 没有定义").format(id=measure.target, indicator=name),
                remedy=_("补进 indicators/，或留空。"),
                place=place,
            )


class SettingsReader(Protocol):
    """What `reference.load` lends for reading one file."""

    def one(self, name: str, kind: str, _of: type[AttainmentSettings]) -> AttainmentSettings | None: ...


def read_attainment(reader: SettingsReader, exists: bool) -> AttainmentSettings:
    """The file's content, or the defaults where there is none."""
    found = reader.one(FILE, "attainment", AttainmentSettings) if exists else None
    return found or AttainmentSettings()
