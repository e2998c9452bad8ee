"""Links of the documentation lead somewhere, and the definitions it shows are accepted by their schema."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from guibiao.reference.load import SCHEMAS
from tests.capabilities import ROOT
from tests.documentation.shell_blocks import blocks, documents

LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)#\s]+)[^)]*\)")
KINDS = {"tables": "table", "deliveries": "agreement", "mappings": "mapping"}
DEFINITIONS = [(path, line, body) for path in documents() for line, body in blocks(path, "yaml")]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = {match["target"] for match in LINK.finditer(text) if "://" not in match["target"]}
    assert not {target for target in targets if not (path.parent / target).exists()}


@pytest.mark.parametrize(
    ("path", "line", "body"), DEFINITIONS, ids=[f"{path.relative_to(ROOT).as_posix()}:{line}" for path, line, _ in DEFINITIONS]
)
def test_a_definition_is_valid(path: Path, line: int, body: str) -> None:
    named = re.match(r"# (?P<kind>\w+)[/.]", body)
    assert named, f"{path.name}:{line}: begin the block with the file it belongs to, as in '# indicators/retail.yaml'"
    kind = KINDS.get(named["kind"], named["kind"])
    TypeAdapter(SCHEMAS[kind]).validate_python(yaml.safe_load(body))
