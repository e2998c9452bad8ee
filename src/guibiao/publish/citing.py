"""Sources as a document cites them: title and grade, computed figures by the sources of what they were computed from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guibiao.model.indicator import Indicator
from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence

_DEPTH = 6


def cited(evidence: Evidence, figures: Iterable[Figure]) -> tuple[tuple[str, str], ...]:
    """Source id and grade, each pair once, best grade first; of a computed figure those of its inputs."""
    found: set[tuple[str, str]] = set()
    seen: set[str] = set()
    for figure in figures:
        _add(evidence, figure, found, seen, _DEPTH)
    return tuple(sorted(found, key=lambda pair: (pair[1], _title(evidence, pair[0]))))


def source_line(evidence: Evidence, figures: Iterable[Figure]) -> str:
    """Titles with grades in one line, and whether something was computed."""
    shown = list(figures)
    wording = evidence.wording
    titles = [_title(evidence, source) + wording.choose(f"（{grade}级）", f" (grade {grade})") for source, grade in cited(evidence, shown)]
    if any(not figure.source for figure in shown):
        titles.append(
            wording.choose("由上述来源按公式计算", "computed by formula from these")
            if titles
            else wording.choose("按公式计算", "computed by formula")
        )
    return wording.choose("；", "; ").join(titles)


def source_items(evidence: Evidence, figures: Iterable[Figure]) -> tuple[str, ...]:
    """One line a source: title, publisher, grade."""
    wording = evidence.wording
    items = []
    for identity, grade in cited(evidence, figures):
        source = evidence.workspace.sources.get(identity)
        publisher = source.publisher if source and source.publisher and source.publisher not in source.title else ""
        items.append(
            wording.choose("，", ", ").join(part for part in (_title(evidence, identity), publisher, wording.grade(grade)) if part)
        )
    return tuple(items)


def indicators_without_figure(evidence: Evidence) -> tuple[Indicator, ...]:
    """Indicators whose office is named and that have no figure for the workspace's own area."""
    own = evidence.workspace.settings.area
    return tuple(
        indicator
        for indicator in evidence.workspace.indicators.values()
        if indicator.gap_office and not any(figure.area == own for figure in evidence.figures.of(indicator.id))
    )


def in_parts(evidence: Evidence, figures: Sequence[Figure]) -> list[Figure]:
    """Figures of the city's parts: published by district alone."""
    areas, own = evidence.workspace.classifications.get("areas"), evidence.workspace.settings.area
    return [figure for figure in figures if own in areas.ancestors(figure.area)] if areas else []


def gap_items(evidence: Evidence) -> tuple[str, ...]:
    """One line for every indicator that has no figure for the workspace's own area, with who holds it and when it is due."""
    wording = evidence.wording
    items = []
    for indicator in indicators_without_figure(evidence):
        office = wording.choose(f"由{indicator.gap_office}掌握", f"held by {indicator.gap_office}")
        due = wording.choose(f"，应于{indicator.gap_due}前提供", f", due {indicator.gap_due}") if indicator.gap_due else ""
        items.append(f"{evidence.indicator_name(indicator.id)}{wording.choose('：', ': ')}{office}{due}{wording.choose('。', '.')}")
    return tuple(items)


def gap_offices(evidence: Evidence) -> tuple[str, ...]:
    """One line an office: how many indicators it holds, which, and by when the first is due."""
    wording = evidence.wording
    held: dict[str, list[Indicator]] = {}
    for indicator in indicators_without_figure(evidence):
        held.setdefault(indicator.gap_office, []).append(indicator)
    items = []
    for office, indicators in held.items():
        names = wording.choose("、", ", ").join(evidence.indicator_name(each.id) for each in indicators)
        due = min((each.gap_due for each in indicators if each.gap_due), default="")
        first = wording.choose(f"，最早{due}前提供", f", the first due {due}") if due else ""
        counted = wording.choose(f"{len(indicators)}项", f"{len(indicators)}")
        items.append(wording.choose(f"{office}（{counted}）：{names}{first}。", f"{office} ({counted}): {names}{first}."))
    return tuple(items)


def _add(evidence: Evidence, figure: Figure, found: set[tuple[str, str]], seen: set[str], depth: int) -> None:
    if figure.id in seen or not depth:
        return
    seen.add(figure.id)
    if figure.source:
        found.add((figure.source, figure.grade))
        return
    from guibiao.publish.inputs import inputs_of

    for each in inputs_of(figure, evidence.figures).figures:
        _add(evidence, each, found, seen, depth - 1)


def _title(evidence: Evidence, identity: str) -> str:
    source = evidence.workspace.sources.get(identity)
    return source.title if source else identity
