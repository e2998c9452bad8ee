"""Seeded faults are found and clean twins stay clean: floors at what is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.review_precision import DOCUMENTS, WHOLE, KindScore, findings, print_report, record, score, written

RECALL = {"list": 0.97, "magnitude": 0.92}
"""Floors of recall below one; every other kind finds all its seeded faults."""
WHOLE_RECALL = {"communique": 1.0, "report": 0.84}


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.md")), ids=lambda path: path.stem)
def test_seeded_faults_are_found_without_a_false_alarm(path: Path) -> None:
    found = score(path)
    assert found.seeded >= 40
    assert found.alarms == ()
    assert found.recall >= RECALL.get(found.kind, 1.0), found.missed


@pytest.mark.parametrize("path", sorted(WHOLE.glob("*.md")), ids=lambda path: path.stem)
def test_whole_documents_are_reviewed_without_a_false_alarm(path: Path) -> None:
    found = score(path)
    assert found.alarms == ()
    assert found.recall >= WHOLE_RECALL[found.kind], found.missed


def test_every_kind_of_claim_has_its_document() -> None:
    from guibiao.review.claims import KIND_NAMES

    assert {path.stem for path in DOCUMENTS.glob("*.md")} == set(KIND_NAMES) - {"source"}


def test_a_place_is_written_right_or_wrong() -> None:
    marked = "共⟦3¦4⟧家，占⟦5¦6⟧%。"
    assert written(marked, frozenset()) == ("共3家，占5%。", [])
    assert written(marked, frozenset({1})) == ("共3家，占6%。", [(5, 6)])


def test_findings_are_only_those_that_need_a_look() -> None:
    assert findings("手机由100万部增长到120万部，增长20%。") == []
    assert len(findings("手机由100万部增长到120万部，增长25%。")) == 1


def test_scores_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_report({"kinds": [record(KindScore("share", 4, 3, 1))], "documents": [], "characters a second": 300_000})
    assert capsys.readouterr().out.splitlines()[1].split() == ["share", "4", "3", "1", "0.750", "0.750"]
