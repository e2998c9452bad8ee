"""`guibiao series monthly` and `growth` on indicators of a workspace: cumulative figures, decimals, breaks."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from guibiao.commands.series import link, monthly

INDICATORS = """
- id: retail
  name_zh: 零售额
  name_en: retail sales
  unit: 亿元
  definition_zh: 售给个人的商品金额。
  price_basis: current
  frequency: monthly
  breaks:
    - {date: "2024-04-01", reason_zh: 起点调整, reason_en: new threshold}
- id: retail_growth
  name_zh: 零售额增速
  name_en: growth of retail sales
  unit: "%"
  definition_zh: 零售额比上年同期的名义增长率。
  nature: growth
  price_basis: current
  comparison_basis: as published
  frequency: monthly
  relation: {kind: growth, of: retail, years: 1}
"""
TABLE = """id: retail
title: 零售额
file: retail.csv
source: example
rows:
  - {column: 月份, supplies: period}
values:
  累计: {indicator: retail, unit: 亿元, measure: to date}
  累计增长: {indicator: retail_growth, unit: "%", measure: to date}
  当期: {indicator: retail, unit: 亿元}
  同比: {indicator: retail_growth, unit: "%"}
defaults: {stage: preliminary, method: synthetic, price_basis: current}
"""
FIGURES = """月份,累计,累计增长,当期,同比
2024-02,200.0,5.0,,
2024-03,306.0,5.5,106.0,6.5
2024-04,410,5,104.1,4
"""


@pytest.fixture
def retail_city(new_city: Path) -> Path:
    definitions = new_city / "indicators" / "indicators.yaml"
    definitions.write_text(definitions.read_text("utf-8") + INDICATORS, "utf-8")
    (new_city / "tables" / "retail.yaml").write_text(TABLE, "utf-8")
    (new_city / "tables" / "retail.csv").write_text(FIGURES, "utf-8")
    return new_city


def printed(module: object, city: Path, out: Path, *words: str) -> str:
    app = typer.Typer()
    app.callback()(lambda: None)
    module.register(app)  # type: ignore[attr-defined]
    done = CliRunner().invoke(app, [*words, "--workspace", str(city), "--out", str(out)])
    assert done.exit_code == 0, repr(done.exception)
    return done.stdout


def test_months_of_an_indicator(retail_city: Path, tmp_path: Path) -> None:
    words = ("monthly", "--indicator", "零售额", "--growth-indicator", "retail_growth", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed(monthly, retail_city, tmp_path / "out", *words))))
    assert [row["period"] for row in rows] == ["2024-01..02", "2024-03", "2024-04"]
    march, april = rows[1:]
    assert (march["level"], march["level_low"], march["level_high"]) == ("106.0", "105.9", "106.1")
    assert float(march["base"]) == pytest.approx(306 / 1.055 - 200 / 1.05, rel=1e-12)
    assert march["growth_agrees"] == "True"
    # 410 is printed without a decimal, as its own half unit says: 410 +- 0.5 less 306.0 +- 0.05.
    assert (april["level"], april["level_low"], april["level_high"]) == ("104.0", "103.45", "104.55")
    assert april["level_agrees"] == "True"


def test_the_growth_of_an_indicator_is_found_by_its_definition(retail_city: Path, tmp_path: Path) -> None:
    found = printed(monthly, retail_city, tmp_path / "out", "monthly", "--indicator", "retail", "--format", "json")
    assert [row["growth"] is not None for row in json.loads(found)["rows"]] == [True, True, True]


def test_a_break_of_the_definition_stops_growth(retail_city: Path, tmp_path: Path) -> None:
    words = ("growth", "--indicator", "retail", "--lag", "1", "--format", "json")
    found = json.loads(printed(link, retail_city, tmp_path / "out", *words))
    (fault,) = found["diagnostics"]["faults"]
    assert (fault["period"], fault["date_of_break"]) == ("2024-04", "2024-04")
