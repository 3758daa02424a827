"""What a file holds, told by its content: CSV, TEI, plain text, or a zip of these."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moliere_core.corpus import archive, tables
from moliere_core.corpus.tables import Notes
from moliere_core.corpus.tei import looks_like_tei, read_tei
from moliere_core.errors import N_, CorpusError

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 50_000_000  # all of Molière is 3.5 MB

_SIGNATURES = (
    (b"%PDF", N_("a PDF document")),
    (b"\x1f\x8b", N_("a file compressed by gzip")),
    (b"\xd0\xcf\x11\xe0", N_("an old Word or Excel document")),
    (b"{\\rtf", N_("an RTF document")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"PAR1", N_("a Parquet table")),
    (b"7z\xbc\xaf", N_("a 7z archive")),
    (b"Rar!", N_("a RAR archive")),
)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_XML = re.compile(r"\s*<(?:\?xml|!DOCTYPE)")


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes:
        frame: one row a cue, with the columns of a corpus.
        notes: a sentence for each thing that was left out, put right or guessed.
    """

    frame: pd.DataFrame
    notes: tuple[CorpusError, ...] = ()


def read_bytes(data: bytes, name: str, most_bytes: int = MAX_BYTES) -> Reading:
    """Read a file of plays.

    Args:
        data: its content.
        name: what it is called, extension included.
        most_bytes: limit of its size, and of what an archive makes once unpacked.

    Raises:
        CorpusError: too large, not a corpus, not well formed, or empty.
    """
    name = tables.printable(name)
    if len(data) > most_bytes:
        raise archive.too_large(name, most_bytes)
    notes: Notes = []
    if archive.is_zip(data):
        return read_members(archive.unpack(data, name, most_bytes, notes), name, notes)
    return Reading(_frame(data, name, notes), tuple(notes))


def read_members(
    members: Iterable[tuple[str, bytes]], name: str, notes: Notes | None = None
) -> Reading:
    """Merge the plays of several files; CorpusError where not one can be read.

    A play that comes twice with the same text is kept once; under the same name with another text
    it gets a number.
    """
    import pandas as pd

    notes = [] if notes is None else notes
    frames: list[pd.DataFrame] = []
    texts: dict[str, str] = {}  # play -> its text
    for label, data in archive.without_notices(list(members), notes):
        try:
            frame = _frame(data, label, notes)
        except CorpusError as error:
            notes.append(CorpusError("left out: {reason}", reason=error))
            continue
        frames += [_distinct(part, play, label, texts, notes) for play, part in _plays(frame)]
    if sum(map(len, frames)) == 0:
        raise CorpusError(
            "{name} holds no play that can be read ({reason}): "
            "put CSV, TEI or plain text files in it",
            name=name,
            reason=notes[0] if notes else N_("it is empty"),
        )
    return Reading(pd.concat(frames, ignore_index=True), tuple(notes))


def _plays(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(play), part) for play, part in frame.groupby("play_name", sort=False)]


def _distinct(
    part: pd.DataFrame, play: str, label: str, texts: dict[str, str], notes: Notes
) -> pd.DataFrame:
    """The rows of one play under a name of its own; none, where the play is there already."""
    text, name, number = "\n".join(part["cue"]), play, 1
    while name in texts:
        if texts[name] == text:
            notes.append(
                CorpusError(
                    "{name} is left out: {reason}",
                    name=f"{play} ({label})",
                    reason=N_("the same text is there already"),
                )
            )
            return part.iloc[:0]
        number += 1
        name = f"{play}-{number}"
    texts[name] = text
    if name == play:
        return part
    notes.append(
        CorpusError(
            "the play {play} of {name} has the name of another with a different text: "
            "it is called {new}",
            play=play,
            name=label,
            new=name,
        )
    )
    return part.assign(play_name=name)


def _frame(data: bytes, name: str, notes: Notes) -> pd.DataFrame:
    """The cues of one file that is no archive."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise CorpusError(
                "{name} is {kind}, not a corpus: give a CSV, TEI or text file, or a .zip of these",
                name=name,
                kind=kind,
            )
    if _HTML.match(data[:4096].removeprefix(b"\xef\xbb\xbf")):
        raise CorpusError(
            "{name} is a web page, not a corpus: check the address, or save the file itself",
            name=name,
        )
    if looks_like_tei(data):
        return tables.as_table(dict(read_tei(data, name, notes)))
    text = tables.decode(data, name, notes)
    if _XML.match(text) or name.lower().endswith((".xml", ".tei")):  # not TEI: it says why
        return tables.as_table(dict(read_tei(data, name, notes)))
    if name.lower().endswith((".csv", ".tsv")) or tables.has_csv_header(text):
        return tables.read_csv(text, name, notes)
    return tables.read_text(text, name)
