"""The statements of one indicator after another: one query each while few are asked for, one for all where many are."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from guibiao.store.port import WorkingStore

if TYPE_CHECKING:
    import pyarrow as pa

READ_ALL_FROM = 8
"""Indicators asked for from which on the statements of all are read at once."""


@dataclass(slots=True)
class StatementReader:
    """Reads from the tables in use, what could be known as of the day asked."""

    store: WorkingStore
    content_keys: Collection[str]
    as_of: date | None
    _asked: int = 0
    _parts: dict[str, pa.Table] = field(default_factory=dict)

    def of(self, indicator: str, content_keys: Collection[str]) -> pa.Table:
        """Statements of an indicator, which the tables with these content keys make, in the order of the tables."""
        self._asked += 1
        if self._asked < READ_ALL_FROM:
            return self.store.statements(content_keys, indicators=[indicator], as_of=self.as_of)
        if self._asked == READ_ALL_FROM:
            self._part()
        return self._parts.get(indicator, self._parts[""])

    def _part(self) -> None:
        """Read all and keep them by indicator; the sort is stable."""
        import pyarrow.compute as pc

        found = self.store.statements(self.content_keys, as_of=self.as_of).combine_chunks()
        ordered = found.take(pc.sort_indices(found, sort_keys=[("indicator", "ascending")]))
        runs = pc.run_end_encode(ordered["indicator"].combine_chunks()) if found.num_rows else None
        self._parts[""] = found.slice(0, 0)
        start = 0
        if runs is None:
            return
        for name, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            self._parts[name] = ordered.slice(start, end - start)
            start = end


def rows_digest(rows: pa.Table) -> str:
    """Digest of a table's rows in their order, whatever the chunks they come in."""
    import pyarrow as pa

    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, rows.schema) as writer:
        for batch in rows.combine_chunks().to_batches():
            writer.write_batch(batch)
    return hashlib.sha256(stream.getvalue()).hexdigest()
