"""Figures that one statement alone gives: their observations as a set, without an object a row.

The choice of a figure stated once is no choice; what several statements give goes through `precedence.choose`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guibiao.model.tables import OBSERVATIONS

if TYPE_CHECKING:
    import pyarrow as pa

_KEY = list(OBSERVATIONS.key)


def parted(statements: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Statements of figures stated once, and those of figures stated more often."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbered = statements.select(_KEY).append_column("row", pa.array(range(statements.num_rows), pa.int64()))
    groups = numbered.group_by(_KEY).aggregate([("row", "min"), ("row", "count")])
    single = groups.filter(pc.equal(groups["row_count"], 1))["row_min"]
    mask = pc.is_in(numbered["row"], single)
    return statements.filter(mask), statements.filter(pc.invert(mask))


def observed(statements: pa.Table) -> pa.Table:
    """Rows of `observations` from figures stated once: exact statement values as the nearest double."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for field in OBSERVATIONS.arrow_schema():
        if field.name == "alternatives":
            columns.append(pa.repeat(pa.scalar(0, field.type), statements.num_rows))
        elif field.name in {"value", "low", "high"}:
            # By way of text: the direct cast of a decimal is off by the last bit now and then.
            columns.append(pc.cast(pc.cast(statements[field.name], pa.string()), field.type))
        else:
            columns.append(statements[field.name].cast(field.type))
    return pa.table(columns, schema=OBSERVATIONS.arrow_schema())


def in_key_order(observations: pa.Table) -> pa.Table:
    """The rows in the order of their key."""
    return observations.sort_by([(name, "ascending") for name in _KEY])
