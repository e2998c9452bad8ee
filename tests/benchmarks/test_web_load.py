"""The load generator counts what it should, and a small site can be measured."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.web import FILTERED, mix
from benchmarks.web_load import Result, percentile, run
from benchmarks.web_release import made_city

ROOT = Path(__file__).resolve().parent.parent.parent


def test_percentiles_are_nearest_rank() -> None:
    ordered = [float(number) for number in range(1, 101)]
    assert [percentile(ordered, part) for part in (0.5, 0.95, 0.99, 1.0)] == [50.0, 95.0, 99.0, 100.0]
    assert percentile([7.0], 0.01) == 7.0
    assert percentile([], 0.99) == 0.0


def test_a_summary_counts_failures_beside_latencies() -> None:
    result = Result([0.1, 0.2, 0.3], bytes=3072)
    result.fail("status 503")
    summary = result.summary(2.0)
    assert (summary["requests"], summary["per second"], summary["p50"], summary["longest"]) == (3, 1.5, 200.0, 300.0)
    assert summary["kilobytes"] == 1.0
    assert summary["failures"] == {"status 503": 1}


def test_what_the_server_does_wrong_is_counted() -> None:
    """A server that answers well, with an error, cut short, in chunks, and not at all, by the path."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := (await reader.readline()).decode():
            while (await reader.readline()).strip():
                pass
            path = line.split()[1]
            body = gzip.compress(b"<p></p></html>\n") if path == "/good" else b"<p>cut"
            status = "503 Busy" if path == "/busy" else "200 OK"
            if path == "/broken":
                break
            if path == "/chunks":
                whole = b"<p></p></html>"
                pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (whole[:4], whole[4:]))
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n")
            else:
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()

    async def measured() -> dict[str, dict[str, int]]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        kinds = {name: {"weight": 1, "paths": [f"/{name}"]} for name in ("good", "busy", "broken", "cut", "chunks")}
        found = await run({"host": "127.0.0.1", "port": port, "seconds": 0.6, "connections": 2, "kinds": kinds})
        server.close()
        return {name: each["failures"] for name, each in found["kinds"].items()}

    with ThreadPoolExecutor(1) as thread:  # a browser that is driven beside keeps an event loop in this one
        failures = thread.submit(asyncio.run, measured()).result()
    assert failures["good"] == failures["chunks"] == {}
    assert failures["busy"].keys() == {"status 503"}
    assert failures["cut"].keys() == {"not whole"}
    assert failures["broken"].keys() <= {"IncompleteReadError", "ConnectionResetError"}
    assert failures["broken"]


@pytest.mark.long
def test_a_small_site_is_measured(tmp_path: Path) -> None:
    environment = os.environ | {
        "GUIBIAO_BENCHMARK_FOLDER": str(tmp_path), "GUIBIAO_BENCHMARK_ROWS": "20000", "GUIBIAO_BENCHMARK_SECONDS": "1",
        "GUIBIAO_BENCHMARK_WORKERS": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks", "--only", "web", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    kinds = mix(made_city(tmp_path, 20000))
    assert sum(kind["weight"] for kind in kinds.values()) == 100
    for name in ("indicator page, kept", "SDMX JSON, each another", "SDMX CSV, kept", "mix, no pause", "mix, pauses of 2 s"):
        assert report[name]["all"]["failures"] == {}
        assert 0 < report[name]["all"]["p50"] <= report[name]["all"]["p99"] <= report[name]["all"]["longest"]
        assert report[name]["memory"]["resident"] > 20
    assert set(report["p99 of filtered pages"]) == set(FILTERED)
