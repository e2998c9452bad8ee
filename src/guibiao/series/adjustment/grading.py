"""How good an adjustment is, and why. Thresholds and their sources: docs/methods/0616-grade-of-an-adjustment.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from guibiao.series.adjustment.result import AdjustmentResult, Grade, Reason, Words

ORDER = (Grade.GOOD, Grade.UNCERTAIN, Grade.BAD, Grade.ERROR)
SHORT_YEARS = 5
MANY_OUTLIERS = 0.05
MANY_MISSING = 0.1


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure is uncertain or bad beyond a limit; nan where a limit does not apply. `below` means small values are the bad ones."""

    figure: str
    uncertain: float
    bad: float
    below: bool
    words: Words

    def grade(self, value: float) -> Grade:
        crossed: Callable[[float], bool] = (lambda limit: value < limit) if self.below else (lambda limit: value > limit)
        if not math.isnan(self.bad) and crossed(self.bad):
            return Grade.BAD
        return Grade.UNCERTAIN if not math.isnan(self.uncertain) and crossed(self.uncertain) else Grade.GOOD


THRESHOLDS = (
    Threshold(
        "qs_adjusted_p",
        0.05,
        0.01,
        True,
        Words("调整后序列有残余季节性（QS 检验 p={0:.3f}）", "residual seasonality in the adjusted series (QS, p={0:.3f})"),
    ),
    Threshold(
        "residual_seasonality_f_p",
        0.05,
        0.01,
        True,
        Words("调整后序列有残余季节性（F 检验 p={0:.3f}）", "residual seasonality in the adjusted series (F, p={0:.3f})"),
    ),
    Threshold(
        "residual_seasonality_last_3_years_f_p",
        0.05,
        0.01,
        True,
        Words("近三年有残余季节性（F 检验 p={0:.3f}）", "residual seasonality in the last three years (F, p={0:.3f})"),
    ),
    Threshold("q", 1.0, 1.2, False, Words("X-11 综合质量 Q={0:.2f}", "quality statistic Q={0:.2f} of X-11")),
    Threshold(
        "m7",
        1.0,
        1.2,
        False,
        Words("M7={0:.2f}，季节性相对移动季节性太弱", "M7={0:.2f}: stable seasonality is weak against moving seasonality"),
    ),
    Threshold(
        "identifiable_seasonality",
        1.0,
        0.5,
        True,
        Words("可识别季节性不明显（合并检验）", "identifiable seasonality is not evident (combined test)"),
    ),
    Threshold(
        "ljung_box_p",
        0.01,
        math.nan,
        True,
        Words("模型残差有自相关（Ljung-Box p={0:.3f}）", "residuals of the model are autocorrelated (Ljung-Box, p={0:.3f})"),
    ),
    Threshold(
        "annual_discrepancy",
        0.01,
        0.05,
        False,
        Words("调整前后年合计最多相差 {0:.1%}", "annual sums before and after differ by up to {0:.1%}"),
    ),
    Threshold(
        "sliding_spans_seasonal_percent",
        15.0,
        25.0,
        False,
        Words("滑动区间下 {0:.1f}% 的季节因子不稳定", "{0:.1f} % of seasonal factors are unstable across sliding spans"),
    ),
    Threshold(
        "sliding_spans_month_to_month_percent",
        35.0,
        40.0,
        False,
        Words("滑动区间下 {0:.1f}% 的环比不稳定", "{0:.1f} % of period-to-period changes are unstable across sliding spans"),
    ),
    Threshold("converged", math.nan, 1.0, True, Words("模型估计没有收敛", "the estimation of the model did not converge")),
)
_PEAK_GRADES: Mapping[str, tuple[Grade, Words]] = {
    "adjusted:seasonal": (
        Grade.UNCERTAIN,
        Words("调整后序列的谱在季节频率有峰", "the spectrum of the adjusted series has a seasonal peak"),
    ),
    "irregular:seasonal": (Grade.UNCERTAIN, Words("不规则成分的谱在季节频率有峰", "the spectrum of the irregular has a seasonal peak")),
    "adjusted:trading_day": (
        Grade.UNCERTAIN,
        Words("调整后序列的谱在交易日频率有峰", "the spectrum of the adjusted series has a trading day peak"),
    ),
    "irregular:trading_day": (
        Grade.UNCERTAIN,
        Words("不规则成分的谱在交易日频率有峰", "the spectrum of the irregular has a trading day peak"),
    ),
    "residuals:seasonal": (Grade.UNCERTAIN, Words("模型残差的谱在季节频率有峰", "the spectrum of the residuals has a seasonal peak")),
    "residuals:trading_day": (
        Grade.UNCERTAIN,
        Words("模型残差的谱在交易日频率有峰", "the spectrum of the residuals has a trading day peak"),
    ),
}


def graded(result: AdjustmentResult) -> AdjustmentResult:
    """The result with its grade and all reasons for it, the worst first; an ERROR stays as it is."""
    if result.grade is Grade.ERROR:
        return result
    reasons = sorted(_reasons(result), key=lambda reason: -ORDER.index(reason.grade))
    if not reasons:
        passed = Words("各项检验均通过。", "All tests are passed.")
        return replace(result, grade=Grade.GOOD, reasons=(Reason("passed", Grade.GOOD, passed),))
    return replace(result, grade=reasons[0].grade, reasons=tuple(reasons))


def _reasons(result: AdjustmentResult) -> Iterator[Reason]:
    figures = result.diagnostics.values
    for threshold in THRESHOLDS:
        value = figures.get(threshold.figure)
        if value is None:
            continue
        grade = threshold.grade(value)
        if grade is not Grade.GOOD:
            yield Reason(threshold.figure, grade, _sentence(threshold.words.zh.format(value), threshold.words.en.format(value)))
    for peak in result.diagnostics.peaks:
        if peak in _PEAK_GRADES:
            grade, words = _PEAK_GRADES[peak]
            yield Reason(f"peak_{peak.replace(':', '_')}", grade, _sentence(words.zh, words.en))
    yield from _data_reasons(result)


def _sentence(zh: str, en: str) -> Words:
    return Words(f"{zh}。", f"{en[0].upper()}{en[1:]}.")


def _data_reasons(result: AdjustmentResult) -> Iterator[Reason]:
    series, model = result.series, result.model
    years = len(series) / series.frequency.per_year
    if years < SHORT_YEARS:
        words = Words(f"只有 {years:.1f} 年数据，季节还不稳定。", f"Only {years:.1f} years of data: the seasonal is not yet settled.")
        yield Reason("short", Grade.UNCERTAIN, words)
    missing = len(series.missing)
    if missing > MANY_MISSING * len(series):
        words = Words(f"{missing} 期缺数由模型估计。", f"{missing} missing values are estimated by the model.")
        yield Reason("missing", Grade.UNCERTAIN, words)
    outliers = len(model.outliers) if model is not None else 0
    if outliers > MANY_OUTLIERS * len(series):
        words = Words(f"离群值有 {outliers} 个，过多。", f"{outliers} outliers are too many.")
        yield Reason("outliers", Grade.UNCERTAIN, words)
