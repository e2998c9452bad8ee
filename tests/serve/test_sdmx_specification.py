"""The SDMX REST specifications, 1.5 and 2.2, clause by clause where nothing else tests them (https://github.com/sdmx-twg/sdmx-rest)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import httpx
import pytest

from guibiao.publish.release import withdraw
from guibiao.serve.sdmx.faults import SdmxFault
from guibiao.serve.sdmx.periods import bounds
from guibiao.serve.sdmx.structures import REFERENCES, version_fits
from tests.serve.sdmx_samples import FIRST_SEEN, SECOND_SEEN, client, published, tags
from tests.serve.test_sdmx_structures import assert_valid_xml, ids, json_schema

WHOLE = "/sdmx/v2/data/dataflow/*/FIGURES"
XML = {"Accept": "application/xml"}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> httpx.Client:
    folder = tmp_path_factory.mktemp("specification") / "releases"
    published(folder)
    return client(folder)


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def said(row: dict[str, str]) -> dict[str, str]:
    """What a row says, whatever columns its page has."""
    return {name: value for name, value in row.items() if value}


# Structures


@pytest.mark.parametrize(
    ("references", "detail"),
    [
        *((each, "full") for each in (*REFERENCES, "codelist", "dataflow,conceptscheme", "agencyscheme", "dataconstraint")),
        *(("all", each) for each in ("allstubs", "referencestubs", "referencecompletestubs", "referencepartial", "raw")),
    ],
)
def test_references_and_detail_fit_the_schemas(web: httpx.Client, references: str, detail: str) -> None:
    asked = {"references": references, "detail": detail}
    for kind in ("dataflow", "datastructure", "categoryscheme"):
        message = web.get(f"/sdmx/v2/structure/{kind}", params=asked).json()
        assert [error.message for error in json_schema("20", "structure").iter_errors(message)] == []
        assert_valid_xml(web.get(f"/sdmx/v2/structure/{kind}", params=asked, headers=XML).content, "30")
        if references not in {"ancestors", "agencyscheme", "dataconstraint"} and detail != "raw":
            assert_valid_xml(web.get(f"/sdmx/v1/{kind}", params=asked).content, "21")


def test_an_artefact_refers_to_the_scheme_of_its_agency_in_version_2_only(web: httpx.Client) -> None:
    for references in ("children", "descendants", "all", "agencyscheme"):
        assert "agencySchemes" in web.get(f"/sdmx/v2/structure/dataflow/*/CORE?references={references}").json()["data"]
        assert "AgencyScheme" not in {
            each.tag for each in tags(web.get("/sdmx/v1/dataflow/all/CORE?references=all").content, "AgencyScheme")
        }
    parents = web.get("/sdmx/v2/structure/agencyscheme?references=parents").json()["data"]
    assert {"dataflows", "codelists", "conceptSchemes", "dataStructures", "categorySchemes"} <= set(parents)
    assert "agencySchemes" not in web.get("/sdmx/v2/structure/dataflow/*/CORE?references=parents").json()["data"]


def test_a_partial_category_scheme_holds_the_categories_of_the_categorisations(web: httpx.Client) -> None:
    asked = "/sdmx/v2/structure/dataflow/*/CORE?references=all&detail=referencepartial"
    data = web.get(asked).json()["data"]
    assert [each["target"].rpartition(".")[2] for each in data["categorisations"]] == ["CORE"]
    (scheme,) = data["categorySchemes"]
    assert (scheme["isPartial"], [each["id"] for each in scheme["categories"]]) == (True, ["CORE"])
    whole = web.get("/sdmx/v2/structure/categoryscheme").json()["data"]["categorySchemes"][0]
    assert (whole["isPartial"], [each["id"] for each in whole["categories"]]) == (False, ["ALL", "CORE"])


@pytest.mark.parametrize(
    "version",
    ["+.2.3", "1.+.3", "~.2", "~.2.3", "1.~.3", "*.2", "*.2.3", "1.*.3", "+.0", "2.3+", "~.0.*", "3.2*.1+", "1..0", "1.0.0.0", "9" * 5000],
)
def test_versions_that_the_standard_does_not_support_are_refused(version: str) -> None:
    with pytest.raises(SdmxFault) as caught:
        version_fits(version, "1.0.0")
    assert caught.value.http_status(2) == 400


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("+.0.0", True),
        ("1.+.0", True),
        ("1.0.+", True),
        ("~.0.0", True),
        ("*.0", True),
        ("1.0~", True),
        ("2.+.0", False),
        ("1.0.0-draft", False),
    ],
)
def test_versions_that_it_supports(version: str, fits: bool) -> None:
    assert version_fits(version, "1.0.0") is fits


def test_the_bare_address_lists_the_dataflows(web: httpx.Client) -> None:
    for end in ("", "/"):
        assert "FIGURES" in ids(web.get(f"/sdmx/v1{end}").content, "Dataflow")
        assert "FIGURES" in [each["id"] for each in web.get(f"/sdmx/v2{end}").json()["data"]["dataflows"]]


# Schema queries


@pytest.mark.parametrize(
    "address", ["/sdmx/v1/schema/dataflow/SOMEWHERE/CORE", "/sdmx/v1/schema/dataflow/SOMEWHERE/CORE/latest?explicitMeasure=true"]
)
def test_what_data_may_hold_in_version_1(web: httpx.Client, address: str) -> None:
    document = web.get(address).content
    assert_valid_xml(document, "21")
    assert ids(document, "DataStructure") == ["FIGURES"]
    assert not tags(document, "Dataflow")
    lists = {each.get("id"): [code.get("id") for code in each if code.get("id")] for each in tags(document, "Codelist")}
    assert (lists["CL_INDICATOR"], lists["CL_FREQ"]) == (["output"], ["A"])


def test_what_data_may_hold_in_version_2(web: httpx.Client) -> None:
    message = web.get("/sdmx/v2/schema/dataflow/SOMEWHERE/CORE/+?dimensionAtObservation=TIME_PERIOD").json()
    assert [error.message for error in json_schema("20", "structure").iter_errors(message)] == []
    assert set(message["data"]) == {"dataStructures", "codelists", "conceptSchemes", "agencySchemes"}
    structure = web.get("/sdmx/v2/schema/datastructure/SOMEWHERE/FIGURES").json()["data"]
    assert {"A", "M"} <= {code["id"] for each in structure["codelists"] if each["id"] == "CL_FREQ" for code in each["codes"]}
    before = web.get("/sdmx/v2/schema/dataflow/SOMEWHERE/CORE?asOf=2020-01-01")
    assert (before.status_code, before.json()["errors"][0]["code"]) == (404, 100)


@pytest.mark.parametrize(
    ("address", "accept", "status"),
    [
        ("/sdmx/v1/schema/dataflow/SOMEWHERE/CORE", "application/vnd.sdmx.schema+xml;version=2.1", 406),
        ("/sdmx/v2/schema/dataflow/SOMEWHERE/CORE", "application/vnd.sdmx.schema+json;version=2.0.0", 406),
        ("/sdmx/v2/schema/dataflow/SOMEWHERE", "*/*", 400),
        ("/sdmx/v2/schema/sideways/SOMEWHERE/CORE", "*/*", 400),
        ("/sdmx/v2/schema/metadataflow/SOMEWHERE/CORE", "*/*", 404),
        ("/sdmx/v2/schema/dataflow/SOMEWHERE/NOTHING", "*/*", 404),
        ("/sdmx/v2/schema/dataflow/SOMEWHERE/CORE?dimensionAtObservation=NO", "*/*", 422),
        ("/sdmx/v2/schema/dataflow/SOMEWHERE/CORE?deletion=perhaps", "*/*", 400),
    ],
)
def test_schema_queries_that_cannot_be_answered(web: httpx.Client, address: str, accept: str, status: int) -> None:
    assert web.get(address, headers={"Accept": accept}).status_code == status


# Data


def test_periods_sort_in_the_order_of_time_and_not_of_their_text(web: httpx.Client) -> None:
    for direction, turn in (("asc", 1), ("desc", -1)):
        found = [row["TIME_PERIOD"] for row in rows(web.get(f"{WHOLE}?sort=TIME_PERIOD:{direction}&format=csv"))]
        ends = [bounds(each) for each in found][::turn]
        assert len({len(each) for each in found}) > 1
        assert ends == sorted(ends, key=lambda days: days[::-1] if days else ())


def test_what_is_missing_sorts_last_either_way(web: httpx.Client) -> None:
    for direction in ("asc", "desc"):
        lows = [row["OBS_LOW"] for row in rows(web.get(f"{WHOLE}?sort=OBS_LOW:{direction}&format=csv"))]
        assert "" in lows
        assert lows == [each for each in lows if each] + [""] * lows.count("")


@pytest.mark.parametrize(
    "query", ["", "sort=OBS_VALUE:desc", "includeHistory=true", "attributes=none&measures=none", "updatedAfter=2020-01-01T00:00:00Z"]
)
def test_pages_by_limit_are_together_the_whole_and_say_what_they_leave_out(web: httpx.Client, query: str) -> None:
    """Counted in observations over all data sets, in series where only series are asked for; `Link` leads to the next page."""
    whole = rows(web.get(f"{WHOLE}?format=csv&{query}"))
    found: list[dict[str, str]] = []
    address = f"{WHOLE}?format=csv&limit=3&{query}".rstrip("&")
    while address:
        answer = web.get(address)
        found += rows(answer)
        left = int(answer.headers.get("x-left-out", "0"))
        assert left == len(whole) - len(found)
        link = answer.headers.get("link", "")
        assert bool(link) is bool(left)
        address = link.partition("<")[2].partition(">")[0]
    assert [said(each) for each in found] == [said(each) for each in whole]
    assert web.get(f"{WHOLE}?limit=3&offset=1000").status_code == 204
    assert "link" not in web.get(f"{WHOLE}?limit=1000").headers


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2020-01-01T24:00:00", True), ("2020-01-01T23:59:59.999Z", True), ("2020-01-01T12:00:00+08:00", True),
        ("2020-01-01T25:00:00", False),
        ("2020-01-01T12:61:00", False), ("2020-01-01T9", False), ("2020-01-01T12:00:00/P1M", True), ("2020-01-01T99:00:00/P1M", False),
        ("2020-T3", True), ("2020-W54", False), ("2020-D366", True), ("2019-D366", False), ("2020-A1", True), ("0000", False),
    ],
)  # fmt: skip
def test_moments_of_a_period(text: str, known: bool) -> None:
    assert (bounds(text) is not None) is known


# Availability


def test_availability_of_what_changed(web: httpx.Client) -> None:
    after = FIRST_SEEN.replace(hour=12).isoformat().replace("+00:00", "Z")
    message = web.get(f"/sdmx/v2/availability/dataflow/*/FIGURES?updatedAfter={after}").json()
    (found,) = message["data"]["dataConstraints"]
    listed = [each for each in found["cubeRegions"][0]["keyValues"] if "values" in each]
    assert {each["id"]: [value["value"] for value in each["values"]] for each in listed} == {
        "FREQ": ["A"], "INDICATOR": ["output"], "REF_AREA": ["010000"], "TIME_PER_COLLECT": ["S"], "PRICE_BASIS": ["current"],
        "ACCOUNTING_BASIS": ["census_2018"],
    }  # fmt: skip
    assert {each["id"]: each["title"] for each in found["annotations"]} == {"series_count": "1", "obs_count": "3"}
    later = SECOND_SEEN.replace(hour=12).isoformat().replace("+00:00", "Z")
    assert web.get(f"/sdmx/v2/availability/dataflow/*/FIGURES?updatedAfter={later}").status_code == 204
    assert web.get(f"/sdmx/v1/availableconstraint/FIGURES?updatedAfter={later}").status_code == 404


@pytest.mark.parametrize(
    "address", ["/sdmx/v1/availableconstraint/FIGURES/all/all/all/more", "/sdmx/v2/availability/dataflow/*/FIGURES/*/*/FREQ/more"]
)
def test_an_address_with_too_many_parts_is_refused(web: httpx.Client, address: str) -> None:
    assert web.get(address).status_code == 400


# The protocol


@pytest.mark.parametrize(
    ("address", "accept", "kind"),
    [
        (f"{WHOLE}?format=xml&strange=1", "*/*", "application/xml"),
        (f"{WHOLE}?format=json&strange=1", "application/xml", "application/vnd.sdmx.data+json; version=2.0.0"),
        (f"{WHOLE}?strange=1", "text/csv", "application/vnd.sdmx.data+json; version=2.0.0"),
        ("/sdmx/v2/structure/codelist?strange=1", "*/*", "application/vnd.sdmx.structure+json; version=2.0.0"),
        ("/sdmx/v1/codelist?format=json&strange=1", "*/*", "application/vnd.sdmx.structure+json; version=1.0.0"),
        ("/sdmx/v1/data/FIGURES?strange=1", "*/*", "application/xml"),
    ],
)
def test_an_error_has_the_format_that_was_asked_for(web: httpx.Client, address: str, accept: str, kind: str) -> None:
    answer = web.get(address, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (400, kind)
    assert {"Accept", "Accept-Language"} <= {each.strip() for each in answer.headers["vary"].split(",")}


def test_a_kept_answer_says_its_language_too(web: httpx.Client) -> None:
    for language in ("en", "zh", "en"):
        headers = {"Accept-Language": language, "Accept": "application/vnd.sdmx.data+csv;version=2.0.0;labels=name"}
        first, again = (web.get(f"{WHOLE}/*/A", headers=headers) for _each in range(2))
        assert (first.headers["content-language"], again.headers["content-language"]) == (language, language)
        assert ("Frequency" in first.text, first.content) == (language == "en", again.content)


def test_head_is_get_without_its_body(web: httpx.Client) -> None:
    whole, head = web.get(WHOLE), web.head(WHOLE)
    assert (head.status_code, head.content) == (200, b"")
    assert {name: head.headers[name] for name in ("etag", "content-type", "last-modified")} == {
        name: whole.headers[name] for name in ("etag", "content-type", "last-modified")
    }


def test_a_copy_of_a_withdrawn_release_is_not_called_good(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The release before it is older than the copy; what counts is when it came back."""
    folder = tmp_path_factory.mktemp("taken") / "releases"
    archive = published(folder)
    site = client(folder)
    copy = site.get("/sdmx/v1/data/CORE?format=csv")
    assert "17400.25" in copy.text
    withdraw(archive, archive.pointer(), who="张三", reason="口径有误", at=datetime(2026, 4, 2, tzinfo=UTC))
    for good in ({"If-Modified-Since": copy.headers["last-modified"]}, {"If-None-Match": copy.headers["etag"]}):
        now = site.get("/sdmx/v1/data/CORE?format=csv", headers=good)
        assert (now.status_code, "17400.25" in now.text) == (200, False)
    assert now.headers["last-modified"] == "Thu, 02 Apr 2026 00:00:00 GMT"
    same = site.get("/sdmx/v1/data/CORE?format=csv", headers={"If-Modified-Since": now.headers["last-modified"]})
    assert same.status_code == 304


def test_a_key_of_several_and_a_wildcard_in_both_versions(web: httpx.Client) -> None:
    first = rows(web.get("/sdmx/v1/data/FIGURES/A.output+growth....?format=csv"))
    second = rows(web.get(f"{WHOLE}/*/A.output,A.growth.*?format=csv"))
    assert {row["INDICATOR"] for row in first} == {row["INDICATOR"] for row in second} == {"output", "growth"}
    assert [row["OBS_VALUE"] for row in first] == [row["OBS_VALUE"] for row in second]
