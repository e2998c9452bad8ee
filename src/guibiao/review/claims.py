"""A claim of a document that its other numbers let one recompute, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from guibiao.model.messages import translate as _
from guibiao.model.quantity import Quantity, format_number
from guibiao.model.verdict import Verdict, judge

ClaimKind = Literal[
    "total", "share", "growth", "sum", "list", "hundred", "repeated", "overlap", "rank", "date", "unit", "magnitude", "per_capita", "source"
]
Severity = Literal["error", "warning", "info"]
_LARGEST = 18
"""Power of ten from which a number is no figure of a document but a run of digits."""

_SEVERITY: dict[Verdict, Severity] = {
    Verdict.OK: "info",
    Verdict.ROUNDED: "info",
    Verdict.TRUNCATED: "warning",
    Verdict.INCONSISTENT: "error",
    Verdict.NOT_DERIVABLE: "info",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim; `start` and `end` are offsets of the claimed figure in the original.

    `low` and `high` bound the recomputed value, in the unit of the claim, as the printed precision of its operands allows; None where a
    side is open or where what is claimed is no number.
    """

    doc: str
    where: str
    start: int
    end: int
    kind: ClaimKind
    claim: str
    """The words that make the claim."""
    claimed: str
    recomputed: str
    low: Decimal | None
    high: Decimal | None
    verdict: str
    severity: Severity
    explanation_zh: str
    explanation_en: str
    compared: str = ""
    """Key of the published figure that it was compared with, where that has one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a claim stands: document, heading or table, offsets in the original, and its words."""

    doc: str
    where: str
    start: int
    end: int
    claim: str


@dataclass(frozen=True, slots=True)
class Basis:
    """From which numbers a claim was recomputed, as the subject of a sentence: 由{zh}得 12个; {en} gives 12个."""

    zh: str
    en: str


KIND_NAMES: dict[ClaimKind, tuple[str, str]] = {
    "total": ("合计", "total"), "share": ("比重", "share"), "growth": ("变动", "change"), "sum": ("总数", "total"),
    "list": ("个数", "count"), "hundred": ("百分比之和", "sum of percentages"), "repeated": ("同一数据", "same figure"),
    "overlap": ("两项数据", "pair of figures"), "rank": ("位次", "rank"), "date": ("日期", "date"), "unit": ("单位", "unit"),
    "magnitude": ("数量级", "magnitude"), "per_capita": ("人均数", "figure per person"), "source": ("数据", "figure"),
}  # fmt: skip


def judged(kind: ClaimKind, spot: Spot, claimed: Quantity, recomputed: Quantity, basis: Basis) -> Claim:
    """The claim with its verdict."""
    return concluded(kind, spot, claimed, recomputed, judge(claimed, recomputed), basis)


def concluded(
    kind: ClaimKind, spot: Spot, claimed: Quantity, recomputed: Quantity, verdict: Verdict, basis: Basis, severity: Severity | None = None
) -> Claim:
    """The claim under a verdict found elsewhere; nothing can be said where the recomputed value has no bound at all."""
    value = recomputed.to(claimed.unit)
    if value.low is None and value.high is None:
        verdict = Verdict.NOT_DERIVABLE
    shown = _shown(claimed, value, verdict)
    printed = f"{claimed.value:f}{claimed.unit.symbol}"
    words_zh, words_en = _verdict_words(verdict)
    name_zh, name_en = KIND_NAMES[kind]
    return Claim(
        doc=spot.doc, where=spot.where, start=spot.start, end=spot.end, kind=kind, claim=spot.claim, claimed=printed, recomputed=shown,
        low=value.low, high=value.high, verdict=verdict.value, severity=severity or _SEVERITY[verdict],
        explanation_zh=f"{name_zh}写为 {printed}，由{basis.zh}得 {shown}：{words_zh}。",
        explanation_en=f"The {name_en} is given as {printed}; {basis.en} gives {shown}: {words_en}.",
    )  # fmt: skip


def worded(
    kind: ClaimKind, spot: Spot, claimed: str, recomputed: str, verdict: Verdict, told: Basis, severity: Severity | None = None
) -> Claim:
    """A claim that is no number, with its two sentences as they are."""
    return Claim(
        doc=spot.doc, where=spot.where, start=spot.start, end=spot.end, kind=kind, claim=spot.claim, claimed=claimed, recomputed=recomputed,
        low=None, high=None, verdict=verdict.value, severity=severity or _SEVERITY[verdict], explanation_zh=told.zh, explanation_en=told.en,
    )  # fmt: skip


def _shown(claimed: Quantity, value: Quantity, verdict: Verdict) -> str:
    """The recomputed value to the digits of the claim, and to more of them where only those tell the two apart."""
    if value.value.adjusted() > _LARGEST or claimed.value.adjusted() > _LARGEST:
        return f"{value.value:.6g}{claimed.unit.symbol}"
    extra = 1 if verdict in {Verdict.INCONSISTENT, Verdict.TRUNCATED} and not claimed.unit.discrete else 0
    decimals = min((claimed.decimals or 0) + extra, 6)
    rounded = value.value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    while verdict is Verdict.INCONSISTENT and rounded == claimed.value != value.value and decimals < 8:
        decimals += 1
        rounded = value.value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{format_number(rounded)}{claimed.unit.symbol}"


def _verdict_words(verdict: Verdict) -> tuple[str, str]:
    return {
        Verdict.OK: ("相符", "it agrees"),
        Verdict.ROUNDED: ("差额在各数取整的范围内", "the difference is within rounding"),
        Verdict.TRUNCATED: ("是截尾，不是四舍五入", "it was cut off, not rounded"),
        Verdict.INCONSISTENT: ("不符", "the two do not agree"),
        Verdict.NOT_DERIVABLE: ("精度不足以判断", "the precision does not let one tell"),
    }[verdict]


def verdict_name(verdict: str) -> str:
    """A verdict in the user's language."""
    return {
        "ok": _("相符"), "rounded": _("取整所致"), "truncated": _("截尾"), "inconsistent": _("不符"), "not derivable": _("无从推算"),
    }[verdict]  # fmt: skip
