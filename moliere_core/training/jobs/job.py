"""A job: its folder on disk, its events, and what they say of its state.

`MOLIERE_HOME/jobs/<id>/` holds `spec.json`, `events.jsonl` and `worker.log`. The events are a file
and not a pipe: it outlives the server, so that a link still shows the job after a restart; a
worker never waits for a reader; thirty pages that poll cost a `stat` each, and the new lines are
parsed once. One process writes at a time: the worker while it lives, the server before and after.

The events are those of `training.session`, with the time at which each was written, and three more:
`queued`, `launched` (a worker was started) and `failed` (with a "message", see `MoliereError`). A
job that is taken up again adds to the same file: indices given to `events(since)` stay valid.

Several servers may share the folder: the one that has a job holds a lock in it, the others show it
all the same, and ask it to stop with a file.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from filelock import FileLock

from moliere_core.errors import N_, ConfigError, MoliereError, RunError, TrainingError
from moliere_core.runs.ownership import read_owner, write_owner
from moliere_core.runs.run import ASKED_BY, CONFIG, HISTORY, LABEL, OWNER, Run, run_path
from moliere_core.system.records import DamagedError, Record
from moliere_core.system.storage import (
    file_state,
    home,
    is_locked,
    lock,
    remove,
    write_atomically,
    write_error,
)
from moliere_core.system.work import State, Status
from moliere_core.training.jobs.events import EventFile, append
from moliere_core.training.jobs.spec import JobSpec, parse

SPEC, EVENTS, LOG = "spec.json", "events.jsonl", "worker.log"
HELD, STOP = "held.lock", "stop"  # by the server that has it; asked for by another one
ENDINGS = ("finished", "stopped", "failed")

_LOGGER = logging.getLogger(__name__)

INTERRUPTED = N_(
    "the application was closed during this training: ask for it again to resume from its last "
    "epoch"
)


@dataclass(frozen=True, kw_only=True)
class JobStatus(Status):
    """What a page shows of a job.

    Attributes:
        stopping: a stop was asked for, and the worker has not ended yet.
        starts_in: estimated seconds before a queued job starts, None where nothing tells.
        seconds_left: estimated seconds to the end of its training, once started.
        epoch: epochs ended.
        epochs: epochs asked for.
        update: updates made.
        updates: updates in all, 0 before it starts.
        loss: latest training loss, nats per character, with dropout.
        chars_per_second: latest speed.
    """

    stopping: bool = False
    starts_in: float | None = None
    seconds_left: float | None = None
    epoch: int = 0
    epochs: int = 0
    update: int = 0
    updates: int = 0
    loss: float | None = None
    chars_per_second: float = 0.0

    @property
    def message(self) -> str:
        """Why it failed, one sentence in English; "" if it did not."""
        return str(self.error or "")

    @property
    def share(self) -> float:
        """Share of the updates that are made, from 0 to 1."""
        return min(self.update / self.updates, 1.0) if self.updates else 0.0


class Backend(Protocol):
    """Something that runs jobs: this machine, or a cluster."""

    def expect(self) -> None:
        """Prepare for a job that somebody may be about to ask for."""

    def submit(self, job: Job) -> None:
        """Queue a job that this server has locked; its lock is released when it has ended."""

    def holds(self, job_id: str) -> bool:
        """Whether the job is waiting or running here."""

    def active(self) -> list[Job]:
        """The jobs held: the running ones, then the waiting ones in their order."""

    def place(self, job_id: str) -> int:
        """Place in the queue, from 1; 0 for a job that runs or is not held."""

    def starts_in(self, job_id: str) -> float | None:
        """Estimated seconds before a waiting job starts, None where nothing tells."""

    def stop(self, job_id: str) -> None:
        """Ask a job to stop; returns at once."""

    def close(self) -> None:
        """End everything."""


def failed(error: MoliereError) -> Record:
    """The event of a job that fails with that error."""
    return {"event": "failed", **error.to_json()}


@dataclass(frozen=True)
class Asker:
    """Who asks for a training, as far as a server can tell; "" is unknown.

    Attributes:
        token: the secret of a browser's tab, which owns what it asks for.
        browser: what all the tabs of a browser have in common.
        address: of the network that it is in: a school often has one for all.
    """

    token: str = ""
    browser: str = ""
    address: str = ""


class Job:
    """A training that was asked for. All methods may be called from any thread."""

    def __init__(
        self, folder: Path, spec: JobSpec, backend: Callable[[], Backend | None] = lambda: None
    ) -> None:
        self.folder, self.spec = folder, spec
        self.id = folder.name
        self.run_path = run_path(self.id)
        self.stopping = False
        self.asker = Asker()  # of this server's last request for it
        self._backend = backend
        self._claim: FileLock | None = None
        self._file = EventFile(folder / EVENTS)
        self._summary = _Summary()
        self._lock = threading.Lock()
        self._opened: tuple[tuple[object, ...], Run] | None = None

    @classmethod
    def of_run(cls, run: Run) -> Job:
        """A finished job for a stored run whose own job is unknown; nothing is written."""
        corpus = run.corpus
        spec = JobSpec(
            run.config,
            str(corpus.get("source", "")),
            str(corpus.get("digest", "")),
            int(corpus.get("chars", 0)),
            owner=read_owner(run.path / OWNER),
            label=run.label,
            asked_by=run.asked_by,
        )
        job = cls(job_path(run.id), spec)
        job._file.records.append(job.finished())
        job._summary.add(job.finished())
        return job

    def finished(self) -> Record:
        """The event of a job whose run is stored already."""
        return {"event": "finished", "run": self.id, "path": str(self.run_path), "stored": True}

    def stopped(self) -> Record:
        """The event of a job that was stopped while no worker was writing."""
        run = self.run
        epoch = len(run.history) if run else 0
        return {"event": "stopped", "run": self.id, "path": str(self.run_path), "epoch": epoch}

    def take(self) -> bool:
        """Lock it for this server; False if another one has it, RunError if that cannot be told."""
        remove(self.folder / STOP)
        self.stopping = False
        self._claim = self._claim or lock(self.folder / HELD)
        return self._claim is not None

    def let_go(self) -> None:
        """Release this server's lock."""
        claim, self._claim = self._claim, None
        if claim is not None:
            claim.release()

    def ask_to_stop(self) -> None:
        """Ask the server that holds it to stop it; RunError if that cannot be written."""
        try:
            (self.folder / STOP).touch()
        except OSError as error:
            raise write_error(self.folder / STOP, error) from error
        self.stopping = True

    @property
    def asked_to_stop(self) -> bool:
        """Whether `ask_to_stop` was called, on any server."""
        return (self.folder / STOP).exists()

    def claim(self) -> None:
        """Write the owner and the names of its run, which has begun."""
        claim(self.run_path, self.spec)

    def save_spec(self) -> None:
        """Write `spec.json`, for the worker and for the next start of the application."""
        document = json.dumps(self.spec.to_json(), ensure_ascii=False)
        write_atomically(self.folder / SPEC, document.encode())

    def append(self, record: Record) -> None:
        """Add an event; only while no worker is writing."""
        append(self._file.path, record)

    def end(self, record: Record) -> None:
        """Add its last event; one that the disk does not take is known to this process alone."""
        try:
            self.append(record)
        except RunError as error:
            _LOGGER.warning("the end of the job %s is written nowhere: %s", self.id, error)
            with self._lock:
                self._refresh()
                self._file.records.append(record)
                self._summary.add(record)

    def events(self, since: int = 0) -> list[Record]:
        """The events from the one numbered `since`; pass the number of those already seen."""
        with self._lock:
            self._refresh()
            return self._file.records[since:]

    @property
    def run(self) -> Run | None:
        """Its run, as far as it is trained; None before it starts."""
        written = tuple(file_state(self.run_path / name) for name in (CONFIG, HISTORY))
        if written[0] is None:
            return None
        # Opened, and with it checked, once an epoch: thirty pages ask every second.
        if self._opened is None or self._opened[0] != written:
            try:
                self._opened = written, Run.open(self.run_path)
            except RunError:
                return None
        return self._opened[1]

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state()[0]

    @property
    def status(self) -> JobStatus:
        """Its status; cheap enough for thirty pages to ask every second."""
        state, error = self._state()
        with self._lock:
            status = self._summary.status(state)
        status = replace(
            status,
            error=error,
            epochs=self.spec.config.training.epochs,
            stopping=self.stopping and status.active,
        )
        backend = self._backend()
        if state is not State.QUEUED or backend is None:
            return status
        return replace(
            status,
            place=backend.place(self.id),
            starts_in=backend.starts_in(self.id),
        )

    def done(self) -> bool:
        """Whether it has ended."""
        return not self.status.active

    def wait(self, timeout: float, until: Callable[[JobStatus], bool] | None = None) -> JobStatus:
        """Wait until it has ended, or until a condition holds, at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            status = self.status
            done = until(status) if until else False
            if done or not status.active or time.monotonic() > deadline:
                return status
            time.sleep(0.05)

    def _state(self) -> tuple[State, MoliereError | None]:
        held = self._held()  # before the events: a job is let go once its end is written
        with self._lock:
            self._refresh()
            state, error = self._summary.state, self._summary.error
        active = state in (State.QUEUED, State.RUNNING)
        # Asked twice: it may have been taken in between the first answer and the events.
        if active and not held and not self._held() and not self._held_elsewhere():
            return State.FAILED, TrainingError(INTERRUPTED)
        return state, error

    def _held(self) -> bool:
        backend = self._backend()
        return backend is not None and backend.holds(self.id)

    def _held_elsewhere(self) -> bool:
        """Whether another server has it, or the command line is training its run."""
        return is_locked(self.folder / HELD) or (self.run is not None and self.run.locked)

    def _refresh(self) -> None:
        for record in self._file.refresh():
            self._summary.add(record)


class _Summary:
    """What the events of a job say of it, kept up to date event by event."""

    def __init__(self) -> None:
        self.state = State.QUEUED
        self.error: MoliereError | None = None
        self._started: Record = {}
        self._progress: Record = {}
        self._epoch = 0
        self._snapshot_time = self._measure_seconds = 0.0

    def add(self, record: Record) -> None:
        """Apply the next event."""
        kind = record["event"]
        if kind == "queued":
            self.state, self.error = State.QUEUED, None
        elif kind in ("launched", "started"):
            self.state, self.error = State.RUNNING, None
        elif kind in ENDINGS:
            self.state = State(kind)
            self.error = TrainingError.from_json(record) if kind == "failed" else None
        if kind == "started":
            self._started, self._progress = record, {}
            self._epoch = int(record["resumed_from"])
        elif kind == "progress":
            self._progress = record
        elif kind == "snapshot":
            self._snapshot_time = float(record.get("time") or 0)
        elif kind == "epoch":
            self._epoch = int(record["record"]["epoch"])
            self._measure_seconds = float(record.get("time") or 0) - self._snapshot_time

    def status(self, state: State) -> JobStatus:
        """The part of the status that the events tell."""
        epochs, updates = self._started.get("epochs", 0), self._started.get("updates", 0)
        done = updates * self._epoch // epochs if epochs else 0
        update = max(int(self._progress.get("update", 0)), done)
        left: float | None = None
        if state is State.RUNNING and self._progress:
            ended = epochs - self._epoch
            since = time.time() - self._progress.get("time", time.time())
            of_epoch = self._progress.get("seconds_left") or 0.0
            left = max(of_epoch + ended * self._measure_seconds - since, 0.0)
        return JobStatus(
            state=state,
            seconds_left=left,
            epoch=self._epoch,
            update=updates if state is State.FINISHED else update,
            updates=updates,
            loss=self._progress.get("loss"),
            chars_per_second=float(self._progress.get("chars_per_second") or 0.0),
        )


def claim(path: Path, spec: JobSpec) -> None:
    """Give the run in the folder `path` the owner and the names of `spec`, unless it has them."""
    if spec.owner and read_owner(path / OWNER) is None:
        write_owner(path / OWNER, spec.owner)
    if spec.asked_by and not (path / ASKED_BY).exists():
        document = json.dumps({"name": spec.asked_by}, ensure_ascii=False)
        write_atomically(path / ASKED_BY, document.encode())
    if spec.label and not (path / LABEL).exists():
        document = json.dumps({"label": spec.label}, ensure_ascii=False)
        write_atomically(path / LABEL, document.encode())


def jobs_folder() -> Path:
    """Where jobs are kept, inside `home()`."""
    return home() / "jobs"


def job_path(job_id: str) -> Path:
    """The folder of a job, there or not; RunError if `job_id` is no identifier."""
    return jobs_folder() / run_path(job_id).name


def read_spec(folder: Path) -> JobSpec | None:
    """The spec in a job's folder, None where there is none that this version can read."""
    try:
        return parse((folder / SPEC).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ConfigError, DamagedError):
        return None
