"""A document's own text with every claim marked, as one HTML page without script; it fits a phone, a dark screen and paper."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from guibiao.model.messages import active_language
from guibiao.model.messages import translate as _
from guibiao.model.text.blocks import DocumentText
from guibiao.review.claims import Claim, verdict_name
from guibiao.review.records import AGREEING, explanation

_BLANK_LINES = re.compile(r"\n[ \t\u3000]*(?:\n[ \t\u3000]*){2,}")
_MAXIMUM = 5_000_000
"""Characters of a document shown whole; of a longer one, only what stands around its findings."""
_AROUND = 2000


def annotated_html(document: DocumentText, claims: Iterable[Claim]) -> str:
    """The document with marks coloured by severity; each finding told in the margin, linked both ways. Marks that overlap give way."""
    mine = [claim for claim in claims if claim.doc == document.name]
    marks = _apart(sorted(mine, key=lambda claim: (claim.verdict in AGREEING, claim.start, claim.end)))
    numbers = {id(claim): number for number, claim in enumerate((each for each in marks if each.verdict not in AGREEING), start=1)}
    body = _body(document.original, marks, numbers)
    wrong = [claim for claim in sorted(mine, key=lambda claim: claim.start) if claim.verdict not in AGREEING]
    title = html.escape(_("{name}：数字核对").format(name=document.name))
    summary = html.escape(_("可推算的数 {count} 处，其中需要核对 {wrong} 处。").format(count=len(mine), wrong=len(wrong)))
    notes = "".join(_note(claim, numbers.get(id(claim))) for claim in wrong)
    nothing = html.escape(_("没有需要核对的数。"))
    none = "" if wrong else f"<p>{nothing}</p>"
    language = "zh-CN" if active_language() == "zh" else "en"
    return _PAGE.format(
        language=language, title=title, summary=summary, text=body, notes=notes, none=none, heading=html.escape(_("需要核对")), style=_STYLE
    )


def _apart(ordered: Sequence[Claim]) -> list[Claim]:
    """Claims that do not overlap, findings first, in order of place."""
    taken: dict[int, Claim] = {}
    covered: set[int] = set()
    for claim in ordered:
        span = range(claim.start, claim.end)
        if not covered.intersection(span) and claim.end > claim.start:
            covered.update(span)
            taken[claim.start] = claim
    return [taken[start] for start in sorted(taken)]


def _body(original: str, marks: Sequence[Claim], numbers: dict[int, int]) -> str:
    if len(original) > _MAXIMUM:
        marks = [claim for claim in marks if id(claim) in numbers]
    parts: list[str] = []
    at = 0
    for claim in marks:
        parts += [_text(original, at, claim.start), _mark(original, claim, numbers.get(id(claim)))]
        at = claim.end
    parts.append(_text(original, at, len(original)))
    return "".join(parts)


def _text(original: str, start: int, end: int) -> str:
    if len(original) > _MAXIMUM and end - start > 2 * _AROUND:
        return f"{_words(original[start : start + _AROUND])}\n……\n{_words(original[end - _AROUND : end])}"
    return _words(original[start:end])


def _words(text: str) -> str:
    return html.escape(_BLANK_LINES.sub("\n\n", text))


def _mark(original: str, claim: Claim, number: int | None) -> str:
    text = html.escape(original[claim.start : claim.end])
    title = html.escape(explanation(claim), quote=True)
    if number is None:
        return f'<mark class="{claim.severity}" title="{title}">{text}</mark>'
    return f'<mark id="c{number}" class="{claim.severity}" title="{title}">{text}<a href="#n{number}">{number}</a></mark>'


def _note(claim: Claim, number: int | None) -> str:
    where = f'<span class="where">{html.escape(claim.where[:40])}</span>' if claim.where else ""
    label = html.escape(verdict_name(claim.verdict))
    link = f'<a href="#c{number}">{label}</a>' if number is not None else label
    told = html.escape(explanation(claim))
    own = f' id="n{number}" value="{number}"' if number is not None else ""
    return f'<li{own} class="{claim.severity}"><b>{link}</b>{told}{where}</li>'


_STYLE = """
:root { color-scheme: light dark; --ink: #1c1f23; --paper: #fdfdfb; --rule: #c9c7c0; --soft: #5d6168;
  --bad: #f9d5d1; --bad-ink: #8c1d12; --odd: #fbe6b8; --odd-ink: #6a4800; --good: #e3efe2; --good-ink: #265c2c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e3de; --paper: #191b1e; --rule: #44474c; --soft: #a3a7ad;
  --bad: #5c211b; --bad-ink: #ffd9d3; --odd: #544012; --odd-ink: #ffe7b0; --good: #22392a; --good-ink: #cfe8d0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem; color: var(--ink); background: var(--paper); line-height: 1.9;
  font-family: "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif; display: grid;
  grid-template-columns: minmax(0, 1fr) 22rem; gap: 0 2.5rem; text-spacing-trim: normal; }
header { grid-column: 1 / -1; border-bottom: 2px solid var(--ink); margin-bottom: 1rem; }
h1 { font-size: 1.35rem; line-height: 1.4; margin: 0 0 .25rem; overflow-wrap: anywhere; }
header p { margin: 0 0 .6rem; color: var(--soft); }
article { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 10; font-variant-numeric: lining-nums; line-break: strict; }
aside { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; font-size: .85rem;
  line-height: 1.65; }
aside div { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow: auto; }
h2 { font-size: 1rem; margin: 0 0 .4rem; }
ol { margin: 0; padding-left: 2.2rem; }
li { margin-bottom: .7rem; padding-left: .3rem; }
li b { margin-right: .5em; }
li.error b a { color: var(--bad-ink); } li.warning b a { color: var(--odd-ink); }
.where { display: block; color: var(--soft); font-size: .78rem; }
mark { color: inherit; padding: 0 .12em; border-radius: .15em; }
mark a { font: 600 .66em/1 "Noto Sans CJK SC", sans-serif; vertical-align: .55em; text-decoration: none; color: inherit;
  margin-left: .15em; }
mark.error { background: var(--bad); color: var(--bad-ink); border-bottom: 2px solid var(--bad-ink); }
mark.warning { background: var(--odd); color: var(--odd-ink); border-bottom: 2px dashed var(--odd-ink); }
mark.info { background: var(--good); color: var(--good-ink); }
:target { outline: 2px solid var(--soft); outline-offset: 2px; }
@media (max-width: 56rem) { body { display: flex; flex-direction: column; padding: 1rem; } aside { order: 1; } article { order: 2; }
  header { order: 0; } aside div { position: static; max-height: none; border-bottom: 1px solid var(--rule); margin-bottom: 1rem; } }
@media print { :root { color-scheme: light; } body { display: block; max-width: none; padding: 0; font-size: 10.5pt; background: #fff;
  color: #000; } aside div { position: static; max-height: none; } aside { break-before: page; } li, mark { break-inside: avoid; } }
@page { margin: 20mm 18mm; }
"""

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style></head>
<body><header><h1>{title}</h1><p>{summary}</p></header><article lang="zh-CN">{text}</article>
<aside><div><h2>{heading}</h2>{none}<ol>{notes}</ol></div></aside></body></html>
"""
