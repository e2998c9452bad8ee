"""Signing in by password: throttling, sessions and their ends, what an attacker could learn or plant."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from guibiao.model.access import Role
from tests.serve.door_samples import PASSWORD, Site, form_token, make_site, post, sign_in


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path)
    made.add("anna", Role.CITY_EDITOR)
    made.add("chief", Role.ADMINISTRATOR)
    yield made
    made.store.close()


def actions(site: Site) -> list[tuple[str, str, str]]:
    return [(entry.deed.action, entry.deed.who, entry.deed.outcome) for entry in site.store.entries("audit")]


def test_a_session_opens_the_account_and_sign_out_closes_it(site: Site) -> None:
    client = site.signed_in("anna")
    assert "用户anna" in client.get("/account").text
    token = client.cookies["session"]
    assert post(client, "/sign-out").status_code == 303
    client.cookies.set("session", token)
    assert client.get("/account").status_code == 303
    assert [each[0] for each in actions(site)][-2:] == ["sign-in", "sign-out"]


def test_the_name_may_be_typed_in_capitals_and_full_width(site: Site) -> None:
    assert sign_in(site.client(), "  ＡNNA ").status_code == 303


@pytest.mark.parametrize("page", ["/account", "/users"])
def test_who_is_not_signed_in_is_led_to_the_form_and_back(site: Site, page: str) -> None:
    client = site.client()
    answer = client.get(page)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=%2F{page[1:]}")
    assert client.get(page, headers={"Accept": "application/json"}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    answer = sign_in(site.client(), "anna")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert answer.headers["cache-control"] == "no-store"


def test_in_production_cookies_are_for_https_and_this_host_alone(tmp_path: Path) -> None:
    site = make_site(tmp_path, production=True, address="https://testserver")
    site.add("anna", Role.READER)
    answer = sign_in(site.client(), "anna")
    assert answer.status_code == 403  # http: the browser gives no cookie back, the form is not bound
    client = site.client()
    client.base_url = "https://testserver"
    answer = sign_in(client, "anna")
    cookies = answer.headers.get_list("set-cookie")
    assert answer.status_code == 303
    assert all("; Secure" in cookie and "Domain" not in cookie for cookie in cookies)
    assert any(cookie.startswith("__Host-session=") for cookie in cookies)
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    site.store.close()


def test_an_unknown_name_costs_the_same_work_and_gets_the_same_answer(site: Site) -> None:
    before = site.hasher.checked
    wrong = sign_in(site.client(), "anna", "wrong-password-1")
    middle = site.hasher.checked
    unknown = sign_in(site.client(), "nobody", "wrong-password-1")
    assert (middle - before, site.hasher.checked - middle) == (1, 1)
    assert wrong.status_code == unknown.status_code == 403
    assert "用户名或密码不对" in wrong.text
    assert [line for line in wrong.text.splitlines() if "form_token" not in line] == [
        line for line in unknown.text.splitlines() if "form_token" not in line
    ]


def test_a_disabled_user_is_told_the_same_and_pays_the_same(site: Site) -> None:
    assert site.doors.users is not None
    site.doors.users.disable("anna", "chief")
    before = site.hasher.checked
    answer = sign_in(site.client(), "anna")
    assert (answer.status_code, site.hasher.checked - before) == (403, 1)
    assert "用户名或密码不对" in answer.text


def test_five_failures_close_the_account_for_a_quarter_of_an_hour(site: Site) -> None:
    for number in range(5):
        assert sign_in(site.client(address=f"203.0.113.{number}"), "anna", "wrong-password-1").status_code == 403
    answer = sign_in(site.client(address="203.0.113.99"), "anna")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) == 901
    assert sign_in(site.client(), "chief").status_code == 303
    site.clock.pass_by(minutes=15, seconds=1)
    assert sign_in(site.client(), "anna").status_code == 303


def test_one_address_cannot_try_many_accounts(site: Site) -> None:
    codes = [sign_in(site.client(address="203.0.113.1"), f"name{number}", "wrong-password-1").status_code for number in range(31)]
    assert codes == [403] * 30 + [429]
    assert sign_in(site.client(address="203.0.113.2"), "anna").status_code == 303


def test_a_closed_account_is_not_even_checked(site: Site) -> None:
    for _number in range(5):
        sign_in(site.client(), "anna", "wrong-password-1")
    before = site.hasher.checked
    assert sign_in(site.client(), "anna").status_code == 429
    assert site.hasher.checked == before


def test_a_planted_session_is_worth_nothing(site: Site) -> None:
    """Session fixation: the token after signing in is new, and the one that was there before opens nothing."""
    client = site.client()
    client.cookies.set("session", "planted-by-an-attacker")
    answer = sign_in(client, "anna")
    assert answer.status_code == 303
    assert client.cookies.get("session", domain="testserver.local") != "planted-by-an-attacker"
    attacker = site.client()
    attacker.cookies.set("session", "planted-by-an-attacker")
    assert attacker.get("/account").status_code == 303


def test_signing_in_again_ends_the_session_before(site: Site) -> None:
    client = site.signed_in("anna")
    old = client.cookies["session"]
    token = form_token(client, "/account")
    assert client.post("/sign-in", data={"form_token": token, "name": "chief", "password": PASSWORD}).status_code == 303
    assert client.cookies["session"] != old
    thief = site.client()
    thief.cookies.set("session", old)
    assert thief.get("/account").status_code == 303


def test_sessions_end_when_idle_and_when_old(site: Site) -> None:
    client = site.signed_in("anna")
    site.clock.pass_by(minutes=31)
    assert client.get("/account").status_code == 303
    client = site.signed_in("anna")
    for _number in range(23):
        site.clock.pass_by(minutes=20)
        assert client.get("/account").status_code == 200
    site.clock.pass_by(minutes=20)
    assert client.get("/account").status_code == 303


def test_a_session_is_revoked_by_its_owner_only(site: Site) -> None:
    here, there, other = site.signed_in("anna"), site.signed_in("anna"), site.signed_in("chief")
    newest = site.store.sessions("anna")
    target = next(each for each in newest if site.doors.signing and site.doors.signing.find(there.cookies["session"]) and each.id)
    from guibiao.serve.doors.tokens import digest

    target_id = digest(there.cookies["session"])
    assert target.user == "anna"
    assert post(other, f"/account/sessions/{target_id[:16]}/revoke").status_code == 400
    assert there.get("/account").status_code == 200
    assert post(here, f"/account/sessions/{target_id[:16]}/revoke").status_code == 303
    assert there.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_a_new_password_ends_all_other_sessions(site: Site) -> None:
    here, there = site.signed_in("anna"), site.signed_in("anna")
    changed = post(here, "/account/password", old=PASSWORD, new="Another-Horse-8", again="Another-Horse-8")
    assert changed.headers["location"] == "/account?done=password"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert sign_in(site.client(), "anna").status_code == 403
    assert sign_in(site.client(), "anna", "Another-Horse-8").status_code == 303


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("Short-1", "不足 12 位"), ("aaaaaaaaaaaaaaaaaaaaaaaaa", "重复的字符"), ("my-anna-secret-9A", "不能含登录名"),
        ("lowercaseonly", "种类太少"), (PASSWORD, "相同"), ("长" * 300, "超过 256 位"),
    ],
)  # fmt: skip
def test_a_weak_password_is_refused_with_what_to_do(site: Site, new: str, why: str) -> None:
    answer = post(site.signed_in("anna"), "/account/password", old=PASSWORD, new=new, again=new)
    assert answer.status_code == 400
    assert why in answer.text


def test_the_old_password_cannot_be_guessed_from_inside(site: Site) -> None:
    client = site.signed_in("anna")
    codes = [post(client, "/account/password", old="wrong", new="Another-Horse-8", again="Another-Horse-8").status_code for _ in range(6)]
    assert codes == [400] * 5 + [429]


def test_a_first_password_must_be_changed_before_anything_else(site: Site) -> None:
    assert site.doors.users is not None
    first = site.doors.users.reset("chief", "chief")
    client = site.client()
    assert sign_in(client, "chief", first).headers["location"] == "/account"
    assert client.get("/users").headers["location"] == "/account"
    assert post(client, "/account/password", old=first, new="Another-Horse-8", again="Another-Horse-8").status_code == 303
    assert client.get("/users").status_code == 200


@pytest.mark.parametrize("act", ["disable", "roles", "reset"])
def test_what_an_administrator_changes_ends_sessions_at_once(site: Site, act: str) -> None:
    victim, chief = site.signed_in("anna"), site.signed_in("chief")
    assert post(chief, f"/users/anna/{act}", "/users", roles="reader").status_code in {200, 303}
    assert victim.get("/account").status_code == 303


def test_neither_token_nor_password_is_kept(site: Site, tmp_path: Path) -> None:
    client = site.signed_in("anna")
    connection = sqlite3.connect(tmp_path / "operations.db")
    text = "\n".join(connection.iterdump())
    connection.close()
    assert client.cookies["session"] not in text
    assert PASSWORD not in text
    assert "$argon2id$" in text


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example",
        "http:evil.example", "///evil.example", "/%0d%0aSet-Cookie:x=1\r\nX: y", "",
    ],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(site: Site, back: str) -> None:
    location = sign_in(site.client(), "anna", next=back).headers["location"]
    assert location == "/"
    client = site.signed_in("anna")
    assert client.get("/sign-in", params={"next": back}).headers["location"] == "/"


def test_signing_in_leads_back_to_a_page_of_this_site(site: Site) -> None:
    assert sign_in(site.client(), "anna", next="/indicators/x?area=1&q=数字").headers["location"].startswith("/indicators/x?area=1&q=")
