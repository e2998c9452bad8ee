"""`guibiao run`: everything from workspace to report, with progress, what ran and what was reused."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import typer

from guibiao.commands.options import (
    AsOfOption,
    Format,
    FormatOption,
    OutOption,
    RecordedOption,
    StoreOption,
    StrictOption,
    WorkspaceOption,
    emit,
    parse_day,
    parse_moment,
    say,
    session,
)
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.publication import Publication


def register(tree: typer.Typer) -> None:
    """Add the command of this module."""

    @tree.command(help=_("从工作区生成全部结果：报告、数据、核查发现，并拟定一次发布。"))
    def run(
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        as_of: AsOfOption = "",
        recorded_as_of: RecordedOption = "",
        strict: StrictOption = False,
        store: StoreOption = "",
        output: FormatOption = Format.TABLE,
    ) -> int:
        from guibiao.publication import Publication
        from guibiao.run import DataRun, Request

        started = time.perf_counter()
        day, moment = parse_day(as_of, "--as-of"), parse_moment(recorded_as_of, "--recorded-as-of")
        with session(workspace, out, store) as at:
            with Progress() as progress:
                publication = Publication(DataRun(at.workspace, at.store, Request(at.folder, day, moment), progress.step))
                publication.write()
            report = publication.summary(time.perf_counter() - started)
        if output is Format.JSON:
            emit(report)
        else:
            _print(publication, report)
        return 1 if strict and (report["findings"]["error"] or report["findings"]["warning"]) else 0


class Progress:
    """A progress line on the terminal for work that takes more than a second; silent elsewhere."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._display: Any = None

    def __enter__(self) -> Progress:
        return self

    def step(self, name: str) -> None:
        if not sys.stderr.isatty():
            return
        if self._display is None and time.perf_counter() - self._started > 1:
            from rich.console import Console

            self._display = Console(stderr=True).status("", spinner="dots")
            self._display.start()
        if self._display is not None:
            elapsed = time.perf_counter() - self._started
            self._display.update(_("正在运行 {name}  {elapsed:.0f} 秒").format(name=name, elapsed=elapsed))

    def __exit__(self, *_details: object) -> None:
        if self._display is not None:
            self._display.stop()


def _print(publication: Publication, report: dict[str, Any]) -> None:
    steps, findings = report["steps"], report["findings"]
    say(_("{workspace}：{seconds:.1f} 秒，运行 {run} 步，沿用 {reused} 步").format(
        workspace=publication.data.workspace.settings.name_zh, seconds=report["seconds"], run=len(steps["run"]), reused=steps["reused"]
    ))  # fmt: skip
    for step in sorted(steps["run"], key=lambda each: -each["seconds"])[:8]:
        say(f"  {step['seconds']:6.2f} s  {step['step']}")
    if len(steps["run"]) > 8:
        say(_("  另有 {count} 步，见 --format json").format(count=len(steps["run"]) - 8))
    say(_("核查发现：错误 {error}，警告 {warning}，提示 {info}").format(**findings))
    say(_("与上次运行相比：{text}").format(text=report["changes"]["text"]))
    for line in report["changes"]["lines"]:
        say(f"  {line}")
    say(_("发布稿：{release}").format(release=report["release"]))
    for name in report["files"]:
        say(f"  {name}")
