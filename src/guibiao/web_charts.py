"""Charts of released observations for the site: the report's own chart kinds, drawn in a process beside the web server.

The drawing engine holds the interpreter while it works; in the server's own process every reader would wait for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cached_property
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

from guibiao.model.category import category_key
from guibiao.model.forecast_tables import COMBINED, FORECASTS, LEVELS
from guibiao.model.period import Measure, Period
from guibiao.model.tables import OBSERVATIONS, STATEMENTS, Table
from guibiao.publish.charts.forecast import Ahead, Forecast
from guibiao.publish.charts.specify import specify
from guibiao.publish.drawings import for_page
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.passports import passport_id
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import ChartDefinition, SeriesDefinition
from guibiao.serve.services import ChartOrder, ChartSeries, Drawn, Spec, figure_address
from guibiao.store.port import Condition, OpenRelease

if TYPE_CHECKING:
    from collections.abc import Sequence

_SVG = "http://www.w3.org/2000/svg"
ET.register_namespace("", _SVG)
KEPT = 400
"""Drawings kept in memory."""
DRAWING_SECONDS = 60.0
PNG_SCALE = 2.0
SMALL, LARGE = 100, 1000


class ReportCharts:
    """`serve.services.Charts` with the chart kinds of the report."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._drawer = _Drawer()

    def specify(self, release: OpenRelease, order: ChartOrder, language: str) -> Drawn:
        """See `Charts.specify`."""
        links: dict[str, str] = {}

        def passport_of(figure: Figure) -> str:
            identity = passport_id(figure)
            links[identity] = figure.id
            return identity

        figures = self._figures(release, order.series)
        ahead = self._forecast(release, order.series[0]) if order.forecast and len(order.series) == 1 else None
        chart = specify(self._definition(order, figures), figures, language, passport_of, ahead)
        return Drawn(
            title=chart.title, spec=chart.spec, notes=chart.notes, source=chart.source, grade=chart.grade,
            alternative=chart.alternative, reason=chart.reason, links=links,
        )  # fmt: skip

    def inline(self, drawn: Drawn, prefix: str) -> str:
        """See `Charts.inline`."""
        page = _once_by_keyboard(for_page(self._drawer.svg(drawn.spec), prefix, drawn.alternative, drawn.links))
        for identity, key in drawn.links.items():
            page = page.replace(f'href="#{identity}"', f'href="{figure_address(key).replace("&", "&amp;")}"')
        return page

    def svg(self, drawn: Drawn) -> str:
        """See `Charts.svg`."""
        return self._drawer.svg(drawn.spec)

    def png(self, drawn: Drawn) -> bytes:
        """See `Charts.png`."""
        return self._drawer.png(drawn.spec)

    def script(self) -> bytes:
        """See `Charts.script`."""
        return self._script

    def begin(self) -> None:
        """See `Charts.begin`."""
        threading.Thread(target=self.script, daemon=True).start()

    def close(self) -> None:
        """End the drawing process."""
        self._drawer.close()

    @cached_property
    def _script(self) -> bytes:
        return self._drawer.script().encode()

    def _definition(self, order: ChartOrder, figures: Figures) -> ChartDefinition:
        return ChartDefinition(
            id="chart", kind=cast("Any", order.kind), title_zh=order.title_zh, title_en=order.title_en, classification=order.classification,
            series=tuple(_series(each) for each in order.series), highlight=order.highlight, limit=order.limit,
            order="value" if order.sorted_by_value else "given",
            decimals=_decimals(figures, order) if order.decimals is None else order.decimals,
        )  # fmt: skip

    def _figures(self, release: OpenRelease, series: Sequence[ChartSeries]) -> Figures:
        """The observations, and the statements where a source's own are asked for, that the series choose from."""
        observed = [row for each in series if not each.source for row in self._rows(release, OBSERVATIONS, each)]
        stated = [row for each in series if each.source for row in self._rows(release, STATEMENTS, each)]
        return Figures(self.workspace, _unique(observed, OBSERVATIONS), _unique(stated, STATEMENTS))

    def _forecast(self, release: OpenRelease, series: ChartSeries) -> Forecast | None:
        """The released forecast of one series, all models in equal parts; None where there is none."""
        if not release.has(FORECASTS):
            return None
        where: dict[str, Condition] = {
            "indicator": series.indicator, "area": series.area or self.workspace.settings.area,
            "categories": category_key(series.categories), "model": COMBINED,
        }  # fmt: skip
        if series.accounting_basis:
            where["accounting_basis"] = series.accounting_basis
        rows = release.select(FORECASTS, where=where, order=("period_end",)).to_pylist()
        rows = [row for row in rows if (row["price_basis"], row["measure"]) == (rows[0]["price_basis"], rows[0]["measure"])]
        if not rows:
            return None
        first, ahead = rows[0], [(_period(row), row) for row in rows]
        return Forecast(
            since=ahead[0][0].shift(-12), price_basis=first["price_basis"], accounting_basis=first["accounting_basis"], unit=first["unit"],
            ahead=tuple(
                Ahead(period, row["value"], {level: (row[f"low_{level}"], row[f"high_{level}"]) for level in LEVELS})
                for period, row in ahead
            ),
        )  # fmt: skip

    def _rows(self, release: OpenRelease, table: Table, series: ChartSeries) -> list[dict[str, Any]]:
        where: dict[str, Condition] = {"indicator": series.indicator}
        if series.areas or series.area != "*":
            where["area"] = series.areas or (series.area or self.workspace.settings.area)
        if not any(code.endswith("*") for code in series.categories.values()):
            where["categories"] = category_key(series.categories)
        if series.source:
            where["source"] = series.source
        rows: list[dict[str, Any]] = release.select(table, where=where).to_pylist()
        return rows


def _period(row: Mapping[str, Any]) -> Period:
    return Period(row["period_start"], row["period_end"], Measure(row["measure"]))


def _once_by_keyboard(svg: str) -> str:
    """The drawing with its marks, but not the words beside them that lead to the same place, in the order of the tab key."""
    root = ET.fromstring(svg)
    for group in root.iter(f"{{{_SVG}}}g"):
        if group.get("aria-hidden") == "true":
            for link in group.iter(f"{{{_SVG}}}a"):
                link.set("tabindex", "-1")
    return ET.tostring(root, encoding="unicode")


def _decimals(figures: Figures, order: ChartOrder) -> int | None:
    """What fits beside a mark: none in a tile from 1000 up, one from 100 up, two below; None where figures have fewer anyway."""
    every = [figure.quantity for each in order.series for figure in (figures.stated if each.source else figures.of)(each.indicator)]
    if all((quantity.decimals or 0) <= 1 for quantity in every):
        return None
    largest = max((abs(quantity.value) for quantity in every), default=0)
    return 2 if largest < SMALL else 1 if largest < LARGE or order.kind != "tile_map" else 0


def _series(series: ChartSeries) -> SeriesDefinition:
    return SeriesDefinition(
        indicator=series.indicator, label_zh=series.label_zh, label_en=series.label_en, area=series.area, areas=series.areas,
        categories=series.categories, periods=series.periods, accounting_basis=series.accounting_basis, source=series.source,
    )  # fmt: skip


def _unique(rows: Sequence[Mapping[str, Any]], table: Table) -> list[Mapping[str, Any]]:
    return list({tuple(row[name] for name in table.key): row for row in rows}.values())


class _Drawer:
    """Draws in one process beside this one and keeps what it drew; a process that died is started anew, once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._kept: OrderedDict[tuple[str, str], Any] = OrderedDict()

    def svg(self, spec: Spec | None) -> str:
        return str(self._drawn("svg", spec, _svg))

    def png(self, spec: Spec | None) -> bytes:
        return bytes(self._drawn("png", spec, _png))

    def script(self) -> str:
        return str(self._run(_bundle, ""))

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None

    def _drawn(self, kind: str, spec: Spec | None, draw: Callable[[str], Any]) -> Any:
        text = json.dumps(spec, ensure_ascii=False, default=str)
        key = kind, hashlib.sha256(text.encode()).hexdigest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        drawing = self._run(draw, text)
        with self._lock:
            self._kept[key] = drawing
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return drawing

    def _run(self, draw: Callable[[str], Any], text: str) -> Any:
        try:
            return self._started().submit(draw, text).result(DRAWING_SECONDS)
        except BrokenProcessPool:
            self.close()
            return self._started().submit(draw, text).result(DRAWING_SECONDS)

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_end_with_parent)
            return self._pool


def _end_with_parent() -> None:
    """Let the drawing process end when the one that began it does, however that ends."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(0)), daemon=True).start()


def _svg(text: str) -> str:
    from guibiao.publish.charts.render import render_svg

    return render_svg(json.loads(text))


def _png(text: str) -> bytes:
    from guibiao.publish.charts.render import render_png

    return render_png(json.loads(text), PNG_SCALE)


def _bundle(_text: str) -> str:
    import vl_convert

    from guibiao.publish.charts.render import VEGA_LITE

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE))
