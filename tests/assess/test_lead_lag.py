"""Leading, coincident, lagging: a shifted copy is found out by every criterion."""

from __future__ import annotations

import math

import numpy as np
import pytest

from guibiao.assess.lead_lag import LeadLagSpec, classify
from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries

LONG = 100 + 10 * np.sin(2 * np.pi * np.arange(260) / 40) + np.random.default_rng(3).normal(0, 0.3, 260)


def series(values: object, name: str = "x") -> TimeSeries:
    return TimeSeries(name, Frequency.MONTH, 24000, tuple(np.asarray(values, dtype=np.float64).tolist()))


@pytest.mark.parametrize(("lead", "timing"), [(6, "leading"), (0, "coincident"), (1, "coincident"), (-5, "lagging"), (3, "leading")])
def test_a_shifted_copy(lead: int, timing: str) -> None:
    found = classify(series(LONG[20 + lead : 220 + lead], "own"), series(LONG[20:220], "base"))
    assert found.timing == timing
    assert found.correlation_lead == found.information_lead == lead
    assert found.correlation == pytest.approx(1)
    assert found.information == pytest.approx(0, abs=1e-9)
    assert found.median_lead == lead
    assert {criterion for criterion, _vote in found.votes} == {"turning_points", "correlation", "information"}
    assert found.matched + found.missed >= 8


def test_votes_that_differ_leave_it_undecided() -> None:
    found = classify(series(-(LONG[20:220] - 100), "own"), series(LONG[20:220] - 100, "base"))
    assert dict(found.votes)["correlation"] == "coincident"
    assert found.correlation == pytest.approx(-1)
    assert "信息量不计票" in found.notes[-1]
    assert math.isnan(found.information)


def test_a_constant_indicator_has_no_correlation() -> None:
    found = classify(series([7.0] * 200), series(LONG[:200]))
    assert math.isnan(found.correlation)
    assert found.matched == 0
    assert found.missed > 0
    assert any("匹配的转折点只有 0 个" in note for note in found.notes)


def test_too_little_in_common() -> None:
    with pytest.raises(BadRequest, match="至少要 36 期"):
        classify(series(LONG[:30]), series(LONG[:30]))


@pytest.mark.parametrize("spec", [LeadLagSpec(reach=2, threshold=3), LeadLagSpec(reach=-4), LeadLagSpec(threshold=-1)])
def test_lengths_that_cannot_be(spec: LeadLagSpec) -> None:
    with pytest.raises(BadRequest):
        classify(series(LONG), series(LONG), spec)
