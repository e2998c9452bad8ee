"""Passports: the lineage of each published number as a document prints it, as `explain` prints it, and as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from guibiao.publish.document import Passport, PassportLine
from guibiao.publish.figures import Figure
from guibiao.publish.lineage import Node, Records, lineage
from guibiao.publish.printable import printable

DIGITS = 10


def passport_id(figure: Figure) -> str:
    """`p-` and ten hexadecimal digits of the figure's key: the same in every run, an anchor in paper and page."""
    return f"p-{hashlib.sha256(figure.id.encode()).hexdigest()[:DIGITS]}"


def passport(figure: Figure, records: Records) -> Passport:
    """The passport of one figure."""
    tree = lineage(figure, records)
    lines = tuple(PassportLine(depth, node.label, node.text) for depth, node in tree.below())
    return Passport(passport_id(figure), records.words.title(figure), records.words.printed(figure), figure.grade, lines)


def passports(figures: Iterable[Figure], records: Records) -> tuple[Passport, ...]:
    """Passports of the figures, each figure once, in the order first given. Raises ValueError where two figures share an id."""
    result: dict[str, Passport] = {}
    owners: dict[str, str] = {}
    for figure in figures:
        identity = passport_id(figure)
        if owners.setdefault(identity, figure.id) != figure.id:
            raise ValueError(f"one passport id for two figures: {owners[identity]} and {figure.id}")
        if identity not in result:
            result[identity] = passport(figure, records)
    return tuple(result.values())


def lineage_text(tree: Node) -> str:
    """The tree as plain text, a step a line; nothing in it steers a terminal."""
    return "\n".join((f"{tree.label}  {printable(tree.text)}", *_drawn(tree, "")))


def lineage_json(tree: Node) -> dict[str, Any]:
    """The tree as JSON-ready mappings: role, label, text, facts, children."""
    return {
        "role": tree.role,
        "label": tree.label,
        "text": tree.text,
        "facts": dict(tree.facts),
        "children": [lineage_json(child) for child in tree.children],
    }


def _drawn(tree: Node, indent: str) -> Iterator[str]:
    for position, child in enumerate(tree.children, start=1):
        last = position == len(tree.children)
        yield f"{indent}{'└─ ' if last else '├─ '}{child.label}  {printable(child.text)}"
        yield from _drawn(child, indent + ("   " if last else "│  "))
