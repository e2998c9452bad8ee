"""A release appears everywhere at once, is taken back everywhere at once, and comes back: in every process, past every cache."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from guibiao.publish.release import withdraw
from tests.serve.release_samples import NOON, City, new_city, visit

REVISED = 765432.0
AFTER = timedelta(hours=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embargo")


@pytest.fixture(scope="module")
def city(folder: Path) -> City:
    made = new_city(folder)
    made.publish(made.draft())
    return made


def test_publishing_withdrawing_and_restoring_show_everywhere_at_once(city: City) -> None:
    first = city.archive.pointer()
    workers = [visit(city.site(), Accept="*/*") for _process in range(2)]
    second = city.draft(value=REVISED)
    assert second != first
    drafted = pq.read_table(city.archive.folder / second / "observations.parquet", columns=["indicator", "value"]).to_pylist()
    (indicator,) = {row["indicator"] for row in drafted if row["value"] == REVISED}
    addresses = places(indicator)

    before = {address: _everywhere(workers, address) for address in addresses}
    assert not [address for address, answer in before.items() if shows(answer, second)], "a draft shows"
    _hidden(workers, second)

    city.publish(second, at=NOON + timedelta(hours=1))
    during = _changed(workers, before)
    assert not [address for address, answer in during.items() if not shows(answer, second)], "a release that is out does not show"

    withdraw(city.archive, second, who="审核人", reason="数据有误 <b>", at=NOON + AFTER)
    afterwards = _changed(workers, during)
    told = {"/api/v1/releases", "/api/v1/releases.atom"}
    assert not [address for address, answer in afterwards.items() if shows(answer, second) and address not in told], "still shows"
    _gone(workers, second)

    city.publish(second, at=NOON + AFTER + timedelta(hours=1))
    again = _changed(workers, afterwards)
    assert not [address for address, answer in again.items() if not shows(answer, second)]
    for worker in workers:
        assert worker.get(f"/api/v1/releases/{second}").json()["current"] is True


def places(indicator: str) -> tuple[str, ...]:
    """Addresses of every part of the site that show the release or its first figure."""
    page = f"/indicators/{indicator}"
    return (
        page, f"{page}.csv", f"/explore.csv?i={indicator}", "/downloads/observations.csv",
        "/downloads", f"/api/v1/observations?indicator={indicator}", "/api/v1", "/api/v1/releases", "/api/v1/releases/current",
        "/api/v1/releases.atom",
        "/api/v1/catalog.jsonld", "/sdmx/v1/data/FIGURES?format=csv", "/sdmx/v2/data/dataflow/*/FIGURES", "/sdmx/v2/structure/dataflow",
        "/sdmx/v1/dataflow",
    )  # fmt: skip


def shows(answer: httpx.Response, release: str) -> bool:
    text = answer.text.replace(",", "").replace("\u2009", "")
    return release in answer.text or "765432" in text


def _everywhere(workers: list[httpx.Client], address: str) -> httpx.Response:
    """The answer, the same from every process, twice: once made and once kept."""
    answers = [worker.get(address) for worker in workers for _again in range(2)]
    assert {answer.status_code for answer in answers} == {200}, address
    assert len({answer.content for answer in answers}) == 1, address
    return answers[0]


def _changed(workers: list[httpx.Client], known: dict[str, httpx.Response]) -> dict[str, httpx.Response]:
    """The answers now; a copy from before is called good by none."""
    for address, answer in known.items():
        if "etag" in answer.headers:
            copy = {"If-None-Match": answer.headers["etag"]}
            assert {worker.get(address, headers=copy).status_code for worker in workers} == {200}, address
    return {address: _everywhere(workers, address) for address in known}


def _hidden(workers: list[httpx.Client], release: str) -> None:
    """No address leads to what is only drafted."""
    for worker in workers:
        assert worker.get(f"/api/v1/releases/{release}").status_code == 404
        assert release not in worker.get("/api/v1/releases").text
        future = worker.get("/sdmx/v2/data/dataflow/*/FIGURES?asOf=9999-01-01T00:00:00Z&format=csv").text
        history = worker.get("/sdmx/v2/data/dataflow/*/FIGURES?includeHistory=true&format=csv").text
        assert "765432" not in future + history


def _gone(workers: list[httpx.Client], release: str) -> None:
    """What was taken back is told of with its reason, and is nowhere to be had."""
    when = (NOON + AFTER - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    for worker in workers:
        gone = worker.get(f"/api/v1/releases/{release}")
        assert (gone.status_code, gone.headers["content-type"], gone.json()["detail"]) == (410, "application/problem+json", "数据有误 <b>")
        notice = next(each for each in worker.get("/api/v1/releases").json()["items"] if each["release"] == release)
        assert (notice["reason"], notice["current"]) == ("数据有误 <b>", False)
        assert "数据有误 &lt;b&gt;" in worker.get("/api/v1/releases.atom").text
        assert worker.get(f"/sdmx/v2/data/dataflow/*/FIGURES?asOf={when}").status_code == 404
        assert "765432" not in worker.get("/sdmx/v1/data/FIGURES?includeHistory=true&format=csv").text
