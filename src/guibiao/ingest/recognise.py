"""Which agreed table a handed-in file is: by its headings, its title and its name. Several or none is a reason to set it aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch

from guibiao.ingest.locating import SEARCHED_ROWS, locate, matches
from guibiao.ingest.mapped import chosen_sheet
from guibiao.ingest.office_words import plain
from guibiao.ingest.own_form import own_form
from guibiao.ingest.workbook import BookSheet
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.reference.definitions import Workspace
from guibiao.reference.mapping import SheetMapping


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mapping that may be the file's: how many of its headings are there, whether all are, and what else speaks for it."""

    mapping: SheetMapping
    headings: int
    whole: bool
    by_name: bool
    by_title: bool
    refusal: BadInput | None = None

    @property
    def evidence(self) -> int:
        return self.by_name + self.by_title


def known_mappings(workspace: Workspace) -> tuple[SheetMapping, ...]:
    """Every mapping on file, and for each owed table its own form."""
    owed = {agreement.table for agreement in workspace.agreements.values()}
    tables = (binding for name, binding in workspace.tables.items() if name in owed or not binding.file)
    forms = (own_form(binding) for binding in tables if binding.values and not binding.bulk)
    return (*workspace.mappings.values(), *(form for form in forms if form.id not in workspace.mappings))


def recognise(workspace: Workspace, sheets: tuple[BookSheet, ...], name: str) -> SheetMapping:
    """The one mapping of a file. Raises BadInput, with what was found, where there are several or none."""
    found = [_candidate(mapping, sheets, name) for mapping in known_mappings(workspace)]
    whole = [each for each in found if each.whole]
    best = [each for each in whole if each.evidence == max(other.evidence for other in whole)]
    widest = [each for each in best if each.headings == max(other.headings for other in best)]
    if len(widest) == 1:
        return widest[0].mapping
    if widest:
        raise BadInput(
            _("认不出是哪张表：{count} 张表都对得上").format(count=len(widest)),
            _("对得上的映射：{names}。").format(names="、".join(each.mapping.id for each in widest)),
            _("在映射里写明 file_names 或 titles 来区分；或用 guibiao inbox --table 指定。"),
            Place(name),
        )
    raise _unrecognised(found, name)


def _candidate(mapping: SheetMapping, sheets: tuple[BookSheet, ...], name: str) -> Candidate:
    by_name = any(fnmatch(plain(name), plain(pattern)) for pattern in mapping.file_names)
    try:
        sheet = chosen_sheet(mapping, sheets, name).sheet
    except BadInput as refusal:
        return Candidate(mapping, 0, whole=False, by_name=by_name, by_title=False, refusal=refusal)
    above = plain("".join("".join(row) for row in sheet.rows[:SEARCHED_ROWS]))
    by_title = any(plain(title) in above for title in mapping.titles if title.strip())
    try:
        located = locate(mapping, sheet)
    except BadInput as refusal:
        return Candidate(mapping, matches(mapping, sheet), whole=False, by_name=by_name, by_title=by_title, refusal=refusal)
    return Candidate(mapping, len(located.columns), whole=True, by_name=by_name, by_title=by_title)


def _unrecognised(found: Iterable[Candidate], name: str) -> BadInput:
    """Why no mapping fits: the refusal of the one that comes nearest, or that nothing is like it."""
    near = [each for each in found if each.refusal is not None and (each.evidence or each.headings * 2 > len(each.mapping.columns))]
    if near:
        nearest = max(near, key=lambda each: (each.evidence, each.headings))
        refusal = nearest.refusal
        assert refusal is not None
        title = _("像是映射 {mapping} 的表，但{problem}").format(mapping=nearest.mapping.id, problem=refusal.title)
        return BadInput(title, refusal.description, refusal.remedy, refusal.place)
    return BadInput(
        _("认不出是哪张表：没有一个映射的表头、标题或文件名对得上"),
        remedy=_("核对是否传错了文件；若是新表，运行 guibiao map {file} --table 表名，由人确认映射后再投。").format(file=name),
        place=Place(name),
    )
