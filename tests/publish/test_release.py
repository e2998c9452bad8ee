"""What may be published, when, and what readers see after each step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guibiao.model.errors import BadInput, BadRequest
from guibiao.model.period import Measure, at_end, year
from guibiao.model.release import Act, Event, Fault, FaultKind
from guibiao.model.tables import FINDINGS, OBSERVATIONS
from guibiao.publish.release import (
    Change,
    ChangeKind,
    Content,
    Standing,
    State,
    clear,
    diff,
    draft,
    find,
    publish,
    releases,
    schedule,
    verify,
    withdraw,
)
from guibiao.store.release import FolderArchive
from tests.store.samples import finding, observation

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WHO = {"who": "张三", "reason": "已与来源核对"}


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return FolderArchive(tmp_path / "releases")


def content(value: float = 18766.7, **changes: Any) -> Content:
    """A release of two observations and one finding."""
    rows = [observation(value=value), observation(year=2022, value=17330.2)]
    given: dict[str, Any] = {"workspace": "somewhere", "software": "0.1.0", "tables": {OBSERVATIONS: rows, FINDINGS: [finding()]}}
    return Content(**given | changes)


def drafted(archive: FolderArchive, value: float = 18766.7, **changes: Any) -> Standing:
    return draft(archive, content(value, **changes), at=NOON)


def test_a_draft_says_what_it_holds(archive: FolderArchive) -> None:
    standing = draft(archive, content(as_of=date(2025, 6, 30), errors=2, restricted=("firms",)), at=NOON, who="李四")
    manifest = standing.manifest
    assert (standing.state, standing.current, standing.history[0].who) == (State.DRAFT, False, "李四")
    assert (manifest.workspace, manifest.software, manifest.created, manifest.as_of) == ("somewhere", "0.1.0", NOON, date(2025, 6, 30))
    assert (manifest.errors, manifest.restricted, manifest.previous) == (2, ("firms",), "")
    assert manifest.tables == {"observations": 2, "findings": 1}
    assert {file.name for file in manifest.files} == {"observations.parquet", "findings.parquet", "release.duckdb"}
    assert all(len(file.sha256) == 64 and file.size > 0 for file in manifest.files)
    assert verify(archive, standing.id) == ()
    assert archive.pointer() == ""


def test_the_same_content_is_the_same_draft(archive: FolderArchive) -> None:
    first = drafted(archive)
    rows = list(reversed(content().tables[OBSERVATIONS]))  # type: ignore[arg-type]
    again = draft(archive, content(tables={FINDINGS: [finding()], OBSERVATIONS: rows}), at=NOON + DAY)
    assert (again.id, again.manifest, again.history) == (first.id, first.manifest, first.history)
    assert len(archive.events()) == 1


@pytest.mark.parametrize("changes", [{"value": 18766.8}, {"as_of": date(2025, 1, 1)}, {"restricted": ("x",)}, {"workspace": "other"}])
def test_other_content_is_another_draft(archive: FolderArchive, changes: dict[str, Any]) -> None:
    assert drafted(archive).id != drafted(archive, **changes).id
    assert len(releases(archive)) == 2


def test_two_rows_of_one_key_are_refused(archive: FolderArchive) -> None:
    rows = [observation(), observation(year=2022), observation(value=1.0)]
    with pytest.raises(BadInput, match="重复的键") as caught:
        draft(archive, content(tables={OBSERVATIONS: rows}), at=NOON)
    assert "output 010000" in caught.value.description
    assert releases(archive) == ()


def test_publishing_moves_the_pointer(archive: FolderArchive) -> None:
    first = drafted(archive)
    shown = publish(archive, first.id, at=NOON, who="张三")
    assert (shown.state, shown.current, archive.pointer()) == (State.PUBLISHED, True, first.id)
    second = drafted(archive, 18000.0)
    assert second.manifest.previous == first.id
    publish(archive, second.id[:6], at=NOON + DAY)
    assert [(each.id, each.state, each.current) for each in releases(archive)] == [
        (first.id, State.PUBLISHED, False),
        (second.id, State.PUBLISHED, True),
    ]


def test_publishing_again_changes_nothing(archive: FolderArchive) -> None:
    first = publish(archive, drafted(archive).id, at=NOON)
    events = archive.events()
    assert publish(archive, first.id, at=NOON + DAY) == first
    assert archive.events() == events


@pytest.mark.parametrize("changes", [{"errors": 1}, {"restricted": ("firms",)}])
def test_what_needs_clearance_waits_for_a_person(archive: FolderArchive, changes: dict[str, Any]) -> None:
    standing = drafted(archive, **changes)
    with pytest.raises(BadRequest, match="尚未审核"):
        publish(archive, standing.id, at=NOON)
    for nobody in ({"who": " ", "reason": "x"}, {"who": "x", "reason": ""}):
        with pytest.raises(BadRequest, match="经手人"):
            clear(archive, standing.id, at=NOON, **nobody)
    cleared = clear(archive, standing.id, at=NOON, **WHO)
    assert cleared.state is State.CLEARED
    assert cleared.history[-1] == Event(act=Act.CLEAR, release=standing.id, at=NOON, **WHO)
    assert publish(archive, standing.id, at=NOON).current


def test_nothing_is_published_before_its_time(archive: FolderArchive) -> None:
    standing = drafted(archive)
    assert schedule(archive, standing.id, embargo=NOON + DAY, at=NOON).state is State.SCHEDULED
    with pytest.raises(BadRequest, match="未到发布时刻"):
        publish(archive, standing.id, at=NOON + DAY - timedelta(seconds=1))
    assert archive.pointer() == ""
    assert schedule(archive, standing.id, embargo=NOON + 2 * DAY, at=NOON).embargo == NOON + 2 * DAY
    with pytest.raises(BadRequest, match="未到发布时刻"):
        publish(archive, standing.id, at=NOON + DAY)
    assert publish(archive, standing.id, at=NOON + 2 * DAY).current
    with pytest.raises(BadRequest, match="已经公布"):
        schedule(archive, standing.id, embargo=NOON + 9 * DAY, at=NOON + 3 * DAY)


@pytest.mark.parametrize("embargo", [NOON, NOON - DAY, (NOON + DAY).replace(tzinfo=None)])
def test_an_embargo_lies_in_the_future(archive: FolderArchive, embargo: datetime) -> None:
    standing = drafted(archive)
    with pytest.raises(BadRequest, match="将来"):
        schedule(archive, standing.id, embargo=embargo, at=NOON)
    assert len(archive.events()) == 1


def test_clearing_a_scheduled_release_keeps_it_scheduled(archive: FolderArchive) -> None:
    standing = drafted(archive, errors=1)
    schedule(archive, standing.id, embargo=NOON + DAY, at=NOON)
    assert clear(archive, standing.id, at=NOON, **WHO).state is State.SCHEDULED
    with pytest.raises(BadRequest, match="未到发布时刻"):
        publish(archive, standing.id, at=NOON)
    assert publish(archive, standing.id, at=NOON + DAY).current


@pytest.mark.parametrize("name", ["observations.parquet", "release.duckdb"])
def test_a_damaged_release_is_not_published(archive: FolderArchive, name: str) -> None:
    standing = drafted(archive)
    path = archive.folder / standing.id / name
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BadRequest, match="与清单不符") as caught:
        publish(archive, standing.id, at=NOON)
    assert name in caught.value.description
    assert archive.pointer() == ""
    # The same content, drafted again, mends it.
    assert verify(archive, drafted(archive).id) == ()
    assert publish(archive, standing.id, at=NOON).current


@pytest.mark.parametrize("change", [('"errors": 3', '"errors": 0'), ('"firms"', '"firm"')])
def test_a_manifest_changed_to_pass_is_found(archive: FolderArchive, change: tuple[str, str]) -> None:
    standing = drafted(archive, errors=3, restricted=("firms",))
    path = archive.folder / standing.id / "manifest.json"
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.chmod(0o644)
    path.write_text(text.replace(*change), encoding="utf-8")
    assert verify(archive, standing.id) == (Fault(FaultKind.CHANGED, "manifest.json"),)
    clear(archive, standing.id, at=NOON, **WHO)
    with pytest.raises(BadRequest, match="与清单不符"):
        publish(archive, standing.id, at=NOON)


def test_withdrawing_goes_back_to_the_one_before(archive: FolderArchive) -> None:
    first, second, third = (drafted(archive, value).id for value in (1.0, 2.0, 3.0))
    for release in (first, second, third):
        publish(archive, release, at=NOON)
    with pytest.raises(BadRequest, match="经手人"):
        withdraw(archive, third, who="", reason="", at=NOON)
    taken = withdraw(archive, third, at=NOON, who="张三", reason="人口数有误")
    assert (taken.state, taken.notice, taken.current) == (State.WITHDRAWN, "人口数有误", False)
    assert archive.pointer() == second
    withdraw(archive, first, at=NOON, **WHO)
    assert archive.pointer() == second
    withdraw(archive, second, at=NOON, **WHO)
    assert archive.pointer() == ""
    assert not (archive.folder / "current").exists()
    with pytest.raises(BadRequest, match="没有公布"):
        withdraw(archive, second, at=NOON, **WHO)


def test_a_withdrawn_release_needs_clearance_to_come_back(archive: FolderArchive) -> None:
    standing = drafted(archive)
    clear(archive, standing.id, at=NOON, **WHO)
    publish(archive, standing.id, at=NOON)
    withdraw(archive, standing.id, at=NOON, who="张三", reason="口径待定")
    with pytest.raises(BadRequest, match="口径待定"):
        publish(archive, standing.id, at=NOON)
    assert clear(archive, standing.id, at=NOON, **WHO).state is State.CLEARED
    assert publish(archive, standing.id, at=NOON).current


def test_withdrawing_passes_over_a_damaged_one(archive: FolderArchive) -> None:
    first, second, third = (drafted(archive, value).id for value in (1.0, 2.0, 3.0))
    for release in (first, second, third):
        publish(archive, release, at=NOON)
    (archive.folder / second / "observations.parquet").unlink()
    withdraw(archive, third, at=NOON, **WHO)
    assert archive.pointer() == first


def test_a_draft_cannot_be_withdrawn(archive: FolderArchive) -> None:
    with pytest.raises(BadRequest, match="没有公布"):
        withdraw(archive, drafted(archive).id, at=NOON, **WHO)


def test_a_lost_pointer_comes_back_with_the_next_verb(archive: FolderArchive) -> None:
    first = publish(archive, drafted(archive).id, at=NOON)
    (archive.folder / "current").unlink()
    assert [each.current for each in releases(archive)] == [False]
    assert publish(archive, first.id, at=NOON).current
    assert archive.pointer() == first.id


def test_a_verb_killed_before_the_pointer_moved_is_finished_by_the_next(archive: FolderArchive) -> None:
    first, second = (drafted(archive, value).id for value in (1.0, 2.0))
    publish(archive, first, at=NOON)
    archive.append(Event(act=Act.PUBLISH, release=second, at=NOON))
    assert archive.pointer() == first
    clear(archive, first, at=NOON, **WHO)
    assert archive.pointer() == second


def test_an_unknown_release_names_the_nearest(archive: FolderArchive) -> None:
    standing = drafted(archive)
    wrong = standing.id[:-1] + ("0" if standing.id[-1] != "0" else "1")
    for text in (wrong, "", "../releases", ".."):
        with pytest.raises(BadRequest, match="没有发布"):
            find(archive, text)
    with pytest.raises(BadRequest) as caught:
        publish(archive, wrong, at=NOON)
    assert standing.id in caught.value.description
    assert verify(archive, "..") == (Fault(FaultKind.MISSING, ".."),)


def test_the_differences_of_two_releases(archive: FolderArchive) -> None:
    old = [
        observation("revised", value=17330.2),
        observation("kept", value=0.1),
        observation("removed", value=1.0),
        observation("rescaled", value=1.5, unit="亿元"),
        observation("rate", value=42.9, unit="%"),
        observation("zero", value=0.0),
        observation("restated", value=3.0, unit="万人"),
    ]
    new = [
        observation("revised", value=18766.7),
        observation("kept", value=0.1, source="another", stage="verified"),
        observation("added", value=7.0, period_start=date(2023, 12, 31), measure="at end"),
        observation("rescaled", value=15001.0, unit="万元"),
        observation("rate", value=39.6, unit="%"),
        observation("zero", value=2.0),
        observation("restated", value=3.0, unit="万户"),
    ]
    releases = [draft(archive, content(tables={OBSERVATIONS: rows}), at=NOON).id for rows in (old, new)]
    found = {change.indicator: change for change in diff(archive, *releases)}
    assert {name: change.kind.value for name, change in found.items()} == {
        "added": "added",
        "rate": "revised",
        "removed": "removed",
        "rescaled": "revised",
        "restated": "revised",
        "revised": "revised",
        "zero": "revised",
    }
    assert list(found) == sorted(found)
    assert (found["revised"].old, found["revised"].new) == (Decimal("17330.2"), Decimal("18766.7"))
    assert found["revised"].difference == Decimal("1436.5")
    assert found["revised"].per_cent == Decimal("1436.5") / Decimal("17330.2") * 100
    assert found["revised"].period == year(2023)
    assert (found["rate"].difference, found["rate"].per_cent) == (Decimal("-3.3"), None)
    assert (found["rescaled"].difference, found["rescaled"].per_cent) == (Decimal("1.0"), Decimal(100) / 15000)
    assert (found["zero"].difference, found["zero"].per_cent) == (Decimal("2.0"), None)
    assert (found["restated"].difference, found["restated"].per_cent) == (None, None)
    assert (found["added"].old, found["added"].new, found["added"].difference) == (None, Decimal("7.0"), None)
    assert found["added"].period == at_end(2023)
    assert found["removed"].new is None
    row = found["revised"].to_dict()
    assert (row["change"], row["period"], row["difference"], row["unit"]) == ("revised", "2023年", 1436.5, "亿元")
    assert diff(archive, releases[0], releases[0]) == ()


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**9), 10**9, places=4))
def test_a_difference_takes_the_old_figure_to_the_new(old: Decimal, new: Decimal) -> None:
    keys = {"indicator": "x", "area": "", "categories": "", "period": year(2023, Measure.DURING), "price_basis": "", "accounting_basis": ""}
    change = Change(kind=ChangeKind.REVISED, old=old, new=new, old_unit="亿元", new_unit="亿元", **keys)  # type: ignore[arg-type]
    assert change.difference is not None
    assert old + change.difference == new
    assert (change.per_cent is None) == (old == 0)


verbs = st.lists(st.tuples(st.sampled_from(["clear", "publish", "withdraw", "schedule"]), st.integers(0, 2)), max_size=14)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(verbs)
def test_readers_never_see_what_may_not_be_seen(tmp_path_factory: pytest.TempPathFactory, verbs: list[tuple[str, int]]) -> None:
    archive = FolderArchive(tmp_path_factory.mktemp("archive") / "releases")
    ids = [drafted(archive, value, errors=value == 2.0).id for value in (0.0, 1.0, 2.0)]
    for hour, (verb, number) in enumerate(verbs):
        at = NOON + timedelta(hours=hour)
        try:
            if verb == "clear":
                clear(archive, ids[number], at=at, **WHO)
            elif verb == "publish":
                publish(archive, ids[number], at=at)
            elif verb == "withdraw":
                withdraw(archive, ids[number], at=at, **WHO)
            else:
                schedule(archive, ids[number], at=at, embargo=at + timedelta(hours=2))
        except BadRequest:
            continue
    seen = [each for each in releases(archive) if each.current]
    assert len(seen) == (archive.pointer() != "")
    for each in seen:
        assert each.state is State.PUBLISHED
        published = next(event for event in reversed(each.history) if event.act is Act.PUBLISH)
        before = each.history[: each.history.index(published)]
        embargoes = [event.embargo for event in before if event.embargo is not None]
        assert all(embargo <= published.at for embargo in embargoes[-1:])
        assert not each.manifest.needs_clearance or each.cleared
