"""The workbook of the ledger: what goes out comes back, offices' own forms are understood, nothing is half taken in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from guibiao.ingest.workbook import read_workbook
from guibiao.ledger_files import export_ledger, import_ledger
from guibiao.ledgers import LedgerDesk
from guibiao.model.errors import BatchErrors, GuibiaoError
from guibiao.model.operations import Kept, LedgerTask
from guibiao.policy.ledger import STAGE_WORDS, STATES
from guibiao.policy.ledger_cells import cells_of, read_due, splitter
from guibiao.policy.ledger_import import plan_import
from guibiao.policy.ledger_sheet import read_ledger_sheet
from guibiao.policy.ledger_workbook import ledger_workbook
from tests.policy.ledger_samples import DISTRICTS, accepted_city, ledger, new_city

NASTY = [
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1",
    "'x",
    "\ta",
    "_x000D_",
    "a\nb",
    "007",
    "1e5",
    "TRUE",
    "#N/A",
    "2026-01-01",
    "📊",
    "<b>&amp;",
    "12%",
]
WORDS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12)).map(str.strip)
NAMES = WORDS.filter(bool)
UNITS = st.lists(NAMES.filter(lambda name: "\n" not in name), max_size=3, unique=True).map(tuple)


@st.composite
def tasks(draw: st.DrawFn) -> list[Kept[LedgerTask]]:
    headings = draw(st.lists(st.sampled_from(["备注", "一季度/进展", "联系人", "=1", "任务2", "版本"]), unique=True, max_size=3))
    found = []
    for number in range(draw(st.integers(1, 4))):
        due = draw(st.none() | st.dates(date(2020, 1, 1), date(2035, 1, 1)))
        investment = draw(st.none() | st.decimals(0, 10**6, places=2, allow_nan=False))
        record = LedgerTask(
            id=f"task-{number}", title=draw(NAMES), number=draw(WORDS), section=draw(WORDS), lead=draw(UNITS), supporting=draw(UNITS),
            due=due, due_words=draw(st.sampled_from(["", "2025年底前", "长期"])), state=draw(st.sampled_from(STATES)), progress=draw(WORDS),
            investment=investment, investment_unit="" if investment is None else "亿元", stage=draw(st.sampled_from(["", *STAGE_WORDS])),
            extra={heading: draw(WORDS) for heading in headings},
        )  # fmt: skip
        found.append(Kept(record, draw(st.integers(1, 99))))
    return found


def sheet_of(content: bytes) -> Any:
    read = read_workbook(content, "l.xlsx")
    return read_ledger_sheet("l.xlsx", read.rows, [(m.first_row, m.first_column, m.last_row, m.last_column) for m in read.merged])


@settings(max_examples=40)
@given(tasks())
def test_any_ledger_comes_back_unchanged(listed: list[Kept[LedgerTask]]) -> None:
    content = ledger_workbook(listed, "督办台账")
    assert content == ledger_workbook(listed, "督办台账")
    current = {kept.record.id: kept for kept in listed}
    plan = plan_import(sheet_of(content), "l.xlsx", current, lambda _key, _version: None, splitter(lambda _name: False))
    assert (plan.new, plan.edits, plan.unchanged, plan.absent) == ((), (), len(listed), 0)


def test_no_cell_is_a_formula() -> None:
    record = LedgerTask(id="task-1", title='=HYPERLINK("http://x","y")', progress="@cmd", extra={"+1": "-1"})
    sheet: Any = load_workbook(io.BytesIO(ledger_workbook([Kept(record, 1)], "=1+1"))).active
    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in filled} == {"s"}
    assert all(cell.quotePrefix for cell in filled if str(cell.value).startswith(("=", "+", "-", "@")))


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return accepted_city(tmp_path)


def edit(path: Path, changes: dict[tuple[str, str], str], new: Sequence[dict[str, str]] = ()) -> None:
    """Change cells by (beginning of the task's title, heading), add rows at the end."""
    book = load_workbook(path)
    sheet: Any = book.active
    columns = {cell.value: cell.column for row in sheet["A2:Z3"] for cell in row if cell.value}
    for (title, heading), text in changes.items():
        rows = [row for row in range(4, sheet.max_row + 1) if str(sheet.cell(row, columns["任务"]).value).startswith(title)]
        sheet.cell(rows[0], columns[heading]).value = text
    for values in new:
        row = sheet.max_row + 1
        for heading, text in values.items():
            sheet.cell(row, columns[heading]).value = text
    book.save(path)


def test_export_import_export_is_the_same_file(city: Path, tmp_path: Path) -> None:
    with ledger(city, tmp_path / "operations.db") as desk:
        key = desk.tasks()[0][0].record.id
        desk.cascade(key, DISTRICTS, "甲")
        desk.project("算力中心", ["市经济信息局"], "甲", investment=Decimal("12.50"), unit="亿元")
        desk.update(key, "甲", progress="一是选址；\n二是立项。")
        export_ledger(desk, tmp_path / "a.xlsx")
        before = desk.store.history()
        taken = import_ledger(desk, tmp_path / "a.xlsx", "乙")
        assert (taken.rows, taken.plan.unchanged, taken.plan.edits, taken.plan.new) == (6, 6, (), ())
        assert desk.store.history() == before
        export_ledger(desk, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_edits_of_an_office_are_taken_in(city: Path, tmp_path: Path) -> None:
    with ledger(city, tmp_path / "operations.db") as desk:
        export_ledger(desk, tmp_path / "a.xlsx")
        changes = {
            ("建设示范园区", "状态"): "分解", ("推广场景应用", "进展情况"): "对接 12 场",
            ("引进服务机构", "责任单位"): "市商务局、市科委、园区管委会",
            ("引进服务机构", "完成时限"): "2025年底前",
        }  # fmt: skip
        edit(tmp_path / "a.xlsx", changes, [{"任务": "新增任务", "责任单位": "市商务局", "状态": "进行中", "完成时限": "2026/5/1"}])
        taken = import_ledger(desk, tmp_path / "a.xlsx", "乙")
        assert (len(taken.plan.new), len(taken.plan.edits), taken.plan.unchanged) == (1, 3, 0)
        assert taken.plan.worded == {"进行中": "underway"}
        first, second, third = (kept.record for kept in desk.tasks()[0] if kept.record.document)
        assert (first.state, second.progress) == ("decomposed", "对接 12 场")
        assert third.lead == ("市商务局", "市科委、园区管委会")
        assert (third.due, third.due_words) == (date(2025, 12, 31), "2025年底前")
        assert desk.store.history("task", first.id)[-1].act.action == "decompose"
        added = taken.plan.new[0]
        assert (added.state, added.due, added.id[:4]) == ("underway", date(2026, 5, 1), "row-")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({("建设示范园区", "状态"): "销号"}, "不能从“登记”一步到“销号”"),
        ({("建设示范园区", "状态"): "搁置"}, "没有“搁置”这一状态"),
        ({("建设示范园区", "任务"): None}, "任务没有名称"),
        ({("建设示范园区", "编号（勿改）"): "task-ffffffffffff"}, "没有编号"),
        ({("建设示范园区", "版本（勿改）"): "7"}, "没有第 7 版"),
        ({("建设示范园区", "版本（勿改）"): "x"}, "不是数"),
        ({("建设示范园区", "投资"): "很多"}, "不是数"),
        ({("建设示范园区", "完成时限"): "2026-02-30"}, "没有 2026-02-30 这一天"),
        ({("建设示范园区", "进展情况"): "=1+1"}, "公式"),
    ],
)
def test_one_bad_row_and_nothing_is_stored(city: Path, tmp_path: Path, changes: dict[tuple[str, str], str], said: str) -> None:
    with ledger(city, tmp_path / "operations.db") as desk:
        export_ledger(desk, tmp_path / "a.xlsx")
        edit(tmp_path / "a.xlsx", {("推广场景应用", "进展情况"): "好的一行", **changes})
        before = desk.store.history()
        with pytest.raises(GuibiaoError) as refused:
            import_ledger(desk, tmp_path / "a.xlsx", "乙")
        assert said in str(refused.value)
        assert desk.store.history() == before


def test_a_move_made_meanwhile_is_a_conflict_and_stops_the_whole_file(city: Path, tmp_path: Path) -> None:
    with ledger(city, tmp_path / "operations.db") as desk:
        export_ledger(desk, tmp_path / "a.xlsx")
        first = desk.tasks()[0][0].record
        desk.move(first.id, "分解", "丙")
        edit(tmp_path / "a.xlsx", {("建设示范园区", "进展情况"): "乙的进展", ("推广场景应用", "进展情况"): "也改了"})
        with pytest.raises(BatchErrors) as refused:
            import_ledger(desk, tmp_path / "a.xlsx", "乙")
        assert "导出时“登记”" in str(refused.value)
        assert "现在“分解”" in str(refused.value)
        assert [kept.record.progress for kept in desk.tasks()[0]] == ["", "", ""]


def test_a_row_left_alone_does_not_undo_what_happened_meanwhile(city: Path, tmp_path: Path) -> None:
    with ledger(city, tmp_path / "operations.db") as desk:
        export_ledger(desk, tmp_path / "a.xlsx")
        first = desk.tasks()[0][0].record
        desk.move(first.id, "分解", "丙")
        edit(tmp_path / "a.xlsx", {("推广场景应用", "进展情况"): "改了"})
        taken = import_ledger(desk, tmp_path / "a.xlsx", "乙")
        assert (len(taken.plan.edits), taken.plan.unchanged) == (1, 2)
        assert desk.show(first.id).kept.record.state == "decomposed"


def test_a_family_moves_in_one_file(city: Path, tmp_path: Path) -> None:
    with ledger(city, tmp_path / "operations.db") as desk:
        key = desk.tasks()[0][0].record.id
        desk.cascade(key, DISTRICTS[:1], "甲")
        for name in (key, f"{key}/{DISTRICTS[0]}"):
            for word in ("分解", "在办", "待核"):
                desk.move(name, word, "甲")
        export_ledger(desk, tmp_path / "a.xlsx")
        book = load_workbook(tmp_path / "a.xlsx")
        sheet: Any = book.active
        for row in sheet.iter_rows(min_row=4):
            for cell in row:
                cell.value = "销号" if cell.value == "待核" else cell.value
        book.save(tmp_path / "a.xlsx")
        import_ledger(desk, tmp_path / "a.xlsx", "乙")
        assert {desk.show(name).kept.record.state for name in (key, f"{key}/{DISTRICTS[0]}")} == {"closed"}


def office_book(path: Path) -> Path:
    """A ledger as an office keeps it: two rows of merged headings, group rows, merged cells, wrapped names, real dates, notes below."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["新城市数字经济重点任务台账"])
    sheet.append(["序号", "重点任务", "责任分工", None, "完成\n时限", "工作进展", None, "办理状态", "备注"])
    sheet.append([None, None, "牵头单位", "配合单位", None, "本季度", "累计", None, None])
    sheet.append(["一、基础设施"])
    sheet.append(
        [
            1,
            "建设算力中心",
            "市经济\n信息局",
            "市商务局、市科委、园区管委会\n市财政局",
            date(2026, 6, 30),
            "已开工",
            "完成三成",
            "进行中",
            "=重点",
        ]
    )
    sheet.append([2, "铺设光网", None, "市商务局", "长期", None, None, "未启动", None])
    sheet.append(["二、产业培育"])
    sheet.append([3, "引进机构", "市商务局", None, "2026年底前", None, None, "已完成", None])
    sheet.append(["填表人：某某"])
    sheet["I5"].data_type = "s"
    for merged in ("A1:I1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:G2", "H2:H3", "I2:I3", "A4:I4", "C5:C6", "A7:I7", "A9:I9"):
        sheet.merge_cells(merged)
    book.save(path)
    return path


def test_an_offices_own_ledger_is_understood_and_kept_whole(tmp_path: Path) -> None:
    with ledger(new_city(tmp_path), tmp_path / "operations.db") as desk:
        taken = import_ledger(desk, office_book(tmp_path / "own.xlsx"), "甲")
        assert (len(taken.plan.new), taken.plan.notes) == (3, ("填表人：某某",))
        assert taken.plan.worded == {"进行中": "underway", "未启动": "registered", "已完成": "closed"}
        first, second, third = (kept.record for kept in desk.tasks()[0])
        assert (first.section, third.section) == ("一、基础设施", "二、产业培育")
        assert first.lead == second.lead == ("市经济信息局",)
        assert first.supporting == ("市商务局", "市科委、园区管委会", "市财政局")
        assert (first.due, second.due, second.due_words, third.due) == (date(2026, 6, 30), None, "长期", date(2026, 12, 31))
        assert first.extra == {"本季度": "已开工", "累计": "完成三成", "备注": "=重点"}
        assert again(desk, tmp_path) == (0, 0, 3)
        assert import_ledger(desk, tmp_path / "own.xlsx", "乙").plan.unchanged == 3


def again(desk: LedgerDesk, folder: Path) -> tuple[int, int, int]:
    export_ledger(desk, folder / "out.xlsx")
    plan = import_ledger(desk, folder / "out.xlsx", "乙").plan
    return len(plan.new), len(plan.edits), plan.unchanged


def test_a_workbook_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (["年份", "收入"], ["2024", "3"]):
        sheet.append(row)
    book.save(tmp_path / "x.xlsx")
    (tmp_path / "y.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with ledger(new_city(tmp_path), tmp_path / "operations.db") as desk:
        for name in ("x.xlsx", "y.xlsx", "absent.xlsx"):
            with pytest.raises(GuibiaoError):
                import_ledger(desk, tmp_path / name, "甲")


def test_units_of_a_cell_are_told_apart() -> None:
    known = {"市科委、园区管委会", "市经济信息局"}
    split = splitter(known.__contains__)
    assert split("市商务局、市科委、园区管委会；市经济\n信息局") == ("市商务局", "市科委、园区管委会", "市经济信息局")
    assert splitter(lambda _name: False, by_comma=True)("甲、乙，丙") == ("甲、乙", "丙")


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("2026-6-30", date(2026, 6, 30), ""), ("2026/06/30", date(2026, 6, 30), ""), ("2026", date(2026, 12, 31), "2026年"),
        ("2026年6月", date(2026, 6, 30), "2026年6月"), ("长期坚持", None, "长期坚持"),
    ],
)  # fmt: skip
def test_deadlines_of_ledgers(text: str, day: date | None, words: str) -> None:
    assert read_due(text) == (day, words)


def test_an_extension_in_a_file_needs_a_reason(city: Path, tmp_path: Path) -> None:
    with ledger(city, tmp_path / "operations.db") as desk:
        first = desk.tasks()[0][0]
        desk.store.replace(replace(first.record, due=date(2026, 6, 30)), first.version, desk.act("update", "甲"))
        export_ledger(desk, tmp_path / "a.xlsx")
        edit(tmp_path / "a.xlsx", {("建设示范园区", "完成时限"): "2026-09-30"})
        with pytest.raises(BatchErrors, match="1 处"):
            import_ledger(desk, tmp_path / "a.xlsx", "乙")
        import_ledger(desk, tmp_path / "a.xlsx", "乙", "雨季停工")
        last = desk.store.history("task", first.record.id)[-1]
        assert (last.act.action, last.act.why, cells_of(desk.show(first.record.id).kept.record)["due"]) == (
            "extend",
            "雨季停工",
            "2026-09-30",
        )
