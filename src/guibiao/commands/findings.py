"""`guibiao findings`: what the checks of the last run found, to read, to filter and to hand on."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from guibiao.commands.options import OutOption, StrictOption, WorkspaceOption, emit, load, say
from guibiao.model.errors import BadRequest
from guibiao.model.finding import Severity
from guibiao.model.messages import translate as _

ORDER = {severity.value: place for place, severity in enumerate(Severity)}
SHOWN = 60


class Listing(StrEnum):
    """How findings are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


SeverityOption = Annotated[list[Severity], typer.Option("--severity", help=_("只列这一级：error、warning、info；可重复。"))]
RuleOption = Annotated[list[str], typer.Option("--rule", help=_("只列这条规则；可重复。"))]
IndicatorOption = Annotated[list[str], typer.Option("--indicator", help=_("只列这个指标（代码或中文名）；可重复。"))]


def register(tree: typer.Typer) -> None:
    """Add the command of this module."""

    @tree.command(help=_("列出上一次运行的核查发现：哪个数、怎么说、重算为多少、怎么办。"))
    def findings(
        severity: SeverityOption = [],  # noqa: B006
        rule: RuleOption = [],  # noqa: B006
        indicator: IndicatorOption = [],  # noqa: B006
        workspace: WorkspaceOption = "",
        out: OutOption = None,
        strict: StrictOption = False,
        output: Annotated[Listing, typer.Option("--format", help=_("输出格式。"))] = Listing.TABLE,
    ) -> int:
        loaded = load(workspace)
        folder = out or Path("out") / loaded.settings.id
        wanted = {
            "severity": {each.value for each in severity},
            "rule": set(rule),
            "indicator": _ids(loaded.indicators.values(), indicator),
        }
        rows = _read(folder)
        _known({*(each.id for each in loaded.rules), *(row["rule"] for row in rows)}, rule)
        found = [row for row in rows if all(not values or row[name] in values for name, values in wanted.items())]
        found.sort(key=lambda row: (ORDER[row["severity"]], row["rule"], row["indicator"], row["area"], row["period"]))
        if output is Listing.JSON:
            emit(found)
        elif output is Listing.CSV:
            from guibiao.publish.datasets import findings_csv

            sys.stdout.write(findings_csv(found).decode("utf-8-sig"))
        else:
            _table(found)
        return 1 if strict and any(row["severity"] != Severity.INFO.value for row in found) else 0


def _read(folder: Path) -> list[dict[str, Any]]:
    """Findings of the release that the last run into this folder drafted."""
    import json

    from guibiao.model.tables import FINDINGS
    from guibiao.publication import LAST_RUN
    from guibiao.store.open import open_archive

    try:
        release = str(json.loads((folder / "store" / LAST_RUN).read_bytes())["release"])
    except (OSError, ValueError, KeyError):
        release = ""
    if not release or not (folder / "releases" / release).is_dir():
        raise BadRequest(_("{folder} 里还没有运行结果").format(folder=folder), remedy=_("先运行 guibiao run，或用 --out 指明输出文件夹。"))
    rows: list[dict[str, Any]] = open_archive(folder / "releases").read(release, FINDINGS.name).to_pylist()
    return rows


def _ids(indicators: Any, names: list[str]) -> set[str]:
    """Ids of indicators given by id or by name."""
    from difflib import get_close_matches

    known = {name: each.id for each in indicators for name in (each.name_en, each.name_zh, each.id)}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = _("是不是想写 {name}？").format(name=near[0]) if near else _("用指标代码或中文名。")
            raise BadRequest(_("没有定义的指标：{name}").format(name=name), remedy=remedy)
    return {known[name] for name in names}


def _known(names: set[str], rules: list[str]) -> None:
    """A rule that neither exists nor found anything is a slip of the pen."""
    from guibiao.editing.specification import DEFAULTS

    known = {*DEFAULTS, "sources_disagree", *names}
    for rule in rules:
        if rule not in known:
            remedy = _("可选：{names}").format(names="、".join(sorted(known)))
            raise BadRequest(_("没有名为 {rule} 的规则").format(rule=rule), remedy=remedy)


def _table(found: list[dict[str, Any]]) -> None:
    """Findings by severity and rule, each with its place; what to do is said once for each remedy."""
    from itertools import groupby

    names = {"error": _("错误"), "warning": _("警告"), "info": _("提示")}
    for (severity, rule), group in groupby(found[:SHOWN], key=lambda row: (row["severity"], row["rule"])):
        say(f"{names[severity]}  {rule}")
        remedies: dict[str, None] = {}
        for row in group:
            say(f"  - {row['message']}")
            place = " ".join(filter(None, (row["source"], row["locator"])))
            if place:
                say("    " + _("出处：{place}").format(place=place))
            if row["correction"]:
                say("    " + _("更正：{id}").format(id=row["correction"]))
            remedies[row["remedy"]] = None
        for remedy in filter(None, remedies):
            say("    " + _("处理：{remedy}").format(remedy=remedy))
        say()
    if len(found) > SHOWN:
        say(_("另有 {count} 条未显示，全部见 --format csv。").format(count=len(found) - SHOWN))
    counts = {severity: sum(row["severity"] == severity for row in found) for severity in ORDER}
    say(_("错误 {error}，警告 {warning}，提示 {info}").format(**counts))
