"""Industries that a correspondence counts twice: a starred industry that contains others mapped on their own.

Method sheet: docs/methods/0501-scope-as-a-supply-list.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guibiao.reference.classification import Classification, Correspondence, CorrespondenceLink


@dataclass(frozen=True, slots=True)
class Overlap:
    """A starred industry and the links whose industries lie within it; their part is not to be taken from it again."""

    starred: CorrespondenceLink
    counted: tuple[CorrespondenceLink, ...]
    """Links to industries that count whole."""
    partial: tuple[CorrespondenceLink, ...]
    """Links to industries that are starred themselves: what is left over depends on their own part."""


def overlaps(correspondence: Correspondence, target: Classification) -> tuple[Overlap, ...]:
    """Starred links whose industry contains, or is, that of another link, in the order of the correspondence.

    `target` is the classification mapped to, with its parents. The rest of a starred industry is its total less what `counted` holds:
    05_I = alpha_I (VA_I - sum of core_i in I).
    """
    found = []
    for starred in correspondence.links:
        if starred.partial:
            inside = [link for link in correspondence.links if link is not starred and _within(link.target, starred.target, target)]
            if inside:
                found.append(Overlap(starred, _only(inside, partial=False), _only(inside, partial=True)))
    return tuple(found)


def whole_and_starred(correspondence: Correspondence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Source codes all of whose links count whole, and those with a starred one, each in the order of the correspondence."""
    starred = {link.source for link in correspondence.links if link.partial}
    codes = dict.fromkeys(link.source for link in correspondence.links)
    return tuple(code for code in codes if code not in starred), tuple(code for code in codes if code in starred)


def unlinked(correspondence: Correspondence, codes: Iterable[str]) -> tuple[str, ...]:
    """Those of the given source codes that map to nothing: a total over the correspondence leaves them out."""
    linked = {link.source for link in correspondence.links}
    return tuple(code for code in codes if code not in linked)


def _within(code: str, container: str, classification: Classification) -> bool:
    return code == container or container in classification.ancestors(code)


def _only(links: Iterable[CorrespondenceLink], *, partial: bool) -> tuple[CorrespondenceLink, ...]:
    return tuple(link for link in links if link.partial is partial)
