"""Files of a run over many series: one JSON file a series, written whole or not at all, and the tables that gather them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from guibiao.publish.spreadsheet_text import harmless
from guibiao.series.adjustment.record import CHANGE, COLUMNS, SUMMARY, summary_row
from guibiao.series.adjustment.result import Words

RESULTS = "series"
ADJUSTED, SUMMARIES, FAILURES, REVISIONS = "adjusted.csv", "summary.csv", "failed.csv", "revisions.csv"
_FAILED = ("series", "code", "reason_zh", "reason_en")


@dataclass(frozen=True, slots=True)
class Failure:
    """A series without an adjustment, and why."""

    key: str
    code: str
    reason: Words


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run: counts by grade, what failed, how many were taken over from an earlier run, mean absolute revision, files written."""

    grades: Mapping[str, int]
    failures: tuple[Failure, ...]
    resumed: int
    revisions: Mapping[str, Mapping[str, float]]
    """By series, the mean absolute change of the published past and of its parts."""
    files: tuple[Path, ...]


def result_file(out: Path, key: str) -> Path:
    """File of a series; its name is a hash, for names from data are no file names."""
    return out / RESULTS / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"


def write_whole(path: Path, text: str) -> None:
    """Put a file in place whole: a run that is cut off leaves the old one or none."""
    with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, suffix=".part", delete=False) as part:
        part.write(text)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(path)


def write_record(out: Path, record: Mapping[str, Any]) -> None:
    """Write the record of a series."""
    write_whole(result_file(out, record["series"]), json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")


def read_record(out: Path, key: str) -> dict[str, Any] | None:
    """The record of a series, None where there is none or where it is damaged."""
    try:
        record = json.loads(result_file(out, key).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("series") == key else None


def write_tables(out: Path, keys: Sequence[str], resumed: int) -> Outcome:
    """Gather the records into tables, in the order of the keys; one record is held at a time."""
    grades: Counter[str] = Counter()
    failures: list[Failure] = []
    revisions: dict[str, Mapping[str, float]] = {}
    tables = {ADJUSTED: _Table(("series", *COLUMNS)), SUMMARIES: _Table(SUMMARY), REVISIONS: _Table(CHANGE)}
    for record in _stored_records(out, keys):
        grades[record["grade"]] += 1
        tables[ADJUSTED].add([record["series"], *(row[name] for name in COLUMNS)] for row in record["rows"])
        tables[SUMMARIES].add([summary_row(record)])
        if record["grade"] == "error":
            reason = record["reasons"][0]
            failures.append(Failure(record["series"], reason["code"], Words(reason["zh"], reason["en"])))
        explained = record.get("explanation")
        if explained:
            revisions[record["series"]] = explained["mean_absolute"]
            tables[REVISIONS].add([record["series"], *(row[name] for name in CHANGE[1:])] for row in explained["changes"])
    tables[FAILURES] = _Table(_FAILED)
    tables[FAILURES].add([each.key, each.code, each.reason.zh, each.reason.en] for each in failures)
    if not revisions:
        del tables[REVISIONS]
        (out / REVISIONS).unlink(missing_ok=True)
    for name, table in tables.items():
        write_whole(out / name, table.text())
    return Outcome(dict(grades), tuple(failures), resumed, revisions, tuple(out / name for name in tables))


def _stored_records(out: Path, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    for key in keys:
        record = read_record(out, key)
        if record is None:
            raise ValueError(f"no record of {key} in {out}")
        yield record


class _Table:
    """Rows of a CSV file: numbers whole, missing ones empty, no text that a spreadsheet takes for a formula."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, lineterminator="\n")
        self._writer.writerow(columns)

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        self._writer.writerows([_cell(value) for value in row] for row in rows)

    def text(self) -> str:
        return self._buffer.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    return harmless(value) if isinstance(value, str) else value
