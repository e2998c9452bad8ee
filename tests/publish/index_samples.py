"""A made-up index of three cities over two years, for the tests of its charts, tables and sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guibiao.publish.figures import Figures
from guibiao.publish.index_board import IndexBoard
from guibiao.reference.classification import Classification
from guibiao.reference.definitions import Workspace
from guibiao.reference.index.specification import IndexAggregate, IndexIndicator, IndexSpecification
from guibiao.reference.index.workspace import IndexDefinition, PanelSeries, WorkspaceIndex
from tests.publish.charts.sample import AREAS, row, workspace

UNITS = {"10": 80.0, "20": 60.0, "30": 40.0}
NODES: tuple[tuple[str, str, int, float, str, str], ...] = (
    ("all", "", 3, 1.0, "总指数", "Index"),
    ("supply", "all", 2, 0.6, "供给", "Supply"),
    ("use", "all", 2, 0.4, "使用", "Use"),
    ("output", "supply", 1, 0.4, "产出", "Output"),
    ("part", "supply", 1, 0.2, "部分", "Part"),
    ("users", "use", 1, 0.4, "每百人用户数", "Users per hundred"),
)
FACTORS = {"weights": (0.5, 0.2), "normalise": (0.3, -0.02), "treat": (0.1, 0.0)}


def score(unit: str, year: int, code: str) -> float:
    """Scores that grow, and differ by code."""
    return UNITS[unit] + (year - 2020) * (4.0 if code == "users" else 8.0) + len(code)


def _score_row(unit: str, year: int, code: str, level: int, interval: bool) -> dict[str, Any]:
    rank = list(UNITS).index(unit) + 1
    tested = interval and code == "all"
    return {
        "index": "trial", "unit": unit, "name": unit, "year": year, "code": code, "level": level, "value": None,
        "score": score(unit, year, code), "rank": rank if level == 1 or tested else None,
        "rank_low": max(1.0, rank - 1.0) if tested else None, "rank_high": float(rank) if tested else None, "runs": 500 if tested else None,
        "seed": 7 if tested else None, "imputed": 2 if (unit, year, code) == ("30", 2021, "all") else 0,
    }  # fmt: skip


def board(*, intervals: bool = True, **changes: Any) -> IndexBoard:
    """The index, with intervals of ranks or without."""
    years, levels = (2020, 2021), {code: level for code, _parent, level, *_rest in NODES}
    ranks = {("10", 1): 0.9, ("10", 2): 0.1, ("20", 1): 0.1, ("20", 2): 0.9, ("30", 3): 1.0}
    found = IndexBoard(
        id="trial",
        name_zh="试指数",
        name_en="Trial index",
        note_zh="试验用。",
        note_en="For trial.",
        scores=tuple(_score_row(unit, year, code, level, intervals) for year in years for unit in UNITS for code, level in levels.items()),
        nodes=tuple(
            {
                "index": "trial", "code": code, "parent": parent, "level": level, "weight": weight, "name_zh": zh, "name_en": en,
                "unit": "", "direction": 1, "indicators": "", "treatment": "none", "lower": None, "upper": None,
            }
            for code, parent, level, weight, zh, en in NODES
        ),
        ranks=tuple(
            {"index": "trial", "year": 2021, "unit": unit, "rank": rank, "probability": chance} for (unit, rank), chance in ranks.items()
        ),
        drivers=tuple(
            {
                "index": "trial", "year": 2021, "unit": unit, "factor": factor, "first": first, "first_low": first - 0.03,
                "first_high": first + 0.03, "total": total, "total_low": total - 0.1, "total_high": total + 0.1,
            }
            for unit in ("", "20")
            for factor, (total, first) in FACTORS.items()
        ),
        changes=tuple(
            {
                "index": "trial", "unit": "10", "since": 2020, "year": 2021, "code": code, "kind": kind, "before": None, "after": None,
                "contribution": points,
            }
            for code, kind, points in (("output", "value", 6.0), ("part", "value", 3.5), ("users", "value", -2.0), ("use", "weight", 0.5))
        ),
    )  # fmt: skip
    return replace(found, **changes)


def city() -> Workspace:
    """The made-up province, with the definition of the index."""
    definition = IndexDefinition(
        id="trial", zh="试指数", en="Trial index", specification="trial", areas=tuple(UNITS), first=2020, last=2021,
        series={"part": PanelSeries(indicator="part")},
    )  # fmt: skip
    specification = IndexSpecification(
        id="trial",
        indicators=tuple(IndexIndicator(code=code, parent=parent) for code, parent, level, *_rest in NODES if level == 1),
        aggregates=tuple(IndexAggregate(code=code, parent=parent) for code, parent, level, *_rest in NODES if level > 1),
    )
    index = {name: each for each in AREAS for name in (each.name_zh, each.code)}
    classifications = {"areas": Classification("areas", AREAS, _index=index)}
    return replace(workspace(), indices={"trial": WorkspaceIndex(definition, specification)}, classifications=classifications)


def figures() -> Figures:
    """Figures the scores rest on."""
    rows = [row(name, unit, year, "12.5") for name in ("output", "part") for unit in UNITS for year in (2020, 2021)]
    return Figures(city(), [*rows, *(row("users", unit, f"{year}年末", "3.4") for unit in UNITS for year in (2020, 2021))])
