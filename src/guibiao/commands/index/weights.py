"""`guibiao index weights`: weights from judgement or from data, with what speaks against them; frozen to a vintage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.index.options import (
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
    from guibiao.index.aggregate import Group
    from guibiao.index.construction import Construction
    from guibiao.index.result import IndexResult
    from guibiao.index.weights_types import Weights


class WeightMethod(StrEnum):
    """How weights come about."""

    EQUAL = "equal"
    AHP = "ahp"
    BUDGET = "budget"
    ENTROPY = "entropy"
    CRITIC = "critic"
    PCA = "pca"
    BOD = "bod"
    BALANCED = "balanced"


@dataclass(frozen=True, slots=True)
class Asked:
    """The method and what it needs."""

    method: WeightMethod
    judgements: Path | None
    allow_inconsistent: bool
    factors: int | None
    shares: tuple[float, float]
    seed: int
    samples: int


@dataclass(frozen=True, slots=True)
class Siblings:
    """Whose weights are asked for: a node, and the places of its children (or of all indicators below it)."""

    parent: str
    places: tuple[int, ...]
    codes: tuple[str, ...]
    group: Group | None


def register(group: typer.Typer) -> None:
    """Add the command to the group."""
    group.command("weights", help=_("定权：层次分析、专家打分、熵权、CRITIC、因子、效益最大化、均衡重要性；可冻结为一期。"))(weights)


def weights(
    data: DataOption,
    method: Annotated[WeightMethod, typer.Option("--method", help=_("定权方法。"))],
    specification: SpecificationArgument = None,
    meta: MetaOption = None,
    node: Annotated[str, typer.Option("--node", help=_("只定这一汇总项之下的权重；默认每一组各自定权。"))] = "",
    flat: Annotated[bool, typer.Option("--flat", help=_("其下全部指标一起定权，不分组。"))] = False,
    judgements: Annotated[
        Path | None, typer.Option("--judgements", help=_("ahp：比较矩阵 CSV，第一列写行的代码；budget：每位专家一行的打分 CSV。"))
    ] = None,
    allow_inconsistent: Annotated[bool, typer.Option("--allow-inconsistent", help=_("一致性比率大于 0.1 时仍然给出权重。"))] = False,
    factors: Annotated[int | None, typer.Option("--factors", help=_("pca：因子个数；默认按特征根和方差份额取。"))] = None,
    shares: Annotated[str, typer.Option("--shares", metavar="LOW,HIGH", help=_("bod：每个指标在得分中份额的上下限。"))] = "0,1",
    seed: Annotated[int, typer.Option("--seed", help=_("自助抽样的种子。"))] = 1,
    samples: Annotated[int, typer.Option("--samples", min=0, max=10_000, help=_("自助抽样次数；0 不算区间。"))] = 200,
    save_to: Annotated[Path | None, typer.Option("--save", help=_("把一组权重冻结为文件，连同方法和数据指纹；要写 --date。"))] = None,
    date: Annotated[str, typer.Option("--date", help=_("冻结的日期。"))] = "",
    denominate: DenominateOption = None,
    impute: ImputeOption = None,
    impute_group: Annotated[str, typer.Option("--group", help=_("按组插补所用的列。"))] = "",
    screen: ScreenOption = None,
    treat: TreatOption = None,
    normalise: NormaliseOption = None,
    output: IndexFormatOption = IndexFormat.TABLE,
) -> None:
    """Weights of siblings by one method."""
    from guibiao.index.build import build as built
    from guibiao.index_files import construction_of, read_data

    asked = Asked(method, judgements, allow_inconsistent, factors, _bounds(shares), seed, samples)
    stated = stated_from(
        specification,
        meta,
        Choices(treat=treat, normalise=normalise, impute=impute, group=impute_group, screen=screen, denominate=denominate),
    )
    construction = construction_of(stated)
    observed = read_data(data, construction)
    result = built(construction, observed)
    if node and node not in construction.tree.codes[construction.tree.indicators :]:
        known = "、".join(construction.tree.codes[construction.tree.indicators :])
        raise BadRequest(_("没有汇总项 {code}").format(code=node), remedy=_("可选：{known}。").format(known=known))
    found = [(each, _weighed(each, result, asked)) for each in _asked_siblings(construction, node, flat, asked)]
    notes = [_("{parent}：{remark}").format(parent=each.parent, remark=remark) for each, one in found for remark in one.remarks]
    if save_to is not None:
        notes.append(_saved(save_to, date, found, result, flat))
    rows = [row for each, one in found for row in _rows(each, one)]
    groups = [{"parent": each.parent, "method": one.method, "diagnostics": one.diagnostics, "notes": one.remarks} for each, one in found]
    print_rows(
        ["parent", "code", "weight", "low", "high"], rows, output, title=_("权重：{method}").format(method=method.value), notes=notes,
        groups=groups, digests={"data": result.data_digest},
    )  # fmt: skip


def _bounds(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise BadRequest(
            _("{option} 的取值 {text} 不对").format(option="--shares", text=text), remedy=_("写成 {example}。").format(example="0.05,0.5")
        ) from None
    return low, high


def _asked_siblings(construction: Construction, node: str, flat: bool, asked: Asked) -> Iterator[Siblings]:
    """The node's children; without a node every group, or for judgements the group whose codes the file has."""
    from guibiao.index.stress_scores import below

    tree = construction.tree
    if flat:
        top = tree.codes.index(node) if node else tree.root
        inside = {int(child) for group in below(tree, top) for child in group.children if child < tree.indicators}
        places = tuple(sorted(inside))
        yield Siblings(tree.codes[top], places, tuple(tree.codes[place] for place in places), None)
        return
    groups = [
        Siblings(tree.codes[group.place], tuple(map(int, group.children)), tuple(tree.codes[child] for child in group.children), group)
        for group in tree.groups
        if not node or tree.codes[group.place] == node
    ]
    if asked.method in {WeightMethod.AHP, WeightMethod.BUDGET} and not node:
        codes = set(_judged(asked)[0])
        groups = [each for each in groups if set(each.codes) == codes]
        if not groups:
            raise BadRequest(
                _("{file} 的代码不是任何一组的全部下级").format(file=asked.judgements), remedy=_("核对代码，或用 --flat 对全部指标定权。")
            )
    yield from groups


def _judged(asked: Asked) -> tuple[tuple[str, ...], list[list[float]]]:
    from guibiao.reference.index.judgement import read_comparisons, read_points

    if asked.judgements is None:
        raise BadRequest(_("{method} 需要判断的文件").format(method=asked.method.value), remedy=_("用 --judgements 给出 CSV。"))
    return read_comparisons(asked.judgements) if asked.method is WeightMethod.AHP else read_points(asked.judgements)


def _weighed(siblings: Siblings, result: IndexResult, asked: Asked) -> Weights:
    import numpy as np

    from guibiao.index.weights_data import balanced_weights, data_weights
    from guibiao.index.weights_factors import factor_weights
    from guibiao.index.weights_frontier import frontier_weights
    from guibiao.index.weights_judged import equal_weights

    values, codes = result.scores[:, siblings.places], siblings.codes
    match asked.method:
        case WeightMethod.EQUAL:
            return equal_weights(codes)
        case WeightMethod.AHP | WeightMethod.BUDGET:
            return _judged_weights(siblings, asked)
        case _ if len(codes) == 1:
            return equal_weights(codes)
        case WeightMethod.PCA:
            return factor_weights(codes, values, count=asked.factors, seed=asked.seed, samples=asked.samples)
        case WeightMethod.BOD:
            low, high = (np.full(len(codes), bound) for bound in asked.shares)
            return frontier_weights(codes, values, low, high)
        case WeightMethod.BALANCED:
            return balanced_weights(codes, values, siblings.group.aggregation if siblings.group else None)
        case _:
            return data_weights(asked.method.value, codes, values, seed=asked.seed, samples=asked.samples)


def _judged_weights(siblings: Siblings, asked: Asked) -> Weights:
    import numpy as np

    from guibiao.index.weights_judged import budget_weights, compared_weights

    codes, rows = _judged(asked)
    if set(codes) != set(siblings.codes):
        odd = "、".join(sorted(set(codes) ^ set(siblings.codes)))
        raise BadRequest(
            _("{file} 的代码与 {parent} 之下的对不上：{codes}").format(file=asked.judgements, parent=siblings.parent, codes=odd),
            remedy=_("每个代码一列，不多不少。"),
        )
    order = [codes.index(code) for code in siblings.codes]
    matrix = np.array(rows, dtype=np.float64)[:, order]
    if asked.method is WeightMethod.AHP:
        return compared_weights(siblings.codes, matrix[order], allow_inconsistent=asked.allow_inconsistent)
    return budget_weights(siblings.codes, matrix)


def _saved(path: Path, date: str, found: list[tuple[Siblings, Weights]], result: IndexResult, flat: bool) -> str:
    from guibiao.reference.index.vintage import WeightVintage, day

    if not date:
        raise BadRequest(_("冻结权重要写日期"), remedy=_("加 --date 2024-03-01。"))
    if len(found) != 1:
        title = _("一个文件只冻结一组权重，现有 {count} 组").format(count=len(found))
        raise BadRequest(title, remedy=_("用 --node 指定一组，或用 --flat。"))
    siblings, one = found[0]
    vintage = WeightVintage(one.method, siblings.parent, one.codes, tuple(one.weights.tolist()), flat, result.data_digest, day(date))
    try:
        path.write_text(vintage.text(), "utf-8")
    except OSError as error:
        raise BadRequest(_("不能写入 {path}：{reason}").format(path=path, reason=error.strerror), remedy=_("换一个可写的位置。")) from None
    return _("已保存到 {path}").format(path=path)


def _rows(siblings: Siblings, one: Weights) -> Iterator[dict[str, Any]]:
    for place, code in enumerate(one.codes):
        yield {
            "parent": siblings.parent, "code": code, "weight": float(one.weights[place]), "low": float(one.low[place]),
            "high": float(one.high[place]),
        }  # fmt: skip
