"""Change words typed beside a bound figure: 增长{{ value(...) }} stays 增长 when the figure turns; direction() and change() follow it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guibiao.model.messages import translate as _
from guibiao.publish.template import SLOT
from guibiao.publish.typed_numbers import TypedFault, blank_names, normalised

_CHINESE_WORDS = (
    "增长(?!率|速度|点|极|动能|曲线|值)|增加(?!值)|下降|上升|提高|提升|回落|减少|持平|翻[一两二三]?番|扩大|缩小|收窄|降低|下滑|攀升|上涨|下跌|回升"
    rf"|(?<![新净])[增升降](?:至|到)?(?={SLOT})"
)
_ENGLISH_WORDS = (
    r"\b(?:increas(?:e|ed|es|ing)|decreas(?:e|ed|es|ing)|rose|rise|rises|risen|fell|fallen|grew|grown|declin(?:e|ed|es|ing)|drop(?:ped|s)?"
    r"|climb(?:ed|s)?|shrank|unchanged|doubled|tripled)\b"
    rf"|\b(?:up|down)(?=\s+(?:by\s+)?{SLOT})"
)
_WORDS = re.compile(f"{_CHINESE_WORDS}|{_ENGLISH_WORDS}", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[，。；：！？、,;:!?\n]|\.(?:\s|$)")
_CONNECTED = re.compile(
    r"(?:\s|了|到|至|约|为|近|达到|达|超过|超|仅|大幅|小幅|略|有所|将近|同比|环比|比上年同期|比上年|较上年|较上月|的|个|，?其中|by|to|of|about|from|at|was|an?)*"
)
_SHORT = 4


def change_words(text: str, figure_slots: str, names: Sequence[str] = ()) -> tuple[TypedFault, ...]:
    """Change words in the clause of a figure's binding and next to it. `figure_slots` are the characters of bindings that print figures."""
    if not figure_slots:
        return ()
    plain = blank_names(normalised(text), names)
    return tuple(_fault(match) for match in _WORDS.finditer(plain) if _stands_beside(plain, match.start(), match.end(), figure_slots))


def _stands_beside(plain: str, start: int, end: int, figure_slots: str) -> bool:
    before = max((plain.rfind(slot, 0, start) for slot in figure_slots), default=-1)
    after = min((found for slot in figure_slots if (found := plain.find(slot, end)) >= 0), default=-1)
    return (before >= 0 and _is_near(plain[before + 1 : start])) or (after >= 0 and _is_near(plain[end:after]))


def _is_near(gap: str) -> bool:
    """Nothing but connecting words between, or at most four Chinese characters or two Latin words, in one clause."""
    if _CLAUSE_END.search(gap) or re.search(SLOT, gap):
        return False
    if _CONNECTED.fullmatch(gap):
        return True
    return len(gap.split()) <= 2 if gap.isascii() else len(gap.strip()) <= _SHORT


def _fault(match: re.Match[str]) -> TypedFault:
    return TypedFault(
        match.start(),
        match[0],
        _("绑定旁边手工写了“{word}”").format(word=match[0]),
        _('改用 {{ direction(...) }} 或 {{ change(...) }}，升降由数据决定；确需手写的，写 {{ literal("文字", reason="理由") }}。'),
    )
