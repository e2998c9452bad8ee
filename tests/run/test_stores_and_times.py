"""The same run on either store, and the store's own past asked by recording time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from guibiao.model.errors import BadRequest
from guibiao.reference.load import load_workspace
from guibiao.run import DataRun, Request
from guibiao.store.open import open_store
from tests.run.conftest import outputs
from tests.shipped_run import TODAY, produce


def totals(folder: Path, location: str, out: Path, recorded_as_of: datetime | None = None) -> list[float]:
    workspace = load_workspace(folder)
    store = open_store(location, workspace.settings.id)
    try:
        run = DataRun(workspace, store, Request(out, recorded_as_of=recorded_as_of, today=TODAY))
        rows = run.observation_rows
    finally:
        store.close()
    return [row["value"] for row in rows if row["indicator"] == "gross_domestic_product"]


def test_the_store_answers_for_a_past_moment(new_city: Path, tmp_path: Path) -> None:
    location = str(tmp_path / "store.duckdb")
    assert totals(new_city, location, tmp_path / "out") == [1000.0, 1060.0, 1120.0]
    between = datetime.now(UTC)
    table = new_city / "tables" / "headline.csv"
    table.write_text(table.read_text("utf-8").replace("1120.0", "1130.0"), "utf-8")
    assert totals(new_city, location, tmp_path / "out") == [1000.0, 1060.0, 1130.0]
    assert totals(new_city, location, tmp_path / "out", between) == [1000.0, 1060.0, 1120.0]
    assert totals(new_city, location, tmp_path / "out", datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_postgresql_gives_what_duckdb_gives(new_city: Path, tmp_path: Path, postgres_dsn: str) -> None:
    produce(new_city, tmp_path / "one")
    produce(new_city, tmp_path / "other", location=postgres_dsn)
    assert outputs(tmp_path / "other") == outputs(tmp_path / "one")
    again = produce(new_city, tmp_path / "other", location=postgres_dsn)
    assert [each.step for each in again.data.trace if not each.reused] == []


@pytest.mark.parametrize("name", ["store", "recorded", "memory", "cells", "information_schema", "guibiao"])
def test_a_store_file_may_have_any_ordinary_name(name: str, new_city: Path, tmp_path: Path) -> None:
    assert totals(new_city, str(tmp_path / f"{name}.duckdb"), tmp_path / "out") == [1000.0, 1060.0, 1120.0]


@pytest.mark.parametrize("name", ["guibiao_store", "main", "temp", "system"])
def test_a_name_that_means_something_inside_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=name):
        open_store(str(tmp_path / f"{name}.duckdb"), "city")
