"""Models of adjusted series kept with their vintage: one immutable JSON file each, only ever added to."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.messages import translate as _
from guibiao.series.adjustment.model_vintage import ModelVintage, record_of, vintage_from

_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{3,})\.json")
_UNSAFE = re.compile(r"[^\w-]+")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class StoredVintage:
    """A vintage with the name of its file: the day it was known from and a number within the day."""

    id: str
    vintage: ModelVintage


def folder_of(models: Path, key: str) -> Path:
    """Folder of a series: its name as far as a file name allows, and a hash that tells apart what that makes equal."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:10]
    return models / f"{_UNSAFE.sub('_', key)[:LONGEST_NAME]}-{digest}"


def latest(models: Path, key: str, known_by: date | None = None) -> StoredVintage | None:
    """The newest vintage of a series, or the newest known by a day; None where there is none. Raises BadInput for a damaged file."""
    found = [path for path in _files(folder_of(models, key)) if known_by is None or _day(path) <= known_by]
    if not found:
        return None
    path = found[-1]
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            _("模型版本文件不能读：{file}：{reason}").format(file=path, reason=error), remedy=_("恢复原文件，或删去它重新识别模型。")
        ) from None
    vintage = vintage_from(record, str(path))
    if vintage.key != key:
        raise BadInput(_("模型版本文件 {file} 属于另一序列 {key}").format(file=path, key=vintage.key), remedy=_("恢复原来的文件夹。"))
    return StoredVintage(path.stem, vintage)


def check_day(models: Path, key: str, known_from: date) -> None:
    """Raise BadRequest where a newer vintage is there already: history is not rewritten."""
    files = _files(folder_of(models, key))
    if files and _day(files[-1]) > known_from:
        raise BadRequest(
            _("{key} 已存有 {day} 的模型，不能再存更早的 {asked}").format(
                key=key, day=_day(files[-1]).isoformat(), asked=known_from.isoformat()
            ),
            remedy=_("用 --known-from 写这批数据公布的日期，或另用一个 --models 文件夹。"),
        )


def add(models: Path, vintage: ModelVintage) -> str:
    """Store a vintage beside the earlier ones and return its id; one that says nothing new on the same day is not stored again."""
    folder = folder_of(models, vintage.key)
    check_day(models, vintage.key, vintage.known_from)
    before = latest(models, vintage.key)
    if before is not None and before.vintage.known_from == vintage.known_from and before.vintage.fingerprint == vintage.fingerprint:
        return before.id
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record_of(vintage), ensure_ascii=False, allow_nan=False) + "\n"
    number = 1 + max((_number(path) for path in _files(folder) if _day(path) == vintage.known_from), default=0)
    while not _created(folder / f"{vintage.known_from.isoformat()}-{number:03d}.json", text):
        number += 1
    return f"{vintage.known_from.isoformat()}-{number:03d}"


def _created(path: Path, text: str) -> bool:
    """Write a whole new file or none; False where the name is taken."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False) as part:
        part.write(text)
    try:
        os.link(part.name, path)
    except FileExistsError:
        return False
    finally:
        Path(part.name).unlink()
    path.chmod(0o444)
    return True


def _files(folder: Path) -> list[Path]:
    """Vintages of a folder, oldest first."""
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if _FILE.fullmatch(path.name)), key=lambda path: (_day(path), _number(path)))


def _day(path: Path) -> date:
    return date.fromisoformat(path.name[:10])


def _number(path: Path) -> int:
    return int(path.stem[11:])
