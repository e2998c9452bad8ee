"""The permission matrix: what is in it is what happens, on every route, for every role; what is not in it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import iter_route_contexts

from guibiao.model.access import NOTHING, Principal, Refused, Role, Scope, UnitReach, User, reach_of
from guibiao.serve.doors.matrix import COLUMNS, Matrix, matrix_text, read_matrix
from tests.serve.door_samples import Site, form_token, make_site, post, sign_in

HEAD = ",".join(COLUMNS)
FIELDS = {"areas": ("110101",), "unit": "单位"}


def user(*roles: Role, **fields: object) -> User:
    return User(id="u1", name="用户", roles=roles, **{**FIELDS, **fields})  # type: ignore[arg-type]


def routes_of(application: FastAPI) -> set[tuple[str, str]]:
    """Method and template of every route; HEAD is GET's."""
    return {
        (method, str(route.path_format or route.path))
        for route in iter_route_contexts(application.routes)
        for method in (route.methods or {"GET"})
        if method != "HEAD"
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = make_site(tmp_path_factory.mktemp("doors"))
    for role in Role:
        made.add(role.value.replace("_", "-"), role, **FIELDS)
    yield made
    made.store.close()


def test_every_route_of_the_doors_is_in_the_matrix(site: Site) -> None:
    assert not {route for route in routes_of(site.application) if site.doors.matrix.find(*route) is None}


@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_gets_what_the_matrix_says(site: Site, role: Role | None) -> None:
    client = site.signed_in(role.value.replace("_", "-")) if role else site.client()
    token = form_token(client, "/account" if role else "/sign-in")
    for method, path in sorted(routes_of(site.application)):
        if path == "/sign-out":
            continue
        rule = site.doors.matrix.find(method, path)
        assert rule is not None
        concrete = path.format_map(dict.fromkeys(("name", "session", "key"), "none"))
        headers = {"Accept": "application/json", "X-Form-Token": token}
        status = client.request(method, concrete, headers=headers).status_code
        may = rule.anonymous == "all" or bool(role and rule.roles[role])
        title = client.request(method, concrete, headers=headers).text if status == 403 else ""
        refused = status == 401 or "你的角色不能做这件事" in title
        assert refused is not may, (role, method, path, status)
        assert status != 500, (role, method, path)


def test_a_route_that_the_matrix_does_not_name_is_refused_to_everybody(tmp_path: Path) -> None:
    def routes(application: FastAPI) -> Matrix:
        @application.get("/forgotten")
        def forgotten() -> Response:
            return PlainTextResponse("secret")

        return read_matrix()

    site = make_site(tmp_path, routes=routes)
    site.add("chief", *Role, **FIELDS)
    assert site.client(Accept="*/*").get("/forgotten").status_code == 401
    answer = site.signed_in("chief").get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text
    site.store.close()


def test_a_path_without_a_route_is_not_found_and_a_wrong_method_is_told(site: Site) -> None:
    assert site.client().get("/nowhere").status_code == 404
    assert site.client().delete("/sign-in").status_code == 405


def test_head_follows_get() -> None:
    matrix = read_matrix()
    assert matrix.find("HEAD", "/users") is matrix.find("GET", "/users") is not None
    assert matrix.find("HEAD", "/sign-out") is None


def test_a_refused_request_of_a_known_user_is_noted(site: Site) -> None:
    site.signed_in("planner").get("/users")
    last = site.store.latest("audit", 1)[0]
    assert (last.deed.who, last.deed.action, last.deed.outcome) == ("planner", "GET /users", "refused")


def test_the_matrix_is_exported_as_it_is(site: Site) -> None:
    answer = site.signed_in("administrator").get("/permissions.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="permissions.csv"'
    exported = read_matrix(answer.text)
    assert exported.rules == read_matrix().rules
    assert matrix_text(exported) == answer.text


def test_nobody_but_signed_in_users_changes_anything() -> None:
    """Of what changes something, only signing in is open to people who are not signed in."""
    changing = {rule.path for rule in read_matrix().rules if rule.method != "GET" and rule.anonymous}
    assert changing <= {"/sign-in"}


def test_administrators_neither_edit_nor_publish() -> None:
    """Who keeps the users has no hand in figures; their paths are those of the doors."""
    changing = (rule for rule in read_matrix().rules if rule.method != "GET" and not rule.anonymous)
    alone = {rule.path for rule in changing if rule.roles[Role.ADMINISTRATOR] == "all"}
    assert alone
    assert all(path.startswith("/users") for path in alone)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("GET,/x,perhaps,,,,,,,,,none,", "line 2"), ("GET,/x,,,,,,,,,nothing:read,none,", "line 2"),
        ("GET,/x,,,,,,,,,,film,", "line 2"), ("GET,/x,,,,,,,,,,none,maybe", "line 2"), ("GET,/x", "line 2"),
    ],
)  # fmt: skip
def test_a_malformed_matrix_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_matrix(f"{HEAD}\n{line}\n")


def test_a_route_stands_in_the_matrix_once() -> None:
    line = "GET,/x,,,,,,,,,,none,"
    with pytest.raises(ValueError, match="twice"):
        read_matrix(f"{HEAD}\n{line}\n{line}\n")


def test_a_closed_site_shows_nothing_to_strangers(tmp_path: Path) -> None:
    def routes(application: FastAPI) -> Matrix:
        @application.get("/figures")
        def figures(request: Request) -> Response:
            return PlainTextResponse(request.state.principal.id or "stranger")

        return read_matrix(matrix_text(read_matrix()) + "GET,/figures,open,all,all,all,all,all,all,all,release:read,none,\n")

    for extra, expected in (({}, 200), ({"anonymous": "no"}, 401)):
        folder = tmp_path / str(expected)
        folder.mkdir()
        site = make_site(folder, routes=routes, extra=extra)
        site.add("anna", Role.READER)
        assert site.client(Accept="*/*").get("/figures").status_code == expected
        assert site.signed_in("anna").get("/figures").text == "anna"
        site.store.close()


def test_a_first_password_keeps_nobody_from_public_pages(tmp_path: Path) -> None:
    def routes(application: FastAPI) -> Matrix:
        @application.get("/figures")
        def figures() -> Response:
            return PlainTextResponse("figures")

        return read_matrix(matrix_text(read_matrix()) + "GET,/figures,open,all,all,all,all,all,all,all,release:read,none,\n")

    site = make_site(tmp_path, routes=routes)
    site.add("anna", Role.READER)
    assert site.doors.users is not None
    first = site.doors.users.reset("anna", "chief")
    client = site.client()
    assert sign_in(client, "anna", first).status_code == 303
    assert client.get("/figures").text == "figures"
    assert client.get("/interference").headers["location"] == "/account"
    site.store.close()


@pytest.mark.parametrize(
    ("who", "areas", "unit"),
    [
        (user(Role.CITY_EDITOR), None, ""), (user(Role.DISTRICT_EDITOR), ("110101",), ""), (user(Role.REPORTER), (), "单位"),
        (user(Role.DISTRICT_EDITOR, Role.REPORTER), ("110101",), "单位"), (user(Role.ADMINISTRATOR, Role.RELEASER, Role.PLANNER), (), ""),
        (user(Role.READER), (), ""), (user(Role.CITY_EDITOR, disabled=True), (), ""), (None, (), ""),
    ],
)  # fmt: skip
def test_whose_unit_data_somebody_sees(who: User | None, areas: tuple[str, ...] | None, unit: str) -> None:
    assert reach_of(who) == UnitReach(areas, unit)
    assert Principal(user=who).reach == UnitReach(areas, unit)


def test_a_district_sees_its_own_units_and_no_others() -> None:
    reach = reach_of(user(Role.DISTRICT_EDITOR))
    assert reach.admits("110101")
    assert reach.admits("110101001")
    assert reach.among(["110101", "110102", "110101002", "", "1101"]) == ("110101", "110101002")
    reach.require("110101")
    with pytest.raises(Refused, match="110102"):
        reach.require("110102", "单位")


def test_a_reporter_sees_one_unit_and_no_area() -> None:
    reach = reach_of(user(Role.REPORTER))
    assert reach.admits("110102", "单位")
    assert not reach.admits("110102", "别的单位")
    assert not reach.admits("110102")
    assert not reach.is_empty
    assert NOTHING.is_empty
    assert not NOTHING.admits("", "")


def test_an_api_key_does_what_its_scopes_and_its_owners_roles_both_allow(site: Site) -> None:
    keys = site.doors.keys
    assert keys is not None
    chief, reader = site.store.user("administrator"), site.store.user("reader")
    assert chief is not None
    assert reader is not None
    auditing, _key = keys.make(chief, "审计系统", [Scope.AUDIT_READ])
    reading, _key = keys.make(chief, "看板", [Scope.RELEASE_READ])
    grasping, _key = keys.make(reader, "越权", list(Scope))
    for text, expected in ((auditing, 200), (reading, 403), (grasping, 403)):
        for headers in ({"Authorization": f"Bearer {text}"}, {"X-API-Key": text}):
            assert site.client(Accept="*/*", **headers).get("/audit/export").status_code == expected
    assert site.client(Accept="*/*", Authorization=f"Bearer {auditing}").post("/users").status_code == 403


def test_a_key_is_throttled_by_its_rate(site: Site) -> None:
    keys, chief = site.doors.keys, site.store.user("administrator")
    assert keys is not None
    assert chief is not None
    text, _key = keys.make(chief, "慢", [Scope.AUDIT_READ], rate=2)
    client = site.client(Accept="*/*", Authorization=f"Bearer {text}")
    answers = [client.get("/permissions.csv") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30


@pytest.mark.parametrize("end", ["revoke", "expire", "disable"])
def test_a_key_ends(tmp_path: Path, end: str) -> None:
    site = make_site(tmp_path)
    site.add("robot", Role.ADMINISTRATOR)
    site.add("chief", Role.ADMINISTRATOR)
    client = site.signed_in("robot")
    page = post(client, "/account/keys", label="抓取", scopes="audit:read", days="10").text
    text = page.partition("<code>")[2].partition("</code>")[0]
    key = site.store.keys("robot")[0]
    assert key.digest not in text
    program = site.client(Accept="*/*", Authorization=f"Bearer {text}")
    assert program.get("/audit/export").status_code == 200
    if end == "revoke":
        assert post(site.signed_in("chief"), f"/account/keys/{key.id}/revoke").status_code == 400
        assert post(client, f"/account/keys/{key.id}/revoke").status_code == 303
    elif end == "expire":
        site.clock.pass_by(days=10)
    else:
        assert site.doors.users is not None
        site.doors.users.disable("robot", "chief")
    assert program.get("/audit/export").status_code == 401
    site.store.close()


@pytest.mark.parametrize("text", ["gb_", "gb_000000000000_" + "x" * 43, "gb_zz", "\x00", "gb_000000000000_" + "é" * 43])
def test_an_unknown_key_opens_nothing_not_even_public_pages(site: Site, text: str) -> None:
    answer = site.client(Accept="*/*").get("/sign-in", headers={"X-API-Key": text.encode("utf-8")})
    assert answer.status_code == 401
