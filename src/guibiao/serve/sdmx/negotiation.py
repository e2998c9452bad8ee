"""Content negotiation: from the Accept header, or `format=`, to one of the formats offered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from guibiao.model.messages import translate as _
from guibiao.serve.sdmx.faults import SYNTAX, SdmxFault


class Form(StrEnum):
    """Formats of answers."""

    GENERIC_21 = "generic 2.1"
    GENERIC_TIME_21 = "generic time series 2.1"
    SPECIFIC_21 = "structure-specific 2.1"
    SPECIFIC_TIME_21 = "structure-specific time series 2.1"
    SPECIFIC_30 = "structure-specific 3.0"
    JSON_1 = "json 1"
    JSON_2 = "json 2"
    CSV_1 = "csv 1"
    CSV_2 = "csv 2"
    STRUCTURE_21 = "structure 2.1"
    STRUCTURE_30 = "structure 3.0"
    STRUCTURE_JSON_1 = "structure json 1"
    STRUCTURE_JSON_2 = "structure json 2"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The format with the media type that names it, and what the client asked of it besides."""

    form: Form
    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)


_SDMX = "application/vnd.sdmx."
_DATA: Mapping[str, tuple[tuple[str, Form], ...]] = {
    f"{_SDMX}genericdata+xml": (("2.1", Form.GENERIC_21),),
    f"{_SDMX}structurespecificdata+xml": (("2.1", Form.SPECIFIC_21),),
    f"{_SDMX}generictimeseriesdata+xml": (("2.1", Form.GENERIC_TIME_21),),
    f"{_SDMX}structurespecifictimeseriesdata+xml": (("2.1", Form.SPECIFIC_TIME_21),),
    f"{_SDMX}data+xml": (("3.0.0", Form.SPECIFIC_30),),
    f"{_SDMX}data+json": (("1.0.0", Form.JSON_1), ("2.0.0", Form.JSON_2)),
    f"{_SDMX}data+csv": (("1.0.0", Form.CSV_1), ("2.0.0", Form.CSV_2)),
}
_STRUCTURES: Mapping[str, tuple[tuple[str, Form], ...]] = {
    f"{_SDMX}structure+xml": (("2.1", Form.STRUCTURE_21), ("3.0.0", Form.STRUCTURE_30)),
    f"{_SDMX}structure+json": (("1.0.0", Form.STRUCTURE_JSON_1), ("2.0.0", Form.STRUCTURE_JSON_2)),
}
_GENERIC, _SPECIFIC = f"{_SDMX}genericdata+xml;version=2.1", f"{_SDMX}structurespecificdata+xml;version=2.1"
_USUAL: Mapping[tuple[bool, int], Mapping[str, str]] = {
    (True, 1): {
        "xml": _GENERIC,
        "json": f"{_SDMX}data+json;version=1.0.0",
        "csv": f"{_SDMX}data+csv;version=1.0.0",
        "generic": _GENERIC,
        "specific": _SPECIFIC,
    },
    (True, 2): {
        "json": f"{_SDMX}data+json;version=2.0.0",
        "xml": f"{_SDMX}data+xml;version=3.0.0",
        "csv": f"{_SDMX}data+csv;version=2.0.0",
    },
    (False, 1): {"xml": f"{_SDMX}structure+xml;version=2.1", "json": f"{_SDMX}structure+json;version=1.0.0"},
    (False, 2): {"json": f"{_SDMX}structure+json;version=2.0.0", "xml": f"{_SDMX}structure+xml;version=3.0.0"},
}
"""Short names by data or structure and version of REST; the first is the default."""
_PLAIN = {"application/xml": "xml", "text/xml": "xml", "application/json": "json", "text/csv": "csv", "application/csv": "csv"}


def choose(accept: str, asked: str, *, data: bool, version: int) -> Chosen:
    """The format of the answer; `asked` is the value of `format=`, which goes before the header. 406 where none is offered."""
    usual = _USUAL[data, version]
    if asked:
        if asked not in usual:
            raise SdmxFault(SYNTAX, _("没有格式 {name}").format(name=asked), remedy=_("可用：{names}。").format(names="、".join(usual)))
        accept = usual[asked]
    for media_type, parameters in accepted(accept or "*/*"):
        chosen = _offered(media_type, parameters, data=data, version=version)
        if chosen is not None:
            return chosen
    offers = _DATA if data else _STRUCTURES
    raise SdmxFault(SYNTAX, _("没有所要的格式"), remedy=_("可用：{names}。").format(names="、".join(offers)), status=406)


def _offered(media_type: str, parameters: dict[str, str], *, data: bool, version: int) -> Chosen | None:
    usual = _USUAL[data, version]
    if media_type in {"*/*", "application/*", "text/html"}:
        media_type, parameters = _split(next(iter(usual.values())))
    elif media_type in _PLAIN:
        if _PLAIN[media_type] not in usual:
            return None
        media_type, named = _split(usual[_PLAIN[media_type]])
        parameters = {**parameters, **named}
    offers = (_DATA if data else _STRUCTURES).get(media_type, ())
    wanted = parameters.get("version", "")
    preferred = _split(usual.get(media_type.rpartition("+")[2], ""))[1].get("version", "")
    for number, form in sorted(offers, key=lambda offer: offer[0] != preferred):
        if not wanted or _same_version(wanted, number):
            rest = {name: value for name, value in parameters.items() if name not in {"q", "version"}}
            return Chosen(form, f"{media_type}; version={number}", rest)
    return None


def _same_version(wanted: str, offered: str) -> bool:
    """Whether a version asked for fits: 2 and 2.0 are 2.0.0, 1.0.0-wd is 1.0.0, 2.0+ and 3.0.0+ are that or later."""
    own = [int(part) for part in offered.split(".")]
    parts = wanted.split("-")[0].split(".")
    open_end = False
    for position, part in enumerate(parts[: len(own)]):
        digits = part.rstrip("+*~")
        if not digits.isdecimal():
            return part in {"+", "*", "~"}
        open_end = open_end or part != digits
        if int(digits) != own[position]:
            return open_end and int(digits) < own[position]
    return True


def accepted(header: str) -> list[tuple[str, dict[str, str]]]:
    """Media types with their parameters, the most wanted first; among equals the first and the more exact."""
    found = []
    for place, part in enumerate(re.split(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", header)):
        media_type, parameters = _split(part)
        quality = _quality(parameters.get("q", "1"))
        if media_type and quality > 0:
            found.append((-quality, media_type.count("*"), place, media_type, parameters))
    return [(media_type, parameters) for _q, _w, _p, media_type, parameters in sorted(found, key=lambda each: each[:3])]


def _split(text: str) -> tuple[str, dict[str, str]]:
    media_type, *rest = (part.strip() for part in text.split(";"))
    pairs = (part.partition("=") for part in rest if "=" in part)
    return media_type.lower(), {name.strip(): value.strip().strip('"') for name, _equals, value in pairs}


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 1.0


def language_of(header: str, otherwise: str) -> str:
    """zh or en from Accept-Language, `otherwise` where it names neither."""
    for tag, _parameters in accepted(header):
        primary = tag.split("-")[0]
        if primary in {"zh", "en"}:
            return primary
    return otherwise
