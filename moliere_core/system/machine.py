"""Cores, memory, open files and installed packages of this machine, and how public it is."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from pathlib import Path

from moliere_core.errors import ConfigError

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

LOAD, TASKS = Path("/proc/loadavg"), Path("/proc/self/task")  # of Linux
TRAINING = ("keras", "tensorflow")  # what a training needs
MAX_CORES = 8  # more do not help matrices of this size
MOST_PLACES = 150  # of one server: its pages share one processor, see docs/benchmarks.md


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


def free_cores(cores: int) -> int:
    """How many of so many cores no other process computes on at this moment; at least 1.

    All of them where the system does not tell.
    """
    try:
        running = int(LOAD.read_text(encoding="ascii").split()[3].split("/")[0])
        # Threads of this process that run: a pool's do so for a while after their work.
        own = sum(_state(task) == "R" for task in TASKS.iterdir())
    except (OSError, IndexError, ValueError):
        return cores
    return max(1, cores - max(running - own, 0))


def _state(task: Path) -> str:
    """The state of a thread, such as "R" for running; "" of one that has ended meanwhile."""
    try:
        return (task / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def installed(*packages: str) -> bool:
    """Whether all of these are installed; none is imported."""
    return all(importlib.util.find_spec(name) for name in packages)


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


SESSION_MEGABYTES = 8  # for a session, its pages and their results: a cautious guess
RESERVED_MEGABYTES = 800  # for a training, or for a pretrained model
SESSION_FILES, RESERVED_FILES = 7, 64  # a browser's connections; the server's own files


def places() -> int:
    """Sessions that this machine can serve at once: `MOLIERE_PLACES`, else by memory and files.

    Raises:
        ConfigError: the variable is no whole number above 0.
    """
    text = os.environ.get("MOLIERE_PLACES", "")
    if text:
        if not text.isdecimal() or int(text) < 1:
            raise ConfigError(
                "MOLIERE_PLACES is {text!r}: give a whole number, at least 1", text=text
            )
        return int(text)
    found = []
    if (free := free_megabytes()) is not None:
        found.append((free - RESERVED_MEGABYTES) // SESSION_MEGABYTES)
    if (files := file_limit()) is not None:
        found.append((files - RESERVED_FILES) // SESSION_FILES)
    return max(min([*found, MOST_PLACES]), 1)


def file_limit() -> int | None:
    """Files and connections that this process may have open; None where there is no limit."""
    if resource is None:
        return None
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else int(soft)


def raise_file_limit(wanted: int = 65_536) -> None:
    """Ask the system for as many open files as it grants without an administrator."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def resident_megabytes(pid: int) -> int:
    """Memory that a process holds, in MB; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    except (OSError, IndexError, ValueError):
        return 0
