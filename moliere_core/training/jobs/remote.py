"""A job on a machine of the cluster: what a Dask worker runs.

It starts the same worker process as the server would, in a folder of its own, passes its events on
and keeps its files at hand. The server, which alone has a disk that lasts, talks to it with
`Client.run`: `deliver` brings the job, `collect` takes the files away after every epoch, `stop`
stops it, and each of these renews its lease. Nothing but small events stays on the scheduler.
"""

from __future__ import annotations

import importlib
import tempfile
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moliere_core.runs.run import CONFIG, HISTORY, RESUME, VOCABULARY
from moliere_core.system.records import Record
from moliere_core.training.jobs.events import EventFile
from moliere_core.training.jobs.job import ENDINGS, EVENTS
from moliere_core.training.jobs.local import TrainingProcess

LEASE_SECONDS = 30.0  # without a word from the server, which is then gone: the training ends
POLL_SECONDS = 0.2
Files = dict[str, bytes]  # paths relative to a home, or names in a run's folder


@dataclass
class Attempt:
    """One try at a job on this machine."""

    name: str
    parcel: Files | None = None
    delivered: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    run_folder: Path | None = None
    stored: set[str] = field(default_factory=set)  # snapshots that the server has
    heard: float = field(default_factory=time.monotonic)

    @property
    def deserted(self) -> bool:
        """Whether the server has been silent for too long."""
        return time.monotonic() - self.heard > LEASE_SECONDS


_ATTEMPTS: dict[str, Attempt] = {}
_MACHINE = threading.Lock()  # a training takes the whole machine


# Called by the server, through `Client.run`, in the event loop of the Dask worker: kept short.


def deliver(name: str, parcel: Files) -> None:
    """Hand over the files that the attempt `name` needs."""
    attempt = _ATTEMPTS[name]
    attempt.heard, attempt.parcel = time.monotonic(), parcel
    attempt.delivered.set()


def renew(name: str) -> None:
    """Say that the server is still there."""
    if name in _ATTEMPTS:
        _ATTEMPTS[name].heard = time.monotonic()


def stop(name: str) -> None:
    """Ask the attempt to stop."""
    if name in _ATTEMPTS:
        _ATTEMPTS[name].heard = time.monotonic()
        _ATTEMPTS[name].stopped.set()


def collect(name: str, stored: set[str]) -> Files:
    """The run's files, by name, less the snapshots in `stored`, which the server has."""
    attempt = _ATTEMPTS.get(name)
    if attempt is None or attempt.run_folder is None:
        return {}
    attempt.heard, attempt.stored = time.monotonic(), stored
    return read_run(attempt.run_folder, stored)


def read_run(folder: Path, stored: set[str]) -> Files:
    """The files of a run that is being trained, less the snapshots in `stored`.

    In this order of reading, the history is never ahead of the state to resume from, which is
    never ahead of the snapshots: whatever is written meanwhile, they can be taken up together.
    """
    names = [HISTORY, RESUME, VOCABULARY, CONFIG]
    files = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    for path in sorted(folder.glob("*.safetensors")):
        if path.name != RESUME and path.name not in stored:
            files[path.name] = path.read_bytes()
    return files


# The task


def run_job(job_id: str, topic: str) -> dict[str, Any]:
    """Train a job and report on it under `topic`.

    Returns:
        The last event under "ending", the files not yet collected under "files", and the name of
        the attempt under "attempt".
    """
    worker = importlib.import_module("distributed").get_worker()
    attempt = Attempt(uuid.uuid4().hex)

    def report(record: Record) -> None:
        message = {"job": job_id, "attempt": attempt.name, "address": worker.address, **record}
        worker.log_event(topic, message)

    _ATTEMPTS[attempt.name] = attempt
    try:
        with _MACHINE:
            attempt.heard = time.monotonic()
            report({"event": "hello"})
            while not attempt.delivered.wait(POLL_SECONDS):
                if attempt.stopped.is_set() or attempt.deserted:
                    return _outcome(attempt, None, {})
            folder = getattr(worker, "local_directory", None)
            with tempfile.TemporaryDirectory(prefix="moliere-", dir=folder) as home:
                return train(job_id, attempt, Path(home), report)
    finally:
        _ATTEMPTS.pop(attempt.name, None)


def train(job_id: str, attempt: Attempt, home: Path, report: Any) -> dict[str, Any]:
    """Train what came in the attempt's parcel, in a home of its own; see `run_job`."""
    for name, data in (attempt.parcel or {}).items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    attempt.run_folder = home / "runs" / job_id
    # What came in the parcel need not go back.
    attempt.stored = {path.name for path in attempt.run_folder.glob("*.safetensors")}
    attempt.parcel = None
    folder = home / "jobs" / job_id
    file = EventFile(folder / EVENTS)
    process = TrainingProcess()
    process.begin(folder, home)
    try:
        while not process.wait(POLL_SECONDS):
            _pass_on(file, report)
            if attempt.stopped.is_set() or attempt.deserted:
                process.stop()
    except BaseException:
        process.kill()
        raise
    _pass_on(file, report)
    ending = process.ending(job_id, file.records) or file.records[-1]
    return _outcome(attempt, ending, read_run(attempt.run_folder, attempt.stored))


def _pass_on(file: EventFile, report: Any) -> None:
    for record in file.refresh():
        if record["event"] not in ENDINGS:  # the ending comes with the last files
            report(record)


def _outcome(attempt: Attempt, ending: Record | None, files: Files) -> dict[str, Any]:
    return {"attempt": attempt.name, "ending": ending, "files": files}
