"""Where things will stand in a Word document: widths of text, lines, rows, and the page of every heading, table and chart.

Lines have exact heights and Chinese characters are as wide as they are high, so pages can be told without a word processor; Latin
letters are taken at their mean width, so a page number may be one off where a paragraph just fits. Word corrects the contents field
when it is updated (F9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from guibiao.publish.columns import Column

_TOKENS = re.compile(r"[!-~\u00a0-\u02af\u2007\u2008]+|.", re.DOTALL)
_NO_LINE_START = frozenset("，。、；：？！）》〕〉”’％%…·")
_NARROW = frozenset("ijlItf.,:;'|![]() ")
WRAPPED_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
"""Type sizes in points of a table whose cells of words are wrapped."""
NARROWEST = 5.0
"""Least width of a wrapped column in characters."""
GAP = 1.4
"""White space beside a column in characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the document: markup, heights in points of the lines or rows between which a page may end, and what stands there."""

    xml: str
    parts: tuple[float, ...] = ()
    keep_next: bool = False
    new_page: bool = False
    anchors: tuple[str, ...] = ()
    sideways: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table is set: widths of its columns in points, type size in points, and whether it is laid on its side."""

    widths: tuple[float, ...]
    size: float
    sideways: bool


def width(text: str) -> float:
    """Width of a text in characters (em): a digit or Latin letter is half of one."""
    return sum(_character(character) for character in text)


def _character(character: str) -> float:
    if character >= "\u2e80" or character in "“”‘’…—":
        return 1.0
    if character in _NARROW:
        return 0.3
    return 0.68 if character.isupper() or character in "%mw" else 0.5


def line_count(text: str, room: float, first: float = 0.0) -> int:
    """Lines a text takes in a measure of `room` characters, its first line indented by `first`; words and numbers are not cut."""
    lines, used = 1, first
    for token in _TOKENS.findall(text):
        size = width(token)
        if used + size > room + 0.01 and used > 0:
            if token in _NO_LINE_START:
                continue
            lines += 1
            used = 0.0
        while size > room:
            lines, size = lines + 1, size - room
        used += size
    return lines


def fit_columns(columns: Sequence[Column], room: float, room_sideways: float, sizes: Sequence[float]) -> Fit:
    """Widths for a table's columns in `room` points: unwrapped in one of `sizes` if it can be, wrapped columns of words else, on its side
    at last."""
    needed = [column.measure + GAP for column in columns]
    for size in sizes:
        if sum(needed) * size <= room:
            return Fit(_shared(columns, needed, room, size), size, False)
    for available, sideways in ((room, False), (room_sideways, True)):
        for size in WRAPPED_SIZES:
            wrapped = _wrapped(columns, needed, available / size)
            if wrapped is not None:
                return Fit(tuple(each * size for each in wrapped), size, sideways)
    scale = room_sideways / max(1.0, sum(needed))
    return Fit(tuple(each * scale for each in needed), WRAPPED_SIZES[-1], True)


def _shared(columns: Sequence[Column], needed: Sequence[float], room: float, size: float) -> tuple[float, ...]:
    """Number columns as wide as one another where there is room; what is left is shared out in proportion."""
    equal = max((need for column, need in zip(columns, needed, strict=True) if column.digits is not None), default=0.0)
    evened = [need if column.digits is None else equal for column, need in zip(columns, needed, strict=True)]
    chosen = evened if sum(evened) * size <= room else list(needed)
    return tuple(each * room / sum(chosen) for each in chosen)


def _wrapped(columns: Sequence[Column], needed: Sequence[float], room: float) -> tuple[float, ...] | None:
    """Widths in characters where columns of words give way; None where even their least widths do not fit."""
    words = [column.digits is None for column in columns]
    floor = [min(need, NARROWEST + GAP) if soft else need for need, soft in zip(needed, words, strict=True)]
    left = room - sum(floor)
    if left < 0 or not any(words):
        return None
    asked = [max(0.0, need - least) for need, least in zip(needed, floor, strict=True)]
    granted = [0.0] * len(asked)
    waiting = {number for number, ask in enumerate(asked) if ask > 0}
    while waiting and left > 0.01:
        weight = sum(asked[number] ** 0.5 for number in waiting)
        shares = {number: left * asked[number] ** 0.5 / weight for number in waiting}
        full = {number for number in waiting if shares[number] >= asked[number] - granted[number]}
        for number in full or waiting:
            more = min(shares[number], asked[number] - granted[number])
            granted[number] += more
            left -= more
        waiting -= full
        if not full:
            break
    return tuple(least + more for least, more in zip(floor, granted, strict=True))


def pages_of(pieces: Iterable[Piece], height: float, height_sideways: float = 0.0) -> tuple[Mapping[str, int], int]:
    """Page of every anchor, counted from 1, and the number of pages; `height` is the room on a page in points."""
    places: dict[str, int] = {}
    page, used, sideways = 1, 0.0, False
    listed = list(pieces)
    for number, piece in enumerate(listed):
        room = height_sideways if piece.sideways else height
        turned = piece.sideways != sideways
        fits = used + _kept_together(listed[number:]) <= room + 0.5
        if used > 0 and (piece.new_page or turned or not fits):
            page, used = page + 1, 0.0
        sideways = piece.sideways
        for name in piece.anchors:
            places[name] = page
        for part in piece.parts:
            if used > 0 and used + part > room + 0.5:
                page, used = page + 1, 0.0
            used += part
    return places, page


def _kept_together(pieces: Sequence[Piece]) -> float:
    """Height that must fit below: pieces that keep with the next, and the first part of the one after them."""
    total = 0.0
    for piece in pieces:
        if not piece.keep_next:
            return total + (piece.parts[0] if piece.parts else 0.0)
        total += sum(piece.parts)
    return total
