"""Whose tasks somebody may see in the ledger: the whole ledger, a district's tasks, or those a unit has a part in.

The one place where this is decided. Whatever reads the ledger for somebody takes a `UnitReach` and asks `admits_task` of every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from guibiao.model.access import NOTHING, Role, UnitReach, User, reach_of
from guibiao.model.operations import LedgerTask, Problem

WHOLE_LEDGER = frozenset({Role.CITY_EDITOR, Role.RELEASER, Role.PLANNER, Role.ADMINISTRATOR})
"""Roles that see every task; district editors and reporters see their own, readers none."""
OfficeOf = Callable[[str], str]
"""A unit's name as printed -> the office's own name, so that 市商务局 and its full name are one."""


def ledger_reach(user: User | None) -> UnitReach:
    """What of the ledger a user may see."""
    if user is None or user.disabled:
        return NOTHING
    return UnitReach(None) if WHOLE_LEDGER & set(user.roles) else reach_of(user)


def acting_reach(user: User | None) -> UnitReach:
    """What of the ledger a user may work on: planners all of it, others what is their own, whatever else they may see."""
    if user is None or user.disabled:
        return NOTHING
    if Role.PLANNER in user.roles:
        return UnitReach(None)
    areas = user.areas if Role.DISTRICT_EDITOR in user.roles else ()
    return UnitReach(areas, user.unit if Role.REPORTER in user.roles else "")


def admits_task(reach: UnitReach, task: LedgerTask, office_of: OfficeOf) -> bool:
    """Whether a task may be seen: it belongs to one of the areas, or the unit leads or supports it."""
    return _admits(reach, task.area, (*task.lead, *task.supporting), office_of)


def admits_problem(reach: UnitReach, problem: Problem, task: LedgerTask | None, office_of: OfficeOf) -> bool:
    """Whether a problem may be seen: with its task, or where the unit is to solve it."""
    return _admits(reach, "", problem.lead, office_of) or (task is not None and admits_task(reach, task, office_of))


def _admits(reach: UnitReach, area: str, units: Iterable[str], office_of: OfficeOf) -> bool:
    own = UnitReach(reach.areas, office_of(reach.unit) if reach.unit else "")
    return own.admits(area) or any(own.admits("", office_of(unit)) for unit in units)
