"""Text made safe to show: nothing in it can hide, reorder or fail to be drawn; what cannot be shown is named by its code."""

from __future__ import annotations

import re
from collections.abc import Container
from unicodedata import category

_SPACES = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_PLAIN = re.compile("[ -~\u4e00-\u9fa5，。、；：？！（）“”‘’《》〔〕—…·％‰\u3000]*")
"""What every Chinese font draws and nothing can hide behind."""
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_HARMLESS = {"\u00ad", "\u200c", "\u200d"}


def printable(text: str, drawn: Container[str] | None = None) -> str:
    """The text on one line, with control, direction and unassigned characters as 〔U+202E〕.

    `drawn` holds the characters the font can draw; any other is named by its code as well, so no box is printed.
    """
    line = _SPACES.sub(" ", text)
    if _PLAIN.fullmatch(line):
        return line
    return "".join(character if _shows(character, drawn) else f"〔U+{ord(character):04X}〕" for character in line)


def _shows(character: str, drawn: Container[str] | None) -> bool:
    if " " <= character <= "~" or "\u4e00" <= character <= "\u9fa5":
        return True
    if category(character) in _INVISIBLE and not (character in _HARMLESS and drawn is None):
        return False
    return drawn is None or character in drawn
