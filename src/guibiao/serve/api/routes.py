"""Routes of the JSON API; its OpenAPI description is `/api/v1/openapi.json`."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.api import indices, releases, tables, tasks
from guibiao.serve.errors import PROBLEM
from guibiao.serve.language import PARAMETER
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings


def register(application: FastAPI, _services: Services, _settings: Settings) -> None:
    """Add the routes to the application; they find services and settings in its state."""
    for part in (releases, tables, tasks, indices):
        application.include_router(part.router, dependencies=[Depends(only_known_parameters)])
    usual = application.openapi

    def described() -> dict[str, Any]:
        return with_problems(usual())

    application.openapi = described  # type: ignore[method-assign]


def only_known_parameters(request: Request) -> None:
    """Refuse parameters that the route does not have: one that is misspelt would otherwise let everything through."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = {field.alias for field in route.dependant.query_params} | {PARAMETER}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise BadRequest(
            _("没有查询参数 {name}").format(name="、".join(unknown[:12])),
            remedy=_("可用的参数：{names}。").format(names="、".join(sorted(known))),
        )


def with_problems(description: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI description with the media type of errors, which FastAPI takes to be that of answers."""
    for operations in description["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                if status >= "400" and "application/json" in content:
                    content[PROBLEM] = content.pop("application/json")
    return description
