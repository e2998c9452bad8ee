"""The Chinese font of the printed report: where it lies and which characters it can draw.

Source of the file format: OpenType 1.9, chapters "OpenType font file" (collections) and "cmap" (formats 4 and 12).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from guibiao.model.errors import GuibiaoError
from guibiao.model.messages import translate as _

FAMILY = "Noto Sans CJK SC"
PACKAGE = "manimgx-fonts-cjk"
SYSTEM_FOLDERS = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/google-noto-cjk"), Path("/usr/share/fonts/noto-cjk"))
_FILES = ("NotoSansCJK-VF*.ttc", "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf")


class FontMissing(GuibiaoError):
    """The font without which the report would print boxes is not installed, or is not the font it should be."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Code points a font draws, as ascending closed ranges."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, character: object) -> bool:
        if not isinstance(character, str):
            return False
        code = ord(character)
        position = bisect_right(self.starts, code) - 1
        return position >= 0 and code <= self.ends[position]


def font_missing(reason: str) -> FontMissing:
    """The error that says which font to install."""
    return FontMissing(
        _("缺少中文字体 {family}，报告不能排版").format(family=FAMILY),
        reason,
        _("运行 pip install {package}（不需要管理员权限），或请管理员安装 fonts-noto-cjk，然后重新运行。").format(package=PACKAGE),
    )


def font_file() -> Path:
    """The font file: of the Python package, else of the system. Raises `FontMissing`."""
    package = find_spec("manimgx_fonts_cjk")
    folders = [Path(folder) for folder in (package.submodule_search_locations or ())] if package is not None else []
    for folder in (*folders, *SYSTEM_FOLDERS):
        for pattern in _FILES:
            for path in sorted(folder.glob(pattern)):
                return path
    raise font_missing(_("没有找到软件包 {package}，系统字体文件夹里也没有 Noto Sans CJK。").format(package=PACKAGE))


@lru_cache(maxsize=2)
def coverage(path: Path) -> Coverage:
    """What the first face of a font file covers; the faces of Noto Sans CJK cover the same characters."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
            start = struct.unpack(">I", head[12:16])[0] if head[:4] == b"ttcf" else 0
            file.seek(start)
            count = struct.unpack(">4xH6x", file.read(12))[0]
            tables = {entry[0]: entry for entry in struct.iter_unpack(">4sIII", file.read(16 * count))}
            _tag, _checksum, offset, length = tables[b"cmap"]
            file.seek(offset)
            return _read_cmap(file.read(length))
    except (OSError, KeyError, struct.error, IndexError) as fault:
        raise font_missing(_("字体文件 {path} 不完整或不可读：{fault}").format(path=path.name, fault=fault)) from fault


def _read_cmap(table: bytes) -> Coverage:
    subtables: dict[int, int] = {}
    for number in range(struct.unpack_from(">H", table, 2)[0]):
        offset = struct.unpack_from(">I", table, 4 + 8 * number + 4)[0]
        subtables[struct.unpack_from(">H", table, offset)[0]] = offset
    if 12 in subtables:
        return _segmented_coverage(table, subtables[12])
    return _basic_plane(table, subtables[4])


def _segmented_coverage(table: bytes, offset: int) -> Coverage:
    groups = struct.unpack_from(">I", table, offset + 12)[0]
    rows = [struct.unpack_from(">III", table, offset + 16 + 12 * number) for number in range(groups)]
    return Coverage(tuple(row[0] for row in rows), tuple(row[1] for row in rows))


def _basic_plane(table: bytes, offset: int) -> Coverage:
    segments = struct.unpack_from(">H", table, offset + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", table, offset + 14)
    starts = struct.unpack_from(f">{segments}H", table, offset + 16 + 2 * segments)
    return Coverage(starts, ends)
