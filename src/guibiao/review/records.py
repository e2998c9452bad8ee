"""Claims as records for files and as SARIF for editors' tools."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from guibiao.model.messages import active_language
from guibiao.review.claims import KIND_NAMES, Claim

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
AGREEING = frozenset({"ok", "rounded", "not derivable"})


def claim_record(claim: Claim) -> dict[str, Any]:
    """One claim; `low` and `high` bound the recomputed value, null where open; the explanation is in the user's language."""
    return {
        "doc": claim.doc, "where": claim.where, "start": claim.start, "end": claim.end, "kind": claim.kind, "claim": claim.claim,
        "claimed": claim.claimed, "recomputed": claim.recomputed, "low": None if claim.low is None else round(float(claim.low), 6),
        "high": None if claim.high is None else round(float(claim.high), 6), "verdict": claim.verdict, "severity": claim.severity,
        "explanation": explanation(claim), "explanation_zh": claim.explanation_zh, "explanation_en": claim.explanation_en,
    }  # fmt: skip


def explanation(claim: Claim) -> str:
    """One sentence in the user's language."""
    return claim.explanation_zh if active_language() == "zh" else claim.explanation_en


def sarif(claims: Sequence[Claim], files: Mapping[str, tuple[str, str]], version: str) -> dict[str, Any]:
    """SARIF 2.1.0 (OASIS) log of what does not agree; `files` maps a document's name to its path as given and its decoded text."""
    told = [claim for claim in claims if claim.verdict not in AGREEING]
    lines = {name: _line_starts(text) for name, (_path, text) in files.items()}
    kinds = sorted({claim.kind for claim in told})
    rules = [
        {"id": kind, "name": KIND_NAMES[kind][1], "shortDescription": {"text": KIND_NAMES[kind][active_language() != "zh"]}}
        for kind in kinds
    ]
    return {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "guibiao", "version": version, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": quote(path)}, "sourceLanguage": "zh"} for path, _text in files.values()],
                "results": [_result(claim, kinds.index(claim.kind), files, lines) for claim in told],
            }
        ],
    }


def _result(claim: Claim, rule: int, files: Mapping[str, tuple[str, str]], lines: Mapping[str, list[int]]) -> dict[str, Any]:
    path, _text = files[claim.doc]
    first, last = _place(lines[claim.doc], claim.start), _place(lines[claim.doc], claim.end)
    region = {
        "startLine": first[0], "startColumn": first[1], "endLine": last[0], "endColumn": last[1],
        "charOffset": claim.start, "charLength": claim.end - claim.start,
    }  # fmt: skip
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path), "index": list(files).index(claim.doc)},
            "region": region,
        }
    }
    return {
        "ruleId": claim.kind,
        "ruleIndex": rule,
        "level": _LEVELS[claim.severity],
        "message": {"text": explanation(claim)},
        "locations": [location],
        "properties": {"claimed": claim.claimed, "recomputed": claim.recomputed, "verdict": claim.verdict},
    }


def _line_starts(text: str) -> list[int]:
    return [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]


def _place(starts: list[int], offset: int) -> tuple[int, int]:
    """Line and column, 1-based, in characters."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
