"""Routes of this part of the site, and the middleware that stands before every route."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response
from jinja2 import ChoiceLoader, FileSystemLoader

from guibiao.model.access import Refused
from guibiao.serve.doors import account_pages, administration_pages
from guibiao.serve.doors.answers import error_form
from guibiao.serve.doors.cross_origin import OpenReading
from guibiao.serve.doors.doors import Doors, make_doors
from guibiao.serve.doors.guard import Guard
from guibiao.serve.doors.headers import SecurityHeaders
from guibiao.serve.doors.login_service import LoginService, ServiceSettings
from guibiao.serve.doors.signing_in import TooOften
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"


def register(application: FastAPI, services: Services, settings: Settings) -> None:
    """Add the routes and the middleware. `services.access` may be an `AccessStore`, or `Doors` that were made already."""
    doors = services.access if isinstance(services.access, Doors) else make_doors(settings, services.access)
    application.state.doors = doors
    application.state.login_service = login_service(doors)
    environment = application.state.frame.environment
    environment.loader = ChoiceLoader([environment.loader, FileSystemLoader(TEMPLATES)])
    application.include_router(account_pages.router)
    application.include_router(administration_pages.router)
    application.add_exception_handler(Refused, _refused)
    application.add_middleware(Guard, site=application, doors=doors)
    application.add_middleware(OpenReading, offered=doors.open_site)
    application.add_middleware(SecurityHeaders, production=settings.production)


def login_service(doors: Doors) -> LoginService | None:
    """The login service of the settings (`oidc_issuer`, `oidc_client`, `oidc_secret`, `oidc_name`); None where there is none."""
    extra, address = doors.settings.extra, doors.settings.address
    if not extra.get("oidc_issuer") or doors.store is None:
        return None
    settings = ServiceSettings(
        issuer=extra["oidc_issuer"], client=extra.get("oidc_client", ""), secret=extra.get("oidc_secret", ""),
        callback=f"{address}/sign-in/service/back", name=extra.get("oidc_name", ""),
    )  # fmt: skip
    return LoginService(settings, doors.signer, doors.now)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    status = 429 if isinstance(error, TooOften) else 403
    return error_form(request)(request, status, error)
