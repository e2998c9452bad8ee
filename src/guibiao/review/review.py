"""A document, or several against each other, to the claims that can be recomputed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from guibiao.model.text.blocks import DocumentText
from guibiao.review.claims import Claim
from guibiao.review.columns import column_claims
from guibiao.review.counted import count_claims
from guibiao.review.dated import calendar_claims, later_claims
from guibiao.review.grids import grids
from guibiao.review.growths import growth_claims
from guibiao.review.lists import list_claims
from guibiao.review.named_wholes import named_whole_claims
from guibiao.review.people import per_person_claims
from guibiao.review.reading import Passage, own_date, passages
from guibiao.review.repeated import repeated_claims, statements
from guibiao.review.shares import share_claims
from guibiao.review.sourced import PublishedFigures, source_claims
from guibiao.review.stated import overlap_claims, table_statements, tables_against_tables, text_against_tables
from guibiao.review.sums import sum_claims
from guibiao.review.tables import table_claims
from guibiao.review.unit_words import unit_claims


def review(documents: Sequence[DocumentText], published: PublishedFigures | None = None) -> Iterator[Claim]:
    """Claims document by document in order of place, figures stated twice among all of them included, and figures published elsewhere.

    Documents bear different names. A claim is told once.
    """
    read = [(document, passages(document)) for document in documents]
    stated = [statement for _document, paragraphs in read for statement in statements(paragraphs)]
    across: dict[str, list[Claim]] = defaultdict(list)
    for claim in repeated_claims(stated):
        across[claim.doc].append(claim)
    seen: set[tuple[str, int, int, str]] = set()
    for document, paragraphs in read:
        sourced = source_claims(paragraphs, published) if published is not None else ()
        own = [*_within(document, paragraphs), *sourced, *across[document.name]]
        # Where two checks meet on one place, the one that found a fault speaks.
        for claim in sorted(own, key=lambda claim: (claim.start, claim.end, claim.kind, claim.severity == "info")):
            key = (claim.doc, claim.start, claim.end, claim.kind)
            if key not in seen:
                seen.add(key)
                yield claim


def _within(document: DocumentText, paragraphs: Sequence[Passage]) -> Iterator[Claim]:
    tables = list(grids(document.name, document.blocks))
    for grid in tables:
        yield from table_claims(grid)
        yield from column_claims(grid)
    for passage in paragraphs:
        yield from growth_claims(passage)
        yield from share_claims(passage)
        yield from sum_claims(passage)
        yield from unit_claims(passage)
        yield from calendar_claims(passage)
    yield from list_claims(paragraphs, document.blocks)
    yield from count_claims(paragraphs, tables)
    yield from later_claims(paragraphs, own_date(document))
    yield from named_whole_claims(paragraphs)
    yield from per_person_claims(paragraphs, tables)
    entries = table_statements(tables)
    yield from text_against_tables(paragraphs, entries)
    yield from tables_against_tables(entries)
    yield from overlap_claims(paragraphs)
