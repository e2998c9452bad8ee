"""What reaches an engine, and what is refused before: gaps, zeros, short, long, constant and daily series."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, parse_holidays
from guibiao.series.adjustment.request import ordinal_of_label, prepare
from guibiao.series.adjustment.result import FixedModel
from tests.series.adjustment.seasonal_data import AIRLINE, PURE, made, with_values_at

NAN = math.nan
FESTIVAL = parse_holidays("spring-festival:-6..-1,0..6")


def test_regressors_cover_series_and_forecasts() -> None:
    request = prepare(made(), replace(AIRLINE, holidays=FESTIVAL), key="k")
    assert request.key == "k"
    assert [each.name for each in request.regressors] == ["spring-festival:-6..-1", "spring-festival:0..6"]
    assert {(each.start, len(each.values)) for each in request.regressors} == {(2005 * 12, 96 + 36)}
    longer = prepare(made(), replace(AIRLINE, holidays=FESTIVAL, forecast_periods=60))
    assert {len(each.values) for each in longer.regressors} == {96 + 60}


def test_chinese_working_days_say_which_years_lack_a_notice() -> None:
    old = replace(made(), start=1999 * 12)
    request = prepare(old, replace(AIRLINE, trading_days="china"))
    assert [(each.name, each.group) for each in request.regressors] == [("working-days", "td")]
    assert "1999–2003" in request.notes[0].zh
    assert prepare(made(), replace(AIRLINE, trading_days="china")).notes == ()


def test_a_fixed_model_decides_on_working_days() -> None:
    fixed = FixedModel(transformation="log", orders=AdjustmentSpecification(model="(0 1 1)(0 1 1)").orders, trading_days="china")  # type: ignore[arg-type]
    assert [each.name for each in prepare(made(), AdjustmentSpecification(), fixed=fixed).regressors] == ["working-days"]


def test_missing_ends_are_dropped_and_said() -> None:
    series = with_values_at(made(), {0: NAN, 1: NAN, 95: NAN})
    request = prepare(series, AIRLINE)
    assert (request.series.label(0), len(request.series)) == ("2005-03", 93)
    assert "3 期" in request.notes[0].zh
    assert "3 missing" in request.notes[0].en


def test_gaps_inside_are_left_to_the_model_and_said() -> None:
    request = prepare(with_values_at(made(), {20: NAN, 30: NAN}), AIRLINE)
    assert request.series.missing == (20, 30)
    assert "2 期" in request.notes[0].zh


def test_an_automatic_transformation_falls_back_and_says_so() -> None:
    request = prepare(with_values_at(made(), {5: 0.0, 6: -1.0}), AdjustmentSpecification())
    assert request.specification.transform == "none"
    assert "2 个零或负数" in request.notes[0].zh
    assert prepare(made(), PURE).specification.transform == "log"
    assert prepare(with_values_at(made(), {5: 0.0}), PURE).specification.transform == "none"


def test_a_span() -> None:
    request = prepare(made(), replace(AIRLINE, span_first="2006-03", span_last="2011-02"))
    assert (request.series.label(0), request.series.label(59), len(request.series)) == ("2006-03", "2011-02", 60)
    assert "36 期" in request.notes[0].zh


@pytest.mark.parametrize(("label", "ordinal"), [("2018-02", 24217), (" 2018-12 ", 24227)])
def test_labels_of_months(label: str, ordinal: int) -> None:
    assert ordinal_of_label(Frequency.MONTH, label) == ordinal


def test_labels_of_quarters() -> None:
    assert ordinal_of_label(Frequency.QUARTER, "2018-q4") == ordinal_of_label(Frequency.QUARTER, "2018-4") == 8075


@pytest.mark.parametrize("label", ["2018", "2018-13", "2018-00", "18-02", "2018-Q1", "２０１８-02", "x"])
def test_labels_that_are_none(label: str) -> None:
    with pytest.raises(BadRequest, match="2018-02"):
        ordinal_of_label(Frequency.MONTH, label)


SERIES: dict[str, tuple[TimeSeries, AdjustmentSpecification, str]] = {
    "two observations": (TimeSeries("x", Frequency.MONTH, 24000, (1.0, 2.0)), AIRLINE, "至少要 36 期"),
    "under three years": (made(2), AIRLINE, "24 期"),
    "no observations": (TimeSeries("x", Frequency.MONTH, 24000, (NAN,) * 50), AIRLINE, "没有一个数"),
    "constant": (made().with_values((7.0,) * 96), AIRLINE, "都相同"),
    "daily": (TimeSeries("x", Frequency.DAY, 700000, tuple(float(at % 7) for at in range(22000))), AIRLINE, "日度"),
    "annual": (TimeSeries("x", Frequency.YEAR, 1950, tuple(float(at % 7) for at in range(60))), AIRLINE, "年度"),
    "too long": (made(66), AIRLINE, "--span 2006-01"),
    "zeros with logarithms": (with_values_at(made(), {5: 0.0}), AIRLINE, "零或负数"),
    "negative with a multiplicative mode": (with_values_at(made(), {5: -1.0}), replace(PURE, mode="multiplicative"), "零或负数"),
    "gaps without a model": (with_values_at(made(), {5: NAN}), PURE, "纯 X-11"),
    "half missing": (with_values_at(made(), dict.fromkeys(range(1, 95, 2), NAN)), AIRLINE, "缺 47 期"),
    "infinite": (with_values_at(made(), {5: math.inf}), AIRLINE, "无穷大"),
    "too large": (with_values_at(made(), {5: 1e300}), AIRLINE, "无穷大"),
    "two months in one": (replace(with_values_at(made(), {12: NAN}), spans=((13, 2),)), AIRLINE, "--split"),
    "empty span": (made(), replace(AIRLINE, span_first="2030-01"), "没有数据"),
    "outlier elsewhere": (made(), replace(AIRLINE, known_outliers=("AO1999-01",)), "AO1999"),
    "quarter of an outlier": (made(frequency=Frequency.QUARTER), replace(AIRLINE, known_outliers=("AO2006-07",)), "AO2006"),
    "holiday before 1900": (replace(made(), start=1890 * 12), replace(AIRLINE, holidays=FESTIVAL), "1900"),
}  # fmt: skip


@pytest.mark.parametrize("case", SERIES)
def test_what_is_refused(case: str) -> None:
    series, spec, said = SERIES[case]
    with pytest.raises(BadRequest) as refusal:
        prepare(series, spec)
    assert said in str(refusal.value)
    assert refusal.value.remedy


def test_a_specification_that_contradicts_itself_is_refused() -> None:
    fields: dict[str, Any] = {"model": "none"}
    with pytest.raises(BadRequest, match="SEATS"):
        prepare(made(), AdjustmentSpecification(**fields))
