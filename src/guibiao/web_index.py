"""Trials of other weights, influence and inputs of released indices, and frames: computed from the rows of a release and nothing else."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, cast

import numpy as np

from guibiao.index.aggregate import Group, Tree, aggregate_tree
from guibiao.index.construction import effective_weights
from guibiao.index.influence import influences
from guibiao.index.matrix import Matrix, descending_ranks
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.tables import INDEX_NODES, INDEX_SCORES, OBSERVATIONS
from guibiao.publish.figures import Figures, figure_from_row
from guibiao.publish.index_drawing import figures_of
from guibiao.publish.index_listing import frame_table, index_indicators
from guibiao.publish.lookup import Evidence
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Workspace
from guibiao.reference.index.specification import Aggregation
from guibiao.reference.report_definitions import TableDefinition
from guibiao.serve.services import FrameCell, IndexFrame, IndexTrial, PartInfluence, Row, TrialUnit
from guibiao.store.port import OpenRelease

KEPT = 32
"""Years of indices kept in memory as arrays."""
TOLERANCE = 1e-9
"""Relative difference within which the released scores must follow from those of the indicators."""
EXCESS = 1e-9


class ReleasedIndices:
    """`serve.services.IndexDesk`; the workspace says which figures stand behind an indicator and what a frame lists."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, int], _Board] = OrderedDict()

    def trial(self, release: OpenRelease, index: str, year: int, shares: Mapping[str, float]) -> IndexTrial:
        """See `IndexDesk.trial`."""
        board = self._board(release, index, year)
        board.require_reproducible()
        used, scaled = changed_shares(board.tree, shares)
        tree = replace(board.tree, weights=used)
        scores = aggregate_tree(board.normalised, tree)[:, tree.root]
        ranks = descending_ranks(scores[:, np.newaxis])[:, 0]
        units = [TrialUnit(unit, _number(scores[row]), _whole(ranks[row])) for row, unit in enumerate(board.units)]
        units.sort(key=lambda each: (each.rank is None, each.rank or 0, each.unit))
        weights = effective_weights(tree)
        return IndexTrial(_by_code(tree, used), _by_code(tree, weights), tuple(units), scaled)

    def influence(self, release: OpenRelease, index: str, year: int) -> Mapping[str, PartInfluence]:
        """See `IndexDesk.influence`."""
        return self._board(release, index, year).influence

    def inputs(self, release: OpenRelease, index: str, unit: str, year: int) -> Mapping[str, Sequence[Row]]:
        """See `IndexDesk.inputs`."""
        defined = self.workspace.indices.get(index)
        if defined is None:
            return {}
        rows: list[dict[str, Any]] = release.select(OBSERVATIONS, where={"indicator": defined.indicators, "area": unit}).to_pylist()
        by_key = {figure_from_row(row).id: row for row in rows if row["period_end"].year == year}
        figures = Figures(self.workspace, by_key.values())
        columns = defined.columns
        return {
            each.code: [
                by_key[figure.id]
                for name in dict.fromkeys((each.code, each.denominator))
                if name in columns
                for figure in figures_of(figures, columns[name], {unit}, {year})
            ]
            for each in defined.specification.indicators
        }

    def frames(self, language: str) -> Sequence[tuple[str, str]]:
        """See `IndexDesk.frames`."""
        return [(name, Wording(language).choose(frame.zh, frame.en)) for name, frame in self.workspace.frames.items()]

    def frame(self, release: OpenRelease, name: str, language: str) -> IndexFrame | None:
        """See `IndexDesk.frame`."""
        frame = self.workspace.frames.get(name)
        if frame is None:
            return None
        where = {"indicator": sorted(index_indicators(self.workspace, name)), "area": self.workspace.settings.area}
        figures = Figures(self.workspace, release.select(OBSERVATIONS, where=where).to_pylist())
        day = release.manifest.as_of or release.published_at.date()
        evidence = Evidence(self.workspace, figures, (), day, Wording(language))
        listed = TableDefinition(id="frame", title_zh=frame.zh, rows="frame", index=name, decimals=2)
        head, lines, notes = frame_table(evidence, listed, lambda figure: figure.id)
        rows = tuple(tuple(FrameCell(cell.text, cell.passport, cell.align, cell.columns) for cell in line) for line in lines)
        return IndexFrame(Wording(language).choose(frame.zh, frame.en), tuple(head), rows, tuple(notes))

    def _board(self, release: OpenRelease, index: str, year: int) -> _Board:
        """Arrays of one year, kept: a release never changes."""
        key = release.manifest.id, index, year
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        board = _read(release, index, year)
        with self._lock:
            self._kept[key] = board
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return board


@dataclass(frozen=True)
class _Board:
    """One year of an index: scores (units, nodes), the first columns those of the indicators."""

    units: tuple[str, ...]
    tree: Tree
    scores: Matrix

    @property
    def normalised(self) -> Matrix:
        """Scores of the indicators (units, indicators)."""
        return np.asarray(self.scores[:, : self.tree.indicators])

    @cached_property
    def influence(self) -> Mapping[str, PartInfluence]:
        """See `IndexDesk.influence`."""
        found = influences(self.tree, self.units, self.normalised, self.scores)
        return {
            each.code: PartInfluence(_number(each.correlation_ratio), _number(each.linear), _number(each.mean_rank_change))
            for each in found
        }

    def require_reproducible(self) -> None:
        """BadRequest where the released index does not follow from the released scores of its indicators."""
        if not self._reproducible:
            raise BadRequest(
                _("这个指数不能试算权重：由公布的指标得分算不出公布的总得分"), remedy=_("用公布的得分；把这一情况告诉发布单位。")
            )

    @cached_property
    def _reproducible(self) -> bool:
        again = aggregate_tree(self.normalised, self.tree)
        return bool(np.allclose(again, self.scores, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))


def _read(release: OpenRelease, index: str, year: int) -> _Board:
    nodes = release.select(INDEX_NODES, where={"index": index}, order=("place",)).to_pylist()
    columns = ("unit", "code", "score")
    rows = release.select(INDEX_SCORES, columns, {"index": index, "year": year}, order=("unit", "code")).to_pylist()
    if not nodes or not rows:
        raise BadRequest(_("指数 {id} 没有 {year} 年的得分").format(id=index, year=year), remedy=_("核对年份。"))
    tree = released_tree(nodes)
    units = tuple(dict.fromkeys(row["unit"] for row in rows))
    across, down = {code: place for place, code in enumerate(tree.codes)}, {unit: row for row, unit in enumerate(units)}
    scores = np.full((len(units), len(tree.codes)), np.nan)
    for row in rows:
        scores[down[row["unit"]], across[row["code"]]] = np.nan if row["score"] is None else row["score"]
    return _Board(units, tree, scores)


def released_tree(nodes: Sequence[Row]) -> Tree:
    """The tree of rows of `index_nodes`: indicators first, then aggregates so that children precede parents."""
    parents = {row["parent"] for row in nodes}
    indicators = [row for row in nodes if row["code"] not in parents]
    aggregates = sorted((row for row in nodes if row["code"] in parents), key=lambda row: row["level"])
    ordered = (*indicators, *aggregates)
    places = {row["code"]: place for place, row in enumerate(ordered)}
    groups = tuple(_group(row, places, [places[each["code"]] for each in ordered if each["parent"] == row["code"]]) for row in aggregates)
    return Tree(
        codes=tuple(places),
        levels=np.array([row["level"] for row in ordered], dtype=np.intp),
        parents=np.array([places.get(row["parent"], -1) for row in ordered], dtype=np.intp),
        weights=np.array([row["share"] for row in ordered], dtype=np.float64),
        indicators=len(indicators),
        groups=groups,
    )


def _group(row: Row, places: Mapping[str, int], children: Sequence[int]) -> Group:
    method = cast("Literal['arithmetic', 'geometric', 'harmonic', 'generalised', 'copeland']", row["aggregation"])
    aggregation = Aggregation(method=method, power=1.0 if row["power"] is None else row["power"], threshold=row["threshold"])
    return Group(places[row["code"]], np.array(children, dtype=np.intp), row["level"], aggregation)


def changed_shares(tree: Tree, given: Mapping[str, float]) -> tuple[Matrix, tuple[str, ...]]:
    """Shares among the parts of each parent, (nodes,), with some given; the other parts of the same parent share the rest as before.

    Where all parts are given they are scaled to one; the codes of such parents come second.
    """
    places = {code: place for place, code in enumerate(tree.codes)}
    _require_parts(tree, places, given)
    shares, scaled = tree.weights.copy(), []
    for group in tree.groups:
        stated = {place: given[tree.codes[place]] for place in map(int, group.children) if tree.codes[place] in given}
        if not stated:
            continue
        others = [place for place in map(int, group.children) if place not in stated]
        total, left = sum(stated.values()), float(tree.weights[others].sum())
        if others and total > 1 + EXCESS:
            _refuse(tree, group, _("{parent} 之下给出的权重合计 {total:.0%}，超过 100%，其余各项没有余地"), total)
        if (not others or left == 0) and total == 0:
            _refuse(tree, group, _("{parent} 之下各项权重合计为零"), total)
        whole = total if not others or left == 0 else 1.0
        for place, share in stated.items():
            shares[place] = share / whole
        for place in others:
            shares[place] = tree.weights[place] * max(1.0 - total, 0.0) / left if left else 0.0
        if abs(whole - 1) > EXCESS:
            scaled.append(tree.codes[group.place])
    return shares, tuple(scaled)


def _require_parts(tree: Tree, places: Mapping[str, int], given: Mapping[str, float]) -> None:
    for code, share in given.items():
        if code not in places or places[code] == tree.root:
            known = "、".join(name for name in tree.codes if places[name] != tree.root)
            raise BadRequest(_("指数中没有可改权重的 {code}").format(code=code[:80]), remedy=_("可写：{names}。").format(names=known))
        if not 0 <= share <= 1:
            raise BadRequest(_("{code} 的权重不在 0 到 100% 之间").format(code=code), remedy=_("写 0 到 100 之间的百分数。"))


def _refuse(tree: Tree, group: Group, words: str, total: float) -> None:
    raise BadRequest(
        words.format(parent=tree.codes[group.place], total=total), remedy=_("改小已给出的权重，使合计不超过 100% 且不全为零。")
    )


def _by_code(tree: Tree, values: Matrix) -> Mapping[str, float]:
    return {code: float(values[place]) for place, code in enumerate(tree.codes)}


def _number(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if math.isnan(value) else int(value)
