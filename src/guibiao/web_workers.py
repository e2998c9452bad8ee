"""Several processes behind one address, each with a listening socket of its own: the system deals connections out evenly.

With one socket for all, whichever process wakes first takes nearly all connections that browsers and proxies keep open.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _


def run(config: uvicorn.Config) -> None:
    """Serve until stopped."""
    address = config.host, config.port
    if config.workers == 1:
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run()
        return
    if not hasattr(socket, "SO_REUSEPORT"):
        Multiprocess(config, sockets=[config.bind_socket()]).run()
        return
    with _bound(*address):  # never listens: it keeps the port while workers come and go
        Multiprocess(config, sockets=[_OwnSocket(*address)]).run()  # type: ignore[list-item]


def require_free(host: str, port: int) -> None:
    """BadRequest where another program listens there."""
    try:
        with _bound(host, port, shared=False):
            pass
    except OSError as error:
        raise BadRequest(
            _("不能在 {host}:{port} 上提供服务").format(host=host, port=port), str(error.strerror or error),
            _("停掉占用端口的程序，或用 --port 换一个端口。"),
        ) from None  # fmt: skip


class _OwnSocket:
    """On its way into a worker process it becomes a socket of that worker's own."""

    def __init__(self, host: str, port: int) -> None:
        self.address = host, port

    def __reduce__(self) -> tuple[Any, ...]:
        return _bound, self.address


def _bound(host: str, port: int, *, shared: bool = True) -> socket.socket:
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        found.bind((host, port))
    except OSError:
        found.close()
        raise
    return found
