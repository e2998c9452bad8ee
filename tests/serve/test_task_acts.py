"""What is done to a task from its page: by whom, with what reason, against which version; and what is refused."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest

from guibiao.model.access import NOTHING, UnitReach
from tests.serve.door_samples import form_token, post
from tests.serve.task_samples import (
    EAST,
    FIRST,
    FOURTH,
    NOW,
    SECOND,
    WEST,
    LedgerSite,
    act,
    advance,
    ledger_site,
    titles,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerSite]:
    """One application for all tests: its routes take longer to make than any of them."""
    made = ledger_site(tmp_path_factory.mktemp("ledger"))
    yield made
    made.store.close()


@pytest.fixture
def site(whole: LedgerSite) -> LedgerSite:
    return whole.anew()


def test_a_task_goes_its_way_and_the_history_says_who_and_why(site: LedgerSite) -> None:
    reporter, planner = site.browser("reporter"), site.browser("planner")
    for name in ("decompose", "start", "submit"):
        assert act(site, "reporter", FIRST, "move", name=name, why="按计划").status_code == 303
        site.clock.pass_by(minutes=1)
    assert act(site, "reporter", FIRST, "progress", progress="已选址\n已开工").status_code == 303
    page = reporter.get(f"/tasks/{FIRST}").text
    assert "现在没有由你办理的步骤" in page
    assert "已选址\n已开工" in page
    assert act(site, "planner", FIRST, "decide", name="return", why="材料不全").status_code == 303
    assert act(site, "planner", FIRST, "decide", name="extend", due="2026-06-30", why="等批复").status_code == 303
    advance(site, FIRST, "submit", "close")
    told = planner.get(f"/tasks/{FIRST}").text
    for text in ("<b>reporter</b>", "<b>planner</b>", "按计划", "材料不全", "等批复", "2026-06-30", "销号"):
        assert text in told
    entries = list(site.store.entries("audit"))
    done = [entry.deed for entry in entries if entry.deed.action == "POST /tasks/{task}/decide" and entry.deed.outcome == "done"]
    assert [deed.who for deed in done] == ["planner"] * 3
    assert all(deed.subject == f"/tasks/{FIRST}/decide" for deed in done)


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("decide", {"name": "return", "why": " "}, "要写明理由"),
        ("decide", {"name": "extend", "why": "x"}, "延期要写明新的完成时限"),
        ("decide", {"name": "extend", "why": "x", "due": "2026-02-20"}, "不晚于原定"),
        ("decide", {"name": "extend", "why": "x", "due": "soon"}, "写法不对"),
        ("decide", {"name": "close"}, "不能销号"),
        ("move", {"name": "submit"}, "不能待核"),
        ("units", {"lead": "", "why": "x"}, "责任单位不能为空"),
        ("units", {"lead": "市商务局"}, "要写明理由"),
        ("cascade", {}, "没有选区"),
        ("cascade", {"areas": "110101"}, "不是本市的区"),
        ("milestones", {"period": "2026年3月", "text": "x"}, "应当是季度"),
        ("milestones", {"period": "2026", "text": " "}, "没有写内容"),
        ("problems", {"title": ""}, "没有写内容"),
        ("progress", {"progress": "长" * 4001}, "文字超过 4000 字"),
    ],
)
def test_what_is_refused_says_why_keeps_what_was_typed_and_stores_nothing(
    site: LedgerSite, path: str, fields: dict[str, str], said: str
) -> None:
    before = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING)
    answer = act(site, "planner", FIRST, path, **fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert "guibiao " not in answer.text
    assert "--" not in re.sub(r"<[^>]*>", "", answer.text)
    assert fields.get("why", "").strip() in answer.text
    assert site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING) == before


def test_a_task_without_units_is_not_assigned_and_the_remedy_is_one_of_the_site(site: LedgerSite) -> None:
    answer = act(site, "planner", FOURTH, "move", name="decompose")
    assert answer.status_code == 400
    assert "先写明责任单位" in answer.text
    assert act(site, "planner", FOURTH, "units", lead="市商务局、市经信局", why="补写").status_code == 303
    assert site.ledger.dossier(UnitReach(None), FOURTH, NOW.date(), NOTHING).listed.task.lead == ("市商务局", "市经信局")


@pytest.mark.parametrize("name", ["close", "return", "extend", "x", ""])
def test_who_does_the_work_does_not_decide_on_it(site: LedgerSite, name: str) -> None:
    assert act(site, "reporter", FIRST, "decide", name=name, why="x", due="2027-01-01").status_code == 403
    assert act(site, "reporter", FIRST, "move", name=name, why="x").status_code in {403, 422}
    assert site.version(FIRST) == 1


@pytest.mark.parametrize("who", ["reader", "city", "releaser", "chief"])
@pytest.mark.parametrize("path", ["move", "decide", "progress", "units", "cascade", "evidence", "milestones", "problems"])
def test_who_only_sees_does_nothing(site: LedgerSite, who: str, path: str) -> None:
    client = site.browser(who)
    assert client.post(f"/tasks/{FIRST}/{path}", headers={"X-Form-Token": form_token(client, "/account")}).status_code == 403
    if who != "reader":
        assert '<form method="post"' not in client.get(f"/tasks/{FIRST}").text
    assert client.get(f"/tasks/{FIRST}").status_code == (403 if who == "reader" else 200)


def test_strangers_are_led_to_the_door_and_a_form_needs_its_token(site: LedgerSite) -> None:
    from tests.serve.browsing import browser

    stranger = browser(site.application, "198.18.9.9")
    answer = stranger.get(f"/tasks/{FIRST}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=%2Ftasks%2F{FIRST}")
    planner = site.browser("planner")
    assert planner.post(f"/tasks/{FIRST}/move", data={"version": 1, "name": "decompose"}).status_code == 403
    assert site.version(FIRST) == 1


def test_of_two_people_one_wins_and_the_other_is_told(site: LedgerSite) -> None:
    site.browser("planner"), site.browser("reporter")
    assert act(site, "reporter", FIRST, "move", name="decompose").status_code == 303
    answer = post(site.browser("planner"), f"/tasks/{FIRST}/move", version=1, name="decompose", why="我的说明")
    assert answer.status_code == 409
    assert "刚被别人改过" in answer.text
    assert "reporter" in answer.text
    assert "我的说明" in answer.text
    late = post(site.browser("planner"), f"/tasks/{FIRST}/progress", version=1, progress="旧页面上的进展")
    assert late.status_code == 409
    assert site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).listed.task.progress == ""


def test_at_the_same_moment_exactly_one_of_many_moves_is_made(site: LedgerSite) -> None:
    client = site.browser("planner")
    token, answers, barrier = form_token(client, "/account"), [], threading.Barrier(6)
    cookies = dict(client.cookies)

    def hurry(number: int) -> None:
        from tests.serve.browsing import browser

        own = browser(site.application, f"198.18.7.{number}")
        own.cookies.update(cookies)
        barrier.wait()
        data = {"form_token": token, "version": 1, "name": "decompose", "why": str(number)}
        answers.append(own.post(f"/tasks/{FIRST}/move", data=data).status_code)

    threads = [threading.Thread(target=hurry, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, *[409] * 5]
    history = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).history
    assert [change.act.action for change in history] == ["decompose", "register"]


def test_districts_get_their_part_and_keep_the_task_from_being_closed(site: LedgerSite) -> None:
    assert act(site, "planner", FIRST, "cascade", areas=[EAST, WEST]).status_code == 303
    advance(site, FIRST, "decompose", "start", "submit")
    answer = act(site, "planner", FIRST, "decide", name="close")
    assert answer.status_code == 400
    assert "还有 2 项下级任务没有销号" in answer.text
    district = site.browser("district")
    assert titles(district.get("/tasks")) == ["建设直播基地"]
    page = district.get(f"/tasks/{FIRST}/{EAST}").text
    assert f'action="/tasks/{FIRST}/{EAST}/move"' in page
    assert act(site, "district", f"{FIRST}/{EAST}", "move", name="decompose").status_code == 303
    again = site.browser("planner").get(f"/tasks/{FIRST}").text
    assert 'name="areas"' not in again


def test_milestones_and_problems(site: LedgerSite) -> None:
    assert act(site, "planner", FIRST, "milestones", period="2026年一季度", text="完成选址").status_code == 303
    found = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING)
    name = found.milestones[0].id
    assert act(site, "reporter", FIRST, f"milestones/{name}", on="2026-03-03").status_code == 400
    assert act(site, "reporter", FIRST, f"milestones/{name}", on="2026-03-01").status_code == 303
    assert "已于 2026-03-01 达到" in site.browser("reporter").get(f"/tasks/{FIRST}").text
    assert act(site, "reporter", FIRST, f"milestones/{name}", undo="true").status_code == 303
    assert act(site, "reporter", FIRST, "problems", title="缺资金", lead="市财政局", due="2026-03-10").status_code == 303
    problem = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).problems[0]
    assert (problem.lead, problem.state) == (("市财政局",), "open")
    assert act(site, "planner", FIRST, f"problems/{problem.id}", why="", measures="追加").status_code == 400
    assert act(site, "planner", FIRST, f"problems/{problem.id}", why="已追加预算", measures="追加").status_code == 303
    assert act(site, "planner", FIRST, f"problems/{problem.id}", why="又缺", reopen="true").status_code == 303
    page = site.browser("planner").get(f"/tasks/{FIRST}").text
    assert page.index("重新提出") > 0
    for text in ("完成选址", "缺资金", "已追加预算", "又缺"):
        assert text in page
    other = act(site, "planner", SECOND, f"problems/{problem.id}", why="x")
    assert other.status_code == 404


def test_a_project_is_entered(site: LedgerSite) -> None:
    planner = site.browser("planner")
    fields = {"title": "算力中心", "lead": "市经信局", "investment": "12.5亿元", "stage": "building", "due": "2027-06-30"}
    answer = post(planner, "/tasks/projects", **fields)
    assert answer.status_code == 303
    page = planner.get(answer.headers["location"]).text
    assert "12.5亿元" in page
    assert "在建" in page
    assert titles(planner.get("/tasks?kind=project")) == ["算力中心"]
    assert post(planner, "/tasks/projects", **fields).status_code == 400
    for wrong in ({"investment": "很多"}, {"stage": "x"}, {"due": "x"}, {"lead": " "}, {"title": " "}):
        assert post(planner, "/tasks/projects", **{**fields, "title": "另一个", **wrong}).status_code == 400
    assert len(titles(planner.get("/tasks?kind=project"))) == 1
