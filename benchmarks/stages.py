"""The stages of a large run, each a function of one working folder: what a child process of the benchmark does."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bare import QUERIES
from benchmarks.synthetic import FLOWS, FORMULAS, RULES, STOCK, Formula, indicators, write_observations

WORKSPACE = "synthetic"
REPEATS = 3
Result = dict[str, Any]


class Stopwatch:
    """Seconds by name; the same name adds up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


def generate(folder: Path, rows: int) -> Result:
    """Write the synthetic observations, a Parquet file an indicator; not part of what is measured."""
    watch = Stopwatch()
    with watch.time("generate"):
        counts = write_observations(folder / "data", rows)
    return {"seconds": watch.seconds, "rows": sum(counts.values())}


def load(folder: Path, _rows: int) -> Result:
    """Record every file in the working store and deliver it."""
    from guibiao.model.tables import OBSERVATIONS

    watch = Stopwatch()
    count = 0
    with watch.time("load"), _store(folder) as store:
        with store.transaction():
            for name in (*FLOWS, STOCK):
                store.record(OBSERVATIONS, name, folder / "data" / f"{name}.parquet")
                store.deliver(f"table:{name}", name, datetime.now(UTC))
        count = sum(store.recorded(OBSERVATIONS).values())
    return {"seconds": watch.seconds, "rows": count}


def check(folder: Path, _rows: int) -> Result:
    """Compile the rules and find the rows that break them."""
    from guibiao.language.compile import compile_rule
    from guibiao.language.parse import indicator_names, parse

    watch = Stopwatch()
    broken = {}
    with watch.time("check"), _store(folder) as store:
        for name, text in RULES.items():
            rule = parse(text)
            sql = f"SELECT * FROM ({compile_rule(rule, indicators())}) WHERE NOT verdict"
            broken[name] = store.run(sql, {"observations": _stored(indicator_names(rule))}).num_rows
    return {"seconds": watch.seconds, "rows": sum(broken.values()), "findings": broken}


def derive(folder: Path, _rows: int) -> Result:
    """Check and compile each formula; then the step of a run: query, complete, record, and findings on what is missing."""
    from guibiao.language.compile import compile_missing
    from guibiao.language.formulas import check_formula
    from guibiao.language.parse import parse
    from guibiao.measure.steps import derive as derive_step

    watch = Stopwatch()
    known = indicators()
    rows, findings = 0, {}
    with watch.time("derive"), _store(folder) as store:
        for formula in FORMULAS:
            with watch.time("  compile"):
                check_formula(known[formula.id], known)
                value, missing = _compiled(formula), compile_missing(parse(formula.text), known)
            with watch.time(f"  {formula.id}"), store.transaction():
                done = derive_step(store, formula.id, known[formula.id], value, missing, _stored(formula.inputs))
            rows, findings[formula.id] = rows + done[0], done[1]
    return {"seconds": watch.seconds, "rows": rows, "findings": findings}


def release(folder: Path, _rows: int) -> Result:
    """Draft a release of everything and publish it."""
    from guibiao.model.tables import FINDINGS, OBSERVATIONS
    from guibiao.publish.release import Content, draft, publish
    from guibiao.store.open import open_archive
    from guibiao.store.port import Source

    watch = Stopwatch()
    archive = open_archive(folder / "releases")
    with watch.time("release"), _store(folder) as store:
        everything = Source(store, tuple(store.recorded(OBSERVATIONS)))
        content = Content(workspace=WORKSPACE, software="benchmark", tables={OBSERVATIONS: everything, FINDINGS: []})
        with watch.time("  draft"):
            drafted = draft(archive, content, at=datetime.now(UTC))
        with watch.time("  publish"):
            publish(archive, drafted.id, at=datetime.now(UTC))
    count = drafted.manifest.tables[OBSERVATIONS.name]
    return {"seconds": watch.seconds, "rows": count, "megabytes": sum(file.size for file in drafted.manifest.files) // 2**20}


def ratio(folder: Path, _rows: int) -> Result:
    """Compiled formulas over the working store against hand-written SQL over a plain table, in turns; the best of three each.

    `compiled` and `bare` do the same, ending as an Arrow table in any order: their quotient is the ratio. `ordered` is the compiled
    formula with its result in the fixed order that keeps results reproducible.
    """
    import duckdb

    plain = folder / "plain.duckdb"
    plain.unlink(missing_ok=True)
    seconds: dict[str, float] = dict.fromkeys(("compiled", "bare", "ordered"), 0.0)
    differing = {}
    with duckdb.connect(str(plain), config={"memory_limit": "2500MiB"}) as connection, _store(folder) as store:
        connection.execute(f"CREATE TABLE observations AS SELECT * FROM read_parquet('{folder}/data/*.parquet')")
        for formula in FORMULAS:
            arguments = (_compiled(formula), {"observations": _stored(formula.inputs)})
            works = {
                "compiled": partial(store.run, *arguments, ordered=False),
                "bare": partial(_query, connection, QUERIES[formula.id]),
                "ordered": partial(store.run, *arguments),
            }
            best = dict.fromkeys(works, float("inf"))
            for _ in range(REPEATS):
                for name, work in works.items():
                    best[name] = min(best[name], _seconds(work))
            differing[formula.id] = _difference(connection, works["compiled"](), works["bare"]())
            for name, value in best.items():
                seconds[name] += value
                seconds[f"  {name} {formula.id}"] = value
    plain.unlink()
    result = {"seconds": dict(sorted(seconds.items())), "rows": 0, "largest difference": differing}
    return result | {"ratio": seconds["compiled"] / seconds["bare"], "ratio of ordered": seconds["ordered"] / seconds["bare"]}


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _query(connection: Any, sql: str) -> Any:
    return connection.execute(sql).to_arrow_table()


def _difference(connection: Any, compiled: Any, bare: Any) -> float | str:
    """Largest relative difference of the two results' values and bounds; words where they have not the same keys."""
    connection.register("compiled", compiled)
    connection.register("bare", bare)
    keys = "area, categories, period_start, period_end, measure"
    differences = ", ".join(f"max(abs(c.{name} - b.{name}) / greatest(abs(b.{name}), 1e-9))" for name in ("value", "low", "high"))
    row = connection.execute(f"SELECT count(*), {differences} FROM compiled AS c JOIN bare AS b USING ({keys})").fetchone()
    connection.unregister("compiled")
    connection.unregister("bare")
    if not compiled.num_rows == bare.num_rows == row[0]:
        return f"{compiled.num_rows} rows and {bare.num_rows} rows, {row[0]} in both"
    return float(max(row[1:]))


def _compiled(formula: Formula) -> str:
    from guibiao.language.compile import compile_formula
    from guibiao.language.parse import parse

    return compile_formula(parse(formula.text), indicators(), formula.unit)


def _store(folder: Path) -> Any:
    from guibiao.store.open import open_store

    return open_store(folder / "working.duckdb", WORKSPACE)


def _stored(names: Any) -> Any:
    from guibiao.model.tables import OBSERVATIONS
    from guibiao.store.port import Stored

    return Stored(OBSERVATIONS, tuple(names))


def clean(folder: Path) -> None:
    """Remove what the stages wrote."""
    shutil.rmtree(folder, ignore_errors=True)


STAGES: dict[str, Callable[[Path, int], Result]] = {
    "generate": generate,
    "load": load,
    "check": check,
    "derive": derive,
    "release": release,
    "ratio": ratio,
}
MEASURED = ("load", "check", "derive", "release")
