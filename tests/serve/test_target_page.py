"""The page of one target: every field of the board, the way to the goal, what the verdict rests on, and the tasks that serve it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.tables import ATTAINMENT, OBSERVATIONS, STATEMENTS
from guibiao.serve.services import figure_address
from guibiao.serve.tasks.target_page import models_of
from guibiao.serve.tasks.target_path import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Figure, path_chart
from tests.serve.browsing import browser
from tests.serve.release_samples import City, new_city
from tests.serve.task_samples import FIRST, PLAN, SECOND, LedgerSite, ledger_site

GOAL = "target-a00000000001"
UNMEASURED = "target-a00000000002"


def figure(year: int, value: float) -> Figure:
    return Figure(date(year, 12, 31), float(value), str(value))


class TestPath:
    def test_a_geometric_way_by_hand(self) -> None:
        """100 in 2020 to 400 in 2024: 200 half way (in days, 2022-12-31 is 730 of 1461)."""
        chart = path_chart([figure(2021, 120)], figure(2020, 100), figure(2024, 400), "geometric")
        assert chart is not None
        points = [tuple(map(float, each.split(","))) for each in chart.needed_line.split()]
        assert points[0] == (chart.base.x, chart.base.y) if chart.base else False
        assert points[-1] == (chart.goal.x, chart.goal.y) == (WIDTH - RIGHT, chart.goal.y)
        middle = points[len(points) // 2]
        low, high = (value for value, _y in (chart.value_ticks[0], chart.value_ticks[-1]))
        assert (low, high) == (0, 400)
        drawn = low + (HEIGHT - BOTTOM - middle[1]) / (HEIGHT - TOP - BOTTOM) * (high - low)
        assert drawn == pytest.approx(200, abs=1)
        assert [year for year, _x in chart.year_ticks] == [2024, 2023, 2022, 2021, 2020]

    def test_a_linear_way_is_straight(self) -> None:
        chart = path_chart([], figure(2020, 0), figure(2022, 10), "linear")
        assert chart is not None
        points = [tuple(map(float, each.split(","))) for each in chart.needed_line.split()]
        slopes = {round((after[1] - before[1]) / (after[0] - before[0]), 1) for before, after in pairwise(points)}
        assert len(slopes) == 1

    def test_without_anything_but_the_goal_there_is_no_drawing(self) -> None:
        assert path_chart([], None, figure(2025, 10), "linear") is None
        assert path_chart([figure(2024, math.inf)], None, figure(2025, 10), "") is None

    def test_without_a_shape_or_a_base_no_way_is_drawn(self) -> None:
        seen = path_chart([figure(2023, 1), figure(2024, 2)], None, figure(2025, 10), "geometric")
        assert seen is not None
        assert (seen.needed_line, len(seen.seen), seen.seen_line.count(",")) == ("", 2, 2)
        late = path_chart([], figure(2026, 1), figure(2025, 10), "linear")
        assert late is not None
        assert late.needed_line == ""

    def test_whole_numbers_have_whole_ticks(self) -> None:
        chart = path_chart([figure(2021, 16)], None, figure(2022, 17), "")
        assert chart is not None
        assert [value for value, _y in chart.value_ticks] == [15, 16, 17]

    @given(
        st.lists(st.tuples(st.integers(1990, 2040), st.floats(-1e13, 1e13)), max_size=6),
        st.floats(-1e13, 1e13),
        st.one_of(st.none(), st.floats(-1e13, 1e13)),
        st.sampled_from(["geometric", "linear", ""]),
    )
    def test_everything_stays_within_the_drawing(self, seen: list[tuple[int, float]], goal: float, base: float | None, shape: str) -> None:
        chart = path_chart([figure(*each) for each in seen], None if base is None else figure(2015, base), figure(2025, goal), shape)
        if chart is None:
            assert not seen
            assert base is None
            return
        pairs = [tuple(map(float, each.split(","))) for each in f"{chart.seen_line} {chart.needed_line}".split()]
        marks = [*chart.seen, chart.goal, *([chart.base] if chart.base else [])]
        for x, y in [*pairs, *((each.x, each.y) for each in marks)]:
            assert LEFT - 0.2 <= x <= WIDTH - RIGHT + 0.2
            assert TOP - 0.2 <= y <= HEIGHT - BOTTOM + 0.2
        assert 2 <= len(chart.value_ticks) <= 9


def test_models_by_name() -> None:
    assert models_of("theta=0.5000 ets=1.0000") == [("theta", 0.5), ("ets", 1.0)]
    assert models_of("") == []


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A published release of a city whose plan has two targets."""
    from guibiao.reference.load import load_workspace

    made = new_city(tmp_path_factory.mktemp("city"))
    (made.workspace.folder / "policies").mkdir(exist_ok=True)
    (made.workspace.folder / "policies" / "plan_2026.yaml").write_text(PLAN, "utf-8")
    made.workspace = load_workspace(made.workspace.folder)
    made.publish(made.draft())
    return made


@pytest.fixture(scope="module")
def site(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerSite]:
    """That release with a ledger and users."""
    found = city.services()
    names = ("releases", "words", "passports", "charts", "changes", "workbooks")
    made = ledger_site(tmp_path_factory.mktemp("ledger"), **{name: getattr(found, name) for name in names})
    yield made
    made.store.close()


def row_of(city: City, target: str) -> dict[str, Any]:
    release = city.services().releases.current()
    assert release is not None
    found: dict[str, Any] = release.select(ATTAINMENT, where={"target": target}).to_pylist()[0]
    return found


def shown(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_page_has_the_row_of_the_board(site: LedgerSite, city: City) -> None:
    row = row_of(city, GOAL)
    page = browser(site.application).get(f"/targets/{GOAL}")
    assert page.status_code == 200
    text = shown(page.text)
    for each in (
        "数字经济增加值达到400亿元",
        row["sentence_zh"],
        row["grounds_zh"],
        "不低于",
        "400",
        "政策目标",
        "2026-12-31",
        row["target"],
    ):
        assert each in text, each
    assert f'href="/indicators/{row["indicator"]}"' in page.text
    assert 'class="path"' in page.text
    assert "目标 400" in text


def test_what_the_verdict_rests_on_leads_to_its_passports(site: LedgerSite, city: City) -> None:
    release = city.services().releases.current()
    assert release is not None
    row = row_of(city, GOAL)
    found = release.select(OBSERVATIONS, where={"indicator": row["indicator"]}).to_pylist()
    passports = site.application.state.services.passports
    page = browser(site.application).get(f"/targets/{GOAL}").text
    own = [each for each in found if figure_address(passports.key(each)).replace("&", "&amp;") in page]
    assert any(float(each["value"]) == float(row["value"]) for each in own)
    stated = release.select(STATEMENTS, where={"indicator": row["indicator"]}).to_pylist()
    assert ("各版本" in page) is (len(stated) > len(own))


def test_a_target_that_nothing_measures_has_no_drawing(site: LedgerSite) -> None:
    page = browser(site.application).get(f"/targets/{UNMEASURED}").text
    assert "没有指标衡量" in page
    assert 'class="path"' not in page


def test_tasks_are_for_those_who_may_see_them(site: LedgerSite) -> None:
    site.anew()
    address = f"/targets/{GOAL}"
    stranger = browser(site.application).get(address).text
    assert "任务是业务数据，不随发布公开" in stranger
    assert f"/sign-in?next=/targets/{GOAL}" in stranger
    for who, seen in {"reader": False, "reporter": True, "district": False, "planner": True}.items():
        page = site.browser(who).get(address).text
        assert (f'href="/tasks/{FIRST}"' in page) is seen, who
        assert SECOND not in page
    assert "建设直播基地" not in browser(site.application).get(address).text


def test_the_task_names_the_target_and_its_state(site: LedgerSite, city: City) -> None:
    site.anew()
    page = site.browser("planner").get(f"/tasks/{FIRST}").text
    assert f'href="/targets/{GOAL}"' in page
    assert f"state-{row_of(city, GOAL)['status']}" in page


def test_the_board_leads_to_each_target(site: LedgerSite) -> None:
    web = browser(site.application)
    found = re.findall(r'<h2><a href="(/targets/[^"]+)">', web.get("/targets").text)
    assert len(found) == 2
    assert [web.get(each).status_code for each in found] == [200, 200]
    assert web.get(found[0], headers={"If-None-Match": web.get(found[0]).headers["etag"]}).status_code == 304
    assert "Its words" in web.get(f"{found[0]}?lang=en").text


@pytest.mark.parametrize("name", ["x", "target-a0000000000", "%00", "<script>alert(1)</script>", "..%2f..%2fx", "' OR '1'='1", "长" * 200])
def test_there_is_no_other_target(site: LedgerSite, name: str) -> None:
    answer = browser(site.application).get(f"/targets/{name}")
    assert answer.status_code in {400, 404}
    assert "<script>alert" not in answer.text


def test_hostile_words_in_a_release_are_text(site: LedgerSite, city: City) -> None:
    """Names and quotes come from documents that others wrote."""

    class Bent:
        def __init__(self, release: Any) -> None:
            self.release = release

        def __getattr__(self, name: str) -> Any:
            return getattr(self.release, name)

        def select(self, table: Any, *given: Any, **named: Any) -> Any:
            import pyarrow as pa

            rows = self.release.select(table, *given, **named)
            if table is not ATTAINMENT:
                return rows
            bent = [{**row, **dict.fromkeys(("name", "quote", "geography", "grounds_zh", "reason"), "<script>alert(1)</script>")}
                    for row in rows.to_pylist()]  # fmt: skip
            return pa.Table.from_pylist(bent, rows.schema)

    release = Bent(city.services().releases.current())

    class Reader:
        def current(self) -> Any:
            return release

        def published(self) -> tuple[()]:
            return ()

        def notices(self) -> tuple[()]:
            return ()

    frame = site.application.state.frame
    kept = frame.services
    frame.services = replace(kept, releases=Reader())
    try:
        page = browser(site.application).get(f"/targets/{GOAL}")
    finally:
        frame.services = kept
        frame._pages.clear()
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
