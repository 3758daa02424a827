"""What a file holds, told by its content: CSV, TEI, plain text, or a zip of these."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from moliere_core.corpus import archive, tables
from moliere_core.corpus.corpus import COLUMNS
from moliere_core.corpus.left_out import Leavings, LeftOut
from moliere_core.corpus.names import DistinctNames, printable
from moliere_core.corpus.tables import Notes
from moliere_core.corpus.tei import looks_like_tei, read_tei
from moliere_core.errors import N_, CorpusError

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 50_000_000  # all of Molière is 3.5 MB
MOST_NOTES = 50  # a thousand files of an archive may each have one

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
_BLANKS = re.compile(r"\s*")
_PAGE = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|link|base|script|style|table|thead|tbody|tr|div|"
    r"section|article|main|header|nav|form|center|font|span|p|h[1-6]|ul|ol|dl|pre|br|hr)(?![\w:-])",
    re.IGNORECASE,
)
_JSON = re.compile(r'(?:\[\s*)?\{\s*"[^"\n]{0,200}"\s*:')  # an object, or a list of objects
_JSON_LIST = re.compile(r'\[\s*(?:\[\s*)?"(?:[^"\\\n]|\\.){0,5000}"\s*,\s*"')  # of texts, of rows
_XML = re.compile(r"\A\s*<(?:\?xml|!DOCTYPE)")

Columns = tables.Columns


@dataclass(frozen=True)
class Parsed:
    """What was read.

    Attributes:
        columns: of a corpus, by name; those that the source lacks are not there.
        notes: a sentence for each thing that was left out, put right or guessed.
        left_out: what the texts have and the corpus has not, counted; `notes` says it, too.
    """

    columns: Columns
    notes: tuple[CorpusError, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a cue, with all the columns of a corpus, "" where nothing is known."""
        import pandas as pd

        frame = pd.DataFrame(self.columns, dtype=str)
        return frame.reindex(columns=list(COLUMNS), fill_value="")


def read_bytes(data: bytes, name: str, most_bytes: int = MAX_BYTES, whole: bool = False) -> Parsed:
    """Read a file of plays.

    Args:
        data: its content.
        name: what it is called, extension included.
        most_bytes: limit of its size, and of what an archive makes once unpacked.
        whole: refuse an archive of which a file cannot be read; otherwise it is left out.

    Raises:
        CorpusError: too large, not a corpus, not well formed, or empty.
    """
    name = printable(name)
    if len(data) > most_bytes:
        raise archive.too_large(name, most_bytes)
    notes: Notes = []
    if archive.is_zip(data):
        members = archive.unpack(data, name, most_bytes, notes)
        return read_members(members, name, notes, whole)
    left = Leavings()
    columns = _columns(data, name, notes, left)
    return _reading(columns, notes, left)


def read_members(
    members: Iterable[tuple[str, bytes]],
    name: str,
    notes: Notes | None = None,
    whole: bool = False,
) -> Parsed:
    """Merge the plays of several files; CorpusError where not one can be read.

    A play that comes twice with the same text is kept once; under the same name with another text
    it gets a number.
    """
    notes = [] if notes is None else notes
    merged, left = _Merged(notes), Leavings()
    for label, data in archive.without_notices(list(members), notes):
        try:
            columns = _columns(data, label, notes, left)
        except CorpusError as error:
            if whole:
                raise
            notes.append(CorpusError("left out: {reason}", reason=error))
            continue
        merged.add(columns, label)
    if not merged.columns["cue"]:
        raise CorpusError(
            "{name} holds no play that can be read ({reason}): "
            "put CSV, TEI or plain text files in it",
            name=name,
            reason=notes[0] if notes else N_("it is empty"),
        )
    return _reading(merged.columns, notes, left)


def _reading(columns: Columns, notes: Notes, left: Leavings) -> Parsed:
    kinds = left.all()
    told = notes[:MOST_NOTES]
    if len(notes) > len(told):
        told.append(
            CorpusError(
                "and {count:,} more remarks, as the last ones", count=len(notes) - len(told)
            )
        )
    return Parsed(columns, (*told, *(kind.sentence() for kind in kinds)), kinds)


class _Merged:
    """The plays of several files, each under a name of its own."""

    def __init__(self, notes: Notes) -> None:
        self.columns: Columns = {column: [] for column in COLUMNS}
        self._notes = notes
        self._names = DistinctNames()
        self._texts: set[tuple[str, bytes]] = set()  # a name, and the digest of a text it has

    def add(self, columns: Columns, label: str) -> None:
        """Add the plays of a file that are not there yet."""
        rows: dict[str, list[int]] = {}  # of each play
        for row, play in enumerate(columns["play_name"]):
            rows.setdefault(play, []).append(row)
        for play, places in rows.items():
            text = "\n".join(columns["cue"][row] for row in places)
            digest = (play, hashlib.sha256(text.encode()).digest())
            if digest in self._texts:
                self._notes.append(
                    CorpusError(
                        "{name} is left out: {reason}",
                        name=f"{play} ({label})",
                        reason=N_("the same text is there already"),
                    )
                )
                continue
            self._texts.add(digest)
            name = self._names.take(play)
            if name != play:
                self._notes.append(
                    CorpusError(
                        "the play {play} of {name} has the name of another with a different "
                        "text: it is called {new}",
                        play=play,
                        name=label,
                        new=name,
                    )
                )
            for column, cells in self.columns.items():
                given = columns.get(column)
                cells += [given[row] for row in places] if given else [""] * len(places)
            self.columns["play_name"][-len(places) :] = [name] * len(places)


def _columns(data: bytes, name: str, notes: Notes, left: Leavings) -> Columns:
    """The cues of one file that is no archive."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise CorpusError(
                "{name} is {kind}, not a corpus: give a CSV, TEI or text file, or a .zip of these",
                name=name,
                kind=kind,
            )
    _refuse_structure(data, name)
    if looks_like_tei(data):
        return read_tei(data, name, notes, left)
    text = tables.decode(data, name, notes)
    if _XML.match(text) or name.lower().endswith((".xml", ".tei")):  # not TEI: it says why
        return read_tei(data, name, notes, left)
    if name.lower().endswith((".csv", ".tsv")) or tables.has_csv_header(text):
        return tables.read_csv(text, name, notes)
    return tables.read_text(text, name)


def _refuse_structure(data: bytes, name: str) -> None:
    """Refuse what is text, but whose marks would be read as words: web pages and JSON.

    It is known by its beginning, which is ASCII: byte order marks and the zeros of UTF-16 apart,
    any encoding shows it.
    """
    text = data.decode("latin-1").replace("\0", "").lstrip("ÿþï»¿ \t\r\n\f\v")
    if text.startswith("<"):
        start = _after_comments(text)
        if page := _PAGE.match(text, start):
            if page[0].lower() == "<table" or name.lower().endswith((".xls", ".xlsx")):
                raise CorpusError(
                    "{name} is a table of a web page, not a corpus: open it in a spreadsheet and "
                    "save it as CSV",
                    name=name,
                )
            raise CorpusError(
                "{name} is a web page, not a corpus: check the address, or save its text as .txt, "
                "its table as CSV",
                name=name,
            )
    if _JSON.match(text) or (_JSON_LIST.match(text) and text.rstrip().endswith("]")):
        if '"nbformat"' in text:
            raise CorpusError(
                "{name} is a notebook, not a corpus: export its text as .txt, or its table as CSV",
                name=name,
            )
        raise CorpusError(
            "{name} is JSON, not a corpus: export it as CSV, with the columns play_name and cue",
            name=name,
        )


def _after_comments(text: str) -> int:
    """Where a document begins that may have comments above it."""
    at = 0
    while text.startswith("<!--", at) and (end := text.find("-->", at)) >= 0:
        blanks = _BLANKS.match(text, end + len("-->"))
        at = blanks.end() if blanks else at
    return at
