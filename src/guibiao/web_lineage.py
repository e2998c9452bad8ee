"""Passports of released figures and changes between releases for the site, from what the releases hold."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.tables import FINDINGS, OBSERVATIONS, STATEMENTS
from guibiao.publish.figures import Figures
from guibiao.publish.lineage import Node, Records, lineage
from guibiao.publish.passports import passport_id
from guibiao.publish.release import diff
from guibiao.publish.wording import Wording
from guibiao.reference.computation import inputs_of_indicator
from guibiao.reference.definitions import Workspace
from guibiao.reference.precedence import precedence_on
from guibiao.serve.services import Change, Passport, PassportStep
from guibiao.store.port import Busy, Condition, OpenRelease, ReleaseArchive

KEPT = 24
"""Indicators, with all they rest on, whose records are kept in memory."""
MOST_ROWS = 300_000
"""Observations behind one passport; of an indicator with more, only those of the figure's own area are read."""

PATIENCE = 5.0
"""Seconds that a page waits for the differences between two releases."""
PAIRS_KEPT = 8
"""Pairs of releases whose differences are kept."""

Row = Mapping[str, Any]


class ReleasePassports:
    """`serve.services.Passports` from the tables of a release and the definitions of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], Records] = OrderedDict()

    def key(self, row: Row) -> str:
        """See `Passports.key`."""
        end = row["period_end"].isoformat()
        start = end if row["measure"] == Measure.AT_END else row["period_start"].isoformat()
        parts = (row["indicator"], row["area"], row["categories"], start, end, row["measure"], row["price_basis"], row["accounting_basis"])
        return "|".join((*parts, "" if "alternatives" in row else row["statement"]))

    def passport(self, release: OpenRelease, key: str, language: str) -> Passport | None:
        """See `Passports.passport`."""
        indicator, _bar, rest = key.partition("|")
        if indicator not in self.workspace.indicators:
            return None
        with self._lock:
            records = self._records(release, indicator, rest.split("|")[:2], language)
            figure = records.figures.with_id(key)
            if figure is None:
                return None
            tree = lineage(figure, records)
            return Passport(
                passport_id(figure), figure.id, records.words.title(figure), records.words.printed(figure), figure.grade, _steps(tree)
            )

    def _records(self, release: OpenRelease, indicator: str, series: Sequence[str], language: str) -> Records:
        """What the passports of one indicator are written from; the one lock is held, since records remember what they told.

        Of an indicator that rests on no other only the series itself (area, categories) is read.
        """
        names = self._lineage(indicator)
        where: dict[str, Condition] = {"indicator": names}
        if len(names) == 1:
            where |= zip(("area", "categories"), series, strict=False)
        elif release.count(OBSERVATIONS, where) > MOST_ROWS:
            where["area"] = series[0]
        kept = (release.manifest.id, indicator, *(str(where.get(name, "*")) for name in ("area", "categories")), language)
        if kept not in self._kept:
            figures = Figures(self.workspace, _rows(release, OBSERVATIONS, where), statements := _rows(release, STATEMENTS, where))
            findings = _rows(release, FINDINGS, {"indicator": names})
            day = release.manifest.as_of or release.manifest.created.date()
            self._kept[kept] = Records(
                figures,
                statements,
                lambda _dataset: (),
                findings,
                precedence_on(self.workspace.settings.precedence, day),
                Wording(language),
                release.manifest.as_of,
            )
        self._kept.move_to_end(kept)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[kept]

    def _lineage(self, indicator: str) -> list[str]:
        """The indicator and all that its figures rest on, by definition."""
        found: dict[str, None] = {}
        waiting = [indicator]
        while waiting:
            name = waiting.pop()
            definition = self.workspace.indicators.get(name)
            if name in found or definition is None:
                continue
            found[name] = None
            measurement = self.workspace.measurements.get(definition.measurement.partition(".")[0])
            waiting.extend(measurement.traced if measurement else inputs_of_indicator(self.workspace, definition))
        return list(found)


def _rows(release: OpenRelease, table: Any, where: Mapping[str, Condition]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = release.select(table, where=where).to_pylist() if release.has(table) else []
    return rows


def _steps(node: Node) -> tuple[PassportStep, ...]:
    return tuple(PassportStep(each.role, each.label, each.text, dict(each.facts), _steps(each)) for each in node.children)


class ReleaseChanges:
    """`serve.services.Changes`: differences between two releases, each pair computed once, beside the requests that ask for it.

    The first who asks waits `PATIENCE` for them, whoever asks meanwhile does not wait: one slow comparison holds up one request.
    """

    def __init__(self, archive: ReleaseArchive, patience: float | None = None) -> None:
        self.archive = archive
        self._patience = PATIENCE if patience is None else patience
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Future[tuple[Change, ...]]] = OrderedDict()

    def between(self, old: str, new: str) -> Sequence[Change]:
        """See `Changes.between`."""
        with self._lock:
            task = self._kept.get((old, new))
            begun = task is None or (task.done() and task.exception() is not None)
            if task is None or begun:
                task = self._kept[old, new] = Future()
                threading.Thread(target=self._compare, args=(old, new, task), daemon=True).start()
                while len(self._kept) > PAIRS_KEPT:
                    self._kept.popitem(last=False)
        try:
            return task.result(self._patience if begun else 0.0)
        except TimeoutError:
            raise Busy(_("正在比较两次发布"), remedy=_("稍候刷新。")) from None

    def _compare(self, old: str, new: str, task: Future[tuple[Change, ...]]) -> None:
        try:
            task.set_result(tuple(_changes(self.archive, old, new)))
        except BaseException as error:  # whoever waits gets it
            task.set_exception(error)


def _changes(archive: ReleaseArchive, old: str, new: str) -> Iterable[Change]:
    for each in diff(archive, old, new):
        row = {
            "indicator": each.indicator, "area": each.area, "categories": each.categories, "period_start": each.period.start,
            "period_end": each.period.end, "measure": each.period.measure.value, "price_basis": each.price_basis,
            "accounting_basis": each.accounting_basis, "unit": each.new_unit or each.old_unit,
        }  # fmt: skip
        sides = (None if value is None else float(value) for value in (each.old, each.new, each.difference, each.per_cent))
        before, after, difference, per_cent = sides
        yield Change(
            kind=each.kind.value, row=row, old=before, new=after, old_unit=each.old_unit, new_unit=each.new_unit,
            difference=difference, per_cent=per_cent,
        )  # fmt: skip
