"""The worked example of retail sales: its file repeats the workspace's tables, its commands run, and its figures are what they give."""

from __future__ import annotations

import csv
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from guibiao.model.messages import set_language
from tests.capabilities import ROOT
from tests.documentation.shell_blocks import Command, commands

PAGE = "docs/examples/retail-sales.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
FIGURES = ROOT / "docs" / "examples" / "national_retail_sales.csv"
TABLES = ROOT / "workspaces" / "beijing" / "tables"
NAME = "社会消费品零售总额"
Rows = list[dict[str, str]]


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_repeats_the_tables_of_the_workspace() -> None:
    expected = []
    for row in rows_of(TABLES / "national_monthly_retail_sales_2012.csv"):
        month, level, growth = row["月份"], row[NAME], row[f"{NAME}_当月同比"]
        if month < "2018":
            expected.append((f"{month[:4]}-02", level, growth, "", "") if ".." in month else (month, "", "", level, growth))
    columns = [NAME + column for column in ("累计值", "累计增长", "当期值", "同比增长")]
    expected += [(row["月份"], *(row[column] for column in columns)) for row in rows_of(TABLES / "national_monthly_retail_sales.csv")]
    assert [tuple(row.values()) for row in rows_of(FIGURES)] == expected


def run(command: Command) -> None:
    """In this process, writing to a file where the page does."""
    words, target = list(command.words[2:]), ""
    if ">" in words:
        at = words.index(">")
        words, target = words[:at], words[at + 1]
    app = typer.Typer()
    app.callback()(lambda: None)
    importlib.import_module(f"guibiao.commands.series.{words[0]}").register(app)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, f"{command}: {done.exception!r}"
    if target:
        Path(target).write_text(done.stdout, encoding="utf-8")
        Path(target).with_suffix(".notes").write_text(done.stderr, encoding="utf-8")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder `out/` after every command of the page in order."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "out").mkdir()
    (folder / "docs").symlink_to(ROOT / "docs")
    found = [command for command in commands() if command.document == PAGE]
    assert len(found) == 6
    set_language("zh")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in found:
            run(command)
        yield folder / "out"


def test_the_months_are_those_of_the_page(outputs: Path) -> None:
    months = {row["period"]: row for row in rows_of(outputs / "retail_months.csv")}
    assert len(months) == 157
    assert sum(row["origin"] == "published" for row in months.values()) == 60
    december = months["2024-12"]
    for name, decimals in (("base", 1), ("base_low", 1), ("base_high", 1), ("growth", 2), ("growth_low", 2), ("growth_high", 2)):
        assert f" {float(december[name]):,.{decimals}f} " in TEXT
    assert sum(row["growth_agrees"] == "True" for row in months.values()) == 82
    assert not any(row["growth_agrees"] == "False" for row in months.values())
    assert [period for period, row in months.items() if row["level_agrees"] == "False"] == ["2024-06", "2024-07"]
    apart = {
        period: abs(float(row["growth"]) - float(row["published_growth"]))
        for period, row in months.items()
        if row["origin"] == "derived" and row["published_growth"]
    }
    assert max(apart, key=lambda period: apart[period]) == "2019-11"
    assert f"{apart['2019-11']:.2f} points" in TEXT


def half_widths(months: Rows, month: str) -> list[float]:
    return [
        (float(row["growth_high"]) - float(row["growth_low"])) / 2
        for row in months
        if row["origin"] == "derived" and row["period"].endswith(f"-{month}")
    ]


def test_what_rounding_leaves_open_grows_over_the_year(outputs: Path) -> None:
    months = rows_of(outputs / "retail_months.csv")
    assert [f"{edge:.1f}" for edge in (min(half_widths(months, "03")), max(half_widths(months, "03")))] == ["0.2", "0.3"]
    assert [f"{edge:.1f}" for edge in (min(half_widths(months, "12")), max(half_widths(months, "12")))] == ["0.8", "1.1"]


@pytest.mark.parametrize(("year", "factor"), [("2017", 0.9543), ("2014", 1.0363), ("2024", 0.9906)])
def test_the_links_are_those_of_the_page(outputs: Path, year: str, factor: float) -> None:
    months = {row["period"]: row for row in rows_of(outputs / "retail_months.csv")}
    at = {
        one: float(months[f"{one}-05"]["comparable_level"]) / float(months[f"{one}-05"]["stated_level"])
        for one in (year, str(int(year) + 1))
    }
    assert at[year] / at[str(int(year) + 1)] == pytest.approx(factor, abs=5e-5)
    assert f"| {year} | {factor} |" in TEXT


def test_the_halves_add_to_what_was_published(outputs: Path) -> None:
    single = {row["period"]: float(row["level"]) for row in rows_of(outputs / "retail_single_months.csv")}
    whole = [row for row in rows_of(FIGURES) if row["month"].endswith("-02")]
    assert len(whole) == 15
    for row in whole:
        assert single[f"{row['month'][:4]}-01"] + single[row["month"]] == float(row["cumulative"])


def test_the_adjusted_series_are_those_of_the_page(outputs: Path) -> None:
    plain, festival = (rows_of(outputs / name) for name in ("retail_adjusted.csv", "retail_adjusted_festival.csv"))
    assert len(plain) == len(festival) == 172
    assert f"| {float(plain[-1]['adjusted']):,.1f} | {float(festival[-1]['adjusted']):,.1f} |" in TEXT
    apart = [abs(100 * (float(two["adjusted"]) / float(one["adjusted"]) - 1)) for one, two in zip(plain, festival, strict=True)]
    assert f"within {max(apart):.2f} %" in TEXT
    notes = [(outputs / f"{name}.notes").read_text(encoding="utf-8") for name in ("retail_adjusted", "retail_adjusted_festival")]
    criteria = [float(found[1]) for note in notes if (found := re.search(r"AICC (\d+\.\d+)", note))]
    assert "| AICC | {:.2f} | {:.2f} |".format(*criteria) in TEXT
    assert all("离群值 13 个" in note for note in notes)
    assert "| outliers found | 13 | the same 13 |" in TEXT


@pytest.mark.parametrize("name", ["retail-growth.png", "retail-adjusted.png"])
def test_the_pictures_are_drawn(outputs: Path, name: str) -> None:
    assert (outputs / name).read_bytes().startswith(b"\x89PNG")
    assert (ROOT / "docs" / "images" / name).read_bytes().startswith(b"\x89PNG")
