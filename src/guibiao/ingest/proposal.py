"""A mapping proposed for an office's sheet: what is where, what it seems to mean, how sure that is and why. A person corrects it.

Method sheet: docs/methods/0106-proposing-a-mapping.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from guibiao.ingest.figures import Fault, read_figure
from guibiao.ingest.office_words import (
    as_period,
    bare_label,
    is_figure,
    is_growth,
    is_total,
    levels_of,
    periods_in,
    plain,
    timing_of,
    unit_after_word,
    unit_in_heading,
    without_growth,
    without_timing,
)
from guibiao.ingest.proposal_match import Guess, Matcher
from guibiao.ingest.sheet import column_letters, column_number
from guibiao.ingest.sheet_layout import Role, SheetLayout, guess_layout, heading_unit
from guibiao.ingest.workbook import BookSheet
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.unit import Unit, find_unit
from guibiao.reference.definitions import Facts, Workspace
from guibiao.reference.mapping import PERIOD, MappedColumn, MappedRow, PartOfPeriod, SheetMapping, Supplied


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping with the layout it rests on; `reasons` say for each heading or row label why it was taken so."""

    mapping: SheetMapping
    layout: SheetLayout
    sheet: BookSheet
    reasons: dict[str, str]


def propose(workspace: Workspace, sheets: tuple[BookSheet, ...], name: str, table: str, identifier: str) -> Proposal:
    """A mapping of the file's fullest visible sheet to a table of the workspace. Raises BadInput where no table of figures is seen."""
    visible = [each for each in sheets if not each.hidden] or list(sheets)
    sheet = max(visible, key=_size)
    return _Proposer(workspace, sheet, guess_layout(sheet.sheet), name, table).propose(identifier, len(visible))


def _size(sheet: BookSheet) -> int:
    return sum(is_figure(text) for row in sheet.sheet.rows for text in row)


@dataclass(slots=True)
class _Proposer:
    workspace: Workspace
    sheet: BookSheet
    layout: SheetLayout
    name: str
    table: str

    def propose(self, identifier: str, sheets: int) -> Proposal:
        title, unit, period_from = self._title(), self._title_unit(), self._period_from()
        agreed = frozenset(each for a in self.workspace.agreements.values() if a.table == self.table for each in a.indicators)
        binding = self.workspace.tables[self.table]
        bound = frozenset(facts.indicator for facts in (binding.defaults, *binding.values.values()) if facts.indicator)
        matcher = Matcher(self.workspace, agreed | bound)
        reasons: dict[str, str] = {}
        labels = [self._label_column(matcher, position, reasons) for position in self.layout.positions("label")]
        by_rows = any(column.supplies == "indicator" for column in labels)
        period_from = "labels" if any(column.supplies == "period" for column in labels) else period_from
        values = [self._value_column(matcher, position, unit, title, by_rows, reasons) for position in self.layout.positions("value")]
        values = self._growth_of_rows(matcher, labels, values)
        values = self._with_parts(_merged_periods(values))
        texts = [self._text_column(position) for position in self.layout.positions("text") if self.layout.paths[position]]
        mapping = SheetMapping(
            id=identifier,
            title=title,
            table=self.table,
            file_names=(_pattern(self.name),),
            titles=(_without_periods(title),) if title else (),
            sheet=self.sheet.title if sheets > 1 else "",
            head_rows=self.layout.head_rows,
            period_from=period_from,
            unit=unit.symbol if unit is not None else "",
            unit_from="title" if unit is not None else "fixed",
            columns=tuple(sorted((*labels, *values, *texts), key=lambda column: (len(column.column), column.column))),
            rows=self._rows(labels, reasons),
        )
        return Proposal(mapping, _with_texts(self.layout, mapping), self.sheet, reasons)

    def _above(self) -> list[str]:
        return ["".join(row) for row in self.sheet.sheet.rows[: self.layout.head_first - 1]]

    def _title(self) -> str:
        """The longest text above the heading that speaks of no unit or office."""
        texts = [text.strip() for row in self.sheet.sheet.rows[: self.layout.head_first - 1] for text in row if text.strip()]
        titles = [text for text in texts if not unit_after_word(text) and ":" not in plain(text)]
        return max(titles, key=len, default="")

    def _title_unit(self) -> Unit | None:
        units = [unit for text in self._above() for unit in unit_after_word(text)]
        if not units:
            bracketed = (unit_in_heading(text)[1] for text in self._above())
            units = [unit for unit in bracketed if unit is not None]
        return units[0] if units else None

    def _period_from(self) -> Literal["labels", "title", "file name", "sheet name"]:
        """Where the period stands, unless labels or headings have their own."""
        heads = [level for path in self.layout.paths for level in levels_of(path) if level]
        if any(as_period(_strip_unit(text)) is not None and not plain(text).isdigit() for text in heads):
            return "labels"
        if any(periods_in(text) for text in self._above()):
            return "title"
        if periods_in(self.name):
            return "file name"
        return "sheet name" if periods_in(self.sheet.title) else "labels"

    def _texts(self, position: int, kinds: tuple[str, ...] = ("plain", "total")) -> list[str]:
        """Texts of a column in the data rows of some kinds."""
        rows = self.sheet.sheet.rows[self.layout.first - 1 : self.layout.last]
        return [row[position] for row, kind in zip(rows, self.layout.rows, strict=True) if kind in kinds and position < len(row)]

    def _label_column(self, matcher: Matcher, position: int, reasons: dict[str, str]) -> MappedColumn:
        path = self.layout.paths[position]
        texts = self._texts(position, ("plain",))
        kind, dimension, share, reason = matcher.label_kind(path, texts)
        lookup: dict[str, str | Facts] = {}
        unknown: list[str] = []
        for text in dict.fromkeys(text.strip() for text in self._texts(position) if text.strip()):
            if kind == "indicator":
                guess = matcher.row_indicator(text)
                if guess is not None:
                    lookup[text] = self._row_facts(guess, text)
                unknown += [text] if guess is None or not guess.sure else []
            elif kind in {"area", "category"} and not is_total(text) and not matcher.code(kind, dimension, text):
                unknown.append(text)
        if unknown:
            reason += _("；未认出或拿不准：{labels}").format(labels="、".join(unknown[:8]))
        blanks = [text for text in texts if not text.strip()]
        merged = any(
            block.first_column <= position + 1 <= block.last_column
            for block in self.sheet.sheet.merged
            if block.first_row >= self.layout.first
        )
        reasons[path] = reason
        supplies: Supplied = kind
        ditto = bool(blanks) and not merged
        return MappedColumn(
            heading=path or column_letters(position + 1),
            role="label" if supplies else "text",
            column=column_letters(position + 1),
            supplies=supplies,
            dimension=dimension if supplies == "category" else "",
            lookup=lookup,
            fill_down=ditto,
            confirmed=bool(supplies) and share >= 1 and not unknown and not ditto,
        )

    def _row_facts(self, guess: Guess, text: str) -> Facts:
        unit = unit_in_heading(text)[1]
        return Facts(indicator=guess.code, unit=unit.symbol if unit is not None else "")

    def _value_column(
        self, matcher: Matcher, position: int, title_unit: Unit | None, title: str, by_rows: bool, reasons: dict[str, str]
    ) -> MappedColumn:
        path, letter = self.layout.paths[position], column_letters(position + 1)
        symbol = heading_unit(path)
        growth = is_growth(path)
        unit = find_unit(symbol) if symbol else find_unit("%") if growth else title_unit
        facts, rest, period_heading = self._heading_facts(matcher, path)
        timing = timing_of(path)
        guess: Guess | None = None
        others: Sequence[Guess] = ()
        if not by_rows:
            bare = [without_timing(_strip_unit(level)) for level in reversed(rest)]
            candidates = [text for text in ("".join(reversed(bare)), *bare) if text]
            own = any(without_growth(text) for text in candidates)
            candidates += [] if own else [_strip_unit(_without_periods(title))]
            others = matcher.column_indicator(list(dict.fromkeys(candidates)), unit, growth, own)
            guess = others[0] if others else None
        explicit = symbol or ("%" if growth and not by_rows else "")
        facts = replace(facts, unit=explicit)
        if guess is not None:
            facts = replace(facts, indicator=guess.code)
        reasons[path] = self._reason(guess, others[1:3], by_rows, timing is not None)
        part: PartOfPeriod = timing.kind if timing is not None else "printed"
        if guess is not None and part == "printed" and self.workspace.indicators[guess.code].measure is Measure.TO_DATE:
            part = "to date"
        return MappedColumn(
            heading=period_heading or path or letter,
            role="value" if guess is not None or by_rows else "text",
            column=letter,
            facts=facts,
            period=part,
            months_back=timing.months_back if timing is not None else 0,
            confirmed=(by_rows and not growth) or (guess is not None and guess.sure),
        )

    def _heading_facts(self, matcher: Matcher, path: str) -> tuple[Facts, list[str], str]:
        """Area, categories and period that levels of a heading give; the levels left over; the heading with its period left open."""
        facts, rest, levels, is_open = Facts(), [], [], False
        for level in levels_of(path):
            text = _strip_unit(level)
            found = matcher.category(level)
            inside = periods_in(text)
            whole = as_period(text) or (as_period(text, 2000) if any(sign in text for sign in "年月季") else None)
            if whole is not None and (not plain(text).isdigit() or len(plain(text)) == 4):
                levels.append(level.replace(text, PERIOD) if text in level else PERIOD)
                is_open = True
            elif inside and text.startswith(inside[0][0]):
                levels.append(plain(level).replace(inside[0][0], PERIOD, 1))
                rest.append(text.removeprefix(inside[0][0]))
                is_open = True
            elif found is not None:
                dimension, code = found
                facts = (
                    replace(facts, area=code) if dimension == "areas" else replace(facts, categories={**facts.categories, dimension: code})
                )
                levels.append(level)
            else:
                rest.append(level)
                levels.append(level)
        return facts, [text for text in rest if text.strip() and not is_total(text)], "/".join(levels) if is_open else ""

    def _reason(self, guess: Guess | None, others: Sequence[Guess], by_rows: bool, timed: bool) -> str:
        if by_rows:
            return _("指标由行给出")
        if guess is None:
            return _("认不出是哪个指标")
        also = "；".join(f"{each.code} {each.score:.2f}" for each in others)
        text = f"{guess.score:.2f} {guess.reason}"
        return text + (_("；也可能是 {others}").format(others=also) if also else "") + (_("；按表头文字取时间") if timed else "")

    def _growth_of_rows(self, matcher: Matcher, labels: Sequence[MappedColumn], values: Sequence[MappedColumn]) -> list[MappedColumn]:
        """Where rows name indicators, a column of growth rates states for each row the growth of its indicator, where one is known."""
        named = next((column for column in labels if column.supplies == "indicator"), None)
        if named is None:
            return list(values)
        found = []
        for column in values:
            if not is_growth(column.heading):
                found.append(column)
                continue
            of_rows = {}
            for label, facts in named.lookup.items():
                rate = matcher.counterpart(facts.indicator) if isinstance(facts, Facts) else ""
                if rate:
                    of_rows[label] = Facts(indicator=rate, unit="%")
            found.append(replace(column, role="value" if of_rows else "text", of_rows=of_rows, confirmed=False))
        return found

    def _with_parts(self, values: Sequence[MappedColumn]) -> list[MappedColumn]:
        """Columns called a total whose figures are the sum of the columns that differ from them in category only."""
        found = []
        for column in values:
            *upper, lowest = levels_of(column.heading)
            parts = [
                each for each in values
                if each is not column and each.role == "value" and levels_of(each.heading)[:-1] == upper and each.facts.categories
            ]  # fmt: skip
            adds = len(parts) > 1 and is_total(_strip_unit(lowest)) and self._adds_up(column, parts)
            found.append(replace(column, parts=tuple(each.heading for each in parts)) if adds else column)
        return found

    def _adds_up(self, total: MappedColumn, parts: Sequence[MappedColumn]) -> bool:
        rows = self.sheet.sheet.rows[self.layout.first - 1 : self.layout.last]
        own, others = _number_of(total.column), [_number_of(each.column) for each in parts]
        sums = [(_value(row, own), [_value(row, at) for at in others]) for row in rows]
        whole = [(claimed, found) for claimed, found in sums if claimed is not None and None not in found]
        return bool(whole) and sum(
            abs(claimed - sum(each or 0 for each in found)) <= 0.51 * len(found) for claimed, found in whole
        ) * 2 > len(whole)

    def _text_column(self, position: int) -> MappedColumn:
        return MappedColumn(heading=self.layout.paths[position], role="text", column=column_letters(position + 1))

    def _rows(self, labels: Sequence[MappedColumn], reasons: dict[str, str]) -> tuple[MappedRow, ...]:
        """Totals with what adds up to them, found by arithmetic, and sections and notes among the data."""
        found: dict[str, MappedRow] = {}
        positions = [_number_of(column.column) for column in labels if column.role == "label"]
        for index, kind in enumerate(self.layout.rows):
            row = self.sheet.sheet.rows[self.layout.first - 1 + index]
            texts = [row[position].strip() for position in positions if position < len(row) and row[position].strip()]
            if not texts or bare_label(texts[0]) in found:
                continue
            if kind == "total":
                label = next((text for text in texts if is_total(text)), "")
                if not label or bare_label(label) in found:
                    continue
                of, reason = self._adding_rows(index)
                found[bare_label(label)] = MappedRow(label=label, role="total", of=of or "all", confirmed=bool(of))
                reasons[label] = reason
            elif kind in {"section", "note"} and (kind == "note" or not _is_known(labels, texts[0])):
                found[bare_label(texts[0])] = MappedRow(label=texts[0], role="section" if kind == "section" else "note")
        return tuple(found.values())

    def _adding_rows(self, index: int) -> tuple[Literal["all", "above", "below", ""], str]:
        """Which rows add up to the total at `index` in most value columns; of several, those that fit best."""
        choices: tuple[Literal["all", "above", "below"], ...] = ("all", "above", "below")
        tried = [(choice, *self._fit(choice, index)) for choice in choices]
        fitting = [each for each in tried if each[1] * 2 > each[2]]
        if not fitting:
            return "", _("按字面是合计，但没有找到哪些行相加等于它")
        choice, fits, columns, _off = max(fitting, key=lambda each: (each[1] / each[2], -each[3]))
        parts = len(self._parts(choice, index))
        return choice, _("{parts} 行相加，{tried} 列中 {fits} 列相符").format(parts=parts, tried=columns, fits=fits)

    def _fit(self, choice: str, index: int) -> tuple[int, int, float]:
        """In how many value columns the rows of a choice add up to the total, of how many that can be told, and how far off they are."""
        values = [position for position in self.layout.positions("value") if "%" not in heading_unit(self.layout.paths[position])]
        rows = self.sheet.sheet.rows[self.layout.first - 1 : self.layout.last]
        parts = self._parts(choice, index)
        fits = tried = 0
        off = 0.0
        for position in values:
            claimed, found = _value(rows[index], position), [_value(rows[at], position) for at in parts]
            if claimed is None or not found or None in found:
                continue
            tried += 1
            difference = abs(claimed - sum(each or 0 for each in found))
            off += difference / max(1.0, abs(claimed))
            fits += difference <= max(1e-9, min(0.51 * len(found), abs(claimed) * 0.001))
        return fits, tried, off

    def _parts(self, choice: str, index: int) -> list[int]:
        kinds = self.layout.rows
        if choice == "all":
            return [at for at, kind in enumerate(kinds) if kind == "plain"]
        steps = range(index - 1, -1, -1) if choice == "above" else range(index + 1, len(kinds))
        found = []
        for at in steps:
            if kinds[at] in {"total", "section"}:
                break
            if kinds[at] == "plain":
                found.append(at)
        return found


def _with_texts(layout: SheetLayout, mapping: SheetMapping) -> SheetLayout:
    """The layout with the cells of columns that state nothing as text."""
    texts = {_number_of(column.column) for column in mapping.columns if column.role == "text" and column.column}
    states = {Role.LABEL, Role.VALUE, Role.TOTAL}
    roles = {cell: Role.TEXT if cell[1] in texts and role in states else role for cell, role in layout.roles.items()}
    return replace(layout, roles=roles)


def _merged_periods(values: Sequence[MappedColumn]) -> list[MappedColumn]:
    """Columns whose headings differ in their period only become one."""
    found: dict[tuple[str, str, str], MappedColumn] = {}
    for column in values:
        key = (column.heading, column.role, column.column if PERIOD not in column.heading else "")
        held = found.get(key)
        found[key] = column if held is None else replace(held, confirmed=held.confirmed and column.confirmed, column="")
    return list(found.values())


def _is_known(labels: Sequence[MappedColumn], text: str) -> bool:
    return any(text in column.lookup for column in labels)


def _number_of(letters: str) -> int:
    return column_number(letters) - 1


def _value(row: Sequence[str], position: int) -> float | None:
    unit = find_unit("")
    figure = read_figure(plain(row[position]).rstrip("%") if position < len(row) else "", unit) if unit is not None else None
    return None if figure is None or isinstance(figure, Fault) else float(figure.value)


def _strip_unit(text: str) -> str:
    return unit_in_heading(text)[0]


def _without_periods(title: str) -> str:
    text = _strip_unit(title)
    for words, _period in periods_in(text):
        text = text.replace(words, "")
    return re.sub(r"\(\)", "", text).strip("、-_ ")


def _pattern(name: str) -> str:
    """A pattern for the names of later files: what tells the month becomes `*`."""
    stem, dot, suffix = name.rpartition(".")
    text = re.sub(r"\d{4}年?(?:第?[一二三四1-4]季度|上半年|前三季度)|\d[\d年月日\-—~至_.]*\d?(?:月份?|日|季度)?", "*", stem or name)
    return re.sub(r"\*+", "*", text) + (f"{dot}{suffix}" if stem else "")
