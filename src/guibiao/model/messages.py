"""The user's language: Chinese when no locale is set, English beside it (gettext, msgid = Chinese)."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LOCALE_FOLDER = Path(__file__).resolve().parent.parent / "locale"
_active: list[str] = []
_spoken: ContextVar[str] = ContextVar("language spoken", default="")


def language_of(environment: Mapping[str, str]) -> str:
    """`zh` or `en` from LANGUAGE, LC_ALL, LC_MESSAGES, LANG; no locale (unset, C, POSIX) is Chinese, any other is English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environment.get(variable, "").strip()
        if not locale:
            continue
        name = locale.split(".")[0].split("@")[0].lower()
        if name in {"c", "posix"}:
            return "zh"
        preferred = environment.get("LANGUAGE", "").strip().split(":")[0].lower() or name
        return "zh" if preferred.startswith("zh") else "en"
    return "zh"


def set_language(language: str) -> None:
    """Fix the language for this process, `zh` or `en`."""
    _active[:] = [language]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `zh` or `en` inside, in this thread or task only: one process serves readers of both."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def active_language() -> str:
    """The language messages come out in."""
    return _spoken.get() or (_active[0] if _active else language_of(os.environ))


@lru_cache(maxsize=2)
def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation("guibiao", str(LOCALE_FOLDER), languages=[language], fallback=True)


def translate(text: str) -> str:
    """The message in the active language; format it afterwards: `_("未找到 {name}").format(name=...)`."""
    language = active_language()
    return text if language == "zh" else _catalog(language).gettext(text)
