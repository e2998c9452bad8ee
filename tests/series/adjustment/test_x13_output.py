"""Reading the program's files, also damaged ones."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from guibiao.model.series import Frequency
from guibiao.reference.series.adjustment import OutlierDate
from guibiao.series.adjustment.x13_output import (
    outlier_of,
    parse_model,
    read_estimates,
    read_likelihood,
    read_messages,
    read_table,
    read_udg,
)

TABLE = "date\ts.fct\tlower\n------\t----\t----\n201811\t+0.100E+01\t-2\n201812\t****\t3\nbroken\n"
ESTIMATES = (
    "$regression:\n$regression$estimates:\ngroup\tvariable\testimate\tstandard error\tfixed\n-----\t-----\t-----\t-----\t-----\n"
    "1-Coefficient Trading Day\tWeekday\t-0.5E+00\t+0.1E+00\t       \nLS1985.Jan\tLS1985.Jan\t+0.2E+00\t+0.0E+00\t(fixed)\n"
    "$arima:\n$arima$estimates:\noperator\tfactor\tperiod\tlag\testimate\tstandard error\tfixed\n-----\t-----\t-----\t-----\t-----\t-----\n"
    "MA\tNonseasonal\t01\t02\t+0.3E+00\t+0.2E+00\t       \nMA\tSeasonal\t12\t12\t+0.4E+00\t(fixed)\n"
    "$variance:\n\nmle\t+0.9E-03\nse\t+0.1E-03\n"
)
ERRORS = """     Error messages generated from processing the spec file:

 ERROR: Number of initial values is not the same as the number of regression
        variables.

 WARNING: Something
          to know.
 Line    2:  transform{ function=log }
                      ^
 ERROR:  Specify series before user-defined adjustments
 ERROR:  Specify series before user-defined adjustments
"""


def test_tables(tmp_path: Path) -> None:
    path = tmp_path / "s.fct"
    path.write_text(TABLE, "latin-1")
    found = read_table(path, Frequency.MONTH)
    assert found[2018 * 12 + 10] == (1.0, -2.0)
    assert math.isnan(found[2018 * 12 + 11][0])
    assert len(found) == 2
    path.write_text(TABLE.replace("201811", "201801").replace("201812", "201804"), "latin-1")
    assert sorted(read_table(path, Frequency.QUARTER)) == [8072, 8075]


def test_estimates(tmp_path: Path) -> None:
    path = tmp_path / "s.est"
    path.write_text(ESTIMATES, "latin-1")
    regression, arma, variance = read_estimates(path)
    assert [(each.variable, each.estimate, each.fixed) for each in regression] == [("Weekday", -0.5, False), ("LS1985.Jan", 0.2, True)]
    assert [(each.variable, each.lag, each.estimate, each.fixed) for each in arma] == [
        ("Nonseasonal", 2, 0.3, False),
        ("Seasonal", 12, 0.4, True),
    ]
    assert math.isnan(regression[1].standard_error)
    assert variance == 0.9e-3


def test_messages(tmp_path: Path) -> None:
    path = tmp_path / "s.err"
    path.write_text(ERRORS, "latin-1")
    found = read_messages(path)
    assert found.errors == (
        "Number of initial values is not the same as the number of regression variables.",
        "Specify series before user-defined adjustments",
    )
    assert found.warnings == ("Something to know.",)


def test_diagnostics_and_likelihood(tmp_path: Path) -> None:
    udg, likelihood = tmp_path / "s.udg", tmp_path / "s.lks"
    udg.write_text("f3.q:  0.26\nMA$Nonseasonal$01$01: +0.1E+00\nno colon\n", "latin-1")
    likelihood.write_text("nobs   366\nAicc   0.3E+04\nodd line here\n", "latin-1")
    assert read_udg(udg) == {"f3.q": "0.26", "MA$Nonseasonal$01$01": "+0.1E+00"}
    assert read_likelihood(likelihood) == {"nobs": 366, "aicc": 3000}


def test_files_that_are_not_there(tmp_path: Path) -> None:
    nothing = tmp_path / "s.none"
    assert read_table(nothing, Frequency.MONTH) == read_udg(nothing) == read_likelihood(nothing) == {}
    regression, arma, variance = read_estimates(nothing)
    assert (regression, arma, math.isnan(variance)) == ((), (), True)
    assert read_messages(nothing).errors == ()


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("(0 1 1)(0 1 1)", (0, 1, 1, 0, 1, 1)), ("(1 0 0)", (1, 0, 0, 0, 0, 0)), ("([1 3] 1 0)(0 1 1)", (3, 1, 0, 0, 1, 1)),
        ("", (0, 0, 0, 0, 0, 0)),
    ],
)  # fmt: skip
def test_models(text: str, orders: tuple[int, ...]) -> None:
    assert parse_model(text) == orders


def test_outliers_among_the_variables() -> None:
    assert outlier_of("LS2008.Nov") == OutlierDate("LS", 2008, 11)
    assert outlier_of("AO2008.4") == OutlierDate("AO", 2008, 4)
    assert outlier_of("Easter[8]") is outlier_of("Weekday") is None
