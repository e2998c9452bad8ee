"""Pages of indices: ranks with their intervals, the profile of a unit, weights; frames of one city; and a trial of other weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.errors import NotFound, NotOffered
from guibiao.serve.pages.exports import csv_lines
from guibiao.serve.pages.frame import Frame, frame_of, language_of, with_query
from guibiao.serve.pages.index_reading import ReleasedIndex, read_index, released_indices
from guibiao.serve.services import IndexDesk, IndexTrial
from guibiao.serve.trial_weights import read_percent, read_weights, written
from guibiao.store.port import OpenRelease

FACTORS: Mapping[str, tuple[str, str]] = {
    "impute": ("缺失值填补", "Imputation"), "treat": ("异常值处理", "Outlier treatment"), "normalise": ("标准化方法", "Normalisation"),
    "weights": ("权重", "Weights"), "aggregate": ("汇总方法", "Aggregation"), "leave_out": ("剔除一个指标", "One indicator left out"),
}  # fmt: skip
MEANS: Mapping[str, tuple[str, str]] = {
    "arithmetic": ("加权算术平均", "weighted arithmetic mean"), "geometric": ("加权几何平均", "weighted geometric mean"),
    "harmonic": ("加权调和平均", "weighted harmonic mean"), "generalised": ("加权幂平均", "weighted generalised mean"),
    "copeland": ("Copeland 两两比较", "Copeland, pair by pair"),
}  # fmt: skip
KINDS: Mapping[str, tuple[str, str]] = {
    "value": ("指标变化", "value"), "scale": ("上下限变化", "bounds"), "weight": ("权重变化", "weights"),
    "availability": ("有无数据变化", "availability"), "rounding": ("舍入", "rounding"),
}  # fmt: skip
TREATMENTS: Mapping[str, tuple[str, str]] = {
    "clipped": ("缩尾", "winsorised"), "log-ct": ("取对数", "logarithm"), "log-ct-plus": ("取对数", "logarithm"),
    "log-ct-original": ("取对数", "logarithm"), "log-gii": ("取对数", "logarithm"), "box-cox": ("Box-Cox 变换", "Box-Cox transformed"),
}  # fmt: skip
CHANCES_SHOWN = 4
LEAST_CHANCE = 0.001
"""Rarer ranks are added up."""
Year = Annotated[int, Query(ge=0, le=9999)]
Name = Annotated[str, Query(max_length=200)]
router = APIRouter(include_in_schema=False)


@router.get("/index")
def index_home(request: Request, year: Year = 0, unit: Name = "") -> Response:
    """The first index; the first frame where there is no index."""
    frame = frame_of(request)
    release = frame.release()
    names = (*released_indices(release), *(name for name, _title in _frames(frame, request)))
    if not names:
        return frame.cached(request, release, lambda: ("index_none.html", {}))
    return _shown(request, frame, release, names[0], year, unit)


@router.get("/index/{name}.csv")
def index_csv(request: Request, name: str, year: Year = 0) -> Response:
    """The ranking of a year with its intervals; refused where there are none."""
    release = frame_of(request).release()
    found = _index(release, name, year)
    if not found.ranked:
        raise NotFound(
            _("指数 {id} 的位次没有区间，不发布排名").format(id=name), remedy=_("得分见下载页的 {table}。").format(table="index_scores")
        )
    columns = ("unit", "name", "year", "rank", "rank_low", "rank_high", "runs", "score", "imputed")
    rows = [[*(each.row[column] for column in columns), each.score_change, each.rank_change] for each in found.ranking]
    headers = {"Content-Disposition": f'attachment; filename="index-{found.year}-{release.manifest.id}.csv"'}
    lines = csv_lines((*columns, "score_change", "rank_change"), rows)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/index/{name}")
def index(request: Request, name: str, year: Year = 0, unit: Name = "") -> Response:
    """An index or a frame; an address with weights leads to the trial."""
    frame = frame_of(request)
    if "weights" in request.query_params:
        return RedirectResponse(with_query(request).replace("?", "/trial?", 1), 303)
    return _shown(request, frame, frame.release(), name, year, unit)


@router.get("/index/{name}/trial")
def trial(
    request: Request, name: str, year: Year = 0, unit: Name = "", weights: str = "",
    code: Annotated[str | None, Query(max_length=200)] = None, share: Annotated[str, Query(max_length=40)] = "",
) -> Response:  # fmt: skip
    """The index under other weights, not published; `code` and `share` (per cent) change one and lead to the address of the result."""
    frame = frame_of(request)
    release = frame.release()
    found, desk = _index(release, name, year), frame.services.index
    if desk is None:
        raise NotOffered(_("本站不提供权重试算"), remedy=_("向管理员询问。"))
    if not found.ranked:
        raise BadRequest(_("指数 {id} 的位次没有区间，不试算排名").format(id=name), remedy=_("只有经过压力测试的指数可以试算。"))
    given = read_weights(weights)
    if code is not None:
        changed = given | {code: read_percent(share)}
        desk.trial(release, name, found.year, changed)
        return RedirectResponse(with_query(request, weights=written(changed), code=None, share=None), 303)
    result = desk.trial(release, name, found.year, given)
    return frame.page(request, "index_trial.html", release, _trial_context(frame, request, found, given, result, unit))


def _shown(request: Request, frame: Frame, release: OpenRelease, name: str, year: int, unit: str) -> Response:
    if name not in released_indices(release):
        framed = frame.services.index.frame(release, name, language_of(request)) if frame.services.index else None
        if framed is None:
            raise _unknown(name)
        tabs = _tabs(frame, request, release)
        return frame.cached(request, release, lambda: ("index_frame.html", {"framed": framed, "name_of": name, "tabs": tabs}))

    def build() -> tuple[str, Mapping[str, Any]]:
        return "index.html", _context(frame, request, release, _index(release, name, year), unit)

    return frame.cached(request, release, build)


def _context(frame: Frame, request: Request, release: OpenRelease, found: ReleasedIndex, unit: str) -> Mapping[str, Any]:
    chosen, desk = _unit(frame, found, unit), frame.services.index
    whose, driven, drivers = found.drivers(chosen)
    chances = found.chances(chosen)
    common = [row for row in chances[:CHANCES_SHOWN] if row["probability"] >= LEAST_CHANCE]
    return {
        "index": found, "unit": chosen, "own": next((each for each in found.ranking if each.row["unit"] == chosen), None),
        "tabs": _tabs(frame, request, release), "profile": found.profile(chosen),
        "inputs": desk.inputs(release, found.name, chosen, found.year) if desk else {},
        "influence": desk.influence(release, found.name, found.year) if desk else {},
        "drivers": drivers, "drivers_of": whose, "drivers_year": driven, "factors": FACTORS, "means": MEANS, "kinds": KINDS,
        "changes": found.changes(chosen), "chances": common, "treatments": TREATMENTS,
        "other_chances": (len(chances) - len(common), sum(row["probability"] for row in chances[len(common) :])),
        "filled": [each.row["unit"] for each in found.ranking if each.row["imputed"]],
        "marks": marks(len(found.ranking)), "place": place, "trial": desk is not None and found.ranked,
    }  # fmt: skip


def _trial_context(
    frame: Frame, request: Request, found: ReleasedIndex, given: Mapping[str, float], result: IndexTrial, unit: str
) -> Mapping[str, Any]:
    ranks = {each.unit: each for each in result.units}
    without = {code: written({each: share for each, share in given.items() if each != code}) for code in given}
    moved = [each for each in found.ranking if ranks[each.row["unit"]].rank not in {each.row["rank"], None}]
    outside = [each for each in found.ranking if not _within(each.row, ranks[each.row["unit"]].rank)]
    return {
        "index": found, "unit": _unit(frame, found, unit), "given": given, "result": result, "ranks": ranks, "without": without,
        "weights": written(given), "moved": len(moved), "outside": {each.row["unit"] for each in outside},
        "siblings": {node["code"]: sum(each["parent"] == node["parent"] for each in found.nodes) for node in found.nodes},
        "names": {node["code"]: node for node in found.nodes},
    }  # fmt: skip


def _within(row: Mapping[str, Any], rank: int | None) -> bool:
    return rank is None or row["rank_low"] <= rank <= row["rank_high"]


def _unit(frame: Frame, found: ReleasedIndex, asked: str) -> str:
    """The unit asked for, else the city's own, else the area it lies in, else the first."""
    home = frame.settings.area
    wanted = (asked, home) if asked else (home,)
    return next((unit for unit in wanted if unit in found.units), found.units[0] if found.units else "")


def _index(release: OpenRelease, name: str, year: int) -> ReleasedIndex:
    found = read_index(release, name, year)
    if found is not None:
        return found
    if year and read_index(release, name, 0) is not None:
        raise NotFound(_("指数 {id} 没有 {year} 年的得分").format(id=name[:80], year=year), remedy=_("核对年份。"))
    raise _unknown(name)


def _unknown(name: str) -> NotFound:
    return NotFound(_("现行发布中没有指数 {name}").format(name=name[:80]), _("可能没有定义，或数据不足以计算。"), _("从指数页的清单进入。"))


def _frames(frame: Frame, request: Request) -> list[tuple[str, str]]:
    desk: IndexDesk | None = frame.services.index
    return list(desk.frames(language_of(request))) if desk else []


def _tabs(frame: Frame, request: Request, release: OpenRelease) -> list[tuple[str, str]]:
    """Every index, then every frame: id and name."""
    chinese = language_of(request) == "zh"
    roots = {name: str(row["title_zh"] if chinese else row["title_en"]) for name, row in released_indices(release).items()}
    return [*roots.items(), *((name, title) for name, title in _frames(frame, request) if name not in roots)]


def marks(units: int) -> list[tuple[int, float]]:
    """Ranks named on the scale of ranks, and where they lie across in per cent."""
    step = 10 if units > 20 else 5 if units > 10 else 2 if units > 5 else 1
    ranks = [1, *(rank for rank in range(step, units + 1, step) if rank > 1)]
    return [(rank, place(rank, units)) for rank in ranks]


def place(rank: float, units: int) -> float:
    """Where a rank lies across the drawing, in per cent of its width; the ends keep room for the point."""
    return round(2.5 + 95 * (rank - 1) / max(units - 1, 1), 2)
