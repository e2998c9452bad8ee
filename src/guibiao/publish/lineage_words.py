"""How a lineage speaks, in Chinese and English: labels of its steps and the sentence of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from guibiao.model.basis import Precision
from guibiao.model.category import TOTAL, parse_category_key
from guibiao.model.indicator import Indicator
from guibiao.model.quantity import Qualifier, Quantity
from guibiao.publish.figures import Figure
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Correction, Precedence, TableBinding, Workspace

Row = Mapping[str, Any]
GUARD_DIGITS = 3
"""Decimals of a bound beyond those of the figure."""
LABELS: Mapping[str, tuple[str, str]] = {
    "figure": ("数字", "Figure"), "input": ("投入", "Input"), "value": ("采用值", "Value used"), "definition": ("定义", "Definition"),
    "formula": ("公式", "Formula"), "in_words": ("即", "That is"), "precedence": ("优先次序", "Precedence"),
    "statement": ("采用的陈述", "Statement used"), "other_statement": ("未采用", "Not used"), "cell": ("单元格", "Cell"),
    "correction": ("更正", "Correction"), "source": ("来源", "Source"), "address": ("网址", "Address"), "note": ("说明", "Note"),
    "other_basis": ("其他口径", "Other basis"), "finding": ("核查发现", "Finding"), "as_of": ("数据截至", "As of"), "gap": ("缺口", "Gap"),
    "method": ("方法", "Method"), "choice": ("取法", "Choice"), "component": ("构成", "Component"), "overlap": ("重叠", "Overlap"),
}  # fmt: skip
_CRITERIA: Mapping[str, tuple[str, str]] = {
    "stage": ("阶段", "stage"), "grade": ("来源等级", "source grade"), "known_from": ("公布日期", "date of publication"),
    "precision": ("精度", "precision"), "source_order": ("来源次序", "order of sources"),
}  # fmt: skip
_STAGES: Mapping[str, tuple[str, str]] = {
    "preliminary": ("初步核算", "preliminary"), "verified": ("最终核实", "verified"), "census-revised": ("普查修订", "census-revised"),
}  # fmt: skip
_METHODS: Mapping[str, tuple[str, str]] = {
    "surveyed": ("统计调查", "surveyed"), "administrative": ("行政记录", "administrative"), "estimated": ("估算", "estimated"),
    "forecast": ("预测", "forecast"), "derived": ("计算得出", "derived"), "synthetic": ("合成数据", "synthetic"),
}  # fmt: skip
_PRICES: Mapping[str, tuple[str, str]] = {
    "current": ("现价", "current prices"), "constant": ("{year}年不变价", "constant prices of {year}"),
    "chained": ("以{year}年为参考的环比连锁价", "chained volume, reference year {year}"),
}  # fmt: skip
_COMPARISONS: Mapping[str, tuple[str, str]] = {
    "as published": ("公布口径", "as published"), "comparable": ("可比口径", "comparable basis"), "naive": ("直接相比", "naive comparison"),
}  # fmt: skip
_SEVERITIES: Mapping[str, tuple[str, str]] = {
    "error": ("错误", "error"), "warning": ("需解释", "to be explained"), "info": ("提示", "information"),
}  # fmt: skip
_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@dataclass(frozen=True, slots=True)
class LineageWords:
    """Sentences in the document's language, with the names of one workspace; `as_of` is the day figures were filtered by."""

    wording: Wording
    workspace: Workspace
    as_of: date | None

    def say(self, chinese: str, english: str) -> str:
        return self.wording.choose(chinese, english)

    def label(self, role: str) -> str:
        return self.say(*LABELS[role])

    def separated(self, *parts: str) -> str:
        """Statements one after the other, without the empty ones."""
        return self.say("；", "; ").join(part for part in parts if part)

    def title(self, figure: Figure) -> str:
        """What the figure is of: indicator, area, categories, period."""
        indicator = self.workspace.indicators[figure.indicator]
        codes = [self._category(name, code) for name, code in parse_category_key(figure.categories).items() if code != TOTAL]
        parts = (
            self.say(indicator.name_zh, indicator.name_en),
            self._category("areas", figure.area),
            *codes,
            self.wording.period(figure.period),
        )
        return self.say("，", ", ").join(parts)

    def printed(self, figure: Figure) -> str:
        decimals = figure.quantity.decimals
        return self.wording.quantity(
            figure.quantity, self.workspace.indicators[figure.indicator].decimals if decimals is None else decimals
        )

    def quantity(self, quantity: Quantity) -> str:
        return self.wording.quantity(quantity)

    def value(self, figure: Figure) -> str:
        comparison = _COMPARISONS.get(figure.comparison_basis)
        parts = (
            self.printed(figure),
            self._bounds(figure),
            self.bases(figure),
            self.say(*comparison) if comparison else "",
            self.say(*_STAGES[figure.stage]) if figure.stage in _STAGES else "",
            self.say(*_METHODS[figure.method]) if figure.method in _METHODS else "",
            self.grade(figure.grade) if figure.grade else "",
        )
        return self.separated(*parts)

    def bases(self, figure: Figure) -> str:
        return self.separated(self._prices(figure.price_basis), self._basis(figure.accounting_basis))

    def stage_and_bases(self, row: Row) -> str:
        stage = self.say(*_STAGES[row["stage"]]) if row["stage"] in _STAGES else ""
        return self.separated(stage, self._basis(row["accounting_basis"]))

    def definition(self, indicator: Indicator) -> str:
        owner = self.say(f"主管：{indicator.owner}", f"compiled by {indicator.owner}") if indicator.owner else ""
        return self.separated(self.say(indicator.definition_zh, indicator.definition_en).rstrip("。."), owner, indicator.sources_note)

    def formula(self, formula: str) -> str:
        """The formula with indicators by name."""
        from guibiao.publish.inputs import FUNCTION_NAMES, named_formula

        names = {name: self.say(each.name_zh, each.name_en) for name, each in self.workspace.indicators.items()}
        return named_formula(formula, names, FUNCTION_NAMES if self.wording.chinese else {})

    def grade(self, grade: str) -> str:
        return self.wording.grade(grade)

    def precedence(self, precedence: Precedence, decided: str) -> str:
        """The rule in force, and the criterion that told the chosen statement from the next one."""
        criteria = self.say("、", ", ").join(self.say(*_CRITERIA[name]) for name in precedence.criteria)
        day = self._day(precedence.valid_from)
        told = self.say(*_CRITERIA[decided]) if decided in _CRITERIA else self.say("陈述编号（各项相同）", "statement id (all else equal)")
        return self.say(
            f"{day}起的规定，依次比较{criteria}；由{told}定夺", f"rule in force from {day}, comparing {criteria}; decided by {told}"
        )

    def no_other_statement(self) -> str:
        return self.say("只有这一处陈述，不需取舍", "the only statement on file")

    def asked_by_source(self) -> str:
        return self.say("按来源指定引用，不一定是采用值", "quoted from this source by name, not necessarily the value used")

    def no_statement(self) -> str:
        return self.say("既无陈述也无公式在库", "neither a statement nor a formula on file")

    def differs(self, recomputed: Quantity, figure: Figure) -> str:
        shown = self.wording.quantity(recomputed.to(figure.quantity.unit))
        return self.say(f"按在库投入复算为{shown}，与采用值不同", f"recomputed from the inputs on file it is {shown}, not the value used")

    def not_comparable(self) -> str:
        return self.say("口径不同，不能与本值相减、相除", "another basis: never to be joined with this value")

    def again(self, title: str) -> str:
        return self.say(f"{title}（见上）", f"{title} (shown above)")

    def reason(self, criterion: str, chosen: Row, other: Row) -> str:
        """Why the other statement was not used; empty where no rule chose."""
        if criterion == "stage":
            stages = [self.say(*_STAGES[row["stage"]]) if row["stage"] in _STAGES else row["stage"] for row in (other, chosen)]
            return self.say(f"阶段较早（{stages[0]}，采用值为{stages[1]}）", f"an earlier stage ({stages[0]}; used: {stages[1]})")
        if criterion == "grade":
            return self.say(
                f"来源等级较低（{other['grade']}级，采用值为{chosen['grade']}级）",
                f"a lower source grade ({other['grade']}; used: {chosen['grade']})",
            )
        simple = {
            "known_from": ("公布较早", "published earlier"), "decimals": ("小数位数较少", "fewer decimals"),
            "source_order": ("来源次序在后", "later in the order of sources"),
            "statement": ("各项标准相同，按陈述编号排定", "equal on all criteria, decided by statement id"),
        }  # fmt: skip
        return self.say(*simple[criterion]) if criterion in simple else ""

    def cell(self, row: Row, printed: str, labels: Sequence[str], table: TableBinding | None) -> str:
        """Where the figure stands: place in the source, dataset, row and column with what they are about, and the cell verbatim."""
        where = self.say(f"第{row['row']}行第{row['column']}列", f"row {row['row']}, column {row['column']}")
        about = self.say("；", "; ").join(labels)
        named = self.say(f"（{about}）", f" ({about})") if about else ""
        said = self.say(f"{where}{named}印作“{printed}”", f"{where}{named}, printed “{printed}”")
        dataset = self.say(f"数据集 {row['dataset']}", f"dataset {row['dataset']}")
        return self.separated(table.place if table else "", dataset, said)

    def correction(self, correction: Correction) -> str:
        said = self.say(
            f"{correction.id}：原印“{correction.expected}”，更正为“{correction.corrected}”",
            f"{correction.id}: printed “{correction.expected}”, corrected to “{correction.corrected}”",
        )
        return self.separated(said, correction.reason.strip().rstrip("。."))

    def known_from(self, day: date, precision: str) -> str:
        """The date of publication as exactly as it is known, and whether that leaves the day asked open."""
        shown = self.say(f"{self._day(day, precision)}公布", f"published {self._day(day, precision)}")
        if precision == Precision.DAY.value:
            return shown
        exact = (
            self.say("只精确到月", "known to the month only")
            if precision == Precision.MONTH.value
            else self.say("只精确到年", "known to the year only")
        )
        if self.as_of is None or not day <= self.as_of < last_day(day, precision):
            return self.say(f"{shown}（{exact}）", f"{shown} ({exact})")
        asked = self._day(self.as_of)
        return self.say(
            f"{shown}（{exact}；所问的{asked}在其中，当日是否已公布不能确定）",
            f"{shown} ({exact}; the day asked, {asked}, lies inside it, so whether it was public that day is not certain)",
        )

    def filtered(self) -> str:
        if self.as_of is None:
            return self.say("未按公布日期筛选，用在库的全部数字", "no filter by date of publication: all figures on file")
        day = self._day(self.as_of)
        return self.say(f"{day}，只用当日及以前公布的数字", f"{day}: only figures public on or before that day")

    def finding(self, row: Row) -> str:
        severity = self.say(*_SEVERITIES.get(row["severity"], (row["severity"], row["severity"])))
        return self.say(f"{severity}：{row['message']}", f"{severity}: {row['message']}")

    def more_findings(self, count: int) -> str:
        return self.say(f"另有{count}条，见核查发现清单", f"{count} more, see the list of findings")

    def _bounds(self, figure: Figure) -> str:
        """The interval, rounded outwards to a few digits more than are printed."""
        quantity = figure.quantity
        low, high = quantity.low, quantity.high
        if self.workspace.indicators[figure.indicator].measurement and quantity.qualifier is Qualifier.RANGE:
            return ""
        if low is None and high is None:
            return self.say("上下限均未给出", "no bounds given")
        if low == high:
            return ""
        unit, _name = self.wording.display_unit(quantity.unit)
        shown = quantity.to(unit)
        decimals = self.workspace.indicators[figure.indicator].decimals if quantity.decimals is None else quantity.decimals
        step = Decimal(1).scaleb(-max(0, decimals + unit.power - quantity.unit.power) - GUARD_DIGITS)
        ends = ((shown.low, ROUND_FLOOR), (shown.high, ROUND_CEILING))
        digits = [None if end is None else self.wording.number(end.quantize(step, rounding).normalize(), None) for end, rounding in ends]
        if digits[1] is None:
            return self.say(f"不低于{digits[0]}", f"not below {digits[0]}")
        if digits[0] is None:
            return self.say(f"不高于{digits[1]}", f"not above {digits[1]}")
        return self.say(f"真值在{digits[0]}至{digits[1]}之间", f"true value between {digits[0]} and {digits[1]}")

    def _prices(self, basis: str) -> str:
        kind, _bracket, year = basis.partition("(")
        return self.say(*_PRICES[kind]).format(year=year.rstrip(")")) if kind in _PRICES else ""

    def _basis(self, identity: str) -> str:
        basis = self.workspace.basis(identity) if identity else None
        return self.say(basis.name_zh, basis.name_en) if basis else identity

    def _category(self, classification: str, code: str) -> str:
        found = self.workspace.classifications.get(classification)
        category = found.find(code) if found else None
        return category.label(chinese=self.wording.chinese) if category else code

    def _day(self, day: date, precision: str = "day") -> str:
        if precision == Precision.YEAR.value:
            return self.say(f"{day.year}年", f"{day.year}")
        if precision == Precision.MONTH.value:
            return self.say(f"{day.year}年{day.month}月", f"{_MONTHS[day.month - 1]} {day.year}")
        return self.say(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def last_day(day: date, precision: str) -> date:
    """Last day on which something known from `day`, to the month or year, may have become known."""
    if precision == Precision.YEAR.value:
        return date(day.year, 12, 31)
    if precision == Precision.MONTH.value:
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return following - timedelta(days=1)
    return day
