"""Build an index: the steps of a construction in order, then the tree, then ranks. Same construction and data, same bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from guibiao.index.aggregate import Group, aggregate_group, first_not_positive
from guibiao.index.construction import Construction, IndexData
from guibiao.index.matrix import Matrix, descending_ranks, rows_by
from guibiao.index.preparing import Prepared, check_data, run_denominate, run_impute, run_screen
from guibiao.index.result import Frozen, IndexResult, Stage, StepRecord
from guibiao.index.scoring import run_normalise, run_treat
from guibiao.model.errors import BadDefinition
from guibiao.model.messages import translate as _

_PREPARING: dict[str, Callable[[Construction, IndexData], Prepared]] = {
    "denominate": run_denominate, "impute": run_impute, "screen": run_screen,
}  # fmt: skip


def build(construction: Construction, data: IndexData, frozen: Frozen | None = None) -> IndexResult:
    """Scores and ranks of every unit at every node. Parameters in `frozen` are applied instead of fitted.

    Raises BadDefinition at the line of an indicator that has no values or no variance, BadRequest where fewer than two units are left.
    """
    check_data(construction, data)
    known = frozen or Frozen()
    stages, records = [Stage("raw", data.units, data.times, data.values)], []
    treatments, scales = dict(known.treatments), dict(known.scales)
    for step in construction.specification.order:
        if step == "treat":
            done = run_treat(construction, data, known.treatments)
        elif step == "normalise":
            done = run_normalise(construction, data, known.scales)
        else:
            done = _PREPARING[step](construction, data)
        data = done.data
        records.append(done.record)
        treatments |= done.treatments
        scales |= done.scales
        if done.record.ran:
            stages.append(Stage(step, data.units, data.times, data.values))
    records += [
        StepRecord(step, False) for step in ("denominate", "impute", "screen", "treat") if step not in construction.specification.order
    ]
    scores = _aggregated(construction, data)
    records.append(_aggregation_record(construction, scores))
    stages.append(Stage("aggregate", data.units, data.times, scores))
    return IndexResult(
        construction.specification.id, construction.digest, data.digest, data.units, data.times, construction.tree.codes,
        construction.tree.levels, scores, ranks_by_time(scores, data), tuple(records), tuple(stages), Frozen(treatments, scales),
    )  # fmt: skip


def ranks_by_time(scores: Matrix, data: IndexData) -> Matrix:
    """Ranks (rows, nodes) of the scores within each time; ties share the best rank."""
    ranks = np.empty_like(scores)
    for rows in rows_by(data.times).values():
        ranks[rows] = descending_ranks(scores[rows])
    return ranks


def _aggregated(construction: Construction, data: IndexData) -> Matrix:
    tree = construction.tree
    scores = np.empty((len(data.units), len(tree.codes)))
    scores[:, : tree.indicators] = data.values
    times = rows_by(data.times)
    for group in tree.groups:
        children, weights = scores[:, group.children], tree.weights[group.children]
        _check_positive(construction, data, group, children)
        if group.aggregation.method == "copeland":
            for rows in times.values():
                scores[rows, group.place] = aggregate_group(children[rows], weights, group.aggregation)
        else:
            scores[:, group.place] = aggregate_group(children, weights, group.aggregation)
    return scores


def _check_positive(construction: Construction, data: IndexData, group: Group, children: Matrix) -> None:
    found = first_not_positive(children, group.aggregation)
    if found is None:
        return
    row, child = found
    codes = construction.tree.codes
    raise BadDefinition(
        _("{code} 用几何、调和或幂平均，而 {child} 中 {unit} 的得分是 {score}").format(
            code=codes[group.place], child=codes[group.children[child]], unit=data.units[row], score=f"{children[row, child]:g}"
        ),
        remedy=_("这些平均要求正数：把得分的下限抬高（如 lower: 1，或 --range 1,100），或换算术平均。"),
        place=construction.place(codes[group.place]),
    )


def _aggregation_record(construction: Construction, scores: Matrix) -> StepRecord:
    codes, tree = construction.tree.codes, construction.tree
    groups: dict[str, Any] = {}
    for group in tree.groups:
        weights = tree.weights[group.children]
        shares = {codes[child]: float(weight) for child, weight in zip(group.children, weights / weights.sum(), strict=True)}
        stated = group.aggregation
        groups[codes[group.place]] = {
            "method": stated.method, "power": stated.power, "threshold": stated.threshold, "shares": shares, "level": group.level
        }  # fmt: skip
    without = int(np.isnan(scores[:, tree.root]).sum())
    partial = int(np.isnan(scores[:, : tree.indicators]).sum())
    notes = []
    if partial:
        notes.append(_("{count} 个指标得分缺失，其权重分给同组其他指标").format(count=partial))
    if without:
        notes.append(_("{count} 个单位没有总得分").format(count=without))
    return StepRecord("aggregate", True, groups, {"missing_scores": partial, "without_index": without}, tuple(notes))
