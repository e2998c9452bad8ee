"""Offices under the names they had, policies read from their folder, faults told with their file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.commands.options import CHECKOUT
from guibiao.model.errors import GuibiaoError
from guibiao.reference.check import check_references
from guibiao.reference.load import load_workspace
from guibiao.reference.policies import Office, normalise
from tests.policy.ledger_samples import OFFICES, new_city

OLD = Office(id="old", name="新城市科学技术委员会", aliases=("市科委",), valid_to=date(2020, 12, 31), succeeded_by="new")
NEW = Office(id="new", name="新城市科学技术委员会、园区管理委员会", aliases=("市科委、园区管委会",), valid_from=date(2021, 1, 1))
LIST = {each.id: each for each in (OLD, NEW)}


@pytest.mark.parametrize(
    ("unit", "day", "office"),
    [
        ("市科委", date(2019, 5, 1), "old"), ("市科委", date(2020, 12, 31), "old"), ("市科委", date(2021, 1, 1), "new"),
        ("市科委、园区管委会", date(2022, 6, 8), "new"), ("市科委、园区管委会", date(2019, 5, 1), None), ("市科委", None, "old"),
        (" 市 科委 ", date(2019, 5, 1), "old"), ("市财政局", date(2022, 1, 1), None), ("", None, None),
    ],
)  # fmt: skip
def test_a_name_means_the_office_of_its_day(unit: str, day: date | None, office: str | None) -> None:
    found = normalise(unit, day, LIST)
    assert (found.id if found else None) == office


def test_brackets_of_any_width_are_one_name() -> None:
    zone = Office(id="zone", name="临空区（南片）管委会")
    assert normalise("临空区(南片)管委会", None, {"zone": zone}) is zone


def test_a_circle_of_successors_ends() -> None:
    first = Office(id="a", name="甲局", valid_to=date(2000, 1, 1), succeeded_by="b")
    second = Office(id="b", name="乙局", valid_to=date(2001, 1, 1), succeeded_by="a")
    assert normalise("甲局", date(2020, 1, 1), {"a": first, "b": second}) is None


@given(st.text(max_size=12), st.none() | st.dates())
def test_any_name_on_any_day_has_an_answer(unit: str, day: date | None) -> None:
    found = normalise(unit, day, LIST)
    assert found is None or found.valid_on(day)


def faults(city: Path) -> str:
    with pytest.raises(GuibiaoError) as told:
        check_references(load_workspace(city))
    return str(told.value)


def test_a_name_of_two_offices_at_one_time_is_a_fault(tmp_path: Path) -> None:
    city = new_city(tmp_path)
    (city / "policies" / "offices.yaml").write_text(OFFICES + "- id: twin\n  name: 市商务局\n", encoding="utf-8")
    said = faults(city)
    assert "policies/offices.yaml" in said
    assert "市商务局" in said


def test_references_of_a_policy_are_checked(tmp_path: Path) -> None:
    city = new_city(tmp_path)
    (city / "policies" / "plan.yaml").write_text(
        "id: other\ntitle: 方案\nsource: none\ntargets:\n  - {id: t, name: 收入, indicator: none, operator: range, value: 5, value_high: 3,"
        " kind: level, quote: 收入, start: 0, end: 2}\ntasks:\n  - {id: t, number: '1.', title: 任务, parent: none, start: 3, end: 5}\n",
        encoding="utf-8",
    )
    said = faults(city)
    for part in ("文件名与 id other 不一致", "来源 none", "指标 none", "上限低于下限", "t 已在", "上级 none", "policies/plan.yaml"):
        assert part in said


def test_a_field_that_does_not_exist_is_told_with_its_line(tmp_path: Path) -> None:
    city = new_city(tmp_path)
    (city / "policies" / "plan.yaml").write_text("id: plan\ntitle: 方案\ntarget: []\n", encoding="utf-8")
    with pytest.raises(GuibiaoError, match=r"policies/plan.yaml:3"):
        load_workspace(city)


def test_the_shipped_list_knows_every_unit_of_the_shipped_policies() -> None:
    workspace = load_workspace(CHECKOUT / (CHECKOUT / "default").read_text("utf-8").strip())
    assert workspace.offices
    for document in workspace.policies.values():
        for task in document.tasks:
            assert all(normalise(unit, document.dated, workspace.offices) for unit in task.units), task.id


def test_the_shipped_list_knows_every_unit_of_the_plans(shared_folder: Path) -> None:
    from guibiao.policies import read_policy
    from guibiao.policy.tasks import extract_tasks

    workspace = load_workspace(CHECKOUT / (CHECKOUT / "default").read_text("utf-8").strip())
    counted = 0
    for start in ("001", "003"):
        (path,) = (shared_folder / "seeds").glob(f"{start}*.txt")
        for task in extract_tasks(read_policy(path, "")):
            counted += len(task.units)
            assert not [unit for unit in task.units if normalise(unit, None, workspace.offices) is None]
    assert counted > 150
