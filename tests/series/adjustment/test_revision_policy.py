"""Revision policies, models with their vintage, and the explanation of a change in the published past."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.series import TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, OutlierDate, parse_holidays
from guibiao.series.adjustment.model_vintage import ModelVintage, record_of, vintage_from, vintage_of
from guibiao.series.adjustment.result import AdjustmentRequest, AdjustmentResult, Components, FixedModel, Grade, Reason, Words, failed
from guibiao.series.adjustment.revision_explanation import explain, explained, explanation_requests
from guibiao.series.adjustment.revision_policy import RevisionPolicy, fixed_request, request_under
from guibiao.series.adjustment.x13 import X13Engine
from tests.series.adjustment.adjustment_samples import AIRLINE, sample

DAY = date(2018, 1, 20)
AUTOMATIC = AdjustmentSpecification(method="x11", holidays=parse_holidays("spring-festival:-6..-1,0..6"))
MODEL = FixedModel(
    transformation="log", orders=AIRLINE.orders or pytest.fail("no orders"), outliers=(OutlierDate("LS", 2012, 5),),
    coefficients={"MA-Nonseasonal-01": 0.4, "MA-Seasonal-12": 0.6, "LS2012.May": 0.05},
)  # fmt: skip


def vintage(series: TimeSeries, specification: AdjustmentSpecification = AUTOMATIC, model: FixedModel | None = MODEL) -> ModelVintage:
    return ModelVintage(
        key=series.name, known_from=DAY, series=series, specification=specification.effective(), engine="x13", version="1.1",
        policy="concurrent", model=model, adjusted=series.values,
    )  # fmt: skip


def grown(series: TimeSeries, months: int) -> TimeSeries:
    """The series with months more, and one value of the past revised."""
    values = [*series.values, *series.values[-12 : len(series) - 12 + months]]
    values[-months - 3] *= 1.02
    return replace(series, values=tuple(values))


def test_concurrent_identifies_everything() -> None:
    series = sample()
    request = request_under(RevisionPolicy.CONCURRENT, grown(series, 2), AUTOMATIC, vintage(series))
    assert request.fixed is None
    assert request.specification == AUTOMATIC.effective()


def test_partial_keeps_the_model_and_looks_for_outliers_in_new_periods() -> None:
    series = sample()
    request = request_under(RevisionPolicy.PARTIAL, grown(series, 2), AUTOMATIC, vintage(series))
    assert request.fixed == replace(MODEL, coefficients={})
    assert request.specification.outliers == "on"
    assert request.specification.outlier_first == "2018-01"
    assert any("2018-01-20" in note.zh for note in request.notes)


def test_partial_looks_for_none_without_new_periods_or_where_none_were_asked() -> None:
    series = sample()
    same = request_under(RevisionPolicy.PARTIAL, series, AUTOMATIC, vintage(series))
    assert (same.specification.outliers, same.specification.outlier_first) == ("off", "")
    never = request_under(RevisionPolicy.PARTIAL, grown(series, 2), AIRLINE, vintage(series, AIRLINE))
    assert never.specification.outliers == "off"


def test_fixed_keeps_coefficients() -> None:
    series = sample()
    request = request_under(RevisionPolicy.FIXED, grown(series, 2), AUTOMATIC, vintage(series))
    assert request.fixed == MODEL
    assert request.specification.outliers == "off"


def test_without_a_model_it_is_identified_and_said() -> None:
    request = request_under(RevisionPolicy.FIXED, sample(), AUTOMATIC, None)
    assert request.fixed is None
    assert "识别" in request.notes[-1].zh


def test_x11_alone_has_no_model_to_keep() -> None:
    pure = AdjustmentSpecification(method="x11", model="none", transform="log")
    request = request_under(RevisionPolicy.FIXED, sample(), pure, vintage(sample(), pure, None))
    assert request.fixed is None
    assert request.specification == pure.effective()


def test_another_specification_than_the_models_is_refused() -> None:
    series = sample()
    with pytest.raises(BadRequest, match="method"):
        request_under(RevisionPolicy.FIXED, series, replace(AUTOMATIC, method="seats"), vintage(series))
    request_under(RevisionPolicy.FIXED, series, replace(AUTOMATIC, forecast_periods=3), vintage(series))


def test_a_vintage_comes_back_as_it_was() -> None:
    series = replace(sample(), values=(math.nan, *sample().values[1:]))
    first = vintage(series)
    record = json.loads(json.dumps(record_of(first), allow_nan=False))
    again = vintage_from(record)
    assert record["last_period"] == "2017-12"
    assert again.model == first.model
    assert again.specification == first.specification
    assert again.known_from == DAY
    assert math.isnan(again.series.values[0])
    assert again.series.values[1:] == series.values[1:]
    assert again.fingerprint == first.fingerprint
    assert replace(again, known_from=date(2019, 1, 1)).fingerprint == first.fingerprint
    assert replace(again, engine="jdemetra").fingerprint != first.fingerprint


@pytest.mark.parametrize("damage", [{"format": 9}, {"known_from": "yesterday"}, {"series": 3}, {"specification": {"method": "magic"}}])
def test_a_damaged_record_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="here"):
        vintage_from(record_of(vintage(sample())) | damage, "here")


@dataclass(frozen=True)
class Scaling:
    """An engine that multiplies: by the coefficient `k` of a fixed model, else by 10; more periods add their number."""

    name: str = "scaling"
    version: str = "1"

    def adjust(self, requests: Sequence[AdjustmentRequest], workdir: Path | None = None) -> list[AdjustmentResult]:
        return [self._one(request) for request in requests]

    def _one(self, request: AdjustmentRequest) -> AdjustmentResult:
        factor = request.fixed.coefficients["k"] if request.fixed else 10.0
        values = tuple(factor * value + len(request.series) for value in request.series.values)
        same = (1.0,) * len(values)
        tables = Components(True, values, same, values, same, same, same, same, same)
        return AdjustmentResult(request.key, request.series, request.specification, self.name, "1", Grade.GOOD, (), tables)


def test_the_parts_are_revised_data_new_data_and_new_model_in_this_order() -> None:
    old = replace(sample(years=3), values=tuple(float(each) for each in range(1, 37)))
    kept = replace(MODEL, coefficients={"k": 2.0}, outliers=())
    published = tuple(2.0 * value + 36 for value in old.values)
    before = replace(vintage(old, AIRLINE, kept), adjusted=published)
    now = replace(old, values=(*(value + 0.5 for value in old.values), 50.0, 51.0))
    latest = Scaling().adjust([request_under(RevisionPolicy.CONCURRENT, now, AIRLINE, before)])[0]
    found = explain(before, latest, Scaling())
    assert [request.fixed for request in explanation_requests(before, now)] == [kept] * 3
    assert len(found.changes) == 36
    for at, change in enumerate(found.changes):
        assert change.reproduction == 0
        assert change.revised_data == Decimal("1")
        assert change.new_data == Decimal("2")
        assert change.new_model == 8 * Decimal(str(now.values[at]))
        assert change.total == change.now - change.published == change.revised_data + change.new_data + change.new_model


@given(st.lists(st.lists(st.floats(-1e12, 1e12), min_size=3, max_size=3), min_size=5, max_size=5))
def test_the_parts_add_up_exactly(levels: list[list[float]]) -> None:
    series = TimeSeries("s", sample().frequency, 24000, (1.0, 2.0, 3.0))
    before = replace(vintage(series), adjusted=tuple(levels[0]))
    results = []
    for values in levels[1:]:
        tables = Components(False, tuple(values), *((0.0,) * 3 for _each in range(7)))
        results.append(AdjustmentResult("s", series, AUTOMATIC, "x13", "1", Grade.GOOD, (), tables))
    for change in explained(before, results[:3], results[3]).changes:
        assert change.total == change.reproduction + change.revised_data + change.new_data + change.new_model
        printed = [Decimal(f"{part:f}") for part in (change.reproduction, change.revised_data, change.new_data, change.new_model)]
        assert sum(printed) == Decimal(f"{change.total:f}")


def test_what_cannot_be_explained_says_why() -> None:
    class Broken(Scaling):
        def _one(self, request: AdjustmentRequest) -> AdjustmentResult:
            return failed(request, self.name, self.version, Reason("crash", Grade.ERROR, Words("崩溃了", "it crashed")))

    series = sample(years=3)
    latest = Scaling().adjust([request_under(RevisionPolicy.CONCURRENT, series, AIRLINE, None)])[0]
    found = explain(vintage(series, AIRLINE, MODEL), latest, Broken())
    assert found.changes == ()
    assert "崩溃了" in found.notes[0].zh
    assert found.mean_absolute()["total"] == 0.0


@pytest.mark.parametrize("method", ["x11", "seats"])
def test_policies_with_x13(method: str) -> None:
    """Fixed reproduces the published past from the same data; partial estimates the same coefficients from them."""
    specification = replace(AUTOMATIC, method=method)  # type: ignore[arg-type]
    series, engine = sample(years=7), X13Engine()
    first = engine.adjust([request_under(RevisionPolicy.CONCURRENT, series, specification, None)])[0]
    stored = vintage_of(first, specification, DAY, "concurrent")
    assert stored is not None
    assert stored.model is not None
    assert first.model is not None
    stored = vintage_from(json.loads(json.dumps(record_of(stored))))
    longer = grown(series, 3)
    asked = [
        request_under(RevisionPolicy.FIXED, series, specification, stored),
        request_under(RevisionPolicy.PARTIAL, series, specification, stored),
        request_under(RevisionPolicy.FIXED, longer, specification, stored),
        request_under(RevisionPolicy.PARTIAL, longer, specification, stored),
    ]
    again, estimated, fixed, partial = engine.adjust(asked)
    for result in (again, estimated):
        assert result.components is not None
        assert result.components.adjusted == pytest.approx(stored.adjusted, rel=1e-5)
    for result, tolerance in ((again, 1e-12), (fixed, 1e-12), (estimated, 1e-3)):
        assert result.model is not None
        assert {each.term: each.estimate for each in result.model.coefficients} == pytest.approx(stored.model.coefficients, abs=tolerance)
    assert partial.model is not None
    assert partial.model.orders == first.model.orders
    changes = explain(stored, partial, engine).changes
    assert len(changes) == len(series)
    assert all(abs(change.reproduction) < Decimal("0.001") for change in changes)
    assert any(change.revised_data for change in changes)
    assert any(change.new_data for change in changes)
    assert not any(change.new_model for change in explain(stored, fixed, engine).changes)


def test_a_fixed_request_needs_no_search() -> None:
    series = sample()
    request = fixed_request(vintage(series), grown(series, 1))
    assert (request.fixed, request.specification.outliers) == (MODEL, "off")
