"""Who computes next: the pupils' works on one engine, in pieces, the short ones first.

NumPy lets go of the interpreter at every product of a model; with another busy thread, each time
costs up to 5 ms to have it back, and what takes 30 ms alone takes seconds in a class of thirty. So
one work is computed at a time. A long one must not keep the class waiting, so it gives way between
its pieces: at each report of progress, the turn goes to the work with the best claim.

A claim is counted in seconds, the least is the best: what the session has used lately, plus what
remains of the work, less what it has waited for. The first two let short works and modest pupils
pass first, as in shortest remaining time and fair share (Schrage 1968; Kay and Lauder 1988); the
third is the ageing that keeps a long work from waiting for ever.

Works run in threads of their own: a page that asks looks at `Turn.share` and says how far it is.
What nobody looks at any longer is abandoned. Nothing here knows Streamlit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from moliere_core.system.progress import Progress
from moliere_core.system.work import Work

T = TypeVar("T")

HALF_LIFE = 10.0  # seconds in which half of what a session has used is forgiven
MARGIN = 0.25  # seconds by which another claim must be better: equal works are done one by one
RATE = 2.0  # seconds of waiting that a second of computing uses up: a third of the time at least
LONGEST_GUESS = 60.0  # seconds that a work can be thought to need: its first reports may mislead
FORGOTTEN = 3.0  # seconds without a look after which a work is abandoned
LOOK = 0.25  # seconds between two looks at a work, of its thread and of a page


class AbandonedError(Exception):
    """Nobody has looked at this work for a while: ask for it again."""


class Turn(Work[T]):
    """Something that is computed in pieces, once for all who ask for it.

    Attributes:
        session: of who asked first.
        task: computes it, reporting the share done.
        seconds: computed so far.
        credit: seconds waited, less what computing has used up of them.
        since: when it began to wait, or to compute its present piece.
        looked: when a page was last seen to wait for it.
    """

    def __init__(self, engine: Turns, session: str, task: Callable[[Progress], T]) -> None:
        super().__init__()
        self.set_running_or_notify_cancel()
        self._engine = engine
        self.session, self.task = session, task
        self.seconds = self.credit = 0.0
        self.since = self.looked = engine.now()

    @property
    def remaining(self) -> float:
        """Seconds that it still needs, by its pace so far; 0 as long as nothing is known."""
        if not self.share:
            return 0.0
        return min(self.seconds * (1 - self.share) / self.share, LONGEST_GUESS)

    @property
    def others(self) -> int:
        """How many works the engine has beside this one."""
        return self._engine.others(self)

    def look(self) -> None:
        """Somebody still waits for it."""
        self.looked = self._engine.now()


class Turns:
    """One engine, and the works that want it.

    Args:
        clock: seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.now = clock
        self._changed = threading.Condition()
        self._running: Turn[Any] | None = None
        self._waiting: list[Turn[Any]] = []
        self._used: dict[str, tuple[float, float]] = {}  # session -> seconds, and when counted

    def begin(self, session: str, task: Callable[[Progress], T]) -> Turn[T]:
        """Have `task` computed in its turn; it reports the share done, from 0 to 1, to `Progress`.

        The more often it reports, the better it gives way: every 50 ms is about right.
        """
        work = Turn(self, session, task)
        with self._changed:
            self._waiting.append(work)
            if self._running is None:
                self._pass_on(work.since)
        thread = threading.Thread(target=self._do, args=(work,), name="moliere-turn", daemon=True)
        try:
            thread.start()
        except BaseException:  # no thread left: the turn must not stay with a work nobody does
            self._end(work)
            raise
        return work

    def others(self, work: Turn[Any]) -> int:
        """How many works there are beside this one."""
        with self._changed:
            everybody = [*self._waiting, self._running]
        return sum(1 for other in everybody if other is not None and other is not work)

    def give_way(self, longest: float = 1.0) -> None:
        """For what computes behind the pages: wait as long as a page waits for the engine.

        Args:
            longest: seconds; a busy class must not stop the background for good.
        """
        until = self.now() + longest
        with self._changed:
            while (self._running or self._waiting) and self.now() < until:
                self._changed.wait(LOOK)

    def behind(self, told: Progress | None = None) -> Progress:
        """A `Progress` that gives way at each report, and tells another one."""

        def report(share: float) -> None:
            if told is not None:
                told(share)
            self.give_way()

        return report

    def _do(self, work: Turn[T]) -> None:
        try:
            with self._changed:
                self._wait(work)
            result = work.task(lambda share: self._told(work, share))
        except BaseException as error:  # as executors do: it belongs to whoever asks
            self._end(work)
            work.set_exception(error)
        else:
            self._end(work)
            work.set_result(result)

    def _told(self, work: Turn[Any], share: float) -> None:
        with self._changed:
            now = self.now()
            self._count(work, now)
            work.told(min(max(share, 0.0), 1.0))
            self._give_up(work, now)
            rival = self._first(now)
            if rival and self._claim(rival, now) + MARGIN < self._claim(work, now):
                self._waiting.append(work)
                self._pass_on(now)
                self._wait(work)

    def _wait(self, work: Turn[Any]) -> None:
        """Wait for the turn; the lock is held."""
        while self._running is not work:
            self._changed.wait(LOOK)
            self._give_up(work, self.now())

    def _pass_on(self, now: float) -> None:
        """Give the turn to the work with the best claim, if there is any; the lock is held."""
        self._running = work = self._first(now)
        if work is not None:
            self._waiting.remove(work)
            work.credit += now - work.since
            work.since = now
        self._changed.notify_all()

    def _end(self, work: Turn[Any]) -> None:
        with self._changed:
            now = self.now()
            if self._running is work:
                self._count(work, now)
            self._used[work.session] = self._spent(work.session, now) + work.seconds, now
            for session in [s for s in self._used if self._spent(s, now) < MARGIN / 10]:
                del self._used[session]
            if self._running is work:
                self._pass_on(now)
            else:
                self._waiting.remove(work)

    def _count(self, work: Turn[Any], now: float) -> None:
        """Note what a work has computed since it was last counted."""
        spent = now - work.since
        work.since = now
        work.seconds += spent
        work.credit = max(work.credit - RATE * spent, 0.0)

    def _give_up(self, work: Turn[Any], now: float) -> None:
        if now - work.looked > FORGOTTEN:
            raise AbandonedError

    def _first(self, now: float) -> Turn[Any] | None:
        return min(self._waiting, key=lambda work: self._claim(work, now), default=None)

    def _claim(self, work: Turn[Any], now: float) -> float:
        """Seconds; who has the least is next."""
        waited = 0.0 if work is self._running else now - work.since
        return self._spent(work.session, now) + work.remaining - work.credit - waited

    def _spent(self, session: str, now: float) -> float:
        """Seconds that a session has used lately."""
        seconds, then = self._used.get(session, (0.0, now))
        return float(seconds * 0.5 ** ((now - then) / HALF_LIFE))


engine = Turns()
