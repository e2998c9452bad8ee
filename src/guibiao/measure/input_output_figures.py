"""Digital content and linkages of every complete input-output table on file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from guibiao.measure.input_output import FlowTable, InputOutputResult, InputOutputSpec, input_output_content
from guibiao.measure.levels import Level, Measured, provenance_of
from guibiao.measure.matrix import Singular
from guibiao.measure.outcome import Evidence, Outcome, finding
from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.messages import translate as _
from guibiao.model.period import Period
from guibiao.reference.measurement import DigitalProducts, InputOutput

_Key = tuple[str, Period]
_Cells = dict[tuple[str, ...], float]
_RESULTS = {
    "direct_requirement": ("direct", "%"), "total_requirement": ("total", "%"), "requirement_share": ("requirement_share", "%"),
    "value_added_content": ("value_added_content", "%"), "backward_linkage": ("backward_linkage", ""),
    "forward_linkage": ("forward_linkage", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Parts:
    """The cells of all tables of one area and year, by the codes of their dimensions."""

    flows: _Cells = field(default_factory=dict)
    outputs: dict[str, Level] = field(default_factory=dict)
    value_added: _Cells = field(default_factory=dict)
    imports: _Cells = field(default_factory=dict)
    final: _Cells = field(default_factory=dict)


def input_output_figures(definition: InputOutput, evidence: Evidence) -> Outcome:
    """Six figures a product of every table. A table with a missing cell is told and left out: missing is never zero."""
    figures: list[Measured] = []
    findings: list[Mapping[str, str]] = []
    for key, parts in sorted(_parts(definition, evidence).items()):
        for products in definition.tables:
            codes = tuple(sorted(code for code in parts.outputs if code.startswith(products.prefix)))
            if not codes:
                continue
            table, missing = _table(definition, products, parts, codes)
            if missing:
                findings.append(_incomplete(definition, products, key, missing))
                continue
            try:
                result = input_output_content(table, InputOutputSpec(frozenset(products.digital)))
            except (ValueError, Singular) as fault:
                findings.append(_unsolvable(definition, products, key, fault, codes))
                continue
            figures += _figures(definition, products, key, parts.outputs, result)
            if result.without_output:
                findings.append(_without_output(definition, products, key, result.without_output))
    return Outcome(tuple(figures), tuple(findings))


def _parts(definition: InputOutput, evidence: Evidence) -> dict[_Key, _Parts]:
    found: dict[_Key, _Parts] = {}
    named = {
        definition.intermediate_use: ("flows", (definition.product, definition.user, definition.origin)),
        definition.value_added: ("value_added", (definition.user, definition.component)),
        definition.imports: ("imports", (definition.product,)),
        definition.final_use: ("final", (definition.product, definition.final, definition.origin)),
    }
    for level in evidence.of(definition.gross_output):
        code = parse_category_key(level.categories).get(definition.product, "")
        found.setdefault((level.area, level.period), _Parts()).outputs[code] = level
    for name, (part, dimensions) in named.items():
        for level in evidence.of(name) if name else ():
            codes = parse_category_key(level.categories)
            cells: _Cells = getattr(found.setdefault((level.area, level.period), _Parts()), part)
            cells[tuple(codes.get(dimension, TOTAL) for dimension in dimensions)] = level.value
    return found


def _table(definition: InputOutput, products: DigitalProducts, parts: _Parts, codes: Sequence[str]) -> tuple[FlowTable, int]:
    """The table and how many of its cells are not on file."""
    origin = products.domestic or TOTAL
    flows = [[parts.flows.get((product, user, origin)) for user in codes] for product in codes]
    added = [_value_added(parts.value_added, code) for code in codes]
    mixed = not products.domestic
    imports = [parts.imports.get((code,)) for code in codes] if mixed else []
    exports = [parts.final.get((code, definition.exports, TOTAL)) for code in codes] if mixed else []
    missing = sum(value is None for row in (*flows, added, imports, exports) for value in row)
    table = FlowTable(
        codes=tuple(codes),
        flows=[[value or 0.0 for value in row] for row in flows],
        outputs=[parts.outputs[code].value for code in codes],
        value_added=[value or 0.0 for value in added],
        imports=[value or 0.0 for value in imports] if mixed else None,
        exports=[value or 0.0 for value in exports] if mixed else None,
    )
    return table, missing


def _value_added(cells: _Cells, user: str) -> float | None:
    """The published total, else the sum of the components on file."""
    if (user, TOTAL) in cells:
        return cells[user, TOTAL]
    found = [value for (code, _component), value in cells.items() if code == user]
    return sum(found) if found else None


def _figures(
    definition: InputOutput, products: DigitalProducts, key: _Key, outputs: Mapping[str, Level], result: InputOutputResult
) -> Iterator[Measured]:
    area, period = key
    told = {
        "measurement": definition.id, "table": products.prefix, "size": len(result.products), "digital": list(products.digital),
        "domestic": bool(products.domestic), "residual": result.residual,
    }  # fmt: skip
    provenance = provenance_of(outputs.values())
    for product in result.products:
        categories = category_key({definition.product: product.code})
        level = outputs[product.code]
        for name, (attribute, unit) in _RESULTS.items():
            value = getattr(product, attribute) * (100 if unit == "%" else 1)
            yield Measured(
                name, area, categories, period, value, value, value, False, unit, level.price_basis, level.accounting_basis, provenance,
                estimated=False, trace={**told, "output": level.identity},
            )  # fmt: skip


def _place(key: _Key, products: DigitalProducts) -> dict[str, str]:
    return {"indicator": "value_added_content", "area": key[0], "period": str(key[1]), "locator": products.prefix}


def _incomplete(definition: InputOutput, products: DigitalProducts, key: _Key, missing: int) -> dict[str, str]:
    message = _("{name}：投入产出表 {table} 缺 {count} 个单元格，未计算").format(
        name=definition.name_zh, table=products.prefix, count=missing
    )
    return finding("input_output_incomplete", "warning", message, _("补齐该表；缺数不当作零。"), **_place(key, products))


def _unsolvable(definition: InputOutput, products: DigitalProducts, key: _Key, fault: Exception, codes: Sequence[str]) -> dict[str, str]:
    cause = fault.args[0]
    named = codes[cause] if isinstance(cause, int) else "、".join(cause)
    message = _("{name}：投入产出表 {table} 无法求解，问题在 {code}").format(name=definition.name_zh, table=products.prefix, code=named)
    remedy = _("核对这些产品：代码须在表中，中间投入合计须小于总产出。")
    return finding("input_output_unsolvable", "error", message, remedy, **_place(key, products))


def _without_output(definition: InputOutput, products: DigitalProducts, key: _Key, codes: Sequence[str]) -> dict[str, str]:
    message = _("{name}：投入产出表 {table} 有 {count} 个产品没有产出，未列入：{codes}").format(
        name=definition.name_zh, table=products.prefix, count=len(codes), codes="、".join(codes)
    )
    return finding("input_output_without_output", "info", message, _("无需处理。"), **_place(key, products))
