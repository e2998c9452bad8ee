"""What a real white paper, plans and reports hold: all of their known faults, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from guibiao.ingest.documents import read_document
from guibiao.review.claims import Claim
from guibiao.review.review import review

KNOWN = {
    ("growth", "100%"),
    ("list", "22个"),
    ("list", "16家"),
    ("unit", "百部"),
    ("magnitude", "121.3"),
    ("date", "2021年全年"),
    ("overlap", "894.29亿元"),
    ("share", "10.18%"),
    ("share", "14.28%"),
    ("share", "5.92%"),
    ("repeated", "9.7亿元"),
}


def claims(path: Path) -> list[Claim]:
    return list(review([read_document(path.read_bytes(), path.name)]))


def told(path: Path) -> set[tuple[str, str]]:
    return {(claim.kind, claim.claimed) for claim in claims(path) if claim.severity != "info"}


def test_the_white_paper_has_its_known_faults_and_no_others(shared_folder: Path) -> None:
    path = next((shared_folder / "seeds").glob("000_*.txt"))
    assert told(path) == KNOWN


def test_tables_that_add_up_are_found_to(shared_folder: Path) -> None:
    right = [(claim.kind, claim.where[:2], claim.verdict) for claim in claims(next((shared_folder / "seeds").glob("000_*.txt")))]
    assert right.count(("growth", "表7", "ok")) == 4
    assert right.count(("total", "数字", "ok")) == 7
    totals = [claim for claim in claims(next((shared_folder / "seeds").glob("004_*.txt"))) if claim.kind == "total"]
    assert [claim.claimed for claim in totals] == ["24款", "52款", "414485家", "39651家", "259440家", "43760家"]
    assert {claim.verdict for claim in totals} == {"ok"}


@pytest.mark.parametrize("number", ["001", "002", "003", "004"])
def test_other_documents_raise_no_alarm(shared_folder: Path, number: str) -> None:
    assert told(next((shared_folder / "seeds").glob(f"{number}_*.txt"))) == set()


def test_policies_raise_no_alarm(shared_folder: Path) -> None:
    paths = sorted((shared_folder / "data" / "policy_texts").glob("*.txt"))
    assert len(paths) > 50
    assert {path.name: found for path in paths if (found := told(path))} == {}


def test_offsets_lead_to_the_claimed_number(shared_folder: Path) -> None:
    path = next((shared_folder / "seeds").glob("000_*.txt"))
    document = read_document(path.read_bytes(), path.name)
    for claim in review([document]):
        if claim.kind == "share":
            number = claim.claimed.removesuffix("%")
            assert number in document.original[claim.start : claim.end].replace(" ", "")
