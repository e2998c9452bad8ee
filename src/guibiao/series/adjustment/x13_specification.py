"""Text of X-13ARIMA-SEATS input files from a request. Only numbers and words of this module reach the file, never a name from data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from guibiao.model.series import TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, OutlierDate
from guibiao.series.adjustment.request import ordinal_of_label
from guibiao.series.adjustment.result import AdjustmentRequest, FixedModel, Regressor

LINE = 100
"""Columns of a list before it goes on in the next line; the program reads 132."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MODES = {"multiplicative": "mult", "additive": "add", "pseudo-additive": "pseudoadd", "log-additive": "logadd"}
_FILTERS = {"x11-default": "x11default"}
_GROUPS = {"holiday": "holiday", "td": "td", "user": "user"}
_TRADING_DAYS = {"days": "td", "weekday": "td1coef", "leap_year": "lpyear", "china": "lpyear"}
SEATS_TABLES = ("s10", "s11", "s12", "s13", "s16")
X11_TABLES = ("d8", "d10", "d11", "d12", "d13", "d16")
REGRESSION_TABLES = ("td", "hol", "ao", "ls", "tc", "so")


def user_name(position: int) -> str:
    """Name of the n-th user regressor in the file."""
    return f"xreg{position + 1}"


def data_text(series: TimeSeries, missing_code: float) -> str:
    """Lines of year, period, value (format `datevalue`), to 15 significant digits as the reference implementation writes them."""
    values = (missing_code if math.isnan(value) else value for value in series.values)
    lines = (f"{series.year(at)} {series.season(at)} {value:.15g}" for at, value in enumerate(values))
    return "\n".join(lines) + "\n"


def missing_code_of(series: TimeSeries) -> float:
    """A number that no value of the series is near to."""
    highest = max((abs(value) for value in series.values if not math.isnan(value)), default=0.0)
    return -99999.0 if highest < 50000 else -float(10 ** (math.ceil(math.log10(highest)) + 2))


def regressor_text(regressors: Sequence[Regressor], per_year: int) -> str:
    """Lines of year, period and the value of each regressor, over the periods they share."""
    start = max(each.start for each in regressors)
    end = min(each.start + len(each.values) for each in regressors)
    lines = []
    for ordinal in range(start, end):
        year, season = divmod(ordinal, per_year)
        lines.append(" ".join([str(year), str(season + 1), *(f"{each.values[ordinal - each.start]:.15g}" for each in regressors)]))
    return "\n".join(lines) + "\n"


def specification_text(request: AdjustmentRequest, base: str, missing_code: float) -> str:
    """The input file of a request; data lie beside it as `<base>.dta` and `<base>.reg`."""
    spec, fixed, series = request.specification, request.fixed, request.series
    searching = spec.outliers == "on" and (fixed is None or bool(spec.outlier_first))
    transform = fixed.transformation if fixed is not None else spec.transform
    blocks = [_series(request, base, missing_code)]
    if spec.regression or fixed is not None:
        blocks += [
            _block("transform", [f"function = {transform}"]),
            _regression(request, base),
            _arima(spec, fixed, series.frequency.per_year),
        ]
        if searching:
            blocks.append(_outlier(spec, series))
        blocks += [_block("estimate", ["save = (mdl est lks)"]), _block("forecast", _forecast(spec))]
    blocks += [_decomposition(request, transform), _block("spectrum", ["print = qs"])]
    if spec.sliding_spans:
        blocks.append(_block("slidingspans", []))
    return "\n".join(block for block in blocks if block)


def _block(name: str, lines: Iterable[str]) -> str:
    body = "".join(f"  {line}\n" for line in lines)
    return f"{name} {{\n{body}}}\n"


def _listed(name: str, items: Sequence[str]) -> str:
    """`name = (a b c)` over as many lines as it takes."""
    rows, row = [], ""
    for item in items:
        if row and len(row) + len(item) + 1 > LINE:
            rows.append(row)
            row = ""
        row = f"{row} {item}" if row else item
    rows.append(row)
    inner = "\n    ".join(rows)
    return f"{name} = ({inner})"


def _series(request: AdjustmentRequest, base: str, missing_code: float) -> str:
    lines = [f'file = "{base}.dta"', 'format = "datevalue"', f"period = {request.series.frequency.per_year}", "appendfcst = yes"]
    if request.series.missing:
        lines.append(f"missingcode = {missing_code!r}")
    return _block("series", lines)


def _regression(request: AdjustmentRequest, base: str) -> str:
    """Variables, AIC tests and user regressors; nothing where there are none."""
    spec, fixed = request.specification, request.fixed
    lines = []
    variables = _variables(request)
    if variables:
        lines.append(_listed("variables", variables))
    if fixed is None:
        tests = [name for name, asked in (("td", spec.trading_days), ("easter", spec.easter)) if asked == "auto"]
        if tests:
            lines.append(_listed("aictest", tests))
    if request.regressors:
        lines.append(_listed("user", [user_name(at) for at in range(len(request.regressors))]))
        lines.append(_listed("usertype", [_GROUPS[each.group] for each in request.regressors]))
        lines += [f'file = "{base}.reg"', 'format = "datevalue"']
    if not lines:
        return ""
    if fixed is not None and fixed.coefficients:
        lines += _fixed_regression(request, fixed)
    lines.append(_listed("save", REGRESSION_TABLES))
    return _block("regression", lines)


def _variables(request: AdjustmentRequest) -> list[str]:
    spec, fixed = request.specification, request.fixed
    per_year = request.series.frequency.per_year
    constant, days, easter, outliers = spec.constant, str(spec.trading_days), spec.easter, spec.outlier_dates
    if fixed is not None:
        constant, days, easter, outliers = fixed.constant, fixed.trading_days, str(fixed.easter or "none"), fixed.outliers
    found = ["const"] if constant else []
    if days in _TRADING_DAYS:
        found.append(_TRADING_DAYS[days])
    if easter.isdigit():
        found.append(f"easter[{easter}]")
    return found + [outlier_name(each, per_year) for each in outliers]


def outlier_name(outlier: OutlierDate, per_year: int) -> str:
    """`LS2008.Nov`, `AO2020.1`."""
    season = MONTHS[outlier.season - 1] if per_year == 12 else str(outlier.season)
    return f"{outlier.kind}{outlier.year}.{season}"


def _arima(spec: AdjustmentSpecification, fixed: FixedModel | None, per_year: int) -> str:
    if fixed is None and spec.automatic:
        return _block("automdl", [])
    orders = fixed.orders if fixed is not None else spec.orders
    lines = [f"model = {orders}"]
    return _block("arima", lines + (_fixed_arima(fixed, per_year) if fixed is not None and fixed.coefficients else []))


def _outlier(spec: AdjustmentSpecification, series: TimeSeries) -> str:
    lines = []
    if spec.outlier_types != ("AO", "LS"):
        lines.append(_listed("types", [each.lower() for each in spec.outlier_types]))
    if spec.outlier_critical is not None:
        lines.append(f"critical = {spec.outlier_critical!r}")
    if spec.outlier_first:
        ordinal = ordinal_of_label(series.frequency, spec.outlier_first)
        year, season = divmod(ordinal, series.frequency.per_year)
        lines.append(f"span = ({year}.{season + 1:02d}, )" if series.frequency.per_year == 12 else f"span = ({year}.{season + 1}, )")
    return _block("outlier", lines)


def _forecast(spec: AdjustmentSpecification) -> list[str]:
    ahead = [f"maxlead = {spec.forecast_periods}"] if spec.forecast_periods >= 0 else []
    return [*ahead, "save = (fct)"]


def _decomposition(request: AdjustmentRequest, transform: str) -> str:
    spec = request.specification
    if spec.method == "seats":
        return _block("seats", ["noadmiss = yes", _listed("save", SEATS_TABLES)])
    lines = []
    if spec.mode != "default":
        lines.append(f"mode = {_MODES[spec.mode]}")
    elif not spec.regression or transform == "none":
        lines.append(f"mode = {'add' if transform == 'none' else 'mult'}")
    if spec.seasonal_filter != "auto":
        lines.append(f"seasonalma = {_FILTERS.get(spec.seasonal_filter, spec.seasonal_filter)}")
    if spec.trend_filter > 0:
        lines.append(f"trendma = {spec.trend_filter}")
    if spec.sigma_limits != (1.5, 2.5):
        lines.append(f"sigmalim = ({spec.sigma_limits[0]!r}, {spec.sigma_limits[1]!r})")
    return _block("x11", [*lines, _listed("save", X11_TABLES)])


def _fixed_regression(request: AdjustmentRequest, fixed: FixedModel) -> list[str]:
    """Coefficients of the regressors in the order of `variables`, then the user's; those kept carry an f."""
    terms = [term for name in _variables(request) for term in variable_terms(name, fixed.transformation)]
    terms += [each.name for each in request.regressors]
    return [_listed("b", _initial(fixed, terms))]


def variable_terms(variable: str, transformation: str) -> list[str]:
    """Terms that a built-in variable gives; with logarithms the leap year is adjusted beforehand instead of estimated."""
    leap = [] if transformation == "log" else ["Leap Year"]
    if variable == "td":
        return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", *leap]
    names = {"const": ["Constant"], "td1coef": ["Weekday", *leap], "lpyear": ["Leap Year"]}
    if variable in names:
        return names[variable]
    return [variable.replace("easter", "Easter")]


def _fixed_arima(fixed: FixedModel, per_year: int) -> list[str]:
    """AR and MA coefficients by rising lag, regular ones first."""
    orders, lines = fixed.orders, []
    for operator, regular, seasonal in (("AR", orders.p, orders.seasonal_p), ("MA", orders.q, orders.seasonal_q)):
        terms = [arma_term(operator, "Nonseasonal", lag) for lag in range(1, regular + 1)]
        terms += [arma_term(operator, "Seasonal", lag * per_year) for lag in range(1, seasonal + 1)]
        if terms:
            lines.append(_listed(operator.lower(), _initial(fixed, terms)))
    return lines


def arma_term(operator: str, factor: str, lag: int) -> str:
    """`MA-Seasonal-12`."""
    return f"{operator}-{factor}-{lag:02d}"


def _initial(fixed: FixedModel, terms: Sequence[str]) -> list[str]:
    """Values in order, comma-separated: those kept carry an f, the others start at the program's own 0.1."""
    values = [f"{fixed.coefficients[term]!r}f" if term in fixed.coefficients else "0.1" for term in terms]
    return [f"{value}," for value in values[:-1]] + values[-1:]
