"""News: which release moved a nowcast by how much. The parts add up to the revision.

A factor model is linear in its data, so the joint weights of Bańbura and Modugno (2014, section 2.3) are exact: new figures count by
what they surprise, revised ones by their change. A bridge equation on levels is replayed release by release in the order of publication.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from guibiao.model.series import TimeSeries
from guibiao.series.nowcasting.models import FactorModel, Model
from guibiao.series.nowcasting.panel import LOGS, Panel, Plan, build, lag_of

Floats = NDArray[np.float64]
Kind = Literal["release", "revision", "withdrawn", "base", "estimation"]


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One reason why a nowcast moved.

    `expected`, `actual` and `news` are transformed values (growth as a fraction where logs are taken); `impact` is the change of the
    nowcast in units of the target, `impact_transformed` that of its level in logs, where logs are taken. `count` figures are in it.
    """

    series: str
    period: str
    kind: Kind
    known_from: date | None
    expected: float
    actual: float
    impact_transformed: float
    count: int = 1
    impact: float = math.nan

    @property
    def news(self) -> float:
        return self.actual - self.expected

    @property
    def weight(self) -> float:
        """Change of the nowcast's level for one unit of news; nan without news."""
        return self.impact_transformed / self.news if self.news else math.nan


@dataclass(frozen=True, slots=True)
class News:
    """The nowcast before and after, in units of the target, and what lies between."""

    before: float
    after: float
    items: tuple[NewsItem, ...]

    @property
    def unexplained(self) -> float:
        """What the items leave: rounding of floating point."""
        return self.after - self.before - math.fsum(item.impact for item in self.items)


@dataclass(frozen=True, slots=True)
class Vintage:
    """Series of one day with the day each value became known, by series and ordinal."""

    series: Mapping[str, TimeSeries]
    known: Mapping[tuple[str, int], date]


def decompose(plan: Plan, rows: int, period: int, old: Vintage, new: Vintage, old_model: Model, model: Model) -> News:
    """Why the nowcast of target period `period` moved between two vintages; `model` is the one of the new vintage.

    The effect of estimating again is the difference of the two models on the old data, all else is by the new parameters.
    """
    before_panel, after_panel = build(plan, old.series, rows), build(plan, new.series, rows)
    before = float(old_model.levels(before_panel)[period])
    same_data = float(model.levels(before_panel)[period])
    items: Sequence[NewsItem] = ()
    if isinstance(model, FactorModel):
        items = _joint(model, before_panel, after_panel, period, new)
    if not items:
        items = _replayed(model, plan, rows, period, old, new)
    estimation = NewsItem("", "", "estimation", None, math.nan, math.nan, same_data - before)
    after = float(model.levels(after_panel)[period])
    return _in_units([estimation, *items], before, after, plan.target.transform in LOGS)


def _in_units(items: Sequence[NewsItem], before: float, after: float, logs: bool) -> News:
    """Impacts in units of the target: in logs each gets the logarithmic mean of before and after times its own."""
    if not logs:
        return News(before, after, tuple(replace(item, impact=item.impact_transformed) for item in items))
    low, high = math.exp(before), math.exp(after)
    factor = low * math.expm1(after - before) / (after - before) if abs(after - before) > 1e-12 else low
    return News(low, high, tuple(replace(item, impact=item.impact_transformed * factor) for item in items))


# ---- one release after another ----


@dataclass(frozen=True, slots=True)
class Step:
    """Changes that came together: one new figure, or the revised or withdrawn figures of one series on one day."""

    known_from: date | None
    series: str
    kind: Kind
    ordinals: tuple[int, ...]


def _replayed(model: Model, plan: Plan, rows: int, period: int, old: Vintage, new: Vintage) -> list[NewsItem]:
    state = dict(old.series)
    panel = build(plan, state, rows)
    level = float(model.levels(panel)[period])
    items = []
    for step in _steps(plan, old, new):
        expected = model.expected(panel)
        state[step.series] = _changed(state.get(step.series), new.series.get(step.series), step.ordinals)
        panel = build(plan, state, rows)
        now = float(model.levels(panel)[period])
        surprise = (
            _means(expected, panel.values, *_cells(plan, step, state[step.series])) if step.kind == "release" else (math.nan, math.nan)
        )
        label = _label(state[step.series], step)
        items.append(NewsItem(step.series, label, step.kind, step.known_from, *surprise, now - level, len(step.ordinals)))
        level = now
    return items


def _steps(plan: Plan, old: Vintage, new: Vintage) -> list[Step]:
    singles: list[Step] = []
    together: dict[tuple[str, Kind, date | None], list[int]] = {}
    for column in plan.columns:
        before, after = _by_ordinal(old.series.get(column.name)), _by_ordinal(new.series.get(column.name))
        for ordinal, value in after.items():
            known = new.known.get((column.name, ordinal))
            if ordinal not in before:
                singles.append(Step(known, column.name, "release", (ordinal,)))
            elif before[ordinal] != value:
                together.setdefault((column.name, "revision", known), []).append(ordinal)
        if gone := [ordinal for ordinal in before if ordinal not in after]:
            together.setdefault((column.name, "withdrawn", None), []).extend(gone)
    grouped = [Step(known, series, kind, tuple(ordinals)) for (series, kind, known), ordinals in together.items()]
    return sorted([*grouped, *singles], key=lambda step: (step.known_from or date.min, step.kind == "release", step.series, step.ordinals))


Figure = tuple[float, int]


def _by_ordinal(series: TimeSeries | None) -> dict[int, Figure]:
    """Value and number of periods covered, by ordinal."""
    if series is None:
        return {}
    spans = dict(series.spans)
    return {series.ordinal(at): (value, spans.get(at, 1)) for at, value in enumerate(series.values) if not math.isnan(value)}


def _changed(current: TimeSeries | None, target: TimeSeries | None, ordinals: Sequence[int]) -> TimeSeries:
    """The series with the figures at `ordinals` as the target has them; those it lacks are gone."""
    like = current or target
    assert like is not None
    figures, wanted = _by_ordinal(current), _by_ordinal(target)
    for ordinal in ordinals:
        if ordinal in wanted:
            figures[ordinal] = wanted[ordinal]
        else:
            figures.pop(ordinal, None)
    if not figures:
        return replace(like, values=(), spans=())
    first, last = min(at - periods + 1 for at, (_value, periods) in figures.items()), max(figures)
    values = tuple(figures[at][0] if at in figures else math.nan for at in range(first, last + 1))
    spans = tuple((at - first, periods) for at, (_value, periods) in sorted(figures.items()) if periods > 1)
    return replace(like, start=first, values=values, spans=spans)


def _cells(plan: Plan, step: Step, series: TimeSeries) -> tuple[list[int], int]:
    """Rows of the panel that a new figure fills, all it covers, and its column."""
    at = next(position for position, column in enumerate(plan.columns) if column.name == step.series)
    (ordinal,) = step.ordinals
    covered = _by_ordinal(series)[ordinal][1]
    ratio = plan.columns[at].ratio
    return [(each + 1) * ratio - 1 - plan.first for each in range(ordinal - covered + 1, ordinal + 1)], at


def _means(expected: Floats, actual: Floats, rows: Sequence[int], at: int) -> tuple[float, float]:
    """Expected and actual value of a figure: means over the periods it covers; nan outside the panel."""
    inside = [row for row in rows if 0 <= row < len(actual)]
    if not inside:
        return math.nan, math.nan
    return float(expected[inside, at].mean()), float(actual[inside, at].mean())


def _label(series: TimeSeries, step: Step) -> str:
    from guibiao.model.series import label_of

    first, last = label_of(series.frequency, min(step.ordinals)), label_of(series.frequency, max(step.ordinals))
    return first if first == last else f"{first}..{last}"


# ---- joint news of a linear model ----


def _joint(model: FactorModel, old: Panel, new: Panel, period: int, vintage: Vintage) -> list[NewsItem]:
    """Items of a factor model; none where the level that the path starts from is no longer there."""
    anchor, path = _path(old, period)
    if anchor >= 0 and math.isnan(new.level[anchor]):
        return []
    rows = old.target_rows[list(path)]

    def level(values: Floats) -> float:
        return float(model.signal(old, values)[rows, 0].sum())

    items: list[NewsItem] = []
    if anchor >= 0 and new.level[anchor] != old.level[anchor]:
        change = float(new.level[anchor] - old.level[anchor])
        label = vintage_label(new.plan, 0, anchor)
        items.append(NewsItem(new.plan.target.name, label, "base", None, math.nan, math.nan, change))
    values, current = old.values.copy(), level(old.values)
    for at in model.columns:
        both = ~np.isnan(old.values[:, at]) & ~np.isnan(new.values[:, at])
        gone = ~np.isnan(old.values[:, at]) & np.isnan(new.values[:, at])
        revised = both & (old.values[:, at] != new.values[:, at])
        for kind, where in (("revision", revised), ("withdrawn", gone)):
            if where.any():
                values[where, at] = new.values[where, at]
                now = level(values)
                items.append(_grouped(new.plan, at, kind, where, now - current))  # type: ignore[arg-type]
                current = now
    return [*items, *_surprises(model, old, values, new, rows, vintage)]


def _path(panel: Panel, period: int) -> tuple[int, tuple[int, ...]]:
    """Where the level of a target period is built from, -1 for nowhere, and the target periods whose growth is added."""
    lag = lag_of(panel.plan.target.transform, panel.plan.target.frequency)
    path = [period]
    while lag and path[-1] >= lag and math.isnan(panel.level[path[-1] - lag]):
        path.append(path[-1] - lag)
    return (path[-1] - lag if lag else -1), tuple(path)


def _surprises(model: FactorModel, old: Panel, values: Floats, new: Panel, rows: NDArray[np.intp], vintage: Vintage) -> list[NewsItem]:
    """New figures: what they surprise by, times the weight with which the smoother uses them together."""
    fresh = np.isnan(values) & ~np.isnan(new.values)
    expected = model.signal(old, values)
    with_all = float(model.signal(old, new.values)[rows, 0].sum())
    found: dict[tuple[int, int], list[tuple[int, float]]] = {}
    for row, at in np.argwhere(fresh):
        if at not in model.columns:
            continue
        raised = new.values.copy()
        unit = max(abs(float(new.values[row, at] - expected[row, at])), float(np.nanstd(new.values[:, at])))
        raised[row, at] += unit
        weight = (float(model.signal(old, raised)[rows, 0].sum()) - with_all) / unit
        impact = weight * float(new.values[row, at] - expected[row, at])
        found.setdefault((int(at), _figure(new.plan, int(at), int(row), vintage)), []).append((int(row), impact))
    items = []
    for (at, ordinal), cells in sorted(found.items(), key=lambda each: _order(new.plan, each[0], vintage)):
        row = cells[-1][0]
        column = new.plan.columns[at]
        known = vintage.known.get((column.name, ordinal))
        impact = math.fsum(part for _row, part in cells)
        surprise = _means(expected, new.values, [each for each, _part in cells], at)
        items.append(NewsItem(column.name, vintage_label(new.plan, at, row // column.ratio), "release", known, *surprise, impact))
    return items


def _figure(plan: Plan, at: int, row: int, vintage: Vintage) -> int:
    """Ordinal of the published figure that a cell comes from: its own, or the next one where several periods are published as one."""
    column = plan.columns[at]
    ordinal = (plan.first + row + 1) // column.ratio - 1
    return next((each for each in range(ordinal, ordinal + 3) if (column.name, each) in vintage.known), ordinal)


def _order(plan: Plan, key: tuple[int, int], vintage: Vintage) -> tuple[date, str, int]:
    name = plan.columns[key[0]].name
    return vintage.known.get((name, key[1]), date.min), name, key[1]


def _grouped(plan: Plan, at: int, kind: Kind, where: NDArray[np.bool_], impact: float) -> NewsItem:
    ratio = plan.columns[at].ratio
    places = np.flatnonzero(where) // ratio
    first, last = vintage_label(plan, at, int(places[0])), vintage_label(plan, at, int(places[-1]))
    label = first if first == last else f"{first}..{last}"
    return NewsItem(plan.columns[at].name, label, kind, None, math.nan, math.nan, impact, int(where.sum()))


def vintage_label(plan: Plan, at: int, position: int) -> str:
    """Label of a column's own period by its position from the start of the panel."""
    from guibiao.model.series import label_of

    column = plan.columns[at]
    return label_of(column.frequency, plan.first // column.ratio + position)
