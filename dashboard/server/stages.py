"""What each teacher's windows show, so that one of them follows the other: in memory, no more.

A stage belongs to a browser: one window of it has the notes, another one the screens, and a click
in either moves both. `follower` names a stage to whoever may look at it, and lets nobody move it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

KEPT = 12 * 3600.0  # seconds after which a stage that nobody moves is forgotten
MOST = 1000


@dataclass
class _Stage:
    """One teacher's hour.

    Attributes:
        place: of the script; "" as long as there is none.
        began: when its clock was started; None while it stands still.
        touched: when it was last moved.
    """

    place: str = ""
    began: float | None = None
    touched: float = 0.0


class Stages:
    """All stages of this server.

    Args:
        clock: seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._stages: dict[str, _Stage] = {}

    def move(self, stage: str, place: str) -> None:
        """Show this place of the script in all windows of a stage."""
        with self._lock:
            self._touched(stage).place = place

    def place(self, stage: str) -> str:
        """Where a stage is; "" where nobody has moved it yet."""
        with self._lock:
            found = self._stages.get(stage)
            return found.place if found else ""

    def start(self, stage: str) -> None:
        """Start its clock, anew where it runs."""
        with self._lock:
            self._touched(stage).began = self._clock()

    def stop(self, stage: str) -> None:
        """Stop its clock."""
        with self._lock:
            self._touched(stage).began = None

    def elapsed(self, stage: str) -> float | None:
        """Seconds since its clock was started; None while it stands still."""
        with self._lock:
            found = self._stages.get(stage)
            return None if found is None or found.began is None else self._clock() - found.began

    def _touched(self, stage: str) -> _Stage:
        now = self._clock()
        found = self._stages.pop(stage, None) or _Stage()  # back in as the last
        found.touched = now
        self._stages[stage] = found
        while len(self._stages) > MOST or next(iter(self._stages.values())).touched < now - KEPT:
            del self._stages[next(iter(self._stages))]
        return found


def follower(browser: str) -> str:
    """The name of a browser's stage, which says nothing of the browser."""
    return hashlib.sha256(f"stage {browser}".encode()).hexdigest()[:12]


stages = Stages()
