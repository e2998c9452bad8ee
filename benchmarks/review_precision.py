"""Precision and recall of the review, kind by kind, on documents with seeded faults and their clean twins.

A file in tests/review/documents holds documents with places `⟦right¦wrong⟧`. The clean twin takes the right words everywhere; any finding
there is a false alarm. The faulty twins take every second place wrong; a fault is found where a finding stands in its paragraph or table,
and a finding elsewhere is a false alarm. Findings are claims that are neither ok, rounded nor not derivable.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guibiao.review.claims import Claim

DOCUMENTS = Path(__file__).resolve().parent.parent / "tests" / "review" / "documents"
WHOLE = DOCUMENTS.parent / "whole_documents"
"""Two reports that hold faults of many kinds among what is right."""
_PLACE = re.compile(r"⟦([^¦⟧]*)¦([^⟧]*)⟧")


@dataclass(frozen=True, slots=True)
class KindScore:
    """Faults of one kind seeded and found, and findings that are none: in the clean twin and beside the faults."""

    kind: str
    seeded: int
    found: int
    false: int
    missed: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.seeded if self.seeded else 1.0


def scores(folder: Path = DOCUMENTS) -> list[KindScore]:
    """Scores of every document of the folder, one kind each."""
    return [score(path) for path in sorted(folder.glob("*.md"))]


def score(path: Path) -> KindScore:
    """Score of one file: each of its sections, parted by ---, is a document of its own."""
    found = seeded = 0
    missed: list[str] = []
    alarms: list[str] = []
    for marked in path.read_text(encoding="utf-8").split("\n---\n"):
        clean, _spans = written(marked, frozenset())
        alarms += [claim.explanation_zh for claim in findings(clean)]
        places = len(_PLACE.findall(marked))
        seeded += places
        for parity in (0, 1):
            text, spans = written(marked, frozenset(range(parity, places, 2)))
            if not spans:
                continue
            claims = findings(text)
            near = [_paragraphs(text, *span) for span in spans]
            there = [any(start <= claim.start < end for claim in claims) for start, end in near]
            found += sum(there)
            missed += [text[start:end].strip() for (start, end), seen in zip(near, there, strict=True) if not seen]
            alarms += [claim.explanation_zh for claim in claims if not any(start <= claim.start < end for start, end in near)]
    return KindScore(path.stem, seeded, found, len(alarms), tuple(missed), tuple(alarms))


def written(marked: str, wrong: frozenset[int]) -> tuple[str, list[tuple[int, int]]]:
    """The document with the chosen places wrong and all others right, and the spans of the wrong ones."""
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    at = length = 0
    for number, match in enumerate(_PLACE.finditer(marked)):
        before = marked[at : match.start()]
        word = match[2] if number in wrong else match[1]
        length += len(before)
        if number in wrong:
            spans.append((length, length + len(word)))
        length += len(word)
        parts += [before, word]
        at = match.end()
    return "".join([*parts, marked[at:]]), spans


def _paragraphs(text: str, start: int, end: int) -> tuple[int, int]:
    """The paragraph or table around a span."""
    first = text.rfind("\n\n", 0, start)
    last = text.find("\n\n", end)
    return (0 if first < 0 else first), (len(text) if last < 0 else last)


def findings(text: str) -> Sequence[Claim]:
    """Claims of a Markdown text that need a look."""
    from guibiao.ingest.documents import read_document
    from guibiao.review.review import review

    return [claim for claim in review([read_document(text.encode(), "document.md")]) if claim.severity != "info"]


def speed(text: str, size: int) -> float:
    """Characters a second, on one core, from the bytes of a text of `size` characters to its claims."""
    from guibiao.ingest.documents import read_document
    from guibiao.review.review import review

    content = (text * (size // len(text) + 1))[:size].encode()
    best = float("inf")
    for _repeat in range(max(1, min(3, 2_000_000 // size))):
        started = time.process_time()
        for _claim in review([read_document(content, "document.txt")]):
            pass
        best = min(best, time.process_time() - started)
    return size / best


def measure(*, quiet: bool) -> dict[str, Any]:
    """Scores by kind, scores of the whole documents, and characters a second on the latter; printed unless quiet."""
    text = "\n\n".join(written(path.read_text(encoding="utf-8"), frozenset())[0] for path in sorted(WHOLE.glob("*.md")))
    report = {
        "kinds": [record(each) for each in scores()],
        "documents": [record(each) for each in scores(WHOLE)],
        "characters a second": round(speed(text, 200_000)),
    }
    if not quiet:
        print_report(report)
    return report


def record(scored: KindScore) -> dict[str, Any]:
    """A score as it is printed."""
    return {
        "kind": scored.kind,
        "faults": scored.seeded,
        "found": scored.found,
        "false": scored.false,
        "precision": round(scored.precision, 3),
        "recall": round(scored.recall, 3),
    }


def print_report(report: dict[str, Any]) -> None:
    """A line a kind, a line a whole document, and the speed."""
    print(f"{'review':<16}{'faults':>8}{'found':>8}{'false':>8}{'precision':>12}{'recall':>9}")
    for each in (*report["kinds"], *report["documents"]):
        print(f"{each['kind']:<16}{each['faults']:>8}{each['found']:>8}{each['false']:>8}{each['precision']:>12.3f}{each['recall']:>9.3f}")
    print(f"review reads {report['characters a second']:,} characters a second")
