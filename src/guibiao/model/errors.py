"""Errors a person can act on: what happened, where, and what to do next.

Data faults are findings (`model.finding`), not exceptions. What is raised here is a bad request (exit code 2); anything else
that escapes is a broken program (exit code 3).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault lies: file, 1-based line or row, column name."""

    file: str = ""
    line: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.line is not None:
            parts.append(str(self.line))
        if self.column:
            parts.append(self.column)
        return ":".join(parts)


class GuibiaoError(Exception):
    """Base of all errors raised on purpose; `title`, `description` and `remedy` are in the user's language."""

    exit_code = 2

    def __init__(self, title: str, description: str = "", remedy: str = "", place: Place | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.description = description
        self.remedy = remedy
        self.place = place or Place()

    def __str__(self) -> str:
        where = str(self.place)
        head = f"{where}: {self.title}" if where else self.title
        return "\n".join(line for line in (head, self.description, self.remedy) if line)

    def to_dict(self) -> dict[str, object]:
        """JSON-ready form for `--format json`."""
        return {
            "error": type(self).__name__,
            "title": self.title,
            "description": self.description,
            "remedy": self.remedy,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
        }


class BadRequest(GuibiaoError):
    """The caller asked for something that cannot be: unknown name, wrong option, refused operation."""


class BadInput(GuibiaoError):
    """A file cannot be taken in as it is; nothing of it was stored."""


class BadDefinition(GuibiaoError):
    """The workspace does not fit its schema; `place` names file and line."""


class MixedBasis(GuibiaoError):
    """An expression joins operands on different price, comparison or accounting bases; both are named in the description."""


class FindingsPresent(GuibiaoError):
    """Raised under `--strict` when findings exist (exit code 1)."""

    exit_code = 1


class BatchErrors(GuibiaoError):
    """Several errors of one check, shown together so that they are mended in one go."""

    def __init__(self, title: str, errors: tuple[GuibiaoError, ...]) -> None:
        super().__init__(title, "\n".join(str(error) for error in errors))
        self.errors = errors
