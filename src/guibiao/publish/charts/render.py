"""Specification -> SVG and PNG, by vl-convert and Typst; the same specification gives the same bytes.

Typst draws SVG text of weight 400 in the thinnest weight of a variable font unless the variation is spelt out, so it is; vl-convert's
own rasteriser knows no variations at all, so a PNG is drawn by Typst from the SVG and looks like the printed page.
"""

from __future__ import annotations

import json
import re
from html import escape

from guibiao.publish.charts.chart import Spec
from guibiao.publish.fonts import font_file

VEGA_LITE = "6.4"
_PIXELS_PER_INCH = 96
_POINTS = 72 / _PIXELS_PER_INCH
_BASE = re.compile(r'(xlink:href=")[^"#]*#')
_TEXT = re.compile(r"<text (?![^>]*font-variation-settings)([^>]*)>")
_HEAD = re.compile(r"<svg [^>]*>")
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def render_svg(spec: Spec) -> str:
    """The drawing as SVG text: links lead to `#passport`, its description is its accessible name, and nothing in it has an id."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(json.dumps(spec, ensure_ascii=False), vl_version=VEGA_LITE)
    svg = _TEXT.sub(_with_weight, _BASE.sub(r"\1#", svg))
    name = escape(str(spec.get("description", "")), quote=True)
    return _HEAD.sub(lambda head: f'{head[0][:-1]} role="graphics-document" aria-label="{name}">', svg, count=1)


def _with_weight(text: re.Match[str]) -> str:
    weight = 700 if 'font-weight="bold"' in text[1] else 400
    return f"<text font-variation-settings=\"'wght' {weight}\" {text[1]}>"


def render_png(spec: Spec, scale: float = 2.0) -> bytes:
    """The drawing as PNG on white, `scale` pixels to a pixel of the specification; 3.125 is 300 to the inch at the printed size."""
    return png_of_svg(render_svg(spec), scale)


def png_of_svg(svg: str, scale: float = 2.0) -> bytes:
    """A rendered SVG as PNG. Raises `FontMissing` where the Chinese font is not installed."""
    import typst

    size = _SIZE.search(svg)
    assert size is not None
    width, height = (float(number) * _POINTS for number in size.groups())
    source = (
        f"#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: white)\n"
        f'#image(bytes(sys.inputs.drawing), format: "svg", width: {width}pt)'
    )
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_file().parent])
    return typst.compile(source.encode(), font_paths=fonts, format="png", ppi=_PIXELS_PER_INCH * scale, sys_inputs={"drawing": svg})
