"""The report: a Markdown template with bindings becomes a document in which every number carries a passport.

All faults of a template are told together, each with file, line and column. The document's passports are left to the caller, who
knows lineage: `Report.figures` are the figures to write them for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from guibiao.model.errors import BadDefinition, BatchErrors, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.publish.bindings import BoundCall, check_categories, read_binding
from guibiao.publish.composing import ChartInformation, Composer, Quotation
from guibiao.publish.document import Document
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.functions import REPORT_FUNCTIONS, SIGNATURES
from guibiao.publish.index_board import IndexBoard
from guibiao.publish.index_listing import index_indicators
from guibiao.publish.listings import listed_indicators
from guibiao.publish.lookup import Evidence, MissingFigure, find_indicator
from guibiao.publish.proofreading import check_default, check_definitions, check_units, check_words, slots_of
from guibiao.publish.sentences import Answer
from guibiao.publish.template import Template, cut_template
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import ChartDefinition, TableDefinition

SEVERITIES = (("error", "错误", "errors"), ("warning", "需说明的差异", "warnings"))


@dataclass(frozen=True, slots=True)
class Manuscript:
    """One template of the workspace with the title of the document it makes; `file` is its path in the workspace."""

    file: str
    text: str
    title_zh: str
    title_en: str


def report_manuscript(workspace: Workspace) -> Manuscript:
    """The template of the report."""
    report = workspace.report
    return Manuscript(f"report/{report.template}", workspace.template, report.title_zh, report.title_en)


def brief_manuscript(workspace: Workspace) -> Manuscript | None:
    """The template of the brief for the meeting; None where the workspace has none. Without a title of its own it bears the report's."""
    report = workspace.report
    if not report.brief:
        return None
    titled = bool(report.brief_title_zh)
    title = (report.brief_title_zh, report.brief_title_en) if titled else (report.title_zh, report.title_en)
    return Manuscript(f"report/{report.brief}", workspace.brief, *title)


@dataclass(frozen=True, slots=True)
class Report:
    """The document without its passports; the figures quoted, in reading order; how each binding was printed; literals and why."""

    document: Document
    figures: tuple[Figure, ...]
    quotations: tuple[Quotation, ...]
    literals: tuple[tuple[str, str], ...]


def build_document(
    workspace: Workspace,
    figures: Figures,
    findings: Sequence[Mapping[str, Any]],
    *,
    passport_of: Callable[[Figure], str],
    charts: Mapping[str, ChartInformation],
    as_of: date,
    language: str,
    boards: Mapping[date, Sequence[Mapping[str, Any]]] | None = None,
    warnings: Sequence[Mapping[str, Any]] = (),
    indices: Mapping[str, IndexBoard] | None = None,
    past: bool = False,
    manuscript: Manuscript | None = None,
) -> Report:
    """Build the workspace's report, or the document of another manuscript. `findings` are rows of the findings table, `boards` rows of
    `attainment` by day, `warnings` rows of the table of that name, `indices` by id; `as_of` is the day it bears; `past` says that figures
    were filtered by it, so that a missing one is printed as not yet published.

    Raises `BatchErrors` with every fault of template and definitions.
    """
    from guibiao.publish.markdown import read_markdown

    evidence = Evidence(workspace, figures, findings, as_of, Wording(language), boards or {}, warnings, indices or {}, past)
    manuscript = manuscript or report_manuscript(workspace)
    template, faults = cut_template(manuscript.text, manuscript.file)
    _stop_if_faulty(faults)
    drafts, unreadable = read_markdown(template, _exhibits(workspace))
    calls, misread = _calls(template, workspace)
    answers, notices, wrong = _answers(evidence, template, calls)
    slots = slots_of(calls)
    composer = Composer(evidence, template, calls, answers, charts, passport_of)
    blocks = composer.compose(drafts)
    worded = (*check_words(template, drafts, slots, workspace.report.names), *check_units(template, drafts, answers, slots))
    _stop_if_faulty((*unreadable, *misread, *wrong, *worded, *check_definitions(workspace), *composer.faults))
    wording = evidence.wording
    report = workspace.report
    document = Document(
        title=wording.choose(manuscript.title_zh, manuscript.title_en),
        subtitle="",
        publisher=wording.choose(report.publisher_zh, report.publisher_en),
        date=wording.day(as_of),
        language=language,
        blocks=blocks,
        passports=(),
        notices=(*_notices(evidence), *notices),
        properties={"workspace": workspace.settings.id, "date": as_of.isoformat(), "watermark": _watermark(evidence)},
    )
    literals = tuple((answer.text, answer.exempt) for answer in answers.values() if answer.exempt)
    return Report(document, tuple(composer.quoted.values()), tuple(composer.quotations), literals)


def quoted_indicators(workspace: Workspace, manuscript: Manuscript | None = None) -> tuple[str, ...]:
    """Every indicator that a manuscript's text, tables and charts may quote, sorted: what the document depends on.

    The report depends on all tables and charts of the workspace, another manuscript on those it places.
    """
    chosen = manuscript or report_manuscript(workspace)
    template, _faults = cut_template(chosen.text, chosen.file)
    calls, _misread = _calls(template, workspace)
    named = {call.arguments.text(name) for call in calls.values() for name in ("indicator", "other")}
    if any(call.function in {"gaps", "gap_count"} for call in calls.values()):
        named |= {indicator.id for indicator in workspace.indicators.values() if indicator.gap_office}
    counted = [call.arguments.text("framework") for call in calls.values() if call.function == "members"]
    named |= {name for framework in counted if framework in workspace.frameworks for name in workspace.frameworks[framework].members}
    placed = {call.arguments.text("id") for call in calls.values() if call.function in {"table", "chart"}}
    definitions: Iterable[ChartDefinition | TableDefinition] = (*workspace.report.charts, *workspace.report.tables)
    for definition in definitions:
        if manuscript is None or definition.id in placed:
            lines = definition.series if isinstance(definition, ChartDefinition) else definition.columns
            named |= {series.indicator for series in lines}
            named |= listed_indicators(workspace, definition) if isinstance(definition, TableDefinition) else set()
            named |= index_indicators(workspace, definition.index)
    return tuple(sorted(name for name in named if name in workspace.indicators))


def check_template(workspace: Workspace) -> tuple[GuibiaoError, ...]:
    """Faults of report and brief that need no data: braces, Markdown, bindings, unknown indicators, tables and charts, typed numbers,
    change words."""
    brief = brief_manuscript(workspace)
    manuscripts = (report_manuscript(workspace), *((brief,) if brief else ()))
    faults = (fault for manuscript in manuscripts for fault in _manuscript_faults(workspace, manuscript))
    return _sorted((*faults, *check_definitions(workspace)))


def _manuscript_faults(workspace: Workspace, manuscript: Manuscript) -> Iterable[GuibiaoError]:
    from guibiao.publish.markdown import read_markdown

    template, faults = cut_template(manuscript.text, manuscript.file)
    if faults:
        return faults
    drafts, unreadable = read_markdown(template, _exhibits(workspace))
    calls, misread = _calls(template, workspace)
    unknown = [fault for number, call in calls.items() for fault in _unknown_names(workspace, call, template.binding_place(number))]
    worded = check_words(template, drafts, slots_of(calls), workspace.report.names)
    return (*unreadable, *misread, *unknown, *worded)


def _unknown_names(workspace: Workspace, call: BoundCall, place: Place) -> Iterable[GuibiaoError]:
    """Indicators, tables and charts that a binding names and the workspace does not define."""
    for name in ("indicator", "other"):
        if call.arguments.text(name):
            try:
                find_indicator(workspace, call.arguments.text(name))
            except GuibiaoError as error:
                error.place = place
                yield error
    known = {"table": [table.id for table in workspace.report.tables], "chart": [chart.id for chart in workspace.report.charts]}
    name = call.arguments.text("id")
    if call.function in known and name not in known[call.function]:
        near = get_close_matches(name, known[call.function], n=3, cutoff=0.4) or known[call.function]
        title = _("没有 {name} 这张表、图或标题").format(name=name)
        yield BadDefinition(title, remedy=_("是不是想写 {names}？").format(names="、".join(near)), place=place)


def _exhibits(workspace: Workspace) -> set[str]:
    return {*(chart.id for chart in workspace.report.charts), *(table.id for table in workspace.report.tables)}


def _calls(template: Template, workspace: Workspace) -> tuple[dict[int, BoundCall], tuple[GuibiaoError, ...]]:
    dimensions = {name: indicator.dimensions for name, indicator in workspace.indicators.items()}
    calls: dict[int, BoundCall] = {}
    faults: list[GuibiaoError] = []
    for number, binding in enumerate(template.bindings):
        try:
            call = read_binding(binding.source, SIGNATURES)
            check_categories(call, SIGNATURES[call.function], dimensions)
            calls[number] = call
        except GuibiaoError as error:
            error.place = template.binding_place(number)
            faults.append(error)
    return calls, tuple(faults)


def _answers(
    evidence: Evidence, template: Template, calls: Mapping[int, BoundCall]
) -> tuple[dict[int, Answer], tuple[str, ...], tuple[GuibiaoError, ...]]:
    """What every binding prints, the notice about words printed for missing figures, and the faults."""
    answers: dict[int, Answer] = {}
    faults: list[GuibiaoError] = []
    words: dict[str, list[str]] = {}
    for number, call in calls.items():
        answer = REPORT_FUNCTIONS[call.function].answer
        if answer is None:
            continue
        try:
            check_default(call, evidence.workspace.report.names)
            answers[number] = answer(evidence, call.arguments)
        except MissingFigure as error:
            if call.arguments.has("default") or evidence.past:
                word = call.arguments.text("default", evidence.wording.choose("未公布", "not yet published"))
                answers[number] = Answer(word)
                words.setdefault(word, []).append(error.figure)
            else:
                error.place = template.binding_place(number)
                faults.append(error)
        except GuibiaoError as error:
            if evidence.past:
                word = evidence.wording.choose("尚不能判断", "cannot be told yet")
                answers[number] = Answer(word)
                words.setdefault(word, []).append(error.title)
                continue
            error.place = template.binding_place(number)
            faults.append(error)
    return answers, tuple(_default_notice(evidence, word, figures) for word, figures in words.items()), tuple(faults)


def _default_notice(evidence: Evidence, word: str, figures: list[str]) -> str:
    if evidence.past:
        count = len(figures)
        return evidence.wording.choose(
            f"正文有{count}处在当时没有数据，印作“{word}”。", f"{count} places had no figure on that day: printed “{word}”."
        )
    names = evidence.wording.choose("；", "; ").join(dict.fromkeys(figures))
    return evidence.wording.choose(
        f"正文有{len(figures)}处没有数据，印作“{word}”：{names}。",
        f"{len(figures)} places without a figure are printed as “{word}”: {names}.",
    )


def _notices(evidence: Evidence) -> tuple[str, ...]:
    wording = evidence.wording
    counts = [
        (sum(row["severity"] == severity for row in evidence.findings), chinese, english) for severity, chinese, english in SEVERITIES
    ]
    open_findings = wording.choose("、", ", ").join(
        wording.choose(f"{chinese}{count}项", f"{count} {english}") for count, chinese, english in counts
    )
    day = wording.day(evidence.as_of)
    notices = [
        wording.choose(f"数据按{day}可知的最新发布。", f"Figures as they could be known on {day}."),
        wording.choose(f"数据核查发现{open_findings}。", f"The checks of the data found {open_findings}."),
    ]
    if evidence.workspace.settings.synthetic:
        notices.insert(0, wording.choose("本报告使用合成数据，只作演示。", "This report uses synthetic data and is a demonstration only."))
    return tuple(notices)


def _watermark(evidence: Evidence) -> str:
    """What every page is marked with; empty for real data."""
    return evidence.wording.choose("合成数据", "SYNTHETIC DATA") if evidence.workspace.settings.synthetic else ""


def _stop_if_faulty(faults: Iterable[GuibiaoError]) -> None:
    found = _sorted(faults)
    if found:
        raise BatchErrors(_("报告有 {count} 处错误，没有生成").format(count=len(found)), found)


def _sorted(faults: Iterable[GuibiaoError]) -> tuple[GuibiaoError, ...]:
    """In the order of places, each once."""
    unique = {(str(fault.place), fault.title): fault for fault in faults}

    def place(fault: GuibiaoError) -> tuple[str, int, int]:
        column = fault.place.column
        return fault.place.file, fault.place.line or 0, int(column) if column.isdigit() else 0

    return tuple(sorted(unique.values(), key=place))
