"""rank(): places with ties, among whom, and refusals where a member is missing or stands on another basis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.errors import BatchErrors
from tests.publish.report.city import ROWS, Row, bound, report, row


def shares(**figures: str) -> list[Row]:
    return [row("share", 2023, printed, area=area.removeprefix("a")) for area, printed in figures.items()]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('rank("share", 2023)', "并列第2位"),
        ('rank("share", 2023, area="北岭省")', "第1位"),
        ('rank("share", 2023, area="94")', "第4位"),
        ('rank("share", 2023, among="provinces")', "并列第2位"),
        ('rank("share", 2023, among="全国", show="total")', "并列第2位（共4个）"),
        ('rank("share", 2023, area="94", order="lowest")', "第1位"),
        ('rank("firms", 2023, sector="soft", among="sector")', "第1位"),
        ('rank("firms", 2023, sector="game", among="sector", show="total")', "第2位（共2个）"),
    ],
)
def test_printed(call: str, expected: str) -> None:
    assert bound(call) == expected


def test_a_missing_member_is_named_unless_it_is_left_out() -> None:
    rows = shares(a91="42.9", a92="40.0", a93="50.0")
    with pytest.raises(BatchErrors, match="南原省"):
        bound('rank("share", 2023)', rows)
    assert bound('rank("share", 2023, missing="leave out")', rows) == "有数据的3个中第2位"


@pytest.mark.parametrize(("among", "message"), [("东区", "地区"), ("第八区", "地区"), ("sector", "临江市不在")])
def test_among_whom_must_be_known(among: str, message: str) -> None:
    with pytest.raises(BatchErrors, match=message):
        bound(f'rank("share", 2023, among="{among}")')


def test_an_area_is_ranked_only_among_its_own() -> None:
    rows = [*ROWS, *shares(a911="1.0", a912="2.0")]
    with pytest.raises(BatchErrors, match="临江市不在"):
        bound('rank("share", 2023, among="临江市")', rows)
    assert bound('rank("share", 2023, area="东区", among="临江市")', rows) == "第2位"
    assert bound('rank("share", 2023, area="西区")', rows) == "第1位"


def test_the_category_must_be_said() -> None:
    with pytest.raises(BatchErrors, match="没有这项数据"):
        bound('rank("firms", 2023, among="sector")')


def test_members_on_another_basis_are_refused() -> None:
    rows = [
        row("output", 2023, "5.0", area=area, accounting_basis="second" if area == "92" else "first") for area in ("91", "92", "93", "94")
    ]
    with pytest.raises(BatchErrors, match="普查后口径"):
        bound('rank("output", 2023)', rows)


def test_a_member_whose_interval_overlaps_is_refused() -> None:
    with pytest.raises(BatchErrors, match="不能判断"):
        bound('rank("share", 2023)', shares(a91="42.9", a92="约40", a93="50.0", a94="1.0"))


@given(st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_the_place_is_one_more_than_those_above(values: list[int]) -> None:
    rows = shares(**{f"a9{number}": f"{value}.0" for number, value in enumerate(values, start=1)})
    place = 1 + sum(value > values[0] for value in values)
    tie = "并列" if values.count(values[0]) > 1 else ""
    assert bound('rank("share", 2023)', rows) == f"{tie}第{place}位"


@pytest.mark.parametrize(
    ("place", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th")],
)
def test_english_ordinals(place: int, expected: str) -> None:
    values = {f"a9{number}": f"{50 - number}.0" for number in range(2, 5)}
    rows = shares(a91=f"{[60, 47.5, 46.5, 1][place - 1]}", **values)
    assert bound('rank("share", 2023)', rows, language="en") == expected
    assert bound('rank("share", 2023, show="total")', rows, language="en") == f"{expected} of 4"


def test_english_tie() -> None:
    assert bound('rank("share", 2023)', language="en") == "tied for 2nd"


def test_all_members_are_recorded() -> None:
    made = report('{{ rank("share", 2023) }}')
    assert len(made.quotations[0].figures) == 4
    assert [figure.area for figure in made.figures] == ["91"]
