"""From the files of one X-13 run to a result."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from guibiao.model.series import TimeSeries
from guibiao.reference.series.adjustment import ArimaOrders
from guibiao.series.adjustment.diagnostics_x13 import diagnostics_of
from guibiao.series.adjustment.grading import graded
from guibiao.series.adjustment.result import (
    AdjustmentRequest,
    AdjustmentResult,
    Coefficient,
    Components,
    FittedModel,
    Grade,
    Outlier,
    Reason,
    Regressor,
    Values,
    Words,
    failed,
)
from guibiao.series.adjustment.x13_output import (
    Estimate,
    Messages,
    outlier_of,
    parse_model,
    read_estimates,
    read_likelihood,
    read_messages,
    read_table,
    read_udg,
)
from guibiao.series.adjustment.x13_specification import arma_term, outlier_name, user_name

ENGINE = "x13"
_SEATS = {"seasonal": "s10", "adjusted": "s11", "trend": "s12", "irregular": "s13", "combined": "s16"}
_X11 = {"seasonal": "d10", "adjusted": "d11", "trend": "d12", "irregular": "d13", "combined": "d16"}
_USER = re.compile(r"\bxreg(\d+)\b")
_GROUPS = {"Constant": "constant", "Leap Year": "trading_days", "Trading Day": "trading_days", "1-Coefficient Trading Day": "trading_days"}


@dataclass(frozen=True, slots=True)
class Run:
    """Files of one series in the folder of a run, read as they are asked for."""

    request: AdjustmentRequest
    folder: Path
    base: str

    def file(self, suffix: str) -> Path:
        return self.folder / f"{self.base}.{suffix}"

    def table(self, suffix: str) -> dict[int, tuple[float, ...]]:
        return read_table(self.file(suffix), self.request.series.frequency)


def result_of(run: Run, version: str) -> AdjustmentResult:
    """The graded result of a run, or an ERROR with what the program said."""
    request = run.request
    messages, udg = _named(read_messages(run.file("err")), request), read_udg(run.file("udg"))
    components = _components(run, udg)
    if components is None:
        return failed(request, ENGINE, version, _failure(messages))
    model = _model(run, udg) if request.specification.regression or request.fixed is not None else None
    diagnostics = diagnostics_of(request, components, model, udg, _values(request.series, run.table("d8")))
    result = AdjustmentResult(
        key=request.key, series=request.series, specification=request.specification, engine=ENGINE, version=version, grade=Grade.GOOD,
        reasons=(), components=components, model=model, diagnostics=diagnostics,
        notes=(*request.notes, *_notes(udg, messages)),
    )  # fmt: skip
    return graded(result)


def _named(messages: Messages, request: AdjustmentRequest) -> Messages:
    """Messages with the names of regressors in place of their numbers in the file."""

    def named(text: str) -> str:
        return _USER.sub(lambda found: request.regressors[int(found[1]) - 1].name, text) if request.regressors else text

    return Messages(tuple(map(named, messages.errors)), tuple(map(named, messages.warnings)))


def _failure(messages: Messages) -> Reason:
    said = " / ".join(messages.errors or [each for each in messages.warnings if "peak" not in each])[:600]
    if not said:
        return Reason("no_output", Grade.ERROR, Words("X-13 没有给出结果，也没有说明原因。", "X-13 gave no result and no reason."))
    return Reason("engine", Grade.ERROR, Words(f"X-13 报错：{said}", f"X-13 reports: {said}"))


def _notes(udg: Mapping[str, str], messages: Messages) -> list[Words]:
    notes = [Words(f"X-13 提示：{said}", f"X-13 warns: {said}") for said in (*messages.errors, *messages.warnings) if "peak" not in said]
    used, chosen = udg.get("seatsmdl", ""), udg.get("x13mdl", "")
    if _no_seasonal(udg):
        notes.append(
            Words(
                f"模型 {used} 没有季节部分，SEATS 不作分解：季节成分取中性值，调整值只去掉日历影响。",
                f"Model {used} has no seasonal part and SEATS leaves it whole: a neutral seasonal, only calendar effects removed.",
            )
        )
    if used and chosen and used.split() != chosen.split():
        notes.append(Words(f"SEATS 不能分解模型 {chosen}，改用 {used}。", f"SEATS cannot decompose {chosen}; {used} is used instead."))
    return notes


def _components(run: Run, udg: Mapping[str, str]) -> Components | None:
    """Tables over the periods of the series; none where the adjusted series is missing or not whole."""
    series, spec = run.request.series, run.request.specification
    names = _SEATS if spec.method == "seats" else _X11
    tables = {name: run.table(suffix) for name, suffix in names.items()}
    found = {name: _values(series, table) for name, table in tables.items()}
    multiplicative = (udg.get("finmode") or udg.get("samode", "")).startswith(("mult", "pseudo", "log"))
    adjusted = found["adjusted"]
    neutral = (1.0 if multiplicative else 0.0,) * len(series)
    if _no_seasonal(udg):
        found["seasonal"] = neutral
    if adjusted is None or found["seasonal"] is None or not all(map(math.isfinite, adjusted)):
        return None
    nothing = (math.nan,) * len(series)
    combine: Callable[[float, float], float] = (lambda a, b: a * b) if multiplicative else (lambda a, b: a + b)
    effects = {name: _values(series, run.table(name)) or neutral for name in ("td", "hol", "ao", "ls", "tc", "so")}
    outlier = neutral
    for name in ("ao", "ls", "tc", "so"):
        outlier = tuple(map(combine, outlier, effects[name]))
    forecast = run.table("fct")
    ahead = sorted(ordinal for ordinal in forecast if ordinal > series.end)
    return Components(
        multiplicative=multiplicative, adjusted=adjusted, seasonal=found["seasonal"], trend=found["trend"] or nothing,
        irregular=found["irregular"] or nothing,
        calendar=tuple(map(combine, effects["td"], effects["hol"])), holiday=effects["hol"], outlier=outlier,
        combined=found["combined"] or found["seasonal"],
        forecast=_column(forecast, ahead, 0), forecast_low=_column(forecast, ahead, 1), forecast_high=_column(forecast, ahead, 2),
        seasonal_forecast=_column(tables["seasonal"], sorted(ordinal for ordinal in tables["seasonal"] if ordinal > series.end), 0),
    )  # fmt: skip


def _no_seasonal(udg: Mapping[str, str]) -> bool:
    """Whether SEATS found no seasonal component in the model."""
    return udg.get("seatsadj", "") == "nosf"


def _column(table: Mapping[int, tuple[float, ...]], ordinals: Sequence[int], column: int) -> Values:
    return tuple(table[ordinal][column] for ordinal in ordinals)


def _values(series: TimeSeries, table: Mapping[int, tuple[float, ...]]) -> Values | None:
    """One value a period of the series, or nothing where one is not in the table."""
    periods = range(series.start, series.end + 1)
    return tuple(table[ordinal][0] for ordinal in periods) if all(ordinal in table for ordinal in periods) else None


def _model(run: Run, udg: Mapping[str, str]) -> FittedModel:
    request = run.request
    regression, arma, variance = read_estimates(run.file("est"))
    likelihood = read_likelihood(run.file("lks"))
    orders = ArimaOrders(*parse_model(udg.get("arimamdl") or udg.get("automdl", "")))
    names = {user_name(at): each for at, each in enumerate(request.regressors)}
    per_year = request.series.frequency.per_year
    coefficients = [_regression_term(each, names.get(each.variable), per_year) for each in regression if not _stands_for_missing(each)]
    coefficients += [_arma_term(each) for each in arma]
    terms = {each.term for each in coefficients}
    easter = next((int(term[7:-1]) for term in terms if term.startswith("Easter[")), 0)
    return FittedModel(
        transformation="log" if _logs(udg) else "none", orders=orders, constant="Constant" in terms,
        coefficients=tuple(coefficients), outliers=tuple(_outliers(request, regression)), trading_days=_trading_days(terms), easter=easter,
        leap_year="Leap Year" in terms or udg.get("prioradj", "").startswith("lpyear"), aic=likelihood.get("aic", math.nan),
        aicc=likelihood.get("aicc", math.nan), bic=likelihood.get("bic", math.nan), log_likelihood=likelihood.get("lnlkhd", math.nan),
        sigma2=variance, observations=int(likelihood.get("nefobs", 0)),
    )  # fmt: skip


def _logs(udg: Mapping[str, str]) -> bool:
    """Whether the program worked on logarithms: what it chose where it chose, else what was asked."""
    chosen = udg.get("aictrans", "") or udg.get("transform", "")
    return chosen.lower().startswith("log")


def _trading_days(terms: set[str]) -> Literal["none", "days", "weekday", "china", "leap_year"]:
    kinds = {"Mon": "days", "Weekday": "weekday", "working-days": "china", "Leap Year": "leap_year"}
    found = next((kind for term, kind in kinds.items() if term in terms), "none")
    return cast(Literal["none", "days", "weekday", "china", "leap_year"], found)


def _regression_term(row: Estimate, given: Regressor | None, per_year: int) -> Coefficient:
    """Under the name of the user's regressor, of the outlier, or of the program's own variable."""
    outlier = outlier_of(row.variable)
    if given is not None:
        term, group = given.name, {"td": "trading_days"}.get(given.group, given.group)
    elif outlier is not None:
        term, group = outlier_name(outlier, per_year), "outlier"
    else:
        term, group = row.variable, _GROUPS.get(row.group, "holiday" if row.group.startswith("Easter") else "regression")
    return Coefficient(term, group, *_figures(row), fixed=row.fixed)


def _stands_for_missing(row: Estimate) -> bool:
    """Whether a regressor only fills a missing value."""
    return row.variable.startswith("MV")


def _arma_term(row: Estimate) -> Coefficient:
    group = ("seasonal_" if row.variable == "Seasonal" else "") + row.group.lower()
    return Coefficient(arma_term(row.group, row.variable, row.lag), group, *_figures(row), lag=row.lag, fixed=row.fixed)


def _figures(row: Estimate) -> tuple[float, float, float]:
    """Estimate, standard error and t; the latter two are nan for a coefficient that was not estimated."""
    if row.fixed:
        return row.estimate, math.nan, math.nan
    return row.estimate, row.standard_error, row.estimate / row.standard_error


def _outliers(request: AdjustmentRequest, rows: Sequence[Estimate]) -> list[Outlier]:
    stated = set(request.specification.outlier_dates) | set(request.fixed.outliers if request.fixed else ())
    found = [(outlier_of(row.variable), row) for row in rows]
    return [Outlier(date, row.estimate, _figures(row)[2], date not in stated) for date, row in found if date is not None]
