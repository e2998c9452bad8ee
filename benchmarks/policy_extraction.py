"""How well and how fast policy documents are read, against the annotated documents in tests/policy/annotations.

Rules are tuned on the half `tune`; `score` is only ever scored. Two records are the same quantity where their spans overlap, their values
are equal in base units (value times magnitude, so 10 万户 is 100000 户) and the units without magnitude are equal; then the class must be
equal too. Documents are found by name and SHA-256 in the folder of shared material; those not there are skipped and named.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ANNOTATIONS = ROOT / "tests" / "policy" / "annotations"
SHARED = ROOT.parent / "shared"
HALVES = ("tune", "score")
TARGETS = frozenset({"policy_target", "implicit"})
_PIECE = 1500
_ALIASES = {"平米": "平方米", "千米": "公里", "百分点": "个百分点"}

Record = Mapping[str, Any]


@dataclass(slots=True)
class Score:
    """Counts of one comparison: what was annotated, what was extracted, what agrees."""

    annotated: int = 0
    extracted: int = 0
    agreeing: int = 0

    def add(self, annotated: int, extracted: int, agreeing: int) -> None:
        self.annotated, self.extracted, self.agreeing = self.annotated + annotated, self.extracted + extracted, self.agreeing + agreeing

    @property
    def precision(self) -> float:
        return self.agreeing / self.extracted if self.extracted else float(not self.annotated)

    @property
    def recall(self) -> float:
        return self.agreeing / self.annotated if self.annotated else 1.0

    @property
    def f1(self) -> float:
        total = self.annotated + self.extracted
        return 2 * self.agreeing / total if total else 1.0


@dataclass(slots=True)
class Scores:
    """All comparisons of one half."""

    targets: Score = field(default_factory=Score)
    targets_in_prose: Score = field(default_factory=Score)
    targets_in_tables: Score = field(default_factory=Score)
    targets_without_tables: Score = field(default_factory=Score)
    """Only documents in which no table was found."""
    classes: Score = field(default_factory=Score)
    quantities: Score = field(default_factory=Score)
    """Value and unit, whatever the class."""
    deadlines: Score = field(default_factory=Score)
    """Of the targets annotated with one; `extracted` counts the targets extracted with one."""
    tasks: Score = field(default_factory=Score)
    operators: Score = field(default_factory=Score)
    kinds: Score = field(default_factory=Score)
    geographies: Score = field(default_factory=Score)
    documents: int = 0
    skipped: list[str] = field(default_factory=list)

    def add(self, other: Scores) -> None:
        for name in SCORES:
            one: Score = getattr(other, name)
            getattr(self, name).add(one.annotated, one.extracted, one.agreeing)
        self.documents += other.documents
        self.skipped += other.skipped


SCORES = (
    "targets", "targets_in_prose", "targets_in_tables", "targets_without_tables", "classes", "quantities", "deadlines", "tasks",
    "operators", "kinds", "geographies",
)  # fmt: skip


def score_half(half: str, shared: Path = SHARED) -> Scores:
    """Scores of all documents of a half that are there, unchanged."""
    scores = Scores()
    for path in sorted((ANNOTATIONS / half).glob("*.json")):
        scores.add(score_document(json.loads(path.read_text(encoding="utf-8")), shared))
    return scores


def score_document(annotated: Mapping[str, Any], shared: Path) -> Scores:
    """Scores of one document; empty, with its name in `skipped`, where it is not there as it was annotated."""
    from guibiao.ingest.documents import read_document
    from guibiao.policy.records import target_record, task_record
    from guibiao.policy.targets import extract_targets
    from guibiao.policy.tasks import extract_tasks

    name = annotated["document"]
    source = next((path for folder in ("seeds", "data/policy_texts") if (path := shared / folder / name).is_file()), None)
    content = b"" if source is None else source.read_bytes()
    if hashlib.sha256(content).hexdigest() != annotated["sha256"]:
        return Scores(skipped=[name])
    document = read_document(content, name)
    first, last = annotated["start"], annotated["end"]
    cells = [block.span(0, len(block.text)) for block in document.blocks if block.kind == "cell"]
    found = [
        record for record in map(target_record, extract_targets(document)) if first <= record["value_start"] and record["value_end"] <= last
    ]
    scores = Scores(documents=1)
    _score_targets(scores, annotated["targets"], found, cells)
    if annotated["tasks"]:
        _score_tasks(scores, annotated["tasks"], [task_record(task) for task in extract_tasks(document)])
    return scores


def links(annotated: Sequence[Record], found: Sequence[Record], *, classes: bool) -> dict[int, int]:
    """Index of the extracted record for that of each annotated one that it agrees with; each is used once."""
    linked: dict[int, int] = {}
    used: set[int] = set()
    for index, wanted in enumerate(annotated):
        for number, each in enumerate(found):
            overlapping = each["value_start"] < wanted["end"] and wanted["start"] < each["value_end"]
            if number in used or not overlapping or _size(each) != _size(wanted) or (classes and each["class"] != wanted["class"]):
                continue
            linked[index] = number
            used.add(number)
            break
    return linked


def _score_targets(scores: Scores, annotated: Sequence[Record], found: Sequence[Record], cells: Sequence[tuple[int, int]]) -> None:
    scores.quantities.add(len(annotated), len(found), len(links(annotated, found, classes=False)))
    scores.classes.add(len(annotated), len(found), len(links(annotated, found, classes=True)))
    wanted, extracted = [each for each in annotated if each["class"] in TARGETS], [each for each in found if each["class"] in TARGETS]
    linked = links(wanted, extracted, classes=True)
    scores.targets.add(len(wanted), len(extracted), len(linked))
    if not cells:
        scores.targets_without_tables.add(len(wanted), len(extracted), len(linked))
    for in_table, score in ((True, scores.targets_in_tables), (False, scores.targets_in_prose)):
        score.add(
            sum(_within(each["start"], cells) is in_table for each in wanted),
            sum(_within(each["value_start"], cells) is in_table for each in extracted),
            sum(_within(wanted[index]["start"], cells) is in_table for index in linked),
        )
    pairs = [(wanted[index], extracted[number]) for index, number in linked.items()]
    dated = links(wanted, found, classes=False)
    agreeing = sum(wanted[index]["deadline"] == found[number]["deadline"] is not None for index, number in dated.items())
    scores.deadlines.add(
        sum(each["deadline"] is not None for each in wanted), sum(each["deadline"] is not None for each in extracted), agreeing
    )
    for name, score in (("operator", scores.operators), ("kind", scores.kinds), ("geography", scores.geographies)):
        score.add(len(pairs), len(pairs), sum(one[name] == other[name] for one, other in pairs))


def _score_tasks(scores: Scores, annotated: Sequence[Record], found: Sequence[Record]) -> None:
    """A task agrees where its number (parent.child) and all its units do."""
    wanted = Counter((each["number"], tuple(each["units"])) for each in annotated)
    extracted = Counter((task_number(each), tuple(each["units"])) for each in found)
    scores.tasks.add(wanted.total(), extracted.total(), (wanted & extracted).total())


def task_number(record: Record) -> str:
    """The number of an extracted task without its marks, after that of its parent: 四、 and 1. are 四.1."""
    return ".".join(each.strip("、.．()（） ") for each in (record["parent"] or "", record["number"]) if each)


def _size(record: Record) -> tuple[float, float | None, str]:
    power, symbol = _base(record["unit"])
    high = record["value_high"]
    return float(f"{record['value'] * 10.0**power:.9g}"), None if high is None else float(f"{high * 10.0**power:.9g}"), symbol


@cache
def _base(unit: str) -> tuple[int, str]:
    from guibiao.policy.targets import base_unit

    symbol = base_unit(unit)
    scale = unit.removesuffix(symbol) if symbol else unit
    powers = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
    return sum(powers.get(each, 0) for each in scale), _ALIASES.get(symbol, symbol)


def _within(offset: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in spans)


def speed(text: str, size: int) -> float:
    """Characters a second, on one core, from the bytes of a text of `size` characters to its targets and tasks."""
    from guibiao.ingest.documents import read_document
    from guibiao.policy.targets import extract_targets
    from guibiao.policy.tasks import extract_tasks

    content = (text * (size // len(text) + 1))[:size].encode()
    best = float("inf")
    for _ in range(max(1, min(7, 3_000_000 // size))):
        started = time.process_time()
        document = read_document(content, "document.txt")
        for _target in extract_targets(document):
            pass
        extract_tasks(document)
        best = min(best, time.process_time() - started)
    return size / best


SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def measure(shared: Path = SHARED, *, quiet: bool = False) -> dict[str, Any]:
    """Scores of both halves, characters a second on one core, and the time per character over lengths from 10 kB to 10 MB."""
    report: dict[str, Any] = {"scores": {}}
    for half in HALVES:
        scores = score_half(half, shared)
        report["scores"][half] = {
            "documents": scores.documents,
            "skipped": scores.skipped,
            **{name: as_figures(getattr(scores, name)) for name in SCORES},
        }
        if not quiet:
            print_half(half, scores)
    text = mixed_text(shared)
    rates = {size: speed(text, size) for size in SIZES}
    report["characters a second"] = {str(size): round(rate) for size, rate in rates.items()}
    report["slowest to fastest time per character"] = round(max(rates.values()) / min(rates.values()), 3)
    if not quiet:
        print_speed(rates)
    return report


def mixed_text(shared: Path) -> str:
    """Every text of the shared folder in one, its pieces shuffled so that each length is the same mixture; else the synthetic plan."""
    paths = [path for folder in ("seeds", "data/policy_texts") for path in sorted((shared / folder).glob("*.txt"))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths) or synthetic_plan()
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
    random.Random(1).shuffle(pieces)
    return "\n".join(pieces)


def synthetic_plan() -> str:
    """A made-up plan with prose, lists, an indicator table and notes of responsibility."""
    goals = "".join(
        f"——目标{number}。建成{number}个示范中心，产业规模达到{number}00亿元，年均增长{number}%左右。\n" for number in range(2, 12)
    )
    table = "指标 2025年 2030年 年均增速 属性\n" + "".join(
        f"{number}.指标（万户） {number}.5 {number * 3} 9.8 预期性\n" for number in range(1, 9)
    )
    task = "推动企业数字化改造，支持平台开放服务能力，完善标准和人才培养机制，形成协同发展的良好环境。" * 4
    tasks = "".join(f"{number}.建设重点平台。{task}（责任单位：市商务局，市财政局）\n" for number in range(1, 26))
    return f"某市示范行动计划（2026—2030年）\n\n一、发展目标\n到2030年，实现以下目标：\n{goals}\n{table}\n二、重点任务\n{tasks}\n"


def as_figures(score: Score) -> dict[str, float | int]:
    """A score for the JSON report."""
    return {
        "precision": round(score.precision, 3), "recall": round(score.recall, 3), "F1": round(score.f1, 3), "annotated": score.annotated,
        "extracted": score.extracted, "agreeing": score.agreeing,
    }  # fmt: skip


def print_half(half: str, scores: Scores) -> None:
    """A line a comparison; documents that were not there are named."""
    print(f"policy documents, {half}: {scores.documents} scored, {len(scores.skipped)} skipped")
    for name in scores.skipped:
        print(f"  skipped, not in the shared folder as annotated: {name}")
    for name in SCORES if scores.documents else ():
        score: Score = getattr(scores, name)
        print(
            f"  {name.replace('_', ' '):<26} precision {score.precision:.3f}  recall {score.recall:.3f}  F1 {score.f1:.3f}"
            f"   ({score.annotated} annotated, {score.extracted} extracted, {score.agreeing} agreeing)"
        )


def print_speed(rates: Mapping[int, float]) -> None:
    """Characters a second by length."""
    for size, rate in rates.items():
        print(f"  {size:>12,} characters {rate:>12,.0f} a second")
    print(f"  time per character, longest to shortest: {max(rates.values()) / min(rates.values()):.2f} times")
