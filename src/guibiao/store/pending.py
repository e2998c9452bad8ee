"""Contents recorded in an open transaction but not yet sent: many small ones go to the engine in one statement a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from guibiao.model.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

LIMIT = 200_000
"""Rows held back at most."""


class Pending:
    """Rows with the number of their content and their position in it, by table, in the order recorded."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Table, list[pa.Table]]] = {}
        self._contents: list[tuple[int, str, str, int]] = []
        self._held = 0

    def __bool__(self) -> bool:
        return bool(self._contents)

    @property
    def full(self) -> bool:
        return self._held >= LIMIT

    def add(self, table: Table, number: int, content_key: str, rows: pa.Table) -> None:
        """Hold one content back."""
        import pyarrow as pa

        self._contents.append((number, table.name, content_key, rows.num_rows))
        if rows.num_rows:
            position = pa.array(range(rows.num_rows), pa.int64())
            content = pa.repeat(pa.scalar(number, pa.int64()), rows.num_rows)
            numbered = rows.add_column(0, "position", position).add_column(0, "content", content)
            self._rows.setdefault(table.name, (table, []))[1].append(numbered)
            self._held += rows.num_rows

    def take(self) -> tuple[Iterator[tuple[Table, pa.Table]], list[tuple[int, str, str, int]]]:
        """All that is held, each table's rows in one; nothing is held afterwards."""
        import pyarrow as pa

        rows, contents = self._rows, self._contents
        self._rows, self._contents, self._held = {}, [], 0
        return ((table, pa.concat_tables(parts)) for table, parts in rows.values()), contents
