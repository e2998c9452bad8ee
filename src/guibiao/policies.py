"""Policy documents from disk to the rooms that read them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.model.text.blocks import DocumentText


def read_policy(path: Path, dated: str) -> DocumentText:
    """A document from disk, dated as given. Raises BadInput where it cannot be read."""
    from guibiao.ingest.documents import MAXIMUM_BYTES, read_document

    try:
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise BadInput(
            _("文件读不了：{problem}").format(problem=error.strerror), remedy=_("核对路径和权限。"), place=Place(str(path))
        ) from None
    document = read_document(content, path.name)
    return replace(document, dated=dated) if dated else document
