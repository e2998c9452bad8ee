"""Names of the workspace as SDMX identifiers, and back.

A code id is made of letters, digits and `_@$-` (IDType); any other character, and `$`, is written `$XXXX$`, its code point in hexadecimal
digits: the mapping can be undone. A component id begins with a letter and has no `$` (NCName).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PLAIN = re.compile(r"[A-Za-z0-9_@-]+")
_ESCAPED = re.compile(r"\$([0-9A-F]{2,6})\$")
TOTAL = "_T"
NOT_APPLICABLE = "_Z"


def code_id(code: str) -> str:
    """The code as an id; what stands for nothing is `_Z`, and a code that is really called so is escaped."""
    if not code:
        return NOT_APPLICABLE
    if _PLAIN.fullmatch(code) and code != NOT_APPLICABLE:
        return code
    written = "".join(character if _PLAIN.fullmatch(character) else f"${ord(character):02X}$" for character in code)
    return "$5F$Z" if written == NOT_APPLICABLE else written


def from_code_id(identifier: str) -> str:
    """Inverse of `code_id`; an id that cannot have come from it is given back as it is."""
    if identifier == NOT_APPLICABLE:
        return ""
    return _ESCAPED.sub(_character, identifier)


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if number <= 0x10FFFF else match[0]


def component_ids(names: Iterable[str], taken: Iterable[str] = ()) -> Mapping[str, str]:
    """Name -> id in capitals, different for each name and not among the taken."""
    used = set(taken)
    found: dict[str, str] = {}
    for name in sorted(names):
        written = "".join(each.upper() if re.fullmatch(r"[A-Za-z0-9_-]", each) else f"X{ord(each):04X}" for each in name)
        base = written if re.match(r"[A-Z]", written) else f"X{written}"
        candidate, number = base, 1
        while candidate in used:
            number += 1
            candidate = f"{base}_{number}"
        used.add(candidate)
        found[name] = candidate
    return found
