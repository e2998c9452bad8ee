"""The statistical scheme (统计监测制度) as a document: general rules, list of forms, forms, definitions, classifications, annexes.

Every fact comes from the workspace; the wording around it is the same for every city. Chapters follow the custom of national schemes:
总说明, 报表目录, 表式, 指标解释, 分类目录, 附录.
"""

from __future__ import annotations

from collections.abc import Iterator

from guibiao.publish.document import Block, Bullets, Document, Heading, Paragraph, TableBlock, TableCell, Text
from guibiao.publish.scheme_classifications import classification_blocks, correspondence_blocks, link_blocks
from guibiao.publish.scheme_forms import form_blocks, form_number, form_table
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Workspace

FREQUENCIES = {
    "monthly": ("月报", "monthly"), "quarterly": ("季报", "quarterly"), "half-yearly": ("半年报", "half-yearly"),
    "annual": ("年报", "annual"),
    "daily": ("日报", "daily"), "weekly": ("周报", "weekly"), "irregular": ("不定期", "irregular"),
}  # fmt: skip
MEASURES = {
    "during": ("期内数", "during the period"), "to_date": ("累计数", "to date"), "to date": ("累计数", "to date"),
    "at_end": ("期末数", "at the end"), "at end": ("期末数", "at the end"), "average": ("平均数", "average"),
}  # fmt: skip


def build_scheme(workspace: Workspace, day: str, language: str) -> Document:
    """The scheme as of a day (printed as given); it has no numbers, so no passports."""
    wording = Wording(language)
    settings, report = workspace.settings, workspace.report
    blocks = (
        *_general(workspace, wording),
        *_list_of_forms(workspace, wording),
        *form_blocks(workspace, wording),
        *_definitions(workspace, wording),
        *classification_blocks(workspace, wording),
        *_annexes(workspace, wording),
    )
    say = wording.choose
    notices = [
        say("本制度由工作区的定义生成，定义改变时随之改变。", "Generated from the definitions of the workspace; it changes as they do.")
    ]
    if settings.synthetic:
        notices.insert(
            0, say("本制度所依据的工作区使用合成数据，只作演示。", "The workspace uses synthetic data and is a demonstration only.")
        )
    return Document(
        title=say(f"{settings.name_zh}数字经济统计监测制度", f"Statistical scheme of digital economy monitoring, {settings.name_en}"),
        subtitle="",
        publisher=say(report.publisher_zh, report.publisher_en),
        date=day,
        language=language,
        blocks=tuple(blocks),
        passports=(),
        notices=tuple(notices),
        properties={"watermark": say("合成数据", "SYNTHETIC DATA") if settings.synthetic else ""},
    )


def _general(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """Purpose, scope, legal basis, frequencies, offices, quality control, publication."""
    say = wording.choose
    settings = workspace.settings
    collected = [each for each in workspace.indicators.values() if not each.is_computed]
    derived = len(workspace.indicators) - len(collected)
    yield _heading(1, "general", say("总说明", "General rules"))
    yield _heading(2, "purpose", say("调查目的", "Purpose"))
    yield _words(
        say(
            f"为反映{settings.name_zh}数字经济和数字消费的规模、结构与变化，满足宏观管理和社会公众的需要，依照《中华人民共和国统计法》"
            "及其实施条例的规定，制定本统计监测制度。",
            f"This scheme serves to measure size, structure and change of the digital economy of {settings.name_en}, under the Statistics "
            "Law of the People's Republic of China and its implementing regulation.",
        )
    )
    yield _heading(2, "scope", say("监测范围和内容", "Scope"))
    yield _words(
        say(
            f"监测范围由下列{len(workspace.frameworks)}个统计框架规定，各框架分别列示，不合并。全部指标{len(workspace.indicators)}个，"
            f"其中收集{len(collected)}个，计算得出{derived}个。",
            f"The scope is given by {len(workspace.frameworks)} frameworks, which are never merged. Of {len(workspace.indicators)} "
            f"indicators, {len(collected)} are collected and {derived} computed.",
        )
    )
    if workspace.frameworks:
        yield Bullets(
            tuple(
                (Text(say(each.name_zh, each.name_en), "strong"), Text(say("：", ": ") + say(each.definition_zh, each.definition_en)))
                for each in workspace.frameworks.values()
            )
        )
    yield _heading(2, "frequency", say("报告期别和报送要求", "Periods and delivery"))
    yield _words(_frequencies(workspace, wording))
    yield _heading(2, "offices", say("组织实施", "Offices"))
    yield from _offices(workspace, wording)
    yield _heading(2, "law", say("法律依据和数据使用", "Legal basis and use of data"))
    yield _words(
        say(
            "统计调查取得的单个调查对象的资料只用于统计，不得作为行政许可、行政处罚以及其他完成统计任务以外的依据；列为限制使用的报表，"
            "其数据在解除限制前不进入发布。",
            "Data on a single respondent serve statistics alone and may not ground a licence, a penalty or anything beyond the statistical "
            "task. Figures of restricted forms are not released until they are cleared.",
        )
    )
    bases = sorted({each.legal_basis for each in workspace.agreements.values() if each.legal_basis})
    if bases:
        yield Bullets(tuple((Text(basis),) for basis in bases))
    yield _heading(2, "quality", say("质量控制", "Quality control"))
    yield _quality(workspace, wording)


def _frequencies(workspace: Workspace, wording: Wording) -> str:
    counts: dict[str, int] = {}
    for indicator in workspace.indicators.values():
        counts[indicator.frequency] = counts.get(indicator.frequency, 0) + 1
    say = wording.choose
    listed = wording.join(
        [say(f"{_frequency(name, wording)}{count}个", f"{count} {_frequency(name, wording)}") for name, count in counts.items()]
    )
    return say(
        f"按指标频率分：{listed}。各报表的报告期别、报送单位和报送时间见报表目录；报送日遇法定节假日的，按通知顺延。",
        f"Indicators by frequency: {listed}. Period, office and due day of each form are in the list of forms.",
    )


def _offices(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """Who compiles or holds what, by office."""
    say = wording.choose
    held: dict[str, list[str]] = {}
    for indicator in workspace.indicators.values():
        for office in dict.fromkeys(filter(None, (indicator.owner, indicator.gap_office))):
            held.setdefault(office, []).append(say(indicator.name_zh, indicator.name_en))
    if not held:
        yield _words(say("本制度由制定单位组织实施。", "The issuing office carries out this scheme."))
        return
    yield _words(
        say("本制度由制定单位组织实施，下列单位按分工提供数据。", "The issuing office carries out this scheme with the offices below.")
    )
    rows = tuple(
        (TableCell(office, align="left"), TableCell(str(len(names))), TableCell(wording.join(names), align="left"))
        for office, names in sorted(held.items())
    )
    head = (say("单位", "Office"), say("指标数", "Indicators"), say("指标", "Names"))
    yield TableBlock("scheme_offices", "1", say("数据提供单位", "Offices that provide data"), "", _head(*head), rows)


def _quality(workspace: Workspace, wording: Wording) -> Block:
    say = wording.choose
    return Bullets(
        tuple(
            (Text(text),)
            for text in (
                say(
                    "来源印出的数逐字保存，更正须登记理由和原值。",
                    "What a source prints is kept verbatim; a correction states its reason and the old value.",
                ),
                say(
                    "来源分为四级：" + "；".join(wording.grade(grade) for grade in "ABCD") + "，随数列示。",
                    "Sources have four grades: " + "; ".join(wording.grade(grade) for grade in "ABCD") + ", printed with the figures.",
                ),
                say(
                    f"设核查规则{len(workspace.rules)}条，并对比重、增速、合计、数量级等逐数复算，发现的问题列入核查发现。",
                    f"{len(workspace.rules)} rules, and recomputation of shares, growth, totals and sizes; findings are published.",
                ),
                say(
                    "缺数不以零代替，列为缺口并注明掌握单位和日期。",
                    "A missing figure is never zero: it is a gap with the office that holds it and a date.",
                ),
            )
        )
    )


def _list_of_forms(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """报表目录: number, name, period, office, due day, agreement, access."""
    say = wording.choose
    yield _heading(1, "forms", say("报表目录", "List of forms"))
    if not workspace.agreements:
        yield _words(say("工作区尚未登记其他单位应报送的报表。", "No form owed by another office is on file in the workspace."))
        return
    access = {"open": say("公开", "open"), "restricted": say("限制使用", "restricted")}
    rows = tuple(
        (
            TableCell(form_number(number, wording), align="center"),
            TableCell(say(each.title_zh, each.title_en), align="left"),
            TableCell(_frequency(each.frequency, wording), align="center"),
            TableCell(each.office, align="left"),
            TableCell(_due(each.due_day, wording), align="left"),
            TableCell(each.agreement, align="center"),
            TableCell(access[each.access], align="center"),
        )
        for number, each in enumerate(workspace.agreements.values(), start=1)
    )
    head = (
        say("表号", "Form"), say("表名", "Name"), say("报告期别", "Period"), say("报送单位", "Office"), say("报送时间", "Due"),
        say("协议", "Agreement"), say("使用范围", "Access"),
    )  # fmt: skip
    yield TableBlock("scheme_forms", "2", say("报表目录", "Forms"), "", _head(*head), rows)


def _due(text: str, wording: Wording) -> str:
    """期后15日, or 次年03-31 for a month and day."""
    if text.isdigit():
        return wording.choose(f"期后{text}日", f"{text} days after the period")
    month, dash, day = text.partition("-")
    if dash and month.isdigit() and day.isdigit():
        return wording.choose(f"次年{int(month)}月{int(day)}日", f"{text} of the following year")
    return text


def _definitions(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """指标解释: every indicator, by framework where it has one."""
    say = wording.choose
    yield _heading(1, "definitions", say("指标解释", "Definitions"))
    placed: set[str] = set()
    for number, framework in enumerate(workspace.frameworks.values(), start=1):
        names = [name for name in framework.members if name in workspace.indicators and name not in placed]
        if names:
            yield _heading(2, f"framework-{number}", say(framework.name_zh, framework.name_en))
            for name in names:
                yield from _definition(workspace, name, wording)
            placed.update(names)
    others = [name for name in workspace.indicators if name not in placed]
    if others:
        yield _heading(2, "other-indicators", say("其他指标", "Other indicators") if placed else say("全部指标", "All indicators"))
        for name in others:
            yield from _definition(workspace, name, wording)


def _definition(workspace: Workspace, name: str, wording: Wording) -> Iterator[Block]:
    from guibiao.publish.inputs import FUNCTION_NAMES, named_formula

    say = wording.choose
    indicator = workspace.indicators[name]
    bases = [basis.name_zh if wording.chinese else basis.name_en for each in indicator.accounting_bases if (basis := workspace.basis(each))]
    facts = [
        (say("计量单位", "Unit"), indicator.unit),
        (say("性质", "Measure"), say(*MEASURES.get(indicator.measure.value, (indicator.measure.value,) * 2))),
        (say("频率", "Frequency"), _frequency(indicator.frequency, wording)),
        (say("核算口径", "Accounting basis"), wording.join(bases)),
        (say("主管单位", "Office"), indicator.owner),
        (say("数据缺口", "Gap"), wording.join([part for part in (indicator.gap_office, indicator.gap_due) if part])),
    ]
    separator, stop = say("：", ": "), say("；", "; ")
    said = stop.join(f"{label}{separator}{text}" for label, text in facts if text)
    meaning = say(indicator.definition_zh, indicator.definition_en).rstrip("。.")
    yield Paragraph(
        (Text(say(indicator.name_zh, indicator.name_en), "strong"), Text(f"　{meaning}{say('。', '. ')}{said}{say('。', '.')}"))
    )
    if indicator.formula:
        names = {each: say(definition.name_zh, definition.name_en) for each, definition in workspace.indicators.items()}
        words = named_formula(indicator.formula, names, FUNCTION_NAMES if wording.chinese else {})
        yield Paragraph((Text(f"{say('计算公式', 'Formula')}{separator}{words}"),), "note")


def _annexes(workspace: Workspace, wording: Wording) -> Iterator[Block]:
    """Correspondences between classifications, links between frameworks, sources."""
    say = wording.choose
    yield _heading(1, "annexes", say("附录", "Annexes"))
    yield _heading(2, "correspondences", say("分类对应关系", "Correspondences"))
    yield from correspondence_blocks(workspace, wording)
    yield _heading(2, "links", say("统计框架之间的对应", "Links between frameworks"))
    yield from link_blocks(workspace, wording)
    yield _heading(2, "sources", say("资料来源", "Sources"))
    rows = tuple(
        (
            TableCell(source.title, align="left"),
            TableCell(source.publisher, align="left"),
            TableCell(source.known_from, align="center"),
            TableCell(source.grade.value, align="center"),
        )
        for source in workspace.sources.values()
    )
    head = (say("名称", "Title"), say("发布单位", "Publisher"), say("公布时间", "Published"), say("等级", "Grade"))
    yield form_table("scheme_sources", say("资料来源", "Sources"), head, rows)


def _frequency(name: str, wording: Wording) -> str:
    return wording.choose(*FREQUENCIES.get(name, (name, name)))


def _heading(level: int, identity: str, words: str) -> Heading:
    return Heading(level, (Text(words),), f"scheme-{identity}")


def _words(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def _head(*texts: str) -> tuple[tuple[TableCell, ...], ...]:
    return (tuple(TableCell(text, align="center") for text in texts),)
