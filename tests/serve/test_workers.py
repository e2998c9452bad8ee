"""Worker processes listen on sockets of their own; a port that is taken is said."""

from __future__ import annotations

import copy
import socket

import pytest

from guibiao.model.errors import BadRequest
from guibiao.web_workers import _bound, _OwnSocket, require_free


def test_a_taken_port_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BadRequest) as said:
            require_free("127.0.0.1", port)
    assert str(port) in said.value.title
    assert "--port" in said.value.remedy
    require_free("127.0.0.1", port)


def test_an_address_of_another_machine_is_said() -> None:
    with pytest.raises(BadRequest):
        require_free("192.0.2.1", 8000)


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="the system cannot share a port between sockets")
def test_each_worker_gets_a_socket_of_its_own_and_both_are_dealt_connections() -> None:
    with _bound("127.0.0.1", 0) as keeping:
        port = keeping.getsockname()[1]
        sent = _OwnSocket("127.0.0.1", port)
        own: list[socket.socket] = [copy.copy(sent), copy.copy(sent)]  # type: ignore[list-item]
        with own[0] as first, own[1] as second:
            for each in (first, second):
                each.listen(100)
                each.setblocking(False)
            clients = [socket.create_connection(("127.0.0.1", port)) for _number in range(64)]
            dealt = [_accepted(each) for each in (first, second)]
            for client in clients:
                client.close()
    assert sum(dealt) == 64
    assert min(dealt) >= 12


def _accepted(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1
