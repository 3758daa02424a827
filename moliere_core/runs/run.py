"""A run on disk: a folder with the settings, the alphabet, the history and the snapshots.

`config.json`, `vocabulary.json`, `history.jsonl` (a line an epoch), `epoch-000.safetensors`
(untrained) to `epoch-NNN.safetensors`, `step-NNNNNN.safetensors` inside the first epoch,
`resume.safetensors` while it is not complete, `label.json`, `owner.json`, `asked-by.json`. Every
file is written under a temporary name and then renamed, so that a reader never sees half of one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from moliere_core.config import MistypedError, RunConfig
from moliere_core.errors import ConfigError, MoliereError, RunError
from moliere_core.runs.history import read_history
from moliere_core.runs.ownership import Owner, may_change, read_owner, write_owner
from moliere_core.system.records import (
    DamagedError,
    Record,
    count,
    mapping,
    read_json,
    text,
)
from moliere_core.system.storage import home, is_locked, lock, write_atomically
from moliere_core.text.vocabulary import Vocabulary

CONFIG, VOCABULARY, HISTORY = "config.json", "vocabulary.json", "history.jsonl"
RESUME, LABEL, OWNER, LOCK = "resume.safetensors", "label.json", "owner.json", "training.lock"
ASKED_BY = "asked-by.json"
ID_LENGTH = 12
MAX_LABEL = 80
MAX_NAME = 24
PRIVATE = (RESUME, OWNER, LOCK, ASKED_BY)  # what a downloaded run does without

# Settings that came after runs were first stored: at these values the request is the same as then.
LATER_SETTINGS: dict[str, dict[str, Any]] = {
    "model": {"heads": 0, "context": 0},
    "training": {"quick_start": False, "warm_up": 0, "last_only": False},
}

HELD_OUT = ("plays", "last-tenth")
_PROVENANCE = ("imported_from", "alphabet", "play")  # of a corpus: texts, where they are

_SNAPSHOT = re.compile(r"(?P<kind>epoch|step)-(?P<number>\d+)\.safetensors")
_WANTED = re.compile(r"(?:(?P<kind>epoch|step)[- ]?)?(?P<number>\d+)")
Precision = Literal["float16", "float32"]

# What reading a damaged JSON raises; RecursionError: a hundred thousand brackets.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def runs_folder() -> Path:
    """Where runs are kept, inside `home()`."""
    return home() / "runs"


def is_identifier(text: str) -> bool:
    """Whether `text` has the form of a run's identifier."""
    return bool(re.fullmatch(rf"[0-9a-f]{{{ID_LENGTH}}}", text))


def run_path(run_id: str) -> Path:
    """The folder of a run of the store, there or not; RunError if `run_id` is no identifier."""
    if not is_identifier(run_id):
        raise RunError(
            "{run_id!r} is not a run: an identifier is {digits} digits 0-9 and a-f",
            run_id=run_id,
            digits=ID_LENGTH,
        )
    return runs_folder() / run_id


def is_begun(path: Path) -> bool:
    """Whether a folder holds nothing yet, or what `Run.create` writes before the settings."""
    return all(p.name.startswith((VOCABULARY, ".")) for p in path.iterdir())


def checked_label(label: str) -> str:
    """What people call a run, on one line; ConfigError where it is longer than `MAX_LABEL`."""
    label = " ".join(label.split())
    if len(label) > MAX_LABEL:
        raise ConfigError(
            "this name has {chars} characters: keep it within {limit}",
            chars=len(label),
            limit=MAX_LABEL,
        )
    return label


def request_id(config: RunConfig, corpus_digest: str, initial_digest: str = "") -> str:
    """Identifier of what is asked for: the same request, the same run.

    Args:
        config: all the settings, the number of epochs included.
        corpus_digest: of the corpus (`Corpus.digest`).
        initial_digest: of the weights that a fine-tuning starts from.

    Returns:
        The first 12 hexadecimal digits of a SHA-256.
    """
    settings = config.to_json()
    for part, later in LATER_SETTINGS.items():
        for name, default in later.items():
            if settings[part][name] == default:
                del settings[part][name]
    request = [settings, corpus_digest, initial_digest]
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:ID_LENGTH]


@dataclass(frozen=True)
class Snapshot:
    """Stored weights.

    Attributes:
        name: "epoch-003" or "step-000100".
        epoch: number of the epoch it ended, None inside the first; 0 is the untrained network.
        update: updates made when it was taken.
        path: its safetensors file.
    """

    name: str
    epoch: int | None
    update: int
    path: Path

    @property
    def digest(self) -> str:
        """Identifier of the stored weights: the first 12 hexadecimal digits of a SHA-256."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()[:ID_LENGTH]


class Run:
    """A run's folder. Nothing is read before it is asked for; `open` checks that it is a run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Run:
        """The run in the folder `path`: RunError if there is none, or if it is half-written."""
        run = cls(path)
        if not (path / CONFIG).is_file():
            raise RunError(
                "{path} is not a run: choose a folder that training has written", path=path
            )
        try:
            _ = run.id, run.config, run.corpus, run.held_out, run.vocabulary, run.snapshots
        except RunError:
            raise
        except MistypedError as error:
            raise _damaged(path, error) from error
        except ConfigError as error:
            raise RunError(
                "{path} was trained by another version of this application ({error}): open it "
                "with that one",
                path=path,
                error=error,
            ) from error
        except (MoliereError, *UNREADABLE) as error:
            raise _damaged(path, error) from error
        return run

    @classmethod
    def create(
        cls,
        path: Path,
        run_id: str,
        config: RunConfig,
        vocabulary: Vocabulary,
        corpus: Mapping[str, Any],
        held_out: str,
    ) -> Run:
        """Begin a run, or take up the one that the same request began in this folder.

        Args:
            path: its folder, made if need be.
            run_id: from `request_id`.
            config: its settings.
            vocabulary: its alphabet.
            corpus: "source", "digest" and "chars" of the corpus.
            held_out: "plays" or "last-tenth", see `corpus.split`.

        Raises:
            RunError: the folder holds something else, or cannot be written.
        """
        if (path / CONFIG).is_file():
            run = cls.open(path)
            if run.id != run_id:
                raise RunError(
                    "{path} holds another run ({run_id}): choose another folder",
                    path=path,
                    run_id=run.id,
                )
            return run
        if path.is_dir() and not is_begun(path):
            raise RunError(
                "{path} holds files that are not a run's: choose an empty folder", path=path
            )
        # The settings come last: a folder with them is a run.
        write_atomically(path / VOCABULARY, _json({"chars": vocabulary.chars}))
        document = {
            "id": run_id,
            **config.to_json(),
            "corpus": dict(corpus),
            "held_out": held_out,
        }
        write_atomically(path / CONFIG, _json(document, indent=2))
        return cls.open(path)

    @cached_property
    def _document(self) -> Mapping[str, Any]:
        """`config.json`, its own values checked; those of the settings are by `RunConfig`."""
        document = mapping(read_json(self.path / CONFIG))
        if not re.fullmatch(
            r"[\w-]{1,80}", text(document, "id")
        ):  # it names a folder, see `zip_bytes`
            raise DamagedError("id is {value}", value=ascii(document["id"])[:40])
        if document.get("held_out") not in HELD_OUT:
            raise DamagedError("held_out is {value}", value=ascii(document.get("held_out"))[:40])
        corpus = mapping(document.get("corpus"))
        for name in ("source", "digest"):
            text(corpus, name)
        for name in _PROVENANCE:
            text(corpus, name, "")
        count(corpus, "chars")
        return document

    @property
    def id(self) -> str:
        """First 12 hexadecimal digits of a hash: of the request, or of what was imported."""
        return str(self._document["id"])

    @cached_property
    def config(self) -> RunConfig:
        """The settings it was trained with."""
        return RunConfig.from_json(dict(self._document))

    @property
    def corpus(self) -> dict[str, Any]:
        """The corpus it read: "source", "digest", "chars" (of the training text).

        Where it was imported, "imported_from", the file's name; of a notebook's model "alphabet"
        and "play", see `keras_import`.
        """
        return dict(self._document["corpus"])

    @property
    def imported_from(self) -> str:
        """The file that it was imported from, "" where it was trained here."""
        return str(self._document["corpus"].get("imported_from", ""))

    @property
    def held_out(self) -> str:
        """What was held out to measure: "plays" or "last-tenth"."""
        return str(self._document["held_out"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Its alphabet."""
        return Vocabulary.load(self.path / VOCABULARY)

    @property
    def history(self) -> list[Record]:
        """One record an epoch, read afresh: another process may be adding to it.

        Its values are checked, see `history.read_history`; RunError where one is damaged.
        """
        try:
            return read_history(self.path / HISTORY)
        except (DamagedError, OSError) as error:
            raise _damaged(self.path, error, HISTORY) from error

    @property
    def complete(self) -> bool:
        """Whether all the epochs asked for are there."""
        epochs = self.config.training.epochs
        last = self.path / f"{epoch_name(epochs)}.safetensors"
        return len(self.history) >= epochs and last.is_file()

    @property
    def snapshots(self) -> list[Snapshot]:
        """All stored weights, in the order in which they were taken."""
        updates = {0: 0} | {record["epoch"]: record["updates"] for record in self.history}
        found = []
        for path in self.path.glob("*.safetensors"):
            match = _SNAPSHOT.fullmatch(path.name)
            if match is None:
                continue
            number = int(match["number"])
            if match["kind"] == "step":
                found.append(Snapshot(path.stem, None, number, path))
            elif number in updates:  # else its epoch is not measured yet
                found.append(Snapshot(path.stem, number, updates[number], path))
        return sorted(found, key=lambda s: (s.update, s.epoch or 0))

    def snapshot(self, name: str | int | None = None) -> Snapshot:
        """The snapshot of that name: "3" (an epoch), "epoch 3", "step-100"; None or "latest".

        Raises:
            RunError: there is none.
        """
        found = self.snapshots
        if not found:
            raise RunError(
                "the run {run_id} has no weights yet: wait for its first snapshot", run_id=self.id
            )
        if name in (None, "latest"):
            return found[-1]
        match = _WANTED.fullmatch(str(name))
        if match is not None:
            kind, number = match["kind"] or "epoch", int(match["number"])
            for snapshot in found:
                if number == (snapshot.epoch if kind == "epoch" else _step(snapshot)):
                    return snapshot
        names = ", ".join(s.name for s in found[:6]) + (", ..." if len(found) > 6 else "")
        raise RunError(
            "the run {run_id} has no snapshot {name!r}: choose among {names}",
            run_id=self.id,
            name=name,
            names=names,
        )

    # Writing

    def save_snapshot(
        self, name: str, weights: Mapping[str, NDArray[Any]], dtype: Precision = "float32"
    ) -> Path:
        """Write `<name>.safetensors`, in half or single precision; returns its path."""
        path = self.path / f"{name}.safetensors"
        # In rows: `save` writes the memory of an array, in whatever order it is.
        arrays = {name: np.ascontiguousarray(w, dtype) for name, w in weights.items()}
        write_atomically(path, save(arrays))
        return path

    def save_history(self, records: list[dict[str, Any]]) -> None:
        """Write the whole history, one record an epoch from the first."""
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        write_atomically(self.path / HISTORY, "".join(lines).encode())

    def append_history(self, record: dict[str, Any]) -> None:
        """Add the record of one more epoch."""
        self.save_history([*self.history, record])

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from training this run: RunError if one is at it."""
        held = lock(self.path / LOCK)
        if held is None:
            raise RunError(
                "the run {run_id} is being trained by another process: wait for its end",
                run_id=self.id,
            )
        try:
            yield
        finally:
            held.release()

    @property
    def locked(self) -> bool:
        """Whether it is being trained."""
        return is_locked(self.path / LOCK)

    # What people do with it

    @property
    def label(self) -> str:
        """What people call it, "" if nothing."""
        return self._said(LABEL, "label")[:MAX_LABEL]

    @property
    def asked_by(self) -> str:
        """What whoever asked for it first calls themselves, "" where they did not say."""
        return self._said(ASKED_BY, "name")[:MAX_NAME]

    def _said(self, file: str, name: str) -> str:
        """The text `name` in a small file of the run, on one line; "" where there is none."""
        try:
            said = text(mapping(read_json(self.path / file)), name)
        except (OSError, DamagedError):
            return ""
        return " ".join(said.split())

    def rename(self, label: str, token: str | None = None) -> None:
        """Give it another label.

        Raises:
            RunError: `token` is not its owner's, or the file cannot be written.
            ConfigError: the label is too long.
        """
        self._require_owner(token)
        write_atomically(self.path / LABEL, _json({"label": checked_label(label)}))

    def delete(self, token: str | None = None) -> None:
        """Remove it from the store; RunError unless `token` is its owner's."""
        self._require_owner(token)
        if self.path.resolve().parent != runs_folder().resolve():
            raise RunError(
                "{path} is outside the store of runs: remove the folder by hand", path=self.path
            )
        # Renamed first: a reader sees the whole run or none.
        hidden = self.path.with_name(f".{self.path.name}-{secrets.token_hex(4)}")
        try:
            self.path.rename(hidden)
        except OSError as error:
            raise RunError(
                "{path} cannot be removed: {reason}", path=self.path, reason=error.strerror
            ) from error
        shutil.rmtree(hidden, ignore_errors=True)

    def set_owner(self, token: str) -> None:
        """Give it an owner; only a salted hash of the token is kept."""
        write_owner(self.path / OWNER, Owner.of(token))

    def check_owner(self, token: str | None) -> bool:
        """Whether the holder of `token` may change it, see `ownership.may_change`."""
        return may_change(read_owner(self.path / OWNER), token)

    def _require_owner(self, token: str | None) -> None:
        if not self.check_owner(token):
            raise RunError(
                "the run {name} belongs to someone else: "
                "ask the person who trained it, or give the teacher's code",
                name=self.label or self.path.name,
            )

    def zip_bytes(self) -> bytes:
        """The run as a zip archive, less what is private to this machine (`PRIVATE`)."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # weights do not shrink
            for path in sorted(self.path.iterdir()):
                if path.is_file() and path.name not in PRIVATE and not path.name.startswith("."):
                    archive.write(path, f"{self.id}/{path.name}")
        return buffer.getvalue()


def epoch_name(epoch: int) -> str:
    """Name of the snapshot at the end of an epoch; 0 is the untrained network."""
    return f"epoch-{epoch:03d}"


def is_snapshot(name: str) -> bool:
    """Whether a file of that name holds a snapshot, as training writes it."""
    match = _SNAPSHOT.fullmatch(name)
    if match is None or len(match["number"]) > 9:
        return False
    named = epoch_name if match["kind"] == "epoch" else step_name
    return name == f"{named(int(match['number']))}.safetensors"


def step_name(update: int) -> str:
    """Name of the snapshot after so many updates, inside the first epoch."""
    return f"step-{update:06d}"


def _damaged(path: Path, error: Exception, file: str = "") -> RunError:
    """The error of a run that cannot be read."""
    if isinstance(error, OSError):
        error = DamagedError("{reason}", reason=error.strerror or "?")
    if file:
        error = DamagedError("{file}: {error}", file=file, error=error)
    return RunError(
        "{path} is damaged ({error}): delete it, and train or import it again",
        path=path,
        error=error if isinstance(error, MoliereError) else repr(error)[:80],
    )


def _step(snapshot: Snapshot) -> int | None:
    return snapshot.update if snapshot.epoch is None else None


def _json(data: Mapping[str, Any], indent: int | None = None) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=indent).encode()
