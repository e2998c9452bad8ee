"""Sentences and clauses of a block, as half-open spans."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]

_SENTENCE = re.compile(r"[。！？!?；;]")
_CLAUSE = re.compile(r"[，,。！？!?；;：:]|\n")
_FAR = 400
"""A sentence without a stop is looked at so far on either side of an offset, so that time stays linear."""
_EDGES = "，,。！？!?；;：: \n"


@dataclass(frozen=True, slots=True)
class Clauses:
    """The sentences and clauses of one text; a comma or colon inside a number separates nothing."""

    text: str
    sentences: Sequence[Span]
    clauses: Sequence[Span]

    def around(self, start: int, end: int) -> Wording:
        """The wording around a span."""
        sentence, clause = self.sentence(start), self.clause(start)
        text = self.text
        return Wording(
            text[sentence[0] : sentence[1]],
            text[clause[0] : clause[1]],
            text[clause[0] : start],
            text[end : clause[1]],
            text[sentence[0] : start],
        )

    def sentence(self, offset: int) -> Span:
        return _near(_within(self.sentences, offset), offset, _FAR)

    def clause(self, offset: int) -> Span:
        return _near(_within(self.clauses, offset), offset, _FAR // 2)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words around a quantity: its sentence and clause, what of the clause stands before and after it, of the sentence before it."""

    sentence: str
    clause: str
    before: str
    after: str
    lead: str


def clauses_of(text: str) -> Clauses:
    """Both divisions of a text, in one pass each."""
    return Clauses(text, _bounds(_SENTENCE, text), _bounds(_CLAUSE, text))


def trimmed(text: str, span: Span) -> Span:
    """The span without separators and spaces at its ends; never empty."""
    start, end = span
    while end > start + 1 and text[end - 1] in _EDGES:
        end -= 1
    while start < end - 1 and text[start] == " ":
        start += 1
    return start, end


def _bounds(pattern: re.Pattern[str], text: str) -> list[Span]:
    cuts = [0]
    for match in pattern.finditer(text):
        at = match.start()
        if match[0] in {",", ":"} and 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit():
            continue
        cuts.append(match.end())
    cuts.append(len(text))
    return [(first, last) for first, last in pairwise(cuts) if first < last]


def _near(span: Span, offset: int, far: int) -> Span:
    return max(span[0], offset - far), min(span[1], offset + far)


def _within(bounds: Sequence[Span], offset: int) -> Span:
    return bounds[bisect_right(bounds, (offset, 1 << 60)) - 1]
