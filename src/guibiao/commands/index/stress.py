"""`guibiao index stress`: how far ranks depend on the choices an index rests on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.index.frozen import VintageOption, with_weights_from
from guibiao.commands.index.options import (
    AggregateOption,
    Choices,
    DataOption,
    DenominateOption,
    ImputeOption,
    IndexFormat,
    IndexFormatOption,
    MetaOption,
    NormaliseOption,
    ScreenOption,
    SpecificationArgument,
    TreatOption,
    print_rows,
    stated_from,
)
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.index.construction import Construction, IndexData
    from guibiao.index.result import IndexResult
    from guibiao.index.sobol import SobolIndices
    from guibiao.index.stress import StressResult
    from guibiao.reference.index.stress import StressSpecification


_ONLY_IN_FULL = frozenset({"best", "worst"})
"""Columns that a terminal has no room for."""


class StressTable(StrEnum):
    """Which rows are printed; JSON holds them all."""

    RANKS = "ranks"
    SENSITIVITY = "sensitivity"
    UNIT_SENSITIVITY = "unit-sensitivity"
    ORDERS = "orders"
    PLACES = "places"
    ALTERNATIVES = "alternatives"
    FAILURES = "failures"


class WeightChoice(StrEnum):
    """How weights vary."""

    NONE = "none"
    DIRICHLET = "dirichlet"
    NOISE = "noise"


class Varying(StrEnum):
    """What varies."""

    IMPUTE = "impute"
    TREAT = "treat"
    NORMALISE = "normalise"
    WEIGHTS = "weights"
    AGGREGATE = "aggregate"
    LEAVE_OUT = "leave-out"


def register(group: typer.Typer) -> None:
    """Add the command to the group."""
    group.command("stress", help=_("压力测试：变动各步选择和权重，给出位次区间、先后概率和各选择的影响。"))(stress)


def stress(
    data: DataOption,
    specification: SpecificationArgument = None,
    meta: MetaOption = None,
    runs: Annotated[int | None, typer.Option("--runs", help=_("随机构造的次数，默认 10000；敏感度另外计算。"))] = None,
    seed: Annotated[int | None, typer.Option("--seed", help=_("随机种子，默认 1：同一种子逐位相同。"))] = None,
    jobs: Annotated[int, typer.Option("--jobs", help=_("线程数；默认全部处理器，不影响结果。"))] = 0,
    choices: Annotated[Path | None, typer.Option("--choices", help=_("YAML：每一步有哪些选择、权重怎样变动。"))] = None,
    vary: Annotated[list[Varying], typer.Option("--vary", help=_("只变动这些；可写几次。"))] = [],  # noqa: B006
    weights: Annotated[WeightChoice | None, typer.Option("--weights", help=_("权重怎样变动。"))] = None,
    concentration: Annotated[float | None, typer.Option("--concentration", help=_("Dirichlet 的集中度，默认 10；1 为任意权重。"))] = None,
    noise: Annotated[float | None, typer.Option("--noise", help=_("noise 的最大相对变动，默认 0.25。"))] = None,
    bootstrap: Annotated[int | None, typer.Option("--bootstrap", help=_("敏感度区间的自助抽样次数，默认 1000；0 不算。"))] = None,
    code: Annotated[str, typer.Option("--code", help=_("测试这一汇总项；默认最上层。"))] = "",
    time: Annotated[str, typer.Option("--time", help=_("测试这一时间；默认最后一个。"))] = "",
    table: Annotated[StressTable, typer.Option("--table", help=_("输出哪一张表；json 输出全部。"))] = StressTable.RANKS,
    denominate: DenominateOption = None,
    impute: ImputeOption = None,
    impute_group: Annotated[str, typer.Option("--group", help=_("按组插补所用的列。"))] = "",
    screen: ScreenOption = None,
    least_available: Annotated[float | None, typer.Option("--least-available", help=_("筛选：至少有这一比例的指标有数。"))] = None,
    treat: TreatOption = None,
    most_points: Annotated[int | None, typer.Option("--most-points", help=_("每个指标最多缩尾几个点；默认 5。"))] = None,
    normalise: NormaliseOption = None,
    limits: Annotated[
        str, typer.Option("--range", metavar="A,B", help=_("min-max 得分的下限和上限，默认 0,100；scaled 则是原值的两端。"))
    ] = "",
    aggregate: AggregateOption = [],  # noqa: B006
    frozen_weights: VintageOption = None,
    equal_weights: Annotated[bool, typer.Option("--equal-weights", help=_("各层等权，不用写的权重。"))] = False,
    output: IndexFormatOption = IndexFormat.TABLE,
) -> None:
    """Rank intervals and what drives them."""
    from guibiao.index.build import build as built
    from guibiao.index.stress import stress as stressed
    from guibiao.index_files import construction_of, read_data

    stated = stated_from(
        specification,
        meta,
        Choices(
            treat=treat, most_points=most_points, normalise=normalise, limits=limits, aggregate=aggregate, impute=impute,
            group=impute_group, screen=screen, least_available=least_available,
            denominate=denominate, weights="equal" if equal_weights else None,
        ),
    )  # fmt: skip
    construction = construction_of(with_weights_from(stated, frozen_weights))
    observed = read_data(data, construction)
    nominal = built(construction, observed)
    numbers = {"runs": runs, "seed": seed, "bootstrap": bootstrap}
    changes = {"method": weights, "concentration": concentration, "noise": noise}
    test, remarks = _stated_stress(construction, nominal, choices, {each.value.replace("-", "_") for each in vary}, numbers, changes)
    result = stressed(
        construction, observed, test, nominal=nominal, jobs=jobs or len(os.sched_getaffinity(0)), code=code, time=_time(observed, time)
    )
    _print(result, table, output, [*remarks, *_notes(result)], observed.names)


def _stated_stress(
    construction: Construction,
    nominal: IndexResult,
    path: Path | None,
    vary: set[str],
    numbers: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> tuple[StressSpecification, tuple[str, ...]]:
    """What varies: as the file states or as usual, narrowed and changed by the options."""
    from dataclasses import replace

    from guibiao.index.stress_choices import usual_stress
    from guibiao.reference.index.stress import FACTORS, WeightChange
    from guibiao.reference.index.stress_stated import read_stress

    stated, remarks = (read_stress(path), ()) if path is not None else usual_stress(construction, nominal)
    stated = replace(stated, **{name: value for name, value in numbers.items() if value is not None})
    given: dict[str, Any] = {name: str(value) if name == "method" else value for name, value in changes.items() if value is not None}
    stated = replace(stated, weights=replace(stated.weights, **given))
    still: dict[str, Any] = {"weights": WeightChange(method="none"), "leave_out": False}
    fixed = [name for name in FACTORS if vary and name not in vary]
    return replace(stated, **{name: still.get(name, ()) for name in fixed}), remarks


def _time(data: IndexData, text: str) -> float | str | None:
    if not text:
        return None
    for time in data.times:
        if text == str(time) or (isinstance(time, float) and text == f"{time:g}"):
            return time
    raise BadRequest(_("数据中没有时间 {time}").format(time=text), remedy=_("核对 --time。"))


def _notes(result: StressResult) -> list[str]:
    """How many runs, how many failed and why, and what a reader should know."""
    notes = [
        _("{runs} 次随机构造，连同敏感度共计算 {evaluations} 次；种子 {seed}。").format(
            runs=result.runs, evaluations=result.evaluations, seed=result.seed
        ),
        _("位次平均变动 {change}。").format(change=f"{result.mean_rank_change:.2f}"),
    ]
    if result.failed:
        notes.append(_("其中 {count} 次算不出位次，未计入：").format(count=result.failed))
    notes += [
        _("{choices}：{runs} 次（含敏感度），{reason}").format(choices=each.choices, runs=each.runs, reason=each.reason)
        for each in result.failures
    ]
    return [*notes, *result.remarks]


def _print(result: StressResult, table: StressTable, output: IndexFormat, notes: list[str], names: Mapping[str, str]) -> None:
    tables = {each.value.replace("-", "_"): list(_ROWS[each](result)) for each in StressTable}
    rows = tables[table.value.replace("-", "_")]
    if not rows:
        notes = [*notes, _("这张表没有内容。")]
    if output is IndexFormat.TABLE and rows and "unit" in rows[0]:
        rows = [row | {"unit": f"{row['unit']} {names.get(str(row['unit']), '')}".strip()} for row in rows]
    hidden = _ONLY_IN_FULL if output is IndexFormat.TABLE else frozenset()
    columns = [name for name in rows[0] if name not in hidden] if rows else ["unit"]
    more: dict[str, Any] = {
        "code": result.code,
        "time": result.time,
        "runs": result.runs,
        "evaluations": result.evaluations,
        "failed": result.failed,
    }
    more |= {"seed": result.seed, "mean_rank_change": result.mean_rank_change, "tables": tables}
    print_rows(columns, rows, output, title=_("{code} 的压力测试").format(code=result.code), notes=notes, **more)


def _rank_rows(result: StressResult) -> Iterator[dict[str, Any]]:
    """By nominal rank; units without one last."""
    import numpy as np

    found = result.summary
    for unit in np.lexsort((np.arange(len(result.units)), np.nan_to_num(result.nominal, nan=np.inf))):
        yield {
            "unit": result.units[unit], "score": float(result.scores[unit]), "rank": float(result.nominal[unit]),
            "mean": float(found.mean[unit]), "median": float(found.median[unit]),
            "low": float(found.low[unit]), "high": float(found.high[unit]),
            "best": float(found.best[unit]), "worst": float(found.worst[unit]), "runs": int(found.counted[unit]),
        }  # fmt: skip


def _indices(found: SobolIndices, factors: tuple[str, ...], output: int) -> Iterator[dict[str, Any]]:
    for number, factor in enumerate(factors):
        yield {
            "factor": factor, "first": float(found.first[number, output]), "first_low": float(found.first_low[number, output]),
            "first_high": float(found.first_high[number, output]), "total": float(found.total[number, output]),
            "total_low": float(found.total_low[number, output]), "total_high": float(found.total_high[number, output]),
        }  # fmt: skip


def _sensitivity_rows(result: StressResult) -> Iterator[dict[str, Any]]:
    if result.sensitivity is not None:
        yield from _indices(result.sensitivity, result.factors, 0)


def _unit_rows(result: StressResult) -> Iterator[dict[str, Any]]:
    if result.unit_sensitivity is not None:
        for number, unit in enumerate(result.units):
            yield from ({"unit": unit, **row} for row in _indices(result.unit_sensitivity, result.factors, number))


def _order_rows(result: StressResult) -> Iterator[dict[str, Any]]:
    chances = result.summary.order_probability
    if chances is not None:
        for row, unit in enumerate(result.units):
            yield {"unit": unit} | {other: float(chances[row, column]) for column, other in enumerate(result.units)}


def _place_rows(result: StressResult) -> Iterator[dict[str, Any]]:
    chances = result.summary.rank_probability
    if chances is not None:
        for row, unit in enumerate(result.units):
            yield {"unit": unit} | {str(place + 1): float(chances[row, place]) for place in range(len(result.units))}


def _alternative_rows(result: StressResult) -> Iterator[dict[str, Any]]:
    for each in result.alternatives:
        yield {
            "factor": each.factor,
            "alternative": each.name,
            "runs": each.runs,
            "failed": each.failed,
            "mean_rank_change": each.mean_rank_change,
        }


def _failure_rows(result: StressResult) -> Iterator[dict[str, Any]]:
    for each in result.failures:
        yield {"choices": each.choices, "runs": each.runs, "reason": each.reason}


_ROWS = {
    StressTable.RANKS: _rank_rows, StressTable.SENSITIVITY: _sensitivity_rows, StressTable.UNIT_SENSITIVITY: _unit_rows,
    StressTable.ORDERS: _order_rows, StressTable.PLACES: _place_rows, StressTable.ALTERNATIVES: _alternative_rows,
    StressTable.FAILURES: _failure_rows,
}  # fmt: skip
