"""A new city's workspace: definitions to start from and made-up figures, marked synthetic, to be replaced."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from string import Template

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

PATTERN = Path(__file__).resolve().parent / "new_workspace"


def scaffold(parent: Path, name: str, title: str, area: str) -> Path:
    """Write the folder `parent/name`; nothing is left behind where it cannot be finished. Returns the folder."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{1,40}", name):
        raise BadRequest(_("工作区名 {name} 不合适").format(name=name), remedy=_("用小写英文字母、数字和连字符，如城市的拼音。"))
    if not re.fullmatch(r"\d{6,12}", area):
        raise BadRequest(_("区划代码 {area} 不是六位以上的数字").format(area=area), remedy=_("用 --area 给出六位区划代码。"))
    folder, unfinished = parent / name, parent / f".{name}.new"
    if folder.exists():
        raise BadRequest(_("{folder} 已经存在").format(folder=folder), remedy=_("换一个名字，或先移走原来的文件夹。"))
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        for source in sorted(path for path in PATTERN.rglob("*") if path.is_file()):
            target = unfinished / source.relative_to(PATTERN)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(Template(source.read_text("utf-8")).substitute(name=name, title=title, area=area), "utf-8")
        unfinished.rename(folder)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise BadRequest(
            _("不能写入 {folder}：{reason}").format(folder=folder, reason=error.strerror), remedy=_("换一个可写的文件夹。")
        ) from None
    return folder
