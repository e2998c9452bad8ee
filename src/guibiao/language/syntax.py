"""What an expression is made of: frozen nodes, each with its place in the text, and the canonical text of them.

Nodes compare by content, not by place, so `parse(unparse(expression)) == expression`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Number:
    """A number as typed, not negative; 15 significant digits at most."""

    value: Decimal
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A string; only ever an argument of a function."""

    value: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """The name of an indicator (or whatever the caller's functions take names for)."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """`-operand`."""

    operand: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`, the operator one of + - * /."""

    operator: str
    left: Node
    right: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`operands[0] operators[0] operands[1] ...`, the operators among < <= > >= == !=."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Logic:
    """Operands joined by `and` or by `or`."""

    operator: str
    operands: tuple[Node, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """`not operand`."""

    operand: Node
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A known function with its arguments in the order written."""

    function: str
    arguments: tuple[Node, ...]
    keywords: tuple[tuple[str, Node], ...] = ()
    position: int = field(default=0, compare=False)


Node = Number | Text | Name | Negative | Binary | Compare | Logic | Not | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed text. `text` serves messages; equality is that of the tree."""

    root: Node
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return unparse(self.root)


def children(node: Node) -> tuple[Node, ...]:
    """Direct operands and arguments, in the order written."""
    if isinstance(node, Negative | Not):
        return (node.operand,)
    if isinstance(node, Binary):
        return node.left, node.right
    if isinstance(node, Compare | Logic):
        return node.operands
    if isinstance(node, Call):
        return (*node.arguments, *(value for _name, value in node.keywords))
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in the order written."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(expression: Expression) -> tuple[str, ...]:
    """Every name used, each once, in the order first written."""
    return tuple(dict.fromkeys(node.name for node in walk(expression.root) if isinstance(node, Name)))


_STRENGTH = {"or": 1, "and": 2, "not": 3, "compare": 4, "+": 5, "-": 5, "*": 6, "/": 6, "negative": 7, "atom": 8}


def unparse(node: Node | Expression) -> str:
    """Canonical text: one space around operators, brackets only where needed."""
    return _unparse(node.root if isinstance(node, Expression) else node)[0]


def _unparse(node: Node) -> tuple[str, int]:
    """Text and how strongly it binds."""
    if isinstance(node, Number):
        return f"{node.value:f}", _STRENGTH["atom"]
    if isinstance(node, Text):
        return json.dumps(node.value, ensure_ascii=False), _STRENGTH["atom"]
    if isinstance(node, Name):
        return node.name, _STRENGTH["atom"]
    if isinstance(node, Negative):
        return f"-{_bracketed(node.operand, _STRENGTH['negative'])}", _STRENGTH["negative"]
    if isinstance(node, Not):
        return f"not {_bracketed(node.operand, _STRENGTH['not'])}", _STRENGTH["not"]
    if isinstance(node, Binary):
        strength = _STRENGTH[node.operator]
        return f"{_bracketed(node.left, strength)} {node.operator} {_bracketed(node.right, strength + 1)}", strength
    if isinstance(node, Compare):
        strength = _STRENGTH["compare"]
        parts = [_bracketed(operand, strength + 1) for operand in node.operands]
        tail = "".join(f" {operator} {part}" for operator, part in zip(node.operators, parts[1:], strict=True))
        return parts[0] + tail, strength
    if isinstance(node, Logic):
        strength = _STRENGTH[node.operator]
        return f" {node.operator} ".join(_bracketed(operand, strength + 1) for operand in node.operands), strength
    arguments = [unparse(argument) for argument in node.arguments]
    arguments += [f"{name}={unparse(value)}" for name, value in node.keywords]
    return f"{node.function}({', '.join(arguments)})", _STRENGTH["atom"]


def _bracketed(node: Node, strength: int) -> str:
    text, own = _unparse(node)
    return text if own >= strength else f"({text})"
