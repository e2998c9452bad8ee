"""Specifications of forecasts, simulated futures and scenarios, as `--spec`, `--scenario` or a workspace states them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import ClassVar, Literal, TypeAlias, get_args

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

_STRICT: dict[str, object] = {"extra": "forbid"}
Scale: TypeAlias = Literal["auto", "log", "level", "logit"]
Member: TypeAlias = Literal[
    "ets", "ets_damped", "ets_log", "theta", "theta_log", "ces", "snaive", "naive", "drift", "mean", "ar",
]  # fmt: skip
Model: TypeAlias = Literal[
    "auto", "combination", "simulated", "ets", "ets_damped", "ets_log", "theta", "theta_log", "ces", "snaive", "naive", "drift",
    "mean", "ar",
]  # fmt: skip
ShortModel: TypeAlias = Literal["random_walk", "drift", "theta", "damped_trend", "growth_bootstrap"]
Gaps: TypeAlias = Literal["last_run", "interpolate", "refuse"]
Interval: TypeAlias = Literal["student", "conformal"]
Selection: TypeAlias = Literal["none", "backtest"]
MODELS: tuple[str, ...] = get_args(Model)
SHORT_MODELS: tuple[str, ...] = get_args(ShortModel)
DEFAULT_MEMBERS: tuple[Member, ...] = ("ets", "ets_log", "theta", "ces")
MAXIMUM_HORIZON = 1000
MAXIMUM_DRAWS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastSpecification:
    """How one series is forecast; the defaults are the frozen specification of the method."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    model: Model = "auto"
    """`auto` is the combination, with the fallbacks that short, constant and broken histories need; `simulated` is for annual series."""
    horizon: int = 12
    level: float = 80.0
    """Coverage of the intervals in %."""
    members: tuple[Member, ...] = ()
    """What the combination takes the median of; empty for `DEFAULT_MEMBERS`, with `ets_damped` for `ets` where there is a season."""
    season: int = 0
    """Periods of a season; 0 for the frequency's own: 12, 4, 1, of days 7."""
    gaps: Gaps = "last_run"
    """Of a history with gaps: the last part without one, straight lines across them, or none."""
    window: int = 0
    """Longest history used, in periods; 0 for all, of days 1,461."""
    interval: Interval = "student"
    """Width from the errors at past origins: times Student's t, or times the conformal quantile of the scaled errors."""
    origins: int = 20
    """At most so many past origins at which the errors of the intervals are measured."""
    select: Selection = "none"
    """`backtest`: a model that does not beat seasonal naive over past origins gives way to it."""
    goal: float | None = None
    """Of simulated annual futures: the probability of reaching it at the last horizon is told by model."""
    significance: float = 0.1
    """Level of the one-sided Diebold-Mariano test that selection reports."""

    def members_with(self, season: int) -> tuple[Member, ...]:
        """Members of the combination for a season of so many periods: a damped trend takes half the time and is as good."""
        default: tuple[Member, ...] = ("ets_damped", *DEFAULT_MEMBERS[1:]) if season > 1 else DEFAULT_MEMBERS
        return self.members or default

    def validate(self) -> None:
        """Raise BadRequest for numbers that cannot be."""
        if not 1 <= self.horizon <= MAXIMUM_HORIZON:
            raise BadRequest(
                _("预测期数 {horizon} 不行").format(horizon=self.horizon),
                remedy=_("写 1 到 {most} 之间的整数。").format(most=MAXIMUM_HORIZON),
            )
        if not 1 <= self.level <= 99.9:
            raise BadRequest(_("区间水平 {level} 不行").format(level=self.level), remedy=_("写 1 到 99.9 之间的百分数，如 80。"))
        if len(set(self.members)) == 1:
            raise BadRequest(_("组合至少要两个不同的模型"), remedy=_("如 members: [ets, theta, ces]。"))
        if self.goal is not None and not isfinite(self.goal):
            raise BadRequest(_("目标值要是有限的数"), remedy=_("如 --goal 5000。"))
        if self.season < 0 or self.window < 0 or self.origins < 1 or not 0 < self.significance < 1:
            raise BadRequest(
                _("预测说明里的数值不合理"),
                remedy=_("season、window 不小于 0，origins 不小于 1，significance 在 0 与 1 之间。"),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSpecification:
    """How the future of a short annual series is simulated."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    models: tuple[ShortModel, ...] = ("random_walk", "drift", "theta", "damped_trend", "growth_bootstrap")
    draws: int = 4000
    """Paths a model."""
    seed: int = 20210603
    scale: Scale = "auto"
    """Where errors add up: logarithms of a positive series, else levels; `logit` for a share in %."""
    least: int = 4
    """Fewer annual points give no probability."""
    enough: int = 10
    """With fewer the spread between models is shown."""

    def validate(self) -> None:
        """Raise BadRequest for numbers that cannot be."""
        if not self.models or len(set(self.models)) != len(self.models):
            raise BadRequest(_("模拟要写出互不相同的模型"), remedy=_("可写：{names}。").format(names="、".join(SHORT_MODELS)))
        if not 1 <= self.draws <= MAXIMUM_DRAWS or self.seed < 0 or self.least < 4 or self.enough < self.least:
            raise BadRequest(
                _("模拟说明里的数值不合理"), remedy=_("draws 在 1 到 100 万之间，seed 不为负，least 不小于 4，enough 不小于 least。")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a scenario supposes: exactly one of growth rates by period, levels by period, or an elasticity to an input's path.

    Keys are periods as a series prints them (2026, 2026-Q1, 2026-06). Rates are in % over the period a year before.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    growth: Mapping[str, float] = field(default_factory=dict)
    level: Mapping[str, float] = field(default_factory=dict)
    input: str = ""
    """Series of the same file whose path is supposed by `input_growth`."""
    input_growth: Mapping[str, float] = field(default_factory=dict)
    elasticity: float | None = None
    """Given, or estimated by a regression of growth on growth where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One named conditional future."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    name: str
    condition: Condition
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFile:
    """The scenarios of a file `--scenario`; they stand beside one another and are never combined."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    scenarios: tuple[Scenario, ...]
    combine: str = ""
    """Refused whatever it says: a blend of conditional futures is conditional on nothing."""

    def validate(self) -> None:
        """Raise BadRequest for a combination, names that repeat, or a condition that says nothing or too much."""
        if self.combine:
            raise BadRequest(
                _("情景是有条件的路径，不能合并成一个"),
                remedy=_("删去 combine；要一个综合预测，用不带 --scenario 的 guibiao series forecast。"),
            )
        names = [each.name for each in self.scenarios]
        if not names or len(set(names)) != len(names) or not all(each.strip() for each in names):
            raise BadRequest(_("情景要有互不相同的名称"), remedy=_("scenarios: 下每项写 name 与 condition。"))
        for each in self.scenarios:
            given = [bool(each.condition.growth), bool(each.condition.level), bool(each.condition.input)]
            if sum(given) != 1 or bool(each.condition.input) != bool(each.condition.input_growth):
                raise BadRequest(
                    _("情景 {name} 的条件要恰好写一种").format(name=each.name),
                    remedy=_("写 growth，或 level，或 input 连同 input_growth（elasticity 可另给）。"),
                )
