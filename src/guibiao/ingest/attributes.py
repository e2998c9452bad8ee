"""The attributes of a statement from a binding: facts of column, row, printed labels and table, the nearest to the cell winning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from guibiao.ingest.figures import Fault, Reason
from guibiao.model.category import TOTAL
from guibiao.model.errors import BadDefinition, Place
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import ColumnSelector, Facts, Selector, TableBinding, Workspace

AREAS = "areas"
Attributes = Mapping[str, str]
"""Attribute -> text. A category's attribute is `@` and its dimension."""
UNLABELLED = "\0"
"""Text of an attribute whose cell is blank: it may be given nearer the cell, else the cell states nothing."""
PLAIN = (
    "indicator", "area", "period", "measure", "unit", "price_basis", "comparison_basis", "accounting_basis", "stage", "method", "status",
    "source", "known_from", "note", "locator",
)  # fmt: skip
_NEEDED = {"indicator", "area", "period", "unit"}
SKIP: dict[str, str] = {}
"""What a selector gives for a row that its binding skips; told apart by identity."""


def attributes_of(facts: Facts) -> dict[str, str]:
    """What a binding's facts say."""
    given = {name: str(value) for name in PLAIN if name != "locator" and (value := getattr(facts, name))}
    return given | {f"@{dimension}": code for dimension, code in facts.categories.items()}


def dimensions_of(binding: TableBinding) -> tuple[str, ...]:
    """Every dimension the binding speaks of, in order."""
    spoken = {dimension for facts in binding.facts() for dimension in facts.categories}
    return tuple(sorted(spoken | {selector.dimension for selector in binding.selectors if selector.supplies == "category"}))


def attribute_of(selector: Selector | ColumnSelector) -> str:
    """The attribute that a selector supplies."""
    return f"@{selector.dimension}" if selector.supplies == "category" else selector.supplies


@dataclass(slots=True)
class LabelColumn:
    """A selector on its column; reads each printed label once."""

    selector: Selector
    position: int
    workspace: Workspace
    attribute: str = ""
    _read: dict[str, Attributes | Fault] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.attribute = attribute_of(self.selector)

    def read(self, text: str) -> Attributes | Fault:
        """What a label gives; `SKIP` for one the binding leaves out."""
        found = self._read.get(text)
        if found is None:
            found = self._read[text] = self._interpret(text.strip())
        return found

    def _interpret(self, text: str) -> Attributes | Fault:
        if text in self.selector.skip:
            return SKIP
        given = self.selector.lookup.get(text)
        if isinstance(given, Facts):
            return attributes_of(given)
        if given is not None:
            return {self.attribute: given}
        if not text:
            return {self.attribute: UNLABELLED} if self.attribute in _NEEDED or self.attribute.startswith("@") else {}
        known = code_of(self.workspace, self.selector, self.selector.prefix + text)
        return {self.attribute: known} if known else self._unknown(text)

    def _unknown(self, text: str) -> Fault:
        names = [*self.selector.lookup, *self._names()]
        near = get_close_matches(text, names, n=1, cutoff=0.5)
        return Fault(
            Reason.UNKNOWN,
            _("“{text}”不在已登记的{kind}之内").format(text=text, kind=kind_name(self.selector.supplies)),
            _("是不是 {name}？").format(name=near[0]) if near else _("在绑定的 lookup 里写明它是什么；不用的写进 skip；或补进统计分类。"),
        )

    def _names(self) -> list[str]:
        if self.selector.supplies in {"area", "category"}:
            classification = self.workspace.classifications.get(AREAS if self.selector.supplies == "area" else self.selector.dimension)
            return [name for category in classification.categories for name in (category.name_zh, category.code)] if classification else []
        return list(self.workspace.indicators) if self.selector.supplies == "indicator" else []


def code_of(workspace: Workspace, selector: Selector | ColumnSelector, text: str) -> str:
    """The code a printed label stands for; empty where it is unknown."""
    kind = selector.supplies
    if kind in {"area", "category"}:
        return category_code(workspace, AREAS if kind == "area" else selector.dimension, text)
    known: Mapping[str, Iterable[str]] = {
        "indicator": workspace.indicators,
        "source": workspace.sources,
        "accounting_basis": [basis.id for basis in workspace.settings.accounting_bases],
    }
    return text if kind not in known or text in known[kind] else ""


def category_code(workspace: Workspace, classification: str, text: str) -> str:
    """Code of a printed name in a classification, `_T` for a total; without such a classification the text is its own code."""
    codes = workspace.classifications.get(classification)
    if codes is None or text == TOTAL:
        return text
    found = codes.find(text)
    return found.code if found is not None else ""


def kind_name(supplies: str) -> str:
    """What a selector supplies, in the user's language."""
    names = {
        "area": _("地区"), "period": _("报告期"), "indicator": _("指标"), "unit": _("计量单位"), "category": _("类目"),
        "accounting_basis": _("核算口径"), "stage": _("阶段"), "source": _("来源"), "known_from": _("公布日期"),
    }  # fmt: skip
    return names.get(supplies, supplies.removeprefix("@"))


def place_of(workspace: Workspace, binding: TableBinding) -> Place:
    """Where the binding is defined."""
    return workspace.places.get(f"table {binding.id}", Place(f"tables/{binding.id}"))


def bad_binding(workspace: Workspace, binding: TableBinding, problem: str, remedy: str = "") -> BadDefinition:
    """The refusal of a binding that cannot be right, at its file and line."""
    return BadDefinition(
        _("表 {table} 的绑定有误：{problem}").format(table=binding.id, problem=problem), remedy=remedy, place=place_of(workspace, binding)
    )
