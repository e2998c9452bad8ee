"""The reference results of seasonal adjustment: input series, cases as specifications, tables and coefficients."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, parse_holidays

AIRLINE = "(0 1 1)(0 1 1)"
_FIXED = {"model": AIRLINE, "transform": "log"}
_HELP = {
    "method": "x11",
    "transform": "log",
    "model": "(0 1 2)(0 1 1)",
    "trading_days": "weekday",
    "known_outliers": ("LS1985-01", "LS2008-11"),
}
_EASTER = {**_FIXED, "method": "x11", "trading_days": "weekday", "known_outliers": ("AO1951-05",)}
_PRE_POST = "spring-festival:-6..-1,0..6"
_WINDOWS = {
    "cny0_6": "spring-festival:0..6",
    "cny_prepost6": _PRE_POST,
    "cny_3window": "spring-festival:-20..-1,0..6,7..21",
    "nocny": "none",
}


def _specification(holidays: str = "none", **fields: object) -> AdjustmentSpecification:
    return AdjustmentSpecification(holidays=parse_holidays(holidays), **fields)  # type: ignore[arg-type]


CASES: Mapping[str, AdjustmentSpecification] = {
    "auto_seats": _specification(),
    "auto_x11": _specification(method="x11"),
    "fixed_airline_log_seats": _specification(**_FIXED),
    "fixed_airline_log_x11": _specification(**_FIXED, method="x11"),
    "fixed_airline_none_x11": _specification(model=AIRLINE, transform="none", method="x11"),
    "pure_x11_mult_s3x5_h13_noarima": _specification(model="none", transform="log", method="x11"),
    "pure_x11_add_s3x5_h13_noarima": _specification(model="none", transform="none", method="x11"),
    "easter_builtin_m1": _specification(**_EASTER, easter="1"),
    "easter_genhol_m2": _specification("easter:-1..-1", **_EASTER),
    "cny_help_m1": _specification("spring-festival:0..6", **_HELP),
    "cny_help_m2_nocny": _specification(**_HELP),
    "cny_help_m3_prepost_auto": _specification(_PRE_POST, method="x11"),
    "cny_prepost_auto_seats": _specification(_PRE_POST),
    "cny_prepost_auto_x11": _specification(_PRE_POST, method="x11"),
} | {
    f"{name}_airline_{method}": _specification(windows, **_FIXED, method=method)
    for name, windows in _WINDOWS.items()
    for method in ("x11", "seats")
}


@dataclass(frozen=True, slots=True)
class Oracle:
    """Input series by name; tables by (series, case), table and ordinal; coefficients by (series, case)."""

    series: Mapping[str, TimeSeries]
    tables: Mapping[tuple[str, str], Mapping[str, Mapping[int, float]]]
    coefficients: Mapping[tuple[str, str], list[tuple[str, float, float, float]]]


def read_oracle(folder: Path) -> Oracle:
    values: dict[str, dict[int, float]] = defaultdict(dict)
    for row in _rows(folder / "input_series.csv"):
        values[row["series"]][_ordinal(row)] = float(row["value"])
    tables: dict[tuple[str, str], dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in _rows(folder / "expected_tables.csv.gz"):
        tables[row["series"], row["case"]][row["table"]][_ordinal(row)] = float(row["value"])
    coefficients: dict[tuple[str, str], list[tuple[str, float, float, float]]] = defaultdict(list)
    for row in _rows(folder / "expected_coefficients.csv"):
        figures = (float(row["Estimate"]), float(row["Std..Error"]), float(row["z.value"]))
        coefficients[row["series"], row["case"]].append((row["term"], *figures))
    series = {
        name: TimeSeries(name, Frequency.MONTH, min(found), tuple(found[at] for at in sorted(found))) for name, found in values.items()
    }
    return Oracle(series, tables, coefficients)


def regressors_of(folder: Path) -> Mapping[str, Mapping[int, float]]:
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for row in _rows(folder / "genhol_regressors.csv"):
        found[row["regressor"]][_ordinal(row)] = float(row["value"])
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _ordinal(row: Mapping[str, str]) -> int:
    return int(row["year"]) * 12 + int(row["month"]) - 1
