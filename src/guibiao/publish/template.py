"""A report template cut into text and bindings: each `{{ ... }}` is replaced by one private-use character, every place is kept."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _

_FIRST = 0xF0000
_MAXIMUM = 0xFFFD
_BINDING = re.compile(r"\{\{((?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[^\"'{}]|\}(?!\})|\{(?!\{))*)\}\}")
SLOT = "[\U000f0000-\U000ffffd]"
"""Regular expression for the character that stands for a binding."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One `{{ ... }}`: the expression between the braces and where it stands, line and column counted from 1."""

    source: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Template:
    """`text` has one character per binding; `starts` and `shifts` lead from an offset in it to one in the file."""

    file: str
    original: str
    text: str
    bindings: tuple[Binding, ...]
    starts: tuple[int, ...]
    shifts: tuple[int, ...]
    line_starts: tuple[int, ...]

    def place(self, offset: int) -> Place:
        """File, line and column of an offset in `text`."""
        original = offset + self.shifts[bisect_right(self.starts, offset) - 1]
        line = bisect_right(self.line_starts, original)
        return Place(self.file, line, str(original - self.line_starts[line - 1] + 1))

    def binding_place(self, number: int) -> Place:
        """File, line and column of a binding."""
        binding = self.bindings[number]
        return Place(self.file, binding.line, str(binding.column))


def slot_number(character: str) -> int:
    """Which binding a private-use character stands for."""
    return ord(character) - _FIRST


def slot_character(number: int) -> str:
    """The private-use character that stands for a binding."""
    return chr(_FIRST + number)


def cut_template(original: str, file: str) -> tuple[Template, tuple[GuibiaoError, ...]]:
    """The template's text and bindings, with the faults found: an unclosed `{{`, a stray `}}`, a reserved character."""
    original = original.replace("\r\n", "\n").replace("\r", "\n")
    line_starts = (0, *(match.end() for match in re.finditer("\n", original)))
    pieces: list[str] = []
    starts, shifts = [0], [0]
    bindings: list[Binding] = []
    position = length = 0
    for match in _BINDING.finditer(original):
        piece = original[position : match.start()]
        length += len(piece) + 1
        line = bisect_right(line_starts, match.start())
        pieces += [piece, slot_character(min(len(bindings), _MAXIMUM))]
        bindings.append(Binding(match[1].strip(), line, match.start() - line_starts[line - 1] + 1))
        position = match.end()
        starts.append(length)
        shifts.append(position - length)
    pieces.append(original[position:])
    template = Template(file, original, "".join(pieces), tuple(bindings), tuple(starts), tuple(shifts), line_starts)
    return template, tuple(_faults(template))


def _faults(template: Template) -> list[GuibiaoError]:
    faults: list[GuibiaoError] = [
        BadDefinition(
            _("绑定没有写完整：只有“{braces}”").format(braces=match[0]),
            remedy=_("绑定写成 {{ 函数(参数) }}，引号和括号都要成对。"),
            place=template.place(match.start()),
        )
        for match in re.finditer(r"\{\{|\}\}", template.text)
    ]
    if len(template.bindings) > _MAXIMUM:
        faults.append(BadDefinition(_("模板中的绑定超过 {count} 个").format(count=_MAXIMUM), remedy=_("把报告分成几个模板。")))
    reserved = re.search("[\uf8ff\ue000-\uf8fe\U000f0000-\U0010fffd\x00]", template.original)
    if reserved:
        line = bisect_right(template.line_starts, reserved.start())
        faults.append(
            BadDefinition(
                _("模板中有私用区字符或空字符 U+{code}").format(code=f"{ord(reserved[0]):04X}"),
                remedy=_("删去这个看不见的字符。"),
                place=Place(template.file, line, str(reserved.start() - template.line_starts[line - 1] + 1)),
            )
        )
    return faults
