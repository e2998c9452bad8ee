"""A load generator: N connections, each with one request at a time, in a process of its own: `python -m benchmarks.web_load < order.json`.

Closed loop: a connection sends its next request when the last one is answered whole (after a pause, where one is asked for), so that a
server that stalls gets fewer requests; the longest answer is reported beside the percentiles for that reason. Time runs from before the
first byte is written to after the last byte is read and includes whatever the generator itself had to wait for the processor.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import sys
import time
import zlib
from dataclasses import dataclass, field
from math import ceil
from typing import Any

TIMEOUT = 30.0
LOOKED_INTO = 20
"""One answer in so many is unpacked and has to end as its kind says."""


@dataclass
class Result:
    """What one kind of request came to; `failures` counts by what went wrong."""

    seconds: list[float] = field(default_factory=list)
    bytes: int = 0
    failures: dict[str, int] = field(default_factory=dict)

    def fail(self, why: str) -> None:
        self.failures[why] = self.failures.get(why, 0) + 1

    def summary(self, over: float) -> dict[str, Any]:
        """Requests a second, latencies in milliseconds, kilobytes an answer as sent, failures."""
        ordered = sorted(self.seconds)
        milliseconds = {name: round(1000 * percentile(ordered, part), 1) for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
        return {
            "requests": len(ordered), "per second": round(len(ordered) / over, 1), **milliseconds,
            "longest": round(1000 * ordered[-1], 1) if ordered else 0.0,
            "kilobytes": round(self.bytes / len(ordered) / 1024, 1) if ordered else 0.0, "failures": self.failures,
        }  # fmt: skip


def percentile(ordered: list[float], part: float) -> float:
    """The smallest value that at least `part` of the sorted values do not exceed; 0 of none."""
    if not ordered:
        return 0.0
    return ordered[max(0, ceil(part * len(ordered)) - 1)]


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, accept: str) -> tuple[int, bytes]:
        """Status and body as sent; a connection that the server had closed while it was idle is opened anew, once, as browsers do."""
        reused = self._writer is not None
        try:
            return await self._get(path, accept)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if not reused:
                raise
            return await self._get(path, accept)

    async def _get(self, path: str, accept: str) -> tuple[int, bytes]:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        self._writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nAccept: {accept}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        await self._writer.drain()
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in head[1:])}
        if "chunked" in headers.get("transfer-encoding", ""):
            body = await self._chunks(self._reader)
        else:
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(head[0].split(" ")[1]), body

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        parts = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readexactly(2)
        return b"".join(parts)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def run(order: dict[str, Any]) -> dict[str, Any]:
    """Load as ordered: host, port, seconds, connections, pause, seed and kinds, each with weight, accept, ends and its paths.

    Paths are drawn at random, without repeating one before all were drawn where `once` is said.
    """
    kinds: dict[str, dict[str, Any]] = order["kinds"]
    results = {name: Result() for name in kinds}
    dice = random.Random(order.get("seed", 1))
    queues = {name: dice.sample(kind["paths"], len(kind["paths"])) for name, kind in kinds.items()}
    place = dict.fromkeys(kinds, 0)
    started = time.perf_counter()
    ends = started + order["seconds"]

    def next_path(name: str) -> str:
        place[name] += 1
        return str(queues[name][(place[name] - 1) % len(queues[name])])

    async def reader() -> None:
        connection = Connection(order["host"], order["port"])
        names, weights = list(kinds), [kind["weight"] for kind in kinds.values()]
        await asyncio.sleep(dice.uniform(0.0, 1.5) * order.get("pause", 0.0))
        while time.perf_counter() < ends:
            name = dice.choices(names, weights)[0]
            await _one(connection, next_path(name), kinds[name], results[name])
            if order.get("pause"):
                await asyncio.sleep(dice.uniform(0.5, 1.5) * order["pause"])
        connection.close()

    await asyncio.gather(*(reader() for _number in range(order["connections"])))
    over = time.perf_counter() - started
    every = Result([each for result in results.values() for each in result.seconds], sum(result.bytes for result in results.values()))
    for result in results.values():
        for why, count in result.failures.items():
            every.failures[why] = every.failures.get(why, 0) + count
    repeated = {name: max(0, place[name] - len(queues[name])) for name in kinds}
    return {
        "seconds": round(over, 1), "all": every.summary(over), "kinds": {name: result.summary(over) for name, result in results.items()},
        "drawn again": {name: count for name, count in repeated.items() if count},
    }  # fmt: skip


async def _one(connection: Connection, path: str, kind: dict[str, Any], result: Result) -> None:
    before = time.perf_counter()
    try:
        status, body = await asyncio.wait_for(connection.get(path, kind.get("accept", "text/html")), TIMEOUT)
    except (OSError, ValueError, IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError) as error:
        result.fail(type(error).__name__)
        connection.close()
        await asyncio.sleep(0.05)
        return
    result.seconds.append(time.perf_counter() - before)
    result.bytes += len(body)
    if status != 200:
        result.fail(f"status {status}")
    elif not body:
        result.fail("empty")
    elif len(result.seconds) % LOOKED_INTO == 1 and not _whole(body, kind.get("ends", "</html>")):
        result.fail("not whole")


def _whole(body: bytes, end: str) -> bool:
    try:
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    except (OSError, EOFError, zlib.error):
        return False
    return text.rstrip().endswith(end.encode())


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
