"""The recipe for a classification, followed file by file in a made-up city."""

from __future__ import annotations

from pathlib import Path

from guibiao.reference.check import check_references
from guibiao.reference.load import load_workspace
from guibiao.reference.overlap import overlaps, unlinked
from tests.capabilities import ROOT
from tests.documentation.shell_blocks import blocks

PAGE = ROOT / "docs" / "recipes" / "add-a-classification.md"
HOMES = {"correspondences.yaml": "classifications/correspondences.yaml"}


def follow(city: Path) -> list[str]:
    """Write every file that the page shows, but for the corrections of a table it only mentions."""
    written = []
    for language in ("csv", "yaml"):
        for _line, body in blocks(PAGE, language):
            head, _newline, text = body.partition("\n")
            named = head.removeprefix("# ").partition(",")[0].strip()
            name = HOMES.get(named, named)
            if not name.startswith("corrections/"):
                (city / name).parent.mkdir(parents=True, exist_ok=True)
                (city / name).write_text(text + "\n", "utf-8")
                written.append(name)
    return written


def test_the_recipe_gives_a_sound_classification_and_correspondence(city: Path) -> None:
    assert len(follow(city)) == 5
    workspace = load_workspace(city)
    check_references(workspace)
    trade, correspondence = workspace.classifications["trade"], workspace.correspondences["local_scope_trade"]
    assert trade.name_zh == "零售业分类"
    category = trade.find("互联网零售")
    assert category is not None
    assert category.label(chinese=True) == "互联网零售（未核实）"
    assert category.label(chinese=False) == "Internet retail (unverified)"
    assert [(each.starred.target, [link.target for link in each.counted]) for each in overlaps(correspondence, trade)] == [("52", ["5273"])]
    scope = workspace.classifications["local_scope"]
    assert unlinked(correspondence, (each.code for each in scope.categories)) == ("c",)
