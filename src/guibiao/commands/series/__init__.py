"""`guibiao series`: monthly figures, adjustment, benchmarking, nowcast, forecast, reconciliation and warning lights."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import typer

from guibiao.model.messages import translate as _


def tree() -> typer.Typer:
    """The commands of this group: each module of the package that registers one."""
    group = typer.Typer(no_args_is_help=True, help=_("时间序列：累计折算、季节调整、基准化、即时预测、预测、分层协调、预警。"))
    for module in sorted(iter_modules(__path__), key=lambda each: each.name):
        verb = import_module(f"{__name__}.{module.name}")
        if hasattr(verb, "register"):
            verb.register(group)
    return group
