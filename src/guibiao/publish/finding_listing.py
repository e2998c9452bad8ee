"""Findings as table rows: those about the city itself one by one, all of them counted by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from guibiao.publish.document import TableCell
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence
from guibiao.reference.report_definitions import TableDefinition

Finding = Mapping[str, Any]
Row = tuple[TableCell, ...]
Listing = tuple[Sequence[str], list[Row], list[str]]
SEVERITIES = {"error": ("错误", "error"), "warning": ("需说明", "warning"), "info": ("提示", "note")}
ALIKE = 3
"""Findings of one rule listed one by one; more are counted."""
RULES = {
    "share_recomputed": ("占比重算", "share recomputed"),
    "growth_recomputed": ("增速重算", "growth recomputed"),
    "difference_recomputed": ("变动重算", "change recomputed"),
    "per_capita_recomputed": ("人均重算", "per capita recomputed"),
    "ratio_recomputed": ("比率重算", "ratio recomputed"),
    "total_is_sum": ("分项合计", "total of parts"),
    "indicators_add_up": ("指标相加", "indicators add up"),
    "implied_base": ("隐含基数", "implied base"),
    "magnitude": ("数量级", "magnitude"),
    "cumulative_falls": ("累计下降", "cumulative falls"),
    "count_against_list": ("数目与名单", "count against list"),
    "sources_disagree": ("来源不一", "sources disagree"),
    "outlier_in_time": ("时序离群", "outlier in time"),
    "outlier_among_peers": ("同级离群", "outlier among peers"),
    "dated_after_document": ("期末晚于文献", "dated after its document"),
    "national_share_denominator": ("占全国比重的分母", "denominator of a national share"),
    "basis_mixing_refused": ("口径不同未算", "bases not mixed"),
    "no_value": ("缺数未算", "not computed"),
    "kept_as_text": ("只存文字", "kept as text"),
    "cell_not_stated": ("未成为陈述", "cell not stated"),
    "correction_applied": ("按更正改读", "correction applied"),
}
"""Names of the rules that come with the software; a rule of the workspace is called by its id."""


def own_findings(evidence: Evidence, definition: TableDefinition, _quoted: Callable[[Figure], str]) -> Listing:
    """Findings about the city and its parts, the grave ones first; of one rule the first few, then their number."""
    say = evidence.wording.choose
    areas = evidence.workspace.classifications.get("areas")
    own = evidence.workspace.settings.area
    parts = {own, *(category.code for category in areas.categories if own in areas.ancestors(category.code))} if areas else {own}
    wanted = [row for row in graver(evidence.findings, definition.severity) if row["area"] in parts]
    rows: list[Row] = []
    for severity, rule in sorted(
        {(row["severity"], row["rule"]) for row in wanted}, key=lambda pair: (list(SEVERITIES).index(pair[0]), pair[1])
    ):
        alike = list({row["message"]: row for row in wanted if (row["severity"], row["rule"]) == (severity, rule)}.values())
        for row in sorted(alike, key=lambda row: str(row["message"]))[:ALIKE]:
            state = TableCell(say(*SEVERITIES[severity]), align="center")
            rows.append((state, TableCell(rule_name(evidence, rule), align="left"), _words(row["message"]), _words(row["remedy"])))
        if len(alike) > ALIKE:
            more = say(f"另有{len(alike) - ALIKE}项同类。", f"{len(alike) - ALIKE} more of the kind.")
            rows.append((TableCell(""), TableCell(""), TableCell(more, align="left", columns=2)))
    note = by_severity(evidence, wanted)
    return say("程度,规则,发现,处理", "Severity,Rule,Finding,What to do").split(","), rows, [note] if note else []


def findings_by_rule(evidence: Evidence, definition: TableDefinition, _quoted: Callable[[Figure], str]) -> Listing:
    """How many findings each rule gave, with the first of them, that about the city where there is one."""
    say = evidence.wording.choose
    own = evidence.workspace.settings.area
    wanted = graver(evidence.findings, definition.severity)
    counts = Counter((row["severity"], row["rule"]) for row in wanted)
    rows: list[Row] = []
    for (severity, rule), count in sorted(counts.items(), key=lambda item: (list(SEVERITIES).index(item[0][0]), -item[1], item[0][1])):
        alike = [row for row in wanted if (row["severity"], row["rule"]) == (severity, rule)]
        example = min(alike, key=lambda row: (row["area"] != own, row["message"]))
        mine = sum(row["area"] == own for row in alike)
        rows.append(
            (
                TableCell(say(*SEVERITIES[severity]), align="center"),
                TableCell(rule_name(evidence, rule), align="left"),
                TableCell(str(count)),
                TableCell(str(mine)),
                _words(example["message"]),
            )
        )
    note = by_severity(evidence, wanted)
    return say("程度,规则,项数,其中本市,例", "Severity,Rule,Number,of the city,Example").split(","), rows, [note] if note else []


def graver(findings: Sequence[Finding], severity: str) -> list[Finding]:
    """Findings of a severity and graver ones; every one where it is empty."""
    order = list(SEVERITIES)
    wanted = order[: order.index(severity) + 1] if severity else order
    return [row for row in findings if row["severity"] in wanted]


def rule_name(evidence: Evidence, rule: str) -> str:
    """Name of a rule in the document's language."""
    return evidence.wording.choose(*RULES[rule]) if rule in RULES else rule


def by_severity(evidence: Evidence, rows: Iterable[Finding]) -> str:
    """合计：错误1项、需说明20项。"""
    say = evidence.wording.choose
    counts = Counter(row["severity"] for row in rows)
    parts = [say(f"{SEVERITIES[name][0]}{counts[name]}项", f"{SEVERITIES[name][1]}: {counts[name]}") for name in SEVERITIES if counts[name]]
    return say("合计：", "Total: ") + evidence.wording.join(parts) + say("。", ".") if parts else ""


def _words(text: object) -> TableCell:
    return TableCell(str(text), align="left")
