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
        self.within = [f" “{heading or position + 1}”列" for position, heading in enumerate(self.headings)]

    def texts(self, number: int) -> tuple[str, ...]:
        """Texts of a row, filled up to the table's width; empty for a blank row."""
        texts = self.found.sheet.rows[number - 1]
        if not any(text and not text.isspace() for text in texts):
            return ()
        return texts + ("",) * (self.found.width - len(texts))

    def add(self, number: int, texts: Sequence[str], label: str, reasons: Sequence[str], always: Sequence[bool]) -> None:
        """One data row: a cell states something where its reason is empty; `always` keeps a blank cell."""
        self.data_rows += 1
        start = f"{self.prefix}第{number}行"
        for position, text in enumerate(texts[: self.found.width]):
            if (text and not text.isspace()) or always[position]:
                reason = reasons[position]
                self.rows.append({
                    "dataset": self.dataset, "source": self.source, "locator": start + self.within[position], "row": number,
                    "column": position + 1, "row_label": label, "column_label": self.headings[position], "printed": text,
                    "stated": not reason, "reason": reason,
                })  # fmt: skip
        for position in range(self.found.width, len(texts)):
            self._keep(number, position, label, texts[position], Reason.NOT_BOUND)

    def keep(self, first: int, last: int, reason: Reason) -> None:
        """Rows that are no data, or words: every cell with text."""
        for number in range(first, last + 1):
            texts = self.texts(number)
            words = bool(texts) and reason is Reason.TEXT
            self.data_rows += words
            for position, text in enumerate(texts):
                self._keep(number, position, texts[0].strip() if words else "", text, reason)

    def _keep(self, number: int, position: int, label: str, text: str, reason: Reason) -> None:
        if not text or text.isspace():
            return
        headed = reason is not Reason.NOTE and position < self.found.width
        self.rows.append({
            "dataset": self.dataset, "source": self.source,
            "locator": f"{self.prefix}第{number}行" + (self.within[position] if headed else f" 第{position + 1}列"), "row": number,
            "column": position + 1, "row_label": label, "column_label": self.headings[position] if headed else "", "printed": text,
            "stated": False, "reason": reason.value,
        })  # fmt: skip
