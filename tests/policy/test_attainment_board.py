"""The board of a workspace: the typed figures against the accepted targets, as of several days."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pytest

from guibiao.attainment import attainment_csv, board, indicators_of_targets
from guibiao.ingest.steps import read_table
from guibiao.model.errors import BatchErrors, GuibiaoError
from guibiao.model.tables import ATTAINMENT
from guibiao.policy.attainment_types import Draws
from guibiao.reference.attainment import AttainmentParameters, AttainmentSettings, TargetMeasure, attainment_problems
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.run import DataRun

FOLDER = Path(__file__).parents[2] / "workspaces" / "beijing"
YEAR_ENDS = (date(2022, 12, 31), date(2023, 12, 31), date(2025, 12, 31), date(2026, 11, 21))


@dataclass(frozen=True)
class Rows:
    """Rows that answer like a table of the store."""

    rows: list[dict[str, Any]]

    def to_pylist(self) -> list[dict[str, Any]]:
        return self.rows


@dataclass
class Typed:
    """The typed tables of a workspace that state what targets are measured by: the part of a run that a board reads."""

    workspace: Workspace

    @cached_property
    def statements(self) -> list[dict[str, Any]]:
        needed = set(indicators_of_targets(self.workspace))
        bindings = [each for each in self.workspace.tables.values() if each.file and not each.bulk and needed & each.indicators()]
        return [row for binding in bindings for row in cast("list[dict[str, Any]]", read_table(self.workspace, binding).statements)]

    def statements_of(self, indicators: Iterable[str]) -> Rows:
        names = set(indicators)
        return Rows([row for row in self.statements if row["indicator"] in names])

    def observations_of(self, indicators: Iterable[str]) -> Rows:
        raise AssertionError(indicators)


@pytest.fixture(scope="module")
def data() -> DataRun:
    return cast("DataRun", Typed(load_workspace(FOLDER)))


@pytest.fixture(scope="module")
def boards(data: DataRun) -> Mapping[date, list[dict[str, Any]]]:
    return {day: board(data, day) for day in YEAR_ENDS}


def found(rows: list[dict[str, Any]], document: str, indicator: str, year: int, kind: str = "") -> dict[str, Any]:
    """The one row of a document, indicator and year."""
    matching = [
        row
        for row in rows
        if (row["document"], row["deadline"].year) == (document, year)
        and row["indicator"].startswith(indicator)
        and kind in {"", row["kind"]}
    ]
    assert len(matching) == 1, [row["name"] for row in matching]
    return matching[0]


def test_every_target_of_both_plans_is_on_the_board(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    rows = boards[YEAR_ENDS[-1]]
    assert sum(row["document"] == "work_plan_2022" for row in rows) == 12
    assert 22 <= sum(row["document"] == "action_plan_2019" for row in rows) <= 24
    assert all(set(row) == set(ATTAINMENT.names) for row in rows)
    keys = [tuple(row[name] for name in ATTAINMENT.key) for row in rows]
    assert len(set(keys)) == len(keys)


def test_new_firms_beyond_their_goal_are_met(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    row = found(boards[YEAR_ENDS[-1]], "benchmark_report_2023", "digital_economy_core_new_enterprises", 2023)
    assert (row["status"], row["value"], row["goal"], row["gap"]) == ("met", 12152, 9000, -3152)
    assert row["known_from"] == date(2024, 2, 1)
    assert "已完成，超出3152家" in row["sentence_zh"]


def test_content_revenue_has_no_data_and_the_plan_tells_its_growth(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    row = found(boards[YEAR_ENDS[-1]], "work_plan_2022", "information_content_revenue", 2025)
    assert (row["status"], row["base"], row["base_kind"]) == ("no_data", 3500, "earlier target")
    assert f"{row['required_growth']:.1f}" == "12.6"
    assert row["probability"] is None


def test_the_doubling_of_livestream_sales_shows_its_assumption(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    row = found(boards[YEAR_ENDS[-1]], "work_plan_2022", "livestream_commerce_sales", 2025)
    assert row["status"] == "no_data"
    assert f"{row['required_growth']:.1f}" == "26.0"
    assert "2022年" in row["assumption_zh"]


def test_a_day_shows_the_board_as_it_stood(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    then, later = boards[date(2022, 12, 31)], boards[date(2023, 12, 31)]
    assert all(row["known_from"] is None or row["known_from"] <= date(2022, 12, 31) for row in then)
    assert not any(row["document"] == "benchmark_report_2023" for row in then)
    assert found(then, "work_plan_2022", "fifth_generation_base_stations", 2022)["status"] == "no_data"
    assert found(later, "work_plan_2022", "fifth_generation_base_stations", 2022)["status"] == "met"
    assert not {row["status"] for row in then if row["deadline"] and row["deadline"] >= date(2022, 12, 31)} & {"met", "missed"}


def test_stocks_across_a_break_are_not_subtracted(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    row = found(boards[YEAR_ENDS[-1]], "work_plan_2022", "gigabit_users", 2022)
    assert row["status"] == "no_data"
    assert "口径自2022-01-01起改变" in row["sentence_zh"]


def test_a_target_of_every_district_names_all_that_lack_a_figure(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    row = found(boards[YEAR_ENDS[-1]], "white_paper_2021", "information_consumption_experience_centres", 2025)
    assert row["status"] == "no_data"
    assert len(row["missing"].split()) == 17


def test_centres_of_the_whole_city_stand_one_short(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    rows = [row for row in boards[date(2022, 12, 31)] if row["target_value"] == 17]
    assert [(row["status"], row["value"], row["gap"]) for row in rows] == [("no_data", 16, 1)]
    assert "原文未写期限" in rows[0]["assumption_zh"]


def test_targets_without_indicator_are_listed_as_such(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    rows = [row for row in boards[YEAR_ENDS[-1]] if not row["indicator"]]
    assert rows
    assert {(row["status"], row["reason"]) for row in rows} == {("not_measurable", "no_indicator")}


def test_the_file_holds_every_column_and_no_formula(boards: Mapping[date, list[dict[str, Any]]]) -> None:
    rows = [{**boards[YEAR_ENDS[-1]][0], "name": "=1+1"}]
    read = list(csv.reader(io.StringIO(attainment_csv(rows).decode("utf-8-sig"))))
    assert tuple(read[0]) == ATTAINMENT.names
    assert not read[1][ATTAINMENT.names.index("name")].startswith("=")


def test_draws_reach_their_target_alone(data: DataRun) -> None:
    row = next(row for row in board(data, YEAR_ENDS[-1]) if row["goal"] is not None and row["indicator"] == "information_content_revenue")
    values = [float(row["goal"]) + 1] * 3 + [0.0]
    own = data.workspace.settings.area
    draws = Draws(indicator=row["indicator"], area=own, by_model={"drift": values}, points=4, few=True)
    told = board(data, YEAR_ENDS[-1], {row["target"]: draws})
    assert {each["target"]: each["probability"] for each in told if each["probability"] is not None} == {row["target"]: 0.75}


def test_settings_that_cannot_be_are_told() -> None:
    wrong = AttainmentSettings(
        parameters=(AttainmentParameters(id="p", on_pace=1.5),),
        measures=(TargetMeasure(target="nowhere", reason_zh="测试"),),
    )
    told = [str(each) for each in attainment_problems(wrong, [], {})]
    assert len(told) == 3


def test_an_unknown_key_is_refused_with_its_place(tmp_path: Path) -> None:
    from guibiao.reference.scaffold import scaffold

    folder = scaffold(tmp_path, "city", "某市", "330100")
    (folder / "policies").mkdir()
    (folder / "policies" / "attainment.yaml").write_text("parameters:\n  - {id: a, on_peace: 1}\n", "utf-8")
    with pytest.raises((GuibiaoError, BatchErrors)) as refused:
        load_workspace(folder)
    assert "attainment.yaml" in str(refused.value)


def test_a_workspace_without_policies_has_an_empty_board(data: DataRun) -> None:
    bare = replace(data.workspace, policies={})
    assert board(cast("DataRun", Typed(bare)), YEAR_ENDS[0]) == []
