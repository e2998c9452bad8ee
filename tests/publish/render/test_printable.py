"""Text is shown whole and in order; what a font cannot draw is named, never a box."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.publish import fonts
from guibiao.publish.fonts import Coverage, FontMissing, coverage, font_file
from guibiao.publish.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("两行\r\n合一", "两行 合一"),
        ("右到左\u202e123", "右到左〔U+202E〕123"),
        ("零\x00字节", "零〔U+0000〕字节"),
        ("孤\ud800儿", "孤〔U+D800〕儿"),
        ("　其中：超过4,000亿元—约20%", "　其中：超过4,000亿元—约20%"),
    ],
)
def test_nothing_hides(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_any_text_becomes_one_visible_line(text: str) -> None:
    shown = printable(text)
    assert not {category(character) for character in shown} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert printable(shown) == shown
    shown.encode()


def test_a_character_without_glyph_is_named() -> None:
    drawn = coverage(font_file())
    assert printable("增长😀7.5‰", drawn) == "增长〔U+1F600〕7.5‰"


@pytest.mark.parametrize("character", "骨直今增加值〔〕—…·①％‰㎡×−→é０Ａ（）“”　0aZ")
def test_the_font_draws_what_reports_need(character: str) -> None:
    assert character in coverage(font_file())


def test_ranges_are_closed() -> None:
    covered = Coverage((65, 100), (66, 100))
    assert [c for c in "@ABCcde" if c in covered] == ["A", "B", "d"]


def test_a_missing_font_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda _name: None)
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", ())
    with pytest.raises(FontMissing) as caught:
        font_file()
    assert "pip install manimgx-fonts-cjk" in caught.value.remedy
    assert caught.value.exit_code == 2


def test_half_a_font_file_is_refused(tmp_path: Path) -> None:
    half = tmp_path / "NotoSansCJK-VF.ttc"
    half.write_bytes(font_file().read_bytes()[:400])
    with pytest.raises(FontMissing):
        coverage(half)
