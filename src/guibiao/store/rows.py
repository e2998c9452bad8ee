"""Rows on their way in: whatever form they come in, they leave here with exactly the declared columns or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.model.tables import Kind, Table

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 100_000
"""Rows of a Parquet file held in memory at once."""


def fingerprint(table: Table) -> str:
    """Digest of a table's columns: names, kinds and what may be missing."""
    lines = (f"{column.name} {column.kind.value} {column.nullable}" for column in table.columns)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def arrow_rows(table: Table, rows: pa.Table | Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as an Arrow table in the declared schema; BadInput, with row and column, where they do not fit."""
    import pyarrow as pa

    schema = table.arrow_schema()
    if not isinstance(rows, pa.Table):
        _require_columns_of_each(table, rows)
        rows = pa.table([_column(table, rows, field) for field in schema], schema=schema)
    else:
        _require_columns(table, rows.schema.names)
        rows = _cast(table, rows.select(schema.names), schema)
    for name in schema.names:
        _require_values(table, name, rows)
    return rows


def parquet_batches(table: Table, path: Path) -> Iterator[pa.Table]:
    """A Parquet file in batches, each checked; BadInput where it is none or its columns are others."""
    import pyarrow as pa

    first = 0
    with _parquet_file(table, path) as file:
        for batch in file.iter_batches(BATCH):
            try:
                yield arrow_rows(table, pa.Table.from_batches([batch]))
            except BadInput as error:
                row = None if error.place.line is None else error.place.line + first
                place = Place(str(path), row, error.place.column)
                raise BadInput(error.title, error.description, error.remedy, place) from None
            first += batch.num_rows


def require_parquet(table: Table, path: Path) -> int:
    """Number of rows of a Parquet file with exactly the declared columns and types; BadInput otherwise."""
    schema = table.arrow_schema()
    with _parquet_file(table, path) as file:
        for field in schema:
            found = file.schema_arrow.field(field.name).type
            if found != field.type and not (str(field.type) == "string" and "string" in str(found)):
                raise BadInput(
                    _("表 {table} 的列 {column} 应为 {expected}，文件中是 {found}").format(
                        table=table.name, column=field.name, expected=field.type, found=found
                    ),
                    remedy=_("按声明的类型重新写出该文件。"),
                    place=Place(str(path), column=field.name),
                )
        return int(file.metadata.num_rows)


def _parquet_file(table: Table, path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(_("不能读取 Parquet 文件"), str(error), _("核对路径，并确认文件完整。"), Place(str(path))) from None
    try:
        _require_columns(table, file.schema_arrow.names)
    except BadInput as error:
        file.close()
        raise BadInput(error.title, error.description, error.remedy, Place(str(path))) from None
    return file


def _require_columns(table: Table, names: Sequence[str], row: int | None = None) -> None:
    declared, given = set(table.names), set(names)
    if declared == given and len(names) == len(declared):
        return
    missing, unknown = sorted(declared - given), sorted(given - declared)
    raise BadInput(
        _("表 {table} 的列与声明不符").format(table=table.name),
        _("缺少：{missing}；多出：{unknown}").format(missing="、".join(missing) or "—", unknown="、".join(unknown) or "—"),
        _("每行应恰好含有声明的各列，缺失值写成空值而不要省略。"),
        Place(line=row),
    )


def _require_columns_of_each(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    declared = set(table.names)
    for number, row in enumerate(rows, start=1):
        if row.keys() != declared:
            _require_columns(table, list(row), number)


def _column(table: Table, rows: Sequence[Mapping[str, Any]], field: pa.Field) -> pa.Array:
    import pyarrow as pa

    values = [row[field.name] for row in rows]
    try:
        return pa.array(values, field.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        pass
    number, value, reason = next(_misfits(values, field))
    raise _misfit(table, field, number, f"{value!r}: {reason}")


def _misfits(values: Sequence[Any], field: pa.Field) -> Iterator[tuple[int, Any, str]]:
    """Row number, value and reason of each value that its column cannot hold."""
    import pyarrow as pa

    for number, value in enumerate(values, start=1):
        try:
            pa.scalar(value, field.type)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            yield number, value, str(error)


def _cast(table: Table, rows: pa.Table, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = []
    for field in schema:
        try:
            columns.append(rows[field.name].cast(field.type))
        except pa.ArrowException as error:
            raise _misfit(table, field, None, str(error)) from None
    return pa.table(columns, schema=schema)


def _misfit(table: Table, field: pa.Field, row: int | None, reason: str) -> BadInput:
    return BadInput(
        _("表 {table} 的列 {column} 放不下这个值").format(table=table.name, column=field.name),
        reason[:300],
        _("该列的类型是 {type}；核对位数、小数位和计量单位。").format(type=field.type),
        Place(line=row, column=field.name),
    )


def _require_values(table: Table, name: str, rows: pa.Table) -> None:
    """No missing value where none may be, and no NUL character, which PostgreSQL cannot hold."""
    import pyarrow.compute as pc

    column, declared = rows[name], next(column for column in table.columns if column.name == name)
    if column.null_count and not declared.nullable:
        raise BadInput(
            _("表 {table} 的列 {column} 不允许缺失值").format(table=table.name, column=name),
            remedy=_("没有取值的文本写成空字符串；没有数值的行不应成为记录。"),
            place=Place(line=pc.index(pc.is_null(column), True).as_py() + 1, column=name),
        )
    if declared.kind is Kind.TEXT and any(_holds_nul(chunk) for chunk in column.chunks):
        raise BadInput(
            _("表 {table} 的列 {column} 含有空字符（NUL）").format(table=table.name, column=name),
            remedy=_("文件可能不是文本，或编码不对；重新导出后再试。"),
            place=Place(line=pc.index(pc.match_substring(column, "\0"), True).as_py() + 1, column=name),
        )


def _holds_nul(chunk: pa.Array) -> bool:
    """Whether any text of the chunk may hold a NUL: its bytes are searched at once."""
    import pyarrow.compute as pc

    data = chunk.buffers()[2]
    if data is None or data.size == 0 or data.to_pybytes().find(b"\0") < 0:
        return False
    return bool(pc.any(pc.match_substring(chunk, "\0")).as_py())
