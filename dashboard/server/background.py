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
from typing import TypeVar

from dashboard.server.turns import engine
from moliere_core.errors import MoliereError
from moliere_core.system.progress import Progress
from moliere_core.system.work import Work

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

    def begin(self, task: Callable[[Progress], T], work: Work[T] | None = None) -> Work[T]:
        """Have `task` done in its turn; at each report of its progress, it gives way to the pages.

        Args:
            task: what is to be done.
            work: the handle, where it tells more than a share.

        Returns:
            The handle; its result, or its error, will be in it.
        """
        handle = Work[T]() if work is None else work

        def do() -> None:
            if not handle.set_running_or_notify_cancel():
                return
            try:
                result = task(engine.behind(handle.told))
            except BaseException as error:  # as executors do: it belongs to whoever asks
                if not isinstance(error, MoliereError):  # a page may never ask
                    _LOGGER.exception("%s has failed", self._name)
                handle.set_exception(error)
            else:
                handle.set_result(result)

        with self._lock:
            self._waiting.append(do)
            if not self._at_work:
                self._at_work = True
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return handle

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._at_work = False
                    return
                do = self._waiting.popleft()
            do()
