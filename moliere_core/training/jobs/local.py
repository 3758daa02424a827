"""Jobs on this machine: a queue, first in first out, one worker at a time."""

from __future__ import annotations

import logging
import threading
from collections import deque

from moliere_core.errors import TrainingError
from moliere_core.system.work import State
from moliere_core.training.jobs import estimate
from moliere_core.training.jobs.job import Job, failed
from moliere_core.training.jobs.process import TrainingWorker

POLL_SECONDS = 0.25
_LOGGER = logging.getLogger(__name__)


class LocalQueue:
    """The jobs of this process. A thread lives as long as there are jobs, and no longer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._worker: TrainingWorker | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, job: Job) -> None:
        """Put a job at the end of the queue; nothing if it is already there."""
        with self._lock:
            if self._closed or self._find(job.id):
                return
            job.append({"event": "queued"})
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="moliere-jobs", daemon=True)
                self._thread.start()

    def holds(self, job_id: str) -> bool:
        """Whether the job is waiting or running here."""
        with self._lock:
            return self._find(job_id) is not None

    def active(self) -> list[Job]:
        """The running job, then the waiting ones."""
        with self._lock:
            return self._all()

    def place(self, job_id: str) -> int:
        """Place in the queue, from 1; 0 for a job that runs or is not held."""
        with self._lock:
            ids = [job.id for job in self._waiting]
        return ids.index(job_id) + 1 if job_id in ids else 0

    def starts_in(self, job_id: str) -> float | None:
        """Estimated seconds until the jobs before this one have ended."""
        speed, total = estimate.machine_speed(), 0.0
        for job in self.active():
            if job.id == job_id:
                return total
            left = job.status.seconds_left if job.state is State.RUNNING else None
            total += estimate.seconds(job.spec, speed) if left is None else left
        return None

    def stop(self, job_id: str) -> None:
        """Ask a job to stop: it leaves the queue, or its worker ends within a second."""
        with self._lock:
            job = self._find(job_id)
            if job is None:
                return
            if job is self._running:
                job.stopping = True
                if self._worker is not None:
                    self._worker.stop()
            else:
                self._withdraw(job)

    def close(self) -> None:
        """End the worker and the thread; what was waiting shows as interrupted."""
        with self._lock:
            self._closed = True
            while self._waiting:
                self._waiting.popleft().let_go()
            thread = self._thread
            if self._worker is not None:
                self._worker.stop()
        if thread is not None:
            thread.join(timeout=5)

    def _withdraw(self, job: Job) -> None:
        job.append(job.stopped())
        self._waiting.remove(job)
        job.let_go()

    def _all(self) -> list[Job]:
        return ([self._running] if self._running else []) + list(self._waiting)

    def _find(self, job_id: str) -> Job | None:
        return next((job for job in self._all() if job.id == job_id), None)

    def _work(self) -> None:
        while True:
            with self._lock:
                if self._running is not None:
                    self._running.let_go()
                self._running = self._worker = None
                if self._closed or not self._waiting:
                    self._thread = None
                    return
                job = self._running = self._waiting.popleft()
            try:
                self._run(job)
            except Exception:  # the next one is not to wait for ever
                _LOGGER.exception("the job %s was lost", job.id)

    def _obey_other_servers(self) -> None:
        for job in self.active():
            if job.asked_to_stop:
                self.stop(job.id)

    def _run(self, job: Job) -> None:
        job.append({"event": "launched"})
        seen = len(job.events())
        try:
            worker = TrainingWorker(job.folder, job.folder.parent.parent)
        except OSError as error:
            reason = TrainingError(
                "a worker cannot be started ({reason}): close other programs", reason=error.strerror
            )
            job.append(failed(reason))
            return
        with self._lock:
            self._worker = worker
            if self._closed or job.stopping:
                worker.stop()
        try:
            while not worker.wait(POLL_SECONDS):
                self._obey_other_servers()
        except BaseException:
            worker.kill()
            raise
        ending = worker.ending(job.id, job.events(seen))
        if ending:
            job.append(ending)
