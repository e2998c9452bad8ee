"""What is done with a document handed in to the site, in a process of its own with a limit on memory: review, proposals."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guibiao.document_jobs import CONTENT, RESULT, Refusal, Task
from guibiao.document_texts import DocumentTexts, document_record, writable
from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import speaking
from guibiao.model.messages import translate as _
from guibiao.store.files import replace_whole

if TYPE_CHECKING:
    from guibiao.model.text.blocks import DocumentText
    from guibiao.review.claims import Claim
    from guibiao.review.sourced import PublishedFigures

Facts = Mapping[str, Any]


def review_document(task: Task) -> Facts | Refusal:
    """Review a document against itself and, where a release is named, the figures published in it."""
    return _guarded(task, _review)


def propose_from_document(task: Task) -> Facts | Refusal:
    """Take in the targets and tasks that a document proposes."""
    return _guarded(task, _propose)


def _guarded(task: Task, act: Callable[[Task], Facts]) -> Facts | Refusal:
    """The facts, or why the document cannot be worked on, in the language of who handed it in."""
    _limit_memory(task.memory)
    with speaking(task.language):
        try:
            return act(task)
        except GuibiaoError as error:
            return Refusal(error.title, error.description, error.remedy)
        except (MemoryError, RecursionError):
            told = _("这份文件展开后过大，读不下")
            return Refusal(told, "", _("删去大图和空白区域，或拆成几个文件。"))


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # not on this system: the limit on time remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _read(task: Task) -> DocumentText:
    from guibiao.ingest.documents import read_document

    document = read_document((Path(task.folder) / CONTENT).read_bytes(), task.name)
    return replace(document, dated=task.dated) if task.dated else document


def _review(task: Task) -> Facts:
    from guibiao.review.review import review

    document = _read(task)
    published, narrowed = _published(task.needs)
    claims = list(review([document], published))
    compared = task.needs.get("release", "") if published is not None else ""
    result = {"document": document_record(document), "claims": [_claim_record(each) for each in claims], "release": compared}
    replace_whole(Path(task.folder) / RESULT, json.dumps(result).encode())
    verdicts: dict[str, int] = {}
    for each in claims:
        verdicts[each.verdict] = verdicts.get(each.verdict, 0) + 1
    size = {"claims": len(claims), "characters": len(document.original)}
    return {**size, "verdicts": verdicts, "release": result["release"], "narrowed": narrowed}


def _claim_record(claim: Claim) -> dict[str, Any]:
    plain = {name: writable(value) if isinstance(value, str) else value for name, value in asdict(claim).items()}
    return plain | {side: None if plain[side] is None else str(plain[side]) for side in ("low", "high")}


def _published(needs: Mapping[str, str]) -> tuple[PublishedFigures | None, bool]:
    if not needs.get("release"):
        return None, False
    from guibiao.reference.load import load_workspace
    from guibiao.reviewing import released_figures
    from guibiao.store.release_reader import PublishedReleases

    release = PublishedReleases(Path(needs["releases"])).open(needs["release"])
    return (None, False) if release is None else released_figures(load_workspace(Path(needs["workspace"])), release)


def _propose(task: Task) -> Facts:
    from guibiao.decisions import DecisionDesk
    from guibiao.policy.paper import text_digest
    from guibiao.reference.load import load_workspace
    from guibiao.store.operations.opening import open_operations

    document, workspace = _read(task), load_workspace(Path(task.needs["workspace"]))
    texts, digest = DocumentTexts(Path(task.needs["texts"])), text_digest(document)
    store = open_operations(task.needs["operations"], workspace.settings.id)
    is_new = texts.keep(digest, document)
    try:
        done = DecisionDesk(workspace, store, lambda: datetime.now(UTC)).propose(document, task.owner, name=task.needs.get("paper", ""))
    except BaseException:
        if is_new:
            texts.forget(digest)
        raise
    finally:
        store.close()
    return {
        "paper": done.paper.id, "new": done.new, "adopted": done.adopted, "updated": done.updated, "unchanged": done.unchanged,
        "decided_otherwise": list(done.decided_otherwise), "gone": list(done.gone), "left_out": dict(done.left_out),
    }  # fmt: skip
