"""The area a document speaks for: 全市, 全省, 全区 or 全国, by the words it uses of itself and of its offices."""

from __future__ import annotations

import re

from guibiao.model.text.blocks import TextBlock

_SIGNS: dict[str, re.Pattern[str]] = {
    "全市": re.compile(
        r"全市|本市|我市|[\u4e00-\u9fff][^城超股都地各省上集门夜县、，。]市(?![场民值面政])|(?<![城县])市(?:发展改革委|财政局|商务局|经济和信息化|科委|科技局|人民政府|委办局|教委|政府|政务)"
    ),
    "全省": re.compile(r"全省|本省|我省|省(?:发展改革委|财政厅|商务厅|工业和信息化厅|人民政府|科技厅)"),
    "全区": re.compile(r"全区|本区|我区|区(?:发展改革委|财政局|商务局)"),
    "全国": re.compile(r"国务院|我国|中共中央|各省、自治区|国家发展改革委|工业和信息化部|全国"),
}
_WEIGHT = {"全国": 0.5}
"""National words stand in the documents of cities too."""
_READ = 60_000


def home_area(blocks: tuple[TextBlock, ...]) -> str:
    """The word for the area; empty where no sign of one stands in the document."""
    text = "".join(block.text for block in blocks)[:_READ]
    counted = {area: _WEIGHT.get(area, 1.0) * len(pattern.findall(text)) for area, pattern in _SIGNS.items()}
    best = max(counted, key=lambda area: counted[area])
    return best if counted[best] else ""
