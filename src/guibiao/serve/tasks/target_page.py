"""The page of one target: its words, where it stands and why, the way to it, what its verdict rests on, and the tasks that serve it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.period import Period, from_sdmx
from guibiao.model.tables import ATTAINMENT, OBSERVATIONS, STATEMENTS
from guibiao.model.task_reach import ledger_reach
from guibiao.serve.doors.doors import principal_of
from guibiao.serve.errors import NotFound
from guibiao.serve.pages.comparing import period_of
from guibiao.serve.pages.frame import CHINA, Frame, frame_of, language_of
from guibiao.serve.services import Row, figure_address
from guibiao.serve.task_services import ListedTask
from guibiao.serve.tasks.board_pages import WORDS, worst
from guibiao.serve.tasks.target_path import Figure, PathChart, path_chart
from guibiao.store.port import OpenRelease

router = APIRouter(include_in_schema=False)
STATED_SHOWN = 60
CLASSES: Mapping[str, tuple[str, str]] = {
    "policy_target": ("政策目标", "policy target"), "implicit": ("隐含目标", "implicit target"),
    "corporate": ("企业目标", "corporate target"),
    "forecast": ("预测", "forecast"), "project_spec": ("项目指标", "specification of a project"),
    "support_cap": ("支持上限", "cap of support"),
    "event_plan": ("活动计划", "plan of events"), "planned_scope": ("规划范围", "planned scope"), "enumeration": ("列举", "enumeration"),
    "retrospective": ("回顾", "retrospective"),
}  # fmt: skip
KINDS: Mapping[str, tuple[str, str]] = {
    "level": ("总量", "level"), "increment": ("增量", "increment"), "ratio": ("比率", "ratio"), "growth": ("增速", "growth"),
    "count": ("个数", "count"), "ranking": ("位次", "ranking"), "relative": ("倍数或变化", "multiple or change"),
}  # fmt: skip
OPERATORS: Mapping[str, tuple[str, str]] = {
    ">=": ("不低于", "at least"), ">": ("超过", "more than"), "=": ("达到", "reach"), "<=": ("不高于", "at most"),
    "<": ("低于", "less than"),
    "approx": ("约", "about"), "range": ("介于", "between"), "multiple_of_base": ("基数的倍数", "times the base"),
}  # fmt: skip
SHAPES: Mapping[str, tuple[str, str]] = {"geometric": ("等比（年均增速相同）", "geometric (one growth rate)"), "linear": ("等差", "linear")}
BASES: Mapping[str, tuple[str, str]] = {
    "observed": ("已公布的数", "published figure"), "earlier target": ("前一期目标", "earlier target"),
    "zero": ("从零计起", "counted from zero"),
}  # fmt: skip
REASONS: Mapping[str, tuple[str, str]] = {
    "final": ("期末的数", "figure of the deadline"), "reached": ("已达到目标值", "goal reached"),
    "reached_early": ("提前达到", "reached early"),
    "pace": ("实际速度与要求速度相比", "speed seen against speed required"), "unit": ("单位不同", "units differ"),
    "no_observation": ("没有数据", "no figure"), "open_interval": ("精度不足", "open within the printed precision"),
    "no_comparable_period": ("没有可比的报告期", "no comparable period"), "rank": ("位次", "rank"),
    "single_observation": ("只有一个数", "a single figure"), "no_observation_at_deadline": ("期末没有数", "no figure at the deadline"),
    "break": ("口径有断点", "break of the series"),
}  # fmt: skip
"""Why the status is so; further ones are shown as their code."""


@router.get("/targets/{target}")
def target_page(request: Request, target: str) -> Response:
    """The target as the current release has it."""
    frame = frame_of(request)
    release = frame.release()
    row = _target(release, target)

    def build() -> tuple[str, Mapping[str, Any]]:
        found = _series(release, row)
        every = _stated(release, row, found)
        serving = _serving(request, frame, target)
        return "target.html", {
            **WORDS, "row": row, "classes": CLASSES, "goal_kinds": KINDS, "operators": OPERATORS, "shapes": SHAPES,
            "bases": BASES, "reasons": REASONS, "figures": found, "stated": every[:STATED_SHOWN],
            "stated_left": max(0, len(every) - STATED_SHOWN),
            "chart": chart_of(frame, row, found, language_of(request)), "models": models_of(row["probability_models"]),
            "value_row": _period_row(row["period"]), "base_row": _period_row(row["base_period"]), "serving": serving,
            "worst": worst({target: row}, serving or ()), "area_name": {}, "missing": row["missing"].split(),
        }  # fmt: skip

    return frame.cached(request, release, build)


def models_of(text: str) -> list[tuple[str, float]]:
    """Model and probability, of the column `probability_models`."""
    return [(name, float(chance)) for name, _equals, chance in (each.partition("=") for each in text.split())]


def chart_of(frame: Frame, row: Row, figures: Sequence[Row], language: str) -> PathChart | None:
    """The way to the goal; None where the release has no goal, no day, or nothing to set against it."""
    if row["goal"] is None or row["deadline"] is None:
        return None
    words, passports = frame.services.words, frame.services.passports

    def address(each: Row) -> str:
        return figure_address(passports.key(each)) if passports is not None else ""

    seen = [
        Figure(each["period_end"], float(each["value"]), words.number(each, language, 2), address(each))
        for each in figures
        if each["unit"] == row["unit"] and each["period_end"] <= row["deadline"] and each["value"] is not None
    ]
    base = None
    if row["base"] is not None and row["base_period"]:
        period = _period(row["base_period"])
        base = None if period is None else Figure(period.end, float(row["base"]), words.value(float(row["base"]), None, language))
    goal = Figure(row["deadline"], float(row["goal"]), words.value(float(row["goal"]), None, language))
    return path_chart(seen, base, goal, row["path"])


def _target(release: OpenRelease, target: str) -> Row:
    rows = release.select(ATTAINMENT, where={"target": target}).to_pylist() if release.has(ATTAINMENT) and "\0" not in target else []
    if not rows:
        raise NotFound(_("没有目标 {name}").format(name=target[:80]), remedy=_("在目标一览里查找。"))
    found: Row = max(rows, key=lambda each: each["as_of"])
    return found


def _series(release: OpenRelease, row: Row) -> list[Row]:
    """Observations of the series that the verdict or, without one, the base rests on, in time; none where neither is in the release."""
    if not row["indicator"] or not release.has(OBSERVATIONS):
        return []
    rows = release.select(OBSERVATIONS, where={"indicator": row["indicator"]}).to_pylist()
    anchor = next((each for name in ("value", "base") if (each := _found(rows, row, name)) is not None), None)
    if anchor is None:
        return []
    fields = ("area", "categories", "accounting_basis", "price_basis", "measure", "unit")
    length = _days(anchor)
    like = [each for each in rows if all(each[name] == anchor[name] for name in fields) and abs(_days(each) - length) < 4]
    return sorted(like, key=lambda each: each["period_end"])


def _found(rows: Sequence[Row], row: Row, name: str) -> Row | None:
    """The observation that a figure of the board is."""
    value, period = row[name], row["period" if name == "value" else "base_period"]
    if value is None or not period:
        return None
    near = [each for each in rows if _sdmx(each) == period and each["unit"] == row["unit"] and each["value"] is not None]
    equal = [each for each in near if abs(float(each["value"]) - float(value)) <= 1e-9 * max(1.0, abs(float(value)))]
    same = [each for each in equal if name == "base" or row["source"] in {"", each["source"]}]
    return next(iter(same or equal), None)


def _stated(release: OpenRelease, row: Row, figures: Sequence[Row]) -> list[Row]:
    """What sources say of that series, later periods and later vintages first; known by the day of the board."""
    if not figures or not release.has(STATEMENTS):
        return []
    where = {name: figures[0][name] for name in ("indicator", "area", "categories")}
    rows = release.select(STATEMENTS, where=where, order=("-period_end", "-known_from")).to_pylist()
    return [each for each in rows if _day(each["known_from"]) <= row["as_of"]]


def _day(moment: Any) -> Any:
    return moment.date() if isinstance(moment, datetime) else moment


def _serving(request: Request, frame: Frame, target: str) -> Sequence[ListedTask] | None:
    """Tasks that serve the target, of those that who asks may see; None for who may see no ledger at all."""
    reach = ledger_reach(principal_of(request).user)
    if frame.services.ledger is None or reach.is_empty:
        return None
    return frame.services.ledger.serving(reach, target, request.app.state.doors.now().astimezone(CHINA).date())


def _period(text: str) -> Period | None:
    try:
        return from_sdmx(*text.split())
    except (BadRequest, TypeError):
        return None


def _period_row(text: str) -> Row | None:
    period = _period(text) if text else None
    return None if period is None else {"period_start": period.start, "period_end": period.end, "measure": period.measure.value}


def _sdmx(row: Row) -> str:
    return " ".join(period_of(row).to_sdmx())


def _days(row: Row) -> int:
    days: int = (row["period_end"] - row["period_start"]).days
    return days
