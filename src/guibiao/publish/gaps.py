"""The list of gaps: core indicators without a figure, who holds them, when they are due, and what they are needed for."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from guibiao.model.errors import GuibiaoError
from guibiao.model.indicator import Indicator
from guibiao.model.period import parse_period
from guibiao.publish.spreadsheet_text import harmless
from guibiao.reference.definitions import Workspace

COLUMNS: Mapping[str, tuple[str, str]] = {
    "indicator": ("指标", "indicator id"),
    "name_zh": ("指标名称", "Chinese name"),
    "name_en": ("指标英文名称", "English name"),
    "frameworks_zh": ("统计框架", "frameworks, in Chinese"),
    "frameworks_en": ("统计框架（英文）", "frameworks"),
    "unit": ("计量单位", "unit"),
    "office": ("掌握单位", "office that holds the figure"),
    "due": ("应提供日期", "date due, as agreed or set by the workspace"),
    "state_zh": ("状态", "state on the day of the run, in Chinese"),
    "state_en": ("状态（英文）", "not due, overdue, or no date"),
    "agreement": ("交换协议", "table owed and number of its agreement"),
    "serves_zh": ("用途", "what needs it, in Chinese"),
    "serves_en": ("用途（英文）", "what needs it"),
}
_STATES = {"overdue": "逾期未提供", "not due": "未到期", "no date": "未定日期"}


def gap_rows(workspace: Workspace, observed: Collection[str], day: date) -> list[dict[str, str]]:
    """One row an indicator that names an office and has no observation for the workspace's own area (`observed` are those that have),
    overdue ones first."""
    rows = [
        _row(workspace, indicator, day)
        for indicator in workspace.indicators.values()
        if indicator.gap_office and indicator.id not in observed
    ]
    order = list(_STATES)
    return sorted(rows, key=lambda row: (order.index(row["state_en"]), row["office"], row["indicator"]))


def gaps_csv(rows: list[dict[str, str]]) -> bytes:
    """The rows as CSV that opens in a spreadsheet (UTF-8 with mark); text is never taken for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(row[name]) for name in COLUMNS] for row in rows)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _row(workspace: Workspace, indicator: Indicator, day: date) -> dict[str, str]:
    frameworks = [
        framework for framework in workspace.frameworks.values() if indicator.id in framework.members or framework.id in indicator.framework
    ]
    agreements = [each for each in workspace.agreements.values() if indicator.id in each.indicators]
    state = _state(indicator.gap_due, day)
    serves = _serves(workspace, indicator)
    return {
        "indicator": indicator.id,
        "name_zh": indicator.name_zh,
        "name_en": indicator.name_en,
        "frameworks_zh": "；".join(framework.name_zh for framework in frameworks),
        "frameworks_en": "; ".join(framework.name_en for framework in frameworks),
        "unit": indicator.unit,
        "office": indicator.gap_office,
        "due": indicator.gap_due,
        "state_zh": _STATES[state],
        "state_en": state,
        "agreement": "；".join(f"{each.title_zh}（{each.agreement}）" for each in agreements),
        "serves_zh": "；".join(chinese for chinese, _english in serves),
        "serves_en": "; ".join(english for _chinese, english in serves),
    }


def _state(due: str, day: date) -> str:
    """Overdue from the day after the last one of the date written (2026年6月 is over on 1 July)."""
    if not due:
        return "no date"
    try:
        return "overdue" if day > parse_period(due).end else "not due"
    except GuibiaoError:
        return "no date"


def _serves(workspace: Workspace, indicator: Indicator) -> list[tuple[str, str]]:
    """Indicators computed from it, and tables and charts of the report that show it."""
    from guibiao.reference.computation import inputs_of_indicator

    served: list[tuple[str, str]] = [
        (f"计算{each.name_zh}", f"to compute {each.name_en}")
        for each in workspace.indicators.values()
        if each.is_computed and indicator.id in inputs_of_indicator(workspace, each)
    ]
    exhibits: list[tuple[Any, str, str]] = [(each, "表", "table") for each in workspace.report.tables if _shows(each.columns, indicator)]
    exhibits += [(each, "图", "chart") for each in workspace.report.charts if _shows(each.series, indicator)]
    served += [(f"{chinese}“{each.title_zh}”", f"{english} “{each.title_en or each.title_zh}”") for each, chinese, english in exhibits]
    return served


def _shows(series: Collection[Any], indicator: Indicator) -> bool:
    return any(each.indicator == indicator.id for each in series)
