"""Passports: the lineage of each published number as a document prints it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from guibiao.publish.document import Passport, PassportLine
from guibiao.publish.figures import Figure
from guibiao.publish.lineage import Records, lineage

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
