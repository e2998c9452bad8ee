"""What is to be said of a table besides its rows: faults counted and listed, as findings or, where strict, as one refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from guibiao.ingest.figures import Fault, Reason
from guibiao.ingest.sheet import Sheet, column_letters
from guibiao.model.errors import BadInput
from guibiao.model.finding import Finding, Severity
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Correction, TableBinding

_EXAMPLES = 5
_LISTED = 20
_GRAVE = {Reason.SCIENTIFIC, Reason.UNKNOWN, Reason.NO_LABEL}
_FIGURE = {
    "statement",
    "value",
    "low",
    "high",
    "qualifier",
    "printed",
    "decimals",
    "grade",
    "locator",
    "row",
    "column",
    "correction",
    "note",
}
"""Columns that two rows stating one figure may differ in."""
Row = dict[str, Any]


@dataclass(slots=True)
class _Group:
    fault: Fault
    heading: str
    first_row: int
    last_row: int
    count: int = 1

    def __str__(self) -> str:
        if self.heading:
            text = _("第 {row} 行“{column}”列：{message}").format(row=self.first_row, column=self.heading, message=self.fault.message)
        else:
            text = _("第 {row} 行：{message}").format(row=self.first_row, message=self.fault.message)
        return text if self.count == 1 else text + _("（共 {count} 处）").format(count=self.count)


@dataclass(slots=True)
class Remarks:
    """Collects what binding a table brings up."""

    binding: TableBinding
    sheet: Sheet
    empty: int = 0
    first_empty: str = ""
    groups: dict[tuple[str, str], _Group] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def fault(self, row: int, heading: str, fault: Fault) -> None:
        """One cell that states nothing; without a heading the whole row, which counts once."""
        if fault.reason is Reason.EMPTY:
            self.empty += 1
            self.first_empty = self.first_empty or _("第 {row} 行“{column}”列").format(row=row, column=heading)
        if not fault.message:
            return
        group = self.groups.get((heading, fault.message))
        if group is None:
            self.groups[heading, fault.message] = _Group(fault, heading, row, row)
        elif heading or group.last_row != row:
            group.count, group.last_row = group.count + 1, row

    def refuse_faults(self) -> None:
        """Raise BadInput listing the faults, if there are any."""
        groups = list(self.groups.values())
        if not groups:
            return
        remedies = list(dict.fromkeys(group.fault.remedy for group in groups if group.fault.remedy))[:3]
        count = sum(group.count for group in groups)
        lines = [str(group) for group in groups[:_LISTED]]
        if len(groups) > _LISTED:
            lines.append(_("……另有 {count} 种").format(count=len(groups) - _LISTED))
        raise BadInput(
            groups[0].fault.message if count == 1 else _("有 {count} 处不能收入，整个文件没有收").format(count=count),
            "" if count == 1 else "\n".join(lines),
            "\n".join(remedies) or _("核对原表，改正后再交。"),
            self.sheet.place(groups[0].first_row, groups[0].heading),
        )

    def tell_faults(self) -> None:
        """One finding on the data cells that became no statement."""
        groups = list(self.groups.values())
        count = sum(group.count for group in groups) + self.empty
        if not count:
            return
        examples = [str(group) for group in groups[:_EXAMPLES]]
        if len(groups) > _EXAMPLES:
            examples.append(_("另有 {count} 种").format(count=len(groups) - _EXAMPLES))
        if self.empty:
            examples.append(_("空格 {count} 个，首见{place}").format(count=self.empty, place=self.first_empty))
        reasons = {group.fault.reason for group in groups}
        severity = Severity.ERROR if reasons & _GRAVE else Severity.WARNING if reasons else Severity.INFO
        remedies = list(dict.fromkeys(group.fault.remedy for group in groups if group.fault.remedy))[:3]
        self._add(
            "cell_not_stated",
            severity,
            _("表 {table} 有 {count} 处数据没有成为陈述：{examples}").format(
                table=self.binding.id, count=count, examples="；".join(examples)
            ),
            "".join(remedies) or _("空格按缺数处理，不当作零。"),
        )

    def tell_texts(self, cells: Iterable[Row], unbound: Sequence[str]) -> None:
        """One finding on what was kept as text only."""
        counts = Counter(cell["reason"] for cell in cells)
        if self.binding.text_only:
            count = counts[Reason.TEXT.value]
            message = _("表 {table} 是文字表，{count} 格只作文字保存，没有成为数据").format(table=self.binding.id, count=count)
        else:
            skipped = counts[Reason.SKIPPED.value]
            count = counts[Reason.NOT_BOUND.value] + skipped
            message = _("表 {table} 有 {count} 格没有绑定指标，只作文字保存").format(table=self.binding.id, count=count)
            message += _("；列：{columns}").format(columns="、".join(unbound[:_LISTED])) if unbound else ""
            message += _("；按绑定跳过 {count} 格").format(count=skipped) if skipped else ""
        if count:
            self._add("kept_as_text", Severity.INFO, message)

    def tell_rounded(self, positions: Iterable[tuple[int, int]]) -> None:
        """One finding on workbook cells that hold more digits than they show."""
        found = sorted(positions)
        if found:
            names = "、".join(f"{column_letters(column)}{row}" for row, column in found[:_EXAMPLES])
            self._add(
                "digits_hidden",
                Severity.INFO,
                _("表 {table} 有 {count} 格显示的位数少于格内的位数，按显示的收：{cells}").format(
                    table=self.binding.id, count=len(found), cells=names
                ),
                _("需要全部位数时，在表格软件里增加小数位数再交。"),
            )

    def tell_correction(self, correction: Correction, printed: str, locator: str, *, applied: bool) -> None:
        """A correction that was applied, or that does not fit what is printed."""
        if applied:
            message, severity = _("按更正改读：{reason}").format(reason=correction.reason), Severity.INFO
            rule, remedy = "correction_applied", ""
        else:
            message = _("更正 {id} 对不上：应印“{expected}”，实印“{printed}”，仍用印出的值").format(
                id=correction.id, expected=correction.expected, printed=printed
            )
            severity, rule = Severity.ERROR, "correction_does_not_apply"
            remedy = _("核对原表；来源若已改正，删去这条更正，否则改它的 row、column 或 expected。")
        self._add(rule, severity, message, remedy, printed, correction.corrected, locator, correction.id)

    def contradictions(self, statements: Iterable[Row], *, strict: bool) -> None:
        """Two rows that state one figure differently: a finding, or BadInput where strict."""
        first: dict[tuple[Any, ...], Row] = {}
        pairs: list[tuple[Row, Row]] = []
        names: tuple[str, ...] = ()
        for row in statements:
            names = names or tuple(name for name in row if name not in _FIGURE)
            earlier = first.setdefault(tuple([row[name] for name in names]), row)
            if earlier["value"] != row["value"]:
                pairs.append((earlier, row))
        if not pairs:
            return
        texts = [
            _("第 {first} 行印 {old}，第 {second} 行印 {new}").format(
                first=old["row"], old=old["printed"], second=new["row"], new=new["printed"]
            )
            for old, new in pairs[:_EXAMPLES]
        ]
        message = _("表 {table} 有 {count} 处同一数据印了两个值：{examples}").format(
            table=self.binding.id, count=len(pairs), examples="；".join(texts)
        )
        remedy = _("核对哪一个对，删去另一个；若两行本不是同一数据，在绑定里区分它们（类目、口径、来源或报告期）。")
        if strict:
            raise BadInput(message, remedy=remedy, place=self.sheet.place(pairs[0][1]["row"]))
        self._add("contradictory_rows", Severity.ERROR, message, remedy, locator=pairs[0][1]["locator"])

    def tell_no_rows(self, *, strict: bool) -> None:
        """A table without data rows: a finding, or BadInput where strict."""
        message, remedy = _("表 {table} 没有数据行").format(table=self.binding.id), _("在表头下面录入数据；或核对 head_rows。")
        if strict:
            raise BadInput(message, remedy=remedy, place=self.sheet.place())
        self._add("no_rows", Severity.WARNING, message, remedy)

    def _add(
        self,
        rule: str,
        severity: Severity,
        message: str,
        remedy: str = "",
        claimed: str = "",
        recomputed: str = "",
        locator: str = "",
        correction: str = "",
    ) -> None:
        self.findings.append(
            Finding(
                rule,
                severity,
                message,
                remedy,
                claimed=claimed,
                recomputed=recomputed,
                source=self.binding.source,
                dataset=self.binding.id,
                locator=locator,
                correction=correction,
            )
        )
