"""What a chart is asked for and what comes out: a specification with its figures, notes, source, grade and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from guibiao.publish.charts.forecast import Forecast
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.printable import printable
from guibiao.publish.wording import Wording
from guibiao.reference.classification import Category
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import ChartDefinition

Spec = dict[str, Any]
Passport = Callable[[Figure], str]
NAMES_LISTED = 8


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn or refused chart. `spec` is None where there is nothing to draw; `reason` then says why and who holds the data.

    `figures` are ids of the figures its marks show and `passports` the passports of the same, both in drawing order and without
    repetition; `grade` is the worst of their source grades; `alternative` says in words what the picture shows.
    """

    id: str
    kind: str
    title: str
    spec: Spec | None
    figures: tuple[str, ...] = ()
    passports: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    grade: str = ""
    alternative: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One chart ordered: definition, figures to choose from, language of the document, and how a figure's passport is called."""

    definition: ChartDefinition
    figures: Figures
    wording: Wording
    passport_of: Passport
    forecast: Forecast | None = None
    """What goes on after the last figure of a line; other kinds leave it out."""

    @property
    def workspace(self) -> Workspace:
        return self.figures.workspace

    @property
    def title(self) -> str:
        return printable(self.say(self.definition.title_zh, self.definition.title_en))

    def say(self, chinese: str, english: str) -> str:
        """The text of the document's language; a missing English one falls back to the Chinese."""
        return self.wording.choose(chinese, english)

    def listed(self, names: Iterable[str]) -> str:
        """The names in one line; of a long list the first ones and how many there are."""
        every = list(names)
        text = self.wording.join(every[:NAMES_LISTED])
        return text if len(every) <= NAMES_LISTED else text + self.say(f"等{len(every)}个", f" and {len(every) - NAMES_LISTED} more")

    def category(self, classification: str, code: str) -> Category | None:
        """A code of a classification; an area is looked up in the chart's classification first, then in `areas`."""
        found = self.workspace.classifications.get(classification)
        return next((category for category in found.categories if category.code == code), None) if found else None

    def area(self, code: str) -> Category | None:
        return self.category(self.definition.classification, code) or self.category("areas", code)

    def area_name(self, code: str) -> str:
        return self.name_of(self.area(code), code)

    def name_of(self, category: Category | None, code: str) -> str:
        """Name of a category in the document's language, its code where it has none."""
        return printable(category.label(chinese=self.wording.chinese) if category else code)


def refused(order: Order, reason: str, notes: Sequence[str] = ()) -> Chart:
    """A chart that cannot be drawn, with the reason: the report prints a named gap."""
    return Chart(order.definition.id, order.definition.kind, order.title, None, notes=tuple(notes), reason=reason)


def nothing_on_file(order: Order) -> Chart:
    """The refusal for want of observations; it names the indicators and who holds them, when they are due."""
    parts = []
    for name in dict.fromkeys(series.indicator for series in order.definition.series):
        indicator = order.workspace.indicators[name]
        text = order.say(f"“{indicator.name_zh}”没有符合条件的数据", f"no figures on file for “{indicator.name_en}”")
        if indicator.gap_office:
            text += order.say(f"，由{indicator.gap_office}掌握", f", held by {indicator.gap_office}")
        if indicator.gap_due:
            text += order.say(f"，应于{indicator.gap_due}前提供", f", due {indicator.gap_due}")
        parts.append(printable(text))
    return refused(order, order.say("；", "; ").join(parts) + order.say("。", "."))


def finished(order: Order, spec: Spec, figures: Iterable[Figure], notes: Iterable[str], alternative: str) -> Chart:
    """The chart with everything that follows from the figures it shows."""
    used = list({figure.id: figure for figure in figures}.values())
    own_note = order.say(order.definition.note_zh, order.definition.note_en)
    return Chart(
        id=order.definition.id,
        kind=order.definition.kind,
        title=order.title,
        spec={**spec, "description": alternative},
        figures=tuple(figure.id for figure in used),
        passports=tuple(dict.fromkeys(order.passport_of(figure) for figure in used)),
        notes=tuple(printable(note) for note in dict.fromkeys((*([own_note] if own_note else []), *notes))),
        source=source_line(order, used),
        grade=max((figure.grade for figure in used), default=""),
        alternative=alternative,
    )


def spoken(order: Order, kind: str, heading: str, parts: Sequence[str]) -> str:
    """The alternative text: kind of chart and title, unit or what else heads it, and its parts, in one line."""
    about = order.say(f"（{heading}）", f" ({heading})") if heading else ""
    head = order.say(f"{kind}：{order.title}{about}。", f"{kind}: {order.title}{about}. ")
    return printable(head + order.say("；", "; ").join(parts) + order.say("。", "."))


def source_line(order: Order, figures: Iterable[Figure]) -> str:
    """Titles of the sources, sorted, each with its grade; computed figures are said to be computed."""
    titles, computed = set(), False
    for figure in figures:
        if not figure.source:
            computed = True
            continue
        source = order.workspace.sources.get(figure.source)
        titles.add(printable(source.title if source else figure.source) + order.say(f"（{figure.grade}级）", f" (grade {figure.grade})"))
    parts = sorted(titles) + ([order.say("按公式计算", "computed by formula")] if computed else [])
    return order.say("；", "; ").join(parts)
