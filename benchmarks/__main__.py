"""`python -m benchmarks [--rows N] [--format json]`: every stage in a process of its own, so that its memory is its own.

`--only TOPIC` measures one topic of TOPICS: its scores against references and peers, and its speed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks import commands
from benchmarks.stages import MEASURED, STAGES, clean

ROWS = 10_000_000
TOPICS = {
    "policy": "policy_extraction",
    "review": "review_precision",
    "seasonal": "seasonal",
    "disaggregation": "temporal",
    "forecast": "forecast",
    "nowcast": "nowcast",
    "index": "index_build",
    "stress": "index_stress",
    "explore": "explore",
}
"""Topic -> its module, which has `measure(*, quiet)`."""
LONG_TOPICS = {"web": "web", "web-long": "web_long"}
"""Topics that take many minutes and most of a machine: measured only where `--only` names them."""


def main() -> int:
    """Run the benchmark, or, with `--stage`, one stage of it in this process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="synthetic observations (10 million)")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--folder", type=Path, help="where to work; by default a temporary folder")
    parser.add_argument("--no-commands", action="store_true", help="leave out the runs of guibiao itself")
    parser.add_argument("--only", choices=(*TOPICS, *LONG_TOPICS), help="measure one topic only")
    parser.add_argument("--stage", choices=tuple(STAGES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        print(json.dumps(run_stage(asked.stage, asked.folder, asked.rows)))
        return 0
    if asked.only:
        report = topic(asked.only, quiet=asked.format == "json")
        if asked.format == "json":
            print(json.dumps(report, ensure_ascii=False, indent=2))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="guibiao-benchmark-", dir=asked.folder))
    try:
        report = measure(folder, asked.rows, with_commands=not asked.no_commands, quiet=asked.format == "json")
    finally:
        clean(folder)
    if asked.format == "json":
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print_totals(report)
    return 1 if report.get("commands", {}).get("failed") else 0


def measure(folder: Path, rows: int, *, with_commands: bool, quiet: bool) -> dict[str, Any]:
    """The report: stages with seconds, rows and memory, the ratio to bare SQL, and whole commands."""
    report: dict[str, Any] = {
        "rows": rows,
        "machine": {"processors": len(os.sched_getaffinity(0)), "load": os.getloadavg()[0], "python": platform.python_version()},
        "stages": {},
    }
    if not quiet:
        print(f"{rows:,} synthetic observations, {report['machine']['processors']} processors, load {report['machine']['load']:.1f}")
    for name in STAGES:
        result = in_own_process(name, folder, rows)
        report["stages"][name] = result
        if not quiet:
            print_stage(name, result)
    report["seconds"] = sum(report["stages"][name]["seconds"][name] for name in MEASURED)
    report["megabytes"] = max(report["stages"][name]["megabytes of memory"] for name in MEASURED)
    report["processor seconds"] = sum(report["stages"][name]["processor seconds"] for name in MEASURED)
    report |= {name: report["stages"]["ratio"][name] for name in ("ratio", "ratio of ordered")}
    if with_commands:
        try:
            report["commands"] = commands.measure(folder)
        except commands.CommandFailed as error:
            report["commands"] = {"left out": str(error), "failed": True}
        report["topics"] = {name: topic(name, quiet=quiet) for name in TOPICS}
    return report


def topic(name: str, *, quiet: bool) -> dict[str, Any]:
    """What one topic's module measures; its imports are its own."""
    report: dict[str, Any] = import_module(f"benchmarks.{(TOPICS | LONG_TOPICS)[name]}").measure(quiet=quiet)
    return report


def in_own_process(stage: str, folder: Path, rows: int) -> dict[str, Any]:
    """Result of a stage with its memory and the seconds of the whole process."""
    command = [sys.executable, "-m", "benchmarks", "--stage", stage, "--folder", str(folder), "--rows", str(rows)]
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).resolve().parent.parent)
    return {**json.loads(done.stdout), "seconds of process": time.perf_counter() - started}


def run_stage(stage: str, folder: Path, rows: int) -> dict[str, Any]:
    """One stage in this process, with what it used of the machine; imports are counted."""
    result = STAGES[stage](folder, rows)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {**result, "processor seconds": used.ru_utime + used.ru_stime, "megabytes of memory": used.ru_maxrss // 1024}


def print_stage(name: str, result: dict[str, Any]) -> None:
    """Lines of one stage: seconds, seconds of processor, memory and rows, then its parts."""
    seconds = dict(result["seconds"])
    if name in seconds:
        used, memory, rows = result["processor seconds"], result["megabytes of memory"], result["rows"]
        print(f"{name:<32}{seconds.pop(name):8.2f} s {used:8.1f} s of processor {memory:6,} MB {rows:12,} rows", flush=True)
    for part, value in seconds.items():
        print(f"{part:<32}{value:8.2f} s", flush=True)
    for key in ("findings", "largest difference"):
        if key in result:
            print(f"  {key}: {', '.join(f'{each} {value}' for each, value in result[key].items())}")


def print_totals(report: dict[str, Any]) -> None:
    """What the stages come to, and the whole commands."""
    used, memory = report["processor seconds"], report["megabytes"]
    print(f"{'load + check + derive + release':<32}{report['seconds']:8.2f} s {used:8.1f} s of processor {memory:6,} MB at most")
    ratio, ordered = report["ratio"], report["ratio of ordered"]
    print(f"compiled formulas take {ratio:.2f} times as long as bare SQL, {ordered:.2f} times with their results in a fixed order")
    found = report.get("commands", {})
    if "left out" in found:
        print(f"commands left out: {found['left out']}")
    for name, value in found.get("seconds", {}).items():
        print(f"{name:<32}{value:8.2f} s")
    for name, cell in found.get("cells", {}).items():
        print(f"{'':<32}{cell['seconds']:8.2f} s {cell['steps run']:4} steps run   {name}")


if __name__ == "__main__":
    sys.exit(main())
