"""The steps before scoring, as they stand in a construction: denominate, impute, screen. Each gives new data and its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from guibiao.index.construction import Construction, IndexData, Time
from guibiao.index.denominate import denominate, without_denominator
from guibiao.index.impute import BETWEEN, fill_between, fill_by, fill_expectation, fill_latest, mean_of, median_of
from guibiao.index.matrix import Matrix
from guibiao.index.normalise import ColumnScale
from guibiao.index.result import StepRecord
from guibiao.index.screen import screen
from guibiao.index.treat import FrozenTreatment
from guibiao.model.errors import BadDefinition, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.reference.index.specification import Imputation

_FEWEST_UNITS = 2


@dataclass(frozen=True, slots=True)
class Prepared:
    """Data after a step, its record, and what the step fitted."""

    data: IndexData
    record: StepRecord
    treatments: Mapping[tuple[Time, str], FrozenTreatment] = field(default_factory=dict)
    scales: Mapping[tuple[Time, str], ColumnScale] = field(default_factory=dict)


def check_data(construction: Construction, data: IndexData) -> None:
    """Refuse data that no index can be built from: one unit, an indicator without any value."""
    check_units(data)
    empty = np.flatnonzero(np.isnan(data.values).all(axis=0))
    if len(empty):
        codes = [construction.indicator_codes[place] for place in empty]
        raise BadDefinition(
            _("指标 {codes} 在数据 {file} 中全部缺失").format(codes="、".join(codes), file=data.file),
            remedy=_("补上数据，或从说明中去掉它。"),
            place=construction.place(codes[0]),
        )


def check_units(data: IndexData) -> None:
    """An index compares: at least two units."""
    units = len(set(data.units))
    if units < _FEWEST_UNITS:
        raise BadRequest(
            _("只有 {count} 个单位，指数无从比较").format(count=units),
            remedy=_("至少两个单位；如是筛选所致，放宽筛选。"),
            place=Place(data.file),
        )


def run_denominate(construction: Construction, data: IndexData) -> Prepared:
    """Divide the indicators that name a denominator."""
    stated = construction.specification.indicators
    chosen = np.array([bool(each.denominator) for each in stated])
    if not construction.specification.denominate or not chosen.any():
        return Prepared(data, StepRecord("denominate", False))
    nothing = np.ones(len(data.units))
    columns = [data.denominators[each.denominator] if each.denominator else nothing for each in stated]
    denominators, scales = np.stack(columns, axis=1), np.array([each.denominator_scale for each in stated])
    lost = int(without_denominator(data.values, denominators, chosen).sum())
    notes = (_("{count} 个值因分母缺失或为 0 而成为缺失").format(count=lost),) if lost else ()
    record = StepRecord(
        "denominate",
        True,
        {each.code: {"denominator": each.denominator, "scale": each.denominator_scale} for each in stated if each.denominator},
        {"indicators": int(chosen.sum()), "lost": lost},
        notes,
    )
    return Prepared(replace(data, values=denominate(data.values, denominators, scales, chosen)), record)


def run_impute(construction: Construction, data: IndexData) -> Prepared:
    """Fill what is missing; what stays missing is counted."""
    rule = construction.specification.impute
    missing = np.isnan(data.values)
    if rule.method == "none":
        return Prepared(data, StepRecord("impute", False, counts={"missing": int(missing.sum())}))
    if not missing.any():
        return Prepared(data, StepRecord("impute", True, asdict(rule), {"filled": 0, "missing": 0}))
    values, notes = _filled(construction, data, rule)
    values = np.where(missing, values, data.values)
    left = np.isnan(values)
    if left.any():
        notes = (*notes, _("仍有 {count} 个缺失值没有填上").format(count=int(left.sum())))
    cells = [
        {"unit": data.units[row], "time": data.times[row], "code": construction.indicator_codes[place], "value": float(values[row, place])}
        for row, place in np.argwhere(missing & ~left)
    ]
    counts = {"filled": int((missing & ~left).sum()), "missing": int(left.sum())}
    return Prepared(replace(data, values=values), StepRecord("impute", True, {**asdict(rule), "cells": cells}, counts, notes))


def _filled(construction: Construction, data: IndexData, rule: Imputation) -> tuple[Matrix, tuple[str, ...]]:
    match rule.method:
        case "mean" | "median":
            labels = [str(time) or "-" for time in data.times]
            return fill_by(data.values, labels, mean_of if rule.method == "mean" else median_of), ()
        case "group-mean" | "group-median":
            labels = [f"{time}|{group}" if group else "" for time, group in zip(data.times, _group(data, rule.group), strict=True)]
            ungrouped = labels.count("")
            notes = (_("{count} 行没有写所属的组，未插补").format(count=ungrouped),) if ungrouped else ()
            return fill_by(data.values, labels, mean_of if rule.method == "group-mean" else median_of), notes
        case "em":
            return _expectation(construction, data, rule)
        case _:
            times = [time for time in data.times if isinstance(time, float)]
            if len(times) < len(data.times) or len(set(times)) < _FEWEST_UNITS:
                raise BadRequest(
                    _("沿时间插补需要至少两个时间，时间写成数"), remedy=_("数据中加一列时间，或换一种插补方法。"), place=Place(data.file)
                )
            if rule.method in BETWEEN:
                return fill_between(data.values, data.units, times, rule.method), ()
            return fill_latest(data.values, data.units, times, rule.most_times), ()


def _group(data: IndexData, name: str) -> tuple[str, ...]:
    if name not in data.groups:
        known = "、".join(data.groups) or "-"
        raise BadRequest(
            _("数据中没有用来分组的列 {name}").format(name=name), remedy=_("已有：{known}。").format(known=known), place=Place(data.file)
        )
    return data.groups[name]


def _expectation(construction: Construction, data: IndexData, rule: Imputation) -> tuple[Matrix, tuple[str, ...]]:
    """EM within the indicators of each parent, or over all of them."""
    tree = construction.tree
    parents = tree.parents[: tree.indicators]
    values, notes = data.values.copy(), []
    for parent in sorted(set(parents)):
        columns = np.flatnonzero(parents == parent) if rule.within == "parent" else np.arange(tree.indicators)
        if np.isnan(values[:, columns]).any():
            fitted = fill_expectation(values[:, columns], ridge=rule.ridge, tolerance=rule.tolerance, most_iterations=rule.most_iterations)
            values[:, columns] = fitted.values
            code = tree.codes[parent] if rule.within == "parent" else tree.codes[tree.root]
            words = _("{code}：EM 迭代 {count} 次后收敛") if fitted.converged else _("{code}：EM 迭代 {count} 次仍未收敛")
            notes.append(words.format(code=code, count=fitted.iterations))
    return values, tuple(notes)


def run_screen(construction: Construction, data: IndexData) -> Prepared:
    """Leave out units with too few data; who leaves is listed."""
    rule = construction.specification.screen
    if rule.rule == "none" and not rule.include and not rule.exclude:
        return Prepared(data, StepRecord("screen", False))
    strangers = sorted({*rule.include, *rule.exclude} - set(data.units))
    if strangers:
        raise BadRequest(
            _("筛选点名的单位 {units} 不在数据中").format(units="、".join(strangers)), remedy=_("核对单位代码。"), place=Place(data.file)
        )
    found = screen(data.values, data.units, rule)
    removed = [
        {"unit": data.units[row], "time": data.times[row], "available": float(found.available[row]), "nonzero": float(found.nonzero[row])}
        for row in np.flatnonzero(~found.included)
    ]
    kept = data.only(found.included)
    notes = (_("筛去 {units}").format(units="、".join(dict.fromkeys(str(each["unit"]) for each in removed))),) if removed else ()
    check_units(kept)
    check_data(construction, kept)
    return Prepared(kept, StepRecord("screen", True, {**asdict(rule), "removed": removed}, {"removed": len(removed)}, notes))
