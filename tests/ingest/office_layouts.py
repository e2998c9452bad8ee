"""Sheets of made-up layouts with the part that each cell plays in them: what a proposal is measured by. All figures are synthetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from guibiao.ingest.sheet import MergedRange, Sheet
from guibiao.ingest.sheet_layout import Role

AREAS = ("东湖区", "西山区", "南港区", "北城区", "甲岭县")
CODES = ("990101", "990102", "990103", "990104", "990105")
MEASURES = ("成交额", "营业收入", "用户数", "企业数", "接入流量", "订单量")
TIMES = ("本月", "本年累计", "上年同期", "同比增长（%）")


@dataclass
class Drawn:
    """A sheet under construction with the role of every cell."""

    rows: list[list[str]] = field(default_factory=list)
    roles: dict[tuple[int, int], Role] = field(default_factory=dict)
    merged: list[MergedRange] = field(default_factory=list)

    def add(self, texts: list[str], roles: Role | list[Role]) -> int:
        """Append a row; returns its number."""
        self.rows.append(texts)
        number = len(self.rows)
        for position, text in enumerate(texts):
            if text:
                self.roles[number, position] = roles if isinstance(roles, Role) else roles[position]
        return number

    def sheet(self) -> Sheet:
        return Sheet("合成", tuple(tuple(row) for row in self.rows), merged=tuple(self.merged))


@st.composite
def layouts(draw: Any) -> Drawn:
    """Title, unit, one or two levels of heading, numbering, serial, labels, sections, totals, remarks, blank rows, notes."""
    drawn = Drawn()
    two_levels, serial, remark = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    measures = draw(st.lists(st.sampled_from(MEASURES), min_size=1, max_size=3, unique=True))
    times = draw(st.sampled_from([TIMES[:2], TIMES[:3], TIMES, ("2025年", "2026年")])) if two_levels else ("",)
    columns = [(measure, time) for measure in measures for time in times]
    lead = int(serial)
    width = lead + 1 + len(columns) + int(remark)
    _title(draw, drawn, width)
    _heading(draw, drawn, columns, two_levels=two_levels, serial=serial, remark=remark)
    if draw(st.booleans()):
        numbering = [*(["甲"] if serial else []), "乙" if serial else "甲", *(str(number) for number in range(1, len(columns) + 1))]
        drawn.add(numbering + (["—"] if remark else []), Role.HEADING)
    _data(draw, drawn, len(columns), serial=serial, remark=remark)
    if draw(st.booleans()):
        drawn.add([""] * width, Role.NOTE)
    if draw(st.booleans()) and width > 2:
        drawn.add(["填表人：某某", *[""] * (width - 2), "2026"], Role.NOTE)
    for text in draw(
        st.lists(st.sampled_from(["注：合成数据。", "说明：按净额法。", "填表人：某某  联系电话：000"]), max_size=2, unique=True)
    ):
        drawn.add([text, *[""] * (width - 1)], Role.NOTE)
    return drawn


def _title(draw: Any, drawn: Drawn, width: int) -> None:
    if draw(st.booleans()):
        drawn.add(["表号：合成1表", *[""] * (width - 1)], Role.TITLE)
    if draw(st.booleans()):
        drawn.add([""] * width, Role.TITLE)
    number = drawn.add([f"{draw(st.sampled_from(['2026年3月', '2026年一季度', '']))}运行情况表（合成）", *[""] * (width - 1)], Role.TITLE)
    if draw(st.booleans()):
        drawn.merged.append(MergedRange(number, 1, number, width))
    unit = draw(st.sampled_from(["单位：万元", "计量单位：亿元", ""]))
    if unit:
        drawn.add([*[""] * (width - 1), unit], Role.TITLE)


def _heading(draw: Any, drawn: Drawn, columns: list[tuple[str, str]], *, two_levels: bool, serial: bool, remark: bool) -> None:
    first = [*(["序号"] if serial else []), draw(st.sampled_from(["地区", "区", "所在区"]))]
    last = ["备注"] if remark else []
    if not two_levels:
        drawn.add([*first, *(measure for measure, _time in columns), *last], Role.HEADING)
        return
    shown = [measure if index == 0 or columns[index - 1][0] != measure else "" for index, (measure, _time) in enumerate(columns)]
    number = drawn.add([*first, *shown, *last], Role.HEADING)
    drawn.add([*[""] * len(first), *(time for _measure, time in columns), *[""] * len(last)], Role.HEADING)
    if draw(st.booleans()):
        for position in range(len(first)):
            drawn.merged.append(MergedRange(number, position + 1, number + 1, position + 1))
        start = len(first)
        for index in range(1, len(columns) + 1):
            if index == len(columns) or columns[index][0] != columns[index - 1][0]:
                opening = next(at for at in range(len(columns)) if columns[at][0] == columns[index - 1][0])
                drawn.merged.append(MergedRange(number, start + opening + 1, number, start + index))


def _data(draw: Any, drawn: Drawn, values: int, *, serial: bool, remark: bool) -> None:
    areas = AREAS[: draw(st.integers(3, 5))]
    figures = {area: [draw(st.integers(0, 99_999)) for _ in range(values)] for area in areas}
    style = draw(st.sampled_from(["{}", "{:,}", "{}.5"]))
    total = [sum(figures[area][at] for area in areas) for at in range(values)]
    at_top, has_total = draw(st.booleans()), draw(st.booleans())
    roles = [*([Role.TEXT] if serial else []), Role.LABEL, *[Role.VALUE] * values, *([Role.TEXT] if remark else [])]
    summed = [*([Role.TEXT] if serial else []), Role.LABEL, *[Role.TOTAL] * values, *([Role.TEXT] if remark else [])]
    total_row = [
        *([""] if serial else []),
        draw(st.sampled_from(["合计", "总计", "全市合计", "合  计"])),
        *(style.format(each) for each in total),
    ]
    total_row += [""] if remark else []
    if has_total and at_top:
        drawn.add(total_row, summed)
    if draw(st.booleans()):
        drawn.add([*([""] if serial else []), "一、城区", *[""] * (values + int(remark))], Role.LABEL)
    for number, area in enumerate(areas, start=1):
        if draw(st.integers(0, 9)) == 0:
            drawn.add([""] * len(roles), roles)
        texts = [*([str(number)] if serial else []), area, *(style.format(each) for each in figures[area])]
        if number > 1 and draw(st.integers(0, 5)) == 0:
            texts[-1] = "…"
        drawn.add(texts + ([draw(st.sampled_from(["", "含试点"]))] if remark else []), roles)
    if has_total and not at_top:
        drawn.add(total_row, summed)
