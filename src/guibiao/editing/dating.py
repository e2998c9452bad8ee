"""Figures for a period that had not ended when their document came out.

Method sheet: docs/methods/0214-figures-dated-after-their-document.md.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from guibiao.editing.figures import Days, Figure, Subject
from guibiao.editing.specification import Specifications
from guibiao.editing.telling import name_of, subject_words, tell
from guibiao.model.basis import Method, Precision, parse_known_from
from guibiao.model.finding import Finding, Severity
from guibiao.model.messages import translate as _

FORESEEN = {Method.FORECAST.value, Method.ESTIMATED.value}


def document_days(known_from: str) -> Days:
    """First and last day on which a document with this date can have come out."""
    day, precision = parse_known_from(known_from)
    if precision is Precision.YEAR:
        return day, date(day.year, 12, 31)
    if precision is Precision.MONTH:
        return day, day.replace(day=monthrange(day.year, day.month)[1])
    return day, day


def check_dates(subject: Subject, specifications: Specifications) -> list[Finding]:
    """A period that ends after the document is a warning, and so is one known only later; one that ends on the document's last possible
    day, where the time stated may be the workspace's reading, is information. Forecasts and estimates are left out."""
    specification = specifications["dated_after_document"]
    if not specification.active:
        return []
    found: list[Finding] = []
    doubtful: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for claim in subject.claims():
        if claim.source not in subject.documents or claim.method in FORESEEN or claim.original:
            continue
        last = subject.documents[claim.source][1]
        if claim.days[1] > last or (claim.days[1] == last and claim.known_from > last):
            message = _("{where}为 {claimed}，报告期止于 {end}，而文献最晚在 {last} 发布：不可能是已满报告期的数").format(
                where=subject_words(subject, claim), claimed=claim.quantity.printed(), end=claim.days[1], last=last
            )
            found.append(tell("dated_after_document", specification.severity, claim, message, _remedy()))
        elif claim.days[1] == last:
            doubtful[claim.source, claim.dataset].append(claim)
    return [*found, *(_doubted(subject, claims) for claims in doubtful.values())]


def _doubted(subject: Subject, claims: Sequence[Figure]) -> Finding:
    """One finding of information a table: figures whose period ends on the document's last possible day."""
    message = _("{indicator}有 {count} 个数的报告期止于 {end}，正是文献最晚的发布日：报告期可能未满，或期末是录入时推定的").format(
        indicator=name_of(subject.indicator), count=len(claims), end=claims[0].days[1]
    )
    return tell("dated_after_document", Severity.INFO, claims[0], message, _remedy())


def _remedy() -> str:
    return _("核对文献的真实日期或该数的报告期；是预计数的，注明预计。")
