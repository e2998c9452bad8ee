"""The annex of a Word report: a paragraph a passport, in two columns, each under the bookmark its numbers lead to."""

from __future__ import annotations

from guibiao.publish.document import Document, Passport
from guibiao.publish.docx_styles import QUIET, fonts, spacing
from guibiao.publish.docx_text import Pen, bookmark, contents_mark, paragraph, run
from guibiao.publish.on_paper import printed_lines, quoted_on_paper
from guibiao.publish.quoting import annex_words
from guibiao.publish.wording import Wording

ANNEX = "passports"
_RULE = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="2" w:color="C9D0D9"/></w:pBdr>'
_GRADES = {"A": "1F6F4A", "B": "2B5F9E", "C": "8A5A00", "D": "A3302C"}
_BREAK = "<w:r><w:br/></w:r>"


def annex_pieces(document: Document, pen: Pen) -> str:
    """Heading, what to know, and the passports printed on paper; empty where there are none."""
    wording = Wording(document.language)
    printed = quoted_on_paper(document)
    chosen = [passport for passport in document.passports if passport.id in printed]
    if not chosen:
        return ""
    title, introduction = annex_words(wording)
    heading = pen.mark(bookmark(ANNEX), pen.mark(contents_mark(ANNEX), run(title)))
    unnumbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
    return "".join(
        (
            paragraph("Heading1", heading, unnumbered + spacing(26, 0, 6)),
            paragraph("Note", run(introduction)),
            *(_passport(passport, pen, wording) for passport in chosen),
        )
    )


def _passport(passport: Passport, pen: Pen, wording: Wording) -> str:
    grade = run(passport.grade, properties=f'<w:b/><w:color w:val="{_GRADES.get(passport.grade, QUIET)}"/>')
    number = run(passport.printed, properties=f"{fonts('黑体')}<w:b/>")
    head = grade + run("  ") + pen.mark(bookmark(passport.id), number) + run("　") + run(passport.title, properties=fonts("黑体"))
    lines, more = printed_lines(passport, wording)
    parts = [run("　" * min(line.depth, 1)) + run(line.role, style="Role") + run("　") + run(line.text) for line in lines]
    parts += [run(more, style="Role")] if more else []
    inner = _BREAK.join((head, *parts))
    keep = "<w:keepLines/>" if len(lines) <= _SHORT else ""
    return paragraph("PassportText", inner, keep + _RULE)


_SHORT = 7
"""Lines up to which a passport is kept on one page."""
