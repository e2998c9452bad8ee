"""A made-up city to break: one file changed at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guibiao.model.errors import BatchErrors, GuibiaoError
from guibiao.reference.check import check_references
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold

Faults = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return scaffold(tmp_path, "newtown", "新城市", "990100")


@pytest.fixture
def faults(city: Path) -> Faults:
    """Write files (name -> text; a text that begins with + is appended) and return (place, title) of every fault found."""

    def found(**files: str) -> list[tuple[str, str]]:
        for name, text in files.items():
            path = city / FILES[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text("utf-8") if text.startswith("+") else ""
            path.write_text(before + text.removeprefix("+"), "utf-8")
        try:
            check_references(load_workspace(city))
        except BatchErrors as error:
            return [told(fault) for fault in error.errors]
        except GuibiaoError as fault:
            return [told(fault)]
        return []

    return found


def told(fault: GuibiaoError) -> tuple[str, str]:
    assert fault.remedy, fault.title
    return str(fault.place), fault.title


FILES = {
    "indicators": "indicators/indicators.yaml",
    "frameworks": "frameworks/frameworks.yaml",
    "industry": "classifications/industry.csv",
    "scope": "classifications/scope.csv",
    "titles": "classifications/classifications.yaml",
    "correspondences": "classifications/correspondences.yaml",
    "links": "classifications/correspondences/scope.csv",
    "words": "tables/words.csv",
    "table": "tables/words.yaml",
}
