"""Search over indicators, targets, policy documents and their words, sources and classifications: piece of text or initials of pinyin."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup, escape

from guibiao.model.tables import ATTAINMENT
from guibiao.serve.pages.definitions import Definitions, named
from guibiao.serve.pages.frame import Frame, frame_of, language_of
from guibiao.serve.services import PinyinSearch
from guibiao.store.port import OpenRelease

SHOWN, SHOWN_ALONE = 12, 200
"""Hits listed of each kind, and of a kind that is asked for alone."""
LONGEST = 100
EXCERPT, BEFORE = 110, 30
"""Characters shown of a longer text, and of those before its first hit."""
KINDS: Mapping[str, tuple[str, str]] = {
    "indicator": ("指标", "Indicators"), "target": ("目标", "Targets"), "document": ("政策文件", "Policy documents"),
    "passage": ("文件原文", "Words of documents"), "source": ("来源", "Sources"), "code": ("统计分类", "Classifications"),
}  # fmt: skip
router = APIRouter(include_in_schema=False)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found; the title weighs more than the text.

    `folded` is the title and `searched` everything, as they are compared; `initials` are those of the Chinese title.
    """

    kind: str
    title: str
    text: str
    address: str
    folded: str
    searched: str
    initials: str


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind, the better first; `left_out` are not listed."""

    kind: str
    hits: Sequence[Entry]
    left_out: int


@router.get("/search")
def search(request: Request, q: str = "", kind: str = "") -> Response:
    """What fits the words, by kind, the better first; of one kind alone where that is asked."""
    frame = frame_of(request)
    release = frame.release()
    language = language_of(request)

    def build() -> tuple[str, Mapping[str, Any]]:
        found = find(_index(frame, release, language), q)
        groups = grouped(found, kind if kind in KINDS else "")
        return "search.html", {
            "q": q, "groups": groups, "kinds": KINDS, "kind": kind, "total": len(found), "marked": lambda text: marked(text, words_of(q)),
            "excerpt": lambda text: excerpt(text, words_of(q)),
        }  # fmt: skip

    return frame.cached(request, release, build)


def grouped(found: Sequence[Entry], alone: str = "") -> list[Group]:
    """The hits by kind in the order of kinds; only those of one kind where it is asked for."""
    by_kind: dict[str, list[Entry]] = {name: [] for name in KINDS if alone in {"", name}}
    for entry in found:
        if entry.kind in by_kind:
            by_kind[entry.kind].append(entry)
    most = SHOWN_ALONE if alone else SHOWN
    return [Group(name, hits[:most], max(0, len(hits) - most)) for name, hits in by_kind.items() if hits]


def find(entries: Sequence[Entry], asked: str) -> list[Entry]:
    """Entries that hold every word, or whose initials hold it; titles that begin with it first."""
    words = words_of(asked)
    if not words:
        return []
    ranked = [(rank, place, entry) for place, entry in enumerate(entries) if (rank := _rank(entry, words)) is not None]
    return [entry for _rank_, _place, entry in sorted(ranked, key=lambda each: each[:2])]


def words_of(asked: str) -> list[str]:
    """The words of a question as they are compared."""
    return folded(asked[:LONGEST]).split()


def _rank(entry: Entry, words: list[str]) -> int | None:
    """The worst rank of the words; None where one is not found. 0 title begins with it, 1 title, 2 initials, 3 text."""
    worst = 0
    for word in words:
        if entry.folded.startswith(word):
            rank = 0
        elif word in entry.folded:
            rank = 1
        elif len(word) > 1 and word.isascii() and word in entry.initials:
            rank = 2
        elif word in entry.searched:
            rank = 3
        else:
            return None
        worst = max(worst, rank)
    return worst


def folded(text: str) -> str:
    """Small letters, wide forms as narrow ones."""
    return unicodedata.normalize("NFKC", text).casefold()


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text with what was found in `<mark>`; everything else is escaped."""
    parts, done = [], 0
    for first, last in hits_in(text, words):
        parts += [escape(text[done:first]), Markup("<mark>"), escape(text[first:last]), Markup("</mark>")]
        done = last
    return Markup("").join([*parts, escape(text[done:])])


def excerpt(text: str, words: Sequence[str]) -> Markup:
    """A piece of the text around the first hit, marked; the whole of a short one."""
    spans = hits_in(text, words)
    first = max(0, spans[0][0] - BEFORE) if spans and len(text) > EXCERPT else 0
    piece = text[first : first + EXCERPT]
    return Markup("…" if first else "") + marked(piece, words) + Markup("…" if first + EXCERPT < len(text) else "")


def hits_in(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text, as characters of the text itself; what overlaps is one."""
    signs, places = [], []
    for place, sign in enumerate(text):
        each = folded(sign)
        signs.append(each)
        places += [place] * len(each)
    whole = "".join(signs)
    spans = []
    for word in words:
        at = whole.find(word)
        while word and at >= 0:
            spans.append((places[at], places[at + len(word) - 1] + 1))
            at = whole.find(word, at + len(word))
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _index(frame: Frame, release: OpenRelease, language: str) -> tuple[Entry, ...]:
    definitions = frame.definitions(release)
    with _lock:
        if language not in definitions.searched:
            definitions.searched[language] = tuple(_entries(definitions, release, frame.services.pinyin, language))
        found: tuple[Entry, ...] = definitions.searched[language]
        return found


def made_entry(kind: str, title: str, text: str, address: str, also: str = "", initials: str = "", *, text_counts: bool = True) -> Entry:
    """An entry with what it is compared by; `also` is searched and not shown, a text that does not count is shown and not searched."""
    return Entry(kind, title, text, address, folded(title), folded(f"{title} {text if text_counts else ''} {also}"), initials)


def _entries(definitions: Definitions, release: OpenRelease, pinyin: PinyinSearch | None, language: str) -> Iterator[Entry]:
    def initials(chinese: str) -> str:
        return pinyin.initials(chinese) if pinyin is not None else ""

    for name, row in definitions.indicators.items():
        text, also = named(row, "definition", language), f"{row['name_zh']} {row['name_en']}"
        yield made_entry("indicator", named(row, "name", language), text, f"/indicators/{quote(name)}", also, initials(row["name_zh"]))
    for row in release.select(ATTAINMENT, ("target", "name", "quote", "document")).to_pylist() if release.has(ATTAINMENT) else ():
        title = row["name"] or row["quote"]
        yield made_entry("target", title, row["quote"], f"/targets#{quote(row['target'])}", initials=initials(title))
    for name, rows in definitions.passages.items():
        title, address = rows[0]["document_title"], f"/documents/{quote(name, safe='')}"
        yield made_entry("document", title, "", address, initials=initials(title))
        for row in rows:
            yield made_entry("passage", row["text"], title, f"{address}#{row['kind']}-{row['start']}", text_counts=False)
    for row in definitions.sources.values():
        yield made_entry(
            "source", row["title"], f"{row['publisher']} {row['note']}", f"/sources#{row['source']}", initials=initials(row["title"])
        )
    for classification, codes in definitions.codes.items():
        about = definitions.classification_name(classification, language)
        for code, row in codes.items():
            title = f"{named(row, 'name', language)}（{code}）" if language == "zh" else f"{named(row, 'name', language)} ({code})"
            address = f"/classifications/{quote(classification)}#{quote(code)}"
            yield made_entry("code", title, about, address, row["name_zh"], initials(row["name_zh"]))
