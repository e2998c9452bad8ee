"""The report as one page: no script, nothing fetched, every text escaped, every number a link to its passport."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path

from guibiao.publish.columns import Column, numeral, padding, placed, table_columns
from guibiao.publish.document import (
    Block,
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Inline,
    Line,
    Link,
    Number,
    Paragraph,
    Passport,
    PassportLine,
    TableBlock,
    TableCell,
)  # fmt: skip
from guibiao.publish.drawings import for_page
from guibiao.publish.headings import heading_numbers, line_text
from guibiao.publish.printable import printable
from guibiao.publish.quoting import annex_words, check_quotations, exhibit_number, first_uses, labels
from guibiao.publish.wording import Wording

STYLES = Path(__file__).parent / "pages" / "report.css"
ANNEX = "passports"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
SHORT_TABLE = 24
"""Rows up to which a printed table is kept on one page."""
_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；）]+")
_TAGS = {"strong": "strong", "emphasis": "em", "code": "code"}
_GRADES = frozenset("ABCD")


def render_html(document: Document, drawings: Mapping[str, str]) -> str:
    """The page; `drawings` gives the SVG of each chart id.

    Raises ValueError where a number leads to no passport, a chart has no drawing, or a drawing holds more than shapes and words.
    """
    check_quotations(document, drawings)
    return "\n".join(_Renderer(document, drawings).parts()) + "\n"


@lru_cache(maxsize=1)
def _styles() -> str:
    return STYLES.read_text(encoding="utf-8")


class _Renderer:
    """Turns one document into markup; knows which place quotes a passport first."""

    def __init__(self, document: Document, drawings: Mapping[str, str]) -> None:
        self.document = document
        self.drawings = drawings
        self.wording = Wording(document.language)
        self.labels = labels(self.wording)
        self.numbers = heading_numbers(document)
        self.passports = {passport.id: passport for passport in document.passports}
        self.uses = first_uses(document)
        self.unused = set(self.uses)
        self.widths: set[int] = set()

    def parts(self) -> Iterable[str]:
        say = self.wording.choose
        body = [*self._cover(), self._fold(), *(self._block(block) for block in self.document.blocks), *self._annex(), *self._closing()]
        yield from self._head()
        yield f'<a class="skip" href="#main">{say("跳到正文", "Skip to the text")}</a><div id="shut"></div>'
        mark = self.document.properties.get("watermark", "")
        if mark:
            yield f'<div class="mark" role="note">{_text(mark)}</div>'
        yield '<div class="frame">'
        yield f'<nav class="side" aria-label="{say("目录", "Contents")}"><h2>{say("目录", "Contents")}</h2>{self._contents()}</nav>'
        yield '<main id="main">'
        yield from body
        yield "</main>\n</div>\n</body>\n</html>"

    def _head(self) -> Iterable[str]:
        language = "zh-CN" if self.document.language == "zh" else self.document.language
        widths = "".join(f".w{width}{{min-width:{width / 2:g}ch}}" for width in sorted(self.widths))
        yield f'<!doctype html>\n<html lang="{_attribute(language)}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f'<meta http-equiv="Content-Security-Policy" content="{_attribute(POLICY)}">'
        yield '<meta name="referrer" content="no-referrer">'
        yield f"<title>{_text(self.document.title)}</title>"
        yield f"<style>\n{_styles()}{widths}\n</style>\n</head>\n<body>"

    def _cover(self) -> Iterable[str]:
        document = self.document
        yield '<header class="cover">'
        yield f"<h1>{_text(document.title)}</h1>"
        if document.subtitle:
            yield f'<p class="subtitle">{_text(document.subtitle)}</p>'
        yield _GNOMON
        yield f'<p class="imprint">{_text(document.publisher)}<span>{_text(document.date)}</span></p>'
        if document.notices:
            yield f'<ul class="notices">{"".join(f"<li>{_text(notice)}</li>" for notice in document.notices)}</ul>'
        yield "</header>"

    def _fold(self) -> str:
        title = self.wording.choose("目录", "Contents")
        return f'<nav class="fold" aria-label="{title}"><details><summary>{title}</summary>{self._contents()}</details></nav>'

    def _contents(self) -> str:
        """Headings of the first two levels, and the annex, as nested lists."""
        headings = [block for block in self.document.blocks if isinstance(block, Heading)]
        top = min((heading.level for heading in headings), default=1)
        entries = [(heading.level - top, heading.id, self.numbers.get(heading.id, "") + line_text(heading.line)) for heading in headings]
        if self.document.passports:
            entries.append((0, ANNEX, annex_words(self.wording)[0]))
        items: list[tuple[str, list[str]]] = []
        for depth, anchor, words in entries:
            link = f'<a href="#{_attribute(anchor)}">{_text(words)}</a>'
            if depth == 0 or not items:
                items.append((link, []))
            elif depth == 1:
                items[-1][1].append(f"<li>{link}</li>")
        return f"<ol>{''.join(_item(link, children) for link, children in items)}</ol>"

    def _annex(self) -> Iterable[str]:
        if not self.document.passports:
            return
        title, introduction = annex_words(self.wording)
        yield f'<section class="annex" id="{ANNEX}" aria-labelledby="{ANNEX}-title"><h2 id="{ANNEX}-title">{_text(title)}</h2>'
        yield f'<p class="note">{_text(introduction)}</p><div class="passports">'
        yield from (self._passport(passport) for passport in self.document.passports)
        yield "</div></section>"

    def _closing(self) -> Iterable[str]:
        if self.document.footer:
            yield f'<p class="closing">{_text(self.document.footer)}</p>'

    def _block(self, block: Block) -> str:
        if isinstance(block, Heading):
            tag = f"h{min(max(block.level, 1), 4) + 1}"
            return f'<{tag} id="{_attribute(block.id)}">{_text(self.numbers.get(block.id, ""))}{self._line(block.line)}</{tag}>'
        if isinstance(block, Paragraph):
            style = ' class="note"' if block.style == "note" else ""
            return f"<p{style}>{self._line(block.line)}</p>"
        if isinstance(block, Bullets):
            tag = "ol" if block.ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{self._line(item)}</li>' for item in block.items)}</{tag}>"
        return self._table(block) if isinstance(block, TableBlock) else self._chart(block)

    def _line(self, line: Line) -> str:
        return "".join(self._inline(part) for part in line)

    def _inline(self, part: Inline) -> str:
        if isinstance(part, Number):
            return self._number(part.text, part.passport)
        if isinstance(part, Link):
            return _link(part.text, part.target)
        tag = _TAGS.get(part.style)
        return f"<{tag}>{_text(part.text)}</{tag}>" if tag else _text(part.text)

    def _number(self, text: str, passport: str) -> str:
        if not passport:
            return _text(text)
        place = ""
        if passport in self.unused:
            self.unused.discard(passport)
            place = f' id="{_attribute(self.uses[passport])}"' if self.uses[passport].startswith("u-") else ""
        return f'<a class="n" href="#{_attribute(passport)}"{place}>{_text(text)}</a>'

    def _table(self, table: TableBlock) -> str:
        columns = table_columns(table)
        head = "".join(f"<tr>{''.join(_head_cell(cell, position) for position, cell in row)}</tr>" for row in placed(table.head))
        body = "".join(f"<tr>{''.join(self._cell(cell, position, columns) for position, cell in row)}</tr>" for row in placed(table.rows))
        caption = f"{table.id}-caption"
        size = "table" if len(table.rows) > SHORT_TABLE else "table short"
        unit = f'<div class="unit">{_text(self.labels["unit"] + table.unit)}</div>' if table.unit else ""
        return (
            f'<figure class="{size}" id="{_attribute(table.id)}">{self._caption(table, caption)}{_asked(table.question)}{unit}'
            f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{_attribute(caption)}">'
            f'<table aria-labelledby="{_attribute(caption)}"><thead>{head}</thead><tbody>{body}</tbody></table></div>'
            f"{self._below(table.source, table.notes)}</figure>"
        )

    def _caption(self, block: TableBlock | ChartBlock, anchor: str) -> str:
        number = exhibit_number(block, self.wording)
        said = f"<b>{_text(number)}</b>" if number else ""
        return f'<figcaption id="{_attribute(anchor)}">{said}{_text(block.title)}</figcaption>'

    def _cell(self, cell: TableCell, position: int, columns: tuple[Column, ...]) -> str:
        shown = self._number(cell.text, cell.passport)
        if position == 0 and cell.align == "left":
            scope = "rowgroup" if cell.rows > 1 else "row"
            return f'<th scope="{scope}"{_span(cell)}>{shown}</th>'
        column = columns[position]
        if cell.align == "right" and cell.columns == 1 and column.digits is not None:
            found = numeral(cell.text.strip())
            if found is None:
                return f"<td{_span(cell)}>{shown}</td>"
            width = max(1, round(column.digits * 2 + 0.49))
            self.widths.add(width)
            hidden = padding(found, column)
            pad = f' data-pad="{_attribute(hidden)}"' if hidden else ""
            return f'<td{_span(cell)}><span class="d w{width}"{pad}>{shown}</span></td>'
        style = {"left": ' class="left"', "right": ' class="right"'}.get(cell.align, "")
        return f"<td{style}{_span(cell)}>{shown}</td>"

    def _chart(self, chart: ChartBlock) -> str:
        caption = f"{chart.id}-caption"
        drawing = for_page(self.drawings[chart.id], chart.id, chart.alternative or chart.title, self.passports)
        return (
            f'<figure class="chart" id="{_attribute(chart.id)}">{self._caption(chart, caption)}{_asked(chart.question)}'
            f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{_attribute(caption)}">{drawing}</div>'
            f"{self._below(chart.source, chart.notes)}{self._marks(chart)}</figure>"
        )

    def _marks(self, chart: ChartBlock) -> str:
        """The numbers behind a chart's marks, each with the way to its passport."""
        if not chart.passports:
            return ""
        title = self.wording.choose(f"图中 {len(chart.passports)} 个数字的护照", f"Passports of the {len(chart.passports)} figures shown")
        found = [self.passports[name] for name in chart.passports]
        links = " ".join(
            f'<a class="n" href="#{_attribute(each.id)}" title="{_attribute(each.title)}">{_text(each.printed)}</a>' for each in found
        )
        return f'<details class="marks"><summary>{_text(title)}</summary>{links}</details>'

    def _below(self, source: str, notes: tuple[str, ...]) -> str:
        rows = [(self.labels["source"], _text(source))] if source else []
        if len(notes) == 1:
            rows.append((self.labels["note"], _text(notes[0])))
        elif notes:
            rows.append((self.labels["note"], f"<ol>{''.join(f'<li>{_text(note)}</li>' for note in notes)}</ol>"))
        said = "".join(f"<div><dt>{_text(label)}</dt><dd>{words}</dd></div>" for label, words in rows)
        return f'<dl class="below">{said}</dl>' if said else ""

    def _passport(self, passport: Passport) -> str:
        say = self.wording.choose
        anchor = _attribute(passport.id)
        grade = f" grade-{passport.grade}" if passport.grade in _GRADES else ""
        use = self.uses.get(passport.id)
        back = f'<a href="#{_attribute(use)}">{say("首次引用处", "Where it is first quoted")}</a>' if use else ""
        meaning = _attribute(self.wording.grade(passport.grade)) if passport.grade else ""
        badge = f'<i class="grade{grade}" title="{meaning}">{_text(passport.grade)}</i>' if passport.grade else ""
        return (
            f'<article class="passport" id="{anchor}" aria-labelledby="{anchor}-title"><h3 id="{anchor}-title">{badge}'
            f"<b>{_text(passport.printed)}</b><span>{_text(passport.title)}</span></h3>"
            f'<a class="shut" href="#shut">{say("关闭", "Close")}</a>{_tree(passport.lines)}'
            f"<footer>{back}<span>{anchor}</span></footer></article>"
        )


def _tree(lines: tuple[PassportLine, ...]) -> str:
    """Lines with depths as nested lists; a line may be deeper than the one before it by one step at most, deeper ones are drawn in."""
    parts: list[str] = []
    depth = -1
    for line in lines:
        wanted = max(0, min(line.depth, depth + 1))
        if wanted > depth:
            parts.append("<ul>")
        else:
            parts.append("</li>" + "</ul></li>" * (depth - wanted))
        depth = wanted
        parts.append(f'<li><span class="role">{_text(line.role)}</span>{_with_addresses(line.text)}')
    parts.append("</li></ul>" * (depth + 1))
    return "".join(parts)


def _with_addresses(text: str) -> str:
    """Text whose web addresses are links."""
    line = printable(text)
    parts: list[str] = []
    end = 0
    for match in _ADDRESS.finditer(line):
        address = escape(match[0])
        parts.append(f'{escape(line[end : match.start()])}<a rel="noopener noreferrer nofollow" href="{address}">{address}</a>')
        end = match.end()
    return "".join((*parts, escape(line[end:])))


def _link(text: str, target: str) -> str:
    if target.startswith("#"):
        return f'<a href="{_attribute(target)}">{_text(text)}</a>'
    if target.startswith(("https://", "http://", "mailto:")):
        return f'<a rel="noopener noreferrer" href="{_attribute(target)}">{_text(text)}</a>'
    return _text(text)


def _head_cell(cell: TableCell, position: int) -> str:
    style = ' class="left"' if cell.align == "left" and position == 0 else ""
    scope = "colgroup" if cell.columns > 1 else "col"
    return f'<th scope="{scope}"{style}{_span(cell)}>{_text(cell.text)}</th>'


def _span(cell: TableCell) -> str:
    return (f' colspan="{cell.columns}"' if cell.columns > 1 else "") + (f' rowspan="{cell.rows}"' if cell.rows > 1 else "")


def _asked(question: str) -> str:
    return f'<p class="asked">{_text(question)}</p>' if question else ""


def _item(link: str, children: list[str]) -> str:
    return f"<li>{link}<ol>{''.join(children)}</ol></li>" if children else f"<li>{link}</li>"


def _text(text: str) -> str:
    return escape(printable(text), quote=False)


def _attribute(text: str) -> str:
    return escape(printable(text))


_TICKS = "".join(f"M{8 * step} 56v{-10 if step % 8 == 0 else -7 if step % 4 == 0 else -4}" for step in range(1, 75))
_GNOMON = (
    '<svg class="gnomon" viewBox="0 0 600 57" preserveAspectRatio="none" aria-hidden="true">'
    '<path d="M1.5 0L380 56H1.5Z" fill="currentColor" opacity=".1"/>'
    f'<path d="M1.5 0V56M0 56.2H600{_TICKS}" fill="none" stroke="currentColor" vector-effect="non-scaling-stroke"/></svg>'
)
"""The gnomon and the scale its shadow falls on, as on the printed cover."""
