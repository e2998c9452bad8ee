"""Measurements of a made-up city, from the workspace's specification to observations, findings and passports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guibiao.model.errors import BatchErrors, GuibiaoError
from guibiao.model.tables import FINDINGS
from guibiao.publish.figures import Figures
from guibiao.publish.inputs import inputs_of
from guibiao.publish.lineage import Records, lineage
from guibiao.publish.passports import lineage_text
from guibiao.publish.wording import Wording
from guibiao.reference.check import check_references
from guibiao.reference.load import load_workspace
from guibiao.run import DataRun
from tests.measure.conftest import METHODS, Runs


def rows(run: DataRun, indicator: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run.observations_of([indicator]).to_pylist()
    return found


def findings(run: DataRun, indicator: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run.store.read(FINDINGS, [run.observations[indicator].key]).to_pylist()
    return found


def records(run: DataRun, language: str) -> Records:
    figures = Figures(run.workspace, run.observation_rows, run.statement_rows)
    return Records(figures, run.statement_rows, lambda name: run.cells(name).to_pylist(), [], run.precedence, Wording(language))


def test_the_workspace_is_sound(city: Path) -> None:
    check_references(load_workspace(city))


def test_one_choice_is_a_figure_and_not_a_range(runs: Runs) -> None:
    found = {row["period_end"].year: row for row in rows(runs.again(), "contribution")}
    assert {year: row["printed"] for year, row in found.items()} == {2022: "50.0", 2023: "68.8"}
    assert {row["qualifier"] for row in found.values()} == {"derived"}
    assert (found[2023]["method"], found[2023]["status"]) == ("estimated", "E")


def test_scale_prints_its_bounds_and_says_what_is_missing(runs: Runs) -> None:
    run = runs.again()
    (row,) = rows(run, "scale")
    assert (row["qualifier"], row["printed"], row["low"], row["high"]) == ("range", "80.0—130.0", 80.0, 130.0)
    (missing,) = findings(run, "scale")
    assert (missing["rule"], missing["indicator"], missing["severity"]) == ("scale_without_share", "scale", "info")
    assert "52" in missing["message"]
    assert "市统计局" in missing["remedy"]
    (twice,) = rows(run, "twice")
    assert (twice["low"], twice["high"]) == (160.0, 260.0)


def test_a_dated_digital_share_narrows_the_scale(runs: Runs) -> None:
    folder = runs.folder / "parameters"
    folder.mkdir()
    share = "- {{id: retail, industry: '52', area: '990100', valid_from: {start}, share: 0.4, standard_error: 0.1, source: example}}\n"
    (folder / "shares.yaml").write_text(share.format(start="2023-01-01"), "utf-8")
    run = runs.again()
    (row,) = rows(run, "scale")
    assert (row["qualifier"], row["printed"]) == ("derived", "100.0")
    assert (row["low"], row["high"]) == (pytest.approx(80 + 50 * (0.4 - 0.196)), pytest.approx(80 + 50 * (0.4 + 0.196)))
    assert findings(run, "scale") == []
    (folder / "shares.yaml").write_text(share.format(start="2024-01-01"), "utf-8")
    (row,) = rows(runs.again(), "scale")
    assert row["printed"] == "80.0—130.0"


def test_digital_content_is_that_of_the_textbook(runs: Runs) -> None:
    run = runs.again()
    found = {row["categories"]: row for row in rows(run, "content")}
    assert found["product=t-1"]["value"] == pytest.approx(100 * 0.7 * 0.2 / 0.7575, rel=1e-12)
    assert (found["product=t-1"]["method"], found["product=t-1"]["status"]) == ("derived", "A")
    assert json.loads(found["product=t-1"]["locator"])["residual"] < 1e-12


def test_a_missing_cell_is_not_zero(runs: Runs) -> None:
    table = runs.folder / "tables" / "flows.csv"
    table.write_text(table.read_text("utf-8").rsplit("\n", 2)[0] + "\n", "utf-8")
    run = runs.again()
    assert rows(run, "content") == []
    (finding,) = findings(run, "content")
    assert (finding["rule"], finding["severity"]) == ("input_output_incomplete", "warning")


def test_a_table_that_does_not_produce_is_an_error_finding(runs: Runs) -> None:
    table = runs.folder / "tables" / "outputs.csv"
    table.write_text(table.read_text("utf-8").replace("1000.0", "300.0"), "utf-8")
    run = runs.again()
    assert rows(run, "content") == []
    (finding,) = findings(run, "content")
    assert (finding["rule"], finding["severity"]) == ("input_output_unsolvable", "error")
    assert "t-1" in finding["message"]


def test_a_method_runs_again_only_where_its_inputs_changed(runs: Runs) -> None:
    _ = runs.again().observations
    untouched = runs.again()
    _ = untouched.observations
    assert [each.step for each in untouched.trace if not each.reused] == []
    table = runs.folder / "tables" / "headline.csv"
    table.write_text(table.read_text("utf-8").replace("1060.0", "1061.0"), "utf-8")
    changed = runs.again()
    _ = changed.observations
    ran = {each.step for each in changed.trace if not each.reused}
    assert {"measurement trial", "measured contribution", "measured pull"} <= ran
    assert not {"measurement supply", "measurement tables", "measured scale", "measured content", "derived twice"} & ran


@pytest.mark.parametrize(
    ("language", "indicator", "said"),
    [
        (
            "zh",
            "contribution",
            ("方法  贡献率试算", "取法  68.8%；基期数取公布数", "371.3亿元", "地区生产总值，新城市，2022年；1060.0亿元", "单元格"),
        ),
        ("en", "contribution", ("Method  trial", "Choice  68.8%; base as published", "37.13 billion yuan")),
        (
            "zh",
            "scale",
            ("构成  2个小类，80.0亿元至80.0亿元", "缺口  1个带星号行业没有数字化比例，由市统计局掌握：52", "重叠  52先减去5292"),
        ),
        ("zh", "content", ("2个产品；国内品流量；数字产品：t-2", "总产出，新城市，t-1，2023年；1000.0亿元")),
    ],
)
def test_a_passport_names_method_inputs_and_choices(runs: Runs, language: str, indicator: str, said: tuple[str, ...]) -> None:
    known = records(runs.again(), language)
    figure = next(each for each in known.figures.of(indicator) if each.period.year == 2023)
    text = lineage_text(lineage(figure, known))
    for part in said:
        assert part in text
    assert inputs_of(figure, known.figures).figures


def faults(folder: Path) -> list[str]:
    try:
        check_references(load_workspace(folder))
    except BatchErrors as error:
        return [fault.title for fault in error.errors]
    except GuibiaoError as error:
        return [error.title]
    return []


@pytest.mark.parametrize(
    ("file", "before", "after", "fault"),
    [
        ("indicators/more.yaml", "measurement: supply.scale", "measurement: suply.scale", "没有定义的测算：suply"),
        ("indicators/more.yaml", "measurement: supply.scale", "measurement: supply.size", "没有定义的测算结果：supply.size"),
        ("indicators/more.yaml", "unit: 个百分点", 'unit: "%"', "指标 pull 的单位与方法给出的 个百分点 不同"),
        (
            "indicators/more.yaml",
            "trial.pull, decimals: 2",
            "trial.contribution, decimals: 2",
            "trial.contribution 已由指标 contribution 使用",
        ),
        ("indicators/more.yaml", "measurement: trial.pull", "formula: core, measurement: trial.pull", "指标 pull 既写了公式又写了方法"),
        ("indicators/more.yaml", "nature: intensity, dimensions: [product]", "nature: intensity", "指标 content 的维度应当是：product"),
        ("methods/methods.yaml", "part: digital_economy_value_added", "part: scale", "公式互相引用成环"),
        ("methods/methods.yaml", "whole: gross_domestic_product", "whole: gdp", "没有定义的指标：gdp"),
        ("methods/methods.yaml", 'within: ["5"]', 'within: ["7"]', "没有定义的类目：7"),
        ("methods/methods.yaml", 'within: ["5"]', 'within: ["101"]', "类目 101 在两个总量里"),
        ("methods/methods.yaml", "correspondence: scope_industry", "correspondence: none", "没有定义的对应表：none"),
        ("methods/methods.yaml", "domestic: home, ", "", "投入产出表 t- 混有进口"),
    ],
)
def test_faults_of_definitions_are_named(city: Path, file: str, before: str, after: str, fault: str) -> None:
    path = city / file
    text = path.read_text("utf-8")
    assert before in text
    if fault.startswith("公式互相"):
        after = "part: twice"
        indicators = city / "indicators" / "more.yaml"
        indicators.write_text(indicators.read_text("utf-8").replace("formula: scale * 2", "formula: contribution * 2"), "utf-8")
    path.write_text(text.replace(before, after), "utf-8")
    assert any(title.startswith(fault) for title in faults(city)), faults(city)


def test_a_table_may_not_state_what_a_method_gives(runs: Runs) -> None:
    path = runs.folder / "tables" / "core.yaml"
    path.write_text(path.read_text("utf-8").replace("indicator: core", "indicator: scale"), "utf-8")
    with pytest.raises(GuibiaoError, match="公式或方法"):
        _ = runs.again().tables


def test_methods_are_told_apart_by_name(city: Path) -> None:
    path = city / "methods" / "methods.yaml"
    path.write_text(METHODS.replace("contribution_range", "contribution"), "utf-8")
    with pytest.raises(GuibiaoError) as refused:
        load_workspace(city)
    assert refused.value.place.line
