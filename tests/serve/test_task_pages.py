"""The ledger on the site: who sees what, the board, its workbook, what is due, and the interface for programs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from guibiao.model.access import NOTHING, Role, UnitReach, User
from guibiao.model.operations import LedgerTask, Problem
from guibiao.model.task_reach import acting_reach, admits_problem, admits_task, ledger_reach
from guibiao.policy.ledger import MOVES, STATE_WORDS
from guibiao.serve.tasks import words
from guibiao.serve.tasks.acts import REASONED
from tests.serve.door_samples import post
from tests.serve.task_samples import (
    EAST,
    FIRST,
    FOURTH,
    NOW,
    SECOND,
    THIRD,
    USERS,
    WEST,
    LedgerSite,
    act,
    advance,
    desk,
    ledger_site,
    send,
    titles,
)

PDF = b"%PDF-1.4\nsite plan"
SEEN_WHOLE = ("city", "releaser", "planner", "chief")
NARROW = ("reporter", "district")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerSite]:
    """One application for all tests: its routes take longer to make than any of them."""
    made = ledger_site(tmp_path_factory.mktemp("ledger"))
    yield made
    made.store.close()


@pytest.fixture
def site(whole: LedgerSite) -> LedgerSite:
    return whole.anew()


def test_words_of_the_site_are_those_of_the_ledger() -> None:
    assert {state: names[0] for state, names in words.STATES.items()} == dict(STATE_WORDS)
    assert list(words.MOVES) == [move.name for move in MOVES]
    assert {move.name for move in MOVES if move.reasoned} == REASONED
    assert not words.OWN_MOVES & REASONED


class TestReach:
    """One place decides whose tasks somebody sees; every route goes through it."""

    def same(self, name: str) -> str:
        return {"市商务局": "commerce", "新城市商务局": "commerce"}.get(name, name)

    @pytest.mark.parametrize(
        ("name", "seen", "own"),
        [("reader", 0, 0), ("reporter", 1, 1), ("district", 1, 1), ("city", 3, 0), ("releaser", 3, 0), ("planner", 3, 3), ("chief", 3, 0)],
    )
    def test_by_role(self, name: str, seen: int, own: int) -> None:
        user = User(id="u1", name="用户", **USERS[name])
        tasks = [
            LedgerTask(id="a", title="a", supporting=("市商务局",)),
            LedgerTask(id="b", title="b", area=EAST, lead=("东区",)),
            LedgerTask(id="c", title="c", area=WEST, lead=("市商务局分局",)),
        ]
        assert sum(admits_task(ledger_reach(user), task, self.same) for task in tasks) == seen
        assert sum(admits_task(acting_reach(user), task, self.same) for task in tasks) == own

    def test_another_role_widens_what_is_seen_and_not_what_is_worked_on(self) -> None:
        both = User(id="u1", name="用户", roles=(Role.CITY_EDITOR, Role.DISTRICT_EDITOR), areas=(EAST,))
        foreign = LedgerTask(id="c", title="c", area=WEST)
        assert admits_task(ledger_reach(both), foreign, str)
        assert not admits_task(acting_reach(both), foreign, str)

    def test_nobody_a_disabled_user_and_a_city_task_without_area(self) -> None:
        assert ledger_reach(None) == NOTHING == acting_reach(None)
        gone = User(id="u1", name="用户", roles=(Role.PLANNER,), disabled=True)
        assert ledger_reach(gone) == NOTHING == acting_reach(gone)
        assert not admits_task(UnitReach((EAST,)), LedgerTask(id="a", title="a"), str)
        assert not admits_task(NOTHING, LedgerTask(id="a", title="a", lead=("",)), str)

    def test_a_problem_is_seen_with_its_task_or_by_who_is_to_solve_it(self) -> None:
        problem = Problem(id="p", title="p", lead=("市商务局",))
        assert admits_problem(UnitReach((), "新城市商务局"), problem, None, self.same)
        assert not admits_problem(UnitReach((EAST,)), problem, None, self.same)
        assert admits_problem(UnitReach((EAST,)), problem, LedgerTask(id="b", title="b", area=EAST), self.same)

    @pytest.mark.parametrize("who", [*NARROW, *SEEN_WHOLE])
    def test_on_every_route(self, site: LedgerSite, who: str) -> None:
        """What is another's is not there: not in lists, files and interface, and its own addresses say 404."""
        site.ledger.cascade(self.seen(site, FIRST), [EAST, WEST], self.actor())
        send(site, "planner", f"{FIRST}/{WEST}", "west.pdf", PDF)
        evidence = site.ledger.dossier(UnitReach(None), f"{FIRST}/{WEST}", NOW.date(), NOTHING).evidence[0][0].id
        own = {"reporter": [FIRST], "district": [f"{FIRST}/{EAST}"]}.get(
            who, [FIRST, f"{FIRST}/{EAST}", f"{FIRST}/{WEST}", SECOND, THIRD, FOURTH]
        )
        client = site.browser(who)
        listed = set(re.findall(r'<h3><a href="/tasks/([^"]+)">', client.get("/tasks").text))
        assert listed == set(own)
        assert {row["id"] for row in client.get("/api/v1/tasks").json()["items"]} == set(own)
        rows = load_workbook(io.BytesIO(client.get("/tasks.xlsx").content)).active
        assert rows is not None
        assert rows.max_row == 3 + len(own)
        chased = set(re.findall(r'href="/tasks/(task-[^"]+)"', client.get("/tasks/chase?days=3660").text))
        assert chased <= set(own)
        assert chased
        for task in (f"{FIRST}/{WEST}", SECOND):
            status = 200 if task in own else 404
            assert client.get(f"/tasks/{task}").status_code == status, task
        assert client.get(f"/tasks/{FIRST}/{WEST}/evidence/{evidence}").status_code == (200 if f"{FIRST}/{WEST}" in own else 404)

    @pytest.mark.parametrize("who", NARROW)
    @pytest.mark.parametrize("path", ["move", "progress", "evidence", "problems", "milestones/x"])
    def test_nobody_works_on_what_is_anothers(self, site: LedgerSite, who: str, path: str) -> None:
        before = site.version(SECOND)
        fields = {"version": 1, "name": "decompose", "progress": "x", "title": "x", "why": "x"}
        client = site.browser(who)
        answer = send(site, who, SECOND, "a.pdf", PDF) if path == "evidence" else post(client, f"/tasks/{SECOND}/{path}", **fields)
        assert answer.status_code == 404
        found = site.ledger.dossier(UnitReach(None), SECOND, NOW.date(), NOTHING)
        assert (found.listed.kept.version, found.evidence, found.problems) == (before, (), ())

    def test_relatives_that_are_not_ones_own_are_only_counted(self, site: LedgerSite) -> None:
        site.ledger.cascade(self.seen(site, SECOND), [EAST, WEST], self.actor())
        page = site.browser("district").get(f"/tasks/{SECOND}/{EAST}").text
        assert "属于一项你无权查看的上级任务" in page
        assert f'href="/tasks/{SECOND}"' not in page
        site.ledger.assign(self.seen(site, SECOND), "市金融局\n市商务局", "", self.actor())
        seen_by_unit = site.browser("reporter").get(f"/tasks/{SECOND}").text
        assert "另有 2 项下级任务不在你的查看范围" in seen_by_unit

    def seen(self, site: LedgerSite, task: str) -> Any:
        from guibiao.serve.task_services import Seen

        return Seen(task, site.version(task))

    def actor(self) -> Any:
        from guibiao.serve.task_services import Actor

        return Actor(who="setup", reach=UnitReach(None))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["建设直播基地", "推广数字支付", "完善统计监测", "培育平台企业"]),
        ("sort=place", ["建设直播基地", "推广数字支付", "培育平台企业", "完善统计监测"]),
        ("sort=due", ["建设直播基地", "推广数字支付", "培育平台企业", "完善统计监测"]),
        ("light=overdue", ["建设直播基地"]),
        ("light=undated", ["完善统计监测"]),
        ("state=closed", []),
        ("office=市经信局&sort=place", ["建设直播基地", "培育平台企业"]),
        ("q=直播 商务", ["建设直播基地"]),
        ("month=2026-03", ["推广数字支付"]),
        ("month=none", ["完善统计监测"]),
        ("document=plan_2026&sort=place", ["建设直播基地", "推广数字支付", "培育平台企业", "完善统计监测"]),
        ("area=990101", []),
        ("kind=project", []),
    ],
)
def test_the_board_is_filtered_searched_and_sorted(site: LedgerSite, query: str, found: list[str]) -> None:
    page = site.browser("planner").get(f"/tasks?{query}")
    assert titles(page) == found
    assert site.browser("planner").get(f"/tasks.xlsx?{query}").status_code == 200


def test_lights_are_counted(site: LedgerSite) -> None:
    site.browser("planner")
    advance(site, THIRD, "decompose", "start")
    assert act(site, "planner", THIRD, "problems", title="资金不足").status_code == 303
    page = site.browser("planner").get("/tasks").text
    counts = dict(re.findall(r'<li class="task-(\w+)"><a [^>]*><b class="num">(\d+)</b>', page))
    assert counts == {"overdue": "1", "blocked": "1", "due": "1", "undated": "1", "on_time": "0", "done": "0"}
    assert "逾期 10 天" in page
    assert "还有 18 天" in page


@pytest.mark.parametrize("query", ["light=x", "state=%E6%8B%9B", "sort=id", "page=0", "page=x"])
def test_an_option_that_is_none_is_refused(site: LedgerSite, query: str) -> None:
    assert site.browser("planner").get(f"/tasks?{query}").status_code in {400, 422}


def test_what_is_due(site: LedgerSite) -> None:
    assert act(site, "planner", THIRD, "milestones", period="2026年一季度", text="完成选址").status_code == 303
    page = site.browser("planner").get("/tasks/chase?days=30").text
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr><td.*?</tr>", page)]
    assert [(row[0], row[2]) for row in cells] == [("2026-02-20", "任务"), ("2026-03-20", "任务"), ("2026-03-31", "节点")]
    assert "其中逾期 1 项" in page
    assert "另有 1 项未完成的任务没有写完成时限" in page
    only = site.browser("planner").get("/tasks/chase?days=30&office=市金融局").text
    assert "其他单位的 2 项没有列出" in only
    assert site.browser("planner").get("/tasks/chase?days=-1").status_code == 422


def test_the_workbook_is_the_one_that_the_command_line_writes(site: LedgerSite, tmp_path: Path) -> None:
    from guibiao.ledger_files import export_ledger, import_ledger

    answer = site.browser("planner").get("/tasks.xlsx?sort=place")
    made = desk(site)
    try:
        export_ledger(made, tmp_path / "ledger.xlsx")
        assert answer.content == (tmp_path / "ledger.xlsx").read_bytes()
        (tmp_path / "back.xlsx").write_bytes(answer.content)
        taken = import_ledger(made, tmp_path / "back.xlsx", "who")
    finally:
        made.store.close()
    assert (taken.rows, taken.plan.unchanged) == (4, 4)
    assert "attachment" in answer.headers["content-disposition"]


def test_a_site_without_a_ledger_says_so(site: LedgerSite) -> None:
    from dataclasses import replace

    site.application.state.frame.services = replace(site.application.state.services, ledger=None)
    for path in ("/tasks", f"/tasks/{FIRST}", "/tasks/chase", "/tasks.xlsx"):
        assert site.browser("planner").get(path).status_code == 501


def test_a_task_accepted_while_the_site_runs_is_there_at_once(site: LedgerSite) -> None:
    plan = site.workspace.folder / "policies" / "plan_2026.yaml"
    kept = plan.read_text("utf-8")
    plan.write_text(kept + "  - {id: task-b00000000005, number: '5.', title: 新采纳的任务, start: 340, end: 360}\n", "utf-8")
    assert "新采纳的任务" in titles(site.browser("planner").get("/tasks"))
    plan.write_text(kept + "  - {id: broken", "utf-8")
    assert "新采纳的任务" in titles(site.browser("planner").get("/tasks"))
    plan.write_text(kept, "utf-8")
    page = site.browser("planner").get("/tasks")
    assert "新采纳的任务" not in titles(page)
    assert "另有 1 项的定义已撤回" in page.text


def test_the_interface_for_programs(site: LedgerSite) -> None:
    client = site.browser("planner")
    first = client.get("/api/v1/tasks?limit=3")
    assert [row["id"] for row in first.json()["items"]] == [FIRST, SECOND, THIRD]
    assert (first.json()["left_out"], first.json()["next"]) == (1, "3")
    assert first.json()["items"][0]["light"] == "overdue"
    assert first.json()["items"][0]["targets"] == ["target-a00000000001"]
    following = re.match(r"<(.+)>", first.headers["link"])
    assert following is not None
    assert [row["id"] for row in client.get(following[1]).json()["items"]] == [FOURTH]
    assert client.get("/api/v1/tasks?limit=3", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert [row["id"] for row in client.get("/api/v1/tasks?state=登记&office=市金融局").json()["items"]] == [SECOND]
    assert client.get("/api/v1/tasks?state=x").status_code == 400
    assert client.get("/api/v1/tasks?light=due").json()["items"][0]["days_left"] == 18


def test_days_are_those_of_china(site: LedgerSite) -> None:
    site.clock.now = NOW.replace(hour=15, minute=59)
    assert "截至 2026-03-02" in site.browser("planner").get("/tasks").text
    site.clock.now += timedelta(minutes=1)
    assert "截至 2026-03-03" in site.browser("planner").get("/tasks").text
