"""The folder where everything that outlives a session is kept, and how files get there."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from moliere_core.errors import N_, RunError

LOCK_SECONDS, LOCK_PAUSE = 0.2, 0.01
# Of a file system without locks: the queue of jobs alone keeps trainings apart.
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)

_asking = threading.Lock()  # two that ask at once would take each other for somebody


def home() -> Path:
    """Where runs, corpora and models are kept: `MOLIERE_HOME`, or the user's data folder."""
    named = os.environ.get("MOLIERE_HOME")
    return Path(named) if named else Path(platformdirs.user_data_path("moliere"))


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader, a crash or a power cut sees all of it or what was there.

    The content reaches the disk before the name does: a name alone that survives a power cut is an
    empty file where a whole one was.

    Raises:
        RunError: it cannot be written; what was there stays.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        make_folder(path.parent)
        write_through(temporary, data)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise write_error(path, error) from error


def remove(path: Path) -> None:
    """Remove a file, if it is there; RunError if it cannot."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise write_error(path, error) from error


def write_through(path: Path, data: bytes) -> None:
    """Write a file, and wait until the disk has it; OSError if it cannot."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def file_state(path: str | Path) -> tuple[int, int, int] | None:
    """What changes when a file does: its inode, time in ns and size; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, so that they outlast a power cut; OSError if it cannot."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    _sync_folder(path.parent)


def settle(temporary: Path, folder: Path) -> None:
    """Rename a folder that was written under a temporary name: it appears whole or not at all.

    Raises:
        OSError: it cannot be renamed, or the folder is there and holds something.
    """
    for path in temporary.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    _sync_folder(temporary)
    temporary.rename(folder)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, on systems that can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# What an operating system says, for readers of another language.
REASONS = (
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Permission denied"),
    N_("Input/output error"),
)


def write_error(path: Path, error: OSError) -> RunError:
    """The error of a file that cannot be written."""
    return RunError(
        "{path} cannot be written ({reason}): make room, or choose another folder",
        path=path,
        reason=error.strerror or str(error),
    )


def lock(path: Path) -> FileLock | None:
    """Take a lock that ends with this process at the latest; None if somebody has it.

    Returns:
        The lock, which any thread may release.

    Raises:
        RunError: the file cannot be written.
    """
    held = FileLock(path, thread_local=False)
    try:
        # `is_locked`, of another server of the folder, has it for an instant.
        held.acquire(timeout=LOCK_SECONDS, poll_interval=LOCK_PAUSE)
    except Timeout:
        return None
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise write_error(path, error) from error
    return held


def is_locked(path: Path) -> bool:
    """Whether somebody has that lock: this process, another one, another server of the folder."""
    for _try in range(2):  # another server may ask at the same instant
        with _asking:
            if not path.is_file():
                return False
            try:
                with FileLock(path, blocking=False):
                    return False
            except Timeout:
                pass
            except OSError:
                return False  # none can be taken
        time.sleep(LOCK_PAUSE)
    return True
