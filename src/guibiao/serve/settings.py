"""How a site is run: addresses, limits and secrets. Read by `web` from command line and environment; nothing here reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

LANGUAGES = ("zh", "en")
MEGABYTE = 1024 * 1024


def is_server(operations: str) -> bool:
    """Whether the address of an operations store is that of a database server, which several processes may use."""
    return operations.startswith(("postgresql://", "postgres://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one site; the defaults serve one person on one machine."""

    name_zh: str = "圭表"
    name_en: str = "Guibiao"
    publisher_zh: str = ""
    publisher_en: str = ""
    licence: str = ""
    area: str = ""
    """Code of the city in the classification `areas`."""
    synthetic: bool = False
    """Made-up data: every page says so."""
    language: str = "zh"
    """Language of who has not chosen one."""
    address: str = ""
    """Public address such as https://data.example.gov.cn, without a slash at the end; empty for the address of each request."""
    production: bool = False
    debug: bool = False
    workers: int = 1
    secret: str = ""
    """Key that signs what goes to browsers; drawn at random at each start where empty, which several workers cannot share."""
    operations: str = ""
    """Address of the operations store (users, sessions, decisions); empty for none."""
    upload_limit: int = 20 * MEGABYTE
    session_minutes: int = 480
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    files: Path | None = None
    """Folder of the documents that a run wrote, offered for download; None for none."""
    extra: dict[str, str] = field(default_factory=dict)
    """Further settings by name, such as those of a login service."""
