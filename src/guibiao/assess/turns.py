"""Peaks and troughs as positions, and the rules that thin them out: alternation, ends, cycles, phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guibiao.assess.smoothing import Array

PEAK, TROUGH = 1, -1
Turn = tuple[int, int]
"""Position and PEAK or TROUGH."""
Turns = tuple[Turn, ...]


def candidates(values: Array, reach: int) -> Turns:
    """Points not exceeded within `reach` periods on either side: the first of a plateau is a peak, the last of one a trough.

    A stretch without any movement has none.
    """
    found: list[Turn] = []
    for at in range(reach, len(values) - reach):
        around = values[at - reach : at + reach + 1]
        high, low = around.max(), around.min()
        if high == low:
            continue
        if values[at] == high and values[at - 1] < high:
            found.append((at, PEAK))
        elif values[at] == low and values[at + 1] > low:
            found.append((at, TROUGH))
    return tuple(found)


def alternate(turns: Sequence[Turn], values: Array, *, later_peak: bool = False) -> Turns:
    """Of neighbours of one kind the higher peak or the lower trough; of equal ones the first peak and the last trough.

    `later_peak` keeps, as Harding and Pagan's program does, the last of equal peaks and the first of equal troughs. A peak and a trough
    at the same place cancel out.
    """
    places = [at for at, _kind in turns]
    kept: list[Turn] = []
    for at, kind in sorted(turns):
        if places.count(at) > 1:
            continue
        if not kept or kept[-1][1] != kind:
            kept.append((at, kind))
            continue
        gain = kind * (values[at] - values[kept[-1][0]])
        if gain > 0 or (gain == 0 and (kind == TROUGH) != later_peak):
            kept[-1] = (at, kind)
    return tuple(kept)


def refine(turns: Sequence[Turn], values: Array, reach: int) -> Turns:
    """Each turn moved to the extreme within `reach` periods: the first of equal highest, the last of equal lowest values."""
    moved: list[Turn] = []
    for at, kind in turns:
        low, high = max(0, at - reach), min(len(values), at + reach + 1)
        around = [kind * float(value) for value in values[low:high]]
        best = max(around)
        place = around.index(best) if kind == PEAK else len(around) - 1 - around[::-1].index(best)
        moved.append((low + place, kind))
    return alternate(tuple(dict.fromkeys(moved)), values)


def long_cycles(turns: Sequence[Turn], values: Array, least: int) -> Turns:
    """Peak to peak and trough to trough at least `least` periods: of two too near each other the lower peak, the higher trough goes."""
    current = tuple(turns)
    for kind in (PEAK, TROUGH):
        own = [at for at, each in current if each == kind]
        number = 1
        while number < len(own):
            if own[number] - own[number - 1] >= least:
                number += 1
                continue
            gain = kind * (values[own[number]] - values[own[number - 1]])
            drop_earlier = gain > 0 or (gain == 0 and kind == TROUGH)
            del own[number - 1 if drop_earlier else number]
            number = max(1, number - 1)
        current = alternate(tuple((at, each) for at, each in current if each != kind or at in own), values)
    return current


def away_from_ends(turns: Sequence[Turn], values: Array, periods: int) -> Turns:
    """No turn among the first or last `periods`."""
    return alternate([turn for turn in turns if periods <= turn[0] < len(values) - periods], values)


def not_beaten_at_ends(turns: Sequence[Turn], values: Array, *, last_only: bool = False) -> Turns:
    """The first and the last turn must not be exceeded by a value between them and the end of the series.

    `last_only` compares with the very first and last value alone, as Harding and Pagan's program does.
    """
    kept = list(turns)
    while kept and _beaten(kept[0], values[:1] if last_only else values[: kept[0][0]], values):
        kept = kept[1:]
    while kept and _beaten(kept[-1], values[-1:] if last_only else values[kept[-1][0] + 1 :], values):
        kept = kept[:-1]
    return tuple(kept)


def _beaten(turn: Turn, outside: Array, values: Array) -> bool:
    at, kind = turn
    return bool((kind * (outside - values[at]) > 0).any())


def long_phases(turns: Sequence[Turn], least: int) -> Turns:
    """A phase shorter than `least` goes with both its turns; at the end of the series only the last turn goes."""
    kept = list(turns)
    number = 0
    while number < len(kept) - 1:
        if kept[number + 1][0] - kept[number][0] >= least:
            number += 1
            continue
        if number == len(kept) - 2:
            del kept[-1]
        else:
            del kept[number : number + 2]
        number = max(0, number - 1)
    return tuple(kept)


def phases_by_later_turn(turns: Sequence[Turn], values: Array, least: int) -> Turns:
    """The later turn of a phase shorter than `least` goes, and neighbours of one kind are thinned out (Harding and Pagan)."""
    kept = tuple(turns)
    number = 0
    while number < len(kept) - 1:
        if kept[number + 1][0] - kept[number][0] >= least:
            number += 1
            continue
        kept = alternate(kept[: number + 1] + kept[number + 2 :], values, later_peak=True)
        number = max(0, number - 1)
    return kept


def below_their_peaks(turns: Sequence[Turn], values: Array) -> Turns:
    """A trough that lies above the peak before it is none."""
    kept = [
        turn for number, turn in enumerate(turns) if not (turn[1] == TROUGH and number and values[turn[0]] > values[turns[number - 1][0]])
    ]
    return alternate(kept, values, later_peak=True)


def settled(turns: Turns, step: Callable[[Turns], Turns]) -> Turns:
    """The step repeated until nothing changes; each only removes turns, so that it ends."""
    while (after := step(turns)) != turns:
        turns = after
    return turns
