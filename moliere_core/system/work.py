"""A handle on work that a thread or another process does: how far it is, and its result."""

from __future__ import annotations

import contextlib
import math
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from moliere_core.errors import MoliereError

T = TypeVar("T")


class State(StrEnum):
    """Where something that was asked for stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a page shows of something that was asked for.

    Attributes:
        state: where it stands.
        place: in the queue, from 1; 0 unless queued.
        error: why it failed.
    """

    state: State
    place: int = 0
    error: MoliereError | None = None

    @property
    def active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in (State.QUEUED, State.RUNNING)


class Work(Future[T]):
    """Something that an engine, a thread or another process does; a future that says how far it is.

    Attributes:
        share: of it that is done, from 0 to 1.
        ended_at: when it ended, on the clock of `time.monotonic`; infinity until then.
    """

    def __init__(self) -> None:
        super().__init__()
        self.share, self.ended_at = 0.0, math.inf
        self.add_done_callback(_ended)

    @classmethod
    def of(cls, result: T) -> Work[T]:
        """Work that has just ended with this result."""
        work: Work[T] = Work()
        work.set_result(result)
        return work

    def told(self, share: float) -> None:
        """Note the share that is done; to be passed as a `Progress`."""
        self.share = share

    def set_result(self, result: T) -> None:
        """End it with its result."""
        self.share = 1.0
        super().set_result(result)

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it has ended, after at most so many seconds."""
        with contextlib.suppress(TimeoutError, CancelledError):
            self.exception(seconds)
        return self.done()

    def found(self) -> T | None:
        """Its result, None as long as it is not done; raises its error."""
        return self.result() if self.done() else None

    def lost(self, seconds: float = 0.0) -> bool:
        """Whether it was cancelled, or failed more than so many seconds ago."""
        if not self.done():
            return False
        if self.cancelled():
            return True
        return self.exception() is not None and time.monotonic() - self.ended_at > seconds


def _ended(work: Any) -> None:
    work.ended_at = time.monotonic()
