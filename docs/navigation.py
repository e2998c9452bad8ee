"""The order of the documentation's chapters; pages inside a chapter follow their file names."""

from __future__ import annotations

from typing import Any

CHAPTERS = ("Methods", "Recipes", "Examples", "Decisions")
TITLES = {"Adr": "Decisions"}


def on_nav(nav: Any, **_: Any) -> Any:
    """Put the pages first, then the chapters in order; a chapter that is not named here comes last."""
    for item in nav.items:
        if item.is_section:
            item.title = TITLES.get(item.title, item.title)
    nav.items.sort(key=_place)
    return nav


def _place(item: Any) -> int:
    if not item.is_section:
        return -1
    return CHAPTERS.index(item.title) if item.title in CHAPTERS else len(CHAPTERS)
