"""What some tests need from the machine, and what happens when it is not there.

A test says so with a marker (``@pytest.mark.needs_postgres``) or by asking for a fixture that needs it. On a
developer's machine a test that lacks a capability is deselected, counted, and the summary says how to get it.
Where ``CI`` or ``GUIBIAO_CI`` is set nothing is deselected: the test fails and names the package.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Capability:
    """One thing outside Python that tests may need.

    ``find`` gives where it is, or nothing; ``fixtures`` are the fixtures whose use implies the marker.
    """

    name: str
    title: str
    find: Callable[[], Path | None]
    remedy: str
    fixtures: tuple[str, ...] = ()

    @property
    def marker(self) -> str:
        return f"needs_{self.name}"


def _first_on_path(*commands: str) -> Path | None:
    found = (shutil.which(command) for command in commands)
    return next((Path(path).resolve() for path in found if path), None)


def find_postgres() -> Path | None:
    """The folder that holds both ``initdb`` and ``pg_ctl``, the newest PostgreSQL first."""
    if importlib.util.find_spec("psycopg") is None:
        return None
    on_path = _first_on_path("initdb")
    versions = sorted(
        (path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()),
        key=lambda path: int(path.parent.name),
        reverse=True,
    )
    folders = [on_path.parent] if on_path else []
    return next(
        (folder for folder in (*folders, *versions) if all((folder / command).is_file() for command in ("initdb", "pg_ctl"))),
        None,
    )


def find_java() -> Path | None:
    """The ``java`` command."""
    return _first_on_path("java")


def find_chromium() -> Path | None:
    """A Chromium or Chrome that can run headless."""
    return _first_on_path("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_libreoffice() -> Path | None:
    """The ``soffice`` command."""
    return _first_on_path("soffice", "libreoffice")


def find_poppler() -> Path | None:
    """The folder of poppler's command-line tools."""
    tools = [_first_on_path(command) for command in ("pdftotext", "pdftoppm", "pdffonts")]
    return tools[0].parent if tools[0] and all(tools) else None


def find_shared() -> Path | None:
    """The folder of source material: ``$GUIBIAO_SHARED``, or ``shared`` beside the checkout."""
    named = os.environ.get("GUIBIAO_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder.resolve() if (folder / "seeds").is_dir() else None


CAPABILITIES = (
    Capability(
        "postgres",
        "PostgreSQL (initdb, pg_ctl)",
        find_postgres,
        "apt install postgresql",
        ("postgres_dsn",),
    ),
    Capability("java", "Java", find_java, "apt install default-jre-headless", ("java_command",)),
    Capability("chromium", "Chromium", find_chromium, "apt install chromium", ("chromium_command",)),
    Capability(
        "libreoffice",
        "LibreOffice",
        find_libreoffice,
        "apt install libreoffice-writer-nogui",
        ("libreoffice_command",),
    ),
    Capability(
        "poppler",
        "poppler (pdftotext, pdftoppm, pdffonts)",
        find_poppler,
        "apt install poppler-utils",
        ("poppler_folder",),
    ),
    Capability(
        "shared",
        "the folder of source material",
        find_shared,
        "put it beside the checkout as ../shared, or set GUIBIAO_SHARED to it",
        ("shared_folder",),
    ),
)
BY_MARKER = {capability.marker: capability for capability in CAPABILITIES}
BY_FIXTURE = {fixture: capability for capability in CAPABILITIES for fixture in capability.fixtures}
MISSING = pytest.StashKey[Counter[str]]()


@cache
def locate(name: str) -> Path | None:
    """Where the capability is, or nothing; each is looked for once."""
    return BY_MARKER[f"needs_{name}"].find()


def required(name: str) -> Path:
    """Where the capability is; a test without it fails with the way to get it."""
    place = locate(name)
    if place is None:
        pytest.fail(_sentence(BY_MARKER[f"needs_{name}"]), pytrace=False)
    return place


def in_ci() -> bool:
    """Whether a missing capability fails the test instead of deselecting it."""
    said = (os.environ.get(name, "").lower() for name in ("GUIBIAO_CI", "CI"))
    return any(value not in ("", "0", "false", "no") for value in said)


def _must_be_there(capability: Capability) -> bool:
    """Programs must be there in CI, which can install them; source material is beside some checkouts only."""
    return in_ci() and capability.name != "shared"


def _sentence(capability: Capability) -> str:
    return f"{capability.title} is not on this machine: {capability.remedy}"


def _needs(item: pytest.Item) -> list[Capability]:
    return [capability for marker, capability in BY_MARKER.items() if item.get_closest_marker(marker)]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = Counter()
    for capability in CAPABILITIES:
        config.addinivalue_line("markers", f"{capability.marker}: needs {capability.title}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in BY_FIXTURE:
                item.add_marker(BY_FIXTURE[fixture].marker)
    kept, dropped = [], []
    for item in items:
        missing = [capability.name for capability in _needs(item) if locate(capability.name) is None and not _must_be_there(capability)]
        config.stash[MISSING].update(missing)
        (dropped if missing else kept).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = [capability for capability in _needs(item) if locate(capability.name) is None]
    if missing:
        pytest.fail("; ".join(_sentence(capability) for capability in missing), pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    counts = config.stash[MISSING]
    if not counts:
        return
    terminalreporter.section("deselected: the machine lacks what these tests need")
    for capability in CAPABILITIES:
        if count := counts[capability.name]:
            tests = "test needs" if count == 1 else "tests need"
            terminalreporter.line(f"{count} {tests} {capability.title}: {capability.remedy}")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of source material."""
    return required("shared")


@pytest.fixture(scope="session")
def java_command() -> Path:
    """The ``java`` command."""
    return required("java")


@pytest.fixture(scope="session")
def chromium_command() -> Path:
    """The headless browser."""
    return required("chromium")


@pytest.fixture(scope="session")
def libreoffice_command() -> Path:
    """The ``soffice`` command."""
    return required("libreoffice")


@pytest.fixture(scope="session")
def poppler_folder() -> Path:
    """The folder that holds ``pdftotext``, ``pdftoppm`` and ``pdffonts``."""
    return required("poppler")
