"""Text that a spreadsheet will not take for a formula (CWE-1236)."""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")


def harmless(text: str) -> str:
    """The text for a cell of a CSV file: one that begins like a formula and is no number gets an apostrophe before it."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS) and not _NUMBER.fullmatch(text) else text
