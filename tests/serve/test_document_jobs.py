"""Documents handed in: one after another, few at a time, gone when they should be; whatever the process that reads them does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guibiao.document_jobs import DocumentJobs, Limits
from guibiao.model.errors import BadRequest
from guibiao.serve.document_services import Job
from guibiao.store.port import Busy
from tests.serve import job_samples

Make = Callable[..., DocumentJobs]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[DocumentJobs] = []

    def jobs(perform: Any = job_samples.counted, *, now: Callable[[], datetime] = lambda: datetime.now(UTC), **limits: Any) -> DocumentJobs:
        made.append(DocumentJobs(tmp_path / "documents", "review", perform, limits=Limits(**limits), now=now))
        return made[-1]

    yield jobs
    (tmp_path / "go").touch()
    for each in made:
        each.close()


def over(jobs: DocumentJobs, name: str) -> Job:
    """The job as soon as nothing more happens to it."""
    return until(jobs, name, lambda job: job.is_over)


def until(jobs: DocumentJobs, name: str, wanted: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        job = jobs.job(name)
        assert job is not None
        if wanted(job):
            return job
        time.sleep(0.01)
    raise AssertionError(job)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and not path.name.startswith(("holder-", "change", "turn"))}


def test_a_document_is_worked_on_and_its_content_taken_away(make: Make, tmp_path: Path) -> None:
    jobs = make()
    name = jobs.submit("甲.txt", b"12345", "anna", "zh", release="r1")
    job = over(jobs, name)
    assert (job.state, job.owner, job.size, dict(job.facts)) == ("ready", "anna", 5, {"length": 5, "release": "r1"})
    assert jobs.result(name) == b"5"
    assert files(tmp_path / "documents") == {"job.json", "result.json"}
    assert job.expires_at - job.submitted_at == timedelta(days=7)
    for folder in (tmp_path / "documents", tmp_path / "documents" / name):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_few_documents_wait_and_the_next_one_leaves_nothing(make: Make, tmp_path: Path) -> None:
    jobs = make(job_samples.halting, unfinished=2)
    first, second = (jobs.submit(f"{name}.txt", b"x", "anna", "zh") for name in "甲乙")
    until(jobs, first, lambda job: job.state == "running")
    waiting = jobs.job(second)
    assert waiting is not None
    assert (waiting.state, waiting.ahead) == ("waiting", 1)
    before = files(tmp_path / "documents")
    with pytest.raises(Busy, match="已满"):
        jobs.submit("丙.txt", b"x", "bert", "zh")
    assert files(tmp_path / "documents") == before
    assert len(jobs.jobs()) == 2
    (tmp_path / "go").touch()
    assert over(jobs, second).state == over(jobs, first).state == "ready"
    assert [job.id for job in jobs.jobs("anna")] == [second, first]
    assert not jobs.jobs("bert")


def test_one_person_keeps_so_many(make: Make) -> None:
    jobs = make(of_one_person=1)
    name = jobs.submit("甲.txt", b"x", "anna", "zh")
    over(jobs, name)
    with pytest.raises(BadRequest, match="1 份"):
        jobs.submit("乙.txt", b"x", "anna", "zh")
    jobs.remove(name)
    assert jobs.job(name) is None
    over(jobs, jobs.submit("乙.txt", b"x", "anna", "zh"))


@pytest.mark.parametrize(
    ("perform", "limits", "said"),
    [
        (job_samples.halting, {"seconds": 1.0}, "超过 1 秒"), (job_samples.dying, {}, "出错"),
        (job_samples.hungry, {"memory": 2 * 1024**3}, "过大"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_leaves_no_content(
    make: Make, tmp_path: Path, perform: Any, limits: dict[str, Any], said: str
) -> None:  # fmt: skip
    jobs = make(perform, **limits)
    job = over(jobs, jobs.submit("甲.txt", b"secret", "anna", "zh"))
    assert job.state == "failed"
    assert job.error is not None
    assert said in job.error.title
    assert job.error.remedy
    assert jobs.result(job.id) is None
    assert files(tmp_path / "documents") == {"job.json"}


def test_after_a_failure_the_next_document_is_read(make: Make) -> None:
    jobs = make(job_samples.fragile)
    names = [jobs.submit(f"{name}.txt", b"x", "anna", "zh") for name in ("bad", "good")]
    assert [over(jobs, name).state for name in names] == ["failed", "ready"]


def test_a_restart_tells_what_was_not_finished(make: Make, tmp_path: Path) -> None:
    stopped = make(job_samples.halting)
    name = stopped.submit("甲.txt", b"secret", "anna", "zh")
    until(stopped, name, lambda job: job.state == "running")
    stopped.close()
    started = make()
    job = started.job(name)
    assert job is not None
    assert job.state == "interrupted"
    assert started.result(name) is None
    (tmp_path / "go").touch()
    over(started, started.submit("乙.txt", b"x", "bert", "zh"))
    assert not (tmp_path / "documents" / name / "content").exists()
    assert {each.state for each in started.jobs()} == {"interrupted", "ready"}


def test_another_process_that_lives_is_left_alone(make: Make, tmp_path: Path) -> None:
    one, other = make(job_samples.halting), make()
    name = one.submit("甲.txt", b"x", "anna", "zh")
    second = other.submit("乙.txt", b"x", "bert", "zh")
    seen = other.job(name)
    assert seen is not None
    assert not seen.is_over
    (tmp_path / "go").touch()
    assert over(one, name).state == over(other, second).state == "ready"


def test_what_is_over_its_days_is_gone(make: Make, tmp_path: Path) -> None:
    at = [datetime(2026, 3, 2, tzinfo=UTC)]
    jobs = make(now=lambda: at[0])
    name = jobs.submit("甲.txt", b"x", "anna", "zh")
    over(jobs, name)
    at[0] += timedelta(days=6, hours=23)
    assert jobs.job(name) is not None
    at[0] += timedelta(hours=1)
    assert jobs.job(name) is jobs.result(name) is None
    assert not jobs.jobs()
    make(now=lambda: at[0]).begin()
    assert not (tmp_path / "documents" / name).exists()


def test_nothing_is_begun_where_nothing_was_handed_in(make: Make, tmp_path: Path) -> None:
    make().begin()
    assert not make().jobs()
    assert not (tmp_path / "documents").exists()


def test_what_was_laid_down_by_half_is_swept(make: Make, tmp_path: Path) -> None:
    half = tmp_path / "documents" / ".new-0123"
    half.mkdir(parents=True)
    (half / "content").write_bytes(b"secret")
    make().begin()
    assert not half.exists()


def test_what_is_taken_away_while_it_is_read_stays_away(make: Make, tmp_path: Path) -> None:
    jobs = make(job_samples.halting)
    name = jobs.submit("甲.txt", b"x", "anna", "zh")
    until(jobs, name, lambda job: job.state == "running")
    jobs.remove(name)
    assert jobs.job(name) is None
    (tmp_path / "go").touch()
    over(jobs, jobs.submit("乙.txt", b"x", "anna", "zh"))
    assert not (tmp_path / "documents" / name).exists()


def test_a_name_that_is_none_finds_nothing(make: Make) -> None:
    jobs = make()
    over(jobs, jobs.submit("甲.txt", b"x", "anna", "zh"))
    for name in ("", "../x", "a" * 24, "0" * 23, "0" * 24, "/etc", "holder-1", "0" * 24 + "\n"):
        assert jobs.job(name) is jobs.result(name) is None
        jobs.remove(name)
    assert len(jobs.jobs()) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"error": 3}'])
def test_a_damaged_job_is_no_job(make: Make, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "documents" / ("0" * 24)
    folder.mkdir(parents=True)
    (folder / "job.json").write_bytes(content)
    assert make().job("0" * 24) is None
    assert not make().jobs()


def test_a_folder_that_cannot_be_written_is_told(make: Make, tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("in the way", encoding="utf-8")
    with pytest.raises(BadRequest, match="不能写入"):
        make().submit("甲.txt", b"x", "anna", "zh")
    assert [path.name for path in tmp_path.iterdir()] == ["documents"]
