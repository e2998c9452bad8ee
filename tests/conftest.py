"""The plugins and hypothesis profiles of the whole suite."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

pytest_plugins = ("pytester", "tests.capabilities", "tests.postgres_server", "tests.shipped_run")


os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: tests run side by side


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes minutes; begun first, so that the others fill the time of the other processors")
    settings.register_profile("developer", deadline=None, max_examples=60)
    settings.register_profile("ci", deadline=None, max_examples=120, derandomize=True, print_blob=True)
    strict = config.pluginmanager.get_plugin("tests.capabilities").in_ci()
    settings.load_profile("ci" if strict else "developer")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test marked `no_cover` is not traced: in a worker, pytest-cov stops one tracer and the one it began before takes over."""
    if item.get_closest_marker("no_cover"):
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
    return (yield)
