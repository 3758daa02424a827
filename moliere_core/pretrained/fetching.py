"""Downloads of models of the hub, each in a process of its own, started by a person.

The hub's own tools write each file under a temporary name and continue an interrupted download;
`catalogue` counts a model with a missing file as absent. So a model appears whole or not at all.
The process ends with the server that started it.
"""

from __future__ import annotations

import os
import threading

from moliere_core.errors import ModelError, MoliereError
from moliere_core.pretrained import catalogue
from moliere_core.pretrained.hub_errors import not_a_model
from moliere_core.system.machine import is_public
from moliere_core.system.work import Work
from moliere_core.system.workers import WorkerProcess, command, not_started

COMMAND = command("moliere_core.pretrained.fetch_worker")


class Fetch(Work[None]):
    """A download in progress, or ended. All methods may be called from any thread.

    Attributes:
        reference: of the model.
        here: megabytes that are fetched.
        total: megabytes in all; 0 while that is not known.
    """

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference
        self.set_running_or_notify_cancel()
        self.here = self.total = 0.0
        self._stopped = False
        self._worker: WorkerProcess | None = None

    def start(self) -> None:
        """Start the process and the thread that listens to it."""
        try:
            name = catalogue.hub_name(self.reference)
            _require_allowed(self.reference)
            quiet = os.environ.get("HF_HUB_DISABLE_TELEMETRY", "1")
            self._worker = WorkerProcess([*COMMAND, name], {"HF_HUB_DISABLE_TELEMETRY": quiet})
        except MoliereError as error:
            self.set_exception(error)
            return
        except OSError as error:
            self.set_exception(not_started(error, ModelError))
            return
        threading.Thread(target=self._listen, name="moliere-fetch", daemon=True).start()

    def stop(self) -> None:
        """Stop it; the next download goes on from what is fetched."""
        self._stopped = True
        if self._worker is not None:
            self._worker.kill()

    def _listen(self) -> None:
        assert self._worker is not None
        error: MoliereError | None = ModelError(
            "the download of {reference} was stopped: ask for it again, what is there is kept",
            reference=self.reference,
        )
        for event in self._worker.messages():
            kind = event.get("event")
            if kind == "progress":
                self.here, self.total = event["done"] / 1e6, event["total"] / 1e6
                self.told(min(self.here / self.total, 1.0) if self.total else 0.0)
            elif kind == "failed" and not self._stopped:
                error = ModelError.from_json(event)
            elif kind == "finished":
                error = None
        if error is None and catalogue.presence(self.reference) is not catalogue.Presence.READY:
            error = not_a_model(catalogue.hub_name(self.reference))
        if error is None:
            self.set_result(None)
        else:
            self.set_exception(error)


_lock = threading.Lock()
_fetches: dict[str, Fetch] = {}


def fetch(reference: str) -> Fetch:
    """Download a model of the hub, or follow its download where one is in progress."""
    with _lock:
        known = _fetches.get(reference)
        if known is not None and not known.done():
            return known
        asked = _fetches[reference] = Fetch(reference)
    asked.start()
    return asked


def current(reference: str) -> Fetch | None:
    """The last download of a model that was asked for here, ended or not."""
    with _lock:
        return _fetches.get(reference)


def close() -> None:
    """Stop and forget all downloads; what is fetched is kept on disk."""
    with _lock:
        known = list(_fetches.values())
        _fetches.clear()
    for fetch in known:
        if not fetch.done():
            fetch.stop()


def _require_allowed(reference: str) -> None:
    """ModelError for a model that is not offered, on a public server: it would fill the disk."""
    if is_public() and reference not in catalogue.OFFERED:
        raise ModelError(
            "{reference} is not offered on this public server: choose {offered}, or run the "
            "application on your own machine",
            reference=reference,
            offered=", ".join(catalogue.OFFERED),
        )
