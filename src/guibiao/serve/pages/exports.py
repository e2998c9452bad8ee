"""Released rows as CSV, Parquet and sheets with their metadata."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.tables import OBSERVATIONS, Table
from guibiao.serve.pages.definitions import Definitions, named
from guibiao.serve.services import Row, SheetOrder
from guibiao.store.port import Condition, OpenRelease

MARK = "\ufeff"
"""Tells spreadsheets that a CSV is UTF-8."""
LINES_AT_ONCE = 2000
ROWS_AT_ONCE = 20_000
SHEET_ROWS = 200_000
"""Observations that a workbook is made of at most."""
_FORMULA = re.compile(r"^ *[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV (RFC 4180) with a mark, in pieces; text is never taken for a formula.

    The first piece is made at once: what is wrong with the question shows before the answer begins.
    """
    pieces = _csv_pieces(head, rows)
    return chain([next(pieces)], pieces)


def _csv_pieces(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(MARK)
    writer.writerow(head)
    for number, row in enumerate(rows):
        writer.writerow([_written(value) for value in row])
        if number % LINES_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def rows_in_parts(release: OpenRelease, table: Table, where: Mapping[str, Condition] | None = None) -> Iterator[Row]:
    """Rows that fit, in key order, however many: read some at a time, each time behind the last key."""
    after: list[Any] = []
    while True:
        part = release.select(table, where=where, order=table.key, after=after, limit=ROWS_AT_ONCE)
        yield from part.to_pylist()
        if part.num_rows < ROWS_AT_ONCE:
            return
        after = [part[name][-1].as_py() for name in table.key]


def require_sheet(release: OpenRelease, where: Mapping[str, Condition]) -> None:
    """BadRequest where a workbook of the observations would be too large to be made and opened."""
    count = release.count(OBSERVATIONS, where)
    if count > SHEET_ROWS:
        raise BadRequest(
            _("{count} 行，超出 Excel 下载的 {most} 行").format(count=count, most=SHEET_ROWS), remedy=_("下载 CSV，或在查询里缩小范围。")
        )


OBSERVED: Mapping[str, tuple[str, str]] = {
    "indicator": ("指标代码", "Indicator"), "indicator_name": ("指标", "Name"), "area": ("地区代码", "Area"),
    "area_name": ("地区", "Name of the area"), "categories": ("类目键", "Categories"),
    "categories_name": ("类目", "Names of the categories"),
    "period": ("报告期", "Period"), "period_start": ("首日", "First day"), "period_end": ("末日", "Last day"),
    "measure": ("性质", "Measure"),
    "value": ("数值", "Value"), "low": ("下限", "Lower bound"), "high": ("上限", "Upper bound"), "unit": ("单位", "Unit"),
    "qualifier": ("限定", "Qualifier"), "printed": ("原文", "As printed"), "price_basis": ("价格基准", "Price basis"),
    "comparison_basis": ("比较口径", "Comparison basis"), "accounting_basis": ("核算口径", "Accounting basis"), "stage": ("阶段", "Stage"),
    "method": ("方法", "Method"), "status": ("状态", "Status"), "known_from": ("最早可知日", "Known from"), "grade": ("来源等级", "Grade"),
    "source": ("来源代码", "Source"), "source_name": ("来源", "Title of the source"), "locator": ("位置或公式", "Place or formula"),
    "alternatives": ("其他陈述数", "Other statements"),
}  # fmt: skip
"""Columns of exported observations, Chinese and English."""


def observed_head(language: str) -> tuple[str, ...]:
    """Heads of the columns of exported observations."""
    return tuple(titles[0 if language == "zh" else 1] for titles in OBSERVED.values())


def observed_values(row: Row, period: str, definitions: Definitions, language: str) -> list[Any]:
    """One observation with the names of what its codes stand for."""
    names = {
        "indicator_name": definitions.indicator_name(row["indicator"], language),
        "area_name": definitions.area(row["area"], language),
        "categories_name": definitions.categories(row["categories"], language, totals=True),
        "source_name": definitions.source_title(row["source"]) if row["source"] else "",
        "period": period,
    }
    return [names[column] if column in names else row[column] for column in OBSERVED]


def metadata_sheet(indicators: Sequence[Row], facts: Sequence[tuple[str, str]], language: str) -> SheetOrder:
    """What a workbook holds: release and selection first, then every indicator with its definition."""
    chinese = language == "zh"
    rows: list[Sequence[Any]] = [list(fact) for fact in facts]
    for each in indicators:
        rows += [
            ["", ""],
            ["指标" if chinese else "Indicator", f"{named(each, 'name', language)}（{each['indicator']}）"],
            ["定义" if chinese else "Definition", named(each, "definition", language)],
            ["单位" if chinese else "Unit", each["unit"]],
            ["频率" if chinese else "Frequency", each["frequency"]],
            ["编制单位" if chinese else "Compiled by", each["owner"]],
            ["公式" if chinese else "Formula", each["formula"] or each["measurement"]],
            ["说明" if chinese else "Note", each["sources_note"]],
        ]
    return SheetOrder("元数据" if chinese else "Metadata", ("项目", "内容") if chinese else ("Item", "Content"), rows)


def _written(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) and not _NUMBER.fullmatch(value) else value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date | datetime) else value
