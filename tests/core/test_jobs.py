"""Jobs on this machine: the queue, stopping, failing, going on, and who may do what."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from moliere_core.config import ModelConfig, RunConfig
from moliere_core.corpus import Corpus
from moliere_core.errors import ConfigError, CorpusError, RunError
from moliere_core.runs.index import damaged_runs, stored_runs
from moliere_core.runs.run import Run
from moliere_core.system import storage
from moliere_core.system.machine import RESERVED_MEGABYTES
from moliere_core.system.records import Record
from moliere_core.training import jobs
from moliere_core.training.jobs import corpora, estimate, local
from moliere_core.training.jobs.job import INTERRUPTED, LOG, Job
from tests.core.trainings import CORPUS, FAKE, HELD, ROOT, kinds, request
from tests.patience import PATIENCE, wait_until

pytestmark = pytest.mark.usefixtures("jobs_end")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Workers without a framework; call it to set their pace and what goes wrong."""
    monkeypatch.setattr(local, "COMMAND", FAKE)
    monkeypatch.setattr(jobs, "SETTLE_SECONDS", PATIENCE)  # a busy disk keeps a job's end waiting

    def settings(mode: str = "", pause: float = 0.001) -> None:
        monkeypatch.setenv("FAKE_PAUSE", str(pause))
        monkeypatch.setenv("FAKE_MODE", mode)

    settings()
    return settings


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets jobs that are held go on, these and those to come."""
    file = tmp_path / "released"
    monkeypatch.setenv("FAKE_RELEASE", str(file))
    return file.touch


def test_a_corpus_is_kept_as_it_is() -> None:
    odd = Corpus(CORPUS.frame.assign(cue='"a\r\nb",\u2028\N{NO-BREAK SPACE}', speaker="NA"), "x")
    corpora.keep(odd)
    back = corpora.load(odd.digest)
    assert (back.digest, back.source, back.text()) == (odd.digest, "x", odd.text())
    with pytest.raises(CorpusError, match="not the one asked for"):
        corpora.from_bytes(corpora.to_bytes(odd), CORPUS.digest)
    with pytest.raises(CorpusError, match="no longer stored"):
        corpora.load(CORPUS.digest)
    with pytest.raises(CorpusError, match="cannot be read"):
        corpora.from_bytes(b"\x1f\x8b", CORPUS.digest)
    with pytest.raises(CorpusError, match="not the digest"):
        corpora.load("../../etc/passwd")


# The queue


@pytest.mark.slow
def test_jobs_run_one_at_a_time_in_the_order_they_were_asked_for(
    fake: Callable[..., None], release: Callable[[], None]
) -> None:
    fake("hold")
    asked = [jobs.submit(request(seed)) for seed in range(3)]
    assert [job.id for job in jobs.active()] == [job.id for job in asked]
    assert asked[2].status.place >= 1
    wait_until(lambda: asked[0].state is jobs.State.RUNNING)
    assert [job.status.place for job in asked] == [0, 1, 2]
    starts = [job.status.starts_in for job in asked[1:]]
    assert starts[0] is not None
    assert starts[1] is not None
    assert 0 <= starts[0] < starts[1]
    release()
    for job in asked:
        assert job.wait(PATIENCE).state is jobs.State.FINISHED
    times = [{e["event"]: e["time"] for e in job.events()} for job in asked]
    for before, after in pairwise(times):
        assert before["finished"] <= after["launched"]
    wait_until(lambda: not jobs.active())
    assert [job.id for job in jobs.list_jobs()] == [job.id for job in reversed(asked)]


def test_asking_twice_gives_one_job_from_any_thread(
    fake: Callable[..., None], release: Callable[[], None]
) -> None:
    fake("hold")
    spec, got = request(), []
    threads = [threading.Thread(target=lambda: got.append(jobs.submit(spec))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(job) for job in got}) == 1
    assert len(jobs.active()) == 1
    release()
    assert got[0].wait(PATIENCE).state is jobs.State.FINISHED
    assert kinds(got[0]).count("launched") == 1
    assert jobs.get(spec.run_id) is got[0]


def test_asking_reads_no_file_twice(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = request()
    read = Counter[str]()
    original = Path.read_text

    def counted(path: Path, *args: Any, **kwargs: Any) -> str:
        read[path.name] += 1
        return original(path, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", counted)
    jobs.submit(spec)
    assert max(read.values(), default=0) <= 1


def test_who_comes_second_does_not_wait_for_the_end_of_the_job(fake: Callable[..., None]) -> None:
    fake("hold")
    job = jobs.submit(request())
    assert jobs.submit(request()) is job  # and not that it is still ending
    assert job.status.active


def test_events_are_read_once_and_a_status_follows_them(
    fake: Callable[..., None], release: Callable[[], None]
) -> None:
    fake("hold", pause=0.03)  # the first epoch has to last for a progress to be told
    job = jobs.submit(request(label="Essai"), "moi")
    assert job.wait(PATIENCE, lambda s: s.seconds_left is not None).seconds_left is not None
    release()
    status = job.wait(PATIENCE)
    assert (status.state, status.epoch, status.share) == (jobs.State.FINISHED, 3, 1.0)
    seen = kinds(job)
    assert seen[:4] == ["queued", "launched", "started", "snapshot"]
    assert seen[-1] == "finished"
    assert seen.count("epoch") == 3
    assert job.events(len(seen)) == []
    assert kinds(job, len(seen) - 1) == ["finished"]
    run = job.run
    assert run is not None
    assert run.complete
    assert run.label == "Essai"
    assert run.check_owner("moi")
    assert not run.check_owner("toi")
    assert "moi" not in (job.folder / "spec.json").read_text()


def test_a_stored_run_comes_back_without_a_worker(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = request(epochs=1)
    assert jobs.submit(spec).wait(PATIENCE).state is jobs.State.FINISHED
    monkeypatch.setattr(local, "COMMAND", ("/no/such/program",))
    assert jobs.submit(spec).state is jobs.State.FINISHED
    jobs.close()  # as after a restart
    again = jobs.submit(spec)
    assert again.state is jobs.State.FINISHED
    assert kinds(again)[-2:] == ["epoch", "finished"]
    for path in again.folder.iterdir():
        path.unlink()
    jobs.close()
    bare = jobs.get(spec.run_id)
    assert bare is not None
    assert kinds(bare) == ["finished"]
    assert not jobs.active()


# Stopping


@pytest.mark.slow
def test_a_job_is_stopped_and_the_same_request_goes_on(fake: Callable[..., None]) -> None:
    fake("hold")
    job = jobs.submit(request())
    job.wait(PATIENCE, lambda s: s.epoch >= 1)
    jobs.stop(job.id)
    assert job.stopping
    status = job.wait(PATIENCE)
    assert status.state is jobs.State.STOPPED
    seen = len(job.events())
    fake()
    again = jobs.submit(request())
    assert again is job
    assert again.wait(PATIENCE).state is jobs.State.FINISHED
    started = next(e for e in job.events(seen) if e["event"] == "started")
    assert started["resumed_from"] == status.epoch >= 1
    assert kinds(job, seen).count("epoch") == 3 - status.epoch


def test_a_worker_that_does_not_listen_is_ended(fake: Callable[..., None]) -> None:
    fake("hang")
    job = jobs.submit(request())
    job.wait(PATIENCE, lambda s: s.epoch >= 1)
    assert jobs.stop(job.id, wait=PATIENCE).state is jobs.State.STOPPED
    assert job.events()[-1]["epoch"] == 1
    assert not list(job.run_path.glob(".*"))


def test_a_waiting_job_leaves_the_queue(fake: Callable[..., None]) -> None:
    fake("hold")
    first, second = jobs.submit(request(0)), jobs.submit(request(1))
    assert jobs.stop(second.id).state is jobs.State.STOPPED
    assert [job.id for job in jobs.active()] == [first.id]
    assert kinds(second) == ["queued", "stopped"]
    assert jobs.submit(request(1)).state is jobs.State.QUEUED
    jobs.stop(first.id)
    assert second.wait(PATIENCE, lambda s: s.epoch >= 1).epoch >= 1


def test_only_the_owner_or_the_teacher_stops_and_deletes(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("hold")
    job = jobs.submit(request(label="Tartuffe"), "moi")
    for action in (jobs.stop, jobs.delete):
        for token in ("toi", ""):
            with pytest.raises(RunError, match=r"Tartuffe belongs to someone else.*teacher"):
                action(job.id, token)
    assert jobs.submit(request(), "toi") is job  # and it stays mine
    assert job.spec.allows("moi")
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "alceste")
    jobs.stop(job.id, "alceste", wait=PATIENCE)
    assert job.state is jobs.State.STOPPED
    with pytest.raises(RunError, match="someone else"):
        jobs.delete(job.id, "")
    jobs.delete(job.id, "moi")
    assert jobs.get(job.id) is None
    assert not job.folder.exists()
    assert not job.run_path.exists()
    with pytest.raises(CorpusError):
        corpora.load(CORPUS.digest)
    with pytest.raises(RunError, match="there is no training"):
        jobs.stop(job.id, "moi")
    assert jobs.get("../../..") is None


@pytest.mark.parametrize("last", ["vocabulary.json", "config.json"])
def test_a_training_ended_as_its_run_is_begun_stays_its_owner_s(
    last: str, fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "alceste")
    fake(f"begin {last}")
    job = jobs.submit(request(), "moi")
    wait_until((job.run_path / last).exists)
    assert jobs.list_jobs() == [job]
    assert job.state is jobs.State.RUNNING
    assert jobs.stop(job.id, "moi", wait=PATIENCE).state is jobs.State.STOPPED
    assert jobs.list_jobs() == [job]
    assert damaged_runs() == []
    fake("hold")
    assert jobs.submit(request(), "toi") is job
    assert job.wait(PATIENCE, lambda s: s.epoch >= 1).epoch >= 1
    with pytest.raises(RunError, match="someone else"):
        jobs.delete(job.id, "toi")
    fake(f"begin {last}")
    jobs.delete(job.id, "moi")
    job = jobs.submit(request(), "moi")
    wait_until((job.run_path / last).exists)
    with pytest.raises(RunError, match="someone else"):
        jobs.delete(job.id, "toi")
    jobs.delete(job.id, "moi")
    assert not job.run_path.exists()
    assert jobs.get(job.id) is None


def test_who_takes_a_training_up_again_does_not_become_its_owner(
    fake: Callable[..., None],
) -> None:
    fake("hold")
    job = jobs.submit(request(), "moi")
    job.wait(PATIENCE, lambda s: s.epoch >= 1)
    jobs.stop(job.id, "moi", wait=PATIENCE)
    assert jobs.submit(request(), "toi").id == job.id
    with pytest.raises(RunError, match="someone else"):
        jobs.stop(job.id, "toi")
    jobs.stop(job.id, "moi", wait=PATIENCE)
    shutil.rmtree(job.folder)  # of its job nothing is left; its run still says whose it is
    jobs.close()
    again = jobs.submit(request(), "toi")
    assert not again.spec.allows("toi")
    assert again.spec.allows("moi")
    jobs.stop(again.id, "moi", wait=PATIENCE)
    jobs.delete(again.id, "moi")
    assert jobs.submit(request(), "toi").spec.allows("toi")  # gone, it is anyone's to begin


def test_a_training_that_nobody_owned_is_whose_takes_it_up(fake: Callable[..., None]) -> None:
    fake("hold")
    job = jobs.submit(request())
    jobs.stop(job.id, "toi", wait=PATIENCE)
    assert jobs.submit(request(), "moi").spec.allows("moi")
    assert not job.spec.allows("toi")


@pytest.mark.slow
def test_deleting_ends_the_worker_first(fake: Callable[..., None]) -> None:
    fake("hold")
    job = jobs.submit(request(), "moi")
    job.wait(PATIENCE, lambda s: s.epoch >= 1)
    jobs.delete(job.id, "moi")
    assert jobs.list_jobs() == []
    assert stored_runs() == []
    # Asked for again, it is trained from the beginning.
    fake()
    again = jobs.submit(request(), "toi")
    assert again.wait(PATIENCE).state is jobs.State.FINISHED
    assert [e["resumed_from"] for e in again.events() if e["event"] == "started"] == [0]


@pytest.mark.slow
def test_a_run_deleted_behind_its_job_is_trained_again(fake: Callable[..., None]) -> None:
    job = jobs.submit(request(epochs=1))
    job.wait(PATIENCE)
    Run.open(job.run_path).delete()
    assert jobs.get(job.id) is None
    assert jobs.submit(request(epochs=1)).wait(PATIENCE).state is jobs.State.FINISHED


# Failing


@pytest.mark.slow
def test_a_killed_worker_says_so_and_can_go_on(fake: Callable[..., None]) -> None:
    fake("kill")
    job = jobs.submit(request())
    status = job.wait(PATIENCE)
    assert (status.state, status.message) == (jobs.State.FAILED, local.KILLED)
    assert "memory" in status.message
    assert not list(job.run_path.glob(".*"))  # of what it was writing, nothing is left
    again = jobs.submit(request())
    assert again.wait(PATIENCE).state is jobs.State.FINISHED
    assert [e["resumed_from"] for e in job.events() if e["event"] == "started"] == [0, 1]
    assert len(Run.open(job.run_path).history) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "message"),
    [("exit", local.VANISHED), ("error", "the training failed (ValueError: two lines)")],
)
def test_any_failure_is_one_sentence(fake: Callable[..., None], mode: str, message: str) -> None:
    fake(mode)
    status = jobs.submit(request()).wait(PATIENCE)
    assert status.state is jobs.State.FAILED
    assert status.message.startswith(message)
    assert "\n" not in status.message


@pytest.mark.slow
def test_a_worker_that_cannot_write_why_it_failed_has_a_status_that_says_so(
    fake: Callable[..., None],
) -> None:
    fake("unwritable")
    status = jobs.submit(request()).wait(PATIENCE)
    assert (status.state, status.message) == (jobs.State.FAILED, local.FULL)


def test_an_end_that_the_disk_does_not_take_is_known_all_the_same(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("hold")
    first, second = (jobs.submit(request(seed)) for seed in range(2))
    wait_until(lambda: first.status.epoch)
    for name in ("jobs", "runs"):
        shutil.move(storage.home() / name, storage.home() / f"{name}-gone")
    jobs.stop(second.id)
    assert second.state is jobs.State.STOPPED
    jobs.stop(first.id)
    wait_until(lambda: not jobs.active())
    assert first.state is jobs.State.STOPPED
    assert (first.status.epoch, kinds(first)[-1]) == (1, "stopped")


def test_a_job_that_cannot_say_that_it_begins_fails_with_the_reason(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Job.append

    def append(self: Job, record: Record) -> None:
        if record["event"] != "queued":
            raise RunError("the disk is full")
        written(self, record)

    monkeypatch.setattr(Job, "append", append)
    status = jobs.submit(request()).wait(PATIENCE)
    assert (status.state, status.message) == (jobs.State.FAILED, "the disk is full")


def test_a_failure_can_be_said_in_another_language(fake: Callable[..., None]) -> None:
    fake("error")
    error = jobs.submit(request()).wait(PATIENCE).error
    assert error is not None
    assert error.template.startswith("the training failed ({kind}: {reason})")
    assert error.values == {"kind": "ValueError", "reason": "two lines"}


def test_a_worker_that_cannot_be_started_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "COMMAND", ("/no/such/program",))
    status = jobs.submit(request()).wait(PATIENCE)
    assert status.state is jobs.State.FAILED
    assert "cannot be started" in status.message


def test_what_goes_wrong_with_one_job_does_not_keep_the_next_one_waiting(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(self: local.TrainingProcess, seconds: float) -> bool:
        raise MemoryError

    patient = local.TrainingProcess.wait
    broken = [wait]
    monkeypatch.setattr(
        local.TrainingProcess, "wait", lambda *args: (broken.pop() if broken else patient)(*args)
    )
    first, second = (jobs.submit(request(seed)) for seed in range(2))
    assert second.wait(PATIENCE).state is jobs.State.FINISHED
    assert first.status.message == INTERRUPTED


@pytest.mark.slow
def test_a_job_whose_server_was_closed_shows_as_interrupted_and_goes_on(
    fake: Callable[..., None],
) -> None:
    spec = request()
    job = jobs.submit(spec)
    job.wait(PATIENCE)
    # As a server that was killed would leave it.
    lines = (job.folder / "events.jsonl").read_text().splitlines()
    cut = next(i for i, line in enumerate(lines) if '"epoch-003"' in line)
    (job.folder / "events.jsonl").write_text("\n".join(lines[:cut]) + '\n{"event": "progr')
    history = (job.run_path / "history.jsonl").read_text().splitlines()
    (job.run_path / "history.jsonl").write_text(history[0] + "\n")
    jobs.close()
    back = jobs.get(job.id)
    assert back is not None
    assert back is not job
    status = back.status
    assert (status.state, status.message, status.epoch) == (jobs.State.FAILED, INTERRUPTED, 2)
    assert [j.id for j in jobs.list_jobs()] == [job.id]
    assert jobs.submit(spec).wait(PATIENCE).state is jobs.State.FINISHED


def worker_of_a_killed_server(script: str, **settings: str) -> int:
    """The process whose number a server prints, which runs this script and is then killed."""
    server = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, **settings},
        cwd=ROOT,
    )
    try:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert alive(pid)
        return pid
    finally:
        server.kill()
        server.communicate()


@pytest.mark.slow
def test_no_ready_worker_is_left_when_the_server_is_killed() -> None:
    script = """
        import time
        from moliere_core.training import jobs
        from moliere_core.training.jobs import local
        from tests.core.trainings import FAKE
        local.COMMAND = FAKE
        jobs.expect()
        print(jobs._backends[""]._ready._worker.pid, flush=True)
        time.sleep(600)
    """
    pid = worker_of_a_killed_server(script, MOLIERE_TRAINING_IDLE_SECONDS="600")
    wait_until(lambda: not alive(pid))


def test_no_orphan_is_left_when_the_server_is_killed(tmp_path: Path) -> None:
    script = """
        import sys, time
        from moliere_core.training import jobs
        from moliere_core.training.jobs import local
        from tests.core.trainings import FAKE, request
        local.COMMAND = FAKE
        job = jobs.submit(request())
        job.wait(60, lambda s: s.epoch >= 1)
        print(jobs._backends[""]._worker.pid, flush=True)
        time.sleep(600)
    """
    pid = worker_of_a_killed_server(script, FAKE_MODE="hold")
    wait_until(lambda: not alive(pid))
    job = jobs.get(request().run_id)
    assert job is not None
    # Its last thread may let go of the run's lock a moment after the process is gone.
    wait_until(lambda: job.status.message == INTERRUPTED)


# A worker that is ready before there is a job


@pytest.fixture
def kept(fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> list[local.ReadyProcess]:
    """What keeps such a worker, once somebody asks for one; it waits for ten minutes.

    The worker is a stand-in: no framework has to be installed, nor memory free for one.
    """
    found: list[local.ReadyProcess] = []

    def opened() -> local.ReadyProcess:
        found.append(ready())
        return found[-1]

    ready = local.ReadyProcess
    monkeypatch.setattr(local, "ReadyProcess", opened)
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(local, "free_megabytes", lambda: None)
    monkeypatch.setenv("MOLIERE_TRAINING_IDLE_SECONDS", "600")
    return found


def expected(kept: list[local.ReadyProcess]) -> int:
    """Expect a training: the process number of the worker that waits for it."""
    jobs.expect()
    pid = kept[-1].pid
    assert pid is not None
    return pid


def test_a_job_takes_the_worker_that_is_ready(
    fake: Callable[..., None], release: Callable[[], None], kept: list[local.ReadyProcess]
) -> None:
    fake("hold")
    pid = expected(kept)
    assert expected(kept) == pid  # one for everybody
    job = jobs.submit(request())
    job.wait(PATIENCE, lambda s: s.epoch >= 1)
    jobs.expect()
    assert kept[-1].pid is None  # no second framework in memory beside a training
    assert alive(pid)
    release()
    assert job.wait(PATIENCE).state is jobs.State.FINISHED
    wait_until(lambda: not alive(pid))


def test_a_job_that_took_a_ready_worker_is_stopped_and_has_its_log(
    fake: Callable[..., None], kept: list[local.ReadyProcess]
) -> None:
    fake("hold")
    pid = expected(kept)
    job = jobs.submit(request())
    job.wait(PATIENCE, lambda s: s.epoch >= 1)
    assert jobs.stop(job.id, wait=PATIENCE).state is jobs.State.STOPPED
    wait_until(lambda: not alive(pid))
    fake("error")
    jobs.expect()
    assert jobs.submit(request()).wait(PATIENCE).state is jobs.State.FAILED
    assert "ValueError: two" in (job.folder / LOG).read_text()


def test_a_ready_worker_goes_when_nobody_needs_it(
    kept: list[local.ReadyProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = expected(kept)
    monkeypatch.setenv("MOLIERE_TRAINING_IDLE_SECONDS", "0.05")
    jobs.expect()
    wait_until(lambda: kept[-1].pid is None and not alive(pid))
    monkeypatch.setenv("MOLIERE_TRAINING_IDLE_SECONDS", "600")
    pid = expected(kept)
    jobs.close()
    assert not alive(pid)


def test_a_ready_worker_that_was_killed_keeps_no_job_waiting(
    kept: list[local.ReadyProcess],
) -> None:
    pid = expected(kept)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))
    assert jobs.submit(request()).wait(PATIENCE).state is jobs.State.FINISHED


def test_no_worker_is_kept_ready_where_it_may_not_be(
    kept: list[local.ReadyProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "available", lambda: False)
    jobs.expect()
    assert not kept
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(local, "free_megabytes", lambda: RESERVED_MEGABYTES - 1)
    jobs.expect()
    assert kept[-1].pid is None
    monkeypatch.setattr(local, "free_megabytes", lambda: None)
    monkeypatch.setenv("MOLIERE_TRAINING_IDLE_SECONDS", "0")
    jobs.expect()
    assert kept[-1].pid is None


@pytest.mark.slow
def test_two_servers_share_a_folder(fake: Callable[..., None]) -> None:
    """What one trains and has in its queue, the other shows, does not train again, and stops."""
    script = """
        import time
        from moliere_core.training import jobs
        from moliere_core.training.jobs import local
        from tests.core.trainings import FAKE, request
        local.COMMAND = FAKE
        asked = [jobs.submit(request(seed, epochs=40), "moi") for seed in range(3)]
        asked[0].wait(60, lambda s: s.epoch >= 1)
        print("ready", flush=True)
        time.sleep(600)
    """
    other = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, "FAKE_MODE": "hold"},
        cwd=ROOT,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        running, waiting, last = (jobs.get(request(seed, 40).run_id) for seed in range(3))
        assert running is not None
        assert waiting is not None
        assert last is not None
        states = [job.state for job in (running, waiting, last)]
        assert states == [jobs.State.RUNNING, jobs.State.QUEUED, jobs.State.QUEUED]
        assert jobs.submit(request(0, epochs=40), "toi") is running
        assert jobs.submit(request(1, epochs=40), "toi") is waiting
        assert not jobs.active()
        with pytest.raises(RunError, match="someone else"):
            jobs.stop(running.id, "toi")
        assert jobs.stop(waiting.id, "moi", wait=PATIENCE).state is jobs.State.STOPPED
        assert jobs.stop(running.id, "moi", wait=PATIENCE).state is jobs.State.STOPPED
        last.wait(PATIENCE, lambda s: s.epoch >= 1)
        jobs.delete(last.id, "moi")
        assert jobs.get(last.id) is None
        # What it has let go of is anybody's.
        assert jobs.submit(request(1, epochs=40), "moi").wait(PATIENCE).epoch == 40
    finally:
        other.kill()
        other.communicate()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.slow
def test_the_interpreter_exits_at_once_with_a_job_running() -> None:
    script = """
        from moliere_core.training import jobs
        from moliere_core.training.jobs import local
        from tests.core.trainings import FAKE, request
        local.COMMAND = FAKE
        job = jobs.submit(request())
        jobs.submit(request(1))
        job.wait(60, lambda s: s.epoch >= 1)
        print(jobs._backends[""]._worker.pid, flush=True)
    """
    environment = {**os.environ, "FAKE_MODE": "hold"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stderr == ""
    assert not alive(int(done.stdout))
    first, second = (jobs.get(request(seed).run_id) for seed in (0, 1))
    assert first is not None
    assert second is not None
    assert first.state is jobs.State.STOPPED
    assert second.status.message == INTERRUPTED


def test_limits_hold_on_a_public_server(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("hold")
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    mine = jobs.submit(request(0), "moi")
    with pytest.raises(ConfigError, match="you have 1 unfinished"):
        jobs.submit(request(1), "moi")
    assert jobs.submit(request(0), "moi") is mine
    jobs.submit(request(1), "toi")
    with pytest.raises(ConfigError, match="epochs"):
        jobs.submit(request(2, epochs=11), "lui")


def test_tabs_of_one_browser_and_browsers_of_one_address_share_the_queue(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(pause=0.05)
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    jobs.submit(request(0), "tab 1", "firefox", "school")
    with pytest.raises(ConfigError, match="you have 1 unfinished"):
        jobs.submit(request(1), "tab 2", "firefox", "school")
    jobs.submit(request(1), "tab 3", "chromium", "school")
    jobs.submit(request(2), "tab 4", "", "school")
    with pytest.raises(ConfigError, match="3 trainings asked for from your network"):
        jobs.submit(request(3), "tab 5", "safari", "school")
    jobs.submit(request(3), "tab 6", "safari", "home")
    assert len(jobs.active()) == 4


def test_a_run_that_nobody_owned_stays_the_teacher_s_on_a_public_server(
    fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(pause=0.05)
    job = jobs.submit(request())
    job.wait(PATIENCE, lambda s: s.epoch >= 1)
    jobs.stop(job.id, wait=PATIENCE)
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    again = jobs.submit(request(), "toi")
    for token in ("toi", ""):
        with pytest.raises(RunError, match="someone else"):
            jobs.stop(again.id, token)
    monkeypatch.setenv("MOLIERE_TEACHER_CODE", "alceste")
    jobs.stop(again.id, "alceste", wait=PATIENCE)
    assert again.state is jobs.State.STOPPED


def test_estimates_follow_sizes_and_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_THREADS", "2")
    big = replace(request(), config=RunConfig(), chars=1_720_998, validation_chars=102_193)
    # docs: 256 units, 32 streams of 50, two epochs: 82 s on two cores, and their measures.
    assert 60 < estimate.seconds(big, 1.0) < 180
    assert estimate.seconds(big, 2.0) < estimate.seconds(big, 1.0)
    wide = replace(big, config=RunConfig(ModelConfig(units=512)))
    assert estimate.seconds(wide, 1.0) > 1.5 * estimate.seconds(big, 1.0)


def test_nothing_here_imports_a_framework() -> None:
    script = """
        import sys
        from moliere_core.training import jobs
        assert jobs.available() in (True, False)
        wrong = {"keras", "tensorflow", "torch", "distributed", "dask"} & set(sys.modules)
        assert not wrong, wrong
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, cwd=ROOT)


# With a framework


@pytest.mark.slow
def test_a_real_training_is_stopped_and_ends_as_if_it_had_not_been() -> None:
    pytest.importorskip("keras")
    spec = request(epochs=12)
    with pytest.MonkeyPatch.context() as held:
        held.setattr(local, "COMMAND", HELD)
        job = jobs.submit(spec)
        job.wait(PATIENCE, lambda s: s.epoch >= 1)
        jobs.stop(job.id, wait=PATIENCE)
    assert job.state is jobs.State.STOPPED, job.status
    assert jobs.submit(spec).wait(PATIENCE).state is jobs.State.FINISHED
    run = Run.open(job.run_path)
    assert run.complete
    assert run.history[-1]["validation_bits_per_char"] < run.history[0]["validation_bits_per_char"]
