"""The alternatives of a stress test: what usually varies, and the normalised data of every combination of the steps before weighing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from guibiao.index.construction import Construction, IndexData, Time
from guibiao.index.matrix import Matrix
from guibiao.index.normalise import ColumnRule, apply_scales, fit_scales
from guibiao.index.preparing import Prepared, run_denominate, run_impute, run_screen
from guibiao.index.result import IndexResult, StepRecord
from guibiao.index.scoring import run_normalise, run_treat
from guibiao.model.errors import BadRequest, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.index.check import index_problems
from guibiao.reference.index.specification import Aggregation, Imputation, Normalisation, Treatment
from guibiao.reference.index.stress import StressSpecification, WeightChange

PREPARING = ("impute", "treat", "normalise")
_POSITIVE = (Normalisation(lower=1.0), Normalisation(method="zscore", mean=10.0, standard_deviation=2.0), Normalisation(method="rank"))
_POINTS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Combination:
    """Normalised values (units of the index, indicators) under one choice of each preparing step, or why they do not exist."""

    values: Matrix
    problem: str = ""


def usual_stress(construction: Construction, nominal: IndexResult) -> tuple[StressSpecification, tuple[str, ...]]:
    """What a stress test varies where nothing is stated, and remarks. Scores are meant to be positive, which geometric means need."""
    own, remarks = construction.specification, []
    missing = any(step.step == "impute" and (step.counts.get("missing") or step.counts.get("filled")) for step in nominal.steps)
    impute: list[Imputation | None] = [None, *(Imputation(method=name) for name in ("median", "em") if name != own.impute.method)]
    if not missing:
        remarks.append(_("数据没有缺失，插补不作变动"))
    treatments = [Treatment(method="none", then="none"), *(Treatment(most_points=points) for points in _POINTS)]
    treat = [None, *(each for each in treatments if each != own.treat)]
    normalise: list[Normalisation | None] = [each for each in _POSITIVE if each != own.normalise]
    if bool((nominal.stages[-2].values > 0).all()):
        normalise.insert(0, None)
    else:
        remarks.append(_("说明中的标准化有不大于 0 的得分，几何平均不成立，测试中改用 1–100 的 min-max 等"))
    stated = StressSpecification(
        impute=tuple(impute) if missing and "impute" in own.order else (),
        treat=tuple(treat) if "treat" in own.order else (),
        normalise=tuple(normalise),
        aggregate=tuple(dict.fromkeys((shared_aggregation(construction), Aggregation(), Aggregation(method="geometric")))),
        weights=WeightChange(),
        leave_out=len(own.indicators) > 1,
    )
    return stated, tuple(remarks)


def shared_aggregation(construction: Construction) -> Aggregation | None:
    """The aggregation all groups share, None where they differ."""
    used = {group.aggregation for group in construction.tree.groups}
    return next(iter(used)) if len(used) == 1 else None


def check_alternatives(construction: Construction, stated: StressSpecification) -> None:
    """Refuse an alternative that the specification's own checks refuse, or one of a step that the index does not take."""
    own = construction.specification
    for step in PREPARING:
        if any(each is not None for each in getattr(stated, step)) and step not in own.order:
            raise BadRequest(
                _("指数的步骤中没有 {step}，压力测试不能变动它").format(step=step), remedy=_("在说明的 order 里加上它，或不变动它。")
            )
    changed = [replace(own, impute=each) for each in stated.impute if each]
    changed += [replace(own, treat=each) for each in stated.treat if each]
    changed += [replace(own, normalise=each) for each in stated.normalise if each]
    changed += [replace(own, aggregate=(each,)) for each in stated.aggregate if each]
    for specification in changed:
        for fault in index_problems(specification, lambda _path: Place()):
            raise BadRequest(_("压力测试的一种选择不成立：{problem}").format(problem=fault.title), remedy=fault.remedy)


def combinations(
    construction: Construction,
    data: IndexData,
    stated: StressSpecification,
    keys: set[tuple[int, int, int]],
    rows: Mapping[tuple[str, Time], int],
) -> dict[tuple[int, int, int], Combination]:
    """Combination for each key (place of the alternative of impute, treat, normalise); steps in common are done once."""
    done: dict[tuple[tuple[str, int], ...], IndexData | str] = {}
    alternatives = {step: getattr(stated, step) or (None,) for step in PREPARING}
    found = {}
    for key in sorted(keys):
        chosen = dict(zip(PREPARING, key, strict=True))
        path: tuple[tuple[str, int], ...] = ()
        current: IndexData | str = data
        for step in construction.specification.order:
            path = (*path, (step, chosen.get(step, 0)))
            if path not in done:
                done[path] = (
                    current
                    if isinstance(current, str)
                    else _step(construction, current, step, alternatives.get(step, (None,))[path[-1][1]])
                )
            current = done[path]
        found[key] = _aligned(current, rows, construction.tree.indicators)
    return found


def _step(construction: Construction, data: IndexData, step: str, choice: Imputation | Treatment | Normalisation | None) -> IndexData | str:
    try:
        return _ran(_with(construction, choice), data, step).data
    except GuibiaoError as problem:
        return problem.title


def _ran(construction: Construction, data: IndexData, step: str) -> Prepared:
    match step:
        case "denominate":
            return run_denominate(construction, data)
        case "impute":
            return run_impute(construction, data)
        case "screen":
            return run_screen(construction, data)
        case "treat":
            return run_treat(construction, data, {})
        case _:
            return _normalised(construction, data)


def _normalised(construction: Construction, data: IndexData) -> Prepared:
    """All columns at once where they share a method that needs no other row; else, and to say what is wrong, column by column."""
    shared = {rule.normalisation for rule in construction.rules}
    choice = next(iter(shared))
    if len(shared) > 1 or choice.scope != "panel" or choice.method in {"distance-to-reference", "base-time"}:
        return run_normalise(construction, data, {})
    scales = fit_scales(data.values, construction.rules)
    if (scales.divisor == 0).any():
        return run_normalise(construction, data, {})
    return Prepared(replace(data, values=apply_scales(data.values, scales)), StepRecord("normalise", True))


def _with(construction: Construction, choice: Imputation | Treatment | Normalisation | None) -> Construction:
    """The construction under an alternative, which takes the place of the indicators' own choices too."""
    own = construction.specification
    match choice:
        case Imputation():
            return replace(construction, specification=replace(own, impute=choice))
        case Treatment():
            return replace(construction, specification=replace(own, treat=choice), treatments=(choice,) * construction.tree.indicators)
        case Normalisation():
            rules = tuple(ColumnRule(choice, rule.direction, rule.target, rule.bounds, rule.goalposts) for rule in construction.rules)
            return replace(construction, specification=replace(own, normalise=choice), rules=rules)
        case _:
            return construction


def _aligned(data: IndexData | str, rows: Mapping[tuple[str, Time], int], indicators: int) -> Combination:
    values = np.full((len(rows), indicators), np.nan)
    if isinstance(data, str):
        return Combination(values, data)
    for place, key in enumerate(zip(data.units, data.times, strict=True)):
        if key in rows:
            values[rows[key]] = data.values[place]
    return Combination(values)


def labels(stated: StressSpecification, codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Factor that varies -> what each of its alternatives is called."""
    found: dict[str, tuple[str, ...]] = {}
    for factor in (*PREPARING, "aggregate"):
        alternatives = getattr(stated, factor)
        if len(alternatives) > 1:
            found[factor] = tuple(_label(each) for each in alternatives)
    if stated.leave_out:
        found["leave_out"] = ("none", *codes)
    return found


def _label(choice: Imputation | Treatment | Normalisation | Aggregation | None) -> str:
    if choice is None:
        return "own"
    return " ".join([choice.method, *_details(choice)])


def _details(choice: Imputation | Treatment | Normalisation | Aggregation) -> Iterator[str]:
    """Parameters that tell alternatives of one method apart."""
    plain = type(choice)(method=choice.method)  # type: ignore[arg-type]
    for name in type(choice).__dataclass_fields__:
        value = getattr(choice, name)
        if name == "then" and choice.method != "winsorise":
            continue
        if value != getattr(plain, name) or (name == "most_points" and choice.method == "winsorise"):
            yield f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
