"""Indices on the site: what the release holds of them, ranks only with intervals, inputs one click away, and trials of other weights."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
import pytest

from guibiao.model.tables import INDEX_NODES, INDEX_SCORES, INDEX_TABLES, OBSERVATIONS
from guibiao.publish.release import diff
from guibiao.serve.pages.index_pages import marks, place
from tests.serve.index_samples import DISTRICTS, cells, indexed_city, score
from tests.serve.release_samples import City, new_city, visit

TRIAL = "/index/small/trial"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = indexed_city(tmp_path_factory.mktemp("city"))
    made.publish(made.draft())
    return made


@pytest.fixture(scope="module")
def reader(city: City) -> Iterator[httpx.Client]:
    with visit(city.site()) as client:
        yield client


@pytest.fixture(scope="module")
def scores(city: City) -> list[dict[str, Any]]:
    """Released scores."""
    rows: list[dict[str, Any]] = city.archive.read(city.archive.pointer(), INDEX_SCORES.name).to_pylist()
    return rows


def test_the_release_holds_every_table_of_the_indices_as_declared(city: City) -> None:
    release = city.archive.pointer()
    for table in INDEX_TABLES:
        read = city.archive.read(release, table.name)
        rows = read.to_pylist()
        assert tuple(read.column_names) == table.names
        assert rows
        assert len({tuple(row[name] for name in table.key) for row in rows}) == len(rows)
        assert all(row[column.name] is not None for row in rows for column in table.columns if not column.nullable)
    assert not city.archive.faults(release)
    nodes = {row["code"]: row for row in city.archive.read(release, INDEX_NODES.name).to_pylist()}
    assert {code: row["share"] for code, row in nodes.items()} == pytest.approx(
        {"whole": 1, "economy": 0.5, "order": 0.5, "output": 0.75, "users": 0.25, "complaints": 1}
    )
    assert {code: row["aggregation"] for code, row in nodes.items() if row["aggregation"]} == {
        "whole": "geometric", "economy": "arithmetic", "order": "arithmetic",
    }  # fmt: skip
    assert [row["code"] for row in sorted(nodes.values(), key=lambda row: row["place"])] == [
        "whole", "economy", "order", "output", "users", "complaints",
    ]  # fmt: skip


def test_a_workspace_without_an_index_has_no_such_tables_and_the_site_says_so(tmp_path: Path) -> None:
    plain = new_city(tmp_path)
    plain.publish(plain.draft())
    assert not {table.name for table in INDEX_TABLES} & set(plain.archive.manifests()[plain.archive.pointer()].tables)
    with visit(plain.site()) as client:
        assert "现行发布中没有指数" in client.get("/index").text
        assert client.get("/index/small").status_code == 404
        assert client.get("/api/v1/index/scores").status_code == 404
        assert client.get("/api/v1/index/trial").status_code == 404
        assert client.get("/downloads/index_scores.csv").status_code == 404


def test_two_drafts_of_the_same_figures_are_one_release(city: City) -> None:
    again = city.draft()
    assert again == city.archive.pointer()
    assert diff(city.archive, again, city.archive.pointer()) == ()


def test_ranks_stand_with_their_intervals_best_first_and_the_own_area_is_marked(reader: httpx.Client, scores: list[dict[str, Any]]) -> None:
    page = reader.get("/index/small?unit=990103").text
    rows = cells(page, "ranks")
    assert [row[0] for row in rows] == [str(rank) for rank in range(1, 8)]
    for row in rows:
        unit = f"99010{row[1][1]}"
        released = score(scores, unit, "whole")
        low, high = round(released["rank_low"]), round(released["rank_high"])
        assert row[2] == (str(low) if low == high else f"{low}—{high}")
        assert row[4] == f"{released['score']:.1f}"
        change = released["score"] - score(scores, unit, "whole", 2023)["score"]
        assert row[6].replace("−", "-") == f"{change:+.1f}"
    assert re.search(r'<tr class="own">(?:(?!</tr>).)*第3区', page, re.DOTALL)
    assert "300 次" in page


def test_an_index_without_a_stress_test_shows_no_rank_anywhere(tmp_path: Path) -> None:
    untested = indexed_city(tmp_path, stress=False)
    untested.publish(untested.draft())
    with visit(untested.site()) as client:
        page = client.get("/index/small?unit=990105").text
        assert "没有区间，不排位" in page
        assert [row[0] for row in cells(page, "ranks")] == [f"第{number}区" for number in range(1, 8)]
        assert "trial?" not in page
        assert client.get(TRIAL).status_code == 400
        assert client.get("/index/small.csv").status_code == 404
        assert client.get("/api/v1/index/trial").status_code == 400
        roots = client.get("/api/v1/index/scores?code=whole").json()["items"]
        assert {row["rank"] for row in roots} == {None}


def test_dimensions_are_scored_not_ranked_and_every_indicator_leads_to_the_figures_it_is_made_from(
    reader: httpx.Client, scores: list[dict[str, Any]]
) -> None:
    page = reader.get("/index/small?unit=990102").text
    profile = {row[0]: row for row in cells(page, "profile")}
    assert (profile["经济"][6], profile["秩序"][6]) == ("不排位", "不排位")
    assert profile["人均产出"][6] == str(score(scores, "990102", "output")["rank"])
    everyone = [score(scores, unit, "output")["score"] for unit in DISTRICTS]
    assert profile["人均产出"][4] == f"{np.median(everyone):.1f}"
    assert f"{max(everyone):.1f}" in profile["人均产出"][5]
    links = re.findall(r'href="(/figure\?key=[^"]+)"', page[page.index('id="profile"') :])
    assert len(links) == 4  # output and people, users, complaints
    for link in links:
        passport = reader.get(link.replace("&amp;", "&"))
        assert passport.status_code == 200
        assert "990102" in link


def test_contributions_are_shown_for_the_own_unit_and_named_elsewhere(reader: httpx.Client, scores: list[dict[str, Any]]) -> None:
    own = reader.get("/index/small?unit=990101").text
    change = score(scores, "990101", "whole")["score"] - score(scores, "990101", "whole", 2022)["score"]
    assert f"{change:+.1f}".replace("-", "−") in re.sub(r"\s", "", own[own.index('id="changes"') :])
    other = reader.get("/index/small?unit=990104").text
    assert "变化的分解只公布了" in other
    assert "unit=990101#changes" in other


def test_weights_stand_beside_what_they_weigh_in_fact(reader: httpx.Client) -> None:
    weights = {row[0]: row for row in cells(reader.get("/index/small").text, "weights")}
    assert weights["人均产出"][1] == "37.5%"
    assert weights["经济"][1] == "50.0%"
    assert weights["经济"][-1] == "加权算术平均"
    assert re.fullmatch(r"\d+\.\d", weights["投诉"][5])


def test_years_and_units_that_are_not_there(reader: httpx.Client) -> None:
    assert reader.get("/index/small?year=2022").status_code == 200
    assert "得分较上年" not in reader.get("/index/small?year=2022").text
    for address in ("/index/small?year=1999", "/index/other", "/index/small.csv?year=3000", f"{TRIAL}?year=1", "/index/other/trial"):
        answer = reader.get(address)
        assert answer.status_code == 404, address
        assert "Traceback" not in answer.text
    assert reader.get("/index/small?year=20240").status_code == 422
    assert reader.get("/index/small?year=x").status_code == 422
    assert reader.get("/index/small?unit=%3Cscript%3E").status_code == 200


def test_text_of_the_definition_is_text(reader: httpx.Client) -> None:
    page = reader.get("/index/small").text
    assert "没有算&lt;上&gt;面积" in page
    assert "<上>" not in page


def test_the_page_in_english(reader: httpx.Client) -> None:
    page = reader.get("/index/small?lang=en").text
    assert "<h1>Small index</h1>" in page
    main = re.sub(r"<[^>]+>", "", page[page.index("<main") : page.index("</main>")])
    assert not re.findall(r"[\u4e00-\u9fff]+", main)
    reader.get("/?lang=zh")


def test_the_ranking_as_csv_has_its_intervals(reader: httpx.Client, scores: list[dict[str, Any]]) -> None:
    rows = list(csv.DictReader(io.StringIO(reader.get("/index/small.csv?year=2023").text.lstrip("\ufeff"))))
    assert [int(row["rank"]) for row in rows] == list(range(1, 8))
    for row in rows:
        released = score(scores, row["unit"], "whole", 2023)
        assert float(row["score"]) == released["score"]
        assert (float(row["rank_low"]), float(row["rank_high"])) == (released["rank_low"], released["rank_high"])
    assert len(list(csv.reader(io.StringIO(reader.get("/downloads/index_scores.csv").text)))) == 1 + 7 * 3 * 6


def test_the_desk_is_not_needed_to_read_an_index(city: City) -> None:
    from dataclasses import replace

    from guibiao.serve.application import create_application
    from guibiao.web import settings_of

    services = replace(city.services(), index=None)
    site = create_application(services, settings_of(city.workspace, city.out, {"GUIBIAO_OPERATIONS": "none"}, {}))
    with visit(site) as client:
        page = client.get("/index").text
        assert "小指数" in page
        assert "/indicators/output?area=" in page
        assert client.get(TRIAL).status_code == 501
        assert client.get("/api/v1/index/trial").status_code == 501


def test_a_frame_names_gaps_and_has_no_ranks(reader: httpx.Client) -> None:
    assert "/index/watched" in reader.get("/index").text
    page = reader.get("/index/watched").text
    assert "不排位" in page
    assert "缺口：由某局掌握，应于2027-06-30前提供" in page
    assert "经济　领域指数" in page
    linked = re.findall(r'href="(/figure\?key=[^"]+)"', page)
    assert linked
    assert {reader.get(link.replace("&amp;", "&")).status_code for link in linked} == {200}


def test_api_filters(reader: httpx.Client, scores: list[dict[str, Any]]) -> None:
    found = reader.get("/api/v1/index/scores?unit=990102&code=whole&year=2022&year=2023").json()
    assert [row["year"] for row in found["items"]] == [2022, 2023]
    assert found["items"][0]["rank_low"] == score(scores, "990102", "whole", 2022)["rank_low"]
    assert reader.get("/api/v1/index/scores?year=0").status_code == 422
    assert reader.get("/api/v1/index/nodes?index=none").json()["items"] == []
    assert reader.get("/api/v1/index/trial?index=none").status_code == 404
    assert reader.get(f"/api/v1/index/trial?index={quote(chr(0))}").status_code == 400


def test_places_of_ranks() -> None:
    assert [rank for rank, _at in marks(31)] == [1, 10, 20, 30]
    assert [rank for rank, _at in marks(7)] == [1, 2, 4, 6]
    assert (place(1, 31), place(31, 31), place(16, 31)) == (2.5, 97.5, 50.0)
    assert place(1, 1) == 2.5


def test_a_release_keeps_the_observations_beside_the_scores(city: City, scores: list[dict[str, Any]]) -> None:
    """A score recomputed from the released observations."""
    rows = city.archive.read(city.archive.pointer(), OBSERVATIONS.name).to_pylist()
    values = {
        (row["area"], row["period_end"].year): row["value"] for row in rows if row["indicator"] == "complaints" and row["area"] in DISTRICTS
    }
    low, high = min(values.values()), max(values.values())
    for (unit, year), value in values.items():
        assert score(scores, unit, "complaints", year)["score"] == pytest.approx(1 + 99 * (high - value) / (high - low), rel=1e-12)
