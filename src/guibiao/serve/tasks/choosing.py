"""Which tasks of the board somebody wants to see, and in which order."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.serve.task_services import ListedTask
from guibiao.serve.tasks.words import LIGHTS, SORTS, STATES

LONGEST = 100
UNDATED = "none"
"""The due month of a task without a day."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions that all hold; an empty one lets everything through. `month` is 2026-12 or none, `office` part of a name."""

    light: str = ""
    state: str = ""
    office: str = ""
    document: str = ""
    area: str = ""
    month: str = ""
    kind: str = ""
    q: str = ""
    sort: str = ""

    def validate(self) -> Wanted:
        """The conditions; BadRequest for a light, state or order that there is not."""
        for text, allowed in ((self.light, LIGHTS), (self.state, STATES), (self.sort, SORTS)):
            if text and text not in allowed:
                raise BadRequest(
                    _("没有“{text}”这一选项").format(text=text[:40]),
                    remedy=_("可用：{words}。").format(words="、".join(filter(None, allowed))),
                )
        return self

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked for but an order."""
        return replace(self, sort="") == Wanted()


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from, each with its number of tasks."""

    offices: Mapping[str, int]
    documents: Mapping[str, int]
    areas: Mapping[str, int]
    months: Mapping[str, int]
    kinds: Mapping[str, int]


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """The conditions of an address."""
    return Wanted(**{name: query.get(name, "").strip()[:LONGEST] for name in Wanted.__slots__}).validate()


def chosen(tasks: Sequence[ListedTask], wanted: Wanted) -> list[ListedTask]:
    """The tasks that fit, in the wanted order."""
    words = folded(wanted.q).split()
    return sorted((each for each in tasks if _fits(each, wanted, words)), key=_ORDERS[wanted.sort])


def light_counts(tasks: Sequence[ListedTask], wanted: Wanted) -> Counter[str]:
    """Tasks by light, of those that fit all other conditions."""
    return Counter(each.light for each in chosen(tasks, replace(wanted, light="")))


def state_counts(tasks: Sequence[ListedTask], wanted: Wanted) -> Counter[str]:
    """Tasks by state, of those that fit all other conditions."""
    return Counter(each.task.state for each in chosen(tasks, replace(wanted, state="")))


def choices(tasks: Sequence[ListedTask]) -> Choices:
    """Offices by number of tasks, documents and areas as they come, months in time."""
    offices = Counter(unit for each in tasks for unit in dict.fromkeys((*each.task.lead, *each.task.supporting)))
    months = Counter(month_of(each.task.due) for each in tasks)
    return Choices(
        offices=dict(sorted(offices.items(), key=lambda each: (-each[1], each[0]))),
        documents=Counter(each.task.document for each in tasks),
        areas=dict(sorted(Counter(each.task.area for each in tasks if each.task.area).items())),
        months=dict(sorted(months.items())),
        kinds=Counter(each.task.kind for each in tasks),
    )


def month_of(day: date | None) -> str:
    """2026-12; `none` without a day."""
    return UNDATED if day is None else f"{day:%Y-%m}"


def folded(text: str) -> str:
    """Small letters, wide forms as narrow ones."""
    return unicodedata.normalize("NFKC", text).casefold()


def _fits(each: ListedTask, wanted: Wanted, words: Sequence[str]) -> bool:
    task = each.task
    return (
        wanted.light in {"", each.light}
        and wanted.state in {"", task.state}
        and wanted.document in {"", task.document}
        and wanted.kind in {"", task.kind}
        and (not wanted.area or task.area.startswith(wanted.area))
        and wanted.month in {"", month_of(task.due)}
        and (not wanted.office or any(wanted.office in unit for unit in (*task.lead, *task.supporting)))
        and (not words or _holds(each, words))
    )


def _holds(each: ListedTask, words: Sequence[str]) -> bool:
    task = each.task
    parts = (task.id, task.number, task.title, task.section, task.progress, *task.lead, *task.supporting, *task.extra.values())
    text = folded("\n".join(parts))
    return all(word in text for word in words)


def _by_due(each: ListedTask) -> tuple[Any, ...]:
    return (each.task.due or date.max,)


_PLACES = {light: place for place, light in enumerate(LIGHTS)}
_STATE_PLACES = {state: place for place, state in enumerate(STATES)}
_ORDERS: Mapping[str, Callable[[ListedTask], tuple[Any, ...]]] = {
    "": lambda each: (_PLACES[each.light], *_by_due(each)),
    "due": _by_due,
    "place": lambda _each: (),
    "office": lambda each: (each.task.lead or ("\uffff",), *_by_due(each)),
    "state": lambda each: (_STATE_PLACES[each.task.state], *_by_due(each)),
}
