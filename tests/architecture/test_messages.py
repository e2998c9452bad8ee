"""Every message of the source has its English, with the same placeholders, and the compiled catalogue is the written one."""

from __future__ import annotations

import ast
import io
import os
import string
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from guibiao.model.messages import LOCALE_FOLDER
from tests.capabilities import ROOT

SOURCE = ROOT / "src" / "guibiao"
ENGLISH = LOCALE_FOLDER / "en" / "LC_MESSAGES" / "guibiao.po"
COMPILED = ENGLISH.with_suffix(".mo")
KEYWORDS = ("_", "translate")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHINESE_PUNCTUATION = set("，。；：（）、！？")
AGAIN = "run `make messages`, then translate what is empty in guibiao.po"

pytestmark = pytest.mark.no_cover  # the source is read here, not run


@cache
def extracted() -> frozenset[str]:
    """The messages of the source as Babel finds them."""
    found = extract_from_dir(str(SOURCE), [("**.py", "python")], keywords=dict.fromkeys(KEYWORDS))
    return frozenset(str(message) for _file, _line, message, _comments, _context in found)


def catalogue() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en", domain="guibiao")


def translations() -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue() if message.id}


def fields(text: str) -> set[tuple[str, str, str]]:
    """Name, format and conversion of each placeholder."""
    return {
        (name, specification or "", conversion or "")
        for _literal, name, specification, conversion in string.Formatter().parse(text)
        if name is not None
    }


def without_version(catalogue_text: bytes) -> list[bytes]:
    return [line for line in catalogue_text.splitlines() if b"Generated-By" not in line]


def test_the_catalogue_holds_the_messages_of_the_source() -> None:
    known = set(translations())
    assert len(known) > 500
    assert not extracted() - known, AGAIN
    assert not known - extracted(), f"no longer in the source: {AGAIN}"


def test_every_message_is_translated() -> None:
    assert not [message for message, english in translations().items() if not english.strip()], AGAIN
    assert not [message.id for message in catalogue() if message.id and message.fuzzy], "no guessed translations"


def test_placeholders_are_the_same() -> None:
    different = {
        message: english
        for message, english in translations().items()
        if fields(message) != fields(english) or message.count("{{") != english.count("{{")
    }
    assert not different


def test_the_english_is_english() -> None:
    """Chinese characters may be quoted as data (2021年); Chinese punctuation comes with text that was left as it was."""
    assert not {message: english for message, english in translations().items() if CHINESE_PUNCTUATION & set(english)}


def test_sentences_stay_sentences() -> None:
    """A remedy ends with a full stop in both languages, a title or word in neither."""
    assert not {message: english for message, english in translations().items() if message.endswith("。") != english.rstrip().endswith(".")}


def test_the_catalogue_is_as_make_messages_writes_it() -> None:
    """Sorted, without places in the source, without obsolete entries, with one fixed date."""
    current = catalogue()
    assert current.creation_date == EPOCH
    template = Catalog()
    for message in sorted(extracted()):
        template.add(message)
    current.update(template, no_fuzzy_matching=True, update_creation_date=False)
    written = io.BytesIO()
    write_po(written, current, width=0, ignore_obsolete=True)
    assert without_version(written.getvalue()) == without_version(ENGLISH.read_bytes()), AGAIN


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    with COMPILED.open("rb") as file:
        stored = read_mo(file)
    assert {message.id: message.string for message in stored} == {message.id: message.string for message in read_mo(compiled)}, AGAIN


def uses(path: Path) -> Iterator[tuple[ast.AST, str | None]]:
    """Each use of `translate` in a module, with its text where it is a call with one literal and nothing else."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "guibiao.model.messages"]
    names = {alias.asname or alias.name for node in imported for alias in node.names if alias.name == "translate"}
    called = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or node.id not in names or not isinstance(node.ctx, ast.Load):
            continue
        call = called.get(node)
        arguments = [*call.args, *call.keywords] if call else []
        text = arguments[0].value if len(arguments) == 1 and isinstance(arguments[0], ast.Constant) else None
        yield node, text if isinstance(text, str) else None


def test_every_message_is_a_literal() -> None:
    """What is put together or looked up at run time is not extracted: call `_` on each text, in a function or a lambda."""
    dynamic = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node, text in uses(path)
        if text is None and isinstance(node, ast.Name)
    ]
    assert not dynamic


def test_every_literal_is_extracted() -> None:
    """Babel does not look into the expressions of f-strings on every version of Python."""
    literals = {text for path in SOURCE.rglob("*.py") for _node, text in uses(path) if text is not None}
    assert not literals ^ extracted()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "错误：找不到工作区 nowhere\n"),
        ({"LANG": "C.UTF-8"}, "错误：找不到工作区 nowhere\n"),
        ({"LANG": "zh_CN.UTF-8"}, "错误：找不到工作区 nowhere\n"),
        ({"LANG": "en_US.UTF-8"}, "Error: Workspace nowhere was not found\n"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "Error: Workspace nowhere was not found\n"),
    ],
)
def test_an_error_speaks_the_users_language(environment: dict[str, str], expected: str, tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in {"LANGUAGE", "LANG"} and not name.startswith("LC_")}
    done = subprocess.run(
        [sys.executable, "-c", "from guibiao.cli import main; main()", "check", "--workspace", "nowhere"],
        cwd=tmp_path,
        env={**clean, **environment, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(expected)
