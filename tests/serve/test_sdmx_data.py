"""Data and availability queries of both versions: filters, layouts, formats, errors, caching."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import httpx
import pytest

from guibiao.model.tables import OBSERVATIONS
from guibiao.publish.release import withdraw
from guibiao.serve.sdmx import retrieval
from tests.serve.sdmx_samples import FIRST_SEEN, SECOND_SEEN, client, published, second_observations, tags
from tests.serve.test_sdmx_structures import assert_valid_xml, json_schema

GENERIC, SPECIFIC = "application/vnd.sdmx.genericdata+xml;version=2.1", "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
GENERIC_TIME = "application/vnd.sdmx.generictimeseriesdata+xml;version=2.1"
SPECIFIC_TIME = "application/vnd.sdmx.structurespecifictimeseriesdata+xml;version=2.1"
SPECIFIC_30 = "application/vnd.sdmx.data+xml;version=3.0.0"
JSON_1, JSON_2 = "application/vnd.sdmx.data+json;version=1.0.0", "application/vnd.sdmx.data+json;version=2.0.0"
CSV_1, CSV_2 = "application/vnd.sdmx.data+csv;version=1.0.0", "application/vnd.sdmx.data+csv;version=2.0.0"
XML = ((GENERIC, "21"), (SPECIFIC, "21"), (GENERIC_TIME, "21"), (SPECIFIC_TIME, "21"), (SPECIFIC_30, "30"))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> httpx.Client:
    folder = tmp_path_factory.mktemp("data") / "releases"
    published(folder)
    return client(folder)


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def asked(web: httpx.Client, path: str, query: str = "") -> list[tuple[str, str, str]]:
    """Indicator, period and value of what a query of version 2 gives, as CSV."""
    found = rows(web.get(f"/sdmx/v2/data/dataflow/*/{path}?{query}&format=csv"))
    return [(row["INDICATOR"], row["TIME_PERIOD"], row["OBS_VALUE"]) for row in found]


def test_every_observation_is_in_exactly_one_flow_of_all_indicators(web: httpx.Client) -> None:
    flows = [each.get("id") or "" for each in tags(web.get("/sdmx/v1/dataflow").content, "Dataflow")]
    counted = sum(len(asked(web, flow)) for flow in flows if flow.startswith("FIGURES"))
    assert counted == len(second_observations())


def test_periods_have_the_forms_of_the_standard(web: httpx.Client) -> None:
    found = rows(web.get("/sdmx/v2/data/dataflow/*/FIGURES/*/*.sales?format=csv"))
    assert [(row["FREQ"], row["TIME_PER_COLLECT"], row["TIME_PERIOD"]) for row in found] == [
        ("M", "C", "2023-02"), ("M", "C", "2023-03"), ("M", "C", "2023-12"), ("M", "S", "2023-03"), ("_O", "S", "2018-01-01/P4Y"),
    ]  # fmt: skip
    stocks = rows(web.get("/sdmx/v2/data/dataflow/*/FIGURES_BY_BAND?format=csv"))
    assert {(row["FREQ"], row["TIME_PER_COLLECT"], row["TIME_PERIOD"]) for row in stocks} == {("A", "E", "2023")}


def test_attributes_of_an_observation(web: httpx.Client) -> None:
    found = rows(web.get("/sdmx/v2/data/dataflow/*/FIGURES/*/A.output.020000?format=csv"))[0]
    expected = {
        "UNIT_MEASURE": "CNY", "UNIT_MULT": "8", "OBS_LOW": "9.45", "OBS_HIGH": "9.55", "QUALIFIER": "about", "COMPARISON_BASIS": "_Z",
        "KNOWN_FROM": "2024-03-21",
    }  # fmt: skip
    assert found.items() >= expected.items()
    assert found["OBS_PRINTED"] == "'=约9.5亿元"  # no spreadsheet takes it for a formula


@pytest.mark.parametrize(("accept", "version"), XML)
@pytest.mark.parametrize("query", ["", "?lastNObservations=1", "?detail=dataonly", "?detail=serieskeysonly", "?detail=nodata"])
def test_xml_data_fit_the_official_schema(web: httpx.Client, accept: str, version: str, query: str) -> None:
    for flow in ("FIGURES", "FIGURES_BY_BAND"):
        answer = web.get(f"/sdmx/v1/data/{flow}{query}", headers={"Accept": accept})
        assert answer.status_code == 200
        assert_valid_xml(answer.content, version)
        assert bool(tags(answer.content, "Obs")) == ("keysonly" not in query and "nodata" not in query)


@pytest.mark.parametrize(("accept", "version"), [(GENERIC, "21"), (SPECIFIC, "21"), (SPECIFIC_30, "30")])
@pytest.mark.parametrize("at", ["AllDimensions", "REF_AREA", "INDICATOR"])
def test_xml_data_in_other_layouts(web: httpx.Client, accept: str, version: str, at: str) -> None:
    answer = web.get(f"/sdmx/v1/data/FIGURES?dimensionAtObservation={at}", headers={"Accept": accept})
    assert_valid_xml(answer.content, version)
    assert len(tags(answer.content, "Obs")) == 10
    assert bool(tags(answer.content, "Series")) == (at != "AllDimensions")


@pytest.mark.parametrize(("accept", "version"), [(JSON_1, "10"), (JSON_2, "20")])
@pytest.mark.parametrize(
    "query", ["", "?dimensionAtObservation=AllDimensions", "?dimensionAtObservation=REF_AREA", "?detail=serieskeysonly", "?detail=dataonly"]
)
def test_json_data_fit_the_official_schema(web: httpx.Client, accept: str, version: str, query: str) -> None:
    answer = web.get(f"/sdmx/v1/data/FIGURES{query}", headers={"Accept": accept})
    assert [error.message for error in json_schema(version, "data").iter_errors(answer.json())] == []


@pytest.mark.parametrize("accept", [JSON_1, JSON_2])
@pytest.mark.parametrize("flat", [False, True])
def test_json_says_the_same_as_csv(web: httpx.Client, accept: str, flat: bool) -> None:
    at = "AllDimensions" if flat else "TIME_PERIOD"
    message = web.get(f"/sdmx/v1/data/FIGURES?dimensionAtObservation={at}", headers={"Accept": accept}).json()["data"]
    structure = message["structure"] if accept == JSON_1 else message["structures"][0]
    read = set()
    data_set = message["dataSets"][0]
    groups = {"": {"observations": data_set["observations"]}} if flat else data_set["series"]
    for key, group in groups.items():
        for place, values in group["observations"].items():
            codes = {}
            for level, indices in (("series", key), ("observation", place)):
                for dimension, index in zip(structure["dimensions"][level], indices.split(":") if indices else (), strict=True):
                    value = dimension["values"][int(index)]
                    codes[dimension["id"]] = (
                        value.get("name") if dimension["id"] == "TIME_PERIOD" and "name" in value else value.get("id", value.get("value"))
                    )
            status = structure["attributes"]["observation"][0]["values"][values[1]]["id"]
            read.add((codes["INDICATOR"], codes["REF_AREA"], codes["TIME_PER_COLLECT"], codes["TIME_PERIOD"], values[0], status))
    expected = rows(web.get("/sdmx/v2/data/dataflow/*/FIGURES?format=csv"))
    names = ("INDICATOR", "REF_AREA", "TIME_PER_COLLECT", "TIME_PERIOD")
    assert read == {(*(row[name] for name in names), float(row["OBS_VALUE"]), row["OBS_STATUS"]) for row in expected}


def test_csv_of_the_first_version(web: httpx.Client) -> None:
    found = rows(web.get("/sdmx/v1/data/FIGURES/A.output.010000...", headers={"Accept": f"{CSV_1};labels=both"}))
    assert found[0]["DATAFLOW"] == "SOMEWHERE:FIGURES(1.0.0): 全部指标"
    assert found[0]["INDICATOR: 指标"] == "output: 增加值"
    assert found[-1]["TIME_PERIOD: 报告期"] == "2024"


def test_csv_of_the_second_version_with_everything(web: httpx.Client) -> None:
    accept = f"{CSV_2};labels=name;keys=both;timeFormat=normalized"
    answer = web.get("/sdmx/v2/data/dataflow/*/FIGURES/*/A.output.010000", headers={"Accept": accept, "Accept-Language": "en"})
    head, first = list(csv.reader(io.StringIO(answer.text)))[:2]
    assert head[:7] == ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY", "FREQ"]
    assert first[:8] == ["dataflow", "SOMEWHERE:FIGURES(1.0.0)", "All indicators", "I", "A.output.010000.S.current.census_2018",
                         "A.output.010000.S.current.census_2018.2022", "A", "Annual"]  # fmt: skip
    assert first[head.index("TIME_PERIOD")] == "2022-12-31"


@pytest.mark.parametrize(
    ("key", "periods"),
    [
        ("A.output.010000...", ["2022", "2023", "2024"]),
        (".output.020000...", ["2023"]),
        ("A.output+growth.010000+020000..current.", ["2022", "2023", "2024", "2023"]),
        ("all", ["2023", "2022", "2023", "2024", "2023", "2023-02", "2023-03", "2023-12", "2023-03", "2018-01-01/P4Y"]),
    ],
)
def test_keys_of_the_first_version(web: httpx.Client, key: str, periods: list[str]) -> None:
    found = rows(web.get(f"/sdmx/v1/data/FIGURES/{key}?format=csv"))
    assert [row["TIME_PERIOD"] for row in found] == periods


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("FIGURES/*/A.output.010000", "c[TIME_PERIOD]=ge:2023+le:2023", [("output", "2023", "18766.7")]),
        ("FIGURES/*/A.output.010000", "c[TIME_PERIOD]=2022,2024", [("output", "2022", "17400.25"), ("output", "2024", "20000")]),
        ("FIGURES/*/A.output.010000", "c[TIME_PERIOD]=ne:2023", [("output", "2022", "17400.25"), ("output", "2024", "20000")]),
        ("FIGURES", "c[INDICATOR]=sw:gro", [("growth", "2023", "8.5")]),
        ("FIGURES", "c[INDICATOR]=output&c[OBS_VALUE]=gt:18000+lt:19000", [("output", "2023", "18766.7")]),
        ("FIGURES", "c[UNIT_MEASURE]=PT", [("growth", "2023", "8.5")]),
        ("FIGURES", "c[REF_AREA]=ne:010000", [("output", "2023", "9.5")]),
        ("FIGURES", "c[OBS_PRINTED]=co:%E7%BA%A6", [("output", "2023", "9.5")]),
        ("FIGURES", "c[PRICE_BASIS]=constant_2020", [("growth", "2023", "8.5")]),
        ("FIGURES", "c[ACCOUNTING_BASIS]=_Z&c[FREQ]=A", [("growth", "2023", "8.5")]),
        ("FIGURES", "c[TIME_PER_COLLECT]=C&c[TIME_PERIOD]=gt:2023-02+lt:2023-12", [("sales", "2023-03", "33")]),
        ("FIGURES/*/A.growth,A.output.020000", "", [("growth", "2023", "8.5"), ("output", "2023", "9.5")]),
        ("FIGURES/*/*.sales", "startPeriod=2023-12&endPeriod=2024", [("sales", "2023-12", "150.25")]),
        (
            "FIGURES/*/*.output.010000",
            "firstNObservations=1&lastNObservations=1",
            [("output", "2022", "17400.25"), ("output", "2024", "20000")],
        ),
        ("FIGURES/*/*.output.010000", "sort=TIME_PERIOD:desc&limit=1&offset=1", [("output", "2023", "18766.7")]),
        ("CORE", "lastNObservations=1", [("output", "2024", "20000"), ("output", "2023", "9.5")]),
    ],
)
def test_filters_of_the_second_version(web: httpx.Client, path: str, query: str, expected: list[tuple[str, str, str]]) -> None:
    assert asked(web, path, query) == expected


def test_the_same_filter_percent_encoded(web: httpx.Client) -> None:
    plain = "c[TIME_PERIOD]=ge:2023+le:2023"
    assert asked(web, "FIGURES/*/A.output", plain.replace("[", "%5B").replace("]", "%5D").replace("+", "%2B").replace(":", "%3A")) == asked(
        web, "FIGURES/*/A.output", plain
    )


def test_only_the_attributes_and_measures_asked_for(web: httpx.Client) -> None:
    head = web.get("/sdmx/v2/data/dataflow/*/FIGURES?attributes=OBS_STATUS&format=csv").text.splitlines()[0]
    assert head.endswith("TIME_PERIOD,OBS_VALUE,OBS_STATUS")
    series = rows(web.get("/sdmx/v2/data/dataflow/*/FIGURES/*/*.sales?attributes=none&measures=none&format=csv"))
    assert [(row["FREQ"], row["TIME_PERIOD"]) for row in series] == [("M", ""), ("M", ""), ("_O", "")]


def test_the_context_of_a_data_structure(web: httpx.Client) -> None:
    found = rows(web.get("/sdmx/v2/data/datastructure/*/FIGURES_BY_BAND/~?format=csv"))
    assert {row["STRUCTURE"] for row in found} == {"datastructure"}
    assert len(found) == 6


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/sdmx/v1/data/NOTHING", 404, 100),
        ("/sdmx/v1/data/FIGURES/X.....", 404, 100),
        ("/sdmx/v1/data/FIGURES/A.output", 403, 150),
        ("/sdmx/v1/data/FIGURES/A.output.....", 403, 150),
        ("/sdmx/v1/data/FIGURES?startPeriod=lately", 400, 140),
        ("/sdmx/v1/data/FIGURES?startPeriod=2023-Q5", 400, 140),
        ("/sdmx/v1/data/FIGURES?dimensionAtObservation=NO", 403, 150),
        ("/sdmx/v1/data/FIGURES?detail=some", 400, 140),
        ("/sdmx/v1/data/FIGURES?lastNObservations=0", 400, 140),
        ("/sdmx/v1/data/FIGURES?updatedAfter=yesterday", 400, 140),
        ("/sdmx/v1/data/FIGURES?detail=full&detail=full", 400, 140),
        ("/sdmx/v1/data/FIGURES?asOf=2026-01-01", 400, 140),
        ("/sdmx/v1/data", 400, 140),
        ("/sdmx/v1/data/a,b,c,d", 400, 140),
        ("/sdmx/v1/data/FIGURES/all/NOBODY", 404, 100),
        ("/sdmx/v2/data/dataflow/*/FIGURES?c[NONE]=1", 422, 150),
        ("/sdmx/v2/data/dataflow/*/FIGURES?c[TIME_PERIOD]=ge:soon", 422, 150),
        ("/sdmx/v2/data/dataflow/*/FIGURES?c[FREQ]=", 400, 140),
        ("/sdmx/v2/data/dataflow/*/FIGURES?sort=NONE", 422, 150),
        ("/sdmx/v2/data/dataflow/*/FIGURES?attributes=NONE_SUCH", 422, 150),
        ("/sdmx/v2/data/dataflow/*/FIGURES?asOf=2026-03-05&updatedAfter=2026-04-01", 422, 150),
        ("/sdmx/v2/data/dataflow/*/FIGURES?asOf=2020-01-01", 404, 100),
        ("/sdmx/v2/data/sideways/*/FIGURES", 400, 140),
        ("/sdmx/v2/data/dataflow/*/NOTHING", 404, 100),
        ("/sdmx/v2/data", 501, 501),
        ("/sdmx/v2/availability/dataflow/*/FIGURES?updatedAfter=2026-01-01&mode=available", 501, 501),
    ],
)
def test_errors_of_data_queries(web: httpx.Client, address: str, status: int, code: int) -> None:
    answer = web.get(address, headers={"Accept": "application/xml"})
    assert (answer.status_code, tags(answer.content, "ErrorMessage")[0].get("code")) == (status, str(code))


def test_an_empty_answer_of_the_second_version_has_no_content(web: httpx.Client) -> None:
    answer = web.get("/sdmx/v2/data/dataflow/*/FIGURES/*/A.nothing")
    assert (answer.status_code, answer.content) == (204, b"")


def test_time_series_formats_refuse_other_layouts(web: httpx.Client) -> None:
    assert web.get("/sdmx/v1/data/FIGURES?dimensionAtObservation=AllDimensions", headers={"Accept": GENERIC_TIME}).status_code == 403


def test_an_answer_that_would_be_too_large_says_how_large(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval, "LARGEST_ANSWER", 3)
    answer = web.get("/sdmx/v1/data/FIGURES?lastNObservations=3", headers={"Accept": GENERIC})
    assert (answer.status_code, tags(answer.content, "ErrorMessage")[0].get("code")) == (413, "510")
    assert "10" in (tags(answer.content, "Text")[0].text or "")


def test_an_unchanged_answer_is_not_sent_again(web: httpx.Client) -> None:
    first = web.get("/sdmx/v1/data/FIGURES")
    again = web.get("/sdmx/v1/data/FIGURES", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert web.get("/sdmx/v1/data/FIGURES?lastNObservations=1", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    assert web.get("/sdmx/v1/data/FIGURES", headers={"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
    assert web.get("/sdmx/v1/data/FIGURES", headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}).status_code == 200
    assert web.get("/sdmx/v1/data/FIGURES", headers={"If-Modified-Since": "soon"}).status_code == 200


def test_a_kept_answer_is_the_same(web: httpx.Client) -> None:
    address = "/sdmx/v1/data/FIGURES/A.output.010000..."
    assert web.get(address).content == web.get(address).content
    assert web.get(address, headers={"Accept": JSON_1}).json()["meta"]["sender"] == {"id": "SOMEWHERE"}


def actions(document: bytes) -> list[tuple[str | None, int]]:
    return [(each.get("action"), len([inner for inner in each.iter() if inner.tag.endswith("}Obs")])) for each in tags(document, "DataSet")]


def test_updates_since_a_moment(web: httpx.Client) -> None:
    after = (FIRST_SEEN.replace(hour=12)).isoformat().replace("+00:00", "Z")
    document = web.get(f"/sdmx/v1/data/FIGURES?updatedAfter={after}").content
    assert actions(document) == [("Replace", 2), ("Delete", 1)]
    assert_valid_xml(document, "21")
    later = SECOND_SEEN.replace(hour=12).isoformat().replace("+00:00", "Z")
    assert web.get(f"/sdmx/v1/data/FIGURES?updatedAfter={later}").status_code == 404
    everything = web.get("/sdmx/v1/data/FIGURES?updatedAfter=2020-01-01T00:00:00").content
    assert actions(everything) == [("Replace", 10)]


def test_the_whole_history(web: httpx.Client) -> None:
    document = web.get("/sdmx/v1/data/FIGURES/.output.010000...?includeHistory=true").content
    assert actions(document) == [("Replace", 3), ("Replace", 2), ("Delete", 1)]
    assert [each.get("validFromDate") for each in tags(document, "DataSet")][:2] == [FIRST_SEEN.isoformat(), SECOND_SEEN.isoformat()]
    for accept, version in ((SPECIFIC, "21"), (SPECIFIC_30, "30")):
        assert_valid_xml(web.get("/sdmx/v1/data/FIGURES?includeHistory=true", headers={"Accept": accept}).content, version)
    message = web.get("/sdmx/v2/data/dataflow/*/FIGURES?includeHistory=true").json()
    assert [error.message for error in json_schema("20", "data").iter_errors(message)] == []


def test_the_data_as_of_a_moment(web: httpx.Client) -> None:
    then = "asOf=2026-03-02T00:00:00%2B00:00"
    assert ("output", "2022", "17330.2") in asked(web, "CORE", then)
    assert ("output", "2021", "16000.5") in asked(web, "CORE", then)
    assert ("output", "2022", "17400.25") in asked(web, "CORE")


def test_a_withdrawn_release_is_no_history(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("withdrawn") / "releases"
    archive = published(folder)
    site = client(folder)
    before = site.get("/sdmx/v1/data/CORE?format=csv")
    assert "17400.25" in before.text
    withdraw(archive, archive.pointer(), who="张三", reason="口径有误", at=datetime(2026, 4, 2, tzinfo=UTC))
    after = site.get("/sdmx/v1/data/CORE?format=csv", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "17400.25" not in after.text
    assert site.get("/sdmx/v2/data/dataflow/*/CORE?asOf=2026-04-01").status_code == 404


def test_nothing_published_is_unavailable(tmp_path_factory: pytest.TempPathFactory) -> None:
    answer = client(tmp_path_factory.mktemp("empty")).get("/sdmx/v1/data/FIGURES")
    assert (answer.status_code, tags(answer.content, "ErrorMessage")[0].get("code")) == (503, "503")


def values(document: bytes) -> dict[str | None, list[str | None]]:
    return {each.get("id"): [value.text for value in each if value.tag.endswith("}Value")] for each in tags(document, "KeyValue")}


def test_what_is_available(web: httpx.Client) -> None:
    document = web.get("/sdmx/v1/availableconstraint/FIGURES/A.output....").content
    assert_valid_xml(document, "21")
    assert values(document)["REF_AREA"] == ["010000", "020000"]
    assert values(document)["INDICATOR"] == ["output"]
    assert [each.text for each in tags(document, "AnnotationTitle")] == ["2", "4"]
    assert [(each.tag.rpartition("}")[2], each.text) for name in ("StartPeriod", "EndPeriod") for each in tags(document, name)] == [
        ("StartPeriod", "2022-01-01"), ("EndPeriod", "2024-12-31"),
    ]  # fmt: skip


def test_what_could_still_be_chosen(web: httpx.Client) -> None:
    exact = values(web.get("/sdmx/v1/availableconstraint/FIGURES/A.growth.010000...").content)
    still = values(web.get("/sdmx/v1/availableconstraint/FIGURES/A.growth.010000...?mode=available").content)
    assert (exact["INDICATOR"], still["INDICATOR"]) == (["growth"], ["growth", "output"])
    assert still["REF_AREA"] == ["010000"]  # no growth is known of the other area


def test_availability_of_one_dimension_with_its_codes(web: httpx.Client) -> None:
    found = web.get("/sdmx/v2/availability/dataflow/*/FIGURES/*/*/REF_AREA?references=codelist&c[TIME_PERIOD]=ge:2024").json()["data"]
    assert [each["id"] for each in found["dataConstraints"][0]["cubeRegions"][0]["keyValues"]] == ["REF_AREA"]
    areas = next(each for each in found["codelists"] if each["id"] == "CL_AREA")
    assert [code["id"] for code in areas["codes"]] == ["010000"]


def test_availability_beyond_what_is_read_row_by_row(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    small = values(web.get("/sdmx/v1/availableconstraint/FIGURES").content)
    monkeypatch.setattr("guibiao.serve.sdmx.availability.LARGEST_ANSWER", 3)
    document = web.get("/sdmx/v1/availableconstraint/FIGURES/all?endPeriod=2030").content
    assert values(document) == small
    assert not tags(document, "Annotation")


def test_released_columns_are_declared() -> None:
    assert set(retrieval.COLUMNS) <= set(OBSERVATIONS.names)
