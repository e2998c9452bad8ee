"""What a figure given by a method rests on: its trace, as the method recorded it, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guibiao.model.quantity import derived
from guibiao.publish.figures import Figure, Figures
from guibiao.publish.lineage_words import LineageWords
from guibiao.publish.traces import measurement_of, trace_of, traced_index

_CODES = 8


@dataclass(frozen=True, slots=True)
class Told:
    """One step of a method's account: its role in a lineage, its sentence, and the figures it rests on."""

    role: str
    text: str
    figures: tuple[Figure, ...] = ()


def told(figure: Figure, figures: Figures, words: LineageWords) -> tuple[Told, ...]:
    """The method's account of one figure: method, then choices, components or the table used, then what is missing."""
    measurement = measurement_of(figure, figures)
    if measurement is None:
        return ()
    trace, index = trace_of(figure), traced_index(measurement, figures)
    note = words.say(measurement.note_zh, measurement.note_en)
    head = Told("method", words.separated(words.say(measurement.name_zh, measurement.name_en), words.say(*_METHODS[measurement.method])))
    rest = (Told("note", note),) if note else ()
    return (head, *rest, *_choices(figure, trace, index, words), *_components(figure, trace, index, words), *_table(trace, index, words))


_METHODS: Mapping[str, tuple[str, str]] = {
    "contribution_range": ("各种基期取法的最小值与最大值", "least and greatest over all choices of base"),
    "bounded_scale": ("由公布总量约束的上下限", "bounds set by published totals"),
    "input_output": ("投入产出表的列昂惕夫逆矩阵", "Leontief inverse of an input-output table"),
}


def _choices(figure: Figure, trace: Mapping[str, Any], index: Mapping[str, Figure], words: LineageWords) -> Iterator[Told]:
    for choice in trace.get("choices", ()):
        implied = "growth" in choice["figures"]
        base = (
            words.say("基期数由公布增速推出", "base implied by published growth")
            if implied
            else words.say("基期数取公布数", "base as published")
        )
        crossed = (
            words.say("总体换用另一核算口径，只作敏感性", "whole on another accounting basis, for sensitivity only")
            if choice["crossed"]
            else ""
        )
        low, high = (_number(figure, choice[end], words) for end in ("low", "high"))
        rounding = words.say(f"按印出精度在{low}至{high}之间", f"between {low} and {high} by the precision printed")
        value = _number(figure, choice["value"], words)
        used = tuple(index[name] for name in choice["figures"].values() if name in index)
        yield Told("choice", words.separated(value, base, crossed, rounding), used)
    if trace.get("unbounded"):
        count = trace["unbounded"]
        yield Told(
            "gap", words.say(f"另有{count}种取法的总体增量可能为零，未计入", f"{count} choices left out: the whole may not have changed")
        )


def _components(figure: Figure, trace: Mapping[str, Any], index: Mapping[str, Figure], words: LineageWords) -> Iterator[Told]:
    for part in trace.get("components", ()):
        low, high = (_number(figure, part[end], words) for end in ("low", "high"))
        text = words.say(f"{part['classes']}个小类，{low}至{high}", f"{part['classes']} classes, {low} to {high}")
        yield Told("component", text, (index[part["total"]],) if part["total"] in index else ())
    office = words.say(f"，由{trace['office']}掌握", f", held by {trace['office']}") if trace.get("office") else ""
    lacking = {
        "without_value_added": ("个小类没有公布的增加值", "classes without published value added"),
        "without_share": ("个带星号行业没有数字化比例", "starred industries without a digital share"),
    }
    for name, said in lacking.items():
        codes = trace.get(name, ())
        if codes:
            yield Told("gap", f"{len(codes)}{words.say(said[0], ' ' + said[1])}{office}{words.say('：', ': ')}{_listed(codes, words)}")
    for outer, inside in trace.get("nested", {}).items():
        yield Told(
            "overlap",
            words.say(f"{outer}先减去{_listed(inside, words)}，不重复计算", f"{outer} less {_listed(inside, words)}, not counted twice"),
        )


def _table(trace: Mapping[str, Any], index: Mapping[str, Figure], words: LineageWords) -> Iterator[Told]:
    if "table" not in trace:
        return
    origin = (
        words.say("国内品流量", "domestic flows")
        if trace["domestic"]
        else words.say("按各产品进口比例剔除进口", "imports taken out in proportion to each product's supply")
    )
    size = words.say(f"{trace['size']}个产品", f"{trace['size']} products")
    digital = words.say(f"数字产品：{_listed(trace['digital'], words)}", f"digital products: {_listed(trace['digital'], words)}")
    residual = words.say(f"逆矩阵残差{trace['residual']:.0e}", f"residual of the inverse {trace['residual']:.0e}")
    used = (index[trace["output"]],) if trace["output"] in index else ()
    yield Told("component", words.separated(size, origin, digital, residual), used)


def _listed(codes: list[str], words: LineageWords) -> str:
    shown = words.say("、", ", ").join(codes[:_CODES])
    return shown if len(codes) <= _CODES else words.say(f"{shown}等{len(codes)}个", f"{shown} and {len(codes) - _CODES} more")


def _number(figure: Figure, value: float, words: LineageWords) -> str:
    """A number of the trace in the figure's unit and decimals."""
    decimals = words.workspace.indicators[figure.indicator].decimals if figure.quantity.decimals is None else figure.quantity.decimals
    number = Decimal(repr(value))
    return words.wording.quantity(derived(number, number, number, figure.quantity.unit), decimals)
