"""What a specification may not say: each fault names file and line, in YAML and in iMeta."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from guibiao.index.build import build
from guibiao.index_files import construction_of, read_data
from guibiao.model.errors import BadDefinition, BatchErrors, GuibiaoError
from guibiao.reference.index.metadata import read_metadata
from guibiao.reference.index.specification import Normalisation
from guibiao.reference.index.stated import examples, read_specification
from tests.index.samples import DATA, SPECIFICATION, constructed, write

META = """\
iCode,Level,Parent,Direction,Weight,Type,iName,Target
speed,1,access,1,2,Indicator,Speed,50
price,1,access,-1,1,Indicator,Price,2
skill,1,use,1,1,Indicator,Skill,4
access,2,total,1,1,Aggregate,Access,
use,2,total,1,1,Aggregate,Use,
total,3,,1,1,Aggregate,Total,
ring,,,,,Group,Ring,
"""


def faults(error: GuibiaoError) -> list[tuple[int | None, str]]:
    each = error.errors if isinstance(error, BatchErrors) else (error,)
    return [(fault.place.line, fault.title) for fault in each]


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("direction: -1", "direction: 0", 5, "方向"),
        ("direction: -1", "direction: 2", 5, "方向"),
        ("direction: -1", "direction: up", 5, "整数"),
        ("code: price", "code: speed", 5, "两次"),
        ("code: use,", "code: skill,", 9, "两次"),
        ("parent: use}", "parent: usage}", 6, "usage"),
        ("skill, zh: 技能, en: Skill, parent: use", "skill, zh: 技能", 6, "上级"),
        ("weight: 2", "weight: -2", 4, "权重"),
        ("weight: 2", "weight: .nan", 4, "权重"),
        ("weight: 2", "weight: many", 4, "应当是数"),
        ("en: Skill, parent: use}", "parent: use, weight: 0}", 6, "合计为 0"),
        ("code: access, parent: total", "code: access, parent: access", 8, "成环"),
        ("code: total,", "code: total, parent: use,", 9, "成环"),
        ("code: use, parent: total", "code: use", 10, "没有上级"),
        ("code: use, parent: total}", "code: use, parent: total}\n  - {code: void, parent: total}", 10, "什么也没有"),
        ("id: small", "id: small\nnormalise: distance-to-target", 5, "target"),
        ("id: small", "id: small\nnormalise: goalposts", 5, "goalposts"),
        ("id: small", "id: small\nnormalise: nonsense", 2, "取值"),
        ("id: small", "id: small\nnormalise: {lower: 5, upper: 1}", 2, "标准化"),
        ("id: small", "id: small\naggregate: [arithmetic]*", 2, "YAML"),
        ("id: small", "id: small\naggregate: [arithmetic, geometric, harmonic]", 2, "3 层"),
        ("id: small", "id: small\naggregate: {method: arithmetic, threshold: 2}", 2, "汇总"),
        ("id: small", "id: small\ntreat: {skewness: -1}", 2, "异常值"),
        ("id: small", "id: small\ntreat: {force: true, most_points: null}", 2, "most_points"),
        ("id: small", "id: small\nimpute: group-mean", 2, "分组"),
        ("id: small", "id: small\nimpute: {ridge: -1}", 2, "插补"),
        ("id: small", "id: small\nscreen: {least_available: 3}", 2, "0 与 1"),
        ("id: small", "id: small\norder: [normalise, treat]", 2, "order"),
        ("id: small", "id: small\ncolour: red", 2, "没有这样的项"),
        ("weight: 2", "goalposts: [3, 1]", 4, "先小后大"),
        ("weight: 2", "bounds: [1, 1]", 4, "先小后大"),
        ("weight: 2", "target: 0, normalise: {method: distance-to-target, logarithm: true}", 4, "正数"),
        ("weight: 2", "denominator_scale: 0", 4, "0"),
        ("weight: 2", "target: .inf", 4, "有限"),
        ("id: small", "id: small\naggregate: 5", 2, "一组键值"),
        ("id: small", "id: small\naggregate: []", 2, "0 层"),
        ("id: small", "id: small\norder: 5", 2, "列表"),
        ("id: small", "id: small\ntreat: {most_points: 1.5}", 2, "整数"),
        ("id: small", "id: small\ndenominate: maybe", 2, "true"),
        ("id: small", "id: small\nx: &a [*a]", 2, "嵌套"),
        ("code: price", "code: no", 5, "文字"),
        ("weight: 2", "bounds: [1, 2, 3]", 4, "太多"),
        ("weight: 2", "bounds: [0, .inf]", 4, "有限"),
    ],
)  # fmt: skip
def test_a_fault_in_yaml_names_its_line(tmp_path: Path, before: str, after: str, line: int, said: str) -> None:
    assert before in SPECIFICATION
    stated, _data = write(tmp_path, SPECIFICATION.replace(before, after, 1))
    with pytest.raises(GuibiaoError) as raised:
        construction_of(read_specification(stated))
    found = faults(raised.value)
    assert [(where, title) for where, title in found if where == line and said in title], found


def test_a_cycle_names_its_members(tmp_path: Path) -> None:
    loop = SPECIFICATION.replace("{code: total,", "{code: total, parent: use,")
    stated, _data = write(tmp_path, loop)
    with pytest.raises(GuibiaoError) as raised:
        construction_of(read_specification(stated))
    assert any("use → total → use" in title for _line, title in faults(raised.value))


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("price,1,access,-1", "price,1,access,0", 3, "方向"),
        ("price,1,access,-1", "price,1,access,", 3, "Direction"),
        ("price,1,access,-1", "price,1,access,-1.5", 3, "整数"),
        ("price,1", "price,2", 3, "应当是 1"),
        ("price,1,access", "price,1,acess", 3, "acess"),
        ("price,1,access,-1,1", "price,1,access,-1,abc", 3, "不是数"),
        ("price,1,access,-1,1", "price,1,access,-1,", 3, "Weight"),
        ("price,", "speed,", 3, "两次"),
        ("skill,1,use,1,1,Indicator,Skill", "skill,1,total,1,1,Indicator,Skill", 6, "什么也没有"),
        ("use,2,total", "use,2,use", 6, "成环"),
        ("skill,1,use,1,1,Indicator,Skill,4", "skill,1,use,1,1,Indicator,Skill,4\nextra,1,total,1,1,Indicator,Extra,4", 5, "一层"),
        ("total,3", "total,4", 7, "层"),
        ("Group", "Grp", 8, "Type"),
        ("skill,1,use,1,1", "skill,1,use,1,0", 4, "合计为 0"),
        ("iCode,", "code,", 1, "iCode"),
    ],
)
def test_a_fault_in_imeta_names_its_row(tmp_path: Path, before: str, after: str, line: int, said: str) -> None:
    assert before in META
    path = tmp_path / "meta.csv"
    path.write_text(META.replace(before, after, 1), "utf-8")
    with pytest.raises(GuibiaoError) as raised:
        read_metadata(path)
    found = faults(raised.value)
    assert [(where, title) for where, title in found if where == line and said in title], found


def test_imeta_states_parameters_of_a_normalisation(tmp_path: Path) -> None:
    path = tmp_path / "meta.csv"
    rows = META.splitlines()
    rows[0] += ",goalpost_lower,goalpost_upper,goalpost_scale,goalpost_trunc2posts"
    ends = ["0,50,10,TRUE", "0,20,10,FALSE", "0,4,10,TRUE", ",,,", ",,,", ",,,", ",,,"]
    path.write_text("\n".join([rows[0], *(f"{row},{end}" for row, end in zip(rows[1:], ends, strict=True))]) + "\n", "utf-8")
    found = read_metadata(path, Normalisation(method="goalposts")).specification.indicators
    assert [each.goalposts for each in found] == [(0, 50), (0, 20), (0, 4)]
    assert [each.normalise.truncate for each in found if each.normalise] == [True, False, True]
    assert found[0].normalise == Normalisation(method="goalposts", scale=10.0)
    plain = read_metadata(path).specification.indicators
    assert [each.normalise for each in plain] == [None] * 3
    assert plain[0].target == 50


@pytest.mark.parametrize(
    ("column", "replacement", "said"),
    [(1, "7", "全部相等"), (1, "NA", "全部缺失")],
)
def test_data_that_cannot_be_name_the_line_of_the_indicator(tmp_path: Path, column: int, replacement: str, said: str) -> None:
    rows = [row.split(",") for row in DATA.splitlines()]
    for row in rows[1:]:
        row[column + 2] = replacement
    construction, table = constructed(tmp_path, data="\n".join(",".join(row) for row in rows) + "\n")
    with pytest.raises(BadDefinition, match=said) as raised:
        build(construction, table)
    assert raised.value.place.line == 5


def test_one_unit_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(GuibiaoError, match="单位") as raised:
        constructed(tmp_path, data="\n".join(DATA.splitlines()[:2]) + "\n")
    assert raised.value.place.line == 2
    construction, table = constructed(tmp_path)
    with pytest.raises(GuibiaoError, match="单位"):
        build(construction, table.only(np.array([True, False, False, False])))


def test_a_code_that_the_data_lack_names_its_line(tmp_path: Path) -> None:
    stated, data = write(tmp_path, data=DATA.replace("price", "prices"))
    with pytest.raises(BadDefinition, match="price") as raised:
        read_data(data, construction_of(read_specification(stated)))
    assert raised.value.place.line == 5
    assert "prices" in raised.value.remedy


def test_an_aggregate_may_not_be_a_column(tmp_path: Path) -> None:
    stated, data = write(tmp_path, data=DATA.replace("uName", "total"))
    with pytest.raises(BadDefinition, match="total"):
        read_data(data, construction_of(read_specification(stated)))


@pytest.mark.parametrize(
    "text", ["", "just text", "- a\n- b\n", "id: x\n", "id: x\nindicators: []\n", "id: x\nindicators: {}\n", "a: [", "\0"]
)
def test_what_is_no_specification_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(GuibiaoError):
        construction_of(read_specification(path))


def test_every_example_of_the_package_is_sound() -> None:
    assert "human_development" in examples()
    for name in examples():
        assert construction_of(read_specification(Path(name))).tree.codes
    with pytest.raises(GuibiaoError, match="nothing") as raised:
        read_specification(Path("nothing"))
    assert "human_development" in raised.value.remedy


def test_the_specification_of_the_recipe_can_be_built(tmp_path: Path, repository: Path) -> None:
    text = (repository / "docs" / "recipes" / "build-an-index.md").read_text("utf-8")
    block = text.partition("```text\n")[2].partition("    ```")[0]
    data = "uCode,speed,price,orders,people\nA,10,5,100,10\nB,20,9,900,30\nC,15,7,10,8\n"
    construction, table = constructed(tmp_path, "\n".join(line[4:] for line in block.splitlines()) + "\n", data)
    result = build(construction, table)
    assert result.stage("denominate").values[:, 2] == pytest.approx([10, 30, 1.25])
    assert np.isfinite(result.column("total")).all()
