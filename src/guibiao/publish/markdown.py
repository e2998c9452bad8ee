"""Markdown of a report template (CommonMark with tables) as drafted blocks: words with style, links, and slots for bindings.

What the document model has no form for (images, code blocks, nested lists, HTML) is refused, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from guibiao.model.errors import BadDefinition, GuibiaoError
from guibiao.model.messages import translate as _
from guibiao.publish.template import SLOT, Template, slot_character, slot_number

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Words:
    """Typed text; `target` makes it a link."""

    text: str
    style: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a binding."""

    number: int
    style: str = ""
    target: str = ""


Part = Words | Slot


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of the draft; `text` is what stands in it without markup, slots as single characters; `start` its offset in the template."""

    parts: tuple[Part, ...]
    text: str
    start: int

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))


@dataclass(frozen=True, slots=True)
class DraftHeading:
    """A heading; `level` 1 is a chapter."""

    level: int
    passage: Passage
    id: str


@dataclass(frozen=True, slots=True)
class DraftParagraph:
    """A paragraph; `style` is "" or "note"."""

    passage: Passage
    style: str = ""


@dataclass(frozen=True, slots=True)
class DraftBullets:
    """A list of one level."""

    items: tuple[Passage, ...]
    ordered: bool


@dataclass(frozen=True, slots=True)
class DraftTable:
    """A table typed in Markdown: rows of passages with their alignment; the first row is its head."""

    rows: tuple[tuple[Passage, ...], ...]
    alignments: tuple[str, ...]


Draft = DraftHeading | DraftParagraph | DraftBullets | DraftTable


def passages(draft: Draft) -> Iterator[Passage]:
    """Every line of a drafted block, in reading order."""
    if isinstance(draft, DraftHeading | DraftParagraph):
        yield draft.passage
    elif isinstance(draft, DraftBullets):
        yield from draft.items
    else:
        for row in draft.rows:
            yield from row


def offset_in_template(template: Template, passage: Passage, index: int) -> int:
    """Where a character of `passage.text` stands in the template: markup and line ends between are stepped over."""
    position = passage.start
    for character in passage.text[:index]:
        found = template.text.find(character, position, position + 400)
        position = found + 1 if found >= 0 else position
    while index < len(passage.text) and position < len(template.text) and template.text[position] != passage.text[index]:
        position += 1
        if position - passage.start > 100_000:
            break
    return min(position, len(template.text) - 1)


def read_markdown(template: Template, reserved: Collection[str] = ()) -> tuple[tuple[Draft, ...], tuple[GuibiaoError, ...]]:
    """The template's blocks, and a fault for everything that cannot be printed. Headings leave the `reserved` ids to tables and charts."""
    reader = _Reader(template, reserved)
    return tuple(reader.blocks(_parser().parse(template.text))), tuple(reader.faults)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": True}).enable("table").disable("code")


_EXPLICIT_ID = re.compile(r"\s*\{#([\w\-]+)\}\s*$")
_WIDE = re.compile(f"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…]|{SLOT}")
_COMMENT = re.compile(r"\s*(?:<!--.*?-->\s*)+", re.DOTALL)


class _Reader:
    """Walks the token stream once."""

    def __init__(self, template: Template, reserved: Collection[str]) -> None:
        self.template = template
        self.faults: list[GuibiaoError] = []
        self.line_offsets = (0, *(match.end() for match in re.finditer("\n", template.text)))
        self.cursor = 0
        self.line = 0
        self.ids = dict.fromkeys(reserved, 1)

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Draft]:
        position, style = 0, ""
        while position < len(tokens):
            token = tokens[position]
            if token.map:
                self.line = token.map[0]
            end = position
            if token.type == "heading_open":
                yield self.heading(int(token.tag[1]), tokens[position + 1])
                end = position + 2
            elif token.type == "paragraph_open":
                yield DraftParagraph(self.passage(tokens[position + 1]), style)
                end = position + 2
            elif token.type in {"bullet_list_open", "ordered_list_open"}:
                end = _closing(tokens, position)
                yield self.bullets(tokens[position + 1 : end], ordered=token.type == "ordered_list_open")
            elif token.type == "table_open":
                end = _closing(tokens, position)
                yield self.table(tokens[position + 1 : end])
            elif token.type in {"blockquote_open", "blockquote_close"}:
                style = "note" if token.type == "blockquote_open" else ""
            elif not (token.type == "html_block" and _COMMENT.fullmatch(token.content)):
                self.refuse(token.type)
            position = end + 1

    def heading(self, level: int, token: Token) -> DraftHeading:
        passage = self.passage(token)
        explicit = _EXPLICIT_ID.search(passage.text)
        if explicit:
            passage = Passage(_without_end(passage.parts, explicit[0]), passage.text[: explicit.start()], passage.start)
        return DraftHeading(level, passage, self.unique(explicit[1] if explicit else _heading_id(passage.text), explicit is not None))

    def unique(self, name: str, explicit: bool) -> str:
        count = self.ids[name] = self.ids.get(name, 0) + 1
        if count > 1 and explicit:
            self.fault(_("标题标识 {id} 已被用过").format(id=name), _("每个标识只能用一次，也不能与表、图的标识相同。"))
        return name if count == 1 else f"{name}-{count}"

    def bullets(self, tokens: Sequence[Token], *, ordered: bool) -> DraftBullets:
        items: list[Passage] = []
        depth = inside = 0
        for token in tokens:
            if token.map:
                self.line = token.map[0]
            if token.type == "list_item_open":
                inside = 0
            elif token.type == "inline":
                inside += 1
                if inside > 1 and not depth:
                    self.fault(_("列表的一项里有多个段落"), _("每项写成一段；需要多段时改用正文。"))
                elif not depth:
                    items.append(self.passage(token))
            elif token.type.endswith("list_open"):
                depth += 1
                self.fault(_("列表里套了列表"), _("报告只用一层列表：分成两个列表，或改用小标题。"))
            elif token.type.endswith("list_close"):
                depth -= 1
            elif not token.type.startswith(("paragraph_", "list_item_")):
                self.refuse(token.type)
        return DraftBullets(tuple(items), ordered)

    def table(self, tokens: Sequence[Token]) -> DraftTable:
        rows: list[tuple[Passage, ...]] = []
        cells: list[Passage] = []
        alignments: list[str] = []
        for token in tokens:
            if token.map:
                self.line = token.map[0]
            if token.type == "th_open":
                alignments.append(re.sub(r"^text-align:", "", str(token.attrGet("style") or "")))
            elif token.type == "inline":
                cells.append(self.passage(token))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        return DraftTable(tuple(rows), tuple(alignments))

    def passage(self, token: Token) -> Passage:
        """The parts of an inline token, and where it begins: cells of one line are looked for one after the other."""
        first = token.content.split("\n", 1)[0]
        begin = max(self.cursor, self.line_offsets[self.line] if self.line < len(self.line_offsets) else 0)
        start = max(self.template.text.find(first, begin), begin) if first else begin
        self.cursor = start + len(first)
        parts = tuple(_joined(self.parts(token.children or ())))
        text = "".join(slot_character(part.number) if isinstance(part, Slot) else part.text for part in parts)
        return Passage(parts, text, start)

    def parts(self, tokens: Sequence[Token]) -> Iterator[Part]:
        styles: list[str] = []
        target = ""
        for number, token in enumerate(tokens):
            style = "strong" if "strong" in styles else "emphasis" if "emphasis" in styles else ""
            if token.type in {"strong_open", "em_open"}:
                styles.append("strong" if token.type == "strong_open" else "emphasis")
            elif token.type in {"strong_close", "em_close"}:
                styles.pop()
            elif token.type == "link_open":
                target = self.target(str(token.attrGet("href") or ""))
            elif token.type == "link_close":
                target = ""
            elif token.type in {"text", "code_inline"}:
                yield from _cut(token.content, "code" if token.type == "code_inline" else style, target)
            elif token.type in {"softbreak", "hardbreak"}:
                yield Words(_line_end(tokens, number), style, target)
            elif not (token.type == "html_inline" and _COMMENT.fullmatch(token.content)):
                self.refuse("html_block" if token.type == "html_inline" else token.type)

    def target(self, address: str) -> str:
        """A web or mail address as it is, a link into the document in plain characters."""
        plain = unquote(address)
        if not re.match(r"https?://[^\s]+$|mailto:|#", address) or re.search(SLOT, plain):
            self.fault(_("链接地址不能用：{address}").format(address=address), _("只能链接到 https://、mailto: 或本文的 #标识。"))
        return plain if address.startswith("#") else address

    def refuse(self, kind: str) -> None:
        name = _construct(kind)
        remedy = _('图用 {{ chart("标识") }}，表用 {{ table("标识") }}；其余改写成段落、列表或引用。')
        self.fault(_("报告模板不支持{name}").format(name=name), remedy)

    def fault(self, title: str, remedy: str) -> None:
        place = self.template.place(self.line_offsets[min(self.line, len(self.line_offsets) - 1)])
        self.faults.append(BadDefinition(title, remedy=remedy, place=place))


def _construct(kind: str) -> str:
    """What a template may not hold, in the user's language; Markdown's own word where there is none."""
    names = {"fence": _("代码块"), "html_block": "HTML", "hr": _("分隔线"), "image": _("图片")}
    return names.get(kind, kind.removesuffix("_open"))


def _closing(tokens: Sequence[Token], position: int) -> int:
    level = tokens[position].level
    wanted = tokens[position].type.replace("_open", "_close")
    return next(index for index in range(position + 1, len(tokens)) if tokens[index].type == wanted and tokens[index].level == level)


def _cut(text: str, style: str, target: str) -> Iterator[Part]:
    for piece in re.split(f"({SLOT})", text):
        if not piece:
            continue
        if re.fullmatch(SLOT, piece):
            yield Slot(slot_number(piece), style, target)
        else:
            yield Words(piece, style, target)


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """Neighbouring words of one style as one."""
    waiting: Words | None = None
    for part in parts:
        if isinstance(part, Words) and waiting is not None and (part.style, part.target) == (waiting.style, waiting.target):
            waiting = Words(waiting.text + part.text, part.style, part.target)
            continue
        if waiting is not None:
            yield waiting
        waiting = part if isinstance(part, Words) else None
        if isinstance(part, Slot):
            yield part
    if waiting is not None:
        yield waiting


def _line_end(tokens: Sequence[Token], number: int) -> str:
    """A line end is a space between Latin words and nothing between Chinese ones."""
    before = next((token.content[-1] for token in reversed(tokens[:number]) if token.content), "")
    after = next((token.content[0] for token in tokens[number + 1 :] if token.content), "")
    return "" if not before or not after or (_WIDE.match(before) and _WIDE.match(after)) else " "


def _without_end(parts: tuple[Part, ...], ending: str) -> tuple[Part, ...]:
    last = parts[-1]
    if not isinstance(last, Words):
        return parts
    rest = last.text[: len(last.text) - len(ending)]
    return (*parts[:-1], Words(rest, last.style, last.target)) if rest else parts[:-1]


def _heading_id(text: str) -> str:
    """Made of the typed words alone, so that it stays when a bound number changes."""
    words = re.sub(r"[^\w]+", "-", re.sub(SLOT, " ", text)).strip("-").lower()
    return words or "section"
