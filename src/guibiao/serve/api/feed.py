"""Publications and withdrawals as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from guibiao.model.messages import translate as _
from guibiao.model.release import Act, Event
from guibiao.serve.settings import Settings


def atom(events: Iterable[Event], settings: Settings, base: str, language: str) -> bytes:
    """The feed, the last event first; an entry's id is that of the release and the moment, and never changes."""
    entries = sorted(events, key=lambda event: event.at, reverse=True)
    updated = entries[0].at if entries else datetime.fromtimestamp(0, UTC)
    name = settings.name_zh if language == "zh" else settings.name_en
    publisher = (settings.publisher_zh if language == "zh" else settings.publisher_en) or name
    title = _("{name}：数据发布").format(name=name)
    own = f"{base}/api/v1/releases.atom"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{"zh-CN" if language == "zh" else "en"}">',
        f"<title>{escape(title)}</title><id>{escape(own)}</id>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/><link rel="alternate" href={quoteattr(base + "/")}/>',
        f"<updated>{_moment(updated)}</updated><author><name>{escape(publisher)}</name></author>",
        *(_entry(event, base) for event in entries),
        "</feed>",
    ]
    return "\n".join(lines).encode()


def _entry(event: Event, base: str) -> str:
    moment = _moment(event.at)
    if event.act is Act.PUBLISH:
        title, summary = _("公布 {release}").format(release=event.release), _("新的发布可以查阅。")
        address = f"{base}/api/v1/releases/{event.release}"
    else:
        title = _("撤回 {release}").format(release=event.release)
        summary = _("{reason}；现在的发布：{successor}。").format(reason=event.reason, successor=event.successor or _("无"))
        address = f"{base}/api/v1/releases"
    identity = f"urn:guibiao:release:{event.release}:{event.act.value}:{moment}"
    return (
        f"<entry><title>{escape(title)}</title><id>{escape(identity)}</id><updated>{moment}</updated>"
        f"<link href={quoteattr(address)}/><summary>{escape(summary)}</summary></entry>"
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
