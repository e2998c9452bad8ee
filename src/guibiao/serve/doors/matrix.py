"""The permission matrix: one table (matrix.csv) of every route and who may use it; what it does not name is refused.

Columns: method, path (template as registered), anonymous and one for each role, `scope` of API keys (empty: keys may not), `body` (none,
form, json, upload: what may be sent), `log` (yes: noted in the audit log). Cells: `all` may, `own` may within their own areas, unit or
account (the handler narrows by `Principal.reach` or the user's id), `open` may where the site is open to everybody, empty may not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, get_args

from guibiao.model.access import Principal, Role, Scope

Cell = Literal["", "all", "own", "open"]
Body = Literal["none", "form", "json", "upload"]
_CELLS: Mapping[str, Cell] = {cell: cell for cell in get_args(Cell)}
_BODIES: Mapping[str, Body] = {body: body for body in get_args(Body)}
ANONYMOUS = "anonymous"
COLUMNS = ("method", "path", ANONYMOUS, *Role, "scope", "body", "log")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the matrix."""

    method: str
    path: str
    anonymous: Cell
    roles: Mapping[Role, Cell]
    scope: Scope | None
    body: Body
    log: bool

    def admits(self, principal: Principal, *, open_site: bool = True) -> bool:
        """Whether who asks may use the route, with the key they ask with."""
        if principal.key is not None and (self.scope is None or self.scope not in principal.key.scopes):
            return False
        return self.is_public(open_site) or any(self.roles[role] for role in principal.roles)

    def is_public(self, open_site: bool) -> bool:
        """Whether strangers may use the route."""
        return self.anonymous == "all" or (self.anonymous == "open" and open_site)


class Matrix:
    """All rules, by method and path template."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_route = {(rule.method, rule.path): rule for rule in self.rules}
        if len(self._by_route) != len(self.rules):
            raise ValueError("a route stands in the matrix twice")

    def find(self, method: str, path: str) -> Rule | None:
        """The rule of a route; that of GET for HEAD. None: nobody may."""
        return self._by_route.get(("GET" if method == "HEAD" else method, path))

    def may(self, principal: Principal, method: str, path: str, *, open_site: bool = True) -> bool:
        """Whether who asks may use the route: for pages that show a button only to those it works for."""
        rule = self.find(method, path)
        return rule is not None and rule.admits(principal, open_site=open_site)


def read_matrix(text: str | None = None) -> Matrix:
    """The packaged matrix, or this text; ValueError with the line where it is malformed."""
    source = text if text is not None else files("guibiao.serve.doors").joinpath("matrix.csv").read_text("utf-8")
    reader = csv.DictReader(io.StringIO(source))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"the matrix has the columns {', '.join(COLUMNS)}")
    return Matrix(_rule(row, number) for number, row in enumerate(reader, start=2))


def matrix_text(matrix: Matrix) -> str:
    """The matrix as CSV: what an inspection is handed."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for rule in matrix.rules:
        cells = (rule.roles[role] for role in Role)
        writer.writerow((rule.method, rule.path, rule.anonymous, *cells, rule.scope or "", rule.body, "yes" if rule.log else ""))
    return target.getvalue()


def _rule(row: Mapping[str, str], number: int) -> Rule:
    try:
        return Rule(
            method=row["method"], path=row["path"], anonymous=_CELLS[row[ANONYMOUS]],
            roles={role: _CELLS[row[role]] for role in Role}, scope=Scope(row["scope"]) if row["scope"] else None,
            body=_BODIES[row["body"]], log={"yes": True, "": False}[row["log"]],
        )  # fmt: skip
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"matrix, line {number}: {error}") from None
