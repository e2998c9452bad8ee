"""`guibiao review`: which numbers of a finished document contradict each other."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guibiao.commands.options import StoreOption, StrictOption, WorkspaceOption, say, show
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.model.text.blocks import DocumentText
    from guibiao.review.claims import Claim
    from guibiao.review.sourced import PublishedFigures


class ReviewFormat(StrEnum):
    """How claims are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    HTML = "html"


def register(tree: typer.Typer) -> None:
    """Add the command."""
    tree.command(help=_("核对成稿里的数字：合计、比重、增速、个数、位次、日期和前后两处是否相符。"))(review)


def review(
    files: Annotated[list[Path], typer.Argument(help=_("文件（txt、md、html、docx、pdf），几个文件一起核对时也互相比对。"))],
    every: Annotated[bool, typer.Option("--all", help=_("表格中也列出相符的。"))] = False,
    dated: Annotated[str, typer.Option("--dated", metavar="YYYY-MM-DD", help=_("文件的日期；不写则从文中认定。"))] = "",
    against: Annotated[bool, typer.Option("--against-workspace", help=_("也与工作区已公布的同名、同地区、同年数据比对。"))] = False,
    workspace: WorkspaceOption = "",
    store: StoreOption = "",
    strict: StrictOption = False,
    output: Annotated[ReviewFormat, typer.Option("--format", help=_("输出格式；html 是标出各处的原文。"))] = ReviewFormat.TABLE,
    out: Annotated[Path | None, typer.Option("--out", help=_("输出文件夹：html 每个文件一页，其余格式一个文件。"))] = None,
) -> None:
    """Review of finished documents."""
    from guibiao.review.review import review as claims_of

    documents = _read(files, dated)
    published = _published(workspace, store) if against or workspace else None
    claims = list(claims_of(documents, published))
    if output is ReviewFormat.TABLE:
        _table([claim for claim in claims if every or claim.severity != "info"], len(claims))
    else:
        paths = {document.name: (path.as_posix(), document.original) for document, path in zip(documents, files, strict=True)}
        _write(output, documents, claims, paths, out)
    if strict and any(claim.severity != "info" for claim in claims):
        raise typer.Exit(1)


def _read(files: list[Path], dated: str) -> list[DocumentText]:
    """The documents, each under a name of its own."""
    from dataclasses import replace

    from guibiao.commands.options import parse_day
    from guibiao.policies import read_policy

    parse_day(dated, "--dated")
    documents: list[DocumentText] = []
    names: set[str] = set()
    for path in files:
        document = read_policy(path, dated)
        name, number = document.name, 2
        while name in names:
            name, number = f"{document.name} ({number})", number + 1
        names.add(name)
        documents.append(replace(document, name=name))
    return documents


def _published(workspace: str, store: str) -> PublishedFigures:
    from guibiao.commands.options import session
    from guibiao.reviewing import published_figures
    from guibiao.run import DataRun, Request

    with session(workspace, None, store) as at:
        return published_figures(DataRun(at.workspace, at.store, Request(out=at.folder)))


def _table(listed: list[Claim], count: int) -> None:
    from guibiao.review.claims import verdict_name
    from guibiao.review.records import explanation

    columns = (_("位置"), _("写为"), _("应为"), _("判断"), _("说明"))
    show(
        _("数字核对"),
        columns,
        [[each.where[:24], each.claimed, each.recomputed, verdict_name(each.verdict), explanation(each)] for each in listed],
    )
    say(_("可推算的数 {count} 处，列出 {listed} 处。").format(count=count, listed=len(listed)))


def _write(
    output: ReviewFormat, documents: list[DocumentText], claims: list[Claim], files: dict[str, tuple[str, str]], out: Path | None
) -> None:
    import json

    from guibiao import __version__
    from guibiao.model.errors import BadRequest
    from guibiao.review.marked import annotated_html
    from guibiao.review.records import claim_record, sarif

    if output is ReviewFormat.HTML:
        if out is None and len(documents) > 1:
            raise BadRequest(_("几个文件的 html 不能写在一处"), remedy=_("用 --out 给出文件夹，每个文件一页。"))
        for document in documents:
            page = annotated_html(document, claims)
            _put(out, f"{document.name}.html", page) if out else say(page)
        return
    records = [claim_record(claim) for claim in claims]
    text = {
        ReviewFormat.SARIF: lambda: json.dumps(sarif(claims, files, __version__), ensure_ascii=False, indent=2),
        ReviewFormat.JSON: lambda: json.dumps(records, ensure_ascii=False, indent=2),
        ReviewFormat.JSONL: lambda: "\n".join(json.dumps(record, ensure_ascii=False) for record in records),
    }[output]()
    if out:
        _put(out, f"review.{output.value}", f"{text}\n")
    elif text:
        say(text)


def _put(folder: Path, name: str, text: str) -> None:
    """Write one file of the output folder and say where."""
    from guibiao.model.errors import BadRequest

    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadRequest(
            _("输出文件夹写不了：{problem}").format(problem=error.strerror), remedy=_("用 --out 换一个可写的文件夹。")
        ) from None
    say(_("已写出 {path}").format(path=path))
