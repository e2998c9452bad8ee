"""How often a key or an address may ask: the same rule in one process and, through the operations store, across all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from guibiao.model.access import Role, Scope
from guibiao.serve.doors.doors import make_doors
from guibiao.serve.doors.keys import RateLimit, Rates, SharedRates
from guibiao.serve.settings import Settings
from guibiao.store.operations.access import AccessDatabase
from guibiao.store.operations.opening import open_access
from tests.serve.door_samples import SECRET, Clock, CountingHasher, make_site
from tests.store.operations_samples import new_workspace


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[AccessDatabase]]:
    """The same store, opened twice as two worker processes would."""
    location = str(tmp_path / "operations.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres_dsn"))
    workspace = new_workspace()
    opened = [open_access(location, workspace) for _ in range(2)]
    yield opened
    for store in opened:
        store.close()


def passed(rates: Rates, name: str, rate: int, times: int) -> int:
    return sum(rates.wait(name, rate) == 0 for _ in range(times))


def in_process(clock: Clock) -> Rates:
    return RateLimit(clock=lambda: clock().timestamp())


@pytest.mark.parametrize("rate", [1, 2, 7, 6000])
def test_a_minute_admits_the_rate_and_no_more(stores: list[AccessDatabase], rate: int) -> None:
    clock = Clock()
    for rates in (in_process(clock), SharedRates(stores[0], clock)):
        tries = min(rate, 10)
        assert passed(rates, "key a", rate, tries) == tries
        if rate < 6000:
            assert passed(rates, "key a", rate, 3) == 0
        assert passed(rates, "key b", rate, 1) == 1


def test_the_wait_that_is_told_is_the_wait_that_helps(stores: list[AccessDatabase]) -> None:
    for kind in ("process", "store"):
        clock = Clock()
        rates = in_process(clock) if kind == "process" else SharedRates(stores[0], clock)
        assert passed(rates, "key a", 15, 15) == 15
        wait = rates.wait("key a", 15)
        assert wait == pytest.approx(4, abs=0.01)
        clock.pass_by(seconds=wait / 2)
        assert rates.wait("key a", 15) == pytest.approx(2, abs=0.01)
        clock.pass_by(seconds=wait / 2 + 0.01)
        assert passed(rates, "key a", 15, 3) == 1
        clock.pass_by(minutes=5)
        assert passed(rates, "key a", 15, 20) == 15


def test_two_workers_admit_together_what_one_would(stores: list[AccessDatabase]) -> None:
    clock = Clock()
    first, second = (SharedRates(store, clock) for store in stores)
    assert passed(first, "key a", 10, 6) + passed(second, "key a", 10, 6) == 10
    assert first.wait("key a", 10) > 0


def test_requests_at_the_same_moment_do_not_pass_together(stores: list[AccessDatabase]) -> None:
    clock, found, together = Clock(), list[float](), Barrier(8)
    shared = [SharedRates(store, clock) for store in stores]

    def ask(number: int) -> None:
        together.wait()
        found.append(shared[number % 2].wait("key a", 3))

    threads = [Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count(0) == 3


def test_names_that_ask_no_more_are_forgotten(stores: list[AccessDatabase]) -> None:
    import sqlalchemy as sa

    from guibiao.store.operations.access_tables import REQUEST_RATES

    clock = Clock()
    rates = SharedRates(stores[0], clock)
    for number in range(5):
        rates.wait(f"address 198.51.100.{number}", 60)
    clock.pass_by(minutes=3)
    rates.wait("key a", 60)
    with stores[0]._within(writing=False) as connection:
        assert connection.execute(sa.select(REQUEST_RATES.c.name)).scalars().all() == ["key a"]


def test_counted_in_the_store_wherever_others_may_serve_the_same_site(tmp_path: Path) -> None:
    store = open_access(tmp_path / "operations.db", "w")
    for settings, shared in (
        (Settings(secret=SECRET), False), (Settings(secret=SECRET, workers=2), True),
        (Settings(secret=SECRET, operations="postgresql://db/x"), True),
    ):  # fmt: skip
        assert isinstance(make_doors(settings, store, hasher=CountingHasher()).rates, SharedRates) is shared
    store.close()


def test_the_guard_asks_the_shared_count(tmp_path: Path) -> None:
    site = make_site(tmp_path, workers=2)
    user = site.add("robot", Role.READER)
    assert site.doors.keys is not None
    text, key = site.doors.keys.make(user, "portal", [Scope.RELEASE_READ], rate=2)
    SharedRates(site.store, site.clock).wait(f"key {key.id}", 2)
    client = site.client()
    answers = [client.get("/account", headers={"X-API-Key": text}) for _ in range(2)]
    assert [answer.status_code == 429 for answer in answers] == [False, True]
    assert timedelta(seconds=int(answers[1].headers["Retry-After"])) == timedelta(seconds=30)
