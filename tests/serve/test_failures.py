"""What happens to a running site when a worker, the database or the disk gives out: nothing acknowledged is lost, and readers are told."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from guibiao.model.access import Role, User
from guibiao.model.audit import Deed, faults
from guibiao.serve.doors.passwords import Argon2
from guibiao.serve.doors.users import UserDesk
from guibiao.store.operations.access import AccessDatabase
from guibiao.store.operations.opening import open_access
from guibiao.store.port import Busy
from tests.capabilities import required
from tests.postgres_server import SERVER_OPTIONS, _run, _server_user, running_server
from tests.serve.door_samples import PASSWORD, form_token, sign_in
from tests.serve.release_samples import City, new_city
from tests.serve.running_site import RunningSite, running_site, until


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = new_city(tmp_path_factory.mktemp("failures"))
    made.publish(made.draft())
    return made


class Office:
    """An administrator at a running site who takes in one user after the other, and knows which were acknowledged."""

    def __init__(self, site: RunningSite) -> None:
        self.client = site.client()
        assert sign_in(self.client, "chief").status_code == 303
        self.token = form_token(self.client, "/users")
        self.acknowledged: list[str] = []
        self.answers: list[httpx.Response] = []
        self.broken = 0

    def close(self) -> None:
        self.client.close()

    def take_in(self, name: str) -> httpx.Response | None:
        """Add a user; None where the connection broke, so that nothing is known."""
        fields = {"form_token": self.token, "name": name, "full_name": f"用户{name}", "roles": "reader"}
        try:
            answer = self.client.post("/users", data=fields)
        except httpx.HTTPError:
            self.broken += 1
            return None
        self.answers.append(answer)
        if answer.status_code in {200, 201, 303} and name not in self.acknowledged:
            self.acknowledged.append(name)
        return answer

    def take_in_until(self, ended: threading.Event) -> None:
        number = 0
        while not ended.is_set():
            number += 1
            self.take_in(f"clerk{number}")


def prepared(location: str) -> None:
    """An operations store with an administrator."""
    store = open_access(location, "newtown")
    desk = UserDesk(store, Argon2(passes=1, memory=64, lanes=1), lambda: datetime.now(UTC))
    desk.add(User(id="chief", name="主管", roles=(Role.ADMINISTRATOR,)), "setup", PASSWORD)
    user = store.user("chief")
    assert user is not None
    store.replace_user(User(id=user.id, name=user.name, roles=user.roles, must_change=False, version=user.version))
    store.close()


def require_kept(store: AccessDatabase, acknowledged: list[str]) -> None:
    """Every acknowledged user is there, with the lines of the log that say so, and the log is whole."""
    entries = tuple(store.entries("audit"))
    assert faults(entries, store.head("audit")) == ()
    assert set(acknowledged) <= {user.id for user in store.users()}
    assert set(acknowledged) <= {unquote(entry.deed.subject) for entry in entries if entry.deed.action == "user-add"}


@contextmanager
def beside(work: threading.Thread, ended: threading.Event) -> Iterator[None]:
    work.start()
    try:
        yield
    finally:
        ended.set()
        work.join(60)


@pytest.mark.long
def test_a_killed_worker_is_replaced_and_nothing_acknowledged_is_lost(city: City, postgres_dsn: str) -> None:
    prepared(postgres_dsn)
    with running_site(city, postgres_dsn, workers=2) as site, closing(Office(site)) as office:
        ended, pages = threading.Event(), list[int]()
        before = until(lambda: workers if len(workers := site.workers()) == 2 else None, "two workers")

        def read() -> None:
            while not ended.is_set():
                try:
                    pages.append(site.get("/").status_code)
                except httpx.HTTPError:
                    pages.append(0)

        reading = threading.Thread(target=read)
        with beside(threading.Thread(target=office.take_in_until, args=(ended,)), ended), beside(reading, ended):
            until(lambda: len(office.acknowledged) > 5, "users are taken in")
            os.kill(before[0], signal.SIGKILL)
            count = len(office.acknowledged)
            until(lambda: len(office.acknowledged) > count + 5, "the other worker goes on")
            after = until(lambda: now if len(now := site.workers()) == 2 and before[0] not in now else None, "the worker is replaced")
            seen = len(pages)
            until(lambda: len(pages) > seen + 5, "pages are read")
        assert before[1] in after
        assert office.broken <= 1
        assert pages.count(200) >= len(pages) - 2
        assert set(pages) <= {0, 200}
        store = open_access(postgres_dsn, "newtown")
        require_kept(store, office.acknowledged)
        store.close()


@pytest.mark.long
@pytest.mark.needs_postgres
def test_a_killed_database_is_said_and_the_site_recovers_by_itself(city: City) -> None:
    with running_server(required("postgres")) as dsn:
        prepared(dsn)
        with running_site(city, dsn) as site, closing(Office(site)) as office:
            ended = threading.Event()
            with beside(threading.Thread(target=office.take_in_until, args=(ended,)), ended):
                until(lambda: len(office.acknowledged) > 5, "users are taken in")
                kill_server(dsn)
                refused = until(lambda: next((each for each in office.answers if each.status_code == 503), None), "the page says so")
                assert "连不上业务库" in refused.text
                assert "确认服务器正在运行" in refused.text
                assert "Traceback" not in refused.text
                assert refused.headers["Retry-After"]
                assert site.get("/").status_code == 200, "readers need no operations store"
                assert site.get("/readyz").status_code == 503
                assert site.get("/healthz").status_code == 200
                start_server(dsn)
                count = len(office.acknowledged)
                until(lambda: len(office.acknowledged) > count, "users are taken in again")
                until(lambda: site.get("/readyz").status_code == 200, "the site is ready again")
            store = open_access(dsn, "newtown")
            require_kept(store, office.acknowledged)
            store.close()


def kill_server(dsn: str) -> None:
    """SIGKILL to the server and whatever serves its connections."""
    folder = Path(unquote(dsn.partition("host=")[2]))
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    for pid in (server, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{server}").exists() or "Z" in _state(server), "the server is gone")


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def start_server(dsn: str) -> None:
    """The server again on the same data; it waits until what was killed is gone."""
    folder = Path(unquote(dsn.partition("host=")[2]))
    options = f"{SERVER_OPTIONS} -c unix_socket_directories='{folder}'"
    command = [str(required("postgres") / "pg_ctl"), "-D", str(folder / "data"), "-w", "-t", "60", "-o", options]

    def started() -> bool:
        try:
            _run([*command, "-l", str(folder / "server.log"), "start"], folder, _server_user())
        except RuntimeError:
            time.sleep(0.3)
            return False
        return True

    until(started, "the server starts again")


@pytest.mark.long
def test_a_full_disk_is_said_reading_goes_on_and_nothing_acknowledged_is_lost(city: City, tmp_path: Path) -> None:
    path = tmp_path / "operations.db"
    prepared(str(path))
    with running_site(city, str(path)) as site, closing(Office(site)) as office:
        assert office.take_in("before") is not None
        full = path.stat().st_size
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        refused = None
        for number in range(400):
            answer = office.take_in(f"clerk{number}")
            if answer is not None and answer.status_code == 503:
                refused = answer
                break
        assert refused is not None, "the file could not grow, and every user was acknowledged"
        assert "写不进磁盘" in refused.text
        assert "腾出空间" in refused.text
        assert site.get("/").status_code == 200
        assert office.client.get("/users").status_code == 200, "who is signed in reads on"
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        again = office.take_in("after")
        assert again is not None
        assert again.status_code < 400
    store = open_access(str(path), "newtown")
    assert {"before", "after"} <= set(office.acknowledged)
    require_kept(store, office.acknowledged)
    refused_names = {f"clerk{number}" for number in range(400)} - set(office.acknowledged)
    assert not refused_names & {user.id for user in store.users()}, "what was refused is not there"
    store.close()


def test_a_full_database_is_busy_and_keeps_what_it_had(tmp_path: Path) -> None:
    store = open_access(str(tmp_path / "operations.db"), "newtown")
    store.note("audit", Deed(action="first", who="a"), datetime.now(UTC))

    @contextmanager
    def full() -> Iterator[None]:
        """As many pages as there are, and no more: the engine then says what it says of a full disk."""
        with store._engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count = {pages}")
        yield

    def fill() -> None:
        for _number in range(2000):
            store.note("audit", Deed(action="more", who="a", detail={"text": "x" * 500}), datetime.now(UTC))

    with full(), pytest.raises(Busy, match="写不进磁盘"):
        fill()
    assert faults(tuple(store.entries("audit")), store.head("audit")) == ()
    assert next(store.entries("audit")).deed.action == "first"
    store.close()


def test_nothing_of_a_killed_site_lives_on(city: City) -> None:
    with running_site(city, "none") as site:
        assert site.get("/static/vega.js").status_code == 200
        family = site.family()
        assert len(family) > 1, "charts are drawn in a process beside the server"
        site.process.kill()
        site.process.wait()
        until(lambda: not [pid for pid in family if _state(pid) != "Z" and b"python" in _name(pid)], "all its processes end", 20)


def _name(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_health_is_told_to_programs(city: City) -> None:
    from tests.serve.release_samples import visit

    with visit(city.site()) as client:
        assert client.get("/healthz").text == "ok\n"
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["ready"] is True
        assert {name: check["ok"] for name, check in answer.json()["checks"].items()} == {
            "release": True, "operations": True, "disk": True,
        }  # fmt: skip


def test_a_site_whose_release_is_gone_is_not_ready(tmp_path: Path) -> None:
    from tests.serve.release_samples import visit

    empty = new_city(tmp_path)
    with visit(empty.site()) as client:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.json()["checks"]["release"] == {"ok": False, "says": "目前没有公布的数据"}
        assert client.get("/healthz").status_code == 200


def test_a_short_disk_is_said_and_the_site_stays_ready(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from collections import namedtuple

    from tests.serve.release_samples import visit

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("guibiao.serve.health.shutil.disk_usage", lambda _path: usage(10**9, 10**9 - 5 * 2**20, 5 * 2**20))
    with visit(city.site()) as client:
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["checks"]["disk"] == {"ok": False, "says": "磁盘只剩 5 MB，腾出空间；写满后不能再存，页面仍可读。"}
