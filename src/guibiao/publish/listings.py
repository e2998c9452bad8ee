"""Tables of what the workspace itself defines and lacks: classes, frameworks and their links, headlines, gaps by office, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.unit import parse_unit
from guibiao.publish.attainment_listing import ATTAINMENT_LISTINGS, attainment_indicators
from guibiao.publish.citing import in_parts, indicators_without_figure, source_line
from guibiao.publish.class_listing import class_rows, class_summary
from guibiao.publish.coverage import elapsed
from guibiao.publish.document import TableBlock, TableCell
from guibiao.publish.figures import Figure
from guibiao.publish.finding_listing import findings_by_rule, own_findings
from guibiao.publish.index_listing import INDEX_LISTINGS, index_indicators
from guibiao.publish.lookup import Evidence
from guibiao.publish.table_grid import series_unit
from guibiao.publish.tables import BuiltTable, cell_text
from guibiao.publish.warning_listing import warning_indicators, warning_table
from guibiao.reference.definitions import Framework, Workspace
from guibiao.reference.report_definitions import TableDefinition

Row = tuple[TableCell, ...]
Passport = Callable[[Figure], str]
RELATIONS = {"same": ("相同", "same"), "broader": ("更宽", "broader"), "narrower": ("更窄", "narrower"), "related": ("相关", "related")}
LISTED = frozenset({"class", "framework", "headline", "link", "gap", "finding", "rule", "warning", *INDEX_LISTINGS, *ATTAINMENT_LISTINGS})
"""Kinds of rows that are listed here; all others are laid out from figures."""


def build_listing(evidence: Evidence, definition: TableDefinition, number: str, passport_of: Passport) -> BuiltTable:
    """The table of a definition whose rows are no figures. An empty one is a bad request."""
    figures: list[Figure] = []

    def quoted(figure: Figure) -> str:
        figures.append(figure)
        return passport_of(figure)

    head, rows, notes = _LISTINGS[definition.rows](evidence, definition, quoted)
    if not rows and definition.rows not in {"gap", "finding", "rule", "warning", *ATTAINMENT_LISTINGS}:
        raise BadRequest(_("表 {table} 没有任何行").format(table=definition.id), remedy=_("核对它的 classification 或 framework。"))
    if not rows:
        rows = [(TableCell(evidence.wording.choose("无。", "None."), align="center", columns=len(head)),)]
    say = evidence.wording.choose
    own = say(definition.note_zh, definition.note_en)
    block = TableBlock(
        id=definition.id,
        number=number,
        title=say(definition.title_zh, definition.title_en),
        unit="",
        head=(tuple(TableCell(text, align="center") for text in head),),
        rows=tuple(rows),
        notes=tuple(note for note in (own, *notes) if note),
        source=source_line(evidence, figures),
    )
    return BuiltTable(block, tuple(figures))


def listed_indicators(workspace: Workspace, definition: TableDefinition) -> set[str]:
    """Indicators whose figures such a table looks at."""
    if definition.rows == "gap":
        return {indicator.id for indicator in workspace.indicators.values() if indicator.gap_office}
    if definition.rows == "target":
        return attainment_indicators(workspace)
    if definition.rows == "warning":
        return warning_indicators(workspace)
    if definition.rows in INDEX_LISTINGS:
        return index_indicators(workspace, definition.index)
    if definition.rows == "framework":
        return {name for framework in workspace.frameworks.values() for name in framework.members}
    return set()


def words(text: str, align: str = "left", columns: int = 1, rows: int = 1) -> TableCell:
    """A cell of words."""
    return TableCell(text, align=align, columns=columns, rows=rows)


def _classes(evidence: Evidence, definition: TableDefinition, _quoted: Passport) -> tuple[Sequence[str], list[Row], list[str]]:
    classification = evidence.workspace.classifications.get(definition.classification)
    if classification is None:
        raise BadRequest(
            _("表 {table} 没有分类 {name}").format(table=definition.id, name=definition.classification),
            remedy=_("在 classification 里写 classifications.yaml 中的一个分类。"),
        )
    correspondence = evidence.workspace.correspondences.get(definition.correspondence)
    build = class_summary if definition.summary else class_rows
    head, rows, notes = build(evidence, classification, correspondence)
    return head, rows, [*notes, *([classification.note] if classification.note and evidence.wording.chinese else [])]


def _frameworks(evidence: Evidence, definition: TableDefinition) -> list[Framework]:
    every = evidence.workspace.frameworks
    if definition.framework and definition.framework not in every:
        raise BadRequest(
            _("表 {table} 没有统计框架 {name}").format(table=definition.id, name=definition.framework),
            remedy=_("可写：{names}。").format(names="、".join(every)),
        )
    return [every[definition.framework]] if definition.framework else list(every.values())


def _framework(evidence: Evidence, definition: TableDefinition, quoted: Passport) -> tuple[Sequence[str], list[Row], list[str]]:
    """Indicators by first and second level, each with its last figure or the office that holds it."""
    say = evidence.wording.choose
    framework = _frameworks(evidence, definition)[0]
    rows: list[Row] = []
    have = 0
    for dimension in framework.dimensions:
        count = sum(len(group.indicators) for group in dimension.groups)
        title = say(f"{dimension.name_zh}（{count}项）", f"{dimension.name_en} ({count})")
        rows.append((words(title, columns=6),))
        for group in dimension.groups:
            for place, name in enumerate(group.indicators):
                first = (words(say(group.name_zh, group.name_en), rows=len(group.indicators)),) if place == 0 else ()
                filled, cells = _state(evidence, definition, name, quoted)
                have += filled
                rows.append((*first, *cells))
    if not framework.dimensions:
        for name in framework.members:
            filled, cells = _state(evidence, definition, name, quoted)
            have += filled
            rows.append((words(""), *cells))
    total = len(framework.members)
    notes = [
        say(f"共{total}项指标，{have}项有数据，{total - have}项为缺口。", f"{total} indicators: {have} with figures, {total - have} gaps."),
    ]
    return say("二级,指标,最新数,单位,报告期,等级", "Group,Indicator,Latest,Unit,Period,Grade").split(","), rows, notes


def _state(evidence: Evidence, definition: TableDefinition, name: str, quoted: Passport) -> tuple[bool, Row]:
    """The last figure of an indicator for the city, or who holds it; whether there is one."""
    say = evidence.wording.choose
    indicator = evidence.workspace.indicators[name]
    label = words(evidence.indicator_name(name))
    own = evidence.workspace.settings.area
    every = evidence.figures.of(name)
    figures = [figure for figure in every if figure.area == own]
    if not figures and (parts := in_parts(evidence, every)):
        latest = max(parts, key=lambda figure: figure.period.end)
        count = len({figure.area for figure in parts if figure.period == latest.period})
        said = (say(f"分{count}个地区", f"{count} areas"), evidence.wording.printed_unit(parse_unit(indicator.unit)))
        return True, (label, *(words(text, "center") for text in (*said, evidence.wording.period(latest.period), latest.grade)))
    if not figures:
        holder = indicator.gap_office or indicator.owner or say("未指明", "not named")
        due = indicator.gap_due or say("未定", "not set")
        return False, (label, words(say(f"缺口：{holder}，{due}", f"gap: {holder}, {due}"), columns=4))
    latest = max(figures, key=lambda figure: (figure.period.end, -len(figure.categories), "_T" in figure.categories, figure.known_from))
    text = cell_text(evidence, definition, latest, parse_unit(indicator.unit))
    unit = evidence.wording.printed_unit(parse_unit(indicator.unit))
    period = evidence.wording.period(latest.period)
    several = {figure.categories for figure in figures if figure.period == latest.period} - {latest.categories}
    if latest.categories and "_T" not in latest.categories and several:
        classed = say(f"分{len(several) + 1}类", f"{len(several) + 1} classes")
        return True, (label, words(classed, "center"), words(unit, "center"), words(period, "center"), words(latest.grade, "center"))
    number = TableCell(text, quoted(latest))
    return True, (label, number, words(unit, "center"), words(period, "center"), words(latest.grade, "center"))


def _headlines(evidence: Evidence, definition: TableDefinition, quoted: Passport) -> tuple[Sequence[str], list[Row], list[str]]:
    """One row a series: its last figure, with period, age and grade."""
    say = evidence.wording.choose
    rows: list[Row] = []
    missing: list[str] = []
    for series in definition.columns:
        label = say(series.label_zh, series.label_en) or evidence.indicator_name(series.indicator)
        figures = evidence.figures.select(series)
        if not figures:
            missing.append(label)
            continue
        latest = max(figures, key=lambda figure: (figure.period.end, figure.known_from))
        unit = series_unit(evidence, definition, series)
        number = TableCell(cell_text(evidence, definition, latest, unit), quoted(latest))
        age = elapsed(evidence.wording, latest.period.end, evidence.as_of) if latest.period.end <= evidence.as_of else ""
        said = (evidence.wording.printed_unit(unit), evidence.wording.period(latest.period), age, latest.grade)
        rows.append((words(label), number, *(words(text, "center") for text in said)))
    notes = [say(f"没有数据：{evidence.wording.join(missing)}。", f"No figure: {evidence.wording.join(missing)}.")] if missing else []
    return say("指标,数值,单位,报告期,距本报告,等级", "Indicator,Figure,Unit,Period,Age,Grade").split(","), rows, notes


def _links(evidence: Evidence, definition: TableDefinition, _quoted: Passport) -> tuple[Sequence[str], list[Row], list[str]]:
    """How notions of one framework stand to those of another, one framework after the other."""
    say = evidence.wording.choose
    rows: list[Row] = []
    for framework in _frameworks(evidence, definition):
        if framework.links:
            rows.append((words(say(framework.name_zh, framework.name_en), columns=4),))
        for link in framework.links:
            other = evidence.workspace.frameworks[link.framework]
            name = say(f"（{other.name_zh}）", f" ({other.name_en})")
            rows.append(
                (
                    words(evidence.indicator_name(link.indicator)),
                    words(say(*RELATIONS[link.relation]), "center"),
                    words(evidence.indicator_name(link.to) + name),
                    words(say(link.note_zh, link.note_en)),
                )
            )
    return say("指标,比对方,另一框架的指标,说明", "Indicator,Relation,Indicator of the other framework,Note").split(","), rows, []


def _gaps(evidence: Evidence, _definition: TableDefinition, _quoted: Passport) -> tuple[Sequence[str], list[Row], list[str]]:
    """Indicators without a figure for the city, by the office that holds them."""
    say = evidence.wording.choose
    missing = sorted(indicators_without_figure(evidence), key=lambda indicator: (indicator.gap_office, indicator.gap_due))
    rows: list[Row] = []
    for office, group in groupby(missing, key=lambda indicator: indicator.gap_office):
        members = list(group)
        for place, indicator in enumerate(members):
            first = (words(say(f"{office}（{len(members)}项）", f"{office} ({len(members)})"), rows=len(members)),) if place == 0 else ()
            due = indicator.gap_due or say("未定", "not set")
            unit = evidence.wording.printed_unit(parse_unit(indicator.unit))
            rows.append((*first, words(evidence.indicator_name(indicator.id)), words(unit, "center"), words(due, "center")))
    offices = len({indicator.gap_office for indicator in missing})
    notes = [say(f"共{len(missing)}项，{offices}个单位。", f"{len(missing)} indicators, {offices} offices.")] if missing else []
    return say("掌握单位,指标,单位,应提供时间", "Office,Indicator,Unit,Due").split(","), rows, notes


_LISTINGS: Mapping[str, Callable[[Evidence, TableDefinition, Passport], tuple[Sequence[str], list[Row], list[str]]]] = {
    "class": _classes,
    "framework": _framework,
    "headline": _headlines,
    "link": _links,
    "gap": _gaps,
    "finding": own_findings,
    "rule": findings_by_rule,
    "warning": warning_table,
    **INDEX_LISTINGS,
    **ATTAINMENT_LISTINGS,
}
