"""What every module keeps to: size, names, docstrings, float64, and SQL in the store alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.capabilities import ROOT

SOURCE = ROOT / "src" / "guibiao"
LINES_AT_MOST = 400
LINES_OF_A_FUNCTION_AT_MOST = 100
NAMES_THAT_SAY_NOTHING = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
ENGINES = {"duckdb", "psycopg", "sqlite3", "sqlalchemy"}
SQL = re.compile(
    r"^\s*(select\s.+\sfrom\s|with\s.+\sas\s*\(|insert\s+(or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s"
    r"|(create|drop|alter)\s+(or\s+replace\s+)?(temp(orary)?\s+)?(table|view|schema|index|sequence)\s"
    r"|copy\s.+\s(from|to)\s|attach\s+'|pragma\s+\w+)",
    re.IGNORECASE | re.DOTALL,
)


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def each(*folders: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", python_files(*folders), ids=named)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def in_the_store(path: Path) -> bool:
    return path.is_relative_to(SOURCE / "store")


@each("src", "tests", "benchmarks")
def test_a_module_stays_under_the_limit(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < LINES_AT_MOST, f"{lines} lines: split the module by task"


@each("src")
def test_a_function_can_be_read_at_once(path: Path) -> None:
    long = [
        f"{node.name}: {size} lines"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES_OF_A_FUNCTION_AT_MOST
    ]
    assert not long, "give each task its own function: " + "; ".join(long)


@each("src", "tests", "benchmarks")
def test_a_name_says_what_is_inside(path: Path) -> None:
    words = {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")}
    assert not words & NAMES_THAT_SAY_NOTHING, "name the module after what it does"


@each("src")
def test_a_public_module_has_a_docstring(path: Path) -> None:
    if path.stem.startswith("_") and path.stem != "__init__":
        return
    assert ast.get_docstring(parse(path)), "say in one sentence what the module is for"


def imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def plain_strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each string with its line, without docstrings; an f-string gives its first literal part."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


@each("src")
def test_only_the_store_imports_an_engine(path: Path) -> None:
    engines = {name for name in imported_names(parse(path)) if name.partition(".")[0] in ENGINES}
    assert in_the_store(path) or not engines, f"{sorted(engines)}: ask the store through guibiao.store.port"


@each("src")
def test_only_the_store_writes_sql(path: Path) -> None:
    written = [f"line {line}: {text.strip()[:60]}" for line, text in plain_strings(parse(path)) if SQL.match(text)]
    assert in_the_store(path) or not written, "; ".join(written)


@each("src", "benchmarks")
def test_nothing_is_computed_in_float32(path: Path) -> None:
    tree = parse(path)
    said = {text for _, text in plain_strings(tree)}
    said |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    said |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not {name for name in said if name.lower() in {"float32", "float16", "<f4", "f4"}}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM b",
        "\n  select *\n from t",
        "INSERT INTO t VALUES (1)",
        "create or replace view v as",
        "WITH x AS (SELECT 1)",
        "COPY t TO 'x.parquet'",
        "delete from t",
    ],
)
def test_sql_is_recognised(text: str) -> None:
    assert SQL.match(text)


@pytest.mark.parametrize("text", ["select the indicator", "update of the figures", "with a remedy", "删除"])
def test_prose_is_not_sql(text: str) -> None:
    assert not SQL.match(text)
