"""`python -m benchmarks --only web-long`: the mix of `benchmarks.web` for five minutes while releases are published and withdrawn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from benchmarks.web import about, city, mix, running_site, say, seconds_of
from benchmarks.web_release import Made
from guibiao.publish.release import State, clear, find, publish, withdraw
from guibiao.store.open import open_archive

SECONDS = 300.0
TURNS = 10
"""Changes of what readers see, evenly over the time."""


def measure(*, quiet: bool) -> dict[str, Any]:
    """What failed and how long answers took; `acts` tells what was published and withdrawn meanwhile."""
    with city() as made, running_site(made) as site:
        report = about(made, site)
        done: list[str] = []
        ended = threading.Event()
        with ThreadPoolExecutor(1) as beside:
            changing = beside.submit(_change, made, ended, done)
            try:
                report["mix"] = say("mix, releases change", site.load(mix(made), seconds=seconds_of(SECONDS)), site, quiet=quiet)
            finally:
                ended.set()
            changing.result()
        report["acts"] = done
        if not quiet:
            print(f"meanwhile: {'; '.join(done)}")
    return report


def _change(made: Made, ended: threading.Event, done: list[str]) -> None:
    """The releases in turn; the fourth time the current one is withdrawn, the fifth time it is restored."""
    archive = open_archive(made.out / "releases")
    withdrawn = ""
    turn = 0
    while not ended.wait(seconds_of(SECONDS) / TURNS):
        turn += 1
        now = datetime.now(UTC)
        if turn == 4:
            withdrawn = archive.pointer()
            withdraw(archive, withdrawn, at=now, who="benchmark", reason="trial")
            done.append(f"withdrawn {withdrawn}")
            continue
        release = withdrawn if turn == 5 else made.releases[turn % len(made.releases)]
        if find(archive, release).state is State.WITHDRAWN:
            clear(archive, release, at=now, who="benchmark", reason="trial is over")
        publish(archive, release, at=now, who="benchmark")
        done.append(f"{'restored' if turn == 5 else 'published'} {release}")
