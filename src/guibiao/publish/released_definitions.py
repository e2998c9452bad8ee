"""What the workspace defines, as rows of a release: a reader of the release needs no workspace to understand its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from guibiao.model.category import TOTAL, category_key
from guibiao.model.definition_tables import BREAKS, CODES, FRAMEWORK_MEMBERS, HEADLINES, INDICATORS, PASSAGES, SOURCES
from guibiao.model.indicator import Indicator
from guibiao.model.tables import Table
from guibiao.reference.definitions import Framework, Workspace
from guibiao.reference.report_definitions import SeriesDefinition

Rows = Sequence[Mapping[str, Any]]
HEADLINES_AT_MOST = 12
ACCOUNTING_BASES = "accounting_bases"
"""Classification under which a release lists its accounting bases."""


def definition_rows(workspace: Workspace) -> dict[Table, Rows]:
    """Rows of every table of definitions."""
    return {
        INDICATORS: [_indicator(place, each) for place, each in enumerate(workspace.indicators.values())],
        BREAKS: list(_breaks(workspace)),
        FRAMEWORK_MEMBERS: [row for framework in workspace.frameworks.values() for row in _members(framework)],
        CODES: list(_codes(workspace)),
        SOURCES: list(_sources(workspace)),
        HEADLINES: list(_headlines(workspace)),
        PASSAGES: list(_passages(workspace)),
    }


def _indicator(place: int, each: Indicator) -> dict[str, Any]:
    return {
        "indicator": each.id, "place": place, "name_zh": each.name_zh, "name_en": each.name_en, "definition_zh": each.definition_zh,
        "definition_en": each.definition_en, "unit": each.unit, "decimals": each.decimals, "measure": each.measure.value,
        "nature": each.nature.value, "price_basis": each.price_basis, "comparison_basis": each.comparison_basis.value,
        "accounting_bases": " ".join(each.accounting_bases), "dimensions": " ".join(each.dimensions),
        "additive_over": " ".join(each.additive_over), "frequency": each.frequency, "owner": each.owner, "formula": each.formula,
        "measurement": each.measurement, "relation": each.relation.kind if each.relation else "",
        "relation_of": each.relation.of if each.relation else "", "gap_office": each.gap_office, "gap_due": each.gap_due,
        "higher_is_better": each.higher_is_better, "sources_note": each.sources_note,
    }  # fmt: skip


def _breaks(workspace: Workspace) -> Iterator[dict[str, Any]]:
    for indicator in workspace.indicators.values():
        for each in indicator.breaks:
            yield {
                "indicator": indicator.id, "date": each.date, "reason_zh": each.reason_zh, "reason_en": each.reason_en,
                "source": each.source, "link": each.link,
            }  # fmt: skip


def _passages(workspace: Workspace) -> Iterator[dict[str, Any]]:
    """The words of targets; those of tasks where the document is a plan or policy text, which anybody may quote."""
    for document in workspace.policies.values():
        common = {"document": document.id, "document_title": document.title, "source": document.source}
        for target in document.targets:
            own = {"start": target.start, "kind": "target", "id": target.id, "section": target.section, "text": target.quote}
            yield common | own
        source = workspace.sources.get(document.source)
        if source is None or source.statistical:
            continue
        for task in document.tasks:
            yield common | {"start": task.start, "kind": "task", "id": task.id, "section": task.section, "text": task.title}


def _members(framework: Framework) -> Iterator[dict[str, Any]]:
    levels = {
        name: (dimension.name_zh, dimension.name_en, group.name_zh, group.name_en)
        for dimension in framework.dimensions
        for group in dimension.groups
        for name in group.indicators
    }
    for place, name in enumerate(framework.members):
        dimension_zh, dimension_en, group_zh, group_en = levels.get(name, ("", "", "", ""))
        yield {
            "framework": framework.id, "place": place, "indicator": name, "framework_zh": framework.name_zh,
            "framework_en": framework.name_en, "dimension_zh": dimension_zh, "dimension_en": dimension_en, "group_zh": group_zh,
            "group_en": group_en, "core": framework.core,
        }  # fmt: skip


def _codes(workspace: Workspace) -> Iterator[dict[str, Any]]:
    for classification in workspace.classifications.values():
        for place, each in enumerate(classification.categories):
            yield {
                "classification": classification.id, "code": each.code, "place": place, "name_zh": each.name_zh, "name_en": each.name_en,
                "parent": each.parent, "level": each.level, "status_zh": each.status, "status_en": each.status_en,
                "valid_from": each.valid_from, "valid_to": each.valid_to, "row": each.row, "column": each.column, "note": each.note,
                "classification_zh": classification.name_zh, "classification_en": classification.name_en,
            }  # fmt: skip
    for place, basis in enumerate(workspace.settings.accounting_bases):
        yield {
            "classification": ACCOUNTING_BASES, "code": basis.id, "place": place, "name_zh": basis.name_zh, "name_en": basis.name_en,
            "parent": "", "level": "", "status_zh": "", "status_en": "", "valid_from": str(basis.valid_from or ""), "valid_to": "",
            "row": None,
            "column": None, "note": basis.note, "classification_zh": "核算口径", "classification_en": "Accounting bases",
        }  # fmt: skip


def _sources(workspace: Workspace) -> Iterator[dict[str, Any]]:
    for each in workspace.sources.values():
        yield {
            "source": each.id, "title": each.title, "publisher": each.publisher, "grade": str(getattr(each.grade, "value", each.grade)),
            "known_from": each.known_from, "url": each.url, "terms": each.terms, "note": each.note, "statistical": each.statistical,
        }  # fmt: skip


def _headlines(workspace: Workspace) -> Iterator[dict[str, Any]]:
    """The series of the report's first table of headline figures; without one the core indicators, or the first ones, at their totals."""
    table = next((each for each in workspace.report.tables if each.rows == "headline"), None)
    for place, each in enumerate(table.columns if table else _first_series(workspace)):
        defined = workspace.indicators[each.indicator]
        yield {
            "place": place, "indicator": each.indicator, "area": each.area or workspace.settings.area,
            "categories": category_key(each.categories), "accounting_basis": each.accounting_basis,
            "decimals": table.decimals if table else None, "label_zh": each.label_zh or defined.name_zh,
            "label_en": each.label_en or defined.name_en,
        }  # fmt: skip


def _first_series(workspace: Workspace) -> list[SeriesDefinition]:
    core = [name for framework in workspace.frameworks.values() if framework.core for name in framework.members]
    names = (core or list(workspace.indicators))[:HEADLINES_AT_MOST]
    return [SeriesDefinition(indicator=name, categories=dict.fromkeys(workspace.indicators[name].dimensions, TOTAL)) for name in names]
