"""Manifests and journal lines as JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from guibiao.model.release import Act, Event, Manifest, ReleasedFile


def manifest_text(manifest: Manifest) -> str:
    """A manifest for a person to read, too."""
    content = {
        "id": manifest.id,
        "workspace": manifest.workspace,
        "created": manifest.created.isoformat(),
        "as_of": manifest.as_of.isoformat() if manifest.as_of else None,
        "software": manifest.software,
        "previous": manifest.previous,
        "restricted": list(manifest.restricted),
        "errors": manifest.errors,
        "files": [
            {"name": file.name, "sha256": file.sha256, "size": file.size} | ({} if file.rows is None else {"rows": file.rows})
            for file in manifest.files
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def parse_manifest(text: str) -> Manifest:
    """Inverse of `manifest_text`; ValueError where it is none."""
    try:
        content = json.loads(text)
        return Manifest(
            id=_text(content, "id"),
            workspace=_text(content, "workspace"),
            created=datetime.fromisoformat(content["created"]),
            as_of=date.fromisoformat(content["as_of"]) if content["as_of"] else None,
            software=_text(content, "software"),
            previous=_text(content, "previous"),
            restricted=tuple(map(str, content["restricted"])),
            errors=int(content["errors"]),
            files=tuple(map(_file, content["files"])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a manifest: {error}") from None


def event_line(event: Event) -> bytes:
    """A journal line, without its end; what is empty is left out."""
    content = {
        "at": event.at.isoformat(),
        "act": event.act.value,
        "release": event.release,
        "who": event.who,
        "reason": event.reason,
        "embargo": event.embargo.isoformat() if event.embargo else "",
        "successor": event.successor,
        "manifest": event.manifest,
    }
    return json.dumps({name: value for name, value in content.items() if value}, ensure_ascii=False).encode()


def parse_event(line: bytes) -> Event:
    """Inverse of `event_line`; ValueError where it is none."""
    try:
        content = json.loads(line)
        embargo = content.get("embargo")
        return Event(
            act=Act(content["act"]),
            release=_text(content, "release"),
            at=datetime.fromisoformat(content["at"]),
            who=content.get("who", ""),
            reason=content.get("reason", ""),
            embargo=datetime.fromisoformat(embargo) if embargo else None,
            successor=content.get("successor", ""),
            manifest=content.get("manifest", ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a journal line: {error}") from None


def _file(content: Mapping[str, Any]) -> ReleasedFile:
    rows = content.get("rows")
    return ReleasedFile(_text(content, "name"), _text(content, "sha256"), int(content["size"]), None if rows is None else int(rows))


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value
