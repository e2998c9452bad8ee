"""Code lists and concepts that are the same for every city: their ids, and names in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from guibiao.serve.sdmx.artefacts import Item, both

CODES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "CL_FREQ": {
        "A": ("年", "Annual"), "S": ("半年", "Half-yearly"), "Q": ("季", "Quarterly"), "M": ("月", "Monthly"), "D": ("日", "Daily"),
        "_O": ("其他", "Other"),
    },
    "CL_TIME_PER_COLLECT": {
        "S": ("期内数", "During the period"), "C": ("累计数，自一月起", "To date, from January"),
        "E": ("期末数", "At the end of the period"), "A": ("平均数", "Average of the period"),
    },
    "CL_OBS_STATUS": {
        "A": ("正常值", "Normal value"), "B": ("数列中断", "Time series break"), "E": ("估算值", "Estimated value"),
        "F": ("预测值", "Forecast value"), "M": ("缺失", "Missing value"), "P": ("初步数", "Provisional value"),
        "U": ("可靠性低", "Low reliability"),
    },
    "CL_STAGE": {
        "preliminary": ("初步核算", "Preliminary"), "verified": ("最终核实", "Verified"), "census-revised": ("普查修订", "Census-revised"),
    },
    "CL_METHOD": {
        "surveyed": ("调查", "Surveyed"), "administrative": ("行政记录", "Administrative"), "estimated": ("估算", "Estimated"),
        "forecast": ("预测", "Forecast"), "derived": ("计算", "Derived"), "synthetic": ("合成", "Synthetic"),
    },
    "CL_SOURCE_GRADE": {
        "A": ("原始来源", "Original"), "B": ("转引或年鉴", "Seed or yearbook copy"), "C": ("镜像", "Mirror"), "D": ("未核实", "Unverified"),
    },
    "CL_COMPARISON_BASIS": {
        "_Z": ("不适用", "Not applicable"), "as_published": ("按公布", "As published"), "comparable": ("可比口径", "Comparable"),
        "naive": ("直接相除", "Naive"),
    },
}  # fmt: skip
"""Code list -> code -> name in Chinese and English. The first three are those of SDMX, with the codes in use here."""

CONCEPTS: Mapping[str, tuple[str, str, str, str]] = {
    "FREQ": ("频率", "Frequency", "报告期的长短。", "Length of the reference period."),
    "INDICATOR": ("指标", "Indicator", "指标的编号，定义见代码表。", "Id of the indicator; the code list has its definition."),
    "REF_AREA": ("地区", "Reference area", "行政区划代码。", "Code of the administrative division."),
    "TIME_PER_COLLECT": ("报告期性质", "Collection within the period", "期内、累计、期末、平均。", "During, to date, at the end, average."),
    "PRICE_BASIS": ("价格基准", "Price basis", "当年价格、不变价格或可比链式价格。", "Current, constant or chained prices."),
    "ACCOUNTING_BASIS": ("核算口径", "Accounting basis", "普查年份或定义。", "Census round or definition."),
    "TIME_PERIOD": ("报告期", "Time period", "", ""),
    "OBS_VALUE": ("数值", "Observation value", "以计量单位和数量级计。", "In the unit and multiplier given."),
    "OBS_STATUS": ("观测状态", "Observation status", "", ""),
    "UNIT_MEASURE": ("计量单位", "Unit of measure", "不含数量级。", "Without its power of ten."),
    "UNIT_MULT": ("数量级", "Unit multiplier", "十的幂：8 为亿。", "Power of ten: 8 for a hundred million."),
    "DECIMALS": ("小数位数", "Decimals", "来源印出的位数。", "Decimals printed by the source."),
    "OBS_LOW": ("下限", "Lower bound", "来源所印精度容许的下限。", "Lower bound that the printed precision leaves."),
    "OBS_HIGH": ("上限", "Upper bound", "来源所印精度容许的上限。", "Upper bound that the printed precision leaves."),
    "OBS_PRINTED": ("原文", "As printed", "来源印出的文字。", "What the source prints."),
    "QUALIFIER": ("限定", "Qualifier", "准确、约、超过、不足等，或计算得出。", "Exact, about, over, under ... or derived."),
    "COMPARISON_BASIS": ("比较口径", "Comparison basis", "增长率所用的口径。", "Against what a rate of change was formed."),
    "STAGE": ("阶段", "Stage", "初步核算、最终核实、普查修订。", "Preliminary, verified, census-revised."),
    "METHOD": ("方法", "Method", "", ""),
    "SOURCE_GRADE": ("来源等级", "Source grade", "", ""),
    "SOURCE": ("来源", "Source", "来源编号；计算得出的为空。", "Id of the source; empty for a derived figure."),
    "KNOWN_FROM": ("最早可知之日", "Known from", "社会最早能知道该数的日子。", "First day on which the world could know the figure."),
}  # fmt: skip
"""Concept -> name and description in Chinese and English."""


def items_of(codelist: str) -> tuple[Item, ...]:
    """Codes of a fixed list."""
    return tuple(Item(code, both(*names)) for code, names in CODES[codelist].items())


def price_basis_names(basis: str) -> tuple[str, str]:
    """Name of a price basis such as `constant(2020)`."""
    kind, _bracket, year = basis.rstrip(")").partition("(")
    if kind == "none":
        return "不适用", "Not applicable"
    names = {
        "current": ("当年价格", "Current prices"),
        "constant": ("不变价格", "Constant prices"),
        "chained": ("可比链式价格", "Chained prices"),
    }
    chinese, english = names.get(kind, (basis, basis))
    return (f"{year}年{chinese}", f"{english} of {year}") if year else (chinese, english)


def multiplier_names(power: int) -> tuple[str, str]:
    """Name of a power of ten."""
    known = {0: ("个", "Units"), 2: ("百", "Hundreds"), 3: ("千", "Thousands"), 4: ("万", "Tens of thousands"), 6: ("百万", "Millions")}
    known |= {7: ("千万", "Tens of millions"), 8: ("亿", "Hundreds of millions"), 9: ("十亿", "Billions"), 12: ("万亿", "Trillions")}
    return known.get(power, (f"10的{power}次方", f"10 to the power {power}"))
