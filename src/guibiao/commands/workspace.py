"""`guibiao check`, `new`, `schema`: the workspace itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guibiao.commands.options import Format, FormatOption, WorkspaceOption, emit, load, say
from guibiao.model.messages import translate as _


def register(tree: typer.Typer) -> None:
    """Add the commands of this module."""

    @tree.command(help=_("检查工作区定义：指出文件、行和改法。"))
    def check(workspace: WorkspaceOption = "", output: FormatOption = Format.TABLE) -> None:
        from guibiao.run import check_workspace

        loaded = load(workspace)
        counts = check_workspace(loaded)
        if output is Format.JSON:
            emit({"workspace": loaded.settings.id, **counts})
        else:
            say(_("工作区 {name} 无误：指标 {indicators} 个，公式 {formulas} 个，表 {tables} 张，陈述 {statements} 个").format(
                name=loaded.settings.name_zh, **counts
            ))  # fmt: skip

    @tree.command(help=_("新建一个城市的工作区。"))
    def new(
        name: Annotated[str, typer.Argument(help=_("工作区名，小写英文，如城市的拼音。"))],
        folder: Annotated[Path, typer.Option("--folder", help=_("放在哪个文件夹下。"))] = Path("workspaces"),
        title: Annotated[str, typer.Option("--title", help=_("城市的中文名。"))] = "",
        area: Annotated[str, typer.Option("--area", help=_("城市的行政区划代码，六位。"))] = "",
    ) -> None:
        from guibiao.reference.scaffold import scaffold

        made = scaffold(folder, name, title or name, area or "000000")
        say(_("已建立 {folder}。其中的数据是虚构示例，每页都会注明；换成本市数据后运行：").format(folder=made))
        say(f"  guibiao run --workspace {made}")

    @tree.command(help=_("导出定义文件的 JSON Schema，供编辑器校验和补全。"))
    def schema(
        kind: Annotated[str, typer.Argument(help=_("定义种类；不给则列出全部。"))] = "",
        folder: Annotated[Path | None, typer.Option("--folder", help=_("把全部种类写进这个文件夹。"))] = None,
    ) -> None:
        import json

        from guibiao.reference.load import SCHEMAS, json_schema

        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for each in SCHEMAS:
                (folder / f"{each}.schema.json").write_text(json.dumps(json_schema(each), ensure_ascii=False, indent=2) + "\n", "utf-8")
            say(_("已写出 {count} 个文件到 {folder}。").format(count=len(SCHEMAS), folder=folder))
        elif kind:
            emit(json_schema(kind))
        else:
            say("\n".join(SCHEMAS))
