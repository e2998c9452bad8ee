"""Table of a warning board: one row an indicator with its last value, light, limits and the test of its rule.

Rows are those of the declared table `warnings`; what a cell says is what the row says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.publish.document import TableCell
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import ChartDefinition, TableDefinition

Row = Mapping[str, Any]
Passport = Callable[[Figure], str]
Listing = tuple[Sequence[str], list[tuple[TableCell, ...]], list[str]]
COMPOSITE, DIFFUSION = "composite", "diffusion"
"""Series of a board that are no indicators."""
LIGHTS: Mapping[str, tuple[str, str]] = {
    "hot": ("红（过热）", "red (too hot)"),
    "warm": ("黄（偏热）", "yellow (warm)"),
    "normal": ("绿（正常）", "green (normal)"),
    "cool": ("浅蓝（偏冷）", "light blue (cool)"),
    "cold": ("蓝（过冷）", "blue (too cold)"),
    "none": ("无灯", "none"),
}
_HINDERED: Mapping[str, tuple[str, str]] = {
    "stale": ("数据过期", "out of date"),
    "short": ("序列太短", "too short"),
    "flat": ("没有变动", "no movement"),
    "break": ("口径调整前", "before a break"),
    "span": ("几期合并", "several periods"),
    "path": ("不在目标路径内", "outside the path"),
    "few": ("有灯的指标不足", "too few lights"),
}


def board_rows(rows: Sequence[Row], definition: TableDefinition | ChartDefinition) -> list[Row]:
    """Rows of the board that a definition names, or of the only one; raises BadRequest where that leaves it open."""
    boards = list(dict.fromkeys(row["board"] for row in rows))
    if definition.board and rows and definition.board not in boards:
        raise BadRequest(
            _("{id} 没有预警盘 {name}").format(id=definition.id, name=definition.board),
            remedy=_("可写：{names}。").format(names="、".join(boards)),
        )
    if not definition.board and len(boards) > 1:
        raise BadRequest(
            _("{id} 没有说用哪个预警盘").format(id=definition.id), remedy=_("在 board 里写：{names}。").format(names="、".join(boards))
        )
    return [row for row in rows if definition.board in {"", row["board"]}]


def is_indicator(row: Row) -> bool:
    """Whether a row is about an indicator, not about all of them together."""
    return row["series"] not in {COMPOSITE, DIFFUSION}


def warning_indicators(workspace: Workspace) -> set[str]:
    """Indicators whose figures such tables quote."""
    named = (watched.indicator for board in workspace.warnings.values() for watched in board.indicators)
    return {name for name in named if name}


def warning_table(evidence: Evidence, definition: TableDefinition, quoted: Passport) -> Listing:
    """Last value of every indicator; below, the composite score."""
    say = evidence.wording.choose
    head = say(
        "指标,最近数,较上期,灯,界限,预报的事件,命中/事件,虚警,提前期数",
        "Indicator,Last figure,Change,Light,Limits,Announces,Hits/events,False,Lead",
    ).split(",")
    latest = [row for row in board_rows(evidence.warnings, definition) if row["latest"]]
    lines = [_line(evidence, row, quoted) for row in latest if is_indicator(row)]
    total = next((row for row in latest if row["series"] == COMPOSITE), None)
    if total is not None:
        said = TableCell(say(total["sentence_zh"], total["sentence_en"]), align="left", columns=7)
        name = TableCell(say(total["name_zh"], total["name_en"]), align="left")
        lines.append((name, TableCell(f"{total['value']:.1f}", align="center"), said))
    return head, lines, _notes(evidence, latest)


def _line(evidence: Evidence, row: Row, quoted: Passport) -> tuple[TableCell, ...]:
    say = evidence.wording.choose
    figure = _figure(evidence, row)
    text = f"{_number(row['value'])}{row['unit']}"
    period = evidence.wording.period(figure.period) if figure else row["period"]
    shown = say(f"{text}（{period}）", f"{text} ({period})")
    light = say(*LIGHTS[row["light"]])
    if row["light"] == "none" and row["reason"] in _HINDERED:
        light += say(f"：{_HINDERED[row['reason']][0]}", f": {_HINDERED[row['reason']][1]}")
    limits = say("、", ", ").join(_number(float(limit)) for limit in row["limits"].split())
    return (
        TableCell(say(row["name_zh"], row["name_en"]), align="left"),
        TableCell(shown, quoted(figure) if figure else "", "center"),
        TableCell("—" if row["change"] is None else _signed(row["change"]), align="center"),
        TableCell(light, align="center"),
        TableCell(limits or "—", align="center"),
        TableCell(say(row["event_zh"], row["event_en"]) or "—", align="center"),
        *(TableCell(text, align="center") for text in _tested(row)),
    )


def _tested(row: Row) -> tuple[str, str, str]:
    """Hits of events, false alarms and lead; dashes where the rule has no test."""
    if row["hits"] is None:
        return ("—", "—", "—")
    lead = "—" if row["lead"] is None else f"{row['lead']:.1f}"
    return (f"{row['hits']}/{row['events']}", str(row["false_alarms"]), lead)


def _notes(evidence: Evidence, latest: Sequence[Row]) -> list[str]:
    say = evidence.wording.choose
    if not latest:
        return [say("工作区没有预警盘。", "The workspace has no warning board.")]
    windows = {row["limits_from"] for row in latest if row["limits_from"]}
    notes = [
        say(
            "灯按四个界限从冷到热：低于第一个为蓝，低于第二个为浅蓝，高于第三个为黄，高于第四个为红，其余为绿。",
            "Limits from cold to hot: below the first blue, below the second light blue, above the third yellow, above the fourth red.",
        ),
        say(
            "回测用当时已有的数定界限，不向后看；命中为事件前规定期数内亮过灯，虚警为亮灯后没有事件；发布滞后和数据修订未计。",
            "Tests set limits from what there was at the time; a hit is a light within the periods named before an event, a false alarm a "
            "light that no event followed. Delays of publication and revisions are left out.",
        ),
    ]
    untested = [say(row["name_zh"], row["name_en"]) for row in latest if is_indicator(row) and row["hits"] is None]
    if untested:
        notes.append(say(f"未回测：{evidence.wording.join(untested)}。", f"Not tested: {evidence.wording.join(untested)}."))
    hindsight = [say(row["name_zh"], row["name_en"]) for row in latest if row["tested"] == "in_sample"]
    if hindsight:
        joined = evidence.wording.join(hindsight)
        notes.append(say(f"界限事后写定、回测不是样本外：{joined}。", f"Limits set afterwards, test not out of sample: {joined}."))
    if windows:
        joined = say("；", "; ").join(sorted(windows))
        notes.append(say(f"分位界限所用时期（个数）：{joined}。", f"Periods behind quantile limits (count): {joined}."))
    return notes


def _figure(evidence: Evidence, row: Row) -> Figure | None:
    """The very figure behind a value that was not transformed: of several that end with the period, that of the shortest."""
    if row["transform"] != "none":
        return None
    fits = [
        figure
        for figure in evidence.figures.of(row["indicator"])
        if figure.area == row["area"]
        and (figure.categories == row["categories"] if row["categories"] else _is_total(figure.categories))
        and figure.known_from == row["known_from"]
        and figure.period.end.isoformat()[:7] == _last_month(row["period"])
        and float(figure.quantity.value) == row["value"]
    ]
    return max(fits, key=lambda figure: figure.period.start, default=None)


def _is_total(categories: str) -> bool:
    return all(code == TOTAL for code in parse_category_key(categories).values())


def _last_month(period: str) -> str:
    year, season = period.split("-")
    return f"{year}-{int(season[1:]) * 3:02d}" if season.startswith("Q") else period


def _signed(change: float) -> str:
    text = _number(change)
    return f"+{text}" if change > 0 and text != "0" else text


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
