"""How often somebody may ask for something: a bucket of tokens for each of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST = 10_000  # who is remembered; the one heard first is forgotten first


@dataclass
class Rate:
    """So many at once, and so many a second from then on, for each of those who ask.

    Attributes:
        burst: at once.
        each_second: what comes back.
        clock: seconds, for tests.
    """

    burst: float
    each_second: float
    clock: Callable[[], float] = time.monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def allows(self, who: str, cost: float = 1.0) -> bool:
        """Whether they may, this time; with a cost of 0, whether they may at all."""
        now = self.clock()
        with self._lock:
            left, then = self._left.pop(who, (self.burst, now))
            left = min(left + (now - then) * self.each_second, self.burst)
            allowed = left >= max(cost, 1.0)
            self._left[who] = (left - cost if allowed else left, now)
            if len(self._left) > MOST:
                del self._left[next(iter(self._left))]
            return allowed
