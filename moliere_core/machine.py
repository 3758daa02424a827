"""What this machine has to offer."""

from __future__ import annotations

import os

MAX_CORES = 8  # more do not help matrices of this size


def usable_cores() -> int:
    """Cores that this process may use, at most `MAX_CORES`."""
    count = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))  # fewer than the machine's inside a container
    return min(count, MAX_CORES)
