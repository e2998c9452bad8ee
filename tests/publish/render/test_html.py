"""The page: nothing fetched, nothing run, every text escaped, every number a link to its passport, legible in light and dark."""

from __future__ import annotations

import itertools
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.publish.document import (
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Link,
    Number,
    Paragraph,
    Passport,
    PassportLine,
    TableBlock,
    TableCell,
    Text,
)
from guibiao.publish.html import STYLES, render_html
from guibiao.publish.printable import printable
from tests.publish.render.sample import DRAWINGS, sample_document

SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</style><script>alert(1)</script>",
    "</title></main></article><h1>x",
    "&lt;script&gt; &amp; &#60;",
    "javascript:alert(1)",
    "<!--", "]]>", "{{7*7}}",
)  # fmt: skip
VOID = {"meta", "br", "img", "link", "input", "hr"}
DRAWN = {"path", "rect", "line", "circle", "g", "use", "clippath"}


class Page(HTMLParser):
    """What a browser would find: elements with attributes, text, and whether the tree is well formed."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def attributes(self, name: str) -> list[str]:
        return [values[name] for _tag, values in self.elements if name in values]

    def tags(self, tag: str) -> list[dict[str, str]]:
        return [values for name, values in self.elements if name == tag]


def page_of(document: Document, drawings: dict[str, str] | None = None) -> Page:
    page = Page(render_html(document, DRAWINGS if drawings is None else drawings))
    assert page.open == []
    return page


def every_place(text: str) -> Document:
    passport = Passport(
        "p-1",
        text,
        text,
        text,
        (PassportLine(0, text, text), PassportLine(3, text, f"https://example.org/{text}"), PassportLine(1, text, text)),
    )
    table = TableBlock(
        "t-1",
        text,
        text,
        text,
        ((TableCell(text, columns=2),),),
        ((TableCell(text, align="left"), TableCell(text, "p-1")),),
        (text, text),
        text,
    )
    blocks = (
        Heading(1, (Text(text),), "h-1"),
        Heading(2, (Text(text),), "h-2"),
        Paragraph((Text(text), Text(text, "strong"), Text(text, text), Number(text, "p-1"), Link(text, text.lstrip("#")), Link(text, f"https://x/{text}"))),
        Paragraph((Text(text),), text),
        Bullets(((Text(text),),), ordered=True),
        table,
        ChartBlock("value_added_line", text, text, (text,), text, ("p-1",), text),
    )  # fmt: skip
    return Document(text, text, text, text, "zh", blocks, (passport,), (text,), text, {"watermark": text})


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_stored_script_stays_text(script: str) -> None:
    page = page_of(every_place(script))
    assert "script" not in {tag for tag, _attributes in page.elements}
    assert "img" not in {tag for tag, _attributes in page.elements}
    assert not [name for _tag, values in page.elements for name in values if name.startswith("on") or name == "autofocus"]
    assert not [target for target in page.attributes("href") if target.startswith("javascript")]
    assert "".join(page.text).count(printable(script)) >= 20


@given(st.text(min_size=1))
def test_any_text_comes_back_as_written(text: str) -> None:
    page = page_of(every_place(text))
    assert "".join(page.text).count(printable(text)) >= 20


@pytest.fixture(scope="module")
def page() -> Page:
    return page_of(sample_document())


def test_nothing_is_fetched_or_run() -> None:
    source = render_html(sample_document(watermark="合成数据"), DRAWINGS)
    page = Page(source)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _values in page.elements}
    assert not page.attributes("src") + page.attributes("srcset") + page.attributes("style")
    outside = [target for target in page.attributes("href") if not target.startswith("#")]
    assert all(target.startswith("https://") for target in outside)
    assert not re.search(r"url\(|@import|@font-face", STYLES.read_text(encoding="utf-8"))
    policy = next(values["content"] for values in page.tags("meta") if values.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_every_link_within_the_page_arrives(page: Page) -> None:
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in page.attributes("href") if target.startswith("#")} <= set(ids)


def test_every_number_leads_to_its_passport(page: Page) -> None:
    passports = {passport.id for passport in sample_document().passports}
    quoted = [values["href"][1:] for values in page.tags("a") if values.get("class") == "n"]
    assert len(quoted) > 60
    assert set(quoted) <= passports <= set(page.attributes("id"))


def test_marks_of_a_chart_are_listed_with_their_passports(page: Page) -> None:
    chart = next(block for block in sample_document().blocks if isinstance(block, ChartBlock) and len(block.passports) > 12)
    assert {values["href"][1:] for values in page.tags("a") if values.get("title", "").startswith("条形图的条")} == set(chart.passports)


def test_headings_never_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _values in page.elements if re.fullmatch(r"h[1-6]", tag)]
    main = levels[1:]
    assert main[0] == 1
    assert main.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(main))


def test_drawings_and_tables_are_described(page: Page) -> None:
    labels = [values.get("aria-label") for values in page.tags("svg") if values.get("aria-hidden") != "true"]
    assert labels == ["折线图：增加值由8719.4亿元升至18766.7亿元", "条形图：广东省居首"]
    assert all("aria-labelledby" in values for values in page.tags("table"))
    assert {"col", "colgroup", "row"} <= set(page.attributes("scope"))
    assert page.tags("html") == [{"lang": "zh-CN"}]


def test_a_lineage_is_a_tree() -> None:
    lines = tuple(PassportLine(depth, "步", f"第{number}") for number, depth in enumerate((0, 1, 2, 1, 0, 5)))
    passport = Passport("p-1", "题", "1", "A", lines)
    source = render_html(Document("", "", "", "", "zh", (Paragraph((Number("1", "p-1"),)),), (passport,)), {})
    tree = source.partition('<a class="shut"')[2].partition("<ul>")[2].partition("<footer>")[0]
    shape = re.sub(r"<span[^>]*>步</span>第(\d)", r"\1", tree)
    assert shape == "<li>0<ul><li>1<ul><li>2</li></ul></li><li>3</li></ul></li><li>4<ul><li>5</li></ul></li></ul>"


def test_a_synthetic_workspace_is_marked() -> None:
    assert '<div class="mark" role="note">合成数据</div>' in render_html(sample_document(watermark="合成数据"), DRAWINGS)


def test_equal_input_gives_an_equal_page() -> None:
    assert render_html(sample_document(), DRAWINGS) == render_html(sample_document(), DRAWINGS)


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_contrast_is_enough_for_everybody(mode: str) -> None:
    light, _media, dark = STYLES.read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    palette = colours(light if mode == "light" else dark.partition("* { box-sizing")[0])
    pairs = [(name, ground) for name in ("ink", "quiet", "accent", "reference") for ground in ("ground", "panel")]
    pairs += [("warning", "warning-ground"), *(("grade-ink", f"grade-{grade}") for grade in "abcd")]
    poor = {
        pair: round(contrast(palette[pair[0]], palette[pair[1]]), 2) for pair in pairs if contrast(palette[pair[0]], palette[pair[1]]) < 4.5
    }
    assert not poor


@pytest.mark.needs_chromium
def test_a_browser_shows_it_under_its_own_policy(chromium_command: Path, tmp_path: Path) -> None:
    """A picture comes out, and the page asks for nothing that its policy refuses."""
    place = tmp_path / "report.html"
    place.write_text(render_html(sample_document(), DRAWINGS), encoding="utf-8")
    identity = sample_document().passports[0].id
    done = subprocess.run(
        [
            str(chromium_command), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars",
            "--enable-logging=stderr", "--window-size=500,900", f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={tmp_path / 'page.png'}", f"{place.as_uri()}#{identity}",
        ],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (tmp_path / "page.png").stat().st_size > 10_000, done.stderr
    assert "Content Security Policy" not in done.stderr
