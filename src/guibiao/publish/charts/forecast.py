"""A forecast as a chart is given it: median and intervals of the periods after the last figure of one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.model.period import Period
from guibiao.publish.figures import Figure


@dataclass(frozen=True, slots=True)
class Ahead:
    """One period ahead; `bands` maps the coverage in % to lower and upper bound."""

    period: Period
    value: float
    bands: Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What continues the line whose last figure is of the period `since` on these bases; `unit` is a symbol."""

    since: Period
    price_basis: str
    accounting_basis: str
    unit: str
    ahead: tuple[Ahead, ...]

    def continues(self, figure: Figure) -> bool:
        """Whether it goes on after this figure."""
        return (figure.period, figure.price_basis, figure.accounting_basis) == (self.since, self.price_basis, self.accounting_basis)
