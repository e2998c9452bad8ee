"""Accuracy of forecasts over many series: sMAPE and MASE, and the part of intervals that held. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def symmetric_percentage_error(actual: Values, forecast: Values) -> float:
    """sMAPE of the M competitions: mean of 200 |a - f| / (|a| + |f|), in %; a pair of two noughts counts nought."""
    size = np.abs(actual) + np.abs(forecast)
    return float(np.mean(np.divide(200 * np.abs(actual - forecast), size, out=np.zeros(len(size)), where=size > 0)))


def scaled_error(actual: Values, forecast: Values, history: Values, season: int) -> float:
    """MASE (Hyndman and Koehler 2006): mean absolute error over that of seasonal naive within the history; nan where that is nil."""
    base = float(np.mean(np.abs(history[season:] - history[:-season]))) if len(history) > season else 0.0
    return float(np.mean(np.abs(actual - forecast))) / base if base > 0 else float("nan")


def held(actual: Values, low: Values, high: Values) -> NDArray[np.bool_]:
    """Whether each actual value lies within its interval, its ends included."""
    return np.asarray((low <= actual) & (actual <= high))
