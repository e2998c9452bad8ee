"""The forecast of a short annual series from simulated futures: all models in equal parts, and the spread between them.

Method sheet: docs/methods/0632-short-annual-series.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from guibiao.model.messages import translate as _
from guibiao.reference.series.forecast import SimulationSpecification
from guibiao.series.forecasting.short_series import Values
from guibiao.series.forecasting.simulation import Chance, chance, simulate

COMBINED = "simulated"
"""Name of the combination in the column `model`."""


@dataclass(frozen=True, slots=True)
class ShortForecast:
    """Median, low and high by model, and of all in equal parts under `simulated`, each of shape (horizon,)."""

    by_model: dict[str, tuple[Values, Values, Values]]
    observations: int
    scale: str
    notes: tuple[str, ...]
    chance: Chance | None = None
    """Of reaching a goal at the last horizon, where one was given."""


def short_forecast(
    values: Values, horizon: int, level: float, specification: SimulationSpecification, goal: float | None = None
) -> ShortForecast:
    """Forecasts of an annual history without gaps. Raises BadRequest as `simulate` does."""
    found = simulate(values.tolist(), horizon, specification)
    edges = (0.5, 0.5 - level / 200, 0.5 + level / 200)
    by_model = {
        COMBINED if name == "combined" else name: (each[0], each[1], each[2]) for name, each in found.quantiles(edges).items()
    }  # fmt: skip
    notes = [_("{model} 未参加：{reason}").format(model=name, reason=reason) for name, reason in found.left_out.items()]
    if found.few:
        last = {name: float(each[0][-1]) for name, each in by_model.items() if name != COMBINED}
        notes.append(
            _("只有 {count} 个年度数，各模型末期中位数从 {low:.6g}（{lowest}）到 {high:.6g}（{highest}），应一并看").format(
                count=len(values), low=min(last.values()), lowest=min(last, key=lambda name: last[name]), high=max(last.values()),
                highest=max(last, key=lambda name: last[name]),
            )
        )  # fmt: skip
    reached = None if goal is None else chance({name: each[:, -1] >= goal for name, each in found.paths.items()})
    return ShortForecast(by_model, len(values), str(found.scale), tuple(notes), reached)


def spread_of(found: ShortForecast, unit: float = 1.0) -> dict[str, dict[str, list[float]]]:
    """JSON-ready quantiles by model, times a unit."""
    names = ("median", "low", "high")
    return {
        model: {name: (each * unit).tolist() for name, each in zip(names, three, strict=True)} for model, three in found.by_model.items()
    }  # fmt: skip
