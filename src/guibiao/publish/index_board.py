"""What is published of an index: rows of the declared tables `index_*`, and what became of them where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.tables import Table

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IndexBoard:
    """One index: rows of `index_scores`, `index_nodes`, `index_ranks`, `index_drivers`, `index_changes`.

    `problem` says why it could not be built; then there are no rows. `remarks` are notes of its steps.
    """

    id: str
    name_zh: str
    name_en: str
    note_zh: str = ""
    note_en: str = ""
    scores: tuple[Row, ...] = ()
    nodes: tuple[Row, ...] = ()
    ranks: tuple[Row, ...] = ()
    drivers: tuple[Row, ...] = ()
    changes: tuple[Row, ...] = ()
    remarks: tuple[str, ...] = ()
    problem: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)

    def rows(self, table: Table) -> tuple[Row, ...]:
        """Its rows of one of the tables `index_*`."""
        rows: tuple[Row, ...] = getattr(self, table.name.removeprefix("index_"))
        return rows

    @property
    def root(self) -> str:
        """Code of the index itself."""
        return next(str(row["code"]) for row in self.nodes if not row["parent"])

    @property
    def last(self) -> int:
        """Its last year."""
        return max(int(row["year"]) for row in self.scores)

    def node(self, code: str) -> Row:
        """The node of a code; raises BadRequest where there is none."""
        for row in self.nodes:
            if row["code"] == code:
                return row
        known = "、".join(str(row["code"]) for row in self.nodes)
        raise BadRequest(_("指数 {id} 中没有 {code}").format(id=self.id, code=code), remedy=_("可写：{names}。").format(names=known))

    def of_year(self, year: int, code: str = "") -> tuple[Row, ...]:
        """Scores of one year and code (the index where empty), as listed; the last year where zero."""
        wanted, at = code or self.root, year or self.last
        return tuple(row for row in self.scores if row["code"] == wanted and row["year"] == at)

    def ranking(self, year: int, code: str = "") -> tuple[Row, ...]:
        """Units by rank. Refuses a league table of a composite without intervals: raises BadRequest."""
        self.node(code or self.root)
        rows = sorted((row for row in self.of_year(year, code) if row["score"] is not None), key=lambda row: (-row["score"], row["unit"]))
        if not rows:
            raise BadRequest(_("指数 {id} 没有 {year} 年的得分").format(id=self.id, year=year), remedy=_("核对年份。"))
        if any(row["rank"] is None or row["rank_low"] is None or row["rank_high"] is None for row in rows):
            raise BadRequest(
                _("指数 {id} 的位次没有区间，不发布排名").format(id=self.id),
                remedy=_("在 {file} 里写 stress：没有压力测试的合成指数不发布排名。").format(file=f"indices/{self.id}.yaml"),
            )
        return tuple(rows)

    def runs(self, year: int) -> int:
        """Runs behind the intervals of a year."""
        return max((int(row["runs"]) for row in self.of_year(year) if row["runs"]), default=0)


def board_named(boards: Mapping[str, IndexBoard], name: str) -> IndexBoard:
    """The index of an id, with rows; raises BadRequest where it is unknown or could not be built."""
    if name not in boards:
        raise BadRequest(_("没有指数 {name}").format(name=name), remedy=_("可写：{names}。").format(names="、".join(boards) or "—"))
    board = boards[name]
    if board.problem:
        raise BadRequest(board.problem.partition("\n")[0])
    return board
