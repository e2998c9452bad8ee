"""Leontief analysis of one input-output table.

Method sheets: docs/methods/0304-leontief-inverse.md, 0305-linkages.md, 0306-digital-content.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from guibiao.measure.matrix import Matrix, inverse


@dataclass(frozen=True, slots=True)
class FlowTable:
    """One table in money at one price: `flows[i][j]` of product i used by product j, of domestic origin or, with `imports`, of any.

    `outputs[j]` gross output, `value_added[j]`; `imports[i]` and `exports[i]` only for a table that mixes imports into its flows.
    """

    codes: tuple[str, ...]
    flows: Sequence[Sequence[float]]
    outputs: Sequence[float]
    value_added: Sequence[float]
    imports: Sequence[float] | None = None
    exports: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class InputOutputSpec:
    """Codes of the products that count as digital."""

    digital: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProductContent:
    """Of one product j, with L the Leontief inverse, D the digital products, v value added per unit of output.

    `direct` sum over D of a_ij, `total` sum over D of l_ij - [i = j], `requirement_share` sum over D of l_ij over the sum of all l_ij,
    `value_added_content` sum over D of v_i l_ij: shares of 1. Linkages are normalised to the mean 1.
    """

    code: str
    direct: float
    total: float
    requirement_share: float
    value_added_content: float
    backward_linkage: float
    forward_linkage: float


@dataclass(frozen=True, slots=True)
class InputOutputResult:
    """Contents of every product with output, the codes without any, and how well the inverse holds (largest |(I - A) L - I|)."""

    products: tuple[ProductContent, ...]
    without_output: tuple[str, ...]
    residual: float


def input_output_content(table: FlowTable, spec: InputOutputSpec) -> InputOutputResult:
    """Digital content and linkages of every product.

    Raises ValueError where a product's inputs are not below its output (no productive solution: the Brauer-Solow condition), or a digital
    code is not in the table; Singular where the Leontief matrix has no inverse.
    """
    unknown = sorted(spec.digital - set(table.codes))
    if unknown:
        raise ValueError(unknown)
    kept = [index for index, output in enumerate(table.outputs) if output > 0]
    coefficients = input_coefficients(table, kept)
    leontief = leontief_inverse(coefficients)
    outputs = [table.outputs[index] for index in kept]
    added = [table.value_added[index] / table.outputs[index] for index in kept]
    digital = [position for position, index in enumerate(kept) if table.codes[index] in spec.digital]
    backward, forward = backward_linkages(leontief), forward_linkages(leontief, outputs)
    products = []
    for position, index in enumerate(kept):
        column = [row[position] for row in leontief]
        from_digital = sum(column[each] for each in digital)
        products.append(
            ProductContent(
                code=table.codes[index],
                direct=sum(coefficients[each][position] for each in digital),
                total=from_digital - (position in digital),
                requirement_share=from_digital / sum(column),
                value_added_content=sum(added[each] * column[each] for each in digital),
                backward_linkage=backward[position],
                forward_linkage=forward[position],
            )
        )
    without = tuple(code for index, code in enumerate(table.codes) if index not in set(kept))
    return InputOutputResult(tuple(products), without, residual(coefficients, leontief))


def input_coefficients(table: FlowTable, kept: Sequence[int]) -> Matrix:
    """A = Z x^-1 of the products `kept`; with mixed imports each row is scaled by the domestic share of that product's supply at home."""
    shares = domestic_shares(table)
    return [[shares[i] * table.flows[i][j] / table.outputs[j] for j in kept] for i in kept]


def domestic_shares(table: FlowTable) -> list[float]:
    """(x - e) / (x - e + m) by product, 1 without imports: the import proportionality assumption. Re-exports are bounded to 0..1."""
    if table.imports is None:
        return [1.0] * len(table.codes)
    exports = table.exports or [0.0] * len(table.codes)
    shares = []
    for output, sold_abroad, imported in zip(table.outputs, exports, table.imports, strict=True):
        at_home = max(output - sold_abroad, 0.0)
        shares.append(at_home / (at_home + imported) if at_home + imported > 0 else 1.0)
    return shares


def leontief_inverse(coefficients: Sequence[Sequence[float]]) -> Matrix:
    """L = (I - A)^-1. Raises ValueError with the position of a product whose inputs are not below its output."""
    size = len(coefficients)
    for column in range(size):
        if sum(row[column] for row in coefficients) >= 1:
            raise ValueError(column)
    return inverse([[(i == j) - coefficients[i][j] for j in range(size)] for i in range(size)])


def ghosh_inverse(leontief: Sequence[Sequence[float]], outputs: Sequence[float]) -> Matrix:
    """G = (I - x^-1 Z)^-1 = x^-1 L x (Miller and Blair, 2009, equation 12.9)."""
    pairs = list(zip(leontief, outputs, strict=True))
    return [[value * sold / own for value, sold in zip(row, outputs, strict=True)] for row, own in pairs]


def backward_linkages(leontief: Sequence[Sequence[float]]) -> list[float]:
    """Rasmussen's power of dispersion: column sums of L over their mean."""
    return _normalised([sum(column) for column in zip(*leontief, strict=True)])


def forward_linkages(leontief: Sequence[Sequence[float]], outputs: Sequence[float]) -> list[float]:
    """Row sums of Ghosh's inverse over their mean."""
    return _normalised([sum(row) for row in ghosh_inverse(leontief, outputs)])


def _normalised(sums: Sequence[float]) -> list[float]:
    mean = sum(sums) / len(sums)
    return [each / mean for each in sums]


def residual(coefficients: Sequence[Sequence[float]], leontief: Sequence[Sequence[float]]) -> float:
    """Largest absolute entry of (I - A) L - I."""
    columns = list(zip(*leontief, strict=True))
    worst = 0.0
    for i, (row, own) in enumerate(zip(coefficients, leontief, strict=True)):
        for j, column in enumerate(columns):
            through = own[j] - sum(map(mul, row, column))
            worst = max(worst, abs(through - (i == j)))
    return worst
