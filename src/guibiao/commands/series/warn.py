"""`guibiao series warn`: five-colour lights, composite score, indices, turning points and the tests of rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import AsOfOption, OutOption, StoreOption, WorkspaceOption, parse_day, session
from guibiao.commands.series.options import DataOption, SeriesFormat, SeriesFormatOption, print_series
from guibiao.model.errors import BadRequest
from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.assess.board_types import BoardResult
    from guibiao.reference.series.warning import WarningBoard


class Shown(StrEnum):
    """Which part of a board is printed."""

    BOARD = "board"
    HISTORY = "history"
    INDICES = "indices"
    TURNS = "turns"
    TIMING = "timing"
    RULES = "rules"


def register(group: typer.Typer) -> None:
    """Add the command to the group of series."""
    group.command("warn", help=_("预警盘：五色灯、综合指数、扩散指数、合成指数、转折点，以及每条规则的回测。"))(warn)


def warn(
    data: DataOption = None,
    spec: Annotated[Path | None, typer.Option("--spec", help=_("预警盘文件（YAML）；不写则用工作区的 warnings/。"))] = None,
    board: Annotated[str, typer.Option("--board", help=_("工作区里用哪一盘；只有一盘时可不写。"))] = "",
    show: Annotated[Shown, typer.Option("--show", help=_("看板、各期灯、指数、转折点、先行滞后、规则回测。"))] = Shown.BOARD,
    reference: Annotated[str, typer.Option("--reference", help=_("判先行滞后的基准指标；默认为 coincident 组的第一项。"))] = "",
    as_of: AsOfOption = "",
    workspace: WorkspaceOption = "",
    out: OutOption = None,
    store: StoreOption = "",
    output: SeriesFormatOption = SeriesFormat.TABLE,
) -> None:
    """The board on a file or on a workspace."""
    from guibiao.reference.series.warning_files import read_board
    from guibiao.warnings_board import board_of_file

    day = parse_day(as_of, "--as-of") or datetime.now(UTC).astimezone().date()
    if data is not None:
        if spec is None:
            raise BadRequest(_("用文件的数据要说明预警盘"), remedy=_("加 --spec 预警盘.yaml。"))
        result = board_of_file(read_board(spec), data, day)
    else:
        result = _of_workspace(spec, board, day, (workspace, out, store))
    if show is Shown.BOARD and output is SeriesFormat.TABLE:
        _print_board(result)
        return
    columns, rows, more = (_brief if (show, output) == (Shown.HISTORY, SeriesFormat.TABLE) else _SHOWN[show])(result, reference)
    print_series(columns, rows, output, _title(result), [*result.notes, *more], {"as_of": day, "board": result.board.id})


def _of_workspace(spec: Path | None, name: str, day: date, at: tuple[str, Path | None, str]) -> BoardResult:
    from guibiao.reference.series.warning_files import read_board
    from guibiao.run import DataRun, Request
    from guibiao.warnings_board import board_of_workspace

    with session(*at) as opened:
        chosen = read_board(spec) if spec is not None else _chosen(opened.workspace.warnings, name)
        return board_of_workspace(DataRun(opened.workspace, opened.store, Request(out=opened.folder)), chosen, day)


def _chosen(boards: Mapping[str, WarningBoard], name: str) -> WarningBoard:
    if not boards:
        raise BadRequest(_("工作区的 warnings 文件夹里没有预警盘"), remedy=_("写一个 warnings/名称.yaml，或用 --data 和 --spec。"))
    if name in boards or (not name and len(boards) == 1):
        return boards[name or next(iter(boards))]
    shown = "、".join(boards)
    if name:
        raise BadRequest(_("没有预警盘 {name}").format(name=name), remedy=_("可写：{names}。").format(names=shown))
    raise BadRequest(_("工作区有几盘，没有说用哪一盘"), remedy=_("用 --board 指明：{names}。").format(names=shown))


def _title(result: BoardResult) -> str:
    name = result.board.name_zh if active_language() == "zh" else result.board.name_en or result.board.name_zh
    return _("{name}（截至 {day}）").format(name=name, day=result.as_of.isoformat())


STYLES = {
    "COLD": "white on blue",
    "COOL": "black on bright_cyan",
    "NORMAL": "black on green",
    "WARM": "black on yellow",
    "HOT": "white on red",
}


def _print_board(result: BoardResult) -> None:
    """A table with coloured lights, each named as well, and the sentences of the composite and the notes."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from guibiao.assess.words import LIGHTS, REASONS, name_words, number, period_words, score_sentence, test_words
    from guibiao.assess.words import change_words as changed

    def say(words: Any) -> str:
        return str(words.zh if active_language() == "zh" else words.en)

    heads = (_("指标"), _("时期"), _("数值"), _("较上期"), _("灯"), _("界限"), _("规则回测"))
    table = Table(*heads, title=_title(result), title_justify="left", header_style="bold")
    for row in result.rows:
        reading, before = row.reading, row.previous
        if reading is None:
            table.add_row(say(name_words(row.watched)), "—", "—", "—", say(LIGHTS[0]), "", say(test_words(row)))  # type: ignore[index]
            continue
        why = f"：{say(REASONS[reading.reason])}" if reading.reason in REASONS else ""
        light = Text(say(LIGHTS[reading.light]) + why, style=STYLES.get(reading.light.name, ""))
        table.add_row(
            say(name_words(row.watched)), say(period_words(result.frequency, reading.ordinal)), f"{number(reading.value)}{row.unit}",
            say(changed(reading, before, row.unit)) if before else "—", light,
            "｜".join(number(each) for each in row.limits or ()), say(test_words(row)),
        )  # fmt: skip
    console = Console()
    console.print(table)
    if result.score is not None:
        console.print(say(score_sentence(result, result.score)), highlight=False)
    for note in result.notes:
        console.print(note, highlight=False)


Listing = tuple[list[str], list[list[Any]], list[str]]


def _board(result: BoardResult, _reference: str) -> Listing:
    """The last value of every series of the table `warnings`."""
    return _records(result, latest=True)


def _brief(result: BoardResult, _reference: str) -> Listing:
    """What a terminal has room for; the rest is in the other formats."""
    names = ["series", "period", "value", "unit", "light", "reason"]
    columns, rows, notes = _records(result, latest=False)
    places = [columns.index(name) for name in names]
    return names, [[row[at] for at in places] for row in rows], [*notes, _("其余各列见 --format csv。")]


def _history(result: BoardResult, _reference: str) -> Listing:
    return _records(result, latest=False)


def _records(result: BoardResult, *, latest: bool) -> Listing:
    from guibiao.model.tables import WARNINGS
    from guibiao.warnings_board import warning_rows

    rows = [row for row in warning_rows(result) if row["latest"] or not latest]
    return list(WARNINGS.names), [[row[name] for name in WARNINGS.names] for row in rows], []


def _indices(result: BoardResult, _reference: str) -> Listing:
    """Diffusion index and composite indices by period."""
    diffusion = result.diffusion
    values: dict[str, dict[str, float]] = {}
    if diffusion is not None:
        values["diffusion"] = dict(zip(diffusion.labels, diffusion.values, strict=True))
    values |= {name: dict(zip(index.labels, index.values, strict=True)) for name, index in result.indices.items()}
    periods = sorted({period for each in values.values() for period in each})
    notes = []
    for name, index in result.indices.items():
        notes.append(_("{name}：每期趋势调整 {value} 个百分点。").format(name=name, value=f"{index.adjustment:.4f}"))
        if index.differenced:
            notes.append(_("{name}：按差分变动的序列 {names}。").format(name=name, names="、".join(index.differenced)))
        if index.constant:
            notes.append(_("{name}：没有变动的序列 {names}。").format(name=name, names="、".join(index.constant)))
    return ["period", *values], [[period, *(each.get(period) for each in values.values())] for period in periods], notes


def _turns(result: BoardResult, _reference: str) -> Listing:
    """Peaks and troughs of every series that has neither gaps nor values of several periods."""
    from guibiao.assess.turning_points import turning_points

    rows: list[list[Any]] = []
    notes = []
    for row in result.rows:
        try:
            found = turning_points(row.series)
        except BadRequest as error:
            notes.append(_("没有定转折点：{reason}。").format(reason=error.title))
            continue
        notes += found.notes
        if not found.turns and not found.notes:
            notes.append(_("{name} 在这一段里没有转折点。").format(name=row.watched.id))
        rows += [
            [
                row.watched.id,
                found.series.label(at),
                "peak" if kind > 0 else "trough",
                found.series.values[at],
                found.method,
                found.dominance,
            ]
            for at, kind in found.turns
        ]
    return ["series", "period", "turn", "value", "method", "months_of_cyclical_dominance"], rows, notes


def _timing(result: BoardResult, reference: str) -> Listing:
    """Every other series against the reference."""
    from guibiao.assess.lead_lag import classify

    named = {row.watched.id: row for row in result.rows}
    if reference and reference not in named:
        raise BadRequest(_("没有指标 {id}").format(id=reference), remedy=_("可写：{names}。").format(names="、".join(named)))
    chosen = reference or next((row.watched.id for row in result.rows if row.watched.group == "coincident"), "")
    if not chosen:
        raise BadRequest(_("没有基准指标"), remedy=_("用 --reference 指明，或给一项指标写 group: coincident。"))
    columns = [
        "series", "reference", "timing", "matched", "missed", "extra", "mean_lead", "median_lead", "correlation", "correlation_lead",
        "information", "information_lead",
    ]  # fmt: skip
    rows: list[list[Any]] = []
    notes = []
    for name, row in named.items():
        if name == chosen:
            continue
        try:
            found = classify(row.series, named[chosen].series)
        except BadRequest as error:
            notes.append(_("没有判先行滞后：{reason}。").format(reason=error.title))
            continue
        rows.append([name, chosen, *(getattr(found, column) for column in columns[2:])])
        notes += [f"{name}：{note}" for note in found.notes]
    if len(named) == 1:
        notes.append(_("只有基准指标 {name} 一项，没有可判先行滞后的。").format(name=chosen))
    return columns, rows, notes


def _rules(result: BoardResult, _reference: str) -> Listing:
    """The test of every rule in numbers."""
    from guibiao.assess.words import name_words, rule_words

    names = {row.watched.id: name_words(row.watched) for row in result.rows}
    counted = ("events", "hits", "misses", "episodes", "false_alarms", "pending", "during", "untested", "periods", "alarm_share", "lead")
    rows: list[list[Any]] = []
    for row in result.rows:
        test = row.test
        words = rule_words(row.watched, names)
        state = test.untested or ("in_sample" if test.in_sample else "tested")
        counts = [getattr(test.counts, name) if test.counts else None for name in counted]
        rows.append([row.watched.id, words.zh if active_language() == "zh" else words.en, state, test.first, test.last, *counts])
    return ["series", "rule", "tested", "first", "last", *counted], rows, []


_SHOWN = {
    Shown.BOARD: _board, Shown.HISTORY: _history, Shown.INDICES: _indices, Shown.TURNS: _turns, Shown.TIMING: _timing,
    Shown.RULES: _rules,
}  # fmt: skip
