"""Office documents opened by other programs than ours: LibreOffice prints them, poppler reads the print."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from guibiao.publish.charts.render import png_of_svg
from guibiao.publish.docx_text import Drawing
from guibiao.publish.fonts import font_file
from tests.publish.render.sample import DRAWINGS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
BRIGHT = 250


def drawn() -> dict[str, Drawing]:
    """The sample's charts as shapes and pictures."""
    return {name: Drawing(svg, png_of_svg(svg, 300 / 96)) for name, svg in DRAWINGS.items()}


def part(content: bytes, name: str) -> ET.Element:
    """One part of a package as XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ET.fromstring(archive.read(name))


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def words(element: ET.Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def paragraphs(content: bytes, style: str) -> list[ET.Element]:
    """Paragraphs of a style."""
    body = part(content, "word/document.xml")
    return [each for each in body.iter(f"{W}p") if (named := each.find(f"{W}pPr/{W}pStyle")) is not None and named.get(f"{W}val") == style]


def printed_pages(content: bytes, folder: Path, soffice: Path, poppler: Path) -> list[str]:
    """Text of each page as LibreOffice prints the document, without white space."""
    (folder / "document.docx").write_bytes(content)
    (folder / "fonts.conf").write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf'
        f"</include><dir>{font_file().parent}</dir><cachedir>{folder}/cache</cachedir></fontconfig>",
        "utf-8",
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": str(folder)}
    command = [str(soffice), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(folder), str(folder / "document.docx")], env=environment, check=True, capture_output=True, timeout=120
    )
    text = subprocess.run([poppler / "pdftotext", "-raw", folder / "document.pdf", "-"], check=True, capture_output=True).stdout.decode()
    return [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]


def inked(folder: Path, poppler: Path) -> Iterator[float]:
    """Share of each page of the printed document that is not white."""
    subprocess.run([poppler / "pdftoppm", "-gray", "-r", "40", folder / "document.pdf", folder / "page"], check=True)
    for picture in sorted(folder.glob("page-*.pgm")):
        _kind, _size, _depth, pixels = picture.read_bytes().split(b"\n", 3)
        yield sum(pixel < BRIGHT for pixel in pixels) / len(pixels)
