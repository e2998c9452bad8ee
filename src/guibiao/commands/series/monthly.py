"""`guibiao series monthly`: single months (quarters) from cumulative figures and growth, with what rounding leaves open."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import AsOfOption, OutOption, StoreOption, WorkspaceOption, parse_categories, parse_day, session
from guibiao.commands.series.options import (
    AreaOption,
    BasisOption,
    CategoryOption,
    DataOption,
    FrequencyOption,
    IndicatorOption,
    SeriesFormat,
    SeriesFormatOption,
    SpecificationOption,
    print_series,
)
from guibiao.model.messages import translate as _
from guibiao.reference.series.monthly import MonthlySpecification, SplitRule

if TYPE_CHECKING:
    from guibiao.model.indicator import Indicator
    from guibiao.model.series import Frequency, TimeSeries
    from guibiao.reference.definitions import Workspace
    from guibiao.series.published.comparable_levels import ComparableLevels
    from guibiao.series.published.cumulative import Months, Sources

COLUMNS = (
    "period", "periods", "origin",
    "level", "level_low", "level_high", "growth", "growth_low", "growth_high", "base", "base_low", "base_high",
    "published_level", "level_agrees", "published_growth", "growth_agrees", "stated_level", "stated_growth", "comparable_level",
)  # fmt: skip


REVISED = 0.005
"""A link factor further from 1 than this is told."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the figures of a workspace are looked for."""

    indicator: str
    growth_indicator: str
    area: str
    category: list[str]
    basis: str
    workspace: str
    out: Path | None
    store: str
    as_of: str


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("monthly", help=_("由累计数和累计增速推算当月（当季）水平、可比基数和增速，每个数附舍入允许的区间；可按规则拆开1—2月。"))(
        monthly
    )


def monthly(
    data: DataOption = None,
    cumulative: Annotated[str, typer.Option("--cumulative", help=_("累计绝对数所在的列。"))] = "",
    growth: Annotated[str, typer.Option("--growth", help=_("累计增速（%，可比口径）所在的列。"))] = "",
    level: Annotated[str, typer.Option("--level", help=_("当期值所在的列；用来核对，或在没有累计数的时期代替。"))] = "",
    level_growth: Annotated[str, typer.Option("--level-growth", help=_("当期同比增速（%）所在的列。"))] = "",
    split: Annotated[SplitRule | None, typer.Option("--split", help=_("合并发布的时期怎样拆开；none 不拆。"))] = None,
    split_by: Annotated[str, typer.Option("--split-by", help=_("按哪一列的比例拆（另一序列、工作日数），配 --split proportional。"))] = "",
    level_decimals: Annotated[int | None, typer.Option("--level-decimals", help=_("绝对数公布到几位小数；默认看同一年的数。"))] = None,
    growth_decimals: Annotated[int | None, typer.Option("--growth-decimals", help=_("增速公布到几位小数；默认看同一年的数。"))] = None,
    frequency: FrequencyOption = None,
    indicator: IndicatorOption = "",
    growth_indicator: Annotated[
        str, typer.Option("--growth-indicator", help=_("工作区里的增速指标；不写则用定义为该指标同比增速的那一个。"))
    ] = "",
    area: AreaOption = "",
    category: CategoryOption = [],  # noqa: B006
    basis: BasisOption = "",
    specification: SpecificationOption = None,
    as_of: AsOfOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Months from cumulative figures."""
    from guibiao.reference.specifications import read_specification
    from guibiao.series.published.cumulative import months_from_cumulative
    from guibiao.series.published.january_february import split_months, working_day_weights

    stated = read_specification(
        specification, MonthlySpecification, cumulative=cumulative or None, growth=growth or None, level=level or None,
        level_growth=level_growth or None, split=split, split_by=split_by or None, level_decimals=level_decimals,
        growth_decimals=growth_decimals,
    )  # fmt: skip
    place = Place(indicator, growth_indicator, area, category, basis, workspace, out, store, as_of)
    sources, weights = _sources(data, stated, frequency, place)
    whole = months_from_cumulative(sources)
    unknown: tuple[int, ...] = ()
    if stated.split is SplitRule.WORKING_DAYS:
        first, last = whole.rows[0].ordinal - 2 * whole.frequency.per_year, whole.rows[-1].ordinal
        weights, unknown = working_day_weights(whole.frequency, first, last)
    months = split_months(whole, stated.split, weights)
    notes = [_("这些年没有放假通知，工作日不含调休：{years}").format(years=_listed([str(year) for year in unknown]))] if unknown else []
    _print(months, sources, stated.split if len(months.rows) > len(whole.rows) else SplitRule.NONE, notes, output)


def _sources(
    data: Path | None, stated: MonthlySpecification, frequency: Frequency | None, place: Place
) -> tuple[Sources, TimeSeries | None]:
    from guibiao.model.errors import BadRequest
    from guibiao.published_months import sources_of_file

    if bool(data) == bool(place.indicator):
        raise BadRequest(
            _("数据从文件来还是从工作区来，要说一个"),
            remedy=_("写 --data 文件 --cumulative 列名，或 --indicator 指标 --growth-indicator 增速指标。"),
        )
    if data is not None:
        return sources_of_file(data, stated, frequency)
    return _of_workspace(stated, frequency, place), None


def _of_workspace(stated: MonthlySpecification, frequency: Frequency | None, place: Place) -> Sources:
    from guibiao.published_months import sources_of_observations
    from guibiao.questions import Desk
    from guibiao.series_data import chosen_rows

    with session(place.workspace, place.out, place.store) as at:
        desk = Desk(at.workspace, at.store, at.folder, parse_day(place.as_of, "--as-of"))
        level = desk.indicator(place.indicator)
        rate = desk.indicator(place.growth_indicator) if place.growth_indicator else _growth_of(level.id, at.workspace)
        area, categories = desk.area(place.area), desk.codes(parse_categories(place.category))
        rows = [
            chosen_rows(desk.data.observations_of([each.id]).to_pylist(), area, categories, place.basis) if each else []
            for each in (level, rate)
        ]
    return sources_of_observations(rows[0], rows[1], level.id, level.unit, frequency, stated)


def _growth_of(level: str, workspace: Workspace) -> Indicator | None:
    """The one collected indicator that a workspace defines as growth of the level on a year before."""
    found = [
        each
        for each in workspace.indicators.values()
        if each.relation and (each.relation.kind, each.relation.of, each.relation.years) == ("growth", level, 1) and not each.is_computed
    ]
    return found[0] if len(found) == 1 else None


def _print(months: Months, sources: Sources, split: SplitRule, further: list[str], output: SeriesFormat) -> None:
    from guibiao.series.published.comparable_levels import comparable_levels
    from guibiao.series.published.cumulative import ORIGINS

    comparable = comparable_levels(months)
    rows = [_row(months, at) | {"comparable_level": comparable.levels[each.ordinal]} for at, each in enumerate(months.rows)]
    counts = {origin: sum(row["origin"] == origin for row in rows) for origin in ORIGINS}
    odd = _odd(rows, with_growth=sources.cumulative_growth is not None or sources.growth is not None)
    half_units = {
        each.series.name: sorted({half for half, value in zip(each.half_units, each.series.values, strict=True) if value == value})
        for each in sources.given
    }
    links = {str(year): asdict(link) for year, link in comparable.links.items()}
    diagnostics = {**counts, **odd, "half_units": half_units, "links": links, "unlinked": list(comparable.unlinked)}
    notes = [_counted(counts), *_told(odd), *_assumed(split), *further, *_links(comparable)]
    if output is SeriesFormat.TABLE:
        print_series(_headings(), [_short_row(row) for row in rows], output, months.name, notes, diagnostics)
        return
    print_series(COLUMNS, [[row[name] for name in COLUMNS] for row in rows], output, months.name, notes, diagnostics)


def _odd(rows: list[dict[str, Any]], *, with_growth: bool) -> dict[str, list[str]]:
    """Periods a reader must know of, by what is odd about them."""
    tests: dict[str, Callable[[dict[str, Any]], bool]] = {
        "levels_apart": lambda row: row["level_agrees"] is False,
        "growth_apart": lambda row: row["growth_agrees"] is False,
        "falling": lambda row: row["level_high"] < 0,
        "unbounded": lambda row: math.isinf(row["growth_high"]),
        "without_growth": lambda row: with_growth and row["level"] == row["level"] and row["growth"] != row["growth"],
        "not_derivable": lambda row: row["level"] != row["level"],
    }
    return {name: [row["period"] for row in rows if test(row)] for name, test in tests.items()}


def _told(odd: dict[str, list[str]]) -> list[str]:
    messages = {
        "levels_apart": _("公布水平不在舍入区间内 {count} 期：{periods}（多为修订）"),
        "growth_apart": _("公布增速不在舍入区间内 {count} 期：{periods}"),
        "falling": _("累计数比前一期小 {count} 期：{periods}"),
        "unbounded": _("基数可能为零，增速区间无界 {count} 期：{periods}"),
        "without_growth": _("有水平而推不出增速 {count} 期：{periods}"),
        "not_derivable": _("推不出的时期 {count} 期：{periods}"),
    }
    return [told.format(count=len(odd[name]), periods=_listed(odd[name])) for name, told in messages.items() if odd[name]]


def _row(months: Months, position: int) -> dict[str, Any]:
    from guibiao.series.published.cumulative import period_label

    row = months.rows[position]
    values: dict[str, Any] = {"period": period_label(months.frequency, row), "periods": row.periods, "origin": row.origin}
    for name in ("level", "growth", "base"):
        bounds = getattr(row, name)
        values |= {name: bounds.value, f"{name}_low": bounds.low, f"{name}_high": bounds.high}
    values |= {"published_level": row.published_level.value, "published_growth": row.published_growth.value}
    values |= {"level_agrees": row.level_agrees, "growth_agrees": row.growth_agrees}
    return {**values, "stated_level": row.stated_level, "stated_growth": row.stated_growth}


def _headings() -> tuple[str, ...]:
    """Columns of the table for people; all numbers are in the other formats."""
    return _("时期"), _("水平"), _("增速 %"), _("增速区间"), _("可比基数"), _("公布增速 %")


def _short_row(row: dict[str, Any]) -> list[Any]:
    low, high = row["growth_low"], row["growth_high"]
    between = f"{low:.2f} – {high:.2f}" if low == low else "—"
    rates = [f"{rate:.2f}" if rate == rate else None for rate in (row["growth"], row["published_growth"])]
    return [row["period"], row["level"], rates[0], between, row["base"], rates[1]]


def _counted(counts: dict[str, int]) -> str:
    told = _("共 {count} 期：推算 {derived}，直接引用公布数 {published}，按规则拆分 {split}，推不出 {missing}")
    return told.format(count=sum(counts.values()), **counts)


def _assumed(split: SplitRule) -> list[str]:
    """That a split is an assumption, where one was made."""
    told = _("合并发布的时期按规则 {rule} 拆开，是假定，不是公布数；区间只含舍入，不含假定的误差")
    return [] if split is SplitRule.NONE else [told.format(rule=split.value)]


def _links(comparable: ComparableLevels) -> list[str]:
    """The years whose level was revised most since, by the base of the year after; a year that cannot be linked."""
    revised = sorted(comparable.links.items(), key=lambda item: -abs(item[1].factor - 1))
    told = [f"{year} {link.factor:.4f}" for year, link in revised[:3] if abs(link.factor - 1) >= REVISED]
    notes = [_("可比口径基数与上年公布水平不同，衔接系数：{years}").format(years="、".join(told))] if told else []
    if comparable.links and comparable.unlinked:
        years = _listed([str(year) for year in comparable.unlinked])
        notes.append(_("没有衔接的年份：{years}，之前的可比口径水平不给").format(years=years))
    return notes


def _listed(periods: list[str]) -> str:
    shown = "、".join(periods[:8])
    return shown if len(periods) <= 8 else _("{periods} 等").format(periods=shown)
