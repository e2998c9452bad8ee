"""Counts in the text against the tables that list what is counted, and places claimed in a ranking against a table's values.

Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from guibiao.model.numerals import chinese_number
from guibiao.model.quantity import exact
from guibiao.model.text.names import indicator_name
from guibiao.model.verdict import Verdict
from guibiao.review.claims import Basis, Claim, concluded, worded
from guibiao.review.grids import TOTAL, Cell, Grid
from guibiao.review.reading import Passage, Read

_LEAST_NAME = 5
_ENUMERATION = re.compile(r"名单|目录|清单|一览|列表|名录")
_CAPTION = re.compile(r"^表\s*[\d.-]*\s*[:：]?")
_NOUN = re.compile(r"[\u4e00-\u9fff]{2,6}")
_FIRST_OF = re.compile(r"前\s*(\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:名|位|强|家|大|个)")
_TOP = re.compile(r"(?<![前A-Za-z\d])(\d{2,3})强")
_PLACE = re.compile(
    r"(?:居|位居|位列|排名|排在|列|均居|排)?(?:全国|全省|全市|各省市?|各区|全球)?第([一二三四五六七八九十]{1,2}|\d{1,2})(?:位|名)?(?![一-龥\d]*[届次批期季章节条款产轮阶部类步])"
)
_BEFORE = 8
"""Paragraphs before a table in which it is spoken of."""
_AFTER = 4


def count_claims(passages: Sequence[Passage], tables: Sequence[Grid]) -> Iterator[Claim]:
    """Counts and places claimed in the paragraphs around each table."""
    places = [passage.position for passage in passages]
    counted: set[int] = set()
    for grid in tables:
        at = bisect_left(places, grid.position)
        before = passages[max(0, at - _BEFORE) : at]
        yield from _titled(grid)
        for passage in before:
            yield from _listed(passage, grid, counted)
            yield from _kinds(passage, grid)
        for passage in passages[max(0, at - _BEFORE) : at + _AFTER]:
            yield from _placed(passage, grid)


def _titled(grid: Grid) -> Iterator[Claim]:
    """前10名 or 50强 in a title against the ordinals or rows of the table."""
    match = _FIRST_OF.search(grid.title) or _TOP.search(grid.title)
    claimed = None if match is None else int(match[1]) if match[1].isdigit() else chinese_number(match[1])
    if match is None or claimed is None or claimed < 3:
        return
    ordinals = {
        int(cell.text)
        for row in grid.rows
        for column, cell in row.items()
        if re.search(r"序号|排名|位次|名次", grid.head.get(column, "")) and cell.text.isdigit() and len(cell.text) < 4
    }
    listed = max(ordinals) if len(ordinals) > 2 and ordinals == set(range(1, max(ordinals) + 1)) else None
    if listed is None:
        return
    right = listed == claimed
    first = next(iter(grid.rows[0].values()))
    told = Basis(
        f"标题写 {match[0]}，表中列出 {listed} 项：{'相符' if right else '不符'}。",
        f"The title says {match[0]}; the table lists {listed}: {'it agrees' if right else 'the two do not agree'}.",
    )
    spot = grid.spot(first)
    yield worded("list", spot, match[0], str(listed), Verdict.OK if right else Verdict.INCONSISTENT, told)


def _listed(passage: Passage, grid: Grid, counted: set[int]) -> Iterator[Claim]:
    """N家什么 before a table 什么名单."""
    subject = _ENUMERATION.sub("", _CAPTION.sub("", grid.title)).split("(")[0].split("（")[0].strip("的 ")
    if not _ENUMERATION.search(grid.title) or len(subject) < _LEAST_NAME:
        return
    rows = len([row for row in grid.rows if not any(TOTAL.match(cell.text) for cell in row.values())])
    ordinals = [int(cell.text) for row in grid.rows for cell in row.values() if cell.text.isdigit() and len(cell.text) < 4]
    if ordinals and max(ordinals) > rows:
        rows = max(ordinals)
    for read in passage.reads:
        name = indicator_name(read.mention, passage.around(read))
        if not read.unit.discrete or not name.endswith(subject) or read.mention.operator != "=" or id(read) in counted:
            continue
        counted.add(id(read))
        yield _counted(passage, read, rows, f"“{grid.title}”列出的 {rows} 项", f"counting the {rows} listed in the table")


def _kinds(passage: Passage, grid: Grid) -> Iterator[Claim]:
    """5个大类、22个中类 against the columns 产业大类 and 产业中类: told where at least one of the counts agrees with its column."""
    found: list[tuple[Read, int, str]] = []
    for read in passage.reads:
        noun = _NOUN.match(passage.text, read.end)
        if noun is None or not read.unit.discrete or read.mention.operator != "=":
            continue
        column = next((each for each, head in grid.head.items() if each not in grid.numeric and _heads(head, noun[0])), None)
        if column is not None:
            values = {row[column].text for row in grid.rows if column in row and not TOTAL.match(row[column].text)}
            found.append((read, len(values), grid.head[column]))
    if len({head for _read, _rows, head in found}) < 2 or not any(read.quantity.value == rows for read, rows, _head in found):
        return
    for read, rows, head in found:
        yield _counted(passage, read, rows, f"“{grid.title}”“{head}”列的 {rows} 种", f"counting the {rows} in that column")


def _heads(head: str, noun: str) -> bool:
    return any(head.endswith(noun[:length]) for length in range(len(noun), 1, -1))


def _counted(passage: Passage, read: Read, rows: int, zh: str, en: str) -> Claim:
    verdict = Verdict.OK if read.quantity.value == rows else Verdict.INCONSISTENT
    return concluded("list", passage.spot(read.start, read.end), read.quantity, exact(rows, read.unit), verdict, Basis(zh, en))


def _placed(passage: Passage, grid: Grid) -> Iterator[Claim]:
    """甲的什么居第一, with a table that has a row 甲 and a column 什么: wrong where as many rows stand before it."""
    if "第" not in passage.text or len(grid.rows) < 4:
        return
    for match in _PLACE.finditer(passage.text):
        place = int(match[1]) if match[1].isdigit() else chinese_number(match[1])
        start, _end = passage.parts.sentence(match.start())
        clause = passage.parts.clause(match.start())
        words = passage.text[clause[0] : match.start()]
        subjects = _subjects(passage.text[start : match.start()], grid)
        column = _column(words, grid)
        if place is None or len(subjects) != 1 or column is None:
            continue
        yield from _place(passage, match, grid, subjects[0], column, place)


def _subjects(words: str, grid: Grid) -> list[Mapping[int, Cell]]:
    return [row for row in grid.rows if len(label := grid.label(row)) > 1 and label.removesuffix("市").removesuffix("省") in words]


def _column(words: str, grid: Grid) -> int | None:
    """The numeric column whose head shares its last four characters, or all, with the words; None where none or several do."""
    found = []
    for column in grid.numeric:
        name = re.split(r"[(（]", grid.head.get(column, ""))[0]
        tail = re.sub(r"^(?:人均|每万人|每百人)", "", name)
        if len(tail) >= 3 and tail[-4:] in words and (name in words or tail == name or "人均" in words or "每" in words or "万人" in words):
            found.append(column)
    return found[0] if len(found) == 1 else None


def _place(passage: Passage, match: re.Match[str], grid: Grid, row: Mapping[int, Cell], column: int, place: int) -> Iterator[Claim]:
    own = next((each[column] for each in grid.rows if each is row and column in each), None)
    if own is None or own.quantity is None:
        return
    others = [cell.quantity.value for each in grid.rows if (cell := each.get(column)) is not None and cell.quantity is not None]
    ahead = sum(value > own.quantity.value for value in others)
    right = ahead < place
    head, label = grid.head.get(column, ""), grid.label(row)
    told = Basis(
        f"{label}的“{head}”写为第 {place}，表中有 {ahead} 行高于它的 {own.text}：{'相符' if right else '不符'}。",
        f"The place is given as {place}; {ahead} rows of the table exceed its {own.text}: {'it agrees' if right else 'they do not agree'}.",
    )
    spot = passage.spot(match.start(), match.end())
    yield worded("rank", spot, match[0], f"第{ahead + 1}", Verdict.OK if right else Verdict.INCONSISTENT, told)
