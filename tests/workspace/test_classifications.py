"""Code lists of the packaged workspace: counts of the standards, the scope rebuilt from its printed table, correspondences."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from guibiao.reference.definitions import Workspace
from guibiao.reference.overlap import overlaps, unlinked, whole_and_starred
from tests.workspace.appendix import TABLE, mended, read_scope

SCOPE_TO_INDUSTRY = "digital_consumption_scope_industry"


def levels(workspace: Workspace, name: str) -> dict[str, int]:
    return dict(Counter(category.level for category in workspace.classifications[name].categories))


def codes(workspace: Workspace, name: str, level: str = "") -> list[str]:
    return [each.code for each in workspace.classifications[name].categories if not level or each.level == level]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_levels_hold_as_many_codes_as_the_standards(workspace: Workspace) -> None:
    assert levels(workspace, "industry") == {"门类": 20, "大类": 97, "中类": 473, "小类": 1381}
    assert levels(workspace, "digital_economy_2021") == {"大类": 5, "中类": 32, "小类": 156}
    assert levels(workspace, "digital_consumption_scope") == {"大类": 5, "中类": 23, "小类": 63}
    assert levels(workspace, "administrative_division") == {"国家": 1, "省级": 34, "县级": 16}


def test_every_code_but_the_highest_has_a_parent_of_the_level_above(workspace: Workspace) -> None:
    above = {"大类": "门类", "中类": "大类", "小类": "中类"}
    for name in ("industry", "digital_economy_2021", "digital_consumption_scope"):
        found = workspace.classifications[name]
        highest = found.categories[0].level
        for category in found.categories:
            parent = found.find(category.parent)
            if category.level == highest:
                assert not category.parent, category.code
            else:
                assert parent is not None, category.code
                assert parent.level == above[category.level], category.code


def test_the_93_classes_nobody_verified_say_so_in_both_languages(workspace: Workspace) -> None:
    found = workspace.classifications["digital_economy_2021"].categories
    unverified = [category for category in found if category.status == "未核实"]
    assert len(unverified) == 93
    assert {category.level for category in unverified} == {"小类"}
    assert all(category.label(chinese=True).endswith("（未核实）") for category in unverified)
    assert all(category.label(chinese=False).endswith("(unverified)") for category in unverified)
    assert not [category.code for category in found if category.status and category not in unverified]


def test_the_scope_is_the_printed_table_with_its_corrections(workspace: Workspace) -> None:
    read = mended(workspace)
    assert not read.unfit
    assert len(read.applied) == 16
    scope = read_scope(read.rows)
    found = workspace.classifications["digital_consumption_scope"].categories
    assert [(each.code, each.name_zh, each.parent, each.level) for each in found] == scope.codes
    links = workspace.correspondences[SCOPE_TO_INDUSTRY].links
    assert [(link.source, link.target, link.partial) for link in links] == [(code, to, star) for code, to, _name, star in scope.links]


def test_without_its_corrections_the_printed_table_gives_another_scope(workspace: Workspace) -> None:
    with (workspace.folder / "tables" / workspace.tables[TABLE].file).open(encoding="utf-8", newline="") as file:
        printed = read_scope(tuple(tuple(row) for row in csv.reader(file)))
    groups = [code for code, _name, _parent, level in printed.codes if level == "中类"]
    assert "205" not in groups
    assert ("50907", "0", "居民服务、修理和其他服务业", True) in printed.links
    assert "8626" not in [industry for _code, industry, _name, _star in printed.links]


def test_22_groups_are_printed_and_23_stand_by_code(workspace: Workspace) -> None:
    groups = codes(workspace, "digital_consumption_scope", "中类")
    path = workspace.folder / "tables" / workspace.tables[TABLE].file
    printed = {row["数字经济中类"].partition(":")[0] for row in rows_of(path)}
    assert len(groups) == 23
    assert set(groups) - printed == {"205"}


def test_the_scope_counts_what_the_white_paper_counts(workspace: Workspace) -> None:
    scope = workspace.classifications["digital_consumption_scope"]
    majors = Counter(scope.ancestors(code)[-1] for code in codes(workspace, "digital_consumption_scope", "小类"))
    assert majors == {"1": 14, "2": 8, "3": 11, "4": 15, "5": 15}
    assert sum(count for major, count in majors.items() if major != "5") == 48
    correspondence = workspace.correspondences[SCOPE_TO_INDUSTRY]
    starred = [link for link in correspondence.links if link.partial]
    assert (len(correspondence.links), len(starred)) == (72, 20)
    assert [link.target for link in starred if len(link.target) == 4] == ["8610", "6429"]
    assert all(link.weight is None for link in correspondence.links)
    whole, partial = whole_and_starred(correspondence)
    assert (len(whole), len(partial)) == (45, 16)
    assert unlinked(correspondence, codes(workspace, "digital_consumption_scope", "小类")) == ("20500", "30502")


def test_starred_industries_that_hold_core_classes_are_found(workspace: Workspace) -> None:
    found = overlaps(workspace.correspondences[SCOPE_TO_INDUSTRY], workspace.classifications["industry"])
    assert {each.starred.target: [link.target for link in each.counted] for each in found} == {
        "52": ["5273", "5274", "5244", "5292"],
        "66": ["6637"],
        "69": ["6930", "6940"],
        "71": ["7114", "7125"],
        "72": ["7251"],
        "O": ["8121", "8122"],
        "86": ["8624", "8625", "8626"],
    }
    assert {each.starred.target: [link.target for link in each.partial] for each in found if each.partial} == {"86": ["8610"]}


def test_printed_names_of_industries_are_those_of_the_standard(workspace: Workspace) -> None:
    industry = workspace.classifications["industry"]
    for _code, to, name, _star in read_scope(mended(workspace).rows).links:
        category = industry.find(to)
        assert category is not None, to
        names = {text.replace("（", "(").replace("）", ")") for text in (category.name_zh, *category.aliases)}
        assert name in names, to


def test_every_class_of_the_scope_is_a_class_of_the_national_classification(workspace: Workspace) -> None:
    scope, national = workspace.classifications["digital_consumption_scope"], workspace.classifications["digital_economy_2021"]
    links = workspace.correspondences["digital_consumption_scope_digital_economy_2021"].links
    assert [link.source for link in links] == codes(workspace, "digital_consumption_scope", "小类")
    for link in links:
        own, other = scope.find(link.source), national.find(link.target)
        assert own is not None
        assert other is not None
        assert (own.name_zh, other.status) == (other.name_zh, "")
        assert not link.partial


def test_what_the_national_classification_lacks_of_industries_is_known(workspace: Workspace) -> None:
    correspondence = workspace.correspondences["digital_economy_2021_industry"]
    missing = unlinked(correspondence, codes(workspace, "digital_economy_2021", "小类"))
    assert len(missing) == 95
    assert "95" in correspondence.title.note
    found = workspace.classifications["digital_economy_2021"]
    verified = [code for code in missing if (category := found.find(code)) and not category.status]
    assert verified == ["020500", "030502"]
    assert {link.status for link in correspondence.links} == {"未核实"}


def test_every_code_of_a_correspondence_exists_on_its_side(workspace: Workspace) -> None:
    assert len(workspace.correspondences) >= 4
    for correspondence in workspace.correspondences.values():
        sources = set(codes(workspace, correspondence.title.source))
        targets = set(codes(workspace, correspondence.title.target))
        assert {link.source for link in correspondence.links} <= sources, correspondence.id
        assert {link.target for link in correspondence.links} <= targets, correspondence.id


def test_reporting_areas_map_to_administrative_divisions(workspace: Workspace) -> None:
    correspondence = workspace.correspondences["areas_administrative_division"]
    reporting = codes(workspace, "areas")
    provinces_and_own = [code for code in reporting if len(code) == 6 or code.startswith("110")]
    assert set(provinces_and_own) <= {link.source for link in correspondence.links}
    parts = [(link.source, link.target) for link in correspondence.links if link.partial]
    assert parts == [("110115", "110115"), ("110115403", "110115")]
    assert all(link.source == link.target for link in correspondence.links if not link.partial)
    linked = {link.target for link in correspondence.links}
    assert {"710000", "810000", "820000"} == set(codes(workspace, "administrative_division")) - linked


@pytest.mark.needs_shared
def test_industries_equal_the_supplied_copy(workspace: Workspace, shared_folder: Path) -> None:
    supplied = rows_of(shared_folder / "data" / "classifications" / "gbt4754_2017_industry.csv")
    short = {row["full_code"]: row["code"] for row in supplied}
    expected = [
        (row["code"], row["name"], short.get(row["parent_code"], ""), row["level_name"], row["name_variant_in_other_copy"])
        for row in supplied
    ]
    found = workspace.classifications["industry"].categories
    assert [(each.code, each.name_zh, each.parent, each.level, "|".join(each.aliases)) for each in found] == expected
    assert sum(bool(each.aliases) for each in found) == 13


@pytest.mark.needs_shared
def test_the_national_classification_equals_the_supplied_lists(workspace: Workspace, shared_folder: Path) -> None:
    folder = shared_folder / "data" / "classifications"
    groups = [
        (f"{row['major_code']}{int(row['order_in_major']):02d}", row["middle_name"], row["major_code"])
        for row in rows_of(folder / "digital_economy_2021_major_middle.csv")
    ]
    classes = {
        (row["nbs_class"], row["nbs_class_name"], row["nbs_group"], "" if row["in_whitepaper"] == "true" else "未核实")
        for row in rows_of(folder / "digital_economy_2021_classes_unverified.csv")
    }
    found = workspace.classifications["digital_economy_2021"].categories
    assert [(each.code, each.name_zh, each.parent) for each in found if each.level == "中类"] == groups
    assert {(each.code, each.name_zh, each.parent, each.status) for each in found if each.level == "小类"} == classes


@pytest.mark.needs_shared
def test_the_printed_table_is_typed_as_the_document_has_it(workspace: Workspace, shared_folder: Path) -> None:
    text = next((shared_folder / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")
    start = text.index("一、数字产品制造业所属行业代码")
    lines = [line for line in text[start : text.index("附录2", start)].split("\n") if line.strip()]
    with (workspace.folder / "tables" / workspace.tables[TABLE].file).open(encoding="utf-8", newline="") as file:
        typed = list(csv.reader(file))[1:]
    assert typed == [[*line.split("\t"), "", "", ""][:4] for line in lines]
