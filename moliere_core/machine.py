"""What this machine has to offer, and to whom."""

from __future__ import annotations

import os
from pathlib import Path

from moliere_core.errors import ConfigError

MAX_CORES = 8  # more do not help matrices of this size


def usable_cores() -> int:
    """Cores that this process may use, at most `MAX_CORES`."""
    count = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))  # fewer than the machine's inside a container
    return min(count, MAX_CORES)


def threads() -> int:
    """Threads that a framework may use: `MOLIERE_THREADS`, or `usable_cores`.

    Raises:
        ConfigError: the variable is no whole number above 0.
    """
    text = os.environ.get("MOLIERE_THREADS", str(usable_cores()))
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError("MOLIERE_THREADS is {text!r}: give a whole number, at least 1", text=text)
    return int(text)


def is_public() -> bool:
    """Whether the server is open to strangers (`MOLIERE_PUBLIC=1`)."""
    return os.environ.get("MOLIERE_PUBLIC") == "1"


def free_megabytes() -> int | None:
    """Memory that a new process can take, in MB; None where the system does not tell.

    The least of what the machine has free, what the container's limit leaves, and
    `MOLIERE_WORKER_MEMORY_MB`.
    """
    found = [_meminfo(), _cgroup()]
    named = os.environ.get("MOLIERE_WORKER_MEMORY_MB", "")
    found.append(int(named) if named.isdecimal() and int(named) else None)
    return min((size for size in found if size is not None), default=None)


def _meminfo() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = next(line.split()[1] for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, IndexError):
        return None
    return int(kilobytes) * 1024 // 1_000_000


def _cgroup() -> int | None:
    """What the container's memory limit leaves, page cache not counted as used."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = int((folder / "memory.max").read_text(encoding="ascii"))
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):  # no limit reads "max"
        return None
    cache = sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    return max(limit - used + cache, 0) // 1_000_000


def resident_megabytes(pid: int) -> int:
    """Memory that a process holds, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    except (OSError, IndexError, ValueError):
        return 0
