"""Geometry: ticks, moved labels, line breaks, free places."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.publish.charts.layout import Box, Label, Room, clear_block, clear_places, dodge, label_box, text_width, ticks, wrap

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


@given(NUMBERS, NUMBERS)
def test_ticks_enclose_the_values_in_round_even_steps(first: float, second: float) -> None:
    low, high = min(first, second), max(first, second)
    axis = ticks(low, high)
    span = max(high - low, abs(high), 1e-9)
    assert axis.low <= low + 1e-6 * span
    assert axis.high >= high - 1e-6 * span
    assert 2 <= len(axis.values) <= 9
    steps = [later - earlier for earlier, later in zip(axis.values, axis.values[1:], strict=False)]
    assert max(steps) - min(steps) <= 1e-6 * max(abs(axis.low), abs(axis.high))
    if high - low > 1e-6 * max(abs(low), abs(high)):
        assert f"{steps[0]:.2e}".replace(".", "").rstrip("0")[:3].split("e")[0].rstrip("0") in {"1", "2", "25", "5"}


def test_ticks_say_how_many_decimals_they_need() -> None:
    assert ticks(0, 1).decimals == 1
    assert ticks(0, 50000).decimals == 0
    assert ticks(0, 0.12).values == (0, 0.025, 0.05, 0.075, 0.1, 0.125)
    assert ticks(0, 0.12).decimals == 3
    assert ticks(7, 7).low < 7 < ticks(7, 7).high


@given(st.lists(st.floats(0, 300), min_size=1, max_size=25), st.floats(8, 20))
def test_dodged_labels_keep_their_order_and_do_not_overlap(wanted: list[float], height: float) -> None:
    centres = dodge(wanted, [height] * len(wanted), 0, 300)
    in_order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    tops = [centres[place] for place in in_order]
    assert all(later - earlier >= height - 0.02 for earlier, later in itertools.pairwise(tops))
    if height * len(wanted) <= 300:
        assert min(centres) >= height / 2 - 0.02
        assert max(centres) <= 300 - height / 2 + 0.02


def test_labels_that_are_apart_stay_where_they_are() -> None:
    assert dodge([50, 100, 20], [14, 14, 14], 0, 200) == [50, 100, 20]


def test_two_labels_wanted_at_one_place_move_by_as_much_each() -> None:
    assert dodge([50, 50], [14, 14], 0, 200) == [43, 57]


def test_wide_characters_are_twice_as_wide_as_digits_or_nearly() -> None:
    assert text_width("中文", 10) == 20
    assert text_width("2021", 10) == pytest.approx(22.4)


@given(st.text("数字经济增加值 ab12（）", min_size=1, max_size=40), st.floats(40, 200))
def test_wrapping_loses_nothing_but_spaces(text: str, width: float) -> None:
    lines = wrap(text, 11, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_latin_words_stay_whole() -> None:
    assert wrap("Value added of core industries", 10, 90) == ["Value added of", "core industries"]


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 150)), min_size=1, max_size=30))
def test_placed_labels_overlap_nothing(points: list[tuple[float, float]]) -> None:
    taken = tuple(Box(x - 4, y - 4, x + 4, y + 4) for x, y in points)
    room = Room(taken, ((0, 0, 300, 150),), Box(0, 0, 300, 150))
    labels = [Label(x, y, "12345.6") for x, y in points]
    placed = [
        label_box(place[0], place[1], label.text, 10, place[2])
        for label, place in zip(labels, clear_places(labels, 10, room), strict=True)
        if place
    ]
    for number, box in enumerate(placed):
        assert not any(box.overlaps(other) for other in (*placed[number + 1 :], *taken))
        assert not box.crossed_by(0, 0, 300, 150)
        assert box.left >= 0
        assert box.right <= 300


def test_a_label_is_not_put_behind_another_line() -> None:
    over = Room((), ((0, 40, 200, 40), (0, 60, 200, 60)), Box(0, 0, 200, 200))
    [place] = clear_places([Label(100, 48, "1.0")], 10, over)
    assert place is not None
    assert 40 < place[1] < 60


def test_a_block_of_text_finds_a_free_place_or_none() -> None:
    free = Room((), (), Box(0, 0, 300, 200))
    assert clear_block(100, 100, 80, 40, free) == Box(109, 80, 189, 120)
    full = free.without(Box(0, 0, 300, 200))
    assert clear_block(100, 100, 80, 40, full) is None
