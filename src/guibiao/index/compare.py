"""One choice changed, or two constructions side by side: what moves. Method sheet: docs/methods/1008-build-replay-compare.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from guibiao.index.construction import Time
from guibiao.index.matrix import Matrix, descending_ranks
from guibiao.index.result import IndexResult
from guibiao.reference.index.specification import IndexSpecification


@dataclass(frozen=True, slots=True)
class Move:
    """One unit in both results; ranks are among the units both have, at the same time. A positive change is a better rank in the second."""

    unit: str
    time: Time
    first_score: float
    second_score: float
    first_rank: float
    second_rank: float

    @property
    def change(self) -> float:
        """Ranks gained."""
        return self.first_rank - self.second_rank


@dataclass(frozen=True, slots=True)
class Comparison:
    """Units in both, those in one only, how far ranks move (means over units with both ranks), and the choices that differ."""

    moves: tuple[Move, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    mean_absolute_change: float
    greatest_change: float
    rank_correlation: float
    choices: tuple[tuple[str, Any, Any], ...]


def compare(first: IndexResult, second: IndexResult, choices: tuple[tuple[str, Any, Any], ...] = (), code: str = "") -> Comparison:
    """Scores and ranks of a code (each result's own index where empty) before and after."""
    keys_first = {key: row for row, key in enumerate(zip(first.units, first.times, strict=True))}
    keys_second = {key: row for row, key in enumerate(zip(second.units, second.times, strict=True))}
    shared = [key for key in keys_first if key in keys_second]
    one = first.column(code or top_of(first))[[keys_first[key] for key in shared]]
    two = second.column(code or top_of(second))[[keys_second[key] for key in shared]]
    ranks_one, ranks_two = _ranks(one, shared), _ranks(two, shared)
    moves = tuple(
        Move(unit, time, float(one[row]), float(two[row]), float(ranks_one[row]), float(ranks_two[row]))
        for row, (unit, time) in enumerate(shared)
    )
    change = ranks_one - ranks_two
    change = np.abs(change[~np.isnan(change)])
    return Comparison(
        moves,
        tuple(dict.fromkeys(unit for unit, time in keys_first if (unit, time) not in keys_second)),
        tuple(dict.fromkeys(unit for unit, time in keys_second if (unit, time) not in keys_first)),
        float(change.mean()) if change.size else float("nan"),
        float(change.max()) if change.size else float("nan"),
        _correlation(ranks_one, ranks_two),
        choices,
    )


def top_of(result: IndexResult) -> str:
    """The code of the index itself."""
    return result.codes[int(np.argmax(result.levels))]


def _ranks(scores: Matrix, keys: list[tuple[str, Time]]) -> Matrix:
    ranks = np.full(scores.shape, np.nan)
    for time in dict.fromkeys(time for _unit, time in keys):
        rows = np.array([row for row, (_unit, when) in enumerate(keys) if when == time], dtype=np.intp)
        ranks[rows] = descending_ranks(scores[rows], axis=0)
    return ranks


def _correlation(one: Matrix, two: Matrix) -> float:
    """Pearson correlation of ranks over the rows that have both; nan where one does not vary."""
    both = ~(np.isnan(one) | np.isnan(two))
    x, y = one[both] - one[both].mean() if both.any() else one[both], two[both] - two[both].mean() if both.any() else two[both]
    spread = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum() / spread) if spread else float("nan")


def differing_choices(first: IndexSpecification, second: IndexSpecification) -> tuple[tuple[str, Any, Any], ...]:
    """Path, value in the first, value in the second, for every choice that differs; None where one has no such part."""
    one, two = dict(_leaves(asdict(first), "")), dict(_leaves(asdict(second), ""))
    names = [name for name in dict.fromkeys([*one, *two]) if name.split(".")[0] not in {"id", "zh", "en", "source", "note_zh", "note_en"}]
    return tuple((name, one.get(name), two.get(name)) for name in names if one.get(name) != two.get(name))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Path and value of every leaf; parts with a code are named by it."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, tuple | list) and value and isinstance(value[0], Mapping):
        for place, each in enumerate(value):
            yield from _leaves(each, f"{path}.{each.get('code', place)}")
    else:
        yield path, value
