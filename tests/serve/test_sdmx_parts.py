"""Identifiers, periods, conditions, versions, media types and units, each on its own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guibiao.model.period import Measure
from guibiao.serve.sdmx.answer_cache import AnswerCache
from guibiao.serve.sdmx.artefacts import VALUE
from guibiao.serve.sdmx.catalogue import price_code
from guibiao.serve.sdmx.conditions import parse_condition
from guibiao.serve.sdmx.faults import SdmxFault
from guibiao.serve.sdmx.identifiers import code_id, component_ids, from_code_id
from guibiao.serve.sdmx.negotiation import Form, choose, language_of
from guibiao.serve.sdmx.periods import bounds, time_of
from guibiao.serve.sdmx.queries import Parameters
from guibiao.serve.sdmx.structures import version_fits
from guibiao.serve.sdmx.units import split_unit, unit_code
from guibiao.serve.sdmx.xml_text import attributes, number, text

FREQUENCIES = ("annual", "half-yearly", "quarterly", "monthly", "weekly", "daily", "irregular")
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@given(st.text(max_size=12))
def test_a_code_survives_as_an_identifier(code: str) -> None:
    identifier = code_id(code)
    assert from_code_id(identifier) == code
    assert identifier
    assert all(character.isascii() and (character.isalnum() or character in "_@$-") for character in identifier)


@given(st.lists(st.text(min_size=1, max_size=6), unique=True, max_size=8))
def test_component_ids_are_names_and_different(names: list[str]) -> None:
    found = component_ids(names, taken=("FREQ",))
    assert len({"FREQ", *found.values()}) == len(names) + 1
    assert all(identifier[0].isascii() and identifier[0].isalpha() for identifier in found.values())


@pytest.mark.parametrize(
    ("start", "end", "measure", "frequency", "expected"),
    [
        ("2023-01-01", "2023-12-31", "during", "annual", ("A", "2023")),
        ("2023-07-01", "2023-12-31", "during", "annual", ("S", "2023-S2")),
        ("2023-07-01", "2023-09-30", "during", "annual", ("Q", "2023-Q3")),
        ("2024-02-01", "2024-02-29", "average", "annual", ("M", "2024-02")),
        ("2023-07-01", "2023-07-01", "during", "annual", ("D", "2023-07-01")),
        ("2023-01-01", "2023-02-28", "during", "monthly", ("_O", "2023-01-01/P2M")),
        ("2023-01-01", "2023-02-28", "to date", "monthly", ("M", "2023-02")),
        ("2023-01-01", "2023-09-30", "to date", "quarterly", ("Q", "2023-Q3")),
        ("2023-01-01", "2023-11-30", "to date", "quarterly", ("M", "2023-11")),
        ("2023-04-01", "2023-09-30", "to date", "quarterly", ("_O", "2023-04-01/P6M")),
        ("2023-12-31", "2023-12-31", "at end", "annual", ("A", "2023")),
        ("2023-06-30", "2023-06-30", "at end", "annual", ("M", "2023-06")),
        ("2023-06-15", "2023-06-15", "at end", "annual", ("D", "2023-06-15")),
        ("2023-12-31", "2023-12-31", "at end", "daily", ("D", "2023-12-31")),
    ],
)
def test_the_form_of_a_period(start: str, end: str, measure: str, frequency: str, expected: tuple[str, str]) -> None:
    assert time_of(date.fromisoformat(start), date.fromisoformat(end), measure, frequency) == expected


@given(DAYS, st.integers(0, 2000), st.sampled_from(list(Measure)), st.sampled_from(FREQUENCIES))
def test_a_period_ends_on_its_last_day_and_no_two_share_a_form(start: date, days: int, measure: Measure, frequency: str) -> None:
    end = start if measure is Measure.AT_END else start + timedelta(days=days)
    _freq, form = time_of(start, end, measure, frequency)
    covered = bounds(form)
    assert covered is not None
    assert covered[1] == end
    if measure in {Measure.DURING, Measure.AVERAGE}:
        assert covered[0] == start


@pytest.mark.parametrize(
    ("text_", "expected"),
    [
        ("2023", ("2023-01-01", "2023-12-31")), ("2023-A1", ("2023-01-01", "2023-12-31")), ("2023-S1", ("2023-01-01", "2023-06-30")),
        ("2023-T3", ("2023-09-01", "2023-12-31")), ("2023-Q2", ("2023-04-01", "2023-06-30")), ("2023-M02", ("2023-02-01", "2023-02-28")),
        ("2023-02", ("2023-02-01", "2023-02-28")), ("2023-W01", ("2023-01-02", "2023-01-08")), ("2023-D032", ("2023-02-01", "2023-02-01")),
        ("2023-02-03T10:00:00Z", ("2023-02-03", "2023-02-03")), ("2020-01-01/P18M", ("2020-01-01", "2021-06-30")),
        ("2023-13", None), ("2023-Q5", None), ("2023-D366", None), ("2023-W54", None), ("0000", None), ("", None), ("20230101", None),
        ("9999-12-31/P99999Y", None), ("2023-02-30", None), ("2023-D000", None), ("２０２３", None),
    ],
)  # fmt: skip
def test_what_a_period_of_a_query_covers(text_: str, expected: tuple[str, str] | None) -> None:
    found = bounds(text_)
    assert (found and tuple(day.isoformat() for day in found)) == expected


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_periods(text_: str) -> None:
    found = bounds(text_)
    assert found is None or found[0] <= found[1]


@pytest.mark.parametrize(
    ("condition", "value", "held"),
    [
        ("A", "A", True), ("A,B", "B", True), ("ge:5+le:7", 6.0, True), ("ge:5+le:7", 8.0, False), ("ge:10", 9.5, False),
        ("A,B+C", "B", False), ("ne:A,B", "B", True), ("ne:A+ne:B", "B", False), ("ne:A,ne:B", "B", True), ("co:yc", "bicycle", True),
        ("nc:yc", "bicycle", False), ("sw:bi", "bicycle", True), ("ew:le", "bicycle", True), ("ge:b", "a", False), ("eq:1.0", 1, True),
        ("A", None, False), ("ne:A", None, True), ("nc:A", None, True), ("lt:3", None, False), ("co:<", "a<b", True),
    ],
)  # fmt: skip
def test_the_operators(condition: str, value: str | float | None, held: bool) -> None:
    assert parse_condition(VALUE, condition).holds(value) is held


@given(st.text(max_size=15), st.one_of(st.none(), st.text(max_size=5), st.floats()))
def test_a_condition_holds_or_does_not_or_is_refused(condition: str, value: str | float | None) -> None:
    try:
        read = parse_condition(VALUE, condition)
    except SdmxFault:
        return
    assert read.holds(value) in {True, False}


@pytest.mark.parametrize(
    ("version", "held"),
    [
        ("1.0.0", True), ("1.0", True), ("1", True), ("2.0", False), ("1.0.0-draft", False), ("latest", True), ("1+.0.0", True),
        ("0+.5.0", True), ("2+.0.0", False), ("1.0.1+", False), ("1.*.0", True), ("1.~", True), ("*.0.0", True), ("0.9", False),
    ],
)  # fmt: skip
def test_versions(version: str, held: bool) -> None:
    assert version_fits(version, "1.0.0") is held


@pytest.mark.parametrize(
    ("accept", "version", "form"),
    [
        ("", 1, Form.GENERIC_21),
        ("", 2, Form.JSON_2),
        ("*/*", 1, Form.GENERIC_21),
        ("text/csv", 1, Form.CSV_1),
        ("text/csv", 2, Form.CSV_2),
        ("application/vnd.sdmx.data+json", 1, Form.JSON_1),
        ("application/vnd.sdmx.data+json", 2, Form.JSON_2),
        ("application/vnd.sdmx.data+json;version=2.0+", 1, Form.JSON_2),
        ("application/vnd.sdmx.data+json;version=1.0.0-wd", 2, Form.JSON_1),
        ("application/vnd.sdmx.data+xml;version=3.0.0+", 2, Form.SPECIFIC_30),
        ("image/png;q=1, application/xml;q=0.5", 2, Form.SPECIFIC_30),
        ("application/vnd.sdmx.data+csv;version=2.0.0;q=0.2, application/json;q=0.9", 2, Form.JSON_2),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 1, Form.GENERIC_21),
        ("application/xml;q=nonsense", 1, Form.GENERIC_21),
    ],
)
def test_the_format_chosen(accept: str, version: int, form: Form) -> None:
    assert choose(accept, "", data=True, version=version).form is form


def test_a_format_refused_with_quality_zero() -> None:
    with pytest.raises(SdmxFault) as caught:
        choose("application/xml;q=0", "", data=True, version=1)
    assert caught.value.http_status(1) == 406


@pytest.mark.parametrize(("header", "language"), [("en-GB,zh;q=0.5", "en"), ("fr, zh-CN;q=0.4", "zh"), ("fr", "zh"), ("", "zh")])
def test_the_language_of_the_reader(header: str, language: str) -> None:
    assert language_of(header, "zh") == language


@pytest.mark.parametrize(
    ("symbol", "base", "power"),
    [
        ("亿元", "元", 8),
        ("万户", "户", 4),
        ("%", "%", 0),
        ("", "", 0),
        ("元/人", "元/人", 0),
        ("万GB", "GB", 4),
        ("亿元/人", "元/人", 8),
        ("光年", "光年", 0),
    ],
)
def test_units_lose_their_power_of_ten(symbol: str, base: str, power: int) -> None:
    assert split_unit(symbol) == (base, power)
    assert unit_code(base).isascii()


def test_price_bases() -> None:
    assert [price_code(each) for each in ("none", "current", "constant(2020)")] == ["_Z", "current", "constant_2020"]


def test_a_plus_in_a_query_is_a_plus() -> None:
    read = Parameters("c[A]=x+y&limit=3&c%5BB%5D=%2B", {"limit"}, components=True)
    assert (read.components, read.values) == ({"A": "x+y", "B": "+"}, {"limit": "3"})


def test_xml_never_holds_what_it_cannot() -> None:
    assert text('a<b>&"\x00\ud800') == 'a&lt;b&gt;&amp;"��'
    assert attributes({"a": '"<\n', "b": None}) == ' a="&quot;&lt;&#10;"'


@pytest.mark.parametrize(
    ("value", "written"), [(1.0, "1"), (0.1, "0.1"), (1e22, "1e+22"), (float("nan"), "NaN"), (float("-inf"), "-INF"), (3, "3")]
)
def test_numbers_are_written_so_that_they_read_back(value: float, written: str) -> None:
    assert number(value) == written


def test_the_cache_drops_the_longest_unused_and_keeps_nothing_long() -> None:
    cache = AnswerCache(kept=25)
    for tag in "abc":
        cache.put(tag, b"0123456789", "text/plain")
        cache.get("a")
    assert [tag for tag in "abc" if cache.get(tag)] == ["a", "c"]
    cache.put("d", b"0" * (1 << 22), "text/plain")
    assert cache.get("d") is None
