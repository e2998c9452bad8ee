"""Five lights (过热, 偏热, 正常, 偏冷, 过冷) of values against four rising limits, and where the limits come from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np


class Light(IntEnum):
    """The score of a light; NONE where a value has none."""

    NONE = 0
    COLD = 1
    COOL = 2
    NORMAL = 3
    WARM = 4
    HOT = 5


Limits = tuple[float, float, float, float]


def light_of(value: float, limits: Limits, *, low_is_hot: bool = False) -> Light:
    """Below the first limit cold, from it to the second cool, both middle limits included normal, above the fourth hot.

    Symmetric: turning values and limits about zero turns cold into hot. `low_is_hot` swaps the ends.
    """
    if math.isnan(value):
        return Light.NONE
    cold, cool, warm, hot = limits
    if value < cool:
        light = Light.COLD if value < cold else Light.COOL
    else:
        light = Light.HOT if value > hot else Light.WARM if value > warm else Light.NORMAL
    return Light(6 - light) if low_is_hot else light


def quantile_limits(values: Sequence[float], quantiles: Sequence[float]) -> Limits | None:
    """Quantiles by linear interpolation between order statistics (Hyndman and Fan's type 7); None where the values do not differ."""
    known = np.array([value for value in values if not math.isnan(value)], dtype=np.float64)
    if not known.size or known.max() == known.min():
        return None
    cold, cool, warm, hot = (float(each) for each in np.quantile(known, list(quantiles)))
    return (cold, cool, warm, hot)


def path_value(points: Mapping[int, float], ordinal: int, *, geometric: bool) -> float:
    """The path's value at a period: straight lines or equal growth between the points; nan outside of them."""
    places = sorted(points)
    if not places or not places[0] <= ordinal <= places[-1]:
        return math.nan
    after = next(place for place in places if place >= ordinal)
    if after == ordinal:
        return points[after]
    before = max(place for place in places if place < ordinal)
    share = (ordinal - before) / (after - before)
    if geometric:
        return float(points[before] * (points[after] / points[before]) ** share)
    return points[before] + (points[after] - points[before]) * share


def composite_score(lights: Sequence[tuple[Light, float]], total: float, least_share: float) -> float:
    """100 sum w score / (3 sum w) over the lights there are: 100 where all are normal, 33.3 to 166.7; nan below the least share.

    `lights` are pairs of light and weight, `total` the weights of the whole board.
    """
    seen = [(int(light), weight) for light, weight in lights if light is not Light.NONE]
    weights = math.fsum(weight for _light, weight in seen)
    if not seen or weights < least_share * total * (1 - 1e-12):
        return math.nan
    return 100 * math.fsum(score * weight for score, weight in seen) / (3 * weights)
