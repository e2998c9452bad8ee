"""Tables of a workspace and delivered files: results, digests, what is recorded, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from guibiao.ingest.steps import TableResult, ingest_file, read_table, record_table
from guibiao.model.errors import BadInput
from guibiao.model.tables import FINDINGS, Table
from guibiao.reference.definitions import Facts, Selector, TableBinding
from tests.ingest.samples import LISTED, LISTED_CSV, RETAIL, VINTAGES, VINTAGES_CSV, workspace, written

ROWS = 12_000


class Recorder:
    """A store that remembers what it was asked to record, and forgets it where the transaction fails."""

    def __init__(self, broken: str = "") -> None:
        self.rows: dict[tuple[str, str], int] = {}
        self.broken = broken

    @contextmanager
    def transaction(self) -> Iterator[None]:
        before = dict(self.rows)
        try:
            yield
        except BaseException:
            self.rows = before
            raise

    def record(self, table: Table, content_key: str, rows: Sequence[Mapping[str, Any]]) -> bool:
        if table.name == self.broken:
            raise BadInput("")
        assert all(tuple(row) == table.names for row in rows)
        self.rows[table.name, content_key] = len(rows)
        return True


def result_of(folder: Path, binding: TableBinding, content: str) -> TableResult:
    (folder / "tables").mkdir(exist_ok=True)
    written(folder / "tables", binding.file, content)
    return read_table(workspace(binding, folder=folder), binding)


def test_a_table_of_the_workspace(tmp_path: Path) -> None:
    result = result_of(tmp_path, LISTED, LISTED_CSV)
    assert result.dataset == "listed"
    assert result.counts["statements"] == len(result.statements) == 5
    assert [tuple(finding) for finding in result.findings] == [FINDINGS.names] * len(result.findings)
    assert result.findings[0]["severity"] == "info"


def test_a_delivered_file_says_its_name(tmp_path: Path) -> None:
    result = ingest_file(workspace(LISTED), written(tmp_path, "七月.csv", LISTED_CSV.replace("…", "1")), "listed")
    assert result.statements[0]["locator"].startswith("七月.csv 表2 第3行")
    assert {row["dataset"] for row in (*result.cells, *result.statements)} == {"listed"}


def test_the_digest_of_an_indicator_changes_with_its_cells_alone(tmp_path: Path) -> None:
    binding = replace(RETAIL, values={"零售额": Facts(indicator="retail"), "用户": Facts(indicator="users")})
    content = "地区,时间,零售额,用户\n甲市,2021年,100.5,7\n乙市,2021年,98,8\n"
    before = result_of(tmp_path, binding, content).digests
    after = result_of(tmp_path, binding, content.replace("98", "99")).digests
    assert sorted(before) == ["retail", "users"]
    assert before["users"] == after["users"]
    assert before["retail"] != after["retail"]
    assert result_of(tmp_path, binding, content).digests == before


def test_a_result_is_recorded_whole_or_not_at_all(tmp_path: Path) -> None:
    result = result_of(tmp_path, VINTAGES, VINTAGES_CSV)
    store = Recorder()
    record_table(store, "key", result)  # type: ignore[arg-type]
    assert store.rows == {("cells", "key"): 28, ("statements", "key"): 2, ("findings", "key"): 1}
    broken = Recorder("findings")
    with pytest.raises(BadInput):
        record_table(broken, "key", result)  # type: ignore[arg-type]
    assert not broken.rows


def long_table(rows: int) -> str:
    lines = ["region,year,indicator,unit,value,vintage,path"]
    names = [("地区生产总值", "亿元"), ("零售", "亿元"), ("用户", "万户"), ("人口", "万人")]
    for number in range(rows):
        name, unit = names[number % 4]
        area, year, label = ("甲市", "乙市")[number // 4 % 2], 1200 + number // 8 % 800, ("初步核算", "普查修订")[number // 6400 % 2]
        lines.append(f"{area},{year},{name},{unit},{number}.{number % 10},{label},data/a.csv")
    return "\n".join(lines) + "\n"


def test_a_long_table_is_bound_whole(tmp_path: Path) -> None:
    known = {"地区生产总值": "gdp", "零售": "retail", "用户": "users"}
    selector = Selector(column="indicator", supplies="indicator", lookup=known, skip=("人口",))
    binding = replace(VINTAGES, rows=tuple(selector if each.supplies == "indicator" else each for each in VINTAGES.rows))
    content = long_table(ROWS)
    result = result_of(tmp_path, binding, content)
    assert (result.counts["rows"], result.counts["statements"]) == (ROWS, ROWS * 3 // 4)
    assert len(result.cells) == (ROWS + 1) * 7


@pytest.mark.needs_shared
def test_the_provincial_panel_binds(shared_folder: Path) -> None:
    binding = TableBinding(
        id="panel", title="分省年度数据", file="province_year_nbs_api_long.csv", source="paper",
        rows=(
            Selector(column="adcode", supplies="area", lookup={"110000": "110"}, skip=()),
            Selector(column="year", supplies="period"),
            Selector(column="indicator", supplies="indicator", lookup={"互联网宽带接入用户": "users"}),
            Selector(column="unit", supplies="unit"),
        ),
        values={"value": Facts()},
    )  # fmt: skip
    result = read_table(workspace(binding), binding, shared_folder / "data" / "panels")
    assert result.counts["rows"] == 12_228
    assert result.counts["statements"] == 9
    assert result.counts["statements"] + result.counts["unknown label"] == 12_228
