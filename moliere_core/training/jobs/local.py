"""Jobs on this machine: a queue, first in first out, and the one process that trains.

The process runs `worker`: the same on the server and on a machine of the cluster. A line on its
standard input names its job, then a byte tells it to stop, and it ends as soon as that pipe closes.
One may be started before there is a job: a class does not wait for the import of its framework.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
from collections import deque
from pathlib import Path

from moliere_core.errors import N_, RunError, TrainingError
from moliere_core.runs.run import run_path
from moliere_core.system.machine import RESERVED_MEGABYTES, free_megabytes
from moliere_core.system.records import Record
from moliere_core.system.work import State
from moliere_core.system.workers import WorkerProcess, command, not_started
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
FULL = N_(
    "the training could not write to its disk any longer: make room there, and ask for it again to "
    "resume from its last epoch"
)
UNWRITTEN = 4  # exit status of a worker that could not say why it ended; not `ORPHANED`
VANISHED = N_("the training ended without a word: ask for it again to resume from its last epoch")

POLL_SECONDS = 0.25
IDLE_SECONDS = 300.0  # that a worker waits for a job; MOLIERE_TRAINING_IDLE_SECONDS, 0 for none
_LOGGER = logging.getLogger(__name__)


class LocalQueue:
    """The jobs of this process. A thread lives as long as there are jobs, and no longer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._worker: TrainingProcess | None = None
        self._ready = ReadyProcess()
        self._thread: threading.Thread | None = None
        self._closed = False

    def expect(self) -> None:
        """Have a worker ready; not beside one that trains, whose memory the machine may need."""
        with self._lock:
            if not self._closed and self._thread is None:
                self._ready.keep()

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
        self._ready.end()
        if thread is not None:
            thread.join(timeout=5)

    def _withdraw(self, job: Job) -> None:
        job.end(job.stopped())
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
        try:
            job.append({"event": "launched"})
            seen = len(job.events())
            worker = self._ready.take() or TrainingProcess()
            worker.begin(job.folder, job.folder.parent.parent)
        except RunError as error:
            job.end(failed(error))
            return
        except OSError as error:
            job.end(failed(not_started(error, TrainingError)))
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
            job.end(ending)


class TrainingProcess(WorkerProcess):
    """The process that trains a job. All but `stop` are for one thread alone.

    It imports its framework, then waits for its job: see `begin`.

    Raises:
        OSError: it cannot be started.
    """

    _folder: Path | None = None
    _home: Path

    def __init__(self) -> None:
        super().__init__(COMMAND, {"PYTHONUNBUFFERED": "1"}, output=subprocess.DEVNULL)

    def begin(self, folder: Path, home: Path) -> None:
        """Tell it what to train, once.

        Args:
            folder: of the job, whose log it writes from now on.
            home: that holds that folder, the job's corpus and its run.

        Raises:
            OSError: the log cannot be written; it is ended.
        """
        try:
            (folder / LOG).write_bytes(b"")
        except OSError:
            self.kill()
            raise
        self._home, self._folder = home, folder
        self.send({"folder": str(folder), "home": str(home)})

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
        if self.status == UNWRITTEN:
            return FULL
        if self.signal == "SIGKILL":
            return KILLED
        if self.signal in ("SIGABRT", "SIGSEGV") or self._log_tells_memory():
            return ABORTED
        return VANISHED

    def _log_tells_memory(self) -> bool:
        assert self._folder is not None
        with contextlib.suppress(OSError):
            text = (self._folder / LOG).read_text(encoding="utf-8", errors="replace")
            return "MemoryError" in text or "bad_alloc" in text or "OOM" in text
        return False

    def _tidy(self) -> None:
        """Remove the files that a killed worker was writing."""
        if self._folder is None:
            return
        run = self._home / "runs" / run_path(self._folder.name).name
        for folder in (run, self._folder):
            for path in folder.glob(f".*.{self.pid}.*.tmp"):  # as `write_atomically` names them
                path.unlink(missing_ok=True)


class ReadyProcess:
    """A worker that waits for a job, so that the job does not wait for the worker: one at most.

    It ends once nobody has asked for it for `IDLE_SECONDS`. Any thread may call.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: TrainingProcess | None = None
        self._idle: threading.Timer | None = None

    @property
    def pid(self) -> int | None:
        """Its process number; None if there is none."""
        with self._lock:
            return self._worker.pid if self._worker is not None else None

    def keep(self) -> None:
        """Start it unless it is there, or the machine lacks the memory; its time begins again."""
        seconds = float(os.environ.get("MOLIERE_TRAINING_IDLE_SECONDS") or IDLE_SECONDS)
        with self._lock:
            worker = self._taken()
            if worker is None and seconds and _has_memory():
                with contextlib.suppress(OSError):  # the training will say so
                    worker = TrainingProcess()
            if worker is not None:
                self._worker = worker
                self._idle = threading.Timer(seconds, self._end_if, (worker,))
                self._idle.daemon = True
                self._idle.start()

    def take(self) -> TrainingProcess | None:
        """The worker, which is the caller's from now on; None if there is none alive."""
        with self._lock:
            return self._taken()

    def end(self) -> None:
        """End it now."""
        if (worker := self.take()) is not None:
            worker.kill()

    def _taken(self) -> TrainingProcess | None:
        worker, self._worker = self._worker, None
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        return worker if worker is not None and not worker.wait(0) else None

    def _end_if(self, worker: TrainingProcess) -> None:
        with self._lock:
            idle = self._worker is worker and self._idle is threading.current_thread()
            if idle:
                self._worker = self._idle = None
        if idle:
            worker.kill()


def _has_memory() -> bool:
    free = free_megabytes()
    return free is None or free >= RESERVED_MEGABYTES
