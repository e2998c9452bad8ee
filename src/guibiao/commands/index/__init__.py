"""`guibiao index`: build, replay, compare, and what others of the package add."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import typer

from guibiao.model.messages import translate as _


def tree() -> typer.Typer:
    """The commands of this group: each module of the package that registers one."""
    group = typer.Typer(no_args_is_help=True, help=_("合成指数：从指标到得分和位次，可重放，可比较。"))
    for module in sorted(iter_modules(__path__), key=lambda each: each.name):
        verb = import_module(f"{__name__}.{module.name}")
        if hasattr(verb, "register"):
            verb.register(group)
    return group
