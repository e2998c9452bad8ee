"""What a nowcast asks: which periods of the target as of a day, from which series, and how the panel is built."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.series import Frequency, TimeSeries, label_of, year_of
from guibiao.reference.series.nowcast import Aggregation, Nowcast, Transform
from guibiao.series.nowcasting.news import Vintage
from guibiao.series.nowcasting.panel import Column, Panel, Plan, build, choose_transform
from guibiao.series.nowcasting.vintages import VintageTable, period_end

FEWEST_VALUES = 4
"""Values of the target without which there is no nowcast at all."""
LONGEST_PATH_YEARS = 2
"""A target that ended longer ago than this before the day asked is not nowcast."""


@dataclass(frozen=True, slots=True)
class Question:
    """The plan of a nowcast and the target's ordinals: `last` known, `asked` the one nowcast (the periods between are filled too)."""

    plan: Plan
    last: int
    asked: int
    as_of: date

    @property
    def steps(self) -> int:
        return self.asked - self.last

    @property
    def rows(self) -> int:
        """Base periods from the start of the panel to the end of the period asked."""
        return (self.asked + 1) * self.plan.target.ratio - self.plan.first

    @property
    def position(self) -> int:
        """Position of the period asked among the panel's target periods."""
        return self.rows // self.plan.target.ratio - 1

    def label(self, ordinal: int) -> str:
        return label_of(self.plan.target.frequency, ordinal)

    def panel(self, vintage: Vintage) -> Panel:
        """The panel of a vintage, to the end of the period asked or of the latest indicator."""
        return build(self.plan, vintage.series, self.rows)


def target_frequency(table: VintageTable, specification: Nowcast) -> Frequency:
    """Frequency of the target: the one asked for, else that of the series. Raises BadRequest where it is finer than the series."""
    name = specification.target
    if name not in table.names:
        raise BadRequest(
            _("数据里没有目标序列 {name}").format(name=name) if name else _("没有说明即时预测哪个序列"),
            remedy=_("用 --target 指明，如 {names}。").format(names="、".join(table.names[:12])),
        )
    own = table.frequency(name)
    asked = Frequency(specification.frequency) if specification.frequency else own
    if Frequency.DAY in {own, asked}:
        raise BadRequest(_("目标序列 {name} 是日度数据").format(name=name), remedy=_("先汇总成月度。"))
    if asked.per_year > own.per_year:
        raise BadRequest(
            _("目标序列 {name} 是 {own}，不能得到更细的 {asked}").format(name=name, own=own.value, asked=asked.value),
            remedy=_("用 guibiao series benchmark 分解到更高频率。"),
        )
    return asked


def vintage_of(table: VintageTable, specification: Nowcast, as_of: date) -> Vintage:
    """The series as known on a day; a target published more often than asked is aggregated, and stays an indicator under its own name."""
    view = table.view(as_of)
    wanted = set(specification.indicators) or set(table.names)
    if unknown := sorted(wanted - set(table.names)):
        raise BadRequest(
            _("数据里没有指标 {name}").format(name=unknown[0]), remedy=_("有：{names}。").format(names="、".join(table.names[:12]))
        )
    chosen = {name: series for name, series in view.series.items() if name in wanted or name == specification.target}
    known = {key: day for key, day in view.known.items() if key[0] in chosen}
    frequency = target_frequency(table, specification)
    name = specification.target
    if name not in chosen or chosen[name].frequency is frequency:
        return Vintage(chosen, known)
    fine = chosen[name]
    chosen[monthly_name(fine)] = TimeSeries(monthly_name(fine), fine.frequency, fine.start, fine.values, fine.unit, fine.spans)
    chosen[name] = aggregate(fine, frequency, specification.stated(name).aggregation)
    renamed = {(monthly_name(fine) if key[0] == name else key[0], key[1]): day for key, day in known.items()}
    ratio = fine.frequency.per_year // frequency.per_year
    for at, value in enumerate(chosen[name].values):
        ordinal = chosen[name].ordinal(at)
        days = [known[key] for each in range(ratio) if (key := (name, ordinal * ratio + each)) in known]
        if not math.isnan(value) and days:
            renamed[(name, ordinal)] = max(days)
    return Vintage(chosen, renamed)


def monthly_name(series: TimeSeries) -> str:
    """Name under which a target's own finer series is an indicator."""
    return f"{series.name} [{series.frequency.value}]"


def aggregate(series: TimeSeries, frequency: Frequency, aggregation: Aggregation) -> TimeSeries:
    """The series at a lower frequency, whole periods only; a value that spans several counts as their sum.

    Raises BadRequest where values of several periods were to be averaged.
    """
    if series.spans and aggregation is Aggregation.MEAN:
        raise BadRequest(
            _("序列 {name} 有几个月合并发布的数，不能求平均").format(name=series.name),
            remedy=_("用 aggregation: sum，或先用 guibiao series monthly --split 拆开。"),
        )
    ratio = series.frequency.per_year // frequency.per_year
    covered = series.covered
    first, last = series.start // ratio, series.end // ratio
    values = []
    for ordinal in range(first, last + 1):
        places = [ordinal * ratio + each - series.start for each in range(ratio)]
        inside = all(0 <= at < len(series) for at in places)
        parts = [series.values[at] for at in places if inside and at not in covered]
        if not inside or any(math.isnan(part) for part in parts):
            values.append(math.nan)
        elif aggregation is Aggregation.LAST:
            values.append(parts[-1])
        else:
            values.append(math.fsum(parts) / (len(parts) if aggregation is Aggregation.MEAN else 1))
    known = [at for at, value in enumerate(values) if not math.isnan(value)]
    if not known:
        return TimeSeries(series.name, frequency, first, (), series.unit)
    return TimeSeries(series.name, frequency, first + known[0], tuple(values[known[0] : known[-1] + 1]), series.unit)


def period_of(frequency: Frequency, day: date) -> int:
    """Ordinal of the month, quarter or year a day lies in."""
    return day.year * frequency.per_year + (day.month - 1) * frequency.per_year // 12


def question(table: VintageTable, specification: Nowcast, as_of: date) -> Question:
    """What is asked as of a day: the target's first unpublished period up to the one the day lies in.

    Raises BadRequest where under 4 values of the target are known by then, or its last value is over two years old.
    """
    frequency = target_frequency(table, specification)
    vintage = vintage_of(table, specification, as_of)
    target = vintage.series.get(specification.target)
    if target is None or not len(target):
        raise BadRequest(
            _("截至 {day}，目标序列 {name} 还没有一个数").format(day=as_of, name=specification.target),
            remedy=_("把 --as-of 推后，或补充历史数据。"),
        )
    if (known := sum(not math.isnan(value) for value in target.values)) < FEWEST_VALUES:
        raise BadRequest(
            _("截至 {day}，目标序列 {name} 只有 {known} 个数，至少要 {least} 个").format(
                day=as_of, name=specification.target, known=known, least=FEWEST_VALUES
            ),
            remedy=_("补充历史数据。"),
        )
    asked = max(target.end + 1, period_of(frequency, as_of))
    if asked - target.end > LONGEST_PATH_YEARS * frequency.per_year + 1:
        raise BadRequest(
            _("目标序列 {name} 只到 {last}，离 {day} 太远").format(
                name=specification.target, last=target.label(len(target) - 1), day=as_of
            ),
            remedy=_("补上近期的数，或把 --as-of 提前。"),
        )
    return Question(_plan(vintage, specification, frequency), target.end, asked, as_of)


def _plan(vintage: Vintage, specification: Nowcast, frequency: Frequency) -> Plan:
    names = [specification.target, *(name for name in vintage.series if name != specification.target)]
    usable = [name for name in names if vintage.series[name].frequency is not Frequency.DAY and len(vintage.series[name])]
    base = max((vintage.series[name].frequency for name in usable), key=lambda each: each.per_year)
    columns = []
    for name in usable:
        series = vintage.series[name]
        stated = specification.stated(name)
        transform = choose_transform(series) if stated.transform is Transform.AUTO else stated.transform
        columns.append(Column(name, series.frequency, transform, stated.aggregation, base.per_year // series.frequency.per_year))
    start = min(year_of(vintage.series[name].frequency, vintage.series[name].start) for name in usable)
    target = vintage.series[specification.target]
    first_year = max(start, year_of(frequency, target.start) - 2)
    return Plan(base, first_year * base.per_year, tuple(columns))


def as_of_before(asked: Question, ordinal: int) -> date:
    """The day that lies to an earlier target period as the day asked lies to the period asked."""
    frequency = asked.plan.target.frequency
    distance = asked.as_of - period_end(frequency, asked.asked)
    return period_end(frequency, ordinal) + timedelta(days=distance.days)
