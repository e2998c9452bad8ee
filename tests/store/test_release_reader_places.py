"""The large tables of a release are found by numbered rows: the answers are those of a release without numbers."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.tables import OBSERVATIONS, STATEMENTS
from guibiao.publish.release import Content, draft, publish
from guibiao.store.engine import connect
from guibiao.store.open import open_archive
from guibiao.store.port import OpenRelease, Range
from guibiao.store.release import DATABASE, PLACE, PLACES
from guibiao.store.release_reader import MOST_RANGES, PublishedReleases
from tests.store.samples import observation, statement

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INDICATORS = tuple(f"indicator_{number:02d}" for number in range(MOST_RANGES * 2 + 3))
AREAS = ("010000", "020000")


def rows() -> list[dict[str, Any]]:
    made = [
        observation(indicator=name, area=area, year=year, value=float(place + year))
        for place, name in enumerate(INDICATORS)
        for area in AREAS
        for year in range(2015, 2018 + place % 3)
    ]
    random.Random(1).shuffle(made)
    return made


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> OpenRelease:
    archive = open_archive(tmp_path_factory.mktemp("places") / "releases")
    stated = [
        statement(
            **{name: row[name] for name in ("indicator", "area", "period_start", "period_end")}, statement=f"{place * 7919 % 1000:04d}"
        )
        for place, row in enumerate(rows())
    ]
    made = draft(archive, Content(workspace="w", software="0", tables={OBSERVATIONS: rows(), STATEMENTS: stated}), at=NOON).id
    publish(archive, made, at=NOON)
    found = PublishedReleases(archive.folder).current()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def plain(release: OpenRelease, tmp_path_factory: pytest.TempPathFactory) -> OpenRelease:
    """The same release as older software wrote it: no numbers."""
    own = release.file(OBSERVATIONS).parent
    folder = Path(shutil.copytree(own.parent, tmp_path_factory.mktemp("plain") / "releases")) / own.name
    path = folder / DATABASE
    path.chmod(0o644)
    path.unlink()
    with connect(path) as connection:
        for table in (OBSERVATIONS, STATEMENTS):
            connection.execute(f"CREATE TABLE {table.name} AS SELECT * FROM read_parquet('{folder / table.name}.parquet')")
    found = PublishedReleases(folder.parent).current()
    assert found is not None
    return found


named = st.one_of(
    st.sampled_from(INDICATORS), st.just("unknown"), st.lists(st.sampled_from((*INDICATORS, "unknown")), max_size=len(INDICATORS))
)


@given(named, st.sampled_from([None, *AREAS]), st.sampled_from([None, 2016, 2018]))
def test_answers_are_those_without_numbers(
    release: OpenRelease, plain: OpenRelease, indicator: str | list[str], area: str | None, year: int | None
) -> None:
    where: dict[str, Any] = {"indicator": indicator, **({"area": area} if area else {})}
    if year:
        where["period_end"] = Range(datetime(year, 1, 1, tzinfo=UTC).date())
    for table in (OBSERVATIONS, STATEMENTS):
        expected = plain.select(table, where=where)
        assert release.select(table, where=where).equals(expected)
        assert release.count(table, where) == plain.count(table, where) == expected.num_rows
        assert release.count(table, where) == expected.num_rows, "kept from before"
        distinct = plain.distinct(table, ("area", "categories"), where)
        assert release.distinct(table, ("area", "categories"), where).equals(distinct)
        assert release.distinct(table, ("area", "categories"), where).equals(distinct), "kept from before"


def test_rows_of_an_indicator_are_one_range(release: OpenRelease) -> None:
    reader = release._connection  # type: ignore[attr-defined]
    for table in (OBSERVATIONS, STATEMENTS):
        found = reader.execute(f"SELECT indicator, first, last FROM {table.name}{PLACES}").fetchall()
        assert [name for name, _first, _last in found] == list(INDICATORS)
        for name, first, last in found:
            sql = f"SELECT count(*), min(indicator), max(indicator) FROM {table.name} WHERE {PLACE} BETWEEN {first} AND {last}"
            inside = reader.execute(sql)
            assert inside.fetchone() == (last - first + 1, name, name)


def test_whole_tables_come_in_key_order_and_without_numbers(release: OpenRelease) -> None:
    folder = release.file(OBSERVATIONS).parent
    archive = open_archive(folder.parent)
    for table in (OBSERVATIONS, STATEMENTS):
        found = archive.read(folder.name, table.name)
        assert found.column_names == list(table.names)
        keys = list(zip(*(found[name].to_pylist() for name in table.key), strict=True))
        assert keys == sorted(keys)


def test_answers_that_are_kept_are_bounded(release: OpenRelease, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guibiao.store.release_reader.COUNTS_KEPT", 5)
    monkeypatch.setattr("guibiao.store.release_reader.DISTINCT_KEPT", 3)
    for name in INDICATORS:
        release.count(OBSERVATIONS, {"indicator": name})
        release.distinct(OBSERVATIONS, ("area",), {"indicator": name})
    assert len(release._counts) == 5  # type: ignore[attr-defined]
    assert len(release._distinct) == 3  # type: ignore[attr-defined]
