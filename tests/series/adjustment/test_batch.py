"""Many series in one run: files, bad series, resuming, policies, and the command."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from guibiao import series_production, worker_processes
from guibiao.commands.series import adjust_many
from guibiao.model.errors import BadInput, BadRequest, FindingsPresent
from guibiao.model.messages import set_language
from guibiao.model.series import Frequency, TimeSeries
from guibiao.series.adjustment.revision_policy import RevisionPolicy
from guibiao.series_data import read_each
from guibiao.series_models import latest
from guibiao.series_production import Chunk, Plan, adjust_chunk, content_key, produce
from guibiao.series_production_files import Outcome, read_record, result_file
from tests.series.adjustment.adjustment_samples import AIRLINE, sample

JANUARY, FEBRUARY = date(2026, 1, 20), date(2026, 2, 20)
GOOD = {name: sample(name, years=5, seed=number) for number, name in enumerate(("a", "b", "甲", "=c"))}
BAD = {
    "constant": TimeSeries("constant", Frequency.MONTH, 24120, (5.0,) * 60),
    "two": TimeSeries("two", Frequency.MONTH, 24120, (5.0, 6.0)),
    "negative": TimeSeries("negative", Frequency.MONTH, 24120, tuple(float(each - 30) for each in range(60))),
}


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks run in this process; the processes themselves are tested in test_worker_processes and in the command below."""
    monkeypatch.setattr(series_production, "run_tasks", in_this_process)


def in_this_process(function, tasks, _jobs, _seconds):  # type: ignore[no-untyped-def]
    for task in tasks:
        try:
            yield function(task)
        except ConnectionError as error:
            yield worker_processes.Lost(task, "crash", str(error))


def plan(**fields: object) -> Plan:
    return Plan(**({"specification": AIRLINE, "known_from": JANUARY, "jobs": 1} | fields))  # type: ignore[arg-type]


def run(series: dict[str, TimeSeries], out: Path, **fields: object) -> tuple[Outcome, list[int]]:
    told: list[int] = []
    return produce(series, {}, plan(**fields), out, told.append), told


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_one_bad_series_never_stops_the_rest(tmp_path: Path) -> None:
    unread = {"bad cell": BadInput("“abc”不是数")}
    told: list[int] = []
    outcome = produce(GOOD | BAD, unread, plan(), tmp_path, told.append)
    assert [(each.key, each.code) for each in outcome.failures] == [
        ("constant", "refused"), ("two", "refused"), ("negative", "refused"), ("bad cell", "unread"),
    ]  # fmt: skip
    assert "“abc”不是数" in outcome.failures[-1].reason.zh
    assert sum(outcome.grades.values()) == sum(told) == len(GOOD) + len(BAD) + 1
    assert outcome.grades["error"] == 4
    adjusted = rows_of(tmp_path / "adjusted.csv")
    assert list(adjusted[0]) == ["series", "period", "original", "adjusted", "seasonal", "trend", "irregular"]
    assert [row["series"] for row in adjusted[::60]] == ["a", "b", "甲", "'=c"]
    assert all(float(row["adjusted"]) * float(row["seasonal"]) == pytest.approx(float(row["original"]), rel=1e-9) for row in adjusted)
    assert [row["series"] for row in rows_of(tmp_path / "failed.csv")] == ["constant", "two", "negative", "bad cell"]
    record = read_record(tmp_path, "甲")
    assert record is not None
    assert [each["period"] for each in record["forecast"]][::11] == ["2015-01", "2015-12"]
    assert len(record["seasonal_forecast"]) == len(record["forecast"]) == 12
    summary = rows_of(tmp_path / "summary.csv")
    assert len(summary) == 8
    assert (summary[0]["model"], summary[0]["transformation"], summary[0]["periods"]) == ("(0 1 1)(0 1 1)", "log", "60")


def test_a_crash_costs_its_own_series_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(chunk: Chunk) -> int:
        if any(each.name == "b" for each in chunk.series):
            raise ConnectionError("-9")
        return adjust_chunk(chunk)

    monkeypatch.setattr(series_production, "adjust_chunk", crashing)
    outcome, told = run(GOOD, tmp_path, chunk=3)
    assert [(each.key, each.code) for each in outcome.failures] == [("b", "crash")]
    assert sum(told) == 4


def test_a_run_is_taken_up_again(tmp_path: Path) -> None:
    first, _told = run(GOOD | BAD, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "series").iterdir()}
    next(iter(before)).unlink()
    again, told = run(GOOD | BAD, tmp_path, resume=True)
    assert again.resumed == told[0] == 6
    assert again.grades == first.grades
    kept = {path for path, stamp in before.items() if path.stat().st_mtime_ns == stamp}
    assert len(kept) == 6


@pytest.mark.parametrize("change", ["value", "specification", "damaged"])
def test_what_changed_is_run_again(tmp_path: Path, change: str) -> None:
    run(GOOD, tmp_path)
    series, fields = dict(GOOD), {}
    if change == "value":
        series["b"] = replace(GOOD["b"], values=(*GOOD["b"].values[:-1], 200.0))
    elif change == "specification":
        fields = {"specification": replace(AIRLINE, trend_filter=13)}
    else:
        path = result_file(tmp_path, "a")
        path.write_text(path.read_text("utf-8")[:50], "utf-8")
    again, _told = run(series, tmp_path, resume=True, **fields)
    assert again.resumed == (0 if change == "specification" else 3)


def test_what_a_crash_took_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(chunk: Chunk) -> int:
        raise ConnectionError("-9")

    with monkeypatch.context() as patch:
        patch.setattr(series_production, "adjust_chunk", crashing)
        assert len(run(GOOD, tmp_path)[0].failures) == 4
    again, _told = run(GOOD, tmp_path, resume=True)
    assert (again.resumed, again.failures) == (0, ())


def test_models_by_vintage_and_policies(tmp_path: Path) -> None:
    models, out = tmp_path / "models", tmp_path / "out"
    series = {name: GOOD[name] for name in ("a", "b")}
    run(series, out, models=models)
    grown = {name: replace(each, values=(*each.values[:-1], each.values[-1] * 1.01, each.values[-12])) for name, each in series.items()}
    fields = {"models": models, "known_from": FEBRUARY, "policy": RevisionPolicy.FIXED, "explain": True}
    outcome, _told = run(grown, out, **fields)
    assert set(outcome.revisions) == {"a", "b"}
    changes = rows_of(out / "revisions.csv")
    assert len(changes) == 120
    for row in changes:
        parts = [float(row[name]) for name in ("revised_data", "new_data", "new_model", "reproduction")]
        assert sum(parts) == pytest.approx(float(row["total"]), abs=1e-9)
        assert float(row["new_model"]) == 0
        assert abs(float(row["reproduction"])) < 1e-3
    record = read_record(out, "a")
    assert record is not None
    assert (record["used"], record["stored"]) == ("2026-01-20-001", "2026-02-20-001")
    january = latest(models, "a", JANUARY)
    newest = latest(models, "a")
    assert january is not None
    assert newest is not None
    assert newest.vintage.model == january.vintage.model
    assert len(newest.vintage.series) == 61
    assert run(grown, out, **fields, resume=True)[0].resumed == 2
    partial, _told = run(grown, out, **(fields | {"policy": RevisionPolicy.PARTIAL, "vintage": JANUARY}))
    assert partial.failures == ()
    record = read_record(out, "a")
    assert record is not None
    assert (record["used"], record["policy"]) == ("2026-01-20-001", "partial")
    late, _told = run(series, out, models=models)
    assert {each.code for each in late.failures} == {"refused"}


def test_requests_that_cannot_be(tmp_path: Path) -> None:
    for fields in ({"policy": RevisionPolicy.FIXED}, {"explain": True}, {"vintage": JANUARY}):
        with pytest.raises(BadRequest) as caught:
            run(GOOD, tmp_path, **fields)
        assert "--models" in caught.value.remedy
    with pytest.raises(BadRequest):
        produce({}, {}, plan(), tmp_path, print)
    (tmp_path / "file").touch()
    with pytest.raises(BadRequest, match="file"):
        run(GOOD, tmp_path / "file")


def test_the_content_key_tells_runs_apart(tmp_path: Path) -> None:
    chunk = Chunk(plan(), "1", tmp_path, "zh", ())
    series = GOOD["a"]
    keys = {
        content_key(each, other)
        for each, other in (
            (chunk, series), (replace(chunk, version="2"), series), (replace(chunk, plan=plan(policy=RevisionPolicy.FIXED)), series),
            (replace(chunk, plan=plan(engine="jdemetra")), series), (chunk, replace(series, start=series.start + 1)),
            (chunk, replace(series, name="other")),
        )
    }  # fmt: skip
    assert len(keys) == 6
    assert content_key(replace(chunk, language="en", out=Path()), series) in keys


def test_one_bad_cell_costs_its_own_column(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("period,a,b,c\n2020-01,1,x,3\n2020-02,2,3,\n2020-03,3,4,5\n", encoding="utf-8")
    found, unread = read_each(path)
    assert list(found) == ["a", "c"]
    assert list(unread) == ["b"]
    assert unread["b"].place.line == 2


def written(path: Path, series: dict[str, TimeSeries]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("series", "period", "value"))
        writer.writerows((name, each.label(at), repr(value)) for name, each in series.items() for at, value in enumerate(each.values))
    return path


def guibiao(*words: object) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    adjust_many.register(app)
    return CliRunner().invoke(app, ["adjust-many", *map(str, words)])


FLAGS = ("--method", "x11", "--transform", "log", "--model", "(0 1 1)(0 1 1)", "--jobs", "1")


def test_the_command_over_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_production, "run_tasks", worker_processes.run_tasks)
    data = written(tmp_path / "data.csv", {"a": GOOD["a"], "two": BAD["two"]})
    words = ("--data", data, "--out", tmp_path / "out", *FLAGS, "--format", "json")
    done = guibiao(*words)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["series"] == 2
    assert [each["series"] for each in said["failed"]] == ["two"]
    assert Path(said["files"][0]).is_file()
    strict = guibiao(*words, "--resume", "--strict")
    assert isinstance(strict.exception, FindingsPresent)
    assert strict.exception.exit_code == 1


def test_the_command_for_people(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", GOOD | BAD)
    words = ("--data", data, "--out", tmp_path / "out", *FLAGS, "--models", tmp_path / "models", "--known-from")
    done = guibiao(*words, "2026-01-20")
    assert done.exit_code == 0, done.output
    assert "失败 3" in done.stdout
    assert "constant" in done.stdout
    done = guibiao(*words, "2026-02-20", "--policy", "fixed", "--explain")
    assert "已公布部分的平均绝对变动" in done.stdout
    assert (tmp_path / "out" / "revisions.csv").is_file()


def test_the_command_refuses(tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", {"a": GOOD["a"]})
    assert isinstance(guibiao("--out", tmp_path / "out").exception, BadRequest)
    for words in (("--policy", "fixed"), ("--known-from", "soon"), ("--engine", "jdemetra", "--sliding-spans")):
        done = guibiao("--data", data, "--out", tmp_path / "out", *words)
        assert isinstance(done.exception, BadRequest), done.output
    assert guibiao("--data", data, "--out", tmp_path / "out", "--jobs", "-1").exit_code == 2
