"""Code lists and the maps between them: parents, codes on both sides, weights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.classification import Category, Classification, Correspondence, CorrespondenceLink
from guibiao.reference.definitions import Workspace
from guibiao.reference.faults import placed, unknown


def classification_faults(workspace: Workspace, classification: Classification) -> Iterator[GuibiaoError]:
    """Codes given twice, parents that are no code, chains of parents that close; a source that is not defined."""
    if classification.source and classification.source not in workspace.sources:
        yield placed(unknown(_("来源"), classification.source, workspace.sources), Place("classifications/classifications.yaml"))
    seen: set[str] = set()
    codes = {category.code for category in classification.categories}
    for line, category in enumerate(classification.categories, start=2):
        place = Place(f"classifications/{classification.id}.csv", line)
        if category.code in seen:
            yield BadDefinition(_("代码 {code} 写了两次").format(code=category.code), remedy=_("删去一行，或改正代码。"), place=place)
        seen.add(category.code)
        yield from (placed(fault, place) for fault in _parent_faults(classification, category, codes))


def _parent_faults(classification: Classification, category: Category, codes: set[str]) -> Iterator[GuibiaoError]:
    if category.parent and category.parent not in codes:
        yield unknown(_("上级代码"), category.parent, codes)
        return
    above = classification.ancestors(category.code)
    last = classification.find(above[-1]) if above else category
    if last is not None and last.parent in {category.code, *above}:
        yield BadDefinition(
            _("代码 {code} 的上级绕了一圈：{chain}").format(code=category.code, chain=" → ".join((*above, last.parent))),
            remedy=_("改正其中一行的 parent。"),
        )


def correspondence_faults(workspace: Workspace, correspondence: Correspondence) -> Iterator[GuibiaoError]:
    """Lists that are not there, codes that one side lacks, weights that cannot be."""
    title = correspondence.title
    if title.document and title.document not in workspace.sources:
        yield unknown(_("来源"), title.document, workspace.sources)
    sides = []
    for name in (title.source, title.target):
        if name not in workspace.classifications:
            yield unknown(_("分类"), name, workspace.classifications)
        else:
            sides.append(workspace.classifications[name])
    if len(sides) == 2:
        yield from _link_faults(correspondence, {each.code for each in sides[0].categories}, {each.code for each in sides[1].categories})


def _link_faults(correspondence: Correspondence, sources: set[str], targets: set[str]) -> Iterator[GuibiaoError]:
    title, seen, given = correspondence.title, set[tuple[str, str]](), defaultdict[str, Decimal](Decimal)
    for line, link in enumerate(correspondence.links, start=2):
        place = Place(f"classifications/correspondences/{title.file}", line)
        for code, codes, name in ((link.source, sources, title.source), (link.target, targets, title.target)):
            if code not in codes:
                yield placed(unknown(_("代码（分类 {classification}）").format(classification=name), code, codes), place)
        if (link.source, link.target) in seen:
            yield BadDefinition(
                _("{source} 与 {target} 的对应写了两次").format(source=link.source, target=link.target), remedy=_("删去一行。"), place=place
            )
        seen.add((link.source, link.target))
        yield from (placed(fault, place) for fault in _weight_faults(link))
        given[link.target] += link.weight or 0
        if link.weight and given[link.target] > 1 >= given[link.target] - link.weight:
            yield BadDefinition(
                _("{target} 的各部分权数合计 {total}，超过1").format(target=link.target, total=given[link.target]),
                remedy=_("同一目标代码的权数合计不能超过1；核对各行。"),
                place=place,
            )


def _weight_faults(link: CorrespondenceLink) -> Iterator[GuibiaoError]:
    if link.weight is None:
        return
    if not 0 <= link.weight <= 1:
        yield BadDefinition(_("权数 {weight} 不在0到1之间").format(weight=link.weight), remedy=_("写成比例，如 0.25；未知则留空。"))
    elif not link.partial:
        yield BadDefinition(
            _("{source} 与 {target} 全部对应，却写了权数").format(source=link.source, target=link.target),
            remedy=_("只有一部分对应的，partial 写 1；全部对应的，权数留空。"),
        )
