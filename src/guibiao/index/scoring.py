"""The steps that give scores, as they stand in a construction: treat, normalise. Each fits over the panel or each time apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from guibiao.index.construction import Construction, IndexData, Time
from guibiao.index.matrix import Matrix, Places, rows_by
from guibiao.index.normalise import ColumnScale, Reference, apply_scales, columns_of, fit_scales, scales_of
from guibiao.index.preparing import Prepared
from guibiao.index.result import StepRecord, shown_time
from guibiao.index.treat import ColumnTreatment, FrozenTreatment, apply_treatment, treat_column
from guibiao.model.errors import BadDefinition, BadRequest, Place
from guibiao.model.messages import translate as _
from guibiao.reference.index.specification import Scope

WHOLE: Time = ""
"""The time under which parameters of the whole panel are kept."""


def blocks(data: IndexData, scope: Scope) -> Iterator[tuple[Time, Places]]:
    """The rows parameters are fitted on: all of them, or those of each time."""
    if scope == "panel":
        yield WHOLE, np.arange(len(data.units), dtype=np.intp)
    else:
        yield from rows_by(data.times).items()


def run_treat(construction: Construction, data: IndexData, known: Mapping[tuple[Time, str], FrozenTreatment]) -> Prepared:
    """Treat each indicator; parameters in `known` are applied instead of fitted."""
    if all(rule.method == "none" for rule in construction.treatments):
        return Prepared(data, StepRecord("treat", False))
    values, frozen = data.values.copy(), dict[tuple[Time, str], FrozenTreatment]()
    log: list[dict[str, Any]] = []
    fresh: list[Time] = []
    for place, (code, rule) in enumerate(zip(construction.indicator_codes, construction.treatments, strict=True)):
        for time, rows in blocks(data, rule.scope):
            if rule.method == "none":
                continue
            column = data.values[rows, place]
            fresh += [time] if known and (time, code) not in known else []
            if (time, code) in known:
                frozen[time, code] = known[time, code]
                values[rows, place] = apply_treatment(column, known[time, code])
                log.append({"code": code, "time": time, "replayed": True, **asdict(known[time, code])})
                continue
            done = treat_column(column, rule)
            values[rows, place], frozen[time, code] = done.values, done.frozen
            log.append(_treated(code, time, done, [data.units[row] for row in rows]))
    lost = int((np.isnan(values) & ~np.isnan(data.values)).sum())
    counts = {
        "winsorised": sum(1 for each in log if each.get("low") is not None or each.get("high") is not None),
        "transformed": sum(1 for each in log if each["transformation"] != "none"),
        "untreatable": sum(1 for each in log if each.get("untreatable")),
        "lost": lost,
    }
    return Prepared(
        replace(data, values=values),
        StepRecord(
            "treat",
            True,
            {"rule": asdict(construction.specification.treat), "indicators": log},
            counts,
            (*_treat_notes(log, lost), *_fresh_notes(fresh)),
        ),
        treatments=frozen,
    )


def _treated(code: str, time: Time, done: ColumnTreatment, units: list[str]) -> dict[str, Any]:
    """The log of one indicator: checks, parameters, and the marked points."""
    points = {unit: mark for unit, mark in zip(units, done.marks, strict=True) if mark}
    return {
        "code": code, "time": time, "checks": [asdict(each) for each in done.checks], "winsorised_points": done.winsorised,
        "untreatable": done.untreatable, "points": points, **asdict(done.frozen),
    }  # fmt: skip


def _fresh_notes(times: list[Time]) -> tuple[str, ...]:
    """Which times of a replay had no saved parameters."""
    if not times:
        return ()
    shown = "、".join(str(shown_time(time)) for time in dict.fromkeys(times))
    return (_("没有保存 {times} 的参数，按新数据另算").format(times=shown),)


def _treat_notes(log: list[dict[str, Any]], lost: int) -> tuple[str, ...]:
    untreatable = list(dict.fromkeys(each["code"] for each in log if each.get("untreatable")))
    failing = list(
        dict.fromkeys(
            each["code"] for each in log if not each.get("untreatable") and each.get("checks") and each["checks"][-1]["passed"] is False
        )
    )
    notes = []
    if untreatable:
        notes.append(_("{codes} 取值太少或太集中，无法处理，保持原值").format(codes="、".join(untreatable)))
    if failing:
        notes.append(_("{codes} 处理后偏度和峰度仍超出界限").format(codes="、".join(failing)))
    if lost:
        notes.append(_("{count} 个值超出冻结的变换范围，成为缺失").format(count=lost))
    return tuple(notes)


def run_normalise(construction: Construction, data: IndexData, known: Mapping[tuple[Time, str], ColumnScale]) -> Prepared:
    """Normalise each indicator; scales in `known` are applied instead of fitted."""
    values, fitted = np.full(data.values.shape, np.nan), dict[tuple[Time, str], ColumnScale]()
    codes, rules, fresh = construction.indicator_codes, construction.rules, list[Time]()
    for scope in dict.fromkeys(rule.normalisation.scope for rule in rules):
        places = [place for place, rule in enumerate(rules) if rule.normalisation.scope == scope]
        for time, rows in blocks(data, scope):
            part = data.values[rows][:, places]
            for column, place in enumerate(places):
                reference = _reference(construction, data, rows, place)
                key = (time, codes[place])
                one = part[:, [column]]
                fresh += [time] if known and key not in known else []
                scale = known.get(key) or columns_of(fit_scales(one, [rules[place]], reference))[0]
                fitted[key] = scale
                _check_variance(construction, place, scale, one, time)
                values[rows, place] = apply_scales(one, scales_of([scale]), reference)[:, 0]
    log = [{"code": code, "time": time, **asdict(scale)} for (time, code), scale in fitted.items()]
    notes = (*_normalise_notes(construction, fitted), *_fresh_notes(fresh))
    lost = int((np.isnan(values) & ~np.isnan(data.values)).sum())
    if lost:
        notes = (*notes, _("{count} 个值没有得分（没有对数、没有基期或参照值）").format(count=lost))
    record = StepRecord("normalise", True, {"rule": asdict(construction.specification.normalise), "indicators": log}, {"lost": lost}, notes)
    return Prepared(replace(data, values=values), record, scales=fitted)


def _reference(construction: Construction, data: IndexData, rows: Places, place: int) -> Reference:
    """The reference unit and the base time, as rows among `rows`."""
    choice = construction.rules[place].normalisation
    if choice.method not in {"distance-to-reference", "base-time"}:
        return Reference()
    units, times = [data.units[row] for row in rows], [data.times[row] for row in rows]
    base = _base_time(choice.base, times, data.file)
    if choice.method == "base-time":
        own = {unit: row for row, (unit, time) in enumerate(zip(units, times, strict=True)) if time == base}
        return Reference(own_base=tuple(own.get(unit, -1) for unit in units), base_rows=tuple(own.values()))
    unit = choice.reference or min(units)
    for row, (found, time) in enumerate(zip(units, times, strict=True)):
        if found == unit and time == base:
            return Reference(row=row)
    raise BadRequest(
        _("数据中没有参照单位 {unit}").format(unit=unit), remedy=_("用 reference 写一个在数据中的单位代码。"), place=Place(data.file)
    )


def _base_time(stated: str, times: list[Time], file: str) -> Time:
    if not stated:
        return min(times, key=lambda time: (isinstance(time, str), time))
    for time in times:
        if stated == str(time) or (isinstance(time, float) and stated == f"{time:g}"):
            return time
    raise BadRequest(_("数据中没有基期 {time}").format(time=stated), remedy=_("改 base，或补上那一期的数据。"), place=Place(file))


def _check_variance(construction: Construction, place: int, scale: ColumnScale, column: Matrix, time: Time) -> None:
    """Refuse a column without variance where the method divides by it."""
    if scale.divisor != 0 or np.fmin.reduce(column, axis=None) != np.fmax.reduce(column, axis=None):
        return
    code = construction.indicator_codes[place]
    raise BadDefinition(
        _("指标 {code}{time} 的值全部相等，没有差异可比").format(code=code, time="" if time == WHOLE else f"（{shown_time(time)}）"),
        remedy=_("去掉这个指标，或换一种标准化方法，或给它固定的上下限。"),
        place=construction.place(code),
    )


def _normalise_notes(construction: Construction, fitted: Mapping[tuple[Time, str], ColumnScale]) -> tuple[str, ...]:
    notes = []
    reverse = [code for code, rule in zip(construction.indicator_codes, construction.rules, strict=True) if rule.direction == -1]
    ratios = {code for (_time, code), scale in fitted.items() if scale.method == "fraction-of-max"}
    wrong = [code for code in reverse if code in ratios]
    if wrong:
        notes.append(_("与最大值之比不适于反向指标：{codes} 的得分越差越高").format(codes="、".join(wrong)))
    undivided = dict.fromkeys(code for (_time, code), scale in fitted.items() if scale.divisor == 0)
    if undivided:
        notes.append(_("{codes} 的最大值是 0，或目标、参照就是最差的值：没有得分").format(codes="、".join(undivided)))
    below = dict.fromkeys(code for (_time, code), scale in fitted.items() if scale.method == "distance-to-target" and scale.divisor < 0)
    if below:
        notes.append(_("{codes} 的目标比最差的值还差，得分为负").format(codes="、".join(below)))
    unnamed = [
        rule for rule in construction.rules if rule.normalisation.method == "distance-to-reference" and not rule.normalisation.reference
    ]
    if unnamed:
        notes.append(_("没有写参照单位，以代码排在最前的单位为参照"))
    return tuple(notes)
