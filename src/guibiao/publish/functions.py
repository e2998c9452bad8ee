"""The table of report functions: what a binding may call, with which arguments, and what answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guibiao.language.functions import Function, Kind, Parameter
from guibiao.publish import counting, history, index_sentences, ranking, sentences
from guibiao.publish.bindings import Arguments
from guibiao.publish.lookup import Evidence
from guibiao.publish.sentences import Answer

Answering = Callable[[Evidence, Arguments], Answer]


@dataclass(frozen=True, slots=True)
class ReportFunction:
    """A function of the report. `answer` is None for what the document itself places: tables, charts, lists, references.

    `figure` says that it prints a figure or a statement about one: change words may not be typed beside it.
    """

    function: Function
    answer: Answering | None
    figure: bool


def _option(name: str, doc: str, kind: Kind = Kind.TEXT) -> Parameter:
    return Parameter(name, kind, doc, required=False, keyword=True)


_INDICATOR = Parameter("indicator", Kind.TEXT, "indicator id")
_PERIOD = Parameter("period", Kind.LITERAL, "2023, or a text such as '2021年1-9月'")
_KEY = (
    _INDICATOR,
    _PERIOD,
    _option("area", "area code or name; the workspace's own by default"),
    _option("basis", "accounting basis id; the basis known last by default"),
    _option("prices", "price basis: current, constant(2020) ..."),
    _option("source", "source id: quote this source's own statement"),
    _option("default", "word printed where there is no figure, which is then counted on the cover"),
)
_UNIT = _option("unit", "unit to print in, of the indicator's kind")
_DECIMALS = _option("decimals", "decimals printed, at most the source's own", Kind.NUMBER)
_AGAINST = _option("against", "previous_year (default), previous, or a period", Kind.LITERAL)
_WHERE = Parameter("id", Kind.TEXT, "id in report.yaml")


def _on_figure(name: str, answer: Answering, doc: str, *parameters: Parameter) -> ReportFunction:
    return ReportFunction(Function(name, (*_KEY, *parameters), doc, others=Kind.LITERAL), answer, figure=True)


def _word(name: str, answer: Answering | None, doc: str, *parameters: Parameter) -> ReportFunction:
    return ReportFunction(Function(name, parameters, doc), answer, figure=False)


_INDEX = (
    Parameter("index", Kind.TEXT, "index of the workspace"), Parameter("year", Kind.INTEGER, "year"),
    _option("area", "area code or name; the workspace's own by default"),
)  # fmt: skip
_PLACE = _option("place", "1 (default) for the greatest, 2 for the next ...", Kind.INTEGER)


def _of_index(name: str, answer: Answering, doc: str, *parameters: Parameter) -> ReportFunction:
    return ReportFunction(Function(name, (*_INDEX, *parameters), doc), answer, figure=True)


_INDICES = (
    _of_index("index_score", index_sentences.index_score, "82.8分.", _option("code", "dimension or indicator within the index")),
    _of_index("index_rank", index_sentences.index_rank, "The rank with its interval: 第1位（压力测试区间第1—2位）."),
    _of_index("index_chance", index_sentences.index_chance, "Share of the runs of the stress test that give the unit its rank."),
    _of_index("index_driver", index_sentences.index_driver, "The choice that explains most of a rank; of all ranks without area.", _PLACE),
    _of_index(
        "index_contribution", index_sentences.index_contribution, "The indicator that added most to a change.", _PLACE,
        _option("since", "earlier year; the first by default", Kind.INTEGER), _option("order", '"highest" (default) or "lowest"'),
    ),
    ReportFunction(
        Function("index_count", (*_INDEX, _option("of", '"units" (default), "indicators", "dimensions", "imputed" or "runs"')), "A count."),
        index_sentences.index_count, figure=False,
    ),
)  # fmt: skip
_SHOW_FIGURE = _option("show", '"figure" (default) or "interval": the bounds after it')
_ALL = (
    _on_figure("value", sentences.value, "The figure with its qualifier and unit.", _UNIT, _DECIMALS, _SHOW_FIGURE),
    _on_figure("trial", sentences.trial, "A computed figure with its interval: 试算为3.2%（2.9%至3.5%）.", _UNIT, _DECIMALS),
    _on_figure("amount", sentences.amount, "The number alone; its unit is typed after it and checked.", _UNIT, _DECIMALS),
    _on_figure("direction", sentences.direction, "增长, 下降 or 持平; 提高, 下降 or 持平 for rates.", _AGAINST),
    _on_figure(
        "change", sentences.change, "The signed phrase: 增长8.5%, 提高1.3个百分点, 增加120家.", _AGAINST, _UNIT, _DECIMALS,
        _option("form", '"amount" (default) or "rate", for a level'),
    ),
    _on_figure(
        "compare", sentences.compare, "高于, 低于 or 持平, against another area or indicator.", _UNIT,
        _option("to", "the other area"), _option("other", "the other indicator"),
        _option("form", '"word" (default), "phrase" or, for growth rates, "pace"'),
    ),
    _on_figure(
        "rank", ranking.rank, "第2位, 并列第2位.",
        _option("among", "siblings (default), provinces, an area whose parts are ranked, a classification, or a dimension"),
        _option("order", '"highest" (default) or "lowest" first'), _option("show", '"place" (default) or "total": how many are ranked'),
        _option("missing", '"refuse" (default) or "leave out" members without figure, which is then said'),
    ),
    _on_figure(
        "covered", ranking.covered, "How many of the areas compared have the figure: 31个中的30个.",
        _option("among", "siblings (default), provinces, an area whose parts are counted, or a classification"),
    ),
    _on_figure(
        "first_time", history.first_time, "首次超过, where no earlier figure on file does.",
        _option("threshold", "a number in the indicator's unit, or a quantity", Kind.LITERAL),
        _option("side", '"above" (default) or "below"'), _option("since", "first period looked at", Kind.LITERAL),
    ),
    _on_figure(
        "consecutive", history.consecutive, "连续3年增长, 连续3年超过40%.",
        _option("above", "a number or quantity", Kind.LITERAL), _option("below", "a number or quantity", Kind.LITERAL),
        _option("least", "how many periods at least; 2 by default", Kind.INTEGER),
    ),
    _on_figure(
        "average", history.average, "两年平均增长6.4%.", _option("years", "how many years; 2 by default", Kind.INTEGER)
    ),
    ReportFunction(
        Function("grade", (*_KEY, _option("form", '"words" (default) or "letter"')), "The figure's source grade.", others=Kind.LITERAL),
        sentences.grade, figure=False,
    ),
    ReportFunction(Function("age", _KEY, "How long ago the figure's period ended.", others=Kind.LITERAL), sentences.age, figure=False),
    _word("name", sentences.name, "The indicator's name.", _INDICATOR),
    _word("unit", sentences.unit, "The indicator's unit.", _INDICATOR),
    _word("area", sentences.area, "An area's name, the workspace's own by default.", Parameter("area", Kind.TEXT, "code", required=False)),
    _word(
        "period", sentences.period, 'A period as the document prints it; "latest" is the last on file.', _PERIOD,
        Parameter("indicator", Kind.TEXT, "indicator id", required=False), _option("area", "area code or name"),
    ),
    _word(
        "findings", sentences.findings, "How many findings the checks left open.",
        Parameter("severity", Kind.TEXT, "error, warning or info", required=False), _option("rule", "rule id"), _option("indicator", "id"),
    ),
    _word(
        "literal", sentences.literal, "A number or word typed on purpose.",
        Parameter("text", Kind.TEXT, "what is printed"), Parameter("reason", Kind.TEXT, "why no figure on file is quoted"),
    ),
    _word(
        "classes", counting.classes, "How many codes a classification has, at a level or below a code.",
        Parameter("classification", Kind.TEXT, "classification id"), _option("level", "level, such as 小类; the lowest by default"),
        _option("under", "code above them"),
    ),
    _word(
        "links", counting.links, "How many rows a correspondence has, or how many of them are partial.",
        Parameter("correspondence", Kind.TEXT, "correspondence id"), _option("partial", '"any" (default), "yes" or "no"'),
    ),
    _word(
        "members", counting.members, "How many indicators a framework has, or how many have a figure or none.",
        Parameter("framework", Kind.TEXT, "framework id"), _option("state", '"any" (default), "figure" or "gap"'),
    ),
    _word("gap_count", counting.gap_count, "How many indicators have no figure, or how many offices hold them.",
          _option("of", '"indicators" (default) or "offices"')),
    *_INDICES,
    _word("table", None, "A table of report.yaml, alone on its line.", _WHERE),
    _word("chart", None, "A chart of report.yaml, alone on its line.", _WHERE),
    _word("see", None, "表3 or 图2, linked.", _WHERE),
    _word("sources", None, "The sources of all figures quoted, with their grades; alone on its line."),
    _word(
        "gaps", None, "The indicators without any figure, with the office that holds them; alone on its line.",
        _option("by", '"indicator" (default), one a line, or "office"'),
    ),
)  # fmt: skip

REPORT_FUNCTIONS: Mapping[str, ReportFunction] = MappingProxyType({each.function.name: each for each in _ALL})
SIGNATURES: Mapping[str, Function] = MappingProxyType({name: each.function for name, each in REPORT_FUNCTIONS.items()})
BLOCKS = frozenset({"table", "chart", "sources", "gaps"})
"""Functions that stand alone on their line."""
