"""Correlations across levels: does every part move with its parent, and do two say the same?

Method sheet: docs/methods/1017-back-to-the-data.md. Source: OECD/JRC Handbook, steps 4 and 8; JRC audits (bounds 0.30 and 0.92).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from guibiao.index.aggregate import Tree
from guibiao.index.matrix import Matrix
from guibiao.index.weights_data import correlation

MOST, LEAST = 0.92, 0.30
Flag = Literal["", "negative", "weak", "redundant"]


@dataclass(frozen=True, slots=True)
class Link:
    """A part and its parent: Pearson correlations with parent and index, and what is odd about the first."""

    code: str
    parent: str
    level: int
    with_parent: float
    with_index: float
    flag: Flag


@dataclass(frozen=True, slots=True)
class Pair:
    """Two siblings that correlate above 0.92 in absolute value."""

    first: str
    second: str
    parent: str
    correlation: float


def flag_of(correlation_with_parent: float) -> Flag:
    """Negative below zero, weak below 0.30, redundant above 0.92."""
    if np.isnan(correlation_with_parent):
        return ""
    if correlation_with_parent < 0:
        return "negative"
    if correlation_with_parent < LEAST:
        return "weak"
    return "redundant" if correlation_with_parent > MOST else ""


def links(tree: Tree, scores: Matrix) -> Iterator[Link]:
    """Every part of the tree with its parent, over scores (rows, nodes). A single child is its parent and is not flagged."""
    for group in tree.groups:
        for child in group.children:
            parent, index = (correlation(scores[:, child], scores[:, place]) for place in (group.place, tree.root))
            flag: Flag = flag_of(parent) if len(group.children) > 1 else ""
            yield Link(tree.codes[child], tree.codes[group.place], int(tree.levels[child]), parent, index, flag)


def collinear(tree: Tree, scores: Matrix) -> Iterator[Pair]:
    """Siblings beyond the upper bound."""
    for group in tree.groups:
        for place, one in enumerate(group.children):
            for two in group.children[place + 1 :]:
                found = correlation(scores[:, one], scores[:, two])
                if abs(found) > MOST:
                    yield Pair(tree.codes[one], tree.codes[two], tree.codes[group.place], found)


def consistency(values: Matrix) -> float:
    """Cronbach's alpha of siblings (rows, siblings) over complete rows; nan for one sibling or without variance."""
    complete = values[~np.isnan(values).any(axis=1)]
    count = values.shape[1]
    if count < 2 or len(complete) < 2:
        return float("nan")
    total = float(complete.sum(axis=1).var(ddof=1))
    return count / (count - 1) * (1 - float(complete.var(axis=0, ddof=1).sum()) / total) if total > 0 else float("nan")
