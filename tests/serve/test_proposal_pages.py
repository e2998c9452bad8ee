"""Deciding on proposals on the site: beside the words, together or one by one, never over somebody else's decision."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import yaml

from guibiao import decisions, web_decisions
from guibiao.decisions import DecisionDesk
from guibiao.document_texts import DocumentTexts
from guibiao.ingest.documents import read_document
from guibiao.model.errors import BadRequest
from guibiao.policy import proposals as policy_proposals
from guibiao.policy.paper import text_digest
from guibiao.serve.reviewing.proposal_fields import TARGET_FIELDS, TASK_FIELDS
from guibiao.store.operations.opening import open_operations
from tests.policy.ledger_samples import PLAN, new_city
from tests.serve.document_samples import PEOPLE, Office, hand_in, open_office, read
from tests.serve.door_samples import form_token

PAPER = "/proposals/of/plan"
CHOICE = re.compile(r'name="chosen" value="([^"]+)"')
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = open_office(new_city(tmp_path), tmp_path / "out")
    yield made
    made.close()


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with proposals on which no test decides."""
    folder = tmp_path_factory.mktemp("calm")
    made = open_office(new_city(folder), folder / "out")
    propose(made)
    yield made
    assert set(states(made).values()) == {"pending"}
    made.close()


def propose(office: Office, text: str = PLAN, name: str = "plan", *, keep: bool = True) -> None:
    """What reading the document beside the server does."""
    document = read_document(text.encode(), f"{name}.md")
    if keep:
        DocumentTexts(office.out / "operations" / "texts").keep(text_digest(document), document)
    with closing(open_operations(office.operations, office.workspace.settings.id)) as store:
        DecisionDesk(office.workspace, store, lambda: datetime.now(UTC)).propose(document, "甲", name=name)


def choices(client: httpx.Client, query: str = "") -> list[str]:
    return CHOICE.findall(client.get(f"{PAPER}{query}").text)


def decide(client: httpx.Client, path: str = PAPER, **fields: object) -> httpx.Response:
    return client.post(path, data={"form_token": form_token(client, "/account"), **fields})


def kept(office: Office) -> dict[str, list[str]]:
    """Ids in the workspace's own file."""
    path = office.workspace.folder / "policies" / "plan.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {kind: [entry["id"] for entry in content.get(kind) or []] for kind in ("targets", "tasks")}


def states(office: Office) -> dict[str, str]:
    return {each.record.id: each.record.state for each in office.decisions.proposals("plan")}


def test_proposals_stand_beside_the_words_they_come_from(calm: Office) -> None:
    client = calm.client("paul")
    assert "新城市数字经济行动方案" in client.get("/proposals").text
    page = client.get(PAPER).text
    assert len(choices(client)) == 6
    for text in ("数字贸易额", "300亿元", "建设示范园区", "市经济信息局"):
        assert text in page
    for name in states(calm):
        assert page.count(f'id="m-{name}"') == page.count(f'id="{name}"') == 1
        assert f'href="#m-{name}"' in page
    assert re.search(r'<a class="marked target decision-pending strong"[^>]*>300亿元</a>', page)


def test_filters_narrow_the_list_and_the_marks(calm: Office) -> None:
    client = calm.client("paul")
    assert len(choices(client, "?kind=task")) == len(choices(client, "?kind=target")) == 3
    assert len(choices(client, "?state=pending")) == 6
    assert not choices(client, "?state=accepted")
    assert client.get(f"{PAPER}?part=99").status_code == 200


def test_one_is_accepted_rejected_and_taken_back(office: Office) -> None:
    propose(office)
    client = office.client("paul")
    first = choices(client, "?kind=target")[0]
    name = first.partition(":")[0]
    answer = decide(client, one=f"accept:{first}")
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"#{name}")
    assert states(office)[name] == "accepted"
    assert kept(office)["targets"] == [name]
    assert "已采纳" in client.get(answer.headers["location"]).text
    assert decide(client, one=f"reject:{name}:2").status_code == 400  # no reason
    assert decide(client, one=f"reject:{name}:2", why="重复").status_code == 303
    assert kept(office)["targets"] == []
    assert decide(client, one=f"undo:{name}:3").status_code == 303
    assert states(office)[name] == "accepted"
    assert kept(office)["targets"] == [name]
    history = client.get(f"{PAPER}/{name}").text
    assert history.index("撤回决定") < history.index("重复") < history.index("摘出")


def test_several_are_decided_together_or_not_at_all(office: Office) -> None:
    propose(office)
    client = office.client("carl")
    every = choices(client)
    stale = [every[0], every[1].partition(":")[0] + ":7"]
    answer = decide(client, action="accept", chosen=stale, why="核对过")
    assert answer.status_code == 409
    assert set(states(office).values()) == {"pending"}
    assert kept(office) == {"targets": [], "tasks": []}
    assert answer.text.count(" checked>") == 2  # what was ticked stays ticked
    assert "核对过" in answer.text
    assert decide(client, action="accept", chosen=every, why="核对过").status_code == 303
    assert set(states(office).values()) == {"accepted"}
    assert (len(kept(office)["targets"]), len(kept(office)["tasks"])) == (3, 3)
    assert "核对过" in client.get(PAPER).text


def test_fields_are_corrected_and_only_what_changed_is_kept(office: Office) -> None:
    propose(office)
    client = office.client("paul")
    name = next(view.record.id for view in office.decisions.proposals("plan") if view.record.content.get("value") == "300")
    page = client.get(f"{PAPER}/{name}").text
    fields = {"action": "accept", "version": "1", "value": "320", "unit": "亿元", "deadline": "2026-12-31", "why": "以正式稿为准"}
    assert all(f'name="{key}"' in page for key in ("value", "unit", "deadline", "indicator_id", "operator"))
    assert decide(client, f"{PAPER}/{name}", **fields).status_code == 303
    view = next(view for view in office.decisions.proposals("plan") if view.record.id == name)
    assert dict(view.record.edits) == {"value": "320", "deadline": "2026-12-31"}
    page = client.get(f"{PAPER}/{name}?done=accept").text
    assert "<del>300</del>" in page
    assert "<ins>320</ins>" in page
    assert "以正式稿为准" in page
    assert decide(client, f"{PAPER}/{name}", action="accept", version="2", value="330").status_code == 303
    text = (office.workspace.folder / "policies" / "plan.yaml").read_text(encoding="utf-8")
    assert "330" in text
    assert "320" not in text


def test_offices_of_a_task_are_corrected_line_by_line(office: Office) -> None:
    propose(office)
    client = office.client("paul")
    name = choices(client, "?kind=task")[0].partition(":")[0]
    answer = decide(client, f"{PAPER}/{name}", action="accept", version="1", lead="市商务局\r\n市科委\r\n", supporting="")
    assert answer.status_code == 303
    view = next(view for view in office.decisions.proposals("plan") if view.record.id == name)
    assert view.record.edits["lead"] == ["市商务局", "市科委"]


@pytest.mark.parametrize(
    ("field", "text"),
    [("value", "很多"), ("value", "NaN"), ("deadline", "明天"), ("operator", "≥"), ("indicator_id", "no_such"), ("class", "x")],
)
def test_a_field_that_cannot_be_is_told_and_what_was_typed_stays(calm: Office, field: str, text: str) -> None:
    client = calm.client("paul")
    name = choices(client, "?kind=target")[0].partition(":")[0]
    answer = decide(client, f"{PAPER}/{name}", action="accept", version="1", note="要留下的备注", **{field: text})
    assert answer.status_code == 400
    assert "要留下的备注" in answer.text
    assert 'role="alert"' in answer.text
    assert set(states(calm).values()) == {"pending"}


def test_the_slower_of_two_is_told_who_was_faster(office: Office) -> None:
    propose(office)
    fast, slow = office.client("paul"), office.client("petra")
    first = choices(slow, "?kind=target")[0]
    name = first.partition(":")[0]
    assert decide(fast, one=f"reject:{first}", why="不是目标").status_code == 303
    for answer in (
        decide(slow, one=f"accept:{first}"),
        decide(slow, f"{PAPER}/{name}", action="accept", version="1", value="1"),
    ):
        assert answer.status_code == 409
        assert "paul" in answer.text
        assert "刚被别人改过" in answer.text
    assert states(office)[name] == "rejected"
    assert kept(office)["targets"] == []


def test_of_many_at_once_one_decides(office: Office) -> None:
    propose(office)
    people = [office.client(name) for name in ("paul", "petra", "carl")]
    first = choices(people[0], "?kind=target")[0]
    token = [form_token(client, "/account") for client in people]
    answers: list[int] = []
    together = threading.Barrier(len(people))

    def press(at: int) -> None:
        together.wait()
        data = {"form_token": token[at], "one": f"{'accept' if at % 2 else 'reject'}:{first}", "why": "同时"}
        answers.append(people[at].post(PAPER, data=data).status_code)

    threads = [threading.Thread(target=press, args=(at,)) for at in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409, 409]
    name = first.partition(":")[0]
    assert (states(office)[name] == "accepted") is (name in kept(office)["targets"])
    assert len(office.decisions.history(name)) == 2


def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    propose(office)
    client = office.client("paul")

    def full(path: Path, _content: bytes) -> None:
        raise BadRequest(f"不能写入 {path.name}", "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(decisions, "replace_whole", full)
        answer = decide(client, action="accept", chosen=choices(client))
    assert answer.status_code == 400
    assert "不能写入 plan.yaml" in answer.text
    assert set(states(office).values()) == {"pending"}
    assert kept(office) == {"targets": [], "tasks": []}
    monkeypatch.setattr(web_decisions.os, "access", lambda *_arguments: False)
    page = client.get(PAPER).text
    assert "只读" in page
    assert re.search(r'value="accept" disabled', page)


def test_what_stands_in_a_document_or_a_reason_is_never_carried_out(office: Office) -> None:
    propose(office, PLAN.replace("数字贸易额", f"数字贸易额{SCRIPT}").replace("建设示范园区", f"建设{SCRIPT}示范园区"))
    client = office.client("paul")
    decide(client, one=f"reject:{choices(client)[0]}", why=SCRIPT)
    pages = [client.get(PAPER).text, client.get("/proposals").text]
    pages += [client.get(f"{PAPER}/{name}").text for name in states(office)]
    assert not any("<script>alert" in page for page in pages)
    assert any("&lt;script&gt;" in page for page in pages)


@pytest.mark.parametrize("name", ["", *PEOPLE])
def test_only_planners_and_city_editors_decide(calm: Office, name: str) -> None:
    client = calm.client(name)
    may = name in {"paul", "petra", "carl"}
    first = f"{next(iter(states(calm)))}:1"
    for path in ("/proposals", PAPER, f"{PAPER}/{first.partition(':')[0]}"):
        status = client.get(path).status_code
        assert status == (200 if may else 403 if name else 303), path
    token = form_token(client, "/account" if name else "/sign-in")
    answer = client.post(PAPER, data={"form_token": token, "one": f"reject:{first}"})  # without a reason nobody rejects
    assert answer.status_code == (400 if may else 403 if name else 401)
    assert set(states(calm).values()) == {"pending"}


def test_a_form_without_its_token_decides_nothing(calm: Office) -> None:
    client = calm.client("paul")
    for path in (PAPER, f"{PAPER}/{next(iter(states(calm)))}"):
        assert client.post(path, data={"one": f"accept:{choices(client)[0]}", "action": "accept", "version": "1"}).status_code == 403
    assert set(states(calm).values()) == {"pending"}


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"action": "accept"}, {"action": "publish", "chosen": "x:1"}, {"one": "accept"}, {"one": "accept:x"}, {"one": "accept:x:-1"},
        {"one": "accept:x:1e9"}, {"action": "accept", "chosen": "x:99999999999"}, {"one": "accept::1"}, {"action": "", "chosen": "x:1"},
    ],
)  # fmt: skip
def test_a_form_that_no_page_sends_changes_nothing(calm: Office, fields: dict[str, str]) -> None:
    answer = decide(calm.client("paul"), **fields)
    assert answer.status_code in {400, 404}
    assert 'role="alert"' in answer.text
    assert set(states(calm).values()) == {"pending"}


def test_enter_in_a_field_decides_nothing(calm: Office) -> None:
    """Browsers press the first button of a form: it stands for nothing."""
    client = calm.client("paul")
    for path in (PAPER, f"{PAPER}/{next(iter(states(calm)))}"):
        form = client.get(path).text.partition('<form method="post" action="/proposals/of')[2]
        assert form.partition("<button")[2].startswith(' class="hidden" name="action" value=""')


@pytest.mark.parametrize("paper", ["nothing", "..%2f..%2fplan", "%00", "计划", "plan%27%20OR%201=1"])
def test_a_document_that_is_not_there_is_not_found(calm: Office, paper: str) -> None:
    client = calm.client("paul")
    for path in (f"/proposals/of/{paper}", f"/proposals/of/{paper}/x", f"{PAPER}/{paper}"):
        answer = client.get(path)
        assert answer.status_code in {400, 404}, path
        assert "Traceback" not in answer.text


def test_a_proposal_of_another_document_is_refused(office: Office) -> None:
    propose(office)
    propose(office, PLAN.replace("300", "400"), "other")
    client = office.client("paul")
    foreign = CHOICE.findall(client.get("/proposals/of/other").text)[0]
    assert decide(client, one=f"accept:{foreign}").status_code == 404
    assert {view.record.state for view in office.decisions.proposals("other")} == {"pending"}


def test_without_the_text_there_are_quotations(office: Office) -> None:
    propose(office, keep=False)
    client = office.client("paul")
    page = client.get(PAPER).text
    assert "只有摘句" in page
    assert "<blockquote>" in page
    assert len(choices(client)) == 6
    assert "没有原文" in client.get("/proposals").text
    assert client.get(f"{PAPER}/{next(iter(states(office)))}").status_code == 200


def test_a_document_is_handed_in_read_and_decided_on(office: Office) -> None:
    client = office.client("petra")
    answer = hand_in(client, "/proposals", "方案.md", PLAN.encode(), paper="plan")
    assert answer.status_code == 303
    page = read(client, answer.headers["location"])
    assert "新增待审 6 条" in page
    assert f'href="{PAPER}"' in page
    assert 'class="marked' in client.get(PAPER).text
    assert decide(client, one=f"accept:{choices(client)[0]}").status_code == 303
    assert {change.act.who for change in office.decisions.history(choices(client)[0].partition(":")[0])} == {"petra"}
    again = hand_in(client, "/proposals", "方案.md", PLAN.replace("300", "400").encode(), paper="plan")
    page = read(client, again.headers["location"])
    assert "另一份文本" in page  # and nothing of the other text stays
    assert len(list((office.out / "operations" / "texts").iterdir())) == 1
    assert {"content", "result.json"}.isdisjoint(office.kept())
    other = office.client("paul")
    assert other.get(answer.headers["location"]).status_code == 200
    assert decide(other, f"{again.headers['location']}/remove").status_code == 303
    assert other.get(again.headers["location"]).status_code == 404


def test_a_document_that_cannot_be_read_proposes_nothing(office: Office) -> None:
    client = office.client("paul")
    for name, content in (("a.txt", b""), ("a.doc", b"x"), ("a.pdf", b"PK\x03\x04")):
        assert hand_in(client, "/proposals", name, content).status_code == 400
    assert not office.kept()
    assert not office.decisions.papers()


def test_acts_are_noted(office: Office) -> None:
    propose(office)
    client = office.client("paul")
    decide(client, one=f"reject:{choices(client)[0]}", why="x")
    noted = {(entry.deed.who, entry.deed.action, entry.deed.outcome, entry.deed.subject) for entry in office.access.latest("audit", 20)}
    assert ("paul", "POST /proposals/of/{paper}", "done", PAPER) in noted


def test_every_field_that_may_be_corrected_has_a_place_on_the_page() -> None:
    assert [field.key for field in TARGET_FIELDS] == list(policy_proposals._TARGET_FIELDS)
    assert [field.key for field in TASK_FIELDS] == list(policy_proposals._TASK_FIELDS)


def test_the_page_speaks_english_too(calm: Office) -> None:
    page = calm.client("paul").get(f"{PAPER}?lang=en").text
    assert "Take back" in page or "Accept" in page
    assert quote("plan") in page
