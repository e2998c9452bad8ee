"""Report functions on an index of the workspace: score, rank with its interval, what drives a rank, what a change comes from, counts.

A rank is never printed without the interval of the stress test.
"""

from __future__ import annotations

from decimal import Decimal

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.publish.bindings import Arguments
from guibiao.publish.index_board import IndexBoard, Row, board_named
from guibiao.publish.index_drawing import FACTORS, PERCENT, interval_words
from guibiao.publish.lookup import Evidence, find_area
from guibiao.publish.sentences import Answer


def index_score(evidence: Evidence, arguments: Arguments) -> Answer:
    """The score of a unit, of the index or of a `code` within it: 82.8分."""
    board, year = _asked(evidence, arguments)
    row = _row(evidence, arguments, board.of_year(year, board.node(arguments.text("code") or board.root)["code"]), board, year)
    return Answer(evidence.wording.choose(f"{row['score']:.1f}分", f"{row['score']:.1f} points"))


def index_rank(evidence: Evidence, arguments: Arguments) -> Answer:
    """The rank of a unit with its interval: 第1位（压力测试区间第1—2位）."""
    board, year = _asked(evidence, arguments)
    row = _row(evidence, arguments, board.ranking(year), board, year)
    interval = interval_words(row)
    return Answer(
        evidence.wording.choose(
            f"第{row['rank']}位（压力测试区间第{interval}位）", f"rank {row['rank']} (interval {interval} under the stress test)"
        )
    )


def index_chance(evidence: Evidence, arguments: Arguments) -> Answer:
    """Share of the runs in which a unit holds its rank: 95%."""
    board, year = _asked(evidence, arguments)
    row = _row(evidence, arguments, board.ranking(year), board, year)
    chance = sum(
        each["probability"] for each in board.ranks if (each["unit"], each["year"], each["rank"]) == (row["unit"], row["year"], row["rank"])
    )
    return Answer(f"{chance * PERCENT:.0f}%")


def index_driver(evidence: Evidence, arguments: Arguments) -> Answer:
    """The choice that explains most (or, with `place`, the next) of the variance of a rank: 标准化方法（总效应0.53，0.50—0.55）."""
    board, year = _asked(evidence, arguments)
    about = find_area(evidence, arguments.text("area")) if arguments.has("area") else ""
    rows = [row for row in board.drivers if row["unit"] == about and row["year"] == year and row["total"] is not None]
    rows.sort(key=lambda row: (-row["total"], row["factor"]))
    row = _placed(board, rows, arguments)
    name = evidence.wording.choose(*FACTORS[row["factor"]])
    total = f"{row['total']:.2f}"
    if row["total_low"] is not None:
        interval = f"{row['total_low']:.2f}—{row['total_high']:.2f}"
        return Answer(evidence.wording.choose(f"{name}（总效应{total}，区间{interval}）", f"{name} (total effect {total}, {interval})"))
    return Answer(evidence.wording.choose(f"{name}（总效应{total}）", f"{name} (total effect {total})"))


def index_contribution(evidence: Evidence, arguments: Arguments) -> Answer:
    """The indicator that added most (or, with `place`, the next) to the change of a unit's index: 户均移动流量（7.4分）."""
    board, year = _asked(evidence, arguments)
    unit = find_area(evidence, arguments.text("area"))
    since = _year(arguments, "since") or min(int(row["year"]) for row in board.scores)
    rows = [row for row in board.changes if (row["unit"], row["since"], row["year"]) == (unit, since, year) and row["kind"] == "value"]
    least = arguments.choice("order", "highest", "lowest") == "lowest"
    rows.sort(key=lambda row: (row["contribution"] if least else -row["contribution"], row["code"]))
    row = _placed(board, rows, arguments)
    node = board.node(row["code"])
    points = f"{row['contribution']:.1f}"
    return Answer(evidence.wording.choose(f"{node['name_zh']}（{points}分）", f"{node['name_en']} ({points} points)"))


def index_count(evidence: Evidence, arguments: Arguments) -> Answer:
    """How many units, indicators, dimensions, filled cells or runs of the stress test an index has."""
    board, year = _asked(evidence, arguments)
    parents = {row["parent"] for row in board.nodes}
    counts = {
        "units": len(board.of_year(year)),
        "indicators": sum(row["code"] not in parents for row in board.nodes),
        "dimensions": sum(row["parent"] == board.root for row in board.nodes),
        "imputed": sum(int(row["imputed"]) for row in board.scores if row["code"] == board.root),
        "runs": board.runs(year),
    }
    return Answer(str(counts[arguments.choice("of", "units", "indicators", "dimensions", "imputed", "runs")]))


def _asked(evidence: Evidence, arguments: Arguments) -> tuple[IndexBoard, int]:
    board = board_named(evidence.indices, arguments.text("index"))
    return board, _year(arguments, "year") or board.last


def _year(arguments: Arguments, name: str) -> int:
    value = arguments.values.get(name, 0)
    if isinstance(value, Decimal) or not str(value).isdigit():
        raise BadRequest(_("参数 {name} 不能是 {value}").format(name=name, value=value), remedy=_("写年份，如 2024。"))
    return int(value)


def _row(evidence: Evidence, arguments: Arguments, rows: tuple[Row, ...], board: IndexBoard, year: int) -> Row:
    unit = find_area(evidence, arguments.text("area"))
    for row in rows:
        if row["unit"] == unit and row["score"] is not None:
            return row
    raise BadRequest(
        _("指数 {id} 没有 {unit} {year} 年的得分").format(id=board.id, unit=evidence.area_name(unit), year=year),
        remedy=_("核对地区和年份。"),
    )


def _placed(board: IndexBoard, rows: list[Row], arguments: Arguments) -> Row:
    place = arguments.whole("place", least=1) or 1
    if place > len(rows):
        raise BadRequest(
            _("指数 {id} 没有第 {place} 项").format(id=board.id, place=place), remedy=_("共 {count} 项。").format(count=len(rows))
        )
    return rows[place - 1]
