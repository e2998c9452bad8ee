"""Open data beside the report: observations as CSV and Parquet, and the dictionary that explains columns and indicators.

Figures that another office gave under restriction, and what is computed from them, are left out until they are cleared.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from guibiao.model.tables import FINDINGS, INDEX_SCORES, OBSERVATIONS, Kind
from guibiao.publish.datasets import PUBLIC
from guibiao.publish.gaps import COLUMNS as GAP_COLUMNS
from guibiao.publish.index_columns import INDEX_CHINESE
from guibiao.publish.spreadsheet_text import harmless
from guibiao.reference.definitions import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

_MARK = b"\xef\xbb\xbf"
DICTIONARY = (
    "kind", "file", "name", "name_zh", "name_en", "definition_zh", "definition_en", "type", "unit", "measure", "price_basis",
    "accounting_bases", "dimensions", "frequency", "owner", "formula",
)  # fmt: skip
CHINESE: Mapping[str, str] = {
    "indicator": "指标", "area": "地区代码", "categories": "类目键（维度=代码，用分号分隔；_T 为合计）", "period_start": "报告期首日",
    "period_end": "报告期末日", "measure": "报告期性质：期内、累计、期末、平均", "value": "数值，单位见 unit", "low": "下限，空为不封闭",
    "high": "上限，空为不封闭", "qualifier": "限定：准确、约、超过、不足等，或计算得出", "printed": "来源印出的原文", "unit": "计量单位",
    "decimals": "小数位数", "price_basis": "价格基准", "comparison_basis": "比较口径", "accounting_basis": "核算口径",
    "stage": "阶段：初步核算、最终核实、普查修订", "method": "方法：调查、行政记录、估算、预测、计算、合成",
    "status": "观测状态（SDMX CL_OBS_STATUS）",
    "known_from": "最早可知之日", "known_precision": "可知日期的精度：日、月、年", "grade": "来源等级 A—D；计算得出的取投入中最低的",
    "source": "来源；计算得出的为空", "locator": "在来源中的位置；计算得出的为公式",
    "statement": "所采用陈述的编号", "alternatives": "同一数的其他陈述数",
    "rule": "规则", "severity": "严重程度：错误、警告、提示", "message": "问题", "remedy": "处理办法", "period": "报告期",
    "claimed": "来源所称",
    "recomputed": "由其他数推算", "dataset": "数据集", "correction": "已登记的更正",
}  # fmt: skip
"""What the columns mean, in Chinese."""
_TYPES = {Kind.TEXT: "string", Kind.INTEGER: "integer", Kind.FLOAT: "double", Kind.EXACT: "decimal", Kind.DAY: "date"}


def cleared(observations: pa.Table, statements: Collection[str], indicators: Collection[str]) -> pa.Table:
    """Observations without those that chose one of the `statements` and those of the `indicators`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = observations
    for column, names in (("statement", statements), ("indicator", indicators)):
        if names:
            kept = kept.filter(pc.invert(pc.is_in(kept[column], value_set=pa.array(sorted(names), pa.string()))))
    return kept


def observations_csv(observations: pa.Table) -> bytes:
    """Observations as CSV (UTF-8 with mark), public columns first; text is never taken for a formula."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    names = (*PUBLIC, *(name for name in observations.column_names if name not in PUBLIC))
    chosen = observations.select(list(names))
    for position, name in enumerate(names):
        if pa.types.is_string(chosen.schema.field(name).type):
            chosen = chosen.set_column(position, name, _harmless_column(chosen[name]))
    sink = pa.BufferOutputStream()
    arrow_csv.write_csv(chosen, sink, arrow_csv.WriteOptions(quoting_style="needed"))
    return _MARK + bytes(sink.getvalue().to_pybytes())


def _harmless_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts of a column, each distinct one made harmless once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    coded = column.combine_chunks().dictionary_encode()
    texts = coded.dictionary
    suspect = pc.match_substring_regex(texts, r"^ *[=+\-@\t\r\n＝＋－＠]")
    number = pc.match_substring_regex(texts, r"^[+-]?[0-9]+(\.[0-9]+)?%?$")
    harmless_texts = pc.if_else(pc.and_(suspect, pc.invert(number)), pc.binary_join_element_wise("'", texts, ""), texts)
    return pa.chunked_array([pc.take(harmless_texts, coded.indices)])


def dictionary_csv(workspace: Workspace) -> bytes:
    """Every column of the data files and every indicator, one a row, Chinese beside English."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, DICTIONARY, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in (*_columns(), *_index_columns(workspace), *_indicators(workspace)):
        writer.writerow({name: harmless(text) for name, text in row.items()})
    return _MARK + buffer.getvalue().encode()


def _columns() -> Iterator[dict[str, str]]:
    documented = {column.name: column for column in OBSERVATIONS.columns}
    names = (*PUBLIC, *(name for name in documented if name not in PUBLIC))
    for file, columns in (("observations", [documented[name] for name in names]), ("findings", list(FINDINGS.columns))):
        for column in columns:
            yield {
                "kind": "column", "file": file, "name": column.name, "name_zh": CHINESE[column.name].split("：")[0],
                "definition_zh": CHINESE[column.name], "definition_en": column.doc, "type": _TYPES[column.kind],
            }  # fmt: skip
    for name, (chinese, english) in GAP_COLUMNS.items():
        yield {"kind": "column", "file": "gaps", "name": name, "name_zh": chinese, "definition_en": english, "type": "string"}


def _index_columns(workspace: Workspace) -> Iterator[dict[str, str]]:
    """Columns of the scores of indices, where the workspace has any."""
    for column in INDEX_SCORES.columns if workspace.indices else ():
        chinese = INDEX_CHINESE[column.name]
        yield {
            "kind": "column", "file": "index_scores", "name": column.name, "name_zh": chinese.split("：")[0],
            "definition_zh": chinese, "definition_en": column.doc, "type": _TYPES[column.kind],
        }  # fmt: skip


def _indicators(workspace: Workspace) -> Iterator[dict[str, str]]:
    only_parquet = workspace.bulk_indicators
    for each in workspace.indicators.values():
        yield {
            "kind": "indicator", "file": "observations.parquet" if each.id in only_parquet else "observations",
            "name": each.id, "name_zh": each.name_zh, "name_en": each.name_en,
            "definition_zh": each.definition_zh, "definition_en": each.definition_en, "unit": each.unit, "measure": each.measure.value,
            "price_basis": each.price_basis, "accounting_bases": "|".join(each.accounting_bases), "dimensions": "|".join(each.dimensions),
            "frequency": each.frequency, "owner": each.owner, "formula": each.formula,
        }  # fmt: skip
