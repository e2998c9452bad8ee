"""Recall and precision of the rules on the shipped workspace: faults known from reading, figures that are right, faults put in."""

from __future__ import annotations

import pytest

from benchmarks.editing import Corpus, labelled, report, seeded
from guibiao.reference.load import load_workspace
from tests.shipped_run import shipped_folder

DOCUMENTS = ("white_paper_2021", "benchmark_report_2023", "article_2021")
RIGHT = ("white_paper_2021_table_2", "white_paper_2021_table_7", "benchmark_report_2023_table_1", "benchmark_report_2023_table_2")
ARITHMETIC = ("total_is_sum", "indicators_add_up", "magnitude", "recomputed", "outlier", "implied_base")
FLOORS = {
    "digit swap": 0.1, "unit slip": 0.3, "shifted row": 0.12, "truncated share": 0.95, "wrong total": 0.5, "swapped years": 0.1,
}  # fmt: skip
"""Recall over all faults put in, in figures that can be checked and in those that stand alone."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(load_workspace(shipped_folder()))


def test_faults_known_from_reading_are_found_and_nothing_else_is_told(corpus: Corpus) -> None:
    measured = labelled(corpus, DOCUMENTS)
    assert measured.recall >= 0.9
    assert measured.precision >= 0.9, [(one.rule, one.indicator, one.period, one.claimed) for one in measured.unlisted]


@pytest.mark.parametrize("dataset", RIGHT)
def test_right_tables_are_not_called_wrong(corpus: Corpus, dataset: str) -> None:
    told = [one for group in corpus.baseline.values() for one in group if one.dataset == dataset]
    assert [one.message for one in told if any(name in one.rule for name in ARITHMETIC)] == []


def test_alarms_on_panels_are_few(corpus: Corpus) -> None:
    figures = sum(len(rows) for rows in corpus.rows.values())
    told = [one for group in corpus.baseline.values() for one in group if one.source not in DOCUMENTS]
    assert len(told) / figures < 0.01


def test_faults_put_in_are_found(corpus: Corpus) -> None:
    for score in seeded(corpus, 15):
        assert score.made == 15, score
        assert score.found / score.made >= FLOORS[score.kind], score
        assert score.about >= 0.9 * score.findings, score


def test_the_measures_are_printed(corpus: Corpus) -> None:
    text = report(corpus, DOCUMENTS, 2)
    assert "recall 0.9" in text
    assert all(kind in text for kind in FLOORS)
