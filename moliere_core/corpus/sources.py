"""Where corpora come from: the embedded plays, files, folders, addresses, and the library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.corpus import library
from moliere_core.corpus.archive import READ, too_large
from moliere_core.corpus.corpus import Corpus
from moliere_core.corpus.formats import MAX_BYTES, Parsed, read_bytes, read_members
from moliere_core.errors import CorpusError

EMBEDDED = "embedded"
EMBEDDED_PATH = ASSETS / "corpus" / "pastiches.csv"
MESSAGES = "messages"  # of pupils of today, written for this application: to go on to from Molière
_SHIPPED = {EMBEDDED: EMBEDDED_PATH, MESSAGES: ASSETS / "texts" / "messages.txt"}


def load_corpus(source: str | Path | None = None) -> Corpus:
    """Read a corpus.

    Args:
        source: "embedded" or "messages"; an identifier of `library`, such as "course" or "tei",
            once fetched; an http(s) address, which is fetched and kept the first time; or the path
            of a file, or of a folder of files: CSV with at least the columns `play_name` and `cue`,
            TEI, plain text, which becomes one play of one cue, or a zip of these. None stands for
            what `MOLIERE_CORPUS` names, or else the embedded plays.

    Raises:
        CorpusError: nothing there, too large, not a corpus, empty, or a column is missing.
    """
    if source is None:
        source = os.environ.get("MOLIERE_CORPUS") or EMBEDDED
    name = str(source)
    if name in _SHIPPED:
        reading = read_bytes(_SHIPPED[name].read_bytes(), _SHIPPED[name].name)
        return Corpus(reading.frame, name, reading.notes, reading.left_out)
    if library.is_identifier(name):
        return library.load(name)
    if name.lower().startswith(("http://", "https://")):
        key = library.identifier(name)
        return library.load(key if library.entry(key) else library.fetch(name).id)
    if not name.strip():  # not the working directory, which `Path("")` is
        raise CorpusError(
            "the path of the corpus is empty: give that of a CSV, TEI or text file, or of a .zip"
        )
    reading = _read(Path(name))
    return Corpus(reading.frame, name, reading.notes, reading.left_out)


def file_of(source: str | Path | None = None) -> bytes | None:
    """The very file behind a corpus, as it is; None for a folder, an address, or nothing there.

    Args:
        source: as `load_corpus` takes it.

    Raises:
        CorpusError: a corpus of the library that is no longer there.
    """
    name = str(os.environ.get("MOLIERE_CORPUS") or EMBEDDED if source is None else source)
    if library.is_identifier(name):
        return library.content(name)
    path = _SHIPPED.get(name, Path(name))
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:  # unreadable, or too long for a path
        return None


def _read(path: Path) -> Parsed:
    try:
        folder, file = path.is_dir(), path.is_file()
    except OSError:  # too long for a path
        folder = file = False
    if folder:
        return read_members(_files(path), str(path))
    if not file:
        raise CorpusError(
            "there is no file {path}: give the path of a CSV, TEI or text file, or of a .zip",
            path=path,
        )
    if path.stat().st_size > MAX_BYTES:
        raise too_large(str(path), MAX_BYTES)
    return read_bytes(path.read_bytes(), path.name)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder that may be plays, hidden ones passed over, by name."""
    left = MAX_BYTES
    for path in sorted(folder.rglob("*")):
        label = path.relative_to(folder)
        if path.suffix.lower() not in READ or not path.is_file():
            continue
        if any(part.startswith(".") for part in label.parts):
            continue
        left -= path.stat().st_size
        if left < 0:
            raise too_large(str(folder), MAX_BYTES)
        yield label.as_posix(), path.read_bytes()
