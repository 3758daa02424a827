"""What this machine has to offer, and to whom."""

from __future__ import annotations

import os

MAX_CORES = 8  # more do not help matrices of this size


def usable_cores() -> int:
    """Cores that this process may use, at most `MAX_CORES`."""
    count = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))  # fewer than the machine's inside a container
    return min(count, MAX_CORES)


def is_public() -> bool:
    """Whether the server is open to strangers (`MOLIERE_PUBLIC=1`)."""
    return os.environ.get("MOLIERE_PUBLIC") == "1"
