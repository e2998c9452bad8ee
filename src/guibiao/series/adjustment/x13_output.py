"""Reading what X-13ARIMA-SEATS saves: tables, estimates, diagnostics and messages."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guibiao.model.series import Frequency, ordinal_of
from guibiao.reference.series.adjustment import OutlierDate, parse_outlier

_ORDERS = re.compile(r"\((?P<p>[^()]*?)\s+(?P<d>\d+)\s+(?P<q>[^()]*?)\)")
_MESSAGE = re.compile(r"^\s*(ERROR|WARNING|NOTE)\s*:\s*(.*)$")
_RESIDUE = re.compile(r"^\s*(Line\s+\d+:|\^)")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A row of the `.est` file: group and variable of a regressor, or operator, factor and lag of an ARMA coefficient."""

    group: str
    variable: str
    estimate: float
    standard_error: float
    fixed: bool
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Messages:
    """What the program said, each on one line."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def read_table(path: Path, frequency: Frequency) -> dict[int, tuple[float, ...]]:
    """Columns of a saved table by ordinal of the period; empty where it was not saved."""
    if not path.is_file():
        return {}
    rows: dict[int, tuple[float, ...]] = {}
    for line in path.read_text("latin-1").splitlines()[2:]:
        fields = line.split()
        if len(fields) < 2:
            continue
        year, season = divmod(int(fields[0]), 100)
        rows[ordinal_of(frequency, year, season)] = tuple(_number(field) for field in fields[1:])
    return rows


def _number(text: str) -> float:
    """A number of the program; stars where it did not fit are nan."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def read_udg(path: Path) -> dict[str, str]:
    """Keys and values of the diagnostics file."""
    found: dict[str, str] = {}
    if path.is_file():
        for line in path.read_text("latin-1").splitlines():
            key, colon, value = line.partition(":")
            if colon:
                found[key.strip()] = value.strip()
    return found


def read_estimates(path: Path) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...], float]:
    """Regression estimates, ARMA estimates and the variance (maximum likelihood) of an `.est` file; nan without a file."""
    regression: list[Estimate] = []
    arma: list[Estimate] = []
    variance = math.nan
    if not path.is_file():
        return (), (), variance
    section = ""
    for line in path.read_text("latin-1").splitlines():
        if line.startswith("$"):
            section = line.strip("$: ")
            continue
        fields = [field.strip() for field in line.split("\t")]
        if section == "regression$estimates" and len(fields) >= 4 and _is_number(fields[2]):
            regression.append(Estimate(fields[0], fields[1], float(fields[2]), *_error(fields[3:])))
        elif section == "arima$estimates" and len(fields) >= 6 and _is_number(fields[4]):
            arma.append(_arma(fields))
        elif section == "variance" and fields[0] == "mle":
            variance = float(fields[1])
    return tuple(regression), tuple(arma), variance


def _arma(fields: Sequence[str]) -> Estimate:
    return Estimate(fields[0], fields[1], float(fields[4]), *_error(fields[5:]), int(fields[3]))


def _error(fields: Sequence[str]) -> tuple[float, bool]:
    """Standard error and whether the coefficient was fixed; where all are fixed the program leaves the error out."""
    error = _number(fields[0])
    fixed = error == 0 or any("fixed" in field for field in fields)
    return (math.nan if fixed else error), fixed


def _is_number(text: str) -> bool:
    return not math.isnan(_number(text))


def read_likelihood(path: Path) -> Mapping[str, float]:
    """Statistics of the `.lks` file by their names in small letters."""
    if not path.is_file():
        return {}
    pairs = (line.split() for line in path.read_text("latin-1").splitlines())
    return {pair[0].lower(): _number(pair[1]) for pair in pairs if len(pair) == 2}


def read_messages(path: Path) -> Messages:
    """Errors and warnings of the `.err` file, without the lines of the input file they quote."""
    errors: list[str] = []
    warnings: list[str] = []
    if path.is_file():
        for kind, text in _messages(path.read_text("latin-1").splitlines()):
            (errors if kind == "ERROR" else warnings).append(text)
    return Messages(tuple(dict.fromkeys(errors)), tuple(dict.fromkeys(warnings)))


def _messages(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Kind and text of each message, its lines joined up to the next blank one."""
    kind, parts = "", list[str]()
    for line in [*lines, ""]:
        begins = _MESSAGE.match(line)
        if begins or not line.strip():
            if kind:
                yield kind, " ".join(parts)
            kind, parts = (begins[1], [begins[2].strip()]) if begins else ("", [])
        elif kind and not _RESIDUE.match(line):
            parts.append(line.strip())


def parse_model(text: str) -> tuple[int, int, int, int, int, int]:
    """Orders of `(0 1 1)(0 1 1)`; lags in brackets count by their highest."""
    found = [(_order(each["p"]), int(each["d"]), _order(each["q"])) for each in _ORDERS.finditer(text)]
    regular, seasonal = (*found, (0, 0, 0), (0, 0, 0))[:2]
    return (*regular, *seasonal)


def _order(text: str) -> int:
    return max((int(number) for number in re.findall(r"\d+", text)), default=0)


def outlier_of(variable: str) -> OutlierDate | None:
    """The outlier a regression variable is, if it is one."""
    return parse_outlier(variable) if re.match(r"(AO|LS|TC|SO)\d{4}[.]", variable) else None
