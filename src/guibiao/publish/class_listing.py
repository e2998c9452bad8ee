"""The codes of a classification as table rows: each with what it corresponds to, or counted by its top codes."""

from __future__ import annotations

from collections.abc import Sequence

from guibiao.publish.document import TableCell
from guibiao.publish.lookup import Evidence
from guibiao.reference.classification import Category, Classification, Correspondence

Row = tuple[TableCell, ...]
Listing = tuple[Sequence[str], list[Row], list[str]]
STAR = "*"


def leaves(classification: Classification) -> list[Category]:
    """Codes without parts, in the order of the list."""
    parents = {category.parent for category in classification.categories}
    return [category for category in classification.categories if category.code not in parents]


def top_of(classification: Classification, code: str) -> str:
    """The topmost code above a code, itself where it has none above."""
    above = classification.ancestors(code)
    return above[-1] if above else code


def class_rows(evidence: Evidence, classification: Classification, correspondence: Correspondence | None) -> Listing:
    """Every code without parts under its top code, with the codes it corresponds to; those only partly included bear a star."""
    say = evidence.wording.choose
    rows: list[Row] = []
    heading = ""
    target = evidence.workspace.classifications.get(correspondence.title.target) if correspondence else None
    for category in leaves(classification):
        top = top_of(classification, category.code)
        if top not in {heading, category.code}:
            heading = top
            members = sum(top_of(classification, each.code) == top for each in leaves(classification))
            label = _name(evidence, classification, top)
            title = say(f"{top}　{label}（{members}个小类）", f"{top} {label} ({members} classes)")
            rows.append((TableCell(title, align="left", columns=3 if correspondence else 2),))
        cells = [TableCell(category.code, align="left"), TableCell(category.label(chinese=evidence.wording.chinese), align="left")]
        if correspondence:
            links = [
                f"{link.target}{STAR if link.partial else ''} {_name(evidence, target, link.target)}"
                for link in correspondence.targets(category.code)
            ]
            cells.append(TableCell(say("；", "; ").join(links) or say("原表未列", "none given"), align="left"))
        rows.append(tuple(cells))
    head = say("代码,名称", "Code,Name").split(",")
    if not correspondence:
        return head, rows, []
    name = say(target.name_zh, target.name_en) if target else correspondence.title.target
    notes = [say(f"“{STAR}”表示只有一部分属于本范围，比例未公布的不作假定。", f"“{STAR}” belongs only in part; no share is assumed.")]
    return [*head, say(f"对应：{name}", f"Corresponds to: {name}")], rows, notes


def class_summary(evidence: Evidence, classification: Classification, correspondence: Correspondence | None) -> Listing:
    """One row a top code: how many codes lie below it, and how many of those belong wholly, in part, or to no code of the target."""
    say = evidence.wording.choose
    counts: dict[str, list[int]] = {}
    for category in leaves(classification):
        row = counts.setdefault(top_of(classification, category.code), [0, 0, 0, 0, 0, 0])
        links = correspondence.targets(category.code) if correspondence else ()
        starred = sum(link.partial for link in links)
        added = (1, int(bool(links) and not starred), int(starred > 0), int(bool(correspondence) and not links), len(links), starred)
        row[:] = [held + more for held, more in zip(row, added, strict=True)]
    shown = 6 if correspondence else 1
    rows: list[Row] = [
        (
            TableCell(f"{code} {_name(evidence, classification, code)}", align="left"),
            *(TableCell(str(number)) for number in numbers[:shown]),
        )
        for code, numbers in counts.items()
    ]
    totals = [sum(column) for column in zip(*counts.values(), strict=True)]
    rows.append((TableCell(say("合　计", "Total"), align="left"), *(TableCell(str(number)) for number in totals[:shown])))
    head = say(
        "大类,小类数,全部计入,含部分计入,未列代码,对应行数,其中带*行数", "Division,Classes,Whole,Partial,No code,Links,Partial links"
    )
    return head.split(",")[: shown + 1], rows, []


def _name(evidence: Evidence, classification: Classification | None, code: str) -> str:
    category = classification.find(code) if classification else None
    return category.label(chinese=evidence.wording.chinese) if category else code
