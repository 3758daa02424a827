"""A run's `.zip`, as `Run.zip_bytes` makes it, brought into the store of another machine.

Only the files of a run are read, by their plain names, up to a size known beforehand; they are
written into a hidden folder, opened and checked there, and the folder is renamed last: the store
has the whole run or nothing of it.

What comes from outside is named after its content, never after what it says of itself: otherwise a
file could stand where the class's next training looks for its own, and be taken for it. It says for
ever from which file it came (`Run.imported_from`).
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from safetensors import SafetensorError, safe_open

from moliere_core.config import MistypedError
from moliere_core.corpus.names import printable
from moliere_core.errors import ConfigError, ModelError, MoliereError, RunError
from moliere_core.exchange.keras_file import METADATA, WEIGHTS, other_archive
from moliere_core.networks.loading import load_network
from moliere_core.runs.run import (
    CONFIG,
    HISTORY,
    ID_LENGTH,
    LABEL,
    RESUME,
    UNREADABLE,
    VOCABULARY,
    Run,
    epoch_name,
    is_snapshot,
    run_path,
    runs_folder,
)
from moliere_core.system.machine import is_public
from moliere_core.system.progress import Progress, part
from moliere_core.system.storage import settle, write_error

MAX_BYTES = 200_000_000  # of the archive, and of its files unpacked: 90 epochs of the course's
MAX_TEXT = 10_000_000  # bytes of a file that is not weights
MAX_FILES = 2_000
MAX_TABLE = 10_000_000  # symbols times units: four floats each, see `RecurrentNetwork`
_TEXTS = (CONFIG, VOCABULARY, HISTORY, LABEL)
_ENTRY = b"PK\x01\x02"  # what each entry of an archive's table begins with
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LINKS = stat.S_IFLNK
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OverflowError,  # a place beyond any memory, as an entry of 64 bits may say
)  # fmt: skip


def check_allowed() -> None:
    """ConfigError on a public server, where nobody's files become runs."""
    if is_public():
        raise ConfigError(
            "a public server imports no model: import this one on your own machine, where the "
            "application runs too"
        )


def is_run(data: bytes) -> bool:
    """Whether the file is an archive of a run, whatever its name; a `.keras` is an archive too."""
    try:
        with _archive(data) as archive:
            names = {_path(name).name for name in archive.namelist()}
    except (*_DAMAGED, OSError):
        return False
    return {CONFIG, VOCABULARY} <= names and METADATA not in names


def import_run(
    data: bytes, name: str, token: str = "", told: Progress = lambda _share: None
) -> tuple[Run, bool]:
    """Bring a run into the store, from the archive that another machine made of it.

    Args:
        data: the archive.
        name: its name, for errors.
        token: of who imports it, and then owns the run.
        told: called as it goes on.

    Returns:
        The run, and whether it is new here: one that the store has already stays as it is.

    Raises:
        ConfigError: this server is public.
        RunError: the file is something else, too large or damaged, or cannot be stored.
        ModelError: it is a model saved by TensorFlow or by Keras, or an archive of one.
    """
    check_allowed()
    if len(data) > MAX_BYTES:
        raise _too_large(name)
    folder = runs_folder() / f".import-{secrets.token_hex(8)}"
    try:
        try:
            folder.mkdir(parents=True)
            _unpack(data, name, folder, part(told, 0, 2))
            run = _checked(folder, name, part(told, 1, 2))
            _check_last(run, name)
            return _settled(run, name, token)
        except OSError as error:
            raise write_error(runs_folder(), error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def content_digest(run: Run) -> str:
    """SHA-256 of what a run is: settings, alphabet, history, weights; not of what it is called."""
    settings = json.loads((run.path / CONFIG).read_text(encoding="utf-8"))
    del settings["id"]
    settings["corpus"].pop("imported_from", None)
    weights = {path.name: _digest(path) for path in sorted(run.path.glob("*.safetensors"))}
    weights.pop(RESUME, None)
    content = [settings, run.vocabulary.chars, run.history, weights]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settled(run: Run, name: str, token: str) -> tuple[Run, bool]:
    """Give the run its place in the store, unless the same one is there."""
    digest = content_digest(run)
    here = _same(run.id, digest)
    if here is not None:
        return here, False
    # A prefix of its own: no training's request gives this identifier.
    run_id = hashlib.sha256(f"imported:{digest}".encode()).hexdigest()[:ID_LENGTH]
    document = json.loads((run.path / CONFIG).read_text(encoding="utf-8"))
    document["id"] = run_id
    said = str(document["corpus"].get("imported_from", ""))  # by who imported it before
    document["corpus"]["imported_from"] = printable(said) or printable(name)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (run.path / CONFIG).write_text(text, encoding="utf-8")
    if token:
        run.set_owner(token)
    path = run_path(run_id)
    try:
        settle(run.path, path)
    except OSError:
        if not path.is_dir():
            raise
        return Run.open(path), False
    return Run.open(path), True


def _same(run_id: str, digest: str) -> Run | None:
    """The run of the store with that identifier, if it is this very one: it has come back."""
    try:
        here = Run.open(run_path(run_id))
        return here if content_digest(here) == digest else None
    except (RunError, OSError):
        return None


# The archive


def _archive(data: bytes) -> zipfile.ZipFile:
    """The archive, opened; BadZipFile if it is none, or if its table is longer than any run's."""
    if data.count(_ENTRY) > 2 * MAX_FILES:  # before `zipfile` makes an object of each
        raise zipfile.BadZipFile("too many files")
    return zipfile.ZipFile(io.BytesIO(data))


def _path(name: str) -> PurePosixPath:
    """The path of a file in an archive, which some programs of Windows write with a backslash."""
    return PurePosixPath(name.replace("\\", "/"))


def _unpack(data: bytes, name: str, folder: Path, told: Progress) -> None:
    """Write the files of a run into `folder`; whatever else the archive holds is left there."""
    try:
        with _archive(data) as archive:
            wanted = _wanted(archive, name)
            total = sum(info.file_size for info in wanted.values())
            if total > MAX_BYTES:
                raise _too_large(name)
            done = 0
            for file, info in wanted.items():
                most = min(MAX_TEXT, info.file_size) if file in _TEXTS else info.file_size
                with archive.open(info) as packed:
                    content = packed.read(most + 1)  # one more: a header may lie about the size
                if len(content) != info.file_size:
                    raise _damaged(name)
                (folder / file).write_bytes(content)
                done += len(content)
                told(done / max(total, 1))
    except _DAMAGED as error:
        raise _damaged(name) from error


def _wanted(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """The files of the one run in the archive, by their names in its folder."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    settings = [i for i in infos if _path(i.filename).name == CONFIG]
    if len(infos) > MAX_FILES or len(settings) != 1:
        raise other_archive(archive.namelist()) or _no_run(name)
    if {METADATA, WEIGHTS} & {info.filename for info in infos}:
        raise ModelError(
            "{name} is a model saved by Keras: call it {stem}.keras, and import it with the text "
            "that it was trained on",
            name=name,
            stem=PurePosixPath(name).stem,
        )
    folder = _path(settings[0].filename).parent
    wanted: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        path = _path(info.filename)
        if path.parent != folder or not (path.name in _TEXTS or is_snapshot(path.name)):
            continue
        link = stat.S_IFMT(info.external_attr >> 16) == _LINKS
        if link or info.flag_bits & 1 or info.compress_type not in _METHODS or path.name in wanted:
            raise _damaged(name)
        wanted[path.name] = info
    if VOCABULARY not in wanted:
        raise _no_run(name)
    return wanted


# What is in it


def _checked(folder: Path, name: str, told: Progress) -> Run:
    """The run in `folder`: its settings, records and weights are what pages take them for."""
    try:
        run = Run.open(folder)
        if not run.snapshots:
            raise _damaged(name)
        weights = sorted(folder.glob("*.safetensors"))
        if len(weights) - len(run.snapshots) > (1 if run.history else 0):
            raise _damaged(name)  # more than the one that no history has measured yet
        for number, path in enumerate(weights, 1):
            _check_size(run, path)
            if load_network(path, run.config.model).vocab_size != len(run.vocabulary):
                raise _damaged(name)
            told(number / len(weights))
    except (MoliereError, SafetensorError, IndexError, ArithmeticError, *UNREADABLE) as error:
        cause = error.__cause__
        if isinstance(cause, ConfigError) and not isinstance(cause, MistypedError):
            raise RunError(
                "{name} was made by another version of this application: bring both to the same "
                "version, and download the run again",
                name=name,
            ) from error
        raise _damaged(name) from error
    return run


def _check_last(run: Run, name: str) -> None:
    """RunError where others of its weights would be taken for those that were measured last."""
    last = f"{epoch_name(len(run.history))}.safetensors"
    if run.history and not (run.path / last).is_file():
        raise RunError(
            "{name} lacks the weights of its last epoch ({file}), which its measures are of: put "
            "them back, or download it again on the Training page",
            name=name,
            file=last,
        )


def _check_size(run: Run, path: Path) -> None:
    """ValueError where a network would take more room than its file: before it is opened."""
    symbols, model = len(run.vocabulary), run.config.model
    if model.is_transformer:
        expected = {
            "wte.weight": [symbols, model.units],
            "wpe.weight": [model.context, model.units],
        }
    else:
        expected = {
            "embedding": [symbols, model.embedding_dim],
            "dense.kernel": [model.units, symbols],
        }
    with safe_open(path, "numpy") as file:
        shapes = {name: list(file.get_slice(name).get_shape()) for name in expected}
    if shapes != expected or symbols * model.units > MAX_TABLE:
        raise ValueError(path.name)


# What is said


def _no_run(name: str) -> RunError:
    return RunError(
        "{name} is not the .zip of a run: give the file that the Training page downloads, as it is",
        name=name,
    )


def _damaged(name: str) -> RunError:
    return RunError(
        "{name} is not a whole run of this application: download it again on the Training page",
        name=name,
    )


def _too_large(name: str) -> RunError:
    return RunError(
        "{name} is larger than {megabytes} MB: unpack it, and delete the weights of some epochs",
        name=name,
        megabytes=MAX_BYTES // 1_000_000,
    )
