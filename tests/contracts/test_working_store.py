"""What every working store does, whichever engine is behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.release import Manifest
from guibiao.model.tables import FINDINGS, OBSERVATIONS, STATEMENTS, TABLES
from guibiao.store.open import open_archive
from guibiao.store.port import Source, Stored, WorkingStore
from tests.store.samples import EVERY_KIND, finding, observation, observations, row_of_every_kind, statement

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
_numbers = count()

Opener = Callable[..., WorkingStore]


def reopened(store: WorkingStore, opener: Opener) -> WorkingStore:
    store.close()
    return opener()


def test_rows_come_back_as_they_were(store: WorkingStore, opener: Opener) -> None:
    rows = [statement(), statement("users", value=Decimal("-0.0000000001"), note='含\n换行、"引号"、, 和 \\N', locator="")]
    assert store.record(STATEMENTS, "k", rows)
    again = reopened(store, opener).read(STATEMENTS, ["k"])
    assert again.schema == STATEMENTS.arrow_schema()
    assert again.to_pylist() == rows


AWKWARD = [
    row_of_every_kind(text="", integer=None, flag=None, float=None, exact=None, day=None, moment=None),
    row_of_every_kind(text="NULL", integer=-(2**63), flag=False, float=5e-324, exact=Decimal("-" + "9" * 28 + "." + "9" * 10)),
    row_of_every_kind(text="\\.", integer=2**63 - 1, float=1.7976931348623157e308, exact=Decimal("1E-10"), day=date(1, 1, 1)),
    row_of_every_kind(text='"', float=-0.0, exact=Decimal(0), day=date(9999, 12, 31)),
    row_of_every_kind(text=" 前后有空格 \r\n\t", float=math.inf, moment=datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
    row_of_every_kind(text="𠮷🙂,;%=", float=0.1 + 0.2, moment=datetime(2024, 1, 1, 8, tzinfo=timezone(8 * HOUR))),
]


def test_every_kind_of_column_keeps_its_value(store: WorkingStore) -> None:
    store.record(EVERY_KIND, "k", AWKWARD)
    found = store.read(EVERY_KIND, ["k"])
    assert found.equals(pa.Table.from_pylist(AWKWARD, schema=EVERY_KIND.arrow_schema()))
    assert [str(row["float"]) for row in found.to_pylist()] == [str(row["float"]) for row in AWKWARD]


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**27), max_value=10**27)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.tuples(texts, numbers, st.none() | st.floats(allow_nan=False)), max_size=6))
def test_any_row_keeps_its_value(store: WorkingStore, values: list[tuple[str, Decimal | None, float | None]]) -> None:
    rows = [row_of_every_kind(text=text, exact=exact, float=real) for text, exact, real in values]
    key = f"k{next(_numbers)}"
    store.record(EVERY_KIND, key, rows)
    found = store.read(EVERY_KIND, [key]).to_pylist()
    assert [(row["text"], row["exact"], row["float"]) for row in found] == values


def test_one_content_is_stored_once(store: WorkingStore) -> None:
    assert store.record(OBSERVATIONS, "k", observations(3)) is True
    assert store.record(OBSERVATIONS, "k", observations(3)) is False
    assert store.read(OBSERVATIONS, ["k"]).num_rows == 3
    assert store.recorded(OBSERVATIONS) == {"k": 3}


def test_one_key_may_stand_in_several_tables(store: WorkingStore) -> None:
    store.record(OBSERVATIONS, "k", observations(2))
    store.record(FINDINGS, "k", [])
    assert store.recorded(OBSERVATIONS) == {"k": 2}
    assert store.recorded(FINDINGS) == {"k": 0}
    assert store.read(FINDINGS, ["k"]).schema == FINDINGS.arrow_schema()


def test_rows_come_in_the_order_of_the_keys(store: WorkingStore) -> None:
    for key in ("a", "b", "c"):
        store.record(OBSERVATIONS, key, [observation(area=key), observation(area=key * 2)])
    asked = ["c", "a", "b", "a"]
    for _ in range(3):
        assert store.read(OBSERVATIONS, asked)["area"].to_pylist() == ["c", "cc", "a", "aa", "b", "bb"]
    assert store.read(OBSERVATIONS, []).num_rows == 0


def test_a_key_never_recorded_is_refused(store: WorkingStore) -> None:
    store.record(OBSERVATIONS, "k", observations(1))
    with pytest.raises(BadRequest, match="unknown"):
        store.read(OBSERVATIONS, ["k", "unknown"])
    with pytest.raises(BadRequest, match="没有内容 k"):
        store.read(FINDINGS, ["k"])
    with pytest.raises(BadRequest):
        store.run("SELECT 1 AS one FROM observations", {"observations": Stored(OBSERVATIONS, ("unknown",))})


@pytest.mark.parametrize("as_table", [False, True], ids=["dictionaries", "arrow"])
@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"text": None}, "text"),
        ({"text": "半\0个"}, "text"),
        ({"exact": Decimal("0.00000000001")}, "exact"),
        ({"exact": Decimal("1E+28")}, "exact"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_whole(store: WorkingStore, changes: dict[str, Any], column: str, as_table: bool) -> None:
    rows: Any = [row_of_every_kind(), row_of_every_kind(**changes)]
    if as_table:
        wide = [field.with_nullable(True) for field in EVERY_KIND.arrow_schema()]
        wide[4] = pa.field("exact", pa.decimal256(50, 12))
        rows = pa.Table.from_pylist(rows, schema=pa.schema(wide))
    with pytest.raises(BadInput) as caught:
        store.record(EVERY_KIND, "k", rows)
    assert caught.value.place.column == column
    assert caught.value.place.line in ({2, None} if as_table else {2})
    assert caught.value.remedy
    assert store.recorded(EVERY_KIND) == {}


@pytest.mark.parametrize("changes", [{"integer": 2**63}, {"integer": "一"}, {"day": "2024"}, {"text": "\udc80"}, {"flag": "真"}])
def test_a_value_of_another_kind_is_refused(store: WorkingStore, changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        store.record(EVERY_KIND, "k", [row_of_every_kind(), row_of_every_kind(**changes)])
    assert (caught.value.place.line, caught.value.place.column) == (2, next(iter(changes)))
    assert store.recorded(EVERY_KIND) == {}


def test_other_columns_are_refused(store: WorkingStore) -> None:
    extra = row_of_every_kind() | {"more": 1}
    missing = {name: value for name, value in row_of_every_kind().items() if name != "day"}
    for row, name in ((extra, "more"), (missing, "day")):
        with pytest.raises(BadInput, match=name):
            store.record(EVERY_KIND, "k", [row_of_every_kind(), row])
        with pytest.raises(BadInput, match=name):
            store.record(EVERY_KIND, "k", pa.Table.from_pylist([row]))
    assert store.recorded(EVERY_KIND) == {}


def test_a_parquet_file_goes_in_and_out(store: WorkingStore, tmp_path: Path) -> None:
    table = pa.Table.from_pylist(observations(2500), schema=OBSERVATIONS.arrow_schema())
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=700)
    assert store.record(OBSERVATIONS, "k", tmp_path / "in.parquet")
    assert store.read(OBSERVATIONS, ["k"]).equals(table)
    assert store.record(OBSERVATIONS, "m", list(reversed(observations(2500))))
    for key in ("k", "m"):
        assert store.export(OBSERVATIONS, [key], tmp_path / f"{key}.parquet") == 2500
    assert pq.read_table(tmp_path / "k.parquet").cast(table.schema).equals(table)
    assert (tmp_path / "k.parquet").read_bytes() == (tmp_path / "m.parquet").read_bytes()
    assert store.export(OBSERVATIONS, [], tmp_path / "none.parquet") == 0
    assert pq.read_schema(tmp_path / "none.parquet").names == list(OBSERVATIONS.names)


def test_a_release_takes_its_rows_straight_from_the_store(store: WorkingStore, tmp_path: Path) -> None:
    rows = [*observations(30), *observations(30, categories="industry=01")]
    store.record(OBSERVATIONS, "a", rows[1::2])
    store.record(OBSERVATIONS, "b", rows[::2])
    archive = open_archive(tmp_path / "releases")

    def described(digests: Mapping[str, str]) -> Manifest:
        return Manifest(id=digests["observations"], workspace="", created=NOON, as_of=None, software="", previous="")

    with archive.lock():
        made = [archive.create({OBSERVATIONS: form}, described) for form in (Source(store, ("a", "b")), rows)]
    assert made[0] == made[1]
    assert archive.read(made[0].id, "observations").num_rows == 60
    store.record(OBSERVATIONS, "c", rows[:1])
    with archive.lock(), pytest.raises(BadInput, match="重复的键"):
        archive.create({OBSERVATIONS: Source(store, ("a", "b", "c"))}, described)


def test_a_bad_parquet_file_is_refused_whole(store: WorkingStore, tmp_path: Path) -> None:
    broken, other, nulls = (tmp_path / f"{name}.parquet" for name in ("broken", "other", "nulls"))
    broken.write_bytes(b"PAR1" + bytes(100))
    pq.write_table(pa.table({"a": [1]}), other)
    loose = pa.schema([field.with_nullable(True) for field in OBSERVATIONS.arrow_schema()])
    pq.write_table(pa.Table.from_pylist([*observations(5), observation(unit=None)], schema=loose), nulls)
    for path in (broken, other, nulls, tmp_path / "absent.parquet"):
        with pytest.raises(BadInput) as caught:
            store.record(OBSERVATIONS, "k", path)
        assert caught.value.place.file == str(path)
    assert store.recorded(OBSERVATIONS) == {}


def test_statements_are_those_the_world_could_know(store: WorkingStore) -> None:
    rows = [
        statement("gdp", known_from=date(2018, 1, 20), statement="1"),
        statement("gdp", known_from=date(2019, 11, 22), statement="2"),
        statement("users", known_from=date(2018, 6, 30), statement="3"),
    ]
    store.record(STATEMENTS, "k", rows)

    def found(**asked: Any) -> list[str]:
        return store.statements(["k"], **asked)["statement"].to_pylist()

    assert found() == ["1", "2", "3"]
    assert found(as_of=date(2018, 6, 30)) == ["1", "3"]
    assert found(as_of=date(2018, 6, 29)) == ["1"]
    assert found(indicators=["gdp"]) == ["1", "2"]
    assert found(indicators=["users", "gdp"], as_of=date(2018, 6, 30)) == ["1", "3"]
    assert found(indicators=["none"]) == []
    assert store.statements([]).schema == STATEMENTS.arrow_schema()


QUERY = """
SELECT this.area, this.period_end, this.value / last.value - 1 AS value
FROM observations AS this
JOIN observations AS last USING (indicator, area) -- the same series
WHERE this.period_start = last.period_start + INTERVAL 1 YEAR
"""


def test_a_query_runs_over_stored_and_given_rows_alike(store: WorkingStore) -> None:
    rows = [observation(area=f"{area:06d}", year=year, value=float(area + year)) for area in range(50, 0, -1) for year in (2023, 2022)]
    store.record(OBSERVATIONS, "k", rows[:50])
    store.record(OBSERVATIONS, "m", rows[50:])
    store.record(OBSERVATIONS, "other", observations(7))
    stored = store.run(QUERY, {"observations": Stored(OBSERVATIONS, ("k", "m"))})
    given = store.run(QUERY, {"observations": pa.Table.from_pylist(rows, schema=OBSERVATIONS.arrow_schema())})
    assert stored.equals(given)
    assert stored["area"].to_pylist() == [f"{area:06d}" for area in range(1, 51)]
    assert stored["value"][0].as_py() == 2024 / 2023 - 1
    unordered = store.run(QUERY, {"observations": Stored(OBSERVATIONS, ("k", "m"))}, ordered=False)
    assert unordered.sort_by("area").equals(stored)
    assert store.run("SELECT count(*) AS n FROM observations", {"observations": Stored(OBSERVATIONS, ())})["n"].to_pylist() == [0]
    assert store.recorded(OBSERVATIONS) == {"k": 50, "m": 50, "other": 7}


def test_a_query_sees_only_the_tables_it_is_given(store: WorkingStore) -> None:
    observations = pa.table({"a": [1]})
    assert observations.num_rows == 1
    with pytest.raises(Exception, match="observations"):
        store.run("SELECT * FROM observations", {})


def test_a_transaction_is_all_or_nothing(store: WorkingStore, opener: Opener) -> None:
    class Interrupted(Exception):
        pass

    def one_import(store: WorkingStore) -> None:
        with store.transaction():
            store.record(OBSERVATIONS, "a", observations(3))
            store.record(FINDINGS, "a", [finding()])
            store.deliver("gdp", "a", NOON)

    def interrupted_import(store: WorkingStore) -> None:
        with store.transaction():
            one_import(store)
            assert store.current() == {"gdp": "a"}
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted_import(store)
    assert (dict(store.current()), store.recorded(OBSERVATIONS), store.recorded(FINDINGS)) == ({}, {}, {})
    one_import(store)
    assert reopened(store, opener).current() == {"gdp": "a"}


def test_a_caught_error_does_not_leave_a_half(store: WorkingStore) -> None:
    def careless_import() -> None:
        with store.transaction():
            store.record(OBSERVATIONS, "a", observations(1))
            with suppress(BadInput):
                store.record(FINDINGS, "a", [{}])

    with pytest.raises(RuntimeError, match="nothing of it was stored"):
        careless_import()
    assert store.recorded(OBSERVATIONS) == {}
    assert store.record(OBSERVATIONS, "a", observations(1))


def test_a_query_that_fails_inside_a_transaction_says_why(store: WorkingStore) -> None:
    def failing_step(rows: Any) -> None:
        with store.transaction():
            store.record(OBSERVATIONS, "a", observations(1))
            store.run("SELECT error('nothing') FROM observations", {"observations": rows})

    given = pa.Table.from_pylist(observations(1), schema=OBSERVATIONS.arrow_schema())
    for rows in (given, Stored(OBSERVATIONS, ("a",))):
        with pytest.raises(duckdb.InvalidInputException, match="nothing"):
            failing_step(rows)
    assert store.recorded(OBSERVATIONS) == {}
    assert store.run("SELECT area FROM observations", {"observations": given}).num_rows == 1


def test_reading_alone_changes_nothing(store: WorkingStore, opener: Opener) -> None:
    store.record(OBSERVATIONS, "a", observations(1))
    store.close()
    reader = opener(read_only=True)
    assert reader.read(OBSERVATIONS, ["a"]).num_rows == 1
    assert reader.run("SELECT value FROM observations", {"observations": Stored(OBSERVATIONS, ("a",))}).num_rows == 1
    with pytest.raises(Exception, match=r"read-only|没有权限"):
        reader.record(OBSERVATIONS, "b", observations(1))


def test_a_store_that_is_not_there_cannot_be_read(opener: Opener) -> None:
    with pytest.raises(BadRequest, match="guibiao run"):
        opener(read_only=True)


def test_closing_twice_is_closing(store: WorkingStore) -> None:
    store.close()
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.current()


def test_every_declared_table_is_kept(store: WorkingStore) -> None:
    for table in TABLES.values():
        assert store.record(table, "k", table.arrow_schema().empty_table())
        assert store.read(table, ["k"]).schema == table.arrow_schema()
