"""The grammar, its refusals with their places, and hostile text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guibiao.language.errors import LanguageError
from guibiao.language.functions import FORMULA_FUNCTIONS, Function, Kind, Parameter, bind, literal, table
from guibiao.language.parse import MAXIMUM_DEPTH, MAXIMUM_LENGTH, indicator_names, parse
from guibiao.language.syntax import Binary, Call, Compare, Expression, Logic, Name, Negative, Node, Not, Number, Text, unparse
from guibiao.model.errors import BadRequest


def test_the_tree_of_a_formula() -> None:
    tree = parse("share(a, of=b) * 2 <= -c").root
    share = Call("share", (Name("a"),), (("of", Name("b")),))
    assert tree == Compare(("<=",), (Binary("*", share, Number(Decimal(2))), Negative(Name("c"))))


def test_chained_comparison_and_logic() -> None:
    tree = parse("not 1 < a <= 2.5 or a == b and a != 3").root
    assert isinstance(tree, Logic)
    assert tree.operator == "or"
    assert tree.operands[0] == Not(Compare(("<", "<="), (Number(Decimal(1)), Name("a"), Number(Decimal("2.5")))))


def test_numbers_are_exact() -> None:
    assert parse("0.1").root == Number(Decimal("0.1"))
    assert parse("1e-6").root == Number(Decimal("0.000001"))


def test_lines_may_break_anywhere() -> None:
    assert parse("a\n  + b\r\n- c") == parse("a + b - c")


def test_names_are_listed_once_in_order() -> None:
    assert indicator_names(parse("b + growth(a) - b / 数字经济")) == ("b", "a", "数字经济")


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("growt(gdp)", 0, "最接近的名称是 growth"),
        ("数字 + growt(gdp)", 5, "最接近的名称是 growth"),
        ("a + growth(x, year=1)", 4, "最接近的名称是 years"),
        ("a +", 3, "写法不对"),
        ("a b", 0, "写法不对"),
        ("a) + (b", 1, "多了一个右括号"),
        ("a # b", 2, "不能有注释"),
        ("growth(x, years=-1)", 16, "正整数"),
        ("growth(x, years=1.5)", 16, "正整数"),
        ("growth(x, 2)", 0, "参数太多"),
        ("share(a)", 0, "缺少参数 of"),
        ("share(a, b, of=c)", 0, "给了两次"),
        ("total(x, sector)", 9, "引号中的文字"),
        ("growth('x')", 7, "指标名或算式"),
        ("a + b\n + nofun(c)", 9, "未知的函数"),
    ],
)
def test_a_fault_is_placed(text: str, position: int, said: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse(text)
    assert caught.value.position == position
    assert said in str(caught.value)
    assert "^" in caught.value.description
    assert isinstance(caught.value, BadRequest)


def test_the_mark_stands_under_the_place_beside_wide_characters() -> None:
    with pytest.raises(LanguageError) as caught:
        parse("经济 + growt(x)")
    line, mark = caught.value.description.splitlines()
    assert line == "  经济 + growt(x)"
    assert mark == "  \u3000\u3000   ^"


NOT_ON_THE_LIST = (
    *("a.b", "a[0]", "a ** b", "a // b", "a % b", "a @ b", "~a", "+a", "a & b", "lambda: a", "[a]", "(a, b)", "{a}", "{'a': a}"),
    *("f'{a}'", "a if b else c", "[x for x in a]", "a is b", "a in b", "a := b", "*a", "growth(*a)", "growth(**a)", "a.growth(x)"),
    *("growth(x)(y)", "True", "None", "...", "b'x'", "1j", "0x10", "1_000", "1e99", "1234567890123456", "'a' 'b'", '"""a"""', "r'a'"),
    *("yield", "await a", "__import__('os')", "", "   ", "\n", "'", "(", "a;b", "a = b", "import os", "'\\x07' == a", "at(x, b='a\\tb')"),
)


@pytest.mark.parametrize("text", NOT_ON_THE_LIST)
def test_what_is_not_on_the_list_is_refused(text: str) -> None:
    with pytest.raises(LanguageError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * (MAXIMUM_LENGTH + 1),
        "(" * MAXIMUM_LENGTH,
        "[" * MAXIMUM_LENGTH,
        "-" * (MAXIMUM_LENGTH - 1) + "a",
        "not " * (MAXIMUM_LENGTH // 4 - 1) + "a",
        "a" + "+a" * (MAXIMUM_LENGTH // 2 - 1),
        "a" + "<a" * (MAXIMUM_LENGTH // 2 - 1) + "<",
        "abs(" * 900 + "a",
        "9" * MAXIMUM_LENGTH,
        "1e" + "9" * 3000,
        "a\0b",
        "\ud800",
        "'" + "\ud800" + "'",
        "\u202e" * 100,
        "{" * 60 + "}" * 60,
        "f'" + "{" * 300,
    ],
)
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(LanguageError):
        parse(text)


def test_depth_is_what_the_limit_says() -> None:
    parse("-" * (MAXIMUM_DEPTH - 1) + "a")
    with pytest.raises(LanguageError, match="嵌套"):
        parse("-" * MAXIMUM_DEPTH + "a")


_PIECES = st.sampled_from(
    [
        *("a", "b1", "数", "growth", "share", "at", "(", ")", ",", "=", "+", "-", "*", "/", "<", ">=", "==", " and ", " not ", " or ", "1"),
        *("2.5", "'x'", '"', "#", " ", "\n", "of", "years", "[", "]", "{", ".", ":", "lambda ", "\\", "\0", "'", "é", "😀", "%", "**"),
        *("if ", "f'", "@", "!"),
    ]
)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=25).map("".join)))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        expression = parse(text)
    except LanguageError as error:
        position = error.position
    else:
        assert parse(str(expression)) == expression
        position = 0
    assert 0 <= position <= len(text)


_NAMES = st.sampled_from(["a", "gdp_2", "数字经济", "x1"]).map(Name)
_NUMBERS = st.decimals(0, 10**9, places=3, allow_nan=False).map(lambda value: Number(Decimal(value)))
_WORDS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")), max_size=8)


def _calls(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    steps = st.sampled_from(["years", "months"]).flatmap(
        lambda name: st.integers(1, 9).map(lambda count: ((name, Number(Decimal(count))),))
    )
    return st.one_of(
        st.builds(lambda x, step: Call("growth", (x,), step), inner, steps),
        st.builds(lambda x, of: Call("share", (x,), (("of", of),)), inner, inner),
        st.builds(lambda xs: Call("maximum", tuple(xs)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda x, area, code: Call("at", (x,), (("area", Text(area)), ("部门", Text(code)))), inner, _WORDS, _WORDS),
    )


_TREES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(_NAMES, _NUMBERS),
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(Negative, inner),
        st.builds(Not, inner),
        st.builds(
            lambda parts, operator: Logic(operator, tuple(parts)), st.lists(inner, min_size=2, max_size=3), st.sampled_from(["and", "or"])
        ),
        st.builds(lambda one, two, three: Compare(("<", "!="), (one, two, three)), inner, inner, inner),
        _calls(inner),
    ),
    max_leaves=12,
)


@given(_TREES)
def test_canonical_text_gives_the_tree_back(tree: Node) -> None:
    assert parse(unparse(tree)) == Expression(tree)


def test_another_table_of_functions() -> None:
    """Another caller brings its own functions, with texts, numbers and names for arguments, and walks the call."""
    value = Function(
        "value",
        (
            Parameter("indicator", Kind.TEXT, "indicator id"),
            Parameter("period", Kind.LITERAL, "period"),
            Parameter("decimals", Kind.INTEGER, "decimals", required=False, keyword=True),
        ),
        "a figure",
        others=Kind.LITERAL,
    )
    call = parse('value("gdp", 2023, decimals=1, sector="05")', table(value)).root
    assert isinstance(call, Call)
    bound = bind(call, value)
    assert {name: [literal(node) for node in nodes] for name, nodes in bound.items()} == {
        "indicator": ["gdp"], "period": [2023], "decimals": [1], "sector": ["05"],
    }  # fmt: skip
    with pytest.raises(LanguageError, match="未知的函数"):
        parse("growth(gdp)", table(value))
    with pytest.raises(LanguageError, match="引号中的文字"):
        parse("value(gdp, 2023)", table(value))


def test_the_table_is_complete() -> None:
    for name, function in FORMULA_FUNCTIONS.items():
        assert name == function.name
        assert function.doc.endswith(".")
        assert all(parameter.doc for parameter in function.parameters)
        assert function.signature.startswith(f"{name}(")
