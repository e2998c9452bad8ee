"""A derived indicator's observations from the result of its compiled formula. Set-based: columns in, columns out.

Method sheet: docs/methods/0301-derived-indicators.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from guibiao.model.basis import Method, ObservationStatus
from guibiao.model.indicator import Indicator
from guibiao.model.quantity import Qualifier
from guibiao.model.tables import OBSERVATIONS

if TYPE_CHECKING:
    import pyarrow as pa


def derived_observations(indicator: Indicator, result: pa.Table) -> pa.Table:
    """Rows of `observations` for `indicator`.

    `result` has the columns of a compiled formula with value, low and high in the indicator's unit; they are printed with its decimals,
    rounded half up.
    """
    import pyarrow as pa

    constants: dict[str, Any] = {
        "indicator": indicator.id, "qualifier": Qualifier.DERIVED.value, "unit": indicator.unit, "decimals": indicator.decimals,
        "comparison_basis": indicator.comparison_basis.value, "method": Method.DERIVED.value, "status": ObservationStatus.NORMAL.value,
        "source": "", "locator": indicator.formula, "statement": "", "alternatives": 0,
    }  # fmt: skip
    schema = OBSERVATIONS.arrow_schema()
    columns = []
    for field in schema:
        if field.name == "printed":
            column = _printed(result["value"], indicator.decimals)
        elif field.name in constants:
            column = pa.repeat(pa.scalar(constants[field.name], field.type), result.num_rows)
        else:
            column = result[field.name]
        columns.append(column.cast(field.type))
    return pa.table(columns, schema=schema)


def _printed(values: pa.ChunkedArray, decimals: int) -> Any:
    """Values as text with fixed decimals, half away from zero; snapped to 13 significant digits first, so that a tie stays a tie."""
    import pyarrow as pa
    import pyarrow.compute as pc

    magnitude = pc.ceil(pc.log10(pc.max_element_wise(pc.abs(values), 1e-300)))
    places = pc.max_element_wise(pc.subtract(13.0, pc.max_element_wise(magnitude, 0.0)), decimals + 1.0)
    scale = pc.power(10.0, places)
    snapped = pc.divide(pc.round(pc.multiply(values, scale)), scale)
    rounded = pc.round(snapped, decimals, round_mode="half_towards_infinity")
    return pc.cast(pc.cast(rounded, pa.decimal128(38, max(decimals, 0)), safe=False), pa.string())
