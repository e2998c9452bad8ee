"""A made-up city whose ledger has tasks of a plan, districts, offices and users of every role, and the site on it."""

from __future__ import annotations

import atexit
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from typing import Any, cast

import httpx
from fastapi import FastAPI

from guibiao.ledgers import LedgerDesk
from guibiao.model.access import Role, UnitReach, User
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.serve.application import create_application
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.serve.tasks import words
from guibiao.store.operations.access import AccessDatabase
from guibiao.store.operations.evidence import EvidenceFolder
from guibiao.store.operations.opening import open_access, open_operations
from guibiao.web_ledger import SiteLedger
from tests.serve.browsing import browser
from tests.serve.door_samples import PASSWORD, SECRET, CountingHasher, NoReleases, form_token, post, sign_in

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
CITY, EAST, WEST = "990100", "990101", "990102"
PLAN = """\
id: plan_2026
title: 数字消费工作方案
number: 新政发〔2026〕1号
dated: 2026-01-05
digest: "0000000000000000000000000000000000000000000000000000000000000000"
targets:
  - {id: target-a00000000001, name: 数字经济增加值, indicator: digital_economy_value_added, operator: '>=', value: '400', unit: 亿元,
     deadline: 2026-12-31, kind: level, quote: 数字经济增加值达到400亿元, start: 120, end: 134}
  - {id: target-a00000000002, name: 体验馆, operator: '=', value: '10', unit: 家, kind: count, quote: 建成10家体验馆, start: 20, end: 28}
tasks:
  - {id: task-b00000000001, number: '1.', title: 建设直播基地, section: 一、重点任务, lead: [市商务局, 市经信局], supporting: [市财政局],
     deadline: 2026-02-20, start: 100, end: 180}
  - {id: task-b00000000002, number: '2.', title: 推广数字支付, section: 一、重点任务, lead: [市金融局],
     deadline: 2026-03-20, start: 180, end: 260}
  - {id: task-b00000000003, number: '3.', title: 培育平台企业, section: 二、保障措施, lead: [市经信局],
     deadline: 2026-12-31, start: 260, end: 300}
  - {id: task-b00000000004, number: '4.', title: 完善统计监测, section: 二、保障措施, start: 300, end: 340}
"""
OFFICES = """\
- {id: commerce, name: 新城市商务局, aliases: [市商务局], status: 未核实}
- {id: economy, name: 新城市经济和信息化局, aliases: [市经信局], status: 未核实}
- {id: east_government, name: 东区人民政府, area: '990101', status: 未核实}
"""
FIRST, SECOND, THIRD, FOURTH = (f"task-b0000000000{number}" for number in range(1, 5))
USERS: dict[str, dict[str, Any]] = {
    "reader": {"roles": (Role.READER,)},
    "reporter": {"roles": (Role.REPORTER,), "unit": "新城市商务局"},
    "district": {"roles": (Role.DISTRICT_EDITOR,), "areas": (EAST,)},
    "city": {"roles": (Role.CITY_EDITOR,)},
    "releaser": {"roles": (Role.RELEASER,)},
    "planner": {"roles": (Role.PLANNER,)},
    "chief": {"roles": (Role.ADMINISTRATOR,)},
}


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class LedgerSite:
    """A site with a ledger; `browser` gives a signed-in browser of a user."""

    application: FastAPI
    workspace: Workspace
    ledger: SiteLedger
    store: AccessDatabase
    clock: Clock
    folder: Path
    browsers: dict[str, httpx.Client] = field(default_factory=dict)
    opened: int = 0
    """Browsers opened so far: each has an address of its own, or they would be too many from one."""

    def browser(self, name: str) -> httpx.Client:
        if name not in self.browsers:
            self.opened += 1
            client = browser(self.application, f"198.18.{self.opened // 250}.{self.opened % 250}")
            assert sign_in(client, name).status_code == 303
            self.browsers[name] = client
        return self.browsers[name]

    def anew(self) -> LedgerSite:
        """As on the first day: the operations store, the evidence, the plan and the clock; nobody is signed in."""
        self.store.close()
        (self.folder / "operations" / "operations.db").write_bytes(template()[2])
        rmtree(self.folder / "operations" / "evidence", ignore_errors=True)
        (self.workspace.folder / "policies" / "plan_2026.yaml").write_text(PLAN, "utf-8")
        self.application.state.frame.services = self.application.state.services
        self.browsers.clear()
        self.clock.now = NOW
        return self

    def version(self, task: str) -> int:
        return self.ledger.dossier(UnitReach(None), task, NOW.date(), UnitReach(None)).listed.kept.version


def new_workspace(folder: Path) -> Workspace:
    """The scaffold with two districts, a plan and a list of offices."""
    made = scaffold(folder, "newtown", "新城市", CITY)
    areas = made / "classifications" / "areas.csv"
    header = areas.read_text("utf-8").splitlines()[0].split(",")
    for code, name in ((EAST, "东区"), (WEST, "西区")):
        row = {"code": code, "name_zh": name, "name_en": "East" if code == EAST else "West", "parent": CITY}
        areas.write_text(areas.read_text("utf-8").rstrip("\n") + "\n" + ",".join(row.get(each, "") for each in header) + "\n", "utf-8")
    (made / "policies").mkdir(exist_ok=True)
    (made / "policies" / "plan_2026.yaml").write_text(PLAN, "utf-8")
    (made / "policies" / "offices.yaml").write_text(OFFICES, "utf-8")
    return load_workspace(made)


@cache
def template() -> tuple[Path, Workspace, bytes]:
    """Folder of the made-up city, its definitions, and an operations store with users and tasks: made once, copied for each test."""
    folder = Path(mkdtemp(prefix="ledger-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    workspace, at = new_workspace(folder), folder / "operations.db"
    store = open_access(at, workspace.settings.id)
    enrol(make_doors(Settings(secret=SECRET), store, hasher=CountingHasher()))
    SiteLedger(workspace, str(at), folder / "evidence", Clock()).board(UnitReach(None), NOW.date())
    store.close()
    return workspace.folder, workspace, at.read_bytes()


def ledger_site(folder: Path, location: str = "", **services: Any) -> LedgerSite:
    """The site of the city; `services` are further ones, `location` another operations store, which is filled."""
    source, defined, content = template()
    copytree(source, folder / source.name)
    workspace, clock = replace(defined, folder=folder / source.name), Clock()
    at = location or str(folder / "operations" / "operations.db")
    if not location:
        (folder / "operations").mkdir()
        Path(at).write_bytes(content)
    store = open_access(at, workspace.settings.id)
    settings = Settings(secret=SECRET, operations=at, area=CITY, upload_limit=1024 * 1024)
    doors = make_doors(settings, store, hasher=CountingHasher(), now=clock)
    if location:
        enrol(doors)
    ledger = SiteLedger(workspace, at, folder / "operations" / "evidence", clock)
    given = {"releases": cast(Any, NoReleases()), "words": cast(Any, None), **services}
    application = create_application(Services(**given, access=doors, ledger=ledger), settings)
    return LedgerSite(application, workspace, ledger, store, clock, folder)


def enrol(doors: Doors) -> None:
    """Users of every role, by the name of it, with passwords of their own."""
    assert doors.users is not None
    assert doors.store is not None
    for name, fields in USERS.items():
        doors.users.add(User(id=name, name=f"用户{name}", **fields), "setup", PASSWORD)
        added = doors.store.user(name)
        assert added is not None
        doors.store.replace_user(User(**{**{each: getattr(added, each) for each in User.__slots__}, "must_change": False}))


def desk(site: LedgerSite) -> Any:
    """The desk itself, as the command line opens it."""
    store = open_operations(site.folder / "operations" / "operations.db", site.workspace.settings.id)
    return LedgerDesk(site.workspace, store, EvidenceFolder(site.folder / "operations" / "evidence"), site.clock)


def act(site: LedgerSite, who: str, task: str, path: str, **fields: Any) -> httpx.Response:
    """Post a form of the task's page as its page would, with the version that is current."""
    given = {"version": site.version(task), **fields}
    answer: httpx.Response = post(site.browser(who), f"/tasks/{task}/{path}", **given)
    return answer


def advance(site: LedgerSite, task: str, *names: str) -> None:
    for name in names:
        answer = act(site, "planner", task, "move" if name in words.OWN_MOVES else "decide", name=name, why="会议定")
        assert answer.status_code == 303, answer.text


def send(site: LedgerSite, who: str, task: str, name: str, content: bytes, **fields: str) -> httpx.Response:
    client = site.browser(who)
    data = {"form_token": form_token(client, "/account"), **fields}
    return client.post(f"/tasks/{task}/evidence", files=[*((key, (None, value)) for key, value in data.items()), ("file", (name, content))])


def titles(page: httpx.Response) -> list[str]:
    return re.findall(r'<h3><a href="/tasks/[^"]+">([^<]+)</a></h3>', page.text)
