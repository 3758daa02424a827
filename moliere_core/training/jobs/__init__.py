"""Training jobs: ask for one, follow it from any page, stop it, open its run.

    spec = jobs.prepare(config, corpus, label="Tartuffe, deux couches")
    job = jobs.submit(spec, token)
    job.status, job.events(since=n), job.run

The identifier of a job is that of the run it makes: asked for twice, by a double click, a rerun or
a second browser, it is one job; a run that is stored is finished at once. Jobs run on this
machine, one at a time, or on the cluster that `MOLIERE_SCHEDULER` names. Nothing here imports a
framework: that is the worker process' business.
"""

from __future__ import annotations

import atexit
import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

from moliere_core.errors import N_, MoliereError, RunError
from moliere_core.runs.ownership import may_change, read_owner
from moliere_core.runs.run import OWNER, Run, run_path
from moliere_core.system import machine
from moliere_core.system.storage import remove
from moliere_core.system.work import State
from moliere_core.training.jobs import corpora
from moliere_core.training.jobs.cluster import Cluster
from moliere_core.training.jobs.estimate import seconds as estimated_seconds
from moliere_core.training.jobs.job import (
    EVENTS,
    Asker,
    Backend,
    Job,
    JobStatus,
    job_path,
    jobs_folder,
    read_spec,
)
from moliere_core.training.jobs.local import LocalQueue
from moliere_core.training.jobs.spec import (
    JobSpec,
    Limits,
    describe,
    limits,
    owned_by,
    prepare,
    require_allowed,
)

__all__ = [
    "Job",
    "JobSpec",
    "JobStatus",
    "Limits",
    "State",
    "active",
    "available",
    "close",
    "delete",
    "describe",
    "estimated_seconds",
    "expect",
    "get",
    "limits",
    "list_jobs",
    "prepare",
    "stop",
    "submit",
]

SETTLE_SECONDS = 5.0  # for a job that is stopping, before it can be asked for again

STILL_ENDING = N_("this training is still ending: ask again in a few seconds")

_asking = threading.Lock()  # one request at a time: what is asked twice is found the second time
_lock = threading.Lock()  # of the two dictionaries; held for an instant, pages poll through it
_backends: dict[str, Backend] = {}  # by scheduler's address, "" for this machine
_jobs: dict[Path, Job] = {}  # by folder: every page shares the events that were read


def submit(
    spec: JobSpec, token: str = "", browser: str = "", address: str = "", name: str = ""
) -> Job:
    """Ask for a training, or for the one in progress of the same request.

    A run that is stored whole comes back at once as a finished job; one that was stopped, failed
    or interrupted goes on from its last epoch. Anyone may take it up again, since the same request
    is the same run; it stays its first owner's, who alone may stop or delete it, or the teacher.

    Args:
        spec: from `prepare`.
        token: a secret of who asks, and then owns the job unless somebody does.
        browser: of who asks, see `Asker`; it has its share of a public queue.
        address: of who asks; so has this.
        name: what who asks calls themselves; the first to ask for a run gives it theirs.

    Raises:
        ConfigError: more than this server allows.
        TrainingError: the cluster does not answer.
        RunError: the job cannot be written.
    """
    _settle(spec.run_id)
    with _asking:
        job = get(spec.run_id)
        if job is not None and (job.status.active or job.state is State.FINISHED):
            return job
        backend = _backend()
        waiting = backend.active()
        asker = Asker(token, browser, address)
        own = sum(_asked_by(other, asker) for other in waiting)
        near = sum(_asked_from(other, asker) for other in waiting)
        limits().check(spec, own, len(waiting), near)
        job = _fresh(_owned(spec, token, name, job))
        job.asker = asker
        if not job.take():
            return job  # another server of this folder was asked at the same time
        try:
            backend.submit(job)
        except MoliereError:
            job.let_go()
            if not job.events():  # it was never a job
                shutil.rmtree(job.folder, ignore_errors=True)
                _jobs.pop(job.folder, None)
            raise
        return job


def get(job_id: str) -> Job | None:
    """The job with that identifier, in progress or ended; None if there is none.

    A stored run whose job was forgotten is a finished job.
    """
    try:
        path = run_path(job_id)
    except RunError:
        return None
    folder = jobs_folder() / job_id
    with _lock:
        job = _jobs.get(folder)
        if job is None:
            spec = read_spec(folder)
            if spec is not None and spec.run_id == job_id:
                job = _jobs[folder] = _job(folder, spec)
    # Its state before its run: the run is whole before the last event says so.
    state = None if job is None else job.state
    if state in (State.QUEUED, State.RUNNING):
        return job
    run = _complete(path)
    if run is not None:
        return _stored(run, job)
    return None if state is State.FINISHED else job  # None: its run was deleted


def list_jobs() -> list[Job]:
    """Jobs in progress in the order of the queue, then those that ended, latest first."""
    waiting = active()
    ids = {job.id for job in waiting}
    folder = jobs_folder()
    paths = [p for p in folder.iterdir() if p.is_dir()] if folder.is_dir() else []
    ended = [(_written(p), p.name) for p in paths if p.name not in ids]
    found = [get(name) for _, name in sorted(ended, reverse=True)]
    return waiting + [job for job in found if job is not None]


def active() -> list[Job]:
    """The jobs that run, then those that wait, in their order."""
    backend = _backends.get(_address())
    return [] if backend is None else backend.active()


def stop(job_id: str, token: str = "", wait: float = 0.0) -> Job:
    """Stop a job, which ends within about a second and can be asked for again.

    Args:
        job_id: which one.
        token: its owner's, or the teacher's code.
        wait: seconds to wait for the end, so that the page that asked can show it.

    Raises:
        RunError: there is no such job, or it is someone else's.
    """
    job = _required(job_id)
    require_allowed(job.spec, token)
    backend = _backends.get(_address())
    if backend is not None and backend.holds(job_id):
        backend.stop(job_id)
    elif job.status.active:
        job.ask_to_stop()
    if wait:
        job.wait(wait)
    return job


def delete(job_id: str, token: str = "") -> None:
    """Delete a job and its run; stops it first.

    Raises:
        RunError: there is no such job, it is someone else's, or it does not stop.
    """
    job = _required(job_id)
    require_allowed(job.spec, token)
    if job.status.active:
        stop(job_id, token, wait=SETTLE_SECONDS)
        _settle(job_id)
        if job.status.active:
            raise RunError(STILL_ENDING)
    with _asking:
        if job.run_path.is_dir():  # half-written where its worker was ended as it began,
            job.claim()  # and not yet its owner's
            Run(job.run_path).delete(token)
        shutil.rmtree(job.folder, ignore_errors=True)
        _jobs.pop(job.folder, None)
        _forget_corpus(job.spec.corpus_digest)


def available() -> bool:
    """Whether training is possible here: a framework is installed, or a cluster is named."""
    return bool(_address()) or machine.installed(*machine.TRAINING)


def expect() -> None:
    """Somebody may be about to ask for a training: have a worker ready, see `local.ReadyProcess`.

    To be called again as long as they may; nothing where there is no training.
    """
    if available():
        with _asking:
            _backend().expect()


def close() -> None:
    """End all jobs of this process; called when the interpreter exits."""
    with _lock:
        backends = list(_backends.values())
        _backends.clear()
        _jobs.clear()
    for backend in backends:
        backend.close()


atexit.register(close)


def _address() -> str:
    return os.environ.get("MOLIERE_SCHEDULER", "")


def _backend() -> Backend:
    address = _address()
    if address not in _backends:
        _backends[address] = Cluster(address) if address else LocalQueue()
    return _backends[address]


def _asked_by(job: Job, asker: Asker) -> bool:
    """Whether a job is of the same tab, or of another tab of the same browser."""
    owner = job.spec.owner
    if asker.browser and job.asker.browser == asker.browser:
        return True
    return bool(asker.token) and owner is not None and owner.holds(asker.token)


def _asked_from(job: Job, asker: Asker) -> bool:
    """Whether a job is of the same address."""
    return bool(asker.address) and job.asker.address == asker.address


def _owned(spec: JobSpec, token: str, name: str, job: Job | None) -> JobSpec:
    """The spec with an owner: that of `job`, or of the stored run, else whoever asks now.

    A stored run without an owner stays without one.
    """
    path = run_path(spec.run_id)
    first = (job.spec.owner if job else None) or read_owner(path / OWNER)
    if first is None and path.is_dir() and not may_change(None, token):
        return replace(spec, owner=None)
    if first is None:
        return owned_by(spec, token, name)
    return replace(spec, owner=first, asked_by=job.spec.asked_by if job else Run(path).asked_by)


def _fresh(spec: JobSpec) -> Job:
    """The job of this spec, its folder written; events of earlier attempts are kept."""
    folder = job_path(spec.run_id)
    with _lock:
        job = _jobs.get(folder)
    if job is None or job.state is State.FINISHED:
        remove(folder / EVENTS)  # of a run that was deleted
        job = _job(folder, spec)
        with _lock:
            _jobs[folder] = job
    job.spec = spec
    job.save_spec()
    return job


def _job(folder: Path, spec: JobSpec) -> Job:
    return Job(folder, spec, lambda: _backends.get(_address()))


def _complete(path: Path) -> Run | None:
    """The run in this folder if all its epochs are there."""
    if not path.is_dir():
        return None
    try:
        run = Run.open(path)
        return run if run.complete else None
    except (MoliereError, OSError):
        return None


def _stored(run: Run, job: Job | None) -> Job:
    """The finished job of a stored run, which the command line may have trained."""
    if job is None:
        return Job.of_run(run)
    status = job.status
    if not status.active and status.state is not State.FINISHED:
        job.end(job.finished())  # trained since on the command line, or its server died
    return job


def _required(job_id: str) -> Job:
    job = get(job_id)
    if job is None:
        raise RunError(
            "there is no training {job_id!r}: it was deleted, or its link is wrong", job_id=job_id
        )
    return job


def _settle(job_id: str) -> None:
    """Wait until a job that is being stopped has ended; RunError if it takes too long."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        backend = _backends.get(_address())
        if backend is None or not backend.holds(job_id):
            return
        job = get(job_id)
        if job is not None and job.state is State.FINISHED:
            return  # its worker alone has still to leave
        if job is not None and job.status.active and not job.stopping:
            return  # asked for again meanwhile, by someone who was quicker
        time.sleep(0.05)
    raise RunError(STILL_ENDING)


def _written(folder: Path) -> float:
    try:
        return (folder / EVENTS).stat().st_mtime
    except OSError:
        return 0.0


def _forget_corpus(digest: str) -> None:
    """Remove a stored corpus that no job needs any more."""
    folder = jobs_folder()
    specs = [read_spec(p) for p in folder.iterdir()] if folder.is_dir() else []
    if not any(spec and spec.corpus_digest == digest for spec in specs):
        try:
            corpora.path_of(digest).unlink(missing_ok=True)
        except (MoliereError, OSError):
            return
