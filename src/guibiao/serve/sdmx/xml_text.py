"""Text of XML documents: escaping, and no character that XML 1.0 cannot hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_ILLEGAL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def text(value: object) -> str:
    """Escaped content of an element; what XML cannot hold becomes the replacement character."""
    return _ILLEGAL.sub(_REPLACEMENT, str(value)).translate(_TEXT)


def attributes(values: Mapping[str, object]) -> str:
    """` name="value"` for each value that is not None."""
    return "".join([attribute(name, str(value)) for name, value in values.items() if value is not None])


@lru_cache(maxsize=32768)
def attribute(name: str, value: str) -> str:
    """` name="value"`, escaped; few of them are met many times."""
    return f' {name}="{_ILLEGAL.sub(_REPLACEMENT, value).translate(_ATTRIBUTE)}"'


def number(value: float | int) -> str:
    """Shortest text that reads back as the same number, as xs:double writes it."""
    written = repr(value)
    return {"nan": "NaN", "inf": "INF", "-inf": "-INF"}.get(written, written.removesuffix(".0"))
