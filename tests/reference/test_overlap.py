"""Starred industries that contain industries already counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guibiao.reference.classification import Category, Classification, Correspondence, CorrespondenceLink, CorrespondenceTitle
from guibiao.reference.overlap import overlaps, unlinked, whole_and_starred

CATEGORIES = (
    Category(code="F", name_zh="零售"),
    Category(code="52", name_zh="零售业", parent="F"),
    Category(code="527", name_zh="电器零售", parent="52"),
    Category(code="5273", name_zh="计算机零售", parent="527"),
    Category(code="5274", name_zh="通信零售", parent="527"),
    Category(code="54", name_zh="运输"),
)
INDUSTRY = Classification("industry", CATEGORIES, _index={each.code: each for each in CATEGORIES})
TITLE = CorrespondenceTitle(id="m", name_zh="对应", name_en="map", source="scope", target="industry", file="m.csv")


def links(*pairs: tuple[str, str]) -> Correspondence:
    """`code, industry`; a star after the industry marks a part."""
    found = [CorrespondenceLink(source=code, target=to.removesuffix("*"), partial=to.endswith("*")) for code, to in pairs]
    return Correspondence(TITLE, tuple(found))


def contained(correspondence: Correspondence) -> dict[str, tuple[list[str], list[str]]]:
    return {
        each.starred.source: ([link.target for link in each.counted], [link.target for link in each.partial])
        for each in overlaps(correspondence, INDUSTRY)
    }


def test_industries_at_any_depth_below_a_starred_one_are_found() -> None:
    found = contained(links(("a", "5273"), ("b", "527*"), ("c", "52*"), ("d", "54*"), ("e", "54")))
    assert found == {"b": (["5273"], []), "c": (["5273"], ["527"]), "d": (["54"], [])}


def test_a_starred_industry_does_not_overlap_what_contains_it_wholly() -> None:
    assert contained(links(("a", "52"), ("b", "5273*"))) == {}


def test_two_parts_of_one_industry_overlap_each_other() -> None:
    assert contained(links(("a", "54*"), ("b", "54*"))) == {"a": ([], ["54"]), "b": ([], ["54"])}


def test_nothing_overlaps_without_stars() -> None:
    assert contained(links(("a", "52"), ("b", "5273"))) == {}


def test_codes_count_whole_in_part_or_not_at_all() -> None:
    correspondence = links(("a", "5273"), ("b", "52*"), ("c", "5274"), ("c", "54*"))
    assert whole_and_starred(correspondence) == (("a",), ("b", "c"))
    assert unlinked(correspondence, ("a", "b", "c", "d")) == ("d",)
    assert correspondence.id == "m"
    assert [link.target for link in correspondence.targets("c")] == ["5274", "54"]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["F", "52", "527", "5273", "54", "52*", "527*", "5273*", "54*"])), max_size=8
    )
)
def test_what_is_counted_lies_within_and_never_in_itself(pairs: list[tuple[str, str]]) -> None:
    for each in overlaps(links(*pairs), INDUSTRY):
        assert each.starred.partial
        for link in (*each.counted, *each.partial):
            assert link is not each.starred
            assert each.starred.target in (link.target, *INDUSTRY.ancestors(link.target))
        assert not any(link.partial for link in each.counted)
        assert all(link.partial for link in each.partial)


def test_ancestors_end_where_a_chain_closes() -> None:
    circle = (Category(code="x", name_zh="甲", parent="y"), Category(code="y", name_zh="乙", parent="x"))
    assert Classification("c", circle, _index={each.code: each for each in circle}).ancestors("x") == ("y",)
    assert INDUSTRY.ancestors("5273") == ("527", "52", "F")
    assert INDUSTRY.ancestors("nothing") == ()
