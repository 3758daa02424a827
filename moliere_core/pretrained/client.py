"""The process of the pretrained models, from the side that asks: its queues, and each request.

Messages are lines of JSON on the worker's standard input and output. A request is
`{"id", "op", "reference", "background", ...arguments}` and a cancellation `{"cancel": id}`; an
answer is `{"id", "event"}` with the event `stage` ("loading", "running"), `progress` (a "share"),
`partial`, and at the end `done` or `failed` (see `MoliereError.to_json`).

The worker does one request at a time, and between two steps of a background one (scoring a whole
play) those that somebody waits for. A request whose status nobody has asked for `LEASE` seconds
long, counted from when it was sent, is dropped: the page that wanted it was left.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, TypeVar

from moliere_core.errors import N_, ModelError, MoliereError
from moliere_core.pretrained.results import Event, unexpected
from moliere_core.system.machine import resident_megabytes, threads
from moliere_core.system.storage import home
from moliere_core.system.work import State, Status, Work
from moliere_core.system.workers import WorkerProcess, command

T = TypeVar("T")

COMMAND = command("moliere_core.pretrained.worker")
LOG = "bridge.log"
IDLE_SECONDS = 300.0  # after which the worker is ended; MOLIERE_BRIDGE_IDLE_SECONDS
LEASE = 6.0  # seconds: pages look several times a second
MAX_WAITING = 60  # two for each of a class

KILLED = N_(
    "the pretrained model was stopped, probably for lack of memory: ask again, and choose a "
    "smaller model if it is stopped again"
)
VANISHED = N_(
    "the process of the pretrained models ended without a word: ask again; if it ends again, its "
    "log (bridge.log, among the stored runs) tells why"
)


@dataclass(frozen=True, kw_only=True)
class RequestStatus(Status):
    """What a page shows of a request.

    Attributes:
        stage: of a running one: "starting" while the process starts, "loading" while the model is
            read, then "running".
        share: of the work that is done, from 0 to 1.
    """

    stage: str = ""
    share: float = 0.0


class Request(Work[T]):
    """A question to the worker, and its answer. All methods may be called from any thread.

    Asking for its status, its value or whether it is done renews its lease.

    Args:
        client: that sends it.
        message: what is sent, without the request's number.
        value: the answer before anything has come.
        add: from the answer so far and an event `partial` or `done`, the answer after it.
    """

    def __init__(
        self,
        client: WorkerClient,
        message: Event,
        value: T,
        add: Callable[[T, Event], T],
    ) -> None:
        super().__init__()
        self.id = next(_numbers)
        self.message = {**message, "id": self.id}
        self.background = bool(message.get("background"))
        self._client = client
        self._value, self._add = value, add
        self._status = RequestStatus(state=State.QUEUED)
        self.looked_at = time.monotonic()

    @property
    def reference(self) -> str:
        """The model that is asked."""
        return str(self.message["reference"])

    @property
    def status(self) -> RequestStatus:
        """Where it stands."""
        self.looked_at = time.monotonic()
        status = self._status
        if status.state is State.QUEUED:
            return replace(status, place=self._client.place(self))
        return status

    @property
    def value(self) -> T:
        """The answer as far as it has come."""
        self.looked_at = time.monotonic()
        return self._value

    def done(self) -> bool:
        """Whether it has ended."""
        self.looked_at = time.monotonic()
        return super().done()

    def result(self, timeout: float | None = None) -> T:
        """The whole answer, which is waited for.

        Raises:
            MoliereError: the request failed, or was cancelled.
            TimeoutError: there is no answer after `timeout` seconds.
        """
        if not self.wait(timeout):
            raise TimeoutError(f"no answer after {timeout} s")
        if self.cancelled():
            raise ModelError("this was cancelled: ask again")
        return super().result()

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it has ended, after at most so many seconds."""
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        while not self.done() and (left := deadline - time.monotonic()) > 0:
            super().wait(min(left, LEASE / 3))
        return self.done()

    def cancel(self) -> bool:
        """Cancel it, unless it has ended; whether it is cancelled."""
        return self._client.cancel(self)

    def refused(self, error: MoliereError) -> Request[T]:
        """End it with an error, without sending it; returns itself."""
        self._end(State.FAILED, error)
        return self

    # For the client, under its lock

    @property
    def abandoned(self) -> bool:
        """Whether its lease is over; requests in the background have none."""
        return not self.background and time.monotonic() - self.looked_at > LEASE

    def _renew(self) -> None:
        """Count the lease from now on."""
        self.looked_at = time.monotonic()

    def _begin(self) -> None:
        self._renew()
        self._status = RequestStatus(state=State.RUNNING, stage="starting")

    def _take(self, event: Event) -> bool:
        """Apply an event of the worker; whether it was the last."""
        kind = event["event"]
        if kind == "stage":
            self._status = replace(self._status, stage=event["stage"])
        elif kind == "progress":
            self.told(event["share"])
            self._status = replace(self._status, share=event["share"])
        elif kind in ("partial", "done"):
            try:
                self._value = self._add(self._value, event)
            except (KeyError, TypeError, ValueError) as error:  # of a worker of another version
                self._end(State.FAILED, unexpected(self.reference, error))
                return True
        if kind == "done":
            self._end(State.FINISHED)
        elif kind == "cancelled":
            self._end(State.STOPPED)
        elif kind == "failed":
            self._end(State.FAILED, ModelError.from_json(event))
        return kind in ("done", "failed", "cancelled")

    def _end(self, state: State, error: MoliereError | None = None) -> None:
        if super().done():
            return
        share = 1.0 if state is State.FINISHED else self._status.share
        self._status = RequestStatus(state=state, share=share, error=error)
        if error is not None:
            self.set_exception(error)
        elif state is State.FINISHED:
            self.set_result(self._value)
        else:
            super().cancel()


_numbers = itertools.count(1)


class WorkerClient:
    """The worker process, started on demand, and two queues: for people, and in the background."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._waiting: dict[bool, deque[Request[Any]]] = {False: deque(), True: deque()}
        self._running: dict[bool, Request[Any] | None] = {False: None, True: None}
        self._worker: WorkerProcess | None = None
        self._idle: threading.Timer | None = None

    def submit(self, request: Request[Any]) -> None:
        """Put a request at the end of its queue; it fails at once where the queue is full."""
        with self._lock:
            queue = self._waiting[request.background]
            if len(queue) >= MAX_WAITING:
                request.refused(
                    ModelError(
                        "{count} requests are waiting for the pretrained models: ask again in a "
                        "minute",
                        count=len(queue),
                    )
                )
                return
            request._renew()
            queue.append(request)
            self._pump()

    def place(self, request: Request[Any]) -> int:
        """Place in the queue, from 1; 0 if it does not wait."""
        with self._lock:
            queue = self._waiting[request.background]
            return queue.index(request) + 1 if request in queue else 0

    def cancel(self, request: Request[Any]) -> bool:
        """Take a request out of its queue, or have the worker drop it; False if it has ended."""
        with self._lock:
            queue = self._waiting[request.background]
            if request in queue:
                queue.remove(request)
            elif self._running[request.background] is request:
                # It still holds the worker until it says so; whoever asked does not wait for that.
                self._send({"cancel": request.id})
            request._end(State.STOPPED)
            return request.cancelled()

    @property
    def pid(self) -> int | None:
        """Process number of the worker; None where none runs."""
        with self._lock:
            return self._worker.pid if self._worker else None

    @property
    def megabytes(self) -> int:
        """Memory of the worker in MB; 0 where none runs, or where the system does not tell."""
        pid = self.pid
        return 0 if pid is None else resident_megabytes(pid)

    def close(self) -> None:
        """End the worker, and cancel all requests that wait."""
        with self._lock:
            for queue in self._waiting.values():
                for request in queue:
                    request._end(State.STOPPED)
                queue.clear()
            self._end_worker()

    def _pump(self) -> None:
        """Send the first request of each queue whose turn it is; the lock is held."""
        for lane, queue in self._waiting.items():
            while queue and self._running[lane] is None:
                request = queue.popleft()
                if request.abandoned:
                    request._end(State.STOPPED)
                    continue
                self._running[lane] = request
                request._begin()
                try:
                    if self._worker is None:
                        self._start()
                    self._send(request.message)
                except OSError as error:
                    self._running[lane] = None
                    request.refused(
                        ModelError(
                            "the process of the pretrained models cannot be started ({reason}): "
                            "close other programs",
                            reason=error.strerror,
                        )
                    )
        self._end_when_idle()

    def _end_when_idle(self) -> None:
        """Have an idle worker ended after a while; the lock is held."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._worker is not None and not any(self._running.values()):
            seconds = float(os.environ.get("MOLIERE_BRIDGE_IDLE_SECONDS") or IDLE_SECONDS)
            self._idle = threading.Timer(seconds, self._end_if_idle, (self._worker,))
            self._idle.daemon = True
            self._idle.start()

    def _end_if_idle(self, worker: WorkerProcess) -> None:
        with self._lock:
            if self._worker is worker and not any(self._running.values()):
                self._end_worker()

    def _start(self) -> None:
        with _log() as log:
            self._worker = WorkerProcess(COMMAND, _environment(), log=log)
        threading.Thread(
            target=self._read, args=(self._worker,), name="moliere-pretrained", daemon=True
        ).start()

    def _send(self, message: Event) -> None:
        if self._worker is not None:
            self._worker.send(message)  # of one that has just ended, `_read` sees the end

    def _read(self, worker: WorkerProcess) -> None:
        """Apply the worker's messages until it ends."""
        for event in worker.messages():
            with contextlib.suppress(ValueError, KeyError):
                self._take(worker, event["id"], event)
        with self._lock:
            if self._worker is worker:
                self._worker = None
                self._fail_running(_reason(worker))
                self._pump()

    def _take(self, worker: WorkerProcess, number: int, event: Event) -> None:
        with self._lock:
            for lane, request in self._running.items():
                if request is None or request.id != number or worker is not self._worker:
                    continue
                if request._take(event):
                    self._running[lane] = None
                    self._pump()
                elif request.abandoned:
                    self.cancel(request)
                return

    def _fail_running(self, error: MoliereError) -> None:
        for lane, request in self._running.items():
            if request is not None:
                request._end(State.FAILED, error)
            self._running[lane] = None

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        self._fail_running(ModelError(VANISHED))
        if worker is not None:
            worker.end()


def shared() -> WorkerClient:
    """The one client of this process."""
    return _shared


def ask(message: Event, value: T, add: Callable[[T, Event], T]) -> Request[T]:
    """Send a request to the worker, see `Request`."""
    request = Request(_shared, message, value, add)
    _shared.submit(request)
    return request


def close() -> None:
    """End the worker; called when the interpreter exits."""
    _shared.close()


_shared = WorkerClient()
atexit.register(close)


def _log() -> IO[bytes]:
    """The file for what the process says of errors; none where the home cannot be written."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        return (home() / LOG).open("wb")
    except OSError:
        return Path(os.devnull).open("wb")


def _environment() -> dict[str, str]:
    return {
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": str(threads()),
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that wait leave their core to the pages
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        # The worker never reaches for the network; that is `fetching`'s business.
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }


def _reason(worker: WorkerProcess) -> MoliereError:
    killed = worker.signal in ("SIGKILL", "SIGABRT")
    return ModelError(KILLED) if killed else ModelError(VANISHED)
