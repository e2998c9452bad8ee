"""Engines that the tests of adjustment share."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.series.adjustment.jdemetra_apart import JDemetraApart


@pytest.fixture(scope="session")
def jdemetra() -> Iterator[JDemetraApart]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        yield JDemetraApart(process)
