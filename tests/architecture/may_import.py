"""An import-linter contract: what each part of the package may import, rooms by default.

A rule reads ``part -> name name``. ``*`` on the left is every part that has no rule of its own: a room. ``*`` on
the right is every part but those that may themselves import ``*``, which have to be named. A name covers its
submodules: ``store.port`` is that module and what is below it, not the rest of ``store``.
"""

from __future__ import annotations

from dataclasses import dataclass

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

ANY = "*"


@dataclass(frozen=True)
class Rules:
    """The parsed rules; ``allowed`` maps a part to the names it may import."""

    root: str
    allowed: dict[str, frozenset[str]]

    @classmethod
    def parse(cls, root: str, lines: list[str]) -> Rules:
        """Raise ValueError where a line has no arrow or a part has two rules."""
        allowed: dict[str, frozenset[str]] = {}
        for line in lines:
            part, arrow, names = line.partition("->")
            part = part.strip()
            if not arrow or part in allowed:
                raise ValueError(f"rule {line!r}: write 'part -> names', once for each part")
            allowed[part] = frozenset(names.split())
        return cls(root, allowed)

    def permits(self, importer: str, imported: str) -> bool:
        """Whether one module may import another; a part may always import itself and the root package."""
        source, target = self._part(importer), self._part(imported)
        if source == target or imported == self.root:
            return True
        if importer == self.root:
            return False
        names = self.allowed.get(source, self.allowed.get(ANY, frozenset()))
        below = imported.removeprefix(f"{self.root}.")
        if ANY in names and ANY not in self.allowed.get(target, frozenset()):
            return True
        return any(below == name or below.startswith(f"{name}.") for name in names)

    def _part(self, module: str) -> str:
        return module.removeprefix(f"{self.root}.").partition(".")[0]


class MayImport(Contract):
    """Each part imports only what its rule allows; ``rules`` is the option in the configuration."""

    type_name = "may_import"
    rules = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        del verbose
        root = self.session_options["root_packages"][0]
        rules = Rules.parse(root, self.rules)  # type: ignore[arg-type]
        broken = [
            (importer, imported, detail["line_number"], detail["line_contents"])
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not rules.permits(importer, imported)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, line, text in check.metadata["broken"]:
            output.print_error(f"{importer} may not import {imported} (line {line}: {text})")
        output.new_line()
        output.print_error("The rules are in pyproject.toml; a room meets another only in model/tables.py.")
