"""Files of evidence and texts of every field, hostile ones too: kept as they are, shown as text, never a path or a page's own."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest

from guibiao.model.access import NOTHING, UnitReach
from tests.serve.door_samples import post
from tests.serve.task_samples import (
    FIRST,
    NOW,
    SECOND,
    LedgerSite,
    act,
    ledger_site,
    send,
)

PDF = b"%PDF-1.4\nsite plan"
SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerSite]:
    """One application for all tests: its routes take longer to make than any of them."""
    made = ledger_site(tmp_path_factory.mktemp("ledger"))
    yield made
    made.store.close()


@pytest.fixture
def site(whole: LedgerSite) -> LedgerSite:
    return whole.anew()


class TestEvidence:
    def test_a_file_is_kept_listed_and_given_back(self, site: LedgerSite) -> None:
        answer = send(site, "reporter", FIRST, "选址批复.pdf", PDF, why="附批复")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/tasks/{FIRST}?done=evidence")
        assert send(site, "reporter", FIRST, "again.pdf", PDF).headers["location"] == f"/tasks/{FIRST}?done=same"
        page = site.browser("planner").get(f"/tasks/{FIRST}").text
        address = re.search(rf'href="(/tasks/{FIRST}/evidence/[^"]+)"', page)
        assert address is not None
        given = site.browser("planner").get(address[1])
        assert given.content == PDF
        assert given.headers["content-type"] == "application/pdf"
        assert given.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E9%80%89")
        assert given.headers["x-content-type-options"] == "nosniff"

    def test_a_file_that_was_changed_is_not_given(self, site: LedgerSite) -> None:
        send(site, "planner", FIRST, "a.pdf", PDF)
        record = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).evidence[0][0]
        (site.folder / "operations" / "evidence" / record.sha256).write_bytes(b"%PDF-1.4\nanother")
        answer = site.browser("planner").get(f"/tasks/{FIRST}/evidence/{record.id}")
        assert answer.status_code == 400
        assert "佐证文件缺失或已改动" in answer.text
        assert "文件缺失或已改动" in site.browser("planner").get(f"/tasks/{FIRST}").text

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("page.html", b"<script>alert(1)</script>"),
            ("tool.exe", b"MZ\x90\x00"),
            ("drawing.svg", b"<svg onload='alert(1)'/>"),
            ("disguise.pdf", b"<html><script>alert(1)</script></html>"),
            ("disguise.png", b"%PDF-1.4\n"),
            ("empty.pdf", b""),
            ("macro.xlsm", b"PK\x03\x04"),
            ("broken.docx", b"PK\x03\x04broken"),
            ("none", PDF),
        ],
    )
    def test_foreign_kinds_are_refused(self, site: LedgerSite, name: str, content: bytes) -> None:
        answer = send(site, "planner", FIRST, name, content)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).evidence == ()

    def test_what_is_too_large_is_refused(self, site: LedgerSite) -> None:
        assert send(site, "planner", FIRST, "big.pdf", b"%PDF-1.4\n" + b"x" * (1024 * 1024)).status_code == 400
        assert send(site, "planner", FIRST, "big.pdf", b"%PDF-1.4\n" + b"x" * (3 * 1024 * 1024)).status_code == 413
        assert site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).evidence == ()

    @pytest.mark.parametrize(
        "name",
        ["../../../etc/passwd.pdf", "..\\..\\windows\\system.pdf", "/etc/cron.d/job.pdf", "C:\\x.pdf", "a\r\nSet-Cookie: x=1.pdf",
         f"{'长' * 300}.pdf", "..pdf.pdf", "\u202efdp.exe.pdf", '"><script>.pdf'],
    )  # fmt: skip
    def test_a_name_is_a_name_and_never_a_path(self, site: LedgerSite, name: str) -> None:
        answer = send(site, "planner", FIRST, name, PDF)
        kept = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).evidence
        if answer.status_code == 400:
            assert kept == ()
            return
        assert answer.status_code == 303
        record, whole = kept[0]
        assert whole
        assert not set('/\\\r\n\u202e<>"') & set(record.name)
        folder = site.folder / "operations" / "evidence"
        assert [path.name for path in folder.iterdir()] == [record.sha256]
        given = site.browser("planner").get(f"/tasks/{FIRST}/evidence/{record.id}")
        assert (given.status_code, given.content) == (200, PDF)
        assert "set-cookie" not in given.headers

    @pytest.mark.parametrize("name", ["../../operations.db", "..%2F..%2Foperations.db", "%2e%2e/x", "x", "%00", "a" * 300])
    def test_an_address_leads_to_no_other_file(self, site: LedgerSite, name: str) -> None:
        assert site.browser("planner").get(f"/tasks/{FIRST}/evidence/{name}").status_code in {400, 404}

    def test_evidence_of_another_task_is_not_had_through_ones_own(self, site: LedgerSite) -> None:
        send(site, "planner", SECOND, "a.pdf", PDF)
        record = site.ledger.dossier(UnitReach(None), SECOND, NOW.date(), NOTHING).evidence[0][0]
        assert site.browser("reporter").get(f"/tasks/{FIRST}/evidence/{record.id}").status_code == 404

    def test_many_files_at_once_are_all_kept(self, site: LedgerSite) -> None:
        from guibiao.serve.task_services import Actor

        actor, faults = Actor(who="planner", reach=UnitReach(None)), []

        def keep(number: int) -> None:
            try:
                site.ledger.add_evidence(FIRST, f"{number}.pdf", PDF + bytes([65 + number]) * 200_000, actor)
            except Exception as error:  # whatever it is, the test shows it
                faults.append(error)

        threads = [threading.Thread(target=keep, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        kept = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).evidence
        assert sorted(each.name for each, whole in kept if whole) == [f"{number}.pdf" for number in range(6)]


def test_a_script_in_every_text_field_is_text_everywhere(site: LedgerSite) -> None:
    """Stored by forms and by the desk itself, then shown on every page of the ledger, in both languages."""
    for path, fields in {
        "move": {"name": "decompose", "why": SCRIPT}, "progress": {"progress": SCRIPT, "why": SCRIPT},
        "units": {"lead": f"市商务局\n{SCRIPT}", "supporting": SCRIPT, "why": SCRIPT},
        "milestones": {"period": "2026", "text": SCRIPT}, "problems": {"title": SCRIPT, "lead": SCRIPT, "why": SCRIPT},
    }.items():  # fmt: skip
        assert act(site, "planner", FIRST, path, **fields).status_code == 303, path
    post(site.browser("planner"), "/tasks/projects", title=SCRIPT, lead=SCRIPT, investment="1亿元")
    refused = act(site, "planner", FIRST, "decide", name="extend", why=SCRIPT, due=SCRIPT)
    assert refused.status_code == 400
    project = site.ledger.board(UnitReach(None), NOW.date()).tasks
    addresses = [f"/tasks/{each.task.id}" for each in project] + ["/tasks", "/tasks/chase?days=3660"]
    addresses += [f"/tasks?{name}={SCRIPT}" for name in ("q", "office", "document", "area", "month", "kind")] + [f"/tasks/{SCRIPT}"]
    pages = [refused] + [site.browser("planner").get(address, params=None) for address in addresses]
    pages += [site.browser("planner").get(address + ("&" if "?" in address else "?") + "lang=en") for address in addresses]
    assert "&lt;script&gt;" in pages[1].text
    for page in pages:
        assert page.status_code in {200, 400, 404}
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\x1b[31m", "\u0085", "\ud7ff\ue000", "＜" * 10, "' OR 1=1 --", "{{ 7*7 }}", "${7*7}"])
def test_odd_texts_are_kept_as_text_or_refused(site: LedgerSite, text: str) -> None:
    answer = act(site, "planner", FIRST, "progress", progress=f"进展{text}完", why=text)
    assert answer.status_code == 303
    kept = site.ledger.dossier(UnitReach(None), FIRST, NOW.date(), NOTHING).listed.task.progress
    assert kept.startswith("进展")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", kept)
    if "7*7" in text:
        assert text in site.browser("planner").get(f"/tasks/{FIRST}").text


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "99999999999", "2"])
def test_a_version_that_is_none_is_refused(site: LedgerSite, version: str) -> None:
    answer = post(site.browser("planner"), f"/tasks/{FIRST}/move", version=version, name="decompose")
    assert answer.status_code in {409, 422}
    assert site.version(FIRST) == 1
