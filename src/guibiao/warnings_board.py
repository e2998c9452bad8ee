"""Warning boards of a file or a workspace: series in, rows of the table `warnings` out; in a run, as cached steps."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from guibiao.assess.board import evaluate
from guibiao.assess.board_types import BoardResult, Reading, Row, Watched
from guibiao.assess.lights import Light
from guibiao.assess.period_end import last_day
from guibiao.assess.words import Words, change_words, event_words, name_words, row_sentence, score_sentence
from guibiao.attainment import figures_on
from guibiao.graph import Output, digest
from guibiao.model.category import category_key
from guibiao.model.errors import BadRequest
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, label_of
from guibiao.model.tables import WARNINGS, Kind
from guibiao.reference.series.warning import WarningBoard, WatchedIndicator
from guibiao.run import DataRun

COMPOSITE, DIFFUSION = "composite", "diffusion"
Record = dict[str, Any]
NAMES: Mapping[str, Words] = {
    COMPOSITE: Words("综合预警指数", "Composite warning index"),
    DIFFUSION: Words("扩散指数", "Diffusion index"),
}


def board_of_file(board: WarningBoard, path: Path, as_of: date) -> BoardResult:
    """The board on the series of a CSV file; raises BadRequest where the file holds none of them."""
    from guibiao.series_data import read_each

    found, unread = read_each(path)
    wanted = {each.id: each.series or each.id for each in board.indicators}
    for name in wanted.values():
        if name in unread:
            raise unread[name]
    given = {each: Watched(found[name]) for each, name in wanted.items() if name in found}
    if not given:
        raise BadRequest(
            _("{file} 里没有预警盘 {id} 的任何序列").format(file=path.name, id=board.id),
            remedy=_("文件里有：{names}；在 indicators 的 series 里写列名。").format(names="、".join(list(found)[:12])),
        )
    return evaluate(board, given, as_of)


def board_of_workspace(data: DataRun, board: WarningBoard, as_of: date) -> BoardResult:
    """The board on the workspace's observations known by the day."""
    given = {}
    unknown = [each.indicator for each in board.indicators if each.indicator not in data.workspace.indicators]
    if unknown:
        raise BadRequest(
            _("预警盘 {id} 的指标 {names} 没有定义").format(id=board.id, names="、".join(name or "—" for name in unknown)),
            remedy=_("在 indicator 里写 indicators/ 中的代码。"),
        )
    figures = figures_on(data, indicators_of(board), as_of)
    for watched in board.indicators:
        own = _of_rows(board, watched, data, figures.rows.get(watched.indicator, ()))
        if own is not None:
            given[watched.id] = own
    return evaluate(board, given, as_of)


def indicators_of(board: WarningBoard) -> tuple[str, ...]:
    """Workspace indicators that a board reads, sorted."""
    return tuple(sorted({each.indicator for each in board.indicators}))


def _of_rows(board: WarningBoard, watched: WatchedIndicator, data: DataRun, rows: Sequence[Mapping[str, Any]]) -> Watched | None:
    from guibiao.series_data import chosen_rows, series_of_rows

    area = watched.area or data.workspace.settings.area
    chosen = chosen_rows(rows, area, watched.categories)
    if not chosen:
        return None
    frequency = Frequency(board.frequency)
    unit = data.workspace.indicators[watched.indicator].unit
    series = series_of_rows(chosen, watched.name_zh or watched.id, frequency, getattr(unit, "symbol", str(unit)))
    per_year = frequency.per_year
    known = {row["period_end"].year * per_year + (row["period_end"].month - 1) * per_year // 12: row["known_from"] for row in chosen}
    return Watched(series, series.unit, known, max((row["grade"] for row in chosen), default=""), area)


def warning_rows(result: BoardResult) -> list[Record]:
    """Rows of the table `warnings`: every indicator at every period, then the composite score and the diffusion index."""
    return [*(record for row in result.rows for record in _indicator_rows(result, row)), *_score_rows(result), *_diffusion_rows(result)]


def _indicator_rows(result: BoardResult, row: Row) -> Iterator[Record]:
    names = {each.watched.id: name_words(each.watched) for each in result.rows}
    own, event = name_words(row.watched), event_words(row.watched, names)
    limits = " ".join(f"{each:.10g}" for each in row.limits or ())
    common = {
        "indicator": row.watched.indicator, "area": row.area, "categories": category_key(row.watched.categories),
        "transform": row.watched.transform, "series": row.watched.id, "name_zh": own.zh, "name_en": own.en, "unit": row.unit,
        "grade": row.grade, "limits": limits, "limit_kind": row.watched.limits.kind, "limits_from": row.limits_from,
        "alarm": " ".join(row.watched.alarm) if row.watched.event else "", "event_zh": event.zh, "event_en": event.en,
    }  # fmt: skip
    for at, reading in enumerate(row.readings):
        record = _record(result, reading) | common
        yield record | _latest(result, row, reading) if at == row.latest else record


def _record(result: BoardResult, reading: Reading) -> Record:
    empty: Record = {column.name: None if column.nullable else "" for column in WARNINGS.columns}
    lit = reading.light is not Light.NONE
    return empty | {
        "as_of": result.as_of, "board": result.board.id, "period": label_of(result.frequency, reading.ordinal),
        "value": None if math.isnan(reading.value) else reading.value, "light": reading.light.name.lower(),
        "score": int(reading.light) if lit else None, "reason": reading.reason, "latest": False,
    }  # fmt: skip


def _latest(result: BoardResult, row: Row, reading: Reading) -> Record:
    """What only the last value says: change, age, the rule's test, the sentence."""
    before, test = row.previous, row.test.counts
    sentence = row_sentence(result, row)
    stated: Record = {
        "latest": True, "age": (result.as_of - last_day(result.frequency, reading.ordinal)).days, "known_from": row.known_from,
        "tested": row.test.untested or ("in_sample" if row.test.in_sample else "tested"),
        "tested_from": row.test.first, "tested_to": row.test.last, "sentence_zh": sentence.zh, "sentence_en": sentence.en,
    }  # fmt: skip
    if before is not None:
        moved = change_words(reading, before, row.unit).en
        direction = {"unchanged": "equal", "up": "rising", "down": "falling"}[moved.partition(" ")[0]]
        stated |= {"change": reading.value - before.value, "direction": direction}
    if test is not None:
        stated |= {
            "events": test.events, "hits": test.hits, "misses": test.misses, "false_alarms": test.false_alarms,
            "pending": test.pending, "alarm_share": test.alarm_share, "lead": None if math.isnan(test.lead) else test.lead,
        }  # fmt: skip
    return stated


def _score_rows(result: BoardResult) -> Iterator[Record]:
    last = result.score
    for score in result.scores:
        few = math.isnan(score.value)
        record = _record(result, Reading(score.ordinal, score.value, score.light, "few" if few else "")) | _named(COMPOSITE)
        record |= {"limits": " ".join(f"{each:g}" for each in result.cuts.limits), "limit_kind": result.cuts.id}
        if score is last:
            sentence = score_sentence(result, score)
            age = (result.as_of - last_day(result.frequency, score.ordinal)).days
            record |= {"latest": True, "age": age, "sentence_zh": sentence.zh, "sentence_en": sentence.en}
        yield record


def _diffusion_rows(result: BoardResult) -> Iterator[Record]:
    index = result.diffusion
    if index is None:
        return
    last = max((at for at, value in enumerate(index.values) if not math.isnan(value)), default=-1)
    for at, value in enumerate(index.values):
        reason = "few" if math.isnan(value) else ""
        yield _record(result, Reading(index.start + at, value, Light.NONE, reason)) | _named(DIFFUSION) | {"latest": at == last}


def _named(name: str) -> Record:
    return {"series": name, "name_zh": NAMES[name].zh, "name_en": NAMES[name].en}


def warnings_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as CSV that opens in a spreadsheet (UTF-8 with mark); text is never taken for a formula."""
    from guibiao.publish.spreadsheet_text import harmless

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(WARNINGS.names)
    for row in rows:
        writer.writerow(
            [harmless(value) if isinstance(value, str) else _written(value) for value in (row[name] for name in WARNINGS.names)]
        )
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _written(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else value


class WarningBoards:
    """The boards of a run as of its day, as cached steps, with their files; nothing where the workspace has none."""

    def __init__(self, data: DataRun) -> None:
        self.data = data
        self.workspace = data.workspace
        self.day = data.request.as_of or data.today

    @cached_property
    def rows(self) -> list[Record]:
        """Rows of the table `warnings`, board after board."""
        return [self._typed(row) for output in self._steps.values() for row in json.loads(self.data.cache.artefact(output.part("rows")))]

    @property
    def digests(self) -> dict[str, str]:
        """What a step that shows boards depends on."""
        return {f"warnings {name}": output.digest for name, output in self._steps.items()}

    @cached_property
    def file(self) -> Output:
        """`warnings.csv` and `warnings.json`; none without a board."""

        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            if not self._steps:
                return {}, {}
            parts = {"warnings.csv": self.data.cache.keep(warnings_csv(self.rows)), "warnings.json": self.data.cache.keep(_json(self.rows))}
            return parts, {"artefacts": list(parts.values())}

        return self.data.cache.run("warnings files", self.digests, "", ("publish/spreadsheet_text.py",), compute)

    @cached_property
    def _steps(self) -> Mapping[str, Output]:
        return {name: self._step(board) for name, board in self.workspace.warnings.items()}

    def _step(self, board: WarningBoard) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            rows = warning_rows(board_of_workspace(self.data, board, self.day))
            name = self.data.cache.keep(_json(rows))
            return {"rows": name}, {"artefacts": [name]}

        workspace = self.workspace
        inputs = self.data.digests(name for name in indicators_of(board) if name in workspace.indicators)
        defined = digest(
            board, self.day, active_language(), workspace.settings, [workspace.indicators.get(name) for name in indicators_of(board)]
        )
        return self.data.cache.run(f"warnings {board.id}", inputs, defined, ("assess", "editing", "reference"), compute)

    def _typed(self, row: Record) -> Record:
        days = {column.name for column in WARNINGS.columns if column.kind is Kind.DAY}
        return {name: date.fromisoformat(value) if name in days and value else value for name, value in row.items()}


def _json(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return (json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n").encode()
