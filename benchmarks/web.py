"""`python -m benchmarks --only web`: a site on a release of 10 million synthetic observations under load, on the loopback address.

The request mix is in docs/methods/0924-load.md. `GUIBIAO_BENCHMARK_FOLDER` keeps the releases for the next time; `_ROWS`, `_SECONDS` and
`_WORKERS` change the size.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.web_release import FIRST_YEAR, FULL, YEARS, Made, made_city

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).with_name("guibiao")
READERS = 50
PAUSE = 2.0
"""Seconds between two requests of a reader: half to one and a half of it, evenly."""
SECONDS = 20.0
LIMIT = 300.0
"""Milliseconds: p99 of a filtered page that was not kept from before."""
WARMING = 0.2
"""Load of the same kind before each measured one, as a part of its time; other addresses, where there are many."""
STARTING = 120.0
JSON_TYPE = "application/vnd.sdmx.data+json;version=2.0.0"
CSV_TYPE = "application/vnd.sdmx.data+csv;version=2.0.0"
FILTERED = ("indicator page, filtered", "explore")
"""Kinds whose every request is another page."""
FORM = {"accept": "text/html", "ends": "</html>"}


def measure(*, quiet: bool) -> dict[str, Any]:
    """Requests a second, latencies and memory of a cached page, of SDMX queries of 1,000 observations, and of the mix."""
    with city() as made, running_site(made) as site:
        report = about(made, site)
        for name, kinds, readers in _single(made):
            report[name] = say(name, site.load(kinds, readers=readers), site, quiet=quiet)
        for name, pause in (("mix, no pause", 0.0), (f"mix, pauses of {PAUSE:g} s", PAUSE)):
            report[name] = say(name, site.load(mix(made), pause=pause, seed=int(pause) + 2), site, quiet=quiet)
        report["p99 of filtered pages"] = {name: report[f"mix, pauses of {PAUSE:g} s"]["kinds"][name]["p99"] for name in FILTERED}
        report["limit"] = LIMIT
    return report


def mix(made: Made) -> dict[str, Any]:
    """The request mix: weight in per cent, and every path that may be drawn."""
    yearly, area = made.yearly, made.areas
    branches = made.branches[1:]
    pages = [f"/indicators/{name}?area={place}&c.branch={branch}" for name, place, branch in product(yearly, area, made.branches)]
    pages += [f"/indicators/{name}?area={place}" for name, place in product(made.plain, area)]
    pages += [f"/indicators/{name}?area={place}&c.branch={branch}" for name, place, branch in product(made.monthly, area, made.branches)]
    explore = [
        f"/explore?i={one}&i={two}&a={place}&from={FIRST_YEAR + 8}" for one, two, place in product(yearly[::3], yearly[1::3], area[::4])
    ]
    paging = [f"/api/v1/observations?indicator={name}&area={place}&limit=100" for name, place in product(yearly, area)]
    year = FIRST_YEAR + YEARS - 1
    figures = [
        f"/figure?key={name}%7C{place}%7Cbranch%3D{branch}%7C{year}-01-01%7C{year}-12-31%7Cduring%7Ccurrent%7C%7C"
        for name, place, branch in product(yearly[:6], area, branches[:4])
    ]
    search = [f"/search?q={word}{number}" for word in ("yearly_", "monthly_", "plain_") for number in range(1000)]
    return {
        FILTERED[0]: {**FORM, "weight": 40, "paths": pages},
        "overview": {**FORM, "weight": 20, "paths": ["/", "/?lang=en"]},
        "explore": {**FORM, "weight": 15, "paths": explore},
        "SDMX, 1,000 observations": {"accept": JSON_TYPE, "ends": "}", "weight": 10, "paths": sdmx_paths(made)},
        "API, 100 rows": {"accept": "application/json", "ends": "}", "weight": 10, "paths": paging},
        "search": {**FORM, "weight": 3, "paths": search},
        "figure": {**FORM, "weight": 2, "paths": figures},
    }


def sdmx_paths(made: Made) -> list[str]:
    """Queries of 1,000 observations each: two areas, the yearly indicator's branches without the total, every year."""
    branches = "+".join(made.branches[1:])
    pairs = [(one, two) for place, one in enumerate(made.areas) for two in made.areas[place + 1 :: 7]]
    return [
        f"/sdmx/v1/data/FIGURES_BY_BRANCH/A.{name}.{one}+{two}....{branches}" for name in made.yearly for one, two in pairs
    ]  # fmt: skip


def _single(made: Made) -> Iterator[tuple[str, dict[str, Any], int]]:
    """One kind of request at a time: name, kind, connections."""
    page = f"/indicators/{made.yearly[0]}?area={made.areas[0]}"
    paths = sdmx_paths(made)
    half = len(paths) // 2
    yield "indicator page, kept", {"page": {**FORM, "weight": 1, "paths": [page]}}, READERS
    for form, accept, end, own in (("JSON", JSON_TYPE, "}", paths[:half]), ("CSV", CSV_TYPE, "", paths[half:])):
        kind = {"accept": accept, "ends": end, "weight": 1}
        yield f"SDMX {form}, kept", {"sdmx": {**kind, "paths": own[:1]}}, READERS
        yield f"SDMX {form}, each another", {"sdmx": {**kind, "paths": own[1:]}}, READERS


class Site:
    """A running `guibiao serve`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def load(
        self, kinds: Mapping[str, Any], *, readers: int = READERS, pause: float = 0.0, seconds: float = 0.0, seed: int = 1
    ) -> dict[str, Any]:
        """What the load generator measured, in its own process, after a time of warming."""
        order = {
            "host": "127.0.0.1", "port": self.port, "seconds": seconds or seconds_of(SECONDS), "connections": readers, "pause": pause,
            "seed": seed, "kinds": kinds,
        }  # fmt: skip
        self._run({**order, "seconds": order["seconds"] * WARMING, "seed": seed + 1000})
        return self._run(order)

    def _run(self, order: Mapping[str, Any]) -> dict[str, Any]:
        command = [sys.executable, "-m", "benchmarks.web_load"]
        done = subprocess.run(command, input=json.dumps(order).encode(), stdout=subprocess.PIPE, check=True, cwd=ROOT)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def memory(self) -> dict[str, int]:
        """Megabytes of all processes of the site: resident, and with what they share counted once."""
        processes = _family(self.process.pid)
        return {"processes": len(processes), "resident": _megabytes(processes, "Rss:"), "proportional": _megabytes(processes, "Pss:")}


@contextmanager
def city() -> Iterator[Made]:
    """The made-up city: in the folder that the environment names, or in one that is gone afterwards."""
    kept = os.environ.get("GUIBIAO_BENCHMARK_FOLDER", "")
    rows = int(os.environ.get("GUIBIAO_BENCHMARK_ROWS", FULL))
    if kept:
        yield made_city(Path(kept), rows)
        return
    with tempfile.TemporaryDirectory(prefix="guibiao-benchmark-") as folder:
        yield made_city(Path(folder), rows)


@contextmanager
def running_site(made: Made) -> Iterator[Site]:
    """`guibiao serve` in processes of its own, stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    workers = os.environ.get("GUIBIAO_BENCHMARK_WORKERS", "2")
    command = [str(COMMAND), "serve", "--workspace", str(made.workspace), "--out", str(made.out), "--port", str(port), "--workers", workers]
    environment = os.environ | {"GUIBIAO_OPERATIONS": "none", "GUIBIAO_SECRET": "load-" + "k7Zq" * 8}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, start_new_session=True)
    try:
        wait_until_ready(port, process)
        yield Site(process, port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_ready(port: int, process: subprocess.Popen[bytes], within: float = STARTING) -> None:
    """Until `/readyz` answers 200; RuntimeError where the process ends before, or takes longer."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError(f"guibiao serve ended with {process.returncode}")
        with suppress(OSError, HTTPException):
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("guibiao serve is not ready")


def about(made: Made, site: Site) -> dict[str, Any]:
    """Machine, observations and memory before any load."""
    machine = {"processors": len(os.sched_getaffinity(0)), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    return {"machine": machine, "observations": made.observations, "memory at the start": site.memory()}


def say(name: str, result: dict[str, Any], site: Site, *, quiet: bool) -> dict[str, Any]:
    """The result with the memory after it, printed unless quiet."""
    result["memory"] = site.memory()
    if not quiet:
        memory = result["memory"]
        for kind, each in ((name, result["all"]), *(result["kinds"].items() if len(result["kinds"]) > 1 else ())):
            latency = f"p50 {each['p50']:7.1f} ms  p99 {each['p99']:7.1f} ms  longest {each['longest']:8.1f} ms"
            tail = f"{each['kilobytes']:6.1f} kB  failures {each['failures'] or 0}"
            print(f"{kind:<32}{each['requests']:7,} requests {each['per second']:8,.1f}/s  {latency}  {tail}", flush=True)
        print(f"{'':<32}{memory['resident']:,} MB resident, {memory['proportional']:,} MB proportional, {memory['processes']} processes")
    return result


def seconds_of(usual: float) -> float:
    """Seconds of a run, unless the environment says otherwise."""
    return float(os.environ.get("GUIBIAO_BENCHMARK_SECONDS", usual))


def _family(pid: int) -> list[int]:
    """A process and all that it began."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                found += _family(int(child))
    return found


def _megabytes(processes: Sequence[int], name: str) -> int:
    total = 0
    for pid in processes:
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith(name))
    return total // 1024
