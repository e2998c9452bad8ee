"""What the pages of an index read from a release: its parts in order, a year's ranking with the year before, the profile of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from guibiao.model.tables import INDEX_CHANGES, INDEX_DRIVERS, INDEX_NODES, INDEX_RANKS, INDEX_SCORES, Table
from guibiao.serve.services import Row
from guibiao.store.port import Condition, OpenRelease


@dataclass(frozen=True, slots=True)
class Ranked:
    """A unit in one year, with what it had the year before; None where there is none."""

    row: Row
    score_change: float | None
    rank_change: int | None
    """Places gained: positive is better."""


@dataclass(frozen=True, slots=True)
class Part:
    """The score of a unit at one part of the index, among all units; `depth` counts from the dimensions."""

    node: Row
    row: Row
    depth: int
    middle: float | None
    best: float | None
    best_unit: str
    change: float | None


class ReleasedIndex:
    """One index of a release in one year; reads what is asked for."""

    def __init__(self, release: OpenRelease, name: str, year: int, nodes: Sequence[Row], years: Sequence[int]) -> None:
        self._release = release
        self.name = name
        self.year = year
        self.nodes = nodes
        self.years = years

    @property
    def root(self) -> Row:
        """The index itself."""
        return next(row for row in self.nodes if not row["parent"])

    @cached_property
    def scores(self) -> Mapping[tuple[str, str], Row]:
        """Unit and code -> row of the year."""
        return self._scores(self.year)

    @cached_property
    def before(self) -> Mapping[tuple[str, str], Row]:
        """The same of the year before; empty where the index has none."""
        return self._scores(self.year - 1) if self.year - 1 in self.years else {}

    @cached_property
    def ranking(self) -> tuple[Ranked, ...]:
        """Units with a score, the best first; units in the order of codes where ranks may not be shown."""
        rows = [row for (_unit, code), row in self.scores.items() if code == self.root["code"] and row["score"] is not None]
        rows.sort(key=lambda row: (-row["score"], row["unit"]) if self.ranked else (0, row["unit"]))
        return tuple(self._with_change(row) for row in rows)

    @cached_property
    def unscored(self) -> tuple[str, ...]:
        """Units without a score of the index."""
        code = self.root["code"]
        return tuple(sorted(unit for (unit, each), row in self.scores.items() if each == code and row["score"] is None))

    @cached_property
    def ranked(self) -> bool:
        """Whether every rank comes with its interval: without, no ranking is shown."""
        rows = [row for (_unit, code), row in self.scores.items() if code == self.root["code"] and row["score"] is not None]
        return bool(rows) and all(row[name] is not None for row in rows for name in ("rank", "rank_low", "rank_high"))

    @property
    def units(self) -> tuple[str, ...]:
        """Units with a score, in the order of the ranking."""
        return tuple(each.row["unit"] for each in self.ranking)

    @property
    def runs(self) -> int:
        """Runs of the stress test behind the intervals."""
        return max((each.row["runs"] or 0 for each in self.ranking), default=0)

    def profile(self, unit: str) -> tuple[Part, ...]:
        """Every part below the index with a row of the unit, each dimension before its parts."""
        return tuple(part for node, depth in self.tree if (part := self._part(node, depth, unit)) is not None)

    @cached_property
    def tree(self) -> tuple[tuple[Row, int], ...]:
        """Parts below the index with their depth, each dimension before its parts."""
        found: list[tuple[Row, int]] = []

        def walk(parent: str, depth: int) -> None:
            for node in self.nodes:
                if node["parent"] == parent and node["code"] != parent:
                    found.append((node, depth))
                    walk(node["code"], depth + 1)

        walk(self.root["code"], 0)
        return tuple(found)

    def chances(self, unit: str) -> Sequence[Row]:
        """The ranks of a unit in the stress test, the likeliest first."""
        rows = self._rows(INDEX_RANKS, {"index": self.name, "year": self.year, "unit": unit})
        return sorted(rows, key=lambda row: (-row["probability"], row["rank"]))

    def drivers(self, unit: str) -> tuple[str, int, Sequence[Row]]:
        """Whose rank, of which year, and what drives it, the strongest first; the mean over units where the unit has none."""
        rows = [row for row in self._rows(INDEX_DRIVERS, {"index": self.name, "unit": ["", unit]}) if row["total"] is not None]
        last = max((row["year"] for row in rows), default=0)
        own = unit if any(row["unit"] == unit and row["year"] == last for row in rows) else ""
        chosen = [row for row in rows if row["year"] == last and row["unit"] == own]
        return own, last, sorted(chosen, key=lambda row: (-row["total"], row["factor"]))

    def changes(self, unit: str) -> Mapping[tuple[int, int], Sequence[Row]]:
        """Contributions to the change of a unit's index by pair of years, the latest first; the greatest contribution first."""
        found: dict[tuple[int, int], list[Row]] = {}
        for row in self._rows(INDEX_CHANGES, {"index": self.name, "unit": unit}):
            found.setdefault((row["since"], row["year"]), []).append(row)
        ordered = sorted(found.items(), key=lambda each: (-each[0][1], -each[0][0]))
        return {pair: sorted(rows, key=lambda row: (-abs(row["contribution"]), row["code"])) for pair, rows in ordered}

    @cached_property
    def explained(self) -> tuple[str, ...]:
        """Units whose change is explained."""
        if not self._release.has(INDEX_CHANGES):
            return ()
        return tuple(self._release.distinct(INDEX_CHANGES, ("unit",), {"index": self.name})["unit"].to_pylist())

    def _part(self, node: Row, depth: int, unit: str) -> Part | None:
        code = node["code"]
        row = self.scores.get((unit, code))
        if row is None:
            return None
        every = sorted(
            (each["score"], each["unit"]) for (_unit, own), each in self.scores.items() if own == code and each["score"] is not None
        )
        earlier = self.before.get((unit, code))
        return Part(
            node, row, depth,
            median(score for score, _unit in every) if every else None,
            every[-1][0] if every else None, every[-1][1] if every else "",
            _difference(row["score"], earlier["score"] if earlier else None),
        )  # fmt: skip

    def _with_change(self, row: Row) -> Ranked:
        earlier = self.before.get((row["unit"], row["code"]))
        rank = earlier["rank"] if earlier and earlier["rank_low"] is not None else None
        gained = None if rank is None or row["rank"] is None else rank - row["rank"]
        return Ranked(row, _difference(row["score"], earlier["score"] if earlier else None), gained)

    def _scores(self, year: int) -> Mapping[tuple[str, str], Row]:
        rows = self._rows(INDEX_SCORES, {"index": self.name, "year": year})
        return {(row["unit"], row["code"]): row for row in rows}

    def _rows(self, table: Table, where: Mapping[str, Condition]) -> list[Row]:
        rows: list[Row] = self._release.select(table, where=where).to_pylist() if self._release.has(table) else []
        return rows


def released_indices(release: OpenRelease) -> Mapping[str, Row]:
    """Index -> its root node, of those that have scores; none in a release of older software."""
    if not release.has(INDEX_NODES):
        return {}
    return {row["index"]: row for row in release.select(INDEX_NODES, where={"parent": ""}).to_pylist()}


def read_index(release: OpenRelease, name: str, year: int) -> ReleasedIndex | None:
    """An index in a year, the last where zero; None where the release has no such scores."""
    if not release.has(INDEX_NODES) or not release.has(INDEX_SCORES):
        return None
    nodes = release.select(INDEX_NODES, where={"index": name}, order=("place",)).to_pylist()
    years = sorted(release.distinct(INDEX_SCORES, ("year",), {"index": name})["year"].to_pylist())
    if not nodes or not years or (year and year not in years):
        return None
    return ReleasedIndex(release, name, year or years[-1], nodes, years)


def _difference(later: float | None, earlier: float | None) -> float | None:
    return None if later is None or earlier is None else later - earlier
