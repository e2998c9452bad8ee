"""Files that browsers and search engines ask a site for by name."""

from __future__ import annotations

from urllib.parse import quote
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from guibiao.serve.pages.frame import CHINA, frame_of

NOT_FOR_ROBOTS = ("/account", "/audit", "/explore", "/figure", "/interference", "/permissions", "/search", "/sign-in", "/users")
"""Pages of visitors, and those that have an address for everything that can be asked."""
LASTING = ("/", "/indicators", "/targets", "/warnings", "/quality", "/sources", "/downloads")
ICON = "gnomon.svg"
router = APIRouter(include_in_schema=False)


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """What robots leave alone, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), f"Sitemap: {site_address(request)}/sitemap.xml", ""]
    return PlainTextResponse("\n".join(lines), headers={"Cache-Control": "public, max-age=86400"})


@router.get("/favicon.svg")
def icon(request: Request) -> Response:
    """The sign of the site."""
    return frame_of(request).static(ICON, kept=False)


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """The lasting pages of the current release, with the day it was published (sitemaps.org protocol 0.9)."""
    frame = frame_of(request)
    release = frame.release()
    changed = release.published_at.astimezone(CHINA).date().isoformat()
    pages = [*LASTING, *(f"/indicators/{quote(name, safe='')}" for name in frame.definitions(release).indicators)]
    rows = (f"<url><loc>{escape(site_address(request) + path)}</loc><lastmod>{changed}</lastmod></url>" for path in pages)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + "\n".join(rows)
    return Response(text + "\n</urlset>\n", media_type="application/xml", headers={"Cache-Control": "private, no-cache"})


def site_address(request: Request) -> str:
    """Public address of the site, without a slash at the end."""
    return frame_of(request).settings.address or str(request.base_url).rstrip("/")
