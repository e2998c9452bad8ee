"""`guibiao index build`, `replay`, `compare`: scores and ranks from a specification and data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.index.frozen import VintageOption, with_weights_from
from guibiao.commands.index.of_workspace import build_of_workspace
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
from guibiao.commands.options import AsOfOption, OutOption, StoreOption, WorkspaceOption
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.index.construction import IndexData
    from guibiao.index.result import IndexResult

OptionalDataOption = Annotated[
    Path | None, typer.Option("--data", help=_("数据 CSV：一列单位代码 uCode，每个指标一列，面板另有一列 Time；工作区的指数不写。"))
]
_ROW = ("unit", "code", "level", "score", "rank")


def register(group: typer.Typer) -> None:
    """Add the commands to the group."""
    group.command("build", help=_("按说明算出各单位各层的得分和位次。"))(build)
    group.command("replay", help=_("重放保存的指数：界限、缩尾点都用当时的，说出与首次是否逐位相同。"))(replay)
    group.command("compare", help=_("两份说明在同一数据上：哪些选择不同，谁的位次变了。"))(compare)


def build(
    specification: SpecificationArgument = None,
    data: OptionalDataOption = None,
    meta: MetaOption = None,
    denominate: DenominateOption = None,
    impute: ImputeOption = None,
    impute_group: Annotated[str, typer.Option("--group", help=_("按组插补所用的列。"))] = "",
    screen: ScreenOption = None,
    least_available: Annotated[float | None, typer.Option("--least-available", help=_("筛选：至少有这一比例的指标有数。"))] = None,
    least_nonzero: Annotated[float | None, typer.Option("--least-nonzero", help=_("筛选：有数的指标中至少这一比例不为 0。"))] = None,
    treat: TreatOption = None,
    most_points: Annotated[int | None, typer.Option("--most-points", help=_("每个指标最多缩尾几个点；默认 5。"))] = None,
    normalise: NormaliseOption = None,
    limits: Annotated[
        str, typer.Option("--range", metavar="A,B", help=_("min-max 得分的下限和上限，默认 0,100；scaled 则是原值的两端。"))
    ] = "",
    zscore: Annotated[str, typer.Option("--zscore", metavar="M,SD", help=_("z 分数的均值和标准差，默认 0,1。"))] = "",
    reference: Annotated[str, typer.Option("--reference", help=_("参照单位的代码。"))] = "",
    base: Annotated[str, typer.Option("--base", help=_("基期。"))] = "",
    cap: Annotated[bool | None, typer.Option("--cap/--no-cap", help=_("超过目标或参照的得分是否截到 1。"))] = None,
    aggregate: AggregateOption = [],  # noqa: B006
    power: Annotated[float | None, typer.Option("--power", help=_("幂平均的指数。"))] = None,
    threshold: Annotated[float | None, typer.Option("--threshold", help=_("下级有得分的比例低于此数，上级没有得分。"))] = None,
    equal_weights: Annotated[bool, typer.Option("--equal-weights", help=_("各层等权，不用写的权重。"))] = False,
    frozen_weights: VintageOption = None,
    save_to: Annotated[Path | None, typer.Option("--save", help=_("把说明、冻结的参数和指纹写成文件，供重放。"))] = None,
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    year: Annotated[int | None, typer.Option("--year", help=_("工作区的指数：只要这一年。"))] = None,
    as_of: AsOfOption = "",
    output: IndexFormatOption = IndexFormat.TABLE,
) -> None:
    """Scores and ranks of every unit at every level; without data, of the workspace's index of that name."""
    if data is None:
        if specification is None or meta is not None:
            raise BadRequest(_("没有给数据"), remedy=_("写 --data 文件；或写工作区指数的标识和 --workspace。"))
        unset = (
            denominate,
            impute,
            screen,
            least_available,
            least_nonzero,
            treat,
            most_points,
            normalise,
            cap,
            power,
            threshold,
            save_to,
            frozen_weights,
        )
        empty = (impute_group, limits, zscore, reference, base, aggregate, equal_weights)
        if any(each is not None for each in unset) or any(empty):
            raise BadRequest(
                _("工作区的指数按它自己的说明算，不另选做法"), remedy=_("改 indices/specifications 里的说明；或用 --data 换数据。")
            )
        build_of_workspace(str(specification), workspace, out, store, year, as_of, output)
        return
    from guibiao.index.build import build as built
    from guibiao.index_files import construction_of, read_data, save

    stated = stated_from(
        specification,
        meta,
        Choices(
            treat=treat, most_points=most_points, normalise=normalise, limits=limits, zscore=zscore, reference=reference, base=base,
            cap=cap, aggregate=aggregate, power=power, threshold=threshold, impute=impute, group=impute_group, screen=screen,
            least_available=least_available, least_nonzero=least_nonzero, denominate=denominate,
            weights="equal" if equal_weights else None,
        ),
    )  # fmt: skip
    stated = with_weights_from(stated, frozen_weights)
    construction = construction_of(stated)
    table = read_data(data, construction)
    result = built(construction, table)
    notes = _notes(result, table)
    if save_to is not None:
        save(save_to, stated.specification, result)
        notes.append(_("已保存到 {path}").format(path=save_to))
    _print(result, table, output, notes)


def _notes(result: IndexResult, data: IndexData) -> list[str]:
    """What a reader should know: steps that did not run, what each step says, columns not used."""
    idle = [step.step for step in result.steps if not step.ran]
    notes = [_("没有执行的步骤：{steps}").format(steps="、".join(idle))] if idle else []
    notes += [_("{step}：{note}").format(step=step.step, note=note) for step in result.steps for note in step.notes]
    if data.unused:
        notes.append(_("数据中有 {count} 列没有用：{names}").format(count=len(data.unused), names="、".join(data.unused)))
    return notes


def _print(result: IndexResult, data: IndexData, output: IndexFormat, notes: list[str], **more: Any) -> None:
    columns = ["unit", *(["time"] if result.is_panel else []), *_ROW[1:]]
    rows = list(result.rows())
    title = _("指数 {id}").format(id=result.id)
    if output is IndexFormat.TABLE:
        top = [row for row in rows if row["level"] == max(result.levels)]
        notes.append(_("只显示最上层；各层共 {count} 行见 --format csv 或 json。").format(count=len(rows)))
        rows = [row | {"unit": f"{row['unit']} {data.names.get(row['unit'], '')}".strip()} for row in top]
    steps = [
        {"step": step.step, "ran": step.ran, "parameters": step.parameters, "counts": step.counts, "notes": step.notes}
        for step in result.steps
    ]
    digests = {"specification": result.specification_digest, "data": result.data_digest, "scores": result.scores_digest}
    print_rows(columns, rows, output, title=title, notes=notes, id=result.id, digests=digests, steps=steps, **more)


def replay(
    saved_file: Annotated[Path, typer.Argument(metavar="FILE", help=_("build --save 写的文件。"))],
    data: DataOption,
    output: IndexFormatOption = IndexFormat.TABLE,
) -> None:
    """The first run again, under its frozen parameters; on other data the same parameters hold."""
    from guibiao.index.build import build as built
    from guibiao.index.construction import compile_construction
    from guibiao.index.saved import compare_replay
    from guibiao.index_files import load, read_data

    saved = load(saved_file)
    construction = compile_construction(saved.specification)
    table = read_data(data, construction)
    result = built(construction, table, saved.frozen)
    outcome = compare_replay(saved, result)
    notes = _notes(result, table)
    if outcome.same_scores:
        notes.append(_("与保存时逐位相同。"))
    elif outcome.same_data:
        raise BadRequest(_("数据与保存时相同，得分却不同"), remedy=_("保存的参数或程序版本变了；重新 build 并保存。"))
    else:
        notes.append(_("数据与保存时不同；界限、缩尾点等仍用保存的。"))
    _print(result, table, output, notes, replay={"same_data": outcome.same_data, "same_scores": outcome.same_scores})


def compare(
    first: Annotated[Path, typer.Argument(metavar="A.yaml", help=_("第一份说明。"))],
    second: Annotated[Path, typer.Argument(metavar="B.yaml", help=_("第二份说明。"))],
    data: DataOption,
    code: Annotated[str, typer.Option("--code", help=_("比较这一项；默认各自的最上层。"))] = "",
    output: IndexFormatOption = IndexFormat.TABLE,
) -> None:
    """What moves when a choice changes."""
    from guibiao.index.build import build as built
    from guibiao.index.compare import compare as compared
    from guibiao.index.compare import differing_choices
    from guibiao.index.result import shown_time
    from guibiao.index_files import construction_of, read_data
    from guibiao.reference.index.stated import read_specification

    stated = [read_specification(path) for path in (first, second)]
    constructions = [construction_of(each) for each in stated]
    results = [built(each, read_data(data, each)) for each in constructions]
    for result in results:
        if code and code not in result.codes:
            raise BadRequest(_("指数 {id} 中没有 {code}").format(id=result.id, code=code), remedy=_("核对代码。"))
    found = compared(results[0], results[1], differing_choices(stated[0].specification, stated[1].specification), code)
    rows = [
        {
            "unit": move.unit, "time": shown_time(move.time), "first_score": move.first_score, "second_score": move.second_score,
            "first_rank": move.first_rank, "second_rank": move.second_rank, "change": move.change,
        }
        for move in found.moves
    ]  # fmt: skip
    notes = [_("不同的选择 {name}：{one} → {two}").format(name=name, one=one, two=two) for name, one, two in found.choices]
    if not found.choices:
        notes.append(_("两份说明的选择完全相同。"))
    notes.append(
        _("位次平均变动 {mean}，最大 {most}，位次相关 {correlation}").format(
            mean=f"{found.mean_absolute_change:.2f}", most=f"{found.greatest_change:.0f}", correlation=f"{found.rank_correlation:.3f}"
        )
    )
    for name, units in ((_("只在第一份中：{units}"), found.only_first), (_("只在第二份中：{units}"), found.only_second)):
        if units:
            notes.append(name.format(units="、".join(units)))
    columns = [name for name in rows[0] if name != "time" or results[0].is_panel] if rows else ["unit"]
    print_rows(
        columns, rows, output, title=_("{first} 与 {second}").format(first=results[0].id, second=results[1].id), notes=notes,
        choices=[{"path": name, "first": one, "second": two} for name, one, two in found.choices],
        mean_absolute_change=found.mean_absolute_change, greatest_change=found.greatest_change, rank_correlation=found.rank_correlation,
    )  # fmt: skip
