"""Series from CSV files in every writing of a period that statistical files use, and from observations."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.series_data import read_all, read_series, series_of_rows


def _file(folder: Path, text: str, name: str = "data.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("periods", "frequency", "labels"),
    [
        (("2018-11", "2018-12"), "M", ("2018-11", "2018-12")),
        (("2018M11", "2018M12"), "M", ("2018-11", "2018-12")),
        (("2018年1月", "2018年2月"), "M", ("2018-01", "2018-02")),
        (("2018/09", "2018/10"), "M", ("2018-09", "2018-10")),
        (("2018-01-01", "2018-02-01"), "M", ("2018-01", "2018-02")),
        (("2018-03-31", "2018-06-30"), "Q", ("2018-Q1", "2018-Q2")),
        (("2018Q4", "2019Q1"), "Q", ("2018-Q4", "2019-Q1")),
        (("2018年四季度", "2019年一季度"), "Q", ("2018-Q4", "2019-Q1")),
        (("1975.75", "1976"), "Q", ("1975-Q4", "1976-Q1")),
        (("1972.91666666667", "1973"), "M", ("1972-12", "1973-01")),
        (("2018", "2019"), "A", ("2018", "2019")),
        (("2018年", "2019年"), "A", ("2018", "2019")),
        (("2020-02-28", "2020-02-29"), "D", ("2020-02-28", "2020-02-29")),
    ],
)
def test_periods_in_every_writing(tmp_path: Path, periods: tuple[str, str], frequency: str, labels: tuple[str, str]) -> None:
    series = read_series(_file(tmp_path, f"period,x\n{periods[0]},1\n{periods[1]},2\n"))
    assert (series.frequency.value, series.labels, series.values) == (frequency, labels, (1.0, 2.0))


def test_january_and_february_as_one_stay_one(tmp_path: Path) -> None:
    for written in ("2012-01..02", "2012年1-2月", "2012-01..2012-02"):
        series = read_series(_file(tmp_path, f"月份,额\n{written},33668.6\n2012-03,15650.2\n"))
        assert series.labels == ("2012-01", "2012-02", "2012-03")
        assert math.isnan(series.values[0])
        assert series.values[1:] == (33668.6, 15650.2)
        assert series.spans == ((1, 2),)
        assert series.missing == ()


def test_gaps_stay_missing_and_edges_are_cut(tmp_path: Path) -> None:
    series = read_series(_file(tmp_path, "period,x\n2018-01,\n2018-02,1\n2018-03,NA\n2018-05,2\n2018-06,…\n"))
    assert series.labels == ("2018-02", "2018-03", "2018-04", "2018-05")
    assert series.missing == (1, 2)


def test_long_files_and_split_columns(tmp_path: Path) -> None:
    long = read_all(_file(tmp_path, "series,period,value\na,2018-01,1\nb,2018-01,3\na,2018-02,2\n"))
    assert {name: series.values for name, series in long.items()} == {"a": (1.0, 2.0), "b": (3.0,)}
    split = read_series(_file(tmp_path, "series,year,month,value\na,2018,12,1\na,2019,1,2\n"), "a")
    assert split.labels == ("2018-12", "2019-01")
    quarters = read_series(_file(tmp_path, "year,quarter,x\n2018,4,1\n2019,1,2\n"))
    assert quarters.labels == ("2018-Q4", "2019-Q1")
    assert read_series(_file(tmp_path, "period,x\n2018,1\n2019,2\n"), "x", Frequency.YEAR).end == 2019


def test_of_several_columns_of_periods_the_one_that_holds_some_is_taken(tmp_path: Path) -> None:
    text = "id,period,type,h,set,t,value\nN1,MONTHLY,MICRO,18,train,1990.08333333333,5\nN1,MONTHLY,MICRO,18,train,1990.16666666667,6\n"
    assert read_series(_file(tmp_path, text)).labels == ("1990-02", "1990-03")
    assert read_series(_file(tmp_path, "序列,时期,数值\n甲,2018-01,1\n甲,2018-02,2\n"), "甲").labels == ("2018-01", "2018-02")


def test_numbers_with_separators_and_other_encodings(tmp_path: Path) -> None:
    series = read_series(_file(tmp_path, '时期,零售额\n2018-01,"1,234.5"\n2018-02,-2e3\n', encoding="gb18030"))
    assert series.values == (1234.5, -2000.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("period,x\n2018-01,1\n2018-01,2\n", "出现两次"),
        ("period,x\n2018-01,一百\n", "不是数"),
        ("period,x\n2018-01,inf\n", "有限"),
        ("period,x\n2018-13,1\n", "时期"),
        ("period,x\nspring,1\n", "时期"),
        ("period,x\n2018-01,1,2\n", "列"),
        ("period,x,x\n2018-01,1,2\n", "两次"),
        ("period\n2018-01\n", "数值列"),
        ("period,x\n2018-01,NA\n", "没有一个数值"),
        ("period,x\n0001-01-01,1\n8999-01-01,2\n0001-01-02,1\n", "太长"),
        ("period,x\n9999-12-30,1\n9999-12-31,2\n", "时期"),
        ("period,x\n0000-01,1\n0000-02,2\n", "时期"),
        ("period,x\n2018-02-28,1\n2018-02-30,2\n", "时期"),
        ("period,x\n2018-01,1_000\n", "不是数"),
        ("period,x\n2018-01,1e200\n", "太大"),
        ("2018-01,1\n2018-02,2\n", "没有列名"),
        ("period,x\n2018Q1,1\n2018-Q1,2\n", "落在同一个"),
        ("", "没有数据"),
    ],
)
def test_bad_files_name_the_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        read_series(_file(tmp_path, text))
    assert caught.value.place.file == "data.csv"


def test_a_column_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    path = _file(tmp_path, "period,x,y\n2018-01,1,bad\n")
    assert read_series(path, "x").values == (1.0,)
    with pytest.raises(BadRequest, match="没有序列"):
        read_series(_file(tmp_path, "period,x,y\n2018-01,1,2\n"), "z")
    with pytest.raises(BadRequest, match="没有说用哪一个"):
        read_series(_file(tmp_path, "period,x,y\n2018-01,1,2\n"))
    with pytest.raises(BadRequest, match="找不到"):
        read_series(tmp_path / "absent.csv")


def _row(start: date, end: date, value: float, basis: str = "") -> dict[str, object]:
    return {"period_start": start, "period_end": end, "value": value, "measure": "during", "accounting_basis": basis}


def test_observations_as_a_series() -> None:
    rows = [
        _row(date(2018, 1, 1), date(2018, 2, 28), 10.0),
        _row(date(2018, 3, 1), date(2018, 3, 31), 6.0),
        _row(date(2018, 1, 1), date(2018, 12, 31), 80.0),
    ]
    months = series_of_rows(rows[:2], "x")
    assert (months.labels, months.spans) == (("2018-01", "2018-02", "2018-03"), ((1, 2),))
    assert series_of_rows(rows, "x", Frequency.YEAR).values == (80.0,)
    with pytest.raises(BadRequest, match="口径"):
        series_of_rows([_row(date(2018, 3, 1), date(2018, 3, 31), 1.0, "a"), _row(date(2018, 3, 1), date(2018, 3, 31), 2.0, "b")], "x")


def test_a_window_that_cuts_a_span_leaves_a_missing_value() -> None:
    series = TimeSeries("x", Frequency.MONTH, 2018 * 12, (math.nan, 10.0, 6.0), spans=((1, 2),))
    cut = series.window(2018 * 12 + 1, 2018 * 12 + 2)
    assert cut.spans == ()
    assert cut.missing == (0,)
    assert series.window(2018 * 12, 2018 * 12 + 1).spans == ((1, 2),)
