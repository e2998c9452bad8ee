"""Classifications of the scheme (分类目录), correspondences between them, and links between frameworks."""

from __future__ import annotations

from collections.abc import Iterator

from guibiao.publish.document import Block, Heading, Paragraph, TableBlock, TableCell, Text
from guibiao.publish.scheme_forms import form_table
from guibiao.publish.wording import Wording
from guibiao.reference.classification import Category, Classification, Correspondence
from guibiao.reference.definitions import Workspace

LISTED_AT_MOST = 400
"""Codes up to which a classification is printed whole; of a longer one the upper levels, and how many codes are not printed."""
PARTIAL = "*"


def classification_blocks(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """Every classification with codes, names, level and remark; unverified codes are marked."""
    say = wording.choose
    yield Heading(1, (Text(say("分类目录", "Classifications")),), "scheme-classifications")
    for number, classification in enumerate(workspace.classifications.values(), start=1):
        name = say(classification.name_zh, classification.name_en) or classification.id
        yield Heading(2, (Text(name),), f"scheme-classification-{number}")
        source = workspace.sources.get(classification.source)
        said = [
            say(f"来源：{source.title}", f"Source: {source.title}") if source else classification.source,
            classification.note,
        ]
        if any(said):
            yield Paragraph((Text(say("；", "; ").join(text.rstrip("。") for text in said if text) + say("。", ".")),), "note")
        yield from _codes(classification, number, wording)


def _codes(classification: Classification, number: int, wording: Wording) -> Iterator[Block]:
    say = wording.choose
    categories = classification.categories
    depths = {category.code: _depth(category, classification) for category in categories}
    shown = list(categories)
    for depth in sorted(set(depths.values()), reverse=True):
        if len(shown) <= LISTED_AT_MOST or depth == min(depths.values(), default=0):
            break
        shown = [category for category in shown if depths[category.code] < depth]
    if len(shown) > LISTED_AT_MOST:
        shown = shown[:LISTED_AT_MOST]
    remarked = any(category.status or category.note for category in shown)
    levelled = any(category.level for category in shown)
    head = [say("代码", "Code"), say("名称", "Name")]
    head += [say("层级", "Level")] if levelled else []
    head += [say("备注", "Remark")] if remarked else []
    rows = tuple(
        (
            TableCell(category.code, align="left"),
            TableCell("　" * (depths[category.code] if wording.chinese else 0) + (say(category.name_zh, category.name_en)), align="left"),
            *((TableCell(category.level, align="center"),) if levelled else ()),
            *((TableCell(_remark(category, wording), align="left"),) if remarked else ()),
        )
        for category in shown
    )
    left = len(categories) - len(shown)
    notes = (
        (say(f"共{len(categories)}个代码，另有{left}个未列。", f"{len(categories)} codes, of which {left} are not printed."),)
        if left
        else ()
    )
    table = form_table(f"scheme_codes_{number}", "", head, rows)
    yield TableBlock(table.id, "", "", "", table.head, rows, notes)


def _remark(category: Category, wording: Wording) -> str:
    return wording.join([part for part in (wording.choose(category.status, category.status_en), category.note) if part])


def _depth(category: Category, classification: Classification) -> int:
    """How many codes lie above; a circle ends it."""
    depth, seen, above = 0, {category.code}, category.parent
    while above and above not in seen and depth < 8:
        seen.add(above)
        depth += 1
        parent = classification.find(above)
        above = parent.parent if parent else ""
    return depth


def correspondence_blocks(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """Each correspondence as a table; a starred target belongs to the source in part only."""
    say = wording.choose
    if not workspace.correspondences:
        yield Paragraph((Text(say("工作区没有登记分类对应关系。", "No correspondence is on file.")),))
    for number, correspondence in enumerate(workspace.correspondences.values(), start=1):
        title = correspondence.title
        yield Heading(3, (Text(say(title.name_zh, title.name_en)),), f"scheme-correspondence-{number}")
        yield from _links(workspace, correspondence, number, wording)


def _links(workspace: Workspace, correspondence: Correspondence, number: int, wording: Wording) -> Iterator[Block]:
    say = wording.choose
    title = correspondence.title
    source, target = (workspace.classifications.get(name) for name in (title.source, title.target))
    shown = correspondence.links[:LISTED_AT_MOST]
    remarked = any(link.note or link.status or link.weight is not None for link in shown)
    rows = []
    above = ""
    for link in shown:
        first = link.source != above
        above = link.source
        remark = [f"{say('权重', 'weight')} {link.weight}"] if link.weight is not None else []
        remark += [part for part in (link.status, link.note) if part]
        rows.append(
            (
                TableCell(link.source if first else "", align="left"),
                TableCell(_name(source, link.source, wording) if first else "", align="left"),
                TableCell(link.target + (PARTIAL if link.partial else ""), align="left"),
                TableCell(_name(target, link.target, wording), align="left"),
                *((TableCell(wording.join(remark), align="left"),) if remarked else ()),
            )
        )
    head = [say("代码", "Code"), say("名称", "Name"), say("对应代码", "Corresponding code"), say("对应名称", "Corresponding name")]
    head += [say("备注", "Remark")] if remarked else []
    starred = sum(link.partial for link in correspondence.links)
    notes = []
    if starred:
        notes.append(
            say(
                f"带“*”的{starred}行只有一部分属于左边的类目。",
                f"Of the {starred} rows marked *, only a part belongs to the category at the left.",
            )
        )
    left = len(correspondence.links) - len(shown)
    if left:
        notes.append(
            say(f"共{len(correspondence.links)}行，另有{left}行未列。", f"{left} of {len(correspondence.links)} rows are not printed.")
        )
    if title.note:
        notes.append(title.note)
    table = form_table(f"scheme_links_{number}", "", head, tuple(rows))
    yield TableBlock(table.id, "", "", "", table.head, table.rows, tuple(notes))


def link_blocks(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """How notions of one framework stand to those of another."""
    say = wording.choose
    relations = {
        "same": say("相同", "same"), "broader": say("较宽", "broader"), "narrower": say("较窄", "narrower"),
        "related": say("相关", "related"),
    }  # fmt: skip
    rows = tuple(
        (
            TableCell(say(framework.name_zh, framework.name_en), align="left"),
            TableCell(_indicator(workspace, link.indicator, wording), align="left"),
            TableCell(relations[link.relation], align="center"),
            TableCell(_framework(workspace, link.framework, wording), align="left"),
            TableCell(_indicator(workspace, link.to, wording), align="left"),
            TableCell(say(link.note_zh, link.note_en), align="left"),
        )
        for framework in workspace.frameworks.values()
        for link in framework.links
    )
    if not rows:
        yield Paragraph((Text(say("工作区没有登记统计框架之间的对应。", "No link between frameworks is on file.")),))
        return
    head = (
        say("统计框架", "Framework"), say("指标", "Indicator"), say("关系", "Relation"), say("对应框架", "Other framework"),
        say("对应指标", "Its indicator"), say("说明", "Note"),
    )  # fmt: skip
    yield form_table("scheme_framework_links", "", head, rows)


def _name(classification: Classification | None, code: str, wording: Wording) -> str:
    category = classification.find(code) if classification else None
    return category.label(chinese=wording.chinese) if category else ""


def _indicator(workspace: Workspace, name: str, wording: Wording) -> str:
    indicator = workspace.indicators.get(name)
    return wording.choose(indicator.name_zh, indicator.name_en) if indicator else name


def _framework(workspace: Workspace, name: str, wording: Wording) -> str:
    framework = workspace.frameworks.get(name)
    return wording.choose(framework.name_zh, framework.name_en) if framework else name
