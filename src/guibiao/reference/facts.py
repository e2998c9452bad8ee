"""What a binding or mapping says of cells: the attributes of the statements they become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from guibiao.model.basis import ComparisonBasis, Method, ObservationStatus, Stage
from guibiao.model.period import Measure

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Attributes of a statement; what is set nearer the cell wins: column over row over table."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT

    indicator: str = ""
    area: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    period: str = ""
    measure: Measure | None = None
    """Where the indicator's own does not hold here: 累计 makes 3Q 2025 January to September."""
    unit: str = ""
    price_basis: str = ""
    comparison_basis: ComparisonBasis | None = None
    accounting_basis: str = ""
    stage: Stage | None = None
    method: Method | None = None
    status: ObservationStatus | None = None
    source: str = ""
    known_from: str = ""
    note: str = ""
