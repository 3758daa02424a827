"""The worker process of a job, from the side that watches it.

The same on the server and on a machine of the cluster:
`python -m moliere_core.training.jobs.worker FOLDER`, told to stop by a byte on its standard
input, and gone as soon as that pipe closes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from moliere_core.errors import N_, TrainingError
from moliere_core.runs.run import run_path
from moliere_core.system.processes import quiet_options
from moliere_core.system.records import Record
from moliere_core.training.jobs.job import ENDINGS, LOG, failed

COMMAND = (sys.executable, "-m", "moliere_core.training.jobs.worker")
STOP = b"s"
POLITE_SECONDS = 0.5  # to stop between two updates; a framework's import takes longer
TERMINATED_SECONDS = 2.0  # to die of SIGTERM

KILLED = N_(
    "the training was killed, probably for lack of memory: ask for it again to resume from its "
    "last epoch, and choose a smaller model or batch if it is killed again"
)
ABORTED = N_(
    "the training ran out of memory or crashed inside its framework: ask for it again to resume "
    "from its last epoch, and choose a smaller model or batch if it fails again"
)
VANISHED = N_("the training ended without a word: ask for it again to resume from its last epoch")


class WorkerProcess:
    """A running worker. Use from one thread, except `stop`, which any thread may call."""

    def __init__(self, folder: Path, home: Path) -> None:
        environment = {**os.environ, "MOLIERE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        with (folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(
                [*COMMAND, str(folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                **quiet_options(),
            )
        self.stopping = False
        self._deadline = self._last_deadline = float("inf")
        self._home, self._folder = home, folder

    @property
    def pid(self) -> int:
        """Process number."""
        return int(self._process.pid)

    def stop(self) -> None:
        """Ask it to stop; `wait` makes sure that it does."""
        if not self.stopping:
            self.stopping = True
            self._deadline = time.monotonic() + POLITE_SECONDS
            self._last_deadline = self._deadline + TERMINATED_SECONDS
            with contextlib.suppress(OSError, ValueError):  # it has just ended
                assert self._process.stdin is not None
                self._process.stdin.write(STOP)
                self._process.stdin.flush()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after at most about `seconds`; hurries one that was stopped."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(min(seconds, 0.05) if self.stopping else seconds)
            self._tidy()
            return True
        if time.monotonic() > self._last_deadline:
            self._process.kill()
        elif time.monotonic() > self._deadline:
            # What is written is written whole, and a stopped epoch is trained again anyway.
            self._process.terminate()
        return False

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()
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
        code = self._process.returncode
        if hasattr(signal, "SIGKILL") and code == -signal.SIGKILL:
            return KILLED
        if code in (-signal.SIGABRT, -signal.SIGSEGV) or self._log_tells_memory():
            return ABORTED
        return VANISHED

    def _log_tells_memory(self) -> bool:
        with contextlib.suppress(OSError):
            text = (self._folder / LOG).read_text(encoding="utf-8", errors="replace")
            return "MemoryError" in text or "bad_alloc" in text or "OOM" in text
        return False

    def _tidy(self) -> None:
        """Close the pipe, and remove the files that a killed worker was writing."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        run = self._home / "runs" / run_path(self._folder.name).name
        for folder in (run, self._folder):
            for path in folder.glob(f".*.{self.pid}.*.tmp"):  # as `write_atomically` names them
                path.unlink(missing_ok=True)
