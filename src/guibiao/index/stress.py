"""Stress test: an index built thousands of times under other choices; rank intervals, chances of orders, and what drives a rank.

Method sheet: docs/methods/1011-stress-test.md. Source: Saisana, Saltelli and Tarantola (2005); OECD/JRC Handbook, step 7; COINr 1.1.14
`get_sensitivity`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from guibiao.index.build import build
from guibiao.index.construction import Construction, IndexData, Time
from guibiao.index.matrix import Mask, Matrix, Places
from guibiao.index.result import IndexResult
from guibiao.index.sobol import SobolIndices, sobol_indices
from guibiao.index.stress_choices import PREPARING, Combination, check_alternatives, combinations, labels
from guibiao.index.stress_runs import Design, Runs, combination_keys, design_of, run_design
from guibiao.index.stress_scores import below
from guibiao.index.stress_summary import RankSummary, mean_rank_change, summarise
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.reference.index.stress import FACTORS, StressSpecification

MOST_CELLS = 250_000_000
"""Runs times units beyond which the ranks would not fit in memory (1 GB)."""
_MOST_UNITS_EXPLAINED = 500
_MOST_PRODUCTS = 10_000_000_000
"""Products that the intervals of the units' indices may take (a few seconds); beyond, fewer bootstrap samples, at least a hundred."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One alternative of a factor: how often it was drawn, how often the run failed, and the mean change of rank where it did not."""

    factor: str
    name: str
    runs: int
    failed: int
    mean_rank_change: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Runs that gave no ranks, alike in their choices, and why."""

    choices: str
    runs: int
    reason: str


@dataclass(frozen=True, slots=True)
class StressResult:
    """Everything of a stress test. `sensitivity` explains the mean change of rank, `unit_sensitivity` each unit's rank (outputs = units).

    `runs` are the random constructions behind the summary, `evaluations` all that were computed, `failed` those among `runs` without ranks.
    """

    code: str
    time: Time
    units: tuple[str, ...]
    scores: Matrix
    nominal: Matrix
    summary: RankSummary
    mean_rank_change: float
    factors: tuple[str, ...]
    sensitivity: SobolIndices | None
    unit_sensitivity: SobolIndices | None
    alternatives: tuple[Alternative, ...]
    failures: tuple[Failure, ...]
    runs: int
    evaluations: int
    failed: int
    seed: int
    remarks: tuple[str, ...]


def stress(
    construction: Construction,
    data: IndexData,
    stated: StressSpecification,
    *,
    nominal: IndexResult | None = None,
    jobs: int = 1,
    code: str = "",
    time: Time | None = None,
) -> StressResult:
    """Stress test of one node (the index where empty) at one time (the last). The same seed gives the same bits for any `jobs`.

    Raises BadRequest for alternatives that make no sense, where nothing varies, or where every run fails.
    """
    tree = construction.tree
    check_stated(stated)
    check_alternatives(construction, stated)
    built = nominal or build(construction, data)
    place = _place_of(construction, code)
    groups = below(tree, place)
    when = built.times[-1] if time is None else time
    rows = [row for row, each in enumerate(built.times) if each == when]
    if not rows:
        raise BadRequest(_("数据中没有时间 {time}").format(time=when), remedy=_("核对 --time。"))
    named = labels(stated, construction.indicator_codes)
    counts = {name: len(each) for name, each in named.items()} | ({"weights": 2} if stated.weights.method != "none" else {})
    counts = {name: counts[name] for name in FACTORS if name in counts}
    if not counts:
        raise BadRequest(_("没有可变动的选择，压力测试无从做起"), remedy=_("至少让一步有两种选择，或让权重变动。"))
    _check_size(stated, len(counts), len(rows))
    design = design_of(stated, tree, counts)
    keys = {(int(one), int(two), int(three)) for one, two, three, _four in np.unique(combination_keys(design), axis=0)}
    order = {(built.units[row], built.times[row]): number for number, row in enumerate(rows)}
    prepared = combinations(construction, data, stated, keys, order)
    runs = run_design(design, tree, groups, prepared, stated.aggregate or (None,), jobs)
    return _result(construction, stated, built, rows, place, named, design, prepared, runs)


def check_stated(stated: StressSpecification) -> None:
    """Refuse numbers out of range."""
    low, high = stated.interval
    weights = stated.weights
    wrong = [
        (stated.runs < 2, "runs", stated.runs), (stated.seed < 0, "seed", stated.seed),
        (stated.bootstrap < 0, "bootstrap", stated.bootstrap), (not 0 <= low < high <= 1, "interval", stated.interval),
        (not 0 < weights.concentration < np.inf, "concentration", weights.concentration),
        (not 0 <= weights.noise <= 1, "noise", weights.noise),
    ]  # fmt: skip
    for bad, name, value in wrong:
        if bad:
            raise BadRequest(
                _("压力测试的 {name} 是 {value}").format(name=name, value=value),
                remedy=_("runs 至少 2，seed 不为负，interval 在 0 到 1 之间先小后大，concentration 为正，noise 在 0 到 1 之间。"),
            )


def _check_size(stated: StressSpecification, factors: int, units: int) -> None:
    cells = stated.runs * (1 + factors / 2) * units
    if cells > MOST_CELLS:
        most = int(MOST_CELLS / (1 + factors / 2) / units)
        raise BadRequest(
            _("{runs} 次、{units} 个单位超出内存").format(runs=stated.runs, units=units), remedy=_("--runs 至多 {most}。").format(most=most)
        )


def _place_of(construction: Construction, code: str) -> int:
    tree = construction.tree
    if not code:
        return tree.root
    if code not in tree.codes[tree.indicators :]:
        known = "、".join(tree.codes[tree.indicators :])
        raise BadRequest(_("没有汇总项 {code}").format(code=code), remedy=_("可选：{known}。").format(known=known))
    return tree.codes.index(code)


def _result(
    construction: Construction,
    stated: StressSpecification,
    built: IndexResult,
    rows: list[int],
    place: int,
    named: Mapping[str, tuple[str, ...]],
    design: Design,
    prepared: Mapping[tuple[int, int, int], Combination],
    runs: Runs,
) -> StressResult:
    nominal = built.ranks[rows, place]
    failed = runs.failed
    drawn = slice(0, 2 * design.points)
    if failed[drawn].all():
        reasons = _failures(construction, design, named, prepared, runs)
        raise BadRequest(
            _("所有组合都算不出来：{reason}").format(reason=reasons[0].reason), remedy=_("换掉不成立的选择，如几何平均配不大于 0 的得分。")
        )
    change = mean_rank_change(runs.ranks, nominal)
    sensitivity, by_unit, remarks = None, None, list[str]()
    if len(design.factors) > 1:
        sensitivity = _sensitivity(change[:, np.newaxis], design, stated)
        if len(rows) <= _MOST_UNITS_EXPLAINED:
            samples = _affordable(stated.bootstrap, design, len(rows))
            by_unit = _unit_sensitivity(runs, failed, design, replace(stated, bootstrap=samples))
            if samples < stated.bootstrap:
                remarks.append(_("逐单位敏感度的区间只用 {count} 个自助样本").format(count=samples))
        else:
            remarks.append(_("单位超过 {most} 个，不逐单位计算敏感度、位次概率和先后概率").format(most=_MOST_UNITS_EXPLAINED))
    else:
        remarks.append(_("只有一项选择变动，敏感度不必分解"))
    if sensitivity is not None and sensitivity.dropped:
        remarks.append(_("敏感度去掉了 {count} 个有失败的样本点").format(count=sensitivity.dropped))
    drawn_ranks = runs.ranks[drawn][~failed[drawn]]
    return StressResult(
        code=construction.tree.codes[place],
        time=built.times[rows[0]],
        units=tuple(built.units[row] for row in rows),
        scores=built.scores[rows, place],
        nominal=nominal,
        summary=summarise(drawn_ranks, stated.interval),
        mean_rank_change=_mean_known(change[drawn]),
        factors=design.factors,
        sensitivity=sensitivity,
        unit_sensitivity=by_unit,
        alternatives=_alternatives(named, design, change, failed),
        failures=_failures(construction, design, named, prepared, runs),
        runs=2 * design.points,
        evaluations=design.runs,
        failed=int(failed[drawn].sum()),
        seed=stated.seed,
        remarks=tuple(remarks),
    )


def _sensitivity(outputs: Matrix, design: Design, stated: StressSpecification) -> SobolIndices:
    points = design.points
    mixed = outputs[2 * points :].reshape(len(design.factors), points, outputs.shape[1])
    return sobol_indices(
        outputs[:points],
        outputs[points : 2 * points],
        mixed,
        centre=True,
        bootstrap=stated.bootstrap,
        interval=stated.interval,
        seed=stated.seed,
    )


def _unit_sensitivity(runs: Runs, failed: Mask, design: Design, stated: StressSpecification) -> SobolIndices:
    """Outputs are the units' ranks; a unit without a rank in some run that did not fail has no indices (nan)."""
    ranks = np.where(runs.ranks > 0, runs.ranks, np.nan)
    complete = np.asarray(~np.isnan(ranks[~failed]).any(axis=0), dtype=np.bool_)
    found = _sensitivity(ranks[:, complete], design, stated)

    def spread(values: Matrix) -> Matrix:
        whole = np.full((*values.shape[:-1], len(complete)), np.nan)
        whole[..., complete] = values
        return whole

    return replace(
        found,
        first=spread(found.first),
        total=spread(found.total),
        first_low=spread(found.first_low),
        first_high=spread(found.first_high),
        total_low=spread(found.total_low),
        total_high=spread(found.total_high),
        variance=spread(found.variance),
    )


def _affordable(bootstrap: int, design: Design, units: int) -> int:
    """Bootstrap samples for the indices of every unit."""
    return min(bootstrap, max(100, _MOST_PRODUCTS // (design.points * units * (4 + 3 * len(design.factors)))))


def _chosen(design: Design, factor: str) -> Places:
    return design.left_out if factor == "leave_out" else design.choices[factor]


def _alternatives(named: Mapping[str, tuple[str, ...]], design: Design, change: Matrix, failed: Mask) -> tuple[Alternative, ...]:
    """Over the random runs, not the mixed ones."""
    drawn = slice(0, 2 * design.points)
    found = []
    for factor, names in named.items():
        chosen = _chosen(design, factor)[drawn]
        for number, name in enumerate(names):
            mine = chosen == number
            lost = failed[drawn][mine]
            found.append(Alternative(factor, name, int(mine.sum()), int(lost.sum()), _mean_known(change[drawn][mine])))
    return tuple(found)


def _mean_known(values: Matrix) -> float:
    """Mean without nan; nan where there is nothing else."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _failures(
    construction: Construction,
    design: Design,
    named: Mapping[str, tuple[str, ...]],
    prepared: Mapping[tuple[int, int, int], Combination],
    runs: Runs,
) -> tuple[Failure, ...]:
    """All failed runs, mixed ones too, by their choices."""
    keys = combination_keys(design)
    counted: Counter[tuple[tuple[int, ...], int]] = Counter()
    for run in np.flatnonzero(runs.failed):
        counted[tuple(int(each) for each in keys[run]), int(runs.failed_at[run])] += 1
    found = []
    for (key, node), count in sorted(counted.items()):
        steps = [(name, named[name][number]) for name, number in zip((*PREPARING, "aggregate"), key, strict=True) if name in named]
        reason = (
            prepared[key[0], key[1], key[2]].problem or _("没有一个单位有得分")
            if node < 0
            else _("{code} 之下有的得分使所用的平均没有定义（不大于 0）").format(code=construction.tree.codes[node])
        )
        found.append(Failure("，".join(f"{name}={label}" for name, label in steps), count, reason))
    return tuple(found)
