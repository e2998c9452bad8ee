"""The annotated documents: every record is well formed and stands where it says, and the README counts them right."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "annotations"
FILES = sorted(FOLDER.glob("*/*.json"))
HALVES = ("tune", "score")
CLASSES = (
    "policy_target",
    "implicit",
    "corporate",
    "forecast",
    "project_spec",
    "support_cap",
    "event_plan",
    "planned_scope",
    "enumeration",
    "retrospective",
)
OPERATORS = {"=", ">=", ">", "<=", "<", "approx", "range", "multiple_of_base"}
KINDS = {"level", "increment", "ratio", "growth", "count", "ranking", "relative"}
SCOPES = {"inline", "same_sentence", "same_paragraph", "inherited", "none"}
FIELDS = {"value", "value_high", "unit", "operator", "start", "end", "class", "deadline", "deadline_scope", "kind", "geography"}
IN_WORDS = {"翻一番": 2, "全覆盖": 100, "全面覆盖": 100, "无缝覆盖": 100, "全部": 100, "半数": 50, "一半": 50}
DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2}
PLACES = {"十": 10, "百": 100, "千": 1000}


def read(path: Path) -> dict[str, Any]:
    annotated: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return annotated


def all_targets(half: str) -> list[dict[str, Any]]:
    return [target for path in FILES if path.parent.name == half for target in read(path)["targets"]]


def squeezed(text: str) -> str:
    return "".join(text.split())


def source(shared_folder: Path, document: str) -> Path:
    return next(path for folder in ("seeds", "data/policy_texts") if (path := shared_folder / folder / document).is_file())


def text_of(shared_folder: Path, document: str) -> str:
    return source(shared_folder, document).read_bytes().decode("utf-8")


def chinese_number(words: str) -> int:
    """The number below ten thousand that Chinese numerals write; 百 and 千 alone are 100 and 1000."""
    total, digit = 0, None
    for character in words:
        if character in PLACES:
            total, digit = total + (1 if digit is None else digit) * PLACES[character], None
        else:
            digit = DIGITS[character]
    return total + (digit or 0)


def numbers(text: str, unit: str) -> list[float]:
    """Every number a quantity's text may stand for, in the order printed."""
    plain = squeezed(unicodedata.normalize("NFKC", text))
    if plain in IN_WORDS:
        return [IN_WORDS[plain]]
    figures = re.findall(r"^-?\d+(?:\.\d+)?|(?<=\D)\d+(?:\.\d+)?", plain)
    if figures:
        return [float(figure) for figure in figures]
    words = plain.removeprefix("第").removesuffix(unicodedata.normalize("NFKC", unit)).rstrip("多余")
    return [chinese_number(words) if words else 1]


def test_both_halves_are_there_and_share_no_document() -> None:
    documents = {half: [read(path)["document"] for path in FILES if path.parent.name == half] for half in HALVES}
    names = documents["tune"] + documents["score"]
    assert len(names) == len(set(names)) == len(FILES)
    assert all(len(documents[half]) >= 8 for half in HALVES)
    assert all(len(all_targets(half)) >= 250 for half in HALVES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_records_are_well_formed(path: Path) -> None:
    annotated = read(path)
    assert set(annotated) == {"document", "sha256", "start", "end", "targets", "tasks"}
    place = annotated["start"]
    for target in annotated["targets"]:
        assert set(target) == FIELDS
        assert target["class"] in CLASSES
        assert target["operator"] in OPERATORS
        assert target["kind"] in KINDS
        assert target["deadline_scope"] in SCOPES
        assert (target["deadline"] is None) == (target["deadline_scope"] == "none")
        assert target["deadline"] is None or str(date.fromisoformat(target["deadline"])) == target["deadline"]
        assert (target["operator"] == "range") == (target["value_high"] is not None)
        assert target["value_high"] is None or target["value"] < target["value_high"]
        assert target["class"] != "retrospective" or target["deadline"] is None
        assert place <= target["start"] < target["end"] <= annotated["end"]
        place = target["end"]


def test_readme_counts_the_records_of_each_class() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    counted = {half: Counter(target["class"] for target in all_targets(half)) for half in HALVES}
    for name in CLASSES:
        tune, score = (counted[half][name] for half in HALVES)
        assert f"| {name} | {tune} | {score} | {tune + score} |" in readme
    totals = [counted[half].total() for half in HALVES]
    assert f"| all | {totals[0]} | {totals[1]} | {sum(totals)} |" in readme


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_readme_counts_the_records_of_each_document(path: Path) -> None:
    annotated = read(path)
    targets = annotated["targets"]
    cells = [
        len(targets),
        sum(target["class"] == "policy_target" for target in targets),
        sum(target["deadline"] is not None for target in targets),
        len(annotated["tasks"]),
    ]
    row = (
        rf"\| {path.parent.name} \| {path.stem} \| {annotated['start']}-{annotated['end']} of \d+ \| "
        + r" \| ".join(map(str, cells))
        + r" \|"
    )
    assert re.search(row, (FOLDER / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_documents_are_those_that_were_read(shared_folder: Path, path: Path) -> None:
    annotated = read(path)
    assert hashlib.sha256(source(shared_folder, annotated["document"]).read_bytes()).hexdigest() == annotated["sha256"]
    assert annotated["end"] <= len(text_of(shared_folder, annotated["document"]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_number_stands_at_its_offsets(shared_folder: Path, path: Path) -> None:
    annotated = read(path)
    text = text_of(shared_folder, annotated["document"])
    for target in annotated["targets"]:
        quantity = text[target["start"] : target["end"]]
        assert quantity == quantity.strip()
        expected = [target["value"]] + ([target["value_high"]] if target["value_high"] is not None else [])
        assert numbers(quantity, target["unit"]) == expected, quantity


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_titles_and_units_of_tasks_stand_in_their_span(shared_folder: Path, path: Path) -> None:
    annotated = read(path)
    text = text_of(shared_folder, annotated["document"])
    for task in annotated["tasks"]:
        span = squeezed(text[task["start"] : task["end"]])
        assert task["number"].rpartition(".")[2] in span[:6]
        assert task["title"] in span
        assert len(task["units"]) == len(set(task["units"]))
        assert all(unit in span for unit in task["units"])
        divided = any(other["number"].startswith(f"{task['number']}.") for other in annotated["tasks"])
        assert bool(task["units"]) != divided
