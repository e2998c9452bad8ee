"""The plugins and hypothesis profiles of the whole suite."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ("pytester", "tests.capabilities", "tests.postgres_server")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("developer", deadline=None, max_examples=60)
    settings.register_profile("ci", deadline=None, max_examples=120, derandomize=True, print_blob=True)
    strict = config.pluginmanager.get_plugin("tests.capabilities").in_ci()
    settings.load_profile("ci" if strict else "developer")
