"""The audit log: chained, append-only in the engine itself, exported, verified; the log of interference beside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.access import Role
from guibiao.model.audit import START, AuditEntry, Deed, Head, Interference, exported, faults, link, read_entry
from guibiao.model.errors import BadRequest
from tests.serve.door_samples import MOMENT, Site, make_site, post

DEED = Deed(action="publish", who="anna", subject="release-1", detail={"reason": "月报", "rows": 3, "errors": [1, {"a": None}]})
REPORT = Interference(requester="某人", position="", figure="某指标", asked="调高", channel="telephone", on=date(2026, 3, 1), answer="未改")
REPORT_FIELDS = ("requester", "position", "figure", "asked", "answer")


def chain_of(*deeds: Deed) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    head = Head(0, START)
    for number, deed in enumerate(deeds):
        entries.append(link("audit", head, MOMENT + timedelta(seconds=number), deed))
        head = Head(entries[-1].sequence, entries[-1].hash)
    return entries


FIVE = chain_of(*(replace(DEED, subject=f"release-{number}") for number in range(5)))
LAST = Head(5, FIVE[-1].hash)


def kinds(entries: list[AuditEntry], kept: Head | None = None) -> list[tuple[int, str]]:
    return [(fault.sequence, fault.kind) for fault in faults(entries, kept)]


def test_the_hash_is_that_of_the_canonical_json_by_hand() -> None:
    import hashlib

    content = (
        '{"action":"x","address":"","at":"2026-03-02T09:30:00.000000+00:00","chain":"audit","detail":{},"outcome":"done","previous":"'
        + "0" * 64
        + '","sequence":1,"subject":"数","who":""}'
    )
    entry = link("audit", Head(0, START), MOMENT, Deed(action="x", subject="数"))
    assert entry.hash == hashlib.sha256(content.encode()).hexdigest()


def test_an_untouched_chain_holds() -> None:
    assert kinds(FIVE) == kinds(FIVE, LAST) == kinds(FIVE, Head(3, FIVE[2].hash)) == kinds([], Head(0, START)) == []


def test_every_way_of_tampering_is_found() -> None:
    forged = replace(FIVE[2], deed=replace(FIVE[2].deed, who="nobody"))
    assert kinds([*FIVE[:2], forged, *FIVE[3:]]) == [(3, "changed")]
    rehashed = link("audit", Head(2, FIVE[1].hash), FIVE[2].at, forged.deed)
    assert kinds([*FIVE[:2], rehashed, *FIVE[3:]]) == [(4, "broken")]
    assert kinds([*FIVE[:2], *FIVE[3:]]) == [(3, "missing")]
    assert kinds(FIVE[1:]) == [(1, "missing")]
    assert kinds(FIVE[:3]) == []
    assert kinds(FIVE[:3], LAST) == [(4, "cut")]
    assert kinds([], LAST) == [(1, "cut")]
    rewritten = chain_of(*(replace(entry.deed, who="nobody") for entry in FIVE))
    assert kinds(rewritten) == []
    assert kinds(rewritten, LAST) == [(5, "cut")]


@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.dictionaries(st.text(max_size=3), st.text() | st.integers() | st.none(), max_size=3)), max_size=4
    )
)
def test_an_export_read_again_holds_whatever_was_noted(content: list[tuple[str, dict[str, str | int | None]]]) -> None:
    entries = chain_of(*(Deed(action=text, detail=detail) for text, detail in content))
    lines = [json.loads(line) for line in exported("audit", entries)]
    again = [read_entry(line) for line in lines[:-1]]
    assert again == entries
    assert faults(again, Head(lines[-1]["count"], lines[-1]["head"])) == ()


@pytest.mark.parametrize("record", [{}, [], {"action": 1}, {**FIVE[0].to_dict(), "at": "yesterday"}, {**FIVE[0].to_dict(), "detail": 3}])
def test_a_line_that_is_no_entry_is_refused(record: object) -> None:
    with pytest.raises(BadRequest):
        read_entry(record)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change", [{"requester": " "}, {"figure": ""}, {"asked": ""}, {"answer": ""}, {"on": date(2026, 3, 3)}, {"asked": "长" * 4001}]
)
def test_a_report_of_interference_is_whole(change: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        replace(REPORT, **change).validate(date(2026, 3, 2))  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    from tests.store.operations_samples import new_workspace

    location = "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_dsn"))
    made = make_site(tmp_path, location, "w" if not location else new_workspace())
    made.add("chief", Role.ADMINISTRATOR)
    made.add("anna", Role.CITY_EDITOR)
    made.add("publisher", Role.RELEASER)
    yield made
    made.store.close()


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_engine_itself_refuses_to_change_the_log(site: Site, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), site.store._within(writing=True) as connection:
        connection.execute(sa.text(statement))
    assert faults(site.store.entries("audit")) == ()


def test_what_is_noted_comes_back_as_it_went(site: Site) -> None:
    entry = site.store.note("audit", replace(DEED, who="\x00\ud800a"), MOMENT)
    assert list(site.store.entries("audit"))[-1] == entry
    assert faults(site.store.entries("audit"), site.store.head("audit")) == ()


def test_threads_that_note_at_once_make_one_chain(site: Site) -> None:
    before = site.store.head("audit").count
    threads = [Thread(target=lambda: [site.store.note("audit", DEED, MOMENT) for _ in range(5)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.store.head("audit").count == before + 30
    assert faults(site.store.entries("audit"), site.store.head("audit")) == ()


def test_a_change_and_its_entry_are_one(site: Site) -> None:
    """Where the entry cannot be made, the change is not."""
    count = site.store.head("audit").count

    def half() -> None:
        with site.store.transaction():
            site.add("bert", Role.READER)
            raise BadRequest("stop")

    with pytest.raises(BadRequest, match="stop"):
        half()
    assert site.store.user("bert") is None
    assert site.store.head("audit").count == count


def test_an_act_is_noted_as_asked_and_as_done(site: Site) -> None:
    chief = site.signed_in("chief")
    assert post(chief, "/users/anna/disable", "/users").status_code == 303
    asked, done, ended = (entry.deed for entry in list(site.store.entries("audit"))[-3:])
    assert (asked.action, asked.outcome, asked.subject) == ("POST /users/{name}/disable", "asked", "/users/anna/disable")
    assert (done.action, done.who, done.subject) == ("user-disable", "chief", "anna")
    assert (ended.outcome, ended.detail["status"]) == ("done", 303)
    assert asked.detail["request"] == ended.detail["request"]
    assert done.detail["before"]["disabled"] is False


def test_what_cannot_be_noted_is_not_done(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    chief = site.signed_in("chief")
    from tests.serve.door_samples import form_token

    token = form_token(chief, "/users")

    def full(*_arguments: object) -> None:
        raise BadRequest("写不进磁盘", remedy="腾出空间")

    monkeypatch.setattr(site.store.__class__, "note", full)
    answer = chief.post("/users/anna/disable", data={"form_token": token})
    assert answer.status_code == 503
    assert "写不进磁盘" in answer.text
    anna = site.store.user("anna")
    assert anna is not None
    assert not anna.disabled


def test_the_exported_log_verifies_and_the_page_says_so(site: Site) -> None:
    chief = site.signed_in("chief")
    lines = [json.loads(line) for line in chief.get("/audit/export").text.splitlines()]
    entries = [read_entry(line) for line in lines[:-1]]
    assert faults(entries, Head(lines[-1]["count"], lines[-1]["head"])) == ()
    assert len(entries) == lines[-1]["count"] > 3
    assert "首尾相接" in chief.get("/audit/verify").text


def test_the_log_is_paged_and_says_who(site: Site) -> None:
    with site.store.transaction():
        for number in range(150):
            site.store.note("audit", replace(DEED, who="robot", subject=f"s{number}"), MOMENT)
    chief = site.signed_in("chief")
    page = chief.get("/audit", params={"who": "robot"}).text
    assert page.count("<td>robot</td>") == 100
    rest = chief.get(page.partition('href="/audit?before=')[2].partition('"')[0].join(["/audit?before=", ""]).replace("&amp;", "&")).text
    assert rest.count("<td>robot</td>") == 50


def test_interference_is_noted_by_anybody_and_read_whole_by_few(site: Site) -> None:
    report = {"requester": "某人", "figure": "某指标", "asked": "调高", "channel": "oral", "on": "2026-03-01", "answer": "未改"}
    anna, publisher, chief = (site.signed_in(name) for name in ("anna", "publisher", "chief"))
    assert post(anna, "/interference", **report).status_code == 303
    assert post(publisher, "/interference", **{**report, "requester": "另一人", "concerns": "1"}).status_code == 303
    assert post(anna, "/interference", **{**report, "concerns": "7"}).status_code == 400
    assert post(anna, "/interference", **{**report, "on": "2026-03-03"}).status_code == 400
    assert "另一人" not in anna.get("/interference").text
    assert "某人" in anna.get("/interference").text
    assert all(name in chief.get("/interference").text for name in ("某人", "另一人"))
    assert anna.get("/interference/export").status_code == 403
    lines = [json.loads(line) for line in publisher.get("/interference/export").text.splitlines()]
    assert lines[-1]["count"] == 2
    assert (lines[1]["detail"]["concerns"], lines[1]["who"]) == (1, "publisher")
    assert faults(site.store.entries("interference"), site.store.head("interference")) == ()


def test_users_and_keys_are_kept_on_both_engines(site: Site) -> None:
    """Roles, areas and scopes come back as they went; a stale version is refused."""
    from guibiao.model.access import Scope
    from guibiao.model.operations import Conflict

    user = site.add("district", Role.DISTRICT_EDITOR, areas=("110101",))
    assert site.store.user("district") == user
    assert site.doors.keys is not None
    _text, key = site.doors.keys.make(user, "系统", [Scope.UNITS_READ, Scope.RELEASE_READ])
    assert site.store.keys("district") == (key,)
    site.store.replace_user(replace(user, name="新名"))
    with pytest.raises(Conflict):
        site.store.replace_user(replace(user, name="旧人"))
    with pytest.raises(Conflict):
        site.add("district", Role.READER)
    site.store.replace_user(replace(site.store.user("anna") or user, subject="https://login.example|7"))
    with pytest.raises(Conflict, match="anna"):
        site.add("bert", Role.READER, subject="https://login.example|7")


def test_the_last_administrator_stays(site: Site) -> None:
    users = site.doors.users
    assert users is not None
    with pytest.raises(BadRequest, match="唯一的管理员"):
        users.disable("chief", "chief")
    with pytest.raises(BadRequest, match="唯一的管理员"):
        users.set_roles("chief", [Role.READER], "chief")
    site.add("second", Role.ADMINISTRATOR)
    assert users.disable("chief", "second").disabled


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "'; DROP TABLE users; --", "\ud7ff\u202e"])
def test_no_text_upsets_an_engine(site: Site, text: str) -> None:
    chief = site.signed_in("chief")
    from tests.serve.door_samples import form_token

    fields = dict.fromkeys(("name", "full_name", "areas", "unit", "subject", "label", "old", "new", "again", *REPORT_FIELDS), text)
    token = form_token(chief, "/users")
    for path in ("/users", "/users/anna/roles", "/account/keys", "/account/password", "/interference"):
        more = {"roles": "reader", "scopes": "audit:read", "on": "2026-03-01", "channel": "oral", "form_token": token}
        answer = chief.post(path, data={**fields, **more})
        assert answer.status_code in {200, 303, 400}, (path, answer.text)
    assert chief.get("/audit", params={"who": text}).status_code == 200
    stranger = site.client()
    assert stranger.post("/sign-in", data={**fields, "password": text, "form_token": form_token(stranger)}).status_code == 403
    assert faults(site.store.entries("audit")) == ()


def test_a_store_out_of_reach_is_told_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guibiao.store.operations.opening.PATIENCE", 0.05)
    site = make_site(tmp_path)
    site.add("anna", Role.READER)
    client = site.signed_in("anna")
    holder = sqlite3.connect(tmp_path / "operations.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    answers = [client.get("/account"), client.post("/sign-in", data={"form_token": "x"}), client.get("/sign-in?next=/account")]
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert "业务库正被另一个进程写入" in answers[0].text
    assert answers[0].headers["retry-after"] == "10"
    assert site.client().get("/sign-in").status_code == 200
    holder.execute("ROLLBACK")
    holder.close()
    assert client.get("/account").status_code == 200
    site.store.close()
