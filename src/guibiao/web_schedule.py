"""Releases whose moment has come: a site publishes what was scheduled at its minute, once among all its processes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from guibiao.model.errors import GuibiaoError
from guibiao.publish.release import State, publish, releases
from guibiao.store.port import ReleaseArchive

SECONDS = 1.0
"""How often the journal is looked at; it is read only when it changed or a moment came."""
WHO = "schedule"
"""Who publishes in the journal: nobody in person; who scheduled the release stands there, too."""
_log = logging.getLogger("guibiao.serve")


class Schedule:
    """Publishes scheduled releases of a folder from their moment on; the pointer moves in one step for every process."""

    def __init__(self, archive: ReleaseArchive, journal: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.archive = archive
        self.journal = journal
        self.now = now
        self._seen: tuple[int, ...] = ()
        self._waiting: dict[str, datetime] = {}
        self._refused: set[tuple[str, datetime]] = set()

    def begin(self) -> None:
        """Watch in the background as long as the process lives."""
        threading.Thread(target=self._watch, daemon=True).start()

    def publish_due(self) -> tuple[str, ...]:
        """Publish every release whose moment has come, the earliest first; returns those that were.

        One that cannot be published (not cleared, damaged) is said in the log and tried again when the journal has another line.
        """
        self._read()
        now, published = self.now(), []
        for release, moment in sorted(self._waiting.items(), key=lambda each: each[1]):
            if moment > now or (release, moment) in self._refused:
                continue
            try:
                publish(self.archive, release, at=now, who=WHO)
                published.append(release)
            except (GuibiaoError, OSError) as error:
                self._refused.add((release, moment))
                _log.error("scheduled release %s is not published: %s", release, error)
        return tuple(published)

    def _read(self) -> None:
        """Scheduled releases with their moments, where the journal is another one than before."""
        try:
            stat = self.journal.stat()
        except FileNotFoundError:
            self._waiting = {}
            return
        seen = stat.st_ino, stat.st_mtime_ns, stat.st_size
        if seen != self._seen:
            standing = [each for each in releases(self.archive) if _waits(each.state, each.embargo)]
            self._waiting = {each.id: each.embargo for each in standing if each.embargo is not None}
            self._seen = seen
            self._refused.clear()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(SECONDS):
            try:
                self.publish_due()
            except Exception:  # the watch outlives a folder that cannot be read for a while
                _log.exception("the schedule of releases cannot be read")


def _waits(state: State, embargo: datetime | None) -> bool:
    return embargo is not None and state is State.SCHEDULED
