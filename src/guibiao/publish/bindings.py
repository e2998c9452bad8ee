"""Bindings of a template: `{{ value("gdp", 2023, area="...") }}` is one call in the project's language with literal arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from guibiao.language.functions import Function
from guibiao.language.parse import parse
from guibiao.language.syntax import Call, Negative, Node, Number, Text
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Literal = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Arguments:
    """Arguments of a call by name, and the categories of the indicator among them."""

    values: Mapping[str, Literal]
    categories: Mapping[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the argument is given."""
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """A text argument."""
        return str(self.values.get(name, default))

    def choice(self, name: str, *allowed: str) -> str:
        """One of the allowed texts, the first by default."""
        text = self.text(name, allowed[0])
        if text not in allowed:
            quoted = "、".join(f'"{value}"' for value in allowed if value)
            raise BadRequest(
                _("参数 {name} 不能是“{text}”").format(name=name, text=text), remedy=_("可写 {values}。").format(values=quoted)
            )
        return text

    def whole(self, name: str, least: int = 0) -> int | None:
        """A whole number, None where it is not given."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or not least <= value <= 100:
            raise BadRequest(
                _("参数 {name} 不能是 {value}").format(name=name, value=value), remedy=_("写 {least} 到 100 的整数。").format(least=least)
            )
        return value

    def number(self, name: str) -> str | Decimal | None:
        """A number, or a quantity as text; None where it is not given."""
        value = self.values.get(name)
        return Decimal(value) if isinstance(value, int) else value


@dataclass(frozen=True, slots=True)
class BoundCall:
    """A binding as read: the function and its arguments."""

    function: str
    arguments: Arguments


def read_binding(source: str, functions: Mapping[str, Function]) -> BoundCall:
    """The call a binding makes; a `LanguageError` shows the place, a wrong name answers with the nearest."""
    root = parse(source, functions=functions).root
    if not isinstance(root, Call):
        raise BadRequest(_("绑定应当是一个函数，而不是 {source}").format(source=source[:40]), remedy=_('例如 {{ value("指标", 2023) }}。'))
    function = functions[root.function]
    positional = [parameter.name for parameter in function.parameters if not parameter.keyword]
    given = {**dict(zip(positional, root.arguments, strict=False)), **dict(root.keywords)}
    known = {parameter.name for parameter in function.parameters}
    values = {name: _literal(node) for name, node in given.items() if name in known}
    return BoundCall(root.function, Arguments(values, {name: str(_literal(node)) for name, node in given.items() if name not in known}))


def check_categories(call: BoundCall, function: Function, dimensions: Mapping[str, tuple[str, ...]]) -> None:
    """Refuses a category that is no dimension of the indicators named; `dimensions` maps every indicator to its own."""
    named = [call.arguments.text(name) for name in ("indicator", "other") if call.arguments.has(name)]
    if any(name not in dimensions for name in named):
        return
    own = [dimension for name in named for dimension in dimensions[name]]
    for name in call.arguments.categories:
        if name not in own:
            options = [*(parameter.name for parameter in function.parameters), *own]
            near = get_close_matches(name, options, n=1, cutoff=0.5)
            raise BadRequest(
                _("{function} 没有参数 {name}，它也不是指标的维度").format(function=call.function, name=name),
                remedy=_("是不是想写 {name}？").format(name=near[0]) if near else _("可用：{names}。").format(names="、".join(options)),
            )


def _literal(node: Node) -> Literal:
    if isinstance(node, Text):
        return node.value
    negative = isinstance(node, Negative)
    number = node.operand if isinstance(node, Negative) else node
    if not isinstance(number, Number):
        raise BadRequest(_("绑定的参数只能是文字或数"), remedy=_('例如 value("指标", 2023)。'))
    value = -number.value if negative else number.value
    return int(value) if value == value.to_integral_value() else value
