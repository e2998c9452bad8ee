"""Office documents as packages: parts, their content types and relationships in one zip; the same parts give the same bytes.

Source of the form: ECMA-376 part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from guibiao.publish.printable import printable

XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_DEFAULTS = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml", "png": "image/png"}
_DEFAULTS |= {"svg": "image/svg+xml"}
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can state: no clock in the file."""
_COMPRESSION = 6


@lru_cache(maxsize=65536)
def xml_text(text: str) -> str:
    """Text for an element or attribute: control, direction and unassigned characters are named by their code."""
    return escape(printable(text))


@dataclass(slots=True)
class Relationships:
    """Relationships of one part, numbered in the order they are asked for; the same target has one."""

    _known: dict[tuple[str, str, bool], str] = field(default_factory=dict)

    def add(self, kind: str, target: str, *, external: bool = False) -> str:
        """Id of the relationship of a kind (`styles`, `image`, `hyperlink` ...) to a target."""
        return self._known.setdefault((kind, target, external), f"rId{len(self._known) + 1}")

    def xml(self) -> str:
        """The relationships part."""
        lines = "".join(
            f'<Relationship Id="{identity}" Type="{OFFICE}/{kind}" Target="{xml_text(target)}"{_mode(external)}/>'
            for (kind, target, external), identity in self._known.items()
        )
        return f'{XML_HEAD}<Relationships xmlns="{PACKAGE_RELATIONSHIPS}">{lines}</Relationships>'


@dataclass(frozen=True, slots=True)
class Properties:
    """Core properties; `date` is a day as 2024-07-01, empty where there is none."""

    title: str
    creator: str
    language: str
    date: str = ""
    subject: str = ""


def package(main: str, parts: Mapping[str, str | bytes], types: Mapping[str, str], properties: Properties) -> bytes:
    """The package: `main` is its main part, `types` gives the content type of each part that has one of its own."""
    overrides = {
        **types,
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    }
    listed = "".join(f'<Default Extension="{extension}" ContentType="{name}"/>' for extension, name in _DEFAULTS.items())
    listed += "".join(f'<Override PartName="/{part}" ContentType="{name}"/>' for part, name in sorted(overrides.items()))
    fixed: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{XML_HEAD}<Types xmlns="{_TYPES}">{listed}</Types>',
        "_rels/.rels": _top(main),
        "docProps/core.xml": _core(properties),
        "docProps/app.xml": _application(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {**fixed, **parts}.items():
            entry = zipfile.ZipInfo(name, _FIRST_MOMENT)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content.encode() if isinstance(content, str) else content, compresslevel=_COMPRESSION)
    return buffer.getvalue()


def _mode(external: bool) -> str:
    return ' TargetMode="External"' if external else ""


def _top(main: str) -> str:
    return (
        f'{XML_HEAD}<Relationships xmlns="{PACKAGE_RELATIONSHIPS}">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{main}"/>'
        f'<Relationship Id="rId2" Type="{_CORE}" Target="docProps/core.xml"/>'
        f'<Relationship Id="rId3" Type="{OFFICE}/extended-properties" Target="docProps/app.xml"/></Relationships>'
    )


def _core(properties: Properties) -> str:
    day = properties.date
    dated = "".join(f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:{name}>' for name in ("created", "modified"))
    return (
        f'{XML_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{xml_text(properties.title)}</dc:title><dc:subject>{xml_text(properties.subject)}</dc:subject>"
        f"<dc:creator>{xml_text(properties.creator)}</dc:creator><cp:lastModifiedBy>{xml_text(properties.creator)}</cp:lastModifiedBy>"
        f"<dc:language>{properties.language}</dc:language>{dated if day else ''}</cp:coreProperties>"
    )


def _application() -> str:
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return f'{XML_HEAD}<Properties xmlns="{namespace}"><Application>Guibiao</Application></Properties>'
