"""Bindings of a template: `{{ value("gdp", 2023, area="...") }}`, parsed by the project's language, as a call with literal arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

Literal = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Signature:
    """What a report function takes: `positional` in order, the first `required` of them needed, and `options` by name only.

    `categories` says that a dimension of the indicator may be given by its name; `indicators` which arguments name indicators.
    """

    positional: tuple[str, ...] = ()
    required: int = 0
    options: tuple[str, ...] = ()
    categories: bool = False
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A binding as written: function, arguments by position, arguments by name."""

    function: str
    positional: tuple[Literal, ...]
    keywords: Mapping[str, Literal]


@dataclass(frozen=True, slots=True)
class Arguments:
    """Arguments of a call by name, and the categories among them."""

    values: Mapping[str, Literal]
    categories: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether the argument is given."""
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A text argument."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise _wrong(name, _("应当是加引号的文字"))
        return value

    def choice(self, name: str, *allowed: str) -> str:
        """One of the allowed texts, the first by default."""
        text = self.text(name, allowed[0])
        if text not in allowed:
            raise _wrong(name, _("可写 {values}").format(values="、".join(f'"{value}"' for value in allowed)))
        return text

    def whole(self, name: str, default: int | None = None, least: int = 0) -> int | None:
        """A whole number."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 100:
            raise _wrong(name, _("应当是 {least} 到 100 的整数").format(least=least))
        return value

    def flag(self, name: str) -> bool:
        """True or False, False by default."""
        value = self.values.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise _wrong(name, _("应当是 True 或 False"))
        return value

    def number(self, name: str) -> str | Decimal | None:
        """A number, or a quantity as text."""
        value = self.values.get(name)
        if isinstance(value, bool):
            raise _wrong(name, _("应当是数，或带单位的文字"))
        return Decimal(value) if isinstance(value, int) else value

    def period(self, name: str) -> str:
        """A period: a year as a number, or a text."""
        value = self.values.get(name)
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        raise _wrong(name, _('应当是年份，或 "2021年1-9月" 这样的文字'))


def bind_arguments(call: Call, signature: Signature, dimensions: Mapping[str, tuple[str, ...]]) -> Arguments:
    """The call's arguments by name. `dimensions` maps an indicator to its own; a wrong name answers with the nearest."""
    if len(call.positional) > len(signature.positional):
        raise BadRequest(
            _("{function} 至多有 {count} 个不写名字的参数").format(function=call.function, count=len(signature.positional)),
            remedy=_("其余参数写成 名字=值：{names}。").format(names="、".join(signature.options) or "—"),
        )
    values: dict[str, Literal] = dict(zip(signature.positional, call.positional, strict=False))
    categories: dict[str, str] = {}
    named = [str(values.get(name) or call.keywords.get(name) or "") for name in signature.indicators]
    own = {dimension for name in named for dimension in dimensions.get(name, ())} if signature.categories else set()
    unknown = signature.categories and any(name not in dimensions for name in named if name)
    known = (*signature.positional, *signature.options)
    for name, value in call.keywords.items():
        if name in values:
            raise BadRequest(_("参数 {name} 写了两次").format(name=name), remedy=_("只留一处。"))
        if name in known:
            values[name] = value
        elif name in own or unknown:
            categories[name] = str(value)
        else:
            near = get_close_matches(name, [*known, *own], n=1, cutoff=0.5)
            raise BadRequest(
                _("{function} 没有参数 {name}").format(function=call.function, name=name),
                remedy=_("是不是想写 {name}？").format(name=near[0])
                if near
                else _("可用：{names}。").format(names="、".join([*known, *sorted(own)])),
            )
    missing = [name for name in signature.positional[: signature.required] if values.get(name) is None]
    if missing:
        raise BadRequest(
            _("{function} 缺少参数 {names}").format(function=call.function, names="、".join(missing)),
            remedy=_("写成 {function}({names})。").format(
                function=call.function, names=", ".join(signature.positional[: signature.required])
            ),
        )
    return Arguments(values, categories)


def _wrong(name: str, expectation: str) -> BadRequest:
    return BadRequest(
        _("参数 {name} 的值不对").format(name=name), remedy=_("{name} {expectation}。").format(name=name, expectation=expectation)
    )
