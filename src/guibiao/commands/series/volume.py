"""`guibiao series deflate` and `chain`: constant prices, chain-linked volumes, contributions to growth."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.series.options import FrequencyOption, SeriesFormat, SeriesFormatOption, SpecificationOption, print_series
from guibiao.model.messages import translate as _
from guibiao.reference.series.monthly import ChainSpecification, Overlap

if TYPE_CHECKING:
    from guibiao.model.series import TimeSeries
    from guibiao.series.published.chain_linking import ChainLinked


class Compared(StrEnum):
    """What a price index compares with."""

    FIXED = "fixed"
    PERIOD_BEFORE = "period-before"
    YEAR_BEFORE = "year-before"


def register(group: typer.Typer) -> None:
    """Add both commands to the group of series."""
    group.command("deflate", help=_("用价格指数把现价序列换成不变价。"))(deflated)
    group.command("chain", help=_("由分项现价值和价格指数计算链式物量和对增长的贡献。"))(chain)


def deflated(
    data: Annotated[Path, typer.Option("--data", help=_("CSV 数据文件，现价值与价格指数各一列。"))],
    series: Annotated[str, typer.Option("--series", help=_("现价值的列。"))],
    prices: Annotated[str, typer.Option("--prices", help=_("价格指数的列；以 100 为基，定基或按 --compared 环比、同比。"))],
    reference: Annotated[str, typer.Option("--reference", help=_("不变价的基准年或时期，如 2020 或 2020-06。"))],
    compared: Annotated[
        Compared, typer.Option("--compared", help=_("价格指数与什么比：fixed 定基，period-before 上期=100，year-before 上年同期=100。"))
    ] = Compared.FIXED,
    frequency: FrequencyOption = None,
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Constant prices."""
    from guibiao.series.published.deflation import ComparedWith, deflate, index_from_changes
    from guibiao.series_data import read_series

    current, index = read_series(data, series, frequency), read_series(data, prices, frequency)
    notes = []
    if compared is not Compared.FIXED:
        index = index_from_changes(index, ComparedWith(compared.value), _year(reference))
        if compared is Compared.YEAR_BEFORE:
            notes.append(_("基准年各期的指数都作 100：只有同一季节（同月、同季）之间可比"))
    found = deflate(current, index, int(reference) if reference.isdecimal() else reference)
    rows = list(map(list, zip(current.labels, current.values, found.deflator.values, found.series.values, strict=True)))
    notes.insert(0, _("{reference} 年（期）平均价格").format(reference=found.reference))
    if found.without_price:
        periods = "、".join(found.without_price[:8])
        notes.append(_("没有价格指数、未缩减 {count} 期：{periods}").format(count=len(found.without_price), periods=periods))
    columns = ("period", "current", "deflator", "constant")
    print_series(columns, rows, output, current.name, notes, {"reference": found.reference, "without_price": list(found.without_price)})


def _year(reference: str) -> int:
    """The year a chained index is set to 100 in: that of the reference."""
    from guibiao.model.errors import BadRequest

    year = reference[:4]
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise BadRequest(_("基准 {reference} 里没有年份").format(reference=reference), remedy=_("写成 2020 或 2020-06。"))
    return int(year)


def chain(
    data: Annotated[Path, typer.Option("--data", help=_("CSV 数据文件，各分项现价值各一列。"))],
    prices: Annotated[Path, typer.Option("--prices", help=_("CSV 数据文件，各分项价格指数，列名同分项。"))],
    overlap: Annotated[
        Overlap | None, typer.Option("--overlap", help=_("链接方法：annual 年度重叠、one-period 一期重叠、over-the-year 同期。"))
    ] = None,
    reference_year: Annotated[int | None, typer.Option("--reference-year", help=_("参考年；默认第一年。"))] = None,
    contributions: Annotated[int, typer.Option("--contributions", help=_("改列各分项对增长的贡献，与几期以前比；0 不列。"))] = 0,
    frequency: FrequencyOption = None,
    specification: SpecificationOption = None,
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Chain-linked volumes of an aggregate."""
    from guibiao.reference.specifications import read_specification
    from guibiao.series.published.chain_linking import chain_link
    from guibiao.series_data import read_all

    stated = read_specification(specification, ChainSpecification, overlap=overlap, reference_year=reference_year)
    values = read_all(data, frequency)
    linked = chain_link(values, read_all(prices, frequency), stated)
    if contributions:
        _print_contributions(linked, values, contributions, output)
        return
    columns = ("period", "current", "total", *linked.components, "residual")
    series = (linked.current, linked.total, *linked.components.values(), linked.residual)
    rows = [[label, *numbers] for label, *numbers in zip(linked.total.labels, *(each.values for each in series), strict=True)]
    largest = max(map(abs, linked.residual.values))
    notes = [
        _("链式物量，{overlap}，按 {year} 年价格；分项不可加，残差最大 {residual}，不分摊").format(
            overlap=linked.overlap.value, year=linked.reference_year, residual=f"{largest:.6g}"
        ),
        _("各期之和与年度链的最大差距 {gap}%").format(gap=f"{linked.annual_gap:.3g}"),
    ]
    diagnostics = {"reference_year": linked.reference_year, "overlap": linked.overlap.value, "annual_gap_percent": linked.annual_gap}
    print_series(columns, rows, output, linked.total.name, notes, {**diagnostics, "largest_residual": largest})


def _print_contributions(linked: ChainLinked, values: dict[str, TimeSeries], lag: int, output: SeriesFormat) -> None:
    """The exact formula for the annual overlap; for another overlap the additive one, whose residual is stated."""
    from guibiao.series.published.growth_contribution import additive_contributions, chained_contributions

    exact = linked.overlap is Overlap.ANNUAL
    if exact:
        found = chained_contributions(linked.total, linked.components, values, lag)
    else:
        found = additive_contributions(linked.total, linked.components, lag)
    series = (found.growth, *found.contributions.values(), found.residual)
    rows: list[list[Any]] = [
        [label, *numbers] for label, *numbers in zip(found.growth.labels, *(each.values for each in series), strict=True)
    ]
    told = _("贡献之和等于增速，残差最大 {residual} 个百分点") if exact else _("贡献之和不等于增速，残差最大 {residual} 个百分点，不分摊")
    columns = ("period", "growth", *found.contributions, "residual")
    notes = [told.format(residual=f"{found.largest_residual:.3g}")]
    print_series(columns, rows, output, linked.total.name, notes, {"largest_residual": found.largest_residual, "exact": exact})
