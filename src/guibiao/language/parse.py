"""Text to tree: Python's expression syntax through the standard `ast` module, cut down to a white list.

Nothing is ever evaluated. Length, brackets and nesting are bounded, so hostile text ends in a `LanguageError` like any other fault.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from decimal import Decimal

from guibiao.language.errors import LanguageError, nearest
from guibiao.language.functions import FORMULA_FUNCTIONS, Function, Kind, Parameter, is_kind
from guibiao.language.syntax import Binary, Call, Compare, Expression, Logic, Name, Negative, Node, Not, Number, Text, names
from guibiao.model.messages import translate as _
from guibiao.model.quantity import MAXIMUM_DIGITS

MAXIMUM_LENGTH = 4000
MAXIMUM_DEPTH = 50
_STRING = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_SCANNED = re.compile(rf"{_STRING}|[#()\[\]{{}}]")
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
    ast.NotEq: "!=", ast.And: "and", ast.Or: "or",
}  # fmt: skip


def parse(text: str, functions: Mapping[str, Function] = FORMULA_FUNCTIONS) -> Expression:
    """Tree of an expression that may call `functions`; a `LanguageError` names the place and, for a name, the nearest known one."""
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(source) > MAXIMUM_LENGTH:
        raise LanguageError(
            _("表达式有 {length} 个字符，超过 {limit} 个").format(length=len(source), limit=MAXIMUM_LENGTH),
            remedy=_("把它拆成几个指标，各写一个公式。"),
        )
    if not source.strip():
        raise LanguageError(_("表达式是空的"), remedy=_("写一个指标名或公式，如 growth(x)。"))
    _scan(source)
    reader = _Reader(source, functions)
    try:
        return Expression(reader.read(_tree(source), 1), source)
    except RecursionError:
        raise _too_deep(source, 0) from None


def indicator_names(expression: Expression) -> tuple[str, ...]:
    """Indicators an expression uses, each once, in the order first written."""
    return names(expression)


def _scan(source: str) -> None:
    """Brackets must close and stay shallow, comments are refused: what `ast` would not say, or would say too late."""
    depth = 0
    for match in _SCANNED.finditer(source):
        if match[0] == "#":
            raise LanguageError(_("表达式中不能有注释"), source, match.start(), _("删去 # 及其后的文字。"))
        depth += (match[0] in "([{") - (match[0] in ")]}") if len(match[0]) == 1 else 0
        if depth < 0:
            raise LanguageError(_("多了一个右括号"), source, match.start(), _("删去它，或补上左括号。"))
        if depth > MAXIMUM_DEPTH:
            raise _too_deep(source, match.start())


def _tree(source: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ast.parse(f"({source}\n)", mode="eval").body
    except SyntaxError as error:
        position = _offset(source, error.lineno or 1, (error.offset or 1) - 1)
        raise LanguageError(
            _("写法不对"), source, position, _("核对此处的括号、引号、逗号和运算符；支持 + - * /、比较、and、or、not 和函数。")
        ) from None
    except (RecursionError, MemoryError):
        raise _too_deep(source, 0) from None
    except (ValueError, OverflowError):
        raise LanguageError(_("含有不能识别的字符或过长的数字"), source, 0, _("只用文字、数字、运算符和英文标点。")) from None


def _too_deep(source: str, position: int) -> LanguageError:
    return LanguageError(_("嵌套超过 {limit} 层").format(limit=MAXIMUM_DEPTH), source, position, _("把它拆成几个指标，各写一个公式。"))


def _offset(source: str, line: int, column: int) -> int:
    """Character offset in `source` of a place in the bracketed text: lines from 1, columns in characters from 0."""
    lines = source.split("\n")
    before = sum(len(text) + 1 for text in lines[: line - 1])
    return before + max(0, column - (line == 1))


class _Reader:
    """Turns `ast` nodes into ours; everything not on the white list is refused at its place."""

    def __init__(self, source: str, functions: Mapping[str, Function]) -> None:
        self.source = source
        self.functions = functions
        self.lines = source.split("\n")

    def position(self, node: ast.expr | ast.keyword) -> int:
        return self._place(node.lineno, node.col_offset)

    def _place(self, line: int, column: int) -> int:
        """`ast` counts columns in UTF-8 bytes, and the first line has a bracket before it."""
        if line > len(self.lines):
            return len(self.source)
        own = column - (line == 1)
        characters = len(self.lines[line - 1].encode()[: max(0, own)].decode(errors="ignore"))
        return sum(len(text) + 1 for text in self.lines[: line - 1]) + characters

    def written(self, node: ast.expr) -> str:
        return self.source[self.position(node) : self._place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)]

    def refuse(self, node: ast.expr | ast.keyword, message: str, remedy: str = "") -> LanguageError:
        return LanguageError(message, self.source, self.position(node), remedy)

    def read(self, node: ast.expr, depth: int) -> Node:
        if depth > MAXIMUM_DEPTH:
            raise _too_deep(self.source, self.position(node))
        place = self.position(node)
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Name):
            return Name(node.id, place)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
            kind = Negative if isinstance(node.op, ast.USub) else Not
            return kind(self.read(node.operand, depth + 1), place)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return Binary(_OPERATORS[type(node.op)], self.read(node.left, depth + 1), self.read(node.right, depth + 1), place)
        if isinstance(node, ast.BoolOp):
            return Logic(_OPERATORS[type(node.op)], tuple(self.read(value, depth + 1) for value in node.values), place)
        if isinstance(node, ast.Compare) and all(type(operator) in _OPERATORS for operator in node.ops):
            operands = tuple(self.read(operand, depth + 1) for operand in (node.left, *node.comparators))
            return Compare(tuple(_OPERATORS[type(operator)] for operator in node.ops), operands, place)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        raise self.refuse(
            node,
            _("此处的写法不在本语言内：{text}").format(text=self.written(node)[:40]),
            _("只能用指标名、数字、+ - * /、比较、and、or、not 和已知函数。"),
        )

    def constant(self, node: ast.Constant) -> Node:
        written = self.written(node)
        if isinstance(node.value, str) and re.fullmatch(_STRING, written):
            if not node.value.isprintable():
                raise self.refuse(node, _("文字中有不可打印的字符"), _("删去换行、制表等字符。"))
            return Text(node.value, self.position(node))
        if isinstance(node.value, int | float) and _NUMBER.fullmatch(written):
            number = Decimal(written)
            if len(number.normalize().as_tuple().digits) > MAXIMUM_DIGITS or abs(number.adjusted()) > 2 * MAXIMUM_DIGITS:
                raise self.refuse(
                    node, _("数字超过 {digits} 位有效数字或过大过小").format(digits=MAXIMUM_DIGITS), _("改用更大或更小的计量单位。")
                )
            return Number(number, self.position(node))
        raise self.refuse(
            node, _("不能用这样的常数：{text}").format(text=written[:40]), _("写成 12、0.5、1e-6 这样的数字，或引号中的文字。")
        )

    def call(self, node: ast.Call, depth: int) -> Call:
        if not isinstance(node.func, ast.Name):
            raise self.refuse(
                node, _("此处不是函数名：{text}").format(text=self.written(node.func)[:40]), _("直接写函数名，如 growth(x)。")
            )
        function = self.functions.get(node.func.id)
        if function is None:
            known = _("可用的函数：{names}。").format(names="、".join(self.functions))
            raise self.refuse(node.func, _("未知的函数 {name}").format(name=node.func.id), nearest(node.func.id, self.functions) or known)
        arguments = tuple(self.read(argument, depth + 1) for argument in node.args)
        keywords: list[tuple[str, Node]] = []
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.refuse(keyword, _("不支持 ** 参数"), _("逐个写出参数。"))
            keywords.append((keyword.arg, self.read(keyword.value, depth + 1)))
        call = Call(function.name, arguments, tuple(keywords), self.position(node))
        self.bound(call, function)
        return call

    def bound(self, call: Call, function: Function) -> None:
        """Every argument has a parameter, none twice, none required is missing, and each is of its kind."""
        positional = [parameter for parameter in function.parameters if not parameter.keyword]
        repeated = bool(positional) and positional[-1].repeated
        if len(call.arguments) > len(positional) and not repeated:
            raise self.misused(call, function, _("参数太多"))
        given: set[str] = set()
        for index, argument in enumerate(call.arguments):
            parameter = positional[min(index, len(positional) - 1)]
            given.add(parameter.name)
            self.argument(argument, parameter, function)
        known = {parameter.name: parameter for parameter in function.parameters}
        for name, value in call.keywords:
            if name in given:
                raise self.misused(call, function, _("参数 {name} 给了两次").format(name=name))
            if name not in known and function.others is None:
                raise self.misused(call, function, _("没有参数 {name}").format(name=name), nearest(name, known))
            given.add(name)
            self.argument(value, known.get(name) or Parameter(name, function.others or Kind.LITERAL, ""), function)
        missing = [parameter.name for parameter in function.parameters if parameter.required and parameter.name not in given]
        if missing:
            raise self.misused(call, function, _("缺少参数 {names}").format(names="、".join(missing)))

    def argument(self, node: Node, parameter: Parameter, function: Function) -> None:
        if is_kind(node, parameter.kind):
            return
        wanted = {
            Kind.EXPRESSION: _("指标名或算式"),
            Kind.TEXT: _("引号中的文字"),
            Kind.INTEGER: _("正整数"),
            Kind.NUMBER: _("数字"),
            Kind.LITERAL: _("引号中的文字或数字"),
        }[parameter.kind]
        raise LanguageError(
            _("{function} 的参数 {name} 应是{wanted}").format(function=function.name, name=parameter.name, wanted=wanted),
            self.source,
            node.position,
            _("用法：{signature}").format(signature=function.signature),
        )

    def misused(self, call: Call, function: Function, message: str, hint: str = "") -> LanguageError:
        usage = _("用法：{signature}").format(signature=function.signature)
        return LanguageError(f"{function.name}：{message}", self.source, call.position, f"{hint}{usage}")
