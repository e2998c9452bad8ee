"""The result of evaluating an expression at one key, with its whole trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guibiao.language.lookup import Key, Observed
from guibiao.model.basis import Stage
from guibiao.model.messages import translate as _
from guibiao.model.quantity import Quantity

_UNFINISHED = (Stage.PRELIMINARY.value, Stage.VERIFIED.value, Stage.CENSUS_REVISED.value)


class Reason(StrEnum):
    """Why there is no value."""

    ABSENT = "absent"
    """No observation on file."""
    BASIS = "basis"
    """An observation is on file, but on another accounting basis."""
    UNDEFINED = "undefined"
    """Division by zero, mean growth of a ratio that is not positive."""
    PARTS = "parts"
    """A sum with more or fewer parts than it must have."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One reason, the operand as written and its key; `bases` are the accounting bases that are on file."""

    reason: Reason
    operand: str
    key: Key
    bases: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.key.area} {self.key.period}".strip()
        if self.reason is Reason.ABSENT:
            return _("{operand} 缺数（{place}）").format(operand=self.operand, place=place)
        if self.reason is Reason.BASIS:
            return _("{operand} 只有其他核算口径的数：{bases}（{place}）").format(
                operand=self.operand, bases="、".join(base or _("未注明") for base in self.bases), place=place
            )
        if self.reason is Reason.PARTS:
            return _("{operand} 的分项个数不符（{place}）").format(operand=self.operand, place=place)
        return _("{operand} 无法计算：除数为零或比率不为正（{place}）").format(operand=self.operand, place=place)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the computation: the text computed, at which key, what came out, and from which steps.

    `observation` is set where the step is a figure on file; `verdict`, `left` and `right` where it is a judgement.
    """

    text: str
    key: Key
    quantity: Quantity | None = None
    parts: tuple[Step, ...] = ()
    observation: Observed | None = None
    verdict: bool | None = None
    left: Quantity | None = None
    right: Quantity | None = None
    missing: Missing | None = None

    @property
    def found(self) -> bool:
        return self.quantity is not None or self.verdict is not None

    def walk(self) -> Iterator[Step]:
        """This step and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expression gives at a key. Without a value, `missing` says why."""

    trace: Step
    accounting_basis: str = ""

    @property
    def quantity(self) -> Quantity | None:
        return self.trace.quantity

    @property
    def verdict(self) -> bool | None:
        return self.trace.verdict

    @property
    def inputs(self) -> tuple[Observed, ...]:
        """Every observation used, each once, in order of use."""
        used = {id(step.observation): step.observation for step in self.trace.walk() if step.observation is not None}
        return tuple(used.values())

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Every reason for there being no value, none where there is one."""
        if self.trace.found:
            return ()
        return tuple(dict.fromkeys(step.missing for step in self.trace.walk() if step.missing is not None))

    @property
    def known_from(self) -> date | None:
        """First day on which all inputs were known."""
        return max((observed.known_from for observed in self.inputs), default=None)

    @property
    def known_precision(self) -> str:
        """Precision of `known_from`, the coarsest of those that share its day."""
        return max((observed.known_precision for observed in self.inputs if observed.known_from == self.known_from), default="")

    @property
    def grade(self) -> str:
        """The worst source grade of the inputs."""
        return max((observed.grade for observed in self.inputs), default="")

    @property
    def stage(self) -> str:
        """The least finished stage of the inputs."""
        stages = {observed.stage for observed in self.inputs}
        return next((stage for stage in _UNFINISHED if stage in stages), "")
