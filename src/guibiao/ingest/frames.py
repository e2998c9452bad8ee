"""What a statement says besides area, period and figure, checked against the workspace once for all cells that share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from guibiao.ingest.attributes import UNLABELLED, Attributes, bad_binding, category_code, kind_name
from guibiao.ingest.figures import Fault, Reason
from guibiao.model.basis import Method, ObservationStatus, Stage, parse_known_from, parse_price_basis
from guibiao.model.category import TOTAL, category_key
from guibiao.model.errors import BadRequest
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure, Period, parse_period
from guibiao.model.unit import Unit, find_unit
from guibiao.reference.definitions import Source, TableBinding, Workspace


@dataclass(frozen=True, slots=True)
class Frame:
    """Texts are those of the statement's columns; `unit` is what the cells are in, `own_unit` the indicator's."""

    indicator: Indicator
    unit: Unit
    own_unit: Unit
    measure: Measure | None
    categories: str
    price_basis: str
    comparison_basis: str
    accounting_basis: str
    stage: str
    method: str
    status: str
    known_from: date
    known_precision: str
    grade: str
    source: str


def build_frame(workspace: Workspace, binding: TableBinding, attributes: Attributes) -> Frame | Fault:
    """The frame of merged attributes; a fault where a label of the file is wrong. Raises BadDefinition where the binding is."""
    indicator = _indicator(workspace, binding, attributes["indicator"])
    unit, own_unit = _unit(workspace, binding, indicator, attributes), find_unit(indicator.unit)
    if isinstance(unit, Fault):
        return unit
    if own_unit is None:
        raise bad_binding(workspace, binding, _("指标 {id} 的单位 {unit} 未登记").format(id=indicator.id, unit=indicator.unit))
    source = _source(workspace, binding, attributes)
    try:
        known_from, precision = parse_known_from(attributes.get("known_from") or source.known_from)
        stage = Stage(attributes.get("stage") or Stage.PRELIMINARY)
    except (BadRequest, ValueError) as error:
        return Fault(
            Reason.UNKNOWN, str(error), _("公布日期写成 2024-03-21、2024-03 或 2024；阶段写成 preliminary、verified 或 census-revised。")
        )
    synthetic = workspace.settings.synthetic
    return Frame(
        indicator=indicator,
        unit=unit,
        own_unit=own_unit,
        measure=Measure(attributes["measure"]) if attributes.get("measure") else None,
        categories=_categories(workspace, binding, indicator, attributes),
        price_basis=attributes.get("price_basis") or indicator.price_basis,
        comparison_basis=attributes.get("comparison_basis") or indicator.comparison_basis.value,
        accounting_basis=_accounting_basis(workspace, binding, indicator, attributes),
        stage=stage.value,
        method=attributes.get("method") or (Method.SYNTHETIC if synthetic else Method.SURVEYED).value,
        status=attributes.get("status") or ObservationStatus.NORMAL.value,
        known_from=known_from,
        known_precision=precision.value,
        grade=source.grade.value,
        source=source.id,
    )


def read_period(text: str, own: Measure, stated: Measure | None) -> Period | Fault:
    """The period of a label: its words, then the measure stated for it, then the indicator's own.

    A cumulative figure labelled with its last month or quarter reaches back to the first of January.
    """
    try:
        period = parse_period(text, measure=stated or own)
    except BadRequest as error:
        return Fault(Reason.UNKNOWN, error.title, error.remedy)
    if stated in {None, period.measure} or period.measure is Measure.AT_END:
        return period
    start = date(period.end.year, 1, 1) if stated is Measure.TO_DATE else period.start
    return Period(start, period.end, stated or own)


def check_facts(workspace: Workspace, binding: TableBinding, attributes: Mapping[str, str]) -> None:
    """Raise BadDefinition where the binding's facts name what the workspace does not have."""
    if "indicator" in attributes:
        _indicator(workspace, binding, attributes["indicator"])
    if "source" in attributes:
        _source(workspace, binding, attributes)
    if attributes.get("unit") and find_unit(attributes["unit"]) is None:
        raise bad_binding(workspace, binding, _("单位 {unit} 未登记").format(unit=attributes["unit"]))
    if "accounting_basis" in attributes and workspace.basis(attributes["accounting_basis"]) is None:
        raise bad_binding(
            workspace,
            binding,
            _("没有核算口径 {basis}").format(basis=attributes["accounting_basis"]),
            _("在 workspace.yaml 的 accounting_bases 里登记。"),
        )
    _check_codes(workspace, binding, attributes)
    try:
        if "known_from" in attributes:
            parse_known_from(attributes["known_from"])
        if "price_basis" in attributes:
            parse_price_basis(attributes["price_basis"])
        if "period" in attributes:
            parse_period(attributes["period"])
    except BadRequest as error:
        raise bad_binding(workspace, binding, error.title, error.remedy) from None


def _check_codes(workspace: Workspace, binding: TableBinding, attributes: Mapping[str, str]) -> None:
    for name, text in attributes.items():
        classification = "areas" if name == "area" else name.removeprefix("@") if name.startswith("@") else ""
        if classification and not category_code(workspace, classification, text):
            raise bad_binding(
                workspace,
                binding,
                _("统计分类 {classification} 里没有 {code}").format(classification=classification, code=text),
                _("改正代码，或补进 classifications/{classification}.csv。").format(classification=classification),
            )


def _indicator(workspace: Workspace, binding: TableBinding, name: str) -> Indicator:
    indicator = workspace.indicators.get(name)
    if indicator is None:
        near = get_close_matches(name, workspace.indicators, n=1, cutoff=0.5)
        remedy = _("是不是 {name}？").format(name=near[0]) if near else _("在 indicators/ 里定义它。")
        raise bad_binding(workspace, binding, _("没有名为 {name} 的指标").format(name=name), remedy)
    if indicator.is_computed:
        raise bad_binding(
            workspace,
            binding,
            _("指标 {id} 由公式或方法算出，不能再由表格给出").format(id=name),
            _("为来源印出的数另设一个没有公式和方法的指标，再用规则与算出的数比较。"),
        )
    return indicator


def _unit(workspace: Workspace, binding: TableBinding, indicator: Indicator, attributes: Attributes) -> Unit | Fault:
    symbol = attributes.get("unit")
    unit, own = find_unit(indicator.unit if symbol is None else symbol), find_unit(indicator.unit)
    if unit is not None and own is not None and unit.dimension == own.dimension:
        return unit
    problem = _("单位 {unit} 与指标 {id} 的单位 {own} 不同类").format(unit=symbol, id=indicator.id, own=indicator.unit)
    if any(selector.supplies == "unit" for selector in binding.rows):
        return Fault(Reason.UNKNOWN, problem, _("核对这一行的指标和计量单位。"))
    raise bad_binding(workspace, binding, problem, _("改正 unit，或换一个指标。"))


def _source(workspace: Workspace, binding: TableBinding, attributes: Attributes) -> Source:
    name = attributes.get("source") or binding.source
    source = workspace.sources.get(name)
    if source is not None:
        return source
    near = get_close_matches(name, workspace.sources, n=1, cutoff=0.5)
    problem = _("没有名为 {name} 的来源").format(name=name) if name else _("没有写来源")
    raise bad_binding(
        workspace,
        binding,
        problem,
        _("是不是 {name}？").format(name=near[0]) if near else _("在 sources/ 里登记来源，再在绑定里写 source。"),
    )


def _categories(workspace: Workspace, binding: TableBinding, indicator: Indicator, attributes: Attributes) -> str:
    """Canonical key of the indicator's dimensions; one that is not given is the total."""
    given = {name.removeprefix("@"): text for name, text in attributes.items() if name.startswith("@") and text}
    undeclared = sorted(set(given) - set(indicator.dimensions))
    if undeclared:
        raise bad_binding(
            workspace,
            binding,
            _("指标 {id} 没有声明维度 {dimensions}").format(id=indicator.id, dimensions="、".join(undeclared)),
            _("在指标的 dimensions 里声明，或从绑定里删去。"),
        )
    codes = {name: given.get(name, TOTAL) for name in indicator.dimensions}
    return category_key({name: category_code(workspace, name, code) or code for name, code in codes.items()})


def _accounting_basis(workspace: Workspace, binding: TableBinding, indicator: Indicator, attributes: Attributes) -> str:
    known = indicator.accounting_bases
    if not known:
        return ""
    given = attributes.get("accounting_basis") or (known[0] if len(known) == 1 else "")
    if given in known:
        return given
    problem = (
        _("指标 {id} 没有核算口径 {basis}").format(id=indicator.id, basis=given)
        if given
        else _("指标 {id} 有几种核算口径，表里没有说是哪一种").format(id=indicator.id)
    )
    raise bad_binding(workspace, binding, problem, _("可选：{bases}；写在 accounting_basis。").format(bases="、".join(known)))


def missing_label(attributes: Attributes) -> Fault:
    """The fault of attributes that a blank label leaves open."""
    blank = [kind_name(name) for name, text in attributes.items() if text == UNLABELLED]
    return Fault(Reason.NO_LABEL, _("没有写{names}").format(names="、".join(blank)), _("补上这一行的标签。"))


def require_stated(workspace: Workspace, binding: TableBinding, attributes: Attributes) -> None:
    """Raise BadDefinition where neither file nor binding says the indicator or the period."""
    for name in ("indicator", "period"):
        if not attributes.get(name):
            problem = _("没有说明{what}").format(what=kind_name(name))
            raise bad_binding(workspace, binding, problem, _("写在 defaults、rows、row_facts 或 values 里。"))
