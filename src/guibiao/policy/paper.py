"""What a policy says of itself at its head: title, number, issuing offices and date."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guibiao.model.text.blocks import DocumentText, TextBlock
from guibiao.policy.document_dates import document_date
from guibiao.reference.policies import Office, office_key

_NUMBER = re.compile(r"^[\u4e00-\u9fff]{1,12}(?:〔|\[|［)(?:19|20)\d\d(?:〕|\]|］)\d{1,4}号$")
_ISSUED = re.compile(r"关于(?:印发|发布|公布)《(?P<title>[^《》]{4,80}(?:《[^《》]*》[^《》]*)?)》")
_TITLE_END = re.compile(
    r"(?:计划|方案|规划|纲要|措施|意见|要点|办法|清单|报告|白皮书|公报|条例|规定|细则|通知|行动)(?:[(（][^()（）]*[)）])?$"
)
_HEAD = 40
_SHORTEST, _LONGEST = 8, 80
_CHAPTER = re.compile(r"第[一二三四五六七八九十百\d]+[章节条]|[一二三四五六七八九十]+、|附件?|[(（]")


@dataclass(frozen=True, slots=True)
class Head:
    """As the document prints it; empty where it does not."""

    title: str
    number: str
    offices: tuple[str, ...]
    dated: date | None


def text_digest(document: DocumentText) -> str:
    """SHA-256 of the decoded text that offsets refer to: the same for the same text in any encoding."""
    return hashlib.sha256(document.original.encode("utf-8", "surrogatepass")).hexdigest()


def document_head(document: DocumentText, offices: Mapping[str, Office]) -> Head:
    """Title, number and offices from the first blocks; offices are those of the list that stand before the title's end."""
    blocks = document.blocks[:_HEAD]
    text = "".join(block.text for block in blocks if block.kind in {"heading", "body", "item"})[:2000]
    number = next((block.text.strip() for block in blocks if _NUMBER.match(block.text.strip())), "")
    issued = _ISSUED.search(text)
    title = issued["title"] if issued else next((block.text.strip() for block in blocks if _is_title(block)), "")
    before = text[: issued.start()] if issued else ""
    return Head(title, number, _issuing(before, offices), document_date(document) if _dated(document) else None)


def _is_title(block: TextBlock) -> bool:
    text = block.text.strip()
    if block.kind == "item" or block.number or not _SHORTEST <= len(text) <= _LONGEST or _CHAPTER.match(text):
        return False
    return bool(_TITLE_END.search(text)) and not text.endswith("通知")


def _issuing(text: str, offices: Mapping[str, Office]) -> tuple[str, ...]:
    """Offices whose names make up the words before 关于印发, in their order; the longest name counts."""
    names = sorted(((office_key(name), each.name) for each in offices.values() for name in each.names), key=lambda pair: -len(pair[0]))
    rest, found = office_key(text), []
    for key, name in names:
        at = rest.find(key)
        if at >= 0:
            found.append((at, name))
            rest = rest.replace(key, "\0" * len(key), 1)
    return tuple(dict.fromkeys(name for _at, name in sorted(found)))


def _dated(document: DocumentText) -> bool:
    """Whether a day is given, or printed by itself on a line; what is only inferred is not a fact about the document."""
    if document.dated:
        return document.dated.count("-") == 2
    line = re.compile(r"(?:19|20)\d\d年\d{1,2}月\d{1,2}日")
    return any(line.fullmatch(block.text.strip()) for block in (*document.blocks[:_HEAD], *document.blocks[-15:]))
