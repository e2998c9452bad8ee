"""Rows of the table `cells`: every cell with text, verbatim, and every value cell even where it is blank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from guibiao.ingest.figures import Reason
from guibiao.ingest.headings import Layout
from guibiao.reference.definitions import TableBinding


class Cells:
    """Gathers the cells of one sheet in reading order."""

    def __init__(self, found: Layout, binding: TableBinding, place: str) -> None:
        self.found = found
        self.dataset = binding.id
        self.source = binding.defaults.source or binding.source
        self.prefix = f"{place} " if place else ""
        self.rows: list[dict[str, Any]] = []
        self.data_rows = 0
        names = Counter(found.names)
        self.headings = [name if names[name] == 1 else found.paths[position] for position, name in enumerate(found.names)]

    def texts(self, number: int) -> tuple[str, ...]:
        """Texts of a row, filled up to the table's width; empty for a blank row."""
        texts = self.found.sheet.rows[number - 1]
        if not any(text and not text.isspace() for text in texts):
            return ()
        return texts + ("",) * (self.found.width - len(texts))

    def add(self, number: int, texts: Sequence[str], label: str, reasons: Sequence[str], always: Sequence[bool]) -> None:
        """One data row: a cell states something where its reason is empty; `always` keeps a blank cell."""
        self.data_rows += 1
        headings, width = self.headings, self.found.width
        for position, text in enumerate(texts):
            within = position < width
            if not (text and not text.isspace()) and not (within and always[position]):
                continue
            reason = reasons[position] if within else Reason.NOT_BOUND.value
            self._append(number, position, label, headings[position] if within else "", text, reason)

    def keep(self, first: int, last: int, reason: Reason) -> None:
        """Rows that are no data, or words: every cell with text."""
        headings = [] if reason is Reason.NOTE else self.headings
        for number in range(first, last + 1):
            texts = self.texts(number)
            self.data_rows += bool(texts) and reason is Reason.TEXT
            label = texts[0].strip() if texts and reason is Reason.TEXT else ""
            for position, text in enumerate(texts):
                if text and not text.isspace():
                    self._append(number, position, label, headings[position] if position < len(headings) else "", text, reason.value)

    def _append(self, number: int, position: int, label: str, heading: str, text: str, reason: str) -> None:
        self.rows.append({
            "dataset": self.dataset, "source": self.source, "locator": f"{self.prefix}第{number}行 “{heading or position + 1}”列",
            "row": number, "column": position + 1, "row_label": label, "column_label": heading, "printed": text, "stated": not reason,
            "reason": reason,
        })  # fmt: skip
