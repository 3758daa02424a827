"""The worker process of a job, from the side that watches it.

The same on the server and on a machine of the cluster:
`python -m moliere_core.training.jobs.worker FOLDER`, told to stop by a byte on its standard
input, and gone as soon as that pipe closes.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from moliere_core.errors import N_, TrainingError
from moliere_core.runs.run import run_path
from moliere_core.system.records import Record
from moliere_core.system.workers import Worker, command
from moliere_core.training.jobs.job import ENDINGS, LOG, failed

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


class TrainingWorker(Worker):
    """A running worker. Use from one thread, except `stop`, which any thread may call."""

    def __init__(self, folder: Path, home: Path) -> None:
        environment = {"MOLIERE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        with (folder / LOG).open("wb") as log:
            super().__init__([*COMMAND, str(folder)], environment, output=log, log=log)
        self._home, self._folder = home, folder

    def stop(self, word: bytes = STOP) -> None:
        """Ask it to stop; `wait` makes sure that it does.

        What is written is written whole, and a stopped epoch is trained again anyway.
        """
        super().stop(word)

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after at most about `seconds`; hurries one that was stopped."""
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
