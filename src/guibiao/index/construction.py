"""A specification compiled once into index arrays, and the data it is built from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np

from guibiao.index.aggregate import Group, Tree
from guibiao.index.matrix import Mask, Matrix
from guibiao.index.normalise import ColumnRule
from guibiao.model.errors import Place
from guibiao.reference.index.check import levels_of
from guibiao.reference.index.specification import Aggregation, IndexAggregate, IndexIndicator, IndexSpecification, Treatment

Time = float | str


@dataclass(frozen=True, slots=True)
class IndexData:
    """Observations of units: rows in order of time, then unit; columns of `values` as the specification's indicators.

    `times` are numbers, or text where some are no numbers; "" where the data have no time. `denominators` and `groups` are by column name.
    """

    units: tuple[str, ...]
    times: tuple[Time, ...]
    values: Matrix
    denominators: Mapping[str, Matrix] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    file: str = ""
    unused: tuple[str, ...] = ()
    """Columns of the file that the construction does not name."""

    def only(self, rows: Mask) -> IndexData:
        """The chosen rows."""
        chosen = np.flatnonzero(rows)
        return IndexData(
            units=tuple(self.units[row] for row in chosen),
            times=tuple(self.times[row] for row in chosen),
            values=self.values[chosen],
            denominators={name: column[chosen] for name, column in self.denominators.items()},
            groups={name: tuple(labels[row] for row in chosen) for name, labels in self.groups.items()},
            names=self.names,
            digest=self.digest,
            file=self.file,
            unused=self.unused,
        )


@dataclass(frozen=True, slots=True)
class Construction:
    """What `build` needs: tree, a treatment and a rule of normalisation for each indicator, and where each code is stated."""

    specification: IndexSpecification
    tree: Tree
    treatments: tuple[Treatment, ...]
    rules: tuple[ColumnRule, ...]
    digest: str
    places: Mapping[str, Place]

    @property
    def indicator_codes(self) -> tuple[str, ...]:
        """Codes of the indicators, in the order of the columns."""
        return self.tree.codes[: self.tree.indicators]

    def place(self, code: str) -> Place:
        """Where a code is stated."""
        return self.places.get(code, Place())


def compile_construction(specification: IndexSpecification, places: Mapping[str, Place] | None = None) -> Construction:
    """Arrays of a specification that `index_problems` finds no fault with."""
    treatments = tuple(each.treat or specification.treat for each in specification.indicators)
    rules = tuple(
        ColumnRule(each.normalise or specification.normalise, each.direction, each.target, each.bounds, each.goalposts)
        for each in specification.indicators
    )
    return Construction(
        specification, compile_tree(specification), treatments, rules, specification_digest(specification), dict(places or {})
    )


def compile_tree(specification: IndexSpecification) -> Tree:
    """Nodes with indicators first, then aggregates from the second level up; weights as stated, or equal."""
    levels = levels_of(specification)
    aggregates = sorted(specification.aggregates, key=lambda each: levels[each.code])
    nodes: tuple[IndexIndicator | IndexAggregate, ...] = (*specification.indicators, *aggregates)
    places = {each.code: place for place, each in enumerate(nodes)}
    equal = specification.weights == "equal"
    children: dict[str, list[int]] = {}
    for place, each in enumerate(nodes):
        children.setdefault(each.parent, []).append(place)
    groups = tuple(
        Group(
            places[each.code],
            np.array(children[each.code], dtype=np.intp),
            levels[each.code],
            each.aggregate or _of_level(specification.aggregate, levels[each.code]),
        )
        for each in aggregates
    )
    return Tree(
        codes=tuple(each.code for each in nodes),
        levels=np.array([levels[each.code] for each in nodes], dtype=np.intp),
        parents=np.array([places.get(each.parent, -1) for each in nodes], dtype=np.intp),
        weights=np.array([1.0 if equal else each.weight for each in nodes]),
        indicators=len(specification.indicators),
        groups=groups,
    )


def _of_level(stated: tuple[Aggregation, ...], level: int) -> Aggregation:
    return stated[0] if len(stated) == 1 else stated[level - 2]


def effective_weights(tree: Tree) -> Matrix:
    """(nodes,): the share of each node in the index if every mean were arithmetic; one at the root, indicators sum to one."""
    shares = np.zeros(len(tree.codes))
    shares[tree.root] = 1.0
    for group in reversed(tree.groups):
        weights = tree.weights[group.children]
        shares[group.children] = shares[group.place] * weights / weights.sum()
    return shares


def specification_digest(specification: IndexSpecification) -> str:
    """SHA-256 of everything that decides a score; titles and notes leave it as it is."""
    content = asdict(specification)
    for name in ("zh", "en", "source", "note_zh", "note_en"):
        content.pop(name)
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
