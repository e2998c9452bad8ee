"""A small index in YAML and its data, for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

from guibiao.index.construction import Construction, IndexData
from guibiao.index_files import construction_of, read_data
from guibiao.reference.index.stated import read_specification

SPECIFICATION = """\
id: small
zh: 小指数
indicators:
  - {code: speed, zh: 网速, en: Speed, parent: access, weight: 2}
  - {code: price, zh: 资费, en: Price, parent: access, direction: -1}
  - {code: skill, zh: 技能, en: Skill, parent: use}
aggregates:
  - {code: access, parent: total}
  - {code: use, parent: total}
  - {code: total, zh: 总, en: Total}
"""
DATA = """\
uCode,uName,speed,price,skill
A,甲,10,5,1
B,乙,20,10,3
C,丙,40,1,2
D,丁,30,8,
"""
PANEL = """\
uCode,Time,speed,price,skill
A,2020,10,5,1
B,2020,20,10,3
A,2021,12,4,
B,2021,40,8,5
"""


def write(folder: Path, specification: str = SPECIFICATION, data: str = DATA) -> tuple[Path, Path]:
    """Both as files of a folder."""
    stated, table = folder / "small.yaml", folder / "data.csv"
    stated.write_text(specification, "utf-8")
    table.write_text(data, "utf-8")
    return stated, table


def constructed(folder: Path, specification: str = SPECIFICATION, data: str = DATA) -> tuple[Construction, IndexData]:
    """Both, read."""
    stated, table = write(folder, specification, data)
    construction = construction_of(read_specification(stated))
    return construction, read_data(table, construction)
