"""Review on the site: what a document's page says, who may see it, and what becomes of documents that mean harm."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from guibiao.document_jobs import Limits
from guibiao.model.tables import OBSERVATIONS
from guibiao.store.port import Busy
from tests.serve.document_samples import PEOPLE, Office, hand_in, open_office, reviewed
from tests.serve.release_samples import new_city

TEXT = """# 新城市数字经济发展报告

2024年，第一产业增加值10亿元，第二产业增加值20亿元，第三产业增加值30亿元，合计70亿元。

出口额由100亿元增加到120亿元，增长20%。
"""
WRONG = TEXT.encode()
SCRIPT = "<script>alert(1)</script>"
MAY = {"carl", "dora", "paul", "petra", "rita"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    city = new_city(tmp_path_factory.mktemp("city"))
    city.publish(city.draft())
    made = open_office(city.workspace.folder, city.out, upload_limit=1024**2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def seen(office: Office) -> tuple[httpx.Client, str, str]:
    """A planner with a reviewed document: the client, its address, its page."""
    client = office.client("paul")
    return client, *reviewed(client, "报告.txt", WRONG)


def test_claims_are_marked_in_the_text_and_told_beside_it(seen: tuple[httpx.Client, str, str]) -> None:
    _client, _address, page = seen
    assert "新城市数字经济发展报告" in page
    assert 'class="marked verdict-inconsistent"' in page
    assert 'href="#c' in page
    assert 'id="n1"' in page
    assert "70亿元" in page
    assert "60亿元" in page  # 10 + 20 + 30
    assert page.index('class="verdict-inconsistent"') < page.index('class="verdict-ok"')  # what is wrong comes first


def test_verdicts_filter_text_and_list(seen: tuple[httpx.Client, str, str]) -> None:
    client, address, _page = seen
    page = client.get(f"{address}?verdict=ok").text
    assert "verdict-ok" in page
    assert 'class="marked verdict-inconsistent"' not in page
    nothing = client.get(f"{address}?verdict=nothing")
    assert nothing.status_code == 200
    assert 'class="marked' not in nothing.text


def test_claims_are_taken_along(seen: tuple[httpx.Client, str, str]) -> None:
    client, address, _page = seen
    table = client.get(f"{address}/claims.csv")
    assert quote("报告.claims.csv") in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.text.lstrip("\ufeff"))))
    assert {"inconsistent", "ok"} <= {row["verdict"] for row in rows}
    records = json.loads(client.get(f"{address}/claims.json").text)
    assert len(records) == len(rows)
    assert TEXT[records[0]["start"] : records[0]["end"]]
    log = json.loads(client.get(f"{address}/claims.sarif").text)
    assert log["version"] == "2.1.0"
    marked = client.get(f"{address}/marked.html")
    assert "attachment" in marked.headers["content-disposition"]
    assert "<mark" in marked.text
    assert client.get(f"{address}/claims.exe").status_code == 404


def test_a_figure_that_was_published_leads_to_its_passport(office: Office) -> None:
    release = office.services.releases.current()
    assert release is not None
    row = next(row for row in release.select(OBSERVATIONS, where={"categories": ""}).to_pylist() if row["period_end"].month == 12)
    name, year = office.workspace.indicators[row["indicator"]].name_zh, row["period_end"].year
    client = office.client("rita")
    _address, page = reviewed(client, "a.md", f"{year}年，{name}99999.9{row['unit']}。\n".encode())
    assert "verdict-inconsistent" in page
    assert release.manifest.id in page
    link = page.partition('href="/figure?')[2].partition('"')[0].replace("&amp;", "&")
    assert client.get(f"/figure?{link}").status_code == 200


def test_the_page_speaks_english_too(seen: tuple[httpx.Client, str, str]) -> None:
    client, address, _page = seen
    page = client.get(f"{address}?lang=en").text
    assert "does not agree" in page
    client.get(f"{address}?lang=zh")


def test_a_review_belongs_to_who_handed_it_in(office: Office, seen: tuple[httpx.Client, str, str]) -> None:
    _client, address, _page = seen
    for name in ("petra", "dora", "rita"):
        other = office.client(name)
        for path in (address, f"{address}/claims.csv"):
            assert other.get(path).status_code == 404
        assert other.post(f"{address}/remove", data={"form_token": _token(other)}).status_code == 404
        assert "报告.txt" not in other.get("/review").text
    for name in ("carl", "chief"):
        other = office.client(name)
        assert other.get(address).status_code == 200
        assert "报告.txt" in other.get("/review").text


@pytest.mark.parametrize("name", ["", *PEOPLE])
def test_only_those_who_check_documents_come_in(office: Office, name: str) -> None:
    client = office.client(name)
    answer = client.get("/review")
    if not name:
        assert answer.headers["location"].startswith("/sign-in")
        assert 'href="/review"' not in client.get("/").text
        return
    may_look = name in MAY | {"chief"}
    assert answer.status_code == (200 if may_look else 403)
    assert ('href="/review"' in client.get("/").text) is may_look
    sent = client.post("/review", files={"form_token": (None, _token(client)), "file": ("a.exe", b"MZ")})
    assert sent.status_code == (400 if name in MAY else 403)


def test_a_form_of_another_site_brings_nothing_in(office: Office) -> None:
    client = office.client("paul")
    before = office.kept()
    for headers in ({}, {"Origin": "https://evil.example"}):
        answer = client.post("/review", files={"form_token": (None, "x" * 43), "file": ("a.txt", WRONG)}, headers=headers)
        assert answer.status_code == 403
    assert office.kept() == before


def package(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return target.getvalue()


def locked() -> bytes:
    content = bytearray(package(word__document_xml=b"<x/>"))
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "空的"), ("a.exe", b"MZ", "不接受"), ("a.csv", b"1,2", "不接受"), ("a", b"text", "不接受"),
        ("a.pdf", b"text", "不符"), ("a.txt", b"%PDF-1.7", "不符"), ("a.txt", b"\0\1\2\xff", "不符"),
        ("a.docx", package(word__document_xml=b" " * 3_000_000), "过大"), ("a.docx", locked(), "密码"),
        ("a.docx", b"PK\x03\x04" + b"x" * 100, "损坏"),
        ("a.docx", package(word__document_xml=b"<x/>", word__vbaProject_bin=b"x"), "宏"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_in_is_told_and_leaves_nothing(office: Office, name: str, content: bytes, said: str) -> None:
    before = office.kept()
    answer = hand_in(office.client("paul"), "/review", name, content)
    assert answer.status_code == 400
    assert said in answer.text
    assert 'role="alert"' in answer.text
    assert office.kept() == before


def test_too_much_is_refused_before_it_is_read(office: Office) -> None:
    before = office.kept()
    client = office.client("paul")
    assert hand_in(client, "/review", "a.txt", b"1" * (1024**2 + 100)).status_code in {400, 413}
    assert hand_in(client, "/review", "a.txt", b"1" * (2 * 1024**2)).status_code == 413
    assert office.kept() == before


def test_no_file_and_no_date_are_told(office: Office) -> None:
    client = office.client("paul")
    answer = client.post("/review", files={"form_token": (None, _token(client)), "dated": (None, "")})
    assert (answer.status_code, "没有选择文件" in answer.text) == (400, True)
    answer = hand_in(client, "/review", "a.txt", WRONG, dated="昨天")
    assert (answer.status_code, "昨天" in answer.text) == (400, True)


def test_what_only_reading_shows_to_be_broken_is_told_and_its_content_gone(office: Office) -> None:
    client = office.client("dora")
    _address, page = reviewed(client, "破损.pdf", b"%PDF-1.7\n1 0 obj << /Encrypt 2 0 R >>")
    assert 'role="alert"' in page
    assert "PDF" in page
    assert "没有存下任何部分" in page
    assert "content" not in office.kept()


def test_what_a_document_says_is_never_carried_out(office: Office) -> None:
    client = office.client("rita")
    text = f"# {SCRIPT}\n\n{SCRIPT} 2024年合计<b>70</b>亿元，增长{SCRIPT}20%。\n\n{TEXT}"
    address, page = reviewed(client, f"x{SCRIPT}'\".md", text.encode())
    for shown in (page, client.get("/review").text, client.get(f"{address}/marked.html").text):
        assert "<script>alert" not in shown
    assert "&lt;script&gt;" in page
    csv_text = client.get(f"{address}/claims.csv").text
    assert not any(cell.startswith(("=", "+", "@")) for row in csv.reader(io.StringIO(csv_text)) for cell in row)
    disposition = client.get(f"{address}/claims.csv").headers["content-disposition"]
    assert "\n" not in disposition
    assert "<" not in disposition


def test_a_review_is_taken_away(office: Office) -> None:
    client = office.client("petra")
    address, page = reviewed(client, "b.txt", b"nothing")
    assert "没有可推算的数" in page
    answer = client.post(f"{address}/remove", data={"form_token": _token(client)})
    assert answer.status_code == 303
    assert client.get(address).status_code == 404
    assert "已删除" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize("path", ["/review/x", "/review/..%2f..%2fetc", "/review/" + "0" * 24, "/review/" + "0" * 24 + "/claims.csv"])
def test_what_is_not_there_is_not_found(office: Office, path: str) -> None:
    answer = office.client("carl").get(path)
    assert answer.status_code in {400, 404}
    assert "Traceback" not in answer.text


def test_who_comes_when_it_is_full_is_told_to_come_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_named: object) -> str:
        raise Busy("正在处理的文件已满", "", "一两分钟后再传")

    monkeypatch.setattr(office.review._jobs, "submit", full)
    answer = hand_in(office.client("paul"), "/review", "a.txt", WRONG)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "已满" in answer.text


def test_acts_are_noted(office: Office, seen: tuple[httpx.Client, str, str]) -> None:
    deeds = [entry.deed for entry in office.access.latest("audit", 200)]
    assert ("paul", "POST /review", "done") in {(deed.who, deed.action, deed.outcome) for deed in deeds}


def test_a_site_without_the_part_says_so(tmp_path: Path) -> None:
    from dataclasses import replace

    from guibiao.serve.application import create_application

    office = open_office(new_city(tmp_path).workspace.folder, tmp_path / "out", Limits())
    bare = create_application(replace(office.services, review=None, decisions=None), office.doors.settings)
    office.application = bare
    client = office.client("carl")
    assert client.get("/review").status_code == client.get("/proposals").status_code == 501
    office.close()


def test_the_seed_documents_are_reviewed(office: Office, shared_folder: Path) -> None:
    from guibiao.policies import read_policy
    from guibiao.review.review import review

    client = office.client("carl")
    for path in sorted((shared_folder / "seeds").glob("00[04]_*.txt")):
        address, page = reviewed(client, path.name, path.read_bytes())
        expected = [claim for claim in review([read_policy(path, "")]) if claim.kind != "source"]
        found = [each for each in json.loads(client.get(f"{address}/claims.json").text) if each["kind"] != "source"]
        assert [(each["start"], each["verdict"]) for each in found] == [(claim.start, claim.verdict) for claim in expected]
        assert page.count('id="c') >= len(expected)


def _token(client: httpx.Client) -> str:
    from tests.serve.door_samples import form_token

    return form_token(client, "/account")
