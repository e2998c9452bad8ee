"""Forms of the answers, for the OpenAPI description: made from the declared tables, so that they follow them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from guibiao.model.tables import Kind, Table

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str, Kind.INTEGER: int, Kind.FLAG: bool, Kind.FLOAT: float, Kind.EXACT: str, Kind.DAY: date, Kind.MOMENT: datetime,
}  # fmt: skip


class Fault(BaseModel):
    """What went wrong and what to do."""

    title: str
    description: str
    remedy: str


class Faults(BaseModel):
    """Every error has this form: problem details (RFC 9457)."""

    type: str = Field(description="kind of error, as a URN")
    title: str
    status: int = Field(description="HTTP status")
    detail: str
    instance: str = Field(description="path of the request")
    remedy: str = Field(description="what to do")
    errors: list[Fault] = Field(description="the same as a list")


class ReleaseItem(BaseModel):
    """A release that is or was published."""

    release: str = Field(description="release id")
    published_at: datetime
    current: bool = Field(description="whether readers see it now")
    withdrawn_at: datetime | None = None
    reason: str = Field("", description="why it was withdrawn")
    successor: str = Field("", description="what readers saw instead; empty for nothing")


class ReleasedFileItem(BaseModel):
    """One file of a release."""

    name: str
    sha256: str
    size: int
    rows: int | None


class ReleaseDetail(ReleaseItem):
    """A release with what it holds."""

    workspace: str
    software: str
    as_of: date | None = Field(description="only what the world could know on that day; null for all")
    tables: dict[str, int] = Field(description="table -> rows")
    files: list[ReleasedFileItem]


class PassportStepItem(BaseModel):
    """One step of a number's way."""

    role: str
    label: str
    text: str
    facts: dict[str, str]
    steps: list[PassportStepItem]


class PassportItem(BaseModel):
    """Whole lineage of one number."""

    id: str
    key: str
    title: str
    printed: str
    grade: str
    steps: list[PassportStepItem]


class TaskItem(BaseModel):
    """One task of the ledger."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str
    state: str
    version: int


def row_form(table: Table, name: str, **more: Any) -> type[BaseModel]:
    """A row of a table; `more` are fields that the answer adds."""
    fields: dict[str, Any] = {}
    for column in table.columns:
        nullable = column.nullable or column.kind is Kind.FLOAT
        kind = _TYPES[column.kind] | None if nullable else _TYPES[column.kind]
        exact = ", exact decimal as text" if column.kind is Kind.EXACT else ""
        fields[column.name] = (kind, Field(description=column.doc + exact))
    return create_model(name, **fields, **more)


def page_form(item: type[BaseModel], name: str) -> type[BaseModel]:
    """A page of rows."""
    fields: dict[str, Any] = {
        "release": (str, Field(description="release the rows are of")),
        "items": (list[item], Field(description="rows in key order")),  # type: ignore[valid-type]
        "next": (str, Field(description="cursor of the next page; empty at the end")),
        "left_out": (int, Field(description="rows that fit and come after this page")),
    }
    return create_model(name, **fields)
