"""A browser without a network: an httpx client that speaks to an ASGI application in this process."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx


class InProcess(httpx.BaseTransport):
    """Each request runs in an event loop of its own, in a thread of its own, since a browser that is driven beside keeps one in this.

    An error that escapes the application is an answer with status 500.
    """

    def __init__(self, application: Any, address: str) -> None:
        self._transport = httpx.ASGITransport(application, raise_app_exceptions=False, client=(address, 5000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._handle(request)).result()

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=content, extensions=request.extensions)
        answer = await self._transport.handle_async_request(asked)
        body = b"".join([part async for part in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


def browser(application: Any, address: str = "198.51.100.7", **headers: str) -> httpx.Client:
    """A client with its own cookies; it follows no redirects."""
    return httpx.Client(
        transport=InProcess(application, address), base_url="http://testserver", headers={"Accept": "text/html", **headers}, timeout=60
    )
