"""A table's own form as a mapping: what the office gets from `guibiao template` and hands back."""

from __future__ import annotations

from guibiao.reference.definitions import TableBinding
from guibiao.reference.mapping import MappedColumn, SheetMapping, Supplied


def own_form(binding: TableBinding) -> SheetMapping:
    """The mapping of a table's own form: its columns by the headings of the binding; the period above them where no label has it."""
    labels = tuple(
        MappedColumn(
            heading=selector.column, role="label", supplies=_supplied(selector.supplies),
            dimension=selector.dimension, lookup=selector.lookup,
        )
        for selector in binding.rows
    )  # fmt: skip
    values = tuple(MappedColumn(heading=heading, role="value", facts=facts) for heading, facts in binding.values.items())
    given = [binding.defaults.period, *(facts.period for facts in binding.values.values())]
    own = any(given) or any(selector.supplies == "period" for selector in binding.rows)
    return SheetMapping(
        id=binding.id,
        title=binding.title,
        table=binding.id,
        titles=(binding.title,),
        sheet=binding.sheet,
        head_rows=binding.head_rows,
        period_from="labels" if own else "title",
        columns=(*labels, *values),
    )


def _supplied(supplies: str) -> Supplied:
    kinds: dict[str, Supplied] = {
        "area": "area", "period": "period", "indicator": "indicator", "unit": "unit", "category": "category",
    }  # fmt: skip
    return kinds.get(supplies, "note")
