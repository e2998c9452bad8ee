"""The table of functions that formulas and rules may call. Another caller of `parse` brings a table of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guibiao.language.syntax import Call, Negative, Node, Number, Text


class Kind(StrEnum):
    """What an argument may be."""

    EXPRESSION = "expression"
    TEXT = "text"
    INTEGER = "positive integer"
    NUMBER = "number"
    LITERAL = "text or number"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `keyword` ones are only given by name; the last positional one may be `repeated`."""

    name: str
    kind: Kind
    doc: str
    required: bool = True
    keyword: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its parameters in order and what it gives. `others` is the kind of keywords not listed, None where there are none."""

    name: str
    parameters: tuple[Parameter, ...]
    doc: str
    others: Kind | None = None

    @property
    def signature(self) -> str:
        """For example `growth(x, years=|quarters=|months=)`, as the documentation prints it."""
        parts = []
        for parameter in self.parameters:
            shown = f"{parameter.name}, ..." if parameter.repeated else f"{parameter.name}=" if parameter.keyword else parameter.name
            parts.append(shown if parameter.required else f"[{shown}]")
        return f"{self.name}({', '.join([*parts, *(['dimension=code, ...'] if self.others else [])])})"


def table(*functions: Function) -> dict[str, Function]:
    """Functions by name, in alphabetical order."""
    return {function.name: function for function in sorted(functions, key=lambda function: function.name)}


def bind(call: Call, function: Function) -> dict[str, tuple[Node, ...]]:
    """Arguments of a call that `parse` has let through, by parameter name; a parameter not given has none, a repeated one may have many."""
    given: dict[str, tuple[Node, ...]] = {parameter.name: () for parameter in function.parameters}
    positional = [parameter for parameter in function.parameters if not parameter.keyword]
    for index, argument in enumerate(call.arguments):
        name = positional[min(index, len(positional) - 1)].name
        given[name] = (*given[name], argument)
    for name, value in call.keywords:
        given[name] = (value,)
    return given


def literal(node: Node) -> str | int | None:
    """Value of a text or whole-number argument; None for any other node."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Number) and node.value == node.value.to_integral_value():
        return int(node.value)
    return None


def is_kind(node: Node, kind: Kind) -> bool:
    """Whether an argument is of the kind its parameter asks for."""
    if kind is Kind.EXPRESSION:
        return not isinstance(node, Text)
    if kind is Kind.TEXT:
        return isinstance(node, Text)
    if kind is Kind.INTEGER:
        return isinstance(node, Number) and isinstance(literal(node), int) and node.value > 0
    number = isinstance(node, Number) or (isinstance(node, Negative) and isinstance(node.operand, Number))
    return number or (kind is Kind.LITERAL and isinstance(node, Text))


def _figure(name: str, doc: str, *, repeated: bool = False) -> Parameter:
    return Parameter(name, Kind.EXPRESSION, doc, repeated=repeated)


_X = _figure("x", "the figure")
_STEPS = (
    Parameter("years", Kind.INTEGER, "how many years back; 1 where no step is given", required=False, keyword=True),
    Parameter("quarters", Kind.INTEGER, "how many quarters back", required=False, keyword=True),
    Parameter("months", Kind.INTEGER, "how many months back", required=False, keyword=True),
)
_BASE = Parameter("base", Kind.INTEGER, "base year, for example 2019", keyword=True)

FORMULA_FUNCTIONS: Mapping[str, Function] = table(
    Function("growth", (_X, *_STEPS), "Naive growth of a level in %, against the same period earlier; refused for shares and rates."),
    Function("difference", (_X, *_STEPS), "The figure minus the same period earlier; of shares and rates in percentage points."),
    Function("share", (_X, Parameter("of", Kind.EXPRESSION, "the whole")), "x as a share of the whole, in %."),
    Function(
        "per_capita",
        (_X, _figure("population", "population, users or the like at the end of the period")),
        "A flow over the mean of the population at the beginning and at the end of its period.",
    ),
    Function(
        "per_mean_stock",
        (_X, _figure("stock", "a stock at the end of the period")),
        "A flow over the mean of any other stock at the beginning and at the end of its period.",
    ),
    Function(
        "contribution",
        (_figure("part", "the part"), _figure("of", "the whole"), *_STEPS),
        "Contribution rate: change of the part over change of the whole, in %.",
    ),
    Function(
        "pull",
        (_figure("part", "the part"), _figure("of", "the whole"), *_STEPS),
        "Percentage points of the whole's growth that are due to the part: its earlier share times its growth.",
    ),
    Function(
        "average_growth",
        (_X, Parameter("years", Kind.INTEGER, "how many years; 2 where not given", required=False, keyword=True)),
        "Geometric mean of yearly growth over so many years, in %; of a level, or of published growth rates.",
    ),
    Function("index_number", (_X, _BASE), "Index with the same season of the base year = 100."),
    Function("chain", (_figure("growth_rate", "yearly growth in %"), _BASE), "Growth rates cumulated to an index, base year = 100."),
    Function("month_from_cumulative", (_X,), "What a to-date figure adds to the previous to-date figure of the same year."),
    Function("lag", (_X, *_STEPS), "The figure of so much earlier."),
    Function(
        "at",
        (
            _X,
            Parameter("area", Kind.TEXT, "area code", required=False, keyword=True),
            Parameter("period", Kind.LITERAL, "reference period, for example 2019 or '2021年1-9月'", required=False, keyword=True),
        ),
        "The figure at a fixed area, period or category, beside every row.",
        others=Kind.LITERAL,
    ),
    Function("on_basis", (_X, Parameter("basis", Kind.TEXT, "accounting basis id")), "The figure on one accounting basis."),
    Function(
        "sum_over",
        (
            _X,
            Parameter("over", Kind.TEXT, "'area', 'time' or a dimension"),
            Parameter(
                "parts", Kind.INTEGER, "how many parts there are: with more or fewer there is no value", required=False, keyword=True
            ),
            Parameter("within", Kind.TEXT, "only codes that begin with this", required=False, keyword=True),
            Parameter("exclude", Kind.TEXT, "codes left out, with spaces between; the total _T always is", required=False, keyword=True),
        ),
        "Sum of all parts along a dimension over which the figure is declared additive.",
    ),
    Function("total", (_X, Parameter("dimension", Kind.TEXT, "a dimension")), "The figure's own total (_T) along a dimension."),
    Function("convert", (_X, Parameter("unit", Kind.TEXT, "a unit of the same kind")), "The same figure in another unit."),
    Function(
        "quantity",
        (Parameter("number", Kind.NUMBER, "a number"), Parameter("unit", Kind.TEXT, "its unit")),
        "A constant with its unit.",
    ),
    Function("abs", (_X,), "The figure without its sign."),
    Function("minimum", (_figure("x", "a figure", repeated=True),), "The smallest of the figures."),
    Function("maximum", (_figure("x", "a figure", repeated=True),), "The largest of the figures."),
    Function("agrees", (_figure("a", "a figure"), _figure("b", "another")), "Whether the rounding intervals of two figures overlap."),
    Function(
        "implied_base",
        (_figure("level", "the level"), _figure("growth_rate", "its published growth in %")),
        "The earlier level that the published growth implies: level / (1 + growth rate).",
    ),
)
