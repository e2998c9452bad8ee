"""Run compiled formulas over observations, write derived observations and findings on what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from guibiao.measure.derive import derived_observations
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.store.port import Stored, WorkingStore

NAMED = 5


def derive(store: WorkingStore, key: str, indicator: Indicator, query: str, missing_query: str, observations: Stored) -> tuple[int, int]:
    """Record under `key` the derived observations of one indicator and findings on keys without a value; returns both counts."""
    import pyarrow as pa

    tables = {"observations": observations}
    derived = derived_observations(indicator, store.run(query, tables))
    store.record(OBSERVATIONS, key, derived)
    valued = set(derived["area"].to_pylist())
    findings = missing_findings(indicator, store.run(missing_query, tables).to_pylist(), valued)
    store.record(FINDINGS, key, pa.Table.from_pylist(findings, schema=FINDINGS.arrow_schema()))
    return derived.num_rows, len(findings)


def missing_findings(indicator: Indicator, missing: Sequence[Mapping[str, Any]], valued: Set[str]) -> list[dict[str, str]]:
    """One finding a period and reason, naming up to five areas and counting the rest; bases that cannot be joined are named.

    Areas that are not among `valued`, those with a value at some period, are told in one finding without a period.
    """
    groups: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for row in missing:
        known = row["area"] in valued
        period = str(Period(row["period_start"], row["period_end"], Measure(row["measure"]))) if known else ""
        bases = (row["left_basis"] or "", row["right_basis"] or "") if row["reason"] == "basis" else ("", "")
        groups[period, "basis" if any(bases) else "", *bases].add(row["area"])
    return [_missing(indicator, period, left, right, sorted(areas)) for (period, _reason, left, right), areas in sorted(groups.items())]


def _missing(indicator: Indicator, period: str, left: str, right: str, areas: Sequence[str]) -> dict[str, str]:
    if left or right:
        message = _("{name} 不作计算：口径不同，{left} 与 {right} 不能相混").format(
            name=indicator.name_zh, left=left or "—", right=right or "—"
        )
    elif period:
        message = _("{name} 缺数，未计算").format(name=indicator.name_zh)
    else:
        message = _("{name} 在任何时期都算不出").format(name=indicator.name_zh)
    rest = _(" 等 {count} 个地区").format(count=len(areas)) if len(areas) > NAMED else ""
    return {
        "rule": "basis_mixing_refused" if left or right else "no_value", "severity": "info",
        "message": f"{message}（{'、'.join(areas[:NAMED])}{rest}）",
        "remedy": _("用同一口径的数据计算，或补录缺少的数据；公式：{formula}").format(formula=indicator.formula),
        "indicator": indicator.id, "area": areas[0] if len(areas) == 1 else "", "categories": "", "period": period, "claimed": "",
        "recomputed": "", "source": "", "dataset": "", "locator": indicator.formula, "correction": "",
    }  # fmt: skip
