"""A stress test as stated: which choices of an index vary, between what, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from guibiao.reference.index.specification import Aggregation, Imputation, Normalisation, Treatment

_STRICT: dict[str, object] = {"extra": "forbid"}

WeightMethod = Literal["none", "dirichlet", "noise"]
Factor = Literal["impute", "treat", "normalise", "weights", "aggregate", "leave_out"]
FACTORS: tuple[Factor, ...] = ("impute", "treat", "normalise", "weights", "aggregate", "leave_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightChange:
    """How weights vary: shares of a group from a Dirichlet distribution, or each weight by a uniform factor."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    method: WeightMethod = "dirichlet"
    concentration: float = 10.0
    """Dirichlet parameters are the stated shares times this and the number of siblings: 10 moves a share by some 30 %, 1 is any share."""
    noise: float = 0.25
    """Greatest relative change of a weight under `noise` (COINr's NoiseFactor)."""
    levels: tuple[int, ...] = ()
    """Levels whose weights vary; all where empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StressSpecification:
    """Alternatives of each choice, drawn with equal probability; None is the index's own choice, an empty tuple does not vary."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    impute: tuple[Imputation | None, ...] = ()
    treat: tuple[Treatment | None, ...] = ()
    normalise: tuple[Normalisation | None, ...] = ()
    aggregate: tuple[Aggregation | None, ...] = ()
    weights: WeightChange = field(default_factory=lambda: WeightChange(method="none"))
    leave_out: bool = False
    """Whether none, or one of the indicators, each with equal probability, is left out."""
    runs: int = 10_000
    """Random constructions for rank intervals; half as many again for each varying choice serve the sensitivity indices."""
    seed: int = 1
    sampling: Literal["random", "sobol"] = "random"
    """How alternatives are drawn: independently, or along a scrambled Sobol sequence."""
    bootstrap: int = 1000
    interval: tuple[float, float] = (0.05, 0.95)
