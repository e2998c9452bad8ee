"""From drafted blocks and answers to the document's blocks: numbers with passports, numbered tables and charts, links between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Protocol

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.publish.bindings import BoundCall
from guibiao.publish.citing import gap_items, gap_offices, source_items, source_line
from guibiao.publish.coverage import notes_with
from guibiao.publish.document import (
    Block,
    Bullets,
    ChartBlock,
    Heading,
    Inline,
    Line,
    Link,
    Number,
    Paragraph,
    TableBlock,
    TableCell,
    Text,
)
from guibiao.publish.figures import Figure
from guibiao.publish.functions import BLOCKS
from guibiao.publish.listings import LISTED, build_listing
from guibiao.publish.lookup import Evidence
from guibiao.publish.markdown import Draft, DraftBullets, DraftHeading, DraftParagraph, DraftTable, Part, Passage, Slot, Words
from guibiao.publish.proofreading import DEFINITIONS
from guibiao.publish.sentences import Answer
from guibiao.publish.tables import build_table
from guibiao.publish.template import Template
from guibiao.reference.report_definitions import TableDefinition

_BY_OFFICE = "gaps by office"


class ChartInformation(Protocol):
    """What a document needs of a chart; `spec` is None where it could not be drawn, and `reason` says why."""

    @property
    def title(self) -> str: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def source(self) -> str: ...
    @property
    def figures(self) -> tuple[str, ...]: ...
    @property
    def alternative(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def spec(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Quotation:
    """One printed binding: its text, how it is written, its line, and ids of the figures it follows, that of its passport first."""

    text: str
    binding: str
    line: int
    figures: tuple[str, ...]


@dataclass(slots=True)
class Composer:
    """Composes one document; faults are collected, figures are kept in the order they are quoted."""

    evidence: Evidence
    template: Template
    calls: Mapping[int, BoundCall]
    answers: Mapping[int, Answer]
    charts: Mapping[str, ChartInformation]
    passport_of: Callable[[Figure], str]
    exhibits: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    quoted: dict[str, Figure] = field(default_factory=dict)
    quotations: list[Quotation] = field(default_factory=list)
    faults: list[GuibiaoError] = field(default_factory=list)

    def compose(self, drafts: Sequence[Draft]) -> tuple[Block, ...]:
        """All blocks; lists of sources come last to be written, since they name what was quoted anywhere."""
        self._number(drafts)
        blocks: list[Block | None] = []
        waiting: list[tuple[int, str]] = []
        for draft in drafts:
            for block in self._blocks(draft):
                if isinstance(block, str):
                    waiting.append((len(blocks), block))
                    blocks.append(None)
                else:
                    blocks.append(block)
        for position, name in waiting:
            blocks[position] = self._list(name)
        return tuple(block for block in blocks if block is not None)

    def passport(self, figure: Figure) -> str:
        """The figure's passport; the figure is quoted from now on."""
        self.quoted.setdefault(figure.id, figure)
        return self.passport_of(figure)

    def _number(self, drafts: Sequence[Draft]) -> None:
        """表1, 图1 in the order of placing, and the words of headings, so that a reference may come before what it refers to."""
        counts = {"table": 0, "chart": 0}
        wording = self.evidence.wording
        for draft in drafts:
            if isinstance(draft, DraftHeading):
                self.headings[draft.id] = "".join(self._words(part) for part in draft.passage.parts)
            for slot in draft.passage.slots if isinstance(draft, DraftParagraph) else ():
                call = self.calls.get(slot.number)
                if call is None or call.function not in counts:
                    continue
                name = call.arguments.text("id")
                if name in self.exhibits:
                    self._fault(
                        slot, _("{name} 放了两次").format(name=name), _("每张表、每张图在一份报告里只放一次；再次提到时写 {{ see(...) }}。")
                    )
                    continue
                counts[call.function] += 1
                word = wording.choose("表", "Table ") if call.function == "table" else wording.choose("图", "Figure ")
                self.exhibits[name] = f"{word}{counts[call.function]}"

    def _words(self, part: Part) -> str:
        if isinstance(part, Words):
            return part.text
        answer = self.answers.get(part.number)
        return answer.text if answer else ""

    def _blocks(self, draft: Draft) -> Iterator[Block | str]:
        if isinstance(draft, DraftHeading):
            yield Heading(draft.level, self._line(draft.passage), draft.id)
        elif isinstance(draft, DraftBullets):
            yield Bullets(tuple(self._line(item) for item in draft.items), draft.ordered)
        elif isinstance(draft, DraftTable):
            yield self._typed_table(draft)
        elif self._stands_alone(draft.passage):
            for slot in draft.passage.slots:
                yield from self._placed(slot)
        else:
            line = self._line(draft.passage)
            if line:
                yield Paragraph(line, draft.style)

    def _stands_alone(self, passage: Passage) -> bool:
        """Whether a paragraph holds bindings of whole blocks and nothing else."""
        if not passage.slots or any(isinstance(part, Words) and part.text.strip() for part in passage.parts):
            return False
        functions = {self.calls[slot.number].function for slot in passage.slots if slot.number in self.calls}
        return bool(functions) and functions <= BLOCKS

    def _placed(self, slot: Slot) -> Iterator[Block | str]:
        call = self.calls[slot.number]
        if call.function == "table":
            yield from self._table(slot, call.arguments.text("id"))
        elif call.function == "chart":
            yield from self._chart(slot, call.arguments.text("id"))
        else:
            yield self._named_list(slot, call)

    def _named_list(self, slot: Slot, call: BoundCall) -> str:
        """Which list stands here; it is written last."""
        try:
            by_office = call.function == "gaps" and call.arguments.choice("by", "indicator", "office") == "office"
        except GuibiaoError as error:
            self._fault(slot, error.title, error.remedy)
            return call.function
        return _BY_OFFICE if by_office else call.function

    def _table(self, slot: Slot, name: str) -> Iterator[Block]:
        definition = next((table for table in self.evidence.workspace.report.tables if table.id == name), None)
        if definition is None:
            self._unknown(slot, name, [table.id for table in self.evidence.workspace.report.tables])
            return
        try:
            build = build_listing if definition.rows in LISTED else build_table
            built = build(self.evidence, definition, self.exhibits.get(name, ""), self.passport)
        except GuibiaoError as error:
            if self.evidence.past:
                yield self._not_yet(definition, self.exhibits.get(name, ""))
                return
            error.place = Place(DEFINITIONS, None, f"tables.{name}")
            self.faults.append(error)
            return
        say = self.evidence.wording.choose
        notes = notes_with(self.evidence, definition.mixed_zh, definition.mixed_en, built.block.notes, built.figures)
        yield replace(built.block, notes=notes, question=say(definition.question_zh, definition.question_en))

    def _named_gap(self, name: str, number: str, title: str, reason: str) -> TableBlock:
        """Stands where a table or chart would, so that references to it still lead somewhere."""
        return TableBlock(name, number, title, "", ((TableCell(reason, align="center"),),), ())

    def _not_yet(self, definition: TableDefinition, number: str) -> TableBlock:
        say = self.evidence.wording.choose
        reason = say("截至该日没有已公布的数据。", "Nothing was published by that day.")
        return self._named_gap(definition.id, number, say(definition.title_zh, definition.title_en), reason)

    def _chart(self, slot: Slot, name: str) -> Iterator[Block]:
        chart = self.charts.get(name)
        if chart is None:
            self._unknown(slot, name, list(self.charts))
            return
        number = self.exhibits.get(name, "")
        if chart.spec is None:
            yield self._named_gap(name, number, chart.title, chart.reason)
            return
        shown = [figure for each in chart.figures if (figure := self.evidence.figures.with_id(each)) is not None]
        passports = tuple(dict.fromkeys(self.passport(figure) for figure in shown))
        definition = next((each for each in self.evidence.workspace.report.charts if each.id == name), None)
        notes, question = chart.notes, ""
        if definition is not None:
            notes = notes_with(self.evidence, definition.mixed_zh, definition.mixed_en, chart.notes, shown)
            question = self.evidence.wording.choose(definition.question_zh, definition.question_en)
        computed = any(not figure.source for figure in shown)
        source = source_line(self.evidence, shown) if computed else chart.source
        yield ChartBlock(name, number, chart.title, notes, source, passports, chart.alternative, question)

    def _list(self, name: str) -> Block:
        by_name = {"sources": lambda: source_items(self.evidence, self.quoted.values()), _BY_OFFICE: lambda: gap_offices(self.evidence)}
        items = by_name.get(name, lambda: gap_items(self.evidence))()
        if not items:
            return Paragraph((Text(self.evidence.wording.choose("无。", "None.")),))
        return Bullets(tuple((Text(item),) for item in items))

    def _typed_table(self, draft: DraftTable) -> TableBlock:
        rows = [
            tuple(
                self._typed_cell(cell, draft.alignments[number] if number < len(draft.alignments) else "")
                for number, cell in enumerate(row)
            )
            for row in draft.rows
        ]
        offset = draft.rows[0][0].start if draft.rows and draft.rows[0] else 0
        return TableBlock(f"typed-table-{self.template.place(offset).line}", "", "", "", tuple(rows[:1]), tuple(rows[1:]))

    def _typed_cell(self, passage: Passage, alignment: str) -> TableCell:
        line = self._line(passage)
        passports = [part.passport for part in line if isinstance(part, Number)]
        if len(passports) > 1:
            self._fault(passage.slots[0], _("表格的一格里有几个数"), _("每格只放一个绑定，或改用 report.yaml 里的表。"))
        align = alignment or ("right" if passports else "left")
        return TableCell("".join(part.text for part in line), passports[0] if passports else "", align)

    def _line(self, passage: Passage) -> Line:
        for target in dict.fromkeys(part.target[1:] for part in passage.parts if part.target.startswith("#")):
            if target not in self.headings and target not in self.exhibits:
                near = _nearest(target, [*self.headings, *self.exhibits])
                place = self.template.place(passage.start)
                self.faults.append(BadDefinition(_("链接 #{target} 没有去处").format(target=target), remedy=near, place=place))
        return tuple(inline for part in passage.parts if (inline := self._inline(part)) is not None)

    def _inline(self, part: Part) -> Inline | None:
        if isinstance(part, Words):
            return Link(part.text, part.target) if part.target else Text(part.text, part.style)
        call = self.calls.get(part.number)
        if call is None:
            return None
        if call.function == "see":
            return self._reference(part, call.arguments.text("id"))
        if call.function in BLOCKS:
            self._fault(part, _("{function}() 要单独成行").format(function=call.function), _("前后空一行，行内不写别的字。"))
            return None
        answer = self.answers.get(part.number)
        return None if answer is None else self._answer(part, answer)

    def _answer(self, slot: Slot, answer: Answer) -> Inline:
        binding = self.template.bindings[slot.number]
        if answer.figures:
            self.quotations.append(Quotation(answer.text, binding.source, binding.line, tuple(figure.id for figure in answer.figures)))
            if slot.target:
                self._fault(slot, _("带护照的数不能放在链接文字里"), _("把数移到链接外面。"))
            return Number(answer.text, self.passport(answer.figures[0]))
        return Link(answer.text, slot.target) if slot.target else Text(answer.text, slot.style)

    def _reference(self, slot: Slot, name: str) -> Inline | None:
        if name in self.exhibits:
            chart = self.charts.get(name)
            drawn = chart is None or chart.spec is not None
            return Link(self.exhibits[name], f"#{name}") if drawn else Text(self.exhibits[name])
        if name in self.headings:
            return Link(self.headings[name], f"#{name}")
        self._unknown(slot, name, [*self.exhibits, *self.headings])
        return None

    def _unknown(self, slot: Slot, name: str, known: list[str]) -> None:
        self._fault(slot, _("没有 {name} 这张表、图或标题").format(name=name), _nearest(name, known))

    def _fault(self, slot: Slot, title: str, remedy: str) -> None:
        self.faults.append(BadDefinition(title, remedy=remedy, place=self.template.binding_place(slot.number)))


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    return _("是不是想写 {names}？").format(names="、".join(near)) if near else _("可用的标识见 report.yaml 和模板的标题。")
