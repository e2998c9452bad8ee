"""`guibiao series monthly`, `link`, `growth`, `deflate` and `chain` as a user meets them; figures on file as sources."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from guibiao.commands.series import link, monthly, volume
from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.model.messages import set_language
from guibiao.model.series import Frequency
from guibiao.published_months import sources_of_observations
from guibiao.reference.series.monthly import MonthlySpecification
from guibiao.series.published.cumulative import months_from_cumulative

PUBLISHED = """月份,累计,累计增长,当期,同比
2024-02,81306.9,5.5,,
2024-03,120326.8,4.7,39019.9,3.1
2024-04,156025.8,4.1,35699.1,2.3
2024-05,195236.9,4.1,39211.0,3.7
2024-06,235969.0,3.7,40731.6,2.0
"""
COLUMNS = ("--cumulative", "累计", "--growth", "累计增长", "--level", "当期", "--level-growth", "同比")


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return written(tmp_path / "retail.csv", PUBLISHED)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def guibiao(*words: object) -> Result:
    app = typer.Typer()
    for module in (monthly, link, volume):
        module.register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


def rows_of(*words: object) -> list[dict[str, str]]:
    done = guibiao(*words, "--format", "csv")
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout)))


def fault_of(*words: object) -> GuibiaoError:
    done = guibiao(*words)
    assert isinstance(done.exception, GuibiaoError), done.output
    return done.exception


def test_months_as_csv(published: Path) -> None:
    rows = rows_of("monthly", "--data", published, *COLUMNS)
    assert [row["period"] for row in rows] == ["2024-01..02", "2024-03", "2024-04", "2024-05", "2024-06"]
    march = rows[1]
    assert (march["level"], march["level_low"], march["level_high"]) == ("39019.9", "39019.8", "39020.0")
    assert float(march["base"]) == pytest.approx(120326.8 / 1.047 - 81306.9 / 1.055, rel=1e-14)
    assert float(march["growth"]) == pytest.approx(100 * (39019.9 / (120326.8 / 1.047 - 81306.9 / 1.055) - 1), rel=1e-12)
    assert float(march["growth_low"]) < 3.1 < float(march["growth_high"])
    assert (march["level_agrees"], march["growth_agrees"]) == ("True", "True")
    june = rows[4]
    assert (june["level"], june["published_level"], june["level_agrees"], june["stated_level"]) == (
        "40732.1",
        "40731.6",
        "False",
        "40731.6",
    )


def test_months_as_json_say_what_does_not_agree(published: Path) -> None:
    done = json.loads(guibiao("monthly", "--data", published, *COLUMNS, "--format", "json").stdout)
    assert done["diagnostics"]["levels_apart"] == ["2024-06"]
    assert done["diagnostics"]["growth_apart"] == []
    assert done["diagnostics"]["derived"] == 5
    assert done["diagnostics"]["half_units"]["累计"] == [0.05]
    assert done["rows"][0]["published_level"] is None
    assert any("2024-06" in note for note in done["notes"])


def test_the_table_says_what_was_done(published: Path) -> None:
    done = guibiao("monthly", "--data", published, *COLUMNS)
    assert "2024-03" in done.stdout
    assert "推算 5" in done.stdout
    assert "公布水平不在舍入区间内 1 期：2024-06" in done.stdout


def test_what_is_odd_is_said(tmp_path: Path) -> None:
    path = written(
        tmp_path / "odd.csv", "month,c,g,l\n2024-01,1000,5,\n2024-02,1000.3,5,\n2024-03,990.3,-100,\n2024-05,,,9\n2024-06,1020,5,\n"
    )
    done = guibiao("monthly", "--data", path, "--cumulative", "c", "--growth", "g", "--level", "l", "--format", "json")
    found = json.loads(done.stdout)
    odd = {name: found["diagnostics"][name] for name in ("falling", "unbounded", "without_growth", "not_derivable")}
    assert odd == {
        "falling": ["2024-03"], "unbounded": ["2024-02"], "without_growth": ["2024-03", "2024-05"],
        "not_derivable": ["2024-04", "2024-06"],
    }  # fmt: skip
    assert found["rows"][1]["growth_low"] is None
    assert sum("期：2024-" in note for note in found["notes"]) == 4


@pytest.mark.parametrize("rule", ["days", "working-days", "equal", "smooth"])
def test_splitting_keeps_the_sum(published: Path, rule: str) -> None:
    done = guibiao("monthly", "--data", published, *COLUMNS, "--split", rule, "--format", "json")
    january, february, *others = json.loads(done.stdout)["rows"]
    assert (january["period"], february["period"]) == ("2024-01", "2024-02")
    assert january["level"] + february["level"] == 81306.9
    assert january["origin"] == "split"
    assert all(row["origin"] == "derived" for row in others)
    assert any("是假定" in note for note in json.loads(done.stdout)["notes"])


def test_splitting_by_another_column(tmp_path: Path) -> None:
    path = written(tmp_path / "w.csv", "month,total,workdays\n2024-01,,22\n2024-02,400,18\n2024-03,600,21\n")
    rows = rows_of("monthly", "--data", path, "--cumulative", "total", "--split", "proportional", "--split-by", "workdays")
    assert [float(row["level"]) for row in rows] == [220, 180, 200]


def test_the_only_series_of_a_file_needs_no_name(tmp_path: Path) -> None:
    path = written(tmp_path / "one.csv", "period,value\n2023Q1,100\n2023Q2,210\n")
    assert [row["level"] for row in rows_of("monthly", "--data", path)] == ["100.0", "110.0"]


def test_a_specification_file_and_flags_over_it(published: Path, tmp_path: Path) -> None:
    stated = written(tmp_path / "s.yaml", "cumulative: 累计\ngrowth: 累计增长\nsplit: equal\nlevel_decimals: 0\n")
    rows = rows_of("monthly", "--data", published, "--spec", stated)
    assert (rows[0]["level"], rows[0]["level_low"]) == ("40653.45", "40653.2")
    assert len(rows_of("monthly", "--data", published, "--spec", stated, "--split", "none")) == 5
    fault = fault_of("monthly", "--data", published, "--spec", written(tmp_path / "b.yaml", "cumulative: 累计\nsplits: equal\n"))
    assert (fault.place.file, fault.place.line) == ("b.yaml", 2)


def test_what_cannot_be_is_refused(published: Path, tmp_path: Path) -> None:
    assert "没有序列 总额" in fault_of("monthly", "--data", published, "--cumulative", "总额").title
    assert "没有说哪一列" in fault_of("monthly", "--data", published).title
    assert "要说一个" in fault_of("monthly").title
    assert "要说一个" in fault_of("monthly", "--data", published, "--indicator", "x").title
    yearly = written(tmp_path / "y.csv", "year,x\n2020,1\n2021,2\n")
    assert "只有月度" in fault_of("monthly", "--data", yearly).title
    assert "要有另一序列" in fault_of("monthly", "--data", published, *COLUMNS, "--split", "proportional").title
    assert guibiao("monthly", "--data", published, "--split", "half").exit_code == 2


@pytest.mark.parametrize(
    "text",
    ["", "月份\n", "月份,x\n2024-02,abc\n", "月份,x\n第二月,1\n2024-03,2\n", "月份,x\n2024-02,1,2\n", "月份,x\n2024-02,\n2024-03,\n"],
)
def test_files_that_are_no_series_are_refused_with_a_reason(tmp_path: Path, text: str) -> None:
    assert fault_of("monthly", "--data", written(tmp_path / "bad.csv", text)).title


def test_linking_as_csv_and_json(tmp_path: Path) -> None:
    path = written(tmp_path / "two.csv", "year,old,new\n2016,90,\n2017,100,\n2018,110,121\n2019,,132\n")
    words = ("link", "--data", path, "--old", "old", "--new", "new", "--reason", "第四次经济普查")
    rows = rows_of(*words)
    assert [float(row["value"]) for row in rows] == pytest.approx([99, 110, 121, 132])
    assert [row["origin"] for row in rows] == ["back-cast", "back-cast", "new", "new"]
    diagnostics = json.loads(guibiao(*words, "--format", "json").stdout)["diagnostics"]
    assert diagnostics["factor"] == pytest.approx(1.1)
    assert (diagnostics["first"], diagnostics["periods"], diagnostics["reason"]) == ("2018", 1, "第四次经济普查")


def test_growth_across_a_break_is_left_out_and_told(tmp_path: Path) -> None:
    path = written(tmp_path / "b.csv", "year,x\n2016,100\n2017,110\n2018,150\n2019,165\n")
    done = json.loads(guibiao("growth", "--data", path, "--break", "2018=新的统计分类", "--format", "json").stdout)
    assert [row["growth"] for row in done["rows"]] == [None, pytest.approx(10.0), None, pytest.approx(10.0)]
    (fault,) = done["diagnostics"]["faults"]
    assert (fault["rule"], fault["period"]) == ("comparison_across_break", "2018")
    assert "新的统计分类" in done["notes"][0]
    assert "不是序列里的时期" in fault_of("growth", "--data", path, "--break", "2030=x").title


def test_periods_without_growth_are_counted_by_why(tmp_path: Path) -> None:
    path = written(tmp_path / "y.csv", "year,x\n2015,1\n2016,0\n2017,3\n2018,\n2019,4\n2020,-5\n2021,2\n")
    done = json.loads(guibiao("growth", "--data", path, "--format", "json").stdout)
    assert [row["growth"] for row in done["rows"]] == [None, -100.0, None, None, None, -225.0, None]
    assert done["notes"] == ["最初 1 期没有可比的前期，不算增速", "有 2 期的基期为零或负数，不算增速", "有 1 期的基期缺数，不算增速"]
    months = written(tmp_path / "m.csv", "month,x\n2020-01,1\n2020-02,2\n2021-01..02,4\n")
    told = json.loads(guibiao("growth", "--data", months, "--format", "json").stdout)["notes"]
    assert told[-1] == "有 1 期与基期所含的期数不同（如合并发布），不算增速"


def test_deflating(tmp_path: Path) -> None:
    path = written(tmp_path / "d.csv", "year,current,price\n2020,100,100\n2021,121,110\n2022,150,\n")
    rows = rows_of("deflate", "--data", path, "--series", "current", "--prices", "price", "--reference", "2020")
    assert rows[0]["constant"] == "100.0"
    assert float(rows[1]["constant"]) == pytest.approx(110)
    assert rows[2]["constant"] == ""


def test_deflating_by_published_changes_of_prices(tmp_path: Path) -> None:
    path = written(tmp_path / "d.csv", "year,current,price\n2020,100,102\n2021,121,110\n2022,150,104\n")
    words = ("deflate", "--data", path, "--series", "current", "--prices", "price", "--reference", "2020", "--compared")
    rows = rows_of(*words, "period-before")
    assert [float(row["constant"]) for row in rows] == pytest.approx([100, 110, 150 / 1.1 / 1.04])
    assert [float(row["constant"]) for row in rows_of(*words, "year-before")] == pytest.approx([100, 110, 150 / 1.1 / 1.04])
    assert any("同一季节" in note for note in json.loads(guibiao(*words, "year-before", "--format", "json").stdout)["notes"])
    assert "没有年份" in fault_of(*words[:-2], "x", "--compared", "year-before").title


def test_chaining_and_contributions(tmp_path: Path) -> None:
    quarters = [f"{year}-Q{quarter}" for year in (1997, 1998) for quarter in (1, 2, 3, 4)]
    amounts = {"A": [62.75] * 4 + [67.4, 69.4, 71.5, 73.7], "B": [59.0] * 4 + [57.6, 57.1, 56.5, 55.8]}
    priced = {"A": [7.0] * 4 + [5.5] * 4, "B": [6.0] * 4 + [9.0] * 4}
    values = "".join(f"{q},{amounts['A'][at] * priced['A'][at]},{amounts['B'][at] * priced['B'][at]}\n" for at, q in enumerate(quarters))
    prices = "".join(f"{q},{priced['A'][at]},{priced['B'][at]}\n" for at, q in enumerate(quarters))
    files = [written(tmp_path / name, "period,A,B\n" + text) for name, text in (("v.csv", values), ("p.csv", prices))]
    rows = rows_of("chain", "--data", files[0], "--prices", files[1])
    assert [float(row["total"]) for row in rows[4:]] == pytest.approx([817.4, 828.4, 839.5, 850.7])
    points = rows_of("chain", "--data", files[0], "--prices", files[1], "--contributions", 1)
    within = next(row for row in points if row["period"] == "1998-Q2")
    assert float(within["A"]) == pytest.approx(100 * 7 * 2.0 / 817.4)
    assert float(within["A"]) + float(within["B"]) == pytest.approx(float(within["growth"]))
    other = json.loads(
        guibiao(
            "chain", "--data", files[0], "--prices", files[1], "--overlap", "one-period", "--contributions", 4, "--format", "json"
        ).stdout
    )
    assert other["diagnostics"]["exact"] is False


def observation(start: str, end: str, value: float, measure: str, half: float | None = 0.05) -> dict[str, Any]:
    bounds = (None, None) if half is None else (value - half, value + half)
    return {
        "period_start": date.fromisoformat(start), "period_end": date.fromisoformat(end), "measure": measure, "value": value,
        "low": bounds[0], "high": bounds[1],
    }  # fmt: skip


def test_figures_on_file_as_sources() -> None:
    levels = [
        observation("2024-01-01", "2024-02-29", 81306.9, "to date"),
        observation("2024-01-01", "2024-03-31", 120326.8, "to date"),
        observation("2024-03-01", "2024-03-31", 39019.9, "during"),
        observation("2024-01-01", "2024-12-31", 487894.8, "during"),
        observation("2024-12-31", "2024-12-31", 1.0, "at end"),
    ]
    rates = [observation("2024-01-01", "2024-02-29", 5.5, "to date", None), observation("2024-01-01", "2024-03-31", 4.7, "to date")]
    sources = sources_of_observations(levels, rates, "retail", "亿元", None, MonthlySpecification())
    assert sources.cumulative is not None
    assert sources.cumulative.half_units == (0.05, 0.05)
    assert sources.cumulative_growth is not None
    assert sources.cumulative_growth.half_units == (0.05, 0.05)
    assert sources.growth is None
    march = months_from_cumulative(sources).rows[1]
    assert (march.level.value, march.published_level.value) == (39019.9, 39019.9)
    stated = sources_of_observations(levels, rates, "retail", "亿元", None, MonthlySpecification(level_decimals=0))
    assert stated.cumulative is not None
    assert stated.cumulative.half_units == (0.5, 0.5)


def test_quarters_on_file_and_bases_that_differ() -> None:
    levels = [observation("2024-01-01", "2024-03-31", 100.0, "to date"), observation("2024-01-01", "2024-06-30", 210.0, "to date")]
    sources = sources_of_observations(levels, [], "gdp", "亿元", None, MonthlySpecification())
    assert sources.cumulative is not None
    assert sources.cumulative.series.frequency is Frequency.QUARTER
    assert [row.level.value for row in months_from_cumulative(sources).rows] == [100.0, 110.0]
    with pytest.raises(BadRequest, match="口径不同"):
        sources_of_observations(
            [*levels, observation("2024-01-01", "2024-06-30", 215.0, "to date")], [], "gdp", "", None, MonthlySpecification()
        )
    with pytest.raises(BadRequest, match="没有月度或季度"):
        sources_of_observations([observation("2024-12-31", "2024-12-31", 1.0, "at end")], [], "x", "", None, MonthlySpecification())
    assert not math.isnan(sources.cumulative.series.values[0])
