"""Which reader a file needs: by its name, checked against its first bytes."""

from __future__ import annotations

from pathlib import PurePath

from guibiao.ingest.columnar import read_parquet
from guibiao.ingest.delimited import read_delimited
from guibiao.ingest.sheet import MAXIMUM_BYTES, Sheet
from guibiao.ingest.workbook import read_workbook
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import TableBinding

DELIMITED = {".csv", ".tsv", ".txt"}
WORKBOOK = {".xlsx", ".xlsm"}
PARQUET = {".parquet", ".pq"}
_ZIP, _PARQUET = b"PK\x03\x04", b"PAR1"
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "packed"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf", "packed"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<body")


def read_sheet(content: bytes, name: str, binding: TableBinding) -> Sheet:
    """The sheet of a file; its format is that of its name. Raises BadInput where the bytes are something else."""
    suffix = PurePath(name).suffix.lower()
    check_format(content, name, suffix)
    if suffix in WORKBOOK:
        return read_workbook(content, name, binding.sheet)
    if suffix in PARQUET:
        return read_parquet(content, name)
    return read_delimited(content, name, binding.encoding, "\t" if suffix == ".tsv" and binding.delimiter == "," else binding.delimiter)


def check_format(content: bytes, name: str, suffix: str, limit: int = MAXIMUM_BYTES) -> None:
    """Refuse what is empty, too large, of an unknown kind, or not what its name says."""
    place = Place(name)
    if suffix not in DELIMITED | WORKBOOK | PARQUET:
        raise BadInput(
            _("不认识的文件类型：{suffix}").format(suffix=suffix or _("无扩展名")),
            remedy=_("交 .csv、.xlsx 或 .parquet 文件。"),
            place=place,
        )
    if not content.strip():
        raise BadInput(_("文件是空的"), remedy=_("核对是否传错了文件，或重新导出。"), place=place)
    if len(content) > limit:
        raise BadInput(
            _("文件超过 {size} MB").format(size=limit // 1024**2),
            remedy=_("拆成几个文件；大批量数据用 Parquet，并在绑定里写 bulk: true。"),
            place=place,
        )
    kind = _kind(content)
    expected = "xlsx" if suffix in WORKBOOK else "parquet" if suffix in PARQUET else ""
    if kind != expected:
        raise BadInput(_mismatch(kind, suffix), remedy=_remedy(kind), place=place)


def _kind(content: bytes) -> str:
    """What the first bytes say; empty for what may be delimited text."""
    if content.startswith(_ZIP):
        return "xlsx"
    if content.startswith(_PARQUET):
        return "parquet"
    for magic, kind in _FOREIGN:
        if content.startswith(magic):
            return kind
    opening = content[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "markup" if opening.startswith(_MARKUP) else ""


def _mismatch(kind: str, suffix: str) -> str:
    names = {
        "xlsx": _("Excel 工作簿或压缩包"),
        "parquet": "Parquet",
        "xls": _("旧版 .xls 工作簿，或带密码的工作簿"),
        "pdf": "PDF",
        "rtf": "RTF",
        "packed": _("压缩包"),
        "picture": _("图片"),
        "markup": _("网页或 XML"),
        "": _("文本，或文件开头已损坏"),
    }
    return _("扩展名是 {suffix}，内容却是{kind}").format(suffix=suffix, kind=names[kind])


def _remedy(kind: str) -> str:
    if kind == "xlsx":
        return _("若是工作簿，把扩展名改为 .xlsx；若是压缩包，先解压。")
    if kind == "parquet":
        return _("把扩展名改为 .parquet。")
    if kind in {"xls", "markup"}:
        return _("在表格软件里打开（有密码的先去掉密码），另存为 .xlsx 或“CSV UTF-8”。")
    if kind == "":
        return _("若是文本，把扩展名改为 .csv；否则重新导出或重新传送。")
    return _("向提供者要表格原件（.xlsx 或 CSV）。")
