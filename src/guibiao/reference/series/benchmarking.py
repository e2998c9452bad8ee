"""Specification of benchmarking and temporal disaggregation, with named defaults."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Method: TypeAlias = Literal[
    "default", "denton", "denton-cholette", "uniform", "ols", "fernandez", "chow-lin-fixed", "chow-lin-maxlog", "chow-lin-minrss",
    "chow-lin-minrss-ecotrim", "chow-lin-minrss-quilis", "litterman-fixed", "litterman-maxlog", "litterman-minrss",
]  # fmt: skip
Conversion: TypeAlias = Literal["sum", "mean", "first", "last"]

DENTON_METHODS = frozenset({"denton", "denton-cholette"})
FIXED_METHODS = frozenset({"default", "chow-lin-fixed", "litterman-fixed"})
ESTIMATING_METHODS = frozenset({
    "chow-lin-maxlog", "chow-lin-minrss", "chow-lin-minrss-ecotrim", "chow-lin-minrss-quilis", "litterman-maxlog", "litterman-minrss",
})  # fmt: skip
FIXED_RHO = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmarking:
    """How a series of a low frequency becomes one of a higher that adds up to it.

    `default` is Chow-Lin with rho fixed where there are indicators and at least three degrees of freedom, else Denton-Cholette.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}

    method: Method = "default"
    to: Literal["", "Q", "M", "D"] = ""
    """Frequency of the result; empty: that of the indicators."""
    conversion: Conversion = "sum"
    """What the benchmark is of the values in its period: their sum, mean, first or last."""
    rho: float | None = None
    """Autoregression of the errors for the methods that fix it; 0.5 where none is given."""
    truncated_rho: float = 0.0
    """Where rho is estimated, the least it may be; -1 leaves it free."""
    criterion: Literal["proportional", "additive"] = "proportional"
    """Denton: whether deviations are divided by the indicator."""
    h: Literal[0, 1, 2] = 1
    """Denton: degree of the differences that are kept."""
    intercept: bool = True
    """Regression: a constant in each period of the higher frequency."""
    indicator_conversion: Literal["", "sum", "mean", "first", "last"] = ""
    """How an indicator of a frequency higher than `to` is aggregated first; empty: as `conversion`, days by their mean."""
    uncovered: Literal["drop", "refuse"] = "drop"
    """Benchmarks before or after the indicator: leave them out and say so, or refuse."""

    def validate(self) -> None:
        """Raises BadRequest for values out of range and for options that the method does not know."""
        if self.rho is not None and not (math.isfinite(self.rho) and -1.0 < self.rho < 1.0):
            raise BadRequest(_("rho 为 {rho}，须在 -1 与 1 之间").format(rho=self.rho), remedy=_("通常取 0 到 0.999。"))
        if not -1.0 <= self.truncated_rho <= 0.999:
            raise BadRequest(
                _("truncated_rho 为 {rho}，须在 -1 与 0.999 之间").format(rho=self.truncated_rho), remedy=_("默认 0；写 -1 表示不截断。")
            )
        if self.h not in {0, 1, 2}:
            raise BadRequest(_("差分阶数 {h} 不可用").format(h=self.h), remedy=_("写 0、1 或 2。"))
        if self.rho is not None and self.method not in FIXED_METHODS:
            raise BadRequest(
                _("方法 {method} 不用固定的 rho").format(method=self.method), remedy=_("去掉 --rho，或用 chow-lin-fixed、litterman-fixed。")
            )
        if self.truncated_rho != 0.0 and self.method not in ESTIMATING_METHODS:
            raise BadRequest(
                _("方法 {method} 不估计 rho，无从截断").format(method=self.method), remedy=_("去掉 --truncated-rho，或用 chow-lin-maxlog。")
            )
        if (self.h, self.criterion) != (1, "proportional") and self.method not in DENTON_METHODS:
            raise BadRequest(
                _("方法 {method} 没有差分阶数和准则").format(method=self.method),
                remedy=_("--h 和 --criterion 只用于 denton、denton-cholette。"),
            )
