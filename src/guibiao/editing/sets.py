"""Large sets of statements, thinned before rules look at single figures: columns in, columns out.

Method sheet: docs/methods/0203-rules-on-published-figures.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from guibiao.model.indicator import Indicator, Nature

if TYPE_CHECKING:
    import pyarrow as pa

LARGE = 20_000
"""Statements of one indicator from which only those within a rule's reach are looked at singly."""
SERIES = 3
"""Fewest figures of one area and category that a rule on a series can judge."""


def is_thinned(indicator: Indicator, statements: int, related: bool) -> bool:
    """Whether only a part of an indicator's statements is within reach: many levels that no relation and no sum ties together."""
    tied = related or bool(indicator.additive_over) or indicator.relation is not None
    return statements > LARGE and not tied and indicator.nature is Nature.LEVEL


def within_reach(statements: pa.Table, latest: Mapping[str, date]) -> pa.Table:
    """Statements of series of three or more, and those whose period reaches the last day of their document (`latest` by source)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbered = statements.append_column("place", pa.array(range(statements.num_rows)))
    key = ["area", "categories"]
    sizes = numbered.group_by(key).aggregate([("place", "count")])
    series = sizes.filter(pc.greater_equal(sizes["place_count"], SERIES)).select(key)
    kept = numbered.join(series, keys=key, join_type="left semi")["place"].to_pylist() if series.num_rows else []
    sources = {source for source in pc.unique(statements["source"]).to_pylist() if source in latest}
    for source in sources:
        late = pc.and_(pc.equal(statements["source"], source), pc.greater_equal(statements["period_end"], pa.scalar(latest[source])))
        kept += numbered.filter(late)["place"].to_pylist()
    return statements.take(pa.array(sorted(set(kept)), pa.int64()))
