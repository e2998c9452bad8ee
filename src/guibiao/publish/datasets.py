"""Data files beside the report: observations, findings, catalogue."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from guibiao.model.tables import FINDINGS
from guibiao.publish.spreadsheet_text import harmless
from guibiao.reference.definitions import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

PUBLIC = (
    "indicator", "area", "categories", "period_start", "period_end", "measure", "value", "low", "high", "qualifier", "printed", "unit",
    "price_basis", "accounting_basis", "stage", "method", "known_from", "source", "grade", "locator",
)  # fmt: skip
"""Columns of observations.parquet; after these come the remaining columns of the table `observations`."""


def parquet(observations: pa.Table) -> bytes:
    """Observations as a Parquet file, public columns first."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = (*PUBLIC, *(name for name in observations.column_names if name not in PUBLIC))
    sink = pa.BufferOutputStream()
    pq.write_table(observations.select(list(names)), sink, compression="zstd", store_schema=True)
    return bytes(sink.getvalue().to_pybytes())


def findings_csv(findings: Sequence[Mapping[str, Any]]) -> bytes:
    """Findings, gravest first, as CSV that opens in a spreadsheet (UTF-8 with mark); text is never taken for a formula."""
    order = {"error": 0, "warning": 1, "info": 2}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(FINDINGS.names)
    for row in sorted(findings, key=lambda row: (order[row["severity"]], *(row[name] for name in FINDINGS.key))):
        writer.writerow([harmless(str(row[name])) for name in FINDINGS.names])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def catalog(
    workspace: Workspace, observations: pa.Table, tables: Mapping[str, Mapping[str, Any]], files: Mapping[str, str]
) -> dict[str, Any]:
    """What there is: indicators with definition and coverage, sources with grade, tables with what became of their cells, files with hash.

    `tables` maps dataset to the counts its step gave, `files` maps a published file to its SHA-256.
    """
    covered = {
        row["indicator"]: row
        for row in observations.group_by("indicator")
        .aggregate([("indicator", "count"), ("period_start", "min"), ("period_end", "max")])
        .to_pylist()
    }
    nothing = {"indicator_count": 0, "period_start_min": None, "period_end_max": None}
    return {
        "workspace": {
            "id": workspace.settings.id, "name_zh": workspace.settings.name_zh, "name_en": workspace.settings.name_en,
            "area": workspace.settings.area, "synthetic": workspace.settings.synthetic, "licence": workspace.settings.licence,
        },
        "indicators": [
            {
                "id": indicator.id, "name_zh": indicator.name_zh, "name_en": indicator.name_en, "unit": indicator.unit,
                "definition_zh": indicator.definition_zh, "measure": indicator.measure.value, "price_basis": indicator.price_basis,
                "accounting_bases": list(indicator.accounting_bases), "dimensions": list(indicator.dimensions),
                "formula": indicator.formula, "measurement": indicator.measurement,
                "owner": indicator.owner, "frequency": indicator.frequency,
                "frameworks": [each.id for each in workspace.frameworks.values() if indicator.id in each.members],
                "observations": (mine := covered.get(indicator.id, nothing))["indicator_count"],
                "from": mine["period_start_min"], "to": mine["period_end_max"],
                "gap": {"office": indicator.gap_office, "due": indicator.gap_due} if indicator.gap_office else None,
            }
            for indicator in workspace.indicators.values()
        ],
        "sources": [
            {
                "id": source.id, "title": source.title, "publisher": source.publisher, "grade": source.grade.value,
                "known_from": source.known_from, "url": source.url, "terms": source.terms,
            }
            for source in workspace.sources.values()
        ],
        "tables": [{"id": name, **counts_} for name, counts_ in sorted(tables.items())],
        "files": [{"name": name, "sha256": digest} for name, digest in sorted(files.items())],
    }  # fmt: skip
