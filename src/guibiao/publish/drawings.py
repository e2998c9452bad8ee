"""Chart drawings (SVG) made fit for paper and page: only shapes and words pass, names do not clash, weights are right.

A drawing that holds anything else (scripts, foreign content, addresses) is refused: it did not come from our chart kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from html import escape
from xml.etree import ElementTree as ET

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_ELEMENTS = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title", "desc", "a"}
    | {"defs", "clipPath", "mask", "pattern", "marker", "symbol", "use", "linearGradient", "radialGradient", "stop"}
)
_TEXTS = {"text", "tspan", "title", "desc"}
_UNSAFE = re.compile(r"url\(\s*['\"]?(?!#)|expression\(|@import|javascript:", re.IGNORECASE)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)['\"]?\s*\)")
_DROPPED = {"class", "tabindex", "aria-roledescription"}
"""What could catch the page's styles, take the keyboard, or speak the drawing tool's English."""
_WEIGHTS = {"normal": 400, "bold": 700, "bolder": 700, "lighter": 300}


def for_print(svg: str) -> str:
    """The drawing with the weight of its words said twice: a variable font is set at its thinnest without `font-variation-settings`."""
    return _write(_parsed(svg), _weighted)


def for_page(svg: str, prefix: str, description: str, targets: Container[str] = ()) -> str:
    """The drawing for inlining: ids prefixed, as wide as its place, described, no ground; links lead to `targets` or are dropped."""
    root = _parsed(svg)
    width, height = _size(root)
    box = root.get("viewBox") or f"0 0 {width:g} {height:g}"
    outer = {"viewBox": box, "width": f"{width:g}", "height": f"{height:g}", "role": "graphics-document", "aria-label": description}
    ground = _ground(root, width, height)
    if ground is not None:
        root.remove(ground)

    def kept(element: ET.Element, attributes: dict[str, str]) -> dict[str, str]:
        if element is root:
            return outer
        if element.tag == f"{_SVG}a":
            target = attributes.get("href", "").removeprefix("#")
            return {"href": f"#{target}"} if target in targets else {}
        return {name: _renamed(name, value, prefix) for name, value in attributes.items() if name not in _DROPPED}

    return _write(root, kept)


def drawing_size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing in pixels."""
    return _size(_parsed(svg))


def _parsed(svg: str) -> ET.Element:
    if "<!DOCTYPE" in svg or "<!ENTITY" in svg:
        raise ValueError("a drawing must not declare a document type")
    root = ET.fromstring(svg)
    if root.tag != f"{_SVG}svg":
        raise ValueError(f"not a drawing: {root.tag}")
    for element in root.iter():
        _check(element)
    return root


def _check(element: ET.Element) -> None:
    tag = str(element.tag)
    if not tag.startswith(_SVG) or tag.removeprefix(_SVG) not in _ELEMENTS:
        raise ValueError(f"a drawing must not hold {tag.removeprefix(_SVG)}")
    for name, value in element.attrib.items():
        bare = name.rpartition("}")[2].lower()
        address = bare == "href" and not value.startswith("#")
        if bare.startswith("on") or address or _UNSAFE.search(value):
            raise ValueError(f"a drawing must not hold {bare}={value[:40]}")


def _write(element: ET.Element, kept: Callable[[ET.Element, dict[str, str]], dict[str, str]], depth: int = 0) -> str:
    tag = str(element.tag).removeprefix(_SVG)
    attributes = {("href" if name == _LINK else name): value for name, value in element.attrib.items() if name == _LINK or "}" not in name}
    if depth == 0:
        attributes.pop("class", None)
    said = "".join(f' {name}="{escape(value)}"' for name, value in kept(element, attributes).items())
    space = ' xmlns="http://www.w3.org/2000/svg"' if depth == 0 else ""
    words = escape(element.text or "", quote=False) if tag in _TEXTS else ""
    inner = "".join(_write(child, kept, depth + 1) + (escape(child.tail or "", quote=False) if tag in _TEXTS else "") for child in element)
    content = words + inner
    return f"<{tag}{space}{said}>{content}</{tag}>" if content else f"<{tag}{space}{said}/>"


def _weighted(element: ET.Element, attributes: dict[str, str]) -> dict[str, str]:
    if str(element.tag) != f"{_SVG}text" or "font-variation-settings" in attributes:
        return attributes
    style = attributes.get("style", "")
    stated = re.search(r"font-weight:\s*([^;]+)", style)
    weight = (stated[1] if stated else attributes.get("font-weight", "normal")).strip()
    number = _WEIGHTS.get(weight, int(weight) if weight.isdigit() else 400)
    return {**attributes, "style": f"{style.rstrip('; ')}{';' if style.strip() else ''}font-variation-settings:'wght' {number}"}


def _renamed(name: str, value: str, prefix: str) -> str:
    if name == "id":
        return f"{prefix}-{value}"
    if name == "href":
        return f"#{prefix}-{value[1:]}"
    return _REFERENCE.sub(lambda match: f"url(#{prefix}-{match[1]})", value)


def _size(root: ET.Element) -> tuple[float, float]:
    box = [float(part) for part in re.findall(r"[-\d.]+", root.get("viewBox", ""))]
    if len(box) == 4:
        return box[2], box[3]
    width, height = (re.match(r"[\d.]+", root.get(name, "")) for name in ("width", "height"))
    if width is None or height is None:
        raise ValueError("a drawing must state its size")
    return float(width[0]), float(height[0])


def _ground(root: ET.Element, width: float, height: float) -> ET.Element | None:
    """A rectangle of the drawing's own size behind everything: the page supplies the ground."""
    first = next(iter(root), None)
    if first is None or first.tag != f"{_SVG}rect" or first.get("x", "0") != "0":
        return None
    sizes = (first.get("width"), first.get("height"))
    return first if sizes in {("100%", "100%"), (f"{width:g}", f"{height:g}")} else None
