"""Addresses that nobody means well with: an SDMX error each time, never a server error."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serve.sdmx_samples import client, published

WORDS = st.sampled_from(
    [
        "data",
        "structure",
        "dataflow",
        "codelist",
        "availability",
        "availableconstraint",
        "datastructure",
        "FIGURES",
        "CORE",
        "SOMEWHERE",
        "all",
        "*",
        "1.0.0",
        "+",
        "~",
        "A.output",
        "A.output.010000...",
        ".....",
        "CL_FREQ",
        "",
        "..",
        "%2e%2e%2fetc%2fpasswd",
        "A+B,C",
    ]
)
NAMES = st.sampled_from(
    [
        "startPeriod",
        "endPeriod",
        "updatedAfter",
        "asOf",
        "c[TIME_PERIOD]",
        "c[OBS_VALUE]",
        "c[FREQ]",
        "c[]",
        "limit",
        "offset",
        "sort",
        "detail",
        "references",
        "includeHistory",
        "dimensionAtObservation",
        "attributes",
        "measures",
        "format",
        "mode",
        "firstNObservations",
        "lang",
        "",
    ]
)
VALUES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "2023",
            "2023-Q9",
            "ge:2020+le:2022",
            "true",
            "csv",
            "json",
            "xml",
            "all",
            "none",
            "AllDimensions",
            "-1",
            "1",
            "9" * 30,
            "'; DROP TABLE x",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59Z",
            "\x00",
            "ne:A,co:,",
            "full",
            "available",
            "exact",
            "*:desc",
        ]
    ),
)
ACCEPTS = st.sampled_from(
    [
        "",
        "*/*",
        "application/xml",
        "application/json",
        "text/csv",
        ";;;",
        'a/b;c="d,e',
        "application/vnd.sdmx.data+csv;version=2.0.0;labels=all",
    ]
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> httpx.Client:
    folder = tmp_path_factory.mktemp("hostile") / "releases"
    published(folder)
    return client(folder)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["v1", "v2"]),
    st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=7),
    st.lists(st.tuples(NAMES, VALUES), max_size=4),
    ACCEPTS,
)
def test_no_address_breaks_the_service(web: httpx.Client, version: str, path: list[str], query: list[tuple[str, str]], accept: str) -> None:
    address = "/".join(quote(part.encode("utf-8", "replace"), safe="*+,.~%") for part in path)
    asked = "&".join(f"{quote(name)}={quote(value.encode('utf-8', 'replace'), safe='')}" for name, value in query)
    answer = web.get(f"http://testserver/sdmx/{version}/{address}?{asked}", headers={"Accept": accept})
    assert answer.status_code in {200, 204, 400, 403, 404, 406, 413, 422, 501}, (answer.status_code, answer.text)
    if answer.status_code >= 400:
        assert "Error" in answer.text or '"errors"' in answer.text


@pytest.mark.parametrize("value", ["'", "'; DROP TABLE observations; --", "\x00", "%", "_", "\\", "A' OR '1'='1"])
def test_no_value_reaches_the_engine_as_code(web: httpx.Client, value: str) -> None:
    for place in ("c[REF_AREA]", "c[INDICATOR]", "c[ACCOUNTING_BASIS]", "c[OBS_PRINTED]"):
        assert web.get(f"/sdmx/v2/data/dataflow/*/FIGURES?{place}={quote(value, safe='')}").status_code == 204
    assert web.get(f"/sdmx/v1/data/FIGURES/A.{quote(value, safe='')}.010000...").status_code == 404
    assert web.get("/sdmx/v1/data/FIGURES").status_code == 200


def test_names_from_the_workspace_are_escaped_in_every_format(web: httpx.Client) -> None:
    for form in ("xml", "json"):
        answer = web.get(f"/sdmx/v2/structure/codelist/*/CL_BAND?format={form}")
        assert ("&lt;高速&gt; &amp; 其他" if form == "xml" else "<高速> & 其他") in answer.text
