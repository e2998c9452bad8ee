"""Rules that warn from tables other than series: findings today, events of enterprises when they come. Each is one `WarningRule`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from guibiao.assess.lights import Light
from guibiao.assess.words import Words
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that strikes: about what, how gravely, with the value and the limit it went beyond."""

    rule: str
    key: str
    light: Light
    value: float
    limit: float
    words: Words


class WarningRule(Protocol):
    """What the registry asks of a rule; it reads one table and is pure."""

    @property
    def id(self) -> str: ...

    @property
    def reads(self) -> str:
        """Name of the table."""
        ...

    @property
    def columns(self) -> frozenset[str]:
        """Columns it needs."""
        ...

    def evaluate(self, rows: Sequence[Record], as_of: date) -> tuple[Signal, ...]: ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Signals in order of rules, and the rules that could not be asked because their table is not there."""

    signals: tuple[Signal, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleRegistry:
    """Rules by id; adding one gives another registry."""

    rules: tuple[WarningRule, ...] = ()

    def with_rule(self, rule: WarningRule) -> RuleRegistry:
        """The registry with one rule more; raises BadRequest where its id is taken."""
        if any(each.id == rule.id for each in self.rules):
            raise BadRequest(_("预警规则 {id} 已经有了").format(id=rule.id), remedy=_("换一个名字。"))
        return RuleRegistry((*self.rules, rule))

    def evaluate(self, tables: Mapping[str, Sequence[Record]], as_of: date) -> Evaluation:
        """Every rule on the table it reads; raises BadRequest where a table lacks a column."""
        signals: list[Signal] = []
        skipped = []
        for rule in self.rules:
            if rule.reads not in tables:
                skipped.append(rule.id)
                continue
            rows = tables[rule.reads]
            if lacking := rule.columns - set(rows[0] if rows else rule.columns):
                raise BadRequest(
                    _("预警规则 {id} 要的列 {columns} 不在表 {table} 里").format(
                        id=rule.id, columns="、".join(sorted(lacking)), table=rule.reads
                    ),
                    remedy=_("核对表的列名。"),
                )
            signals += rule.evaluate(rows, as_of)
        return Evaluation(tuple(signals), tuple(skipped))


FINDINGS_BY_DAY = "findings_by_day"


def findings_by_day(snapshots: Mapping[date, Iterable[Record]]) -> list[dict[str, Any]]:
    """Rows day, source, severity, count from tables of findings as they stood on several days; a day counts even without findings."""
    counted = {day: Counter((row["source"], row["severity"]) for row in rows) for day, rows in snapshots.items()}
    keys = sorted({key for counts in counted.values() for key in counts})
    return [
        {"day": day, "source": source, "severity": severity, "count": counted[day][source, severity]}
        for day in sorted(counted)
        for source, severity in keys
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RisingFindings:
    """Findings of one severity about a source increase: at least `least` more than on the day before, and by `share` of those then."""

    id: str = "rising_findings"
    severity: str = "error"
    least: int = 3
    share: float = 0.5
    reads: str = FINDINGS_BY_DAY
    columns: frozenset[str] = frozenset({"day", "source", "severity", "count"})

    def evaluate(self, rows: Sequence[Record], as_of: date) -> tuple[Signal, ...]:
        """One signal a source whose last count rose so; the last two days up to `as_of` are compared, fewer give none."""
        if self.least < 1 or self.share < 0:
            raise BadRequest(_("预警规则 {id} 的参数不合理").format(id=self.id), remedy=_("least 不小于 1，share 不小于 0。"))
        days = sorted({row["day"] for row in rows if row["day"] <= as_of})[-2:]
        if len(days) < 2:
            return ()
        counts = {(row["day"], row["source"]): int(row["count"]) for row in rows if row["severity"] == self.severity}
        found = []
        for source in sorted({source for _day, source in counts}):
            before, now = (counts.get((day, source), 0) for day in days)
            limit = before + max(self.least, before * self.share)
            if now >= limit:
                found.append(self._signal(source, before, now, limit, days[0]))
        return tuple(found)

    def _signal(self, source: str, before: int, now: int, limit: float, since: date) -> Signal:
        words = Words(
            f"来源{source or '（无）'}的错误级核查发现由{since.isoformat()}的{before}条增至{now}条。",
            f"Findings ({self.severity}) about source {source or '(none)'} rose from {before} on {since.isoformat()} to {now}.",
        )
        return Signal(self.id, source, Light.HOT, float(now), float(limit), words)


BUILT_IN = RuleRegistry((RisingFindings(),))
"""What every workspace has; rules on events of enterprises are added with `with_rule`."""
