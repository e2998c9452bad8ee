"""A finding: something wrong or odd in data. A row, not an exception."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding asks for: `error` a correction, `warning` an explanation, `info` nothing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: which rule, on what, what was claimed and recomputed, and what to do. Texts are in the user's language."""

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    indicator: str = ""
    area: str = ""
    categories: str = ""
    period: str = ""
    claimed: str = ""
    recomputed: str = ""
    source: str = ""
    dataset: str = ""
    locator: str = ""
    correction: str = ""
