"""Jobs on a Dask cluster that runs beside the application (`MOLIERE_SCHEDULER=tcp://host:8786`).

The scheduler gives each job to a machine, and gives it to another one when a machine is lost. The
training itself is `remote.run_job`. After every epoch its files come here, into the store of runs:
the next machine is sent what it needs to go on from there, and pages open the run as it grows.
Events come by topic, which costs the scheduler a few hundred bytes each; files come straight from
the worker's reply to `Client.run` and are kept nowhere else. One thread a job follows it.
"""

from __future__ import annotations

import importlib
import json
import logging
import queue
import re
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from moliere_core.errors import N_, MoliereError, TrainingError
from moliere_core.models.references import SHIPPED, open_run
from moliere_core.runs.run import CONFIG, HISTORY, RESUME, VOCABULARY, run_path
from moliere_core.system.records import Record
from moliere_core.system.storage import write_atomically
from moliere_core.training.jobs import corpora, remote
from moliere_core.training.jobs.job import SPEC, Job, failed

CONNECT_SECONDS = 2
POLL_SECONDS = 0.25
RENEW_SECONDS = 5.0  # several times within a lease
CALL_SECONDS = 60  # for a worker's reply
STOP_SECONDS = 10.0  # for a worker to end once told to; then its machine is taken for lost

MISSING = N_(
    'training on a cluster needs Dask: run `pip install -e ".[cluster]"`, or unset '
    "MOLIERE_SCHEDULER to train on this machine"
)
LOST = N_(
    "the cluster's scheduler no longer answers: start it again, then ask for the training again "
    "to resume from its last epoch"
)
WORKERS_LOST = N_(
    "several machines were lost during this training: ask for it again to resume from its last "
    "epoch, and choose a smaller model or batch if it happens again"
)
NOT_INSTALLED = N_(
    'the machines of the cluster lack this application: run `pip install -e ".[cluster]"` on them'
)

_NAME = re.compile(r"(epoch|step)-\d+\.safetensors")
_EARLY = ("epoch-000", "step-")  # snapshots that no record of an epoch follows
_LOGGER = logging.getLogger(__name__)


class Cluster:
    """The jobs of this process on the cluster of one scheduler."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._client: Any = None  # kept here: what Streamlit caches would be hashed or copied
        self._topic = f"moliere-{uuid.uuid4().hex}"
        self._watches: dict[str, Watch] = {}  # in order of submission
        self._closed = False

    def submit(self, job: Job) -> None:
        """Give a job to the cluster; TrainingError if there is none."""
        with self._lock:
            if self._closed or job.id in self._watches:
                return
            client = self._connected()
            job.append({"event": "queued"})
            watch = Watch(job, client, self._topic, self._let_go)
            self._watches[job.id] = watch
            watch.start()

    def holds(self, job_id: str) -> bool:
        """Whether the job is on the cluster."""
        with self._lock:
            return job_id in self._watches

    def active(self) -> list[Job]:
        """The jobs that run, then those that wait."""
        with self._lock:
            watches = list(self._watches.values())
        return [w.job for w in sorted(watches, key=lambda w: not w.launched)]

    def place(self, job_id: str) -> int:
        """Place among the jobs that wait for a machine, from 1; 0 once one has it."""
        with self._lock:
            waiting = [name for name, watch in self._watches.items() if not watch.launched]
        return waiting.index(job_id) + 1 if job_id in waiting else 0

    def expect(self) -> None:
        """Nothing: no machine is ours before it has a job."""

    def starts_in(self, job_id: str) -> float | None:
        """None: it depends on how many machines there are."""
        return None

    def stop(self, job_id: str) -> None:
        """Ask a job to stop."""
        with self._lock:
            watch = self._watches.get(job_id)
        if watch is not None:
            watch.job.stopping = True
            watch.inbox.put({"event": "stop"})

    def close(self) -> None:
        """Stop following; the machines end their trainings as they notice."""
        with self._lock:
            self._closed = True
            watches, client = list(self._watches.values()), self._client
            self._client = None
        for watch in watches:
            watch.inbox.put({"event": "close"})
        for watch in watches:
            watch.join(timeout=5)
        if client is not None:
            with suppress(Exception):  # it may be half-connected; nothing more is asked of it
                client.close(timeout=2)

    def _connected(self) -> Any:
        if self._client is not None and self._client.status == "running":
            return self._client
        try:
            distributed = importlib.import_module("distributed")
        except ImportError as error:
            raise TrainingError(MISSING) from error
        try:
            client = distributed.Client(
                self.address, timeout=CONNECT_SECONDS, set_as_default=False, name="moliere"
            )
            client.subscribe_topic(self._topic, self._on_event)
        except (OSError, ValueError, TimeoutError) as error:
            raise TrainingError(
                "no cluster answers at {address}: start it with `dask scheduler`, or unset "
                "MOLIERE_SCHEDULER to train on this machine",
                address=self.address,
            ) from error
        self._client = client
        return client

    def _on_event(self, event: tuple[float, Record]) -> None:
        """Called in the client's event loop for each event of each job."""
        message = dict(event[1])
        with self._lock:
            watch = self._watches.get(message.pop("job"))
        if watch is not None:
            watch.inbox.put(message)

    def _let_go(self, job_id: str) -> None:
        with self._lock:
            if watch := self._watches.pop(job_id, None):
                watch.job.let_go()


class Watch(threading.Thread):
    """Follows one job, from its submission to its end.

    Attributes:
        client: of the cluster, a `distributed.Client`.
        inbox: what its machine says, and what the server asks.
    """

    def __init__(self, job: Job, client: Any, topic: str, let_go: Callable[[str], None]) -> None:
        super().__init__(name=f"moliere-job-{job.id}", daemon=True)
        self.job, self.inbox = job, queue.Queue[Record]()
        self.launched = False
        self.client, self._topic, self._let_go = client, topic, let_go
        self._attempt = self._address = ""
        self._stop_deadline = float("inf")
        self._closing = False

    def run(self) -> None:
        """Submit, follow, and write down how it ended."""
        try:
            ending = self._follow()
        except MoliereError as error:
            ending = failed(error)
        except Exception as error:
            _LOGGER.exception("the job %s was lost", self.job.id)
            ending = failed(_unexpected(error))
        try:
            self.job.end(ending)
        finally:
            self._let_go(self.job.id)

    def _follow(self) -> Record:
        key = f"moliere-{self.job.id}-{uuid.uuid4().hex[:8]}"
        future = self.client.submit(remote.run_job, self.job.id, self._topic, key=key, pure=False)
        try:
            renewed = time.monotonic()
            while not future.done():
                with suppress(queue.Empty):
                    self._handle(self.inbox.get(timeout=POLL_SECONDS))
                if self._closing:
                    return self.job.stopped()
                if self.job.asked_to_stop and not self.job.stopping:
                    self.job.stopping = True
                    self._handle({"event": "stop"})
                if self.job.stopping and (
                    not self._address or time.monotonic() > self._stop_deadline
                ):
                    future.cancel()  # no machine has it, or that machine is hung
                    return self.job.stopped()
                if self._address and time.monotonic() - renewed > RENEW_SECONDS:
                    renewed = time.monotonic()
                    self.call(remote.renew, self._attempt)
            while not self.inbox.empty():
                self._handle(self.inbox.get(), ended=True)
            return self._conclude(future)
        finally:
            future.release()

    def _handle(self, message: Record, ended: bool = False) -> None:
        kind = message["event"]
        if kind == "stop":
            if self._address:
                self._stop_deadline = time.monotonic() + STOP_SECONDS
                self.call(remote.stop, self._attempt)
            return
        if kind == "close":
            self._closing = True
            if self._address:
                self.call(remote.stop, self._attempt)
            return
        attempt, address = message.pop("attempt"), message.pop("address")
        if kind == "hello":
            self._attempt, self._address = attempt, address
            self._welcome()
        elif attempt == self._attempt:  # else from a machine that was taken for lost
            del message["worker"], message["time"]  # added by Dask, and by the machine's clock
            if "path" in message:
                message["path"] = str(self.job.run_path)
            # An epoch's own snapshot comes with its record: one journey for both.
            if not ended and (kind == "epoch" or message.get("name", "").startswith(_EARLY)):
                self._collect()
            self.job.append(message)

    def _welcome(self) -> None:
        """Send a machine what it needs to begin, or to go on where another one was lost."""
        if self.job.stopping:
            self.call(remote.stop, self._attempt)
            return
        self.call(remote.deliver, self._attempt, parcel(self.job))
        self.launched = True
        self.job.append({"event": "launched", "address": self._address})

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run `function` on the job's machine; None if it has been lost."""
        address = self._address
        try:
            return self.client.sync(
                _run_at, self.client, address, function, args, callback_timeout=CALL_SECONDS
            )
        except Exception as error:  # of the network, of Dask, of a worker that is going
            _LOGGER.info("%s did not answer for %s: %s", address, self.job.id, _line(error))
            return None

    def _collect(self) -> None:
        stored = {path.name for path in self.job.run_path.glob("*-*.safetensors")}
        self.store(self.call(remote.collect, self._attempt, stored) or {})

    def store(self, files: remote.Files) -> None:
        """Write what came into the store, in the order in which training writes.

        Raises:
            TrainingError: a file that is no run's; nothing is written.
        """
        unknown = [n for n in files if n not in _ORDER and not _NAME.fullmatch(n)]
        if unknown:
            raise TrainingError(
                "the cluster sent a file that is no run's: {name!r}", name=unknown[0]
            )
        if CONFIG not in files and not (self.job.run_path / CONFIG).is_file():
            return
        for name in sorted(files, key=lambda n: (_ORDER.get(n, 2), n)):
            if name == CONFIG and (self.job.run_path / CONFIG).is_file():
                continue
            write_atomically(self.job.run_path / name, files[name])
        self.job.claim()

    def _conclude(self, future: Any) -> Record:
        if future.status == "finished":
            outcome = future.result(timeout=CALL_SECONDS)
            self.store(outcome["files"])
            ending = outcome["ending"]
            if ending is None:
                return self.job.stopped()
            ending.pop("time", None)
            if "path" in ending:
                ending["path"] = str(self.job.run_path)
            if ending["event"] == "finished":
                (self.job.run_path / RESUME).unlink(missing_ok=True)
            return dict(ending)
        if future.status == "error":
            error = future.exception(timeout=CALL_SECONDS)
            if type(error).__name__ == "KilledWorker":
                return failed(TrainingError(WORKERS_LOST))
            if isinstance(error, ImportError):
                return failed(TrainingError(NOT_INSTALLED))
            return failed(_unexpected(error))
        return self.job.stopped() if self.job.stopping else failed(TrainingError(LOST))


async def _run_at(
    client: Any, address: str, function: Callable[..., Any], args: tuple[Any, ...]
) -> Any:
    """As `Client.run`, which has no timeout; None at once for a machine the scheduler has not.

    Asked for a machine it has already struck off, the scheduler would try for half a minute to
    reach it, while the job's next machine waits to be welcomed.
    """
    if address not in await client.scheduler.ncores(workers=[address]):
        return None
    replies = await client._run(function, *args, workers=[address])
    return replies[address]


# The order in which files are written; snapshots come third.
_ORDER = {VOCABULARY: 0, CONFIG: 1, RESUME: 3, HISTORY: 4}


def parcel(job: Job) -> remote.Files:
    """All that the worker process reads, as paths in a home of its own."""
    digest = job.spec.corpus_digest
    files = {
        f"jobs/{job.id}/{SPEC}": json.dumps(job.spec.to_json()).encode(),
        f"corpora/{corpora.path_of(digest).name}": corpora.read(digest),
    }
    initial = job.spec.config.initial
    if initial and initial.partition("@")[0] not in SHIPPED:
        run, snapshot = open_run(initial)
        names = [CONFIG, VOCABULARY, HISTORY, run.snapshot(snapshot).path.name]
        files |= _read(run.id, names)
    if (job.run_path / RESUME).is_file() and (job.run_path / CONFIG).is_file():
        epochs = sorted(path.name for path in job.run_path.glob("epoch-*.safetensors"))
        files |= _read(job.id, [CONFIG, VOCABULARY, HISTORY, RESUME, *epochs[-2:]])
    return files


def _read(run_id: str, names: list[str]) -> remote.Files:
    paths = [run_path(run_id) / name for name in names]
    return {f"runs/{run_id}/{p.name}": p.read_bytes() for p in paths if p.is_file()}


def _unexpected(error: BaseException) -> TrainingError:
    return TrainingError("the cluster failed this training ({error})", error=_line(error))


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
