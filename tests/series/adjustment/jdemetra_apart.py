"""JDemetra+ in a process of its own: a Java virtual machine and statsmodels' filters do not bear one another in one process."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from guibiao.series.adjustment.jdemetra import JDemetraEngine
from guibiao.series.adjustment.result import AdjustmentRequest, AdjustmentResult


class JDemetraApart:
    """The engine's port, answered by another process."""

    name = "jdemetra"

    def __init__(self, process: ProcessPoolExecutor) -> None:
        self.process = process

    def adjust(self, requests: Sequence[AdjustmentRequest], workdir: Path | None = None) -> list[AdjustmentResult]:
        return self.process.submit(adjusted, list(requests)).result(timeout=300)


def adjusted(requests: list[AdjustmentRequest]) -> list[AdjustmentResult]:
    return JDemetraEngine().adjust(requests)
