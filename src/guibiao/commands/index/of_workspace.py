"""`guibiao index build ID --workspace`: an index of the workspace on the workspace's own figures."""

from __future__ import annotations

from pathlib import Path

from guibiao.commands.index.options import IndexFormat, print_rows
from guibiao.commands.options import parse_day, session
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

_COLUMNS = ("unit", "name", "year", "code", "level", "score", "rank", "rank_low", "rank_high", "runs", "seed", "imputed")


def build_of_workspace(name: str, workspace: str, out: Path | None, store: str, year: int | None, as_of: str, output: IndexFormat) -> None:
    """Scores, ranks and intervals of a workspace's index, of one year where it is given, from the figures known by a day."""
    from guibiao.indices import board_of_index
    from guibiao.run import DataRun, Request

    with session(workspace, out, store) as at:
        index = at.workspace.indices.get(name)
        if index is None:
            known = "、".join(at.workspace.indices) or "-"
            raise BadRequest(
                _("工作区没有指数 {name}").format(name=name), remedy=_("可写：{names}；用文件的，加 --data。").format(names=known)
            )
        definition = index.definition
        if year is not None and not definition.first <= year <= definition.last:
            raise BadRequest(
                _("指数 {id} 没有 {year} 年").format(id=name, year=year),
                remedy=_("年份在 {first} 与 {last} 之间。").format(first=definition.first, last=definition.last),
            )
        board = board_of_index(DataRun(at.workspace, at.store, Request(out=at.folder, as_of=parse_day(as_of, "--as-of"))), index)
    rows = [dict(row) for row in board.scores if year in {None, row["year"]}]
    rows.sort(key=lambda row: (row["year"], -row["level"], row["code"], -(row["score"] or 0.0), row["unit"]))
    notes = list(board.remarks)
    if definition.stress is None:
        notes.append(_("没有压力测试，合成的位次不给出。"))
    if output is IndexFormat.TABLE:
        shown = year or definition.last
        notes.append(_("只显示最上层 {year} 年；共 {count} 行见 --format csv 或 json。").format(year=shown, count=len(rows)))
        rows = [row for row in rows if row["code"] == board.root and row["year"] == shown]
        columns: tuple[str, ...] = ("name", "score", "rank", "rank_low", "rank_high", "runs", "imputed")
    else:
        columns = _COLUMNS
    more = {"nodes": list(board.nodes), "drivers": list(board.drivers)}
    print_rows(columns, rows, output, title=_("指数 {id}").format(id=name), notes=notes, id=name, **more)
