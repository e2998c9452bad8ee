"""Reconciliation: what holds for every hierarchy, the formulas written out, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from guibiao.model.errors import BadRequest
from guibiao.reference.series.reconciliation import Reconciling
from guibiao.series.reconciliation.reconcile import reconcile
from guibiao.series.reconciliation.shrinkage import second_moments, shrink_to_diagonal
from guibiao.series.reconciliation.summing import SummingMatrix, summing_matrix

METHODS = ("ols", "wls-struct", "wls-var", "mint-shrink", "mint-sample", "bottom-up")


def city() -> SummingMatrix:
    """A total, two groups, five parts; in the middle one of them, so that order means nothing."""
    rows = {
        "total": [1, 1, 1, 1, 1], "c": [0, 0, 1, 0, 0], "first": [1, 1, 0, 0, 0], "a": [1, 0, 0, 0, 0], "b": [0, 1, 0, 0, 0],
        "second": [0, 0, 1, 1, 1], "d": [0, 0, 0, 1, 0], "e": [0, 0, 0, 0, 1],
    }  # fmt: skip
    return summing_matrix(list(rows), ["V1", "V2", "V3", "V4", "V5"], np.array(list(rows.values()), dtype=np.float64))


def drawn(seed: int, horizons: int = 3, periods: int = 40) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(8, 8)) * random.uniform(0.1, 20.0, 8)
    return random.normal(100.0, 40.0, (horizons, 8)), random.normal(size=(periods, 8)) @ mixing


def spec(**given: object) -> Reconciling:
    return Reconciling(**given)


def test_bottom_series_are_found_by_name_or_as_unit_rows() -> None:
    assert city().bottom == (3, 4, 1, 6, 7)
    named = summing_matrix(["all", "same as x", "x", "y"], ["x", "y"], np.array([[1.0, 1], [1, 0], [1, 0], [0, 1]]))
    assert named.bottom == (2, 3)
    unnamed = summing_matrix(["all", "x", "only x", "y"], ["V1", "V2"], np.array([[1.0, 1], [1, 0], [1, 0], [0, 1]]))
    assert unnamed.bottom == (2, 3)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(METHODS), scale=st.sampled_from([1e-9, 1.0, 1e12]))
def test_results_add_up_and_coherent_forecasts_stay(seed: int, method: str, scale: float) -> None:
    summing = city()
    base, residuals = drawn(seed)
    found = reconcile(summing, scale * base, scale * residuals, spec(method=method))
    parts = found.values[:, list(summing.bottom)]
    assert found.values == pytest.approx(parts @ summing.matrix.T, rel=1e-9)
    again = reconcile(summing, found.values, scale * residuals, spec(method=method))
    assert again.values == pytest.approx(found.values, rel=1e-8, abs=1e-10 * scale)
    assert again.incoherence < 1e-12


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(METHODS))
def test_unbiased_forecasts_stay_unbiased(seed: int, method: str) -> None:
    """S P S = S: the map leaves every column of S as it is."""
    summing = city()
    _base, residuals = drawn(seed)
    assert reconcile(summing, summing.matrix.T.copy(), residuals, spec(method=method)).values == pytest.approx(summing.matrix.T, abs=1e-9)


@pytest.mark.parametrize("method", METHODS[:5])
def test_the_generalised_least_squares_form_gives_the_same(method: str) -> None:
    """y~ = S (S'W^-1 S)^-1 S'W^-1 y^ of Hyndman et al. (2011)."""
    summing = city()
    base, residuals = drawn(7)
    covariance = {
        "ols": np.eye(8),
        "wls-struct": np.diag(summing.matrix.sum(axis=1)),
        "wls-var": np.diag(np.mean(residuals**2, axis=0)),
        "mint-shrink": shrink_to_diagonal(residuals).covariance,
        "mint-sample": second_moments(residuals),
    }[method]
    weighted = summing.matrix.T @ np.linalg.inv(covariance)
    expected = summing.matrix @ np.linalg.solve(weighted @ summing.matrix, weighted @ base.T)
    assert reconcile(summing, base, residuals, spec(method=method)).values == pytest.approx(expected.T, rel=1e-9)


def test_ols_of_two_parts_and_their_total_by_hand() -> None:
    """The gap 30 - 24 = 6 is shared in thirds."""
    summing = summing_matrix(["t", "a", "b"], ["a", "b"], np.array([[1.0, 1], [1, 0], [0, 1]]))
    found = reconcile(summing, np.array([[30.0, 10.0, 14.0]]), None, spec(method="ols"))
    assert found.values[0] == pytest.approx([28.0, 12.0, 16.0])
    assert found.incoherence == pytest.approx(6 / 54)
    structural = reconcile(summing, np.array([[30.0, 10.0, 14.0]]), None, spec(method="wls-struct"))
    assert structural.values[0] == pytest.approx([27.0, 11.5, 15.5])


def test_shrinkage_intensity_is_the_ratio_of_schaefer_and_strimmer() -> None:
    """Element by element: estimated variances of the correlations over their squares."""
    residuals = drawn(3, periods=12)[1][:, :3]
    moments = second_moments(residuals)
    standard = residuals / np.sqrt(np.diag(moments))
    above = below = 0.0
    for i in range(3):
        for j in range(3):
            if i != j:
                products = standard[:, i] * standard[:, j]
                above += float(np.sum((products - products.mean()) ** 2)) / (12 * 11)
                below += float(products.mean() ** 2)
    found = shrink_to_diagonal(residuals)
    assert found.intensity == pytest.approx(above / below)
    assert np.diag(found.covariance) == pytest.approx(np.diag(moments))
    assert found.covariance[0, 1] == pytest.approx((1 - above / below) * moments[0, 1])


def test_shrinkage_stays_between_sample_and_diagonal() -> None:
    random = np.random.default_rng(1)
    assert shrink_to_diagonal(random.normal(size=(3, 6))).intensity <= 1.0
    assert shrink_to_diagonal(np.array([[1.0], [2.0]])).intensity == 1.0
    one = random.normal(size=(500, 1))
    assert shrink_to_diagonal(np.hstack([one, one + 1e-3 * random.normal(size=(500, 1))])).intensity < 0.02


def test_a_series_with_missing_residuals_keeps_its_own_and_whole_rows_count() -> None:
    base, residuals = drawn(5)
    residuals[4, 2] = np.nan
    variances = reconcile(city(), base, residuals, spec(method="wls-var"))
    shrunk = reconcile(city(), base, residuals, spec(method="mint-shrink"))
    whole = reconcile(city(), base, np.delete(residuals, 4, axis=0), spec(method="mint-shrink"))
    assert any("残差缺 1 个" in note for note in variances.notes)
    assert any("1 行不完整" in note for note in shrunk.notes)
    assert shrunk.values == pytest.approx(whole.values)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), method=st.sampled_from(["ols", "wls-var", "mint-shrink"]))
def test_non_negative_parts_are_no_worse_than_any_other(seed: int, method: str) -> None:
    summing = city()
    base, residuals = drawn(seed)
    base = base - 90.0
    found = reconcile(summing, base, residuals, spec(method=method, non_negative=True))
    assert np.all(found.values >= 0)
    weights = {"ols": np.eye(8), "wls-var": np.diag(np.mean(residuals**2, axis=0)), "mint-shrink": shrink_to_diagonal(residuals).covariance}
    inverse = np.linalg.inv(weights[method])
    start = np.maximum(base, 0.0)

    def distance(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.einsum("hi,ij,hj->h", start - values, inverse, start - values))

    other = found.values[:, list(summing.bottom)] * np.random.default_rng(seed).uniform(0.98, 1.02, (3, 5))
    assert np.all(distance(found.values) <= distance(other @ summing.matrix.T) * (1 + 1e-9))


def test_a_singular_covariance_is_refused_unless_asked_for() -> None:
    base, residuals = drawn(2, periods=2)
    with pytest.raises(BadRequest, match="奇异"):
        reconcile(city(), base, residuals, spec(method="mint-sample"))
    found = reconcile(city(), base, residuals, spec(method="mint-sample", pseudo_inverse=True))
    assert any("广义逆" in note for note in found.notes)
    assert reconcile(city(), base, residuals, spec(method="mint-shrink")).intensity is not None


def test_residuals_that_always_added_up_ask_for_no_adjustment() -> None:
    summing = city()
    parts = np.random.default_rng(4).normal(size=(30, 5))
    base = np.random.default_rng(5).normal(50, 5, (2, 5)) @ summing.matrix.T
    found = reconcile(summing, base, parts @ summing.matrix.T, spec(method="mint-sample"))
    assert found.values == pytest.approx(base, rel=1e-9)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"price_basis": "chained"}, "不可加"),
        ({"price_basis": "constant"}, "不可加"),
        ({"method": "ols", "pseudo_inverse": True}, "只用于 mint-sample"),
        ({"method": "bottom-up", "non_negative": True}, "非负"),
        ({"method": "wls-var"}, "要用残差"),
        ({"method": "mint-shrink"}, "要用残差"),
    ],
)
def test_specifications_that_make_no_sense_are_refused(stated: dict[str, object], words: str) -> None:
    with pytest.raises(BadRequest, match=words) as raised:
        reconcile(city(), drawn(1)[0], None, spec(**stated))
    assert raised.value.remedy


def test_figures_that_cannot_be_used_are_refused_by_name() -> None:
    base, residuals = drawn(1)
    with pytest.raises(BadRequest, match="second 有缺失"):
        reconcile(city(), np.where(np.arange(8) == 5, np.nan, base), residuals, spec())
    with pytest.raises(BadRequest, match="没有要协调"):
        reconcile(city(), base[:0], residuals, spec())
    zero = residuals.copy()
    zero[:, 3] = 0.0
    with pytest.raises(BadRequest, match="a 的残差全为零"):
        reconcile(city(), base, zero, spec())
    with pytest.raises(BadRequest, match="完整的残差只有 1 行"):
        reconcile(city(), base, residuals[:1], spec())


@pytest.mark.parametrize(
    ("names", "columns", "rows", "words"),
    [
        (["t", "a", "a"], ["a", "b"], [[1, 1], [1, 0], [0, 1]], "a 出现不止一次"),
        (["t", "a", "b"], ["a", "b"], [[1, 1], [1, 0], [0, 0]], "b 不含任何底层序列"),
        (["t", "a"], ["a", "b"], [[1, 1], [1, 0]], "列 b 没有对应"),
        (["t", "a", "b"], ["a", "b"], [[1, 1], [1, 0], [0, np.nan]], "不是有限的数"),
        ([], [], [], "空的"),
    ],
)
def test_summing_matrices_that_are_none_are_refused(names: list[str], columns: list[str], rows: list[list[float]], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        summing_matrix(names, columns, np.array(rows, dtype=np.float64).reshape(len(names), len(columns)))
