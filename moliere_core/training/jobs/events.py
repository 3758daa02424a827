"""The events of a job: a line of JSON each, added to a file and checked where they are read."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from moliere_core.runs.history import epoch_record
from moliere_core.system.records import (
    MOST,
    DamagedError,
    Record,
    count,
    is_writable,
    mapping,
    measure,
    parse,
    text,
    wrong,
)
from moliere_core.system.storage import write_error

# Of an event: what it cannot do without, and what its values are.
_NEEDED = {
    "started": ("epochs", "updates", "resumed_from"),
    "progress": ("update", "loss"),
    "epoch": ("record",),
}
_COUNTS = (
    "epoch",
    "epochs",
    "update",
    "updates",
    "resumed_from",
    "parameters",
    "vocab_size",
    "chars",
)
_AMOUNTS = ("loss", "chars_per_second", "seconds_left", "time")
_TEXTS = ("run", "path", "name", "address", "message", "template")


def append(path: Path, record: Record) -> None:
    """Add a line to a file of events, after closing one that a killed writer left open.

    Raises:
        RunError: it cannot be written.
    """
    try:
        _append(path, record)
    except OSError as error:
        raise write_error(path, error) from error


def _append(path: Path, record: Record) -> None:
    line = json.dumps({**record, "time": round(time.time(), 3)}, ensure_ascii=False) + "\n"
    binary = getattr(os, "O_BINARY", 0)  # of Windows
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | binary, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        if size:
            os.lseek(descriptor, size - 1, os.SEEK_SET)
            if os.read(descriptor, 1) != b"\n":
                line = "\n" + line
        data = line.encode()
        if os.write(descriptor, data) < len(data):  # the next writer closes what is there
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(descriptor)


@dataclass
class EventFile:
    """The reader of a file of events: each line is read and parsed once, whoever asks."""

    path: Path
    records: list[Record] = field(default_factory=list)
    _offset: int = 0

    def refresh(self) -> list[Record]:
        """The records that came since the last call."""
        try:
            if self.path.stat().st_size <= self._offset:
                return []
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except OSError:
            return []
        whole = data.rfind(b"\n") + 1  # a line being written is left for the next time
        self._offset += whole
        fresh = []
        for line in data[:whole].split(b"\n"):
            with contextlib.suppress(DamagedError):  # the last line of a killed writer, say
                fresh.append(event_record(line))
        self.records += fresh
        return fresh


def event_record(line: str | bytes) -> Record:
    """A line of a job's events: what this version knows of it.

    Raises:
        DamagedError: it is no event, or one of its values is of another kind.
    """
    document = mapping(parse(line))
    kind = text(document, "event")
    for name in _NEEDED.get(kind, ()):
        if name not in document:
            raise DamagedError("{name} is missing", name=name)
    record: Record = {"event": kind}
    for name in document:
        if name in _COUNTS:
            record[name] = count(document, name)
        elif name in _AMOUNTS:
            record[name] = measure(document, name, 0, MOST, optional=True)
        elif name in _TEXTS:
            record[name] = text(document, name)
    if "stored" in document:
        record["stored"] = bool(document["stored"])
    if "values" in document:  # of a sentence
        record["values"] = dict(mapping(document["values"]))
        if not is_writable(json.dumps(record["values"], ensure_ascii=False)):
            wrong("values", record["values"])
    if "record" in document:
        record["record"] = epoch_record(document["record"])
    return record
