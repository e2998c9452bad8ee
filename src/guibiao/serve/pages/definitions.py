"""What a release says about its figures, read once and kept: names of indicators, areas, categories, sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.definition_tables import BREAKS, CODES, FRAMEWORK_MEMBERS, HEADLINES, INDICATORS, PASSAGES, SOURCES
from guibiao.model.tables import Table
from guibiao.serve.errors import NotFound
from guibiao.serve.services import Row
from guibiao.store.port import OpenRelease

AREAS = "areas"


class Definitions:
    """Definitions of one release; every name falls back to its code."""

    def __init__(self, release: OpenRelease) -> None:
        self._release = release
        self.indicators: Mapping[str, Row] = {row["indicator"]: row for row in self._rows(INDICATORS, ("place",))}
        self.searched: dict[str, Any] = {}
        """What the search page keeps, by language."""

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, Row]]:
        """Classification -> code -> row, in order."""
        found: dict[str, dict[str, Row]] = {}
        for row in self._rows(CODES, ("classification", "place")):
            found.setdefault(row["classification"], {})[row["code"]] = row
        return found

    @cached_property
    def sources(self) -> Mapping[str, Row]:
        """Sources by id."""
        return {row["source"]: row for row in self._rows(SOURCES, ("source",))}

    @cached_property
    def members(self) -> tuple[Row, ...]:
        """Indicators of frameworks, in order."""
        return tuple(self._rows(FRAMEWORK_MEMBERS, ("framework", "place")))

    @cached_property
    def passages(self) -> Mapping[str, list[Row]]:
        """Words of policy documents by document, in their order."""
        found: dict[str, list[Row]] = {}
        for row in self._rows(PASSAGES, ("document", "start", "kind")):
            found.setdefault(row["document"], []).append(row)
        return found

    @cached_property
    def headlines(self) -> tuple[Row, ...]:
        """Headline figures, in order."""
        return tuple(self._rows(HEADLINES, ("place",)))

    @cached_property
    def breaks(self) -> Mapping[str, list[Row]]:
        """Breaks by indicator."""
        found: dict[str, list[Row]] = {}
        for row in self._rows(BREAKS, ("indicator", "date")):
            found.setdefault(row["indicator"], []).append(row)
        return found

    def indicator(self, name: str) -> Row:
        """An indicator; `NotFound` for another one."""
        if name not in self.indicators:
            from guibiao.model.messages import translate as _

            raise NotFound(_("没有指标 {name}").format(name=name), remedy=_("在指标目录里查找。"))
        return self.indicators[name]

    def indicator_name(self, name: str, language: str) -> str:
        """Name of an indicator."""
        return named(self.indicators.get(name), "name", language) or name

    def area(self, code: str, language: str) -> str:
        """Name of an area."""
        return self.code_name(AREAS, code, language)

    def code_name(self, classification: str, code: str, language: str) -> str:
        """Name of a code with its status; the total of a dimension is called so."""
        if code == TOTAL:
            return "合计" if language == "zh" else "Total"
        row = self.codes.get(classification, {}).get(code)
        if row is None:
            return code
        status = named(row, "status", language)
        name = named(row, "name", language)
        return name if not status else f"{name}（{status}）" if language == "zh" else f"{name} ({status})"

    def basis(self, name: str, language: str) -> str:
        """Name of an accounting basis."""
        return self.code_name("accounting_bases", name, language) if name else ""

    def classification_name(self, name: str, language: str) -> str:
        """Title of a classification."""
        row = next(iter(self.codes.get(name, {}).values()), None)
        return named(row, "classification", language) or name

    def categories(self, key: str, language: str, *, totals: bool = False) -> str:
        """A category key in words; totals are left out unless asked for."""
        parts = [
            self.code_name(dimension, code, language) for dimension, code in parse_category_key(key).items() if totals or code != TOTAL
        ]
        return ("、" if language == "zh" else ", ").join(parts)

    def source_title(self, name: str) -> str:
        """Title of a source."""
        row = self.sources.get(name)
        return str(row["title"]) if row else name

    def below(self, parent: str) -> tuple[str, ...]:
        """Codes of the areas directly below one."""
        return tuple(code for code, row in self.codes.get(AREAS, {}).items() if row["parent"] == parent)

    def parent_of(self, area: str) -> str:
        """Code of the area above, empty at the top."""
        row = self.codes.get(AREAS, {}).get(area)
        return str(row["parent"]) if row else ""

    def _rows(self, table: Table, order: tuple[str, ...]) -> list[dict[str, Any]]:
        """Rows of a table; none where the release was made by software that did not write it."""
        if not self._release.has(table):
            return []
        rows: list[dict[str, Any]] = self._release.select(table, order=order).to_pylist()
        return rows


def named(row: Row | None, field: str, language: str) -> str:
    """The text of a pair of columns `field_zh`, `field_en`; a missing English one falls back to the Chinese."""
    if row is None:
        return ""
    chinese = str(row[f"{field}_zh"])
    return chinese if language == "zh" else str(row[f"{field}_en"]) or chinese
