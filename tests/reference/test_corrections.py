"""Corrections of printed cells: applied where they fit, told where they do not, blanks filled in tables of words only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guibiao.ingest.bind import bind
from guibiao.ingest.sheet import Sheet
from guibiao.reference.corrections import corrections_of, mend_row, mend_words
from guibiao.reference.definitions import Correction, TableBinding
from tests.ingest.samples import workspace

WORDS = TableBinding(id="words", title="名单", file="words.csv", source="paper", place="附录", text_only=True)
ROWS = (("类别", "行业"), ("甲类", "0*:服务业"), ("乙类",), ("", "运输业"))


def correction(row: int, column: int, expected: str, corrected: str, name: str = "c", dataset: str = "words") -> Correction:
    return Correction(id=name, dataset=dataset, row=row, column=column, expected=expected, corrected=corrected, reason="印错")


def test_only_a_tables_own_corrections_are_taken() -> None:
    mine, other = correction(2, 1, "甲类", "甲"), correction(2, 1, "甲类", "甲", dataset="other")
    assert corrections_of((other, mine), "words") == {2: [mine]}


def test_words_are_replaced_removed_and_filled_in() -> None:
    wanted = [correction(2, 2, "0*:服务业", "O*:服务业"), correction(3, 2, "", "零售业"), correction(4, 2, "运输业", "")]
    mended = mend_words(ROWS, corrections_of(wanted, "words"))
    assert mended.rows == (("类别", "行业"), ("甲类", "O*:服务业"), ("乙类", "零售业"), ("", ""))
    assert [printed for _correction, printed in mended.applied] == ["0*:服务业", "", "运输业"]
    assert not mended.unfit


def test_what_does_not_fit_changes_nothing_and_is_told() -> None:
    wanted = [correction(2, 2, "O*", "x"), correction(9, 1, "甲类", "x"), correction(2, 7, "", "x"), correction(2, 0, "", "x")]
    mended = mend_words(ROWS, corrections_of(wanted, "words"))
    assert mended.rows[1] == ("甲类", "0*:服务业")
    assert not mended.applied
    assert {each.row for each, _printed in mended.unfit} == {2, 9}
    assert len(mended.unfit) == 4


def test_a_blank_is_no_figure_to_be_mended() -> None:
    wanted = correction(1, 2, "", "105.0")
    assert mend_row(("甲市", ""), [wanted]).unfit == ((wanted, ""),)
    assert mend_row(("甲市", ""), [wanted], blanks=True).rows == (("甲市", "105.0"),)


@given(st.lists(st.lists(st.text(max_size=4), min_size=1, max_size=4), min_size=1, max_size=5), st.data())
def test_a_correction_changes_its_own_cell_alone(rows: list[list[str]], data: st.DataObject) -> None:
    width = max(map(len, rows))
    row, column = data.draw(st.integers(1, len(rows))), data.draw(st.integers(1, width))
    filled = [[*each, *[""] * (width - len(each))] for each in rows]
    wanted = correction(row, column, filled[row - 1][column - 1], "改")
    mended = mend_words(rows, {row: [wanted]})
    filled[row - 1][column - 1] = "改"
    assert [list(each) for each in mended.rows] == filled
    assert len(mended.applied) == 1


def test_a_table_of_words_keeps_what_is_printed_and_tells_its_corrections() -> None:
    wanted = [correction(2, 2, "0*:服务业", "O*:服务业", "letter"), correction(4, 1, "丙类", "丁类", "other")]
    filled = tuple((*row, *[""] * (2 - len(row))) for row in ROWS)
    result = bind(Sheet("words.csv", filled), WORDS, workspace(WORDS, corrections=wanted))
    assert "0*:服务业" in [cell["printed"] for cell in result.cells]
    told = {finding.rule: finding for finding in result.findings}
    applied, unfit = told["correction_applied"], told["correction_does_not_apply"]
    assert (applied.claimed, applied.recomputed, applied.correction) == ("0*:服务业", "O*:服务业", "letter")
    assert (unfit.correction, unfit.severity.value) == ("other", "error")
