"""The option that takes weights from a vintage frozen by `guibiao index weights --save`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.reference.index.stated import Stated

VintageOption = Annotated[Path | None, typer.Option("--weights-from", help=_("用 weights --save 冻结的权重，代替说明里的。"))]


def with_weights_from(stated: Stated, path: Path | None) -> Stated:
    """The specification with frozen weights; as it is without a file."""
    if path is None:
        return stated
    from guibiao.reference.index.vintage import read_vintage, with_vintage

    return replace(stated, specification=with_vintage(stated.specification, read_vintage(path)))
