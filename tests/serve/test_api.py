"""The JSON API: pages that leave nothing out unsaid, errors with what to do, feed, catalogue, caching."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from guibiao.model.access import UnitReach
from guibiao.model.operations import Kept, LedgerTask
from guibiao.model.tables import OBSERVATIONS
from guibiao.publish.release import draft, publish, withdraw
from guibiao.serve.api.paging import Cursor, read_cursor
from guibiao.serve.services import Passport, PassportStep
from guibiao.serve.task_services import ListedTask, TaskBoard
from tests.serve.sdmx_samples import SECOND_SEEN, client, content, first_observations, published, second_observations

ATOM = "{http://www.w3.org/2005/Atom}"
PAGED = (
    "indicators", "observations", "statements", "targets", "warnings", "findings", "codes", "sources",
    "index/scores", "index/nodes", "index/ranks", "index/drivers", "index/changes",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("api") / "releases"
    published(made)
    return made


@pytest.fixture(scope="module")
def web(folder: Path) -> httpx.Client:
    return client(folder)


@pytest.mark.parametrize("name", PAGED)
def test_pages_together_are_the_whole_and_each_says_what_it_left_out(web: httpx.Client, name: str) -> None:
    whole = web.get(f"/api/v1/{name}?limit=1000").json()
    assert (whole["left_out"], whole["next"]) == (0, "")
    assert whole["items"]
    found: list[Any] = []
    cursor = ""
    while True:
        page = web.get(f"/api/v1/{name}", params={"limit": 2, "cursor": cursor} if cursor else {"limit": 2}).json()
        found += page["items"]
        assert page["left_out"] == len(whole["items"]) - len(found)
        cursor = page["next"]
        if not cursor:
            break
    assert found == whole["items"]


def test_a_page_links_to_the_next(web: httpx.Client) -> None:
    first = web.get("/api/v1/observations?limit=3&indicator=output")
    target, relation = first.headers["link"].split("; ")
    assert relation == 'rel="next"'
    following = web.get(target.strip("<>")).json()
    assert [row["indicator"] for row in following["items"]] == ["output"]
    assert following["left_out"] == 0


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("indicator=output", 4),
        ("indicator=output&indicator=growth", 5),
        ("area=020000", 4),
        ("categories=band=fast", 2),
        ("measure=to date", 3),
        ("price_basis=constant(2020)", 1),
        ("accounting_basis=census_2018", 4),
        ("from=2024-01-01", 1),
        ("to=2022-12-31", 2),
        ("from=2023-02-01&to=2023-03-31", 3),
        ("indicator=nothing", 0),
        ("indicator='%20OR%201=1--", 0),
    ],
)
def test_conditions_on_observations(web: httpx.Client, query: str, number: int) -> None:
    assert len(web.get(f"/api/v1/observations?{query}").json()["items"]) == number


def test_rows_keep_every_column_exactly(web: httpx.Client) -> None:
    row = web.get("/api/v1/observations?area=020000&indicator=output").json()["items"][0]
    assert set(row) == {*OBSERVATIONS.names, "passport"}
    assert (row["value"], row["low"], row["high"], row["period_end"], row["passport"]) == (9.5, 9.45, 9.55, "2023-12-31", "")
    assert [each["value"] for each in web.get("/api/v1/statements").json()["items"]] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("warnings?latest=true", 1),
        ("warnings?latest=false", 2),
        ("findings?severity=info", 1),
        ("targets?status=met", 3),
        ("indicators?framework=core", 1),
        ("indicators?search=%E5%A2%9E", 2),
        ("codes?classification=areas", 2),
        ("sources?grade=A", 1),
    ],
)
def test_conditions_on_other_tables(web: httpx.Client, query: str, number: int) -> None:
    assert len(web.get(f"/api/v1/{query}").json()["items"]) == number


def test_one_indicator_with_breaks_and_frameworks(web: httpx.Client) -> None:
    found = web.get("/api/v1/indicators/output").json()
    assert (found["name_zh"], found["breaks"][0]["date"], found["frameworks"][0]["framework"]) == ("增加值", "2018", "core")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("indicators/none", 404),
        ("releases/none", 404),
        ("nowhere", 404),
        ("observations?limit=0", 422),
        ("observations?limit=1001", 422),
        ("observations?from=soon", 422),
        ("observations?to=0", 422),
        ("observations?from=20240101", 422),
        ("observations?cursor=nonsense", 404),
        ("observations?cursor=WzEsMl0", 404),
        ("passports/x", 501),
        ("tasks", 501),
        ("observations?indicator=%00", 422),
        ("indicators/%00", 422),
        ("indicators?search=%00", 422),
    ],
)
def test_errors_say_what_to_do(web: httpx.Client, address: str, status: int) -> None:
    answer = web.get(f"/api/v1/{address}")
    assert answer.status_code == status
    assert all(error["title"] and error["remedy"] for error in answer.json()["errors"])


def test_a_cursor_stays_with_its_release(tmp_path: Path) -> None:
    archive = published(tmp_path / "releases")
    site = client(tmp_path / "releases")
    first = site.get("/api/v1/observations?limit=5").json()
    newer = draft(archive, content(second_observations()[:4]), at=SECOND_SEEN).id
    publish(archive, newer, at=SECOND_SEEN.replace(hour=20))
    second = site.get(f"/api/v1/observations?limit=100&cursor={first['next']}").json()
    assert second["release"] == first["release"]
    assert len(first["items"]) + len(second["items"]) == len(second_observations())
    withdraw(archive, newer, who="张三", reason="有误", at=SECOND_SEEN.replace(hour=21))
    withdraw(archive, first["release"], who="张三", reason="有误", at=SECOND_SEEN.replace(hour=22))
    assert site.get(f"/api/v1/observations?cursor={first['next']}").status_code == 410


def test_a_cursor_reads_back() -> None:
    place = Cursor("r", ("output", "010000", "", date(2023, 1, 1), date(2023, 12, 31), "during", "current", "census_2018"), 7)
    assert read_cursor(place.written(), OBSERVATIONS) == place


def test_an_unchanged_answer_is_not_sent_again(web: httpx.Client) -> None:
    for address in ("observations", "releases", "releases.atom", "catalog.jsonld", "indicators/output"):
        first = web.get(f"/api/v1/{address}")
        again = web.get(f"/api/v1/{address}", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert (
        web.get("/api/v1/observations?limit=1", headers={"If-None-Match": web.get("/api/v1/observations").headers["etag"]}).status_code
        == 200
    )


def test_releases_and_what_they_hold(web: httpx.Client) -> None:
    items = web.get("/api/v1/releases").json()["items"]
    assert [each["current"] for each in items] == [True, False]
    current = web.get("/api/v1/releases/current").json()
    assert current["release"] == items[0]["release"]
    assert current["tables"]["observations"] == len(second_observations())
    assert all(len(each["sha256"]) == 64 for each in current["files"])
    assert web.get(f"/api/v1/releases/{items[1]['release']}").json()["tables"]["observations"] == len(first_observations())


def test_the_feed_tells_of_publications_and_withdrawals(tmp_path: Path) -> None:
    archive = published(tmp_path / "releases")
    site = client(tmp_path / "releases")
    before = ET.fromstring(site.get("/api/v1/releases.atom").content)
    withdraw(archive, archive.pointer(), who="张三", reason="口径 <有误>", at=datetime(2026, 5, 1, tzinfo=UTC))
    answer = site.get("/api/v1/releases.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    after = ET.fromstring(answer.content)
    assert [len(feed.findall(f"{ATOM}entry")) for feed in (before, after)] == [2, 3]
    newest = after.findall(f"{ATOM}entry")[0]
    assert "口径 <有误>" in (newest.findtext(f"{ATOM}summary") or "")
    assert "张三" not in answer.text
    assert after.findtext(f"{ATOM}updated") == newest.findtext(f"{ATOM}updated") == "2026-05-01T00:00:00Z"
    ids = [entry.findtext(f"{ATOM}id") for entry in after.findall(f"{ATOM}entry")]
    assert len(set(ids)) == 3
    assert [entry.findtext(f"{ATOM}id") for entry in before.findall(f"{ATOM}entry")] == ids[1:]
    notice = next(each for each in site.get("/api/v1/releases").json()["items"] if each["withdrawn_at"])
    assert (notice["reason"], notice["current"]) == ("口径 <有误>", False)


def test_the_catalogue_has_what_its_profile_requires(web: httpx.Client) -> None:
    graph = web.get("/api/v1/catalog.jsonld").json()["@graph"]
    by_type: dict[str, list[dict[str, Any]]] = {}
    for each in graph:
        by_type.setdefault(each["@type"], []).append(each)
    required = {
        "dcat:Catalog": ("dct:title", "dct:description", "dct:publisher", "dcat:dataset"),
        "dcat:Dataset": ("dct:title", "dct:description", "dcat:distribution"),
        "dcat:DataService": ("dct:title", "dcat:endpointURL"),
    }
    for kind, properties in required.items():
        assert all(each.get(name) for each in by_type[kind] for name in properties)
    known = {each["@id"] for each in graph}
    assert {each["@id"] for each in by_type["dcat:Catalog"][0]["dcat:dataset"]} <= known
    assert {each["@id"] for service in by_type["dcat:DataService"] for each in service["dcat:servesDataset"]} <= known
    temporal = next(each for each in by_type["dcat:Dataset"] if each["@id"].endswith("#observations"))["dct:temporal"]
    assert (temporal["dcat:startDate"]["@value"], temporal["dcat:endDate"]["@value"]) == ("2018-01-01", "2024-12-31")


def test_every_address_of_the_catalogue_answers(web: httpx.Client) -> None:
    graph = web.get("/api/v1/catalog.jsonld").json()["@graph"]
    addresses = {way["dcat:accessURL"]["@id"] for each in graph for way in each.get("dcat:distribution", ())}
    addresses |= {each["dcat:endpointDescription"]["@id"] for each in graph if each["@type"] == "dcat:DataService"}
    assert {web.get(address).status_code for address in addresses} == {200}


def test_every_link_of_the_index_answers(web: httpx.Client) -> None:
    links = web.get("/api/v1").json()["links"]
    statuses = {name: web.get(address).status_code for name, address in links.items() if not name.startswith("sdmx")}
    assert {name for name, status in statuses.items() if status != 200} == {"passports", "tasks"}


def test_without_a_release_it_says_so(tmp_path: Path) -> None:
    site = client(tmp_path)
    assert {
        site.get(f"/api/v1/{name}").status_code for name in (*PAGED, "catalog.jsonld", "indicators/output", "indicators?framework=x")
    } == {503}
    assert site.get("/api/v1/releases").json() == {"items": []}
    assert ET.fromstring(site.get("/api/v1/releases.atom").content).findall(f"{ATOM}entry") == []


class SamplePassports:
    """Passports of one number."""

    def key(self, row: Any) -> str:
        return f"{row['indicator']}/{row['area']}?"

    def passport(self, _release: Any, key: str, language: str) -> Passport | None:
        step = PassportStep("cell", "单元格", language, {"row": "3"}, (PassportStep("source", "来源", "年鉴", {}),))
        return Passport("p1", key, "增加值", "18766.7", "A", (step,)) if key.startswith("output/") else None


def test_the_passport_of_a_number(folder: Path) -> None:
    site = client(folder, passports=SamplePassports())
    row = site.get("/api/v1/observations?indicator=output&limit=1").json()["items"][0]
    found = site.get(row["passport"]).json()
    assert (found["key"], found["steps"][0]["facts"], found["steps"][0]["steps"][0]["label"]) == ("output/010000?", {"row": "3"}, "来源")
    assert site.get("/api/v1/passports/growth").status_code == 404
    assert site.get(row["passport"] + "?lang=en").json()["steps"][0]["text"] == "en"


class SampleLedger:
    """A ledger of five tasks."""

    def board(self, _reach: UnitReach, today: date) -> TaskBoard:
        whole = [LedgerTask(id=f"t{each}", title="建设", due=date(2026, 12, each + 1), investment=Decimal("1.50")) for each in range(5)]
        listed = [ListedTask(kept=Kept(each, 1), light="on_time", days_left=(date(2026, 12, 31) - today).days) for each in whole]
        return TaskBoard(tasks=listed, documents={})


def test_tasks_of_the_ledger(folder: Path) -> None:
    site = client(folder, ledger=SampleLedger())
    first = site.get("/api/v1/tasks?limit=3").json()
    assert (len(first["items"]), first["left_out"]) == (3, 2)
    assert (first["items"][0]["due"], first["items"][0]["investment"]) == ("2026-12-01", "1.50")
    second = site.get(f"/api/v1/tasks?limit=3&cursor={first['next']}").json()
    assert (len(second["items"]), second["left_out"], second["next"]) == (2, 0, "")
    assert site.get("/api/v1/tasks?state=closed").json()["items"] == []
    assert site.get("/api/v1/tasks?cursor=x").status_code == 400
