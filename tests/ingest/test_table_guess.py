"""A file that nobody has mapped yet: the table it is for is told by its own words, or asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guibiao.ingest.office_file import read_office_file
from guibiao.ingest.table_guess import guess_table, likely_tables
from guibiao.model.errors import BadRequest
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from tests.ingest import samples
from tests.run.offices import BOOKS, Book, town


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return load_workspace(town(tmp_path_factory.mktemp("town")))


@pytest.mark.parametrize("make", BOOKS, ids=lambda make: make.__name__)
def test_the_likeliest_table_is_the_right_one(make: Callable[[], Book], workspace: Workspace) -> None:
    book = make()
    assert likely_tables(workspace, read_office_file(book.content, book.name), book.name)[0].table == book.table


def test_what_is_like_no_table_is_asked_for_with_the_candidates(workspace: Workspace, tmp_path: Path) -> None:
    content = samples.workbook([["姓名", "电话"], ["甲", "乙"]])
    with pytest.raises(BadRequest, match="看不出") as caught:
        guess_table(workspace, read_office_file(content, "通讯录.xlsx"), "通讯录.xlsx")
    assert all(each.table in caught.value.remedy for each in likely_tables(workspace, (), "")[:3])
