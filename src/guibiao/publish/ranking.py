"""rank(): the place of a figure among areas or categories, with ties; refused where a member is missing or on another basis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.publish.bindings import Arguments
from guibiao.publish.comparison import counterpart, rounded_alike, subtract
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence, Key, candidates, describe, figure_at, find_key
from guibiao.publish.sentences import Answer
from guibiao.reference.classification import Category

_SHOWN = 6


def rank(evidence: Evidence, arguments: Arguments) -> Answer:
    """第2位, 并列第2位; with `show="total"` 第2位（共31个）. The highest is first unless `order="lowest"`."""
    key = find_key(evidence, arguments)
    figure = figure_at(evidence, key)
    members = [member for member in _members(evidence, key, arguments.text("among", "siblings")) if member != key]
    missing = [member for member in members if not candidates(evidence, member)]
    if missing and arguments.choice("missing", "refuse", "leave out") == "refuse":
        raise BadRequest(
            _("{count} 个比较对象没有这项数据，排不出位次：{names}").format(
                count=len(missing), names="、".join(describe(evidence, member) for member in missing[:_SHOWN])
            ),
            remedy=_('补上数据，或写 missing="leave out"，只在有数据的对象中排位并注明。'),
        )
    others = [counterpart(evidence, figure, member) for member in members if member not in missing]
    if not others:
        raise BadRequest(_("没有可以排位的比较对象"), remedy=_("检查 among= 和分类表里的上级代码。"))
    better = -1 if arguments.choice("order", "highest", "lowest") == "lowest" else 1
    signs = [subtract(evidence, other, figure).sign * better for other in others]
    return Answer(
        _text(evidence, signs, total=arguments.choice("show", "place", "total") == "total", partial=bool(missing)), (figure, *others)
    )


def covered(evidence: Evidence, arguments: Arguments) -> Answer:
    """31个中的30个, 全部31个: how many of the areas that would be ranked have the figure. The figure itself must be on file."""
    key = find_key(evidence, arguments)
    figure = figure_at(evidence, key)
    members = _members(evidence, key, arguments.text("among", "siblings"))
    have = sum(bool(candidates(evidence, member)) for member in members)
    if have == len(members):
        return Answer(evidence.wording.choose(f"全部{have}个", f"all {have}"), (figure,))
    return Answer(evidence.wording.choose(f"{len(members)}个中的{have}个", f"{have} of the {len(members)}"), (figure,))


def _text(evidence: Evidence, signs: Sequence[int], *, total: bool, partial: bool) -> str:
    wording = evidence.wording
    place = wording.ordinal(1 + sum(sign > 0 for sign in signs), tied=0 in signs)
    count = len(signs) + 1
    if partial:
        return wording.choose(f"有数据的{count}个中{place}", f"{place} of the {count} with data")
    return wording.choose(f"{place}（共{count}个）", f"{place} of {count}") if total else place


def _members(evidence: Evidence, key: Key, among: str) -> list[Key]:
    if among in key.indicator.dimensions:
        return _categories(evidence, key, among)
    codes = ranked_areas(evidence, key.area, among)
    if key.area not in codes:
        raise BadRequest(
            _('{area}不在 among="{among}" 之内').format(area=evidence.area_name(key.area), among=among),
            remedy=_("用 area= 写明在其中的地区，或改 among=。"),
        )
    return [replace(key, area=code) for code in codes]


def ranked_areas(evidence: Evidence, own: str, among: str) -> list[str]:
    """Codes ranked together: `siblings` of the area, `provinces` of the country, the parts of an area, or a whole classification."""
    areas = evidence.workspace.classifications.get("areas")
    listed: tuple[Category, ...] = areas.categories if areas else ()
    if among in evidence.workspace.classifications and among != "areas":
        return [category.code for category in evidence.workspace.classifications[among].categories]
    if among == "siblings":
        category = areas.find(own) if areas else None
        parent = category.parent if category else ""
    elif among == "provinces":
        parent = evidence.workspace.settings.country
    else:
        found = areas.find(among) if areas else None
        parent = found.code if found else ""
    codes = [category.code for category in listed if parent and category.parent == parent]
    if len(codes) < 2:
        raise BadRequest(
            _('among="{among}" 没有给出可以排位的地区').format(among=among),
            remedy=_("写 siblings（同级）、provinces、上级地区的代码，或一个分类、维度的名称；地区的上级见 classifications/areas.csv。"),
        )
    return codes


def _categories(evidence: Evidence, key: Key, dimension: str) -> list[Key]:
    """Every category of a dimension on file for the key's period; the total is not ranked."""
    own = parse_category_key(key.categories)
    found: dict[str, None] = {}
    for figure in evidence.figures.of(key.indicator.id):
        codes = parse_category_key(figure.categories)
        same = {**codes, dimension: ""} == {**own, dimension: ""}
        if same and (figure.area, figure.period) == (key.area, key.period) and codes.get(dimension) not in {None, TOTAL}:
            found[figure.categories] = None
    if own.get(dimension) in {None, TOTAL}:
        raise BadRequest(
            _("rank 要写明 {dimension}").format(dimension=dimension), remedy=_("加上 {dimension}=代码。").format(dimension=dimension)
        )
    return [replace(key, categories=category_key(parse_category_key(name))) for name in found]


def places_of(figures: Sequence[Figure], evidence: Evidence) -> list[tuple[int, bool]]:
    """Place and tie of every figure in a column, highest first: as `rank` would print it."""
    values = rounded_alike(evidence, figures) if figures else []
    if values is not None:
        counts = Counter(values)
        above = {value: sum(counts[other] for other in counts if other > value) for value in counts}
        return [(1 + above[value], counts[value] > 1) for value in values]
    result = []
    for figure in figures:
        signs = [subtract(evidence, other, figure).sign for other in figures if other is not figure]
        result.append((1 + sum(sign > 0 for sign in signs), 0 in signs))
    return result
