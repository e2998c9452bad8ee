"""Deliveries: what is current, what was, and that nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadRequest
from guibiao.model.tables import OBSERVATIONS
from guibiao.store.port import WITHDRAWN, Delivery, WorkingStore
from tests.store.samples import observations

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
_numbers = count()

Opener = Callable[..., WorkingStore]


def test_a_delivery_changes_what_is_current_and_history_stays(store: WorkingStore, opener: Opener) -> None:
    for key in ("a", "b"):
        store.record(OBSERVATIONS, key, observations(1))
    came = [store.deliver("gdp", key, NOON + hour * HOUR) for hour, key in enumerate(["a", "a", "b", "b", "a"])]
    assert came == [True, False, True, False, True]
    store.close()
    store = opener()
    assert store.deliveries() == (
        Delivery("gdp", "a", NOON),
        Delivery("gdp", "b", NOON + 2 * HOUR),
        Delivery("gdp", "a", NOON + 4 * HOUR),
    )
    asked = (NOON - HOUR, NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 9 * HOUR)
    assert [store.current(recorded_as_of=moment).get("gdp") for moment in asked] == [None, "a", "a", "b", "a"]


def test_a_withdrawn_dataset_is_not_current(store: WorkingStore) -> None:
    store.record(OBSERVATIONS, "a", observations(1))
    assert not store.deliver("gdp", WITHDRAWN, NOON)
    assert store.deliver("gdp", "a", NOON)
    assert store.deliver("gdp", WITHDRAWN, NOON + HOUR)
    assert store.current() == {}
    assert store.current(recorded_as_of=NOON) == {"gdp": "a"}
    assert store.deliver("gdp", "a", NOON + 2 * HOUR)
    assert store.current() == {"gdp": "a"}


def test_datasets_are_found_by_prefix_and_in_order(store: WorkingStore) -> None:
    store.record(OBSERVATIONS, "a", [])
    for dataset in ("table:人口", "table:gdp", "delivery/x", "TABLE:gdp", "100%_table"):
        store.deliver(dataset, "a", NOON)
    assert list(store.current("table:")) == ["table:gdp", "table:人口"]
    assert list(store.current("100%")) == ["100%_table"]
    assert list(store.current("%")) == []
    assert list(store.current()) == ["100%_table", "TABLE:gdp", "delivery/x", "table:gdp", "table:人口"]


def test_a_delivery_of_nothing_recorded_is_refused(store: WorkingStore) -> None:
    with pytest.raises(BadRequest, match="尚未入库"):
        store.deliver("gdp", "never", NOON)
    with pytest.raises(BadRequest, match="时区"):
        store.deliver("gdp", WITHDRAWN, NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="content key"):
        store.record(OBSERVATIONS, "", [])


acts = st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from(["", "a", "b"]), st.integers(0, 5)), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(acts)
def test_current_is_the_last_delivery_recorded_by_then(store: WorkingStore, acts: list[tuple[str, str, int]]) -> None:
    prefix = f"{next(_numbers)}/"
    for key in ("a", "b"):
        store.record(OBSERVATIONS, key, [])
    history: list[tuple[str, str, int]] = []
    for dataset, key, hour in acts:
        latest = next((old for name, old, _ in reversed(history) if name == dataset), "")
        assert store.deliver(prefix + dataset, key, NOON + hour * HOUR) == (latest != key)
        if latest != key:
            history.append((dataset, key, hour))
    for asked in range(6):
        expected: dict[str, str] = {}
        for dataset, key, hour in history:
            if hour <= asked:
                expected[prefix + dataset] = key
        current = store.current(prefix, NOON + asked * HOUR)
        assert current == {dataset: key for dataset, key in sorted(expected.items()) if key}
