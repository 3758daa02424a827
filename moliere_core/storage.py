"""The folder where everything that outlives a session is kept, and how files get there."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import IO

import platformdirs

from moliere_core.errors import RunError

LOCK_TRIES, LOCK_PAUSE = 10, 0.02  # seconds


def home() -> Path:
    """Where runs, corpora and models are kept: `MOLIERE_HOME`, or the user's data folder."""
    named = os.environ.get("MOLIERE_HOME")
    return Path(named) if named else Path(platformdirs.user_data_path("moliere"))


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader, or a crash, sees all of it or none; RunError if it cannot."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> RunError:
    """What to say of a file that cannot be written."""
    return RunError(
        "{path} cannot be written ({reason}): make room, or choose another folder",
        path=path,
        reason=error.strerror,
    )


def lock(path: Path) -> IO[bytes] | None:
    """Take a lock that ends with this process at the latest; None if somebody has it.

    Returns:
        The open file: whoever closes it lets go.

    Raises:
        RunError: the file cannot be written.
    """
    try:
        file = path.open("a+b")
    except OSError as error:
        raise unwritable(path, error) from error
    for _ in range(LOCK_TRIES):  # `is_locked` has it for an instant
        if _flock(file, shared=False):
            return file
        time.sleep(LOCK_PAUSE)
    file.close()
    return None


def is_locked(path: Path) -> bool:
    """Whether somebody has that lock: this process, another one, another server of the folder."""
    try:
        with path.open("r+b") as file:
            return not _flock(file, shared=True)
    except OSError:
        return False  # there is none


def _flock(file: IO[bytes], shared: bool) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: the queue of jobs alone keeps trainings apart
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: as on Windows
    return True
