"""Units of the release as UNIT_MEASURE and UNIT_MULT: 亿元 is CNY and 8."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from guibiao.model.unit import find_unit

_PREFIXES = {"万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5, "万": 4, "千": 3, "百": 2}
_CODES: Mapping[str, tuple[str, str]] = {
    "": ("PURE_NUMB", "Pure number"), "%": ("PT", "Percent"), "‰": ("PM", "Per thousand"), "个百分点": ("PP", "Percentage points"),
    "倍": ("FACTOR", "Times"), "元": ("CNY", "Yuan renminbi"), "美元": ("USD", "US dollar"), "港元": ("HKD", "Hong Kong dollar"),
    "欧元": ("EUR", "Euro"), "人": ("PS", "Persons"), "户": ("ACCOUNTS", "Accounts or households"), "家": ("ENTERPRISES", "Enterprises"),
    "个": ("NUMBER", "Number"), "公里": ("KM", "Kilometres"), "GB": ("GB", "Gigabytes"), "Mbps": ("MBPS", "Megabits a second"),
    "元/人": ("CNY_PS", "Yuan a person"), "点": ("POINTS", "Index points"),
}  # fmt: skip


@lru_cache(maxsize=1024)
def split_unit(symbol: str) -> tuple[str, int]:
    """Symbol without its leading power of ten, and that power; 亿元/人 is 元/人 and 8."""
    for prefix, power in _PREFIXES.items():
        rest = symbol[len(prefix) :]
        if symbol.startswith(prefix) and rest:
            whole, base = find_unit(symbol), find_unit(rest)
            if whole and base and whole.dimension == base.dimension and whole.power == base.power + power:
                return rest, power
    return symbol, 0


@lru_cache(maxsize=1024)
def unit_code(base: str) -> str:
    """Code id of a unit without multiplier; those without a name of their own are written by code points."""
    if base in _CODES:
        return _CODES[base][0]
    return "U_" + "_".join(f"{ord(each):04X}" for each in base)


def unit_names(base: str) -> tuple[str, str]:
    """Name of a unit in Chinese and English."""
    return base or "无单位", _CODES[base][1] if base in _CODES else base
