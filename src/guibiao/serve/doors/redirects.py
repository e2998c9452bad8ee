"""Where a sign-in may lead back to: pages of this site and nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

HOME = "/"
_LONGEST = 2000


def safe_path(text: str) -> str:
    """The path where it stays on this site, else the home page.

    Browsers read `\\` as `/`, drop tabs and line ends, and take `//host` for another site.
    """
    if (
        not text
        or len(text) > _LONGEST
        or not text.startswith("/")
        or "\\" in text
        or any(ord(sign) <= 32 or ord(sign) == 127 for sign in text)
    ):
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc or text.startswith("//") else text
