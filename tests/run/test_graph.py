"""Step cache: what is reused, what runs, what stops."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from guibiao.graph import StepCache, digest, write_atomically


def cache(folder: Path, present: bool = True) -> StepCache:
    return StepCache(folder, present=lambda _key: present, notify=lambda _step: None)


def run(steps: StepCache, name: str, inputs: Mapping[str, str], part: str, facts: Mapping[str, Any] | None = None) -> bool:
    ran = []

    def compute(_key: str) -> tuple[dict[str, str], Mapping[str, Any]]:
        ran.append(True)
        return {"part": part}, facts or {}

    assert steps.run(name, inputs, "spec", (), compute).part("part") == part
    return bool(ran)


def test_same_inputs_are_reused_and_others_run(tmp_path: Path) -> None:
    assert run(cache(tmp_path), "a", {"x": "1"}, "p")
    assert not run(cache(tmp_path), "a", {"x": "1"}, "p")
    assert run(cache(tmp_path), "a", {"x": "2"}, "p")
    assert run(cache(tmp_path), "b", {"x": "1"}, "p")


def test_an_unchanged_output_stops_what_follows(tmp_path: Path) -> None:
    steps = cache(tmp_path)
    first = steps.run("a", {"x": "1"}, "", (), lambda _key: ({"part": "same"}, {}))
    assert run(steps, "b", {"a": first.digest}, "q")
    second = steps.run("a", {"x": "2"}, "", (), lambda _key: ({"part": "same"}, {}))
    assert not run(steps, "b", {"a": second.digest}, "q")


def test_rows_gone_from_the_store_or_a_spoilt_artefact_run_again(tmp_path: Path) -> None:
    assert run(cache(tmp_path), "a", {}, "p", {"stored": True})
    assert not run(cache(tmp_path), "a", {}, "p", {"stored": True})
    assert run(cache(tmp_path, present=False), "a", {}, "p", {"stored": True})
    steps = cache(tmp_path)
    name = steps.keep(b"drawing")
    assert run(steps, "c", {}, name, {"artefacts": [name]})
    (tmp_path / "artefacts" / name).write_bytes(b"draw")
    assert run(cache(tmp_path), "c", {}, name, {"artefacts": [name]})


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b'{"step": 1}'])
def test_a_spoilt_record_is_no_record(tmp_path: Path, spoilt: bytes) -> None:
    run(cache(tmp_path), "a", {}, "p")
    for record in (tmp_path / "records").iterdir():
        record.write_bytes(spoilt)
    assert run(cache(tmp_path), "a", {}, "p")


def test_an_error_in_a_step_leaves_no_record(tmp_path: Path) -> None:
    def fail(_key: str) -> tuple[dict[str, str], dict[str, Any]]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cache(tmp_path).run("a", {}, "spec", (), fail)
    assert run(cache(tmp_path), "a", {}, "p")


def test_digests_tell_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") == digest(b"a")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file"
    write_atomically(target, b"one")
    write_atomically(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in target.parent.iterdir()] == ["file"]
