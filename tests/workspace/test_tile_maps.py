"""Tile maps of the workspace's areas: every area has a tile of its own with its figure; words on it can be read; missing is not zero."""

from __future__ import annotations

from typing import Any

import pytest

from guibiao.publish.charts.chart import Chart
from guibiao.publish.charts.specify import specify
from guibiao.publish.figures import Figures
from guibiao.reference.definitions import Workspace
from guibiao.reference.report_definitions import ChartDefinition, SeriesDefinition
from tests.publish.charts.sample import leaves, row, spec_of

READABLE = 4.5
"""Contrast of small text, WCAG 2.2 success criterion 1.4.3."""


def below(workspace: Workspace, parent: str) -> list[str]:
    return [each.code for each in workspace.classifications["areas"].categories if each.parent == parent]


def home_and_above(workspace: Workspace) -> tuple[str, str]:
    home = workspace.settings.area
    return home, next(each.parent for each in workspace.classifications["areas"].categories if each.code == home)


def figures(codes: list[str]) -> list[dict[str, Any]]:
    """Figures that all differ, over all classes of the scale."""
    return [row("output", code, 2023, f"{10 * 1.35**place:.1f}") | {"indicator": "resident_population"} for place, code in enumerate(codes)]


def drawn(workspace: Workspace, codes: list[str], rows: list[dict[str, Any]]) -> Chart:
    series = SeriesDefinition(indicator="resident_population", area="*", areas=tuple(codes))
    definition = ChartDefinition(id="map", kind="tile_map", title_zh="图", title_en="Map", series=(series,))
    return specify(definition, Figures(workspace, rows, []), "zh", lambda figure: f"p{figure.area}")


def boxes(chart: Chart) -> dict[str, dict[str, Any]]:
    """Area code -> its tile."""
    layers = leaves(spec_of(chart))
    return {each["href"].removeprefix("#p"): each for layer in layers for each in layer["data"]["values"] if "class" in each}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("level", "count"), [("home", 17), ("above", 31)])
def test_every_area_has_a_tile_of_its_own_with_its_figure(workspace: Workspace, level: str, count: int) -> None:
    codes = below(workspace, dict(zip(("home", "above"), home_and_above(workspace), strict=True))[level])
    assert len(codes) >= count
    rows = figures(codes)
    tiles = boxes(drawn(workspace, codes, rows))
    assert set(tiles) == set(codes)
    assert len({(tile["px"], tile["py"]) for tile in tiles.values()}) == len(codes)
    assert {code: tile["value"] for code, tile in tiles.items()} == {each["area"]: float(each["value"]) for each in rows}


@pytest.mark.parametrize("level", [0, 1])
def test_words_on_every_tile_can_be_read_and_the_key_has_the_unit(workspace: Workspace, level: int) -> None:
    codes = below(workspace, home_and_above(workspace)[level])
    chart = drawn(workspace, codes, figures(codes))
    tiles = boxes(chart)
    texts = [each for layer in leaves(spec_of(chart)) for each in layer["data"]["values"] if "text" in each and "py2" not in each]
    assert "单位：亿元" in [each["text"] for each in texts]
    assert len({tile["color"] for tile in tiles.values()}) >= 4
    for tile in tiles.values():
        inside = [
            each for each in texts if tile["px"] <= each["px"] <= tile["px2"] and tile["py"] <= each["py"] <= tile["py2"]
        ]  # fmt: skip
        assert inside
        for each in inside:
            assert contrast(each["color"], tile["color"]) >= READABLE, (each["text"], tile["color"])


def test_an_area_without_a_figure_is_hatched_and_not_counted_as_zero(workspace: Workspace) -> None:
    codes = below(workspace, home_and_above(workspace)[0])
    chart = drawn(workspace, codes, figures(codes)[1:])
    assert set(boxes(chart)) == set(codes[1:])
    assert 0 not in [tile["value"] for tile in boxes(chart).values()]
    name = next(each.name_zh for each in workspace.classifications["areas"].categories if each.code == codes[0])
    assert [note for note in chart.notes if "未公布（1个）" in note and name in note]
