"""Choose indicators, areas, periods and classes; the address holds the whole choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.errors import NotOffered
from guibiao.serve.pages.charting import release_facts
from guibiao.serve.pages.comparing import period_of
from guibiao.serve.pages.definitions import AREAS
from guibiao.serve.pages.exports import csv_lines, metadata_sheet, observed_head, observed_values, require_sheet, rows_in_parts
from guibiao.serve.pages.frame import Frame, frame_of, language_of
from guibiao.serve.pages.indicator import EXCEL
from guibiao.serve.services import Row, SheetOrder
from guibiao.store.port import Condition, OpenRelease, Range

CELLS_SHOWN = 2500
MOST_ROWS = 20_000
"""Rows that one table is made from; what goes beyond is said, and exported whole."""
MOST_INDICATORS, MOST_AREAS, MOST_CLASSES = 40, 60, 60
KINDS = ("year", "day", "half", "quarter", "month", "to date", "other")
SERIES = ("indicator", "area", "categories", "accounting_basis", "price_basis", "measure", "unit")
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for; empty is everything."""

    indicators: tuple[str, ...]
    areas: tuple[str, ...]
    categories: tuple[str, ...]
    measures: tuple[str, ...]
    first: str
    last: str

    @property
    def where(self) -> dict[str, Condition]:
        """Conditions on observations."""
        found: dict[str, Condition] = {"indicator": self.indicators}
        chosen = {"area": self.areas, "categories": self.categories, "measure": self.measures}
        found |= {name: values for name, values in chosen.items() if values}
        first, last = _day(self.first, end=False), _day(self.last, end=True)
        if first or last:
            found["period_end"] = Range(first, last)
        return found


@dataclass(frozen=True, slots=True)
class Pivot:
    """Series down, periods of one kind across; `cells` holds a row for each pair that has a figure."""

    kind: str
    """year, half, quarter, month, to date, day, other."""
    series: Sequence[Row]
    periods: Sequence[Row]
    cells: Mapping[tuple[int, int], Row]
    left_out: int
    """Series that are not shown."""


def choice_of(request: Request) -> Choice:
    """The choice in the address; BadRequest where it holds more than a page can."""
    parameters = request.query_params
    many = {name: tuple(dict.fromkeys(filter(None, parameters.getlist(name)))) for name in ("i", "a", "k", "m")}
    for name, most in (("i", MOST_INDICATORS), ("a", MOST_AREAS), ("k", MOST_CLASSES)):
        if len(many[name]) > most:
            raise BadRequest(_("一次最多选 {most} 项").format(most=most), remedy=_("减少所选，或下载整表。"))
    return Choice(many["i"], many["a"], many["k"], many["m"], parameters.get("from", "").strip(), parameters.get("to", "").strip())


@router.get("/explore")
def explore(request: Request) -> Response:
    """The page with the choice and its table."""
    frame = frame_of(request)
    release = frame.release()
    choice = choice_of(request)
    return frame.cached(request, release, lambda: ("explore.html", _context(frame, release, choice, request)))


@router.get("/explore.csv")
def explore_csv(request: Request) -> Response:
    """Every chosen observation as CSV, one a line."""
    frame = frame_of(request)
    release = frame.release()
    headers = {"Content-Disposition": f'attachment; filename="selection-{release.manifest.id}.csv"'}
    lines = csv_lines(observed_head(language_of(request)), _exported(frame, release, choice_of(request).where, language_of(request)))
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/explore.xlsx")
def explore_xlsx(request: Request) -> Response:
    """The same as a workbook with a sheet of metadata."""
    frame = frame_of(request)
    release, language, choice = frame.release(), language_of(request), choice_of(request)
    if frame.services.workbooks is None:
        raise NotOffered(_("本站不提供 Excel 下载"), remedy=_("下载 CSV。"))
    require_sheet(release, choice.where)
    rows = list(_exported(frame, release, choice.where, language))
    definitions = frame.definitions(release)
    indicators = [definitions.indicators[name] for name in choice.indicators if name in definitions.indicators]
    data = SheetOrder("数据" if language == "zh" else "Data", observed_head(language), rows)
    sheets = (data, metadata_sheet(indicators, release_facts(frame, release, len(rows), language), language))
    headers = {"Content-Disposition": f'attachment; filename="selection-{release.manifest.id}.xlsx"'}
    return Response(frame.services.workbooks.workbook(data.name, sheets, language), media_type=EXCEL, headers=headers)


def _exported(frame: Frame, release: OpenRelease, where: Mapping[str, Condition], language: str) -> Iterator[list[Any]]:
    definitions, words = frame.definitions(release), frame.services.words
    for row in rows_in_parts(release, OBSERVATIONS, where):
        yield observed_values(row, words.period(row, language), definitions, language)


def _context(frame: Frame, release: OpenRelease, choice: Choice, request: Request) -> Mapping[str, Any]:
    definitions = frame.definitions(release)
    unknown = [name for name in choice.indicators if name not in definitions.indicators]
    chosen = [name for name in choice.indicators if name in definitions.indicators]
    offered: dict[str, list[str]] = {"area": [], "categories": [], "measure": []}
    total, tables = 0, []
    if chosen:
        for name in offered:
            offered[name] = [row[name] for row in release.distinct(OBSERVATIONS, (name,), {"indicator": chosen}).to_pylist()]
        total = release.count(OBSERVATIONS, choice.where)
        last_first = ("-period_end", *SERIES) if total > MOST_ROWS else ()
        rows = release.select(OBSERVATIONS, where=choice.where, order=last_first, limit=MOST_ROWS).to_pylist()
        rows.sort(key=lambda row: row["period_end"], reverse=True)
        home = frame.settings.area
        areas = [home, *definitions.codes.get(AREAS, {})]
        tables = pivoted(rows, {"indicator": {name: place for place, name in enumerate(chosen)}, "area": _places(areas)})
    return {
        "choice": choice, "unknown": unknown, "offered": offered, "total": total, "tables": tables, "read": min(total, MOST_ROWS),
        "query": request.url.query, "most": {"i": MOST_INDICATORS, "a": MOST_AREAS, "k": MOST_CLASSES},
    }  # fmt: skip


def pivoted(rows: Sequence[Row], places: Mapping[str, Mapping[str, int]], most: int = CELLS_SHOWN) -> list[Pivot]:
    """A table for each kind of period, the last periods first; as many series as fit into `most` cells of all tables.

    `places` gives the order of indicators and areas.
    """
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        kinds.setdefault(kind_of(row), []).append(row)
    tables, left = [], most
    for kind in sorted(kinds, key=KINDS.index):
        table = _table(kind, kinds[kind], places, left)
        left -= len(table.series) * len(table.periods)
        tables.append(table)
    return tables


def _table(kind: str, rows: Sequence[Row], places: Mapping[str, Mapping[str, int]], most: int) -> Pivot:
    periods: dict[tuple[date, date], Row] = {}
    series: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        periods.setdefault((row["period_start"], row["period_end"]), row)
        series.setdefault(tuple(row[name] for name in SERIES), row)
    across = sorted(periods, key=lambda period: (period[1], period[0]), reverse=True)
    down = sorted(series, key=lambda key: (places["indicator"].get(key[0], 0), places["area"].get(key[1], 0), *key[1:]))
    shown = down[: max(0, most // len(across))]
    place_down, place_across = ({key: place for place, key in enumerate(keys)} for keys in (shown, across))
    cells = {}
    for row in rows:
        key = tuple(row[name] for name in SERIES)
        if key in place_down:
            cells[place_down[key], place_across[row["period_start"], row["period_end"]]] = row
    return Pivot(kind, [series[key] for key in shown], [periods[key] for key in across], cells, len(down) - len(shown))


def _places(codes: Sequence[str]) -> dict[str, int]:
    return {code: place for place, code in reversed(list(enumerate(codes)))}


def kind_of(row: Row) -> str:
    """Which kind of period a row is of: they share a table only with their own."""
    period = period_of(row)
    if period.measure is Measure.TO_DATE:
        return "to date"
    if period.measure is Measure.AT_END:
        return "day"
    return {1: "month", 3: "quarter", 6: "half", 12: "year"}.get(period.months or 0, "other")


def _day(text: str, *, end: bool) -> date | None:
    """First or last day of 2023, 2023-06 or 2023-06-30; BadRequest for anything else."""
    if not text:
        return None
    try:
        parts = [int(part) for part in text.split("-")]
        if len(parts) == 1:
            return date(parts[0], 12, 31) if end else date(parts[0], 1, 1)
        if len(parts) == 2 and end:
            following = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
            return date.fromordinal(following.toordinal() - 1)
        return date(*[*parts, 1][:3]) if len(parts) <= 3 else _not_a_day(text)
    except (ValueError, OverflowError):
        return _not_a_day(text)


def _not_a_day(text: str) -> date:
    raise BadRequest(_("“{text}”不是日期").format(text=text), remedy=_("写成 2023、2023-06 或 2023-06-30。"))
