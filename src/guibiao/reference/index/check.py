"""What is wrong with the specification of an index, each fault at the line it stands on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _
from guibiao.reference.faults import unknown
from guibiao.reference.index.specification import Aggregation, IndexAggregate, IndexIndicator, IndexSpecification, Normalisation, Treatment

Path = tuple[str | int, ...]
At = Callable[[Path], Place]


def index_problems(specification: IndexSpecification, at: At) -> Iterator[GuibiaoError]:
    """Faults of the tree, then of indicators, then of the choices of steps. A broken tree is told alone: the rest would follow from it."""
    faults = list(_tree_problems(specification, at))
    yield from faults
    if faults:
        return
    for place, indicator in enumerate(specification.indicators):
        yield from _indicator_problems(specification, indicator, place, at)
    yield from _choice_problems(specification, at)


def parts_of(specification: IndexSpecification) -> list[tuple[Path, IndexIndicator | IndexAggregate]]:
    """Every indicator and aggregate with its path in the file."""
    indicators: list[tuple[Path, IndexIndicator | IndexAggregate]] = [
        (("indicators", place), each) for place, each in enumerate(specification.indicators)
    ]
    return indicators + [(("aggregates", place), each) for place, each in enumerate(specification.aggregates)]


def levels_of(specification: IndexSpecification) -> dict[str, int]:
    """Code -> level: 1 for an indicator, one more than its highest child for an aggregate. The tree must be sound."""
    levels = {each.code: 1 for each in specification.indicators}
    waiting = {each.code for each in specification.aggregates}
    children: dict[str, list[str]] = {code: [] for code in waiting}
    for each in specification.parts:
        if each.parent in children:
            children[each.parent].append(each.code)
    while waiting:
        ready = {code for code in waiting if children[code] and all(child in levels for child in children[code])}
        if not ready:
            break
        levels |= {code: 1 + max(levels[child] for child in children[code]) for code in ready}
        waiting -= ready
    return levels


def _tree_problems(specification: IndexSpecification, at: At) -> Iterator[GuibiaoError]:
    parts = parts_of(specification)
    if not specification.indicators:
        yield BadDefinition(_("没有指标"), remedy=_("在 indicators 下列出指标。"), place=at(("indicators",)))
    counts = Counter(each.code for _path, each in parts)
    seen: set[str] = set()
    for path, each in parts:
        if not each.code:
            yield BadDefinition(_("代码是空的"), remedy=_("给每个指标和汇总项写代码。"), place=at(path))
        if counts[each.code] > 1 and each.code in seen:
            yield BadDefinition(_("代码 {code} 写了两次").format(code=each.code), remedy=_("删去或改名一处。"), place=at((*path, "code")))
        seen.add(each.code)
    yield from _parent_problems(specification, parts, at)
    yield from _cycles(specification, at)
    yield from _weight_problems(specification, parts, at)


def _parent_problems(
    specification: IndexSpecification, parts: list[tuple[Path, IndexIndicator | IndexAggregate]], at: At
) -> Iterator[GuibiaoError]:
    aggregates = {each.code for each in specification.aggregates}
    parents = {each.parent for _path, each in parts}
    roots = [(path, each) for path, each in parts if not each.parent]
    for path, each in parts:
        if each.parent and each.parent not in aggregates:
            fault = unknown("", each.parent, aggregates)
            title = _("{code} 的上级 {parent} 没有定义").format(code=each.code, parent=each.parent)
            yield BadDefinition(title, remedy=fault.remedy, place=at((*path, "parent")))
    for path, each in roots:
        if isinstance(each, IndexIndicator):
            yield BadDefinition(
                _("指标 {code} 没有写上级").format(code=each.code), remedy=_("写 parent：所属汇总项的代码。"), place=at(path)
            )
    tops = [(path, each) for path, each in roots if isinstance(each, IndexAggregate)]
    for path, each in tops[1:]:
        yield BadDefinition(
            _("{code} 和 {first} 都没有上级").format(code=each.code, first=tops[0][1].code),
            remedy=_("只有一个最上层；其余写 parent。"),
            place=at(path),
        )
    if not tops:
        yield BadDefinition(_("没有最上层的汇总项"), remedy=_("让一个汇总项不写 parent。"), place=at(("aggregates",)))
    for path, each in parts:
        if isinstance(each, IndexAggregate) and each.code not in parents:
            yield BadDefinition(_("汇总项 {code} 下面什么也没有").format(code=each.code), remedy=_("删去它，或给它指标。"), place=at(path))


def _cycles(specification: IndexSpecification, at: At) -> Iterator[GuibiaoError]:
    parents = {each.code: each.parent for each in specification.aggregates}
    told: set[str] = set()
    for place, each in enumerate(specification.aggregates):
        trail, code = [each.code], each.parent
        while code in parents and code not in trail:
            trail.append(code)
            code = parents[code]
        if code == each.code and not told & set(trail):
            told |= set(trail)
            yield BadDefinition(
                _("上下级成环：{trail}").format(trail=" → ".join([*trail, code])),
                remedy=_("改正其中一项的 parent。"),
                place=at(("aggregates", place, "parent")),
            )


def _weight_problems(
    specification: IndexSpecification, parts: list[tuple[Path, IndexIndicator | IndexAggregate]], at: At
) -> Iterator[GuibiaoError]:
    total: dict[str, float] = {}
    for path, each in parts:
        if not math.isfinite(each.weight) or each.weight < 0:
            yield BadDefinition(
                _("{code} 的权重 {weight} 不是非负数").format(code=each.code, weight=each.weight),
                remedy=_("写 0 或正数；同一上级之内会自动折算为合计 1。"),
                place=at((*path, "weight")),
            )
        total[each.parent] = total.get(each.parent, 0.0) + each.weight
    for _path, each in parts:
        if isinstance(each, IndexAggregate) and specification.weights == "given" and total.get(each.code) == 0:
            first = next(where for where, child in parts if child.parent == each.code)
            yield BadDefinition(
                _("{code} 之下的权重合计为 0").format(code=each.code),
                remedy=_("至少一项写正的权重，或写 weights: equal。"),
                place=at((*first, "weight")),
            )


def _indicator_problems(specification: IndexSpecification, indicator: IndexIndicator, place: int, at: At) -> Iterator[GuibiaoError]:
    path: Path = ("indicators", place)
    code = indicator.code
    if indicator.direction not in {1, -1}:
        yield BadDefinition(
            _("指标 {code} 的方向是 {direction}").format(code=code, direction=indicator.direction),
            remedy=_("越大越好写 1，越小越好写 -1。"),
            place=at((*path, "direction")),
        )
    if indicator.denominator_scale == 0 or not math.isfinite(indicator.denominator_scale):
        yield BadDefinition(_("指标 {code} 的分母换算倍数不能是 0").format(code=code), place=at((*path, "denominator_scale")))
    for name, pair in (("bounds", indicator.bounds), ("goalposts", indicator.goalposts)):
        if pair is not None and not pair[0] < pair[1]:
            yield BadDefinition(
                _("指标 {code} 的 {name} 应当先小后大").format(code=code, name=name),
                remedy=_("写 [最小值, 最大值]；反向指标也一样，由 direction 处理。"),
                place=at((*path, name)),
            )
    choice = indicator.normalise or specification.normalise
    needed = {"distance-to-target": ("target", indicator.target), "goalposts": ("goalposts", indicator.goalposts)}
    name, value = needed.get(choice.method, ("", 0))
    if name and (value is None or (isinstance(value, float) and math.isnan(value))):
        yield BadDefinition(
            _("指标 {code} 没有写 {name}，方法 {method} 需要它").format(code=code, name=name, method=choice.method),
            remedy=_("补上，或换一种标准化方法。"),
            place=at(path),
        )
    stated = [each for each in (indicator.target, *(indicator.bounds or ()), *(indicator.goalposts or ())) if each is not None]
    if not all(map(math.isfinite, stated)):
        yield BadDefinition(_("指标 {code} 的目标、界限必须是有限的数").format(code=code), place=at(path))
    elif choice.logarithm and any(each <= 0 for each in stated):
        yield BadDefinition(_("指标 {code} 取对数，目标、界限都必须是正数").format(code=code), place=at(path))
    if indicator.normalise:
        yield from _normalisation_problems(indicator.normalise, at((*path, "normalise")))
    if indicator.treat:
        yield from _treatment_problems(indicator.treat, at((*path, "treat")))


def _choice_problems(specification: IndexSpecification, at: At) -> Iterator[GuibiaoError]:
    yield from _normalisation_problems(specification.normalise, at(("normalise",)))
    yield from _treatment_problems(specification.treat, at(("treat",)))
    yield from _aggregation_problems(specification, at)
    order = specification.order
    if len(set(order)) != len(order) or not order or order[-1] != "normalise":
        yield BadDefinition(_("步骤顺序 order 有误"), remedy=_("每步至多写一次，normalise 写在最后。"), place=at(("order",)))
    screen, impute = specification.screen, specification.impute
    if not (0 <= screen.least_available <= 1 and 0 <= screen.least_nonzero <= 1):
        yield BadDefinition(_("筛选的界限应在 0 与 1 之间"), place=at(("screen",)))
    if impute.method in {"group-mean", "group-median"} and not impute.group:
        yield BadDefinition(_("按组插补没有写用哪一列分组"), remedy=_("写 impute.group：数据中的列名。"), place=at(("impute",)))
    if impute.ridge < 0 or impute.tolerance <= 0 or impute.most_iterations < 1 or (impute.most_times or 1) < 1:
        yield BadDefinition(_("插补的参数不合理"), remedy=_("ridge 不小于 0，其余大于 0。"), place=at(("impute",)))


def _normalisation_problems(choice: Normalisation, place: Place) -> Iterator[GuibiaoError]:
    numbers = (choice.lower, choice.upper, choice.mean, choice.standard_deviation, choice.scaled_from, choice.scaled_to, choice.scale)
    sensible = choice.lower < choice.upper and choice.standard_deviation > 0 and choice.scaled_from != choice.scaled_to
    if not all(map(math.isfinite, numbers)) or not sensible:
        yield BadDefinition(
            _("标准化的参数不合理"), remedy=_("lower 小于 upper，standard_deviation 大于 0，scaled_from 与 scaled_to 不同。"), place=place
        )


def _treatment_problems(choice: Treatment, place: Place) -> Iterator[GuibiaoError]:
    if not (choice.skewness > 0 and math.isfinite(choice.kurtosis) and (choice.most_points is None or choice.most_points >= 0)):
        yield BadDefinition(_("异常值处理的参数不合理"), remedy=_("skewness 大于 0，most_points 不小于 0 或留空。"), place=place)
    if choice.force and choice.most_points is None:
        yield BadDefinition(_("强制缩尾必须写 most_points"), place=place)


def _aggregation_problems(specification: IndexSpecification, at: At) -> Iterator[GuibiaoError]:
    stated = specification.aggregate
    levels = max(levels_of(specification).values()) - 1
    if len(stated) not in {1, levels}:
        yield BadDefinition(
            _("汇总方法写了 {found} 层，树有 {expected} 层").format(found=len(stated), expected=levels),
            remedy=_("只写一种，或从第二层起每层一种。"),
            place=at(("aggregate",)),
        )
    every: list[tuple[Path, Aggregation]] = [(("aggregate",), each) for each in stated]
    own: list[tuple[Path, Aggregation]] = [
        (("aggregates", place, "aggregate"), each.aggregate) for place, each in enumerate(specification.aggregates) if each.aggregate
    ]
    for path, each in [*every, *own]:
        if not math.isfinite(each.power) or not (each.threshold is None or 0 <= each.threshold <= 1):
            yield BadDefinition(_("汇总的参数不合理"), remedy=_("threshold 在 0 与 1 之间，power 是有限的数。"), place=at(path))
