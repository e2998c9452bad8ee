"""Short answers kept in memory, the longest unused dropped first."""

from __future__ import annotations

import threading
from collections import OrderedDict

LARGEST_KEPT = 2 << 20
"""Bytes of one answer."""
KEPT = 64 << 20
"""Bytes of all answers."""


class AnswerCache:
    """Body and media type by ETag. A tag names the release, so nothing in here grows stale."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._size = 0
        self._kept = kept

    def get(self, tag: str) -> tuple[bytes, str] | None:
        """The answer with this tag."""
        with self._lock:
            found = self._answers.get(tag)
            if found is not None:
                self._answers.move_to_end(tag)
            return found

    def put(self, tag: str, body: bytes, media_type: str) -> None:
        """Keep an answer, unless it is long."""
        if len(body) > LARGEST_KEPT:
            return
        with self._lock:
            if tag in self._answers:
                return
            self._answers[tag] = body, media_type
            self._size += len(body)
            while self._size > self._kept:
                _tag, (dropped, _kind) = self._answers.popitem(last=False)
                self._size -= len(dropped)
