"""A Parquet file to a sheet: columns by name, values as text. Large files of statements go through `bulk` instead."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from guibiao.ingest.number_format import plain
from guibiao.ingest.sheet import MAXIMUM_COLUMNS, MAXIMUM_ROWS, Sheet, too_many_rows
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    import pyarrow as pa

MAXIMUM_UNPACKED = 1024**3


def read_parquet(content: bytes, name: str) -> Sheet:
    """Sheet whose first row is the column names, so that data row n is the file's row n + 1 as in its CSV twin."""
    table = open_parquet(content, name, MAXIMUM_ROWS - 1, MAXIMUM_UNPACKED)
    columns = [_texts(table.column(position), table.column_names[position], name) for position in range(table.num_columns)]
    return Sheet(name, (tuple(table.column_names), *zip(*columns, strict=True)), named=True)


def open_parquet(content: bytes, name: str, rows: int, unpacked: int) -> pa.Table:
    """The whole table, once its declared size has been found bearable; at most `rows` rows and `unpacked` bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(pa.BufferReader(content)) as file:
            described = file.metadata
            size = sum(described.row_group(group).total_byte_size for group in range(described.num_row_groups))
            if described.num_rows > rows:
                raise too_many_rows(name)
            if described.num_columns > MAXIMUM_COLUMNS or size > unpacked:
                raise BadInput(
                    _("解开后有 {columns} 列、{size} MB，超过限度").format(columns=described.num_columns, size=size // 1024**2),
                    remedy=_("拆成几个文件。"),
                    place=Place(name),
                )
            table = file.read()
            table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, KeyError, UnicodeDecodeError) as error:
        raise BadInput(
            _("Parquet 文件打不开：不完整或已损坏"),
            _("问题：{problem}").format(problem=str(error).splitlines()[0] if str(error) else type(error).__name__),
            _("重新导出或重新传送。"),
            Place(name),
        ) from None
    return table


def _texts(column: pa.ChunkedArray, heading: str, name: str) -> list[str]:
    import pyarrow as pa

    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        raise BadInput(
            _("列 {column} 的类型 {type} 不是表格数据").format(column=heading, type=column.type),
            remedy=_("导出成文字、整数、小数或日期列。"),
            place=Place(name, column=heading),
        )
    texts = [_text(value) for value in column.to_pylist()]
    nul = next((row for row, text in enumerate(texts, start=2) if "\0" in text), None)
    if nul is not None:
        raise BadInput(_("格内含有空字符（NUL）"), remedy=_("重新导出。"), place=Place(name, nul, heading))
    return texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)
