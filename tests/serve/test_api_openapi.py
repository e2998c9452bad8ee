"""Requests drawn from the OpenAPI description: no server error, and every answer is of a form that it describes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.serve.index_samples import desk
from tests.serve.sdmx_samples import client, published
from tests.serve.test_api import SampleLedger, SamplePassports

schemathesis = pytest.importorskip("schemathesis")
EXAMPLES = 12
"""Requests an operation: enough to meet every kind of parameter, few enough to be quick."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> httpx.Client:
    folder = tmp_path_factory.mktemp("openapi") / "releases"
    published(folder)
    return client(folder, passports=SamplePassports(), ledger=SampleLedger(), index=desk())


@pytest.fixture(scope="module")
def operations(web: httpx.Client) -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(web.get("/api/v1/openapi.json").json())
    return {found.ok().path: found.ok() for found in schema.get_all_operations()}


PATHS = (
    "/api/v1",
    "/api/v1/releases",
    "/api/v1/releases.atom",
    "/api/v1/releases/{release}",
    "/api/v1/passports/{key}",
    "/api/v1/catalog.jsonld",
    "/api/v1/indicators",
    "/api/v1/indicators/{name}",
    "/api/v1/observations",
    "/api/v1/statements",
    "/api/v1/targets",
    "/api/v1/warnings",
    "/api/v1/findings",
    "/api/v1/forecasts",
    "/api/v1/passages",
    "/api/v1/codes",
    "/api/v1/sources",
    "/api/v1/tasks",
    "/api/v1/index/scores",
    "/api/v1/index/nodes",
    "/api/v1/index/ranks",
    "/api/v1/index/drivers",
    "/api/v1/index/changes",
    "/api/v1/index/trial",
)


def test_every_address_is_described_and_tried(operations: dict[str, Any]) -> None:
    assert set(operations) == set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_no_request_breaks_the_server(web: httpx.Client, operations: dict[str, Any], path: str) -> None:
    operation = operations[path]

    met: Counter[int] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def try_out(case: Any) -> None:
        answer = web.request(case.method, case.formatted_path, params=[*_pairs(case.query or {})])
        met[answer.status_code] += 1
        assert answer.status_code < 500, answer.text
        described = operation.definition.raw["responses"]
        assert str(answer.status_code) in described, answer.text
        form = described[str(answer.status_code)]["content"][answer.headers["content-type"].partition(";")[0]].get("schema")
        if form and "json" in answer.headers["content-type"]:
            _fits(operation, form, answer.json())

    try_out()
    assert sum(met.values()) >= (EXAMPLES // 2 if operation.query or operation.path_parameters else 1)


def _pairs(query: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, str(each)) for name, value in query.items() for each in (value if isinstance(value, list) else [value])]


def _fits(operation: Any, form: dict[str, Any], content: Any) -> None:
    import jsonschema

    document = operation.schema.raw_schema
    jsonschema.Draft202012Validator({**form, "components": document["components"]}).validate(content)


def test_data_that_answer_have_the_form_described(web: httpx.Client, operations: dict[str, Any]) -> None:
    for path in PATHS:
        if "{" in path or path.endswith((".atom", ".jsonld")):
            continue
        form = operations[path].definition.raw["responses"]["200"]["content"]["application/json"]["schema"]
        _fits(operations[path], form, web.get(path).json())
