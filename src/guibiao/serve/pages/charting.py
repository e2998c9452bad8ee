"""Which charts the page of an indicator shows, and how they come into the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.tables import OBSERVATIONS, STATEMENTS
from guibiao.serve.errors import NotOffered
from guibiao.serve.pages.definitions import Definitions
from guibiao.serve.pages.frame import CHINA, Frame, markup
from guibiao.serve.pages.selection import Selection
from guibiao.serve.services import ChartOrder, ChartSeries, Drawn, Row, Spec, figure_address
from guibiao.store.port import Condition, OpenRelease

if TYPE_CHECKING:
    pass

MOST_VINTAGES = 6
FEWEST_AREAS = 3
_COVERED = ("period_start", "period_end", "measure", "accounting_basis", "price_basis")


def orders(selection: Selection, indicator: Row, definitions: Definitions, home: str) -> Mapping[str, ChartOrder]:
    """Name in the address -> chart."""
    name, codes = selection.indicator, selection.codes
    titles = {"title_zh": indicator["name_zh"], "title_en": indicator["name_en"]}
    place_zh, place_en = (definitions.area(selection.area, language) for language in ("zh", "en"))
    own = ChartSeries(indicator=name, area=selection.area, categories=codes, accounting_basis=selection.basis[0])
    found = {
        "course": ChartOrder(
            kind="line",
            title_zh=f"{place_zh}{titles['title_zh']}",
            title_en=f"{titles['title_en']}, {place_en}",
            series=(own,),
            forecast=True,
        )
    }
    for chart, parent in (("areas", home), ("provinces", definitions.parent_of(home))):
        areas = tuple(code for code in definitions.below(parent) if code in selection.areas) if parent else ()
        if len(areas) >= FEWEST_AREAS:
            series = ChartSeries(indicator=name, areas=areas, area="*", categories=codes)
            found[chart] = ChartOrder(kind="tile_map", **titles, series=(series,), highlight=selection.area)
    for dimension in codes:
        if len(selection.options(dimension)) > 2:
            series = ChartSeries(
                indicator=name, area=selection.area, categories={**codes, dimension: "*"}, accounting_basis=selection.basis[0]
            )
            found[f"by_{dimension}"] = ChartOrder(kind="bar", **titles, series=(series,), sorted_by_value=True, limit=20)
    return found


def every_order(
    release: OpenRelease, selection: Selection, indicator: Row, definitions: Definitions, home: str
) -> Mapping[str, ChartOrder]:
    """All charts of the page, the vintages too."""
    stated = vintages(release, selection, definitions)
    found = orders(selection, indicator, definitions, home)
    return found if stated is None else {**found, "vintages": stated}


def vintages(release: OpenRelease, selection: Selection, definitions: Definitions) -> ChartOrder | None:
    """The course as each source states it, where several do."""
    if not release.has(STATEMENTS):
        return None
    where = {"indicator": selection.indicator, "area": selection.area, "categories": selection.categories}
    rows = release.select(STATEMENTS, ("source", "period_start", "period_end", "known_from"), where).to_pylist()
    counts = Counter(row["source"] for row in rows)
    known = {row["source"]: row["known_from"] for row in rows}
    chosen = [source for source, count in counts.most_common(MOST_VINTAGES) if count > 1]
    if len(chosen) < 2:
        return None
    series = tuple(
        ChartSeries(
            indicator=selection.indicator, area=selection.area, categories=selection.codes, source=source,
            label_zh=f"{known[source].year}年可知", label_en=f"known {known[source].year}",
        )
        for source in sorted(chosen, key=lambda source: known[source])
    )  # fmt: skip
    indicator = definitions.indicators[selection.indicator]
    return ChartOrder(
        kind="line",
        title_zh=f"{indicator['name_zh']}：各来源、各版本",
        title_en=f"{indicator['name_en']}: every source and vintage",
        series=series,
    )


def drawing(frame: Frame, release: OpenRelease, order: ChartOrder, language: str) -> tuple[Drawn, Markup]:
    """The chart and its drawing for inlining; one that cannot be drawn says why."""
    charts = frame.services.charts
    if charts is None:
        raise NotOffered(_("本站不提供图表"))
    try:
        drawn = charts.specify(release, order, language)
        return drawn, markup(charts.inline(drawn, f"{order.kind}-{len(drawn.links)}")) if drawn.spec is not None else Markup()
    except BadRequest as error:
        return Drawn(title=order.title_zh if language == "zh" else order.title_en or order.title_zh, spec=None, reason=str(error)), Markup()


def with_addresses(drawn: Drawn) -> Spec:
    """The specification for the browser: marks lead to the pages of their figures."""

    def walk(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                key: _address(each, drawn.links) if key == "href" and isinstance(each, str) else walk(each) for key, each in value.items()
            }
        return [walk(each) for each in value] if isinstance(value, list | tuple) else value

    spec: Spec = walk(drawn.spec)
    return spec


def best_covered(release: OpenRelease, where: Mapping[str, Condition]) -> list[Row]:
    """The rows of the last period that at least half as many areas or classes share as any other; one a key, the latest known."""
    groups = release.select(OBSERVATIONS, _COVERED, where).group_by(_COVERED).aggregate([([], "count_all")]).to_pylist()
    if not groups:
        return []
    counts = {tuple(group[name] for name in _COVERED): group["count_all"] for group in groups}
    most = max(counts.values())
    period = max((kind for kind, count in counts.items() if 2 * count >= most), key=lambda kind: (kind[1], -kind[0].toordinal(), kind[3]))
    found: list[Row] = release.select(OBSERVATIONS, where={**where, **dict(zip(_COVERED, period, strict=True))}).to_pylist()
    return found


def release_facts(frame: Frame, release: OpenRelease, rows: int, language: str) -> list[tuple[str, str]]:
    """What a workbook says of the release it was taken from."""

    def say(chinese: str, english: str) -> str:
        return chinese if language == "zh" else english or chinese

    settings, manifest = frame.settings, release.manifest
    facts = [
        (say("发布单位", "Publisher"), say(settings.publisher_zh, settings.publisher_en)),
        (say("网站", "Site"), say(settings.name_zh, settings.name_en)),
        (say("发布", "Release"), manifest.id),
        (say("公布时间", "Published"), release.published_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")),
        (
            say("数据截至", "Known by"),
            manifest.as_of.isoformat() if manifest.as_of else manifest.created.astimezone(CHINA).date().isoformat(),
        ),
        (say("行数", "Rows"), str(rows)),
        (say("许可", "Licence"), settings.licence),
    ]
    if settings.synthetic:
        facts.append((say("注意", "Note"), say("合成数据，并非真实统计", "Synthetic data, no real statistics")))
    return facts


def _address(href: str, links: Mapping[str, str]) -> str:
    key = links.get(href.removeprefix("#"))
    return figure_address(key) if key else href
