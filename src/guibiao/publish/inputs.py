"""What a derived figure was computed from, by the trace of its formula, and the formula in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from weakref import WeakKeyDictionary

from guibiao.language.lookup import Observed, key_of
from guibiao.language.parse import parse
from guibiao.language.syntax import Call, Name, walk
from guibiao.model.category import parse_category_key
from guibiao.model.errors import GuibiaoError
from guibiao.model.period import Period
from guibiao.model.quantity import Quantity
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.traces import traced_figures

TOLERANCE = Decimal("1e-9")
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
    """Figures a derived one rests on, in order of use; what the formula gives from them; why it gives nothing, if it does not."""

    figures: tuple[Figure, ...]
    quantity: Quantity | None = None
    reasons: tuple[str, ...] = ()

    def agrees_with(self, figure: Figure) -> bool:
        """Whether the exact result is the figure on file, which was computed in float64 and in the indicator's own unit."""
        if self.quantity is None:
            return True
        own = figure.quantity
        difference = abs(self.quantity.to(own.unit).value - own.value)
        return difference <= TOLERANCE * max(abs(own.value), Decimal(1))


@dataclass(frozen=True, slots=True)
class _Filed:
    """The figures of a run as the language looks them up."""

    figures: Figures

    def find(self, indicator: str, area: str, categories: str, period: Period) -> Sequence[Observed]:
        return self.figures.find(indicator, area, categories, period)

    def codes(self, indicator: str, dimension: str) -> Sequence[str]:
        if dimension == "area":
            return sorted({figure.area for figure in self.figures.of(indicator)})
        found = (parse_category_key(figure.categories).get(dimension) for figure in self.figures.of(indicator))
        return sorted({code for code in found if code is not None})


_FOUND: WeakKeyDictionary[Figures, dict[str, Inputs]] = WeakKeyDictionary()
"""Inputs found in a run's figures: sentences, source lines and passports ask for the same ones."""


def inputs_of(figure: Figure, figures: Figures) -> Inputs:
    """What a computed figure rests on: what its formula used at its key, or what its method names.

    A formula that cannot be followed says why.
    """
    found = _FOUND.setdefault(figures, {})
    if figure.id not in found:
        found[figure.id] = _inputs(figure, figures)
    return found[figure.id]


def _inputs(figure: Figure, figures: Figures) -> Inputs:
    from guibiao.language.evaluate import evaluate

    indicators = figures.workspace.indicators
    if indicators[figure.indicator].measurement:
        return Inputs(traced_figures(figure, figures))
    key = key_of(figure.area, figure.categories, figure.period, figure.accounting_basis)
    try:
        outcome = evaluate(parse(indicators[figure.indicator].formula), key, _Filed(figures), indicators)
    except GuibiaoError as refusal:
        return Inputs((), None, (refusal.title,))
    used = tuple(observed for observed in outcome.inputs if isinstance(observed, Figure))
    return Inputs(used, outcome.quantity, tuple(str(missing) for missing in outcome.missing))
