"""Choice among statements: by dated criteria, never by input order, the others kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.editing.conflicts import conflicts
from guibiao.editing.precedence import choose, observation
from guibiao.model.errors import BadDefinition
from guibiao.model.tables import OBSERVATIONS
from guibiao.reference.definitions import Precedence
from guibiao.reference.precedence import precedence_on

STAGE_FIRST = Precedence(valid_from=date(2020, 1, 1), criteria=("stage", "grade", "known_from"))


def statement(identifier: str, value: str = "100.0", **changed: Any) -> dict[str, Any]:
    number = Decimal(value)
    row: dict[str, Any] = {
        "statement": identifier, "indicator": "output", "area": "1", "categories": "", "period_start": date(2023, 1, 1),
        "period_end": date(2023, 12, 31), "measure": "during", "value": number,
        "low": number - Decimal("0.05"), "high": number + Decimal("0.05"),
        "qualifier": "exact", "printed": value, "unit": "亿元", "decimals": 1, "price_basis": "current", "comparison_basis": "none",
        "accounting_basis": "", "stage": "preliminary", "method": "surveyed", "status": "A", "known_from": date(2024, 3, 1),
        "known_precision": "day", "grade": "B", "dataset": "made_up", "source": identifier, "locator": identifier, "row": 2, "column": 2,
        "correction": "", "note": "",
    }  # fmt: skip
    return {**row, **changed}


def test_criteria_apply_in_order() -> None:
    early = statement("early", grade="A")
    verified = statement("verified", "101.0", stage="verified", grade="C")
    (choice,) = choose([early, verified], STAGE_FIRST)
    assert choice.chosen["statement"] == "verified"
    assert choice.criterion == "stage"
    assert [row["statement"] for row in choice.others] == ["early"]
    assert observation(choice)["alternatives"] == 1
    assert set(observation(choice)) == set(OBSERVATIONS.names)


def test_source_order_and_newest() -> None:
    rows = [statement("old"), statement("new", "99.0", known_from=date(2025, 1, 1)), statement("favoured", "98.0", source="favoured")]
    newest = Precedence(valid_from=date(2020, 1, 1), criteria=("known_from",))
    assert choose(rows, newest)[0].chosen["statement"] == "new"
    listed = Precedence(valid_from=date(2020, 1, 1), criteria=("source_order",), source_order=("favoured", "new"))
    assert choose(rows, listed)[0].chosen["statement"] == "favoured"


def test_bases_and_periods_are_figures_of_their_own() -> None:
    rows = [statement("a", accounting_basis="census_2018"), statement("b", accounting_basis="census_2023")]
    assert len(choose(rows, STAGE_FIRST)) == 2


@given(st.permutations([statement(name, grade=grade) for name, grade in (("a", "B"), ("b", "B"), ("c", "A"), ("d", "C"))]))
def test_input_order_does_not_matter(rows: list[dict[str, Any]]) -> None:
    (choice,) = choose(rows, STAGE_FIRST)
    assert [choice.chosen["statement"], *(row["statement"] for row in choice.others)] == ["c", "a", "b", "d"]


def test_precedence_is_dated() -> None:
    later = Precedence(valid_from=date(2024, 1, 1), criteria=("grade",))
    assert precedence_on([later, STAGE_FIRST], date(2023, 6, 1)) is STAGE_FIRST
    assert precedence_on([later, STAGE_FIRST], date(2024, 6, 1)) is later
    assert precedence_on([later, STAGE_FIRST], date(2000, 1, 1)) is STAGE_FIRST
    with pytest.raises(BadDefinition):
        precedence_on([], date(2024, 1, 1))


@pytest.mark.parametrize(
    ("other", "stage", "severities"),
    [("100.0", "preliminary", []), ("100.1", "preliminary", []), ("100.2", "preliminary", ["warning"]), ("100.2", "verified", ["info"])],
)
def test_contradictions_within_printed_precision(other: str, stage: str, severities: list[str]) -> None:
    (choice,) = choose([statement("a"), statement("b", other, stage=stage)], STAGE_FIRST)
    assert [finding.severity.value for finding in conflicts(choice)] == severities


def test_a_printed_value_survives_as_the_nearest_double() -> None:
    (choice,) = choose([statement("a", "18766.7")], STAGE_FIRST)
    assert repr(observation(choice)["value"]) == "18766.7"
