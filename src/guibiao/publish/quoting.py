"""Which place of a document quotes which passport; paper and page both build their links on it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from guibiao.publish.document import Block, Bullets, ChartBlock, Document, Heading, Line, Link, Number, Paragraph, TableBlock
from guibiao.publish.wording import Wording


def quotations(block: Block) -> Iterable[str]:
    """Ids of the passports a block's text and cells lead to, in reading order."""
    if isinstance(block, TableBlock):
        for row in (*block.head, *block.rows):
            yield from (cell.passport for cell in row if cell.passport)
    for line in _lines(block):
        yield from (part.passport for part in line if isinstance(part, Number) and part.passport)


def _lines(block: Block) -> tuple[Line, ...]:
    if isinstance(block, Heading | Paragraph):
        return (block.line,)
    return block.items if isinstance(block, Bullets) else ()


def first_uses(document: Document) -> Mapping[str, str]:
    """Passport id -> id of the place that quotes it first; a passport quoted by a chart's marks alone leads to the chart."""
    uses: dict[str, str] = {}
    for block in document.blocks:
        for passport in quotations(block):
            uses.setdefault(passport, f"u-{passport}")
    for block in document.blocks:
        if isinstance(block, ChartBlock):
            for passport in block.passports:
                uses.setdefault(passport, block.id)
    return uses


def check_quotations(document: Document, charts: Container[str]) -> None:
    """Raises ValueError for an id given twice, a number or mark without its passport, a link to no heading, a chart without a drawing."""
    ids = [passport.id for passport in document.passports]
    known = set(ids)
    anchors = [block.id for block in document.blocks if isinstance(block, Heading | TableBlock | ChartBlock)]
    every = [*ids, *anchors]
    if len(set(every)) != len(every):
        raise ValueError(f"ids given twice: {sorted({name for name in every if every.count(name) > 1})}")
    quoted = {passport for block in document.blocks for passport in quotations(block)}
    quoted |= {passport for block in document.blocks if isinstance(block, ChartBlock) for passport in block.passports}
    if quoted - known:
        raise ValueError(f"numbers without passports: {sorted(quoted - known)}")
    undrawn = [block.id for block in document.blocks if isinstance(block, ChartBlock) and block.id not in charts]
    if undrawn:
        raise ValueError(f"charts without drawings: {undrawn}")
    lines = [line for block in document.blocks for line in _lines(block)]
    targets = {part.target[1:] for line in lines for part in line if isinstance(part, Link) and part.target.startswith("#")}
    if targets - set(every):
        raise ValueError(f"links to nowhere: {sorted(targets - set(every))}")


def exhibit_number(block: TableBlock | ChartBlock, wording: Wording) -> str:
    """表1 or 图1: a bare number gets the word before it."""
    if not block.number.isdigit():
        return block.number
    name = wording.choose("表", "Table ") if isinstance(block, TableBlock) else wording.choose("图", "Figure ")
    return f"{name}{block.number}"


def labels(wording: Wording) -> Mapping[str, str]:
    """The words that stand around contents, tables, charts and passports."""
    return {
        "contents": wording.choose("目　录", "Contents"),
        "exhibits": wording.choose("图表目录", "Tables and figures"),
        "source": wording.choose("资料来源：", "Source: "),
        "note": wording.choose("注：", "Note: "),
        "unit": wording.choose("单位：", "Unit: "),
        "continued": wording.choose("续", "Continued: "),
        "marks": wording.choose("图中数字：", "Figures shown: "),
        "more": wording.choose("图中{count}个数字的护照见网页版", "passports of the {count} figures shown: see the web page"),
    }


def annex_words(wording: Wording) -> tuple[str, str]:
    """Title of the annex of passports, and what to know before reading it."""
    grades = wording.choose("；", "; ").join(wording.grade(grade) for grade in "ABCD")
    return (
        wording.choose("附录　数字护照", "Annex: passports of the figures"),
        wording.choose(
            f"正文中每个数字都通向这里的一份护照：从采用值、所用公式与优先次序，直到来源中的单元格。字母为来源等级：{grades}。",
            f"Every number in the text leads to a passport here: from the value used, its formula and the order of precedence, back to the "
            f"cell of its source. The letter is the source grade: {grades}.",
        ),
    )
