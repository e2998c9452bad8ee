"""Tasks of a plan with the units responsible for them, each tied to its place in the text.

A task is a numbered heading or item whose text, or that of a sub-item, ends in a note of responsibility: （责任单位：…）,
（…按职责分工负责）. Where sub-items are numbered through the whole document (1 to 25 over eight sections), the headings above them
starts anew, both are tasks. Method sheet: docs/methods/0702-tasks-and-responsible-units.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from guibiao.model.numerals import chinese_number
from guibiao.model.text.blocks import DocumentText, TextBlock

_LABEL = re.compile(
    r"(?P<label>责任单位|责任部门|牵头单位|牵头部门|主责单位|主要责任单位|负责单位|配合单位|配合部门|协办单位|参与单位|参加单位|支持单位)[:：]?"
)
_SUPPORTING = ("配合", "协办", "参与", "参加", "支持")
_SHARED = re.compile(r"(?:按照?(?:各自)?职责(?:分工)?(?:分别)?(?:负责|落实|推进)?|分工负责|共同负责|分别负责|牵头负责|牵头|配合|负责)$")
_OTHERS = frozenset({"", "部门", "单位", "有关部门", "相关部门", "有关单位", "相关单位", "各有关部门"})
_OFFICES_TOO = frozenset({"有关部门", "相关部门", "有关单位", "相关单位", "各有关部门"})
"""After 等 these stand for offices of their own; a bare 部门 only says what those before it are."""
_DUTY_END = re.compile(r"按照?(?:各自)?职责(?:分工)?(?:分别)?(?:负责|落实|推进)?$|(?:负责|牵头|配合|落实)$")
_OFFICE_END = re.compile(
    r"(?:局|委|办|部|厅|署|院|会|处|行|政府|管委会|中心|公司|集团|银行|海关|总队|支队|大学|学院|协会|联合会|法院|检察院|部门|单位|组|团|所|社|台|室|区|县|市|街道)$"
)
_COMMAS = re.compile(r"[，,;；]")
_BRACKET = re.compile(r"[()（）]")
_BY_COMMA = re.compile(r"[，,;；]|会同|以及")
_BY_MARK = re.compile(r"[、，,;；]|会同|以及")
_TITLE = 60
_LONGEST_NOTE = 600
_LONGEST_OFFICE = 24


@dataclass(frozen=True, slots=True)
class Task:
    """One task: `number` as printed with that of its parent, offsets of its whole text in the original (`end` exclusive)."""

    doc: str
    number: str
    title: str
    section: str
    units: tuple[str, ...]
    """Units responsible, as printed, leading ones first."""
    lead: tuple[str, ...]
    start: int
    end: int
    parent: str = ""


@dataclass(slots=True)
class _Node:
    block: TextBlock
    level: int
    blocks: list[TextBlock] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)

    @property
    def ordinal(self) -> int | None:
        digits = re.sub(r"[^\d]", "", self.block.number)
        numeral = re.sub(r"[^一二三四五六七八九十百〇零]", "", self.block.number)
        return int(digits) if digits else chinese_number(numeral) if numeral else None

    def walk(self) -> Iterator[_Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def extract_tasks(document: DocumentText) -> list[Task]:
    """Tasks in reading order; empty where the document assigns nothing to anybody."""
    roots = _tree(document.blocks)
    by_comma = _separated_by_comma(document.blocks)
    tasks: list[Task] = []
    for root in roots:
        _collect(document, root, (), by_comma, tasks, None)
    return tasks


def responsible(text: str, by_comma: bool) -> tuple[tuple[str, ...], tuple[str, ...], int] | None:
    """Units of the notes of responsibility in a text, those that lead, and the offset after the last note; None without one."""
    units: list[str] = []
    lead: list[str] = []
    end = 0
    for note in _notes(text):
        found = _units(note.listed, by_comma)
        units.extend(found)
        if not note.label.startswith(_SUPPORTING):
            lead.extend(found)
        end = note.end
    return (tuple(dict.fromkeys(units)), tuple(dict.fromkeys(lead)), end) if units else None


def _tree(blocks: Sequence[TextBlock]) -> list[_Node]:
    roots: list[_Node] = []
    stack: list[_Node] = []
    for block in blocks:
        if block.level and block.kind in {"heading", "item"}:
            node = _Node(block, block.level, [block])
            while stack and stack[-1].level >= block.level:
                stack.pop()
            (stack[-1].children if stack else roots).append(node)
            stack.append(node)
        elif stack:
            stack[-1].blocks.append(block)
    return roots


def _collect(
    document: DocumentText, node: _Node, above: tuple[_Node, ...], by_comma: bool, tasks: list[Task], numbered: _Node | None
) -> None:
    if not any(_own(each, by_comma) for each in node.walk()):
        return
    grouping = node.children and (_is_section(node, above, by_comma) or not node.block.number)
    parent = None
    if not grouping:
        tasks.append(_task(document, node, above, by_comma, numbered))
        parent = node
    for child in node.children:
        _collect(document, child, (*above, node), by_comma, tasks, parent)


def _is_section(node: _Node, above: tuple[_Node, ...], by_comma: bool) -> bool:
    """Whether a heading only groups tasks: an outermost one, or one whose sub-items are numbered on from its siblings'."""
    if _own(node, by_comma):
        return False
    if not above or not above[-1].block.number:
        return True
    siblings = above[-1].children
    first = [each.children[0].ordinal for each in siblings if each.children and each.children[0].ordinal is not None]
    return len(first) > 1 and any(number != 1 for number in first[1:]) if first else False


def _own(node: _Node, by_comma: bool) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Responsibility noted in the node's own text, before its children: the union of all notes, in order."""
    found = [each for block in node.blocks if block.kind != "cell" and (each := responsible(block.text, by_comma)) is not None]
    if not found:
        return None
    units = dict.fromkeys(unit for each in found for unit in each[0])
    return tuple(units), tuple(dict.fromkeys(unit for each in found for unit in each[1]))


def _task(document: DocumentText, node: _Node, above: tuple[_Node, ...], by_comma: bool, parent: _Node | None) -> Task:
    text = node.block.text.removeprefix(node.block.number).strip()
    stop = text.find("。")
    title = text[:stop] if 0 < stop <= _TITLE else text if node.block.kind == "heading" else text[:_TITLE]
    units, lead = _own(node, by_comma) or ((), ())
    start = node.block.source(0)
    end = _end(node, by_comma)
    own = node.block.number.strip()
    section = " / ".join(each.block.text for each in above if each is not parent)
    return Task(document.name, own, title, section, units, lead, start, end, parent.block.number.strip() if parent else "")


def _end(node: _Node, by_comma: bool) -> int:
    """Offset in the original after the last note of responsibility of a node and all below it, else after its text."""
    for each in reversed(list(node.walk())):
        for block in reversed(each.blocks):
            found = responsible(block.text, by_comma) if block.kind != "cell" else None
            if found is not None:
                return block.span(found[2] - 1, found[2])[1]
    last = list(node.walk())[-1].blocks[-1]
    return last.span(len(last.text) - 1, len(last.text))[1]


@dataclass(frozen=True, slots=True)
class _Note:
    label: str
    listed: str
    end: int


def _notes(text: str) -> Iterator[_Note]:
    """Label and list of each note of responsibility in a text: in brackets after a sentence, or at its end after a label."""
    tail = text.rstrip("。；; \n")
    found = False
    for opening, closing in _brackets(text):
        inner = text[opening + 1 : closing - 1]
        last = closing >= len(tail) or text[closing] in "。；;"
        labelled = list(_LABEL.finditer(inner))
        if labelled and (last or labelled[0].start() == 0):
            found = True
            yield from _by_label(inner, labelled, closing)
        elif (_DUTY_END.search(inner) and (last or _ends_sentence(text, opening))) or (
            _all_offices(inner, alone=_ends_sentence(text, opening)) and (last or _ends_sentence(text, opening))
        ):
            found = True
            yield from _by_duty(inner, closing)
    if found:
        return
    labelled = list(_LABEL.finditer(tail))
    if (
        labelled
        and len(tail) - labelled[0].start() < _LONGEST_NOTE
        and (labelled[0].start() == 0 or tail[labelled[0].start() - 1] in "。；; (（")
    ):
        yield from _by_label(tail, labelled, len(tail))


def _by_label(text: str, labelled: Sequence[re.Match[str]], end: int) -> Iterator[_Note]:
    for number, match in enumerate(labelled):
        stop = labelled[number + 1].start() if number + 1 < len(labelled) else len(text)
        yield _Note(match["label"], _without_deadline(text[match.end() : stop]), end)


def _ends_sentence(text: str, opening: int) -> bool:
    return opening > 0 and text[opening - 1] in "。；;！"


def _by_duty(inner: str, end: int) -> Iterator[_Note]:
    """市商务局牵头，市经济和信息化局、市财政局配合 in two notes; all in one where nobody leads."""
    leading = re.match(r"(?:由)?(?P<lead>[^，,；;]*?)牵头(?:负责)?[，,；;、]?(?P<rest>.*)$", inner)
    if leading is None:
        yield _Note("责任单位", inner, end)
        return
    yield _Note("牵头单位", leading["lead"], end)
    if leading["rest"]:
        yield _Note("配合单位", leading["rest"], end)


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Half-open spans of outermost brackets, none longer than a note may be."""
    depth = opening = 0
    for match in _BRACKET.finditer(text):
        if match[0] in "(（":
            if depth == 0 or match.start() - opening > _LONGEST_NOTE:
                depth, opening = 0, match.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and match.end() - opening <= _LONGEST_NOTE:
                yield opening, match.end()


def _all_offices(inner: str, *, alone: bool) -> bool:
    parts = [part for part in re.split(r"[、，,;；]", inner) if part]
    least = 1 if alone else 2
    return len(parts) >= least and all(2 <= len(part) <= _LONGEST_OFFICE and _OFFICE_END.search(part) for part in parts)


def _without_deadline(text: str) -> str:
    return re.split(r"[，,;；。]?(?:完成时限|完成时间|时限|时间节点|完成日期)", text)[0]


def _units(listed: str, by_comma: bool) -> list[str]:
    cleaned = _SHARED.sub("", listed.strip("。；;，, ")).strip("。；;，, 、")
    parts = (_BY_COMMA if by_comma else _BY_MARK).split(cleaned)
    found = []
    for part in parts:
        unit = re.sub(r"^(?:由|及|和|会同)", "", _SHARED.sub("", part.strip()).strip("、 "))
        named, _rest, others = unit.rpartition("等")
        if named and others in _OTHERS:
            found.append(named)
            unit = others if others in _OFFICES_TOO else ""
        if unit:
            found.append(unit)
    return found


def _separated_by_comma(blocks: Sequence[TextBlock]) -> bool:
    """Whether this document parts units by commas, so that `、` stands inside the name of one office."""
    commas = marks = 0
    for block in blocks:
        for note in _notes(block.text) if block.kind != "cell" else ():
            commas += len(_COMMAS.findall(note.listed.strip("。；;，, ")))
            marks += note.listed.count("、")
    return commas > marks
