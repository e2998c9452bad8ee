"""What every page and act of the ledger needs to know of a request: who asks, with what reach, on which day, and the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request

from guibiao.model.access import Principal, UnitReach
from guibiao.model.messages import translate as _
from guibiao.model.tables import ATTAINMENT
from guibiao.model.task_reach import acting_reach, ledger_reach
from guibiao.serve.doors.doors import doors_of, principal_of
from guibiao.serve.errors import NotOffered
from guibiao.serve.pages.frame import CHINA, Frame, frame_of
from guibiao.serve.task_services import Actor, LedgerService
from guibiao.store.port import OpenRelease


@dataclass(frozen=True, slots=True)
class Asking:
    """One request for the ledger."""

    request: Request
    frame: Frame
    ledger: LedgerService
    principal: Principal

    @property
    def reach(self) -> UnitReach:
        """What who asks may see."""
        return ledger_reach(self.principal.user)

    @property
    def acting(self) -> UnitReach:
        """What who asks may work on."""
        return acting_reach(self.principal.user)

    @property
    def today(self) -> date:
        """Today in China."""
        return doors_of(self.request).now().astimezone(CHINA).date()

    def actor(self, why: str = "") -> Actor:
        """Who asks, as the one who acts."""
        return Actor(who=self.principal.id, reach=self.acting, why=why)

    def may(self, path: str, method: str = "POST") -> bool:
        """Whether the matrix lets who asks use a route."""
        return doors_of(self.request).matrix.may(self.principal, method, path)

    def release(self) -> OpenRelease | None:
        """The current release, if there is one."""
        return self.frame.services.releases.current()

    def statuses(self) -> Mapping[str, Any]:
        """Row of the board of targets by target, of the current release."""
        release = self.release()
        if release is None or not release.has(ATTAINMENT):
            return {}
        return {row["target"]: row for row in release.select(ATTAINMENT).to_pylist()}


def asking(request: Request) -> Asking:
    """The request; NotOffered where the site has no ledger."""
    frame = frame_of(request)
    if frame.services.ledger is None:
        raise NotOffered(_("本站不提供任务台账"), remedy=_("向管理员询问。"))
    return Asking(request, frame, frame.services.ledger, principal_of(request))
