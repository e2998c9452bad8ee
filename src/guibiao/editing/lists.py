"""Counts against the list they count, and the denominators of national shares.

Method sheets: docs/methods/0211-counts-against-lists.md, 0212-denominators-of-national-shares.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from guibiao.editing.figures import Figure, Subject
from guibiao.editing.specification import Specifications
from guibiao.editing.telling import area_name, name_of, tell
from guibiao.editing.telling import subject_words as words
from guibiao.language.parse import parse
from guibiao.language.syntax import Call, Name, Text, walk
from guibiao.model.basis import Method
from guibiao.model.finding import Finding, Severity
from guibiao.model.indicator import Relation
from guibiao.model.messages import translate as _
from guibiao.reference.classification import Classification

NAMED = 8


def counted(cells: Iterable[Mapping[str, Any]], relation: Relation) -> int:
    """Rows of a table (its cells) whose columns have the texts of the relation's `where`; every row where it has none."""
    rows: dict[int, dict[str, str]] = {}
    for cell in cells:
        if cell["column_label"] and cell["reason"] not in {"note", "heading"}:
            rows.setdefault(cell["row"], {})[cell["column_label"]] = cell["printed"].strip()
    return sum(all(row.get(column, "") == text for column, text in relation.where.items()) for row in rows.values() if row)


def codes_counted(classification: Classification, level: str) -> int:
    """Codes of a classification, at one level where it is named; the total is no code."""
    return sum(each.code != "_T" and (not level or each.level == level) for each in classification.categories)


def check_count(subject: Subject, specifications: Specifications) -> list[Finding]:
    """A count printed beside a list that has another number of entries."""
    relation, specification = subject.indicator.relation, specifications["count_against_list"]
    if relation is None or relation.kind != "count" or not specification.active or subject.listed is None:
        return []
    found = []
    for claim in subject.claims():
        if claim.method == Method.DERIVED.value:
            continue
        low, high = claim.quantity.low, claim.quantity.high
        if (low is not None and subject.listed < low) or (high is not None and subject.listed > high):
            listed = f"{subject.listed}{claim.quantity.unit.symbol}"
            message = _("{where}印作 {claimed}，所列名单有 {listed}（{list}）").format(
                where=words(subject, claim), claimed=claim.quantity.printed(), listed=listed,
                list=subject.list_name,
            )  # fmt: skip
            remedy = _("核对名单是否漏列，或正文数目是否有误；引用时两个数都注明。")
            found.append(tell("count_against_list", specification.severity, claim, message, remedy, recomputed=listed))
    return found


def check_denominator(subject: Subject, specifications: Specifications) -> list[Finding]:
    """National shares computed over the sum of areas: areas without a figure are named, once for each set of missing ones."""
    specification = specifications["national_share_denominator"]
    if not specification.active or not subject.indicator.formula or not subject.country:
        return []
    below = subject.children(subject.country)
    found = []
    for summed in dict.fromkeys(_summed_over_areas(subject.indicator.formula)):
        if not below or summed not in subject.indicators:
            continue
        lacking: dict[tuple[str, ...], list[Figure]] = {}
        for figures in _by_period(subject, summed, set(below)).values():
            present = {figure.area for figure in figures}
            missing = tuple(code for code in below if code not in present)
            if missing and 2 * len(present) >= len(below):
                lacking.setdefault(missing, []).append(figures[0])
        found += [_told(subject, summed, missing, figures, len(below)) for missing, figures in lacking.items()]
    return found


def _told(subject: Subject, summed: str, missing: tuple[str, ...], figures: list[Figure], whole: int) -> Finding:
    periods = sorted({figure.period for figure in figures})
    shown = str(periods[0]) if len(periods) == 1 else _("{first}至{last}").format(first=periods[0], last=periods[-1])
    names = "、".join(area_name(subject, code) for code in missing[:NAMED]) + (_("等") if len(missing) > NAMED else "")
    message = _("{indicator}的分母是各地区之和，{period}只有 {count} 个地区的{summed}，缺 {names}").format(
        indicator=name_of(subject.indicator), period=shown, count=whole - len(missing), summed=name_of(subject.indicators[summed]),
        names=names,
    )  # fmt: skip
    return Finding(
        rule="national_share_denominator", severity=Severity.INFO, message=message,
        remedy=_("引用时写明“占有数据的地区合计”，不写“占全国”；或改用全国数作分母。"), indicator=subject.indicator.id,
        period=str(periods[-1]), claimed=str(whole), recomputed=str(whole - len(missing)), locator=subject.indicator.formula,
    )  # fmt: skip


def _by_period(subject: Subject, indicator: str, below: set[str]) -> dict[tuple[Any, ...], list[Figure]]:
    groups: dict[tuple[Any, ...], list[Figure]] = {}
    for figure in subject.figures.chosen(indicator):
        if figure.area in below:
            groups.setdefault((figure.period, figure.accounting_basis), []).append(figure)
    return groups


def _summed_over_areas(formula: str) -> Iterator[str]:
    for node in walk(parse(formula).root):
        over = isinstance(node, Call) and node.function == "sum_over" and Text("area") in node.arguments
        if over:
            yield from (each.name for each in walk(node) if isinstance(each, Name))
