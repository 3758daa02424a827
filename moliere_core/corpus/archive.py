"""The files of a zip archive, read in memory: nothing is written, names are labels and no paths."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib

from moliere_core.corpus.names import printable
from moliere_core.corpus.tables import Notes
from moliere_core.errors import N_, CorpusError

MAX_MEMBERS = 1000
_LEFTOVERS = {"thumbs.db", "desktop.ini"}
_BESIDE = ("readme", "license", "licence", "lisezmoi", "copying", "changelog")
READ = (".csv", ".tsv", ".txt", ".xml", ".tei")
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    OSError, OverflowError,  # a place beyond any memory, as an entry of 64 bits may say
)  # fmt: skip
_UTF8_NAME = 0x800  # flag: the name is in UTF-8, and not in the encoding of DOS
_DOCUMENTS = {
    "[Content_Types].xml": N_("a Word or Excel document"),
    "content.xml": N_("an OpenDocument file"),
    "META-INF/container.xml": N_("an electronic book"),
}

Members = list[tuple[str, bytes]]


def is_zip(data: bytes) -> bool:
    """Whether the file is a zip archive, whatever its name."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(data: bytes, name: str, most_bytes: int, notes: Notes) -> Members:
    """Names and contents of the files that may be plays, in the archive's order.

    Args:
        data: the archive.
        name: its name, for errors.
        most_bytes: that all of its files may make together, once unpacked.
        notes: a sentence for each file left out is added; what systems leave behind
            (`__MACOSX`, hidden files and folders) is passed over in silence.

    Raises:
        CorpusError: a damaged archive, too many files, too large once unpacked, or a document.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse(archive, name, most_bytes)
            members: Members = []
            left = most_bytes
            for info in archive.infolist():
                label = _label(info)
                if info.is_dir() or _is_leftover(label):
                    continue
                if reason := _unwanted(info, label):
                    notes.append(_left_out(label, reason))
                    continue
                content = _read(archive, info, label, left, notes)
                if content is None:
                    continue
                left -= len(content)
                if left < 0:
                    raise too_large(name, most_bytes)
                members.append((label, content))
    except (*_DAMAGED, ValueError) as error:
        raise CorpusError(
            "{name} is not a whole zip archive ({error}): make it again", name=name, error=error
        ) from error
    return members


def too_large(name: str, most_bytes: int) -> CorpusError:
    """More bytes than a corpus may have."""
    return CorpusError(
        "{name} is larger than {megabytes} MB: keep fewer plays in the file",
        name=name,
        megabytes=most_bytes // 1_000_000,
    )


def without_notices(members: Members, notes: Notes) -> Members:
    """The members less their README and licence, unless there is nothing else."""
    aside = [m for m in members if m[0].rpartition("/")[2].lower().startswith(_BESIDE)]
    if len(aside) == len(members):
        return members
    notes += [_left_out(label, N_("it speaks about the plays")) for label, _ in aside]
    return [member for member in members if member not in aside]


def _refuse(archive: zipfile.ZipFile, name: str, most_bytes: int) -> None:
    infos = archive.infolist()
    for marker, kind in _DOCUMENTS.items():
        if any(info.filename == marker for info in infos):
            raise CorpusError(
                "{name} is {kind}, not a corpus: give a CSV, TEI or text file, or a .zip of these",
                name=name,
                kind=kind,
            )
    if len(infos) > MAX_MEMBERS:
        raise CorpusError(
            "{name} holds {count:,} files, and at most {limit:,} are read: keep the plays alone",
            name=name,
            count=len(infos),
            limit=MAX_MEMBERS,
        )
    if sum(info.file_size for info in infos) > most_bytes:  # as declared; reading checks again
        raise too_large(name, most_bytes)


def _label(info: zipfile.ZipInfo) -> str:
    """The name of a member without what would make it a path elsewhere."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:  # macOS writes UTF-8 and does not say so
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(printable(part) for part in parts)


def _is_leftover(label: str) -> bool:
    parts = label.split("/")
    hidden = any(part.startswith(".") for part in parts)
    return hidden or "__MACOSX" in parts or parts[-1].lower() in _LEFTOVERS


def _unwanted(info: zipfile.ZipInfo, label: str) -> str:
    """Why a member is not read, "" if it may be."""
    if info.flag_bits & 1:
        return N_("it is protected by a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return N_("it is packed in an unusual way: make the archive again as an ordinary .zip")
    lower = label.lower()
    if lower.endswith((".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz")):
        return N_("it is an archive inside the archive")
    return "" if lower.endswith(READ) else N_("it is no CSV, TEI or text file")


def _read(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, label: str, left: int, notes: Notes
) -> bytes | None:
    """A member's content, at most one byte more than is left: a header may lie about the size."""
    try:
        with archive.open(info) as file:
            return file.read(left + 1)
    except _DAMAGED:
        notes.append(_left_out(label, N_("it is damaged, or packed in a way that is not read")))
        return None


def _left_out(label: str, reason: str) -> CorpusError:
    return CorpusError("{name} is left out: {reason}", name=label, reason=reason)
