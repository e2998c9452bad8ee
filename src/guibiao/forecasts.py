"""Forecasts that a release carries: the annual series of the workspace's own area, as a cached step of a run.

Composes the observations of a run and the room `series` (simulated futures). Only figures that took part in the run take part here.
Method sheet: docs/methods/0637-forecasts-of-a-release.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from guibiao.graph import Output, digest
from guibiao.model.errors import BadRequest
from guibiao.model.forecast_tables import COMBINED, FORECASTS, LEVELS
from guibiao.model.indicator import Break, Indicator, Nature
from guibiao.model.period import Measure, Period
from guibiao.model.tables import Kind
from guibiao.reference.series.forecast import Scale, SimulationSpecification
from guibiao.run import DataRun

if TYPE_CHECKING:
    import pyarrow as pa

    from guibiao.series.forecasting.simulation import SimulatedPaths

Record = dict[str, Any]
SERIES = ("indicator", "area", "categories", "price_basis", "accounting_basis")
READ = (*SERIES, "period_start", "period_end", "measure", "unit", "value", "qualifier", "method", "known_from")
ANNUAL = frozenset({Measure.DURING, Measure.AVERAGE, Measure.AT_END})
SURE = frozenset({"exact", "derived"})
NOT_OBSERVED = frozenset({"forecast", "estimated"})
ROOMS = ("forecasts.py", "series/forecasting/simulation.py", "series/forecasting/short_series.py", "reference/series/forecast.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualForecast:
    """What is forecast in a run, and how."""

    horizon: int = 3
    """Years after the last figure."""
    fewest: int = 8
    """Fewer annual figures in a row on one basis give no forecast."""
    oldest: int = 3
    """Series whose last figure is of a year longer ago than this get none."""
    simulation: SimulationSpecification = field(default_factory=SimulationSpecification)


@dataclass(frozen=True, slots=True)
class History:
    """Annual figures of consecutive years on one basis, oldest first, brought over linked breaks; `cut` says why they begin there."""

    rows: tuple[Record, ...]
    values: tuple[float, ...]
    cut: tuple[str, str] = ("", "")

    @property
    def last(self) -> Record:
        return self.rows[-1]


class _NoForecast(Exception):
    """A series has no forecast; carries the reason in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.words = zh, en


class Forecasts:
    """The forecasts of a run as of its day, as one cached step."""

    def __init__(self, data: DataRun, specification: AnnualForecast | None = None) -> None:
        self.data = data
        self.specification = specification or AnnualForecast()
        self.day = data.request.as_of or data.today

    @cached_property
    def rows(self) -> list[Record]:
        """Rows of the table `forecasts`."""
        return [{**_typed(row), "as_of": self.day} for row in self._made["forecasts"]]

    @cached_property
    def reasons(self) -> list[Record]:
        """Rows of the table `unforecast`: series with two annual figures or more and no forecast."""
        return list(self._made["unforecast"])

    @property
    def digests(self) -> dict[str, str]:
        """What a step that shows forecasts depends on."""
        return {"forecasts": self._step.digest}

    @cached_property
    def _made(self) -> Mapping[str, list[Record]]:
        made: Mapping[str, list[Record]] = json.loads(self.data.cache.artefact(self._step.part("rows")))
        return made

    @cached_property
    def _step(self) -> Output:
        def compute(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
            made = self._compute()
            name = self.data.cache.keep(json.dumps(made, ensure_ascii=False, default=str).encode())
            return {"rows": name}, {"artefacts": [name], **{table: len(rows) for table, rows in made.items()}}

        workspace = self.data.workspace
        inputs = {name: output.digest for name, output in self.data.observations.items()}
        breaks = {name: each.breaks for name, each in workspace.indicators.items() if each.breaks}
        natures = {name: each.nature.value for name, each in workspace.indicators.items()}
        defined = digest(self.specification, self.day.year, workspace.settings.area, breaks, natures)
        return self.data.cache.run("forecasts", inputs, defined, ROOMS, compute)

    def _compute(self) -> dict[str, list[Record]]:
        forecasts: list[Record] = []
        reasons: list[Record] = []
        indicators = self.data.workspace.indicators
        for series, rows in _annual_series(self.data.all_observations, self.data.workspace.settings.area):
            named = dict(zip(SERIES, series, strict=True))
            try:
                forecasts += forecast_rows(named, rows, indicators[named["indicator"]], self.day.year, self.specification)
            except _NoForecast as none:
                reasons.append(named | dict(zip(("reason_zh", "reason_en"), none.words, strict=True)))
        return {"forecasts": forecasts, "unforecast": reasons}


def forecast_rows(
    series: Mapping[str, str], rows: Sequence[Record], indicator: Indicator, year: int, specification: AnnualForecast
) -> list[Record]:
    """Rows of the table `forecasts` for one series without `as_of`, all models in equal parts first.

    `_NoForecast` with the reason where there can be none; `year` is that of the day asked.
    """
    history = history_of(rows, indicator.breaks, specification.fewest)
    last = history.last["period_end"].year
    if year - last > specification.oldest:
        raise _NoForecast(f"最后一个年度数是{last}年的，已过{year - last}年，太旧", f"the last annual figure is for {last}: too old")
    found = _simulated(history, indicator, specification)
    zh, en = _method_words(history, found)
    common = {
        **series, "measure": history.last["measure"], "unit": history.last["unit"], "points": len(history.rows),
        "first": history.rows[0]["period_end"].year, "last": last, "few": found.few, "scale": str(found.scale),
        "known_from": max(row["known_from"] for row in history.rows), "method_zh": zh, "method_en": en,
    }  # fmt: skip
    edges = [0.5, *(0.5 + side * level / 200 for level in LEVELS for side in (-1, 1))]
    names = ["value", *(f"{side}_{level}" for level in LEVELS for side in ("low", "high"))]
    made = []
    for model, quantiles in sorted(found.quantiles(edges).items(), key=lambda each: each[0] != "combined"):
        for ahead in range(specification.horizon):
            period = _period(history.last).shift(12 * (ahead + 1))
            values = dict(zip(names, (float(each[ahead]) for each in quantiles), strict=True))
            own = {"model": COMBINED if model == "combined" else model, "period_start": period.start, "period_end": period.end}
            made.append(common | own | values)
    return made


def history_of(rows: Sequence[Record], breaks: Sequence[Break], fewest: int) -> History:
    """The last run of consecutive years of sure figures on the last one's unit and kind of period, up to a break without a link."""
    kinds: dict[tuple[str, str], list[Record]] = {}
    for row in rows:
        if row["method"] not in NOT_OBSERVED:
            kinds.setdefault((row["measure"], row["unit"]), []).append(row)
    if not kinds:
        raise _NoForecast("没有观测到的年度数", "there are no observed annual figures")
    chosen = max(kinds.values(), key=lambda each: (max(row["period_end"] for row in each), len(each)))
    run, cut = _run(sorted(chosen, key=lambda row: row["period_end"]), breaks)
    if len(run) < fewest:
        because = (f"（{cut[0]}）", f" ({cut[1]})") if cut[0] else ("", "")
        raise _NoForecast(
            f"口径一致、逐年连续的数只有{len(run)}个，少于{fewest}个{because[0]}",
            f"only {len(run)} annual figures in a row on one basis, under {fewest}{because[1]}",
        )
    links = [(each.date, float(each.link)) for each in breaks if each.link]
    end = run[-1]["period_end"].isoformat()
    values = []
    for row in run:
        value = float(row["value"])
        for day, link in links:
            value *= link if row["period_end"].isoformat() < day <= end else 1.0
        values.append(value)
    return History(tuple(run), tuple(values), cut)


def _run(ordered: Sequence[Record], breaks: Sequence[Break]) -> tuple[list[Record], tuple[str, str]]:
    """Figures backwards from the last one, year by year; where they end early, why."""
    last = ordered[-1]
    alike = {row["period_end"].year: row for row in ordered if row["period_end"].month == last["period_end"].month}
    if last["qualifier"] not in SURE:
        raise _NoForecast("最近的年度数是约数或界限数", "the last annual figure is approximate or a bound")
    run = [last]
    while (year := run[0]["period_end"].year - 1) in alike:
        row = alike[year]
        if row["qualifier"] not in SURE:
            return run, (f"{year}年的数是约数或界限数", f"the figure for {year} is approximate or a bound")
        if any(not each.link and row["period_end"].isoformat() < each.date <= last["period_end"].isoformat() for each in breaks):
            return run, ("更早的数在口径改变之前", "earlier figures lie before a change of definition")
        run.insert(0, row)
    return run, (f"缺{year}年的数", f"no figure for {year}") if any(each < year for each in alike) else ("", "")


def _simulated(history: History, indicator: Indicator, specification: AnnualForecast) -> SimulatedPaths:
    from guibiao.series.forecasting.simulation import simulate

    scale = _scale(indicator.nature, history.last["unit"], history.values, specification.simulation.scale)
    try:
        return simulate(history.values, specification.horizon, replace(specification.simulation, scale=scale))
    except BadRequest:
        raise _NoForecast("各年数没有变化，估计不出误差", "the annual figures do not vary: no error can be estimated") from None


def _scale(nature: Nature, unit: str, values: Sequence[float], wanted: Scale) -> Scale:
    """Shares within 0 and 100 on logits, growth rates on levels, positive levels on logarithms."""
    if wanted != "auto":
        return wanted
    if nature is Nature.SHARE and unit == "%" and all(0 < each < 100 for each in values):
        return "logit"
    return "level" if nature in {Nature.SHARE, Nature.GROWTH} else "auto"


def _method_words(history: History, found: SimulatedPaths) -> tuple[str, str]:
    first, last, count = history.rows[0]["period_end"].year, history.last["period_end"].year, len(history.rows)
    models = len(found.paths)
    draws = len(next(iter(found.paths.values())))
    zh = f"据{first}—{last}年的{count}个年度数，{models}个模型等权，每个模拟{draws}条路径；中值与分位数区间。"
    en = f"From {count} annual figures, {first}–{last}: {models} models in equal parts, simulated paths; median and quantile intervals."
    if history.cut[0]:
        zh, en = zh + f"{history.cut[0]}，不用。", en + f" Not used: {history.cut[1]}."
    if found.few:
        zh, en = zh + "年度数少，各模型相差较大，应一并看。", en + " With so few figures the models lie apart: read them together."
    return zh, en


def _annual_series(observations: pa.Table, area: str) -> Iterator[tuple[tuple[str, ...], list[Record]]]:
    """The annual figures of every series of an area that has two or more, in order of series."""
    import pyarrow.compute as pc

    own = observations.select(list(READ)).filter(pc.equal(observations["area"], area))
    own = own.filter(pc.is_in(own["measure"], value_set=_array(sorted(each.value for each in ANNUAL))))
    counts = own.group_by(list(SERIES)).aggregate([("value", "count")])
    several = counts.filter(pc.greater(counts["value_count"], 1)).select(list(SERIES))
    found: dict[tuple[str, ...], list[Record]] = {}
    for row in own.join(several, keys=list(SERIES), join_type="inner").to_pylist():
        if _is_annual(row):
            found.setdefault(tuple(row[name] for name in SERIES), []).append(row)
    yield from sorted((series, rows) for series, rows in found.items() if len(rows) > 1)


def _array(values: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values)


def _is_annual(row: Record) -> bool:
    """A whole year, or a stock at its end."""
    if row["measure"] == Measure.AT_END.value:
        return bool(row["period_end"].month == 12)
    return _period(row).is_year


def _period(row: Record) -> Period:
    return Period(row["period_start"], row["period_end"], Measure(row["measure"]))


def _typed(row: Record) -> Record:
    days = {column.name for column in FORECASTS.columns if column.kind is Kind.DAY}
    return {name: date.fromisoformat(value) if name in days else value for name, value in row.items()}
