"""Guesses at the teacher's code: a few are free, then each wrong one makes its author wait.

A school has one address, so two counts are kept, and neither lets pupils keep their teacher out:

- A browser, by its cookie, waits longer after each wrong guess: 5 s, 10 s, and so on to 10 minutes.
- Behind an address from which many wrong guesses came, every other guess is heard after `PAUSE`,
  counted from when its own browser first asks: others' guesses do not put it off.
- A browser that has given the right code is never slowed by its address again.

Pupils cannot do more by hand: about fifteen guesses an hour each. A program with as many browsers
as it likes would try as many codes as the server draws pages, some ten a second. That finds no code
of `LONG` characters, but most words of a dictionary in hours. So where the code is shorter and an
address sent more wrong guesses than a class can type, it has one guess a minute from then on.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_LOGGER = logging.getLogger(__name__)

BROWSER, ADDRESS = "browser", "address"
FREE = {BROWSER: 3, ADDRESS: 10}  # wrong guesses without a wait
FIRST, LONGEST = 5.0, 600.0  # seconds that a browser waits after the first wrong guess too many
PAUSE = 10.0  # seconds before a browser of a suspect address is heard
MANY, APART = 600, 60.0  # wrong guesses of an address, and seconds between two beyond them
LONG = 12  # characters of a code that no program finds
FORGIVEN = {BROWSER: 900.0, ADDRESS: 3600.0}  # seconds after the last, or the first, wrong guess


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

    def wait(
        self, browser: str, address: str, judge: Callable[[], bool], short: bool = True
    ) -> float:
        """Try a key that may be the teacher's code.

        Args:
            browser: who tries it.
            address: of the network that the browser is in.
            judge: whether it is the code; not asked as long as the browser has to wait.
            short: whether the code has less than `LONG` characters.

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
                until = max(until, mine.heard, here.until if short else 0.0)
            if until > now:
                return until - now
            mine.heard = None
            if judge():
                self._trusted.add(browser)
                mine.wrong = 0
            else:
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
