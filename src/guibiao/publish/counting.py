"""Counts of what the workspace defines: classes, links, indicators of a framework, gaps. They are no figures and carry no passport."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.publish.bindings import Arguments
from guibiao.publish.citing import in_parts, indicators_without_figure
from guibiao.publish.class_listing import leaves
from guibiao.publish.lookup import Evidence
from guibiao.publish.sentences import Answer


def classes(evidence: Evidence, arguments: Arguments) -> Answer:
    """Codes of a classification: those without parts, or those of a level, all or below one code."""
    classification = _named(evidence.workspace.classifications, arguments.text("classification"))
    level, under = arguments.text("level"), arguments.text("under")
    found = [category for category in classification.categories if category.level == level] if level else leaves(classification)
    if under:
        above = classification.find(under)
        if above is None:
            raise BadRequest(_("分类 {dimension} 中没有 {text}").format(dimension=classification.id, text=under))
        found = [category for category in found if above.code in classification.ancestors(category.code)]
    if not found:
        raise BadRequest(
            _("分类 {name} 没有“{level}”这一层").format(name=classification.id, level=level or "—"),
            remedy=_("可写：{names}。").format(names="、".join(sorted({each.level for each in classification.categories if each.level}))),
        )
    return _count(evidence, len(found))


def links(evidence: Evidence, arguments: Arguments) -> Answer:
    """Rows of a correspondence."""
    correspondence = _named(evidence.workspace.correspondences, arguments.text("correspondence"))
    partial = arguments.choice("partial", "any", "yes", "no")
    return _count(evidence, sum(partial == "any" or link.partial == (partial == "yes") for link in correspondence.links))


def members(evidence: Evidence, arguments: Arguments) -> Answer:
    """Indicators of a framework, those with a figure for the city or its parts, or those without."""
    framework = _named(evidence.workspace.frameworks, arguments.text("framework"))
    state, own = arguments.choice("state", "any", "figure", "gap"), evidence.workspace.settings.area
    found = {name: evidence.figures.of(name) for name in framework.members}
    have = {name: any(figure.area == own for figure in figures) or bool(in_parts(evidence, figures)) for name, figures in found.items()}
    return _count(evidence, sum(state == "any" or filled == (state == "figure") for filled in have.values()))


def gap_count(evidence: Evidence, arguments: Arguments) -> Answer:
    """Indicators without a figure for the city, or the offices that hold them."""
    missing = indicators_without_figure(evidence)
    of_offices = arguments.choice("of", "indicators", "offices") == "offices"
    return _count(evidence, len({indicator.gap_office for indicator in missing}) if of_offices else len(missing))


def _count(evidence: Evidence, number: int) -> Answer:
    return Answer(evidence.wording.number(Decimal(number), 0))


def _named(known: Mapping[str, Any], name: str) -> Any:
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.3) or list(known)
        raise BadRequest(_("工作区里没有 {name}").format(name=name), remedy=_("可写：{names}。").format(names="、".join(near)))
    return known[name]
