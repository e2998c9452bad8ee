"""Secrets that are handed out: random tokens kept as hashes, and signed values that prove they come from this site."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_SALT = 16


def new_token() -> str:
    """256 random bits as text for cookies and headers."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token. Random tokens need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Signer:
    """Signs with keys derived from one secret, a key for each purpose (HMAC-SHA-256)."""

    def __init__(self, secret: str) -> None:
        self._secret = (secret or new_token()).encode()

    def form_token(self, binding: str) -> str:
        """Proof that a form was served to the holder of `binding` (session or form cookie).

        Each one is salted anew: equal texts in compressed pages would let it be guessed bit by bit.
        """
        salt = secrets.token_bytes(_SALT)
        return _encode(salt + self._sign("form", salt, binding.encode()))

    def is_form_token(self, token: str, binding: str) -> bool:
        """Whether the token was made for this binding."""
        raw = _decode(token)
        salt, given = raw[:_SALT], raw[_SALT:]
        return bool(binding) and hmac.compare_digest(given, self._sign("form", salt, binding.encode()))

    def seal(self, purpose: str, content: Mapping[str, Any], until: datetime) -> str:
        """Content that only this site can have written, good until a moment. It is signed, not hidden."""
        body = json.dumps({**content, "until": until.timestamp()}, ensure_ascii=False).encode()
        return f"{_encode(body)}.{_encode(self._sign(purpose, b'', body))}"

    def unseal(self, purpose: str, text: str, now: datetime) -> dict[str, Any] | None:
        """The content, None where it was not sealed here for this purpose or its time is over."""
        body, _dot, signature = text.partition(".")
        raw = _decode(body)
        if not raw or not hmac.compare_digest(_decode(signature), self._sign(purpose, b"", raw)):
            return None
        content: dict[str, Any] = json.loads(raw)
        return content if now.timestamp() < content.pop("until") else None

    def _sign(self, purpose: str, salt: bytes, content: bytes) -> bytes:
        key = hmac.digest(self._secret, purpose.encode(), "sha256")
        return hmac.digest(key, salt + content, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
