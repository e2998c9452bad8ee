"""A city nobody programmed for: scaffolded, run, changed; without a line of code."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from guibiao.publish.datasets import PUBLIC
from tests.run.conftest import outputs
from tests.shipped_run import produce


def test_a_scaffolded_city_runs_on_its_own_csv_and_says_it_is_synthetic(new_city: Path, tmp_path: Path) -> None:
    publication = produce(new_city, tmp_path / "out")
    files = outputs(tmp_path / "out")
    assert {"report.pdf", "report.html", "data/observations.parquet", "data/findings.csv", "data/catalog.json"} <= set(files)
    page = files["report.html"].decode()
    assert "371.3亿元" in page
    assert "33.2%" in page
    assert "合成" in page
    rows = pq.read_table(tmp_path / "out" / "data" / "observations.parquet").to_pylist()
    assert list(rows[0])[: len(PUBLIC)] == list(PUBLIC)
    shares = {row["period_end"].year: row["printed"] for row in rows if row["indicator"] == "digital_economy_share"}
    assert shares == {2021: "30.0", 2022: "31.1", 2023: "33.2"}
    assert json.loads(files["data/catalog.json"])["workspace"]["synthetic"] is True
    assert publication.summary(0)["changes"]["count"] == 0


def test_a_second_run_reuses_every_step(new_city: Path, tmp_path: Path) -> None:
    produce(new_city, tmp_path / "out")
    before = outputs(tmp_path / "out")
    again = produce(new_city, tmp_path / "out")
    assert [each.step for each in again.data.trace if not each.reused] == []
    assert outputs(tmp_path / "out") == before


def test_a_changed_cell_changes_what_depends_on_it_and_is_listed(new_city: Path, tmp_path: Path) -> None:
    produce(new_city, tmp_path / "out")
    table = new_city / "tables" / "headline.csv"
    table.write_text(table.read_text("utf-8").replace("371.3", "372.4"), "utf-8")
    publication = produce(new_city, tmp_path / "out")
    ran = {each.step for each in publication.data.trace if not each.reused}
    assert "observations digital_economy_value_added" in ran
    assert "observations gross_domestic_product" not in ran
    assert not [step for step in ran if step.startswith("formula")]
    changed = {(change.indicator, str(change.period)) for change in publication.changes}
    names = ("digital_economy_value_added", "digital_economy_share", "digital_economy_naive_growth")
    assert changed == {(name, "2023年") for name in names}
    assert "372.4亿元" in outputs(tmp_path / "out")["report.html"].decode()


def test_as_of_hides_what_was_not_yet_published(new_city: Path, tmp_path: Path) -> None:
    publication = produce(new_city, tmp_path / "out", as_of=date(2024, 3, 1))
    assert publication.data.all_observations.num_rows > 0
    report = new_city / "report" / "report.md"
    report.write_text("# 规模\n\n没有数据。\n", "utf-8")
    definition = new_city / "report" / "report.yaml"
    definition.write_text("title_zh: 空\ntitle_en: empty\npublisher_zh: 空\n", "utf-8")
    publication = produce(new_city, tmp_path / "early", as_of=date(2024, 2, 29))
    assert publication.data.all_observations.num_rows == 0
