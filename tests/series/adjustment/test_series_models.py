"""Models on disk: only added to, found by vintage, damaged files refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from guibiao.model.errors import BadInput, BadRequest
from guibiao.series.adjustment.model_vintage import ModelVintage
from guibiao.series.adjustment.result import FixedModel
from guibiao.series_models import add, folder_of, latest
from tests.series.adjustment.adjustment_samples import AIRLINE, sample


def vintage(day: str, theta: float = 0.4, key: str = "零售额") -> ModelVintage:
    series = sample(key)
    model = FixedModel(transformation="log", orders=AIRLINE.orders or pytest.fail("no orders"), coefficients={"MA-Nonseasonal-01": theta})
    return ModelVintage(
        key=key, known_from=date.fromisoformat(day), series=series, specification=AIRLINE.effective(), engine="x13", version="1.1",
        policy="concurrent", model=model, adjusted=series.values,
    )  # fmt: skip


def test_the_newest_is_found_and_the_one_of_a_day(tmp_path: Path) -> None:
    assert latest(tmp_path, "零售额") is None
    assert add(tmp_path, vintage("2026-01-20")) == "2026-01-20-001"
    assert add(tmp_path, vintage("2026-02-20", 0.5)) == "2026-02-20-001"
    newest = latest(tmp_path, "零售额")
    assert newest is not None
    assert newest.vintage.known_from == date(2026, 2, 20)
    january = latest(tmp_path, "零售额", date(2026, 2, 19))
    assert january is not None
    assert january.vintage == vintage("2026-01-20")
    assert latest(tmp_path, "零售额", date(2026, 1, 19)) is None


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    add(tmp_path, vintage("2026-01-20"))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert add(tmp_path, vintage("2026-01-20")) == "2026-01-20-001"
    assert add(tmp_path, vintage("2026-01-20", 0.7)) == "2026-01-20-002"
    assert add(tmp_path, vintage("2026-01-20")) == "2026-01-20-003"
    assert {path: path.read_bytes() for path in before} == before
    assert not [path for path in tmp_path.rglob("*") if path.suffix == ".part"]
    with pytest.raises(BadRequest, match="2026-01-20"):
        add(tmp_path, vintage("2026-01-19"))


def test_a_thousand_versions_of_a_day_stay_in_order(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "零售额")
    add(tmp_path, vintage("2026-01-20"))
    (folder / "2026-01-20-001.json").rename(folder / "2026-01-20-999.json")
    assert add(tmp_path, vintage("2026-01-20", 0.9)) == "2026-01-20-1000"
    newest = latest(tmp_path, "零售额")
    assert newest is not None
    assert newest.id == "2026-01-20-1000"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "a\\b", ".", "", "x" * 500, "=1+1", "a\nb", "A", "a"])
def test_no_name_leaves_the_folder_or_meets_another(tmp_path: Path, name: str) -> None:
    add(tmp_path, vintage("2026-01-20", key=name))
    assert folder_of(tmp_path, name).parent == tmp_path
    assert folder_of(tmp_path, name) != folder_of(tmp_path, name + "?")
    found = latest(tmp_path, name)
    assert found is not None
    assert found.vintage.key == name


def test_damage_is_refused(tmp_path: Path) -> None:
    add(tmp_path, vintage("2026-01-20"))
    (path,) = tmp_path.rglob("*.json")
    path.chmod(0o644)
    whole = path.read_text("utf-8")
    path.write_text(whole[:100], "utf-8")
    with pytest.raises(BadInput, match="2026-01-20-001"):
        latest(tmp_path, "零售额")
    path.write_text(whole.replace("零售额", "进口额"), "utf-8")
    with pytest.raises(BadInput, match="进口额"):
        latest(tmp_path, "零售额")
