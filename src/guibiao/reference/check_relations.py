"""What a published figure claims to be, and where its definition changed: names, kinds and units fit."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from guibiao.model.basis import parse_known_from
from guibiao.model.errors import BadDefinition, GuibiaoError
from guibiao.model.indicator import Indicator, Nature, Relation
from guibiao.model.messages import translate as _
from guibiao.model.unit import Unit, find_unit
from guibiao.reference.definitions import TableBinding, Workspace
from guibiao.reference.faults import caught, unknown

_NEEDED = {
    "share": ("of", "part"), "growth": ("of",), "difference": ("of",), "sum": ("terms",), "ratio": ("of", "part"),
    "per_capita": ("of", "part"), "count": (),
}  # fmt: skip
_DATED = {"growth", "difference"}


def relation_faults(workspace: Workspace, indicator: Indicator) -> Iterator[GuibiaoError]:
    """Faults of the claim an indicator makes, if it makes one."""
    relation = indicator.relation
    if relation is None:
        return
    missing = [name for name in _NEEDED[relation.kind] if not getattr(relation, name)]
    if missing:
        yield BadDefinition(
            _("{id} 的 relation（{kind}）缺少 {fields}").format(id=indicator.id, kind=relation.kind, fields="、".join(missing)),
            remedy=_("写法见 guibiao schema indicators。"),
        )
    if indicator.is_computed:
        yield BadDefinition(
            _("{id} 由公式或方法算出，却写了 relation").format(id=indicator.id),
            remedy=_("relation 只说明公布数；算出的指标删去 relation。"),
        )
    yield from _names(workspace, indicator, relation)
    yield from _steps(indicator, relation)
    yield from _kinds(workspace, indicator, relation)
    if relation.kind == "count":
        yield from _count(workspace, indicator, relation)


def _names(workspace: Workspace, indicator: Indicator, relation: Relation) -> Iterator[GuibiaoError]:
    for name in (relation.of, relation.part, *relation.terms):
        if name and name not in workspace.indicators:
            yield unknown(_("指标"), name, workspace.indicators)
        elif name == indicator.id:
            yield BadDefinition(_("{id} 的 relation 指向它自己").format(id=name), remedy=_("写另一个指标。"))
    areas = workspace.classifications.get("areas")
    if relation.area and (areas is None or areas.find(relation.area) is None):
        yield unknown(_("地区"), relation.area, [] if areas is None else [category.code for category in areas.categories])
    whole = workspace.indicators.get(relation.of)
    if relation.total and whole is not None and relation.total not in whole.dimensions:
        yield unknown(_("维度（{indicator}）").format(indicator=whole.id), relation.total, whole.dimensions)


def _steps(indicator: Indicator, relation: Relation) -> Iterator[GuibiaoError]:
    steps = [step for step in (relation.years, relation.quarters, relation.months) if step]
    wanted = 1 if relation.kind in _DATED else 0
    if len(steps) != wanted or any(step < 0 for step in steps):
        yield BadDefinition(
            _("{id} 的 relation（{kind}）没有写清与多久以前相比").format(id=indicator.id, kind=relation.kind)
            if wanted
            else _("{id} 的 relation（{kind}）不涉及间隔").format(id=indicator.id, kind=relation.kind),
            remedy=_("growth 和 difference 写 years、quarters、months 中的一个，用正整数；其他种类都不写。"),
        )


def _kinds(workspace: Workspace, indicator: Indicator, relation: Relation) -> Iterator[GuibiaoError]:
    """Whether the units of the parts allow the claim; units not known are told elsewhere."""
    own = find_unit(indicator.unit)
    of, part = _unit(workspace, relation.of), _unit(workspace, relation.part)
    terms = [_unit(workspace, term) for term in relation.terms]
    if relation.kind == "share" and of and part and of.dimension != part.dimension:
        yield _misfit(indicator, _("分子 {part} 与分母 {of} 单位种类不同").format(part=relation.part, of=relation.of))
    if relation.kind in {"share", "growth"} and own and not own.is_ratio:
        yield _misfit(indicator, _("单位是 {unit}，不是百分比").format(unit=indicator.unit))
    if relation.kind == "growth" and indicator.nature is not Nature.GROWTH:
        yield _misfit(indicator, _("nature 不是 growth"))
    if relation.kind == "difference" and own and of and own.dimension != of.dimension and not (own.is_point and of.is_ratio):
        yield _misfit(indicator, _("与 {of} 单位种类不同").format(of=relation.of))
    if relation.kind == "sum" and own and any(term and term.dimension != own.dimension for term in terms):
        yield _misfit(indicator, _("各项与合计单位种类不同"))
    if relation.kind == "sum" and len(set(relation.terms)) < len(relation.terms):
        yield _misfit(indicator, _("有一项写了两次"))


def _unit(workspace: Workspace, name: str) -> Unit | None:
    indicator = workspace.indicators.get(name)
    return find_unit(indicator.unit) if indicator else None


def _misfit(indicator: Indicator, problem: str) -> GuibiaoError:
    kind = indicator.relation.kind if indicator.relation else ""
    return BadDefinition(
        _("{id} 的 relation（{kind}）不成立：{problem}").format(id=indicator.id, kind=kind, problem=problem),
        remedy=_("核对所指的指标和本指标的单位、nature。"),
    )


def _count(workspace: Workspace, indicator: Indicator, relation: Relation) -> Iterator[GuibiaoError]:
    if bool(relation.dataset) == bool(relation.classification):
        yield BadDefinition(
            _("{id} 的 relation（count）要写 dataset 或 classification 中的一个").format(id=indicator.id),
            remedy=_("数表格的行写 dataset，数分类的代码写 classification。"),
        )
        return
    if relation.classification:
        codes = workspace.classifications.get(relation.classification)
        if codes is None:
            yield unknown(_("分类"), relation.classification, workspace.classifications)
        elif relation.level and relation.level not in (levels := dict.fromkeys(category.level for category in codes.categories)):
            yield unknown(_("层次（分类 {classification}）").format(classification=codes.id), relation.level, levels)
        return
    table = workspace.tables.get(relation.dataset)
    if table is None:
        yield unknown(_("表"), relation.dataset, workspace.tables)
    elif relation.where and table.file and not table.bulk:
        headings = _headings(workspace, table)
        yield from (
            unknown(_("列（表 {table}）").format(table=table.id), name, headings) for name in relation.where if name not in headings
        )


def _headings(workspace: Workspace, table: TableBinding) -> tuple[str, ...]:
    with (workspace.folder / "tables" / table.file).open(encoding=table.encoding, errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=table.delimiter)
        heads = [row for _number, row in zip(range(table.head_rows), rows, strict=False)]
    return tuple(text.strip().removeprefix("\ufeff") for row in heads for text in row)


def break_faults(workspace: Workspace, indicator: Indicator) -> Iterator[GuibiaoError]:
    """Dates that cannot be read or do not ascend, sources that are not defined, link factors that are no factor."""
    for each in indicator.breaks:
        yield from caught(lambda day=each.date: parse_known_from(day))  # type: ignore[misc]
        if each.source and each.source not in workspace.sources:
            yield unknown(_("来源"), each.source, workspace.sources)
        if each.link and (not re.fullmatch(r"\d+(\.\d+)?", each.link, re.ASCII) or not Decimal(each.link)):
            yield BadDefinition(
                _("{id} 的衔接系数 {link} 不是正数").format(id=indicator.id, link=each.link), remedy=_("写成如 1.234；没有系数则不写。")
            )
    dates = [each.date for each in indicator.breaks]
    if any(later <= earlier for earlier, later in pairwise(dates)):
        yield BadDefinition(_("{id} 的断点没有按日期先后排列").format(id=indicator.id), remedy=_("从早到晚排，同一日期只写一次。"))
