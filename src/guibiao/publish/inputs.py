"""What a derived figure was computed from, by the trace of its formula, and the formula in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.language.parse import parse
from guibiao.language.syntax import Call, Name, walk
from guibiao.publish.figures import Figure, Figures

FUNCTION_NAMES: Mapping[str, str] = {
    "growth": "增长率", "difference": "变动", "share": "占比", "per_capita": "人均", "per_mean_stock": "按平均存量",
    "contribution": "贡献率", "pull": "拉动", "average_growth": "年均增长率", "index_number": "定基指数", "chain": "连乘指数",
    "month_from_cumulative": "由累计数得当月数", "lag": "前期", "at": "定于", "on_basis": "按口径", "sum_over": "合计",
    "total": "总计", "convert": "换算", "quantity": "常数", "abs": "绝对值", "minimum": "最小值", "maximum": "最大值",
    "implied_base": "隐含基数",
}  # fmt: skip


def named_formula(formula: str, indicators: Mapping[str, str], functions: Mapping[str, str]) -> str:
    """The formula with indicators, and functions where they have a name, by name."""
    pieces: list[str] = []
    end = 0
    expression = parse(formula)
    named = [(node.position, node.name, indicators) for node in walk(expression.root) if isinstance(node, Name)]
    named += [(node.position, node.function, functions) for node in walk(expression.root) if isinstance(node, Call)]
    for position, word, names in sorted(named, key=lambda found: found[0]):
        pieces += [formula[end:position], names.get(word, word)]
        end = position + len(word)
    return "".join((*pieces, formula[end:]))


@dataclass(frozen=True, slots=True)
class Inputs:
    figures: tuple[Figure, ...]
    reasons: tuple[str, ...] = ()


def inputs_of(figure: Figure, figures: Figures) -> Inputs:
    from guibiao.language.parse import indicator_names
    formula = figures.workspace.indicators[figure.indicator].formula
    found=[]
    for name in indicator_names(parse(formula)):
        for p in (figure.period, figure.period.shift(-12)):
            found += [f for f in figures.find(name, figure.area, figure.categories, p) if f.accounting_basis==figure.accounting_basis]
            if 'difference' not in formula: break
    return Inputs(tuple(found))
