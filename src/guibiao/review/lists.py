"""Counts against the list beside them: A、B、C等N个; N个方面：A、B、C; N项任务：一是…二是…; 以下N项 before numbered paragraphs.

Where 和, 与, 及 may join two items or stand inside one, every count that the words allow is taken as right.
Method sheet: docs/methods/0801-review-of-a-document.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guibiao.model.numerals import chinese_number
from guibiao.model.text.blocks import TextBlock
from guibiao.model.verdict import Verdict
from guibiao.review.claims import Basis, Claim, worded
from guibiao.review.reading import Passage

_ITEM = r"[^，。；：:、\s！？!?;,]{1,30}"
_COUNT = r"(?P<count>\d{1,3}|[二两三四五六七八九十]{1,3})"
_WHAT = r"(?P<what>个方面|方面|大类|大|个|类|项|种|家|所|座|条|点|款|部分|级|名|区|地|市|省|县|国|者)"
_ENUMERATED = re.compile(rf"(?P<items>(?:{_ITEM}、){{1,40}}{_ITEM}?)(?P<and_more>等){_COUNT}(?:余|多)?{_WHAT}")
_COMPLETE = re.compile(
    rf"(?P<items>(?:{_ITEM}、){{1,40}}{_ITEM}?)(?P<count>[二两三四五六七八九十]{{1,2}})"
    r"(?P<what>大(?!型|多|学|量|力|会|道|批|概|幅|数|于)|个方面|大类|个领域|个环节|个维度|类|种|项|个区|个部分)"
)
_COLON = re.compile(
    rf"{_COUNT}(?P<what>个方面|大类|大|个|类|项|种|部分)(?P<noun>[^，。；：:、\d（）()]{{0,12}})(?:[:：]|——)(?P<list>[^。；：:\n]{{4,240}})(?=[。；\n]|$)"
)
_JOINED = re.compile(r"以及|和|与|及|或")
_BRACKETED = re.compile(r"[(（][^()（）]{0,60}[)）]|“[^“”]{0,60}”|《[^《》]{0,60}》")
_INTRODUCED = re.compile(
    rf"(?:以下|如下|下列|包括|分为|做好|抓好|围绕|体现在|表现在|聚焦|有|出现了?|提出|存在|主要是){{0,2}}[^，。；：:、]{{0,6}}?{_COUNT}(?:个方面|方面|个|大|项|点|类|种|条|部分|步)[^，。；：:、]{{0,14}}[:：。]\s*$"
)
_SERIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:^|(?<=[，。；：:\s]))([一二三四五六七八九十]{1,2})是(?!不是|个|种|次)"), "一是"),
    (re.compile(r"(?:^|(?<=[，。；：:\s]))其([一二三四五六七八九十])[，,、是]"), "其一"),
)
_BLOCK_INTRODUCED = re.compile(
    rf"(?P<below>以下|如下|下列)?{_COUNT}(?:个方面|方面|个|大|项|点|类|种|条|部分)[^，。；：:、]{{0,14}}(?P<stop>[:：。])$"
)
_REACH = 400
"""Paragraphs after its announcement in which a numbered list is followed."""
_NO_COUNT = frozenset("第前每各十百千万亿.0123456789")
"""Before a number, these make it an ordinal or the rest of a longer one."""
_LAST = 40
"""Characters at the end of a paragraph in which it announces numbered paragraphs."""
_ORDINAL = re.compile(r"[一二三四五六七八九十\d]{1,3}")


def list_claims(passages: Sequence[Passage], blocks: Sequence[TextBlock]) -> Iterator[Claim]:
    """Every count of the paragraphs beside its list; `blocks` are all of the document's."""
    for passage in passages:
        masked = _masked(passage.text)
        if "、" in masked:
            yield from _enumerated(passage, masked)
            yield from _after_colon(passage, masked)
        yield from _series(passage)
        yield from _numbered(passage, blocks, passage.position)


def _masked(text: str) -> str:
    """The text with what brackets and quotes hold made one word, offsets kept."""
    return _BRACKETED.sub(lambda match: _one_word(match, text), text)


def _one_word(match: re.Match[str], text: str) -> str:
    """A quotation right before another is an item of a list that needs no separator."""
    listed = match[0][0] in "“《" and text[match.end() : match.end() + 1] == match[0][0]
    return "○" * (len(match[0]) - 1) + ("、" if listed else "○")


def _enumerated(passage: Passage, masked: str) -> Iterator[Claim]:
    taken: set[int] = set()
    for match in _ENUMERATED.finditer(masked):
        taken.add(match.start("count"))
        if _splits(match, masked):
            yield from _told(passage, match, _counts(match["items"]), and_more=True)
    for match in _COMPLETE.finditer(masked):
        if match.start("count") not in taken and "等" not in match["items"] and _splits(match, masked):
            yield from _told(passage, match, _counts(match["items"]), and_more=False, wary=True)


def _splits(match: re.Match[str], masked: str) -> bool:
    """Whether the count is a count of its own: no ordinal, no part of a longer number."""
    following = masked[match.end() : match.end() + 1]
    before = masked[match.start("count") - 1 : match.start("count")]
    return not following.isdigit() and before not in _NO_COUNT and match.end("items") > match.start("items") + 2


def _after_colon(passage: Passage, masked: str) -> Iterator[Claim]:
    for match in _COLON.finditer(masked):
        listed = match["list"]
        before = masked[max(0, match.start() - 1) : match.start()]
        if before in _NO_COUNT or "、" not in listed or re.search(r"[一二三]是|其[一二]", listed):
            continue
        if "，" in listed or "," in listed:
            continue
        and_more = bool(re.search(r"等[^、]{0,6}$", listed))
        yield from _told(passage, match, _counts(listed), and_more=and_more)


def _counts(listed: str) -> range:
    """How many items a list may hold: 和 may join two or stand inside one."""
    segments = [segment for segment in listed.split("、") if segment]
    joined = sum(len(_JOINED.findall(segment)) for segment in segments)
    quoted = sum(max(0, len(re.findall("○+", segment)) - 1) for segment in segments)
    return range(len(segments), len(segments) + joined + quoted + 1)


def _told(passage: Passage, match: re.Match[str], counts: range, *, and_more: bool, wary: bool = False) -> Iterator[Claim]:
    claimed = _number(match["count"])
    if claimed is None or claimed < 2:
        return
    right = claimed in counts or (and_more and claimed >= counts.start)
    exact = claimed in counts
    if right and not exact:
        return
    if not right and (wary and abs(claimed - counts.start) > 2):
        return
    named = counts.start
    start, end = match.start("count"), match.end("what")
    yield _counted(passage, start, end, claimed if right else named, right, match["what"])


def _counted(passage: Passage, start: int, end: int, named: int, right: bool, what: str) -> Claim:
    printed = passage.text[start:end]
    told = Basis(
        f"个数写为 {printed}，列出的是 {named} 项：{'相符' if right else '不符'}。",
        f"The count is given as {printed}; {named} are listed: {'it agrees' if right else 'the two do not agree'}.",
    )
    verdict = Verdict.OK if right else Verdict.INCONSISTENT
    return worded("list", passage.spot(start, end), printed, f"{named}{what}", verdict, told)


def _series(passage: Passage) -> Iterator[Claim]:
    """N个方面：一是…二是…三是… in one paragraph; the count stands right before the first."""
    text = passage.text
    for pattern, first in _SERIES:
        if first not in text:
            continue
        markers = [(match.start(), chinese_number(match[1])) for match in pattern.finditer(text)]
        for position, (at, ordinal) in enumerate(markers):
            introduced = _INTRODUCED.search(text, max(0, at - 60), at) if ordinal == 1 else None
            claimed = None if introduced is None else _number(introduced["count"])
            if introduced is None or claimed is None or claimed < 2 or text[introduced.start("count") - 1] in _NO_COUNT:
                continue
            run = 1
            while position + run < len(markers) and markers[position + run][1] == run + 1:
                run += 1
            yield _counted(passage, introduced.start("count"), introduced.end("count"), run, run == claimed, "项")


def _numbered(passage: Passage, blocks: Sequence[TextBlock], index: int) -> Iterator[Claim]:
    """以下N项： before paragraphs or headings numbered from one on."""
    offset = max(0, len(passage.text) - _LAST)
    introduced = _BLOCK_INTRODUCED.search(passage.text, offset)
    if introduced is None or not (introduced["below"] or introduced["stop"] != "。") or index + 1 >= len(blocks):
        return
    if passage.text[introduced.start("count") - 1 : introduced.start("count")] in _NO_COUNT:
        return
    claimed, first = _number(introduced["count"]), blocks[index + 1]
    if claimed is None or claimed < 2 or _ordinal(first.number) != 1:
        return
    run = 0
    for following in blocks[index + 1 : index + _REACH]:
        numbered = bool(following.number) and following.level == first.level
        if (numbered and _ordinal(following.number) != run + 1) or (following.number and following.level < first.level) or run > 50:
            break
        run += numbered
    yield _counted(passage, introduced.start("count"), introduced.end("count"), run, run == claimed, "项")


def _ordinal(marker: str) -> int | None:
    found = _ORDINAL.search(marker)
    return None if found is None else _number(found[0])


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else chinese_number(text)
