"""Figures per person against totals and population that the same document states, and against figures per ten thousand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guibiao.model.quantity import Quantity
from guibiao.model.unit import NUMBER
from guibiao.model.verdict import Verdict, judge, power_of_ten
from guibiao.review.claims import Basis, Claim, ClaimKind, concluded, worded
from guibiao.review.grids import Cell, Grid
from guibiao.review.reading import Passage, Read
from guibiao.review.tables import MEAN_POPULATION

_PER = re.compile(
    r"(?P<per>人均|每百万人|每十万人|每万人|每千人|每百人)(?:平均)?(?:拥有|享有|占有)?(?P<name>[^，。；、]{0,16}?)(?:数量?)?(?:约为|约|为|达到|达|超过)?$"
)
_PER_WORD = re.compile(r"人均|每[百千万十]")
_PEOPLE = re.compile(r"(?:常住|户籍|总)?人口(?:总数|规模|总量|数)?(?:约为|约|为|达到|达|有|超过)*$")
_SOME_PEOPLE = re.compile(r"(?:城镇|乡村|农村|流动|外来|老年|就业|学龄|岁|贫困|低收入)[^，。]{0,8}$")
_HEAD = re.compile(r"^(人均|每百万人|每十万人|每万人|每千人|每百人)(?:拥有)?(.{2,})$")
_COUNT = {"人均": 0, "每百人": 2, "每千人": 3, "每万人": 4, "每十万人": 5, "每百万人": 6}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
_MONEY = (("currency:CNY", 1),)
_OTHER_SCOPE = Decimal("0.5")
"""Of the text's figure: a table's that differs by more, and by no power of ten, is of another scope or time."""
_TAIL = 6
"""Last characters of a name by which a count is found again."""
_SAME_NAME = 20
"""Tables of one name that are looked at."""


@dataclass(frozen=True, slots=True)
class _Stated:
    passage: Passage
    read: Read
    year: int | None


class _Found:
    """Figures by name: those of a paragraph together, and the first of each year."""

    def __init__(self) -> None:
        self._here: dict[tuple[str, int], list[_Stated]] = defaultdict(list)
        self._first: dict[tuple[str, int], _Stated] = {}
        self._values: set[Decimal] = set()
        self._one: _Stated | None = None

    def add(self, name: str, stated: _Stated) -> None:
        here = self._here[name, id(stated.passage)]
        if len(here) < _SAME_NAME:
            here.append(stated)
        if stated.year is not None:
            self._first.setdefault((name, stated.year), stated)
        if not name:
            self._one = self._one or stated
            self._values.add(stated.read.quantity.value.scaleb(stated.read.unit.power))

    def beside(self, name: str, other: _Stated, *, only_money: bool = False) -> _Stated | None:
        """The one of the same paragraph whose year does not differ, else of the same year elsewhere; there, where asked, only money."""
        here = self._here.get((name, id(other.passage)), ())
        found = next((each for each in here if each.year == other.year or each.year is None or other.year is None), None)
        if found is None and other.year is not None:
            found = self._first.get((name, other.year))
            if found is not None and only_money and found.read.unit.dimension[:1] != _MONEY:
                return None
        return found

    def only(self, other: _Stated) -> _Stated | None:
        """The one population of a document that states no other, where neither figure bears a year of its own."""
        alone = len(self._values) == 1 and self._one is not None and self._one.year is None and other.year is None
        return self._one if alone else None


def per_person_claims(passages: Sequence[Passage], tables: Sequence[Grid]) -> Iterator[Claim]:
    """Every figure per person of the text that can be recomputed."""
    if not any(_PER_WORD.search(passage.text) for passage in passages):
        return
    levels, people = _Found(), _Found()
    ratios: list[tuple[_Stated, int, str]] = []
    for passage in passages:
        for read in passage.reads:
            clause = passage.parts.clause(read.start)
            before = passage.text[clause[0] : read.start]
            stated = _Stated(passage, read, _year(passage.text[max(0, read.start - 160) : read.start]))
            per = _PER.search(before)
            if per is not None:
                name = per["name"] or _noun(passage.text, read.end)
                ratios.append((stated, _COUNT[per["per"]], _stem(name)))
            elif _PEOPLE.search(before) and not _SOME_PEOPLE.search(before) and read.mention.unit.endswith("人"):
                people.add("", stated)
            else:
                for name in dict.fromkeys((_stem(_tail(before)), _stem(_noun(passage.text, read.end)))):
                    tails = range(2, min(len(name), _TAIL + 1)) if read.unit.dimension[:1] != _MONEY else ()
                    for tail in dict.fromkeys((*(name[-length:] for length in tails), name)):
                        if len(tail) > 1:
                            levels.add(tail, stated)
    columns = _rates(tables) if ratios else {}
    for stated, count, name in ratios:
        yield from _against_levels(
            stated, count, levels.beside(name, stated, only_money=True), people.beside("", stated) or people.only(stated)
        )
        yield from _against_tables(stated, count, columns.get(name, ()))


def _against_levels(stated: _Stated, count: int, total: _Stated | None, population: _Stated | None) -> Iterator[Claim]:
    """Total over population of the same year, or of the same paragraph."""
    if total is None or population is None or total.read.unit.dimension != stated.read.unit.dimension:
        return
    if population.read.quantity.value <= 0 or total.read.quantity.value <= 0 or stated.read.quantity.value <= 0:
        return
    ratio = _plain(total.read.quantity) / _plain(population.read.quantity)
    power = count - stated.read.unit.power
    claimed = stated.read.quantity
    factor = Decimal(1).scaleb(power)
    low, high = (None if bound is None else bound * factor for bound in (ratio.low, ratio.high))
    recomputed = Quantity(ratio.value * factor, low, high, ratio.qualifier, claimed.unit)
    verdict = judge(claimed, recomputed)
    if verdict is not Verdict.OK and abs(recomputed.value / claimed.value - 1) <= MEAN_POPULATION:
        verdict = Verdict.ROUNDED
    shown = total.passage.shown(total.read), population.passage.shown(population.read)
    slip = power_of_ten(float(recomputed.value / claimed.value), 0.1) if verdict is Verdict.INCONSISTENT else None
    kind: ClaimKind = "magnitude" if slip else "per_capita"
    basis = Basis(f" {shown[0]} 除以人口 {shown[1]} ", f"{shown[0]} over a population of {shown[1]}")
    yield concluded(kind, stated.passage.spot(stated.read.start, stated.read.end), claimed, recomputed, verdict, basis)


def _rates(tables: Sequence[Grid]) -> dict[str, list[tuple[Grid, int, int]]]:
    """Columns per person by the stem of what they count, with the power of ten of the persons."""
    found: dict[str, list[tuple[Grid, int, int]]] = defaultdict(list)
    for grid in tables:
        for column in grid.numeric:
            head = _HEAD.match(re.split(r"[(（]", grid.head.get(column, ""))[0])
            if head is not None and len(stem := _stem(head[2])) > 2 and len(found[stem]) < _SAME_NAME:
                found[stem].append((grid, column, _COUNT[head[1]]))
    return found


def _against_tables(stated: _Stated, count: int, columns: Sequence[tuple[Grid, int, int]]) -> Iterator[Claim]:
    """每万人 in the text and 人均 in a table, of the one row that the sentence names."""
    start = stated.passage.parts.sentence(stated.read.start)[0]
    words = stated.passage.text[start : stated.read.start]
    for grid, column, per in columns:
        rows = [row for row in grid.rows if column in row and grid.label(row).removesuffix("市") in words]
        if len(rows) == 1:
            yield from _scaled(stated, count - per, rows[0][column], grid)


def _scaled(stated: _Stated, power: int, cell: Cell, grid: Grid) -> Iterator[Claim]:
    there = cell.quantity
    if there is None or there.value <= 0 or stated.read.quantity.value <= 0:
        return
    factor = Decimal(1).scaleb(power)
    low, high = (None if bound is None else bound * factor for bound in (there.low, there.high))
    recomputed = Quantity(there.value * factor, low, high, there.qualifier, stated.read.unit)
    verdict = judge(stated.read.quantity, recomputed)
    ratio = recomputed.value / stated.read.quantity.value
    spot = stated.passage.spot(stated.read.start, stated.read.end)
    if verdict is Verdict.INCONSISTENT and power_of_ten(float(ratio), 0.2) is None and abs(ratio - 1) > _OTHER_SCOPE:
        told = Basis("口径或时点不同，无从比较。", "The two are not of one scope or time.")
        yield worded("per_capita", spot, stated.passage.shown(stated.read), cell.text, Verdict.NOT_DERIVABLE, told)
        return
    basis = Basis(f"“{grid.title}”的 {cell.text} 按同一人数折算", f"the table's {cell.text}, per as many people,")
    yield concluded("per_capita", spot, stated.read.quantity, recomputed, verdict, basis)


def _plain(quantity: Quantity) -> Quantity:
    """The quantity as a bare number in base units."""
    factor = Decimal(1).scaleb(quantity.unit.power)
    low, high = (None if bound is None else bound * factor for bound in (quantity.low, quantity.high))
    return Quantity(quantity.value * factor, low, high, quantity.qualifier, NUMBER)


def _tail(before: str) -> str:
    return re.sub(r"(?:约为|约|为|达到|达|有|实现|累计|共|已|建成|超过|突破)+$", "", before)[-12:]


def _noun(text: str, at: int) -> str:
    match = re.match(r"[\u4e00-\u9fffA-Za-z\d]{2,8}", text[at : at + 8])
    return "" if match is None else match[0]


def _stem(name: str) -> str:
    """The name without what tells totals and counts apart; 地区生产总值 and 生产总值 and GDP are one."""
    bare = re.sub(
        r"^(?:全市|全省|全国|全年|本市|我市|实现|拥有|地区|建成|累计|共有?|建有|新建|完成|现有|已|注册)+|(?:总量|总数|总额|数量|数)$",
        "",
        name,
    )
    return "GDP" if bare in {"地区生产总值", "生产总值", "国内生产总值", "GDP"} or bare.endswith("生产总值") else bare


def _year(text: str) -> int | None:
    found = _YEAR.findall(text)
    return int(found[-1]) if found else None
