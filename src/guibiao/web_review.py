"""The site's review of documents that people hand in: read in a process beside the server, compared with the current release."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from guibiao import __version__
from guibiao.document_jobs import DocumentJobs, Limits
from guibiao.document_tasks import review_document
from guibiao.document_texts import document_of
from guibiao.model.messages import speaking
from guibiao.model.text.blocks import DocumentText
from guibiao.reference.definitions import Workspace
from guibiao.review.claims import KIND_NAMES, Claim
from guibiao.review.marked import annotated_html
from guibiao.review.records import claim_record, sarif
from guibiao.serve.document_services import Handed, Job, Reviewed, ReviewedClaim, ReviewForm
from guibiao.store.open import open_archive

FOLDER = "documents"
"""In the output folder."""
KEPT = 4
"""Reviews kept in memory."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


@dataclass(frozen=True, slots=True)
class _Result:
    document: DocumentText
    claims: Sequence[Claim]
    release: str


class DocumentReviews:
    """`serve.document_services.ReviewDesk` over jobs in the output folder."""

    def __init__(self, workspace: Workspace, out: Path, limits: Limits | None = None) -> None:
        self._workspace = workspace
        self._archive = out / "releases"
        self._jobs = DocumentJobs(out / FOLDER, "review", review_document, limits=limits)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Result] = OrderedDict()

    @property
    def kept_days(self) -> int:
        """See `JobDesk.kept_days`."""
        return self._jobs.limits.days

    def begin(self) -> None:
        """Take away what is over its days."""
        self._jobs.begin()

    def close(self) -> None:
        """Stop working."""
        self._jobs.close()

    def submit(self, handed: Handed) -> str:
        """See `ReviewDesk.submit`."""
        dated = handed.dated.isoformat() if handed.dated else ""
        return self._jobs.submit(
            handed.name, handed.content, handed.owner, handed.language, dated, release=open_archive(self._archive).pointer(),
            releases=str(self._archive.resolve()), workspace=str(self._workspace.folder.resolve()),
        )  # fmt: skip

    def jobs(self, owner: str = "") -> Sequence[Job]:
        """See `JobDesk.jobs`."""
        return self._jobs.jobs(owner)

    def job(self, name: str) -> Job | None:
        """See `JobDesk.job`."""
        return self._jobs.job(name)

    def remove(self, name: str) -> None:
        """See `JobDesk.remove`."""
        self._jobs.remove(name)
        with self._lock:
            self._kept.pop(name, None)

    def reviewed(self, name: str) -> Reviewed | None:
        """See `ReviewDesk.reviewed`."""
        result = self._result(name)
        if result is None:
            return None
        return Reviewed(document=result.document, claims=tuple(map(_claim, result.claims)), release=result.release)

    def file(self, name: str, form: ReviewForm, language: str) -> bytes | None:
        """See `ReviewDesk.file`."""
        result, job = self._result(name), self._jobs.job(name)
        if result is None or job is None:
            return None
        with speaking(language):
            records = [claim_record(claim) for claim in result.claims]
            if form == "csv":
                return _csv(records)
            if form == "json":
                return _json(records)
            if form == "sarif":
                return _json(sarif(result.claims, {result.document.name: (job.name, result.document.original)}, __version__))
            return annotated_html(result.document, result.claims).encode()

    def _result(self, name: str) -> _Result | None:
        content = self._jobs.result(name)
        if content is None:
            return None
        with self._lock:
            found = self._kept.get(name)
        if found is None:
            record = json.loads(content)
            found = _Result(document_of(record["document"]), [_restored(each) for each in record["claims"]], record["release"])
        with self._lock:
            self._kept[name] = found
            self._kept.move_to_end(name)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


def _restored(record: dict[str, Any]) -> Claim:
    bounds = {side: None if record[side] is None else Decimal(record[side]) for side in ("low", "high")}
    return Claim(**{**record, **bounds})


def _claim(claim: Claim) -> ReviewedClaim:
    name_zh, name_en = KIND_NAMES[claim.kind]
    return ReviewedClaim(
        start=claim.start, end=claim.end, kind=claim.kind, kind_zh=name_zh, kind_en=name_en, where=claim.where, claim=claim.claim,
        claimed=claim.claimed, recomputed=claim.recomputed, verdict=claim.verdict, severity=claim.severity,
        explanation_zh=claim.explanation_zh, explanation_en=claim.explanation_en, figure=claim.compared,
    )  # fmt: skip


def _csv(records: Sequence[dict[str, Any]]) -> bytes:
    """A table for spreadsheets; text that one would compute is marked as text."""
    target = io.StringIO()
    names = ("where", "claim", "claimed", "recomputed", "verdict", "severity", "kind", "explanation", "start", "end")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(names)
    for record in records:
        writer.writerow([_inert(record[name]) for name in names])
    return "\ufeff".encode() + target.getvalue().encode()


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
