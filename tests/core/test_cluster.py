"""Jobs on a real scheduler and two real workers, each a process of its own on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from moliere_core.errors import RunError, TrainingError
from moliere_core.runs.run import Run, run_path
from moliere_core.training import jobs
from moliere_core.training.jobs import cluster, local, remote
from moliere_core.training.jobs.job import Job, job_path
from moliere_core.training.session import train
from tests.core.trainings import (
    CONFIG,
    CORPUS,
    FAKE,
    HELD,
    ROOT,
    assert_same_training,
    kinds,
    request,
)
from tests.networks import make_run
from tests.patience import PATIENCE, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("jobs_end")]


class Machines:
    """A scheduler and its workers, whose trainings are held in their second epoch."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.released = folder, folder / "released"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        file = folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--scheduler-file", str(file))
        wait_until(lambda: file.exists() and file.read_text().strip().endswith("}"))
        self.address: str = json.loads(file.read_text())["address"]

    def worker(self, name: str, *command: str) -> None:
        """Start a worker, whose trainings are run by `command`."""
        options = ["--no-nanny", "--nthreads", "1", "--memory-limit", "0", "--name", name]
        options += ["--local-directory", str(self.folder)]
        self._start(name, self.address, *options, command=command)

    def release(self) -> None:
        """Let the trainings go on, these and those to come."""
        self.released.touch()

    def kill_the_one_at(self, address: str) -> str:
        """SIGKILL the worker with that address; returns its name."""
        logs = {n: (self.folder / f"{n}.log").read_text() for n in self.processes}
        name = next(n for n, log in logs.items() if f"Start worker at: {address}" in squeezed(log))
        self.processes[name].kill()
        self.processes[name].wait()
        return name

    def kill_workers(self) -> None:
        for name in [name for name in self.processes if name != "scheduler"]:
            self._end(self.processes.pop(name))
        self.released.unlink(missing_ok=True)

    def close(self) -> None:
        self.kill_workers()
        self._end(self.processes["scheduler"])

    def _end(self, running: subprocess.Popen[bytes]) -> None:
        running.kill()
        running.wait()

    def _start(self, name: str, *options: str, command: tuple[str, ...] = ()) -> None:
        kind = "scheduler" if name == "scheduler" else "worker"
        script = (
            "import sys; from moliere_core.training.jobs import local; "
            f"local.COMMAND = {command or local.COMMAND!r}; "
            f"from distributed.cli.dask_{kind} import main; main()"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "MOLIERE_THREADS": "1"}
        environment |= {"MOLIERE_HOME": "/nowhere"}
        environment |= {"FAKE_MODE": "hold", "FAKE_RELEASE": str(self.released)}
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-c", script, "--host", "127.0.0.1", "--no-dashboard", *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=environment,
            )


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    pytest.importorskip("distributed")
    machines = Machines(tmp_path_factory.mktemp("cluster"))
    try:
        yield machines
    finally:
        machines.close()


@pytest.fixture(autouse=True)
def _scheduler(
    jobs_end: None,
    machines: Machines,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    monkeypatch.setenv("MOLIERE_SCHEDULER", machines.address)
    yield
    machines.kill_workers()


def address(job: Job) -> str:
    """Of the machine that has the job."""
    return next(e["address"] for e in reversed(job.events()) if e["event"] == "launched")


def test_jobs_wait_for_a_machine_and_can_be_withdrawn() -> None:
    asked = [jobs.submit(request(seed), "moi") for seed in range(3)]
    assert [job.status.place for job in asked] == [1, 2, 3]
    assert jobs.submit(request(1), "toi") is asked[1]
    with pytest.raises(RunError, match="someone else"):
        jobs.stop(asked[1].id, "toi")
    for job in asked:
        jobs.stop(job.id, "moi", wait=PATIENCE)
        assert job.state is jobs.State.STOPPED
    assert asked[0].run is None
    assert not jobs.active()


def test_two_machines_train_at_once_and_a_lost_one_is_replaced(machines: Machines) -> None:
    """Without a framework: events, files, stop, retry."""
    machines.worker("one", *FAKE)
    machines.worker("two", *FAKE)
    first, second = (
        jobs.submit(request(seed, epochs=8, label=f"{seed}"), "moi") for seed in (0, 1)
    )
    for job in (first, second):
        assert job.wait(PATIENCE, lambda s: s.epoch >= 1).epoch >= 1
    assert first.status.active
    assert address(first) != address(second)
    assert kinds(first)[:4] == ["queued", "launched", "started", "snapshot"]
    run = first.run  # it grows here while it is trained there
    assert run is not None
    assert [s.name for s in run.snapshots][:2] == ["epoch-000", "epoch-001"]
    assert (run.label, run.check_owner("moi"), run.check_owner("toi")) == ("0", True, False)
    assert {e["path"] for e in first.events() if "path" in e} == {str(first.run_path)}

    assert jobs.stop(second.id, "moi", wait=PATIENCE).state is jobs.State.STOPPED

    lost = address(first)
    before = first.status.epoch
    assert machines.kill_the_one_at(lost) in ("one", "two")
    wait_until(lambda: kinds(first).count("started") == 2)
    machines.release()
    status = first.wait(PATIENCE)
    assert status.state is jobs.State.FINISHED
    assert address(first) != lost
    resumed = [e["resumed_from"] for e in first.events() if e["event"] == "started"]
    assert resumed[0] == 0
    assert resumed[1] >= before >= 1
    run = Run.open(first.run_path)
    assert run.complete
    assert [record["epoch"] for record in run.history] == list(range(1, 9))
    assert not list(run.path.glob("resume*")) + list(run.path.glob(".*"))
    assert len(run.snapshots) == 9

    # Stopped jobs go on elsewhere, too; and the machines keep nothing of them.
    assert jobs.submit(request(1, epochs=8), "moi") is second
    wait_until(lambda: kinds(second).count("started") == 2)
    jobs.stop(second.id, "moi", wait=PATIENCE)
    resumed = [e["resumed_from"] for e in second.events() if e["event"] == "started"]
    assert resumed[1] >= 1


def test_a_lost_machine_keeps_nobody_waiting(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a machine said before it died is not answered: the next one would wait for that."""
    machines.worker("gone", *FAKE)
    job = jobs.submit(request(3, epochs=8))
    assert job.wait(PATIENCE, lambda s: s.epoch >= 1).epoch >= 1
    watch = next(t for t in threading.enumerate() if t.name == f"moliere-job-{job.id}")
    assert isinstance(watch, cluster.Watch)
    machines.kill_the_one_at(address(job))
    wait_until(lambda: not watch.client.scheduler_info()["workers"])
    monkeypatch.setattr(cluster, "CALL_SECONDS", 10 * PATIENCE)  # who waits for a reply, waits long
    asked = time.monotonic()
    assert watch.call(remote.collect, "an attempt", set()) is None
    assert time.monotonic() - asked < PATIENCE
    jobs.stop(job.id)


def test_another_server_of_the_folder_shows_the_job_and_stops_it(machines: Machines) -> None:
    machines.worker("shared", *FAKE)
    job = jobs.submit(request(6, epochs=40), "moi")
    assert job.wait(PATIENCE, lambda s: s.epoch >= 1).epoch >= 1
    script = (
        "import sys; from moliere_core.training import jobs; [_, job_id] = sys.argv; "
        "print(jobs.get(job_id).state, jobs.stop(job_id, 'moi', wait=60).state)"
    )
    other = subprocess.run(
        [sys.executable, "-c", script, job.id], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.split() == ["running", "stopped"]
    assert job.wait(PATIENCE).state is jobs.State.STOPPED


def test_a_real_training_on_the_cluster_equals_one_on_this_machine(
    machines: Machines, tmp_path: Path
) -> None:
    """With Keras: killed in the middle, its history is that of a training nobody disturbed."""
    pytest.importorskip("keras")
    machines.worker("three", *HELD)
    start = make_run(run_path("0123456789ab"))
    training = replace(CONFIG.training, epochs=12)
    config = replace(CONFIG, training=training, initial=f"run:{start.id}")
    job = jobs.submit(jobs.prepare(config, CORPUS))
    assert job.wait(PATIENCE, lambda s: s.epoch >= 1).epoch >= 1
    machines.kill_the_one_at(address(job))
    machines.worker("four")
    status = job.wait(PATIENCE)
    assert status.state is jobs.State.FINISHED, status.message
    resumed = [e["resumed_from"] for e in job.events() if e["event"] == "started"]
    assert len(resumed) == 2
    assert resumed[1] >= 1
    assert_same_training(train(config, CORPUS, out=tmp_path / "here"), Run.open(job.run_path))


def test_a_failure_on_a_machine_is_told_here(machines: Machines) -> None:
    machines.worker("five", sys.executable, "-c", "import os; os._exit(1)")
    status = jobs.submit(request(5)).wait(PATIENCE)
    assert (status.state, status.message) == (jobs.State.FAILED, local.VANISHED)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_SCHEDULER", "tcp://127.0.0.1:9")
    with pytest.raises(TrainingError, match=r"no cluster answers at tcp://127\.0\.0\.1:9: start"):
        jobs.submit(request())
    monkeypatch.setenv("MOLIERE_SCHEDULER", "nonsense://")
    with pytest.raises(TrainingError, match="no cluster answers at nonsense"):
        jobs.submit(request())
    assert jobs.get(request().run_id) is None


def test_without_dask_one_sentence_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(TrainingError, match=r'pip install -e "\.\[cluster\]"') as caught:
        jobs.submit(request())
    assert "\n" not in str(caught.value)


def test_a_machine_stops_when_the_server_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "COMMAND", FAKE)
    monkeypatch.setenv("FAKE_MODE", "hold")
    job = Job(job_path(request().run_id), request())
    attempt = remote.Attempt("x", cluster.parcel(job))
    assert not attempt.deserted
    attempt.heard -= remote.LEASE_SECONDS
    outcome = remote.train(job.id, attempt, tmp_path / "machine", lambda _: None)
    assert attempt.deserted
    assert outcome["ending"]["event"] == "stopped"


def test_files_that_are_no_run_s_are_refused(tmp_path: Path) -> None:
    job = Job(job_path(request().run_id), request())
    watch = cluster.Watch(job, None, "topic", lambda _: None)
    with pytest.raises(TrainingError, match="no run's"):
        watch.store({"../../evil": b""})
    assert not job.run_path.exists()


def test_a_run_is_read_in_an_order_that_can_be_taken_up_again(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    (run.path / "resume.safetensors").write_bytes(b"x")
    files = list(remote.read_run(run.path, {"epoch-000.safetensors"}))
    assert files[:2] == ["history.jsonl", "resume.safetensors"]
    assert files[-1] == "epoch-001.safetensors"
    assert "epoch-000.safetensors" not in files
