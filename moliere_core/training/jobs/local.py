"""Jobs on this machine: a queue, first in first out, and the one process that trains.

The process runs `worker` on a job's folder: the same on the server and on a machine of the
cluster. A byte on its standard input tells it to stop, and it ends as soon as that pipe closes.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from pathlib import Path

from moliere_core.errors import N_, TrainingError
from moliere_core.runs.run import run_path
from moliere_core.system.records import Record
from moliere_core.system.work import State
from moliere_core.system.workers import WorkerProcess, command
from moliere_core.training.jobs import estimate
from moliere_core.training.jobs.job import ENDINGS, LOG, Job, failed

COMMAND = command("moliere_core.training.jobs.worker")
STOP = b"s"

KILLED = N_(
    "the training was killed, probably for lack of memory: ask for it again to resume from its "
    "last epoch, and choose a smaller model or batch if it is killed again"
)
ABORTED = N_(
    "the training ran out of memory or crashed inside its framework: ask for it again to resume "
    "from its last epoch, and choose a smaller model or batch if it fails again"
)
VANISHED = N_("the training ended without a word: ask for it again to resume from its last epoch")

POLL_SECONDS = 0.25
_LOGGER = logging.getLogger(__name__)


class LocalQueue:
    """The jobs of this process. A thread lives as long as there are jobs, and no longer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._worker: TrainingProcess | None = None
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
        """End the worker and the thread; jobs that wait then show as interrupted."""
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
            worker = TrainingProcess(job.folder, job.folder.parent.parent)
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


class TrainingProcess(WorkerProcess):
    """The process that trains a job. All but `stop` are for one thread alone.

    Args:
        folder: of the job.
        home: that holds its folder, its corpus and its run.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        environment = {"MOLIERE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        with (folder / LOG).open("wb") as log:
            super().__init__([*COMMAND, str(folder)], environment, output=log, log=log)
        self._home, self._folder = home, folder

    def stop(self, word: bytes = STOP) -> None:
        """Ask it to stop; `wait` ends it where it does not.

        No file is left half-written by that, and an epoch that was stopped is trained again.
        """
        super().stop(word)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after at most about `seconds`; signals end one that was stopped."""
        ended = super().wait(seconds)
        if ended:
            self._tidy()
        return ended

    def kill(self) -> None:
        """End it now."""
        super().kill()
        self.end()
        self._tidy()

    def ending(self, run_id: str, events: list[Record]) -> Record | None:
        """The event to add once it has ended; None if the worker itself wrote its last one.

        Args:
            run_id: of the run.
            events: those it wrote.
        """
        last = events[-1]["event"] if events else ""
        if last in ENDINGS:
            return None
        if self.stopping:
            epochs = [e["record"]["epoch"] for e in events if e["event"] == "epoch"]
            resumed = [e["resumed_from"] for e in events if e["event"] == "started"]
            epoch = max([*epochs, *resumed[-1:]], default=0)
            path = self._home / "runs" / run_id
            return {"event": "stopped", "run": run_id, "path": str(path), "epoch": epoch}
        return failed(TrainingError(self._reason()))

    def _reason(self) -> str:
        if self.signal == "SIGKILL":
            return KILLED
        if self.signal in ("SIGABRT", "SIGSEGV") or self._log_tells_memory():
            return ABORTED
        return VANISHED

    def _log_tells_memory(self) -> bool:
        with contextlib.suppress(OSError):
            text = (self._folder / LOG).read_text(encoding="utf-8", errors="replace")
            return "MemoryError" in text or "bad_alloc" in text or "OOM" in text
        return False

    def _tidy(self) -> None:
        """Remove the files that a killed worker was writing."""
        run = self._home / "runs" / run_path(self._folder.name).name
        for folder in (run, self._folder):
            for path in folder.glob(f".*.{self.pid}.*.tmp"):  # as `write_atomically` names them
                path.unlink(missing_ok=True)
