"""The folder where everything that outlives a session is kept, and how files get there."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import platformdirs

from moliere_core.errors import RunError


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
        raise RunError(
            "{path} cannot be written ({reason}): make room, or choose another folder",
            path=path,
            reason=error.strerror,
        ) from error
