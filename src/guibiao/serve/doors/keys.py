"""API keys: made, found, ended; and the rate at which each may ask (a bucket of tokens that fills evenly)."""

from __future__ import annotations

import hmac
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from guibiao.model.access import ApiKey, Scope, User
from guibiao.model.audit import Deed
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.doors.access_store import AccessStore
from guibiao.serve.doors.tokens import digest, new_token
from guibiao.store.port import Busy

PREFIX = "gb"
LONGEST_LIFE = 366
"""Days after which every key ends."""
HIGHEST_RATE = 6000
_FORM = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{43}})")
_NOTED = timedelta(minutes=1)


class KeyDesk:
    """Keys of one site."""

    def __init__(self, store: AccessStore, now: Callable[[], datetime]) -> None:
        self.store = store
        self._now = now

    def make(
        self, user: User, label: str, scopes: Collection[Scope], *, rate: int = 120, days: int = 180, by: str = ""
    ) -> tuple[str, ApiKey]:
        """A new key of a user: the text that is shown once, and what is kept."""
        if not label.strip() or len(label) > 80 or not label.isprintable():
            raise BadRequest(_("没有写密钥的用途"), remedy=_("写 1 到 80 个字，说明哪个系统使用。"))
        if not scopes:
            raise BadRequest(_("没有写密钥可用的范围"), remedy=_("至少给一个：{scopes}。").format(scopes="、".join(Scope)))
        if not 1 <= days <= LONGEST_LIFE or not 1 <= rate <= HIGHEST_RATE:
            raise BadRequest(
                _("有效期或频率超出范围"),
                remedy=_("有效期 1 到 {days} 天，每分钟 1 到 {rate} 次。").format(days=LONGEST_LIFE, rate=HIGHEST_RATE),
            )
        now, secret = self._now(), new_token()
        key = ApiKey(
            id=secrets.token_hex(6), user=user.id, label=label.strip(), digest=digest(secret), scopes=tuple(sorted(set(scopes))), rate=rate,
            created_at=now, expires_at=now + timedelta(days=days),
        )  # fmt: skip
        with self.store.transaction():
            self.store.add_key(key)
            detail = {"scopes": list(key.scopes), "rate": rate, "until": key.expires_at.isoformat(), "label": key.label, "user": user.id}
            self.store.note("audit", Deed(action="key-make", who=by or user.id, subject=key.id, detail=detail), now)
        return f"{PREFIX}_{key.id}_{secret}", key

    def find(self, text: str) -> tuple[User, ApiKey] | None:
        """Whose key this is; None where it is unknown, over, or its user disabled."""
        form = _FORM.fullmatch(text)
        key = self.store.key(form[1]) if form else None
        given = digest(form[2]) if form else ""
        if key is None or not hmac.compare_digest(given, key.digest):
            return None
        now = self._now()
        user = self.store.user(key.user)
        if key.revoked_at is not None or now >= key.expires_at or user is None or user.disabled:
            return None
        if key.used_at is None or now - key.used_at >= _NOTED:
            with suppress(Busy):  # a note only; reading goes on while nothing can be stored
                self.store.touch_key(key.id, now)
        return user, key

    def revoke(self, name: str, by: str, *, owner: str = "") -> None:
        """End a key, of this owner where one is named."""
        key = self.store.key(name)
        if key is None or key.revoked_at is not None or (owner and key.user != owner):
            raise BadRequest(_("没有密钥 {name}，或已经作废").format(name=name[:20]), remedy=_("用 guibiao users key --list 查看。"))
        with self.store.transaction():
            self.store.revoke_key(name, self._now())
            self.store.note("audit", Deed(action="key-revoke", who=by, subject=name, detail={"user": key.user}), self._now())


class Rates(Protocol):
    """Requests a minute by name."""

    def wait(self, name: str, rate: int) -> float:
        """Take one request: 0 where it may pass, else the seconds until one may."""
        ...


class SharedRates:
    """`Rates` counted in the operations store: once for all workers of a site, however its requests fall on them."""

    def __init__(self, store: AccessStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def wait(self, name: str, rate: int) -> float:
        """See `Rates.wait`."""
        return self._store.count_request(name, rate, self._now())


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class RateLimit:
    """`Rates` counted in this process, for a site that is one; the least recently used names are forgotten beyond `most`."""

    def __init__(self, *, most: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._turn = threading.Lock()

    def wait(self, name: str, rate: int) -> float:
        """See `Rates.wait`."""
        with self._turn:
            return self._wait(name, float(rate))

    def _wait(self, name: str, size: float) -> float:
        now = self._clock()
        bucket = self._buckets.pop(name, None) or _Bucket(size, now)
        bucket.level = min(size, bucket.level + (now - bucket.at) * size / 60)
        bucket.at = now
        self._buckets[name] = bucket
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if bucket.level < 1:
            return (1 - bucket.level) * 60 / size
        bucket.level -= 1
        return 0.0
