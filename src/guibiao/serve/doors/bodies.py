"""What a request carries: how much of it is let in, and the form token found in it before any handler reads it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

FIELD = "form_token"
"""Name of the form field; in multipart forms it comes first."""
HEADER = b"x-form-token"
_KILO = 1024
LIMITS: Mapping[str, int] = {"none": 0, "form": 256 * _KILO, "json": 1024 * _KILO}
"""Bytes by the column `body` of the matrix; uploads have the limit of the settings and this much more for what goes with the file."""
FRAME = 64 * _KILO
MOST_FIELDS = 1000


class TooLarge(HTTPException):
    """More was sent than the route takes."""

    def __init__(self) -> None:
        super().__init__(413)


class Body:
    """The body of one request, read as far as needed and then given on from its start."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._headers = dict(scope["headers"])
        self._receive = receive
        self._limit = limit
        self._read = 0
        self._kept: list[Message] = []
        self._given = 0
        self.finished = False

    def require_announced_size(self) -> None:
        """TooLarge where the announced length is beyond the limit, or no length at all."""
        text = self._headers.get(b"content-length", b"0")
        if not text.isdigit() or int(text) > self._limit:
            raise TooLarge

    async def receive(self) -> Message:
        """For the handler: what was read before, then the rest."""
        if self._given < len(self._kept):
            self._given += 1
            return self._kept[self._given - 1]
        return await self._next()

    async def form_token(self) -> str:
        """The token in the header or in the form; empty where there is none."""
        header = self._headers.get(HEADER)
        if header is not None:
            return str(header, "latin-1")
        kind, options = parse_options_header(self._headers.get(b"content-type", b""))
        if kind == b"application/x-www-form-urlencoded":
            while not self.finished:
                await self._keep()
            try:
                return parse_qs(self._so_far().decode("latin-1"), max_num_fields=MOST_FIELDS).get(FIELD, [""])[-1]
            except ValueError:
                return ""
        if kind == b"multipart/form-data" and options.get(b"boundary"):
            return await self._first_part(options[b"boundary"])
        return ""

    async def _first_part(self, boundary: bytes) -> str:
        """The value of the first part where it is the token; only the beginning of the body is read for it."""
        part = _FirstPart()
        try:
            parser = MultipartParser(boundary, {
                "on_header_field": part.name, "on_header_value": part.value, "on_header_end": part.header_end,
                "on_part_data": part.data, "on_part_end": part.end,
            })  # fmt: skip
            while not (part.over or self.finished or self._read > FRAME):
                parser.write(await self._keep())
        except MultipartParseError:
            return ""
        return part.token if part.over else ""

    async def _keep(self) -> bytes:
        message = await self._next()
        self._kept.append(message)
        return bytes(message.get("body", b""))

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self.finished = not message.get("more_body", False)
            if self._read > self._limit:
                raise TooLarge
        else:
            self.finished = True
        return message

    def _so_far(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self._kept)


class _FirstPart:
    """Collects the first part of a multipart body."""

    def __init__(self) -> None:
        self.over = False
        self._name = self._value = self._content = b""
        self._is_token = False

    @property
    def token(self) -> str:
        return self._content.decode("latin-1") if self._is_token else ""

    def name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._name.lower() == b"content-disposition" and not self.over:
            self._is_token = parse_options_header(self._value)[1].get(b"name") == FIELD.encode()
        self._name = self._value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        if not self.over:
            self._content += data[start:end]

    def end(self) -> None:
        self.over = True
