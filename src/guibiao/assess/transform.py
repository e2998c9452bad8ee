"""What of a series a light looks at: the value itself, its growth on a year before, its change on the value before."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from guibiao.model.series import TimeSeries

Transform = Literal["none", "year_on_year", "difference"]


def transformed(series: TimeSeries, transform: Transform) -> TimeSeries:
    """A series of the same periods; a value that covers several periods is compared with one that covers as many, else missing.

    Growth is in per cent and needs a positive base.
    """
    if transform == "none":
        return series
    span = dict(series.spans)
    values = []
    for at, value in enumerate(series.values):
        before = at - series.frequency.per_year if transform == "year_on_year" else at - span.get(at, 1)
        alike = before >= 0 and span.get(at, 1) == span.get(before, 1)
        base = series.values[before] if alike else math.nan
        if transform == "difference":
            values.append(value - base)
        else:
            values.append(100 * (value / base - 1) if base > 0 else math.nan)
    return replace(series, values=tuple(values))
