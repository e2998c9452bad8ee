"""Results of the index room as rows of the declared tables `index_*`."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from guibiao.index.aggregate import Tree
from guibiao.index.change_decomposition import between_times
from guibiao.index.construction import Construction, IndexData, Time, effective_weights
from guibiao.index.result import IndexResult
from guibiao.index.scoring import WHOLE
from guibiao.index.stress import StressResult
from guibiao.reference.index.specification import Aggregation, IndexAggregate, IndexIndicator
from guibiao.reference.index.workspace import WorkspaceIndex

Record = dict[str, Any]
Tests = Mapping[tuple[str, Time], StressResult]


def score_rows(
    index: WorkspaceIndex, result: IndexResult, tests: Tests, names: Mapping[str, str], composites: Collection[int]
) -> Iterator[Record]:
    """Rows of `index_scores`, by year, code and unit. The rank of a composite is left out where no stress test gives its interval."""
    values, imputed = _values(result), _imputed(index, result)
    for row, (unit, time) in enumerate(zip(result.units, result.times, strict=True)):
        for place, code in enumerate(result.codes):
            test = tests.get((code, time))
            found = _interval(test, unit) if test is not None else {}
            shown = place not in composites or bool(found)
            yield {
                "index": index.id, "unit": unit, "name": names.get(unit, unit), "year": int(float(time)), "code": code,
                "level": int(result.levels[place]), "value": values.get((unit, time, code)), "score": _number(result.scores[row, place]),
                "rank": int(result.ranks[row, place]) if shown and not math.isnan(result.ranks[row, place]) else None,
                "rank_low": None, "rank_high": None, "runs": None, "seed": None,
                "imputed": imputed.get((unit, time, code), 0),
            } | found  # fmt: skip


def _interval(test: StressResult, unit: str) -> Record:
    place = test.units.index(unit)
    summary = test.summary
    if not summary.counted[place]:
        return {}
    return {
        "rank_low": float(summary.low[place]), "rank_high": float(summary.high[place]),
        "runs": int(summary.counted[place]), "seed": test.seed,
    }  # fmt: skip


def _values(result: IndexResult) -> dict[tuple[str, Time, str], float]:
    """What is scored: the data after denominators and imputation, before treatment."""
    stages = {stage.step: stage for stage in result.stages}
    stage = stages.get("impute") or stages.get("denominate") or stages["raw"]
    keys = list(zip(stage.units, stage.times, strict=True))
    return {
        (*key, code): float(stage.values[row, place])
        for row, key in enumerate(keys)
        for place, code in enumerate(result.codes[: stage.values.shape[1]])
        if not math.isnan(stage.values[row, place])
    }


def _imputed(index: WorkspaceIndex, result: IndexResult) -> dict[tuple[str, Time, str], int]:
    """Filled cells by unit, time and code, counted at every code above the cell."""
    parents = {each.code: each.parent for each in index.specification.parts}
    counts: dict[tuple[str, Time, str], int] = {}
    for step in result.steps:
        for cell in step.parameters.get("cells", ()) if step.step == "impute" else ():
            code = cell["code"]
            while code:
                key = (cell["unit"], cell["time"], code)
                counts[key] = counts.get(key, 0) + 1
                code = parents.get(code, "")
    return counts


def node_rows(index: WorkspaceIndex, construction: Construction, result: IndexResult) -> Iterator[Record]:
    """Rows of `index_nodes`, as in the specification: aggregates first, then indicators."""
    tree, columns = construction.tree, index.columns
    weights, places = effective_weights(tree), {code: place for place, code in enumerate(tree.codes)}
    stated = {each.code: each for each in index.specification.indicators}
    groups = {tree.codes[group.place]: group.aggregation for group in tree.groups}
    parts: tuple[IndexAggregate | IndexIndicator, ...] = (*index.specification.aggregates, *index.specification.indicators)
    for order, each in enumerate(parts):
        own = stated.get(each.code)
        made = [columns[name].indicator for name in (each.code, own.denominator) if name] if own else []
        treatment = result.frozen.treatments.get((WHOLE, each.code))
        scale = result.frozen.scales.get((WHOLE, each.code))
        clipped = treatment is not None and (treatment.low is not None or treatment.high is not None)
        named = treatment.transformation if treatment is not None else "none"
        ranged = scale is not None and scale.method in {"minmax", "scaled", "goalposts"}
        ends = sorted((scale.centre * scale.sign, (scale.centre + scale.divisor) * scale.sign)) if scale is not None and ranged else []
        yield {
            "index": index.id, "code": each.code, "place": order, "parent": each.parent, "level": int(tree.levels[places[each.code]]),
            "weight": float(weights[places[each.code]]), "share": _share(tree, places[each.code]), **_mean(groups.get(each.code)),
            "name_zh": each.zh or each.code, "name_en": each.en or each.zh or each.code,
            "unit": own.unit if own else "", "direction": own.direction if own else 1, "indicators": " ".join(dict.fromkeys(made)),
            "treatment": "clipped" if clipped and named == "none" else named,
            "lower": ends[0] if ends else None, "upper": ends[1] if ends else None,
            **_about(index, each.parent),
        }  # fmt: skip


def _about(index: WorkspaceIndex, parent: str) -> Record:
    """Title and note of the index, at the index itself only."""
    definition = index.definition
    said = {"title_zh": definition.zh, "title_en": definition.en, "note_zh": definition.note_zh, "note_en": definition.note_en}
    return dict.fromkeys(said, "") if parent else said


def _share(tree: Tree, place: int) -> float:
    """Weight of a node over that of all parts of its parent."""
    siblings = tree.weights[tree.parents == tree.parents[place]]
    return float(tree.weights[place] / siblings.sum()) if tree.parents[place] >= 0 else 1.0


def _mean(aggregation: Aggregation | None) -> Record:
    """How an aggregate is made of its parts."""
    if aggregation is None:
        return {"aggregation": "", "power": None, "threshold": None}
    power = float(aggregation.power) if aggregation.method == "generalised" else None
    return {"aggregation": aggregation.method, "power": power, "threshold": aggregation.threshold}


def rank_rows(index: WorkspaceIndex, year: int, test: StressResult) -> Iterator[Record]:
    """Rows of `index_ranks`: the ranks a unit ever had."""
    chances = test.summary.rank_probability
    if chances is None:
        return
    for place, unit in enumerate(test.units):
        for rank in np.flatnonzero(chances[place] > 0):
            yield {"index": index.id, "year": year, "unit": unit, "rank": int(rank) + 1, "probability": float(chances[place, rank])}


def driver_rows(index: WorkspaceIndex, year: int, test: StressResult) -> Iterator[Record]:
    """Rows of `index_drivers`: the mean change of rank, then the rank of each unit."""
    found = [("", test.sensitivity, 0)]
    if test.unit_sensitivity is not None and test.unit_sensitivity.first.shape[1] == len(test.units):
        found += [(unit, test.unit_sensitivity, place) for place, unit in enumerate(test.units)]
    for unit, indices, place in found:
        if indices is None:
            continue
        for number, factor in enumerate(test.factors):
            numbers = {
                name: _number(getattr(indices, name)[number, place])
                for name in ("first", "first_low", "first_high", "total", "total_low", "total_high")
            }
            yield {"index": index.id, "year": year, "unit": unit, "factor": factor, **numbers}


def change_rows(
    index: WorkspaceIndex, construction: Construction, data: IndexData, result: IndexResult, unit: str, since: int, year: int
) -> Iterator[Record]:
    """Rows of `index_changes`, as the specification lists indicators; none where a year has no score."""
    rows = {int(float(time)): row for row, (own, time) in enumerate(zip(result.units, result.times, strict=True)) if own == unit}
    if since not in rows or year not in rows:
        return
    before, after = result.scores[rows[since]], result.scores[rows[year]]
    if math.isnan(before[construction.tree.root]) or math.isnan(after[construction.tree.root]):
        return
    places = {code: place for place, code in enumerate(construction.tree.codes)}
    parts = between_times(construction, data, unit, float(since), float(year)).parts
    for part in sorted(parts, key=lambda each: (places[each.code], each.kind)):
        place = places[part.code]
        yield {
            "index": index.id, "unit": unit, "since": since, "year": year, "code": part.code, "kind": part.kind,
            "before": _number(before[place]), "after": _number(after[place]), "contribution": part.contribution,
        }  # fmt: skip


def _number(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)
