"""Pages that are kept: made once for all who ask at the same time, and not kept where making them failed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from guibiao.model.errors import BadRequest
from guibiao.serve.pages import targets
from tests.serve.release_samples import City, new_city, visit

READERS = 12


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = new_city(tmp_path_factory.mktemp("kept"))
    made.publish(made.draft())
    return made


def test_a_page_that_many_ask_for_at_once_is_made_once(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    site = city.site()
    frame, rendered = site.state.frame, list[str]()
    go, render = threading.Event(), frame._render

    def slow(request: Any, template: str, release: Any, context: Mapping[str, Any]) -> Any:
        rendered.append(template)
        assert go.wait(30)
        return render(request, template, release, context)

    monkeypatch.setattr(frame, "_render", slow)

    def ask(_number: int) -> bytes:
        with visit(site) as client:
            return client.get("/targets").content

    with ThreadPoolExecutor(READERS) as readers:
        answers = [readers.submit(ask, number) for number in range(READERS)]
        while not rendered:
            threading.Event().wait(0.01)
        threading.Event().wait(0.3)
        go.set()
        pages = {answer.result(30) for answer in answers}
    assert rendered == ["targets.html"]
    assert len(pages) == 1
    assert not frame._being_made


def test_a_page_that_failed_is_made_again(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    site = city.site()
    with visit(site) as client:
        with monkeypatch.context() as broken:

            def refuse(*_all: Any) -> Any:
                raise BadRequest("不行")

            broken.setattr(targets, "Counter", refuse)
            assert client.get("/targets").status_code == 400
        assert client.get("/targets").status_code == 200
        assert not site.state.frame._being_made
