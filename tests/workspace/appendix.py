"""The scope of digital consumption as its printed table states it, once the corrections on file are applied."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from guibiao.reference.corrections import Mended, corrections_of, mend_words
from guibiao.reference.definitions import Workspace

TABLE = "white_paper_2021_appendix_1"
SECTION = re.compile(r"[一二三四五]、(?P<name>.+)所属行业代码")
CODED = re.compile(r"(?P<code>[0-9A-Z]+)(?P<star>\*?):(?P<name>.+)")


@dataclass(frozen=True)
class Scope:
    """Codes as (code, name, parent, level) in printed order, and links as (class, industry, industry's printed name, starred)."""

    codes: list[tuple[str, str, str, str]]
    links: list[tuple[str, str, str, bool]]


def mended(workspace: Workspace) -> Mended:
    path: Path = workspace.folder / "tables" / workspace.tables[TABLE].file
    with path.open(encoding="utf-8", newline="") as file:
        return mend_words(list(csv.reader(file)), corrections_of(workspace.corrections, TABLE))


def read_scope(rows: tuple[tuple[str, ...], ...]) -> Scope:
    """Sections number the majors; a blank cell repeats the code above it; white space within names is that of the print."""
    scope = Scope([], [])
    major = group = current = ""
    for row in rows[1:]:
        texts = ["".join(text.split()) for text in row]
        section = SECTION.fullmatch(texts[0])
        if section:
            major = str(int(major or 0) + 1)
            scope.codes.append((major, section["name"], "", "大类"))
            continue
        coded = [CODED.fullmatch(text) for text in texts]
        if coded[0] and coded[0]["code"] != group:
            group = coded[0]["code"]
            scope.codes.append((group, coded[0]["name"], major, "中类"))
        if coded[1]:
            current = coded[1]["code"]
            scope.codes.append((current, coded[1]["name"], group, "小类"))
        if coded[3]:
            scope.links.append((current, coded[3]["code"], coded[3]["name"], bool(coded[3]["star"])))
    return scope
