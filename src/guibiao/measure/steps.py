"""Run compiled formulas over observations, write derived observations and findings on what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    findings = missing_findings(indicator, store.run(missing_query, tables).to_pylist())
    store.record(FINDINGS, key, pa.Table.from_pylist(findings, schema=FINDINGS.arrow_schema()))
    return derived.num_rows, len(findings)


def missing_findings(indicator: Indicator, missing: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """One finding a period and reason, naming up to five areas and counting the rest; bases that cannot be joined are named."""
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in missing:
        period = Period(row["period_start"], row["period_end"], Measure(row["measure"]))
        groups[period, row["reason"], row["left_basis"] or "", row["right_basis"] or ""].append(row["area"])
    findings = []
    for (period, reason, left, right), areas in sorted(groups.items(), key=lambda item: (item[0][0], *item[0][1:])):
        mixed = reason == "basis"
        if mixed:
            message = _("{name} 不作计算：口径不同，{left} 与 {right} 不能相除或相加").format(
                name=indicator.name_zh, left=left, right=right
            )
        else:
            message = _("{name} 缺数，未计算").format(name=indicator.name_zh)
        shown = sorted(set(areas))
        detail = "、".join(shown[:NAMED]) + (_(" 等 {count} 个地区").format(count=len(shown)) if len(shown) > NAMED else "")
        findings.append({
            "rule": "basis_mixing_refused" if mixed else "no_value", "severity": "info", "message": f"{message}（{detail}）",
            "remedy": _("用同一口径的数据计算，或补录缺少的数据；公式：{formula}").format(formula=indicator.formula),
            "indicator": indicator.id, "area": shown[0] if len(shown) == 1 else "", "categories": "", "period": str(period), "claimed": "",
            "recomputed": "", "source": "", "dataset": "", "locator": indicator.formula, "correction": "",
        })  # fmt: skip
    return findings
