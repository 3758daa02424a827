"""Corpora that were fetched, and files that people gave: kept on disk, under an identifier.

`MOLIERE_HOME/corpora/fetched` has what everybody of this machine may read: `course`, `tei` and
`corneille`, once fetched, and `url-` with twelve digits for any other address.
`MOLIERE_HOME/corpora/uploads` has the files of people, `file-` with 32 digits drawn at random: who
has the identifier has the file, nobody can guess it, and no function lists them. Beside each file,
a JSON with its name, address, date, size and SHA-256. The JSON names the file, and is renamed into
place last: there is a whole corpus or none.

A checksum is trusted on first use: an address that later gives something else is refused until the
first copy is deleted, and a copy that changed on disk is not read.

What is known of the sources: `course` is the CSV that the course publishes, without a word on its
licence; `tei` and `corneille` are the editions that `edition` names. The text of the plays is in
the public domain. All are fetched when somebody asks for it, and none of it is in this project.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import secrets
import threading
import time
import zipfile
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from moliere_core.corpus import edition
from moliere_core.corpus.apart import read_apart
from moliere_core.corpus.corpus import Corpus
from moliere_core.corpus.download import BytesProgress, Downloader, missing, without_credentials
from moliere_core.corpus.edition import Edition
from moliere_core.corpus.formats import MAX_BYTES, Parsed
from moliere_core.corpus.names import printable
from moliere_core.errors import N_, CorpusError, RunError
from moliere_core.system.storage import home, write_atomically

COURSE, TEI, CORNEILLE = "course", "tei", "corneille"
EDITIONS = {TEI: edition.MOLIERE, CORNEILLE: edition.CORNEILLE}
ADDRESSES = {
    COURSE: "https://skatai.com/data/df_moliere.csv",
    **{name: found.address for name, found in EDITIONS.items()},
}
MAX_UPLOADS_BYTES = 500_000_000  # of all people together; the oldest make room
UPLOAD_SECONDS = 30 * 86_400.0  # without being read

_UPLOAD = re.compile("file-[0-9a-f]{32}")
_FETCHED = re.compile(f"{COURSE}|{TEI}|{CORNEILLE}|url-[0-9a-f]{{12}}")
_EXTENSION = re.compile(r"\.[a-z]{2,4}")


@dataclass(frozen=True)
class Entry:
    """A corpus of the library.

    Attributes:
        id: its identifier, which `load` and `sources.load_corpus` take.
        name: of the file, as published or as given.
        url: where it came from, "" for a file that somebody gave.
        date: when, in UTC, as ISO 8601.
        size: in bytes.
        sha256: of the content, in hexadecimal.
        file: its name on disk, beside the JSON.
        absent: files of an edition that its server did not have.
    """

    id: str
    name: str
    url: str
    date: str
    size: int
    sha256: str
    file: str
    absent: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """What a corpus says of where it was read; never the identifier of somebody's file."""
        if self.id in ADDRESSES:
            return self.id
        return self.url or self.name


class _Fresh:
    """What has just been read on arrival, for whoever asks for it next: it is not read twice."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._readings: OrderedDict[str, Parsed] = OrderedDict()  # by the file's digest

    def put(self, digest: str, reading: Parsed) -> None:
        """Keep a reading; the oldest makes room."""
        with self._lock:
            self._readings[digest] = reading
            while len(self._readings) > self._most:
                self._readings.popitem(last=False)

    def take(self, digest: str) -> Parsed | None:
        """A reading, once; None if it was not kept."""
        with self._lock:
            return self._readings.pop(digest, None)


_fresh = _Fresh(most=4)


def is_identifier(text: str) -> bool:
    """Whether `text` has the form of an identifier of this library."""
    return bool(_UPLOAD.fullmatch(text) or _FETCHED.fullmatch(text))


def identifier(name_or_url: str) -> str:
    """What an address, or the name of a known source, is kept under; CorpusError otherwise."""
    if name_or_url in ADDRESSES:
        return name_or_url
    if not name_or_url.lower().startswith(("http://", "https://")):
        raise CorpusError(
            "{name!r} is no source that can be fetched: give course, tei, corneille, or an address "
            "that begins with http:// or https://",
            name=name_or_url,
        )
    url = without_credentials(name_or_url)
    for name, address in ADDRESSES.items():
        if url == address:
            return name
    return f"url-{hashlib.sha256(url.encode()).hexdigest()[:12]}"


def entries() -> list[Entry]:
    """What has been fetched on this machine, by name; the files of people are never listed."""
    found = [_read_entry(path) for path in sorted(_folder(COURSE).glob("*.json"))]
    return [entry for entry in found if entry]


def entry(identifier: str) -> Entry | None:
    """A corpus of the library, None if it is not there."""
    return _read_entry(_sidecar(identifier)) if is_identifier(identifier) else None


def load(identifier: str) -> Corpus:
    """The corpus with that identifier; CorpusError if it is not there, or no longer what it was."""
    found = entry(identifier)
    if found is None:
        raise _absent(identifier)
    data = content(identifier)
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise CorpusError(
            "the copy of {name} on disk has changed since {date}: delete it, then fetch or "
            "give the file again",
            name=found.name,
            date=found.date[:10],
        )
    reading = _fresh.take(found.sha256) or read_apart(data, found.name)
    notes = reading.notes + _absences(found)
    return Corpus(reading.frame, found.source, notes, reading.left_out)


def content(identifier: str) -> bytes:
    """The very file of that identifier; CorpusError if it is not there."""
    found = entry(identifier)
    try:
        if found is not None:
            with contextlib.suppress(OSError):  # a disk that is only read
                os.utime(_sidecar(identifier))  # it has been read: see `_make_room`
            return (_folder(identifier) / found.file).read_bytes()
    except OSError as error:
        raise _absent(identifier) from error
    raise _absent(identifier)


def fetch(name_or_url: str, progress: BytesProgress | None = None) -> Entry:
    """Download a corpus and keep it, if it can be read and is what it was the first time.

    Args:
        name_or_url: "course", "tei", "corneille", or an http(s) address.
        progress: called with bytes, or for an edition with plays, done and in all.

    Raises:
        CorpusError: no network, a broken or slow transfer, too large, no corpus, or another
            content than the first time; nothing is kept, and what was there stays.
    """
    key = identifier(name_or_url)
    url = ADDRESSES.get(key, name_or_url)
    absent: tuple[str, ...] = ()
    with Downloader() as downloader:
        if is_edition(key):
            data, absent = _edition(downloader, EDITIONS[key], progress)
            name = EDITIONS[key].file
        else:
            name = _name(url)
            try:
                data = downloader.get(url, MAX_BYTES, progress)
            except FileNotFoundError as error:
                raise missing(url) from error
    # Before it is kept: a web page, or half a file, raises here, and so does one of many files.
    reading = read_apart(data, name, whole=is_edition(key))
    known = entry(key)
    digest = hashlib.sha256(data).hexdigest()
    if known and known.sha256 != digest and (_folder(key) / known.file).is_file():
        raise CorpusError(
            "{url} gives another content than on {date}: the first is kept; delete it and fetch "
            "again to take the new one",
            url=without_credentials(url),
            date=known.date[:10],
        )
    _fresh.put(digest, reading)
    if known and known.sha256 == digest:
        write_atomically(_folder(key) / known.file, data)  # mends a copy that was damaged
        return known
    return keep(key, data, name, without_credentials(url), absent)


def keep_upload(data: bytes, name: str, most_bytes: int = MAX_BYTES) -> Entry:
    """Keep a file that somebody gave, if it can be read, under an identifier nobody can guess."""
    name = printable(PurePosixPath(name.replace("\\", "/")).name) or N_("file")
    reading = read_apart(data, name, most_bytes)
    _make_room(len(data))
    _fresh.put(hashlib.sha256(data).hexdigest(), reading)
    try:
        return keep(f"file-{secrets.token_hex(16)}", data, name, "", ())
    except RunError as error:  # which names a folder of the server, and an identifier
        raise CorpusError(
            "{name} can be read, but not kept on this server ({reason}): whoever runs it has to "
            "make room, or to let it write",
            name=name,
            reason=error.values["reason"],
        ) from error


def remove(identifier: str) -> None:
    """Delete a corpus of the library, if it is there; CorpusError where it cannot be."""
    found = entry(identifier)
    if found is None:
        return
    try:
        _sidecar(identifier).unlink(missing_ok=True)
        (_folder(identifier) / found.file).unlink(missing_ok=True)
    except OSError as error:
        raise CorpusError(
            "{name} cannot be deleted ({reason}): whoever runs this server has to let it write",
            name=found.name,
            reason=error.strerror,
        ) from error


def _folder(identifier: str) -> Path:
    kind = "uploads" if _UPLOAD.fullmatch(identifier) else "fetched"
    return home() / "corpora" / kind


def _sidecar(identifier: str) -> Path:
    return _folder(identifier) / f"{identifier}.json"


def _read_entry(path: Path) -> Entry | None:
    """The entry that a JSON describes; None if it is none of ours."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = Entry(**{**document, "absent": tuple(document["absent"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    whole = (
        found.id == path.stem and is_identifier(found.id) and Path(found.file).name == found.file
    )
    return found if whole else None


def keep(key: str, data: bytes, name: str, url: str, absent: tuple[str, ...]) -> Entry:
    """Keep a file under an identifier, in the place of the one before; nothing in it is looked at.

    Raises:
        RunError: it cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()
    extension = Path(name).suffix.lower()
    file = f"{key}-{digest[:12]}{extension if _EXTENSION.fullmatch(extension) else ''}"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    kept = Entry(key, name, url, now, len(data), digest, file, absent)
    write_atomically(_folder(key) / file, data)
    document = json.dumps(asdict(kept), ensure_ascii=False, indent=2)
    write_atomically(_sidecar(key), document.encode())
    return kept


def _make_room(size: int) -> None:
    """Delete the files of people that nobody reads any more, and the oldest of too many."""
    left, now = MAX_UPLOADS_BYTES - size, time.time()
    aged = []
    for path in (home() / "corpora" / "uploads").glob("*.json"):
        try:
            aged.append((now - path.stat().st_mtime, path))
        except OSError:  # deleted meanwhile
            continue
    for age, path in sorted(aged):
        found = _read_entry(path)
        left -= found.size if found else 0
        if found and (age > UPLOAD_SECONDS or left < 0):
            with contextlib.suppress(CorpusError):  # then keeping the new one will say why
                remove(found.id)


def is_edition(identifier: str) -> bool:
    """Whether a known source is fetched play by play."""
    return identifier in EDITIONS


def _edition(
    downloader: Downloader, wanted: Edition, progress: BytesProgress | None
) -> tuple[bytes, tuple[str, ...]]:
    """The files of a TEI edition in one zip, always the same bytes for the same files."""
    buffer = io.BytesIO()
    absent: list[str] = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, name in enumerate(wanted.plays):
            if progress:
                progress(done, len(wanted.plays))
            file = f"{name}.xml"
            url = f"{wanted.address}/{file}"
            try:
                data = downloader.get(url, MAX_BYTES)
            except FileNotFoundError:
                absent.append(file)
                continue
            archive.writestr(zipfile.ZipInfo(file), data, zipfile.ZIP_DEFLATED)
    if len(absent) == len(wanted.plays):
        raise missing(wanted.address)
    if progress:
        progress(len(wanted.plays), len(wanted.plays))
    return buffer.getvalue(), tuple(absent)


def _name(url: str) -> str:
    """What a file is called by its address."""
    parts = urlsplit(url)
    return printable(unquote(PurePosixPath(parts.path).name)) or parts.hostname or "corpus"


def _absences(found: Entry) -> tuple[CorpusError, ...]:
    return tuple(
        CorpusError("{name} is left out: {reason}", name=file, reason=N_("its server lacks it"))
        for file in found.absent
    )


def _absent(identifier: str) -> CorpusError:
    if _UPLOAD.fullmatch(identifier):
        return CorpusError("this file is no longer kept on the server: give it again")
    if identifier in ADDRESSES:
        return CorpusError(
            "the corpus {name} has not been fetched: fetch it on the Corpus page, or by the "
            "command moliere corpus fetch {name}",
            name=identifier,
        )
    return CorpusError(
        "the corpus {name!r} is not on this machine: fetch its address again", name=identifier
    )
