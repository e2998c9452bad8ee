"""The columns a binding speaks of, found in a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.ingest.attributes import SKIP, UNLABELLED, Attributes, LabelColumn, attribute_of, attributes_of, bad_binding
from guibiao.ingest.figures import Fault, Reason
from guibiao.ingest.frames import check_facts
from guibiao.ingest.headings import Layout, bare
from guibiao.ingest.patterned import check_pattern, patterned_columns
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Selector, TableBinding, Workspace

_KEYS = {"area", "period", "indicator", "category"}
"""What a row's label is made of."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Label columns, value columns (position, attributes in order of position), and what rows and table say."""

    labels: tuple[LabelColumn, ...]
    values: tuple[tuple[int, Attributes], ...]
    row_facts: Mapping[str, Attributes]
    defaults: Attributes
    reasons: tuple[str, ...]
    """Column by column, why its cells state nothing; empty for a value column."""

    @property
    def is_value(self) -> tuple[bool, ...]:
        return tuple(not reason for reason in self.reasons)

    def label(self, texts: tuple[str, ...]) -> str:
        """What a row is about: the labels that tell it apart, or its first cell."""
        positions = sorted({label.position for label in self.labels if label.selector.supplies in _KEYS})
        said = [texts[position].strip() for position in positions]
        return " ".join(text for text in said if text) or texts[0].strip()

    def row_attributes(self, texts: tuple[str, ...]) -> tuple[Attributes | None, Mapping[str, Fault]]:
        """Attributes of a row, None where the binding skips it, and the faults of its labels by attribute."""
        merged = dict(self.defaults)
        faults: dict[str, Fault] = {}
        for label in self.labels:
            given = label.read(texts[label.position])
            if given is SKIP:
                return None, faults
            if isinstance(given, Fault):
                faults[label.attribute] = given
                merged[label.attribute] = UNLABELLED
            else:
                merged.update(given)
        if self.row_facts:
            merged.update(self.row_facts.get(bare(texts[0]), {}))
        return merged, faults


def check_binding(workspace: Workspace, binding: TableBinding) -> None:
    """Raise BadDefinition where the binding names what the workspace does not have, or binds nothing."""
    if not (binding.values or binding.columns or binding.text_only or binding.bulk):
        raise bad_binding(workspace, binding, _("没有一列绑定了数值"), _("在 values 里写列名；若是文字表，写 text_only: true。"))
    for facts in binding.facts():
        check_facts(workspace, binding, attributes_of(facts))
    for selector in binding.selectors:
        if selector.supplies == "category" and not selector.dimension:
            column = selector.column if isinstance(selector, Selector) else selector.pattern
            raise bad_binding(workspace, binding, _("列 {column} 给出类目，却没有写维度").format(column=column), _("写 dimension。"))
        for given in selector.lookup.values():
            if isinstance(given, str):
                check_facts(workspace, binding, {attribute_of(selector): given})
    for pattern in binding.columns:
        check_pattern(workspace, binding, pattern)


def bound_columns(found: Layout, binding: TableBinding, workspace: Workspace) -> Columns:
    """The binding's columns in this sheet. Raises BadInput for one that is missing, BadDefinition for a wrong binding."""
    check_binding(workspace, binding)
    found.require((*binding.required, *(selector.column for selector in binding.rows), *binding.values))
    labels = tuple(LabelColumn(selector, found.find(selector.column), workspace) for selector in binding.rows)
    named = {found.find(heading): attributes_of(facts) for heading, facts in binding.values.items()}
    taken = frozenset((*named, *(label.position for label in labels)))
    values = sorted((named | patterned_columns(found, binding, workspace, taken)).items())
    reasons = [Reason.NOT_BOUND.value] * found.width
    for label in labels:
        reasons[label.position] = Reason.LABEL.value
    if binding.row_facts:
        reasons[0] = Reason.LABEL.value
    for position, _attributes in values:
        reasons[position] = ""
    row_facts = {bare(label): attributes_of(facts) for label, facts in binding.row_facts.items()}
    defaults = {"area": workspace.settings.area, **attributes_of(binding.defaults)}
    return Columns(labels, tuple(values), row_facts, defaults, tuple(reasons))
