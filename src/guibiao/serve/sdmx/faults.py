"""Errors of the SDMX interfaces: their codes, the HTTP status of each version, and the error messages of SDMX-ML and SDMX-JSON."""

from __future__ import annotations

import json

from guibiao.model.errors import BadRequest, GuibiaoError
from guibiao.serve.sdmx.xml_text import text

NO_RESULTS, TOO_LARGE_FOR_CLIENT, SYNTAX, SEMANTIC = 100, 130, 140, 150
INTERNAL, NOT_IMPLEMENTED, UNAVAILABLE, TOO_LARGE = 500, 501, 503, 510
_STATUS_1 = {100: 404, 110: 401, 130: 413, 140: 400, 150: 403, 500: 500, 501: 501, 503: 503, 510: 413}
_STATUS_2 = _STATUS_1 | {150: 422}
_NAMESPACE = "http://www.sdmx.org/resources/sdmxml/schemas/{version}"


class SdmxFault(BadRequest):
    """A request that gets an SDMX error; `code` is that of the SDMX web services guidelines."""

    def __init__(self, code: int, title: str, description: str = "", remedy: str = "", *, status: int = 0) -> None:
        super().__init__(title, description, remedy)
        self.code = code
        self.status = status

    def http_status(self, version: int) -> int:
        """Status under REST version 1 or 2: a semantic error is 403 in the first and 422 in the second."""
        return self.status or (_STATUS_1 if version == 1 else _STATUS_2)[self.code]


class NothingFits(SdmxFault):
    """A data query that is right and fits nothing: 404 in version 1; in version 2 an empty answer, 204."""

    def http_status(self, version: int) -> int:
        """See `SdmxFault.http_status`."""
        return 404 if version == 1 else 204


def code_of(status: int) -> int:
    """SDMX code of an error that only has an HTTP status."""
    known = {401: 110, 403: 150, 404: 140, 405: 140, 413: 130, 422: 150, 501: 501, 503: 503}
    return known.get(status, 140 if 400 <= status < 500 else 500)


def error_xml(error: GuibiaoError, code: int, version: int, language: str) -> bytes:
    """SDMX-ML error message, 2.1 for REST 1 and 3.0 for REST 2; each line of the error is a text of the message."""
    form = "v2_1" if version == 1 else "v3_0"
    message, common = (_NAMESPACE.format(version=f"{form}/{part}") for part in ("message", "common"))
    texts = "".join(f'<com:Text xml:lang="{language}">{text(line)}</com:Text>' for line in _lines(error))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<mes:Error xmlns:mes="{message}" xmlns:com="{common}">'
        f'<mes:ErrorMessage code="{code}">{texts}</mes:ErrorMessage></mes:Error>'
    ).encode()


def error_json(error: GuibiaoError, code: int, language: str) -> bytes:
    """SDMX-JSON message with nothing but the error."""
    title, *details = _lines(error)
    entry = {"code": code, "title": title, "titles": {language: title}}
    if details:
        entry |= {"detail": " ".join(details), "details": {language: " ".join(details)}}
    return json.dumps({"errors": [entry]}, ensure_ascii=False).encode()


def _lines(error: GuibiaoError) -> list[str]:
    return [line for line in (error.title, error.description, error.remedy) if line]
