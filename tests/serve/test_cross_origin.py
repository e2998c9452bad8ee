"""Scripts of other sites read the data interfaces of an open site, and nothing else of it."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import httpx
import pytest

from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import make_doors
from guibiao.serve.doors.headers import HEADERS
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from tests.serve.browsing import browser
from tests.serve.door_samples import SECRET, NoReleases

ASKED = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept"}


@cache
def site(*, closed: bool = False) -> httpx.Client:
    chosen = Settings(secret=SECRET, extra={"anonymous": "no"} if closed else {})
    services = Services(releases=cast(Any, NoReleases()), words=cast(Any, None), access=make_doors(chosen, None))
    return browser(create_application(services, chosen), Accept="*/*")


@pytest.mark.parametrize("path", ["/api/v1/releases", "/api/v1/nowhere", "/sdmx/v1/dataflow", "/sdmx/v2/data/x", "/api/v1/tasks"])
def test_data_and_errors_are_read_from_elsewhere(path: str) -> None:
    web = site()
    answer = web.get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    before = web.options(path, headers=ASKED)
    assert (before.status_code, before.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    assert {"Accept", "Authorization", "If-None-Match"} <= set(before.headers["access-control-allow-headers"].split(", "))
    assert {name: before.headers[name] for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/static/site.css", "/healthz"])
def test_pages_are_not(path: str) -> None:
    web = site()
    assert "access-control-allow-origin" not in web.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    assert "access-control-allow-origin" not in web.options(path, headers=ASKED).headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_changed_from_elsewhere(method: str) -> None:
    answer = site().request(method, "/api/v1/releases", headers={"Origin": "https://elsewhere.example"})
    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (405, False)


def test_a_closed_site_is_read_by_nobody_else() -> None:
    web = site(closed=True)
    assert "access-control-allow-origin" not in web.get("/api/v1/releases", headers={"Origin": "https://elsewhere.example"}).headers
    assert "access-control-allow-origin" not in web.options("/api/v1/releases", headers=ASKED).headers


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/api/v1/nowhere", "not-found", 404),
        ("/api/v1/indicators", "nothing-published", 503),
        ("/api/v1/observations?limit=x", "bad-request", 422),
        ("/api/v1/observations?indicatr=x", "bad-request", 400),
        ("/api/v1/tasks", "refused", 401),
    ],
)
def test_errors_are_problem_details(path: str, kind: str, status: int) -> None:
    """RFC 9457: media type, type, title, status, detail, instance."""
    answer = site().get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["type"], problem["status"], problem["instance"]) == (f"urn:guibiao:error:{kind}", status, path.partition("?")[0])
    assert problem["title"]
    assert problem["detail"]
    assert problem["errors"][0]["title"] == problem["title"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_parameter_that_does_not_exist_is_named_with_those_that_do() -> None:
    said = site().get("/api/v1/observations?indicatr=x&limit=5").json()
    assert "indicatr" in said["title"]
    assert {"indicator", "area", "limit", "cursor", "from", "to"} <= set(
        said["remedy"].replace("：", ": ").rstrip("。.").replace("、", " ").replace(",", " ").split()
    )
