"""Other offices' files through the inbox: ten workbooks, eight taken right and two refused, and what happens when things go wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guibiao.deliveries import delivered_periods, take_in, withdraw
from guibiao.inbox import alone, settled, total_minutes, waiting
from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.tables import CELLS
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.run import DELIVERED, DataRun, Request
from guibiao.store.open import open_store
from guibiao.store.port import WorkingStore
from tests.run.inbox_desk import DAY, drop, expected, figures, names_in, take
from tests.run.offices import BOOKS, Book, content_quarters, live_february, live_january, live_january_again, telecom, town
from tests.run.offices import wrong_total as wrong


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return town(tmp_path)


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    return load_workspace(folder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[WorkingStore]:
    opened = open_store(str(tmp_path / "store.duckdb"), "newtown")
    yield opened
    opened.close()


def test_ten_workbooks(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    books = [make() for make in BOOKS]
    drop(folder, *books)
    outcomes = take(workspace, store)
    assert {name: each.status for name, each in outcomes.items()} == {
        book.name: "quarantined" if book.refused else "taken" for book in books
    }
    for table in {book.table for book in books}:
        mine = [book for book in books if book.table == table and not book.refused]
        assert figures(store, table) == {key: [value] for key, value in expected(workspace, *mine).items()}
    for book in (each for each in books if each.refused):
        reason = next((folder / "inbox" / "quarantine").glob(f"*{book.name}.txt")).read_text("utf-8")
        assert all(words in reason for words in book.refused)
        assert next((folder / "inbox" / "quarantine").glob(f"*-{book.name}")).read_bytes() == book.content
    assert len(names_in(folder / "inbox" / "received")) == 8
    assert [path for path in (folder / "inbox").iterdir() if path.is_file()] == []
    taken = sum(len(book.truth) for book in books)
    assert total_minutes(list(outcomes.values())) == pytest.approx(Decimal(taken * 6) / 60, abs=Decimal("0.5"))


def test_every_cell_is_kept_as_printed(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    drop(folder, live_january())
    take(workspace, store)
    (key,) = store.current(f"{DELIVERED}owed_live/").values()
    cells = {(row["row"], row["column"]): row for row in store.read(CELLS, [key]).to_pylist()}
    assert cells[1, 1]["printed"] == "2026年1月直播电商运行情况（合成）"
    assert cells[5, 2]["printed"] == "228,756.31"
    assert (cells[5, 2]["stated"], cells[5, 2]["reason"]) == (False, "skipped")
    assert (cells[6, 2]["printed"], cells[6, 2]["stated"]) == ("125,034.56", True)
    assert (cells[10, 1]["stated"], cells[10, 1]["reason"]) == (False, "note")


def test_the_same_bytes_again_change_nothing(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    books = [live_january(), content_quarters(), wrong()]
    drop(folder, *books)
    take(workspace, store)
    before, history = store.current(), store.deliveries()
    receipts = {name: (folder / "inbox" / "receipts" / name).read_bytes() for name in names_in(folder / "inbox" / "receipts")}
    drop(folder, *books)
    again = take(workspace, store, date(2026, 12, 1))
    assert [each.status for each in again.values()] == ["known", "known", "quarantined"]
    assert (store.current(), store.deliveries()) == (before, history)
    assert {name: (folder / "inbox" / "receipts" / name).read_bytes() for name in names_in(folder / "inbox" / "receipts")} == receipts


def test_months_accumulate_and_a_restatement_keeps_the_vintage(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    for day, book in ((date(2026, 2, 12), live_january()), (date(2026, 3, 10), live_february()), (date(2026, 3, 20), live_january_again())):
        drop(folder, book)
        assert [each.status for each in take(workspace, store, day).values()] == ["taken"]
    key = ("live_sales", "990102", "", "2026年1月")
    assert sorted(figures(store, "owed_live")[key]) == [Decimal("9.8021"), Decimal("9.8121")]
    assert figures(store, "owed_live", date(2026, 3, 15))[key] == [Decimal("9.8021")]
    assert figures(store, "owed_live")["live_sales", "990101", "", "2026年2月"] == [Decimal("11.5")]
    run = DataRun(workspace, store, Request(folder / "out", today=DAY))
    chosen = {(row["area"], str(row["period_end"])): row["value"] for row in run.observation_rows if row["indicator"] == "live_sales"
              and row["measure"] == "during"}  # fmt: skip
    assert chosen["990102", "2026-01-31"] == 9.8121
    revised = [row for row in run.finding_rows if row["rule"] == "sources_disagree"]
    assert {row["severity"] for row in revised} == {"info"}
    receipt = json.loads(next((folder / "inbox" / "receipts").glob("2026-03-20-*.json")).read_text("utf-8"))
    assert (receipt["added"], receipt["unchanged"], len(receipt["revisions"])) == (0, 9, 3)
    assert "98,021.00万元 → 98121万元" in receipt["revisions"][0]


def test_a_correction_of_the_same_day_stands_in_the_place_of_what_it_corrects(
    folder: Path, workspace: Workspace, store: WorkingStore
) -> None:
    drop(folder, live_january(), live_january_again())
    take(workspace, store)
    assert figures(store, "owed_live") == {key: [value] for key, value in expected(workspace, live_january_again()).items()}
    withdraw(workspace, store, "owed_live")
    assert figures(store, "owed_live") == {key: [value] for key, value in expected(workspace, live_january()).items()}
    withdraw(workspace, store, "owed_live")
    assert figures(store, "owed_live") == {}
    with pytest.raises(BadRequest, match="没有接收过"):
        withdraw(workspace, store, "owed_live")
    drop(folder, live_january())
    assert [each.status for each in take(workspace, store).values()] == ["taken"]


def test_a_dry_run_and_a_busy_folder_change_nothing(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    drop(folder, live_january(), wrong())
    assert [each.status for each in take(workspace, store, dry_run=True).values()] == ["taken", "quarantined"]
    assert store.current() == {}
    assert len([path for path in (folder / "inbox").iterdir() if path.is_file()]) == 2
    with alone(folder / "inbox"), pytest.raises(BadRequest, match="另一个进程正在处理收件文件夹"):
        busy(folder / "inbox")


def busy(place: Path) -> None:
    import guibiao.store.files as files

    patience = files.locked.__wrapped__.__defaults__
    files.locked.__wrapped__.__defaults__ = (0.1,)
    try:
        with alone(place):
            pass
    finally:
        files.locked.__wrapped__.__defaults__ = patience


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("损坏.xlsx", live_january().content[:-700], "工作簿打不开"),
        ("空.xlsx", b"", "文件是空的"),
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "不认识的文件类型"),
        ("改名.xlsx", b"%PDF-1.7 ...", "内容却是PDF"),
        ("通知.docx", b"PK\x03\x04...", "不认识的文件类型"),
        ("别的表.csv", "城市,人口\n甲,1\n".encode(), "认不出是哪张表"),
        (f"{'长' * 80}.csv", "甲,乙\n1,2\n".encode(), "认不出是哪张表"),
    ],
)
def test_what_is_no_table_is_set_aside(
    folder: Path, workspace: Workspace, store: WorkingStore, name: str, content: bytes, reason: str
) -> None:
    drop(folder, Book(name, content, ""))
    (outcome,) = take(workspace, store).values()
    assert (outcome.status, reason in outcome.title) == ("quarantined", True)
    assert store.current() == {}
    kept = [path for path in (folder / "inbox" / "quarantine").iterdir() if path.suffix not in {".txt", ".json"}]
    assert [path.read_bytes() for path in kept] == [content]


def test_a_wrong_unit_is_doubted_and_taken_in_when_somebody_answers_for_it(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    drop(folder, live_january())
    take(workspace, store)
    rows = live_february().content
    spoilt = Book("2026年2月直播.xlsx", respelt(rows, "单位：亿元", "单位：元"), "owed_live")
    drop(folder, spoilt)
    (outcome,) = take(workspace, store, date(2026, 11, 22)).values()
    assert outcome.status == "quarantined"
    assert "像是计量单位错了" in outcome.title
    drop(folder, spoilt)
    (outcome,) = take(workspace, store, date(2026, 11, 22), despite="该单位来函确认").values()
    assert outcome.status == "taken"
    assert any("该单位来函确认" in line for line in outcome.lines)


def respelt(content: bytes, old: str, new: str) -> bytes:
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == old:
                cell.value = new
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_title_that_was_not_changed_is_doubted(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    drop(folder, Book("虚构商务局2026年3月直播电商.xlsx", live_january().content, "owed_live"))
    (outcome,) = take(workspace, store).values()
    assert (outcome.status, outcome.title) == ("quarantined", "标题印的报告期是 2026年1月，文件名写的是 2026年3月")


def test_what_two_offices_say_of_one_figure_is_compared(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    (folder / "tables" / "bulletin.csv").write_text("地区,数值\n东湖区,13.1\n西山区,9.8\n", "utf-8")
    (folder / "tables" / "bulletin.yaml").write_text(
        "id: bulletin\ntitle: 公报\nfile: bulletin.csv\nsource: example\nrows: [{column: 地区, supplies: area}]\n"
        'values: {数值: {indicator: live_sales, unit: 亿元, period: "2026年1月"}}\n',
        "utf-8",
    )
    loaded = load_workspace(folder)
    len(DataRun(loaded, store, Request(folder / "out", today=DAY)).tables)
    drop(folder, live_january())
    (outcome,) = take(loaded, store).values()
    said = [line for line in outcome.lines if line.startswith("与其他来源不一致")]
    assert len(said) == 1
    assert "990101" in said[0]
    assert "13.1亿元 → 125,034.56万元（bulletin）" in said[0]


def test_a_file_that_is_still_being_copied_waits(folder: Path) -> None:
    drop(folder, telecom(), live_january())
    for name in ("half.xlsx.part", "~$open.xlsx", ".hidden"):
        (folder / "inbox" / name).write_bytes(b"PK")
    os.utime(folder / "inbox" / telecom().name)

    def copy_on(_seconds: float) -> None:
        with (folder / "inbox" / telecom().name).open("ab") as file:
            file.write(b"more")

    assert [path.name for path in settled(waiting(folder / "inbox"), copy_on)] == [live_january().name]
    with pytest.raises(BadRequest, match="收件文件夹里没有 half"):
        waiting(folder / "inbox", "half.xlsx")
    with pytest.raises(BadRequest, match="没有收件文件夹"):
        waiting(folder / "none")


def test_ingest_takes_an_owed_table_the_same_way(folder: Path, workspace: Workspace, store: WorkingStore, tmp_path: Path) -> None:
    path = tmp_path / telecom().name
    path.write_bytes(telecom().content)
    report = take_in(workspace, store, "owed_telecom", path)
    assert (report["stored"], report["counts"]["statements"]) == (True, 4)
    assert take_in(workspace, store, "owed_telecom", path)["stored"] is False
    bad = tmp_path / wrong().name
    bad.write_bytes(wrong().content)
    with pytest.raises(BadInput, match="B5"):
        take_in(workspace, store, "owed_live", bad)
    assert delivered_periods(store, ["owed_telecom"])["owed_telecom"] == {date(2026, 1, 31)}


def test_nothing_is_lost_while_files_come_in(folder: Path, workspace: Workspace, store: WorkingStore) -> None:
    """The bytes that were dropped are the bytes that are kept, wherever each file went."""
    books = [make() for make in BOOKS]
    drop(folder, *books)
    take(workspace, store)
    kept = [path.read_bytes() for place in ("received", "quarantine") for path in (folder / "inbox" / place).iterdir()
            if path.suffix not in {".txt", ".json"}]  # fmt: skip
    assert sorted(kept) == sorted(book.content for book in books)
