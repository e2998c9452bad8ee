"""How well the annotated documents are read: floors just under what is reached, so that no change loses it unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.policy_extraction import HALVES, SCORES, Score, Scores, links, measure, score_half, synthetic_plan, task_number

FLOORS = {
    "tune": {"targets": 0.97, "targets_in_prose": 0.97, "targets_in_tables": 0.97, "deadlines": 0.94,
        "classes": 0.94, "quantities": 0.96, "tasks": 1.0, "kinds": 0.97},
    "score": {"targets": 0.82, "targets_in_prose": 0.87, "deadlines": 0.85, "classes": 0.82, "quantities": 0.87},
}  # fmt: skip


@pytest.fixture(scope="module")
def scored() -> dict[Path, dict[str, Scores]]:
    return {}


@pytest.mark.parametrize(("half", "name"), [(half, name) for half in HALVES for name in FLOORS[half]])
def test_floors(shared_folder: Path, scored: dict[Path, dict[str, Scores]], half: str, name: str) -> None:
    halves = scored.setdefault(shared_folder, {})
    if half not in halves:
        halves[half] = score_half(half, shared_folder)
    assert halves[half].skipped == []
    assert getattr(halves[half], name).f1 >= FLOORS[half][name]


def test_without_the_documents_everything_is_skipped_and_named(tmp_path: Path) -> None:
    scores = score_half("tune", tmp_path)
    assert scores.documents == 0
    assert len(scores.skipped) == 10
    assert scores.targets.annotated == 0


def test_the_linking_rule() -> None:
    annotated = [{"start": 10, "end": 14, "value": 10, "value_high": None, "unit": "万户", "class": "policy_target"}]
    found = {"value_start": 12, "value_end": 15, "value": 100000, "value_high": None, "unit": "户", "class": "retrospective"}
    assert links(annotated, [found], classes=False) == {0: 0}
    assert links(annotated, [found], classes=True) == {}
    assert links(annotated, [found | {"value_start": 14}], classes=False) == {}
    assert links(annotated, [found | {"value": 10}], classes=False) == {}
    assert links(annotated, [found | {"unit": "家"}], classes=False) == {}


def test_scores_are_counted_right() -> None:
    score = Score(annotated=8, extracted=10, agreeing=6)
    assert (score.precision, score.recall) == (0.6, 0.75)
    assert score.f1 == pytest.approx(2 / 3)
    assert task_number({"number": "1.", "parent": "（四）"}) == "四.1"


def test_the_measurement_runs_without_the_shared_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.policy_extraction.SIZES", (2_000, 8_000))
    report = measure(tmp_path, quiet=True)
    assert set(report["scores"]) == set(HALVES)
    assert all(len(report["scores"][half]["skipped"]) >= 10 and set(SCORES) <= set(report["scores"][half]) for half in HALVES)
    assert all(rate > 0 for rate in report["characters a second"].values())
    assert "责任单位" in synthetic_plan()
