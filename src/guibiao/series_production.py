"""Many series in one run: over processes, written one by one, resumable, with models kept by vintage.

Each series has a file of its own with a key of its content: data, specification, policy, engine. A run that was cut off goes on where it
stopped; a series whose key is unchanged is not run again. Recipe: docs/recipes/adjust-a-thousand-series.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from guibiao import __version__, series_models
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import active_language, set_language
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries
from guibiao.reference.series.adjustment import AdjustmentSpecification
from guibiao.series.adjustment.engines import check_engine, engine_named
from guibiao.series.adjustment.model_vintage import ModelVintage, vintage_of
from guibiao.series.adjustment.record import explanation_record, result_record
from guibiao.series.adjustment.result import AdjustmentEngine, AdjustmentRequest, AdjustmentResult, Grade, Reason, Words, failed
from guibiao.series.adjustment.revision_explanation import explain_all
from guibiao.series.adjustment.revision_policy import RevisionPolicy, request_under
from guibiao.series_production_files import RESULTS, Outcome, read_record, write_record, write_tables
from guibiao.worker_processes import Lost, run_tasks

CHUNK = 10
SECONDS = 300.0
"""Time limit of a series; a chunk may take that of all its series together."""
_BY_CHANCE = frozenset({"crash", "timeout", "raised"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of every series. `models` is a folder of vintages, `known_from` the day the data became known.

    `jobs` is the number of processes, 0 for one a processor.
    """

    specification: AdjustmentSpecification
    known_from: date
    engine: str = "x13"
    policy: RevisionPolicy = RevisionPolicy.CONCURRENT
    models: Path | None = None
    vintage: date | None = None
    """Models are taken from the newest vintage known by this day; by default from the newest."""
    jobs: int = 0
    resume: bool = False
    explain: bool = False
    seconds: float = SECONDS
    chunk: int = CHUNK


@dataclass(frozen=True, slots=True)
class Chunk:
    """Series that one worker runs together, with everything a fresh process needs."""

    plan: Plan
    version: str
    out: Path
    language: str
    series: tuple[TimeSeries, ...]


def produce(
    series: Mapping[str, TimeSeries], unread: Mapping[str, GuibiaoError], plan: Plan, out: Path, report: Callable[[int], None]
) -> Outcome:
    """Adjust every series and write `out`. `unread` are series whose data could not be read: they are listed among the failures.

    `report` is told how many more series are finished. Raises BadRequest where nothing can be run at all.
    """
    _check(series, unread, plan)
    version = _prepared(plan, out)
    whole = Chunk(plan, version, out, active_language(), tuple(series.values()))
    finished = {each.name for each in whole.series if plan.resume and _is_finished(whole, each)}
    report(len(finished))
    for key, error in unread.items():
        _write_failure(whole, TimeSeries(key, Frequency.MONTH, 0, ()), "unread", Words(*(_told(error),) * 2))
        report(1)
    for count in _run(replace(whole, series=tuple(each for each in whole.series if each.name not in finished))):
        report(count)
    return write_tables(out, [*series, *unread], len(finished))


def adjust_chunk(chunk: Chunk) -> int:
    """Run the series of a chunk and write their files; the number of series."""
    set_language(chunk.language)
    engine = engine_named(chunk.plan.engine)
    before = {each.name: _vintage(chunk.plan, each.name) for each in chunk.series}
    results, ready = {}, {}
    for each in chunk.series:
        try:
            if chunk.plan.models is not None:
                series_models.check_day(chunk.plan.models, each.name, chunk.plan.known_from)
            ready[each.name] = request_under(chunk.plan.policy, each, chunk.plan.specification, _model(before[each.name]), each.name)
        except GuibiaoError as error:
            results[each.name] = _refused(chunk, each, engine, error)
    results |= dict(zip(ready, engine.adjust(list(ready.values())), strict=True))
    explained = _explained(chunk, engine, results, before)
    for each in chunk.series:
        result = results[each.name]
        record = result_record(result) | {"policy": chunk.plan.policy.value, "content": content_key(chunk, each)}
        record["used"], record["stored"] = _identity(before[each.name]), _stored(chunk.plan, result)
        record["explanation"] = explained.get(each.name)
        write_record(chunk.out, record)
    return len(chunk.series)


def content_key(chunk: Chunk, series: TimeSeries) -> str:
    """Hash of what the result of a series depends on, but for the models, whose identity stands in its record."""
    plan = chunk.plan
    run = [__version__, plan.engine, chunk.version, plan.policy.value, plan.explain, str(plan.vintage or ""), plan.models is not None]
    data = [series.name, series.frequency.value, series.start, series.spans, [repr(value) for value in series.values]]
    content = [run, asdict(plan.specification), data]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _check(series: Mapping[str, TimeSeries], unread: Mapping[str, GuibiaoError], plan: Plan) -> None:
    if not series and not unread:
        raise BadRequest(_("没有可调整的序列"), remedy=_("用 --data 给出至少一列数据。"))
    if plan.models is None and (plan.policy is not RevisionPolicy.CONCURRENT or plan.explain or plan.vintage is not None):
        raise BadRequest(_("沿用模型、解释修订都要用存过的模型"), remedy=_("用 --models 指明存放模型的文件夹。"))
    plan.specification.effective()
    check_engine(plan.engine, plan.specification)


def _prepared(plan: Plan, out: Path) -> str:
    """Make the folders, and know that the engine can run here: its version."""
    version = engine_named(plan.engine).version
    try:
        (out / RESULTS).mkdir(parents=True, exist_ok=True)
        if plan.models is not None:
            plan.models.mkdir(parents=True, exist_ok=True)
        for path in () if plan.resume else (out / RESULTS).glob("*.json"):
            path.unlink()
    except OSError as error:
        raise BadRequest(
            _("不能写入文件夹 {folder}：{reason}").format(folder=error.filename, reason=error.strerror), remedy=_("换一个可写的文件夹。")
        ) from None
    return version


def _is_finished(chunk: Chunk, series: TimeSeries) -> bool:
    """Whether an earlier run has this very result, and no model was stored since."""
    record = read_record(chunk.out, series.name)
    if record is None or record.get("content") != content_key(chunk, series) or _is_chance(record):
        return False
    newest = _identity(_vintage(chunk.plan, series.name))
    return newest in {record.get("used"), record.get("stored")}


def _is_chance(record: Mapping[str, Any]) -> bool:
    """Whether what failed may go well another time."""
    return any(reason["code"] in _BY_CHANCE for reason in record["reasons"])


def _run(chunk: Chunk) -> Iterator[int]:
    """Run all series; what a crash or a hang took is run again one by one, so that only the series at fault fails."""
    size = max(1, min(chunk.plan.chunk, -(-len(chunk.series) // jobs_of(chunk.plan))))
    parts = [replace(chunk, series=chunk.series[at : at + size]) for at in range(0, len(chunk.series), size)]
    alone: list[Chunk] = []
    for outcome in run_tasks(adjust_chunk, parts, jobs_of(chunk.plan), _limit):
        if not isinstance(outcome, Lost):
            yield outcome
        elif len(outcome.task.series) > 1:
            alone += [replace(chunk, series=(each,)) for each in outcome.task.series]
        else:
            yield _lost(outcome)
    for outcome in run_tasks(adjust_chunk, alone, jobs_of(chunk.plan), _limit):
        yield _lost(outcome) if isinstance(outcome, Lost) else outcome


def jobs_of(plan: Plan) -> int:
    """Processes to run: all processors this process may use, unless stated."""
    if plan.jobs > 0:
        return plan.jobs
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def _limit(chunk: Chunk) -> float:
    return chunk.plan.seconds * len(chunk.series)


def _lost(lost: Lost[Chunk]) -> int:
    """Write down a series whose worker was lost."""
    (series,) = lost.task.series
    said = {
        "crash": Words(f"计算进程中途退出（{lost.detail}）。", f"the worker process died ({lost.detail})."),
        "timeout": Words(f"超过 {lost.task.plan.seconds:g} 秒没有算完。", f"not finished within {lost.task.plan.seconds:g} seconds."),
        "raised": Words(f"程序出错：{lost.detail}", f"the program failed: {lost.detail}"),
    }
    _write_failure(lost.task, series, lost.cause, said[lost.cause])
    return 1


def _write_failure(chunk: Chunk, series: TimeSeries, code: str, words: Words) -> None:
    request = AdjustmentRequest(series.name, series, chunk.plan.specification)
    result = failed(request, chunk.plan.engine, chunk.version, Reason(code, Grade.ERROR, words))
    record = result_record(result) | {"policy": chunk.plan.policy.value, "content": content_key(chunk, series)}
    write_record(chunk.out, record | {"used": None, "stored": None, "explanation": None})


def _refused(chunk: Chunk, series: TimeSeries, engine: AdjustmentEngine, error: GuibiaoError) -> AdjustmentResult:
    said = _told(error)
    request = AdjustmentRequest(series.name, series, chunk.plan.specification)
    return failed(request, engine.name, engine.version, Reason("refused", Grade.ERROR, Words(said, said)))


def _told(error: GuibiaoError) -> str:
    return " ".join(part for part in (str(error.place), error.title, error.description, error.remedy) if part)


def _vintage(plan: Plan, key: str) -> series_models.StoredVintage | None:
    return None if plan.models is None else series_models.latest(plan.models, key, plan.vintage)


def _model(stored: series_models.StoredVintage | None) -> ModelVintage | None:
    return None if stored is None else stored.vintage


def _identity(stored: series_models.StoredVintage | None) -> str | None:
    return None if stored is None else stored.id


def _stored(plan: Plan, result: AdjustmentResult) -> str | None:
    """Keep the model of a result; the name it is kept under."""
    vintage = vintage_of(result, plan.specification, plan.known_from, plan.policy.value)
    return None if plan.models is None or vintage is None else series_models.add(plan.models, vintage)


def _explained(
    chunk: Chunk,
    engine: AdjustmentEngine,
    results: Mapping[str, AdjustmentResult],
    before: Mapping[str, series_models.StoredVintage | None],
) -> dict[str, dict[str, Any]]:
    """Explanations of the series that were adjusted now and before, by key."""
    if not chunk.plan.explain:
        return {}
    pairs = [(stored.vintage, results[key]) for key, stored in before.items() if stored is not None and results[key].components is not None]
    return {each.key: explanation_record(each) for each in explain_all(pairs, engine)}
