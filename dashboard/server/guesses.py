"""Guesses at the teacher's code: a few are free, then each wrong one makes its author wait.

A school has one address, so two counts are kept, and neither lets pupils keep their teacher out:

- A browser, by its cookie, waits longer after each wrong guess: 5 s, 10 s, and so on to 10 minutes.
- Behind an address from which many wrong guesses came, every other guess is heard after `PAUSE`,
  counted from when its own browser first asks: others' guesses do not put it off. Only where there
  were so many that a program must be at work is there one guess a minute for all of them.
- A browser that has given the right code is never slowed by its address again.

A key that opens something, a pupil's own, is no guess: it neither counts nor forgives. A program
with as many browsers as it likes tries at most `MANY` codes and then one a minute an hour and an
address, less than ten thousand a day: a code of eight letters, which `moliere doctor` asks for,
takes thousands of years.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

_LOGGER = logging.getLogger(__name__)

BROWSER, ADDRESS = "browser", "address"
FREE = {BROWSER: 3, ADDRESS: 10}  # wrong guesses without a wait
FIRST, LONGEST = 5.0, 600.0  # seconds that a browser waits after the first wrong guess too many
PAUSE = 10.0  # seconds before a browser of a suspect address is heard
MANY, APART = 300, 60.0  # wrong guesses of an address, and seconds between two beyond them
FORGIVEN = {BROWSER: 900.0, ADDRESS: 3600.0}  # seconds after the last, or the first, wrong guess


class Key(Enum):
    """What a key turns out to be."""

    CODE = auto()  # the teacher's
    KNOWN = auto()  # it opens something of the store
    WRONG = auto()


@dataclass
class _Tries:
    """Wrong guesses of a browser or of an address.

    Attributes:
        wrong: how many.
        since: when they are forgiven from.
        until: no guess is heard before.
        heard: of a browser at a suspect address: when its next guess is; None until it asks.
    """

    wrong: int = 0
    since: float = 0.0
    until: float = 0.0
    heard: float | None = None


class Guesses:
    """Who has guessed how often.

    Args:
        clock: seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: dict[tuple[str, str], _Tries] = {}
        self._trusted: set[str] = set()  # browsers that have given the code

    def wait(self, browser: str, address: str, judge: Callable[[], Key]) -> float:
        """Try a key.

        Args:
            browser: who tries it.
            address: of the network that the browser is in.
            judge: what the key is; not asked as long as the browser has to wait.

        Returns:
            Seconds to wait before it can be tried; 0 where it has been.
        """
        with self._lock:
            now = self._clock()
            self._forgive(now)
            mine = self._tries.setdefault((BROWSER, browser), _Tries(since=now))
            here = self._tries.setdefault((ADDRESS, address), _Tries(since=now))
            until = mine.until
            if here.wrong >= FREE[ADDRESS] and browser not in self._trusted:
                mine.heard = now + PAUSE if mine.heard is None else mine.heard
                until = max(until, mine.heard, here.until)
            if until > now:
                return until - now
            mine.heard = None
            key = judge()
            if key is Key.CODE:
                self._trusted.add(browser)
                mine.wrong = 0
            elif key is Key.WRONG:
                self._count(BROWSER, browser, mine, now)
                self._count(ADDRESS, address, here, now)
            return 0.0

    def _count(self, kind: str, who: str, tries: _Tries, now: float) -> None:
        tries.wrong += 1
        if kind == BROWSER:
            tries.since = now
            beyond = tries.wrong - FREE[BROWSER]
            pause = min(FIRST * 2.0 ** min(beyond, 20), LONGEST) if beyond >= 0 else 0.0
        else:
            pause = APART if tries.wrong >= MANY else 0.0
        tries.until = now + pause
        if tries.wrong >= FREE[kind]:
            name = hashlib.sha256(who.encode()).hexdigest()[:8]  # no identifier in a log
            _LOGGER.warning("%d wrong keys from %s %s", tries.wrong, kind, name)

    def _forgive(self, now: float) -> None:
        forgiven = [n for n, tries in self._tries.items() if now - tries.since > FORGIVEN[n[0]]]
        for name in forgiven:
            del self._tries[name]


guesses = Guesses()
