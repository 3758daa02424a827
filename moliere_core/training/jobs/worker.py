"""The worker, which trains the spec in a job's folder.

    python -m moliere_core.training.jobs.worker

It imports its framework, and waits for a line on standard input that names a job. It writes its
events to the job's folder, stops when another byte comes, and exits at once when standard input
closes, so that a server killed by SIGKILL leaves no orphan.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from moliere_core.errors import ConfigError, MoliereError, RunError, TrainingError, one_line
from moliere_core.system.processes import limit_resources, read_input
from moliere_core.training.jobs import corpora
from moliere_core.training.jobs.events import append
from moliere_core.training.jobs.job import EVENTS, LOG, claim, failed, read_spec
from moliere_core.training.jobs.local import ABORTED, UNWRITTEN
from moliere_core.training.jobs.spec import JobSpec, initial_digest
from moliere_core.training.session import BatchesDone, Event, framework, train

# Progress comes four times a second at first, then less and less often: a training of hours
# leaves thousands of events, not tens of thousands.
MAX_PROGRESS_SECONDS = 2.0
PROGRESS_EVENTS = 1_000  # about, before they slow down


def main() -> int:
    """Train the job that standard input names; 0 if its last event says how it ended.

    `UNWRITTEN` where it could not be written.
    """
    orders = Orders()
    threading.Thread(target=read_input, args=(orders.take,), daemon=True).start()
    limit_resources()
    with contextlib.suppress(Exception):  # whatever it is, the training meets it and tells it
        framework()
    folder = orders.folder()
    ending = _ending(folder, orders.stopped.is_set)
    try:
        if ending is not None:
            append(folder / EVENTS, failed(ending))
    except RunError:
        return UNWRITTEN
    return 0


def _ending(folder: Path, should_stop: Callable[[], bool]) -> MoliereError | None:
    """Train the job of a folder; why it failed, None where it did not."""
    try:
        spec = read_spec(folder)
        if spec is None:
            return ConfigError("this job's description is gone: prepare the training again")
        _train(spec, lambda record: append(folder / EVENTS, record), should_stop)
    except MoliereError as error:
        return error
    except MemoryError:
        return TrainingError(ABORTED)
    except Exception as error:
        traceback.print_exc()  # to the job's log
        return _unexpected(error)
    return None


class Orders:
    """What comes on standard input: a line of JSON with a job's folder and home, then a stop.

    Attributes:
        stopped: set once the training is to be stopped.
    """

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._named = threading.Event()
        self._line = bytearray()
        self._folder = Path()

    def take(self, byte: bytes) -> None:
        """Hear the next byte; a job that is named has this process' store and log."""
        if self._named.is_set():
            self.stopped.set()
        elif byte != b"\n":
            self._line += byte
        else:
            job = json.loads(self._line)
            self._folder = Path(job["folder"])
            os.environ["MOLIERE_HOME"] = job["home"]
            with contextlib.suppress(OSError):
                _write_to(self._folder / LOG)
            self._named.set()

    def folder(self) -> Path:
        """The job's folder, as soon as there is one."""
        self._named.wait()
        return self._folder


def _write_to(log: Path) -> None:
    """Whatever this process prints, its framework's own messages too, goes there."""
    with log.open("ab") as file:
        for output in (1, 2):
            os.dup2(file.fileno(), output)


def _train(
    spec: JobSpec, write: Callable[[dict[str, Any]], None], should_stop: Callable[[], bool]
) -> None:
    corpus = corpora.load(spec.corpus_digest)
    if initial_digest(spec.config.initial) != spec.initial_digest:
        raise ConfigError(
            "{reference} has changed since this training was prepared: prepare it again",
            reference=spec.config.initial,
        )
    thinned = Thinned(write)

    def on_event(event: Event) -> None:
        thinned(event)
        if event.kind == "started":
            claim(Path(event.to_json()["path"]), spec)

    train(spec.config, corpus, on_event=on_event, should_stop=should_stop, old=spec.old)


class Thinned:
    """Passes events on, several `BatchesDone` together as the training grows long."""

    def __init__(
        self,
        write: Callable[[dict[str, Any]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write, self._clock = write, clock
        self._began = self._wrote = clock()
        self._update = 0  # of the last progress passed on
        self._updates = self._summed = 0.0  # since then
        self._held: BatchesDone | None = None

    def __call__(self, event: Event) -> None:
        """Write the event, or keep it for the next."""
        if not isinstance(event, BatchesDone):
            self._flush()
            self._write(event.to_json())
            return
        since = self._held.update if self._held else self._update
        updates = max(event.update - since, 1)
        self._updates += updates
        self._summed += updates * event.loss
        self._held = event
        now = self._clock()
        gap = min((now - self._began) / PROGRESS_EVENTS, MAX_PROGRESS_SECONDS)
        if now - self._wrote >= gap:
            self._flush()

    def _flush(self) -> None:
        if self._held is not None:
            loss = self._summed / self._updates  # each loss is a mean over its own updates
            self._write(replace(self._held, loss=loss).to_json())
            self._update, self._wrote = self._held.update, self._clock()
            self._held, self._updates, self._summed = None, 0.0, 0.0


def _unexpected(error: Exception) -> TrainingError:
    """Any other error in one line."""
    return TrainingError(
        "the training failed ({kind}: {reason}): its log has the details",
        kind=type(error).__name__,
        reason=one_line(error),
    )


if __name__ == "__main__":
    sys.exit(main())
