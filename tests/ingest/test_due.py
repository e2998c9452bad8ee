"""What is due when, the reminders, and the form that an office fills in."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from guibiao.ingest.delivered import Handed, prepare
from guibiao.ingest.due import MONTHS, chase, due_date, expected, reminders
from guibiao.ingest.form import form_of, form_workbook
from guibiao.model.period import parse_period
from guibiao.reference.definitions import Agreement, Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.mapping import RekeyingTime, rekeying_on
from tests.run.offices import DISTRICTS, town


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(town(tmp_path_factory.mktemp("town")))


def agreement(**more: Any) -> Agreement:
    given: dict[str, Any] = {
        "id": "a", "title_zh": "月报", "table": "owed_live", "office": "局", "contact_role": "联系人", "frequency": "monthly",
        "due_day": "15", "agreement": "合成1号", "first_period": "2026年1月",
    }  # fmt: skip
    return Agreement(**given | more)


@pytest.mark.parametrize(
    ("frequency", "day", "first", "on", "periods", "due"),
    [
        ("monthly", "15", "2026年1月", date(2026, 3, 31), ["2026年1月", "2026年2月"], date(2026, 2, 15)),
        ("monthly", "31", "2026年1月", date(2026, 2, 1), ["2026年1月"], date(2026, 2, 28)),
        ("quarterly", "20", "2025年四季度", date(2026, 7, 1), ["2025年四季度", "2026年一季度", "2026年二季度"], date(2026, 1, 20)),
        ("half-yearly", "10", "2026年上半年", date(2026, 12, 31), ["2026年1-6月"], date(2026, 7, 10)),
        ("annual", "03-31", "2024年", date(2026, 11, 21), ["2024年", "2025年"], date(2025, 3, 31)),
        ("annual", "02-30", "2024年", date(2025, 1, 1), ["2024年"], date(2025, 2, 28)),
        ("monthly", "15", "", date(2026, 3, 1), ["2026年2月"], date(2026, 3, 15)),
    ],
)
def test_periods_and_their_due_days(frequency: str, day: str, first: str, on: date, periods: list[str], due: date) -> None:
    agreed = agreement(frequency=frequency, due_day=day, first_period=first)
    found = list(expected(agreed, on))
    ends = [parse_period(text).end for text in periods]
    assert [period.end for period in found] == ends
    assert due_date(agreed, found[0]) == due


@given(st.sampled_from(sorted(MONTHS)), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_periods_follow_one_another_and_have_ended(frequency: str, on: date) -> None:
    found = list(expected(agreement(frequency=frequency, first_period="2018年12月"), on))
    assert all(period.end < on for period in found)
    assert all(earlier.end < later.start for earlier, later in pairwise(found))
    assert len({period.months for period in found[1:]}) <= 1


def test_the_chase_list(workspace: Workspace) -> None:
    held = {"owed_live": {date(2026, 1, 31), date(2026, 2, 28)}, "owed_spending": {date(2024, 12, 31), date(2025, 12, 31)}}
    owed = chase(workspace, held, date(2026, 4, 18))
    told = [(each.agreement.id, str(each.period), each.overdue) for each in owed]
    assert told == [
        ("owed_telecom", "2026年1月", 65),
        ("owed_telecom", "2026年2月", 37),
        ("owed_centres", "2026年一季度", 8),
        ("owed_telecom", "2026年3月", 6),
        ("owed_live", "2026年3月", 3),
    ]
    ahead = chase(workspace, held, date(2026, 4, 18), ahead=3)
    assert [each.agreement.id for each in ahead if each.overdue <= 0] == ["owed_content"]
    text = reminders(workspace, ahead, date(2026, 4, 18))
    assert sorted(text) == ["虚构商务局", "虚构经信局", "虚构通管局"]
    assert (
        "《直播电商月报》2026年3月，应于 2026-04-15 报送，逾期 3 天；等它的指标：直播电商成交额、直播电商成交额同比增速"
        in text["虚构商务局"]
    )
    assert "2 天后到期" in text["虚构经信局"]


def test_nothing_is_due_before_an_agreement_is_signed(workspace: Workspace) -> None:
    unsigned = replace(workspace.agreements["owed_live"], agreement="待签")
    only = replace(workspace, agreements={"owed_live": unsigned})
    (owed,) = chase(only, {}, date(2026, 11, 21))
    assert (owed.period, owed.due, owed.signed) == (None, None, False)
    (text,) = reminders(only, (owed,), date(2026, 11, 21)).values()
    assert "共享协议尚未签订" in text
    assert "逾期" not in text


def test_the_form_comes_back_as_it_was_sent(workspace: Workspace) -> None:
    """Filled in and handed back, it is recognised by its headings and read whole."""
    period = parse_period("2026年6月末")
    agreed = replace(workspace.agreements["owed_centres"], mapping="")
    form = form_of(workspace, agreed, period)
    assert [row[0] for row in form.rows] == list(DISTRICTS.values())
    book = load_workbook(io.BytesIO(form_workbook(form)))
    sheet: Any = book.worksheets[0]
    head = len(form.lines) + 1
    assert [cell.value for cell in sheet[head]] == ["地区", "家数"]
    for number in range(head + 1, head + 5):
        sheet.cell(number, 2, number)
    stream = io.BytesIO()
    book.save(stream)
    prepared = prepare(replace(workspace, mappings={}), Handed("回执.xlsx", stream.getvalue(), date(2026, 11, 21)))
    assert prepared.table == "owed_centres"
    assert sorted(int(row["value"]) for row in prepared.statements) == [head + 1, head + 2, head + 3, head + 4]
    assert prepared.result.counts["note"] == len(form.notes)


def test_the_parameter_in_force(tmp_path: Path) -> None:
    from decimal import Decimal

    known = {
        name: RekeyingTime(id=name, valid_from=date(year, 1, 1), seconds_per_cell=Decimal(6), reason="合成")
        for name, year in (("a", 2025), ("b", 2026))
    }
    assert rekeying_on(known, date(2024, 1, 1)) is None
    chosen = [rekeying_on(known, day) for day in (date(2025, 6, 1), date(2026, 1, 1))]
    assert [each.id for each in chosen if each is not None] == ["a", "b"]
