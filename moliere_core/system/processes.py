"""What a worker process does about itself: its limits, and its end when the server is gone.

The side that starts one is in `workers`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import NoReturn

NICENESS = 10  # the pages come first; `MOLIERE_NICENESS` says otherwise
MOST_NICE = 19
ORPHANED = 3  # exit status when the server is gone


def limit_resources() -> None:
    """Give way to the pages by `MOLIERE_NICENESS`; take at most `MOLIERE_WORKER_MEMORY_MB`."""
    if hasattr(os, "nice"):
        asked = os.environ.get("MOLIERE_NICENESS", "")
        with contextlib.suppress(OSError):
            os.nice(min(int(asked), MOST_NICE) if asked.isdecimal() else NICENESS)
    text = os.environ.get("MOLIERE_WORKER_MEMORY_MB", "")
    if text.isdecimal() and int(text):
        limit_memory(int(text))


def limit_memory(megabytes: int) -> None:
    """Let this process take no more memory than that, where the system knows such limits."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        size = megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def limit_processor(seconds: int) -> None:
    """End this process after so many seconds of processor, where the system knows such limits."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it ends without a copy of its memory
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def read_input(take: Callable[[bytes], None], size: int = 1) -> NoReturn:
    """Pass on what comes on standard input; leave at once when that pipe closes.

    So a server killed by SIGKILL leaves no orphan. To be run in a daemon thread.
    """
    while True:
        # Not sys.stdin: its lock, held by a daemon thread, would abort the interpreter's exit.
        with contextlib.suppress(OSError):
            data = os.read(0, size)
            if data:
                take(data)
                continue
        os._exit(ORPHANED)
