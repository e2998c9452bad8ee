"""Which periods an office owes, when each is due, and what is late.

Method sheet: docs/methods/0108-chasing-what-is-due.md.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from guibiao.ingest.office_words import as_period
from guibiao.model.messages import translate as _
from guibiao.model.period import Period, month, year
from guibiao.reference.definitions import Agreement, Workspace

MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "annual": 12}
UNSIGNED = "待签"


@dataclass(frozen=True, slots=True)
class Due:
    """One period that an office owes; `overdue` in days, negative before the due day. Nothing is due under an unsigned agreement."""

    agreement: Agreement
    period: Period | None
    due: date | None
    overdue: int
    indicators: tuple[str, ...]
    waiting: tuple[str, ...]
    """Computed indicators that rest on these."""

    @property
    def signed(self) -> bool:
        return self.agreement.agreement != UNSIGNED


def due_date(agreement: Agreement, period: Period) -> date:
    """The last day for a period: a day of the month after its end, or for MM-DD that day of the following year."""
    month_text, dash, day_text = agreement.due_day.partition("-")
    if dash:
        return _day(period.end.year + 1, int(month_text), int(day_text))
    following = period.end + timedelta(days=1)
    return _day(following.year, following.month, int(agreement.due_day))


def expected(agreement: Agreement, on: date) -> Iterator[Period]:
    """Periods that have ended by a day, from the agreement's first one; without one, only the last."""
    step = MONTHS[agreement.frequency]
    first = as_period(agreement.first_period) if agreement.first_period else None
    last_end = _last_ended(on, step)
    start = first.end if first is not None else last_end
    while start <= last_end:
        yield _span(start, step)
        start = _month_end(start + timedelta(days=1), step - 1)


def chase(workspace: Workspace, delivered: Mapping[str, Iterable[date]], on: date, ahead: int = 0) -> tuple[Due, ...]:
    """What is owed and not delivered by a day, the longest overdue first; `ahead` adds what falls due within so many days.

    `delivered` maps a table to the last days of the periods it holds. An unsigned agreement stands once, without a period.
    """
    found: list[Due] = []
    for agreement in workspace.agreements.values():
        indicators = tuple(name for name in agreement.indicators if name in workspace.indicators)
        waiting = _resting_on(workspace, indicators)
        if agreement.agreement == UNSIGNED and not set(delivered.get(agreement.table, ())):
            found.append(Due(agreement, None, None, 0, indicators, waiting))
            continue
        held = set(delivered.get(agreement.table, ()))
        for period in expected(agreement, on):
            day = due_date(agreement, period)
            if period.end not in held and (on - day).days >= -ahead:
                found.append(Due(agreement, period, day, (on - day).days, indicators, waiting))
    found.sort(key=lambda each: (not each.signed, -each.overdue, each.agreement.office, each.agreement.id))
    return tuple(found)


def reminders(workspace: Workspace, owed: Iterable[Due], on: date) -> dict[str, str]:
    """One message an office, ready to send."""
    by_office: dict[str, list[Due]] = {}
    for each in owed:
        by_office.setdefault(each.agreement.office, []).append(each)
    return {office: _message(workspace, office, items, on) for office, items in by_office.items()}


def _message(workspace: Workspace, office: str, items: list[Due], on: date) -> str:
    roles = "、".join(dict.fromkeys(each.agreement.contact_role for each in items))
    lines = [_("{office}（{roles}）：").format(office=office, roles=roles)]
    late = [each for each in items if each.signed and each.overdue > 0]
    soon = [each for each in items if each.signed and each.overdue <= 0]
    unsigned = [each for each in items if not each.signed]
    if late:
        lines.append(_("以下报表已过报送期，请尽快报送："))
        lines += [_item(workspace, number, each) for number, each in enumerate(late, start=1)]
    if soon:
        lines.append(_("以下报表即将到期，请按时报送："))
        lines += [_item(workspace, number, each) for number, each in enumerate(soon, start=1)]
    if unsigned:
        lines.append(_("以下报表的共享协议尚未签订，请确认能否提供、由谁提供、何时可以提供："))
        lines += [_item(workspace, number, each) for number, each in enumerate(unsigned, start=1)]
    lines.append(_("用原有表格报送即可，不必另填；表式有变动的请说明。{day}").format(day=f"{on.year}年{on.month}月{on.day}日"))
    return "\n".join(lines)


def _item(workspace: Workspace, number: int, due: Due) -> str:
    names = "、".join(workspace.indicators[name].name_zh for name in due.indicators) or _("无")
    agreement = due.agreement
    if due.period is None or due.due is None:
        basis = agreement.legal_basis or _("待定")
        return _("{number}. 《{title}》：涉及指标 {indicators}；依据：{basis}。").format(
            number=number, title=agreement.title_zh, indicators=names, basis=basis
        )
    late = _("逾期 {days} 天").format(days=due.overdue) if due.overdue > 0 else _("{days} 天后到期").format(days=-due.overdue)
    return _("{number}. 《{title}》{period}，应于 {due} 报送，{late}；等它的指标：{indicators}。").format(
        number=number, title=agreement.title_zh, period=due.period, due=due.due, late=late, indicators=names
    )


def _resting_on(workspace: Workspace, indicators: tuple[str, ...]) -> tuple[str, ...]:
    """Computed indicators whose formulas rest on some indicators, however far."""
    from guibiao.language.parse import indicator_names, parse

    inputs = {name: set(indicator_names(parse(each.formula))) for name, each in workspace.indicators.items() if each.formula}
    reached = set(indicators)
    while True:
        more = {name for name, needs in inputs.items() if needs & reached and name not in reached}
        if not more:
            return tuple(sorted(reached - set(indicators)))
        reached |= more


def _last_ended(on: date, step: int) -> date:
    """End of the last whole span of `step` months that was over before a day."""
    months = on.year * 12 + on.month - 1
    ended = months - months % step
    return _month_end(date((ended - 1) // 12, (ended - 1) % 12 + 1, 1), 0)


def _span(end: date, step: int) -> Period:
    if step == 12:
        return year(end.year)
    if step == 1:
        return month(end.year, end.month)
    first = month(end.year, end.month).shift(1 - step)
    return Period(first.start, end)


def _month_end(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 + months
    return date(total // 12, total % 12 + 1, monthrange(total // 12, total % 12 + 1)[1])


def _day(number: int, month_number: int, day: int) -> date:
    return date(number, month_number, min(day, monthrange(number, month_number)[1]))
