"""The index of a workspace: its definition checked, its data taken from the workspace's figures, its rows, its command."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from typer.testing import CliRunner

from guibiao.attainment import figures_on
from guibiao.commands.index import build as build_commands
from guibiao.index.construction import compile_construction
from guibiao.index_panel import panel, units_of
from guibiao.indices import board_of_index, rows_csv
from guibiao.ingest.steps import read_table
from guibiao.model.errors import BadRequest, BatchErrors, GuibiaoError, Place
from guibiao.model.messages import set_language
from guibiao.model.tables import INDEX_CHANGES, INDEX_DRIVERS, INDEX_NODES, INDEX_RANKS, INDEX_SCORES
from guibiao.publish.index_board import IndexBoard
from guibiao.reference.check import check_references
from guibiao.reference.check_indices import exhibit_faults, frame_faults, index_faults
from guibiao.reference.definitions import Workspace
from guibiao.reference.index.workspace import FrameDimension, PanelSeries, WorkspaceIndex
from guibiao.reference.load import load_workspace
from guibiao.reference.report_definitions import ChartDefinition, TableDefinition
from guibiao.reference.scaffold import scaffold
from guibiao.run import DataRun

FOLDER = Path(__file__).parents[2] / "workspaces" / "beijing"
NAME = "provincial_digital_economy"
OWN, DAY = "110000", date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("zh")


@dataclass(frozen=True)
class Rows:
    """Rows that answer like a table of the store."""

    rows: list[dict[str, Any]]

    def to_pylist(self) -> list[dict[str, Any]]:
        return self.rows


@dataclass
class Typed:
    """The typed tables that state what the index reads: the part of a run that it needs."""

    workspace: Workspace

    @property
    def index(self) -> WorkspaceIndex:
        return self.workspace.indices[NAME]

    @cached_property
    def statements(self) -> list[dict[str, Any]]:
        needed = set(self.index.indicators)
        bindings = [each for each in self.workspace.tables.values() if each.file and not each.bulk and needed & each.indicators()]
        return [row for binding in bindings for row in cast("list[dict[str, Any]]", read_table(self.workspace, binding).statements)]

    def statements_of(self, indicators: Iterable[str]) -> Rows:
        names = set(indicators)
        return Rows([row for row in self.statements if row["indicator"] in names])

    @cached_property
    def observed(self) -> list[dict[str, Any]]:
        found = figures_on(cast("DataRun", self), self.index.indicators, DAY).rows
        return [dict(row) for rows in found.values() for row in rows]

    def observations_of(self, indicators: Iterable[str]) -> Rows:
        names = set(indicators)
        return Rows([row for row in self.observed if row["indicator"] in names])


@pytest.fixture(scope="module")
def typed() -> Typed:
    return Typed(load_workspace(FOLDER))


def quick(index: WorkspaceIndex, **changes: Any) -> WorkspaceIndex:
    """The index with a short stress test."""
    assert index.definition.stress is not None
    stress = replace(index.definition.stress, runs=400, bootstrap=20)
    return replace(index, definition=replace(index.definition, stress=stress, earlier_runs=200, **changes))


@pytest.fixture(scope="module")
def board(typed: Typed) -> IndexBoard:
    return board_of_index(cast("DataRun", typed), quick(typed.index), [(OWN, 2016, 2024)])


def test_the_panel(typed: Typed) -> None:
    index = typed.index
    data = panel(typed.workspace, index, compile_construction(index.specification), typed.observed)
    assert len(units_of(typed.workspace, index)) == 31
    assert data.values.shape == (31 * 9, 9)
    missing = {
        (data.units[row], index.specification.indicators[place].code)
        for row, place in zip(*(data.values != data.values).nonzero(), strict=True)
    }
    assert missing == {("540000", "software_revenue")}
    assert not any((column != column).any() for column in data.denominators.values())
    assert list(data.times) == sorted(data.times)


def test_scores_by_hand(typed: Typed, board: IndexBoard) -> None:
    """Broadband users per hundred residents, bounded over the panel: from the typed table itself."""
    binding = typed.workspace.tables["province_year_digital_economy"]
    with (FOLDER / "tables" / binding.file).open(encoding="utf-8", newline="") as file:
        values = {
            (row["地区"], int(row["年份"])): float(row["互联网宽带接入用户"]) / float(row["年末常住人口"]) * 100
            for row in csv.DictReader(file)
        }
    low, high = min(values.values()), max(values.values())
    for row in board.scores:
        if row["code"] == "broadband_users":
            value = values[row["name"], row["year"]]
            assert row["value"] == pytest.approx(value, rel=1e-12)
            assert row["score"] == pytest.approx(1 + (value - low) / (high - low) * 99, rel=1e-12)
    node = board.node("broadband_users")
    assert (node["lower"], node["upper"]) == (pytest.approx(low), pytest.approx(high))


def test_tables_are_as_declared(board: IndexBoard) -> None:
    tables = (
        (board.scores, INDEX_SCORES), (board.nodes, INDEX_NODES), (board.ranks, INDEX_RANKS), (board.drivers, INDEX_DRIVERS),
        (board.changes, INDEX_CHANGES),
    )  # fmt: skip
    for rows, table in tables:
        assert rows
        assert all(set(row) == set(table.names) for row in rows)
        assert len({tuple(row[name] for name in table.key) for row in rows}) == len(rows)
        for column in table.columns:
            assert column.nullable or all(row[column.name] is not None for row in rows), column.name
    assert len(board.scores) == 31 * 9 * 14
    assert sum(row["imputed"] for row in board.scores if row["code"] == board.root) == 9


def test_no_rank_of_a_composite_without_its_interval(typed: Typed, board: IndexBoard) -> None:
    for row in board.scores:
        composite = row["level"] > 1
        assert (row["rank"] is not None) == (not composite or row["code"] == board.root)
        assert (row["rank_low"] is not None) == (row["code"] == board.root)
        if row["rank_low"] is not None:
            assert 1 <= row["rank_low"] <= row["rank_high"] <= 31
            assert row["runs"] == (400 if row["year"] == 2024 else 200)
    without = board_of_index(cast("DataRun", typed), replace(typed.index, definition=replace(typed.index.definition, stress=None)))
    assert all(row["rank"] is None for row in without.scores if row["level"] > 1)
    assert (without.ranks, without.drivers) == ((), ())
    with pytest.raises(BadRequest, match="没有区间"):
        without.ranking(2024)


def test_what_the_stress_test_says(board: IndexBoard) -> None:
    for year in range(2016, 2025):
        for unit in {row["unit"] for row in board.ranks}:
            chances = [row["probability"] for row in board.ranks if (row["unit"], row["year"]) == (unit, year)]
            assert sum(chances) == pytest.approx(1)
    factors = {"impute", "treat", "normalise", "weights", "aggregate", "leave_out"}
    assert {row["factor"] for row in board.drivers} == factors
    assert {row["year"] for row in board.drivers} == {2024}
    overall = [row for row in board.drivers if row["unit"] == ""]
    assert all(row["total_low"] <= row["total_high"] for row in overall)


def test_contributions_add_up(board: IndexBoard) -> None:
    scores = {row["year"]: row["score"] for row in board.scores if (row["unit"], row["code"]) == (OWN, board.root)}
    assert sum(row["contribution"] for row in board.changes) == pytest.approx(scores[2024] - scores[2016], abs=1e-9)
    assert {row["kind"] for row in board.changes} == {"value"}


def test_the_same_seed_gives_the_same_rows(typed: Typed, board: IndexBoard) -> None:
    again = board_of_index(cast("DataRun", typed), quick(typed.index), [(OWN, 2016, 2024)])
    assert again == board
    assert (
        IndexBoard(
            **{name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(json.dumps(board.plain())).items()}
        )
        == board
    )


def test_the_file(board: IndexBoard) -> None:
    read = list(csv.DictReader(io.StringIO(rows_csv(INDEX_SCORES, board.scores).decode("utf-8-sig"))))
    assert len(read) == len(board.scores)
    first = next(row for row in read if (row["unit"], row["year"], row["code"]) == (OWN, "2024", "index"))
    assert (first["name"], first["seed"]) == ("北京市", "20260701")
    assert float(first["score"]) == board.of_year(2024)[0]["score"]
    assert {row["rank"] for row in read if row["code"] == "industry"} == {""}


def test_figures_on_two_bases_never_stand_in_one_column(typed: Typed) -> None:
    index = typed.index
    loose = {**index.definition.series, "gross_domestic_product": PanelSeries(indicator="gross_domestic_product")}
    with pytest.raises(BadRequest, match="口径") as refusal:
        panel(
            typed.workspace,
            replace(index, definition=replace(index.definition, series=loose)),
            compile_construction(index.specification),
            typed.observed,
        )
    assert refusal.value.place.file == f"indices/{NAME}.yaml"


def test_a_year_without_any_figure(typed: Typed) -> None:
    index = typed.index
    longer = replace(index, definition=replace(index.definition, last=2030))
    with pytest.raises(BadRequest, match="2025 年没有任何单位的数"):
        panel(typed.workspace, longer, compile_construction(index.specification), typed.observed)


def titles(faults: Iterable[GuibiaoError]) -> list[str]:
    return [fault.title for fault in faults]


def test_faults_of_a_definition(typed: Typed) -> None:
    index, workspace = typed.index, typed.workspace

    def faults(**changes: Any) -> list[str]:
        return titles(index_faults(workspace, replace(index, definition=replace(index.definition, **changes))))

    assert faults() == []
    assert faults(parent="") == [f"指数 {NAME} 的单位没有写明，或写了两遍"]
    assert faults(areas=("110000",)) == [f"指数 {NAME} 的单位没有写明，或写了两遍"]
    assert faults(parent="999999") == ["没有定义的地区：999999"]
    assert faults(first=2025) == [f"指数 {NAME} 的起止年份颠倒"]
    assert faults(earlier_runs=20) == [f"指数 {NAME} 的压力测试不足 200 次，位次区间不可靠"]
    assert faults(series={**index.definition.series, "nothing": PanelSeries(indicator="software_revenue")}) == ["没有定义的列：nothing"]
    other = {**index.definition.series, "software_revenue": PanelSeries(indicator="nothing")}
    assert faults(series=other) == ["没有定义的指标：nothing"]
    basis = {**index.definition.series, "software_revenue": PanelSeries(indicator="software_revenue", accounting_basis="nothing")}
    assert faults(series=basis) == ["没有定义的核算口径：nothing"]


def test_no_series_runs_across_a_break(typed: Typed) -> None:
    index = typed.index
    broken = {**index.definition.series, "broadband_users": PanelSeries(indicator="telecommunication_business_volume")}
    [fault] = index_faults(typed.workspace, replace(index, definition=replace(index.definition, series=broken)))
    assert "2021-01-01" in fault.title
    assert (fault.place.file, fault.place.line) == (f"indices/specifications/{NAME}.yaml", index.places["broadband_users"].line)
    later = replace(index, definition=replace(index.definition, series=broken, first=2021))
    assert list(index_faults(typed.workspace, later)) == []


def exhibits(workspace: Workspace, *charts: ChartDefinition, tables: tuple[TableDefinition, ...] = ()) -> list[str]:
    report = replace(workspace.report, charts=charts, tables=tables)
    return titles(exhibit_faults(replace(workspace, report=report)))


def chart(kind: str = "index_ranks", **fields: Any) -> ChartDefinition:
    return ChartDefinition(id="trial", kind=kind, title_zh="试", **{"index": NAME, **fields})  # type: ignore[arg-type]


def test_a_league_table_without_intervals_is_refused(typed: Typed) -> None:
    bare = replace(typed.index, definition=replace(typed.index.definition, stress=None))
    workspace = replace(typed.workspace, indices={NAME: bare})
    said = f"trial 要发布指数 {NAME} 的位次，而它没有位次区间"
    for kind in ("index_ranks", "index_profile", "index_stability", "index_drivers"):
        assert exhibits(workspace, chart(kind)) == [said]
    assert exhibits(workspace, tables=(TableDefinition(id="trial", title_zh="试", rows="index", index=NAME),)) == [said]
    assert exhibits(workspace, chart("index_weights"), chart("index_change")) == []
    assert exhibits(typed.workspace, chart()) == []


def test_exhibits_name_an_index_and_a_year_there_is(typed: Typed) -> None:
    assert exhibits(typed.workspace, chart(index="nothing")) == ["没有定义的指数：nothing"]
    assert exhibits(typed.workspace, chart(year=2030)) == [f"trial 的年份 2030 不在指数 {NAME} 的 2016—2024 年之内"]
    frame = TableDefinition(id="trial", title_zh="试", rows="frame", index="nothing")
    assert exhibits(typed.workspace, tables=(frame,)) == ["没有定义的框架：nothing"]


def test_frames_name_dimensions_there_are(typed: Typed) -> None:
    frame = typed.workspace.frames["benchmark_city_frame"]
    assert list(frame_faults(typed.workspace, frame)) == []
    wrong = (FrameDimension(framework="nothing", dimension="opening"), FrameDimension(framework="benchmark_city", dimension="nothing"))
    assert titles(frame_faults(typed.workspace, replace(frame, dimensions=wrong, least_share=0))) == [
        "least_share 应在 0 与 1 之间", "没有定义的统计框架：nothing", "没有定义的一级领域：nothing",
    ]  # fmt: skip


SPECIFICATION = """id: small
indicators:
  - {code: CODE, parent: all}
  - {code: other, parent: all, direction: DIRECTION}
aggregates:
  - {code: all}
"""
DEFINITION = """id: small
zh: 小指数
en: Small index
specification: SPECIFICATION
areas: [AREA]
first: 2023
last: 2024
series:
  other: {indicator: INDICATOR}
"""
REPORT = """
  - id: league
    kind: index_ranks
    index: small
    title_zh: 排名
"""


def city(folder: Path, **changes: str) -> list[str]:
    """Faults of a new city with an index of its own, as places and titles."""
    root = scaffold(folder, f"city{len(list(folder.iterdir()))}", "新城市", "990100")
    indicator = next(iter(load_workspace(root).indicators))
    given = {"CODE": indicator, "DIRECTION": "1", "SPECIFICATION": "small", "AREA": '"990100"', "INDICATOR": indicator, **changes}
    definition, specification = DEFINITION, SPECIFICATION
    for name, text in given.items():
        definition, specification = definition.replace(name, text), specification.replace(name, text)
    (root / "indices" / "specifications").mkdir(parents=True)
    (root / "indices" / "small.yaml").write_text(definition, "utf-8")
    (root / "indices" / "specifications" / "small.yaml").write_text(specification, "utf-8")
    report = root / "report" / "report.yaml"
    if "REPORT" in changes:
        report.write_text(report.read_text("utf-8").replace("charts:\n", "charts:" + REPORT, 1), "utf-8")
    try:
        check_references(load_workspace(root))
    except BatchErrors as several:
        return [f"{each.place} {each.title}" for each in several.errors]
    except GuibiaoError as fault:
        return [f"{fault.place} {fault.title}"]
    return []


def test_faults_have_file_and_line(tmp_path: Path) -> None:
    assert city(tmp_path) == []
    assert city(tmp_path, SPECIFICATION="absent") == ["indices/small.yaml:1 指数 small 没有说明文件 indices/specifications/absent.yaml"]
    assert city(tmp_path, DIRECTION="0") == ["indices/specifications/small.yaml:4 指标 other 的方向是 0"]
    assert city(tmp_path, INDICATOR="nothing") == ["indices/specifications/small.yaml:4 没有定义的指标：nothing"]
    assert city(tmp_path, AREA="x") == ["indices/small.yaml:1 没有定义的地区：x"]


def test_the_publisher_names_the_line_of_the_league_table(tmp_path: Path) -> None:
    [fault] = city(tmp_path, REPORT="yes")
    report = next(tmp_path.iterdir()) / "report" / "report.yaml"
    line = next(number for number, text in enumerate(report.read_text("utf-8").splitlines(), 1) if "id: league" in text)
    assert fault == f"report/report.yaml:{line} league 要发布指数 small 的位次，而它没有位次区间"


@pytest.fixture
def run(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command on the typed figures, with a short stress test."""
    from contextlib import contextmanager

    from guibiao.commands.index import of_workspace

    workspace = replace(typed.workspace, indices={NAME: quick(typed.index)})

    @contextmanager
    def session(*_arguments: object) -> Iterator[Any]:
        yield type("At", (), {"workspace": workspace, "store": None, "folder": Path()})

    monkeypatch.setattr(of_workspace, "session", session)
    monkeypatch.setattr("guibiao.run.DataRun", lambda *_arguments: typed)
    application = typer.Typer()
    build_commands.register(application)
    return lambda *arguments: CliRunner().invoke(application, ["build", *arguments])


def test_the_command(run: Any) -> None:
    content = json.loads(run(NAME, "--year", "2024", "--format", "json").stdout)
    assert len(content["rows"]) == 31 * 14
    first = content["rows"][0]
    assert (first["unit"], first["code"], first["rank"], first["runs"]) == (OWN, "index", 1, 400)
    assert [row["weight"] for row in content["nodes"]][:5] == [1.0, 0.25, 0.25, 0.25, 0.25]
    table = run(NAME)
    assert "北京市" in table.stdout
    refused = run(NAME, "--year", "2030")
    assert isinstance(refused.exception, BadRequest)
    assert isinstance(run("nothing").exception, BadRequest)
    for choice in (("--treat", "none"), ("--aggregate", "geometric"), ("--equal-weights",), ("--no-denominate",)):
        assert "不另选做法" in str(run(NAME, *choice).exception)
    assert isinstance(run().exception, BadRequest)


def test_a_place_without_file_is_that_of_the_definition(typed: Typed) -> None:
    assert typed.workspace.places[f"index {NAME}"] == Place(f"indices/{NAME}.yaml", 1)
