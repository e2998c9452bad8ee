"""`guibiao ingest`, `explain`, `evaluate`: figures in, and where a figure comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guibiao.commands.options import (
    AsOfOption,
    Format,
    FormatOption,
    OutOption,
    StoreOption,
    WorkspaceOption,
    emit,
    parse_categories,
    parse_day,
    say,
    session,
)
from guibiao.model.messages import translate as _

AreaOption = Annotated[str, typer.Option("--area", help=_("地区代码或名称；默认为本市。"))]
PeriodOption = Annotated[str, typer.Option("--period", help=_("报告期，如 2023、2021年1-9月、2023年11月末。"))]
CategoryOption = Annotated[list[str], typer.Option("--category", help=_("类目，写成 维度=代码；可重复。"))]
BasisOption = Annotated[str, typer.Option("--basis", help=_("核算口径代码。"))]


def register(tree: typer.Typer) -> None:
    """Add the commands of this module."""

    @tree.command(help=_("接收一个数据文件（xlsx、CSV、Parquet）：全部无误才入库，否则指出行和改法。"))
    def ingest(
        file: Annotated[Path | None, typer.Argument(help=_("数据文件；撤回时不需要。"))] = None,
        table: Annotated[str, typer.Option("--table", help=_("对应工作区里的哪张表。"))] = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        store: StoreOption = "",
        undo: Annotated[bool, typer.Option("--undo", help=_("撤回这张表上一次接收的文件。"))] = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        from guibiao.deliveries import take_in, withdraw

        with session(workspace, out, store) as at:
            report = withdraw(at.workspace, at.store, table) if undo else take_in(at.workspace, at.store, table, file)
        if output is Format.JSON:
            emit(report)
        else:
            say(str(report["message"]))

    @tree.command(help=_("打印一个数字的来历：公式、数据、来源、位置和未采用的数值。"))
    def explain(
        indicator: Annotated[str, typer.Argument(help=_("指标代码或中文名。"))],
        period: PeriodOption,
        area: AreaOption = "",
        category: CategoryOption = [],  # noqa: B006
        basis: BasisOption = "",
        as_of: AsOfOption = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        store: StoreOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        from guibiao.publish.passports import lineage_json, lineage_text
        from guibiao.questions import Asked, Desk

        day = parse_day(as_of, "--as-of")
        asked = Asked(area, period, parse_categories(category), basis, day)
        with session(workspace, out, store) as at:
            trees = Desk(at.workspace, at.store, at.folder, day).explain(indicator, asked)
        if output is Format.JSON:
            emit([lineage_json(each) for each in trees])
        else:
            say("\n\n".join(lineage_text(each) for each in trees))

    @tree.command(help=_("计算一个表达式，如 share(a, of=b)；口径不同的数据不相混。"))
    def evaluate(
        expression: Annotated[str, typer.Argument(help=_("表达式，写法见文档的表达式语言一章。"))],
        period: PeriodOption,
        area: AreaOption = "",
        category: CategoryOption = [],  # noqa: B006
        as_of: AsOfOption = "",
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        store: StoreOption = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        from guibiao.questions import Asked, Desk

        day = parse_day(as_of, "--as-of")
        asked = Asked(area, period, parse_categories(category), "", day)
        with session(workspace, out, store) as at:
            result = Desk(at.workspace, at.store, at.folder, day).evaluate(expression, asked)
        if output is Format.JSON:
            emit(result)
        else:
            say(str(result["text"]))
