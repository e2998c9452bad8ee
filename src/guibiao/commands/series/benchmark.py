"""`guibiao series benchmark`: a series of a low frequency made monthly or quarterly that adds up to what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import AsOfOption, OutOption, StoreOption, WorkspaceOption
from guibiao.commands.series.options import (
    AreaOption,
    BasisOption,
    CategoryOption,
    DataOption,
    FrequencyOption,
    SeriesFormat,
    SeriesFormatOption,
    SeriesOption,
    Source,
    SpecificationOption,
    print_series,
    source_of,
)
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.model.series import TimeSeries
    from guibiao.series.disaggregation.disaggregate import Disaggregated

ANONYMOUS = frozenset({"value", "y", "数值", "值"})
"""Names of columns that say nothing: the series is called by its file."""


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("benchmark", help=_("基准化与时间分解：由年度得季度或月度、由季度得月度，汇总与原数相等。"))(benchmark)


def benchmark(
    data: DataOption = None,
    series: SeriesOption = "",
    frequency: FrequencyOption = None,
    indicator: Annotated[
        list[str], typer.Option("--indicator", help=_("相关的高频指标：文件:列[,列]，或工作区指标代码；可重复。不写则不用指标。"))
    ] = [],  # noqa: B006
    to: Annotated[str | None, typer.Option("--to", help=_("目标频率：Q 季、M 月、D 日；默认同指标。"))] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help=_(
                "denton、denton-cholette、uniform、ols、fernandez、chow-lin-fixed、chow-lin-maxlog、chow-lin-minrss[-ecotrim|-quilis]、"
                "litterman-fixed、litterman-maxlog、litterman-minrss；默认按数据多少取 chow-lin-fixed 或 denton-cholette。"
            ),
        ),
    ] = None,
    conversion: Annotated[
        str | None, typer.Option("--conversion", help=_("基准是各期的 sum 和、mean 均值、first 首期还是 last 末期。"))
    ] = None,
    rho: Annotated[float | None, typer.Option("--rho", help=_("固定的自相关系数；默认 0.5。"))] = None,
    truncated_rho: Annotated[float | None, typer.Option("--truncated-rho", help=_("估计 rho 时的下限；默认 0，-1 为不设。"))] = None,
    criterion: Annotated[str | None, typer.Option("--criterion", help=_("Denton 法：proportional 按比例，additive 按差额。"))] = None,
    degree: Annotated[int | None, typer.Option("--h", help=_("Denton 法：保持 0 水平、1 一阶、2 二阶差分。"))] = None,
    intercept: Annotated[bool | None, typer.Option("--intercept/--no-intercept", help=_("回归是否带常数项；默认带。"))] = None,
    indicator_conversion: Annotated[
        str | None, typer.Option("--indicator-conversion", help=_("指标频率高于目标时先怎样汇总：sum、mean、first、last。"))
    ] = None,
    uncovered: Annotated[str | None, typer.Option("--uncovered", help=_("指标没有覆盖的基准期：drop 不用并说明，refuse 拒绝。"))] = None,
    specification: SpecificationOption = None,
    of: Annotated[str, typer.Option("--of", help=_("工作区里作基准的指标代码或中文名；与 --data 二选一。"))] = "",
    area: AreaOption = "",
    category: CategoryOption = [],  # noqa: B006
    basis: BasisOption = "",
    as_of: AsOfOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """Disaggregate one series."""
    from guibiao.reference.series.benchmarking import Benchmarking
    from guibiao.reference.specifications import read_specification

    stated = read_specification(
        specification, Benchmarking, method=method, to=to.upper() if to else None, conversion=conversion, rho=rho, criterion=criterion,
        truncated_rho=truncated_rho, h=degree, intercept=intercept, indicator_conversion=indicator_conversion, uncovered=uncovered,
    )  # fmt: skip
    stated.validate()
    source = Source(data, series, frequency, of, area, category, basis, workspace, out, store, as_of)
    _refuse_unclear(source)
    low = source_of(source)
    high = _indicators(indicator, replace(source, data=None, series="", frequency=None))

    from guibiao.series.disaggregation.disaggregate import disaggregate

    found = disaggregate(low, high, stated)
    rows = list(zip(found.series.labels, found.series.values, strict=True))
    diagnostics = {"to": found.series.frequency.value, "conversion": stated.conversion, **diagnostics_of(found)}
    print_series(("period", "value"), rows, output, low.name, _shown_notes(found, output), diagnostics)


def _refuse_unclear(source: Source) -> None:
    from guibiao.model.errors import BadRequest

    if bool(source.data) == bool(source.indicator):
        raise BadRequest(
            _("基准从文件来还是从工作区来，要说一个"), remedy=_("写 --data 文件 [--series 列名]，或 --of 工作区指标 [--area 地区]。")
        )


def _indicators(texts: Sequence[str], elsewhere: Source) -> list[TimeSeries]:
    """The series that `FILE:COL,COL` or an indicator of the workspace name; series of one name are called by their files."""
    found: list[TimeSeries] = []
    for text in texts:
        path, columns = _split(text)
        if path is None:
            found.append(source_of(replace(elsewhere, indicator=text)))
            continue
        for column in columns:
            each = source_of(Source(data=path, series=column))
            found.append(replace(each, name=path.stem) if each.name.casefold() in ANONYMOUS else each)
    return [replace(each, name=_distinct(each.name, at, found)) for at, each in enumerate(found)]


def _split(text: str) -> tuple[Path | None, list[str]]:
    """The file and the columns of `FILE:COL,COL`; no file where the text can only be an indicator of the workspace."""
    if Path(text).is_file():
        return Path(text), [""]
    file, colon, columns = text.rpartition(":")
    if colon:
        return Path(file), [column.strip() for column in columns.split(",")]
    return (Path(text), [""]) if "/" in text or Path(text).suffix else (None, [])


def _distinct(name: str, at: int, found: Sequence[TimeSeries]) -> str:
    return f"{name} ({at + 1})" if sum(each.name == name for each in found) > 1 else name


def diagnostics_of(found: Disaggregated) -> dict[str, Any]:
    """What the result rests on, under the names that the literature's software uses."""
    told: dict[str, Any] = {
        "method": found.method, "benchmarks": found.benchmarks, "extrapolated_before": found.before, "extrapolated_after": found.after,
        "largest_relative_discrepancy": found.discrepancy,
    }  # fmt: skip
    if found.fit is None:
        return told
    fit = found.fit
    told |= {
        "rho": fit.rho, "rho_truncated": found.truncated, "coefficients": dict(zip(found.names, fit.coefficients, strict=True)),
        "se": dict(zip(found.names, fit.standard_errors, strict=True)), "rss": fit.residual_squares, "r_squared": fit.r_squared,
        "logl": fit.log_likelihood, "aic": fit.aic, "bic": fit.bic, "s_2": fit.variance,
    }  # fmt: skip
    if found.profile is not None:
        told["rho_likelihood"] = {
            "best": found.profile.best, "low_95": found.profile.low, "high_95": found.profile.high, "identified": found.profile.identified,
        }  # fmt: skip
    return told


def _shown_notes(found: Disaggregated, output: SeriesFormat) -> list[str]:
    """The notes; beside a table also the coefficients."""
    notes = list(found.notes)
    if found.fit is not None and output is SeriesFormat.TABLE:
        pairs = zip(found.names, found.fit.coefficients, found.fit.standard_errors, strict=True)
        said = _("，").join(f"{name} {value:.6g} ({error:.3g})" for name, value, error in pairs)
        notes.insert(0, _("系数（标准误）：{said}；rho {rho:.4f}；R² {r_squared:.4f}。").format(
            said=said, rho=found.fit.rho, r_squared=found.fit.r_squared
        ))  # fmt: skip
    return notes
