"""The board of targets as of a day: targets of the workspace's policies, the figures known by then, and what `policy` says of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from guibiao.model.basis import parse_known_from
from guibiao.model.category import TOTAL, category_key, parse_category_key
from guibiao.model.period import Measure, Period, parse_period
from guibiao.model.tables import ATTAINMENT
from guibiao.policy.attainment import judge
from guibiao.policy.attainment_types import Case, Draws, Outcome, Seen, Yardstick
from guibiao.policy.attainment_words import chance_words
from guibiao.reference.attainment import MeasuredBy, TargetMeasure
from guibiao.reference.definitions import Workspace
from guibiao.reference.policies import PolicyDocument, PolicyTarget
from guibiao.run import DataRun

BOARD_CLASSES = frozenset({"policy_target", "implicit"})
EVERY_DISTRICT = frozenset({"每个区", "各区", "每区"})
PLACES = 10
"""Places of an exact column."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """Observations by indicator, as chosen on a day from what was known by then."""

    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def of(self, measured: MeasuredBy, area: str) -> tuple[Seen, ...]:
        """Observations of one indicator for one area and category; without categories the total."""
        wanted = category_key(measured.categories) if measured.categories else None
        return tuple(
            _seen(row)
            for row in self.rows.get(measured.indicator, ())
            if row["area"] == area and (row["categories"] == wanted if wanted else _is_total(row["categories"]))
        )


def board(data: DataRun, as_of: date, draws: Mapping[str, Draws] | None = None) -> list[dict[str, Any]]:
    """Rows of the table `attainment`, in order of documents and of the words in them.

    Only documents dated by then have targets. `draws` maps a target's id to simulated values at its deadline in place of those that
    `prospects` draws from the figures known by the day.
    """
    from guibiao.prospects import with_prospect

    workspace = data.workspace
    figures = figures_on(data, indicators_of_targets(workspace), as_of)
    rows = []
    for document, case in cases(workspace, figures, as_of):
        given = draws is not None
        ready = replace(case, draws=(draws or {}).get(case.target.id)) if given else with_prospect(case, as_of)
        rows.append(attainment_row(document.id, ready, judge(ready, as_of), as_of))
    return rows


def figures_on(data: DataRun, indicators: Collection[str], day: date) -> Figures:
    """What would have been chosen on a day from the statements known by then; computed indicators by the figures known by then."""
    from guibiao.editing.precedence import choose, observation
    from guibiao.reference.precedence import precedence_on

    definitions = data.workspace.indicators
    computed = [name for name in indicators if definitions[name].formula or getattr(definitions[name], "measurement", "")]
    stated = [row for row in data.statements_of(sorted(set(indicators) - set(computed))).to_pylist() if row["known_from"] <= day]
    precedence = precedence_on(data.workspace.settings.precedence, day)
    rows = [observation(choice) for choice in choose(stated, precedence)]
    rows += [row for row in data.observations_of(computed).to_pylist() if row["known_from"] <= day] if computed else []
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["indicator"], []).append(row)
    return Figures(grouped)


def indicators_of_targets(workspace: Workspace) -> tuple[str, ...]:
    """Indicators that measure any target of the board."""
    measured = (each for document in workspace.policies.values() for target in document.targets for each in measures_of(workspace, target))
    return tuple(sorted({each.indicator for each in measured}))


def measures_of(workspace: Workspace, target: PolicyTarget) -> tuple[MeasuredBy, ...]:
    """What measures a target: as the workspace says closely, else its own indicator."""
    closer = workspace.attainment.of(target.id)
    if closer is not None and closer.measures:
        return closer.measures
    return (MeasuredBy(indicator=target.indicator),) if target.indicator else ()


def cases(workspace: Workspace, figures: Figures, as_of: date) -> Iterator[tuple[PolicyDocument, Case]]:
    """Every target that was on paper by the day, ready to be judged."""
    dated = [(document, document_day(workspace, document)) for document in workspace.policies.values()]
    for document, day in sorted(dated, key=lambda pair: (pair[1] or date.min, pair[0].id)):
        if day is not None and day > as_of:
            continue
        listed = [target for target in document.targets if target.classification in BOARD_CLASSES]
        horizon = max((target.deadline for target in listed if target.deadline is not None), default=None)
        for target in listed:
            yield document, _case(workspace, figures, document, target, listed, day, horizon, as_of)


def document_day(workspace: Workspace, document: PolicyDocument) -> date | None:
    """The day a document is dated, or the first day its source could be known."""
    if document.dated is not None or document.source not in workspace.sources:
        return document.dated
    return parse_known_from(workspace.sources[document.source].known_from)[0]


def _case(
    workspace: Workspace,
    figures: Figures,
    document: PolicyDocument,
    target: PolicyTarget,
    listed: Sequence[PolicyTarget],
    dated: date | None,
    horizon: date | None,
    as_of: date,
) -> Case:
    closer = workspace.attainment.of(target.id)
    measures = measures_of(workspace, target)
    areas = _areas(workspace, target, closer)
    yardsticks = tuple(_yardstick(workspace, figures, measured, measured.area or area, closer) for area in areas for measured in measures)
    first = workspace.indicators[measures[0].indicator] if measures else None
    return Case(
        target=target,
        document=document.id,
        dated=dated,
        yardsticks=yardsticks,
        every=len(areas) > 1 or (closer is not None and closer.combine == "all"),
        earlier=tuple(each for each in listed if each.indicator and each.indicator == target.indicator and _earlier(each, target)),
        horizon=horizon,
        holder_zh=first.gap_office if first else "",
        parameters=workspace.attainment.on(as_of),
    )


def _earlier(first: PolicyTarget, second: PolicyTarget) -> bool:
    return first.deadline is not None and second.deadline is not None and first.deadline < second.deadline


def _areas(workspace: Workspace, target: PolicyTarget, closer: TargetMeasure | None) -> tuple[str, ...]:
    """Areas that must each reach the target: the workspace's own, the one its words name, or every district."""
    own = workspace.settings.area
    known = workspace.classifications.get("areas")
    if closer is not None and closer.areas:
        return closer.areas
    if known is None:
        return (own,)
    if target.geography in EVERY_DISTRICT:
        return tuple(each.code for each in known.categories if each.parent == own) or (own,)
    named = known.find(target.geography) if target.geography else None
    return (named.code,) if named is not None and own in known.ancestors(named.code) else (own,)


def _yardstick(workspace: Workspace, figures: Figures, measured: MeasuredBy, area: str, closer: TargetMeasure | None) -> Yardstick:
    indicator = workspace.indicators[measured.indicator]
    areas = workspace.classifications.get("areas")
    category = areas.find(area) if areas else None
    base: Period | None = parse_period(closer.base, measure=indicator.measure) if closer is not None and closer.base else None
    return Yardstick(
        indicator=indicator,
        area=area,
        area_zh=category.name_zh if category else area,
        area_en=(category.name_en or category.name_zh) if category else area,
        seen=figures.of(measured, area),
        base=base,
    )


def attainment_row(document: str, case: Case, outcome: Outcome, as_of: date) -> dict[str, Any]:
    """One row of the table `attainment`."""
    target, value, base, pace = case.target, outcome.value, outcome.base, outcome.pace
    empty: dict[str, Any] = {column.name: None if column.nullable else "" for column in ATTAINMENT.columns}
    stated = {
        "as_of": as_of, "target": target.id, "document": document, "name": target.name, "quote": target.quote,
        "classification": target.classification, "kind": target.kind, "geography": target.geography, "deadline": outcome.deadline,
        "operator": target.operator, "target_value": target.value, "target_high": target.value_high, "target_unit": target.unit,
        "indicator": outcome.indicator or target.indicator, "status": outcome.status.value, "reason": outcome.reason,
        "certain": outcome.certain, "unit": outcome.unit.symbol if outcome.unit else "", "missing": " ".join(outcome.missing),
        "goal": _exact(outcome.goal), "gap": _exact(outcome.gap), "required_growth": outcome.required_growth,
        "growth_seen": outcome.growth_seen, "path": outcome.shape or "", **_chance(outcome),
        "assumption_zh": "；".join(word.zh for word in outcome.assumptions),
        "assumption_en": "; ".join(word.en for word in outcome.assumptions),
        "remark_zh": "；".join(word.zh for word in outcome.remarks), "remark_en": "; ".join(word.en for word in outcome.remarks),
        "grounds_zh": outcome.grounds.zh, "grounds_en": outcome.grounds.en,
        "sentence_zh": outcome.sentence.zh, "sentence_en": outcome.sentence.en,
    }  # fmt: skip
    if value is not None:
        stated |= {
            "value": _exact(value.value), "low": _exact(value.low), "high": _exact(value.high), "period": _sdmx(value.period),
            "known_from": value.known_from, "source": value.source, "stage": value.stage, "basis": value.accounting_basis,
        }  # fmt: skip
    if base is not None:
        stated |= {"base": _exact(base.value), "base_period": _sdmx(base.period), "base_kind": base.kind}
    if pace is not None:
        stated |= {"pace": pace.ratio, "way": pace.way}
    return empty | stated


def _chance(outcome: Outcome) -> dict[str, Any]:
    """Columns of the probability: of all models, the least and the greatest, each by name, and in words, or why there is none."""
    if outcome.probability is None:
        return {"probability_zh": outcome.unforecast.zh, "probability_en": outcome.unforecast.en}
    words, cut, chances = chance_words(outcome), outcome.unforecast, outcome.by_model
    return {
        "probability": outcome.probability, "probability_low": min(chances.values()), "probability_high": max(chances.values()),
        "probability_models": " ".join(f"{name}={chance:.4f}" for name, chance in chances.items()),
        "probability_points": outcome.points, "probability_zh": "；".join(filter(None, (words.zh, cut.zh))),
        "probability_en": "; ".join(filter(None, (words.en, cut.en))),
    }  # fmt: skip


def attainment_csv(rows: Sequence[Row]) -> bytes:
    """The rows as CSV that opens in a spreadsheet (UTF-8 with mark); text is never taken for a formula."""
    from guibiao.publish.spreadsheet_text import harmless

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(ATTAINMENT.names)
    for row in rows:
        writer.writerow(
            [harmless(value) if isinstance(value, str) else _written(value) for value in (row[name] for name in ATTAINMENT.names)]
        )
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _written(value: Any) -> Any:
    if value is None:
        return ""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def _exact(value: Decimal | None) -> Decimal | None:
    """At most the ten places of an exact column."""
    if value is None:
        return None
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1).scaleb(-PLACES)) if isinstance(exponent, int) and exponent < -PLACES else value


def _sdmx(period: Period) -> str:
    return " ".join(period.to_sdmx())


def _is_total(categories: str) -> bool:
    return all(code == TOTAL for code in parse_category_key(categories).values())


def _seen(row: Row) -> Seen:
    value, low, high = (None if row[name] is None else Decimal(repr(float(row[name]))) for name in ("value", "low", "high"))
    assert value is not None
    period = Period(row["period_start"], row["period_end"], Measure(row["measure"]))
    return Seen(
        row["area"], period, value, low, high, row["known_from"], row["source"], row["stage"], row["accounting_basis"], row["price_basis"]
    )
