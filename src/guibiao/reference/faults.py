"""Faults of definitions: a name nobody defines, a fault caught, and the place a fault lies in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

from guibiao.model.errors import BadDefinition, GuibiaoError, Place
from guibiao.model.messages import translate as _


def placed(fault: GuibiaoError, place: Place) -> GuibiaoError:
    """The fault at `place`, unless it knows a file of its own."""
    return fault if fault.place.file else BadDefinition(fault.title, fault.description, fault.remedy, place)


def caught(action: Callable[[], object]) -> Iterator[GuibiaoError]:
    """The fault an action raises, if it raises one."""
    try:
        action()
    except GuibiaoError as fault:
        yield fault


def unknown(kind: str, name: str, known: Iterable[str]) -> GuibiaoError:
    """A name that nothing bears; the remedy proposes the nearest one."""
    near = get_close_matches(name, list(known), n=1)
    remedy = _("是不是想写 {name}？").format(name=near[0]) if near else _("先定义它，或改正名字。")
    return BadDefinition(_("没有定义的{kind}：{name}").format(kind=kind, name=name), remedy=remedy)
