"""Figures in the cells of a table, read by its head: years give the day, brackets the unit, words of growth the kind.

A column of the past states what was; one of the future in a plan is a target.
Method sheet: docs/methods/0701-targets-in-policy-documents.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guibiao.model.text.blocks import TextBlock
from guibiao.model.text.dates import Deadline
from guibiao.model.text.measure_words import SCALE, UNIT
from guibiao.model.text.mentions import Mention, Operator
from guibiao.model.text.names import Kind
from guibiao.policy.classes import Genre, TargetClass
from guibiao.policy.deadlines import Governing

_FIGURE = re.compile(
    rf"(?P<bracket>[\[〔【(])?\s*(?P<word>[<>≤≥＜＞约近超]|大于|小于|超过|不低于|不少于|不超过)?\s*(?P<number>[-−－]?\d[\d,]*(?:\.\d+)?)"
    rf"(?:(?:—|–|-|~|～|至)(?P<high>\d[\d,]*(?:\.\d+)?))?(?P<scale>{SCALE})?(?P<unit>{UNIT})?(?P<tail>左右|以上|以内|以下)?\s*[\]〕】)]?$"
)
_OPERATORS: dict[str, Operator] = {
    ">": ">", "＞": ">", "大于": ">", "超过": ">", "超": ">", "<": "<", "＜": "<", "小于": "<", "≥": ">=", "不低于": ">=", "不少于": ">=",
    "以上": ">=", "≤": "<=", "不超过": "<=", "以内": "<=", "以下": "<=", "约": "approx", "近": "approx", "左右": "approx",
}  # fmt: skip
_BRACKET = re.compile(r"[(（\[]([^()（）\[\]]{1,16})[)）\]]")
_CAPTION = re.compile(r"单位\s*[:：]\s*([^\s,，。)）]{1,12})")
_UNIT = re.compile(rf"(?:人民币)?((?:{SCALE})?(?:{UNIT})|{SCALE})$")
_YEAR = re.compile(r"((?:19|20)\d\d)(?=年|$|[^\d.%])")
_GROWTH = re.compile(r"增速|增长|增幅|累计|年均|同比")
_AIM = re.compile(r"目标|规划值|预期值")
_PAST = re.compile(r"实际|基数|基期|现状|完成")
_PREDICTED = re.compile(r"预计|预测|20\d\dE")
_NO_QUANTITY = re.compile(
    r"序号|编号|排名|名次|年份|年度$|代码|电话|邮编|备注|日期|时间|期号|页码|文号|等级|^号$|^[Nn][Oo]\.?$|版本|型号|条款|章节|编码|门牌|地址"
)
_ORDINAL = re.compile(r"^(?:[(（]?\d{1,2}[)）.．、]+|\d{1,3}(?=\s))\s*")
_HEAD_ROWS = 3


@dataclass(frozen=True, slots=True)
class TableFigure:
    """A cell that holds a figure: the mention with its unit, what it measures, when, and what it is."""

    block: TextBlock
    mention: Mention
    name: str
    kind: Kind
    governing: Governing | None
    classification: TargetClass
    row: tuple[TextBlock, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    label: str
    unit: str
    head: TextBlock | None
    year: int | None
    place: tuple[int, int]
    growth: bool


def table_figures(cells: Sequence[TextBlock], caption: str, genre: Genre, dated: date | None) -> Iterator[TableFigure]:
    """The figures of one table in reading order; `caption` is the text before it, for its unit."""
    rows = _by_row(cells)
    heads = _head_rows(rows)
    if not heads:
        return
    columns = _columns(heads)
    stated = _CAPTION.search(caption[-80:]) or next((found for cell in cells[:2] if (found := _CAPTION.search(cell.text))), None)
    unit = _unit(stated[1]) if stated else ""
    reading = _Reading(columns, unit or "", genre, dated)
    for row in rows[len(heads) :]:
        yield from reading.row(row)


@dataclass(frozen=True, slots=True)
class _Reading:
    columns: dict[int, _Column]
    unit: str
    genre: Genre
    dated: date | None

    def row(self, row: Sequence[TextBlock]) -> Iterator[TableFigure]:
        name = next((cell for cell in row if not _FIGURE.match(cell.text) and not self._is_unit_column(cell)), None)
        label = _ORDINAL.sub("", name.text) if name is not None else ""
        own = next((found for cell in row if self._is_unit_column(cell) and (found := _unit(cell.text))), "") or _bracketed(label)
        for cell in row:
            match, column = _FIGURE.match(cell.text), self.columns.get(_place(cell)[1])
            if match is None or cell is name or column is None or _NO_QUANTITY.search(column.label) or not column.label:
                continue
            if _place(cell)[1] <= (1 if name is None else _place(name)[1]):
                continue
            figure = self._figure(cell, match, column, label, own)
            if figure is not None:
                yield TableFigure(cell, *figure, tuple(row))

    def _figure(
        self, cell: TextBlock, match: re.Match[str], column: _Column, label: str, own: str
    ) -> tuple[Mention, str, Kind, Governing | None, TargetClass] | None:
        number = match["number"].replace(",", "").replace("−", "-").replace("－", "-")
        if len(number) > 20 or (match["high"] and len(match["high"]) > 20):
            return None
        unit = f"{match['scale'] or ''}{match['unit'] or ''}" or column.unit or ("" if column.growth else own) or self.unit
        if column.growth:
            unit = "个百分点" if match["bracket"] and own == "%" else (own if match["bracket"] else unit) or "%"
        high = Decimal(match["high"].replace(",", "")) if match["high"] else None
        value = Decimal(number)
        if high is not None and high < value:
            return None
        operator: Operator = "range" if high is not None else _OPERATORS.get(match["word"] or match["tail"] or "", "=")
        start = match.start("number")
        end = max(match.end(each) for each in ("number", "high", "scale", "unit"))
        mention = Mention(start, end, value, high, unit, operator)
        decided, governing = self._class(column)
        if decided is None:
            return None
        name = (
            _BRACKET.sub("", label).strip()
            if not column.growth
            else f"{_BRACKET.sub('', label).strip()}{'累计增量' if match['bracket'] else '增速'}"
        )
        if column.year is None and not column.growth:
            name = f"{name}{_BRACKET.sub('', column.label)}"
        return mention, name, self._kind(column, unit, bracketed=bool(match["bracket"])), governing, decided

    def _class(self, column: _Column) -> tuple[TargetClass | None, Governing | None]:
        """A year before the document's own is past; growth belongs to the last year of the head."""
        ahead = self._ahead()
        if _PREDICTED.search(column.label):
            return "forecast", _governing(column)
        if column.growth and column.year is None:
            return ("policy_target", _governing(ahead)) if ahead is not None else ("retrospective", None)
        if column.year is not None and not _PAST.search(column.label) and column in self._future():
            return "policy_target", _governing(column)
        if _AIM.search(column.label):
            return "policy_target", _governing(column)
        if self.genre == "plan" and column.year is None:
            return None, None
        return "retrospective", None

    def _future(self) -> list[_Column]:
        years = [each for each in self.columns.values() if each.year is not None]
        if self.genre != "plan":
            return [each for each in years if self.dated is not None and (each.year or 0) > self.dated.year and _AIM.search(each.label)]
        if self.dated is None:
            return [each for each in years if each.year == max(other.year or 0 for other in years)] if len(years) > 1 else years
        return [each for each in years if (each.year or 0) >= self.dated.year]

    def _ahead(self) -> _Column | None:
        return max(self._future(), key=lambda each: each.year or 0, default=None)

    def _is_unit_column(self, cell: TextBlock) -> bool:
        column = self.columns.get(_place(cell)[1])
        return column is not None and column.label in {"单位", "计量单位"}

    def _kind(self, column: _Column, unit: str, *, bracketed: bool) -> Kind:
        if unit in {"个百分点", "百分点"}:
            return "increment"
        if column.growth:
            return "growth" if unit == "%" and not bracketed else "increment"
        return "ratio" if unit in {"%", "‰"} else "level"


def is_figure(text: str) -> bool:
    """Whether a cell holds nothing but a figure."""
    return len(text) <= 40 and _FIGURE.match(text) is not None


def _place(cell: TextBlock) -> tuple[int, int]:
    return (0, 0) if cell.cell is None else cell.cell[1:]


def _by_row(cells: Sequence[TextBlock]) -> list[list[TextBlock]]:
    rows: dict[int, list[TextBlock]] = {}
    for cell in cells:
        rows.setdefault(_place(cell)[0], []).append(cell)
    return list(rows.values())


def _head_rows(rows: Sequence[Sequence[TextBlock]]) -> list[Sequence[TextBlock]]:
    """Rows of words at the top; years count as words. None where figures begin at once."""
    heads: list[Sequence[TextBlock]] = []
    for row in rows[:_HEAD_ROWS]:
        if any(_FIGURE.match(cell.text) and not _YEAR.match(cell.text) for cell in row):
            break
        heads.append(row)
        if any(_YEAR.search(cell.text) for cell in row) or len(row) > 2:
            break
    return heads


def _columns(heads: Sequence[Sequence[TextBlock]]) -> dict[int, _Column]:
    columns: dict[int, _Column] = {}
    for cell in (cell for row in heads for cell in row):
        label = cell.text
        found = list(_YEAR.finditer(label))
        year = found[-1] if found else None
        columns[_place(cell)[1]] = _Column(
            label, _bracketed(label), cell, int(year[1]) if year else None, year.span() if year else (0, 1),
            bool(_GROWTH.search(label)),
        )  # fmt: skip
    return columns


def _governing(column: _Column | None) -> Governing | None:
    if column is None or column.year is None or column.head is None:
        return None
    return Governing(Deadline(*column.place, date(column.year, 12, 31), worded=True), "inherited", column.head)


def _bracketed(text: str) -> str:
    """The unit in the last bracket of a label; empty where there is none."""
    for found in reversed(_BRACKET.findall(text)):
        for part in re.split(r"[，,、/ ]", found):
            unit = _unit(part)
            if unit:
                return unit
    return ""


def _unit(text: str) -> str:
    match = _UNIT.match(text.strip())
    return match[1] if match is not None and match[1] not in {"年", "月", "日"} else ""
