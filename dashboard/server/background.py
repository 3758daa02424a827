"""Work that a page can do without for a while, and that never keeps the server from ending.

The threads of `concurrent.futures` are waited for when Python ends: a server told to stop would
go on for minutes, of a corpus that is read or of a GPT that is measured. A daemon's are not. What
is stored on the way is written under a temporary name, so that nothing is left half-written.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from moliere_core.errors import MoliereError

P = ParamSpec("P")
T = TypeVar("T")
_LOGGER = logging.getLogger(__name__)


class Background:
    """One thing after another, in the order in which they were asked for.

    There is a thread as long as there is something to do.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._at_work = False

    def submit(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Do `task(*args)` in its turn; its result, or its error, will be in the future."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = task(*args, **kwargs)
            except BaseException as error:  # as executors do: it belongs to whoever asks
                if not isinstance(error, MoliereError):  # a page may never ask
                    _LOGGER.exception("%s has failed", self._name)
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            self._waiting.append(work)
            if not self._at_work:
                self._at_work = True
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return future

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._at_work = False
                    return
                work = self._waiting.popleft()
            work()
