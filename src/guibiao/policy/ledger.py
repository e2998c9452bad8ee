"""The states of a ledger task and the moves between them: 登记 -> 分解 -> 在办 -> 待核 -> 销号, with 退回 and 延期.

Method sheet: docs/methods/0711-states-of-the-ledger.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _
from guibiao.model.operations import LedgerTask, TaskState

STATES: tuple[TaskState, ...] = get_args(TaskState)
STATE_WORDS: Mapping[TaskState, str] = {
    "registered": "登记",
    "decomposed": "分解",
    "underway": "在办",
    "review": "待核",
    "closed": "销号",
}
"""As they stand in the offices' workbooks, whatever the language of the user."""
STAGE_WORDS: Mapping[str, str] = {"planned": "谋划", "preparing": "前期", "building": "在建", "completed": "竣工", "operating": "投产"}


@dataclass(frozen=True, slots=True)
class Move:
    """What may be done to a task: from a state to the next, or to the same one."""

    name: str
    word: str
    targets: Mapping[TaskState, TaskState]
    reasoned: bool = False


MOVES: tuple[Move, ...] = (
    Move("decompose", "分解", {"registered": "decomposed"}),
    Move("start", "在办", {"decomposed": "underway"}),
    Move("submit", "待核", {"underway": "review"}),
    Move("close", "销号", {"review": "closed"}),
    Move("return", "退回", {"decomposed": "registered", "review": "underway", "closed": "underway"}, reasoned=True),
    Move(
        "extend", "延期", {"registered": "registered", "decomposed": "decomposed", "underway": "underway", "review": "review"},
        reasoned=True,
    ),
)  # fmt: skip
_BY_WORD = {text: move for move in MOVES for text in (move.name, move.word, *(next(iter(move.targets.values())),)[: not move.reasoned])}


@dataclass(frozen=True, slots=True)
class Family:
    """The tasks around one: that it belongs to, and those that belong to it."""

    parent: LedgerTask | None = None
    children: Sequence[LedgerTask] = ()


def find_move(text: str) -> Move:
    """The move a word means: 分解, 退回, decompose, or the state it leads to. BadRequest for another word."""
    move = _BY_WORD.get(text.strip())
    if move is None:
        words = "、".join(each.word for each in MOVES)
        raise BadRequest(_("没有“{text}”这一步").format(text=text), remedy=_("可用：{words}。").format(words=words))
    return move


def find_state(text: str) -> TaskState | None:
    """The state a word means, Chinese or English; None for another word."""
    return next((state for state in STATES if text.strip() in {state, STATE_WORDS[state]}), None)


def allowed(state: TaskState) -> tuple[Move, ...]:
    """Moves from a state."""
    return tuple(move for move in MOVES if state in move.targets)


def step(task: LedgerTask, move: Move, *, why: str = "", due: date | None = None, family: Family | None = None) -> LedgerTask:
    """The task after a move. BadRequest, saying what is allowed, where it may not be made; the task is never changed."""
    around = family or Family()
    if task.state not in move.targets:
        words = "、".join(each.word for each in allowed(task.state))
        raise BadRequest(
            _("{id} 现在是“{state}”，不能{move}").format(id=task.id, state=STATE_WORDS[task.state], move=move.word),
            remedy=_("现在可以：{words}。").format(words=words),
        )
    if move.reasoned and not why.strip():
        raise BadRequest(_("{move}要写明理由").format(move=move.word), remedy=_("用 --why 写明。"))
    if due is not None and move.name != "extend":
        raise BadRequest(_("只有延期可以改完成时限"), remedy=_("先做这一步，再用 延期 --due 改时限。"))
    _require_family(task, move, around)
    if move.name == "extend":
        return _extended(task, due)
    return replace(task, state=move.targets[task.state])


def move_between(old: TaskState, new: TaskState) -> Move:
    """The one move that leads from a state to another. BadRequest, saying what is allowed, where none does."""
    for move in allowed(old):
        if move.targets[old] == new != old:
            return move
    words = "、".join(each.word for each in allowed(old))
    raise BadRequest(
        _("不能从“{old}”一步到“{new}”").format(old=STATE_WORDS[old], new=STATE_WORDS[new]),
        remedy=_("现在可以：{words}。").format(words=words),
    )


def _extended(task: LedgerTask, due: date | None) -> LedgerTask:
    if due is None:
        raise BadRequest(_("延期要写明新的完成时限"), remedy=_("用 --due 2026-12-31 写明。"))
    if task.due is not None and due <= task.due:
        raise BadRequest(
            _("新的完成时限 {new} 不晚于原定的 {old}").format(new=due, old=task.due), remedy=_("延期只能往后；时限写错了就更正任务定义。")
        )
    return replace(task, due=due, due_words="")


def _require_family(task: LedgerTask, move: Move, around: Family) -> None:
    if move.name == "decompose" and not task.lead and not around.children:
        raise BadRequest(
            _("{id} 还没有责任单位，不能分解").format(id=task.id), remedy=_("先用 guibiao ledger update --lead 写明责任单位。")
        )
    open_children = [each for each in around.children if each.state != "closed"]
    if move.name == "close" and open_children:
        raise BadRequest(
            _("{id} 还有 {count} 项下级任务没有销号").format(id=task.id, count=len(open_children)),
            "、".join(f"{each.id} {STATE_WORDS[each.state]}" for each in open_children[:20]),
            _("下级任务全部销号后再销号。"),
        )
    if move.name == "return" and task.state == "closed" and around.parent is not None and around.parent.state == "closed":
        raise BadRequest(_("上级任务 {id} 已经销号").format(id=around.parent.id), remedy=_("先退回上级任务，再退回这一项。"))
