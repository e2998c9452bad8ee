"""What a method gives, as rows of the declared tables: observations with their trace, and findings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from guibiao.measure.levels import Level, Measured
from guibiao.model.basis import Method, ObservationStatus
from guibiao.model.indicator import Indicator
from guibiao.model.quantity import Qualifier, format_number
from guibiao.model.tables import FINDINGS

DASH = "—"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Figures by indicator: observations, and for indicators asked for by statement every statement too."""

    observed: Mapping[str, Sequence[Level]]
    stated: Mapping[str, Sequence[Level]] = field(default_factory=dict)

    def of(self, indicator: str) -> Sequence[Level]:
        return self.observed.get(indicator, ())

    def statements(self, indicator: str) -> Sequence[Level]:
        return self.stated.get(indicator, ())


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures that a method gave, and findings about those it could not give; a finding's `indicator` names the result it is about."""

    figures: tuple[Measured, ...]
    findings: tuple[Mapping[str, str], ...] = ()


def finding(rule: str, severity: str, message: str, remedy: str, **place: str) -> dict[str, str]:
    """A row of `findings`; what is not said about its place is empty."""
    row = dict.fromkeys(FINDINGS.names, "")
    return {**row, "rule": rule, "severity": severity, "message": message, "remedy": remedy, **place}


def observation_row(indicator: Indicator, measured: Measured) -> dict[str, Any]:
    """A row of `observations`; an interval is printed as `low—high`, rounded half up."""
    value, low, high = measured.value, measured.low, measured.high
    ends = (low, high) if measured.interval and low is not None and high is not None else (value,)
    provenance = measured.provenance
    return {
        "indicator": indicator.id, "area": measured.area, "categories": measured.categories,
        "period_start": measured.period.start, "period_end": measured.period.end, "measure": measured.period.measure.value,
        "value": value, "low": low, "high": high,
        "qualifier": (Qualifier.RANGE if len(ends) == 2 else Qualifier.DERIVED).value,
        "printed": DASH.join(format_number(Decimal(repr(end)), indicator.decimals) for end in ends),
        "unit": measured.unit, "decimals": indicator.decimals, "price_basis": measured.price_basis,
        "comparison_basis": indicator.comparison_basis.value, "accounting_basis": measured.accounting_basis,
        "stage": provenance.stage, "method": (Method.ESTIMATED if measured.estimated else Method.DERIVED).value,
        "status": (ObservationStatus.ESTIMATED if measured.estimated else ObservationStatus.NORMAL).value,
        "known_from": provenance.known_from, "known_precision": provenance.known_precision, "grade": provenance.grade,
        "source": "", "locator": json.dumps(measured.trace, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        "statement": "", "alternatives": 0,
    }  # fmt: skip
