"""Passwords: which are good enough, and how they are kept (Argon2id with the parameters of RFC 9106, second choice)."""

from __future__ import annotations

import threading
import unicodedata
from typing import Protocol

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

SHORTEST = 12
LONG_ENOUGH = 20
"""From this length on the kinds of characters do not matter."""
LONGEST = 256
"""Longer ones are refused before they are hashed: hashing costs in proportion."""
KINDS = 3
SHORTEST_NAME = 4
"""Shorter login names may be part of a password by chance."""
AT_ONCE = 4
"""Hashes computed at the same time: each takes 64 MiB."""


class PasswordHasher(Protocol):
    """Makes and checks hashes of passwords."""

    def hash(self, password: str) -> str:
        """A hash with its own salt."""
        ...

    def verify(self, hashed: str, password: str) -> bool:
        """Whether the password gave this hash."""
        ...

    def outdated(self, hashed: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        ...


class Argon2:
    """`PasswordHasher` by argon2-cffi; `memory` in KiB."""

    def __init__(self, *, passes: int = 3, memory: int = 65536, lanes: int = 4) -> None:
        from argon2 import PasswordHasher as Engine

        self._engine = Engine(time_cost=passes, memory_cost=memory, parallelism=lanes)
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """See `PasswordHasher.hash`."""
        with self._room:
            return self._engine.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        """See `PasswordHasher.verify`."""
        from argon2.exceptions import InvalidHashError, VerificationError

        with self._room:
            try:
                return self._engine.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, hashed: str) -> bool:
        """See `PasswordHasher.outdated`."""
        return self._engine.check_needs_rehash(hashed)


def normal(password: str) -> str:
    """The password as it is hashed: the same for every way a keyboard composes its characters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def require_good(password: str, login: str) -> None:
    """BadRequest with what to do where a new password is too weak."""
    text = normal(password)
    remedy = _("用 {shortest} 位以上、含大写、小写、数字、符号中三种的密码，或 {long} 位以上的一句话；不含登录名。").format(
        shortest=SHORTEST, long=LONG_ENOUGH
    )
    if len(text) > LONGEST:
        raise BadRequest(_("密码超过 {limit} 位").format(limit=LONGEST), remedy=remedy)
    if len(text) < SHORTEST:
        raise BadRequest(_("密码不足 {limit} 位").format(limit=SHORTEST), remedy=remedy)
    if len(set(text)) < SHORTEST // 2:
        raise BadRequest(_("密码中重复的字符太多"), remedy=remedy)
    name = login.partition("@")[0]
    if len(name) >= SHORTEST_NAME and name in text.lower():
        raise BadRequest(_("密码不能含登录名"), remedy=remedy)
    if len(text) < LONG_ENOUGH and _kinds(text) < KINDS:
        raise BadRequest(_("密码的字符种类太少"), remedy=remedy)


def _kinds(text: str) -> int:
    """Kinds of characters: capitals, small letters, digits, letters without case (Chinese), everything else."""
    tests = (str.isupper, str.islower, str.isdigit, lambda sign: sign.isalpha() and sign.lower() == sign.upper(), _is_sign)
    return sum(any(test(sign) for sign in text) for test in tests)


def _is_sign(sign: str) -> bool:
    return not sign.isalnum()
