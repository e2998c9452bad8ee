"""Trials of other weights: what they give, what they refuse, and that only what is released takes part."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.tables import INDEX_SCORES
from guibiao.serve.trial_weights import read_percent, read_weights, written
from guibiao.web_index import changed_shares, released_tree
from tests.serve.index_samples import DISTRICTS, YEARS, cells, desk, indexed_city, score
from tests.serve.release_samples import City, visit

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


def test_nothing_changed_gives_what_is_published(reader: httpx.Client, scores: list[dict[str, Any]]) -> None:
    for year in YEARS:
        trial = reader.get(f"/api/v1/index/trial?index=small&year={year}").json()
        assert trial["published"] is False
        for unit in trial["units"]:
            assert unit["rank"] == unit["published_rank"]
            assert unit["score"] == pytest.approx(score(scores, unit["unit"], "whole", year)["score"], rel=1e-12)
    assert "试算与公布一致" in reader.get(TRIAL).text


def test_one_weight_changed_by_hand(reader: httpx.Client, scores: list[dict[str, Any]]) -> None:
    """economy 0.8, order 0.2 under a geometric mean; users 0.6, output 0.4 under an arithmetic one."""
    trial = reader.get("/api/v1/index/trial", params={"index": "small", "weights": "economy:0.8,users:0.6"}).json()
    assert trial["shares"] == pytest.approx({"whole": 1, "economy": 0.8, "order": 0.2, "users": 0.6, "output": 0.4, "complaints": 1})
    assert trial["weights"]["users"] == pytest.approx(0.48)
    expected = {}
    for unit in DISTRICTS:
        own = {code: score(scores, unit, code)["score"] for code in ("users", "output", "complaints")}
        expected[unit] = math.exp(0.8 * math.log(0.6 * own["users"] + 0.4 * own["output"]) + 0.2 * math.log(own["complaints"]))
    assert {each["unit"]: each["score"] for each in trial["units"]} == pytest.approx(expected, rel=1e-12)
    ordered = sorted(expected, key=lambda unit: -expected[unit])
    assert [each["unit"] for each in trial["units"]] == ordered
    assert [each["rank"] for each in trial["units"]] == list(range(1, 8))
    page = reader.get(f"{TRIAL}?weights=economy:0.8,users:0.6").text
    assert "试算，非公布结果" in page
    shown = {f"99010{row[2][1]}": row for row in cells(page, "result")}
    for rank, unit in enumerate(ordered, start=1):
        published = score(scores, unit, "whole")["rank"]
        assert (shown[unit][0], shown[unit][3]) == (str(published), str(rank))
        moved = published - rank
        assert shown[unit][4].removesuffix("越出区间") == (str(abs(moved)) if moved else "不变")
        beyond = not score(scores, unit, "whole")["rank_low"] <= rank <= score(scores, unit, "whole")["rank_high"]
        assert ("越出区间" in shown[unit][4]) == (beyond and bool(moved))


def test_a_form_without_script_leads_to_an_address_that_holds_the_whole_trial(reader: httpx.Client) -> None:
    answer = reader.get(f"{TRIAL}?year=2024&unit=990103&weights=economy:0.8&code=users&share=12.5")
    assert answer.status_code == 303
    target = httpx.URL(answer.headers["location"])
    assert dict(target.params) == {"year": "2024", "unit": "990103", "weights": "economy:0.8,users:0.125"}
    page = reader.get(answer.headers["location"]).text
    assert page.count("已改") == 2
    assert "weights=users%3A0.125#shares" in page
    assert 'value="12.5"' in page
    assert reader.get("/index/small?weights=economy:0.8&year=2023").headers["location"] == f"{TRIAL}?weights=economy%3A0.8&year=2023"


def test_a_part_alone_in_its_group_has_no_weight_to_change(reader: httpx.Client) -> None:
    page = reader.get(TRIAL).text
    assert "本组只有一项" in page
    assert 'value="complaints"' not in page


HOSTILE = (
    "economy:-0.1", "economy:nan", "economy:inf", "economy:1e3", "economy:1.5", "economy:2", "economy", "economy:", ":0.5",
    "economy:0,order:0", "nothing:0.5", "whole:0.5", "economy:0.5,economy:0.6", "economy:0x1", "economy: 0.5 0.5", "economy:٠.٥",
    "a" * 5000, ",".join(f"c{number}:0" for number in range(300)), "economy:\x00", "<script>:0.5", "economy:0.99999999999999999999",
)  # fmt: skip


@pytest.mark.parametrize("weights", HOSTILE)
def test_hostile_weights_give_a_page_that_says_what_to_do(reader: httpx.Client, weights: str) -> None:
    for address in (TRIAL, "/api/v1/index/trial"):
        answer = reader.get(address, params={"weights": weights})
        assert answer.status_code in {400, 422}, answer.text[:200]
        assert "Traceback" not in answer.text
        assert "<script>:" not in answer.text


def test_what_is_scaled_is_named(reader: httpx.Client) -> None:
    weights = "users:0.9,output:0.9,economy:0.6,order:0.6"
    assert reader.get("/api/v1/index/trial", params={"weights": weights}).json()["scaled"] == ["economy", "whole"]
    assert reader.get(TRIAL, params={"weights": weights}).text.count("折算为100%") == 2


@pytest.mark.parametrize("share", ["-1", "101", "nan", "1e2", "", "abc", "9" * 30, "٥"])
def test_hostile_numbers_of_a_form(reader: httpx.Client, share: str) -> None:
    answer = reader.get(TRIAL, params={"code": "economy", "share": share})
    assert answer.status_code == 400
    assert "0 到 100" in answer.text


def test_what_a_form_changes_is_refused_before_the_address_is_given(reader: httpx.Client) -> None:
    assert reader.get(TRIAL, params={"code": "order", "share": "0", "weights": "economy:0"}).status_code == 400
    assert reader.get(TRIAL, params={"code": "<b>", "share": "5"}).status_code == 400


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(st.characters(exclude_characters=",:", exclude_categories=("C", "Z")), min_size=1, max_size=12),
                       st.integers(0, 10**9).map(lambda number: number / 10**9), max_size=8))  # fmt: skip
def test_weights_written_are_read_back(weights: dict[str, float]) -> None:
    assert read_weights(written(weights)) == weights


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_of_weights_breaks_the_reader(text: str) -> None:
    for read in (read_weights, read_percent):
        try:
            found = read(text)
        except BadRequest:
            continue
        assert all(0 <= share <= 1 for share in (found.values() if isinstance(found, dict) else [found]))


def tree_of(shares: dict[str, float]) -> Any:
    """One group of parts."""
    root = {"code": "root", "parent": "", "level": 2, "share": 1.0, "aggregation": "arithmetic", "power": None, "threshold": None}
    leaf = {"parent": "root", "level": 1, "aggregation": "", "power": None, "threshold": None}
    return released_tree([root, *(leaf | {"code": code, "share": share} for code, share in shares.items())])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(0.01, 10), min_size=2, max_size=6), st.integers(0, 5),
    st.floats(0, 1, allow_subnormal=False),
)  # fmt: skip
def test_the_other_parts_keep_their_proportions_and_all_add_up_to_one(weights: list[float], which: int, share: float) -> None:
    codes = [f"c{number}" for number in range(len(weights))]
    tree = tree_of({code: weight / sum(weights) for code, weight in zip(codes, weights, strict=True)})
    changed = codes[which % len(codes)]
    found, scaled = changed_shares(tree, {changed: share})
    places = {code: place for place, code in enumerate(tree.codes)}
    assert scaled == ()
    assert found[places[changed]] == share
    others = [code for code in codes if code != changed]
    assert sum(found[places[code]] for code in codes) == pytest.approx(1)
    for one, other in pairwise(others):
        assert found[places[one]] * tree.weights[places[other]] == pytest.approx(
            found[places[other]] * tree.weights[places[one]], abs=1e-12
        )


def test_all_parts_given_are_scaled_and_a_sum_beyond_the_whole_is_refused() -> None:
    tree = tree_of({"a": 0.5, "b": 0.3, "c": 0.2})
    found, scaled = changed_shares(tree, {"a": 0.2, "b": 0.1, "c": 0.1})
    assert list(found[:3]) == pytest.approx([0.5, 0.25, 0.25])
    assert scaled == ("root",)
    with pytest.raises(BadRequest, match="120%"):
        changed_shares(tree, {"a": 0.7, "b": 0.5})
    with pytest.raises(BadRequest, match="合计为零"):
        changed_shares(tree, {"a": 0, "b": 0, "c": 0})
    with pytest.raises(BadRequest, match="root"):
        changed_shares(tree, {"root": 0.5})
    assert list(changed_shares(tree, {"a": 1})[0][:3]) == [1, 0, 0]


def test_scores_that_do_not_follow_from_the_indicators_are_not_tried(city: City) -> None:
    released = city.services().releases.current()
    assert released is not None

    class Altered:
        """The release with one composite score that is another one."""

        manifest = released.manifest

        def select(self, table: Any, *rest: Any, **more: Any) -> Any:
            found = released.select(table, *rest, **more)
            if table.name != INDEX_SCORES.name:
                return found
            rows = found.to_pylist()
            next(row for row in rows if row["code"] == "whole")["score"] += 0.001
            return found.from_pylist(rows, schema=found.schema)

    with pytest.raises(BadRequest, match="算不出公布的总得分"):
        desk().trial(Altered(), "small", 2024, {})  # type: ignore[arg-type]
    assert desk().trial(released, "small", 2024, {}).units[0].rank == 1


@pytest.mark.parametrize("aggregate", ["harmonic", "{method: generalised, power: 0.5, threshold: 0.4}"])
def test_every_mean_is_released_so_that_it_can_be_followed(tmp_path: Path, aggregate: str) -> None:
    made = indexed_city(tmp_path, aggregate=aggregate)
    release = made.services().releases
    made.publish(made.draft())
    opened = release.current()
    assert opened is not None
    rows = opened.select(INDEX_SCORES, where={"year": 2024, "code": "whole"}).to_pylist()
    tried = {each.unit: each.score for each in desk().trial(opened, "small", 2024, {}).units}
    assert tried == pytest.approx({row["unit"]: row["score"] for row in rows}, rel=1e-9)
