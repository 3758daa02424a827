"""An index of the stored runs: only those that have changed are read again.

A page asks every few seconds, and a school year leaves a thousand runs: reading them all takes
seconds of processor, asking the file system whether they have changed some thousandths. Other
servers share the folder, so that nothing but the disk is believed: a run is read again when its
folder or one of its small files has another time, size or inode than when it was read. Times have
a grain, of up to two seconds on some disks; what was younger than that when it was read is read
again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from moliere_core.config import RunConfig
from moliere_core.errors import RunError, writable
from moliere_core.runs.run import (
    ASKED_BY,
    CONFIG,
    HISTORY,
    LABEL,
    VOCABULARY,
    Run,
    is_begun,
    is_identifier,
    runs_folder,
)
from moliere_core.system.records import Record
from moliere_core.system.storage import file_state

GRAIN_NS = 2_000_000_000  # of the times of the coarsest disks
_WATCHED = ("", CONFIG, VOCABULARY, HISTORY, LABEL, ASKED_BY)  # "": the folder, of snapshots

_Stamp = tuple[tuple[int, int, int] | None, ...]  # inode, time in ns, size of each; None if absent


@dataclass(frozen=True)
class StoredRun:
    """A run of the store, as it was when it last changed.

    Attributes:
        run: to open its weights.
        name: of its folder, its identifier.
        modified: when its settings were written, in seconds since 1970.
        config: its settings.
        label: what people call it, "" if nothing.
        asked_by: what whoever asked for it calls themselves, "" if nothing.
        symbols: size of its alphabet, the unknown symbol included.
        history: its records, see `Run.history`.
        epochs: those whose weights are stored.
        has_weights: whether any are.
        imported_from: the file that it came from, "" where it was trained here.
    """

    run: Run
    name: str
    modified: float
    config: RunConfig
    label: str
    asked_by: str
    symbols: int
    history: tuple[Record, ...]
    epochs: tuple[int, ...]
    has_weights: bool
    imported_from: str


@dataclass(frozen=True)
class DamagedRun:
    """A folder of the store that cannot be read as a run, and why."""

    name: str
    modified: float
    error: RunError


@dataclass
class _Index:
    """The runs of one folder."""

    folder: Path
    entries: dict[str, tuple[_Stamp, int, StoredRun | DamagedRun]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> list[StoredRun | DamagedRun]:
        with self.lock:
            known, self.entries = self.entries, {}
            for name in _folders(self.folder):
                self.entries[name] = self._entry(name, known.get(name))
            found = [entry for _stamp, _read, entry in self.entries.values()]
        return [entry for entry in found if not _is_being_begun(self.folder, entry)]

    def _entry(
        self, name: str, known: tuple[_Stamp, int, StoredRun | DamagedRun] | None
    ) -> tuple[_Stamp, int, StoredRun | DamagedRun]:
        now = time.time_ns()
        stamp = _stamp(self.folder / name)  # before it is read: what comes later shows next time
        if known is not None and known[0] == stamp and not _is_young(stamp, known[1]):
            return known
        return stamp, now, _read(self.folder / name)


_indices: dict[Path, _Index] = {}
_indices_lock = threading.Lock()


def stored_runs(folder: Path | None = None) -> list[StoredRun]:
    """The runs of a folder (the store's by default), newest first."""
    return [entry for entry in entries(folder) if isinstance(entry, StoredRun)]


def damaged_runs(folder: Path | None = None) -> list[DamagedRun]:
    """The folders that are no runs any more, newest first."""
    return [entry for entry in entries(folder) if isinstance(entry, DamagedRun)]


def entries(folder: Path | None = None) -> list[StoredRun | DamagedRun]:
    """Both, newest first."""
    folder = runs_folder() if folder is None else folder
    with _indices_lock:
        index = _indices.setdefault(folder, _Index(folder))
    return sorted(index.refresh(), key=lambda entry: (entry.modified, entry.name), reverse=True)


def _folders(folder: Path) -> Iterator[str]:
    """Names of the folders inside, those that begin with a dot left out: they are being written."""
    try:
        with os.scandir(folder) as found:
            yield from [e.name for e in found if not e.name.startswith(".") and e.is_dir()]
    except OSError:  # none yet
        return


def _is_being_begun(folder: Path, entry: StoredRun | DamagedRun) -> bool:
    """Whether a folder is no run yet: a training is beginning it, or was stopped as it began."""
    if isinstance(entry, StoredRun) or not is_identifier(entry.name):
        return False
    try:
        return is_begun(folder / entry.name)
    except OSError:
        return False


def _stamp(path: Path) -> _Stamp:
    base = os.fspath(path)
    return tuple(file_state(f"{base}/{name}") for name in _WATCHED)


def _is_young(stamp: _Stamp, read: int) -> bool:
    """Whether a change since may have left the same times, for they have a grain."""
    latest = max((part[1] for part in stamp if part is not None), default=0)
    return 0 <= read - latest < GRAIN_NS


def _read(path: Path) -> StoredRun | DamagedRun:
    try:
        modified = (path / CONFIG).stat().st_mtime
    except OSError:
        modified = 0.0
    try:
        run = Run.open(path)
        if run.id != path.name:
            raise RunError(
                "the folder {name} holds the run {run_id}: rename it to {run_id}",
                name=path.name,
                run_id=run.id,
            )
        snapshots = run.snapshots
        return StoredRun(
            run=run,
            name=path.name,
            modified=modified,
            config=run.config,
            label=run.label,
            asked_by=run.asked_by,
            symbols=len(run.vocabulary),
            history=tuple(run.history),
            epochs=tuple(s.epoch for s in snapshots if s.epoch is not None),
            has_weights=bool(snapshots),
            imported_from=run.imported_from,
        )
    except RunError as error:
        return DamagedRun(writable(path.name), modified, error)
    except OSError as error:  # the folder of another user of the machine
        refusal = RunError(
            "{path} cannot be read ({reason}): ask whoever made it to let you",
            path=path,
            reason=error.strerror or type(error).__name__,
        )
        return DamagedRun(writable(path.name), modified, refusal)
