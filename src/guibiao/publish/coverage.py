"""What a table or chart covers: areas with data of how many, periods, age of the last one, source grades; and whether it mixes levels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from guibiao.publish.figures import Figure
from guibiao.publish.lookup import Evidence
from guibiao.publish.wording import Wording
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import SeriesDefinition

NAMED_AT_MOST = 3
"""Areas named one by one; more are counted."""


def coverage_line(evidence: Evidence, figures: Collection[Figure]) -> str:
    """覆盖31个地区中的30个；2016年—2024年；最近一期距本报告14个月；来源等级C。 Empty where nothing is shown."""
    if not figures:
        return ""
    wording = evidence.wording
    last = max(figure.period.end for figure in figures)
    parts = [_areas(evidence, {figure.area for figure in figures}), _periods(wording, figures)]
    if last <= evidence.as_of:
        said = elapsed(wording, last, evidence.as_of)
        parts.append(wording.choose(f"最近一期期末距本报告{said}", f"last period ended {said} before this report"))
    grades = wording.join(sorted({figure.grade for figure in figures if figure.grade}))
    if grades:
        parts.append(wording.choose(f"来源等级{grades}", f"source grade {grades}"))
    return wording.choose("；", "; ").join(parts) + wording.choose("。", ".")


def elapsed(wording: Wording, end: date, day: date) -> str:
    """Whole months from the end of a period to a day, days where there is none: 14个月."""
    months = (day.year - end.year) * 12 + day.month - end.month - (day.day < end.day and day.day < 28)
    if months >= 1:
        return wording.choose(f"{months}个月", f"{months} month{'s' if months > 1 else ''}")
    days = (day - end).days
    return wording.choose(f"{days}天", f"{days} days")


def _areas(evidence: Evidence, codes: set[str]) -> str:
    """Names of a few areas; of many how many there are of how many beside them."""
    areas = evidence.workspace.classifications.get("areas")
    listed = areas.categories if areas else ()
    order = {category.code: place for place, category in enumerate(listed)}
    ordered = sorted(codes, key=lambda code: (order.get(code, len(order)), code))
    wording = evidence.wording
    names = wording.join([evidence.area_name(code) for code in ordered])
    if len(ordered) == 1:
        return wording.choose(f"覆盖{names}", f"Covers {names}")
    parents = {category.code: category.parent for category in listed}
    counts = Counter(parents.get(code, "") for code in ordered)
    parent = max(sorted(counts), key=lambda code: counts[code])
    whole = sum(above == parent for above in parents.values())
    of = evidence.area_name(parent) if parent else ""
    inside = wording.choose(f"{of}{whole}个地区中的{counts[parent]}个", f"{counts[parent]} of the {whole} areas of {of}")
    if len(ordered) <= NAMED_AT_MOST:
        known = counts[parent] > 1 and parent
        return wording.choose(f"覆盖{names}", f"Covers {names}") + (wording.choose(f"（{inside}）", f" ({inside})") if known else "")
    others = [evidence.area_name(code) for code in ordered if parents.get(code, "") != parent]
    beside = wording.choose("及", " and ") + wording.join(others) if others else ""
    return wording.choose(f"覆盖{inside}{beside}", f"Covers {inside}{beside}")


def _periods(wording: Wording, figures: Collection[Figure]) -> str:
    first = min((figure.period for figure in figures), key=lambda period: (period.end, period.start))
    last = max((figure.period for figure in figures), key=lambda period: (period.end, period.start))
    if wording.period(first) == wording.period(last):
        return wording.period(last)
    return wording.choose("—", " – ").join((wording.period(first), wording.period(last)))


def mixes_levels(workspace: Workspace, lines: Iterable[SeriesDefinition]) -> bool:
    """Whether figures of the country and of other areas are asked for side by side."""
    country = workspace.settings.country
    asked: set[str] = set()
    for series in lines:
        asked |= set(series.areas or (series.area or workspace.settings.area,))
    return bool(country) and country in asked and len(asked) > 1


def notes_with(evidence: Evidence, mixed_zh: str, mixed_en: str, notes: Sequence[str], figures: Collection[Figure]) -> tuple[str, ...]:
    """The notes below an exhibit: why levels stand together first, coverage last."""
    mixed = evidence.wording.choose(mixed_zh, mixed_en)
    covered = coverage_line(evidence, figures)
    return tuple(dict.fromkeys(note for note in (mixed, *notes, covered) if note))
