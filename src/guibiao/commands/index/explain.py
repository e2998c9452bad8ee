"""`guibiao index explain`: a unit's profile, what moved its score, what a revision did, and what each part weighs in fact."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.index.frozen import VintageOption, with_weights_from
from guibiao.commands.index.options import (
    AggregateOption,
    Choices,
    DataOption,
    DenominateOption,
    ImputeOption,
    IndexFormat,
    IndexFormatOption,
    MetaOption,
    NormaliseOption,
    ScreenOption,
    SpecificationArgument,
    TreatOption,
    print_rows,
    stated_from,
)
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.index.change_decomposition import Change
    from guibiao.index.construction import Construction, Time
    from guibiao.index.result import IndexResult

Row = dict[str, Any]


class ExplainTable(StrEnum):
    """What is explained."""

    PROFILE = "profile"
    LEAD = "lead"
    CHANGE = "change"
    REVISION = "revision"
    CORRELATIONS = "correlations"
    PAIRS = "pairs"
    CONSISTENCY = "consistency"
    INFLUENCE = "influence"


def register(group: typer.Typer) -> None:
    """Add the command to the group."""
    group.command("explain", help=_("解释：单位的画像，得分变动和数据修订来自哪里，各指标实际起多大作用。"))(explain)


def explain(
    data: DataOption,
    specification: SpecificationArgument = None,
    meta: MetaOption = None,
    unit: Annotated[str, typer.Option("--unit", help=_("单位代码。"))] = "",
    first: Annotated[str, typer.Option("--from", help=_("变动的起点时间。"))] = "",
    second: Annotated[str, typer.Option("--to", help=_("变动的终点，或所看的时间；默认最后一个。"))] = "",
    older: Annotated[Path | None, typer.Option("--older", help=_("较早一版的数据 CSV：解释修订。"))] = None,
    other: Annotated[str, typer.Option("--against", help=_("与这个单位相比；默认与平均得分相比。"))] = "",
    code: Annotated[str, typer.Option("--code", help=_("解释这一汇总项；默认最上层。"))] = "",
    table: Annotated[ExplainTable | None, typer.Option("--table", help=_("解释什么；默认按所给的选项。"))] = None,
    frozen_weights: VintageOption = None,
    denominate: DenominateOption = None,
    impute: ImputeOption = None,
    impute_group: Annotated[str, typer.Option("--group", help=_("按组插补所用的列。"))] = "",
    screen: ScreenOption = None,
    treat: TreatOption = None,
    normalise: NormaliseOption = None,
    limits: Annotated[
        str, typer.Option("--range", metavar="A,B", help=_("min-max 得分的下限和上限，默认 0,100；scaled 则是原值的两端。"))
    ] = "",
    aggregate: AggregateOption = [],  # noqa: B006
    output: IndexFormatOption = IndexFormat.TABLE,
) -> None:
    """One explanation."""
    from guibiao.index.build import build as built
    from guibiao.index.change_decomposition import against, between_times, between_vintages
    from guibiao.index_files import construction_of, read_data

    choices = Choices(
        treat=treat, normalise=normalise, limits=limits, aggregate=aggregate, impute=impute, group=impute_group, screen=screen,
        denominate=denominate,
    )  # fmt: skip
    construction = construction_of(with_weights_from(stated_from(specification, meta, choices), frozen_weights))
    observed = read_data(data, construction)
    asked = table or _usual(unit, first, older)
    _check(construction, asked, unit, first, older, code)
    result = built(construction, observed)
    when = _time(result, second)
    match asked:
        case ExplainTable.LEAD:
            _print_change(against(construction, result, unit, when, other, code), output)
        case ExplainTable.CHANGE:
            _print_change(between_times(construction, observed, unit, _time(result, first), when, code), output)
        case ExplainTable.REVISION:
            earlier = read_data(Path(str(older)), construction)
            _print_change(between_vintages(construction, earlier, observed, unit, when, code), output)
        case _:
            rows = list(_rows(construction, result, asked, unit, when))
            notes = [] if rows else [_("这张表没有内容。")]
            columns = list(rows[0]) if rows else ["code"]
            print_rows(columns, rows, output, title=_("{id}：{table}").format(id=result.id, table=asked.value), notes=notes)


def _usual(unit: str, first: str, older: Path | None) -> ExplainTable:
    """What the options given ask for."""
    if older is not None:
        return ExplainTable.REVISION
    if first:
        return ExplainTable.CHANGE
    return ExplainTable.PROFILE if unit else ExplainTable.INFLUENCE


def _check(construction: Construction, asked: ExplainTable, unit: str, first: str, older: Path | None, code: str) -> None:
    needs_unit = asked in {ExplainTable.PROFILE, ExplainTable.LEAD, ExplainTable.CHANGE, ExplainTable.REVISION}
    wanted = [(needs_unit, unit, "--unit"), (asked is ExplainTable.CHANGE, first, "--from")]
    wanted.append((asked is ExplainTable.REVISION, str(older or ""), "--older"))
    for needed, value, option in wanted:
        if needed and not value:
            raise BadRequest(_("{table} 需要 {option}").format(table=asked.value, option=option), remedy=_("加上它。"))
    tree = construction.tree
    if code and code not in tree.codes[tree.indicators :]:
        known = "、".join(tree.codes[tree.indicators :])
        raise BadRequest(_("没有汇总项 {code}").format(code=code), remedy=_("可选：{known}。").format(known=known))


def _time(result: IndexResult, text: str) -> Time:
    if not text:
        return result.times[-1]
    for time in result.times:
        if text == str(time) or (isinstance(time, float) and text == f"{time:g}"):
            return time
    raise BadRequest(_("数据中没有时间 {time}").format(time=text), remedy=_("核对时间的写法。"))


def _rows(construction: Construction, result: IndexResult, asked: ExplainTable, unit: str, time: Time) -> Iterator[Row]:
    from guibiao.index.correlations import collinear, consistency, links
    from guibiao.index.influence import influences

    tree, rows = construction.tree, [row for row, when in enumerate(result.times) if when == time]
    scores = result.scores[rows]
    match asked:
        case ExplainTable.PROFILE:
            yield from _profile(construction, result, unit, rows)
        case ExplainTable.CORRELATIONS:
            for link in links(tree, scores):
                yield {
                    "code": link.code, "parent": link.parent, "level": link.level, "with_parent": link.with_parent,
                    "with_index": link.with_index, "flag": link.flag,
                }  # fmt: skip
        case ExplainTable.PAIRS:
            for pair in collinear(tree, scores):
                yield {"first": pair.first, "second": pair.second, "parent": pair.parent, "correlation": pair.correlation}
        case ExplainTable.CONSISTENCY:
            for group in tree.groups:
                yield {"code": tree.codes[group.place], "parts": len(group.children), "alpha": consistency(scores[:, group.children])}
        case _:
            units = tuple(result.units[row] for row in rows)
            for each in influences(tree, units, scores[:, : tree.indicators], scores):
                yield {
                    "code": each.code, "level": each.level, "weight": each.weight, "mean_rank_change": each.mean_rank_change,
                    "greatest_rank_change": each.greatest_rank_change, "unit": each.unit, "linear": each.linear,
                    "correlation_ratio": each.correlation_ratio,
                }  # fmt: skip


def _profile(construction: Construction, result: IndexResult, unit: str, rows: list[int]) -> Iterator[Row]:
    """Every node from the index down: the unit's score and rank, beside the mean and the best."""
    import numpy as np

    from guibiao.index.construction import effective_weights

    found = [row for row in rows if result.units[row] == unit]
    if not found:
        raise BadRequest(_("没有单位 {unit} 的得分").format(unit=unit), remedy=_("核对单位代码和时间；也可能被筛去了。"))
    weights, tree = effective_weights(construction.tree), construction.tree
    for place in sorted(range(len(tree.codes)), key=lambda each: (-int(tree.levels[each]), each)):
        column = result.scores[rows, place]
        known = column[~np.isnan(column)]
        rank = result.ranks[found[0], place]
        yield {
            "code": tree.codes[place], "level": int(tree.levels[place]), "weight": float(weights[place]),
            "score": float(result.scores[found[0], place]), "rank": None if np.isnan(rank) else int(rank), "units": len(known),
            "mean": float(known.mean()) if known.size else float("nan"), "best": float(known.max()) if known.size else float("nan"),
        }  # fmt: skip


def _print_change(change: Change, output: IndexFormat) -> None:
    rows = [{"code": part.code, "kind": part.kind, "contribution": part.contribution} for part in change.parts]
    notes = [
        _("{unit} 的 {code} 从 {start} 到 {end}，变动 {change}；各项之和等于变动。").format(
            unit=change.unit, code=change.code, start=f"{change.start:.4f}", end=f"{change.end:.4f}", change=f"{change.change:+.4f}"
        ),
        _("value 是自身数值，scale 是他人数据或界限变了，weight 是权重，availability 是有无数据；先算数值，后算 scale。"),
    ]
    print_rows(
        ["code", "kind", "contribution"], rows, output, title=_("{unit} 的 {code} 为何变动").format(unit=change.unit, code=change.code),
        notes=notes, unit=change.unit, code=change.code, start=change.start, end=change.end, change=change.change,
    )  # fmt: skip
