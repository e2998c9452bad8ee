"""A made-up city with districts, an index of their figures and a frame of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.store.open import open_archive
from guibiao.web_index import ReleasedIndices
from tests.serve.release_samples import AREA, City

DISTRICTS = tuple(f"99010{number}" for number in range(1, 8))
YEARS = (2022, 2023, 2024)
BINDING = """id: districts
title: 分区数
file: districts.csv
source: example
rows:
  - {column: 地区, supplies: area}
  - {column: 年份, supplies: period}
values:
  产出: {indicator: output, unit: 亿元}
  用户: {indicator: users, unit: 万户}
  人口: {indicator: people, unit: 万人}
  投诉: {indicator: complaints, unit: 件}
defaults: {stage: verified, method: synthetic}
"""
INDICATORS = """
- {id: output, name_zh: 产出, name_en: Output, unit: 亿元, definition_zh: 产出}
- {id: users, name_zh: 用户, name_en: Users, unit: 万户, definition_zh: 用户, measure: at end}
- {id: people, name_zh: 人口, name_en: People, unit: 万人, definition_zh: 人口, measure: at end}
- {id: complaints, name_zh: 投诉, name_en: Complaints, unit: 件, definition_zh: 投诉}
"""
GAPS = """
- id: computing
  name_zh: 算力
  name_en: Computing
  unit: 亿元
  definition_zh: 算力
  gap_office: 某局
  gap_due: "2027-06-30"
"""
FRAMEWORK = """
- id: watched_city
  name_zh: 监测
  name_en: Watched
  definition_zh: 监测
  dimensions:
    - id: economy
      name_zh: 经济
      name_en: Economy
      groups:
        - id: size
          name_zh: 规模
          name_en: Size
          indicators: [digital_economy_value_added, computing]
"""
FRAME = """id: watched
zh: 监测框架
en: Watched frame
base: 2015
least_share: 0.5
dimensions:
  - {framework: watched_city, dimension: economy}
"""
SPECIFICATION = """id: small
indicators:
  - {code: output, parent: economy, zh: 人均产出, en: Output a head, unit: 亿元, denominator: people, weight: 3}
  - {code: users, parent: economy, zh: 用户, en: Users, unit: 万户, weight: 1}
  - {code: complaints, parent: order, zh: 投诉, en: Complaints, unit: 件, direction: -1}
aggregates:
  - {code: whole, zh: 总, en: Whole}
  - {code: economy, parent: whole, zh: 经济, en: Economy, weight: 2}
  - {code: order, parent: whole, zh: 秩序, en: Order, weight: 2}
normalise: {method: minmax, lower: 1, upper: 100, scope: panel}
aggregate: AGGREGATE
"""
DEFINITION = """id: small
zh: 小指数
en: Small index
specification: small
parent: "990100"
first: 2022
last: 2024
own: "990101"
earlier_runs: 200
note_zh: 没有算<上>面积。
note_en: Area is left out.
"""
STRESS = """stress:
  runs: 300
  seed: 7
  bootstrap: 10
  normalise: [null, {method: rank, scope: panel}]
  aggregate: [{method: arithmetic}, {method: geometric}]
  weights: {method: dirichlet}
"""


def indexed_city(folder: Path, *, stress: bool = True, aggregate: str = "[arithmetic, geometric]", store: str = "") -> City:
    """The city of the scaffold with seven districts, an index of them and a frame; without `stress` its ranks have no intervals."""
    made = scaffold(folder, "newtown", "新城市", AREA)
    with (made / "classifications" / "areas.csv").open("a", encoding="utf-8") as areas:
        areas.writelines(f"{code},第{code[-1]}区,District {code[-1]},{AREA},,,,,,\n" for code in DISTRICTS)
    (made / "indicators" / "districts.yaml").write_text(INDICATORS, "utf-8")
    (made / "tables" / "districts.yaml").write_text(BINDING, "utf-8")
    (made / "tables" / "districts.csv").write_text("\n".join(_lines()) + "\n", "utf-8")
    (made / "indices" / "specifications").mkdir(parents=True)
    (made / "indices" / "specifications" / "small.yaml").write_text(SPECIFICATION.replace("AGGREGATE", aggregate), "utf-8")
    (made / "indices" / "small.yaml").write_text(DEFINITION + (STRESS if stress else ""), "utf-8")
    (made / "indicators" / "gaps.yaml").write_text(GAPS, "utf-8")
    with (made / "frameworks" / "frameworks.yaml").open("a", encoding="utf-8") as frameworks:
        frameworks.write(FRAMEWORK)
    (made / "indices" / "frames").mkdir()
    (made / "indices" / "frames" / "watched.yaml").write_text(FRAME, "utf-8")
    out = folder / "out"
    return City(load_workspace(made), out, open_archive(out / "releases"), store)


def desk() -> ReleasedIndices:
    """Trials on any release; frames and inputs, which need a workspace, are left out."""
    return ReleasedIndices(cast("Any", None))


def score(scores: list[dict[str, Any]], unit: str, code: str, year: int = 2024) -> dict[str, Any]:
    """The released row of a unit."""
    return next(row for row in scores if (row["unit"], row["code"], row["year"]) == (unit, code, year))


def cells(page: str, heading: str) -> list[list[str]]:
    """Texts of the rows of the table under a heading, without blanks."""
    section = page[page.index(f'id="{heading}"') :]
    body = section[section.index("<tbody>") : section.index("</tbody>")]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [[re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def _lines() -> list[str]:
    rows = ["地区,年份,产出,用户,人口,投诉"]
    for number, district in enumerate(DISTRICTS):
        for step, year in enumerate(YEARS):
            output = 40 + 37 * number % 90 + 9 * step + (number * step) % 5
            rows.append(f"{district},{year},{output},{3 + (5 * number + 2 * step) % 11},{10 + 2 * number},{90 - 7 * number + 6 * step}")
    return rows
