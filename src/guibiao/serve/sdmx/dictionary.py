"""What the release says about its own codes: indicators, classifications, frameworks, and the series shapes its observations have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from guibiao.model.category import parse_category_key
from guibiao.model.definition_tables import CODES, FRAMEWORK_MEMBERS, INDICATORS
from guibiao.model.tables import OBSERVATIONS
from guibiao.serve.sdmx.artefacts import Item, Names, both
from guibiao.store.port import OpenRelease

AREAS = "areas"
_INDICATOR = ("indicator", "name_zh", "name_en", "definition_zh", "definition_en", "frequency")
_CODE = (
    "classification", "code", "name_zh", "name_en", "parent", "status_zh", "status_en", "classification_zh", "classification_en",
)  # fmt: skip
_MEMBER = ("framework", "indicator", "framework_zh", "framework_en")


@dataclass(frozen=True, slots=True)
class Framework:
    """A topic with its indicators."""

    id: str
    names: Names
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Codes by classification; items carry the workspace's own codes. `shapes`: dimensions of a category key -> the keys."""

    workspace: str
    indicators: tuple[Item, ...]
    frequencies: Mapping[str, str]
    classifications: Mapping[str, tuple[Item, ...]]
    titles: Mapping[str, Names]
    frameworks: tuple[Framework, ...]
    shapes: Mapping[tuple[str, ...], tuple[str, ...]]
    indicators_of: Mapping[tuple[str, ...], frozenset[str]]
    areas: tuple[str, ...]
    price_bases: tuple[str, ...]
    accounting_bases: tuple[str, ...]
    units: tuple[str, ...]
    qualifiers: tuple[str, ...] = field(default=())


def read_dictionary(release: OpenRelease) -> Dictionary:
    """The dictionary of a release; one that holds no definitions names its codes by themselves."""
    shapes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    indicators_of: dict[tuple[str, ...], set[str]] = defaultdict(set)
    used: dict[str, set[str]] = defaultdict(set)
    for row in release.distinct(OBSERVATIONS, ("indicator", "categories")).to_pylist():
        categories = parse_category_key(row["categories"])
        shape = tuple(sorted(categories))
        shapes[shape].add(row["categories"])
        indicators_of[shape].add(row["indicator"])
        for dimension, code in categories.items():
            used[dimension].add(code)
    areas = _column(release, "area")
    classifications, titles = _classifications(release, used, areas)
    indicators, frequencies = _indicators(release, frozenset().union(*indicators_of.values()))
    return Dictionary(
        workspace=release.manifest.workspace,
        indicators=indicators,
        frequencies=frequencies,
        classifications=classifications,
        titles=titles,
        frameworks=_frameworks(release),
        shapes={shape: tuple(sorted(keys)) for shape, keys in sorted(shapes.items())},
        indicators_of={shape: frozenset(names) for shape, names in indicators_of.items()},
        areas=areas,
        price_bases=_column(release, "price_basis"),
        accounting_bases=_column(release, "accounting_basis"),
        units=_column(release, "unit"),
        qualifiers=_column(release, "qualifier"),
    )


def _column(release: OpenRelease, name: str) -> tuple[str, ...]:
    return tuple(release.distinct(OBSERVATIONS, (name,))[name].to_pylist())


def _indicators(release: OpenRelease, observed: frozenset[str]) -> tuple[tuple[Item, ...], Mapping[str, str]]:
    """Indicators with figures first come as the workspace orders them; the frequency of each."""
    if not release.has(INDICATORS):
        return tuple(Item(name, both(name)) for name in sorted(observed)), {}
    rows = release.select(INDICATORS, _INDICATOR, order=("place",)).to_pylist()
    items = [Item(r["indicator"], both(r["name_zh"], r["name_en"]), both(r["definition_zh"], r["definition_en"])) for r in rows]
    known = {item.id for item in items}
    items += [Item(name, both(name)) for name in sorted(observed - known)]
    return tuple(items), {row["indicator"]: row["frequency"] for row in rows}


def _classifications(
    release: OpenRelease, used: Mapping[str, set[str]], areas: tuple[str, ...]
) -> tuple[Mapping[str, tuple[Item, ...]], Mapping[str, Names]]:
    """Code lists of the dimensions in use and of areas; a code in use that no classification has is added under its own name."""
    wanted = {**used, AREAS: set(areas)}
    items: dict[str, list[Item]] = {name: [] for name in wanted}
    titles: dict[str, Names] = {name: both(name) for name in wanted}
    rows = (
        release.select(CODES, _CODE, where={"classification": sorted(wanted)}, order=("classification", "place")).to_pylist()
        if release.has(CODES)
        else []
    )
    for row in rows:
        name = row["name_zh"] + (f"（{row['status_zh']}）" if row["status_zh"] else "")
        english = row["name_en"] + (f" ({row['status_en']})" if row["name_en"] and row["status_en"] else "")
        items[row["classification"]].append(Item(row["code"], both(name, english), parent=row["parent"]))
        titles[row["classification"]] = both(row["classification_zh"] or row["classification"], row["classification_en"])
    for classification, codes in wanted.items():
        known = {item.id for item in items[classification]}
        extra = sorted(codes - known)
        items[classification] += [Item(code, both("合计", "Total") if code == "_T" else both(code)) for code in extra]
    return {name: tuple(listed) for name, listed in items.items()}, titles


def _frameworks(release: OpenRelease) -> tuple[Framework, ...]:
    if not release.has(FRAMEWORK_MEMBERS):
        return ()
    members: dict[str, list[str]] = defaultdict(list)
    names: dict[str, Names] = {}
    for row in release.select(FRAMEWORK_MEMBERS, _MEMBER, order=("framework", "place")).to_pylist():
        members[row["framework"]].append(row["indicator"])
        names[row["framework"]] = both(row["framework_zh"], row["framework_en"])
    return tuple(Framework(name, names[name], tuple(listed)) for name, listed in members.items())
