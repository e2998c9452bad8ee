"""What readers may ask of a published release, and what they see while the pointer moves."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.release import Act
from guibiao.model.tables import ATTAINMENT, FINDINGS, OBSERVATIONS
from guibiao.publish.release import Content, clear, draft, publish, withdraw
from guibiao.store import release_reader
from guibiao.store.open import open_archive
from guibiao.store.port import Busy, Group, Holding, OpenRelease, Range
from guibiao.store.release import FolderArchive
from guibiao.store.release_reader import PublishedReleases
from tests.store.samples import finding, observation

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AREAS = ("010000", "020000", "030000")
ROWS = [
    observation(area=area, year=year, value=float(place * 10 + year - 2019), low=None if year == 2020 else 1.5)
    for place, area in enumerate(AREAS)
    for year in (2020, 2021, 2022)
]


def released(archive: FolderArchive, rows: list[dict[str, Any]], at: datetime = NOON) -> str:
    content = Content(workspace="somewhere", software="0", tables={OBSERVATIONS: rows, FINDINGS: [finding(message="O'Brien; 甲'乙")]})
    release = draft(archive, content, at=at).id
    publish(archive, release, at=at)
    return release


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return open_archive(tmp_path / "releases")


@pytest.fixture
def release(archive: FolderArchive) -> OpenRelease:
    released(archive, ROWS)
    found = PublishedReleases(archive.folder).current()
    assert found is not None
    return found


def values(table: Any) -> list[float]:
    return [row["value"] for row in table.to_pylist()]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"area": "020000"}, [11.0, 12.0, 13.0]),
        ({"area": ("010000", "030000"), "period_end": Range(low=date(2022, 1, 1))}, [3.0, 23.0]),
        ({"period_end": Range(high=date(2020, 12, 31))}, [1.0, 11.0, 21.0]),
        ({"period_end": Range()}, [1.0, 2.0, 3.0, 11.0, 12.0, 13.0, 21.0, 22.0, 23.0]),
        ({"low": None}, [1.0, 11.0, 21.0]),
        ({"value": 12.0}, [12.0]),
        ({"area": ()}, []),
        ({"indicator": Holding("UTP")}, [1.0, 2.0, 3.0, 11.0, 12.0, 13.0, 21.0, 22.0, 23.0]),
        ({"indicator": Holding("%")}, []),
    ],
)
def test_rows_that_fit_every_condition(release: OpenRelease, where: Mapping[str, Any], expected: list[float]) -> None:
    assert values(release.select(OBSERVATIONS, where=where)) == expected
    assert release.count(OBSERVATIONS, where) == len(expected)


def test_order_limit_and_columns(release: OpenRelease) -> None:
    found = release.select(OBSERVATIONS, ("value", "area"), order=("-period_end", "area"), limit=2, offset=1)
    assert found.to_pylist() == [{"value": 13.0, "area": "020000"}, {"value": 23.0, "area": "030000"}]


def test_missing_values_come_last_either_way(release: OpenRelease) -> None:
    for order in (("low", "area", "period_end"), ("-low", "area", "period_end")):
        assert release.select(OBSERVATIONS, ("low",), order=order)["low"].to_pylist() == [1.5] * 6 + [None] * 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(st.integers(1, 4), st.sampled_from([("area", "period_end"), ("-area", "period_end"), ("-period_end", "-area")]))
def test_pages_behind_a_row_hold_every_row_once(release: OpenRelease, size: int, order: tuple[str, ...]) -> None:
    seen: list[float] = []
    after: list[Any] = []
    while True:
        part = release.select(OBSERVATIONS, order=order, after=after, limit=size)
        seen += values(part)
        if part.num_rows < size:
            break
        after = [part[name.removeprefix("-")][-1].as_py() for name in order]
    assert seen == values(release.select(OBSERVATIONS, order=order))


@pytest.mark.parametrize(("count", "expected"), [(1, {3.0, 13.0, 23.0}), (-1, {1.0, 11.0, 21.0}), (2, {2.0, 3.0, 12.0, 13.0, 22.0, 23.0})])
def test_last_and_first_of_each_group(release: OpenRelease, count: int, expected: set[float]) -> None:
    group = Group(("indicator", "area"), ("period_end",), count)
    assert set(values(release.select(OBSERVATIONS, group=group))) == expected


def test_conditions_come_before_the_group(release: OpenRelease) -> None:
    where = {"period_end": Range(high=date(2021, 12, 31))}
    assert values(release.select(OBSERVATIONS, where=where, group=Group(("area",), ("period_end",), 1))) == [2.0, 12.0, 22.0]


def test_distinct_combinations_in_order(release: OpenRelease) -> None:
    found = release.distinct(OBSERVATIONS, ("area", "indicator"), {"area": Range(high="020000")}).to_pylist()
    assert found == [{"area": "010000", "indicator": "output"}, {"area": "020000", "indicator": "output"}]


def test_texts_are_texts_whatever_they_hold(release: OpenRelease) -> None:
    assert release.count(FINDINGS, {"message": "O'Brien; 甲'乙"}) == 1
    assert release.count(FINDINGS, {"message": Holding("'; DROP TABLE findings; --")}) == 0
    assert release.count(OBSERVATIONS, {"area": ["' OR '1'='1", "010000"]}) == 3


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda release: release.select(OBSERVATIONS, ("value", "1; DROP")), "没有列"),
        (lambda release: release.count(OBSERVATIONS, {"nothing": 1}), "没有列"),
        (lambda release: release.select(OBSERVATIONS, order=("-nothing",)), "没有列"),
        (lambda release: release.select(ATTAINMENT), "没有表"),
        (lambda release: release.count(OBSERVATIONS, {"value": float("nan")}), "有限"),
        (lambda release: release.count(OBSERVATIONS, {"area": "a\0b"}), "空字符"),
    ],
)
def test_what_cannot_be_asked_is_said(release: OpenRelease, ask: Any, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        ask(release)


def test_the_current_release_follows_the_pointer_and_the_old_one_stays_whole(archive: FolderArchive) -> None:
    reader = PublishedReleases(archive.folder)
    assert reader.current() is None
    first = released(archive, ROWS)
    held = reader.current()
    assert held is not None
    second = released(archive, ROWS[:3], NOON + HOUR)
    now = reader.current()
    assert now is not None
    assert (held.manifest.id, held.published_at) == (first, NOON)
    assert (now.manifest.id, now.published_at) == (second, NOON + HOUR)
    assert (held.count(OBSERVATIONS), now.count(OBSERVATIONS)) == (9, 3)


def test_a_withdrawn_release_is_gone_and_leaves_a_notice_until_it_is_restored(archive: FolderArchive) -> None:
    reader = PublishedReleases(archive.folder)
    first, second = released(archive, ROWS), released(archive, ROWS[:3], NOON + HOUR)
    withdraw(archive, second, who="负责人", reason="分区数有误", at=NOON + 2 * HOUR)
    current = reader.current()
    assert current is not None
    assert current.manifest.id == first
    assert [(notice.release, notice.reason, notice.successor) for notice in reader.notices()] == [(second, "分区数有误", first)]
    assert reader.open(second) is None
    assert reader.open(first) is current
    clear(archive, second, who="负责人", reason="已核", at=NOON + 3 * HOUR)
    publish(archive, second, at=NOON + 3 * HOUR)
    restored = reader.current()
    assert restored is not None
    assert (restored.manifest.id, reader.notices()) == (second, ())


def test_readers_learn_of_publications_but_of_no_drafts_and_no_persons(archive: FolderArchive) -> None:
    reader = PublishedReleases(archive.folder)
    release = released(archive, ROWS)
    hidden = draft(archive, Content(workspace="somewhere", software="0", tables={OBSERVATIONS: ROWS[:1]}), at=NOON, who="某人").id
    withdraw(archive, release, who="负责人", reason="有误", at=NOON + HOUR)
    assert [(event.act, event.release, event.who) for event in reader.published()] == [
        (Act.PUBLISH, release, ""),
        (Act.WITHDRAW, release, ""),
    ]
    assert reader.open(hidden) is None
    assert reader.open("../releases") is None
    assert reader.current() is None


def test_queries_beyond_the_pool_wait_and_are_turned_away_in_time(archive: FolderArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    released(archive, ROWS)
    monkeypatch.setattr(release_reader, "PATIENCE", 0.05)
    release = PublishedReleases(archive.folder, cursors=1).current()
    assert release is not None
    with release._cursor(), pytest.raises(Busy):  # type: ignore[attr-defined]
        release.count(OBSERVATIONS)
    assert release.count(OBSERVATIONS) == 9


def test_many_threads_share_one_release(release: OpenRelease) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.extend(release.count(OBSERVATIONS) for _ in range(20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [9] * 160
