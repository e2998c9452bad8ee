"""Only shapes, words and links within the page pass from a drawing into a document."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from guibiao.publish.drawings import drawing_size, for_page, for_print
from tests.publish.render.sample import DRAWINGS

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="100" viewBox="0 0 200 100">'


def svg(inside: str) -> str:
    return f"{HEAD}{inside}</svg>"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        '<image href="https://example.org/x.png"/>',
        '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
        '<a href="https://example.org/"><text>x</text></a>',
        '<rect style="fill:url(https://example.org/x)"/>',
        '<use href="https://example.org/x.svg#a"/>',
        "<style>@import 'https://example.org/x.css'</style>",
        '<rect fill="url( &quot;//example.org/a#b&quot; )"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
    ],
)
def test_a_drawing_that_could_act_is_refused(inside: str) -> None:
    for prepare in (for_print, lambda text: for_page(text, "c", "")):
        with pytest.raises(ValueError, match="a drawing must not hold"):
            prepare(svg(inside))


def test_entities_are_refused() -> None:
    with pytest.raises(ValueError, match="document type"):
        for_print('<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("<text>&a;</text>"))


def test_words_stay_words() -> None:
    drawn = for_page(svg("<text>&lt;script&gt; 1 &lt; 2 &amp; 3<tspan>甲</tspan>乙</text>"), "c", '"><b>')
    assert "<script>" not in drawn
    assert ET.fromstring(drawn)[0].text == "<script> 1 < 2 & 3"
    assert ET.fromstring(drawn).get("aria-label") == '"><b>'
    assert "".join(ET.fromstring(drawn).itertext()) == "<script> 1 < 2 & 3甲乙"


def test_ids_of_two_drawings_do_not_clash() -> None:
    source = svg('<defs><clipPath id="a"><rect/></clipPath></defs><g clip-path="url(#a)"/><use href="#a"/>')
    first, second = (for_page(source, prefix, "") for prefix in ("one", "two"))
    assert 'id="one-a"' in first
    assert 'clip-path="url(#one-a)"' in first
    assert 'href="#one-a"' in first
    assert "one-a" not in second


def test_marks_link_to_known_passports_only() -> None:
    source = svg('<a xlink:href="#p-1"><rect/></a><a xlink:href="#p-2"><rect/></a>')
    drawn = for_page(source, "c", "", {"p-1"})
    assert drawn.count("href=") == 1
    assert '<a href="#p-1">' in drawn


def test_the_page_supplies_the_ground() -> None:
    assert "rect" not in for_page(svg('<rect width="200" height="100" fill="white"/>'), "c", "")
    assert "rect" in for_page(svg('<rect width="20" height="10" fill="white"/>'), "c", "")


@pytest.mark.parametrize(
    ("attributes", "weight"),
    [("", 400), ('font-weight="bold"', 700), ('font-weight="500"', 500), ('style="font-weight: 600"', 600)],
)
def test_weights_are_said_twice_for_print(attributes: str, weight: int) -> None:
    assert f"font-variation-settings:'wght' {weight}" in ET.fromstring(for_print(svg(f"<text {attributes}>x</text>")))[0].get("style", "")


def test_weights_already_said_stay() -> None:
    assert for_print(svg("<text font-variation-settings=\"'wght' 450\">x</text>")).count("wght") == 1


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_real_charts_pass(name: str) -> None:
    drawn = for_page(DRAWINGS[name], name, "图")
    assert drawing_size(drawn) == drawing_size(DRAWINGS[name])
    assert len(list(ET.fromstring(drawn).iter())) > 20
