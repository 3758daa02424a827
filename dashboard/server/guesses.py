"""Guesses at a secret: a few are free, then each wrong one makes its author wait longer."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_LOGGER = logging.getLogger(__name__)

SESSION, ADDRESS = "session", "address"
FREE = {SESSION: 3, ADDRESS: 10}  # wrong guesses without a wait; a school has one address
FIRST = 5.0  # seconds to wait after the first that is not free; each further one doubles them
LONGEST = {SESSION: 600.0, ADDRESS: 60.0}  # seconds: a class must not lock its teacher out
FORGIVEN = 900.0  # seconds after the last wrong guess


@dataclass
class _Tries:
    wrong: int = 0
    last: float = 0.0
    until: float = 0.0


class Guesses:
    """Who has guessed how often; a name is a kind, `SESSION` or `ADDRESS`, and who it is.

    Args:
        clock: seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: dict[tuple[str, str], _Tries] = {}

    def allowed(self, names: Iterable[tuple[str, str]], right: Callable[[], bool]) -> float | None:
        """Try a guess.

        Args:
            names: of who guesses.
            right: whether the guess is right; not asked as long as they have to wait.

        Returns:
            Seconds to wait before it can be tried; 0 after a wrong guess; None after a right one.
        """
        with self._lock:
            now = self._clock()
            self._forgive(now)
            tries = {name: self._tries.setdefault(name, _Tries(last=now)) for name in names}
            wait = max((one.until - now for one in tries.values()), default=0.0)
            if wait > 0:
                return wait
            if right():
                for name in tries:
                    del self._tries[name]
                return None
            for (kind, who), one in tries.items():
                self._count(kind, who, one, now)
            return 0.0

    def _count(self, kind: str, who: str, tries: _Tries, now: float) -> None:
        tries.wrong, tries.last = tries.wrong + 1, now
        beyond = tries.wrong - FREE[kind]
        if beyond >= 0:
            wait = min(FIRST * 2.0 ** min(beyond, 20), LONGEST[kind])
            tries.until = now + wait
            name = hashlib.sha256(who.encode()).hexdigest()[:8]  # no identifier in a log
            _LOGGER.warning(
                "%d wrong keys from %s %s: no other one for %.0f s", tries.wrong, kind, name, wait
            )

    def _forgive(self, now: float) -> None:
        for name in [n for n, tries in self._tries.items() if now - tries.last > FORGIVEN]:
            del self._tries[name]


guesses = Guesses()
