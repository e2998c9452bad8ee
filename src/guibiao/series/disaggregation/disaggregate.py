"""Benchmarking and temporal disaggregation of one series, with indicators or without.

Conventions (defaults, weights, ranges, bounds of rho) are those of the R package tempdisagg: Sax and Steiner (2013).
Method sheets: docs/methods/0621-aggregation-over-time.md to 0624-fernandez-and-litterman.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of
from guibiao.reference.series.benchmarking import DENTON_METHODS, ESTIMATING_METHODS, FIXED_RHO, Benchmarking
from guibiao.series.disaggregation.aggregation import (
    aggregate,
    bounds_within,
    closed,
    conversion_matrix,
    covered_between,
    refuse_gaps,
    shown,
)
from guibiao.series.disaggregation.denton import denton
from guibiao.series.disaggregation.regression import (
    RHO_BOUND,
    Errors,
    Fit,
    Model,
    Objective,
    Profile,
    estimate_rho,
    fit,
    is_exact,
    likelihood_profile,
    refuse_collinear,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

LEAST_DEGREES_OF_FREEDOM = 3
LONGEST = 25_000
TOLERANCE = 1e-8
PEAKS_APART = 0.1
INTERCEPT = "(Intercept)"
OBJECTIVES: dict[str, Objective] = {
    "chow-lin-maxlog": "likelihood", "litterman-maxlog": "likelihood", "litterman-minrss": "squares_of_covariance",
    "chow-lin-minrss": "squares_of_correlation", "chow-lin-minrss-ecotrim": "squares_of_correlation",
    "chow-lin-minrss-quilis": "squares_of_covariance",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Disaggregated:
    """A series of the higher frequency that meets its benchmarks, and how it came about."""

    series: TimeSeries
    method: str
    rho: float | None = None
    truncated: bool = False
    names: tuple[str, ...] = ()
    fit: Fit | None = None
    profile: Profile | None = None
    benchmarks: int = 0
    before: int = 0
    """Periods before the first benchmark: extrapolated backwards."""
    after: int = 0
    """Periods after the last benchmark: extrapolated."""
    discrepancy: float = 0.0
    """Largest distance from a benchmark, relative to the sizes that make it up."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Frame:
    """Benchmarks and indicators brought to one range; indicators have shape (periods, count)."""

    benchmark: TimeSeries
    frequency: Frequency
    start: int
    indicators: NDArray[np.float64]
    names: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def periods(self) -> int:
        return len(self.indicators)

    def matrix(self, spec: Benchmarking) -> sparse.csr_array:
        low = self.benchmark
        return conversion_matrix(low.frequency, low.start, len(low), self.frequency, self.start, self.periods, spec.conversion)


def disaggregate(benchmark: TimeSeries, indicators: Sequence[TimeSeries], spec: Benchmarking) -> Disaggregated:
    """The series at the frequency `spec.to` (or the indicators') whose conversion gives `benchmark`.

    Raises BadRequest for gaps, frequencies the wrong way round, ranges that do not meet, options that do not fit and too few benchmarks.
    """
    spec.validate()
    frame = _frame(benchmark, indicators, spec)
    method, notes = _method(frame, spec)
    made = (_by_denton if method in {*DENTON_METHODS, "uniform"} else _by_regression)(frame, method, spec)
    return _finished(frame, replace(made, notes=(*frame.notes, *notes, *made.notes)), spec)


def _method(frame: _Frame, spec: Benchmarking) -> tuple[str, tuple[str, ...]]:
    """The method in force, with the reason where it was not stated."""
    if spec.method != "default":
        return spec.method, ()
    count = len(frame.names)
    freedom = len(frame.benchmark) - count - spec.intercept
    if count and freedom >= LEAST_DEGREES_OF_FREEDOM:
        return "chow-lin-fixed", (_("没有指明方法，用 chow-lin-fixed：基准期数少时 rho 定不出来，取固定值而不估计。"),)
    if spec.rho is not None:
        raise BadRequest(
            _("只有 {count} 个基准，默认方法不用 rho").format(count=len(frame.benchmark)), remedy=_("用 --method chow-lin-fixed 指明。")
        )
    reason = _("没有相关指标") if not count else _("基准太少，自由度只有 {freedom}").format(freedom=freedom)
    return "denton-cholette", (_("没有指明方法，用 denton-cholette：{reason}。").format(reason=reason),)


def _frame(benchmark: TimeSeries, indicators: Sequence[TimeSeries], spec: Benchmarking) -> _Frame:
    refuse_gaps(benchmark)
    frequency = _target(benchmark, indicators, spec)
    if not indicators:
        start = bounds_within(benchmark.frequency, benchmark.start, frequency)[0]
        end = bounds_within(benchmark.frequency, benchmark.end, frequency)[1]
        _refuse_long(end - start + 1)
        return _Frame(benchmark, frequency, start, np.empty((end - start + 1, 0)), (), ())
    brought, notes = _at_frequency(indicators, frequency, spec)
    start, end = max(each.start for each in brought), min(each.end for each in brought)
    if start > end:
        raise BadRequest(_("这些指标没有共同的时期"), remedy=_("检查各指标的起止时间。"))
    if any((each.start, each.end) != (start, end) for each in brought):
        period = (label_of(frequency, start), label_of(frequency, end))
        notes.append(_("各指标起止不同，只用共同的 {first} 至 {last}。").format(first=period[0], last=period[1]))
    _refuse_long(end - start + 1)
    kept, said = _covered(benchmark, frequency, start, end, spec)
    matrix = np.column_stack([each.window(start, end).array() for each in brought])
    return _Frame(kept, frequency, start, matrix, tuple(each.name for each in brought), (*notes, *said))


def _target(benchmark: TimeSeries, indicators: Sequence[TimeSeries], spec: Benchmarking) -> Frequency:
    """The frequency of the result: higher than the benchmark's, no higher than that of any indicator."""
    if not spec.to and not indicators:
        raise BadRequest(_("没有指标时要说目标频率"), remedy=_("写 --to Q、--to M 或 --to D。"))
    to = Frequency(spec.to) if spec.to else min((each.frequency for each in indicators), key=lambda each: each.per_year)
    if to.per_year <= benchmark.frequency.per_year:
        raise BadRequest(
            _("基准序列是 {low}，目标频率是 {high}，目标要更高").format(low=benchmark.frequency, high=to),
            remedy=_("把低频的序列给 --data，高频的给 --indicator；由高频汇总到低频不用本命令。"),
        )
    slow = [each.name for each in indicators if each.frequency.per_year < to.per_year]
    if slow:
        raise BadRequest(
            _("指标 {names} 的频率低于目标频率 {to}").format(names="、".join(slow), to=to),
            remedy=_("换用 {to} 频率的指标，或降低 --to。").format(to=to),
        )
    return to


def _at_frequency(indicators: Sequence[TimeSeries], frequency: Frequency, spec: Benchmarking) -> tuple[list[TimeSeries], list[str]]:
    brought, notes = [], []
    for each in indicators:
        refuse_gaps(each)
        if each.frequency is frequency:
            brought.append(each)
            continue
        way = spec.indicator_conversion or ("mean" if each.frequency is Frequency.DAY else spec.conversion)
        made = aggregate(each, frequency, way)
        notes.append(
            _("指标 {name} 由 {high} 汇总到 {to}（{way}），首尾不完整的 {count} 期未用。").format(
                name=each.name, high=each.frequency, to=frequency, way=way, count=made.left_out_before + made.left_out_after
            )
        )
        brought.append(made.series)
    return brought, notes


def _covered(benchmark: TimeSeries, frequency: Frequency, start: int, end: int, spec: Benchmarking) -> tuple[TimeSeries, list[str]]:
    """The benchmarks that the indicators cover whole; the others are left out and named, or refused."""
    first, last = covered_between(benchmark.frequency, frequency, start, end)
    kept = benchmark.window(first, last)
    outside = [label for at, label in enumerate(benchmark.labels) if not first <= benchmark.ordinal(at) <= last]
    if not outside:
        return kept, []
    if spec.uncovered == "refuse" or not len(kept):
        raise BadRequest(
            _("指标没有完整覆盖 {count} 个基准期：{periods}").format(count=len(outside), periods=shown(outside)),
            remedy=_("补齐指标，或截去这些基准期。"),
        )
    said = _("指标没有完整覆盖 {count} 个基准期，未用：{periods}。").format(count=len(outside), periods=shown(outside))
    return kept, [said]


def _refuse_long(periods: int) -> None:
    if periods > LONGEST:
        raise BadRequest(_("结果有 {count} 期，多于 {limit} 期").format(count=periods, limit=LONGEST), remedy=_("分段做，或降低目标频率。"))


def _by_denton(frame: _Frame, method: str, spec: Benchmarking) -> Disaggregated:
    if len(frame.names) > 1:
        raise BadRequest(
            _("方法 {method} 只用一个指标，给了 {count} 个").format(method=method, count=len(frame.names)),
            remedy=_("只给一个指标，或用 chow-lin-fixed 等回归方法。"),
        )
    preliminary = frame.indicators[:, 0] if frame.names else np.ones(frame.periods)
    uniform = method == "uniform"
    values = denton(
        frame.benchmark.array(), frame.matrix(spec), preliminary, degree=0 if uniform else spec.h,
        proportional=not uniform and spec.criterion == "proportional", modified=method == "denton-cholette",
    )  # fmt: skip
    notes = (_("denton 在序列开头有过渡性波动，多数情形宜用 denton-cholette。"),) if method == "denton" else ()
    return Disaggregated(series=_series(frame, values), method=method, notes=notes)


def _by_regression(frame: _Frame, method: str, spec: Benchmarking) -> Disaggregated:
    if not (frame.names or spec.intercept):
        raise BadRequest(_("既没有指标，也没有常数项"), remedy=_("给 --indicator，或去掉 --no-intercept。"))
    names = (*([INTERCEPT] if spec.intercept else []), *frame.names)
    regressors = np.column_stack([*([np.ones(frame.periods)] if spec.intercept else []), frame.indicators])
    errors: Errors = "random_walk" if method.startswith(("fernandez", "litterman")) else "autoregressive"
    model = Model(frame.benchmark.array(), frame.matrix(spec), regressors, errors)
    refuse_collinear(model, names)
    exact = is_exact(model)
    rho, truncated = _rho(model, method, spec, exact)
    varies = not exact and method not in {"ols", "fernandez"}
    profile = likelihood_profile(model, max(spec.truncated_rho, -RHO_BOUND)) if varies else None
    found = fit(model, rho)
    return Disaggregated(
        series=_series(frame, found.values), method=method, rho=rho, truncated=truncated, names=names, fit=found, profile=profile,
        notes=(
            *_remarks(method, rho, truncated, exact),
            *_elsewhere(method, rho, profile),
            *_identification(method, len(frame.benchmark), profile),
        ),
    )  # fmt: skip


def _rho(model: Model, method: str, spec: Benchmarking, exact: bool) -> tuple[float, bool]:
    """rho, and whether it was raised to the least allowed."""
    if method in ESTIMATING_METHODS:
        found = 0.0 if exact else estimate_rho(model, OBJECTIVES[method])
        return max(found, spec.truncated_rho), found < spec.truncated_rho
    if method in {"ols", "fernandez"}:
        return 0.0, False
    return FIXED_RHO if spec.rho is None else spec.rho, False


def _remarks(method: str, rho: float, truncated: bool, exact: bool) -> list[str]:
    remarks = []
    if exact:
        remarks.append(_("指标与基准完全吻合，rho 和标准误没有意义。"))
    if method == "chow-lin-minrss":
        remarks.append(_("chow-lin-minrss 取相关矩阵的形式（Ecotrim）；另一形式是 chow-lin-minrss-quilis。"))
    if truncated:
        remarks.append(_("rho 的最优值低于下限，取下限 {rho:g}。").format(rho=rho))
    if method in ESTIMATING_METHODS and abs(rho) > RHO_BOUND - 1e-4:
        remarks.append(_("rho 到了边界 {rho:.3f}。").format(rho=rho))
    return remarks


def _elsewhere(method: str, rho: float, profile: Profile | None) -> list[str]:
    """Whether the likelihood is highest far from where the search ended, as it may be with two peaks."""
    if profile is None or not method.endswith("maxlog") or abs(profile.best - rho) <= PEAKS_APART:
        return []
    return [_("似然有两个峰：搜索到 rho {rho:.3f}，而 {best:.3f} 处更高；可用 --rho 取定。").format(rho=rho, best=profile.best)]


def _identification(method: str, count: int, profile: Profile | None) -> list[str]:
    """Whether the benchmarks tell rho, in words; nothing where they do."""
    if profile is None or profile.identified:
        return []
    interval = _("{count} 个基准定不出 rho：似然的 95% 区间为 {low:.2f} 至 {high:.2f}").format(
        count=count, low=profile.low, high=profile.high
    )
    if method in ESTIMATING_METHODS:
        return [_("{interval}；估计值不可靠，宜用固定的 rho。").format(interval=interval)]
    return [_("{interval}；rho 是取定的，不是估计的。").format(interval=interval)]


def _series(frame: _Frame, values: NDArray[np.float64]) -> TimeSeries:
    return TimeSeries(frame.benchmark.name, frame.frequency, frame.start, tuple(values.tolist()), frame.benchmark.unit)


def _finished(frame: _Frame, made: Disaggregated, spec: Benchmarking) -> Disaggregated:
    """The result with what rounding left of the constraint put right, and its ranges told."""
    matrix, benchmarks = frame.matrix(spec), frame.benchmark.array()
    values = closed(made.series.array(), matrix, benchmarks)
    sizes = np.maximum(abs(matrix) @ np.abs(values), np.finfo(np.float64).tiny)
    discrepancy = float(np.max(np.abs(matrix @ values - benchmarks) / sizes))
    if not math.isfinite(discrepancy) or discrepancy > TOLERANCE:
        raise BadRequest(
            _("结果与基准不合，相对差 {gap:.1e}").format(gap=discrepancy), remedy=_("数的量级相差太大，检查单位；或换一种方法。")
        )
    low = frame.benchmark
    before = bounds_within(low.frequency, low.start, frame.frequency)[0] - frame.start
    after = frame.start + frame.periods - 1 - bounds_within(low.frequency, low.end, frame.frequency)[1]
    notes = list(made.notes)
    if before or after:
        notes.append(_("基准之外外推 {before} 期（之前）、{after} 期（之后）。").format(before=before, after=after))
    negative = int(np.sum(values < 0))
    if negative and np.all(benchmarks >= 0) and np.all(frame.indicators >= 0):
        notes.append(_("结果有 {count} 期为负，而基准和指标都不为负：检查指标是否合适。").format(count=negative))
    return replace(
        made, series=_series(frame, values), benchmarks=len(low), before=before, after=after, discrepancy=discrepancy, notes=tuple(notes)
    )
