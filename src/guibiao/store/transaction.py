"""Transactions that nest: the outermost one decides, and an error inside, even a caught one, takes everything back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Transactions:
    """Counts how deep we are; `begin`, `commit`, `rollback` run at the outermost level only."""

    def __init__(self, begin: Callable[[], None], commit: Callable[[], None], rollback: Callable[[], None]) -> None:
        self._begin, self._commit, self._rollback = begin, commit, rollback
        self._depth = 0
        self._failed = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """All or nothing. RuntimeError where an error inside was caught and the work would have gone on with a half of it."""
        if self._depth == 0:
            self._begin()
            self._failed = False
        self._depth += 1
        try:
            yield
        except BaseException:
            self._failed = True
            raise
        finally:
            self._depth -= 1
            if self._depth == 0 and self._failed:
                self._take_back()
        if self._depth == 0:
            if self._failed:
                raise RuntimeError("an error inside this transaction was caught; nothing of it was stored")
            try:
                self._commit()
            except BaseException:
                self._take_back()
                raise

    def _take_back(self) -> None:
        # The first error is the one to report; a lost connection or a commit that failed has rolled back by itself.
        with suppress(Exception):
            self._rollback()
