"""Faults of an expression, shown with the text and a mark under the place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

_SHOWN = 60


class LanguageError(BadRequest):
    """The text is no expression of the language, or asks for something that makes no sense. `position` counts characters from 0."""

    def __init__(self, message: str, text: str = "", position: int = 0, remedy: str = "") -> None:
        self.position = max(0, min(position, len(text)))
        title = _("表达式第 {number} 个字符处：{message}").format(number=self.position + 1, message=message) if text else message
        super().__init__(title, marked(text, self.position) if text else "", remedy)


def marked(text: str, position: int) -> str:
    """The line that holds `position`, cut to what a screen shows, and a caret under the place."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    start = max(start, position - _SHOWN)
    line = text[start : min(end, position + _SHOWN)]
    return f"  {_visible(line)}\n  {_padding(_visible(line[: position - start]))}^"


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known name, empty where none is near."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return _("最接近的名称是 {name}。").format(name=found[0]) if found else ""


def _visible(text: str) -> str:
    return "".join(character if character.isprintable() else "·" for character in text)


def _padding(text: str) -> str:
    wide = {"W", "F"}
    return "".join("\u3000" if unicodedata.east_asian_width(character) in wide else " " for character in text)
