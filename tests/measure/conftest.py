"""A made-up city with measurements: contribution, scale and an input-output table of three products."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.run import DataRun, Request
from guibiao.store.open import open_store

INDICATORS = """
- {id: core, name_zh: 核心产业, name_en: core, unit: 亿元, definition_zh: 虚构, price_basis: current, accounting_bases: [census_2023]}
- {id: rest, name_zh: 其余, name_en: rest, unit: 亿元, definition_zh: 虚构, price_basis: current, accounting_bases: [census_2023],
   formula: digital_economy_value_added - core}
- {id: industry_added, name_zh: 行业增加值, name_en: industries, unit: 亿元, definition_zh: 虚构, price_basis: current,
   accounting_bases: [census_2023], dimensions: [industry]}
- {id: contribution, name_zh: 贡献率, name_en: contribution, unit: "%", definition_zh: 虚构, nature: share, price_basis: current,
   measurement: trial.contribution, accounting_bases: [census_2023]}
- {id: pull, name_zh: 拉动, name_en: pull, unit: 个百分点, definition_zh: 虚构, nature: growth, comparison_basis: naive,
   price_basis: current, measurement: trial.pull, decimals: 2, accounting_bases: [census_2023]}
- {id: scale, name_zh: 供给规模, name_en: scale, unit: 亿元, definition_zh: 虚构, price_basis: current, accounting_bases: [census_2023],
   measurement: supply.scale}
- {id: flows, name_zh: 中间使用, name_en: flows, unit: 亿元, definition_zh: 虚构, price_basis: current, dimensions: [product, user, origin]}
- {id: outputs, name_zh: 总产出, name_en: outputs, unit: 亿元, definition_zh: 虚构, price_basis: current, dimensions: [product]}
- {id: added, name_zh: 增加值, name_en: added, unit: 亿元, definition_zh: 虚构, price_basis: current, dimensions: [user, component]}
- {id: content, name_zh: 数字含量, name_en: content, unit: "%", definition_zh: 虚构, nature: intensity, dimensions: [product],
   measurement: tables.value_added_content, decimals: 2}
- {id: twice, name_zh: 供给规模的两倍, name_en: twice, unit: 亿元, definition_zh: 虚构, price_basis: current,
   accounting_bases: [census_2023], formula: scale * 2}
"""
METHODS = """
- {id: trial, name_zh: 贡献率试算, name_en: trial, method: contribution_range, part: digital_economy_value_added,
   whole: gross_domestic_product}
- {id: supply, name_zh: 供给规模试算, name_en: supply, method: bounded_scale, scope: scope, correspondence: scope_industry,
   industry_value_added: industry_added, office: 市统计局,
   envelopes: [{total: core, within: ["1"]}, {total: rest, within: ["5"]}]}
- {id: tables, name_zh: 投入产出, name_en: tables, method: input_output, intermediate_use: flows, gross_output: outputs, value_added: added,
   product: product, user: user, component: component, tables: [{prefix: "t-", domestic: home, digital: [t-2]}]}
"""
SCOPE = "code,name_zh,parent\n1,核心,\n101,甲,1\n102,乙,1\n5,其余,\n501,丙,5\n"
INDUSTRY = "code,name_zh,parent\nF,批零,\n52,零售,F\n5292,网零,52\n39,电子,\n"
LINKS = "source,target,partial,weight,note,status\n101,39,,,,\n102,5292,,,,\n501,52,1,,,\n"
CORRESPONDENCE = (
    "- {id: scope_industry, name_zh: 范围与行业, name_en: scope, source: scope, target: industry, file: links.csv, document: example}\n"
)


def binding(name: str, indicator: str, dimensions: str, basis: str = "") -> str:
    selectors = "".join(f"\n  - {{column: {each}, supplies: category, dimension: {each}}}" for each in dimensions.split())
    accounting = f"accounting_basis: {basis}, " if basis else ""
    return (
        f"id: {name}\ntitle: 虚构\nfile: {name}.csv\nsource: example\nrows:\n  - {{column: 年份, supplies: period}}{selectors}\n"
        f"values:\n  数值: {{indicator: {indicator}, unit: 亿元}}\n"
        f"defaults: {{{accounting}stage: preliminary, method: synthetic, price_basis: current}}\n"
    )


FLOWS = ((150.0, 500.0), (200.0, 100.0))


def files() -> dict[str, str]:
    flows = "".join(f"2023,t-{i + 1},t-{j + 1},home,{value}\n" for i, row in enumerate(FLOWS) for j, value in enumerate(row))
    return {
        "indicators/more.yaml": INDICATORS,
        "methods/methods.yaml": METHODS,
        "classifications/scope.csv": SCOPE,
        "classifications/industry.csv": INDUSTRY,
        "classifications/correspondences.yaml": CORRESPONDENCE,
        "classifications/correspondences/links.csv": LINKS,
        "tables/core.yaml": binding("core", "core", "", "census_2023"),
        "tables/core.csv": "年份,数值\n2023,200.0\n",
        "tables/industries.yaml": binding("industries", "industry_added", "industry", "census_2023"),
        "tables/industries.csv": "年份,industry,数值\n2023,39,60.0\n2023,5292,20.0\n2023,52,70.0\n",
        "tables/flows.yaml": binding("flows", "flows", "product user origin"),
        "tables/flows.csv": "年份,product,user,origin,数值\n" + flows,
        "tables/outputs.yaml": binding("outputs", "outputs", "product"),
        "tables/outputs.csv": "年份,product,数值\n2023,t-1,1000.0\n2023,t-2,2000.0\n",
        "tables/added.yaml": binding("added", "added", "user component"),
        "tables/added.csv": "年份,user,component,数值\n2023,t-1,a,600.0\n2023,t-1,b,50.0\n2023,t-2,_T,1400.0\n",
    }


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = Path(scaffold(tmp_path, "newtown", "新城市", "990100"))
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


class Runs:
    """Data runs of one workspace into one store."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.folder = folder
        self._out = out
        self._store = open_store(str(out / "store.duckdb"), "newtown")

    def again(self) -> DataRun:
        return DataRun(load_workspace(self.folder), self._store, Request(self._out))

    def close(self) -> None:
        self._store.close()


@pytest.fixture
def runs(city: Path, tmp_path: Path) -> Iterator[Runs]:
    made = Runs(city, tmp_path / "out")
    yield made
    made.close()
