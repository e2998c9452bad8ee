"""JDemetra+ as an engine: the same requests and results as X-13, in a virtual machine of this process. Method sheet: docs/methods/0617."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guibiao.series.adjustment.grading import graded
from guibiao.series.adjustment.jdemetra_results import Reading, components_of, diagnostics_of, model_of
from guibiao.series.adjustment.jdemetra_runtime import Java, java
from guibiao.series.adjustment.jdemetra_specification import check_mapping, tramo_seats_specification, x13_specification
from guibiao.series.adjustment.jdemetra_terms import context_of, regressors_of, terms_of
from guibiao.series.adjustment.result import AdjustmentRequest, AdjustmentResult, Grade, Reason, Words, failed

NAME = "jdemetra"


class JDemetraEngine:
    """Adjustment by JDemetra+; one virtual machine serves all requests of a process.

    A process that has run it must not go on to fit state-space models of statsmodels: the two together have crashed it.
    """

    @property
    def name(self) -> str:
        return NAME

    @property
    def version(self) -> str:
        """JDemetra+'s version, such as 3.6.0; raises BadRequest where it cannot run."""
        return java().version

    def adjust(self, requests: Sequence[AdjustmentRequest], workdir: Path | None = None) -> list[AdjustmentResult]:
        """Results in the order of the requests; no file is written. Raises BadRequest for what a specification asks and JDemetra+ lacks."""
        for request in requests:
            check_mapping(request.specification)
        machine = java()
        return [_adjusted(machine, request) for request in requests]


def _adjusted(machine: Java, request: AdjustmentRequest) -> AdjustmentResult:
    """One request; what Java refuses is the reason of a failed result."""
    terms = terms_of(request)
    regressors = regressors_of(request, terms)
    series = request.series
    try:
        given = machine.series(series.frequency, series.start, series.values)
        context = context_of(machine, request, regressors)
        if request.specification.method == "x11":
            results = machine.named("x13.base.r.X13").process(given, x13_specification(machine, request, terms, regressors), context)
        else:
            wanted = tramo_seats_specification(machine, request, terms, regressors)
            results = machine.named("tramoseats.base.r.TramoSeats").process(given, wanted, context)
        if results is None or not results.isValid():
            return _failed(machine, request, "")
        return _read(machine, request, results)
    except machine.failures() as error:
        return _failed(machine, request, str(error).splitlines()[0] if str(error) else type(error).__name__)


def _read(machine: Java, request: AdjustmentRequest, results: Any) -> AdjustmentResult:
    """The result in this package's types, graded."""
    terms = terms_of(request)
    regressors = regressors_of(request, terms)
    reading = Reading(machine, results, len(request.series))
    model = None if reading.preprocessing is None else model_of(reading, request, terms, regressors)
    components = components_of(reading, request, model, regressors)
    diagnostics = diagnostics_of(reading, request, components)
    result = AdjustmentResult(
        key=request.key, series=request.series, specification=request.specification, engine=NAME, version=machine.version, grade=Grade.GOOD,
        reasons=(), components=components, model=model, diagnostics=diagnostics, notes=request.notes,
    )  # fmt: skip
    return graded(result)


def _failed(machine: Java, request: AdjustmentRequest, said: str) -> AdjustmentResult:
    told = f"：{said}" if said else "。"
    words = Words(f"JDemetra+ 没有给出结果{told}", f"JDemetra+ gave no result{f': {said}' if said else '.'}")
    return failed(request, NAME, machine.version, Reason("engine", Grade.ERROR, words), request.notes)
