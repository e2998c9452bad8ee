"""Rules on other tables: the registry, and the one rule there is."""

from __future__ import annotations

from datetime import date

import pytest

from guibiao.assess.lights import Light
from guibiao.assess.risk_rules import BUILT_IN, FINDINGS_BY_DAY, RisingFindings, RuleRegistry, Signal, findings_by_day
from guibiao.assess.words import Words
from guibiao.model.errors import BadRequest

FIRST, SECOND = date(2026, 3, 1), date(2026, 4, 1)


def findings(**counts: int) -> list[dict[str, str]]:
    return [{"source": source, "severity": "error", "rule": "total_is_sum"} for source, count in counts.items() for _each in range(count)]


def test_findings_that_rise_are_told() -> None:
    table = findings_by_day({FIRST: findings(a=2, b=10), SECOND: findings(a=5, b=12, c=4)})
    found = BUILT_IN.evaluate({FINDINGS_BY_DAY: table}, SECOND)
    assert [(signal.key, signal.value, signal.limit, signal.light) for signal in found.signals] == [
        ("a", 5, 5, Light.HOT),
        ("c", 4, 3, Light.HOT),
    ]
    assert found.signals[0].words.zh == "来源a的错误级核查发现由2026-03-01的2条增至5条。"
    assert BUILT_IN.evaluate({FINDINGS_BY_DAY: table}, FIRST).signals == ()
    assert BUILT_IN.evaluate({FINDINGS_BY_DAY: []}, SECOND).signals == ()


def test_a_day_without_findings_counts() -> None:
    table = findings_by_day({FIRST: findings(a=3), SECOND: []})
    assert [(row["day"], row["count"]) for row in table] == [(FIRST, 3), (SECOND, 0)]
    assert BUILT_IN.evaluate({FINDINGS_BY_DAY: table}, SECOND).signals == ()


def test_other_severities_do_not_count() -> None:
    rows = [{"source": "a", "severity": "info"}] * 9
    table = findings_by_day({FIRST: [], SECOND: rows})
    assert BUILT_IN.evaluate({FINDINGS_BY_DAY: table}, SECOND).signals == ()
    watching = RuleRegistry((RisingFindings(severity="info"),))
    assert len(watching.evaluate({FINDINGS_BY_DAY: table}, SECOND).signals) == 1


class Struck:
    """A rule on enterprises' events, as another room's table would bring them."""

    id = "many_closures"
    reads = "enterprise_events"
    columns = frozenset({"enterprise", "event"})

    def evaluate(self, rows: object, as_of: date) -> tuple[Signal, ...]:
        count = sum(row["event"] == "closed" for row in rows)  # type: ignore[attr-defined]
        return (Signal(self.id, "closed", Light.COLD, count, 1.0, Words("停业增多", "closures")),) if count > 1 else ()


def test_another_rule_plugs_in() -> None:
    registry = BUILT_IN.with_rule(Struck())
    found = registry.evaluate({"enterprise_events": [{"enterprise": each, "event": "closed"} for each in "ab"]}, SECOND)
    assert [signal.rule for signal in found.signals] == ["many_closures"]
    assert found.skipped == ("rising_findings",)
    with pytest.raises(BadRequest, match="已经有了"):
        registry.with_rule(Struck())
    with pytest.raises(BadRequest, match="要的列 event"):
        registry.evaluate({"enterprise_events": [{"enterprise": "a"}]}, SECOND)


@pytest.mark.parametrize("rule", [RisingFindings(least=0), RisingFindings(share=-1)])
def test_parameters_that_cannot_be(rule: RisingFindings) -> None:
    with pytest.raises(BadRequest):
        rule.evaluate([{"day": FIRST, "source": "a", "severity": "error", "count": 1}], SECOND)
