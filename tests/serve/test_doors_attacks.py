"""What attackers send: forged forms, stored scripts, injections, paths that climb, bodies that are too large or broken (OWASP)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, UploadFile
from fastapi.responses import PlainTextResponse, Response
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.access import Role
from guibiao.model.errors import BadInput
from guibiao.serve.doors.headers import HEADERS
from guibiao.serve.doors.matrix import Matrix, matrix_text, read_matrix
from guibiao.serve.doors.redirects import safe_path
from guibiao.serve.doors.uploads import DOCUMENTS, TABLES, checked, clean_name
from tests.serve.door_samples import PASSWORD, Site, form_token, make_site, post

SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}${7*7}", "javascript:alert(1)")
INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    '" UNION SELECT hash FROM passwords --',
    "%27",
    "\x00",
    "../../etc/passwd",
    "٣",
    "-1",
)
REPORT = {
    "requester": "某人",
    "position": "某职",
    "figure": "某指标",
    "asked": "调高",
    "channel": "oral",
    "on": "2026-03-01",
    "answer": "未改",
}
MEGABYTE = 1024**2


def extra_routes(application: FastAPI) -> Matrix:
    @application.post("/files")
    async def take(file: UploadFile) -> Response:
        return PlainTextResponse(f"{file.filename} {len(await file.read())}")

    @application.post("/api/v1/marks")
    def mark(content: dict[str, str]) -> Response:
        return PlainTextResponse(str(len(content)))

    everybody = ",all" * 7 + ",operations:write"
    return read_matrix(matrix_text(read_matrix()) + f"POST,/files,{everybody},upload,\nPOST,/api/v1/marks,{everybody},json,\n")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = make_site(tmp_path_factory.mktemp("doors"), routes=extra_routes, upload_limit=MEGABYTE)
    made.add("chief", Role.ADMINISTRATOR)
    made.add("anna", Role.CITY_EDITOR)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def chief(site: Site) -> httpx.Client:
    return site.signed_in("chief")


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({}, {}), ({"form_token": ""}, {}), ({"form_token": "A" * 64}, {}), ({"form_token": "é"}, {}),
        ({"form_token": "OWN"}, {"Origin": "https://evil.example"}), ({"form_token": "OWN"}, {"Sec-Fetch-Site": "cross-site"}),
        ({"form_token": "OWN"}, {"Origin": "null"}), ({"form_token": "OTHER"}, {}), ({"form_token": "STRANGER"}, {}),
    ],
)  # fmt: skip
def test_a_forged_form_changes_nothing(site: Site, chief: httpx.Client, fields: dict[str, str], headers: dict[str, str]) -> None:
    other = site.signed_in("anna")
    tokens = {"OWN": form_token(chief, "/account"), "OTHER": form_token(other, "/account"), "STRANGER": form_token(site.client())}
    data = {name: tokens.get(value, value) for name, value in fields.items()}
    before = site.store.head("interference").count
    answer = chief.post("/interference", data={**REPORT, **data}, headers=headers)
    assert answer.status_code == 403
    assert "表单已失效" in answer.text
    assert site.store.head("interference").count == before


def test_the_form_token_counts_in_a_header_and_in_a_multipart_form(site: Site, chief: httpx.Client) -> None:
    token = form_token(chief, "/account")
    parts = {"file": ("a.txt", b"x" * 200_000)}
    assert chief.post("/files", data={"form_token": token}, files=parts).text == "a.txt 200000"
    assert chief.post("/files", files=parts, headers={"X-Form-Token": token}).text == "a.txt 200000"
    assert chief.post("/files", files=parts).status_code == 403
    assert chief.post("/api/v1/marks", json={"a": "b"}, headers={"X-Form-Token": token}).text == "1"
    assert chief.post("/api/v1/marks", json={"a": "b", "form_token": token}).status_code == 403


def test_signing_in_cannot_be_forged(site: Site) -> None:
    """Somebody else's session planted by a forged sign-in form would collect what the victim types."""
    assert site.client().post("/sign-in", data={"name": "anna", "password": PASSWORD}).status_code == 403
    attacker = form_token(site.client())
    assert site.client().post("/sign-in", data={"form_token": attacker, "name": "anna", "password": PASSWORD}).status_code == 403


def test_programs_with_keys_send_no_form_token(site: Site) -> None:
    from guibiao.model.access import Scope

    owner = site.store.user("anna")
    assert owner is not None
    assert site.doors.keys is not None
    text, _key = site.doors.keys.make(owner, "上报", [Scope.OPERATIONS_WRITE])
    client = site.client(Authorization=f"Bearer {text}")
    assert client.post("/api/v1/marks", json={"a": "b"}, headers={"Origin": "https://elsewhere.example"}).text == "1"


@pytest.mark.parametrize("text", SCRIPTS)
@pytest.mark.parametrize("name", ["requester", "position", "figure", "asked", "answer"])
def test_a_stored_script_is_shown_as_text(chief: httpx.Client, name: str, text: str) -> None:
    assert post(chief, "/interference", **{**REPORT, name: text}).status_code == 303
    page = chief.get("/interference").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;") in page
    assert "49" not in page.partition("{{7*7}}")[2][:3]


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_script_in_a_users_fields_is_refused_or_shown_as_text(chief: httpx.Client, text: str) -> None:
    post(chief, "/users", "/users", name=f"x{abs(hash(text)) % 10**8}", full_name=text, roles="reader", unit=text)
    post(chief, "/account/keys", label=text, scopes="audit:read")
    chief.get("/audit", headers={"User-Agent": text})
    for page in ("/users", "/account", "/audit", f"/audit?who={text}"):
        shown = chief.get(page).text
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


@pytest.mark.parametrize("text", INJECTIONS)
def test_an_injection_in_any_parameter_is_only_text(site: Site, chief: httpx.Client, text: str) -> None:
    token = form_token(chief, "/account")
    raw = text.encode("utf-8")
    answers = [
        chief.get("/audit", params={"who": raw, "before": raw}), chief.get("/audit", params={"who": raw}),
        chief.get("/interference", params={"before": raw}), chief.get("/sign-in", params={"next": raw, "lang": raw}),
        chief.get("/account", params={"done": raw}),
    ]  # fmt: skip
    for path in ("/users", "/account/keys", "/account/password", "/interference", "/users/anna/roles", "/users/anna/disable"):
        names = (
            "name",
            "full_name",
            "roles",
            "areas",
            "unit",
            "subject",
            "label",
            "scopes",
            "rate",
            "old",
            "new",
            "again",
            "on",
            "disabled",
            *REPORT,
        )
        answers.append(chief.post(path, data={"form_token": token, **dict.fromkeys(names, text)}))
    answers += [
        chief.post(f"/users/{quoted(text)}/reset", data={"form_token": token}),
        chief.post(f"/account/keys/{quoted(text)}/revoke", data={"form_token": token}),
        chief.post(f"/account/sessions/{quoted(text)}/revoke", data={"form_token": token}),
    ]  # fmt: skip
    assert max(answer.status_code for answer in answers) < 500
    assert {"anna", "chief"} <= {user.id for user in site.store.users()}
    assert all("argon2" not in answer.text and "Traceback" not in answer.text for answer in answers)


def quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../etc/passwd", "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/%2e%2e/%2e%2e/etc/passwd", "/..%5c..%5cwindows",
        "/static/....//....//etc/passwd", "/%2e%2e%2f", "/static/%00", "/account%0d%0aX: 1", "//etc/passwd", "/static/matrix.csv",
    ],
)  # fmt: skip
def test_a_path_that_climbs_leads_nowhere(site: Site, path: str) -> None:
    request = httpx.Request("GET", "http://testserver/")
    request.url = httpx.URL("http://testserver").copy_with(raw_path=path.encode())
    answer = site.client(Accept="*/*").send(request)
    assert answer.status_code in {400, 401, 404}
    assert "root:" not in answer.text


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(chief: httpx.Client) -> None:
    token = form_token(chief, "/account")
    headers = {"X-Form-Token": token}
    assert chief.post("/files", files={"file": ("a.txt", b"x" * (2 * MEGABYTE))}, headers=headers).status_code == 413
    assert chief.post("/api/v1/marks", content=b"{" + b" " * 2 * MEGABYTE + b"}", headers=headers).status_code == 413
    assert chief.post("/interference", data={**REPORT, "form_token": token, "asked": "x" * 300_000}).status_code == 413
    assert chief.request("GET", "/account", content=b"x").status_code == 413


def test_a_body_that_grows_without_announcing_it_is_cut(chief: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        yield from (b"x" * 65536 for _ in range(40))

    token = form_token(chief, "/account")
    headers = {"X-Form-Token": token, "Content-Type": "application/json"}
    assert chief.post("/api/v1/marks", content=endless(), headers=headers).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "²", "9" * 40])
def test_a_senseless_length_is_refused(chief: httpx.Client, length: str) -> None:
    headers = {"Content-Length": length.encode("utf-8"), "X-Form-Token": form_token(chief, "/account").encode()}
    assert chief.post("/api/v1/marks", content=b"{}", headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"--\r\n"), ("multipart/form-data; boundary=a", b"--b\r\n\r\n"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data; name=form_token\r\n"),
        ("multipart/form-data; boundary=a", b"--a\r\n" + b"h: " + b"v" * 70_000), ("application/x-www-form-urlencoded", b"&" * 5000),
        ("application/x-www-form-urlencoded", b"%ff=%fe&form_token=%00"), ("application/json", b"[[[[[["), ("", b"\xff"),
        ("\xff/\xfe", b""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/files", "/api/v1/marks", "/interference", "/users"])
def test_a_broken_body_is_a_bad_request_and_no_crash(chief: httpx.Client, path: str, kind: str, content: bytes) -> None:
    headers = {"Content-Type": kind.encode("latin-1")}
    assert chief.post(path, content=content, headers=headers).status_code == 403
    headers["X-Form-Token"] = form_token(chief, "/account").encode()
    assert 400 <= chief.post(path, content=content, headers=headers).status_code < 500


def test_every_answer_carries_the_security_headers(site: Site, chief: httpx.Client) -> None:
    answers = [chief.get("/account"), chief.get("/nowhere"), chief.get("/users"), site.client().get("/users"), chief.post("/users")]
    answers += [site.client().get("/sign-in"), chief.get("/static/nothing.css"), site.client(Accept="*/*").get("/users")]
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_pages_hold_nothing_that_the_policy_forbids(site: Site, chief: httpx.Client) -> None:
    for page in ("/account", "/users", "/permissions", "/audit", "/audit/verify", "/interference"):
        text = chief.get(page).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<script>" not in text


def test_personal_pages_are_not_stored(site: Site, chief: httpx.Client) -> None:
    assert chief.get("/account").headers["cache-control"] == "no-store"
    assert site.client().get("/sign-in").headers["cache-control"] == "no-store"


def test_a_foreign_host_name_is_refused(tmp_path: Path) -> None:
    site = make_site(tmp_path, address="https://data.example")
    for host, status in (("evil.example", 421), ("data.example", 200), ("data.example:443", 200), ("", 421)):
        assert site.client().get("/sign-in", headers={"Host": host}).status_code == status
    site.store.close()


def test_strangers_cannot_flood_forms(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    client = site.client()
    codes = [client.post("/sign-in").status_code for _ in range(62)]
    assert codes.count(403) == 60
    assert codes[-1] == 429
    site.store.close()


@given(st.text(alphabet=st.sampled_from("/\\:.@?#%a \t\r\n\x7f"), max_size=12))
def test_a_safe_path_stays_here(text: str) -> None:
    path = safe_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert httpx.URL("https://here.example").join(path).host == "here.example"


def package(*names: str, content: bytes = b"<x/>") -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return target.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")
XLSX = package("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("报告.docx", DOCX, "docx"), ("报告.PDF", b"%PDF-1.7\n", "pdf"), ("文件.txt", "数字经济".encode("gb18030"), "txt"),
        ("a.md", "# 标题".encode(), "md"), ("a.html", b"\xff\xfe<\0p\0>\0", "html"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_says(name: str, content: bytes, kind: str) -> None:
    assert checked(name, content, DOCUMENTS, MEGABYTE).kind == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.docx", XLSX, "不符"), ("a.pdf", DOCX, "不符"), ("a.txt", b"%PDF-1.7", "不符"), ("a.docx", b"PK\x03\x04rubbish", "损坏"),
        ("a.docx", package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "宏"), ("a.exe", b"MZ", "不接受"),
        ("a.docx", package("[Content_Types].xml", "word/document.xml", "../../x"), "不正常的路径"), ("a.docx", b"", "空的"),
        ("a.docx", package("[Content_Types].xml", "word/document.xml", content=b"0" * 3_000_000), "过大"),
        ("a.pdf.exe", b"%PDF-", "不接受"),
        ("a.txt", b"\0\1\2", "不符"), ("a.txt", b"a" * (MEGABYTE + 1), "超过 1 MB"), ("a.xlsx", XLSX, "不接受"), ("docx", DOCX, "不接受"),
        ("a.txt", b"\x81\x30\xff", "不符"),
    ],
)  # fmt: skip
def test_a_harmful_or_mislabelled_file_is_refused(name: str, content: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        checked(name, content, DOCUMENTS, MEGABYTE)


def test_a_workbook_is_a_table() -> None:
    assert checked("表.xlsx", XLSX, TABLES, MEGABYTE).kind == "xlsx"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"), ("D:\\数据\\x\\表.xlsx", "表.xlsx"), ("a\x00b\r\n.txt", "ab.txt"), ("\u202egnp.txt", "gnp.txt"),
        ("", "file"), ("...", "file"), ("a" * 300 + ".docx", "a" * 115 + ".docx"), ('x<y>:"|?*.md', "xy.md"),
    ],
)  # fmt: skip
def test_a_file_name_is_only_a_name(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.binary(max_size=200), st.text(max_size=40))
def test_no_file_crashes_the_check(content: bytes, name: str) -> None:
    try:
        made = checked(f"{name}.docx", content, DOCUMENTS, MEGABYTE)
    except BadInput:
        return
    assert made.content == content


def test_errors_for_programs_are_json(site: Site) -> None:
    answer = site.client(Accept="application/json").post("/api/v1/marks", json={})
    assert answer.status_code == 401
    assert json.loads(answer.text)["errors"][0]["title"] == "请先登录"
