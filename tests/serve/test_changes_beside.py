"""A comparison of two releases that takes long holds up no reader."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from guibiao import web_lineage
from guibiao.store.port import Busy
from guibiao.web_lineage import ReleaseChanges
from tests.serve.release_samples import NOON, City, new_city, visit


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = new_city(tmp_path_factory.mktemp("changes"))
    made.publish(made.draft())
    made.publish(made.draft(value=999.9), NOON + timedelta(hours=1))
    return made


def test_the_page_says_that_it_is_being_compared_and_is_not_kept(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    go, diff = threading.Event(), web_lineage.diff

    def slow(*arguments: Any) -> Any:
        assert go.wait(30)
        return diff(*arguments)

    monkeypatch.setattr(web_lineage, "diff", slow)
    monkeypatch.setattr(web_lineage, "PATIENCE", 0.05)
    with visit(city.site()) as client:
        for _number in range(2):
            page = client.get("/")
            assert page.status_code == 200
            assert "正在与上一发布" in page.text
        go.set()
        for _number in range(200):
            page = client.get("/")
            if "修订 1，新增 0，删除 0" in page.text:
                break
            threading.Event().wait(0.05)
        assert "修订 1，新增 0，删除 0" in page.text
        assert "正在与上一发布" not in page.text


def test_only_the_first_who_asks_waits(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(web_lineage, "diff", lambda *_all: (go.wait(30), ())[1])
    changes = ReleaseChanges(city.archive, patience=20)
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(changes.between("a", "b")))
    first.start()
    while not changes._kept:
        threading.Event().wait(0.01)
    with pytest.raises(Busy, match="正在比较"):
        changes.between("a", "b")
    assert not answers
    go.set()
    first.join(20)
    assert answers == [()]
    assert changes.between("a", "b") == ()


def test_a_comparison_that_failed_is_tried_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def once(*_all: Any) -> Any:
        tried.append(1)
        if len(tried) == 1:
            raise OSError("unreadable")
        return ()

    monkeypatch.setattr(web_lineage, "diff", once)
    changes = ReleaseChanges(city.archive)
    with pytest.raises(OSError, match="unreadable"):
        changes.between("a", "b")
    assert changes.between("a", "b") == ()


def test_few_pairs_are_kept(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_lineage, "diff", lambda *_all: ())
    changes = ReleaseChanges(city.archive)
    for number in range(web_lineage.PAIRS_KEPT + 5):
        assert changes.between("a", str(number)) == ()
    assert len(changes._kept) == web_lineage.PAIRS_KEPT
