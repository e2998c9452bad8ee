"""The date of a document: given, printed in its date line or number, or inferred from the years it plans for or looks back on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from guibiao.model.text.blocks import DocumentText, TextBlock
from guibiao.model.text.dates import FIVE_YEAR_PLANS

_DATE_LINE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(?:(\d{1,2})日)?")
_TITLE = 60


def document_date(document: DocumentText) -> date | None:
    """The document's own date: as given, else of its date line or number, else from what it plans or looks back on."""
    if document.dated:
        parts = [int(part) for part in document.dated.split("-")]
        return date(parts[0], parts[1] if len(parts) > 1 else 12, parts[2] if len(parts) > 2 else 28)
    for block in (*document.blocks[:40], *document.blocks[-15:]):
        found = _DATE_LINE.search(block.text)
        if found is not None and len(block.text) <= 20:
            month, day = min(max(int(found[2]), 1), 12), min(max(int(found[3] or 28), 1), 28)
            return date(int(found[1]), month, day)
    head = "".join(block.text for block in document.blocks[:30])[:3000]
    numbered = re.search(r"〔((?:19|20)\d\d)〕", head)
    plan = re.search(r"“?(十[二三四五六]五)”?[^。]{0,20}规划", document.name + head[:200])
    titles = " ".join([document.name, *(block.text for block in document.blocks[:12] if len(block.text) <= _TITLE)])
    planned = re.search(r"((?:19|20)\d\d)\s?年?\s?[—–-]{1,2}\s?(?:19|20)\d\d\s?年?[)）]?", titles)
    if planned is not None:
        return date(int(planned[1]), 6, 30)
    if plan is not None:
        return date(FIVE_YEAR_PLANS[plan[1]] - 4, 6, 30)
    if numbered is not None and not re.search(r"[(（][^()（）]{0,12}〔", head):
        return date(int(numbered[1]), 12, 31)
    return _looked_back(document.blocks)


def _looked_back(blocks: Sequence[TextBlock]) -> date | None:
    """The last year of which the document reports figures; else the one before the first it plans for."""
    text = "".join(block.text for block in blocks)[:60_000]
    past = [
        int(year)
        for year in re.findall(r"(?:截至|截止到?)((?:19|20)\d\d)年|(?<![到至])((?:19|20)\d\d)年[^。]{0,40}(?:同比|比上年)", text)
        for year in year
        if year
    ]
    if past:
        return date(max(past), 12, 31)
    ahead = [int(year) for year in re.findall(r"[到至]((?:19|20)\d\d)年", text)]
    every = [int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d\d)年", text)]
    if ahead:
        earlier = [year for year in every if year < min(ahead)]
        return date(max(earlier), 12, 31) if earlier else date(min(ahead) - 2, 12, 31)
    return date(max(every), 12, 31) if every else None
