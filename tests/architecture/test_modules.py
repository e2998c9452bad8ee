"""What every module keeps to: size, names, docstrings, float64, and SQL in the store alone.

One test a rule over all modules: a test for each module and rule were half of the suite's tests, to collect, send and report.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
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


pytestmark = pytest.mark.no_cover  # the source is read here, not run


def python_files(*folders: str) -> list[Path]:
    found = {folder: sorted((ROOT / folder).rglob("*.py")) for folder in folders}
    assert all(found.values()), "a folder without a module"
    return [path for paths in found.values() for path in paths]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def faults(fault: Callable[[Path], object], *folders: str) -> dict[str, object]:
    """What is wrong, by module, in those that a rule finds something in."""
    found = {named(path): fault(path) for path in python_files(*folders)}
    return {name: each for name, each in found.items() if each}


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def in_the_store(path: Path) -> bool:
    return path.is_relative_to(SOURCE / "store")


def too_many_lines(path: Path) -> int:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    return lines if lines >= LINES_AT_MOST else 0


def test_a_module_stays_under_the_limit() -> None:
    assert not faults(too_many_lines, "src", "tests", "benchmarks"), "split the module by task"


def long_functions(path: Path) -> list[str]:
    return [
        f"{node.name}: {size} lines"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > LINES_OF_A_FUNCTION_AT_MOST
    ]


def test_a_function_can_be_read_at_once() -> None:
    assert not faults(long_functions, "src"), "give each task its own function"


def words_that_say_nothing(path: Path) -> set[str]:
    words = {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")}
    return words & NAMES_THAT_SAY_NOTHING


def test_a_name_says_what_is_inside() -> None:
    assert not faults(words_that_say_nothing, "src", "tests", "benchmarks"), "name the module after what it does"


def lacks_a_docstring(path: Path) -> bool:
    public = not path.stem.startswith("_") or path.stem == "__init__"
    return public and not ast.get_docstring(parse(path))


def test_a_public_module_has_a_docstring() -> None:
    assert not faults(lacks_a_docstring, "src"), "say in one sentence what the module is for"


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


def engines_imported(path: Path) -> list[str]:
    engines = {name for name in imported_names(parse(path)) if name.partition(".")[0] in ENGINES}
    return [] if in_the_store(path) else sorted(engines)


def test_only_the_store_imports_an_engine() -> None:
    assert not faults(engines_imported, "src"), "ask the store through guibiao.store.port"


def sql_written(path: Path) -> list[str]:
    written = [f"line {line}: {text.strip()[:60]}" for line, text in plain_strings(parse(path)) if SQL.match(text)]
    return [] if in_the_store(path) else written


def test_only_the_store_writes_sql() -> None:
    assert not faults(sql_written, "src")


def narrow_floats(path: Path) -> set[str]:
    tree = parse(path)
    said = {text for _, text in plain_strings(tree)}
    said |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    said |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {name for name in said if name.lower() in {"float32", "float16", "<f4", "f4"}}


def test_nothing_is_computed_in_float32() -> None:
    assert not faults(narrow_floats, "src", "benchmarks")


@pytest.mark.parametrize(
    ("fault", "name", "text"),
    [
        (too_many_lines, "long.py", "1\n" * LINES_AT_MOST),
        (long_functions, "functions.py", "def f():\n" + "    1\n" * LINES_OF_A_FUNCTION_AT_MOST),
        (words_that_say_nothing, "text_utils.py", ""),
        (lacks_a_docstring, "silent.py", "1"),
        (engines_imported, "engine.py", "import duckdb"),
        (sql_written, "written.py", "a = 'SELECT a FROM b'"),
        (narrow_floats, "narrow.py", "a = numpy.float32"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fault_is_seen(fault: Callable[[Path], object], name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.architecture.test_modules.ROOT", tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "good.py").write_text('"""Good."""\n', encoding="utf-8")
    assert not faults(fault, "src")
    (tmp_path / "src" / name).write_text(text, encoding="utf-8")
    assert list(faults(fault, "src")) == [f"src/{name}"]


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
