"""A scheduled release is published at its minute, once, and only if it may be."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guibiao.model.release import Act
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.publish.release import Content, clear, draft, schedule
from guibiao.store.open import open_archive
from guibiao.store.release import FolderArchive
from guibiao.web_schedule import Schedule
from tests.store.samples import finding, observation

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENT = NOON + timedelta(hours=2)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return open_archive(tmp_path / "releases")


def drafted(archive: FolderArchive, *, errors: int = 0) -> str:
    tables = {OBSERVATIONS: [observation()], FINDINGS: [finding()]}
    return draft(archive, Content(workspace="somewhere", software="0", tables=tables, errors=errors), at=NOON).id


def make(archive: FolderArchive) -> tuple[Schedule, Clock]:
    clock = Clock()
    return Schedule(archive, archive.folder / "journal.jsonl", clock), clock


def test_it_is_published_at_its_minute_and_once_among_all_processes(archive: FolderArchive) -> None:
    (one, clock), (other, _) = make(archive), make(archive)
    other.now = clock
    assert one.publish_due() == ()
    release = drafted(archive)
    schedule(archive, release, embargo=MOMENT, at=NOON, who="发布人")
    assert one.publish_due() == ()
    clock.now = MOMENT - timedelta(seconds=1)
    assert (one.publish_due(), archive.pointer()) == ((), "")
    clock.now = MOMENT
    assert one.publish_due() == (release,)
    assert archive.pointer() == release
    other.publish_due()
    published = [event for event in archive.events() if event.act is Act.PUBLISH]
    assert [(event.release, event.at, event.who) for event in published] == [(release, MOMENT, "schedule")]
    assert one.publish_due() == ()


def test_one_put_off_waits_for_its_new_moment(archive: FolderArchive) -> None:
    watch, clock = make(archive)
    release = drafted(archive)
    schedule(archive, release, embargo=MOMENT, at=NOON)
    watch.publish_due()
    schedule(archive, release, embargo=MOMENT + timedelta(days=1), at=NOON)
    clock.now = MOMENT
    assert watch.publish_due() == ()
    clock.now = MOMENT + timedelta(days=1)
    assert watch.publish_due() == (release,)


def test_one_that_nobody_cleared_is_said_once_and_published_when_cleared(archive: FolderArchive, caplog: pytest.LogCaptureFixture) -> None:
    watch, clock = make(archive)
    release = drafted(archive, errors=1)
    schedule(archive, release, embargo=MOMENT, at=NOON)
    clock.now = MOMENT
    with caplog.at_level(logging.ERROR, "guibiao.serve"):
        assert [watch.publish_due(), watch.publish_due()] == [(), ()]
    assert [record.args[0] for record in caplog.records if isinstance(record.args, tuple)] == [release]
    clear(archive, release, who="审核人", reason="核对过", at=MOMENT)
    assert watch.publish_due() == (release,)
