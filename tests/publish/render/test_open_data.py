"""Open data: gaps with their state, the dictionary, observations without restricted ones, the catalogue in DCAT-AP's shape."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pyarrow as pa

from guibiao.model.tables import OBSERVATIONS
from guibiao.publish.datasets import PUBLIC
from guibiao.publish.gaps import COLUMNS, gap_rows, gaps_csv
from guibiao.publish.open_data import DICTIONARY, cleared, dictionary_csv, observations_csv
from guibiao.publish.open_data_catalog import Coverage, Published, dcat
from guibiao.publish.spreadsheet_text import harmless
from guibiao.reference.report_definitions import SeriesDefinition, TableDefinition
from tests.publish.report.city import INDICATORS, workspace

SHOWN = TableDefinition(id="t", title_zh="直播", rows="period", columns=(SeriesDefinition(indicator="secret"),))


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def observation(indicator: str, statement: str, **facts: object) -> dict[str, object]:
    row = {column.name: "" for column in OBSERVATIONS.columns}
    row |= {"indicator": indicator, "statement": statement, "value": 1.5, "low": None, "high": None, "decimals": 1, "alternatives": 0}
    row |= {name: date(2024, 1, 1) for name in ("period_start", "period_end", "known_from")}
    return {**row, **facts}


def table(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), OBSERVATIONS.arrow_schema())


def test_a_gap_says_who_holds_it_until_when_and_what_for() -> None:
    rows = gap_rows(workspace("", tables=[SHOWN]), (), date(2026, 1, 31))
    assert [(row["indicator"], row["office"], row["state_zh"], row["serves_zh"]) for row in rows] == [
        ("secret", "商务局", "未到期", "表“直播”")
    ]
    assert gap_rows(workspace(""), (), date(2026, 2, 1))[0]["state_en"] == "overdue"
    assert gap_rows(workspace(""), {"secret"}, date(2026, 2, 1)) == []
    assert list(read(gaps_csv(rows))[0]) == list(COLUMNS)


def test_overdue_gaps_come_first_and_an_unreadable_date_is_none() -> None:
    city = workspace("")
    others = {
        name: replace(INDICATORS[0], id=name, gap_office="局", gap_due=due) for name, due in (("a", "适时"), ("b", "2020年"), ("c", ""))
    }
    states = [(row["indicator"], row["state_en"]) for row in gap_rows(replace(city, indicators=others), (), date(2026, 1, 1))]
    assert states == [("b", "overdue"), ("a", "no date"), ("c", "no date")]


def test_restricted_figures_and_what_rests_on_them_stay_out() -> None:
    all_ = table(observation("output", "s1"), observation("output", "s2"), observation("share", ""), observation("firms", "s3"))
    kept = cleared(all_, {"s2"}, {"share"})
    assert kept.select(["indicator", "statement"]).to_pylist() == [
        {"indicator": "output", "statement": "s1"},
        {"indicator": "firms", "statement": "s3"},
    ]
    assert cleared(all_, (), ()) is all_


def test_observations_keep_numbers_and_disarm_formulas() -> None:
    rows = read(
        observations_csv(table(observation("output", "s1", printed="=1+1", locator="-3.5"), observation("output", "s2", printed="-2.5%")))
    )
    assert list(rows[0])[: len(PUBLIC)] == list(PUBLIC)
    assert [row["printed"] for row in rows] == ["'=1+1", "-2.5%"]
    assert rows[0]["locator"] == "-3.5"
    assert float(rows[0]["value"]) == 1.5


def test_the_dictionary_explains_every_column_and_indicator_in_both_languages() -> None:
    rows = read(dictionary_csv(workspace("")))
    assert list(rows[0]) == list(DICTIONARY)
    columns = {row["name"] for row in rows if row["kind"] == "column" and row["file"] == "observations"}
    assert columns == set(OBSERVATIONS.names)
    assert {row["name"] for row in rows if row["kind"] == "indicator"} == {each.id for each in INDICATORS}
    assert all(row["name_zh"] and row["definition_en"] for row in rows if row["kind"] == "column")


def test_the_catalogue_has_what_the_profile_demands() -> None:
    files = {
        name: Published(12, "ab" * 32)
        for name in ("observations.csv", "observations.parquet", "gaps.csv", "findings.csv", "dictionary.csv")
    }
    city = replace(workspace(""), settings=replace(workspace("").settings, licence="可自由使用"))
    found = json.loads(json.dumps(dcat(city, files, Coverage("2015-01-01", "2023-12-31", "2024-03-21"))))
    nodes = {node["@id"]: node for node in found["@graph"]}
    catalogue = nodes["#catalogue"]
    assert catalogue["@type"] == "dcat:Catalog"
    assert {"dct:title", "dct:description", "dct:publisher", "dcat:dataset", "dct:license"} <= set(catalogue)
    for reference in catalogue["dcat:dataset"]:
        dataset = nodes[reference["@id"]]
        assert {"dct:title", "dct:description", "dcat:distribution", "dct:publisher", "dcat:theme"} <= set(dataset)
        assert {text["@language"] for text in dataset["dct:title"]} == {"zh", "en"}
        for distribution in dataset["dcat:distribution"]:
            assert {"dcat:accessURL", "dct:format", "dct:license", "spdx:checksum"} <= set(distribution)
            assert distribution["dcat:downloadURL"]["@id"] in files
    prefixes = {key.partition(":")[0] for node in found["@graph"] for key in node if ":" in key and not key.startswith("@")}
    assert prefixes <= set(found["@context"])
    assert {each["@id"] for each in nodes["#observations"]["dct:source"]} <= set(nodes)


def test_only_text_that_could_be_a_formula_is_changed() -> None:
    assert [harmless(text) for text in ("=a", " =a", "-3", "+2.5%", "-3亿", "临江", "@x")] == [
        "'=a",
        "' =a",
        "-3",
        "+2.5%",
        "'-3亿",
        "临江",
        "'@x",
    ]
